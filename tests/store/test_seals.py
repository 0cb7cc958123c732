"""Seals: every fact is under one, whichever way it was written, and nothing can change unseen."""

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest

from chronic.store import registry, seals
from chronic.store.opening import Registry
from chronic.store.transactions import immediate
from tests.runner import Chronic

PERSON = "INSERT INTO person (id, uid, name, origin, recorded_at, recorded_by) VALUES (?, ?, 'n', '', '', '')"
MANY = 3 * seals.CHUNK + 1


@pytest.fixture
def db(chronic: Chronic) -> Iterator[Registry]:
    with contextlib.closing(registry.connect(chronic.path)) as db:
        yield db


@pytest.fixture
def people(db: Registry) -> Registry:
    with immediate(db):
        db.executemany(PERSON, ((None, str(n)) for n in range(MANY)))
    return db


def sealed(db: Registry, place: str) -> dict[int, int]:
    """Chunk -> rows."""
    return dict(db.execute("SELECT chunk, rows FROM seal WHERE place = ? ORDER BY chunk", (place,)))


def behind_its_back(db: Registry, sql: str) -> list[seals.Broken]:
    """What is found broken after another program changed the file."""
    with contextlib.closing(sqlite3.connect(db.file, isolation_level=None)) as other:
        other.execute(sql)
    return list(seals.broken(db))


def test_every_table_of_facts_has_its_seals_and_nothing_derived_has(db: Registry) -> None:
    known = {table.name: table.key for table in seals.tables(db)}
    every = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert every - known.keys() == {*seals.DERIVED, "seal", "sqlite_sequence"}
    assert (known["visit"], known["visit_reading"], known["person_tag"], known["audit_told"]) == (
        "id", "visit", "person", "audit",
    )  # fmt: skip
    assert {name for name, key in known.items() if not key} >= {"setting", "edition"}


def test_rows_that_follow_one_another_share_a_seal(people: Registry) -> None:
    assert sealed(people, "person") == {0: seals.CHUNK - 1, 1: seals.CHUNK, 2: seals.CHUNK, 3: 2}
    assert list(seals.broken(people)) == []


@pytest.mark.parametrize("row", [1, seals.CHUNK - 1, seals.CHUNK, MANY])
def test_a_change_is_found_where_it_is_and_nowhere_else(people: Registry, row: int) -> None:
    (found,) = behind_its_back(people, f"UPDATE person SET name = 'm' WHERE id = {row}")
    assert (found.place, found.rows) == ("person", found.sealed)
    assert found.first is not None
    assert found.last is not None
    assert found.first <= row <= found.last


def test_what_follows_it_does_not_hide_a_change(people: Registry) -> None:
    (found,) = behind_its_back(people, f"UPDATE person SET name = 'm' WHERE id = {MANY}")
    for _ in range(2):
        with immediate(people):
            people.executemany(PERSON, ((None, f"later-{people.total_changes}-{n}") for n in range(seals.CHUNK)))
    (still,) = seals.broken(people)
    assert (still.place, still.first, still.sealed) == (found.place, found.first, found.sealed)


@pytest.mark.parametrize("sql", ["UPDATE person SET phone = '1' WHERE id = 3", "DELETE FROM person WHERE id = 3"])
def test_nor_does_what_changes_beside_it(people: Registry, sql: str) -> None:
    (found,) = behind_its_back(people, "UPDATE person SET name = 'm' WHERE id = 2")
    with immediate(people):
        people.execute(sql)
        people.execute("UPDATE person SET phone = '1' WHERE id = 4")
    (still,) = seals.broken(people)
    assert (still.place, still.first) == (found.place, found.first)


def test_what_is_added_and_changed_at_once_is_sealed(people: Registry) -> None:
    with immediate(people):
        for n in range(2 * seals.CHUNK):
            people.execute(PERSON, (None, f"later-{n}"))
            people.execute("UPDATE person SET phone = ? WHERE id = last_insert_rowid()", (n,))
            people.execute("INSERT INTO person_tag (person, tag) VALUES (last_insert_rowid(), 'x')")
            people.execute("UPDATE person_tag SET tag = 'y'")
    assert list(seals.broken(people)) == []


