"""The file itself: open it as SQLite does, encrypted or not, and know what lies beside it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from errno import EINVAL, ENOTSUP
from typing import TYPE_CHECKING
from weakref import WeakSet

from chronic.errors import RegistryUnusable

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.store.cipher import Key
    from chronic.store.seals import Seals

PATIENCE_S = 60.0  # for another program that writes
SEALED = b"chr\x01"
HEAD_BYTES = 16
"""How an encrypted registry begins, and how many of its bytes are not encrypted (`store.cipher`)."""
_IN_URI = str.maketrans({"%": "%25", "?": "%3F", "#": "%23"})


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
    return opened_with(path, mode, like.key if like is not None else key_of(path))


def opened_with(path: "str | Path", mode: str, key: "Key | None") -> Registry:
    if key is None:
        db: Registry = sqlite3.connect(uri(path, mode), uri=True, timeout=PATIENCE_S, isolation_level=None, factory=Registry)
    else:
        from chronic.store import cipher

        db = cipher.opened(uri(path, mode), key, PATIENCE_S)
    db.execute("PRAGMA temp_store = MEMORY")  # what is sorted lies in no file
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
    """Another registry, only read, under a name of its own. Raises RegistryUnusable (key.attach): one that is opened as
    SQLite does can read no encrypted one."""
    key, is_sqlite = key_of(path), type(db) is Registry
    if is_sqlite and key is not None:
        raise RegistryUnusable("key.attach", path=path)
    if is_sqlite:
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


def left_by_sealing(path: "str | Path") -> tuple[str, str]:
    """What the new file is called until it takes the place of a registry under another key, and the old one from then on
    until it is overwritten: where neither is there, nothing was interrupted."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.new"), os.path.join(folder, f".{name}.old")


def left_by_restoring(path: "str | Path") -> str:
    """What the backup is called until it takes the place of a damaged registry: whole and on the disk, so where it is there
    and the registry is not, only that last step was not made."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.restored")


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
