"""What surrounds an import: dry runs, --strict, the file of rejects, exit codes, and files nobody can read."""

import csv
from pathlib import Path

import pytest

from tests.runner import Chronic
from tests.sheets import portrait, sheet, take, taken

WANG = "11010519491231002X"
GOOD = {"name": "王秀兰", "id_number": WANG, "village": "下各村", "phone": "", "note to self": "x"}
BAD = {"name": "李建国", "id_number": "110105194912310021", "village": "下各村", "phone": "=1+1", "note to self": "y"}


def test_a_dry_run_says_what_would_happen_and_leaves_the_file_as_it_is(chronic: Chronic) -> None:
    before = chronic.dump()
    found = take(chronic, [GOOD, BAD], "--dry-run")
    assert (found.code, found.counts) == (3, {"new": 1, "refused": 1})
    assert "nothing was written" in found.run.out
    assert "would be refused" in found.run.last
    assert "New villages: 下各村" in found.run.out
    assert chronic.dump() == before
    assert take(chronic, [GOOD], "--dry-run").code == 0
    assert chronic.dump() == before
    assert taken(chronic, [GOOD]).counts == {"new": 1}
    assert chronic.person("李建国") == 2  # a dry run spends no numbers


def test_strict_writes_nothing_if_any_row_is_refused(chronic: Chronic) -> None:
    before = chronic.dump()
    found = take(chronic, [GOOD, BAD], "--strict")
    assert (found.code, found.counts) == (3, {"new": 1, "refused": 1})
    assert "nothing was written" in found.run.last
    assert chronic.dump() == before
    assert take(chronic, [GOOD], "--strict").code == 0
    assert chronic.sql("SELECT count(*) FROM person") == [(1,)]


def test_without_strict_good_rows_are_in_and_the_exit_code_says_three(chronic: Chronic) -> None:
    found = take(chronic, [GOOD, BAD])
    assert found.code == 3
    assert len(found.run.err.splitlines()) == 1
    assert chronic.sql("SELECT name FROM person") == [("王秀兰",)]


def test_the_file_of_rejects_holds_the_row_its_line_and_the_reason_and_can_be_imported_again(chronic: Chronic) -> None:
    rejects = chronic.folder / "refused.csv"
    take(chronic, [GOOD, BAD], "--rejects", rejects)
    header, row = csv.reader(rejects.read_text("utf-8-sig").splitlines())
    assert rejects.read_bytes().startswith(b"\xef\xbb\xbf")
    assert header[:5] == list(BAD)
    assert row[:3] == ["李建国", "110105194912310021", "下各村"]
    assert row[3] == "'=1+1"  # a spreadsheet must not run it
    assert row[5] == "3"
    assert "check digit" in row[6]
    assert "Phone" in row[6]  # every reason, not only the first
    corrected = rejects.read_text("utf-8-sig").replace("110105194912310021", "110105199003078510").replace("'=1+1", "")
    rejects.write_text(corrected, "utf-8")
    assert chronic.ok("import", rejects).code == 0
    assert chronic.sql("SELECT name FROM person ORDER BY id") == [("王秀兰",), ("李建国",)]


def test_a_dry_run_writes_the_rejects_too_and_no_rejects_is_an_empty_sheet(chronic: Chronic) -> None:
    rejects = chronic.folder / "refused.csv"
    take(chronic, [GOOD, BAD], "--dry-run", "--rejects", rejects)
    assert "李建国" in rejects.read_text("utf-8-sig")
    take(chronic, [GOOD], "--rejects", rejects)
    assert len(rejects.read_text("utf-8-sig").splitlines()) == 1


def test_the_sheet_itself_is_never_replaced_by_its_rejects(chronic: Chronic) -> None:
    path = sheet(chronic.folder, [GOOD, BAD])
    before, registry = path.read_bytes(), chronic.dump()
    run = chronic("import", path, "--rejects", path)
    assert (run.code, len(run.err.splitlines())) == (2, 1)
    assert (path.read_bytes(), chronic.dump()) == (before, registry)


def test_rejects_that_cannot_be_written_stop_everything_before_anything_is_written(chronic: Chronic) -> None:
    before = chronic.dump()
    found = take(chronic, [GOOD], "--rejects", chronic.folder / "nowhere" / "refused.csv")
    assert (found.code, len(found.run.err.splitlines())) == (2, 1)
    assert chronic.dump() == before


