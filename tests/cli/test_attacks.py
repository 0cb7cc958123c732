"""Input as an attack: what is typed, and what stands in files, can neither harm a screen, a spreadsheet nor the registry,
and the program tells nobody what it knows."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from chronic.model.traces import without_numbers
from chronic.model.unseen import is_name, neutral, usual
from tests.runner import TODAY, Chronic
from tests.soak import bombs

CHECKOUT = str(Path(__file__).resolve().parents[2])
ID, PHONE = "11010519491231002X", "13812345512"
RED, TITLE, BELL, CLEAR = "\x1b[31m红", "\x1b]0;title\x07", "\x07", "\x9b2J"
BIDI = ["\u202e反", "王\u2066秀", "王\u200f秀", "\u061c王", "王\u200e秀"]
INVISIBLE = ["王\u200b秀", "王\u2060秀", "王\u00ad秀", "王\u3164秀", "王\n秀", "王\t秀", "王\r秀"]
SQL = ["'; DROP TABLE person; --", '" OR 1=1 --', "王%_秀", "x'; ATTACH 'y' AS z; --", "\\'", "王;--秀", "{name}", "%s%n"]
FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "＝1+1", "\t=1", '=HYPERLINK("http://x")', "'=1"]


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--id-number", ID, "--phone", PHONE, "--village", "下各村", "--htn-enrolled-on", "2026-09-01")
    return chronic


def imported(chronic: Chronic, name: str) -> int:
    sheet = chronic.folder / "people.csv"
    with sheet.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["name", "person_ref"], [name, "7"]])
    return chronic("import", sheet).code


# the screen -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [RED, TITLE, BELL, CLEAR, *BIDI, *INVISIBLE, "wаng", "王\U000e0041"])
def test_a_name_with_something_unseen_in_it_is_nobodys(village: Chronic, name: str) -> None:
    assert village("person", "add", name).code == 2
    assert village("person", "edit", 1, "--name", name).code == 2
    assert imported(village, name) == 3
    assert village.sql("SELECT name FROM person") == [("王秀兰",)]


@pytest.mark.parametrize("text", [RED, TITLE, CLEAR, BIDI[0], "a\rb"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_error_quotes_what_was_typed_without_doing_it(village: Chronic, text: str, lang: str) -> None:
    for args in (
        ["why", text], [text], ["overdue", "--village", text], ["visit", "add", "1", "--bp", text], ["import", text],
        ["overdue", "--order", text], ["--db", f"/nowhere/{text}", "today"], ["visit", "add", "1", "--on", text],
        [f"--{text}"], ["export", text], ["protocol", "show", text], ["--today", text, "today"],
    ):  # fmt: skip
        run = village(*args, lang=lang, console="utf-8")
        assert run.code != 0, args
        said = run.err.replace("\r\x1b[?25l", "").replace("\x1b[?25h", "")  # a progress bar's own
        assert neutral(said) == said, args
        assert neutral(run.out) == run.out, args


@pytest.mark.parametrize("console", ["utf-8", None])
def test_a_name_from_elsewhere_reaches_no_screen_as_it_is(village: Chronic, console: str | None) -> None:
    """Put into the file by another program: entering it is refused."""
    import sqlite3

    with sqlite3.connect(village.path) as db:
        db.execute("UPDATE person SET name = ?", (f"王{RED}{BIDI[0]}",))
    db.close()
    for command in ("overdue", "person list", "person show 1", "today", "why 1", "visit list 1", "calls", "plan"):
        run = village(*command.split(), console=console, COLUMNS="250")
        assert "\x1b[31m" not in run.out, command
        assert BIDI[0][0] not in run.out, command
    assert village.rows("person", "list")[0]["name"].startswith("王")


def test_a_screen_shows_question_marks_and_leaves_the_rest() -> None:
    assert neutral("王\x1b[31m\u202e秀\r\n兰\t1") == "王?[31m?秀?\n兰\t1"
    assert neutral("一行 · 字") == "一行 · 字"
    assert is_name("阿依古丽·买买提")
    assert is_name("Анна Иванова")
    assert not is_name("Аnna")
    assert usual("⾦⼀豈Ｗ") == "金一豈W"
    assert usual("㛃𬱖·") == "㛃𬱖·"


def test_a_name_is_found_however_its_characters_were_written(chronic: Chronic) -> None:
    """A sheet made of a PDF has radicals that look like the characters."""
    assert imported(chronic, "王⾦兰") == 0
    assert chronic.rows("person", "list")[0]["name"] == "王金兰"
    assert chronic.ok("person", "show", "王金兰").out


# the registry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SQL)
def test_words_of_sql_are_words(village: Chronic, text: str) -> None:
    assert village("person", "find", text).code in (0, 2, 20)
    assert village("overdue", "--village", text).code in (0, 2, 21)
    assert village("why", text).code in (2, 20)
    assert village("person", "list", "--tag", text).code in (0, 2)
    number = village.person(text)
    assert village.sql("SELECT name FROM person WHERE id = ?", number) == [(text,)]
    village.ok("export", "people", "--full")
    assert len(village.sql("SELECT 1 FROM person")) == 2


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_absurd_sizes_are_one_sentence(village: Chronic, size: int) -> None:
    before = village.dump()
    for args in (
        ["person", "add", "王" * size], ["why", "9" * size], ["visit", "add", "1", "--bp", "1" * size + "/90"],
        ["visit", "add", "1", "--fpg", "9" * size], ["due", "--within", "9" * size + "d"], ["person", "show", "9" * size],
        ["visit", "add", "1", "--notes", "x" * size], ["plan", "--days", "9" * 400], ["visit", "void", "9" * 4000],
        ["undo", "9" * size], ["overdue", "--limit", "9" * size], ["visit", "add", "1", "--on", "9" * size],
    ):  # fmt: skip
        run = village(*args)
        assert run.code in (2, 20), (args[:3], run.err[:200])
        assert "Traceback" not in run.err
        assert len(run.err) < 1000, args[:3]
    assert village.dump() == before


# spreadsheets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
def test_no_file_begins_a_formula(village: Chronic, text: str) -> None:
    village.ok("visit", "add", 1, "--bp", "128/78", "--notes", text, "--on", "2026-11-01")
    for what in ("visits", "people"):
        out = village.ok("export", what, "--full").out
        for row in csv.reader(io.StringIO(out)):
            assert not [cell for cell in row if cell[:1] in tuple("=+@＝\t") or (cell[:1] == "-" and not cell[1:].isdigit())]
        book = village.folder / f"{what}.xlsx"
        village.ok("export", what, "--full", "--out", book)
        with zipfile.ZipFile(book) as packed:
            sheet = packed.read("xl/worksheets/sheet1.xml")
            assert b"<f>" not in sheet
            assert not [name for name in packed.namelist() if "link" in name.lower()]


@pytest.mark.parametrize("make", bombs.QUICK, ids=lambda make: make.__name__)
def test_a_bomb_is_refused_before_it_goes_off(village: Chronic, make: bombs.Bomb) -> None:
    """Alone in a process that may not have more memory than a small computer."""
    bomb = make(village.folder)
    before = village.path.read_bytes()
    run = subprocess.run(
        [sys.executable, "-c", bombs.MEASURED, "import", str(bomb), "--yes"], env=around(village), capture_output=True,
        encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    said, _, grown = run.stderr.rpartition("grown ")
    assert run.returncode in (2, 3), run.stderr[-500:]
    assert "Traceback" not in said
    assert int(grown) < 500
    assert village.path.read_bytes() == before or run.returncode == 3


# what the program tells others ------------------------------------------------------------------------


def around(chronic: Chronic) -> dict[str, str]:
    """The surroundings of a process of its own."""
    temporary = chronic.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    told = {"CHRONIC_DB": str(chronic.path), "CHRONIC_TODAY": TODAY, "CHRONIC_LANG": "en", "TMPDIR": str(temporary)}
    return {**os.environ, **told, "PYTHONPATH": CHECKOUT, "XDG_DATA_HOME": str(chronic.folder / "data")}


def test_numbers_can_be_typed_where_no_history_keeps_them(village: Chronic) -> None:
    assert "王秀兰" in village("person", "show", "-", stdin=f"{ID}\n").out
    other = "110105195003070019"
    run = village("person", "add", "李建国", "--id-number", "-", "--phone", "-", stdin=f"{other}\n13900001111\n")
    assert run.code == 0, run.err
    assert village.sql("SELECT id_number, phone FROM person WHERE id = 2") == [(other, "13900001111")]
    assert village("person", "show", "-").code == 2


WATCHED = """
import json, sys
seen = []
def hook(event, args):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork",
                         "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.")):
        seen.append([event, repr(args)[:200]])
