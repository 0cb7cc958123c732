"""Attempts to call people back: written once, never edited."""

import sqlite3

from chronic.model.call import Call
from chronic.model.days import day_or_none, from_iso, iso
from chronic.store.stamp import Stamp

COLUMNS = "called_on, uid, outcome, way, promised_on, next_call_on, note"
_INSERT = f"INSERT INTO call (person, {COLUMNS}, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def add(db: sqlite3.Connection, person: int, new: Call, stamp: Stamp) -> None:
    told = (iso(new.on), new.uid, new.outcome, new.way, iso(new.promised_on), iso(new.next_call_on), new.note)
    db.execute(_INSERT, (person, *told, stamp.origin, stamp.at, stamp.by))


def of(db: sqlite3.Connection, person: int) -> list[Call]:
    """Every attempt, oldest first."""
    rows = db.execute(f"SELECT {COLUMNS} FROM call WHERE person = ? ORDER BY called_on, uid", (person,))
    return [call(*row) for row in rows]


def between(db: sqlite3.Connection, first: int, last: int) -> list[Call]:
    """The attempts with these ids."""
    rows = db.execute(f"SELECT {COLUMNS} FROM call WHERE id BETWEEN ? AND ? ORDER BY id", (first, last))
    return [call(*row) for row in rows]


def call(
    on: str, uid: str, outcome: str, way: str, promised_on: str | None, next_call_on: str | None, note: str | None
) -> Call:
    """An attempt from a row of its columns."""
    return Call(from_iso(on), uid, outcome, way, day_or_none(promised_on), day_or_none(next_call_on), note)
