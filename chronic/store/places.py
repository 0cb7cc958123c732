"""Places: county, area, township, village, hamlet, each under its parent.

A row whose `same_as` is set is a name only: what is said of it is meant of the place it points to. So a village keeps its
people under every spelling that sheets and other registries use, and after it was renamed.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from chronic.errors import ValueRefused
from chronic.model.place import LEVELS, Where, core, padded
from chronic.model.unseen import usual

if TYPE_CHECKING:
    from chronic.store.stamp import Stamp

_FIND = """
SELECT coalesce(same_as, id) FROM place WHERE level = ? AND name = ? AND coalesce(parent, 0) = ?
ORDER BY same_as IS NOT NULL LIMIT 1"""
UNDER_NAMES = """
SELECT coalesce(p.same_as, p.id) FROM place AS name CROSS JOIN place AS p ON p.parent = name.id
WHERE name.same_as = ? AND p.level = ? AND p.name = ? ORDER BY p.id LIMIT 1"""
"""What lay in a place that is only another name of this one by now."""
_SO_CALLED = "SELECT id FROM place WHERE level = 'village' AND name = ? AND same_as = ? ORDER BY id"
_ANYWHERE = "SELECT DISTINCT coalesce(same_as, id) FROM place WHERE level = ? AND name = ? ORDER BY 1"
_ALSO = "SELECT id FROM place WHERE same_as IN ({ids})"
_BEGINNING = """
SELECT DISTINCT coalesce(same_as, id) FROM place WHERE level = 'village' AND substr(name, 1, length(?1)) = ?1 ORDER BY 1"""
_INSERT = "INSERT INTO place (uid, level, name, parent) VALUES (?, ?, ?, ?)"
_EMPTY = """
DELETE FROM place WHERE id BETWEEN ? AND ?
  AND NOT EXISTS (SELECT 1 FROM place AS inside WHERE inside.parent = place.id OR inside.same_as = place.id)
  AND NOT EXISTS (SELECT 1 FROM place_change AS said WHERE said.place = place.id)
  AND NOT EXISTS (SELECT 1 FROM person WHERE person.village = place.id)
  AND NOT EXISTS (SELECT 1 FROM person WHERE person.hamlet = place.id)
  AND NOT EXISTS (SELECT 1 FROM household AS h WHERE h.village = place.id OR h.hamlet = place.id)
  AND NOT EXISTS (SELECT 1 FROM transfer AS t WHERE t.from_place = place.id OR t.to_place = place.id)
  AND NOT EXISTS (SELECT 1 FROM transfer_answer AS t WHERE t.place = place.id)
  AND NOT EXISTS (SELECT 1 FROM expected WHERE expected.place = place.id)
  AND NOT EXISTS (SELECT 1 FROM task WHERE task.place = place.id)
  AND NOT EXISTS (SELECT 1 FROM institution AS i WHERE i.place = place.id)"""
_VILLAGES = """
SELECT village.id, village.name, township.name FROM place AS village
LEFT JOIN place AS township ON township.id = village.parent
WHERE village.level = 'village' AND village.same_as IS NULL ORDER BY village.id"""
_NAMES = """
SELECT village.name, township.name, hamlet.name FROM (SELECT 1)
LEFT JOIN place AS village ON village.id = ? LEFT JOIN place AS township ON township.id = village.parent
LEFT JOIN place AS hamlet ON hamlet.id = ?"""
BELOW = """
WITH RECURSIVE below (id, level) AS (
  SELECT id, level FROM place WHERE id = ?
  UNION ALL SELECT p.id, p.level FROM below CROSS JOIN place AS p ON p.parent = below.id WHERE p.same_as IS NULL)
SELECT id, level FROM below"""
ABOVE_IT = """
WITH RECURSIVE up (id, level, name, parent, step) AS (
  SELECT id, level, name, parent, 0 FROM place WHERE id = (SELECT coalesce(same_as, id) FROM place WHERE id = ?)
  UNION ALL SELECT p.id, p.level, p.name, p.parent, step + 1 FROM up CROSS JOIN place AS p ON p.id = up.parent)
