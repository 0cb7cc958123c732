"""Make a registry, open it, and say why it cannot be used."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from chronic.errors import RegistryUnusable, ValueRefused
from chronic.store import opening
from chronic.store.drives import elsewhere
from chronic.store.opening import Registry, key_of, opened_with, sealed_head, sync_folder
from chronic.store.transactions import immediate, patiently, translated

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

    from chronic.store.cipher import Key

_Kind = TypeVar("_Kind", bound=sqlite3.Connection)
SCHEMA_VERSION = 4
APPLICATION_ID = 0x63687263  # "chrc": tells a registry from any other SQLite file
_OLDEST_SQLITE = (3, 37, 0)  # STRICT tables


def schema_text() -> str:
    """schema.sql: from the installed package, else from the checkout (an editable install does not place it)."""
    from pathlib import Path

    packaged = Path(__file__).resolve().parents[1] / "schema.sql"
    source = packaged if packaged.is_file() else packaged.parents[1] / "schema.sql"
    return source.read_text(encoding="utf-8")


def create(
    path: "Path", settings: dict[str, str], editions: Sequence[tuple[str, str, str, str]], key: "Key | None" = None
) -> None:
    """Make a registry. `editions`: rows of (in force from, protocol, recorded_at, recorded_by). `key`: encrypt it.

    Raises ValueRefused (`registry.exists`, `registry.folder`) and RegistryUnusable (`registry.network`,
    `registry.half_restored`); a half-made file is removed.
    """
    if path.exists():
        raise ValueRefused("registry.exists", path=path)
    if os.path.exists(opening.left_by_restoring(path)):
        raise _absent(path)
    if elsewhere(path):
        raise RegistryUnusable("registry.network", path=path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        sync_folder(path.parent)
    except OSError as error:
        raise ValueRefused("registry.folder", path=path, problem=error.strerror or error) from None
    try:
        db = _set_up(opened_with(path, "rw", key), True, None)
        try:
            _fill(db, settings, editions)
        finally:
            db.close()
    except BaseException:
        for leftover in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            leftover.unlink(missing_ok=True)
        raise


def _fill(db: sqlite3.Connection, settings: dict[str, str], editions: Sequence[tuple[str, str, str, str]]) -> None:
    lay_out(db)
    from chronic.store import audit
    from chronic.store.stamp import Stamp

    library = wrap(db)
    with immediate(db):
        library.table("setting").insert_all({"key": key, "value": value} for key, value in settings.items())
        columns = ("in_force_from", "protocol", "recorded_at", "recorded_by")
        library.table("edition").insert_all(dict(zip(columns, row, strict=True)) for row in editions)
        for _from, protocol, at, by in editions[:1]:
            audit.note(db, Stamp(at, 0, by, ""), "init", about=protocol)


def lay_out(db: sqlite3.Connection) -> None:
    """Make an empty file a registry without rows."""
    db.executescript(schema_text())
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def in_memory(kind: type[_Kind]) -> _Kind:
    """An empty registry that is no file."""
    db = sqlite3.connect(":memory:", isolation_level=None, factory=kind)
    lay_out(db)
    return db


def _absent(path: "str | Path") -> RegistryUnusable:
    """There is none, or nobody may look whether there is."""
    try:
        os.stat(path)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        return RegistryUnusable("file.unusable", path=path, problem=getattr(error, "strerror", None) or error)
    left = opening.left_by_restoring(path)
    if os.path.exists(left):
        return RegistryUnusable("registry.half_restored", path=path, left=left)
    return RegistryUnusable("registry.missing", path=path)


def connect(path: "str | Path", waits: Callable[[], None] | None = None) -> Registry:
    """An open registry. Raises RegistryUnusable: missing, half restored, on a network drive, foreign, newer, older, damaged,
    locked, unreadable, or encrypted and without its key.

    `waits` is called when another program has kept this one waiting for a second. A file that is write-protected, or
    lies in a folder that is, is opened for reading. sqlite3's own transaction handling is off; every write goes
    through `immediate`.
    """
    if not os.path.isfile(path):
        raise _absent(path)
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise RegistryUnusable("registry.sqlite_old", version=sqlite3.sqlite_version)
    if elsewhere(path):
        raise RegistryUnusable("registry.network", path=path)
    key = key_of(path)
    try:
        with translated(path):
            if opening.only_readable(path):
                return _set_up(opened_with(path, "immutable", key), False, waits, only_read=True)
            return _set_up(opened_with(path, "rw", key), False, waits)
    except RegistryUnusable as error:
        if error.code in ("registry.damaged", "registry.foreign") and os.path.exists(path) and _key_changed(path, key):
            raise RegistryUnusable("registry.locked", path=path) from None
        raise


def _set_up(db: Registry, fresh: bool, waits: Callable[[], None] | None, only_read: bool = False) -> Registry:
    db.waits, db.only_read = waits, only_read
    try:
        if not fresh:
            patiently(db, "SELECT 1 FROM sqlite_schema LIMIT 1")
            if recognised(db) < SCHEMA_VERSION:
                raise RegistryUnusable("registry.older", path=db.file)
        if not only_read:
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA cache_size = -32768")  # KiB, taken only as needed
    except BaseException:
        db.close()
        raise
    return db


def _key_changed(path: "str | Path", key: "Key | None") -> bool:
    """Did it get another key, or none, while we waited to open it?"""
    return sealed_head(path) != (b"" if key is None else key.head)


def recognised(db: Registry) -> int:
    """The schema's version; raises RegistryUnusable if this is no registry, or one of a newer program."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID or version == 0:
        raise RegistryUnusable("registry.foreign", path=db.file)
    if version > SCHEMA_VERSION:
        raise RegistryUnusable("registry.newer", path=db.file)
    return int(version)


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


def prepare_to_load(db: sqlite3.Connection) -> None:
    """Before a sheet of any size is written: its rows fall all over the indexes, so more pages are kept."""
    db.execute("PRAGMA cache_size = -65536")  # KiB


@contextmanager
def without_collector() -> Iterator[None]:
    """Rows make no cycles; looking for them after every few hundred only costs time."""
    import gc

    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def settings(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT key, value FROM setting"))
