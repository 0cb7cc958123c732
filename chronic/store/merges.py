"""One person of two: rows change hands, with a note of each, so that a merger can be taken back to the letter.

This and setting `ended_by` are the only ways in which a recorded row is ever changed. What it says stays as it was; only
whose it is was wrong.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from chronic.model.days import iso
from chronic.store import people, tasks
from chronic.store.seals import DERIVED, touch
from chronic.store.stamp import Stamp

MOVED = (
    ("visit", "person"), ("checkup", "person"), ("test_result", "person"), ("enrolment", "person"), ("pause", "person"),
    ("person_change", "person"), ("person_fact", "person"), ("referral", "person"), ("referral_outcome", "person"),
    ("finding_settled", "person"), ("call", "person"), ("opinion", "person"), ("opinion_handled", "person"),
    ("contract", "person"), ("contract_end", "person"), ("household_fact", "person"), ("household_tag", "person"),
    ("household_visit", "person"), ("need_settled", "person"), ("rescue", "person"), ("treated", "person"),
    ("task", "person"), ("task_about", "person"), ("education", "person"),
    ("medicine_entry", "person"), ("benefit_told", "person"),
    ("exam_order", "person"), ("exam_order_event", "person"), ("person_merge", "person"), ("person_distinct", "person"),
    ("person_distinct", "other"), ("upload", "person"), ("erasure", "person"),
    ("transfer", "person"), ("transfer_answer", "person"),
    ("person_alias", "person"), ("aside", "person"),
)  # fmt: skip
"""Every column of a table with ids that says whose a fact is: its rows go from hand to hand."""
_ENDED = ("visit", "checkup", "test_result", "referral")
_PARTS = ("ended_by IS NULL", "ended_by IS NOT NULL")
"""These have an index of people for each part, and none for both."""
TAKEN_OUT = ("person_tag", "person_source", "elsewhere")
"""Tables without ids: their rows are taken out, and said anew of the one who stays."""
_PLACE = "SELECT p.name, t.name FROM place AS p LEFT JOIN place AS t ON t.id = p.parent WHERE p.id = ?"
_INSERT = """
INSERT INTO person_merge (uid, person, merged, merged_uid, name, id_number, archive_no, origin, recorded_at, recorded_by)
SELECT ?, ?, id, uid, name, id_number, archive_no, ?, ?, ? FROM person WHERE id = ?"""
_NOTE = "INSERT INTO merge_row (merge, place, row, was) VALUES (?, ?, ?, ?)"
_OF = "SELECT place, row, was FROM merge_row WHERE merge = ? ORDER BY place, row"
_HEADS = "SELECT id FROM household_fact WHERE fact = 'head' AND value = ?"
_RECORDS = "SELECT id FROM upload WHERE person = ? AND holds = 'people' AND record = ?"
_KEYS = """
SELECT id, key, replace(key, :old, :new) AS other FROM task
WHERE person = :person AND kind <> 'typed' AND replace(key, :old, :new) NOT IN (SELECT key FROM task)"""
_DISTINCT = """
SELECT said_on, recorded_by, note FROM person_distinct
WHERE (person = ?1 AND other = ?2) OR (person = ?2 AND other = ?1) ORDER BY id DESC LIMIT 1"""
_SAY = """
INSERT INTO person_distinct (uid, person, other, said_on, note, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_BETWEEN = "SELECT id, person, merged, merged_uid, uid FROM person_merge WHERE id BETWEEN ? AND ? ORDER BY id DESC"


class Merged(NamedTuple):
    """Who went, and who stayed: registry numbers and the name of the one who went."""

    person: int
    merged: int
    name: str
    on: str


class Decided(NamedTuple):
    """The columns of someone merged away, homes by their names, and the enrolments that went up in others; days as
    ISO texts; and who stayed."""

    stayed: int
    columns: Mapping[str, object]
    stays: tuple[Mapping[str, object], ...]


class Looked(NamedTuple):
    """That two are different people: the day it was said, by whom, and why."""

    on: str
    by: str
    note: str | None


def merge(db: sqlite3.Connection, stays: int, goes: int, joined: Sequence[str], stamp: Stamp) -> Mapping[str, Any]:
    """Hand over everything; the row of the one who goes. `joined`: uids of enrolments that count as part of another.

    The columns, tags, source numbers and the dates of the enrolment that stays are the caller's to write.
    """
    (old,) = db.execute("SELECT uid FROM person WHERE id = ?", (goes,)).fetchone()
    (new,) = db.execute("SELECT uid FROM person WHERE id = ?", (stays,)).fetchone()
    merged = db.execute(_INSERT, (stamp.uid(), stays, stamp.origin, stamp.at, stamp.by, goes)).lastrowid
    assert merged is not None
    for uid in joined:
        _take_out(db, merged, "enrolment", "uid = ?", (uid,))
    for place, column in MOVED:
        _move(db, merged, place, column, goes, stays)
    _take_out(db, merged, "person_distinct", "person = ?1 AND other = ?1", (stays,))
    for place in TAKEN_OUT:
        _take_out(db, merged, place, "person = ?", (goes,))
    for (row,) in db.execute(_HEADS, (old,)).fetchall():
        _rewrite(db, merged, "household_fact", "value", row, old, new)
    for (row,) in db.execute(_RECORDS, (stays, old)).fetchall():
        _rewrite(db, merged, "upload", "record", row, old, new)
    for row, key, other in db.execute(_KEYS, {"person": stays, "old": old, "new": new}).fetchall():
        _rewrite(db, merged, "task", "key", row, key, other)
    tasks.derive(db, [row for (row,) in db.execute("SELECT id FROM task WHERE person = ?", (stays,))])
    for place in DERIVED:
        db.execute(f"DELETE FROM {place} WHERE person = ?", (goes,))
    return _take_out(db, merged, "person", "id = ?", (goes,))[0]


def take_back(db: sqlite3.Connection, first: int, last: int) -> list[str]:
    """Give everything back; the uids of the mergers, which are gone. Who stayed must have the old columns again."""
    gone = []
    for merged, stayed, went, old, uid in db.execute(_BETWEEN, (first, last)).fetchall():
        rows = db.execute(_OF, (merged,)).fetchall()
        db.execute("DELETE FROM merge_row WHERE merge = ?", (merged,))
        db.execute("DELETE FROM person_merge WHERE id = ?", (merged,))
        db.execute("DELETE FROM person_alias WHERE uid = ? AND by_number", (old,))
        gone.append(uid)
        for place, _row, was in sorted(rows, key=lambda row: row[0] != "person"):
            if "." not in place:
                _put_back(db, place, json.loads(was))
        for place, row, was in rows:
            table, _, column = place.partition(".")
            if column:
                db.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (went if was is None else json.loads(was), row))
        db.execute("DELETE FROM name_key WHERE person = ?", (went,))
        people.rekey(db, went)
        tasks.derive(db, [row for (row,) in db.execute("SELECT id FROM task WHERE person IN (?, ?)", (stayed, went))])
    return gone


