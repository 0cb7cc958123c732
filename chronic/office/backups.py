"""Backups: made while others write, opened and checked before they count, thinned out by age; and the way back.

A backup is a whole registry in one file. Its name says which registry it is of, so that several can share a stick, and
when it was made. Nothing is ever thrown away but older backups of the same registry in the same folder.
"""

import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from chronic.errors import RegistryUnusable, ValueRefused
from chronic.model.days import china_file
from chronic.office import checking, upgrades
from chronic.store import audit, copies, differences, opening, registry, transactions
from chronic.store.differences import Missing
from chronic.store.opening import Registry
from chronic.store.stamp import Stamp

KEPT = {"day": 7, "week": 4, "month": 12}
"""Of so many days, weeks and months that have a backup the latest one stays."""
_FORMS = {"day": "%Y-%m-%d", "week": "%G-%V", "month": "%Y-%m"}
_MARK = 6  # letters of the origin in a name
_TRIES = 3


class Backup(NamedTuple):
    """One file. `made_at`: by the clock on the wall; `kept`: for which day, week and month it stays."""

    path: Path
    made_at: datetime
    size: int
    kept: tuple[str, ...] = ()


class Made(NamedTuple):
    """A backup that was made and checked, and the older ones that went."""

    backup: Backup
    removed: list[Path]


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


def folder_of(path: Path, to: Path | None) -> Path:
    """Where the backups go: `backups` beside the registry, or a folder that must be there; a stick may not be plugged in.

    Raises ValueRefused (`backup.folder`, `copy.unwritable`).
    """
    folder = to or path.parent / "backups"
    try:
        if to is None:
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ValueRefused("copy.unwritable", path=folder, problem=error.strerror or error) from None
    if not folder.is_dir():
        raise ValueRefused("backup.folder", path=folder)
    return folder


def make(db: sqlite3.Connection, to: Path | None, stamp: Stamp) -> Made:
    """Back the registry up, whoever writes meanwhile, and thin out its older backups there. `to`: None for the folder
    beside it.

    Raises ValueRefused (`backup.folder`, `copy.unwritable`) and RegistryUnusable (`copy.unsound`).
    """
    assert isinstance(db, Registry)
    path = Path(db.file)
    folder = folder_of(path, to)
    target = folder / f"{_stem(db)}-{china_file(stamp.at)}.db"
    if not db.only_read:
        with transactions.immediate(db):
            audit.note(db, stamp, "backup")
    copies.copy(db, target, copies.sound)
    mine = _of(folder, _stem(db))
    kept = dict(_kept(mine))
    removed = []
    for old in mine:
        if old.path not in kept and old.path != target:
            with suppress(OSError):  # it stays until the next time
                old.path.unlink()
                removed.append(old.path)
    return Made(next(one for one in listed(db, folder) if one.path == target), removed)


def listed(db: Registry, folder: Path) -> list[Backup]:
    """The backups of this registry there, the latest first."""
    mine = _of(folder, _stem(db))
    kept = dict(_kept(mine))
    return [one._replace(kept=kept.get(one.path, ())) for one in mine]


def _stem(db: Registry) -> str:
    """registry-1f2e3d: the file's name and the beginning of its origin."""
    return f"{Path(db.file).stem}-{registry.settings(db).get('origin', '')[:_MARK]}"


def _of(folder: Path, stem: str) -> list[Backup]:
    name = re.compile(re.escape(stem) + r"-(\d{4}-\d\d-\d\d-\d{6})\.db")
    found = []
    with suppress(OSError):  # a folder that cannot be read has none
        for path in folder.iterdir():
            if (match := name.fullmatch(path.name)) is not None:
                with suppress(ValueError, OSError):
                    made_at = datetime.strptime(match[1], "%Y-%m-%d-%H%M%S")  # noqa: DTZ007 - a clock on the wall
                    found.append(Backup(path, made_at, path.stat().st_size))
    return sorted(found, key=lambda one: one.path.name, reverse=True)


