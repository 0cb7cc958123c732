"""What the unattended run leaves in the registry, and the newest moment anything was written there."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from chronic.store.transactions import immediate

_RAN, _INSTALLED, _KEEP, _BACKUP_TO = "nightly", "nightly_installed", "nightly_keep", "nightly_backup_to"
_INCOMING, _OUTGOING = "nightly_incoming", "nightly_outgoing"
_OWN = "origin = (SELECT value FROM setting WHERE key = 'origin')"
_BY_RULE = {
    "task": "kind = 'typed'", "task_event": "NOT by_rule", "deed": "kind <> 'bundle.merge'", "bundle_taken": "0",
    "bundle_sent": "0",
}  # fmt: skip
"""What a night writes by itself does not count: one under a wrong clock would stop all those after it."""
_STAMPED = """
SELECT t.name, EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS o WHERE o.name = 'origin')
FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND c.name = 'recorded_at'"""


class Nights(NamedTuple):
    """`ran_at`: the instant of the last run; `clean`: nothing failed in it; `installed_at`: since when it is scheduled."""

    ran_at: str | None
    clean: bool
    installed_at: str | None


def read(settings: Mapping[str, str]) -> Nights:
    ran = json.loads(settings.get(_RAN, "{}"))
    return Nights(ran.get("at"), ran.get("exit", 0) == 0, settings.get(_INSTALLED))


def remember_run(db: sqlite3.Connection, at: str, day: str, exit_code: int) -> None:
    _keep(db, _RAN, json.dumps({"at": at, "day": day, "exit": exit_code}))


def remember_installed(db: sqlite3.Connection, at: str) -> None:
    _keep(db, _INSTALLED, at)


def kept(settings: Mapping[str, str]) -> int | None:
    """How many dated folders are to stay, where somebody said so."""
    return int(settings[_KEEP]) if _KEEP in settings else None


def remember_kept(db: sqlite3.Connection, folders: int) -> None:
    _keep(db, _KEEP, str(folders))


def backup_to(settings: Mapping[str, str]) -> str | None:
    """The folder backups go to, where somebody named one."""
    return settings.get(_BACKUP_TO)


def remember_backup_to(db: sqlite3.Connection, folder: str) -> None:
    _keep(db, _BACKUP_TO, folder)


def incoming(settings: Mapping[str, str]) -> str | None:
    """The folder bundles arrive in, where somebody named one."""
    return settings.get(_INCOMING)


def remember_incoming(db: sqlite3.Connection, folder: str) -> None:
    _keep(db, _INCOMING, folder)


def outgoing(settings: Mapping[str, str]) -> str | None:
    """The folder for the next bundle of everybody trusted, where somebody named one."""
    return settings.get(_OUTGOING)


def remember_outgoing(db: sqlite3.Connection, folder: str) -> None:
    _keep(db, _OUTGOING, folder)


def forget(db: sqlite3.Connection) -> None:
    """The run was taken off the schedule on purpose, so nobody misses it any more."""
    with immediate(db):
        db.execute("DELETE FROM setting WHERE key IN (?, ?)", (_RAN, _INSTALLED))


def _keep(db: sqlite3.Connection, key: str, value: str) -> None:
    with immediate(db):
        db.execute(
            "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )


def newest_entry(db: sqlite3.Connection) -> str | None:
    """The latest `recorded_at` of any table, of what somebody entered here: what a bundle brought was recorded by other
    clocks. It is read row by row: no index pays for a question asked once a night."""
    from chronic.store.travelling import TRAVELLING  # half the house, for a question asked once a night

    newest = []
    for name, has_origin in db.execute(_STAMPED).fetchall():
        if name in TRAVELLING and not has_origin:
            continue  # no telling who wrote it; what was written here has its deed
        where = [_BY_RULE.get(name, "1"), *([_OWN] if has_origin else [])]
        newest.append(db.execute(f'SELECT max(recorded_at) FROM "{name}" WHERE {" AND ".join(where)}').fetchone()[0])
    return max((at for at in newest if at is not None), default=None)


def anybody(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM person LIMIT 1").fetchone() is not None


@contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """Everything read inside is of one moment, whoever writes meanwhile."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
