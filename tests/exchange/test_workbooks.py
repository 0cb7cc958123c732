"""Workbooks: the right sheet, cells as texts, and everything that is no workbook."""

import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from chronic.errors import ValueRefused
from chronic.exchange import unpacking, workbooks
from tests.sheets import read

ID = "11010519491231002X"
Rows = list[list[Any]]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(at: int = 0, hidden: tuple[str, ...] = (), **sheets: Rows) -> Path:
        """A workbook with these sheets, each beginning in this row and column."""
        path = tmp_path / "book.xlsx"
        book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    sheet.write(line + at, place + at, cell)
            if name in hidden:
                sheet.hide()
        book.close()
        return path

    return write


def refused(path: Path, sheet: str | None = None) -> ValueRefused:
    with pytest.raises(ValueRefused) as caught:
        read(path, sheet)
    assert caught.value.values["path"] == path
    return caught.value


def test_a_sheet_is_read_wherever_it_begins(write: Write) -> None:
    table = [
        ["姓名", "身份证号", "出生日期"],
        ["王秀兰", ID, date(1949, 12, 31)],
        ["", "", ""],
        ["张㛃", "370112196001010016", ""],
    ]
    for at in (0, 3):
        first, second = read(write(at, 表=table))
        assert first.values == {"name": "王秀兰", "id_number": ID, "birth_date": date(1949, 12, 31)}
        assert (first.line, second.line, second.values["name"]) == (2 + at, 4 + at, "张㛃")


def test_a_merged_title_and_headers_of_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.merge_range("A1:D1", "高血压患者随访登记表")
    sheet.merge_range("A2:A3", "源编号")
    sheet.merge_range("B2:B3", "随访日期")
    sheet.merge_range("C2:D2", "血压")
    for place, cell in enumerate(["收缩压", "舒张压"]):
        sheet.write(2, 2 + place, cell)
    for place, value in enumerate([7.0, "2026-01-05", 150, 90.0]):
        sheet.write(3, place, value)
    for line in range(4, 400):  # formatted and empty
        sheet.write_blank(line, 0, None, book.add_format({"bold": True}))
    book.close()
    (row,) = read(path)
    assert row.values == {"person_ref": "7", "visit_date": date(2026, 1, 5), "sbp": 150, "dbp": 90}


def test_the_sheet_with_the_headers_is_found(write: Write) -> None:
    (row,) = read(write(说明=[["请先阅读"]], 药品=[["氨氯地平"], ["卡托普利"]], 花名册=[["姓名", "源编号"], ["王一", 1]]))
    assert row.values == {"name": "王一", "person_ref": "1"}


def test_of_several_sheets_one_is_named(write: Write) -> None:
    people, visits = [["姓名", "源编号"], ["王一", "1"]], [["源编号", "随访日期"], ["1", "2026-01-05"]]
    path = write(花名册=people, 随访=visits)
    error = refused(path)
    assert (error.code, error.values["sheets"]) == ("file.sheets", "花名册, 随访")
    assert read(path, "随访")[0].values == {"person_ref": "1", "visit_date": date(2026, 1, 5)}
    assert refused(path, "别的").code == "file.sheet"


def test_hidden_sheets_are_left_alone(write: Write) -> None:
    people = [["姓名", "源编号"], ["王一", "1"]]
    assert len(read(write(hidden=("旧",), 新=people, 旧=people))) == 1


def test_an_id_number_that_excel_made_a_number_is_refused(write: Write) -> None:
    (row,) = read(write(表=[["姓名", "身份证号"], ["王一", 110105194912310021]]))
    assert next((problem.code, problem.column) for problem in row.refusals) == ("id.damaged", "id_number")
    assert "id_number" not in row.values


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (72.0, "72"), (6.1, "6.1"), (0.1 + 0.2, "0.30000000000000004"), (13800138000.0, "13800138000"), (-3.0, "-3"),
        (True, "TRUE"), (datetime.fromisoformat("2026-01-05"), "2026-01-05"),
        (datetime.fromisoformat("2026-01-05T09:04:06"), "2026-01-05 09:04:06"),
        (date(2026, 1, 5), "2026-01-05"), (999_999_999_999_999.0, "999999999999999"), (1e15, "1.00000000000000E+15"),
        ("  王 ", "  王 "), ("", ""),
    ],
)  # fmt: skip
def test_a_cell_is_the_text_a_csv_would_hold(cell: object, text: str) -> None:
    assert workbooks.text(cell) == text


def test_a_workbook_without_headers_is_refused(write: Write) -> None:
    assert refused(write(空=[])).code == "file.no_header"
    error = refused(write(表=[["一", "二"], ["三", "四"]]))
    assert error.code == "file.unknown"
    assert "name" in str(error.values["missing"])


def test_a_truncated_workbook_is_refused(write: Write) -> None:
    path = write(表=[["姓名", "源编号"]])
    content = path.read_bytes()
    for size in (4, 30, len(content) // 2, len(content) - 30):
        path.write_bytes(content[:size])
        assert refused(path).code == "file.workbook"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "x")
    assert refused(path).code == "file.workbook"


def test_a_workbook_beyond_measure_is_not_unpacked(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(表=[["姓名", "源编号"]])
    monkeypatch.setattr(unpacking, "UNPACKED", 1000)
    assert refused(path).code == "file.too_big"


def test_a_workbook_with_a_password_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100
    )
    assert refused(path).code == "file.encrypted"


def test_a_workbook_packed_by_no_known_version_is_one_that_cannot_be_read(write: Write) -> None:
    path = write(表=[["姓名", "身份证号"], ["王秀兰", ID]])
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 6] = 202  # the version that is needed to unpack this part
    path.write_bytes(content)
    assert refused(path).code == "file.workbook"


def test_an_old_workbook_cut_short_is_one_that_cannot_be_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    start = bytes.fromhex("d0cf11e0a1b11ae1")
    head = struct.pack("<8s16xHHHHH6xIIIIIiIiI", start, 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 0, 0, 4096, -2, 0, -2, 0)
    path = tmp_path / "book.xls"
    path.write_bytes(head + struct.pack("<109i", 1, *[-1] * 108) + b"R\0o\0o\0t\0" * 4)
    assert refused(path).code == "file.workbook"
    assert capfd.readouterr().err == ""
