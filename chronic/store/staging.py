"""A file's values on their way into rows: put down in any order, taken up by person and row.

They lie in a database of their own on the disk, so that memory does not grow with the file: beside the registry, for its
user alone, under a key nobody keeps where the registry is encrypted, and without a name as soon as it is open, where the
system lets that be. The index is there from the beginning: one made at the end is sorted in the system's folder for
temporary files or in memory, whatever its size (1,500,000 values: put down in 25 s instead of 14 s, 52 MB instead of 80 MB).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from chronic.store import cipher, opening
from chronic.store.backroom import backroom

_SCHEMA = """
CREATE TABLE said (holds TEXT, whose TEXT, about TEXT, place TEXT, line INTEGER, name TEXT, text TEXT, problem TEXT,
                   detail TEXT);
CREATE INDEX said_order ON said (holds, whose, about, place, line);
CREATE TABLE seen (what TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID;
"""
_INSERT = "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ORDERED = """
SELECT whose, about, place, line, name, text, problem, detail FROM said WHERE holds = ?
ORDER BY whose, about, place, line, name, text"""
_KEY = "SELECT text FROM said WHERE holds = 'people' AND whose = ? AND name = 'uid' ORDER BY line LIMIT 1"
_CACHE_KB = 32_000


class Said(NamedTuple):
    """One value. `whose`: the person; `about`: which row of theirs, '' where it is so of all of them; `place`: what
    orders values of one row, apart from their lines in the file. `problem`: the code of what is wrong with it."""

    holds: str
    whose: str
    about: str
    place: str
    line: int
    name: str
    text: str
    problem: str = ""
    detail: str = ""


class Staging:
    """The values of one file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, values: Iterable[Said]) -> None:
        self._db.executemany(_INSERT, values)

    def seen(self, what: str, line: int) -> int | None:
        """The line where this stood before; None, and remembered, where it did not."""
        if self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (what, line)).rowcount:
            return None
        found: tuple[int] = self._db.execute("SELECT line FROM seen WHERE what = ?", (what,)).fetchone()
        return found[0]

    def holds(self, holds: str) -> bool:
        return self._db.execute("SELECT 1 FROM said WHERE holds = ? LIMIT 1", (holds,)).fetchone() is not None

    def uid(self, whose: str) -> str | None:
        row = self._db.execute(_KEY, (whose,)).fetchone()
        return row and str(row[0])

    def of_everyone(self, holds: str) -> Iterator[tuple[str, list[Said]]]:
        """(whose, their values in order), by `whose`."""
        rows = self._db.execute(_ORDERED, (holds,))
        for whose, found in groupby((Said(holds, *row) for row in rows), key=lambda said: said.whose):
            yield whose, list(found)


@contextmanager
def staging(beside: Path, now_ms: int, sealed: bool = False) -> Iterator[Staging]:
    """An empty one, gone afterwards. `beside`: the registry; `sealed`: nobody can read what lies there meanwhile."""
    with backroom(beside, now_ms) as room:
        path = room / "values.db"
        key = cipher.passing() if sealed else None
        with closing(opening.opened_with(path, "rwc", key)) as db:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
            db.executescript(_SCHEMA)
            with suppress(OSError):
                path.unlink()  # a program that is killed leaves nothing
            db.execute("BEGIN")  # never committed: a statement by itself costs a transaction each
            yield Staging(db)
