"""The sheet of refused rows: nothing is lost, nothing runs, and it can be imported once it is corrected."""

import csv
from pathlib import Path

import pytest

from chronic.errors import ValueRefused
from chronic.exchange import headers
from chronic.exchange.headers import FIELDS, recognise
from chronic.exchange.rejects import write_rejects
from tests.sheets import Write, opened

SHEET = "姓名,身份证号,转诊原因,住址\n王,1,x,=1+1\n李,2,y,-\n"


def test_rejects_come_back_as_they_went_out(write: Write, tmp_path: Path) -> None:
    sheet, out = opened(write(SHEET)), tmp_path / "rejects.csv"
    with write_rejects(out, sheet) as reject:
        for row in sheet.rows():
            reject(row.line, row.raw, "=不好")
        assert not out.exists()
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    again = opened(out)
    assert again.header == (*sheet.header, "行号", "原因")
    assert again.ignored == ("转诊原因",)
    for before, after in zip(sheet.rows(), again.rows(), strict=True):
        assert after.values == before.values
        assert after.raw[-2:] == (str(before.line), "'=不好")
        assert after.raw[3] == "'" + before.raw[3]


def test_rejects_of_rejects_have_the_two_columns_once(write: Write, tmp_path: Path) -> None:
    sheet = opened(write("姓名,行号,原因,源编号\n王,3,坏,\n"))
    with write_rejects(out := tmp_path / "rejects.csv", sheet) as reject:
        for row in sheet.rows():
            reject(row.line, row.raw, "缺")
    assert out.read_text("utf-8-sig").splitlines() == ["姓名,源编号,行号,原因", "王,,2,缺"]


def test_the_reason_of_a_reject_is_never_read_as_a_reason_for_referral() -> None:
    for line, reason in headers.REJECT_HEADERS.values():
        assert not set(recognise(["visit_date", line, reason])[1:]) & set(FIELDS)
    assert recognise(["科别", "原因"]) == ("referral_dept", "referral_reason")


def test_ragged_and_broken_rows_lose_nothing(write: Write, tmp_path: Path) -> None:
    sheet = opened(write('姓名,源编号\n王\n李,2,余,@x\n"坏"y,3\n'))
    with write_rejects(out := tmp_path / "rejects.csv", sheet, headers.REJECT_HEADERS["canonical"]) as reject:
        for row in sheet.rows():
            reject(row.line, row.raw, "r")
    with out.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["姓名", "源编号", "line", "reason"],
            ["王", "", "2", "r"],
            ["李", "2", "3", "r", "余", "'@x"],
            ['"坏"y,3', "", "4", "r"],
        ]


def test_a_failed_run_leaves_the_old_rejects(write: Write, tmp_path: Path) -> None:
    sheet, out = opened(write(SHEET)), tmp_path / "rejects.csv"
    out.write_text("old")
    with pytest.raises(ZeroDivisionError), write_rejects(out, sheet) as reject:
        reject(1, ("x",), str(1 / 0))
    assert out.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"sheet.csv", "rejects.csv"}


def test_rejects_never_replace_the_sheet_they_come_from(write: Write) -> None:
    path = write(SHEET)
    with pytest.raises(ValueRefused, match=r"file\.same"), write_rejects(path, opened(path)):
        pass
    assert path.read_text("utf-8") == SHEET


def test_rejects_that_cannot_be_written_are_one_error(write: Write, tmp_path: Path) -> None:
    sheet = opened(write(SHEET))
    for out in (tmp_path / "no folder" / "rejects.csv", tmp_path):
        with pytest.raises(ValueRefused, match=r"file\.unwritable"), write_rejects(out, sheet):
            pass
