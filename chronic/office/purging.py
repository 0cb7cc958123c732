"""Copies of the registry that still know who somebody erased was: which there are, and the same copies without it.

A backup is rewritten as a whole from its own rows, so that nothing of what was deleted is left on pages nobody uses. One
that cannot be opened here, for it is under another passphrase or to somebody else's key, can only be destroyed.
"""

import glob
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from chronic.errors import RegistryUnusable, ValueRefused
from chronic.office import backups, restoring
from chronic.store import copies, erasing, nights, opening, registry, sealing
from chronic.store.backroom import backroom
from chronic.store.cipher import Key
from chronic.store.erasing import Known
from chronic.store.opening import Registry
from chronic.store.stamp import Stamp

_BESIDE = ("-v*", "-before-restore-*")
"""Copies that an upgrade and a restore keep beside the registry."""


class Holding(NamedTuple):
    """A copy in which `people` who were erased still have names; None where it cannot be opened here."""

    path: Path
    people: int | None


def holding(db: Registry, known: Sequence[Known], folders: Sequence[Path]) -> list[Holding]:
    """The copies that still know who these people were, in these folders, the usual ones, and beside the registry."""
    found = []
    for path in _copies(db, folders):
        people = _named(db, path, known)
        if people is None or people:
            found.append(Holding(path, people))
    return found


def _copies(db: Registry, folders: Sequence[Path]) -> Iterator[Path]:
    home = Path(db.file)
    told = nights.backup_to(registry.settings(db))
    places = [home.parent / "backups", *([Path(told)] if told else []), *folders]
    seen = set()
    for place in places:
        for one in backups.listed(db, place):
            if one.path.absolute() not in seen:
                seen.add(one.path.absolute())
                yield one.path
    for pattern in _BESIDE:
        yield from sorted(home.parent.glob(f"{glob.escape(home.stem)}{pattern}{glob.escape(home.suffix or '.db')}"))


def _named(db: Registry, path: Path, known: Sequence[Known]) -> int | None:
    """How many of them have a name there."""
    head = opening.sealed_head(path)
    if head and (db.key is None or head != db.key.head):
        return None
    with (
        suppress(sqlite3.DatabaseError, RegistryUnusable, UnicodeDecodeError),
        closing(opening.opened_with(path, "immutable", db.key if head else None)) as old,
    ):
        return sum(len(erasing.still_named(old, one.uids)) for one in known)
    return None


def purge(db: Registry, path: Path, known: Sequence[Known], today: date, stamp: Stamp) -> None:
    """Put a copy without the names of these people in the place of this one. Raises RegistryUnusable, ValueRefused."""
    key = db.key if opening.sealed_head(path) else None
    with backroom(Path(db.file), stamp.ms, wiped=True) as room:
        logs = copies.logs(path)
        given = restoring.with_its_log(path, room) if logs else path
        with closing(restoring.restored(given, room / "registry.db", today, stamp)) as old:
            restoring.erased_again(old, known, today, stamp)
        with _overwritten(path), copies.appearing(path) as part:
            _rewrite(room / "registry.db", part, key)
            copies.sound(part)
            for log in logs:  # what it holds is in the new one
                sealing.discard(log)


@contextmanager
def _overwritten(path: Path) -> Iterator[None]:
    """Zeros in the place of what this file held, once another one has its name. Raises ValueRefused (`copy.unwritable`)."""
    try:
        before = path.open("rb+") if os.name != "nt" else None  # there nothing is renamed over an open file
    except OSError as error:
        raise ValueRefused("copy.unwritable", path=path, problem=error.strerror or error) from None
    with before or nullcontext():
        yield
        if before is not None:
            try:
                sealing.overwrite(before.fileno())
            except OSError as error:
                raise ValueRefused("copy.unwritable", path=path, problem=error.strerror or error) from None


def _rewrite(old: Path, new: Path, key: Key | None) -> None:
    """Row by row: pages that nobody uses any more are not in it."""
    if key is not None:
        sealing.copy(old, key, new, key)
        return
    with closing(opening.opened(old)) as db:
        db.execute("VACUUM INTO ?", (str(new),))
    with closing(opening.opened(new)) as db:
        db.execute("PRAGMA journal_mode = DELETE").fetchone()
