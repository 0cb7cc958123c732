"""Whose records a receiver is sent: of a registry of some places, its people's and nobody else's.

A superior is trusted without a place and is sent everything. One with a place is sent

- who lives there, and who is to move there or away until that is answered (chronic/store/transfers.py);
- whom it registered itself, for as long as their home is what it was then: replies, corrections;
- tasks for its places, and what is said of rows of its own that are about nobody.

Somebody who becomes its business is sent whole, though their rows are older than what was sent last. Somebody who left
is sent once more, only as to where they went, and then no more; that they were erased it hears all the same. So it is
kept who was given to whom: a stay begins with the bundle that first held all of theirs and ends with the first that
did not.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.model.place import padded
from chronic.model.unseen import usual
from chronic.store import places
from chronic.store.travelling import ALIASES, ASIDE, MERGERS, ONLY, PERSON, TRAVELLING

_PINNED = (
    "SELECT coalesce(same_as, id) FROM place WHERE uid = ?1 UNION SELECT coalesce(same_as, id) FROM place WHERE code = ?2"
)
_AT = """
WITH RECURSIVE up (place, path, parent) AS (
  SELECT id, name, parent FROM place WHERE name = ?1
  UNION ALL SELECT up.place, p.name || '/' || path, p.parent FROM up CROSS JOIN place AS p ON p.id = up.parent)
SELECT DISTINCT p.id, p.parent IS NULL FROM up CROSS JOIN place AS t ON t.id = up.place
JOIN place AS p ON p.id = coalesce(t.same_as, t.id) WHERE up.path = ?2"""
_NAMES = "SELECT id FROM place WHERE same_as IN (SELECT value FROM json_each(?))"
_HERE = """
SELECT p.id FROM person AS p WHERE p.id IN (SELECT value FROM json_each(:people)) AND (
  p.village IN (SELECT value FROM json_each(:places)) OR p.hamlet IN (SELECT value FROM json_each(:places))
  OR EXISTS (SELECT 1 FROM bundle_given AS g
             WHERE g.peer = :peer AND g.person = p.id AND g.since = 0 AND g.home = coalesce(p.village, 0))
  OR EXISTS (SELECT 1 FROM transfer AS t WHERE t.person = p.id AND t.ended_by IS NULL AND t.to_place IS NOT NULL AND (
             t.to_place IN (SELECT value FROM json_each(:places))
             OR t.from_place IN (SELECT value FROM json_each(:places)))))"""
_CONCERNED = """
SELECT id FROM person WHERE village IN (SELECT value FROM json_each(?1))
UNION SELECT id FROM person WHERE village IN (SELECT parent FROM place WHERE id IN (SELECT value FROM json_each(?1)))
  AND hamlet IN (SELECT value FROM json_each(?1))
UNION SELECT person FROM transfer WHERE ended_by IS NULL AND outside IS NULL AND (
  to_place IN (SELECT value FROM json_each(?1)) OR from_place IN (SELECT value FROM json_each(?1)))"""
_STAYS = """
SELECT person, since, until, told FROM bundle_given
WHERE peer = ? AND person IN (SELECT value FROM json_each(?)) ORDER BY person, since"""
_PENDING = "SELECT DISTINCT person FROM bundle_given WHERE peer = ? AND until IS NOT NULL"
_ACKED = "SELECT id FROM bundle_sent WHERE peer = ? AND acked = 1"
_MERGED = "SELECT person, merged FROM person_merge WHERE id > ?"
_INHERIT = """
INSERT OR IGNORE INTO bundle_given (peer, person, since, until, told, home)
SELECT peer, ?3, since, until, told, home FROM bundle_given WHERE peer = ?1 AND person = ?2"""
_ERASED = """
SELECT e.person FROM erasure AS e WHERE e.id > ?
AND EXISTS (SELECT 1 FROM bundle_given AS g WHERE g.peer = ? AND g.person = e.person)"""
_BEGIN = "INSERT OR IGNORE INTO bundle_given (peer, person, since) VALUES (?, ?, ?)"
_END = "UPDATE bundle_given SET until = ? WHERE peer = ? AND person = ? AND since > 0 AND until IS NULL"
_TELL = "UPDATE bundle_given SET told = ? WHERE peer = ? AND person = ? AND (since = 0 OR until IS NOT NULL)"
_FORGET = "DELETE FROM bundle_given WHERE peer = ? AND person = ? AND since = ?"
_HAD = """
INSERT INTO bundle_given (peer, person, since, told) VALUES (?, ?, 0, ?)
ON CONFLICT (peer, person, since) DO UPDATE SET told = excluded.told"""
_HOLDS = """
SELECT DISTINCT person FROM bundle_given
WHERE peer = ? AND person IN (SELECT value FROM json_each(?)) AND (since = 0 OR (since <= ? AND until IS NULL))"""
_BROUGHT = """
INSERT OR IGNORE INTO bundle_given (peer, person, since, home)
SELECT :peer, p.id, 0, CASE WHEN p.id > :people OR EXISTS (
    SELECT 1 FROM person_alias AS a WHERE a.person = p.id AND a.id > :aliases) THEN coalesce(p.village, 0) END
