"""Reading and writing in whole transactions, and waiting for whoever writes meanwhile.

WAL with full sync: one sync for the transaction of a visit. When the last connection closes, SQLite folds the log
back, so a registry at rest is exactly one file that can be copied to a stick. That, and a new log, cost a program that
was alone four syncs more (counted by tests/bench/bench_visit.py); keeping the log would save two and lose visits.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING

from chronic.errors import RegistryUnusable
from chronic.store.opening import PATIENCE_S, Registry

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.store.seals import Seals

_SAID_AFTER_S = 1.0


@contextmanager
def translated(path: "str | Path") -> Iterator[None]:
    """SQLite's own complaints about the file as one clear error."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if busy(error):
            raise RegistryUnusable("registry.locked", path=path) from None
        if "readonly" in text:
            raise RegistryUnusable("registry.protected", path=path) from None
        if "unable to open" in text or "disk I/O" in text or "full" in text:
            raise RegistryUnusable("registry.unwritable", path=path, problem=text) from None
        if "decode" in text or "unsupported file format" in text:
            raise RegistryUnusable("registry.damaged", path=path) from None
        raise
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise RegistryUnusable("registry.damaged", path=path) from None
        raise
    except UnicodeDecodeError:  # a byte of a name in the schema
        raise RegistryUnusable("registry.damaged", path=path) from None


@contextmanager
def immediate(db: sqlite3.Connection) -> Iterator[None]:
    """One write transaction, all or nothing. Inside another one it simply takes part.

    Waits for another program that writes, for a minute at most. What was written is sealed before it is saved.
    """
    if db.in_transaction:
        yield
        return
    seals = _seals(db)
    patiently(db, "BEGIN IMMEDIATE")
    try:
        if seals is not None:
            seals.begin(db)
        yield
        if seals is not None:
            seals.renew(db)
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def _seals(db: sqlite3.Connection) -> "Seals | None":
    if not isinstance(db, Registry):
        return None
    if db.only_read:
        raise RegistryUnusable("registry.protected", path=db.file)
    if db.seals is None:
        from chronic.store.seals import Seals

        db.seals = Seals(db)
    return db.seals


def patiently(db: sqlite3.Connection, sql: str) -> None:
    """Execute what may have to wait for another program; says so after a second. Raises sqlite3.OperationalError when
    a minute was not enough."""
    began, told = monotonic(), False
    db.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                db.execute(sql).close()
                return
            except sqlite3.OperationalError as error:
                waited = monotonic() - began
                if not busy(error) or waited >= PATIENCE_S:
                    raise
            if waited >= _SAID_AFTER_S and not told and isinstance(db, Registry) and db.waits is not None:
                told = True
                db.waits()
            sleep(_pause(waited))
    finally:
        db.execute(f"PRAGMA busy_timeout = {int(1000 * PATIENCE_S)}")


def _pause(waited: float) -> float:
    """Until the next look. Whoever has waited longer looks more often, so that those who came first go first: SQLite's
    own waiting does the reverse, and of several who write without a break one may then wait for seconds. After a while
    it is one long transaction that is waited for."""
    return 0.02 if waited > 2 * _SAID_AFTER_S else max(0.0005, 0.008 - waited / 25)


def busy(error: Exception) -> bool:
    return "locked" in str(error) or "busy" in str(error)


@contextmanager
def overwriting(db: sqlite3.Connection) -> Iterator[None]:
    """What is deleted inside is overwritten in the file, and nothing of it stays in the log beside it."""
    db.execute("PRAGMA secure_delete = ON")
    try:
        yield
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.execute("PRAGMA secure_delete = OFF")


def others_wrote(db: sqlite3.Connection) -> int:
    """A number that is another one as soon as another connection has changed the file."""
    (version,) = db.execute("PRAGMA data_version").fetchone()
    return int(version)


@contextmanager
def checked_late(db: sqlite3.Connection, many: bool) -> Iterator[None]:
    """A write transaction; for `many` deletions references are checked once at its end, not with every row.

    Most references have no index from the far end, so checking each row would read whole tables each time.
    """
    if not many:
        with immediate(db):
            yield
        return
    db.execute("PRAGMA foreign_keys = OFF")
    try:
        with immediate(db):
            yield
            for table, *_ in db.execute("PRAGMA foreign_key_check"):
                raise sqlite3.IntegrityError(f"{table} refers to rows that are gone")
    finally:
        db.execute("PRAGMA foreign_keys = ON")


@contextmanager
def streaming(db: sqlite3.Connection) -> Iterator[None]:
    """Inside, a long list or a whole table is read once, front to back, as it stands now: whoever writes meanwhile is
    not in it. Few pages are kept, which is quicker and flat."""
    db.execute("PRAGMA cache_size = -2000")  # KiB
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("COMMIT")
