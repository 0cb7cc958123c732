"""`--format xlsx`: what a workbook holds, and how it comes back through `import`."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from tests.runner import TODAY, Chronic
from tests.sheets import Imported, portrait

RARE = "王㛃𬱖"
ID = "11010519491231002X"
LISTS = [["export", "people"], ["export", "visits"], ["export", "screenings"], ["export", "overdue"], ["export", "due"],
         ["export", "checkups"], ["export", "tests"], ["export", "facts"], ["export", "calls"], ["export", "referrals"],
         ["export", "contracts"], ["overdue"], ["due"], ["today"], ["person", "list"], ["visit", "list", "1"],
         ["screen", "suspects"], ["refer", "list"], ["task", "list"], ["calls"]]  # fmt: skip


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person(RARE, "--id-number", ID, "--phone", "013812345512", "--village", "下各村", "--birth-date", "1949-12-31",
                   "--htn-enrolled-on", "2026-06-01", "--address", '=HYPERLINK("x")', "--tags", "-低保;@x")  # fmt: skip
    chronic.visit(1, "2026-09-01", "--bp", "150/95", "--notes", "'=1+1\n_x0041_", "--fpg", "HI", "--danger", "no",
                  "--weight-kg", "65.5", "--symptoms-other", " \t空格 ")  # fmt: skip
    chronic.person("李建国", "--dm-enrolled-on", "2026-11-20", "--phone", "13912345513")
    chronic.person("周玉珍", "--archive-no", "12345678")
    chronic.ok("screen", "add", 3, "--bp", "148/92", "--on", "2026-11-01")
    return chronic


def book(path: Path) -> tuple[str, list[list[Any]]]:
    """The name of the only sheet, and its rows."""
    (name,) = (opened := python_calamine.load_workbook(str(path))).sheet_names
    return name, opened.get_sheet_by_name(name).to_python(skip_empty_area=False)


def column(rows: list[list[Any]], name: str) -> list[Any]:
    return [row[rows[0].index(name)] for row in rows[1:]]


def written(chronic: Chronic, *args: object) -> tuple[str, list[list[Any]]]:
    path = chronic.folder / "out.xlsx"
    chronic.ok(*args, "--out", path)
    return book(path)


@pytest.mark.parametrize("args", LISTS, ids=" ".join)
def test_every_listing_can_be_a_workbook_with_the_rows_of_its_csv(village: Chronic, args: list[str]) -> None:
    import csv
    import io

    _, rows = written(village, *args)
    lines = list(csv.reader(io.StringIO(village.ok(*args, "--format", "csv").out)))
    assert [str(cell) for cell in rows[0]] == lines[0]
    assert len(rows) == len(lines)


def test_identity_numbers_and_phones_are_texts_days_are_days_and_numbers_are_numbers(village: Chronic) -> None:
    _, people = written(village, "export", "people", "--full")
    assert column(people, "id_number")[0] == ID
    assert column(people, "phone")[0] == "013812345512"
    assert column(people, "archive_no")[2] == "12345678"
    assert column(people, "birth_date")[0] == date(1949, 12, 31)
    _, visits = written(village, "export", "visits")
    assert (column(visits, "sbp"), column(visits, "weight_kg"), column(visits, "fpg")) == ([150.0], [65.5], ["HI"])


def test_a_day_before_excel_counts_days_stays_a_text(chronic: Chronic) -> None:
    chronic.person("太奶奶", "--birth-date", "1900-02-28", "--archive-no", "12345678", today="1950-01-01")
    _, rows = written(chronic, "export", "people")
    assert column(rows, "birth_date") == ["1900-02-28"]


def test_a_text_like_a_formula_stays_a_text(village: Chronic) -> None:
    _, people = written(village, "export", "people")
    assert column(people, "address")[0] == '\'=HYPERLINK("x")'


def test_chinese_headers_name_the_sheet_too(village: Chronic) -> None:
    name, rows = written(village, "overdue", "--headers", "zh")
    assert name == "逾期随访"
    assert rows[0][2:4] == ["姓名", "性别"]


def test_headers_stay_in_sight_and_can_filter(village: Chronic) -> None:
    import zipfile

    written(village, "overdue", "--headers", "zh")
    with zipfile.ZipFile(village.folder / "out.xlsx") as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert '<pane ySplit="1" topLeftCell="A2"' in sheet
    assert "<autoFilter" in sheet
    assert 'width="' in sheet


def test_the_same_list_is_the_same_file(village: Chronic) -> None:
    written(village, "export", "people")
    first = (village.folder / "out.xlsx").read_bytes()
    written(village, "export", "people")
    assert (village.folder / "out.xlsx").read_bytes() == first


@pytest.mark.parametrize("more", [[], ["--headers", "zh"], ["--element-ids"], ["--headers", "zh", "--element-ids"]], ids=str)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_is_written_comes_back_whole(village: Chronic, more: list[str], ending: str) -> None:
    folder = village.folder / "other"
    folder.mkdir()
    other = Chronic(folder)
    other.ok("init", "--name", "镇卫生院", "--yes")
    for what in ("people", "visits", "screenings"):
        path = village.folder / f"{what}.{ending}"
        village.ok("export", what, "--full", *more, "--out", path)
        assert Imported(other.ok("import", path)).refused == []
    for what in ("people", "visits", "screenings"):
        assert other.ok("export", what, "--full").out == village.ok("export", what, "--full").out
    left_out = ("enrolment", "visit")  # what is remembered beside the days: whether they were assumed, warnings at the desk
    assert portrait(other, left_out) == portrait(village, left_out)


def test_identifiers_stand_under_their_columns_and_read_back_as_them(village: Chronic) -> None:
    from chronic.exchange.headers import recognise
    from chronic.model.elements import ELEMENTS

    assert recognise(list(ELEMENTS.values())) == tuple(ELEMENTS)
    _, rows = written(village, "export", "visits", "--element-ids")
    assert rows[1][rows[0].index("sbp")] == "HDSD00.01.342"
    assert rows[1][rows[0].index("visit_date")] != rows[1][rows[0].index("next_visit_date")]


@pytest.mark.parametrize("args", [["--format", "xlsx"], ["--format", "xlsx", "--out", "x.csv"],
                                  ["--format", "csv", "--out", "x.xlsx"]], ids=" ".join)  # fmt: skip
def test_a_workbook_needs_a_file_that_is_called_one(village: Chronic, args: list[str]) -> None:
    run = village("overdue", *args)
    assert (run.code, run.out) == (2, "")
    assert ".xlsx" in run.last


def test_what_a_workbook_cannot_hold_is_said_and_leaves_the_old_file(village: Chronic) -> None:
    path = village.folder / "out.xlsx"
    path.write_bytes(b"old")
    village.visit(1, "2026-10-01", "--bp", "150/95", "--notes", "a\ufffeb")
    run = village("export", "visits", "--out", path)
    assert run.code == 2
    assert "Notes" in run.last
    assert path.read_bytes() == b"old"
    assert [found.name for found in village.folder.glob(".*")] == []


def test_a_folder_that_is_not_there_is_one_sentence(village: Chronic) -> None:
    run = village("export", "visits", "--out", village.folder / "none" / "out.xlsx")
    assert (run.code, run.err.count("\n")) == (2, 1)


def test_the_registry_is_not_written_over(village: Chronic) -> None:
    other = village.folder / "out.xlsx"
    os.link(village.path, other)
    assert village("overdue", "--out", other).code == 2
    assert other.read_bytes().startswith(b"SQLite")


def test_without_the_library_one_sentence_says_how_to_get_it(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    run = village("overdue", "--out", village.folder / "out.xlsx")
    assert run.code == 2
    assert "chronic[excel]" in run.last
    assert TODAY not in run.out


def test_whatever_can_stand_in_a_registry_comes_back_as_it_was(tmp_path: Path) -> None:
    from hypothesis import given, settings
    from hypothesis import strategies as some

    from chronic.exchange.workbooks import sheets
    from chronic.model.guards import unguard
    from chronic.model.report import Column, Report
    from chronic.model.workbook import NO_XML
    from chronic.render import xlsx

    texts = some.text(min_size=1, max_size=40).filter(lambda text: not NO_XML.search(text))
    values = some.one_of(texts, some.integers(-(10**14), 10**14), some.dates().map(date.isoformat))
    path = tmp_path / "x.xlsx"

    @settings(max_examples=60, deadline=None)
    @given(some.lists(values, min_size=1, max_size=8))
    def comes_back(cells: list[object]) -> None:
        columns = tuple(Column(f"c{place}", f"c{place}") for place in range(len(cells)))
        xlsx.write(Report("people", TODAY, columns, [{f"c{n}": cell for n, cell in enumerate(cells)}]), path)
        (book,) = sheets(path)
        _, row = (record.cells for record in book.records())
        assert [unguard(cell) for cell in row] == [str(cell) for cell in cells]

    comes_back()


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    import tracemalloc

    from chronic.model.report import Column, Report
    from chronic.render import xlsx

    def peak(rows: int) -> int:
        columns = tuple(Column(name, name) for name in ("name", "day", "sbp"))
        every = ({"name": f"王秀兰{n}", "day": "2026-11-21", "sbp": n} for n in range(rows))
        tracemalloc.start()
        xlsx.write(Report("people", TODAY, columns, every), tmp_path / "x.xlsx")
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    assert peak(10_000) < 2 * peak(1_000)


def test_under_chinese_headers_the_cells_say_words_whatever_the_screen_and_import_reads_them(village: Chronic) -> None:
    village.visit(1, "2026-10-01", "--bp", "186/112", "--adherence", "intermittent", "--symptoms",
                  "headache_dizziness;leg_oedema", "--adr", "yes", "--salt", "heavy",
                  "--dorsalis-pedis", "weak_left")  # fmt: skip
    village.ok(
        "checkup", "add", 1, "--on", "2026-05-01", "--ecg", "abnormal", "--set", "diet=salty;oily", "--set", "lips=pale"
    )
    village.ok("person", "edit", 1, "--sex", "F", "--ascvd", "yes", "--yes")
    _, late = written(village, "overdue", "--headers", "zh")
    assert [column(late, name)[0] for name in ("性别", "管理项目", "高血压分类", "高血压最近分类")] == [
        "女", "高血压", "不良反应", "不良反应",
    ]  # fmt: skip
    assert column(late, "危急情况")[0] == "血糖≥16.7;收缩压≥180 或舒张压≥110"
    assert column(written(village, "overdue")[1], "class_htn")[0] == "adverse_reaction"
    folder = village.folder / "other"
    folder.mkdir()
    other = Chronic(folder)
    other.ok("init", "--name", "镇卫生院", "--yes")
    for what in ("people", "visits", "screenings", "checkups"):
        path = village.folder / f"{what}.xlsx"
        village.ok("export", what, "--full", "--headers", "zh", "--out", path)
        assert Imported(other.ok("import", path)).refused == []
        assert other.ok("export", what, "--full").out == village.ok("export", what, "--full").out
    _, visits = written(village, "export", "visits", "--headers", "zh")
    assert column(visits, "症状")[1] == "头痛头晕;下肢水肿"
    assert column(visits, "服药依从性")[1] == "间断"