sys.addaudithook(hook)
from chronic.cli import main
for line in json.load(sys.stdin):
    try:
        main(line)
    except SystemExit as stop:
        if stop.code:
            print("ended", line, stop.code, file=sys.stderr)
    import click
print("seen", json.dumps(seen), file=sys.stderr)
"""
WALK = """
today|overdue|due|calls|person list|person show 1|why 1|visit add 1 --bp 150/95|visit list 1|undo --yes|person add 李建国
plan|report workload|checkup due|refer list|task list|household round|screen suspects|import people.csv
export people --full --out people.xlsx|export visits --out visits.csv|export parquet --out tables|export ics --out due.ics
nightly --out lists|backup --to .|check|print card --due 30d --out cards.html|nightly install --kind crontab
protocol list|replan --yes|medicine give 1 氨氯地平片 --days 30|chain --out chain.csv
"""


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_the_program_opens_no_socket_and_starts_no_program(village: Chronic, encrypted: bool) -> None:
    """Only `nightly install --yes` does, to put the run on the computer's timetable."""
    (village.folder / "people.csv").write_text("name,person_ref\n张三,1\n", encoding="utf-8")
    (village.folder / "words.txt").write_text("several words\n", encoding="utf-8")
    lines = [line.split() for line in WALK.replace("\n", "|").split("|") if line]
    if encrypted:
        pytest.importorskip("sqlcipher3")
        lines = [["encrypt", "--keep", "file", "--passphrase-file", "words.txt"], *lines, ["decrypt", "--yes"]]
    run = subprocess.run(
        [sys.executable, "-c", WATCHED], env=around(village), cwd=village.folder, input=json.dumps(lines),
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    said, _, seen = run.stderr.rpartition("seen ")
    assert json.loads(seen) == []
    assert "Traceback" not in said
    assert len([line for line in said.splitlines() if line.startswith("ended")]) <= 4, said


BROKEN = """
import sys
from chronic.cli import main
import chronic.store.people
def broken(*args, **kwargs):
    raise ValueError(f"invalid literal for int() with base 10: {sys.argv[1]!r} {sys.argv[2]!r} {sys.argv[3]!r}")
chronic.store.people.read = broken
chronic.store.people.get = broken
main(["person", "show", "1"])
"""


def test_a_trace_names_nobody(village: Chronic) -> None:
    key = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    run = subprocess.run(
        [sys.executable, "-c", BROKEN, ID, PHONE, key],
        env=around(village),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    log = village.folder / "data" / "chronic" / "chronic-error.log"
    assert run.returncode == 1
    written = log.read_text("utf-8")
    assert "ValueError: invalid literal" in written
    assert log.stat().st_mode & 0o077 == 0
    for secret in (ID, PHONE, key):
        assert secret not in written + run.stdout + run.stderr
    assert without_numbers(f"line 4200, in id {ID}, {PHONE}; 2026-11-21, 0.123456789") == (
        "line 4200, in id #, #; 2026-11-21, 0.123456789"
    )
    beside = f"电话{PHONE}身份证{ID}. tel{PHONE} 139-1234-5678"
    assert without_numbers(beside) == "电话#身份证#. tel# #"


def test_keys_and_numbers_are_left_nowhere(village: Chronic) -> None:
    """Logs, temporary files and whatever else lies there after a day's work, but what was asked for with --full."""
    pytest.importorskip("sqlcipher3")
    (village.folder / "words.txt").write_text("several words\n", encoding="utf-8")
    asked_for = village.folder / "asked"
    asked_for.mkdir()
    lines = [
        ["encrypt", "--keep", "file", "--passphrase-file", "words.txt"], ["today"], ["nightly", "--out", "lists"],
        ["export", "people", "--full", "--out", "asked/people.xlsx"], ["export", "people", "--out", "people.csv"],
        ["person", "show", "1", "--full"], ["visit", "add", "1", "--bp", "150/95"], ["visit", "add", "1", "--bp", "1500/95"],
        ["--key-file", "words.txt", "today"], ["person", "find", ID], ["person", "add", "李", "--id-number", ID],
        ["backup", "--to", "."], ["check"], ["print", "card", "1", "--out", "card.html"],
    ]  # fmt: skip
    subprocess.run(
        [sys.executable, "-c", WATCHED], env=around(village), cwd=village.folder, input=json.dumps(lines),
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    key = (village.folder / "data" / "chronic" / "registry-keys").read_text("utf-8").split()[-1]
    (village.folder / "data" / "chronic" / "registry-keys").unlink()
    assert list((village.folder / "tmp").iterdir()) == []
    for path in village.folder.rglob("*"):
        if path.is_file() and asked_for not in path.parents:
            content = path.read_bytes()
            for secret in (ID, PHONE, key):
                assert secret.encode() not in content, path
    assert (village.folder / "registry.db.log").is_file()
