"""Who is closed, by which registry, and who is not."""

import json
import sqlite3
from collections.abc import Collection
from typing import NamedTuple

_OPEN = "SELECT id FROM person WHERE origin = ? AND closed_on IS NULL"
_MOVED = """
SELECT p.id, p.uid, p.village FROM person AS p
WHERE p.id IN (SELECT value FROM json_each(?)) AND p.closed_reason = 'moved'
  AND EXISTS (SELECT 1 FROM person_alias AS a WHERE a.person = p.id)
  AND NOT EXISTS (SELECT 1 FROM elsewhere AS e WHERE e.person = p.id) ORDER BY p.id"""
_BY = """
SELECT origin FROM person_change WHERE person = ? AND field = 'closed_on' AND about IS NULL
ORDER BY counter DESC, uid DESC LIMIT 1"""


class Moved(NamedTuple):
    """Somebody closed as moved away; `village`: the id of the place they are filed under."""

    person: int
    uid: str
    village: int | None


def open_of(db: sqlite3.Connection, origin: str) -> set[int]:
    """Whom the registry with this origin registered and nobody closed."""
    return {person for (person,) in db.execute(_OPEN, (origin,))}


def moved(db: sqlite3.Connection, people: Collection[int]) -> list[Moved]:
    """Who of these is closed as moved away, was registered more than once, and is not looked after elsewhere."""
    return [Moved._make(row) for row in db.execute(_MOVED, (json.dumps(sorted(people)),))]


def by(db: sqlite3.Connection, person: int) -> str:
    """The origin of the registry that closed or opened somebody last; "" where that is not known."""
    row = db.execute(_BY, (person,)).fetchone()
    return str(row[0]) if row else ""
