"""People who may be one and the same: pairs with points and reasons, the most alike first. Nothing is merged by it."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date

from chronic.i18n import N_
from chronic.i18n.terms import LIKENESS, term
from chronic.model.alike import ENOUGH, Card, Likeness, likeness
from chronic.model.place import Where
from chronic.model.report import Column, Report
from chronic.store import lookalikes

_COLUMNS = (
    Column("score", N_("Points"), right=True),
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("birth_date", N_("Born")),
    Column("village", N_("Village")),
    Column("other_id", N_("Other"), right=True),
    Column("other_name", N_("Name")),
    Column("other_birth_date", N_("Born")),
    Column("other_village", N_("Village")),
    Column("likeness", N_("Alike in"), last=True),
)
_FEW = 5_000
"""Up to so many people each is looked up; of more it is quicker to read everyone once."""


def listing(db: sqlite3.Connection, today: date, where: Where | None = None, limit: int | None = None) -> Report:
    """Pairs nobody has looked at, or of a place with anybody; the same registry gives the same list."""
    found = among(db, lookalikes.of_place(db, where)) if where is not None else pairs(db, lookalikes.everyone(db))
    return Report("duplicates", today.isoformat(), _COLUMNS, [_row(db, *pair) for pair in found[:limit]])


def among(db: sqlite3.Connection, ids: Sequence[int]) -> list[tuple[Likeness, Card, Card]]:
    """The pairs of these people with anybody."""
    if len(ids) <= _FEW:
        return pairs(db, lookalikes.of_some(db, ids))
    wanted = ids if isinstance(ids, range) else set(ids)
    found = (pair for pair in lookalikes.everyone(db) if pair[0].id in wanted or pair[1].id in wanted)
    return pairs(db, found)


def pairs(db: sqlite3.Connection, alike: Iterable[lookalikes.Pair]) -> list[tuple[Likeness, Card, Card]]:
    """Those that are alike enough, the most alike first, then by number; each once."""
    distinct = lookalikes.distinct(db)
    found = {}
    for one, other in alike:
        key = (one.id, other.id)
        if key not in found and key not in distinct and one.id != other.id:
            seen = likeness(one, other)
            if seen.score >= ENOUGH:
                found[key] = (seen, one, other)
    return sorted(found.values(), key=lambda pair: (-pair[0].score, pair[1].id, pair[2].id))


def why(seen: Likeness) -> str:
    """同名, 出生日期相同: in the user's language."""
    return ", ".join(term(LIKENESS, reason) for reason in seen.reasons)


def _row(db: sqlite3.Connection, seen: Likeness, one: Card, other: Card) -> dict[str, object]:
    villages = dict(db.execute("SELECT id, name FROM place WHERE id IN (?, ?)", (one.village, other.village)))
    return {
        "score": seen.score,
        "person_id": one.id, "name": one.name, "birth_date": one.birth_date, "village": villages.get(one.village),
        "other_id": other.id, "other_name": other.name, "other_birth_date": other.birth_date,
        "other_village": villages.get(other.village), "likeness": list(seen.reasons),
    }  # fmt: skip
