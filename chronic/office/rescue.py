"""A damaged registry: what can still be read goes into a fresh one."""

import sqlite3
from contextlib import suppress
from datetime import date
from os import getpid
from pathlib import Path

from chronic.errors import RegistryUnusable, ValueRefused
from chronic.office.upgrades import derive, signed
from chronic.protocol import DEFAULT, load
from chronic.store import copies, editions, opening, registry, salvage, transactions, upgrades
from chronic.store.salvage import Salvaged
from chronic.store.stamp import Stamp


def rescue(path: Path, out: Path, today: date, stamp: Stamp) -> Salvaged:
    """Save what can be read of the registry as a new one at `out`, which appears whole or not at all.

    Raises ValueRefused (`rescue.exists`, `copy.unwritable`) and RegistryUnusable (`registry.missing`; `registry.damaged`
    where not one row can be read).
    """
    if not path.is_file():
        raise RegistryUnusable("registry.missing", path=path)
    for there in [out] if out.exists() else copies.logs(out):
        raise ValueRefused("rescue.exists", path=there)
    part = out.with_name(f".{out.name}.{getpid()}.rescue")
    try:
        registry.create(part, {}, [], opening.key_of(path))
        db = registry.connect(part)
        try:
            found = _filled(path, db, today, stamp)
            copies.copy(db, out, copies.sound)
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        if copies.not_taken(error):
            raise ValueRefused("copy.unwritable", path=out, problem=error) from None
        raise RegistryUnusable("registry.damaged", path=path) from None
    finally:
        for tail in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{part}{tail}").unlink(missing_ok=True)
    return found


def _filled(path: Path, db: opening.Registry, today: date, stamp: Stamp) -> Salvaged:
    found = salvage.salvage(path, db)
    if not found.rows:
        raise RegistryUnusable("registry.damaged", path=path)
    if not found.rows["edition"]:  # people are judged by something
        edition = load(DEFAULT)
        with transactions.immediate(db):
            editions.put(db, edition.effective_from, edition, None, stamp)
    stamp = signed(db, stamp)
    derive(db, today, stamp)
    upgrades.finish(db, stamp, "rescue", found.audit)
    return found
