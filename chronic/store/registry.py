"""Open, create and write the registry file.

WAL with full sync: one sync for the transaction of a visit. When the last connection closes, SQLite folds the log
back, so a registry at rest is exactly one file that can be copied to a stick. That, and a new log, cost a program that
was alone four syncs more (counted by tests/bench/bench_visit.py); keeping the log would save two and lose visits.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from errno import EINVAL, ENOTSUP
from time import monotonic, sleep
from typing import TYPE_CHECKING
from weakref import WeakSet

from chronic.errors import RegistryUnusable, ValueRefused
from chronic.store.drives import elsewhere

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

    from chronic.store.cipher import Key
    from chronic.store.seals import Seals

SCHEMA_VERSION = 4
APPLICATION_ID = 0x63687263  # "chrc": tells a registry from any other SQLite file
_OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
_PATIENCE_S = 60.0  # for another program that writes
_SAID_AFTER_S = 1.0
SEALED = b"chr\x01"
HEAD_BYTES = 16
"""How an encrypted registry begins, and how many of its bytes are not encrypted (`store.cipher`)."""
_IN_URI = str.maketrans({"%": "%25", "?": "%3F", "#": "%23"})


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

    Raises ValueRefused (`registry.exists`, `registry.folder`) and RegistryUnusable (`registry.network`); a half-made file
    is removed.
    """
    if path.exists():
        raise ValueRefused("registry.exists", path=path)
    if elsewhere(path):
        raise RegistryUnusable("registry.network", path=path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        sync_folder(path.parent)
    except OSError as error:
        raise ValueRefused("registry.folder", path=path, problem=error.strerror or error) from None
    try:
        db = _set_up(_opened(path, "rw", key), True, None)
        try:
            _fill(db, settings, editions)
        finally:
            db.close()
    except BaseException:
        for leftover in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            leftover.unlink(missing_ok=True)
        raise


def sync_folder(folder: "Path") -> None:
    """The names in a folder are on the disk too, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (EINVAL, ENOTSUP):  # some sticks and shares know no such thing
            raise
    finally:
        os.close(handle)


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


class _OfAnyKind(type):
    """An encrypted one (`sqlcipher.Sealed`) is no sqlite3.Connection and does all that one does."""

    def __instancecheck__(cls, db: object) -> bool:
        return hasattr(db, "only_read")


class Registry(sqlite3.Connection, metaclass=_OfAnyKind):
    """An open registry: its key, who is told that it waits for another program, and what seals its facts."""

    file: "str | Path" = ""
    key: "Key | None" = None
    waits: Callable[[], None] | None = None
    seals: "Seals | None" = None
    only_read = False


_open: WeakSet[Registry] = WeakSet()
_unlock: ContextVar[Callable[["str | Path", bytes], "Key"]] = ContextVar("unlock")


def opened(path: "str | Path", mode: str = "rw", like: "Registry | None" = None) -> Registry:
    """The file as SQLite opens it, in this URI mode. `like`: an empty file will be encrypted as this one is.

    Raises RegistryUnusable where it is encrypted and its key is not found.
    """
    return _opened(path, mode, like.key if like is not None else key_of(path))


def _opened(path: "str | Path", mode: str, key: "Key | None") -> Registry:
    if key is None:
        db: Registry = sqlite3.connect(
            uri(path, mode), uri=True, timeout=_PATIENCE_S, isolation_level=None, factory=Registry
        )
    else:
        from chronic.store import cipher

        db = cipher.opened(uri(path, mode), key, _PATIENCE_S)
    db.file = path
    _open.add(db)
    return db


def key_of(path: "str | Path") -> "Key | None":
    """None if it is not encrypted. A file this process has open is not looked at: closing it would take away the locks
    of that connection (POSIX), and another program could then write over its log."""
    for other in _open:
        with suppress(Exception):  # it was closed; the file has gone
            if other.total_changes >= 0 and os.path.samefile(other.file, path):
                return other.key
    head = sealed_head(path)
    return _unlock.get(_no_key)(path, head) if head else None


def attach(db: Registry, path: "str | Path", name: str) -> None:
    """Another registry, only read, under a name of its own. Raises RegistryUnusable (key.attach): one that is not
    encrypted can read no encrypted one."""
    key = key_of(path)
    if db.key is None and key is not None:
        raise RegistryUnusable("key.attach", path=path)
    if db.key is None:
        db.execute(f"ATTACH ? AS {name}", (uri(path, "immutable"),))
    else:
        db.execute(f"ATTACH ? AS {name} KEY ?", (uri(path, "immutable"), "" if key is None else key.raw))


def _no_key(path: "str | Path", _head: bytes) -> "Key":
    raise RegistryUnusable("key.missing", path=path)


def sealed_head(path: "str | Path") -> bytes:
    """The first bytes of an encrypted registry; none of any other file. Not for one that is open."""
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return b""
    return head if head.startswith(SEALED) and len(head) == HEAD_BYTES else b""


def replaced(path: "str | Path") -> str:
    """What the old file is called from the moment an encrypted one takes its place until it is overwritten."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.old")


