"""Health education as it was held: written once; a void only sets `ended_by`."""

import sqlite3
from datetime import date
from typing import NamedTuple

from chronic.model.days import from_iso, iso
from chronic.store.stamp import Stamp

_COLUMNS = "held_on, topic, form, setting, venue, people, person, doctor, note"
_INSERT = f"""
INSERT INTO education (uid, {_COLUMNS}, origin, recorded_at, recorded_by) VALUES ({", ".join("?" * 13)})"""
_VOID = "INSERT INTO education_void (uid, education, reason, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)"


class Held(NamedTuple):
    """One lecture, consultation, board …; topic, form and setting are words of the book. `people`: None if not counted."""

    on: date
    topic: str
    form: str
    setting: str | None = None
    venue: str | None = None
    people: int | None = None
    person: int | None = None
    doctor: str | None = None
    note: str | None = None
    number: int = 0


def add(db: sqlite3.Connection, new: Held, stamp: Stamp) -> int:
    """Write one; its number."""
    values = (stamp.uid(), iso(new.on), *new[1:-1])
    made = db.execute(_INSERT, (*values, stamp.origin, stamp.at, stamp.by)).lastrowid
    assert made is not None
    return made


def by_id(db: sqlite3.Connection, number: int) -> tuple[Held, str | None] | None:
    """(what was held, what ended it), None when there is none with this number."""
    row = db.execute(f"SELECT ended_by, {_COLUMNS}, id FROM education WHERE id = ?", (number,)).fetchone()
    return None if row is None else (_held(row[1:]), row[0])


def same(db: sqlite3.Connection, new: Held) -> int | None:
    """The number of a live one that is exactly this."""
    columns = " AND ".join(f"{name.strip()} IS ?" for name in _COLUMNS.split(","))
    sql = f"SELECT id FROM education WHERE ended_by IS NULL AND {columns}"
    row = db.execute(sql, (iso(new.on), *new[1:-1])).fetchone()
    return row and int(row[0])


def void(db: sqlite3.Connection, number: int, reason: str, stamp: Stamp) -> None:
    """Withdraw one. The row stays, with the reason beside it."""
    made = stamp.uid()
    db.execute(_VOID, (made, number, reason, stamp.origin, stamp.at, stamp.by))
    db.execute("UPDATE education SET ended_by = ? WHERE id = ?", (made, number))


def unvoid(db: sqlite3.Connection, first: int, last: int) -> list[str]:
    """Take away voids, so that what they withdrew counts again; the voids' uids."""
    sql = "DELETE FROM education_void WHERE id BETWEEN ? AND ? RETURNING education, uid"
    gone = db.execute(sql, (first, last)).fetchall()
    db.executemany("UPDATE education SET ended_by = NULL WHERE id = ? AND ended_by = ?", gone)
    return [uid for _, uid in gone]


def between(db: sqlite3.Connection, first: int, last: int) -> list[Held]:
    """The live ones with these numbers."""
    sql = f"SELECT {_COLUMNS}, id FROM education WHERE id BETWEEN ? AND ? AND ended_by IS NULL ORDER BY id"
    return [_held(row) for row in db.execute(sql, (first, last))]


def voided(db: sqlite3.Connection, first: int, last: int) -> list[tuple[Held, str]]:
    """What the voids with these ids withdrew, with the reason."""
    sql = "SELECT education, reason FROM education_void WHERE id BETWEEN ? AND ? ORDER BY id"
    found = ((by_id(db, number), reason) for number, reason in db.execute(sql, (first, last)).fetchall())
    return [(held[0], reason) for held, reason in found if held is not None]


def _held(row: tuple[object, ...]) -> Held:
    return Held(from_iso(str(row[0])), *row[1:])  # type: ignore[arg-type]
