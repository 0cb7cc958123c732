"""`export`: what the files look like, what they leave out, and how they come back through `import`."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runner import TODAY, Chronic, Run
from tests.sheets import Imported, portrait

RARE = "王㛃𬱖"
ID = "11010519491231002X"
BOM = b"\xef\xbb\xbf"
MASKED = ("110105********002X", "138****5512")
LISTS = [["export", "people"], ["export", "visits"], ["export", "overdue"], ["export", "due"],
         ["overdue", "--format", "csv"], ["due", "--format", "csv"], ["person", "list", "--format", "csv"],
         ["visit", "list", "1", "--format", "csv"],
         ["today", "--format", "csv"], ["overdue", "--by", "village", "--format", "csv"],
         ["person", "timeline", "1", "--format", "csv"], ["programme", "list", "1", "--format", "csv"],
         ["screen", "suspects", "--format", "csv"], ["due", "--quota", "--format", "csv"]]  # fmt: skip
"""Every command that gives a CSV."""


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """Someone late, with everything that is hard to write; someone due soon; someone who was only screened."""
    chronic.person(RARE, "--id-number", ID, "--phone", "13812345512", "--village", "下各村",
                   "--htn-enrolled-on", "2026-06-01", "--address", '=HYPERLINK("x")', "--tags", "-低保;@x")  # fmt: skip
    chronic.visit(1, "2026-09-01", "--bp", "150/95", "--notes", '=1+1, "说"', "--fpg", "HI", "--danger", "no")
    chronic.person("李建国", "--dm-enrolled-on", "2026-11-20", "--phone", "13912345513")
    chronic.person("周玉珍", "--archive-no", "12345678")
    chronic.ok("screen", "add", 3, "--bp", "148/92", "--on", "2026-11-01")
    return chronic


def exported(chronic: Chronic, *args: object) -> tuple[Run, bytes]:
    path = chronic.folder / "out.csv"
    run = chronic.ok("export", *args, "--out", path)
    return run, path.read_bytes()


def rows_of(data: bytes, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding), newline="")))


def process(chronic: Chronic, *args: str, **more: str) -> "subprocess.Popen[bytes]":
    """The program as its own process, its output in a pipe."""
    own = {
        "CHRONIC_DB": str(chronic.path),
        "CHRONIC_TODAY": TODAY,
        "CHRONIC_LANG": "en",
        "XDG_DATA_HOME": str(chronic.folder),
    }
    environ = {**os.environ, **own, **more}
    command = [sys.executable, "-m", "chronic", *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ)


def another(chronic: Chronic, name: str) -> Chronic:
    """An empty registry in a folder of its own."""
    folder = chronic.folder / name
    folder.mkdir()
    found = Chronic(folder)
    found.ok("init", "--name", "镇卫生院", "--yes")
    return found


# what a file looks like ---------------------------------------------------------------------------


@pytest.mark.parametrize("args", LISTS, ids=" ".join)
def test_a_file_has_the_mark_excel_needs_and_stdout_has_not(village: Chronic, args: list[str]) -> None:
    printed = village.ok(*args).out
    path = village.folder / "out.csv"
    village.ok(*args, "--out", path)
    assert path.read_bytes() == BOM + printed.encode()
    assert printed.count("\n") == printed.count("\r\n") > ("--quota" not in args)


@pytest.mark.parametrize("args", LISTS, ids=" ".join)
def test_headers_and_encoding_are_for_every_csv(village: Chronic, args: list[str]) -> None:
    path = village.folder / "out.csv"
    for headers in ("canonical", "zh"):
        village.ok(*args, "--out", path, "--headers", headers)
        utf8 = path.read_bytes()
        village.ok(*args, "--out", path, "--headers", headers, "--encoding", "gb18030")
        assert path.read_bytes() == utf8.removeprefix(BOM).decode().encode("gb18030")
    assert [name for name in utf8.decode("utf-8-sig").splitlines()[0].split(",") if name.isascii()] == []


def test_a_file_never_follows_the_language_of_the_screen(village: Chronic) -> None:
    for args in LISTS:
        if "timeline" in args:  # its events are sentences for who asked
            continue
        assert village.ok(*args, lang="zh").out == village.ok(*args, lang="en").out


@pytest.mark.parametrize("what", ["people", "visits", "overdue", "due"])
def test_json_says_what_the_csv_says(village: Chronic, what: str) -> None:
    found = json.loads(village.ok("export", what, "--format", "json").out)
    assert (found["report"], found["as_of"]) == (what, TODAY)
    _, data = exported(village, what)
    for row, line in zip(found["rows"], rows_of(data), strict=True):
        flat: dict[str, object] = {}
        for key, value in row.items():
            flat |= {f"{key}_{part}": cell for part, cell in value.items()} if isinstance(value, dict) else {key: value}
        assert list(flat) == list(line)
        for key, value in flat.items():
            text = ";".join(value) if isinstance(value, list) else "" if value is None else str(value)
            assert line[key].removeprefix("'") == text


def test_lists_are_those_of_overdue_and_due(village: Chronic) -> None:
    assert village.ok("export", "overdue").out == village.ok("overdue", "--format", "csv").out
    assert village.ok("export", "due", "--within", "30d").out == village.ok("due", "--within", "30d", "--format", "csv").out
    assert [row["name"] for row in rows_of(exported(village, "overdue", "--village", "下各村")[1])] == [RARE]


def test_what_looks_like_a_formula_stands_behind_an_apostrophe(village: Chronic) -> None:
    (person, *_) = (row for row in rows_of(exported(village, "people")[1]) if row["name"] == RARE)
    assert (person["address"], person["tags"]) == ('\'=HYPERLINK("x")', "'-低保;@x")
    (visit,) = rows_of(exported(village, "visits")[1])
    assert (visit["notes"], visit["fpg"]) == ('\'=1+1, "说"', "HI")
    (row,) = (row for row in village.rows("export", "people") if row["name"] == RARE)
    assert (row["address"], row["tags"]) == ('=HYPERLINK("x")', ["-低保", "@x"])


def test_gb18030_on_stdout_is_gb18030(village: Chronic) -> None:
    out, err = process(village, "export", "overdue", "--encoding", "gb18030", "--headers", "zh").communicate()
    assert err == b""
    assert out.decode("gb18030") == village.ok("export", "overdue", "--headers", "zh").out
    assert RARE in out.decode("gb18030")


def test_a_gbk_console_shows_a_question_mark_for_what_it_lacks(village: Chronic) -> None:
    run = village("export", "people", console="gbk")
    assert run.code == 0
    assert "王??" in run.out


# who may be seen ----------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["people", "visits", "overdue", "due"])
def test_numbers_are_masked_unless_asked_for_which_is_logged(village: Chronic, what: str) -> None:
    number = {"visits": ID, "people": ID, "overdue": "13812345512", "due": "13912345513"}[what]
    for style in ("csv", "json"):
        assert number not in village.ok("export", what, "--format", style).out
    assert village.sql("SELECT about FROM audit WHERE action = 'full'") == []
    assert number in village.ok("export", what, "--full").out
    assert number in village.ok("export", what, "--full", "--format", "json").out
    assert village.sql("SELECT about FROM audit WHERE action = 'full'") == [(f"chronic export {what}",)] * 2


def test_facts_and_values_in_their_own_unit_stay_behind_and_it_says_so(village: Chronic) -> None:
    village.ok("person", "fact", 1, "gestational=no")
    village.ok("visit", "add", 1, "--on", "2026-11-03", "--fpg", "110mg/dl", "--danger", "no")
    assert "facts about risks 1" in village.ok("export", "people").err
    assert "values as typed in another unit 1" in village.ok("export", "visits").err


def test_masked_numbers_look_like_numbers_of_the_person(village: Chronic) -> None:
    (person, *_) = (row for row in rows_of(exported(village, "people")[1]) if row["name"] == RARE)
    assert (person["id_number"], person["phone"]) == MASKED
    assert rows_of(exported(village, "visits")[1])[0]["id_number"] == MASKED[0]


# what is not in the file --------------------------------------------------------------------------


def test_what_a_file_does_not_carry_is_said_at_its_end(village: Chronic) -> None:
    village.visit(1, "2026-11-02", "--bp", "150/95", "--bp", "140/91", "--danger", "no")
    village.ok("visit", "fix", village.visit_number(1, "2026-11-02"), "--notes", "x")
    village.ok("person", "edit", 2, "--phone", "13912345514", "--yes")
    village.ok("pause", 2, "--yes")
    said = village.ok("export", "people", "--full").err
    assert "Not in this file: who recorded what, and when; earlier values of people's data 1; pauses 1" in said
    assert "masked" not in said
    said = village.ok("export", "visits").err
    for part in (
        "corrected and withdrawn visits 1",
        "screenings 1",
        "visits with several readings, of which the mean is here 1",
    ):
        assert part in said
    assert "ID numbers and phones are masked; --full writes them." in said
    said = village("export", "visits", lang="zh").err
    assert "本文件不含" in said


def test_every_stay_has_a_row_and_the_last_one_is_today(village: Chronic) -> None:
    village.ok("programme", "end", 1, "htn", "--reason", "refused", "--on", "2026-10-01", "--yes")
    village.ok("enrol", 1, "htn", "--on", "2026-11-01", "--yes")
    run, data = exported(village, "people", "--full")
    mine = [row for row in rows_of(data) if row["name"] == RARE]
    assert [(row["htn_enrolled_on"], row["htn_ended_on"], row["programmes"]) for row in mine] == [
        ("2026-06-01", "2026-10-01", ""), ("2026-11-01", "", "htn"),
    ]  # fmt: skip
    assert "Earlier stays in a programme that have a row of their own: 1" in run.err


def test_other_sources_are_counted_and_can_be_asked_for(village: Chronic) -> None:
    sheet = village.folder / "people.csv"
    for source, ref in (("台账", "=7"), ("县平台", "8")):
        sheet.write_text(f"name,id_number,person_ref\n{RARE},{ID},{ref}\n", "utf-8")
        village.ok("import", sheet, "--source", source)
    run, data = exported(village, "people", "--source", "台账")
    assert {row["person_ref"] for row in rows_of(data)} == {"'=7", ""}
    assert "numbers of other sources 1" in run.err
    run, data = exported(village, "people")
    assert {row["person_ref"] for row in rows_of(data)} == {""}
    assert "numbers of other sources 2" in run.err


# there and back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", ["canonical", "zh"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_people_and_visits_come_back_byte_for_byte(village: Chronic, headers: str, encoding: str) -> None:
    village.ok("undo", "--yes")  # the screening, which no sheet carries
    files = {what: village.folder / f"{what}.csv" for what in ("people", "visits")}
    look = ("--full", "--headers", headers, "--encoding", encoding)
    for what, path in files.items():
        village.ok("export", what, *look, "--out", path)
    copy = another(village, "copy")
    for path in files.values():
        assert Imported(copy("import", path)).counts.keys() == {"new"}
    for what, path in files.items():
        again = copy.folder / path.name
        copy.ok("export", what, *look, "--out", again)
        assert again.read_bytes() == path.read_bytes()
    left_out = ("enrolment", "visit")  # what is remembered beside the days: whether they were assumed, warnings at the desk
    assert portrait(copy, left_out) == portrait(village, left_out)


def test_masked_sheets_come_home_without_harm(village: Chronic) -> None:
    """Whoever gives out masked sheets gets them back with a note added; the numbers stay as they are."""
    before = portrait(village)
    for what in ("people", "visits"):
        path = village.folder / f"{what}.csv"
        village.ok("export", what, "--out", path)
        assert Imported(village("import", path)).counts.keys() == {"unchanged"}
    assert portrait(village) == before


def test_a_masked_sheet_in_an_empty_registry_brings_people_without_their_numbers(village: Chronic) -> None:
    path = village.folder / "people.csv"
    village.ok("export", "people", "--out", path)
    copy = another(village, "copy")
    assert Imported(copy("import", path)).counts == {"new": 3}
    assert copy.sql("SELECT count(*) FROM person WHERE id_number IS NULL AND phone IS NULL") == [(3,)]
    assert copy.sql("SELECT archive_no FROM person WHERE archive_no IS NOT NULL") == [("12345678",)]


@pytest.mark.parametrize(("what", "gone"), [("people", "uid"), ("visits", "person_uid")])
def test_a_masked_number_is_no_key(village: Chronic, what: str, gone: str) -> None:
    _, data = exported(village, what)
    rows = [row for row in rows_of(data) if row["id_number"]]
    path = village.folder / "sheet.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [name for name in rows[0] if name != gone], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    before = village.dump()
    found = Imported(village("import", path, "--strict"))
    assert found.code == 3
    assert set(found.refused) == {"person.masked"}
    assert village.dump() == before


def test_the_numbers_of_a_second_source_do_not_travel(village: Chronic) -> None:
    sheet = village.folder / "sheet.csv"
    sheet.write_text("name,person_ref,programmes\n赵大明,77,htn\n", "utf-8")
    village.ok("import", sheet, "--source", "县平台")
    path = village.folder / "people.csv"
    village.ok("export", "people", "--full", "--out", path)
    copy = another(village, "copy")
    copy.ok("import", path)
    assert copy.sql("SELECT * FROM person_source") == []
    sheet.write_text("person_ref,visit_date,sbp,dbp\n77,2026-11-01,150,90\n", "utf-8")
    found = Imported(copy("import", sheet, "--source", "县平台"))
    assert (found.code, found.refused) == (3, ["person.unknown"])


# where it goes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["", "-wal"])
def test_the_registry_is_never_written_over(village: Chronic, tail: str) -> None:
    before = village.path.read_bytes()
    out = Path(f"{village.path}{tail}")
    run = village("export", "people", "--out", out)
    assert (run.code, run.err) == (2, f"{out} is the registry itself; write to another file.\n")
    assert village.path.read_bytes() == before
    link = village.folder / "link.csv"
    link.symlink_to(village.path)
    assert village("export", "people", "--out", link).code == 2
    assert village.path.read_bytes() == before


@pytest.mark.parametrize("tail", [".key", ".log"])
@pytest.mark.parametrize("command", ["export people --out", "overdue --format csv --out", "import sheet.csv --rejects"])
def test_what_is_kept_beside_the_registry_is_never_written_over(village: Chronic, command: str, tail: str) -> None:
    out = Path(f"{village.path}{tail}")
    out.write_text("the only one", "utf-8")
    (village.folder / "sheet.csv").write_text("id_number,name\n1,x\n", "utf-8")
    words = [village.folder / word if word == "sheet.csv" else word for word in command.split()]
    run = village(*words, out)
    assert (run.code, run.last) == (2, f"{out} is kept beside the registry, which needs it; write to another file.")
    assert out.read_text("utf-8") == "the only one"


def test_a_sheet_of_refused_rows_does_not_replace_the_registry(village: Chronic) -> None:
    sheet, before = village.folder / "sheet.csv", village.path.read_bytes()
    sheet.write_text("id_number,name\n1,x\n", "utf-8")
    assert village("import", sheet, "--rejects", village.path).code == 2
    assert village("place", "import", sheet, "--rejects", village.path).code == 2
    assert village.path.read_bytes() == before


def test_a_file_that_cannot_be_written_leaves_the_old_one(village: Chronic) -> None:
    run = village("export", "people", "--out", village.folder / "nowhere" / "people.csv")
    assert run.code == 2
    assert "cannot be written" in run.last
    file = village.folder / "file"
    file.write_text("x")
    assert village("export", "people", "--out", file / "people.csv").code == 2
    assert sorted(path.name for path in village.folder.iterdir() if "part" in path.name) == []


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes with names")
@pytest.mark.parametrize("command", ["today", "export people", "report indicators"])
def test_what_is_no_file_stays_what_it_is(village: Chronic, command: str) -> None:
    pipe = village.folder / "pipe"
    os.mkfifo(pipe)
    for lang, words in (("en", "no file"), ("zh", "不是文件")):
        run = village(*command.split(), "--out", pipe, lang=lang)
        assert (run.code, words in run.last) == (2, True)
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_one_sentence(village: Chronic) -> None:
    folder = village.folder / "locked"
    folder.mkdir(mode=0o500)
    run = village("export", "people", "--out", folder / "people.csv")
    assert (run.code, len(run.err.splitlines())) == (2, 1)


def test_a_broken_export_leaves_the_old_file(village: Chronic) -> None:
    path = village.folder / "people.csv"
    path.write_text("old")
    broken = village.folder / "broken.db"
    shutil.copy(village.path, broken)
    data = bytearray(broken.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    broken.write_bytes(data)
    assert village("export", "people", "--out", path, "--db", broken).code != 0
    assert path.read_text() == "old"
    assert [other.name for other in village.folder.glob(".*")] == []


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently there")
@pytest.mark.parametrize("what", ["people", "visits", "overdue"])
def test_a_reader_who_has_enough_is_no_trouble(bare: Chronic, what: str) -> None:
    bare.ok("demo", "--people", "800", "--to", bare.path)
    running = process(bare, "export", what)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    assert running.wait(60) == 0
    assert running.stderr.read() == b""
    running.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "The output cannot be written: No space left on device\n"), ("zh", "无法输出: 磁盘已满\n")]
)
def test_a_full_disk_behind_stdout_is_one_sentence(village: Chronic, lang: str, said: str) -> None:
    environ = {**os.environ, "CHRONIC_DB": str(village.path), "CHRONIC_TODAY": TODAY, "CHRONIC_LANG": lang}
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "chronic", "export", "people"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environ, check=False)
    assert (done.returncode, done.stderr.decode()) == (2, said)


def test_an_export_on_an_empty_registry_is_only_headers(chronic: Chronic) -> None:
    for what in ("people", "visits", "overdue", "due"):
        assert chronic.ok("export", what).out.count("\r\n") == 1
        assert chronic.rows("export", what) == []
    path = chronic.folder / "people.csv"
    chronic.ok("export", "people", "--out", path)
    before = chronic.dump()
    assert chronic.ok("import", path).out == "There is nothing below the headers; nothing was changed.\n"
    assert chronic.dump() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows knows other rights")
def test_what_is_written_is_for_its_owner_alone(village: Chronic, tmp_path: Path) -> None:
    """Also where somebody laid a link in the place where the file is made."""
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / ".people.csv.part").symlink_to(tmp_path / "elsewhere")
    for name in ("people.csv", "people.json", "people.xlsx"):
        village.ok("export", "people", "--format", name.rpartition(".")[2], "--out", tmp_path / name)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "elsewhere").read_text() == "mine"
