"""Who moves where, what was answered, and whom that leaves in this registry: all of it from the facts alone.

Of several answers to one transfer, given in registries that did not know of each other, an acceptance counts: somebody
has taken the person on. Then a refusal, then a withdrawal; of equal ones the smaller uid. An acceptance also ends every
other transfer of the person that was written no later, by logical counter and not by any clock.

A township's or county's registry looks after people wherever they live in it. In a village's registry somebody whom
another registry accepted, or who only waits to come, is `elsewhere`: closed here, in this file only, while others go on
with them. Where that is in doubt they are not: better on two lists than on none.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.days import day_or_none, from_iso, iso
from chronic.model.person import Person
from chronic.model.transfer import ANSWERS, Transfer
from chronic.store import places, registers
from chronic.store.stamp import Stamp

_ADD = """
INSERT INTO transfer
  (uid, person, from_place, to_place, outside, moved_on, reason, counter, origin, recorded_at, recorded_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
  1 + coalesce((SELECT max(counter) FROM transfer WHERE person = ?2), 0), ?8, ?9, ?10) RETURNING id"""
_ANSWER = """
INSERT INTO transfer_answer
  (uid, transfer, person, answer, answered_on, place, reason, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_READ = """
SELECT t.id, t.uid, t.person, t.from_place, t.to_place, t.outside, t.moved_on, t.reason,
  CASE WHEN a.transfer = t.id THEN a.answer WHEN a.uid IS NOT NULL THEN 'overtaken' WHEN t.outside IS NOT NULL THEN 'left'
       ELSE 'open' END, a.answered_on, a.reason
FROM transfer AS t LEFT JOIN transfer_answer AS a ON a.uid = t.ended_by"""
_OPEN = f"{_READ} WHERE t.ended_by IS NULL AND t.outside IS NULL"
_DECLINED = f"""
{_READ} WHERE a.answer = 'declined' AND a.transfer = t.id AND a.answered_on >= ?
  AND NOT EXISTS (SELECT 1 FROM transfer AS later WHERE later.person = t.person AND later.counter > t.counter)
ORDER BY a.answered_on, t.person"""
_FACTS = """
SELECT t.uid, t.person, t.counter, t.ended_by, a.uid, a.answer FROM transfer AS t
LEFT JOIN transfer_answer AS a ON a.transfer = t.id
WHERE t.person IN (SELECT value FROM json_each(?)) ORDER BY t.person, t.uid"""
_LEVEL = "SELECT value FROM setting WHERE key = 'level'"
_OWN = """
SELECT v.name, t.name FROM place AS said JOIN place AS v ON v.id = coalesce(said.same_as, said.id)
LEFT JOIN place AS t ON t.id = v.parent AND t.level = 'township' WHERE said.id IN (
SELECT place FROM transfer_answer WHERE answer = 'accepted' AND origin = :origin
UNION
SELECT village FROM person WHERE origin = :origin AND village IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM transfer AS t WHERE t.person = person.id)
  AND id NOT IN (SELECT person FROM person_change WHERE field = 'village' AND counter = 0)
  AND village NOT IN (SELECT a.place FROM transfer_answer AS a JOIN transfer AS t ON t.id = a.transfer
    WHERE a.answer = 'accepted' AND a.origin <> :origin AND t.origin = :origin)
UNION SELECT from_place FROM transfer AS t WHERE origin = :origin AND from_place IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM transfer_answer AS a
    WHERE a.transfer = t.id AND a.answer = 'accepted' AND a.origin = :origin))"""
_TWICE = """
SELECT id, uid FROM person
WHERE origin = ? AND id IN (SELECT person FROM person_change WHERE field = 'village' AND counter = 0)"""
_LIFT = """
UPDATE person SET closed_on = NULL, closed_reason = NULL WHERE id IN (SELECT person FROM elsewhere) RETURNING id"""
_MOVED = """
SELECT t.person, t.moved_on,
  (SELECT coalesce(same_as, id) FROM place WHERE id = coalesce(a.place, p.village)), a.origin = :origin,
  p.origin = :origin OR EXISTS (SELECT 1 FROM transfer AS o WHERE o.person = p.id AND o.origin = :origin)
FROM person AS p JOIN transfer AS t ON t.id = (
  SELECT o.id FROM transfer AS o LEFT JOIN transfer_answer AS x ON x.transfer = o.id AND x.answer = 'accepted'
  WHERE o.person = p.id ORDER BY x.uid IS NULL, o.counter DESC, o.uid DESC LIMIT 1)
LEFT JOIN transfer_answer AS a ON a.uid = (
  SELECT min(x.uid) FROM transfer_answer AS x WHERE x.transfer = t.id AND x.answer = 'accepted')
WHERE p.id IN (SELECT person FROM transfer) AND p.closed_on IS NULL"""
_ACCEPTED = """
SELECT (SELECT coalesce(same_as, id) FROM place WHERE id = a.place), a.origin
FROM transfer AS t JOIN transfer_answer AS a ON a.transfer = t.id AND a.answer = 'accepted'
WHERE t.person = ? ORDER BY t.counter DESC, t.uid DESC, a.uid"""
_PARTIES = """
SELECT t.from_place, t.to_place, t.ended_by IS NULL, p.village, p.closed_on IS NULL
FROM transfer AS t JOIN person AS p ON p.id = t.person WHERE t.person = ?"""


class New(NamedTuple):
    """A transfer to be written: to a village (its place id), or out of reach."""

    from_place: int | None
    to_place: int | None
    outside: str | None
    moved_on: date
    reason: str | None


class Answer(NamedTuple):
    """accepted (with the village that has them now), declined (with a reason) or withdrawn."""

    answer: str
    on: date
    place: int | None = None
    reason: str | None = None


def add(db: sqlite3.Connection, person: int, new: New, stamp: Stamp) -> int:
    """Write a transfer; its number."""
    row = (stamp.uid(), person, new.from_place, new.to_place, new.outside, iso(new.moved_on), new.reason)
    ((number,),) = db.execute(_ADD, (*row, stamp.origin, stamp.at, stamp.by)).fetchall()
    return int(number)


def note(db: sqlite3.Connection, transfer: Transfer, answer: Answer, stamp: Stamp) -> None:
    """Write an answer, and what follows from it."""
    row = (stamp.uid(), transfer.number, transfer.person, answer.answer, iso(answer.on), answer.place, answer.reason)
    db.execute(_ANSWER, (*row, stamp.origin, stamp.at, stamp.by))
    settle(db, [transfer.person])


def by_number(db: sqlite3.Connection, number: int) -> Transfer | None:
    row = db.execute(f"{_READ} WHERE t.id = ?", (number,)).fetchone()
    return None if row is None else _transfer(row)


def of(db: sqlite3.Connection, person: int) -> list[Transfer]:
    """Every transfer of a person, oldest first."""
    return [_transfer(row) for row in db.execute(f"{_READ} WHERE t.person = ? ORDER BY t.counter, t.uid", (person,))]


def still_open(db: sqlite3.Connection) -> Iterator[Transfer]:
    """Whoever waits for an answer and is not closed (elsewhere does not count as closed), the longest waiting first."""
    alive = "EXISTS (SELECT 1 FROM person AS p LEFT JOIN elsewhere AS e ON e.person = p.id"
    alive += " WHERE p.id = t.person AND (p.closed_on IS NULL OR e.person IS NOT NULL))"
    return map(_transfer, db.execute(f"{_OPEN} AND {alive} ORDER BY t.moved_on, t.person"))


def declined_since(db: sqlite3.Connection, day: date) -> Iterator[Transfer]:
    """Refused from this day on, and nothing was asked for since: the sender has to know."""
    return map(_transfer, db.execute(_DECLINED, (iso(day),)))


def every(db: sqlite3.Connection) -> Iterator[Transfer]:
    return map(_transfer, db.execute(f"{_READ} ORDER BY t.moved_on, t.id"))


def settle(db: sqlite3.Connection, people: Iterable[int]) -> int:
    """Set `ended_by` anew in the transfers of these people; how many that changed."""
    rows = db.execute(_FACTS, (json.dumps(list(people)),)).fetchall()
    whose: dict[str, tuple[int, int]] = {uid: (person, counter) for uid, person, counter, *_ in rows}
    before = {uid: ended_by for uid, _person, _counter, ended_by, *_ in rows}
    answers: dict[str, list[tuple[int, str]]] = {uid: [] for uid in whose}
    for uid, _person, _counter, _ended, answer_uid, answer in rows:
        if answer_uid is not None:
            answers[uid].append((ANSWERS.index(answer), answer_uid))
    accepted = [(whose[uid], min(found)[1]) for uid, found in answers.items() if found and min(found)[0] == 0]
    changed = []
    for uid, (person, counter) in whose.items():
        overtook = [by for (other, its), by in accepted if other == person and its >= counter]
        ended = min(answers[uid])[1] if answers[uid] else min(overtook, default=None)
        changed += [(ended, uid)] if ended != before[uid] else []
    db.executemany("UPDATE transfer SET ended_by = ? WHERE uid = ?", changed)
    return len(changed)


def of_a_village(db: sqlite3.Connection) -> bool:
    """Is this the registry of a village, and not of a township or county with several?"""
    row = db.execute(_LEVEL).fetchone()
    return row is None or row[0] == "village"


def lift(db: sqlite3.Connection) -> set[int]:
    """For as long as facts are written, nobody is elsewhere; who was."""
    lifted = {id_ for (id_,) in db.execute(_LIFT).fetchall()}
    if lifted:
        db.execute("DELETE FROM elsewhere")
    return lifted


def lay(db: sqlite3.Connection, origin: str) -> set[int]:
    """Close here whom another registry looks after; who they are. Nobody may be elsewhere when this is called."""
    if not of_a_village(db):
        return set()
    found = []
    own: list[tuple[str, str | None]] | None = None
    for person, on, place, accepted_here, begun_here in db.execute(_MOVED, {"origin": origin}).fetchall():
        if accepted_here or (accepted_here is None and begun_here) or place is None:
            continue
        own = _own(db, origin) if own is None else own
        if not _among(db, own, place):
            found.append((on, person))
    db.executemany("UPDATE person SET closed_on = ?, closed_reason = 'moved' WHERE id = ?", found)
    db.executemany("INSERT INTO elsewhere (person) VALUES (?)", ((person,) for _on, person in found))
    return {person for _on, person in found}


def ours(db: sqlite3.Connection, origin: str, place: int) -> bool:
    """Is this one of the villages that this registry shows to be its own?"""
    own = _own(db, origin)
    return bool(own) and _among(db, own, place)


def may_settle(db: sqlite3.Connection, origin: str, place: int) -> bool:
    """May this registry say that somebody lives there? A township of any village; a village of its own, and of any as long
    as nothing shows which that is."""
    return not of_a_village(db) or _among(db, _own(db, origin), place)


def accepted(db: sqlite3.Connection, person: int) -> list[tuple[int, str]]:
    """The villages (place ids) that a person was accepted for, and the registry that wrote it; the latest first."""
    return db.execute(_ACCEPTED, (person,)).fetchall()


def _own(db: sqlite3.Connection, origin: str) -> list[tuple[str, str | None]]:
    """(village, township) of those this registry took on, asked others to take on, or registered: of people whom two
    registries have in different villages by what was said here first, whatever the register says now."""
    found = db.execute(_OWN, {"origin": origin}).fetchall()
    for person, uid in db.execute(_TWICE, (origin,)).fetchall():
        village = registers.first_said(db, person, uid, "village")
        if village is not None:
            found.append((village, registers.first_said(db, person, uid, "township")))
    return found


def _among(db: sqlite3.Connection, own: Collection[tuple[str, str | None]], place: int) -> bool:
    """Is this one of our villages? One written without its township is taken for ours, and any where nothing shows which
    are: better on two lists than on none."""
    village, township, _hamlet = places.names(db, place, None)
    return not own or any(name == village and (its is None or township is None or its == township) for name, its in own)


def leads_out(db: sqlite3.Connection, transfer: Transfer, origin: str) -> bool:
    """Does somebody leave this village's registry, from a place of its own to one that is not, so that others answer?"""
    if transfer.to_place is None or not of_a_village(db):
        return False
    own = db.execute(_OWN, {"origin": origin}).fetchall()

    begins_here = transfer.from_place is None or _among(db, own, transfer.from_place)
    return bool(own) and begins_here and not _among(db, own, transfer.to_place)


def follow(db: sqlite3.Connection, people: Collection[int], origin: str) -> set[int]:
    """After facts about these people changed: settle their transfers, and see anew who is elsewhere; whose place that
    changed."""
    if not any_of(db):
        return set()
    settle(db, people)
    return lift(db) ^ lay(db, origin)


def any_of(db: sqlite3.Connection) -> bool:
    """Was anybody ever transferred here, and not only by somebody who took it back?"""
    sql = "SELECT EXISTS (SELECT 1 FROM transfer) OR EXISTS (SELECT 1 FROM elsewhere)"
    return bool(db.execute(sql).fetchone()[0])


def is_elsewhere(db: sqlite3.Connection, person: int) -> bool:
    """Are they closed here only because another registry looks after them?"""
    return db.execute("SELECT 1 FROM elsewhere WHERE person = ?", (person,)).fetchone() is not None


def arrives(db: sqlite3.Connection, person: int, origin: str) -> bool:
    """Does somebody who is elsewhere only wait to be accepted here?"""
    last = of(db, person)[-1:]
    return any(
        one.state == "left" or (one.open and one.to_place is not None and ours(db, origin, one.to_place)) for one in last
    )


def everywhere(db: sqlite3.Connection, person: Person) -> Person:
    """The person as every registry knows them: not closed only because they are elsewhere."""
    return person._replace(closed_on=None, closed_reason=None) if is_elsewhere(db, person.id) else person


def parties(db: sqlite3.Connection, person: int) -> dict[int, bool]:
    """Village (place id) -> is the person whole its business, by their transfers?

    True for the sender and the receiver while a transfer is open, and for the village they live in. False for whoever else
    had a part: of the person it needs what its own lists hang on, the transfers, their answers, and where they live now.
    """
    found: dict[int, bool] = {}
    for from_place, to_place, is_open, village, _alive in db.execute(_PARTIES, (person,)):
        for place in (from_place, to_place, village):
            if place is not None:
                found[place] = found.get(place, False) or place == village or bool(is_open and to_place is not None)
    return found


def between(db: sqlite3.Connection, first: int, last: int) -> list[Transfer]:
    """The transfers with these ids."""
    return [_transfer(row) for row in db.execute(f"{_READ} WHERE t.id BETWEEN ? AND ? ORDER BY t.id", (first, last))]


def _transfer(row: tuple[object, ...]) -> Transfer:
    number, uid, person, from_place, to_place, outside, moved_on, reason, state, answered_on, answer_reason = row
    day = from_iso(str(moved_on))
    state_on = day_or_none(None if answered_on is None else str(answered_on)) or day
    return Transfer(
        number, uid, person, from_place, to_place, outside, day, reason, state, state_on, answer_reason,  # type: ignore[arg-type]
    )  # fmt: skip
