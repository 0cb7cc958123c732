"""Is the registry whole? What is wrong is named with what to do; what can be read of a damaged one is saved."""

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from chronic.office import checking
from chronic.store import pages, registry, seals
from tests.runner import Chronic
from tests.soak import flips

PAGE = 4096


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    made = Chronic(tmp_path_factory.mktemp("village"))
    made.ok("demo", "--people", "60", "--to", made.path)
    return made


@pytest.fixture
def village(made: Chronic, bare: Chronic) -> Chronic:
    shutil.copy(made.path, bare.path)
    return bare


def spoil(path: Path, *statements: str) -> None:
    """Another program changes the file."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        for sql in statements:
            db.execute(sql)


def parts(village: Chronic) -> set[str]:
    run = village("check", "--format", "json")
    assert run.code == (30 if run.rows else 0)
    assert all(row["advice"] and row["problem"] for row in run.rows)
    return {row["part"] for row in run.rows}


def test_a_registry_that_is_whole_says_so_and_is_left_alone(village: Chronic) -> None:
    before = village.path.read_bytes()
    assert "whole" in village.ok("check").out
    assert "whole" in village.ok("check", "--quick").out
    assert village.path.read_bytes() == before
    assert [path.name for path in village.folder.iterdir()] == ["registry.db"]


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("UPDATE visit SET sbp = sbp + 1 WHERE id = (SELECT max(id) FROM visit WHERE sbp IS NOT NULL)", "facts"),
        ("UPDATE person SET phone = '13800000000' WHERE id = 7", "facts"),
        ("DELETE FROM person_change WHERE id = (SELECT max(id) FROM person_change)", "facts"),
        ("UPDATE setting SET value = 'x' WHERE key = 'name'", "facts"),
        ("DELETE FROM edition", "facts"),
        ("UPDATE seal SET digest = digest + 1 WHERE place = 'visit'", "facts"),
        ("DELETE FROM seal WHERE place = 'person'", "facts"),
        ("UPDATE verdict SET class = 'controlled' WHERE class = 'uncontrolled'", "derived"),
        ("UPDATE plan SET due_on = '2030-01-01' WHERE person = (SELECT min(person) FROM plan)", "derived"),
        ("DELETE FROM agenda WHERE person = (SELECT min(person) FROM agenda)", "derived"),
        ("UPDATE agenda SET village = 99", "derived"),
        ("DELETE FROM name_key WHERE person = 3", "derived"),
        ("UPDATE visit SET ended_by = 'nothing' WHERE id = 5", "contradictions"),
        ("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'person'", "contradictions"),
        ("DELETE FROM person WHERE id = 4", "references"),
        ("DROP INDEX visit_screening", "schema"),
        ("CREATE TABLE mine (x TEXT)", "schema"),
        ("DROP VIEW tagged", "schema"),
    ],
)
def test_what_another_program_changed_is_found(village: Chronic, sql: str, part: str) -> None:
    spoil(village.path, sql)
    assert part in parts(village)


def test_what_does_not_follow_from_the_facts_is_written_anew_and_facts_are_not_touched(village: Chronic) -> None:
    spoil(
        village.path, "DELETE FROM agenda WHERE person = 5", "DELETE FROM name_key", "UPDATE plan SET due_on = '2030-01-01'"
    )
    assert village("check", "--quick").code == 30
    assert village("check").code == 30
    assert "Written anew" in village.ok("check", "--mend").err
    assert village.ok("check").code == 0
    spoil(village.path, "UPDATE person SET phone = '13800000000' WHERE id = 7")
    assert village("check", "--mend").code == 30


def test_an_open_task_that_is_listed_otherwise_is_found(village: Chronic) -> None:
    village.ok("task", "add", "随访表未签字")
    spoil(village.path, "DELETE FROM task_open")
    assert parts(village) == {"derived"}
    village.ok("check", "--mend")


def test_one_byte_that_flips_is_found_or_changes_nothing_that_counts(village: Chronic) -> None:
    told = flips.flip(village.path, 25, random.Random(8))
    assert told.silent == []
    assert told.found + told.harmless == 25


def test_rescue_saves_everything_of_a_registry_that_is_whole(village: Chronic) -> None:
    out = village.folder / "saved.db"
    assert "0 places" in village.ok("check", "--rescue", out).out
    saved = Chronic(village.folder)
    saved.path = out
    assert saved.ok("check").code == 0
    assert flips.canonical(out, "audit") == flips.canonical(village.path, "audit")
    assert village("check", "--rescue", out).code == 2


def _every_tenth(whole: bytearray, kept: set[int]) -> None:
    """Pages become garbage, but for these."""
    for page in set(range(10, len(whole) // PAGE, 10)) - kept:
        whole[PAGE * (page - 1) : PAGE * page] = b"\xa5" * PAGE


def _the_first(whole: bytearray) -> None:
    whole[:PAGE] = b"\xa5" * PAGE


def _the_end(whole: bytearray) -> None:
    del whole[len(whole) * 9 // 10 :]


@pytest.mark.parametrize("what", ["rows", "everything", "the first page", "the end"])
def test_rescue_saves_what_can_be_read_and_lists_what_is_missing(village: Chronic, what: str) -> None:
    whole = bytearray(village.path.read_bytes())
    ((before,),) = village.sql("SELECT count(*) FROM visit")
    roots = {page for (page,) in village.sql("SELECT rootpage FROM sqlite_schema")}
    schema = {n for n in range(1, len(whole) // PAGE + 1) if b"CREATE " in whole[PAGE * (n - 1) : PAGE * n]}
    if what == "rows":
        _every_tenth(whole, roots | schema)
    elif what == "everything":
        _every_tenth(whole, set())
    elif what == "the end":
        _the_end(whole)
    else:
        _the_first(whole)
    village.path.write_bytes(whole)
    assert village("check").code in (10, 30)
    out = village.folder / "saved.db"
    run = village.ok("check", "--rescue", out)
    assert "\n0 places" not in run.out or what == "the first page"  # which held no row
    saved = Chronic(village.folder)
    saved.path = out
    assert saved.ok("check").code == 0
    ((after,),) = saved.sql("SELECT count(*) FROM visit")
    assert before * 0.5 < after <= before
    saved.person("李建国")


def test_rescue_of_what_is_no_registry_at_all_says_so(village: Chronic) -> None:
    village.path.write_bytes(b"a letter, not a registry" * 1000)
    run = village("check", "--rescue", village.folder / "saved.db")
    assert (run.code, run.out, len(run.err.splitlines())) == (10, "", 1)
    assert sorted(path.name for path in village.folder.iterdir()) == ["registry.db"]


def test_pages_say_what_sqlite_says(village: Chronic) -> None:
    """Long texts on pages of their own, numbers of every size, a log that was not folded back."""
    with contextlib.closing(sqlite3.connect(village.path, isolation_level=None)) as db:
        db.execute("UPDATE person SET address = ? WHERE id = 3", ("很长" * 9000,))
        for n, value in enumerate((-9 * 10**18, -1, 0, 1, 200, 70_000, 2**31, 2**40, 1.5, "HI")):
            db.execute("INSERT INTO checkup_value VALUES (1, ?, ?)", (f"x{n}", value))
        found: dict[str, list[str]] = {}
        for row in pages.rows(village.path, {}):
            assert isinstance(row, pages.Row)  # every page has its table
            found.setdefault(row.table, []).append(_text(row.values))
        db.row_factory = sqlite3.Row
        for table in seals.tables(db):
            said = [_text(dict(row)) for row in db.execute(f'SELECT * FROM "{table.name}"')]
            assert sorted(said) == sorted(found.get(table.name, [])), table


def test_a_page_nothing_leads_to_is_saved_where_just_one_table_can_have_it_and_told_of_where_not(village: Chronic) -> None:
    """Homes and told audit rows have as many columns as other tables have, but not such ones; what two forms were withdrawn
    for looks the same."""
    stamped = "'', '2026-11-01T00:00:00.000Z', ''"
    many = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 400) "
    spoil(
        village.path,
        f"{many} INSERT INTO household (uid, village, household_no) SELECT 'home-' || n, 1, 'H' || n FROM n",
        f"{many} INSERT INTO person_alias (uid, person) SELECT 'alias-' || n, 1 FROM n",
        f"{many} INSERT INTO visit_void SELECT n, 'void-' || n, n, 'x', {stamped} FROM n",
    )
    ((aliases,),) = village.sql("SELECT count(*) FROM person_alias")
    whole = bytearray(village.path.read_bytes())
    for (root,) in village.sql(
        "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name IN ('household', 'person_alias', 'visit_void')"
    ):
        whole[PAGE * (root - 1) : PAGE * root] = b"\xa5" * PAGE
    village.path.write_bytes(whole)
    out = village.folder / "saved.db"
    run = village.ok("check", "--rescue", out)
    assert "400 rows were read and not saved" in run.out
    saved = Chronic(village.folder)
    saved.path = out
    homes = "SELECT count(*) FROM household WHERE uid LIKE 'home-%' AND household_no = 'H' || substr(uid, 6)"
    assert saved.sql(homes) == [(400,)]
    assert saved.sql("SELECT count(*) FROM person_alias") == [(aliases,)]
    assert saved.sql("SELECT count(*) FROM visit_void") == [(0,)]
    assert saved.sql("SELECT count(*) FROM audit_told WHERE salt LIKE 'alias-%'") == [(0,)]


def _text(row: Mapping[str, object]) -> str:
    return repr(sorted((name, float(value) if isinstance(value, int) else value) for name, value in row.items()))


def test_a_person_whose_row_is_lost_can_be_seen_by_what_is_left_of_them(village: Chronic) -> None:
    ((visits,),) = village.sql("SELECT count(*) FROM visit WHERE person = 9")
    spoil(village.path, "DELETE FROM person WHERE id = 9", "DELETE FROM person_source WHERE person = 9")
    out = village.folder / "saved.db"
    run = village.ok("check", "--rescue", out)
    assert "person 9" in run.out
    saved = Chronic(village.folder)
    saved.path = out
    assert saved.sql("SELECT count(*) FROM visit WHERE person = 9") == [(visits,)]
    saved.ok("person", "edit", "9", "--name", "王秀兰")
    assert saved.ok("check").code == 0


def test_looking_keeps_nobody_waiting(village: Chronic) -> None:
    """While one looks at what is derived, which takes longest, another writes."""
    spoil(village.path, "UPDATE plan SET due_on = '2030-01-01'")
    with contextlib.closing(registry.connect(village.path)) as db:
        looking = checking.problems(db, date(2026, 11, 21))
        assert next(looking).part == "derived"
        with contextlib.closing(sqlite3.connect(village.path, isolation_level=None, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        assert len(list(looking)) > 10


def test_whatever_a_command_changes_it_seals(village: Chronic) -> None:
    for args in (
        ["visit", "add", "1", "--bp", "128/78"],
        ["visit", "fix", "1", "--bp", "129/79"],
        ["person", "edit", "2", "--phone", "13900000000", "--tags", "bedridden"],
        ["person", "close", "3", "--reason", "moved", "--yes"],
        ["undo", "--yes"],
        ["person", "merge", "5", "6", "--yes"],
        ["undo", "--yes"],
        ["household", "tag", "2", "+monitored"],
        ["nightly"],
    ):
        village(*args)
        with contextlib.closing(registry.connect(village.path)) as db:
            assert list(seals.broken(db)) == [], args