def numbers(db: sqlite3.Connection, first: int, last: int) -> Iterator[dict[str, str | None]]:
    """The ID and archive numbers that come back with those who went."""
    sql = "SELECT id_number, archive_no FROM person_merge WHERE id BETWEEN ? AND ?"
    for id_number, archive_no in db.execute(sql, (first, last)):
        yield {"id_number": id_number, "archive_no": archive_no}


def stayed(db: sqlite3.Connection, went: int) -> Merged | None:
    """With whom this number was merged, if it was."""
    sql = "SELECT person, merged, name, recorded_at FROM person_merge WHERE merged = ?"
    row = db.execute(sql, (went,)).fetchone()
    return row and Merged(*row)


def of(db: sqlite3.Connection, person: int) -> list[Merged]:
    """Everyone who was merged with this person."""
    sql = "SELECT person, merged, name, recorded_at FROM person_merge WHERE person = ? ORDER BY id"
    return [Merged(*row) for row in db.execute(sql, (person,))]


def between(db: sqlite3.Connection, first: int, last: int) -> list[Merged]:
    sql = "SELECT person, merged, name, recorded_at FROM person_merge WHERE id BETWEEN ? AND ? ORDER BY id"
    return [Merged(*row) for row in db.execute(sql, (first, last))]


def decided(db: sqlite3.Connection, column: str, value: str) -> Decided | None:
    """What the register said of someone merged away who had this uid, id_number or archive_no."""
    name = "merged_uid" if column == "uid" else column
    sql = f"SELECT id, person FROM person_merge WHERE {name} = ? ORDER BY id DESC LIMIT 1"
    for merged, stayed in db.execute(sql, (value,)):
        told = [(place, was) for place, _row, was in db.execute(_OF, (merged,)) if "." not in place]
        if any(was is None for _place, was in told):  # erased since
            return None
        rows = [(place, json.loads(was)) for place, was in told]
        person = next(was for place, was in rows if place == "person")
        homes = {name: db.execute(_PLACE, (person[name],)).fetchone() for name in ("village", "hamlet")}
        person |= {name: home and home[0] for name, home in homes.items()}
        person["township"] = homes["village"] and homes["village"][1]
        return Decided(stayed, person, tuple(was for place, was in rows if place == "enrolment"))
    return None


