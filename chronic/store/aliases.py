"""By which other uids somebody goes, and how that was found: by one ID number, which every registry follows
(chronic/store/joining.py), or by a decision somewhere, which another registry asks about (chronic/store/conflicts.py)."""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

_UNSURE = """
DELETE FROM person_alias WHERE NOT by_number AND uid IN (SELECT value FROM json_each(?)) RETURNING uid, person, 1"""
_ADD = "INSERT OR IGNORE INTO person_alias (uid, person, by_number) VALUES (?, ?, ?)"
_OTHER = "INSERT OR IGNORE INTO person_alias (uid, person, by_number) SELECT uid, ?, 0 FROM person WHERE id = ?"


class Alias(NamedTuple):
    """`person`: who goes by this uid too."""

    uid: str
    person: int
    by_number: bool


def note(db: sqlite3.Connection, told: Sequence[Alias]) -> int:
    """Write these down; how many rows that makes."""
    return _made(db, _ADD, told)


def make_sure(db: sqlite3.Connection, uids: Sequence[str]) -> int:
    """Write anew, so that it is told on, of which of these it is known by now that a number was found; how many that are."""
    rows = db.execute(_UNSURE, (json.dumps(uids),)).fetchall() if uids else []
    return _made(db, _ADD, rows)


def ask(db: sqlite3.Connection, pairs: Sequence[tuple[int, int]]) -> int:
    """Write down of two people here that they are one elsewhere, by decision; how many rows that makes."""
    return _made(db, _OTHER, pairs)


def _made(db: sqlite3.Connection, sql: str, rows: Sequence[Sequence[object]]) -> int:
    before = db.total_changes
    db.executemany(sql, rows)
    return db.total_changes - before
