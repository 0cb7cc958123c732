"""A backup tried out, and put in the place of the registry.

Both are done with a copy of it in a folder beside the registry (`store.backroom`). Whoever was erased since the backup
was made is erased in that copy again before it takes its place: a lawful request is not taken back by a restore.
"""

import glob
import shutil
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import NamedTuple

from chronic.care import erase
from chronic.care.desk import Desk
from chronic.errors import RegistryUnusable
from chronic.exchange import keys
from chronic.model.days import china_file
from chronic.office import checking, upgrades
from chronic.store import (
    audit,
    cipher,
    copies,
    differences,
    editions,
    erasing,
    opening,
    own_key,
    registry,
    sealing,
    transactions,
)  # fmt: skip
from chronic.store.backroom import backroom
from chronic.store.differences import Missing
from chronic.store.erasing import Known
from chronic.store.opening import Registry
from chronic.store.stamp import Stamp

_TRIES = 3


class Losses(NamedTuple):
    """What a registry has and a backup has not. `name`: whose registry the backup is; `same`: the same one;
    `newest`: the latest entry in it; `missing`: None where there is no registry, or none that can be read."""

    name: str
    same: bool
    newest: str | None
    missing: Missing | None


class Verified(NamedTuple):
    """A backup tried out: rows by table, its latest entry, what is wrong with it, and what it has not."""

    rows: Counter[str]
    problems: list[checking.Problem]
    losses: Losses


class Restored(NamedTuple):
    """What a restore did. `kept`: the safety copy of what was there, None where there was nothing; `erased`: numbers of
    people who were erased again; `unknown`: what was there cannot say who was erased since."""

    kept: Path | None
    erased: list[int]
    unknown: bool = False


def losses(path: Path, backup: Path) -> Losses:
    """What would be gone if the backup took the place of the registry. Raises RegistryUnusable for the backup."""
    copies.sound(backup)
    with closing(opening.opened(backup, "immutable")) as old:
        told, newest = registry.settings(old), differences.newest(old)
    same, missing = False, None
    try:
        with closing(_beside(path, backup)) as now:
            same = registry.settings(now).get("origin") == told.get("origin")
            missing = differences.missing(now, backup)
    except RegistryUnusable as error:
        if error.code == "registry.locked":
            raise
    except sqlite3.DatabaseError:
        pass
    return Losses(told.get("name", ""), same, newest, missing)


def _beside(path: Path, backup: Path) -> Registry:
    """The registry, opened by what can read the backup too: a plain one as SQLCipher does where the backup is encrypted."""
    if opening.key_of(backup) is None or opening.key_of(path) is not None:
        return registry.connect(path)
    with closing(registry.connect(path)):
        pass  # whatever is the matter with it is said here
    db = cipher.opened(opening.uri(path, "rw"), None, opening.PATIENCE_S)
    db.file = path
    return db


def verify(path: Path, backup: Path, today: date, stamp: Stamp) -> Verified:
    """Restore a backup into a place of its own beside the registry, check everything there, its audit too, and compare it
    with the registry."""
    found = losses(path, backup)
    with backroom(path, stamp.ms) as folder, closing(restored(backup, folder / "registry.db", today, stamp)) as db:
        return Verified(differences.rows(db), list(checking.problems(db, today)), found)


def with_its_log(file: Path, room: Path) -> Path:
    """A copy of a registry, there, with what lies in the log beside it folded in: the last work before a power cut. Raises
    RegistryUnusable (`registry.damaged`), OSError."""
    place = room / "given.db"
    for one in (*copies.logs(file), file):
        if not one.name.endswith("-shm"):
            shutil.copy(one, f"{place}{one.name.removeprefix(file.name)}")
    with transactions.translated(file), closing(opening.opened(place)) as db:
        db.execute("PRAGMA journal_mode = DELETE").fetchone()
    return place


def restored(backup: Path, place: Path, today: date, stamp: Stamp, like: Path | None = None) -> Registry:
    """The backup as a registry at this place, brought up to date. `like`: under whose key, if that is there."""
    with closing(opening.opened(backup, "immutable")) as source:
        copies.copy(source, place, copies.sound)
    upgrades.upgrade(place, today, stamp, lambda _version: None)
    if like is not None and like.exists():
        _under_one_key(place, like)
    return registry.connect(place)


def _under_one_key(place: Path, like: Path) -> None:
    """Pages of one file can take the place of another's only then."""
    key, wanted = opening.key_of(place), opening.key_of(like)
    if (key and key.head) != (wanted and wanted.head):
        sealing.reseal(place, key, wanted)


def restore(path: Path, backup: Path, today: date, stamp: Stamp) -> Restored:
    """Put the backup in the place of the registry.

    What numbers were given since is carried over, so that none is given twice: ids, and those on paper slips; so is who was
    erased. It is one transaction of the registry; one that cannot be opened is moved aside. Raises RegistryUnusable,
    ValueRefused.
    """
    with transactions.translated(path):
        for _ in range(_TRIES):
            with suppress(copies.Overtaken):
                done = _restore(path, backup, today, stamp)
                with closing(registry.connect(path)) as db:
                    keys.settle(db)
                with suppress(OSError):
                    sealing.discard(_ready(path))  # of one that was interrupted before
                return done
    raise RegistryUnusable("registry.locked", path=path)