def say_distinct(db: sqlite3.Connection, one: int, other: int, on: date, note: str | None, stamp: Stamp) -> None:
    db.execute(_SAY, (stamp.uid(), one, other, iso(on), note, stamp.origin, stamp.at, stamp.by))


def looked(db: sqlite3.Connection, one: int, other: int) -> Looked | None:
    """Whether somebody said that these are two people."""
    row = db.execute(_DISTINCT, (one, other)).fetchone()
    return row and Looked(*row)


def counts(db: sqlite3.Connection, person: int) -> dict[str, int]:
    """Table -> how many rows of this person there are to hand over."""
    found: dict[str, int] = {}
    for place, column in MOVED:
        (n,) = db.execute(f"SELECT count(*) FROM {place} WHERE {column} = ?", (person,)).fetchone()
        if n:
            found[place] = found.get(place, 0) + n
    return found


def _move(db: sqlite3.Connection, merged: int, place: str, column: str, goes: int, stays: int) -> None:
    for part in _PARTS if place in _ENDED else ("1",):
        sql = f"UPDATE {place} SET {column} = ? WHERE {column} = ? AND {part} RETURNING id"
        rows = db.execute(sql, (stays, goes)).fetchall()
        db.executemany(_NOTE, ((merged, f"{place}.{column}", row, None) for (row,) in rows))


def _rewrite(db: sqlite3.Connection, merged: int, place: str, column: str, row: int, old: str, new: str) -> None:
    db.execute(f"UPDATE {place} SET {column} = ? WHERE id = ?", (new, row))
    db.execute(_NOTE, (merged, f"{place}.{column}", row, json.dumps(old)))


def _take_out(
    db: sqlite3.Connection, merged: int, place: str, where: str, values: Sequence[object] = ()
) -> list[Mapping[str, Any]]:
    cursor = db.execute(f"SELECT * FROM {place} WHERE {where}", values)
    names = [column[0] for column in cursor.description]
    rows: list[Mapping[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor]
    for number, row in enumerate(rows):
        db.execute(_NOTE, (merged, place, row.get("id", number), json.dumps(row, ensure_ascii=False)))
    db.execute(f"DELETE FROM {place} WHERE {where}", values)
    return rows


def _put_back(db: sqlite3.Connection, place: str, row: Mapping[str, Any]) -> None:
    db.execute(f"INSERT INTO {place} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    if "id" in row:
        touch(db, place, row["id"])
