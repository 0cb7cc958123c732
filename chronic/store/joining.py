"""Two people here whom another registry took for one by their ID number: they are one here too.

Whoever arrives with an ID number that somebody has is that person (chronic/store/newcomers.py); where both came before the
number did, they are two. Which of it happens where depends on the order of bundles. So the registries follow each other:
that two uids are one person is told with everybody's line and never withdrawn, and neither is what was ever said to be
somebody's number. Both together decide, and not the order in which they came to be known.

Without a number that both were said to have, or where somebody said that these are two, a person decides. Of whom was erased
no number is known any more: there the other registry's word counts, or half of who they were would stay.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator

from chronic.store import departing, erasing, merges, numbers, people, registers, settling, spares
from chronic.store.registers import Differing
from chronic.store.stamp import Stamp

_PAIRS = """
SELECT a.person, p.id FROM json_each(?1) AS n
CROSS JOIN person_alias AS a ON a.person = n.value CROSS JOIN person AS p ON p.uid = a.uid AND p.id <> a.person
UNION
SELECT a.person, p.id FROM json_each(?1) AS n
CROSS JOIN person AS p ON p.id = n.value CROSS JOIN person_alias AS a ON a.uid = p.uid AND a.person <> p.id
ORDER BY 1, 2"""
_NUMBERS = """
SELECT id_number FROM person WHERE id = ?1
UNION SELECT id_number FROM person_merge WHERE person = ?1
UNION SELECT old FROM person_change WHERE person = ?1 AND +field = 'id_number'
UNION SELECT new FROM person_change WHERE person = ?1 AND +field = 'id_number'"""
_BORN = """
UPDATE person SET (birth_date, birth_approximate) = (SELECT birth_date, birth_approximate FROM person WHERE id = ?2)
WHERE id = ?1 AND birth_date IS NULL"""
"""Of who is erased the year stays, which no change says any more."""
_OWN_FIRST = "SELECT id FROM person WHERE id IN (?, ?) ORDER BY origin <> ?, id"


def pairs(db: sqlite3.Connection, people: Collection[int], origin: str) -> Iterator[tuple[int, int]]:
    """(who stays, who goes) of these people and others who are one: whom this registry, `origin`, registered itself stays,
    then who came first."""
    for one, other in db.execute(_PAIRS, (json.dumps(sorted(people)),)).fetchall():
        if _one_number(db, one, other):
            yield from _in_order(db, one, other, origin)


def by_number(db: sqlite3.Connection, apart: Iterable[tuple[int, int, str]], origin: str) -> Iterator[tuple[int, int]]:
    """The same of those who came with a number that somebody else had, and still is said to have."""
    for newcomer, holder, number in apart:
        if numbers.said_last(db, holder) == number:
            yield from _in_order(db, newcomer, holder, origin)


def join(db: sqlite3.Connection, stays: int, goes: int, stamp: Stamp) -> tuple[Differing, ...]:
    """Make one of two, inside a transaction; what was said differently of them, which is the caller's to note, as it is to
    settle everything that is theirs."""
    line = departing.person_line(db, goes)
    differing = tuple(registers.differing(db, [(stays, line)]))
    refs = people.refs(db, goes)
    settling.unsettle(db, goes)
    db.execute(_BORN, (stays, goes))
    _put_aside(db, "enrolment", stays, [goes])  # until it is settled which stays are one
    _put_aside(db, "erasure", stays, [stays, goes])
    merges.merge(db, stays, goes, [], stamp)
    spares.come_forward(db, [stays])
    (own,) = db.execute("SELECT uid FROM person WHERE id = ?", (stays,)).fetchone()
    db.execute("DELETE FROM person_alias WHERE uid = ?", (own,))
    db.execute("INSERT OR IGNORE INTO person_alias (uid, person) VALUES (?, ?)", (line["uid"], stays))
    for source, ref in refs:
        people.link(db, stays, source, ref)
    return differing


def _in_order(db: sqlite3.Connection, one: int, other: int, origin: str) -> Iterator[tuple[int, int]]:
    both = [id_ for (id_,) in db.execute(_OWN_FIRST, (one, other, origin))]  # one of them may have become another's by now
    if len(both) == 2 and merges.looked(db, one, other) is None:
        yield both[0], both[1]


def _one_number(db: sqlite3.Connection, one: int, other: int) -> bool:
    """Was one ID number said to be either's, as far as that is still known?"""
    if any(erasing.on(db, person) is not None for person in (one, other)):
        return True
    return bool(_numbers(db, one) & _numbers(db, other))


def _numbers(db: sqlite3.Connection, person: int) -> set[str]:
    """Every ID number that was ever said to be theirs."""
    return {number for (number,) in db.execute(_NUMBERS, (person,)) if number}


def _put_aside(db: sqlite3.Connection, table: str, stays: int, whose: Collection[int]) -> None:
    sql = f"SELECT id FROM {table} WHERE person IN (SELECT value FROM json_each(?))"
    for (id_,) in db.execute(sql, (json.dumps(whose),)).fetchall():
        line = departing.own_line(db, table, id_)
        db.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))
        registers.put_aside(db, table, stays, line)
