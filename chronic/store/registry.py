"""Open, create and write the registry file.

WAL with full sync: one sync for the transaction of a visit. When the last connection closes, SQLite folds the log
back, so a registry at rest is exactly one file that can be copied to a stick. That, and a new log, cost a program that
was alone four syncs more (counted by tests/bench/bench_visit.py); keeping the log would save two and lose visits.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from chronic.errors import RegistryUnusable, ValueRefused

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

SCHEMA_VERSION = 3
APPLICATION_ID = 0x63687263  # "chrc": tells a registry from any other SQLite file
_OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
_WAIT_S = 15.0
_IN_URI = str.maketrans({"%": "%25", "?": "%3F", "#": "%23"})


def schema_text() -> str:
    """schema.sql: from the installed package, else from the checkout (an editable install does not place it)."""
    from pathlib import Path

    packaged = Path(__file__).resolve().parents[1] / "schema.sql"
    source = packaged if packaged.is_file() else packaged.parents[1] / "schema.sql"
    return source.read_text(encoding="utf-8")


def create(path: "Path", settings: dict[str, str], editions: Sequence[tuple[str, str, str, str]]) -> None:
    """Make a registry. `editions`: rows of (in force from, protocol, recorded_at, recorded_by).

    Raises ValueRefused (`registry.exists`, `registry.folder`); a half-made file is removed.
    """
    if path.exists():
        raise ValueRefused("registry.exists", path=path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise ValueRefused("registry.folder", path=path, problem=error.strerror or error) from None
    try:
        db = connect(path, fresh=True)
        try:
            _fill(db, settings, editions)
        finally:
            db.close()
    except BaseException:
        for leftover in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            leftover.unlink(missing_ok=True)
        raise


def _fill(db: sqlite3.Connection, settings: dict[str, str], editions: Sequence[tuple[str, str, str, str]]) -> None:
    db.executescript(schema_text())
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    from chronic.store import audit
    from chronic.store.stamp import Stamp

    library = wrap(db)
    with immediate(db):
        library.table("setting").insert_all({"key": key, "value": value} for key, value in settings.items())
        columns = ("in_force_from", "protocol", "recorded_at", "recorded_by")
        library.table("edition").insert_all(dict(zip(columns, row, strict=True)) for row in editions)
        for _from, protocol, at, by in editions[:1]:
            audit.note(db, Stamp(at, 0, by, ""), "init", about=protocol)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def connect(path: "str | Path", fresh: bool = False) -> sqlite3.Connection:
    """An open registry. Raises RegistryUnusable: missing, foreign, newer, older, damaged, locked or unreadable.

    sqlite3's own transaction handling is off; every write goes through `immediate`.
    """
    if not os.path.isfile(path):
        raise RegistryUnusable("registry.missing", path=path)
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise RegistryUnusable("registry.sqlite_old", version=sqlite3.sqlite_version)
    db = sqlite3.connect(f"file:{str(path).translate(_IN_URI)}?mode=rw", uri=True, timeout=_WAIT_S, isolation_level=None)
    try:
        with translated(path):
            if not fresh:
                _recognise(db, path)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute("PRAGMA cache_size = -32768")  # KiB, taken only as needed
    except BaseException:
        db.close()
        raise
    return db


def _recognise(db: sqlite3.Connection, path: "str | Path") -> None:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID or version == 0:
        raise RegistryUnusable("registry.foreign", path=path)
    if version > SCHEMA_VERSION:
        raise RegistryUnusable("registry.newer", path=path)
    if version < SCHEMA_VERSION:
        raise RegistryUnusable("registry.older", path=path)


@contextmanager
def translated(path: "str | Path") -> Iterator[None]:
    """SQLite's own complaints about the file as one clear error."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            raise RegistryUnusable("registry.locked", path=path) from None
        if "readonly" in text or "unable to open" in text or "disk I/O" in text or "full" in text:
            raise RegistryUnusable("registry.unwritable", path=path, problem=text) from None
        raise
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise RegistryUnusable("registry.damaged", path=path) from None
        raise


@contextmanager
def immediate(db: sqlite3.Connection) -> Iterator[None]:
    """One write transaction, all or nothing. Inside another one it simply takes part."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


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


def wrap(db: sqlite3.Connection) -> "Database":
    """sqlite-utils over this connection, without its plugins and without the pandas it would import."""
    import sys

    blocked = [name for name in ("pandas", "numpy", "pysqlite3") if name not in sys.modules]
    for name in blocked:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        from sqlite_utils import Database
    finally:
        for name in blocked:
            del sys.modules[name]
    return Database(db, execute_plugins=False)


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


def prepare_to_load(db: sqlite3.Connection) -> None:
    """Before a sheet of any size is written: its rows fall all over the indexes, so more pages are kept."""
    db.execute("PRAGMA cache_size = -65536")  # KiB


def settings(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT key, value FROM setting"))
