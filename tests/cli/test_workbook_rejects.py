"""Refused rows as a workbook: every cell as it stood, identity numbers as texts, good to import once corrected."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter

from tests.runner import Chronic, id_number

WANG, LI, ZHOU = "11010519491231002X", "110105199003078510", id_number("11010519540520002")
HEADER = ["姓名", "身份证号", "村名", "联系电话", "备忘"]
Rows = list[list[Any]]


def made(path: Path, rows: Rows) -> Path:
    """A workbook as a clinic has it: a title, the headers, texts as texts."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("居民")
    for line, cells in enumerate([["2026年居民登记"], HEADER, *rows]):
        for place, cell in enumerate(cells):
            sheet.write(line, place, cell)
    book.close()
    return path


def read(path: Path) -> Rows:
    (name,) = (book := python_calamine.load_workbook(str(path))).sheet_names
    return book.get_sheet_by_name(name).to_python()


def corrected(path: Path, correct: Callable[[list[Any]], None]) -> None:
    """What somebody does in Excel: the cells changed in place, everything else left alone."""
    rows = read(path)
    for row in rows[1:]:
        correct(row)
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for line, cells in enumerate(rows):
        sheet.write_row(line, 0, cells)
    book.close()


ROWS: Rows = [
    ["王秀兰", WANG, "下各村", "013812345512", "x"],
    ["李建国", "110105194912310021", "下各村", "'=1+1", "y"],
    ["周玉珍", 110105194912310029, "下各村", "", "z"],
]


def test_refused_rows_of_a_workbook_come_back_as_one_and_can_be_corrected_and_imported(chronic: Chronic) -> None:
    book, out = made(chronic.folder / "people.xlsx", ROWS), chronic.folder / "refused.xlsx"
    run = chronic("import", book, "--rejects", out)
    assert run.code == 3
    header, li, zhou = read(out)
    assert header == [*HEADER, "行号", "原因"]
    assert li[:6] == ["李建国", "110105194912310021", "下各村", "'=1+1", "y", 4.0]
    assert "check digit" in li[6]
    assert isinstance(zhou[1], str)  # a number Excel has rounded: refused, and still seen to be one
    assert (zhou[0], zhou[5]) == ("周玉珍", 5.0)

    def correct(row: list[Any]) -> None:
        row[1] = LI if row[0] == "李建国" else ZHOU
        row[3] = ""

    corrected(out, correct)
    assert chronic.ok("import", out).code == 0
    assert chronic.sql("SELECT name, id_number FROM person ORDER BY id") == [
        ("王秀兰", WANG), ("李建国", LI), ("周玉珍", ZHOU)
    ]  # fmt: skip


def test_rejects_of_a_workbook_of_rejects_have_line_and_reason_once(chronic: Chronic) -> None:
    out, again = chronic.folder / "refused.xlsx", chronic.folder / "again.xlsx"
    assert chronic("import", made(chronic.folder / "people.xlsx", ROWS), "--rejects", out).code == 3
    assert chronic("import", out, "--rejects", again).code == 3
    first, second = read(out), read(again)
    assert [row[:5] for row in first] == [row[:5] for row in second]
    assert second[0][5:] == ["行号", "原因"]
    assert [row[5] for row in second[1:]] == [2.0, 3.0]


def test_the_ending_decides_whatever_the_sheet_was(chronic: Chronic) -> None:
    csv, out = chronic.folder / "people.csv", chronic.folder / "refused.XLSX"
    csv.write_text("姓名,身份证号\n李建国,110105194912310021\n", "utf-8")
    assert chronic("import", csv, "--rejects", out).code == 3
    assert read(out)[1][:2] == ["李建国", "110105194912310021"]
    text = chronic.folder / "refused.csv"
    assert chronic("import", made(chronic.folder / "people.xlsx", ROWS), "--rejects", text).code == 3
    assert text.read_text("utf-8-sig").splitlines()[1].startswith("李建国,110105194912310021,下各村,'=1+1,y,4,")


def test_what_no_workbook_can_hold_is_one_sentence_and_nothing_is_written(chronic: Chronic) -> None:
    csv, out = chronic.folder / "people.csv", chronic.folder / "refused.xlsx"
    csv.write_text("姓名,身份证号\n王,\n李\uffff,1\n", "utf-8")
    before = chronic.dump()
    run = chronic("import", csv, "--rejects", out)
    assert (run.code, run.err.count("\n"), "CSV" in run.last) == (2, 1, True)
    assert chronic.dump() == before
    assert {path.suffix for path in chronic.folder.iterdir()} <= {".csv", ".db", ""}


def test_without_the_library_nothing_is_taken(chronic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    csv = chronic.folder / "people.csv"
    csv.write_text("姓名,身份证号\n王,\n", "utf-8")
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    run = chronic("import", csv, "--rejects", chronic.folder / "refused.xlsx")
    assert (run.code, "chronic[excel]" in run.last) == (2, True)
    assert chronic.sql("SELECT count(*) FROM person") == [(0,)]
