"""Pairs of people who may be one: by what they have in common, never everybody with everybody.

The blocks are a birth date, a phone, the end of an archive number, and a name in a village. Within the first two, names
must sound the same.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, groupby

from chronic.model.alike import Card
from chronic.model.place import Where
from chronic.model.sounds import ways

_COLUMNS = "id, name, sex, birth_date, id_number, archive_no, phone, village, hamlet, household_no"
_CARDS = f"SELECT {_COLUMNS} FROM person"
_BLOCKS: tuple[tuple[Callable[[Card], object], str], ...] = (
    (lambda card: card.birth_date, f"{_CARDS} WHERE birth_date IS NOT NULL ORDER BY birth_date, id"),
    (
        lambda card: card.phone,
        f"""{_CARDS} WHERE phone IN (SELECT phone FROM person WHERE phone IS NOT NULL GROUP BY phone
          HAVING count(*) > 1) ORDER BY phone, id""",
    ),
    (
        lambda card: (card.archive_no or "")[-8:],
        f"""{_CARDS} WHERE archive_no IS NOT NULL AND substr(archive_no, -8) IN (SELECT substr(archive_no, -8)
          FROM person WHERE archive_no IS NOT NULL GROUP BY substr(archive_no, -8) HAVING count(*) > 1)
          ORDER BY substr(archive_no, -8), id""",
    ),
    (
        lambda card: (card.village, card.name),
        f"""{_CARDS} WHERE (village, name) IN (SELECT village, name FROM person WHERE village IS NOT NULL
          GROUP BY village, name HAVING count(*) > 1) ORDER BY village, name, id""",
    ),
)
_ONE = f"{_CARDS} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
_LIKE = (
    f"{_CARDS} WHERE birth_date = :birth_date AND id <> :id",
    f"{_CARDS} WHERE phone = :phone AND id <> :id",
    f"{_CARDS} WHERE archive_no IS NOT NULL AND substr(archive_no, -8) = :tail AND id <> :id",
    f"{_CARDS} WHERE name = :name AND village = :village AND id <> :id",
)
_MOST, _READ = 50, 500
"""What more people of one name share is a placeholder, such as a birth date nobody knew, and no hint; a look-up reads
no more rows than the second."""
_DISTINCT = "SELECT min(person, other), max(person, other) FROM person_distinct"

Pair = tuple[Card, Card]


def everyone(db: sqlite3.Connection) -> Iterator[Pair]:
    """Every pair that has a block in common, the lower number first; a pair may come more than once."""
    for key, sql in _BLOCKS:
        for _value, rows in groupby(map(_card, db.execute(sql)), key=key):
            yield from _within(rows)


def of_some(db: sqlite3.Connection, ids: Sequence[int]) -> Iterator[Pair]:
    """The pairs of these people with anybody, by look-ups: for as few as a village has."""
    for row in db.execute(_ONE, (json.dumps(list(ids)),)).fetchall():
        one = _card(row)
        asked = {
            "id": one.id, "name": one.name, "birth_date": one.birth_date, "phone": one.phone, "village": one.village,
            "tail": one.archive_no and one.archive_no[-8:],
        }  # fmt: skip
        for sql in _LIKE:
            alike = [
                other
                for found in db.execute(f"{sql} ORDER BY id LIMIT {_READ}", asked)
                if one.ways & (other := _card(found)).ways
            ]
            for other in alike if len(alike) < _MOST else ():
                yield (one, other) if one.id < other.id else (other, one)


def distinct(db: sqlite3.Connection) -> set[tuple[int, int]]:
    """The pairs of which somebody said that they are two people, the lower number first."""
    return set(db.execute(_DISTINCT))


def of_place(db: sqlite3.Connection, where: Where) -> list[int]:
    return [id_ for (id_,) in db.execute(f"SELECT id FROM person AS p WHERE {where.sql('p')} ORDER BY id")]


def _within(cards: Iterable[Card]) -> Iterator[Pair]:
    """Pairs whose names sound the same."""
    said: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        for way in card.ways:
            said[way].append(card)
    for alike in said.values():
        if len(alike) <= _MOST:
            yield from combinations(alike, 2)


def _card(row: tuple[object, ...]) -> Card:
    id_, name, *rest = row
    return Card(int(str(id_)), str(name), ways(str(name)), *rest)  # type: ignore[arg-type]