@contextmanager
def unlocked_by(unlock: Callable[["str | Path", bytes], "Key"]) -> Iterator[None]:
    """Inside, `unlock(path, head)` finds the key of an encrypted registry, asks for it, or raises."""
    token = _unlock.set(unlock)
    try:
        yield
    finally:
        _unlock.reset(token)


def uri(path: "str | Path", mode: str) -> str:
    """`immutable`: a file that nobody writes meanwhile, and beside which nothing can be written."""
    return f"file:{str(path).translate(_IN_URI)}?{'immutable=1' if mode == 'immutable' else f'mode={mode}'}"


def connect(path: "str | Path", waits: Callable[[], None] | None = None) -> Registry:
    """An open registry. Raises RegistryUnusable: missing, on a network drive, foreign, newer, older, damaged, locked,
    unreadable, or encrypted and without its key.

    `waits` is called when another program has kept this one waiting for a second. A file that is write-protected, or
    lies in a folder that is, is opened for reading. sqlite3's own transaction handling is off; every write goes
    through `immediate`.
    """
    if not os.path.isfile(path):
        raise RegistryUnusable("registry.missing", path=path)
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise RegistryUnusable("registry.sqlite_old", version=sqlite3.sqlite_version)
    if elsewhere(path):
        raise RegistryUnusable("registry.network", path=path)
    key = key_of(path)
    try:
        with translated(path):
            if only_readable(path):
                return _set_up(_opened(path, "immutable", key), False, waits, only_read=True)
            return _set_up(_opened(path, "rw", key), False, waits)
    except RegistryUnusable as error:
        if error.code in ("registry.damaged", "registry.foreign") and os.path.exists(path) and _key_changed(path, key):
            raise RegistryUnusable("registry.locked", path=path) from None
        raise


def _set_up(db: Registry, fresh: bool, waits: Callable[[], None] | None, only_read: bool = False) -> Registry:
    db.waits, db.only_read = waits, only_read
    try:
        if not fresh:
            _patiently(db, "SELECT 1 FROM sqlite_schema LIMIT 1")
            if recognised(db) < SCHEMA_VERSION:
                raise RegistryUnusable("registry.older", path=db.file)
        if not only_read:
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA temp_store = MEMORY")
        db.execute("PRAGMA cache_size = -32768")  # KiB, taken only as needed
    except BaseException:
        db.close()
        raise
    return db


def _key_changed(path: "str | Path", key: "Key | None") -> bool:
    """Did it get another key, or none, while we waited to open it?"""
    return sealed_head(path) != (b"" if key is None else key.head)


def only_readable(path: "str | Path") -> bool:
    """Is the file or its folder write-protected? Then nobody here writes it, and SQLite, which would want files of its
    own beside it, is told so; not where such a file is there already and may hold what the registry does not yet."""
    folder = os.path.dirname(os.path.abspath(path))
    if os.access(path, os.W_OK) and os.access(folder, os.W_OK):
        return False
    try:
        return os.stat(f"{path}-wal").st_size == 0
    except OSError:
        return True


def recognised(db: Registry) -> int:
    """The schema's version; raises RegistryUnusable if this is no registry, or one of a newer program."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID or version == 0:
        raise RegistryUnusable("registry.foreign", path=db.file)
    if version > SCHEMA_VERSION:
        raise RegistryUnusable("registry.newer", path=db.file)
    return int(version)


@contextmanager
def translated(path: "str | Path") -> Iterator[None]:
    """SQLite's own complaints about the file as one clear error."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if _busy(error):
            raise RegistryUnusable("registry.locked", path=path) from None
        if "readonly" in text:
            raise RegistryUnusable("registry.protected", path=path) from None
        if "unable to open" in text or "disk I/O" in text or "full" in text:
            raise RegistryUnusable("registry.unwritable", path=path, problem=text) from None
        if "decode" in text:
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
    _patiently(db, "BEGIN IMMEDIATE")
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


def _patiently(db: sqlite3.Connection, sql: str) -> None:
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
                if not _busy(error) or waited >= _PATIENCE_S:
                    raise
            if waited >= _SAID_AFTER_S and not told and isinstance(db, Registry) and db.waits is not None:
                told = True
                db.waits()
            sleep(_pause(waited))
    finally:
        db.execute(f"PRAGMA busy_timeout = {int(1000 * _PATIENCE_S)}")


def _pause(waited: float) -> float:
    """Until the next look. Whoever has waited longer looks more often, so that those who came first go first: SQLite's
    own waiting does the reverse, and of several who write without a break one may then wait for seconds. After a while
    it is one long transaction that is waited for."""
    return 0.02 if waited > 2 * _SAID_AFTER_S else max(0.0005, 0.008 - waited / 25)


def _busy(error: Exception) -> bool:
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
