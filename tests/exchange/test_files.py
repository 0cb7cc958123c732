"""Files: which encoding, and everything that is not a sheet at all."""

from pathlib import Path
from typing import NoReturn

import pytest

from chronic.errors import ValueRefused
from chronic.exchange import files
from chronic.exchange.files import inspect
from tests.sheets import Write, codes, opened, read

ID = "11010519491231002X"


def refused(path: Path) -> ValueRefused:
    with pytest.raises(ValueRefused) as caught:
        read(path)
    assert caught.value.values["path"] == path
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rare_characters_arrive_in_every_encoding(write: Write, encoding: str, end: str) -> None:
    path = write(end.join(["姓名,身份证号,村", f"张㛃,{ID},𬱖家村", "李𬱖,,"]), encoding)
    first, second = read(path)
    assert first.values == {"name": "张㛃", "id_number": ID, "village": "𬱖家村"}
    assert (first.line, first.raw, first.refusals, first.warnings) == (2, ("张㛃", ID, "𬱖家村"), (), ())
    assert second.values == {"name": "李𬱖"}
    assert codes(second) == ["row.no_key"]


def test_a_gb18030_byte_order_mark_is_no_part_of_the_first_header(write: Write) -> None:
    assert opened(write('\ufeff"姓名","源编号"\n', "gb18030")).columns == ("name", "person_ref")


def test_a_quoted_first_header_behind_a_byte_order_mark_is_read(write: Write) -> None:
    assert opened(write('"姓名","源编号"\n', "utf-8-sig")).columns == ("name", "person_ref")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_utf16_is_read_with_and_without_its_mark(write: Write, encoding: str, end: str) -> None:
    first, second = read(write(end.join(["姓名,源编号,备注", "王一,1,㛃", "李二,2,"]), encoding))
    assert first.values == {"name": "王一", "person_ref": "1"}
    assert second.values == {"name": "李二", "person_ref": "2"}


def test_utf16_with_a_quoted_line_end_is_read(write: Write) -> None:
    (row,) = read(write('源编号,随访日期,备注\n1,2026-01-05,"一\n二"\n', "utf-16"))
    assert row.values["notes"] == "一\n二"


def test_utf32_is_refused_by_name(write: Write) -> None:
    assert refused(write("姓名,源编号\n王,1\n", "utf-32")).code == "file.encoding"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_stray_nul_byte_costs_its_row_only(write: Write, encoding: str) -> None:
    first, second, third = read(write("姓名,源编号\n王一,1\n李\0二,2\n\0,3\n", encoding))
    assert first.values == {"name": "王一", "person_ref": "1"}
    assert (codes(second), codes(third)) == (["value.control"], ["value.control"])


def test_a_tail_of_nul_bytes_is_one_refused_row(write: Write) -> None:
    """What a power cut leaves behind."""
    first, second = read(write(b"name,person_ref\nx,1\n" + b"\0" * 512))
    assert (first.values["person_ref"], second.values) == ("1", {})
    assert "value.control" in codes(second)


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_broken_workbook_is_refused_by_name(write: Write, start: bytes) -> None:
    assert refused(write(start + b"\0" * 50)).code == "file.workbook"


def test_bytes_of_no_encoding_are_refused_with_their_line(write: Write) -> None:
    error = refused(write(b"name,person_ref\nx,1\n\xff\xff,2\n"))
    assert (error.code, error.values["line"]) == ("file.encoding", 3)


def test_damaged_utf8_is_not_taken_for_gb18030(write: Write) -> None:
    path = write("name,person_ref\n王建国,1\n李建军,2\n".encode() + "王".encode()[:2] + b",3\n")
    error = refused(path)
    assert (error.code, error.values["line"]) == ("file.encoding", 4)


def test_damaged_utf8_behind_a_byte_order_mark_is_refused(write: Write) -> None:
    assert refused(write(b"\xef\xbb\xbfname,person_ref\n\xcd\xf5,1\n")).code == "file.encoding"


def test_a_character_across_two_chunks_is_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_CHUNK", 64)
    for encoding in ("utf-8", "gb18030"):
        path = write("姓名,源编号\n" + "王㛃𬱖,1\n" * 20, encoding)
        assert inspect(path).encoding == encoding
        assert {row.values["name"] for row in read(path)} == {"王㛃𬱖"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.csv").code == "file.missing"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "file.not_a_file"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(write: Write, content: bytes) -> None:
    assert refused(write(content)).code == "file.empty"


@pytest.mark.parametrize("content", ["\n\n", " , ,\n", '"name,person_ref\n'])
def test_a_file_without_headers_is_refused(write: Write, content: str) -> None:
    assert refused(write(content)).code == "file.no_header"


def test_an_unreadable_file_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("name,person_ref\n")

    def denied(*_: object) -> NoReturn:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "open", denied)
    error = refused(path)
    assert (error.code, error.values["problem"]) == ("file.unreadable", "denied")


def test_a_file_that_vanishes_while_it_is_read_is_one_error(write: Write) -> None:
    sheet = opened(path := write("name,person_ref\nx,1\n"))
    path.unlink()
    with pytest.raises(ValueRefused, match=r"file\.missing"):
        list(sheet.rows())


def test_a_file_that_is_one_endless_line_is_refused(write: Write) -> None:
    assert refused(write(b"name,person_ref\n" + b"x" * (3 << 20))).code == "file.line_too_long"
