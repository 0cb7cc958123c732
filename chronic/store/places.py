"""Places: county, area, township, village, hamlet, each under its parent."""

import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from chronic.store.stamp import Stamp

_FIND = "SELECT id FROM place WHERE level = ? AND name = ? AND coalesce(parent, 0) = ?"
_ANYWHERE = "SELECT id FROM place WHERE level = 'village' AND name = ? ORDER BY id"
_INSERT = "INSERT INTO place (uid, level, name, parent) VALUES (?, ?, ?, ?)"
_EMPTY = """
DELETE FROM place WHERE id BETWEEN ? AND ?
  AND NOT EXISTS (SELECT 1 FROM place AS inside WHERE inside.parent = place.id)
  AND NOT EXISTS (SELECT 1 FROM person WHERE person.village = place.id OR person.hamlet = place.id)
  AND NOT EXISTS (SELECT 1 FROM household AS h WHERE h.village = place.id OR h.hamlet = place.id)
  AND NOT EXISTS (SELECT 1 FROM transfer AS t WHERE t.from_place = place.id OR t.to_place = place.id)
  AND NOT EXISTS (SELECT 1 FROM transfer_answer AS t WHERE t.place = place.id)"""
_VILLAGES = """
SELECT village.id, village.name, township.name FROM place AS village
LEFT JOIN place AS township ON township.id = village.parent WHERE village.level = 'village' ORDER BY village.id"""
_NAMES = """
SELECT village.name, township.name, hamlet.name FROM (SELECT 1)
LEFT JOIN place AS village ON village.id = ? LEFT JOIN place AS township ON township.id = village.parent
LEFT JOIN place AS hamlet ON hamlet.id = ?"""


class Home(NamedTuple):
    """Where a person lives, as place ids; `made` names villages that did not exist before."""

    village: int | None = None
    hamlet: int | None = None
    made: tuple[str, ...] = ()


def settle(db: sqlite3.Connection, township: str | None, village: str | None, hamlet: str | None, stamp: "Stamp") -> Home:
    """The place ids for these names; unknown ones are created.

    A village named without its township is the one known village of that name, if there is exactly one.
    """
    if village is None:
        return Home()
    made: tuple[str, ...] = ()
    found = None
    if township is None:
        known = db.execute(_ANYWHERE, (village,)).fetchall()
        found = known[0][0] if len(known) == 1 else None
    if found is None:
        parent = _get_or_make(db, "township", township, None, stamp)[0] if township else None
        found, new = _get_or_make(db, "village", village, parent, stamp)
        made = (village,) if new else ()
    inside = _get_or_make(db, "hamlet", hamlet, found, stamp)[0] if hamlet else None
    return Home(found, inside, made)


def names(db: sqlite3.Connection, village: int | None, hamlet: int | None) -> tuple[str | None, str | None, str | None]:
    """(village, township, hamlet) names of these ids."""
    row: tuple[str | None, str | None, str | None] = db.execute(_NAMES, (village, hamlet)).fetchone()
    return row


def village_ids(db: sqlite3.Connection, name: str) -> list[int]:
    """Villages of this name, or whose name begins with it."""
    exact = [row[0] for row in db.execute(_ANYWHERE, (name,))]
    like = "SELECT id FROM place WHERE level = 'village' AND substr(name, 1, length(?)) = ? ORDER BY id"
    return exact or [row[0] for row in db.execute(like, (name, name))]


def remove_empty(db: sqlite3.Connection, first: int, last: int) -> None:
    """Take away those of these places where nobody lives, from the hamlets up."""
    while db.execute(_EMPTY, (first, last)).rowcount:
        pass


def village_names(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT DISTINCT name FROM place WHERE level = 'village' ORDER BY name")]


def find_or_make(db: sqlite3.Connection, level: str, name: str, parent: int | None, stamp: "Stamp") -> int:
    """The place of this name and level there."""
    return _get_or_make(db, level, name, parent, stamp)[0]


def _get_or_make(db: sqlite3.Connection, level: str, name: str, parent: int | None, stamp: "Stamp") -> tuple[int, bool]:
    row = db.execute(_FIND, (level, name, parent or 0)).fetchone()
    if row is not None:
        return int(row[0]), False
    made = db.execute(_INSERT, (stamp.uid(), level, name, parent)).lastrowid
    assert made is not None
    return made, True


def labelled(db: sqlite3.Connection) -> dict[int | None, tuple[str, str | None]]:
    """Every village by its id: its name, with the township before it where two have one name, and the township's name."""
    rows = db.execute(_VILLAGES).fetchall()
    alone = Counter(name for _id, name, _township in rows)
    return {
        id_: (name if alone[name] == 1 or not township else f"{township} {name}", township) for id_, name, township in rows
    }
