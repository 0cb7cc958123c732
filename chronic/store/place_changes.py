"""The one way the tree of places is changed: each column with a row that says what it was, so that undo can give it back."""

import sqlite3
from typing import NamedTuple

from chronic.store.stamp import Stamp

HOUSEHOLD = "household"
_COLUMNS = "id, level, name, code, urban_class, parent"
_GET = f"SELECT {_COLUMNS} FROM place WHERE id = ?"
_INSIDE = f"SELECT {_COLUMNS} FROM place WHERE parent = ? AND same_as IS NULL ORDER BY id"
_THERE = """
SELECT id FROM place WHERE level = ? AND name = ? AND coalesce(parent, 0) = coalesce(?, 0) AND same_as IS NULL"""
_NAMES = "SELECT id, name FROM place WHERE same_as = ? ORDER BY id"
_MAKE = "INSERT INTO place (uid, level, name, code, urban_class, parent, same_as) VALUES (?, ?, ?, ?, ?, ?, ?)"
_NOTE = """
INSERT INTO place_change (uid, place, field, old, new, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_SPAN = "SELECT place, field, old, new FROM place_change WHERE id BETWEEN ? AND ? ORDER BY id DESC"
_LATER = """
SELECT place FROM place_change AS later WHERE id > :last AND old IS NOT NULL AND EXISTS (
  SELECT 1 FROM place_change AS mine WHERE mine.id BETWEEN :first AND :last AND mine.place = later.place
    AND mine.field = later.field) LIMIT 1"""
_STORY = "SELECT field, old, new, recorded_at, recorded_by FROM place_change WHERE place = ? ORDER BY id"
_HOUSEHOLDS = "SELECT id, hamlet, household_no FROM household WHERE village = ? ORDER BY household_no"
_HOUSEHOLD_THERE = "SELECT 1 FROM household WHERE village = ? AND household_no = ? AND coalesce(hamlet, 0) = coalesce(?, 0)"


class Known(NamedTuple):
    """A place as it is. `parent`: the id of what it lies in."""

    id: int
    level: str
    name: str
    code: str | None
    urban_class: str | None
    parent: int | None


class Said(NamedTuple):
    """One change of a place."""

    field: str
    old: str | None
    new: str | None
    at: str
    by: str


def get(db: sqlite3.Connection, id_: int) -> Known:
    return Known._make(db.execute(_GET, (id_,)).fetchone())


def inside(db: sqlite3.Connection, id_: int) -> list[Known]:
    """What lies directly in a place."""
    return [Known._make(row) for row in db.execute(_INSIDE, (id_,))]


def every(db: sqlite3.Connection) -> list[Known]:
    """All places, oldest first."""
    return [Known._make(row) for row in db.execute(f"SELECT {_COLUMNS} FROM place WHERE same_as IS NULL ORDER BY id")]


def there(db: sqlite3.Connection, level: str, name: str, parent: int | None) -> int | None:
    """The place of this level and name in that one."""
    row = db.execute(_THERE, (level, name, parent)).fetchone()
    return None if row is None else int(row[0])


def coded(db: sqlite3.Connection, code: str) -> int | None:
    row = db.execute("SELECT id FROM place WHERE code = ?", (code,)).fetchone()
    return None if row is None else int(row[0])


def also_called(db: sqlite3.Connection, id_: int) -> list[tuple[int, str]]:
    """(id of the row, name) of every other name of a place."""
    return db.execute(_NAMES, (id_,)).fetchall()


def story(db: sqlite3.Connection, id_: int) -> list[Said]:
    """What became of a place, the first first."""
    return [Said._make(row) for row in db.execute(_STORY, (id_,))]


def make(db: sqlite3.Connection, new: Known, stamp: Stamp, same_as: int | None = None) -> int:
    """Write a new place, or with `same_as` another name of that one; its id."""
    made = db.execute(_MAKE, (stamp.uid(), new.level, new.name, new.code, new.urban_class, new.parent, same_as)).lastrowid
    assert made is not None
    _note(db, made, "name", None, new.name, stamp)
    return made


def change(db: sqlite3.Connection, id_: int, field: str, new: object, stamp: Stamp) -> None:
    """Set one column of a place."""
    (old,) = db.execute(f"SELECT {field} FROM place WHERE id = ?", (id_,)).fetchone()
    db.execute(f"UPDATE place SET {field} = ? WHERE id = ?", (new, id_))
    _note(db, id_, field, "" if old is None else old, new, stamp)


def call_also(db: sqlite3.Connection, id_: int, name: str, stamp: Stamp) -> None:
    """A name under which a place is found, too, in what it lies in."""
    own = get(db, id_)
    if name not in (own.name, *(known for _row, known in also_called(db, id_))):
        make(db, own._replace(name=name, code=None, urban_class=None), stamp, same_as=id_)


def move_households(
    db: sqlite3.Connection, village: int, to: int, hamlets: dict[int, int], only_these: bool, stamp: Stamp
) -> list[str]:
    """The households of a village, or `only_these` hamlets', go to another one; the numbers of those that would meet
    another one there."""
    met = []
    for id_, hamlet, number in db.execute(_HOUSEHOLDS, (village,)).fetchall():
        if only_these and hamlet not in hamlets:
            continue
        new = hamlets.get(hamlet, hamlet)
        if db.execute(_HOUSEHOLD_THERE, (to, number, new)).fetchone() is not None:
            met.append(str(number))
            continue
        db.execute("UPDATE household SET village = ?, hamlet = ? WHERE id = ?", (to, new, id_))
        _note(db, village, HOUSEHOLD, str(id_), "" if hamlet is None else str(hamlet), stamp)
    return met


def take_back(db: sqlite3.Connection, first: int, last: int) -> None:
    """Give every column its old value."""
    for place, field, old, new in db.execute(_SPAN, (first, last)).fetchall():
        if field == HOUSEHOLD:
            db.execute("UPDATE household SET village = ?, hamlet = ? WHERE id = ?", (place, new or None, old))
        elif old is not None:
            db.execute(f"UPDATE place SET {field} = ? WHERE id = ?", (old or None, place))


def changed_later(db: sqlite3.Connection, first: int, last: int) -> str | None:
    """The name of a place that these changes are about and that was changed again since."""
    row = db.execute(_LATER, {"first": first, "last": last}).fetchone()
    return None if row is None else get(db, row[0]).name


def _note(db: sqlite3.Connection, id_: int, field: str, old: object, new: object, stamp: Stamp) -> None:
    told = (None if value is None else str(value) for value in (old, new))
    db.execute(_NOTE, (stamp.uid(), id_, field, *told, stamp.origin, stamp.at, stamp.by))
