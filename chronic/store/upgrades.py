"""A registry of an earlier version becomes one of today's: every fact, column by column, in a file of today's schema.

Nothing is patched in the old file. What is derived is not taken over but written anew by whoever calls.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from chronic.errors import RegistryUnusable
from chronic.store import audit, opening, registry, seals, transactions
from chronic.store.opening import Registry
from chronic.store.stamp import Stamp

_TABLES = "SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_ELSEWHERE = ("disclosure",)
"""Tables whose rows stand in others now."""
_DISCLOSED = "SELECT command, recorded_at, recorded_by FROM old.disclosure ORDER BY id"
_COUNTED = """
UPDATE person_change SET counter = told.counter FROM (
  SELECT id, row_number() OVER (PARTITION BY person, field, about ORDER BY id) AS counter FROM person_change) AS told
WHERE told.id = person_change.id"""
"""Which change of a value came last was said by the order of the rows."""
_TAKEN_BACK = """
INSERT OR IGNORE INTO tombstone (uid)
SELECT value FROM deed, json_each(deed.removed) WHERE deed.removed IS NOT NULL ORDER BY deed.id, value"""
"""Rows that undo took away: a copy of the registry may still have them."""


def differences(db: sqlite3.Connection) -> Iterator[str]:
    """Names of the tables, indexes and views that are not what schema.sql says, are missing, or are not in it."""
    sql = "SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(registry.schema_text())
        wanted = {row[1]: row for row in fresh.execute(sql)}
    found = {row[1]: row for row in db.execute(sql)}
    for name in sorted(wanted.keys() | found.keys(), key=str):
        if wanted.get(name) != found.get(name) and not str(name).startswith("sqlite_stat"):
            yield str(name)


@contextmanager
def rebuilt(old: Path, new: Path, like: Registry) -> Iterator[Registry]:
    """A registry of today's schema at `new`, with every fact of `old`; nothing in it is derived or sealed yet. `like`: what
    it is encrypted as.

    Raises RegistryUnusable (`upgrade.failed`) naming the table where a row does not fit.
    """
    new.touch(mode=0o600)
    db = opening.opened(new, like=like)
    try:
        db.execute("PRAGMA journal_mode = OFF")  # thrown away if it fails, and copied over the old one if it does not
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA temp_store = MEMORY")
        db.execute("PRAGMA cache_size = -65536")  # KiB
        registry.lay_out(db)
        opening.attach(db, old, "old")
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("BEGIN")
        _take_over(db, old)
        if "counter" not in _columns(db, "old", "person_change"):
            db.execute(_COUNTED)
            db.execute(_TAKEN_BACK)
        if db.execute("SELECT 1 FROM old.sqlite_schema WHERE name = 'disclosure'").fetchone() is not None:
            for command, at, by in db.execute(_DISCLOSED).fetchall():
                audit.note(db, Stamp(at, 0, by, ""), "full", about=command)
        db.execute("COMMIT")
        db.execute("DETACH old")
        db.execute("PRAGMA foreign_keys = ON")
        yield db
    finally:
        db.close()


def _take_over(db: sqlite3.Connection, old: Path) -> None:
    there = {name for (name,) in db.execute(_TABLES.format(schema="main"))}
    for (table,) in db.execute(_TABLES.format(schema="old")).fetchall():
        if table in seals.DERIVED or table == "seal":
            continue
        with _named(old, table):
            (rows,) = db.execute(f'SELECT count(*) FROM old."{table}"').fetchone()
            if table not in there:
                if rows and table not in _ELSEWHERE:
                    raise sqlite3.IntegrityError("no such table")
                continue
            columns = ", ".join(f'"{name}"' for name in _columns(db, "old", table))
            db.execute(f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM old."{table}"')
            if db.execute(f'SELECT count(*) FROM main."{table}"').fetchone() != (rows,):
                raise sqlite3.IntegrityError("rows are missing")
    db.execute("DELETE FROM main.sqlite_sequence")  # ids of rows that are gone are not used again either
    db.execute(
        "INSERT INTO main.sqlite_sequence SELECT name, seq FROM old.sqlite_sequence WHERE name IN "
        f"({_TABLES.format(schema='main')})"
    )


def _columns(db: sqlite3.Connection, schema: str, table: str) -> list[str]:
    return [row[1] for row in db.execute(f'PRAGMA {schema}.table_info("{table}")')]


@contextmanager
def _named(old: Path, table: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise RegistryUnusable("upgrade.failed", path=old, table=table, problem=error) from None


def finish(db: Registry, stamp: Stamp, action: str, about: str | None = None) -> None:
    """Note what made this registry, seal the facts, and look whether all of it holds.

    Raises RegistryUnusable (`upgrade.failed`).
    """
    with transactions.immediate(db):
        audit.note(db, stamp, action, about=about)
        seals.seal_all(db)
    problems = [said for (said,) in db.execute("PRAGMA integrity_check(1)") if said != "ok"]
    problems += [f"{table} {row}" for table, row, *_ in db.execute("PRAGMA foreign_key_check")]
    if problems:
        raise RegistryUnusable("upgrade.failed", path=db.file, table="", problem=problems[0])
