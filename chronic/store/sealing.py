"""Encrypt a registry where it lies, decrypt it, or put it under another key.

The new file is written whole beside the old one, compared with it row by row, and takes its place in one step; until
then an interruption leaves the old file as it was. Nobody else may have the registry open meanwhile: what they wrote
would be lost with the old file. That file is then overwritten, which a disk that remaps its blocks (SSD, stick, copying
file system) may do somewhere else: `chronic encrypt` says so.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from errno import EIO
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from chronic.errors import RegistryUnusable
from chronic.store import cipher, opening, registry, transactions
from chronic.store.cipher import Key
from chronic.store.opening import Registry

_WAIT_S, _SOON_S = 15.0, 0.2
_AT_ONCE = 1 << 20
_OURS = "FROM {of}.sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_TABLES = f"SELECT name {_OURS} AND type = 'table'"
_SCHEMA = f"SELECT type, name, tbl_name, sql {_OURS} ORDER BY type, name"


class Places(NamedTuple):
    """The registry, the file that is to take its place, and the old one once that happened."""

    path: Path
    new: Path
    old: Path


def places(path: Path) -> Places:
    new, old = map(Path, opening.left_by_sealing(path))
    return Places(path, new, old)


def reseal(path: Path, old: Key | None, new: Key | None, note: Callable[[Registry], None] | None = None) -> bool:
    """Under the key `new` in the place of `old`; None: not encrypted. Was all of the old file overwritten?

    `note` writes down in the old file that this begins, and by whom: the new one is a copy of it.

    Raises RegistryUnusable: locked, unwritable, damaged, cipher.missing.
    """
    where = places(path)
    try:
        with transactions.translated(path), closing(_alone(path, old)) as db:
            forget_old(path)
            discard(where.new)
            if note is not None:
                with transactions.immediate(db):
                    note(db)
            try:
                _copy(db, where.new, new)
                return _swap(db, where)
            finally:
                discard(where.new)
    except OSError as error:
        raise RegistryUnusable("registry.unwritable", path=path, problem=error.strerror or error) from None


def settle(path: "str | Path", key: Key | None) -> None:
    """What an interruption left beside the registry goes, once that proves whole and nobody is at work on it."""
    with suppress(sqlite3.Error, RegistryUnusable), closing(cipher.opened(opening.uri(path, "rw"), key, _SOON_S)) as db:
        if db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
            forget_old(path)
            with suppress(OSError):
                discard(places(Path(path)).new)


def forget_old(path: "str | Path") -> None:
    """Overwrite the old file, where an interruption came between its replacement and that."""
    where = places(Path(path))
    with suppress(OSError):
        if where.old.samefile(path):  # not replaced yet
            where.old.unlink()
        else:
            discard(where.old)


def discard(path: Path) -> None:
    """Overwrite a file and remove it."""
    with suppress(FileNotFoundError):
        _overwrite(path)
        path.unlink()


def _alone(path: Path, key: Key | None) -> Registry:
    """The registry, and nobody else may open it until this connection closes."""
    db = cipher.opened(opening.uri(path, "rw"), key, _WAIT_S)  # of both kinds, so that it can copy one to the other
    db.file = path
    try:
        registry.recognised(db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _no_log(db, path)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute("COMMIT")
        _no_log(db, path)  # who came in between may have begun one; from now on nobody does
        return db
    except BaseException:
        db.close()
        raise


def _no_log(db: Registry, path: Path) -> None:
    """Whatever this registry has is in its one file: a log left beside it would be taken for one of the file that gets its
    name. Refused while another connection is open. A disk that fails here is not always said to: then the mode stays."""
    (mode,) = db.execute("PRAGMA journal_mode = DELETE").fetchone()
    if mode != "delete" or path.with_name(f"{path.name}-wal").exists():
        raise OSError(EIO, os.strerror(EIO))


def copy(path: Path, old: Key | None, new: Path, key: Key | None) -> None:
    """A copy of a registry, which nobody has open, under another key, written row by row and compared. Raises
    RegistryUnusable."""
    with closing(cipher.opened(opening.uri(path, "rw"), old, _WAIT_S)) as db:
        db.file = path
        _copy(db, new, key)


def _copy(db: Registry, new: Path, key: Key | None) -> None:
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    db.execute("ATTACH ? AS fresh KEY ?", (str(new), key.raw if key is not None else ""))
    db.execute("PRAGMA fresh.journal_mode = OFF")
    db.execute("PRAGMA fresh.synchronous = OFF")  # as a whole, below
    db.execute("SELECT sqlcipher_export('fresh')")
    for pragma in ("application_id", "user_version"):
        (value,) = db.execute(f"PRAGMA main.{pragma}").fetchone()
        db.execute(f"PRAGMA fresh.{pragma} = {value}")
    db.execute("DETACH fresh")
    _sync(new)
    db.execute("ATTACH ? AS fresh KEY ?", (str(new), key.raw if key is not None else ""))  # as it lies on the disk
    _compare(db, new)
    db.execute("DETACH fresh")


def _compare(db: Registry, new: Path) -> None:
    """Raises RegistryUnusable (registry.damaged) unless every table has the same rows in both."""
    same = db.execute(_SCHEMA.format(of="main")).fetchall() == db.execute(_SCHEMA.format(of="fresh")).fetchall()
    for (table,) in [*db.execute(_TABLES.format(of="main")).fetchall(), ("sqlite_sequence",)]:
        here, there = (db.execute(f'SELECT * FROM {of}."{table}"') for of in ("main", "fresh"))
        same = same and all(one == other for one, other in zip_longest(here, there))
    if not same or db.execute("PRAGMA fresh.integrity_check").fetchall() != [("ok",)]:
        raise RegistryUnusable("registry.damaged", path=new)


def _swap(db: Registry, where: Places) -> bool:
    """The new file takes the old one's name, and the old one is overwritten while nobody else can read it: whoever has
    opened it and waits finds zeros, and cannot write into a file that has no name any more."""
    with suppress(OSError, NotImplementedError):  # file systems of sticks know no second name
        os.link(where.path, where.old)
    with ExitStack() as stack:
        if os.name == "nt":
            db.close()  # nothing is renamed over an open file there
        else:
            old = stack.enter_context(open(where.path, "rb+"))
        where.new.replace(where.path)
        opening.sync_folder(where.path.parent)
        if os.name != "nt":
            overwrite(old.fileno())
            where.old.unlink(missing_ok=True)
            return True
    is_named = where.old.exists()
    forget_old(where.path)
    return is_named


def _overwrite(path: Path) -> None:
    with open(path, "rb+") as file:
        overwrite(file.fileno())


def overwrite(handle: int) -> None:
    """Zeros in the place of all that an open file holds."""
    left = os.fstat(handle).st_size
    os.lseek(handle, 0, os.SEEK_SET)
    while left > 0:
        left -= os.write(handle, bytes(min(left, _AT_ONCE)))
    os.fsync(handle)


def _sync(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
