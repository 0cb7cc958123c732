"""What people said about their risks: dated, never edited; the latest of a fact counts."""

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from chronic.model.days import from_iso, iso
from chronic.store.stamp import Stamp

_INSERT = """
INSERT INTO person_fact (uid, person, fact, value, told_on, source, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_UID = "SELECT 1 FROM person_fact WHERE uid = ?"
_OF = "SELECT fact, value, told_on, source FROM person_fact WHERE person = ? ORDER BY told_on, id"


class Said(NamedTuple):
    """One fact: yes or no, the day it was told, and by whom."""

    fact: str
    value: str
    on: date
    source: str | None = None
    uid: str = ""


def add(db: sqlite3.Connection, person: int, said: Iterable[Said], stamp: Stamp) -> None:
    for fact, value, on, source, uid in said:
        row = (uid or stamp.uid(), person, fact, value, iso(on), source, stamp.origin, stamp.at, stamp.by)
        db.execute(_INSERT, row)


def known(db: sqlite3.Connection, uid: str) -> bool:
    return db.execute(_UID, (uid,)).fetchone() is not None


def of(db: sqlite3.Connection, person: int) -> list[Said]:
    """Everything told about one person, oldest first."""
    return [Said(fact, value, from_iso(on), source) for fact, value, on, source in db.execute(_OF, (person,))]