SELECT id, level, name FROM up ORDER BY step"""
CODED = "SELECT coalesce(same_as, id) FROM place WHERE code IN (?, ?)"
CALLED = "SELECT DISTINCT coalesce(same_as, id) FROM place WHERE name = ?"
_ALL = "SELECT id, level, name, parent, same_as FROM place ORDER BY id"
_NAMED = "SELECT level, name, coalesce(same_as, id) FROM place"
_SHOWN = 5


class Home(NamedTuple):
    """Where a person lives, as place ids; `made` names villages that did not exist before."""

    village: int | None = None
    hamlet: int | None = None
    made: tuple[str, ...] = ()


def find(db: sqlite3.Connection, text: str) -> int:
    """The place of this code, of this path as in 横溪镇/下各村, or of this name: as it is written, but for the endings that
    official lists put behind it, or its beginning.

    Raises ValueRefused (`place.unknown`, `place.several`).
    """
    asked = usual(text.strip())
    if asked.isascii():
        for (id_,) in db.execute(CODED, (padded(asked), asked)):
            return int(id_)
    *steps, last = [step.strip() for step in asked.replace("／", "/").split("/")]
    found = _called(db, last)
    for step in reversed(steps):
        around = _called(db, step)
        found = [id_ for id_ in found if any(above in around for above, *_ in lineage(db, id_)[1:])]
    if not found or not last:
        raise ValueRefused("place.unknown", place=text)
    if len(found) > 1:
        raise ValueRefused("place.several", place=text, known=_said(db, found))
    return found[0]


def below(db: sqlite3.Connection, id_: int) -> list[int]:
    """The place and every place under it."""
    return [row[0] for row in db.execute(BELOW, (id_,))]


def at(db: sqlite3.Connection, id_: int, level: str) -> int | None:
    """The place of this level in which it lies, itself if it is one; None where none is known."""
    return next((above for above, its, _name in lineage(db, id_) if its == level), None)


def within(db: sqlite3.Connection, id_: int) -> Where:
    """Everybody at this place or under it, and whatever is about a place there."""
    rows = db.execute(BELOW, (id_,)).fetchall()
    if rows[0][1] == "hamlet":
        (village,) = db.execute("SELECT parent FROM place WHERE id = ?", (id_,)).fetchone()
        return Where((int(village),), (id_,))
    ids = [place for place, level in rows if level != "hamlet"]
    also = db.execute(_ALSO.format(ids=", ".join(map(str, ids)))).fetchall()  # what was said of it under another name
    return Where(tuple(ids + [place for (place,) in also]))


def living(db: sqlite3.Connection, id_: int) -> list[int]:
    """Everybody registered there, closed people too."""
    return [row[0] for row in db.execute(f"SELECT id FROM person AS p WHERE {within(db, id_).sql('p')} ORDER BY id")]


def lineage(db: sqlite3.Connection, id_: int) -> list[tuple[int, str, str]]:
    """(id, level, name) of the place and of every one it lies in, from itself up."""
    return db.execute(ABOVE_IT, (id_,)).fetchall()


def path(db: sqlite3.Connection, id_: int) -> str:
    """As find reads it: 仙居县/东片区/横溪镇/下各村."""
    return "/".join(name for _id, _level, name in reversed(lineage(db, id_)))


def settle(db: sqlite3.Connection, township: str | None, village: str | None, hamlet: str | None, stamp: "Stamp") -> Home:
    """The place ids for these names; unknown ones are created.

    A village named without its township is the one known village of that name, if there is exactly one. A hamlet of a
    village that became part of another one is what became of it, wherever that lies now.
    """
    if village is None:
        return Home()
    parent = _township(db, township, village, stamp) if township else None
    found, new = _village(db, village, parent, stamp)
    if not hamlet:
        return Home(found, None, (village,) if new else ())
    inside = _hamlet(db, hamlet, village, found, stamp)
    (around,) = db.execute("SELECT parent FROM place WHERE id = ?", (inside,)).fetchone()
    return Home(int(around), inside, (village,) if new else ())


def names(db: sqlite3.Connection, village: int | None, hamlet: int | None) -> tuple[str | None, str | None, str | None]:
    """(village, township, hamlet) names of these ids."""
    row: tuple[str | None, str | None, str | None] = db.execute(_NAMES, (village, hamlet)).fetchone()
    return row


def village_ids(db: sqlite3.Connection, name: str) -> list[int]:
    """Villages of this name, or whose name begins with it."""
    name = usual(name)
    exact = [row[0] for row in db.execute(_ANYWHERE, ("village", name))]
    return exact or [row[0] for row in db.execute(_BEGINNING, (name,))]


def remove_empty(db: sqlite3.Connection, first: int, last: int) -> None:
    """Take away those of these places where nobody lives, from the hamlets up."""
    while db.execute(_EMPTY, (first, last)).rowcount:
        pass


def village_names(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT DISTINCT name FROM place WHERE level = 'village' ORDER BY name")]


def along(db: sqlite3.Connection, steps: Sequence[Sequence[str]], stamp: "Stamp") -> int | None:
    """The place at the end of these (level, name) from the top down, as another registry knows it; made where it is not
    known. In which county and area a township lies each registry says for itself."""
    found = parent = None
    village = ""
    for level, name in steps:
        if level == "township":
            found = parent = _township(db, name, None, stamp)
        elif level in ("county", "area"):
            known = db.execute(_ANYWHERE, (level, name)).fetchall()
            found = known[0][0] if known else None
        elif level == "village":
            found = parent = _village(db, name, parent, stamp)[0]
            village = name
        elif level == "hamlet" and parent is not None:
            found = parent = _hamlet(db, name, village, parent, stamp)
        else:
            found = parent = _get_or_make(db, level, name, parent, stamp)[0]
    if found is None and steps:
        level, name = steps[-1]
        found = _get_or_make(db, level, name, None, stamp)[0]
    return found


def labelled(db: sqlite3.Connection) -> dict[int | None, tuple[str, str | None]]:
    """Every village by its id: its name, with the township before it where two have one name, and the township's name."""
    rows = db.execute(_VILLAGES).fetchall()
    alone = Counter(name for _id, name, _township in rows)
    return {
        id_: (name if alone[name] == 1 or not township else f"{township} {name}", township) for id_, name, township in rows
    }


