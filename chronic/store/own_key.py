"""A registry's own key pair for bundles, where it is kept in the registry: only in one that is encrypted."""

import sqlite3

from chronic.store.transactions import immediate, overwriting

_READ = "SELECT value FROM setting WHERE key = 'bundle_key'"
_WRITE = "INSERT INTO setting (key, value) VALUES ('bundle_key', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_FORGET = "DELETE FROM setting WHERE key = 'bundle_key'"


def read(db: sqlite3.Connection) -> str | None:
    row = db.execute(_READ).fetchone()
    return row and str(row[0])


def write(db: sqlite3.Connection, text: str) -> None:
    with immediate(db):
        db.execute(_WRITE, (text,))


def forget(db: sqlite3.Connection) -> None:
    """Nothing of it stays in the file."""
    with overwriting(db), immediate(db):
        db.execute(_FORGET)


def carry(now: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Let `new`, which is to take the place of `now`, have its key where it has none."""
    text = read(now)
    if text is not None and read(new) is None:
        write(new, text)
