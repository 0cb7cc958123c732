"""A registry of every earlier version becomes one of today's, with everything recorded, or stays as it was."""

import contextlib
import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from chronic.store import editions, opening, registry, seals, upgrades
from tests import derived
from tests.runner import Chronic

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.sql"), key=lambda file: int(file.stem))
VERSIONS = [int(file.stem) for file in SCHEMAS]
OURS = (*seals.DERIVED, "seal")
TABLES = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """A village with all that happens in one."""
    made = Chronic(tmp_path_factory.mktemp("today"))
    made.ok("demo", "--people", "60", "--to", made.path)
    return made


@pytest.fixture(scope="module")
def older(today: Chronic, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Version -> the same village as that version had written it."""
    folder = tmp_path_factory.mktemp("older")
    return {int(file.stem): _written_by(file, today.path, folder) for file in SCHEMAS}


def _written_by(schema: Path, village: Path, folder: Path) -> Path:
    path = folder / f"{schema.stem}.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(schema.read_text("utf-8"))
        db.execute("ATTACH ? AS now", (str(village),))
        for (table,) in db.execute(TABLES).fetchall():
            mine, now = ({row[1]: row for row in db.execute(f"PRAGMA {of}.table_info({table})")} for of in ("main", "now"))
            if table in seals.DERIVED or not now:
                continue
            names = ", ".join(name for name in mine if name in now)
            db.execute(f"INSERT OR IGNORE INTO main.{table} ({names}) SELECT {names} FROM now.{table}")
        db.execute(
            "INSERT INTO disclosure (command, recorded_at, recorded_by) VALUES ('chronic overdue', '2026-05-01', '甲')"
        )
        db.execute(f"PRAGMA application_id = {registry.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema.stem}")
    return path


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest, older: dict[int, Path], bare: Chronic) -> Chronic:
    """The program where such a registry is."""
    shutil.copy(older[request.param], bare.path)
    return bare


def _facts(path: Path, like: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every fact of the first in the tables and columns of the second."""
    with contextlib.closing(sqlite3.connect(like)) as db:
        columns = {
            table: ", ".join(row[1] for row in db.execute(f"PRAGMA table_info({table})"))
            for (table,) in db.execute(TABLES)
            if table not in OURS and table != "disclosure"
        }
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {
            table: sorted(db.execute(f"SELECT {names} FROM {table}").fetchall(), key=repr)
            for table, names in columns.items()
        }


def test_there_is_a_schema_of_every_earlier_version() -> None:
    assert list(range(1, registry.SCHEMA_VERSION)) == VERSIONS


def test_the_first_command_brings_it_up_to_date_and_keeps_it_as_it_was(old: Chronic) -> None:
    before = old.path.read_bytes()
    run = old.ok("overdue")
    assert len(run.err.splitlines()) == 2
    (kept,) = (path for path in old.folder.iterdir() if path != old.path)
    assert str(kept) in run.err
    assert _facts(kept, kept) == _facts(old.path, kept)
    old.path.write_bytes(before)
    assert _facts(old.path, kept) == _facts(kept, kept)


def test_it_is_what_a_registry_of_today_is_table_by_table(old: Chronic) -> None:
    old.ok("upgrade")
    with contextlib.closing(registry.connect(old.path)) as db:
        assert list(upgrades.differences(db)) == []
        assert list(seals.broken(db)) == []
        people = [id_ for (id_,) in db.execute("SELECT id FROM person")]
        assert derived.stale(db, editions.read(db), people) == []
        assert db.execute("SELECT count(DISTINCT person) FROM name_key").fetchone() == (len(people),)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_who_looked_at_unmasked_numbers_is_in_the_audit_and_so_is_the_upgrade(old: Chronic) -> None:
    old.ok("upgrade")
    last = [(row["action"], row["about"]) for row in old.rows("audit", "show")]
    assert last[0][0] == "upgrade"
    assert ("full", "chronic overdue") in last
    old.ok("audit", "verify")


def test_ids_of_rows_that_are_gone_are_not_used_again(old: Chronic) -> None:
    with contextlib.closing(sqlite3.connect(old.path)) as db, db:
        db.execute("UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'person'")
    assert old.person("李建国") == 5001


def test_of_two_changes_the_later_one_counts_more_and_is_no_conflict(old: Chronic) -> None:
    change = """INSERT INTO person_change (uid, person, field, old, new, recorded_at, recorded_by)
      VALUES (?, 1, 'phone', ?, ?, '', '')"""
    with contextlib.closing(sqlite3.connect(old.path)) as db, db:
        db.executemany(change, [("zz", None, "13800000001"), ("aa", "13800000001", "13800000002")])
    old.ok("upgrade")
    found = old.sql("SELECT uid, counter FROM person_change WHERE person = 1 AND field = 'phone' ORDER BY counter")
    assert [uid for uid, _ in found][-2:] == ["zz", "aa"]
    assert len({counter for _, counter in found}) == len(found)
    assert old.rows("bundle", "conflicts") == []


def test_what_was_undone_does_not_come_back_from_a_copy(old: Chronic) -> None:
    deed = """INSERT INTO deed (kind, person, added, recorded_at, recorded_by, undone_at, undone_by, removed)
      VALUES ('visit.add', 1, '{}', '', '', '', '', '["one", "two"]')"""
    with contextlib.closing(sqlite3.connect(old.path)) as db, db:
        db.execute(deed)
    old.ok("upgrade")
    assert {("one",), ("two",)} <= set(old.sql("SELECT uid FROM tombstone"))


def test_lists_are_those_of_a_registry_that_was_never_older(older: dict[int, Path], bare: Chronic, today: Chronic) -> None:
    """Of the last version: those before it knew no referral slips and no calls."""
    shutil.copy(older[max(VERSIONS)], bare.path)
    for words in (["overdue"], ["due", "--within", "60d"], ["calls"], ["refer", "list"], ["task", "list"]):
        assert bare.rows(*words) == today.rows(*words), words


def test_upgrade_says_that_there_is_nothing_to_do(chronic: Chronic) -> None:
    before = chronic.path.read_bytes()
    assert "up to date" in chronic.ok("upgrade").out
    assert chronic.path.read_bytes() == before
    assert [path.name for path in chronic.folder.iterdir()] == ["registry.db"]


def test_upgrade_puts_a_missing_index_back(chronic: Chronic) -> None:
    chronic.person("王秀兰")
    with contextlib.closing(sqlite3.connect(chronic.path)) as db, db:
        db.execute("DROP INDEX person_name")
    chronic.ok("upgrade")
    with contextlib.closing(registry.connect(chronic.path)) as db:
        assert list(upgrades.differences(db)) == []
    assert chronic.ids("person", "list") == [1]


@pytest.mark.parametrize("step", ["rebuilt", "finish"])
def test_an_upgrade_that_fails_leaves_the_file_as_it_was(
    older: dict[int, Path], bare: Chronic, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    shutil.copy(older[1], bare.path)
    before = bare.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(upgrades, step, full)
        run = bare("overdue")
    assert (run.code, run.out) == (10, "")
    assert "No space left" in run.last
    assert bare.path.read_bytes() == before
    assert sorted(path.suffix for path in bare.folder.iterdir()) == [".db", ".db"]  # it, and the copy that was kept first
    bare.ok("overdue")


def test_a_row_that_cannot_be_is_named_and_nothing_is_changed(older: dict[int, Path], bare: Chronic) -> None:
    shutil.copy(older[3], bare.path)
    with contextlib.closing(sqlite3.connect(bare.path)) as db, db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("UPDATE visit SET dbp = sbp + 1 WHERE id = (SELECT min(id) FROM visit WHERE sbp IS NOT NULL)")
    before = bare.path.read_bytes()
    run = bare("today")
    assert run.code == 10
    assert "visit" in run.last
    assert bare.path.read_bytes() == before


def test_a_demo_of_an_earlier_version_is_replaced_as_any_demo(older: dict[int, Path], bare: Chronic) -> None:
    shutil.copy(older[1], bare.path)
    bare.ok("demo", "--people", "5", "--to", bare.path)
    assert len(bare.rows("person", "list")) <= 5


def test_what_another_program_writes_meanwhile_is_not_lost(
    older: dict[int, Path], bare: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(older[3], bare.path)
    finish = upgrades.finish
    times: list[int] = []

    def slow(db: opening.Registry, *rest: str) -> None:
        finish(db, *rest)  # type: ignore[arg-type]
        if not times:
            with contextlib.closing(sqlite3.connect(bare.path)) as other, other:
                other.execute("UPDATE setting SET value = '别人写的' WHERE key = 'name'")
        times.append(1)

    monkeypatch.setattr(upgrades, "finish", slow)
    assert "别人写的" in bare.ok("today").out
    assert len(times) == 2


def test_the_name_of_the_copy_says_which_version_it_is(older: dict[int, Path], bare: Chronic) -> None:
    shutil.copy(older[2], bare.path)
    bare.ok("upgrade")
    (kept,) = (path.name for path in bare.folder.iterdir() if path != bare.path)
    assert re.fullmatch(r"registry-v2-\d{4}-\d\d-\d\d-\d{6}\.db", kept)
