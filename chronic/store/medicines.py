"""Supplies of medicines and stops, written once; what follows from them; and the benefit that pays for them."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from chronic.model.days import from_iso, iso
from chronic.model.medicine import Course, Entry
from chronic.store.stamp import Stamp

_COLUMNS = "kind, name, happened_on, days, amount, reason, id, uid"
_INSERT = """
INSERT INTO medicine_entry (uid, person, kind, name, happened_on, days, amount, reason, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_VOID = "INSERT INTO medicine_void (uid, medicine_entry, reason, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)"
_OF = f"""
SELECT person, {_COLUMNS} FROM medicine_entry
WHERE person IN (SELECT value FROM json_each(?)) AND ended_by IS NULL ORDER BY happened_on, id"""
_VOIDED = f"""
SELECT o.reason, {", ".join(f"m.{name}" for name in _COLUMNS.split(", "))} FROM medicine_void AS o
JOIN medicine_entry AS m ON m.id = medicine_entry WHERE o.id BETWEEN ? AND ? ORDER BY o.id"""
_COURSES = """
SELECT person, key, name, since_on, last_on, run_out_on FROM medicine_course
WHERE person IN (SELECT value FROM json_each(?)) ORDER BY run_out_on, key"""
_WRITTEN = """
SELECT person, visit_date AS day, medicines, id FROM live_contact
WHERE person IN (SELECT value FROM json_each(:ids)) AND medicines IS NOT NULL AND visit_date <= :day
UNION ALL
SELECT c.person, c.checkup_date, v.value, 0 FROM live_checkup AS c
JOIN checkup_value AS v ON v.checkup = c.id AND v.field = 'medicines'
WHERE c.person IN (SELECT value FROM json_each(:ids)) AND c.checkup_date <= :day
ORDER BY day, id"""
_TOLD = """
INSERT INTO benefit_told (uid, person, registered, told_on, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?)"""


def add(db: sqlite3.Connection, person: int, entries: Iterable[Entry], stamp: Stamp) -> None:
    for entry in entries:
        told = (entry.kind, entry.name, iso(entry.on), entry.days, entry.amount, entry.reason)
        db.execute(_INSERT, (entry.uid or stamp.uid(), person, *told, stamp.origin, stamp.at, stamp.by))


def of(db: sqlite3.Connection, people: Collection[int]) -> dict[int, list[Entry]]:
    """The live entries of each of these people who has any, oldest first."""
    found: dict[int, list[Entry]] = {}
    for person, *row in db.execute(_OF, (json.dumps(list(people)),)):
        found.setdefault(person, []).append(_entry(row))
    return found


def by_id(db: sqlite3.Connection, number: int) -> tuple[int, Entry, str | None] | None:
    """(person, entry, what ended it), None when there is none with this number."""
    row = db.execute(f"SELECT person, ended_by, {_COLUMNS} FROM medicine_entry WHERE id = ?", (number,)).fetchone()
    return None if row is None else (row[0], _entry(row[2:]), row[1])


def void(db: sqlite3.Connection, number: int, reason: str, stamp: Stamp) -> None:
    """Withdraw an entry. The row stays, with the reason beside it."""
    made = stamp.uid()
    db.execute(_VOID, (made, number, reason, stamp.origin, stamp.at, stamp.by))
    db.execute("UPDATE medicine_entry SET ended_by = ? WHERE id = ?", (made, number))


def unvoid(db: sqlite3.Connection, first: int, last: int) -> list[str]:
    """Take away voids, so that their entries count again; the voids' uids."""
    sql = "DELETE FROM medicine_void WHERE id BETWEEN ? AND ? RETURNING medicine_entry, uid"
    gone = db.execute(sql, (first, last)).fetchall()
    db.executemany("UPDATE medicine_entry SET ended_by = NULL WHERE id = ? AND ended_by = ?", gone)
    return [uid for _, uid in gone]


def between(db: sqlite3.Connection, first: int, last: int) -> list[Entry]:
    """The live entries with these ids."""
    sql = f"SELECT {_COLUMNS} FROM medicine_entry WHERE id BETWEEN ? AND ? AND ended_by IS NULL ORDER BY id"
    return [_entry(row) for row in db.execute(sql, (first, last))]


def voided(db: sqlite3.Connection, first: int, last: int) -> list[tuple[Entry, str]]:
    """The entries that the voids with these ids withdrew, with the reason."""
    return [(_entry(row), reason) for reason, *row in db.execute(_VOIDED, (first, last))]


def rewrite(db: sqlite3.Connection, people: Collection[int], going: Mapping[int, Iterable[Course]]) -> None:
    """Make these the courses of these people."""
    db.execute("DELETE FROM medicine_course WHERE person IN (SELECT value FROM json_each(?))", (json.dumps(list(people)),))
    rows = (
        (person, course.key, course.name, iso(course.since_on), iso(course.last_on), iso(course.run_out_on))
        for person, its in going.items()
        for course in its
    )
    db.executemany(
        "INSERT INTO medicine_course (person, key, name, since_on, last_on, run_out_on) VALUES (?, ?, ?, ?, ?, ?)", rows
    )


def courses(db: sqlite3.Connection, people: Collection[int]) -> dict[int, list[Course]]:
    """What each of these people is being supplied with, the medicine that runs out first in front."""
    found: dict[int, list[Course]] = {}
    for person, key, name, *days in db.execute(_COURSES, (json.dumps(list(people)),)):
        found.setdefault(person, []).append(Course(key, name, *map(from_iso, days)))
    return found


def written(db: sqlite3.Connection, people: Collection[int], until: date) -> dict[int, list[tuple[date, str]]]:
    """The lists of medicines on contacts and check-ups up to this day, (day, text), oldest first."""
    found: dict[int, list[tuple[date, str]]] = {}
    given = {"ids": json.dumps(list(people)), "day": until.isoformat()}
    for person, day, text, _ in db.execute(_WRITTEN, given):
        found.setdefault(person, []).append((from_iso(day), text))
    return found


def tell(db: sqlite3.Connection, person: int, registered: str, on: date, stamp: Stamp) -> None:
    """Write down whether someone is registered for the benefit."""
    db.execute(_TOLD, (stamp.uid(), person, registered, iso(on), stamp.origin, stamp.at, stamp.by))


def told(db: sqlite3.Connection, person: int) -> tuple[str, date] | None:
    """(yes, no or unknown; the day), None where nothing was ever said."""
    sql = "SELECT registered, told_on FROM benefit_told WHERE person = ? ORDER BY told_on DESC, id DESC LIMIT 1"
    row = db.execute(sql, (person,)).fetchone()
    return None if row is None else (row[0], from_iso(row[1]))


def _entry(row: list[object] | tuple[object, ...]) -> Entry:
    kind, name, on, *rest = row
    return Entry(str(kind), str(name), from_iso(str(on)), *rest)  # type: ignore[arg-type]
