"""The registry is one file: who makes it, what is refused as one, and what lies there after a command."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from chronic.store import registry, transactions
from tests.runner import Chronic

READS = (["overdue"], ["due"], ["today"], ["person", "list"], ["person", "show", "1"], ["why", "1"], ["screen", "suspects"])
WRITES = (
    ["person", "add", "李建国"],
    ["person", "close", "1", "--reason", "died", "--yes"],
    ["enrol", "1", "dm"],
    ["visit", "add", "1", "--bp", "128/78"],
    ["visit", "fix", "1", "--bp", "128/78"],
    ["visit", "void", "1", "--reason", "x", "--yes"],
    ["screen", "add", "1", "--fpg", "7.1"],
    ["refer", "reply", "1", "--outcome", "seen"],
    ["pause", "1"],
)


@pytest.mark.parametrize("args", [*READS, *WRITES], ids=" ".join)
def test_nothing_but_init_and_demo_makes_a_file(bare: Chronic, args: list[str]) -> None:
    run = bare(*args)
    assert (run.code, run.out) == (10, "")
    assert str(bare.path) in run.err
    assert "chronic init" in run.err
    assert len(run.err.splitlines()) == 1
    assert list(bare.folder.iterdir()) == []


def test_import_does_not_make_a_file_either(bare: Chronic) -> None:
    sheet = bare.folder / "people.csv"
    sheet.write_text("name,id_number\n王秀兰,11010519491231002X\n", "utf-8")
    assert bare("import", sheet).code == 10
    assert list(bare.folder.iterdir()) == [sheet]


def test_help_never_opens_or_makes_the_registry(bare: Chronic) -> None:
    bare.path.write_bytes(b"not a registry at all")
    for args in (["--help"], ["overdue", "--help"], ["visit", "add", "--help"], ["person", "--help"], ["--version"]):
        run = bare.ok(*args)
        assert run.out
        assert run.err == ""
    assert list(bare.folder.iterdir()) == [bare.path]


def test_init_never_overwrites(chronic: Chronic) -> None:
    chronic.person("王秀兰")
    before = chronic.path.read_bytes()
    run = chronic("init", "--name", "另一个", "--yes")
    assert (run.code, len(run.err.splitlines())) == (2, 1)
    assert chronic.path.read_bytes() == before
    other = chronic.folder / "notes.txt"
    other.write_text("precious")
    assert chronic("--db", other, "init", "--yes").code == 2
    assert other.read_text() == "precious"


def test_init_makes_the_folder_and_writes_down_what_it_was_told(bare: Chronic) -> None:
    path = bare.folder / "深" / "registry.db"
    area = "331024101201"
    bare.ok("--db", path, "init", "--name", "卫生室", "--area", area, "--doctor", "李医生", "--level", "township", lang="zh")
    there = Chronic(path.parent)
    told = dict(there.sql("SELECT key, value FROM setting"))
    assert told | {"origin": ""} == {
        "name": "卫生室", "area": area, "doctor": "李医生", "level": "township", "lang": "zh", "origin": "",
    }  # fmt: skip
    assert len(told["origin"]) == 16
    assert there.sql("SELECT in_force_from, protocol, recorded_by FROM edition") == [
        ("2017-02-28", "cn-nbphs-2017", "李医生")
    ]
    assert path.stat().st_mode & 0o077 == 0  # nobody else on this computer reads it


@pytest.mark.parametrize("args", [["--area", "33102410120"], ["--protocol", "cn-2099"], ["--level", "province"]])
def test_init_refuses_what_it_cannot_use_and_leaves_nothing(bare: Chronic, args: list[str]) -> None:
    run = bare("init", "--yes", *args)
    assert (run.code, len(run.err.splitlines())) == (2, 1)
    assert list(bare.folder.iterdir()) == []


def test_init_asks_at_a_terminal(bare: Chronic) -> None:
    assert bare("init", stdin="下各村卫生室\n\n李医生\n\n", console="utf-8").code == 0
    told = dict(bare.sql("SELECT key, value FROM setting"))
    assert (told["name"], told["doctor"]) == ("下各村卫生室", "李医生")


def test_a_folder_where_the_file_should_be_is_one_sentence(bare: Chronic) -> None:
    bare.path.mkdir()
    assert bare("init", "--yes").code == 2
    assert bare("overdue").code == 10
    blocked = bare.folder / "file"
    blocked.write_text("")
    run = bare("--db", blocked / "registry.db", "init", "--yes")
    assert (run.code, len(run.err.splitlines())) == (2, 1)


def test_after_every_command_the_registry_is_one_file_again(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01")
    chronic.visit(1, "2026-10-01", "--bp", "150/95")
    for args in (*WRITES[2:], *READS, ["overdue", "--full"], ["visit", "add", "1", "--bp", "92/148"]):
        chronic(*args)
        assert [path.name for path in chronic.folder.iterdir()] == ["registry.db"], args


def _foreign(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE somebody (else_s TEXT)")


def _newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {registry.SCHEMA_VERSION + 1}")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("I am a letter, and not a registry. " * 100)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def _scratched(path: Path) -> None:
    """Garbage over everything but the first page, as a bad stick leaves it."""
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))


def _worn(path: Path) -> None:
    """Its end is unreadable: the first pages look as they should."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 4] + b"\xa5" * (len(whole) - len(whole) // 4))