FILES: dict[str, tuple[bytes | None, str]] = {
    "not there": (None, "no file"),
    "empty": (b"", "empty"),
    "blank lines": (b"\n\n\n", "header"),
    "UTF-32": ("name,id_number\n王秀兰,1\n".encode("utf-32"), "UTF-8"),
    "a workbook": (b"PK\x03\x04" + b"\0" * 100, "save it again"),
    "an unknown encoding": (b"name,id_number\n\xff\xff\xff,1\n", "UTF-8"),
    "a web page": ("\n<HTML><table><tr><td>姓名</td></tr></table>".encode("gb18030"), "web page"),
    "a PDF": (b"%PDF-1.4\n%\xe2\xe3", "no sheet but a PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "no sheet but a PDF"),
    "headers nobody knows": (b"a,b\n1,2\n", "Headers not known: a, b"),
    "people without a key": ("姓名,村\n王秀兰,下各村\n".encode(), "ID number"),
    "the same column twice": (b"name,id_number,name\nx,1,y\n", "more than once"),
    "two columns that mean the same": ("name,id_number,姓名\nx,1,y\n".encode(), '--map "姓名="'),
    "another separator": ("姓名；身份证号\n王秀兰；1\n".encode(), "comma"),
}


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_file_that_cannot_be_read_is_one_sentence_and_changes_nothing(chronic: Chronic, what: str, lang: str) -> None:
    content, named = FILES[what]
    path = chronic.folder / "sheet.csv"
    if content is not None:
        path.write_bytes(content)
    before = chronic.dump()
    run = chronic("import", path, lang=lang)
    assert (run.code, run.out, len(run.err.splitlines())) == (2, "", 1), run
    if lang == "en":
        assert named in run.err, run.err
    assert chronic.dump() == before


def test_a_folder_is_not_a_sheet(chronic: Chronic) -> None:
    run = chronic("import", chronic.folder)
    assert (run.code, len(run.err.splitlines())) == (2, 1)


def test_a_sheet_of_headers_only_is_nothing_new(chronic: Chronic) -> None:
    path = chronic.folder / "sheet.csv"
    path.write_text("name,id_number\n", "utf-8")
    run = chronic.ok("import", path)
    assert "nothing below the headers" in run.out


def test_a_row_that_cannot_be_told_apart_is_refused_and_the_rest_is_taken(chronic: Chronic) -> None:
    path = chronic.folder / "sheet.csv"
    path.write_text(f'name,id_number\n王秀兰,{WANG},too,many\n"李建国,1\n陈志强,110105199003078510\n', "utf-8")
    run = chronic("import", path)
    assert run.code == 3
    assert chronic.sql("SELECT name FROM person") == [("陈志强",)]


def test_the_summary_is_chinese_for_who_reads_chinese(chronic: Chronic) -> None:
    path = sheet(chronic.folder, [GOOD, BAD])
    run = chronic("import", path, lang="zh")
    assert run.code == 3
    assert "校验" in run.out
    for word in ("People", "rows", "refused", "line", "Columns"):
        assert word not in run.out + run.err


def test_masked_and_long_lists_of_problems_are_shortened(chronic: Chronic) -> None:
    found = take(chronic, [{"name": str(n), "id_number": "1101051949123100"} for n in range(60)])
    assert found.counts == {"refused": 60}
    assert len(found.run.out.splitlines()) < 40


def test_a_sheet_from_another_folder_is_remembered_by_its_name_only(chronic: Chronic, tmp_path: Path) -> None:
    folder = tmp_path / "secret"
    folder.mkdir()
    chronic.ok("import", sheet(folder, [GOOD], "people.csv"))
    assert chronic.sql("SELECT file FROM batch") == [("people.csv",)]
    assert portrait(chronic)["person"]


def test_where_every_row_was_refused_nothing_is_said_to_be_in(chronic: Chronic) -> None:
    assert chronic("import", sheet(chronic.folder, [BAD])).last == "Every row was refused (1); nothing of it is in."
    assert chronic("import", sheet(chronic.folder, [GOOD, BAD])).last == "1 of 2 rows were refused; the others are in."


@pytest.mark.parametrize("source", ["", "  "])
def test_a_source_without_a_name_is_the_usual_one(chronic: Chronic, source: str) -> None:
    chronic.ok("import", sheet(chronic.folder, [GOOD]), "--source", source)
    assert chronic.sql("SELECT source FROM batch") == [("default",)]


def test_a_line_break_in_a_cell_or_header_breaks_no_line_of_the_preview(chronic: Chronic) -> None:
    path = chronic.folder / "s.csv"
    path.write_text(f'"姓\n名",身份证号,住址\n王秀兰,{GOOD["id_number"]},"3组\n12号"\n', "utf-8")
    out = chronic.ok("import", path, "--dry-run").out
    assert "Address 3组 12号" in out
    assert "姓 名" in out


def test_a_map_of_a_header_that_is_not_there_is_refused(chronic: Chronic) -> None:
    before = chronic.dump()
    run = chronic("import", sheet(chronic.folder, [GOOD]), "--map", "体众=address")
    assert (run.code, "has no header 体众" in run.last) == (2, True)
    assert chronic.dump() == before
