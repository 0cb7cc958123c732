"""The ledger of who is late: the lines of `overdue` itself, so that the two never differ."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.codes import PROGRAMMES
from chronic.reports import overdue, tagged
from chronic.reports.ledgers.sources import PERSON

NAME = "overdue"
_LISTED = {
    "programmes", "due_on", "days_overdue", "band", "last_visit_on", "last_contact_on", "last_bp", "last_fpg", "reasons",
    "calls", "next_call_on", *(f"class_{programme}" for programme in PROGRAMMES),
}  # fmt: skip
_OWN = {name: sql for name, sql in PERSON.items() if name not in _LISTED} | {"uid": "p.uid"}


class Late(NamedTuple):
    """What its columns may be called."""

    listed: frozenset[str] = frozenset(_LISTED | set(_OWN))

    def names(self, programme: str | None) -> frozenset[str]:
        return self.listed


LATE = Late()
Asked = tuple[str | None, tagged.Whom]


def lines(
    db: sqlite3.Connection, day: date, span: tuple[date | None, date], asked: Asked, names: list[str]
) -> Iterator[tuple[str, str | None, list[object]]]:
    """(day, birth date, values) of everyone late on `day` whose date lies in the span, in the order of `overdue`."""
    programme, whom = asked
    first, last = span[0].isoformat() if span[0] else "", span[1].isoformat()
    wanted = overdue.Asked(programme=programme, where=whom.where, doctor=whom.doctor, tags=whom.tags, full=True)
    own = [name for name in names if name in _OWN]
    cells = ", ".join(["p.birth_date", *(_OWN[name] for name in own)])
    for row in overdue.overdue(db, day, wanted).rows:
        if not first <= str(row["due_on"]) <= last:
            continue
        born, *values = db.execute(f"SELECT {cells} FROM person AS p WHERE p.id = ?", (row["person_id"],)).fetchone()
        known = _flat(row) | dict(zip(own, values, strict=True))
        yield day.isoformat(), born, [known[name] for name in names]


def _flat(row: dict[str, object]) -> dict[str, object]:
    found = {name: ";".join(value) if isinstance(value, list) else value for name, value in row.items()}
    classes = row["class"]
    assert isinstance(classes, dict)
    return found | {f"class_{programme}": klass for programme, klass in classes.items()}
