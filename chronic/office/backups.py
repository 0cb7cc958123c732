"""Backups: made while others write, opened and checked before they count, thinned out by age.

A backup is a whole registry in one file. Its name says which registry it is of, so that several can share a stick, and
when it was made. Nothing is ever thrown away but older backups of the same registry in the same folder. The way back is
`office.restoring`.
"""

import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.model.days import china_file
from chronic.store import audit, copies, registry, transactions
from chronic.store.backroom import backroom, sweep
from chronic.store.opening import Registry
from chronic.store.stamp import Stamp

KEPT = {"day": 7, "week": 4, "month": 12}
"""Of so many days, weeks and months that have a backup the latest one stays."""
_FORMS = {"day": "%Y-%m-%d", "week": "%G-%V", "month": "%Y-%m"}
_MARK = 6  # letters of the origin in a name


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


def folder_of(path: Path, to: Path | None) -> Path:
    """Where the backups go: `backups` beside the registry, or a folder that must be there; a stick may not be plugged in.

    Raises ValueRefused (`backup.folder`, `copy.unwritable`, `file.unusable`).
    """
    folder = to or path.parent / "backups"
    try:
        if to is None:
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ValueRefused("copy.unwritable", path=folder, problem=error.strerror or error) from None
    try:
        os.scandir(folder).close()
    except (FileNotFoundError, NotADirectoryError):
        raise ValueRefused("backup.folder", path=folder) from None
    except OSError as error:
        raise ValueRefused("file.unusable", path=folder, problem=error.strerror or error) from None
    return folder


Seal = Callable[[Path, Path], Path]
"""From a plain copy of the registry to an encrypted one, whose name begins with this; the file it made."""


def make(db: sqlite3.Connection, to: Path | None, stamp: Stamp, seal: Seal | None = None) -> Made:
    """Back the registry up, whoever writes meanwhile, and thin out its older backups there. `to`: None for the folder
    beside it. `seal`: encrypt it; the plain copy it is made from lies beside the registry and nowhere else.

    Raises ValueRefused (`backup.folder`, `copy.unwritable`) and RegistryUnusable (`copy.unsound`).
    """
    assert isinstance(db, Registry)
    path = Path(db.file)
    folder = folder_of(path, to)
    target = folder / f"{_stem(db)}-{china_file(stamp.at)}.db"
    if not db.only_read:
        with transactions.immediate(db):
            audit.note(db, stamp, "backup")
    if seal is None:
        copies.copy(db, target, copies.sound)
    else:
        with backroom(path, stamp.ms) as room:
            copies.copy(db, room / path.name, copies.sound)
            target = seal(room / path.name, target)
    for place in {path.parent, folder}:
        sweep(path, place, stamp.ms)
    mine = _of(folder, _stem(db))
    kept = dict(_kept(mine))
    removed = []
    for old in mine:
        if old.path not in kept and old.path.suffix == target.suffix and old.path != target:
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
    name = re.compile(re.escape(stem) + r"-(\d{4}-\d\d-\d\d-\d{6})\.db(\.age)?")
    found = []
    with suppress(OSError):  # a folder that cannot be read has none
        for path in folder.iterdir():
            if (match := name.fullmatch(path.name)) is not None:
                with suppress(ValueError, OSError):
                    made_at = datetime.strptime(match[1], "%Y-%m-%d-%H%M%S")  # noqa: DTZ007 - a clock on the wall
                    found.append(Backup(path, made_at, path.stat().st_size))
    return sorted(found, key=lambda one: one.path.name, reverse=True)


def _kept(newest_first: Iterable[Backup]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Which stay, and as what: the latest of each of the latest days, weeks and months that have any. Encrypted ones, which
    may be for somebody else, are counted apart: they never take the place of one that can be opened here."""
    seen = defaultdict[tuple[str, str], set[str]](set)
    for one in newest_first:
        why = []
        for what, most in KEPT.items():
            span, spans = one.made_at.strftime(_FORMS[what]), seen[one.path.suffix, what]
            if span not in spans and len(spans) < most:
                spans.add(span)
                why.append(what)
        if why:
            yield one.path, tuple(why)