FROM person AS p WHERE p.id IN (
  SELECT id FROM person WHERE uid IN (SELECT value FROM json_each(:uids))
  UNION SELECT person FROM person_alias WHERE uid IN (SELECT value FROM json_each(:uids))
  UNION SELECT person FROM person_merge WHERE merged_uid IN (SELECT value FROM json_each(:uids)))"""


class _All(dict[str, int]):
    """The marks of everything there will ever be."""

    def get(self, _table: str, _default: object = None) -> int:
        return (1 << 63) - 1


ALL: Mapping[str, int] = _All()


class Stay(NamedTuple):
    """A time in which somebody was a receiver's business, in numbers of bundles. `since` 0: they brought them; `told`: the
    bundle that said that they left."""

    since: int
    until: int | None
    told: int | None


class Whose(NamedTuple):
    """What one bundle holds. `whole`: of whom everything goes; `new`: of whom what is new; `leaving`: who left; `places`:
    whose tasks go, those of `added` all. `begun`, `ended`, `over`: what is to be kept of it, see `keep`."""

    peer: str
    after: int
    places: frozenset[int]
    added: frozenset[int]
    whole: set[int]
    new: set[int]
    leaving: set[int]
    begun: set[int]
    ended: set[int]
    over: list[tuple[int, Stay]]
    merged: dict[int, list[int]]

    @property
    def everybody(self) -> set[int]:
        return self.whole | self.new | self.leaving


def places_of(db: sqlite3.Connection, place: str) -> frozenset[int]:
    """A place and all below it, by what `pinned` made of it, under every name that transfers and tasks may still have for
    them; none where nobody has heard of it yet.

    Raises ValueRefused (`bundle.places`) where places of several townships have this name.
    """
    standing = [id_ for root in _found(db, place) for id_ in places.below(db, root)]
    names = db.execute(_NAMES, (json.dumps(standing),))
    return frozenset(standing).union(id_ for (id_,) in names)


def pinned(db: sqlite3.Connection, text: str) -> str:
    """What to keep of a place that somebody named (by code, name, or path as in 镇/村): its uid, whatever it will be called,
    and the text itself until somebody has heard of it. Raises as `places_of`."""
    found = _found(db, text)
    if len(found) != 1:
        return text
    (uid,) = db.execute("SELECT uid FROM place WHERE id = ?", found).fetchone()
    return str(uid)


def called(db: sqlite3.Connection, place: str) -> str:
    """What `pinned` made of a place, to be read."""
    row = db.execute("SELECT coalesce(same_as, id) FROM place WHERE uid = ?", (place,)).fetchone()
    return places.path(db, row[0]) if row else place


def place_of(db: sqlite3.Connection, place: str) -> int | None:
    """The place that `pinned` made this of, by what is known by now; of two by one name the one that says what it lies in.
    Raises as `places_of`."""
    found = _found(db, place)
    return max(found, key=lambda id_: len(places.lineage(db, id_)), default=None)


def _found(db: sqlite3.Connection, text: str) -> list[int]:
    """A village that did not say which township it is in stands alone beside the township's own: the same place."""
    text = usual(text)
    found = [id_ for (id_,) in db.execute(_PINNED, (text, padded(text)))]
    if found:
        return found
    rows = db.execute(_AT, (text.rpartition("/")[2], text)).fetchall()
    if sum(not top for _id, top in rows) > 1:
        raise ValueRefused("bundle.places", place=text)
    return [id_ for id_, _top in rows]


def owner(table: str) -> str:
    """Whose a row `t` of a travelling table is, as SQL; NULL where it is about nobody."""
    refs = TRAVELLING.get(table, {PERSON: PERSON})
    if PERSON in refs:
        return "t.person"
    column, of = next(iter(refs.items()))
    return f"(SELECT person FROM {of} WHERE id = t.{column})"


