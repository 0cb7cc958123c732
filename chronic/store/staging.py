"""A file's values on their way into rows: put down in any order, taken up by person and row. They lie in a temporary
database on the disk, so that memory does not grow with the file."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from typing import NamedTuple

_SCHEMA = """
CREATE TABLE said (holds TEXT, whose TEXT, about TEXT, place TEXT, line INTEGER, name TEXT, text TEXT, problem TEXT,
                   detail TEXT);
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

    def ready(self) -> None:
        """Everything is put down."""
        self._db.execute("CREATE INDEX said_order ON said (holds, whose, about, place, line)")

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
def staging() -> Iterator[Staging]:
    """An empty one, gone afterwards."""
    with closing(sqlite3.connect("", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        db.executescript(_SCHEMA)
        db.execute("BEGIN")  # never committed: a statement by itself costs a transaction each
        yield Staging(db)
