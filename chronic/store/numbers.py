"""Numbers that only one person can have: whose each of them is, from the facts alone, whatever came first.

Whoever was registered with a number keeps it. Of those who got it by a change since, and say so still, it is the one's
whose change has the smaller logical counter, then uid. The others go without, which is a conflict, until somebody decides;
a number that is free again goes to whoever was waiting for it.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

UNIQUE = ("id_number", "archive_no")

Numbers = Mapping[str, Collection[str]]
"""Column -> numbers."""
Owners = Mapping[str, Mapping[str, int | None]]
"""Column -> number -> whose it is, None: nobody's."""

_SPOKEN_OF = """
SELECT +c.field, c.old, c.new, p.id_number, p.archive_no FROM person_change AS c JOIN person AS p ON p.id = c.person
WHERE c.person IN (SELECT value FROM json_each(?)) AND (+c.field = 'id_number' OR +c.field = 'archive_no')"""
_HELD = "SELECT id_number, archive_no FROM person WHERE id IN (SELECT value FROM json_each(?))"
_CLAIMED = """
SELECT c.new, c.person FROM json_each(?1) AS n
CROSS JOIN person_change AS c ON c.field = '{column}' AND c.new = n.value JOIN person AS p ON p.id = c.person
WHERE c.old IS NOT c.new
  AND NOT EXISTS (SELECT 1 FROM person_change AS later WHERE later.person = c.person AND +later.field = c.field
                  AND later.new IS NOT c.new AND (later.counter, later.uid) > (c.counter, c.uid))
  AND NOT EXISTS (SELECT 1 FROM erasure AS e WHERE e.person = c.person)
  AND (p.{column} IS NULL OR p.{column} = c.new OR p.id IN (SELECT value FROM json_each(?2)))
ORDER BY c.counter, c.uid"""
_LATEST = """(
  SELECT c.new FROM person_change AS c WHERE c.person = p.id AND +c.field = '{column}' AND c.old IS NOT c.new
  ORDER BY c.counter DESC, c.uid DESC LIMIT 1)"""
_REGISTERED = f"""
SELECT p.{{column}}, p.id FROM json_each(?1) AS n CROSS JOIN person AS p ON p.{{column}} = n.value
WHERE {_LATEST} IS NOT p.{{column}} AND (p.id NOT IN (SELECT value FROM json_each(?2))
  OR NOT EXISTS (SELECT 1 FROM person_change AS c WHERE c.person = p.id AND +c.field = '{{column}}'
    AND c.old IS NOT c.new))"""
"""To say again what stands here already gives nobody a number anew."""
_SAID_LAST = """
SELECT CASE WHEN c.uid IS NULL THEN p.{column} ELSE c.new END, p.{column} FROM person AS p
LEFT JOIN person_change AS c ON c.person = p.id AND +c.field = '{column}'
WHERE p.id = ? ORDER BY c.counter DESC, c.uid DESC LIMIT 1"""
CLAIMING = """
SELECT c.person FROM person_change AS c WHERE c.field = 'id_number' AND c.new = p.id_number AND c.person <> p.id
  AND NOT EXISTS (SELECT 1 FROM person_change AS later WHERE later.person = c.person AND +later.field = c.field
                  AND (later.counter, later.uid) > (c.counter, c.uid))"""
"""SQL: who else was last said to have the ID number of the person `p`."""
_RELEASE = "UPDATE person SET {column} = NULL WHERE {column} = ? AND id <> ? RETURNING id"
_WAITING = "SELECT 1 FROM person WHERE id = ? AND {column} IS NULL"


def spoken_of(db: sqlite3.Connection, people: Collection[int]) -> Numbers:
    """Every number that these people's changes name. Somebody whose number never changed leaves nothing to decide."""
    found = defaultdict[str, set[str]](set)
    for field, old, new, *held in db.execute(_SPOKEN_OF, (json.dumps(sorted(people)),)):
        found[field].update(filter(None, (old, new, held[UNIQUE.index(field)])))
    return found


def held(db: sqlite3.Connection, people: Collection[int]) -> Numbers:
    """The numbers that these people have now."""
    rows = db.execute(_HELD, (json.dumps(sorted(people)),)).fetchall()
    return {column: {row[place] for row in rows if row[place]} for place, column in enumerate(UNIQUE)}


def is_one(db: sqlite3.Connection, one: int, other: int) -> bool:
    """Was the same ID number last said of both, so that one of them waits for it here?"""
    said = {_said_last(db, who, "id_number")[0] for who in (one, other)}
    return len(said) == 1 and None not in said


def claimed(db: sqlite3.Connection, person: int) -> set[str]:
    """Columns of which they were last said to have another number than they have here: somebody else has that."""
    return {column for column in UNIQUE if len({*_said_last(db, person, column)}) > 1}


def _said_last(db: sqlite3.Connection, person: int, column: str) -> tuple[str | None, str | None]:
    """The number that somebody was last said to have, and the one they have here."""
    said: tuple[str | None, str | None] = db.execute(_SAID_LAST.format(column=column), (person,)).fetchone()
    return said


def owners(db: sqlite3.Connection, numbers: Numbers, moving: Collection[int] = ()) -> Owners:
    """Whose each of these numbers is. `moving`: people who are about to be given what they last were said to have; of the
    others what the register says counts, where their latest change says something else: two people were made one here."""
    asked = json.dumps(sorted(moving))
    found: dict[str, dict[str, int | None]] = {}
    for column, some in numbers.items():
        whose: dict[str, int | None] = dict.fromkeys(some)
        for sql in (_REGISTERED, _CLAIMED) if some else ():
            for number, person in db.execute(sql.format(column=column), (json.dumps(sorted(some)), asked)):
                whose[number] = whose[number] or person
        found[column] = whose
    return found


def release(db: sqlite3.Connection, whose: Owners) -> set[int]:
    """Take these numbers from everybody else; from whom."""
    return {
        person
        for column, some in whose.items()
        for number, owner in some.items()
        if owner is not None
        for (person,) in db.execute(_RELEASE.format(column=column), (number, owner)).fetchall()
    }


def waiting(db: sqlite3.Connection, whose: Owners) -> Iterator[tuple[int, str, str]]:
    """(person, column, number) of those who have not got theirs yet."""
    for column, some in whose.items():
        for number, owner in some.items():
            if owner is not None and db.execute(_WAITING.format(column=column), (owner,)).fetchone():
                yield owner, column, number