def spoken_of(db: sqlite3.Connection, since: Mapping[str, int], until: Mapping[str, int] | None = None) -> set[int]:
    """Everybody of whom something came after these marks, and up to those."""
    end = ALL if until is None else until

    def span(table: str) -> tuple[int, int]:
        return since.get(table, 0), end.get(table, 0)

    sql = "SELECT id FROM person WHERE id > ? AND id <= ?"
    found = {id_ for (id_,) in db.execute(sql, span(PERSON))}
    for table in (*TRAVELLING, ALIASES, ASIDE, MERGERS):
        others = [column for column, of in TRAVELLING.get(table, {}).items() if of == PERSON and column != PERSON]
        for column in (owner(table), *(f"t.{name}" for name in others)):
            sql = f"SELECT {column} FROM {table} AS t WHERE t.id > ? AND t.id <= ? AND {ONLY.get(table, '1')}"
            found.update(id_ for (id_,) in db.execute(sql, span(table)) if id_ is not None)
    return found


def of(db: sqlite3.Connection, peer: str, place: str, since: Mapping[str, int], after: int, had: Collection[int]) -> Whose:
    """What this receiver is to be sent. `since`: marks of the bundle `after` (0: none), which they have; `had`: the places
    it was made for. Raises ValueRefused (`bundle.places`)."""
    here_are, had = places_of(db, place), frozenset(had)
    merged = defaultdict[int, list[int]](list)
    for person, gone in db.execute(_MERGED, (since.get(MERGERS, 0),)):
        merged[person].append(gone)
    asked = spoken_of(db, since) | {id_ for (id_,) in db.execute(_PENDING, (peer,))}
    if here_are != had:
        asked |= {id_ for (id_,) in db.execute(_CONCERNED, (json.dumps(sorted(here_are ^ had)),))}
    given = {"people": json.dumps(sorted(asked)), "places": json.dumps(sorted(here_are)), "peer": peer}
    here = {id_ for (id_,) in db.execute(_HERE, given)}
    stays = _stays(db, peer, asked | {gone for some in merged.values() for gone in some})
    acked = {id_ for (id_,) in db.execute(_ACKED, (peer,))}
    found = Whose(peer, after, here_are, here_are - had, set(), set(), set(), set(), set(), [], dict(merged))
    for person in asked:
        own = stays[person]
        every = [*own, *(stay for gone in merged.get(person, ()) for stay in stays[gone])]
        goes_on = any(stay.since and stay.until is None for stay in own)
        if person in here:
            held = any(0 < stay.since <= after and stay.until is None for stay in own)
            (found.new if held and person not in merged else found.whole).add(person)
            found.begun.update(() if goes_on else (person,))
            continue
        found.ended.update((person,) if goes_on else ())
        untold = [stay for stay in every if stay.told not in acked]
        if any(_have(stay, acked) for stay in untold):
            found.leaving.add(person)
        found.over.extend((person, stay) for stay in own if stay.until is not None and stay.told in acked)
    found.leaving.update(
        person for (person,) in db.execute(_ERASED, (since.get("erasure", 0), peer)) if person not in found.everybody
    )
    return found


def keep(db: sqlite3.Connection, found: Whose, bundle: int) -> None:
    """Remember what this bundle held and said; inside a transaction."""
    peer = found.peer
    for person, gone in found.merged.items():
        for one in gone:
            db.execute(_INHERIT, (peer, one, person))
    db.executemany(_BEGIN, ((peer, person, bundle) for person in found.begun))
    db.executemany(_END, ((bundle, peer, person) for person in found.ended))
    db.executemany(_TELL, ((bundle, peer, person) for person in found.leaving))
    for person, stay in found.over:
        db.execute(_FORGET, (peer, person, stay.since))
        db.execute(_HAD, (peer, person, stay.told))


def brought(db: sqlite3.Connection, peer: str, uids: Iterable[str], people: int, aliases: int) -> None:
    """Remember whom this registry spoke of, and whom it was the first to bring: those with greater ids than these."""
    given = {"peer": peer, "uids": json.dumps(list(uids)), "people": people, "aliases": aliases}
    db.execute(_BROUGHT, given)


def holding(db: sqlite3.Connection, found: Whose, people: Collection[int]) -> set[int]:
    """Which of these the receiver has, or will have with this bundle."""
    rows = db.execute(_HOLDS, (found.peer, json.dumps(sorted(people)), found.after))
    return {*people} & found.everybody | {id_ for (id_,) in rows}


def _stays(db: sqlite3.Connection, peer: str, people: Iterable[int]) -> dict[int, list[Stay]]:
    stays = defaultdict[int, list[Stay]](list)
    for person, since, until, told in db.execute(_STAYS, (peer, json.dumps(sorted(people)))):
        stays[person].append(Stay(since, until, told))
    return stays


def _have(stay: Stay, acked: Iterable[int]) -> bool:
    """Did they say that they have a bundle of this stay, or bring the person themselves?"""
    return stay.since == 0 or any(stay.since <= one and (stay.until is None or one < stay.until) for one in acked)
