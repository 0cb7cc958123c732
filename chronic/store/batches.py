"""Imports: each is a batch, and its rows carry the batch's id."""

import json
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from chronic.store.stamp import Stamp

_INSERT = "INSERT INTO batch (uid, holds, source, file, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)"


class Batch(NamedTuple):
    """One import: what the sheet held, whose numbers, and the file's name."""

    id: int
    holds: str
    source: str
    file: str


def by_id(db: sqlite3.Connection, batch: int) -> Batch | None:
    row = db.execute("SELECT id, holds, source, file FROM batch WHERE id = ?", (batch,)).fetchone()
    return row and Batch(*row)


def begin(db: sqlite3.Connection, holds: str, source: str, file: str, stamp: Stamp) -> int:
    made = db.execute(_INSERT, (stamp.uid(), holds, source, file, stamp.at, stamp.by)).lastrowid
    assert made is not None
    return made


def close(db: sqlite3.Connection, batch: int, states: Mapping[str, int]) -> None:
    """Write down what became of the rows."""
    db.execute("UPDATE batch SET summary = ? WHERE id = ?", (json.dumps(dict(sorted(states.items()))), batch))