def groups(db: sqlite3.Connection, level: str) -> dict[int | None, str]:
    """Place -> what the place of this level is called in which it lies; with what that lies in before it where two have
    one name. Places that lie in none are not there."""
    rows, order = db.execute(_ALL).fetchall(), list(LEVELS)
    known = {id_: (its, name, parent) for id_, its, name, parent, same_as in rows if same_as is None}
    alone = Counter(name for its, name, _parent in known.values() if its == level)
    found: dict[int | None, str] = {}
    for id_, (its, name, parent) in known.items():
        if order.index(its) < order.index(level):
            continue
        while its != level and parent is not None:
            its, name, parent = known[parent]
        if its == level:
            found[id_] = name if alone[name] == 1 or parent is None else f"{known[parent][1]} {name}"
    return found | {id_: found[same] for id_, *_rest, same in rows if same in found}


def _township(db: sqlite3.Connection, name: str, village: str | None, stamp: "Stamp") -> int:
    """The township of this name, wherever it lies; of several the one that has such a village, else the oldest."""
    known = [row[0] for row in db.execute(_ANYWHERE, ("township", name))]
    if len(known) > 1 and village:
        having = [id_ for id_ in known if db.execute(_FIND, ("village", village, id_)).fetchone()]
        known = having or known
    return known[0] if known else _get_or_make(db, "township", name, None, stamp)[0]


def _village(db: sqlite3.Connection, name: str, township: int | None, stamp: "Stamp") -> tuple[int, bool]:
    """The village of this name there; without its township the one known village of that name."""
    known = db.execute(_ANYWHERE, ("village", name)).fetchall() if township is None else []
    return (known[0][0], False) if len(known) == 1 else _get_or_make(db, "village", name, township, stamp)


def _hamlet(db: sqlite3.Connection, name: str, village: str, found: int, stamp: "Stamp") -> int:
    """The hamlet of this name in the village that was found under that one: of two that a village has since it was made of
    two, the one which the village of that name had."""
    for (row,) in db.execute(_SO_CALLED, (village, found)):
        for (hamlet,) in db.execute(_FIND, ("hamlet", name, row)):
            return int(hamlet)
    return _get_or_make(db, "hamlet", name, found, stamp)[0]


def _get_or_make(db: sqlite3.Connection, level: str, name: str, parent: int | None, stamp: "Stamp") -> tuple[int, bool]:
    row = db.execute(_FIND, (level, name, parent or 0)).fetchone()
    if row is None and parent is not None:
        row = db.execute(UNDER_NAMES, (parent, level, name)).fetchone()
    if row is not None:
        return int(row[0]), False
    made = db.execute(_INSERT, (stamp.uid(), level, name, parent)).lastrowid
    assert made is not None
    return made, True


def _called(db: sqlite3.Connection, name: str) -> list[int]:
    """Places of this name; if there are none of the same but for official endings, else those whose name begins so."""
    exact = [row[0] for row in db.execute(CALLED, (name,))]
    if exact or not name:
        return exact
    every = db.execute(_NAMED).fetchall()
    alike = {id_ for level, its, id_ in every if core(level, its) == core(level, name)}
    return sorted(alike or {id_ for _level, its, id_ in every if its.startswith(name)})


def _said(db: sqlite3.Connection, ids: Sequence[int]) -> str:
    some = ", ".join(path(db, id_) for id_ in ids[:_SHOWN])
    return some if len(ids) <= _SHOWN else f"{some} …"