def _restore(path: Path, backup: Path, today: date, stamp: Stamp) -> Restored:
    aside = _aside(path, stamp)
    with (
        backroom(path, stamp.ms) as folder,
        closing(restored(backup, folder / "registry.db", today, stamp, path)) as new,
    ):
        if not path.exists():
            known = _known_aside(path)
            erased = erased_again(new, known or [], today, stamp)
            return _put(path, new, stamp, aside, Restored(None, erased, unknown=known is None))
        try:
            copies.sound(path, "rw")
        except RegistryUnusable as error:
            if error.code != "copy.unsound":
                raise
            return _in_place_of_a_damaged(path, new, aside, today, stamp)
        with copies.Watch(path) as watch:
            with closing(opening.opened(path)) as now:
                copies.copy(now, aside, copies.sound)
                differences.carry_numbers(now, new)
                own_key.carry(now, new)
                known = erasing.known(now)
            erased = erased_again(new, known, today, stamp)
            _note(new, stamp)
            copies.overwrite(path, new, watch)
        _key_aside(path, new, aside)
        return Restored(aside, erased)


def _aside(path: Path, stamp: Stamp) -> Path:
    """A name nobody has yet: two restores in one second keep both."""
    stem, tail = f"{path.stem}-before-restore-{china_file(stamp.at)}", path.suffix or ".db"
    names = (path.with_name(f"{stem}{f'_{n}' if n > 1 else ''}{tail}") for n in count(1))
    return next(name for name in names if not name.exists() and not copies.logs(name))


def _in_place_of_a_damaged(path: Path, new: Registry, aside: Path, today: date, stamp: Stamp) -> Restored:
    """What SQLite cannot open cannot be overwritten by it either: the files change names."""
    _nobody_else(path)
    known = None
    with suppress(sqlite3.DatabaseError, RegistryUnusable, UnicodeDecodeError), closing(opening.opened(path)) as now:
        known = erasing.known(now)
    erased = erased_again(new, known or [], today, stamp)
    return _put(path, new, stamp, aside, Restored(aside, erased, unknown=known is None))


def _nobody_else(path: Path) -> None:
    """What another program saves into a file that has another name by then would be lost. Raises RegistryUnusable
    (`registry.locked`)."""
    taken = False
    try:
        with closing(opening.opened(path)) as db:
            db.execute("PRAGMA busy_timeout = 1000")
            db.execute("PRAGMA locking_mode = EXCLUSIVE")  # before the first look at the file: nobody else may have it open
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        taken = transactions.busy(error)
    except (RegistryUnusable, UnicodeDecodeError):
        pass  # nobody can open it
    if taken:
        raise RegistryUnusable("registry.locked", path=path)


def _known_aside(path: Path) -> list[Known] | None:
    """Whom the latest of the copies that a restore kept knows as erased: the registry may be gone because that one was
    interrupted. None: such a copy cannot say."""
    kept = path.parent.glob(f"{glob.escape(path.stem)}-before-restore-*{path.suffix or '.db'}")
    latest = max(kept, default=None)
    if latest is None:
        return []
    with (
        suppress(sqlite3.DatabaseError, RegistryUnusable, UnicodeDecodeError),
        closing(opening.opened(latest, "immutable")) as old,
    ):
        return erasing.known(old)
    return None


def _put(path: Path, new: Registry, stamp: Stamp, aside: Path, done: Restored) -> Restored:
    """Whole beside the registry first, so that a full disk or an interruption leaves the one or the other."""
    _note(new, stamp)
    ready = _ready(path)
    copies.copy(new, ready, copies.sound)
    instead = path.exists()
    moved = _move(path, aside)
    if instead:
        _key_aside(path, new, aside)
    ready.replace(path)
    opening.sync_folder(path.parent)
    return done._replace(kept=done.kept or (moved[0] if moved else None))


def _ready(path: Path) -> Path:
    return Path(opening.left_by_restoring(path))


def _move(path: Path, aside: Path) -> list[Path]:
    """Give a registry and its log new names, or the log of one that is gone: the next one of that name would be read with
    it. The new names."""
    there = [*copies.logs(path), *([path] if path.exists() else [])]
    return [one.rename(f"{aside}{one.name.removeprefix(path.name)}") for one in there]


def erased_again(db: Registry, known: Sequence[Known], today: date, stamp: Stamp) -> list[int]:
    """Erase in an older copy whoever was erased since; their numbers."""
    desk = Desk(db, today, editions.read(db), upgrades.signed(db, stamp))
    return [person for one in known for person in erase.again(desk, one)]


def _key_aside(path: Path, new: Registry, aside: Path) -> None:
    """The key of bundles that lay beside another registry goes with the safety copy of that one."""
    file, inside = keys.file_of(path), own_key.read(new)
    if inside is not None and file.exists() and not keys.is_in(file, inside):
        file.rename(keys.file_of(aside))


def _note(new: Registry, stamp: Stamp) -> None:
    with transactions.immediate(new):
        audit.note(new, upgrades.signed(new, stamp), "restore")
