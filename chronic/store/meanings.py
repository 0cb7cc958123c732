"""What somebody said of the sheets of a source: which column a header means, and which set of codes they use."""

import sqlite3
from typing import NamedTuple

from chronic.store.stamp import Stamp

_SAVE = """
INSERT INTO meaning (source, header, meant, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (source, header) DO UPDATE
SET meant = excluded.meant, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by
WHERE meant <> excluded.meant"""
_ALL = "SELECT source, header, meant, recorded_at, recorded_by FROM meaning WHERE ?1 IS NULL OR source = ?1 ORDER BY 1, 2"


class Meaning(NamedTuple):
    """`header` as it is compared, empty for the code set; `meant`: COLUMN, COLUMN:UNIT, empty where it is left out."""

    source: str
    header: str
    meant: str
    at: str
    by: str


def read(db: sqlite3.Connection, source: str | None = None) -> list[Meaning]:
    """Of one source, or of all."""
    return [Meaning(*row) for row in db.execute(_ALL, (source,))]


def save(db: sqlite3.Connection, source: str, meant: dict[str, str], stamp: Stamp) -> None:
    """Header -> what it means; "" -> the name of the code set. What was said before of other headers stays."""
    db.executemany(_SAVE, ((source, header, text, stamp.at, stamp.by) for header, text in meant.items()))


def forget(db: sqlite3.Connection, source: str) -> int:
    """How many were forgotten."""
    return db.execute("DELETE FROM meaning WHERE source = ?", (source,)).rowcount
