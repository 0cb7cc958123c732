"""The whole registry copied, page by page: out of it while others write, or over it in one transaction."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from os import getpid
from pathlib import Path
from time import monotonic

from chronic.errors import ChronicError, RegistryUnusable, ValueRefused
from chronic.model.wording import say
from chronic.store import opening, registry, transactions
from chronic.store.opening import Registry

_PAGES = 1024  # in a step of a copy
_FEW_PAGES = 16  # in a step of an overwriting, whose first must not be its last
_PATIENCE_S = 60.0


_LOGS = ("-wal", "-shm", "-journal")


class Overtaken(Exception):
    """Somebody wrote into the registry while it was to be overwritten."""


def logs(path: Path) -> list[Path]:
    """What SQLite left beside this registry, or beside one that is gone: whatever takes that name would be read with it."""
    return [log for tail in _LOGS if (log := Path(f"{path}{tail}")).exists()]


def copy(db: Registry, target: Path, check: Callable[[Path], None]) -> int:
    """A copy of the registry as it is now, whoever writes meanwhile; its size in bytes.

    It appears whole, on the disk and after `check`, or not at all. Raises ValueRefused (`copy.unwritable`) where the
    folder cannot take it, and what `check` raises.
    """
    with appearing(target) as part:
        with closing(opening.opened(part, like=db)) as new:
            new.execute("PRAGMA journal_mode = OFF")
            new.execute("PRAGMA synchronous = OFF")  # synced as a whole below
            with snapshot(db):
                db.backup(new, pages=_PAGES)
            new.execute("PRAGMA journal_mode = DELETE")  # readable where nothing can be written, in a single file
        _sync(part)
        try:
            check(part)
        except RegistryUnusable as error:
            raise RegistryUnusable(error.code, **{**error.values, "path": target}) from None
        return part.stat().st_size


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """An empty file for its owner alone; what is written there is on the disk and at `target` when the block ends well.

    Raises ValueRefused (`copy.unwritable`)."""
    part = target.with_name(f".{target.name}.{getpid()}.part")
    try:
        with unwritable(target):
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            yield part
            _sync(part)
            part.replace(target)
            opening.sync_folder(target.parent)
    finally:
        for tail in ("", *_LOGS):
            with suppress(OSError):
                Path(f"{part}{tail}").unlink(missing_ok=True)


@contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """Everything read inside is of one moment, and a copy is not begun anew when somebody writes."""
    db.execute("BEGIN")
    try:
        db.execute("SELECT 1 FROM sqlite_schema").close()
        yield
    finally:
        db.execute("ROLLBACK")


@contextmanager
def unwritable(target: Path) -> Iterator[None]:
    """Turns what the disk says of the copy into one error: no space, a stick pulled out, no such folder."""
    try:
        yield
    except ChronicError:
        raise
    except OSError as error:
        raise ValueRefused("copy.unwritable", path=target, problem=error.strerror or error) from None
    except sqlite3.OperationalError as error:
        raise ValueRefused("copy.unwritable", path=target, problem=error) from None


def not_taken(error: sqlite3.Error) -> bool:
    """Did the disk not take what was to be written?"""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR_WRITE")) or "full" in str(error)


def sound(path: Path, mode: str = "immutable") -> None:
    """The file opens as a registry, and every page of it is read from the disk and hangs together.

    Raises RegistryUnusable: `copy.unsound`, `registry.locked`, and where its key is not found.
    """
    try:
        with closing(opening.opened(path, mode)) as db:
            registry.recognised(db)
            db.execute("PRAGMA ignore_check_constraints = ON")  # they guard typing; whether bytes changed is asked here
            (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except (sqlite3.DatabaseError, RegistryUnusable) as error:
        if isinstance(error, RegistryUnusable) and error.code.startswith(("key.", "cipher.", "registry.foreign")):
            raise
        if isinstance(error, sqlite3.OperationalError) and transactions.busy(error):
            raise RegistryUnusable("registry.locked", path=path) from None
        raise RegistryUnusable("copy.unsound", path=path, problem=_said(error)) from None
    if said != "ok":
        raise RegistryUnusable("copy.unsound", path=path, problem=said)


def _said(error: sqlite3.DatabaseError | RegistryUnusable) -> str:
    return say(error.code, **error.values) if isinstance(error, RegistryUnusable) else str(error)


class Watch:
    """Has anybody written into the registry since? Asked from a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._db = opening.opened(path)
        self._seen = transactions.others_wrote(self._db)

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def overtaken(self) -> bool:
        return transactions.others_wrote(self._db) != self._seen


def overwrite(path: Path, new: Registry, watch: Watch) -> None:
    """Make the registry at `path` what `new` is, in one transaction of its file: interrupted it stays as it was, and
    whoever has it open goes on with the new one. Raises Overtaken where somebody wrote since the watch began, and
    sqlite3.OperationalError when another program does not let go."""
    began = monotonic()

    def each_step(status: int, _left: int, _all: int) -> None:
        """Once a step was made nobody else can write, and nothing is saved before the last."""
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            if monotonic() - began > _PATIENCE_S:
                raise sqlite3.OperationalError("database is locked")
        elif status == sqlite3.SQLITE_OK and watch.overtaken():
            raise Overtaken

    with closing(opening.opened(path)) as target:
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = FULL")
        with snapshot(new):
            new.backup(target, pages=_FEW_PAGES, progress=each_step)


def _sync(path: Path) -> None:
    with path.open("rb+") as written:
        os.fsync(written.fileno())
