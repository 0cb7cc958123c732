"""What people say of the service, and what was done about it."""

import sqlite3
from datetime import date

from chronic.model.call import Opinion
from chronic.model.days import from_iso, iso
from chronic.store.stamp import Stamp

_COLUMNS = "said_on, way, satisfaction, complaint, suggestion, id, uid"
_INSERT = """
INSERT INTO opinion (uid, person, said_on, way, satisfaction, complaint, suggestion, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_HANDLED = """
INSERT INTO opinion_handled (uid, person, opinion, handled_on, handled_by, note, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
TO_HANDLE = "(complaint IS NOT NULL OR suggestion IS NOT NULL OR satisfaction = 'dissatisfied')"
"""As the index has it."""
UNHANDLED = f"{TO_HANDLE} AND NOT EXISTS (SELECT 1 FROM opinion_handled AS h WHERE h.opinion = o.uid)"


def add(db: sqlite3.Connection, person: int, new: Opinion, stamp: Stamp) -> int:
    """Write an opinion; its number."""
    told = (iso(new.on), new.way, new.satisfaction, new.complaint, new.suggestion)
    done = db.execute(_INSERT, (stamp.uid(), person, *told, stamp.origin, stamp.at, stamp.by))
    return int(done.lastrowid or 0)


def handle(db: sqlite3.Connection, person: int, opinion: Opinion, on: date, by: str, note: str, stamp: Stamp) -> None:
    row = (stamp.uid(), person, opinion.uid, iso(on), by, note, stamp.origin, stamp.at, stamp.by)
    db.execute(_HANDLED, row)


def by_number(db: sqlite3.Connection, number: int) -> tuple[int, Opinion] | None:
    """(person, opinion), None when there is none with this number."""
    row = db.execute(f"SELECT person, {_COLUMNS} FROM opinion WHERE id = ?", (number,)).fetchone()
    return None if row is None else (row[0], _opinion(*row[1:]))


def handled_on(db: sqlite3.Connection, opinion: Opinion) -> date | None:
    """The day it was handled first."""
    (day,) = db.execute("SELECT min(handled_on) FROM opinion_handled WHERE opinion = ?", (opinion.uid,)).fetchone()
    return None if day is None else from_iso(day)


def unhandled(db: sqlite3.Connection) -> int:
    """How many wait for somebody to do something."""
    return int(db.execute(f"SELECT count(*) FROM opinion AS o WHERE {UNHANDLED}").fetchone()[0])


def between(db: sqlite3.Connection, first: int, last: int) -> list[Opinion]:
    """The opinions with these ids."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM opinion WHERE id BETWEEN ? AND ? ORDER BY id", (first, last))
    return [_opinion(*row) for row in rows]


def handled_between(db: sqlite3.Connection, first: int, last: int) -> list[tuple[date, str]]:
    """(day, what was done) of the handlings with these ids."""
    rows = db.execute("SELECT handled_on, note FROM opinion_handled WHERE id BETWEEN ? AND ? ORDER BY id", (first, last))
    return [(from_iso(on), note) for on, note in rows]


def _opinion(
    on: str, way: str, satisfaction: str | None, complaint: str | None, suggestion: str | None, number: int, uid: str
) -> Opinion:
    return Opinion(from_iso(on), way, satisfaction, complaint, suggestion, number, uid)