def test_nor_in_a_table_without_ids(people: Registry) -> None:
    with immediate(people):
        people.executemany("INSERT INTO person_tag (person, tag) VALUES (?, 'x')", ((n,) for n in range(1, 9)))
    (found,) = behind_its_back(people, "UPDATE person_tag SET tag = 'y' WHERE person = 2")
    with immediate(people):
        people.execute("INSERT INTO person_tag (person, tag) VALUES (9, 'x')")
    assert list(seals.broken(people)) == [found._replace(rows=9)]


def test_a_row_more_and_a_row_less_are_found(people: Registry) -> None:
    (less,) = behind_its_back(people, "DELETE FROM person WHERE id = 40")
    assert (less.rows, less.sealed) == (seals.CHUNK - 1, seals.CHUNK)
    both = behind_its_back(people, "INSERT INTO person_tag VALUES (1, 't')")
    assert [(one.place, one.rows, one.sealed) for one in both if one.place == "person_tag"] == [("person_tag", 1, None)]


def test_text_is_not_number_and_nothing_is_not_empty(people: Registry) -> None:
    with immediate(people):
        people.execute("UPDATE person SET phone = '' WHERE id = 1")
    assert len(behind_its_back(people, "UPDATE person SET phone = NULL WHERE id = 1")) == 1


def _change_everything(db: Registry, then: str) -> None:
    with immediate(db):
        db.execute("UPDATE person SET name = 'm'")
        db.execute("DELETE FROM setting")
        db.execute(PERSON, (None, "x"))
        db.execute(then)


def test_what_is_taken_back_leaves_the_seals_as_they_were(people: Registry) -> None:
    before = people.execute("SELECT * FROM seal").fetchall()
    with pytest.raises(sqlite3.OperationalError):
        _change_everything(people, then="DELETE FROM place WHERE nothing")
    assert people.execute("SELECT * FROM seal").fetchall() == before
    with immediate(people):
        people.execute("UPDATE setting SET value = 'y' WHERE key = 'name'")
    assert list(seals.broken(people)) == []


def test_the_last_row_of_a_chunk_takes_its_seal_with_it(people: Registry) -> None:
    with immediate(people):
        people.execute(f"DELETE FROM person WHERE id >= {3 * seals.CHUNK}")
    assert 3 not in sealed(people, "person")
    assert list(seals.broken(people)) == []


def test_rows_without_ids_move_from_seal_to_seal(people: Registry) -> None:
    with immediate(people):
        people.execute("INSERT INTO person_tag VALUES (1, 't')")
    with immediate(people):
        people.execute("UPDATE person_tag SET person = 90")
    assert sealed(people, "person_tag") == {90 // seals.CHUNK: 1}
    assert list(seals.broken(people)) == []


def test_an_upsert_is_sealed(people: Registry) -> None:
    for value in ("a", "b"):
        with immediate(people):
            people.execute(
                "INSERT INTO setting (key, value) VALUES ('k', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (value,),
            )
    assert list(seals.broken(people)) == []


def test_bytes_are_sealed(db: Registry) -> None:
    with immediate(db):
        db.execute("INSERT INTO frozen_book VALUES ('h', '{}')")
        db.execute("INSERT INTO frozen_month VALUES ('2026-10', '2026-11-01', '', '', 'e', 'h', 'x')")
        db.execute("INSERT INTO frozen_figure VALUES ('2026-10', '', 'f', 1, '[]', x'00ff')")
    assert list(seals.broken(db)) == []
    assert len(behind_its_back(db, "UPDATE frozen_figure SET people = x'00fe'")) == 1


def test_two_connections_seal_one_after_the_other(people: Registry) -> None:
    with contextlib.closing(registry.connect(people.file)) as other:
        for db in (people, other, people, other):
            with immediate(db):
                db.execute(PERSON, (None, str(db.execute("SELECT count(*) + 1000 FROM person").fetchone()[0])))
    assert list(seals.broken(people)) == []
