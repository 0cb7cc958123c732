"""A registry that an earlier version of the program wrote is brought up to today's, with a copy of it kept beside.

The new one is made in a file of its own: facts taken over, plans and verdicts written from them, all of it checked. Then
it takes the place of the old one in a single transaction of the old file, so that whatever stops the computer leaves
the one or the other. Who writes with the earlier program meanwhile is not lost either: it is done anew.
"""

from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from os import getpid
from pathlib import Path
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.replan import replan
from chronic.errors import RegistryUnusable
from chronic.model.days import china_file
from chronic.protocol import Editions
from chronic.store import copies, editions, opening, people, registry, tasks, transactions, upgrades
from chronic.store.opening import Registry
from chronic.store.stamp import Stamp

_TRIES = 3
_AT_ONCE = 2000  # people in a transaction


class Upgraded(NamedTuple):
    """The version it had, and the copy of it as it was."""

    version: int
    kept: Path


def upgrade(path: Path, today: date, stamp: Stamp, begun: Callable[[int], None], anyway: bool = False) -> Upgraded | None:
    """Bring the registry up to today's schema; None where it is already. `begun` is told the version before the work.

    `anyway`: also one of this version whose tables or indexes are not what they should be. Raises RegistryUnusable and
    ValueRefused.
    """
    with transactions.translated(path):
        for _ in range(_TRIES):
            with suppress(copies.Overtaken):
                return _once(path, today, stamp, begun, anyway)
    raise RegistryUnusable("registry.locked", path=path)


def _once(path: Path, today: date, stamp: Stamp, begun: Callable[[int], None], anyway: bool) -> Upgraded | None:
    if opening.only_readable(path):
        raise RegistryUnusable("upgrade.protected", path=path)
    with copies.Watch(path) as watch, closing(opening.opened(path)) as old:
        version = registry.recognised(old)
        if version == registry.SCHEMA_VERSION and not (anyway and any(upgrades.differences(old))):
            return None
        begun(version)
        kept = path.with_name(f"{path.stem}-v{version}-{china_file(stamp.at)}{path.suffix or '.db'}")
        copies.copy(old, kept, copies.sound)
        part = path.with_name(f".{path.name}.{getpid()}.upgrade")
        try:
            with upgrades.rebuilt(kept, part, old) as new:
                stamp = signed(new, stamp)
                derive(new, today, stamp)
                upgrades.finish(new, stamp, "upgrade", f"{version} -> {registry.SCHEMA_VERSION}")
                copies.overwrite(path, new, watch)
        except OSError as error:
            raise RegistryUnusable("upgrade.failed", path=path, table="", problem=error.strerror or error) from None
        finally:
            for tail in ("", "-journal", "-wal", "-shm"):
                with suppress(OSError):
                    Path(f"{part}{tail}").unlink(missing_ok=True)
    return Upgraded(version, kept)


def signed(db: Registry, stamp: Stamp) -> Stamp:
    """By whom, where that was not said before the registry could be read: by its doctor."""
    told = registry.settings(db)
    return stamp._replace(by=stamp.by or told.get("doctor", "unknown"), origin=told.get("origin", ""))


def derive(db: Registry, today: date, stamp: Stamp) -> None:
    """Write everything that follows from the facts of a registry in which nothing does yet."""
    found: Editions = editions.read(db)
    desk = Desk(db, today, found, stamp)
    for some in people.chunks(db, _AT_ONCE):
        with transactions.immediate(db):
            for person in some:
                people.rekey(db, person)
            replan(desk, some)
    with transactions.immediate(db):
        tasks.derive(db, tasks.every(db))