def _kept(newest_first: Iterable[Backup]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Which stay, and as what: the latest of each of the latest days, weeks and months that have any."""
    seen: dict[str, set[str]] = {what: set() for what in KEPT}
    for one in newest_first:
        why = []
        for what, most in KEPT.items():
            span = one.made_at.strftime(_FORMS[what])
            if span not in seen[what] and len(seen[what]) < most:
                seen[what].add(span)
                why.append(what)
        if why:
            yield one.path, tuple(why)


def losses(path: Path, backup: Path) -> Losses:
    """What would be gone if the backup took the place of the registry. Raises RegistryUnusable for the backup."""
    copies.sound(backup)
    with closing(opening.opened(backup, "immutable")) as old:
        told, newest = registry.settings(old), differences.newest(old)
    same, missing = False, None
    with suppress(RegistryUnusable, sqlite3.DatabaseError), closing(registry.connect(path)) as now:
        same = registry.settings(now).get("origin") == told.get("origin")
        missing = differences.missing(now, backup)
    return Losses(told.get("name", ""), same, newest, missing)


def verify(path: Path, backup: Path, today: date, stamp: Stamp) -> Verified:
    """Restore a backup into a place of its own, check everything there, and compare it with the registry."""
    found = losses(path, backup)
    with _tried(backup, today, stamp) as db:
        return Verified(differences.rows(db), list(checking.problems(db, today)), found)


@contextmanager
def _tried(backup: Path, today: date, stamp: Stamp) -> Iterator[Registry]:
    folder = Path(tempfile.mkdtemp(prefix="chronic-"))  # for the user's eyes only
    try:
        with closing(_restored(backup, folder / "registry.db", today, stamp)) as db:
            yield db
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _restored(backup: Path, place: Path, today: date, stamp: Stamp, like: Path | None = None) -> Registry:
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
        from chronic.store import sealing

        sealing.reseal(place, key, wanted)


def restore(path: Path, backup: Path, today: date, stamp: Stamp) -> Path | None:
    """Put the backup in the place of the registry; the safety copy of what was there, None where there was nothing.

    What numbers were given since is carried over, so that none is given twice: ids, and those on paper slips. It is
    one transaction of the registry; one that cannot be opened is moved aside. Raises RegistryUnusable, ValueRefused.
    """
    with transactions.translated(path):
        for _ in range(_TRIES):
            with suppress(copies.Overtaken):
                return _restore(path, backup, today, stamp)
    raise RegistryUnusable("registry.locked", path=path)


def _restore(path: Path, backup: Path, today: date, stamp: Stamp) -> Path | None:
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=_existing(path.parent)))
    when = china_file(stamp.at)
    aside = path.with_name(f"{path.stem}-before-restore-{when}{path.suffix or '.db'}")
    try:
        with closing(_restored(backup, folder / "registry.db", today, stamp, path)) as new:
            if not path.exists():
                _note(new, stamp)
                copies.copy(new, path, copies.sound)
                return None
            try:
                copies.sound(path, "rw")
            except RegistryUnusable:
                return _in_place_of_a_damaged(path, new, aside, stamp)
            with copies.Watch(path) as watch:
                with closing(opening.opened(path)) as now:
                    copies.copy(now, aside, copies.sound)
                    differences.carry_numbers(now, new)
                _note(new, stamp)
                copies.overwrite(path, new, watch)
            return aside
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_place_of_a_damaged(path: Path, new: Registry, aside: Path, stamp: Stamp) -> Path:
    """What SQLite cannot open cannot be overwritten by it either: the files change names."""
    for tail in ("-wal", "-shm", "-journal", ""):
        with suppress(FileNotFoundError):
            Path(f"{path}{tail}").rename(f"{aside}{tail}")
    _note(new, stamp)
    copies.copy(new, path, copies.sound)
    return aside


def _note(new: Registry, stamp: Stamp) -> None:
    with transactions.immediate(new):
        audit.note(new, upgrades.signed(new, stamp), "restore")


def _existing(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueRefused("copy.unwritable", path=folder, problem=error.strerror or error) from None
    return folder
