"""What two registries say differently and nobody has decided since.

It is found in what changes say, in numbers that two people would have, in rows of one day, and in two people here of whom
another registry says that they are one.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chronic.store import numbers, settling

_CONFLICTS = """
SELECT a.person, p.name, a.field, a.new AS one, b.new AS other, a.recorded_by AS one_by, b.recorded_by AS other_by, p.uid
FROM person_change AS a JOIN person_change AS b
  ON b.person = a.person AND b.field = a.field AND b.about IS a.about AND b.counter = a.counter AND b.uid > a.uid
 AND b.new IS NOT a.new
JOIN person AS p ON p.id = a.person
WHERE a.field <> 'person_ref' AND NOT EXISTS (SELECT 1 FROM person_change AS c
    WHERE c.person = a.person AND c.field = a.field AND c.about IS a.about AND c.counter > a.counter)
  AND NOT EXISTS (SELECT 1 FROM erasure AS e WHERE e.person = a.person) AND {whose}
ORDER BY a.person, a.field, a.uid"""
_THEIRS = "a.person IN (SELECT value FROM json_each(?))"
_DISPUTED = """
SELECT DISTINCT a.field FROM person_change AS a JOIN person_change AS b
  ON b.person = a.person AND b.field = a.field AND b.about IS a.about AND b.counter = a.counter AND b.new IS NOT a.new
WHERE a.person = ? AND NOT EXISTS (SELECT 1 FROM person_change AS c
  WHERE c.person = a.person AND c.field = a.field AND c.about IS a.about AND c.counter > a.counter)"""
_ONE = """
SELECT p.id, p.name, q.name, p.recorded_by, q.recorded_by, p.uid, q.id
FROM person_alias AS a JOIN person AS q ON q.uid = a.uid AND q.id <> a.person JOIN person AS p ON p.id = a.person
WHERE NOT EXISTS (SELECT 1 FROM person_distinct AS d
                  WHERE (d.person = p.id AND d.other = q.id) OR (d.person = q.id AND d.other = p.id)) AND {whose}
ORDER BY p.id, q.id"""
_TWICE = """
SELECT c.person, p.name, c.field, c.new AS one, q.id, c.recorded_by, q.name, p.uid
FROM {tables} CROSS JOIN person AS p
WHERE {field} = '{column}' AND q.{column} = c.new AND p.id = c.person AND q.id <> p.id
  AND NOT EXISTS (SELECT 1 FROM person_change AS later WHERE later.person = c.person AND later.field = c.field
                  AND (later.counter, later.uid) > (c.counter, c.uid)) AND {whose}
ORDER BY c.person"""
_EVERYBODY = {"tables": "person_change AS c CROSS JOIN person AS q", "field": "c.field", "whose": "1"}
_EITHER = (
    _EVERYBODY | {"field": "+c.field", "whose": "c.person IN (SELECT value FROM json_each(?))"},
    {
        "tables": "person AS q CROSS JOIN person_change AS c", "field": "c.field",
        "whose": "q.id IN (SELECT value FROM json_each(?))",
    },
)  # fmt: skip
"""Where to begin: whoever said that a number is theirs, or whoever has it."""
ONE = "person"


class Conflict(NamedTuple):
    """Two registries wrote different values without knowing of each other, and nobody has decided since. `field`: a column
    of people; a table with two rows of one day, `row` is the one that counts; or ONE, two people here who are one
    elsewhere. `other_id`: the second of two people, who has the number that both would have, or is one with the first."""

    person: int
    name: str
    field: str
    one: str | None
    other: str | None
    one_by: str
    other_by: str
    uid: str
    other_id: int | None = None
    row: int | None = None


def undecided(db: sqlite3.Connection, people: Sequence[int] | None = None) -> Iterator[Conflict]:
    """What is still to be decided, by person; between these people and others, or everyone."""
    asked = () if people is None else (json.dumps(people),)
    for row in db.execute(_CONFLICTS.format(whose="1" if people is None else _THEIRS), asked):
        yield Conflict(*row)
    for column in numbers.UNIQUE:
        twice = (_TWICE.format(column=column, **way) for way in ((_EVERYBODY,) if people is None else _EITHER))
        rows = dict.fromkeys(row for sql in twice for row in db.execute(sql, asked))
        for person, name, field, value, other, by, their_name, uid in rows:
            yield Conflict(person, name, field, value, str(their_name), by, "", uid, other)
    for person, name, other, by, other_by, uid, other_id in db.execute(
        _ONE.format(whose="1" if people is None else _THEIRS), asked
    ):
        yield Conflict(person, name, ONE, name, other, by, other_by, uid, other_id)
    for found in settling.undecided(db, people):
        name, uid = db.execute("SELECT name, uid FROM person WHERE id = ?", (found.person,)).fetchone()
        yield Conflict(found.person, name, found.table, found.day, found.day, found.by, found.other_by, uid, None, found.row)


def disputed(db: sqlite3.Connection, person: int) -> set[str]:
    """Fields of which two registries said different things, and nobody has decided since."""
    return {field for (field,) in db.execute(_DISPUTED, (person,))}
