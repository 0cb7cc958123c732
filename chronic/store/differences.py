"""What one registry has recorded and another has not."""

import sqlite3
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from chronic.store import opening, seals, transactions
from chronic.store.opening import Registry

_WITH_UID = """
SELECT t.name FROM main.sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND c.name = 'uid' ORDER BY t.name"""
_STAMPED = """
SELECT t.name FROM main.sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND c.name = 'recorded_at' ORDER BY t.name"""
_DEEDS = """
SELECT kind, person, recorded_at, recorded_by FROM main.deed
WHERE undone_at IS NULL AND (recorded_at, recorded_by, kind, added) NOT IN
  (SELECT recorded_at, recorded_by, kind, added FROM other.deed) ORDER BY id DESC"""


class Entry(NamedTuple):
    """One deed: its kind, the person's number (None for a sheet), when and by whom."""

    kind: str
    person: int | None
    at: str
    by: str


class Missing(NamedTuple):
    """Rows that the other one has not, by table, and the entries they come from, the latest first."""

    rows: Counter[str]
    entries: list[Entry]


def missing(db: Registry, other: Path) -> Missing:
    """What this registry has recorded and the file has not: rows are told apart by their uids, whatever the clocks said."""
    opening.attach(db, other, "other")
    try:
        there = {name for (name,) in db.execute("SELECT name FROM other.sqlite_schema WHERE type = 'table'")}
        found: Counter[str] = Counter()
        for (table,) in db.execute(_WITH_UID).fetchall():
            where = f'WHERE uid NOT IN (SELECT uid FROM other."{table}")' if table in there else ""
            (found[table],) = db.execute(f'SELECT count(*) FROM main."{table}" {where}').fetchone()
        entries = [Entry(*row) for row in db.execute(_DEEDS)] if "deed" in there else []
    finally:
        db.execute("DETACH other")
    return Missing(+found, entries)


def rows(db: Registry) -> Counter[str]:
    """How many rows of facts there are, by table."""
    return Counter(
        {table.name: db.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0] for table in seals.tables(db)}
    )


def newest(db: sqlite3.Connection) -> str | None:
    """The latest instant at which anything was recorded."""
    tables = [name for (name,) in db.execute(_STAMPED)]
    found = (db.execute(f'SELECT max(recorded_at) FROM "{name}"').fetchone()[0] for name in tables)
    return max((at for at in found if at is not None), default=None)


def carry_numbers(now: sqlite3.Connection, new: Registry) -> None:
    """Let `new` go on counting where `now` is: ids, and numbers that stand on paper, are never given twice."""
    ends = now.execute("SELECT name, seq FROM sqlite_sequence WHERE name <> 'audit'").fetchall()  # its end is its last row
    slips = now.execute("SELECT year, last FROM slip_series").fetchall() if _has(now, "slip_series") else []
    with transactions.immediate(new):
        for name, seq in ends:
            new.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (seq, name))
            new.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2 WHERE NOT EXISTS"
                " (SELECT 1 FROM sqlite_sequence WHERE name = ?1) AND EXISTS"
                " (SELECT 1 FROM sqlite_schema WHERE name = ?1)",
                (name, seq),
            )
        new.executemany(
            "INSERT INTO slip_series (year, last) VALUES (?, ?)"
            " ON CONFLICT (year) DO UPDATE SET last = max(last, excluded.last)",
            slips,
        )


def _has(db: sqlite3.Connection, table: str) -> bool:
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone() is not None
