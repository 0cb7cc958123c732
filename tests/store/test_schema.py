"""The schema as it stands in a registry, and the properties every table of it must have."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from chronic.model.fields import PERSON_FIELDS, VISIT_FIELDS
from chronic.store import registry
from tests.runner import Chronic

TOP = Path(__file__).resolve().parents[2]


@pytest.fixture
def db(chronic: Chronic) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(registry.connect(chronic.path)) as db:
        yield db


def test_the_schema_is_found_in_the_package_or_in_the_checkout() -> None:
    text = registry.schema_text()
    assert text.startswith("-- The whole registry")
    if (TOP / "schema.sql").is_file():
        assert text == (TOP / "schema.sql").read_text("utf-8")


def test_a_registry_is_exactly_what_the_schema_says(db: sqlite3.Connection) -> None:
    def objects(of: sqlite3.Connection) -> list[tuple[str, ...]]:
        return of.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").fetchall()

    with contextlib.closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(registry.schema_text())
        assert objects(db) == objects(fresh)
    assert db.execute("PRAGMA user_version").fetchone() == (registry.SCHEMA_VERSION,)
    assert db.execute("PRAGMA application_id").fetchone() == (registry.APPLICATION_ID,)


def test_every_table_is_strict(db: sqlite3.Connection) -> None:
    tables = db.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'").fetchall()
    assert len(tables) > 15
    assert [name for name, strict in tables if not strict and not name.startswith("sqlite_")] == []


def test_integer_ids_are_never_used_twice(db: sqlite3.Connection) -> None:
    """Whoever has an id of his own has AUTOINCREMENT; the other integer keys are somebody else's id."""
    own = [sql for (sql,) in db.execute("SELECT sql FROM sqlite_schema WHERE sql LIKE '%INTEGER PRIMARY KEY%'")]
    assert [sql.split()[2] for sql in own if "AUTOINCREMENT" not in sql] == ["audit_told", "elsewhere", "agenda"]


def test_nothing_in_the_schema_reads_the_clock() -> None:
    without_comments = re.sub("--.*", "", registry.schema_text())
    assert not re.search(r"'now'|current_(?:date|time)|\bTRIGGER\b", without_comments, re.IGNORECASE)


def test_every_day_column_refuses_what_is_not_a_day(db: sqlite3.Connection) -> None:
    days = re.compile(r"^\s+(\w+(?:_on|_date|_from))\s+TEXT(.*)", re.MULTILINE)
    facts = registry.schema_text().partition("CREATE TABLE agenda")[0]
    found = days.findall(facts)
    assert len(found) > 15
    assert [name for name, rest in found if f"CHECK ({name} IS date({name}" not in rest] == []


def test_every_field_of_the_dictionary_has_its_column(db: sqlite3.Connection) -> None:
    def columns(table: str) -> set[str]:
        return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}

    assert {field.column for field in VISIT_FIELDS} <= columns("visit")
    elsewhere = {"person_ref", "programmes", "tags", "township"}
    elsewhere |= {field.column for field in PERSON_FIELDS if field.column.split("_")[0] in ("htn", "dm", "lipid")}
    assert {field.column for field in PERSON_FIELDS} - elsewhere <= columns("person")


PERSON = "INSERT INTO person (uid, origin, recorded_at, recorded_by, {}) VALUES ('u', '', '', '', {})"
VISIT = """
INSERT INTO visit (uid, origin, recorded_at, recorded_by, person, kind, visit_date, way{}) VALUES ('{}', '', '', '', {})"""


@pytest.mark.parametrize(
    "sql",
    [
        PERSON.format("name, birth_date", "'n', '2026-13-01'"),
        PERSON.format("name", "''"),
        PERSON.format("name, closed_on", "'n', '2026-01-01'"),
        PERSON.format("name, sex", "'n', 'male'"),
        VISIT.format(", sbp, dbp", "u", "1, 'followup', '2026-01-01', 'clinic', 80, 120"),
        VISIT.format(", sbp", "u", "1, 'followup', '2026-01-01', 'clinic', 'high'"),
        VISIT.format(", salt", "u", "1, 'followup', '2026-01-01', 'clinic', '2'"),
        VISIT.format("", "u", "99, 'followup', '2026-01-01', 'clinic'"),
        "INSERT INTO enrolment (uid, origin, recorded_at, recorded_by, person, programme, enrolled_on, assumed, ended_on,"
        " end_reason) VALUES ('u', '', '', '', 1, 'htn', '2026-01-02', 0, '2026-01-01', 'died')",
    ],
)
def test_the_file_itself_refuses_what_cannot_be(chronic: Chronic, sql: str) -> None:
    chronic.person("王秀兰")
    with contextlib.closing(registry.connect(chronic.path)) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(sql)


def test_a_coded_column_takes_the_words_of_the_dictionary_and_no_other(chronic: Chronic) -> None:
    chronic.person("王秀兰")
    coded = [field for field in VISIT_FIELDS if field.kind == "code" and field.column != "way"]
    assert len(coded) > 10
    with contextlib.closing(registry.connect(chronic.path)) as db:
        for at, field in enumerate(coded):
            for number, word in enumerate((*(field.codes or {}), None)):
                day = date(2020 - number, 1, 1) + timedelta(days=at)
                said = "NULL" if word is None else f"'{word}'"
                values = f"1, 'followup', '{day}', 'clinic', {said}"
                db.execute(VISIT.format(f", {field.column}", f"{at} {number}", values))
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(VISIT.format(f", {field.column}", "x", "1, 'followup', '2026-01-01', 'clinic', 'other'"))


def test_there_is_one_live_follow_up_a_day(chronic: Chronic) -> None:
    chronic.person("王秀兰")
    with contextlib.closing(registry.connect(chronic.path)) as db:
        for uid, kind in (("a", "followup"), ("b", "screening"), ("c", "screening")):
            db.execute(VISIT.format("", uid, f"1, '{kind}', '2026-01-01', 'clinic'"))
        second = VISIT.format("", "d", "1, 'followup', '2026-01-01', 'clinic'")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(second)
        db.execute("UPDATE visit SET ended_by = 'x' WHERE uid = 'a'")
        db.execute(second)