@pytest.mark.parametrize("spoil", [_foreign, _newer, _empty, _text, _cut, _scratched, _worn])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_file_that_is_no_registry_is_refused_and_left_alone(
    chronic: Chronic, spoil: Callable[[Path], None], lang: str
) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01")
    spoil(chronic.path)
    before = chronic.path.read_bytes()
    for args in (
        ["overdue"],
        ["today"],
        ["visit", "add", "1", "--bp", "128/78"],
        ["person", "add", "李建国"],
        ["why", "王"],
    ):
        run = chronic(*args, lang=lang)
        assert run.code == 10, (args, run)
        assert len(run.err.splitlines()) == 1, run.err
        assert str(chronic.path) in run.err
    assert chronic.path.read_bytes() == before
    assert [path.name for path in chronic.folder.iterdir()] == ["registry.db"]


def test_while_another_program_writes_reading_goes_on_and_writing_says_so(
    chronic: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "PATIENCE_S", 0.05)
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01")
    with contextlib.closing(sqlite3.connect(chronic.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert chronic("overdue").code == 0
        run = chronic("visit", "add", 1, "--bp", "128/78")
        other.execute("ROLLBACK")
    assert (run.code, run.out) == (10, "")
    assert "Another program" in run.last
    assert chronic("visit", "add", 1, "--bp", "128/78").code == 0


def test_a_failing_command_takes_everything_back(chronic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the middle of a write: one sentence, a log beside the data, nothing half-written."""
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01")
    before = chronic.dump()
    chronic("overdue")  # so that the modules below are the ones that will run
    monkeypatch.setattr("chronic.store.plans.rewrite", lambda *_: 1 / 0)
    run = chronic("visit", "add", 1, "--bp", "128/78")
    log = chronic.folder / "data" / "chronic" / "chronic-error.log"
    assert (run.code, run.out) == (1, "")
    assert str(log) in run.last
    assert "ZeroDivisionError" in log.read_text("utf-8")
    assert "Traceback" not in run.err
    assert chronic.dump() == before


def test_registry_path_day_and_language_come_from_options_then_the_environment(chronic: Chronic) -> None:
    other = chronic.folder / "other.db"
    chronic.ok("--db", other, "init", "--name", "别处", "--yes")
    assert "别处" in chronic.ok("today", "--db", other).out
    assert "下各村卫生室" in chronic.ok("today").out
    assert "2026-03-05" in chronic.ok("today", "--today", "2026-03-05").out
    assert "2026-03-06" in chronic.ok(f"--db={other}", "overdue", "--today=2026-03-06").out
    assert chronic("overdue", today="soon").code == 2
    assert "逾期" in chronic.ok("overdue", "--lang", "zh", lang="zh").out


def test_business_days_are_set_by_today_and_instants_are_real(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01", today="2026-01-05")
    ((recorded_at,),) = chronic.sql("SELECT recorded_at FROM person")
    assert recorded_at.endswith("Z")
    assert not recorded_at.startswith("2026-01-05")
    run = chronic("visit", "add", 1, "--bp", "128/78", "--on", "2026-01-06", today="2026-01-05")
    assert run.code == 2
