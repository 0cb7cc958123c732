"""The blank sheet of a day of screening comes back filled in: who is new first, then the readings."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter

from tests.runner import Chronic
from tests.sheets import Imported

WANG, LI = "11010519491231002X", "110105199003078510"
DAY = "2026-11-20"


@pytest.fixture
def sheet(chronic: Chronic) -> Path:
    """The workbook as printed, two of its ten lines filled in."""
    blank, filled = chronic.folder / "blank.xlsx", chronic.folder / "screening.xlsx"
    chronic.ok("print", "campaign", "--rows", 10, "--out", blank)
    header, *lines = python_calamine.load_workbook(str(blank)).get_sheet_by_index(0).to_python()
    told: list[dict[str, Any]] = [
        {"姓名": "王秀兰", "性别": "女", "身份证号": WANG, "血压": "152/94", "空腹血糖": 6.6, "危急情况": "否"},
        {"姓名": "李建国", "性别": "男", "身份证号": LI, "血压": "118/76", "随机血糖": "HI", "服用降压药": "是"},
    ]
    assert [line[0] for line in lines] == [float(n) for n in range(1, 11)]
    book = xlsxwriter.Workbook(str(filled))
    page = book.add_worksheet()
    page.write_row(0, 0, header)
    for row, line in enumerate(lines, 1):
        for name, value in zip(header, line, strict=True):
            page.write(row, header.index(name), told[row - 1].get(str(name), value) if row <= len(told) else value)
    book.close()
    return filled


def test_it_brings_in_who_is_new_and_then_the_readings_of_the_day(chronic: Chronic, sheet: Path) -> None:
    assert Imported(chronic.ok("import", sheet)).counts == {"new": 2}
    assert Imported(chronic.ok("import", sheet, "--screened-on", DAY)).counts == {"new": 2}
    seen = "SELECT kind, visit_date, sbp, dbp, fpg, random_glucose_meter, danger, bp_drugs FROM visit ORDER BY sbp DESC"
    assert chronic.sql(seen) == [
        ("screening", DAY, 152, 94, 6.6, None, "no", None),
        ("screening", DAY, 118, 76, None, "HI", None, "yes"),
    ]
    assert {row["name"] for row in chronic.rows("screen", "campaign", "--on", DAY, "--list")} == {"王秀兰", "李建国"}
    before = chronic.sql("SELECT * FROM visit")
    assert Imported(chronic.ok("import", sheet, "--screened-on", DAY)).counts == {"unchanged": 2}
    assert chronic.sql("SELECT * FROM visit") == before


def test_a_day_of_its_own_in_a_row_counts_before_the_one_that_is_said(chronic: Chronic) -> None:
    path = chronic.folder / "s.csv"
    path.write_text(f"身份证号,姓名,随访日期,血压\n{WANG},王秀兰,2026-11-02,150/95\n{LI},李建国,,120/80\n", "utf-8")
    people = chronic.folder / "p.csv"
    people.write_text(f"身份证号,姓名\n{WANG},王秀兰\n{LI},李建国\n", "utf-8")
    chronic.ok("import", people)
    chronic.ok("import", path, "--screened-on", DAY)
    assert chronic.sql("SELECT kind, visit_date FROM visit ORDER BY visit_date") == [
        ("screening", "2026-11-02"), ("screening", DAY)
    ]  # fmt: skip


def test_a_day_to_come_and_somebody_unknown_are_refused(chronic: Chronic, sheet: Path) -> None:
    run = chronic("import", sheet, "--screened-on", "2026-12-24")
    assert (run.code, str(date(2026, 12, 24)) in run.last) == (2, True)
    assert Imported(chronic("import", sheet, "--screened-on", DAY)).refused == ["person.unknown", "person.unknown"]


def test_a_numbered_line_that_nobody_filled_in_is_no_row(chronic: Chronic) -> None:
    path = chronic.folder / "p.csv"
    path.write_text(f"序号,姓名,身份证号,备注\n1,王秀兰,{WANG},\n2,,,\n3,,,不在家\n", "utf-8")
    found = Imported(chronic("import", path))
    assert found.counts == {"new": 1, "refused": 1}  # who wrote a remark meant somebody
