"""Households and what was said of them: dated rows, never edited; the latest of a fact or a tag counts.

Who lives there is not stored here: it is what the register says of each person, so somebody who moves takes nothing
along and leaves nothing behind.
"""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

from chronic.model.days import day_or_none, from_iso, iso
from chronic.model.household import Home, Household, Walk
from chronic.store.stamp import Stamp

FACTS = ("head", "staff", "address")
_HOME = "SELECT village, hamlet, household_no FROM person WHERE id = ? AND village IS NOT NULL AND household_no IS NOT NULL"
_MEMBERS = """
SELECT id FROM person WHERE village = ? AND hamlet IS ? AND household_no = ? AND closed_on IS NULL
ORDER BY birth_date IS NULL, birth_date, id"""
_NAMED = """
SELECT DISTINCT p.village, p.hamlet, p.household_no FROM person AS p LEFT JOIN place AS h ON h.id = p.hamlet
WHERE p.village IN ({villages}) AND p.household_no = :number AND (:hamlet IS NULL OR h.name = :hamlet)
  AND p.closed_on IS NULL"""
_FIND = "SELECT id FROM household WHERE village = ? AND household_no = ? AND coalesce(hamlet, 0) = coalesce(?, 0)"
_MAKE = "INSERT INTO household (uid, village, household_no, hamlet) VALUES (?, ?, ?, ?)"
_FACT = """
INSERT INTO household_fact (uid, household, person, fact, value, from_on, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_TAG = """
INSERT INTO household_tag (uid, household, person, tag, value, from_on, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_WALK = """
INSERT INTO household_visit (uid, household, person, visited_on, staff, need, done, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_SETTLE = """
INSERT INTO need_settled (uid, household_visit, person, settled_on, note, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_TAGS = "SELECT tag FROM household_tagged WHERE household = ? ORDER BY tag"
_CALLS = """
SELECT w.visited_on, w.staff, w.need, w.done, w.id, s.settled_on, w.person
FROM household_visit AS w LEFT JOIN need_settled AS s ON s.household_visit = w.id"""
_WALKS = f"{_CALLS} WHERE w.household = ? ORDER BY w.visited_on DESC, w.id DESC LIMIT ?"
_NEED = f"{_CALLS} WHERE w.id = ?"
_SPOKEN = ("household_fact", "household_tag", "household_visit")
_USED = "(" + " UNION ".join(f"SELECT household FROM {table}" for table in _SPOKEN) + ")"


def home_of(db: sqlite3.Connection, person: int) -> Home | None:
    """Where a person lives; None where the village or the household number is not known."""
    row = db.execute(_HOME, (person,)).fetchone()
    return None if row is None else Home(*row)


def homes_named(db: sqlite3.Connection, villages: Sequence[int], number: str, hamlet: str | None) -> list[Home]:
    """Households of this number in these villages where somebody lives."""
    sql = _NAMED.format(villages=", ".join(map(str, villages)))
    return [Home(*row) for row in db.execute(sql, {"number": number, "hamlet": hamlet})]


def members(db: sqlite3.Connection, home: Home) -> list[int]:
    """Who lives there, the eldest first."""
    return [id_ for (id_,) in db.execute(_MEMBERS, home)]


def read(db: sqlite3.Connection, home: Home) -> Household:
    """What was said last of this household."""
    id_ = _find(db, home)
    if id_ is None:
        return Household(home)
    facts = dict(db.execute("SELECT fact, value FROM household_now WHERE household = ?", (id_,)).fetchall())
    tags = tuple(tag for (tag,) in db.execute(_TAGS, (id_,)))
    return Household(home, id_, facts.get("head"), facts.get("staff"), facts.get("address"), tags)


def made(db: sqlite3.Connection, home: Home, stamp: Stamp) -> int:
    """The id of this household, which gets one when something is first said of it."""
    known = _find(db, home)
    if known is not None:
        return known
    new = db.execute(_MAKE, (stamp.uid(), home.village, home.household_no, home.hamlet)).lastrowid
    assert new is not None
    return new


def say(db: sqlite3.Connection, whose: tuple[int, int], fact: str, value: str | None, on: date, stamp: Stamp) -> None:
    """head, staff or address of a household; `whose` is (household, the person through whom it was said)."""
    db.execute(_FACT, (stamp.uid(), *whose, fact, value, iso(on), stamp.origin, stamp.at, stamp.by))


def tag(db: sqlite3.Connection, whose: tuple[int, int], name: str, value: str, on: date, stamp: Stamp) -> None:
    db.execute(_TAG, (stamp.uid(), *whose, name, value, iso(on), stamp.origin, stamp.at, stamp.by))


def walk(db: sqlite3.Connection, whose: tuple[int, int], seen: Walk, stamp: Stamp) -> int:
    """Record one call; its number."""
    row = (stamp.uid(), *whose, iso(seen.visited_on), seen.staff, seen.need, seen.done)
    number = db.execute(_WALK, (*row, stamp.origin, stamp.at, stamp.by)).lastrowid
    assert number is not None
    return number


def settle(db: sqlite3.Connection, number: int, person: int, on: date, note: str, stamp: Stamp) -> None:
    db.execute(_SETTLE, (stamp.uid(), number, person, iso(on), note, stamp.origin, stamp.at, stamp.by))


def call(db: sqlite3.Connection, number: int) -> tuple[Walk, int] | None:
    """(call, person through whom it was recorded) with this number."""
    row = db.execute(_NEED, (number,)).fetchone()
    return None if row is None else (_walk(row), row[-1])


def walks(db: sqlite3.Connection, household: int, limit: int) -> list[Walk]:
    """The latest calls, the last one first."""
    return [_walk(row) for row in db.execute(_WALKS, (household, limit))]


def remove_unspoken(db: sqlite3.Connection, first: int, last: int) -> None:
    """Take away those of these households of which nothing is said any more."""
    db.execute(f"DELETE FROM household WHERE id BETWEEN ? AND ? AND id NOT IN {_USED}", (first, last))


def _walk(row: tuple[Any, ...]) -> Walk:
    on, staff, need, done, id_, settled_on, _person = row
    return Walk(from_iso(on), staff, need, done, id_, day_or_none(settled_on))


def _find(db: sqlite3.Connection, home: Home) -> int | None:
    row = db.execute(_FIND, (home.village, home.household_no, home.hamlet)).fetchone()
    return row and int(row[0])
