"""Two people here whom another registry took for one by their ID number: they are one here too.

Whoever arrives with an ID number that somebody has is that person (chronic/store/newcomers.py); where both came before the
number did, they are two. Which of it happens where depends on the order of bundles. So the registries follow each other:
that two uids were found to be one person by a number is told with everybody's line and never withdrawn. Where somebody said
first that these are two, they stay two.
"""

import json
import sqlite3
from collections.abc import Collection

from chronic.store import departing, merges, people, referrals, registers, settling, spares
from chronic.store.registers import Differing
from chronic.store.stamp import Stamp

_OWN_FIRST = "SELECT id FROM person WHERE id IN (?, ?) ORDER BY origin <> ?, id"


def in_order(db: sqlite3.Connection, one: int, other: int, origin: str) -> tuple[int, int] | None:
    """(who stays, who goes): whom this registry, `origin`, registered itself stays, then who came first. None where
    somebody said that they are two."""
    if merges.looked(db, one, other) is not None:
        return None
    (stays,), (goes,) = db.execute(_OWN_FIRST, (one, other, origin))
    return stays, goes


def join(db: sqlite3.Connection, stays: int, goes: int, stamp: Stamp) -> tuple[Differing, ...]:
    """Make one of two, inside a transaction; what was said differently of them, which is the caller's to note, as it is to
    settle everything that is theirs."""
    line = departing.person_line(db, goes)
    differing = tuple(registers.differing(db, [(stays, line)]))
    refs = people.refs(db, goes)
    settling.unsettle(db, goes)
    referrals.renumber(db, stays, goes)
    _put_aside(db, "enrolment", stays, [goes])  # until it is settled which stays are one
    _put_aside(db, "erasure", stays, [stays, goes])
    merges.merge(db, stays, goes, [], stamp)
    spares.come_forward(db, [stays])
    (own,) = db.execute("SELECT uid FROM person WHERE id = ?", (stays,)).fetchone()
    db.execute("DELETE FROM person_alias WHERE uid IN (?, ?)", (own, line["uid"]))
    db.execute("INSERT INTO person_alias (uid, person, by_number) VALUES (?, ?, 1)", (line["uid"], stays))
    for source, ref in refs:
        people.link(db, stays, source, ref)
    return differing


def _put_aside(db: sqlite3.Connection, table: str, stays: int, whose: Collection[int]) -> None:
    sql = f"SELECT id FROM {table} WHERE person IN (SELECT value FROM json_each(?))"
    for (id_,) in db.execute(sql, (json.dumps(whose),)).fetchall():
        line = departing.own_line(db, table, id_)
        db.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))
        registers.put_aside(db, table, stays, line)
