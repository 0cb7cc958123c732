"""A walk through the residents, village by village, as far as a list needs it.

The order is that of the index `person_village`, so nothing is sorted and whoever wants twenty people reads about
twenty; people are handed over some at a time, because what is known of them is read for many at once.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from chronic.model.days import age_on, from_iso
from chronic.model.household import Home
from chronic.model.idcard import masked_phone
from chronic.model.place import Where
from chronic.reports import listed, tagged

_FIRST, _MOST = 50, 500
COLUMNS = listed.WHO
_WHO = "p.id, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone"
_SIZE = 8


class Among(NamedTuple):
    """Whom to list. `where` None: wherever they live."""

    where: Where | None = None
    doctor: str | None = None
    tags: tuple[tagged.Tagged, ...] = ()
    limit: int | None = None
    programme: str | None = None
    full: bool = False
    home: Home | None = None
    """Only this household."""
    everybody: bool = False
    """Closed people, too."""


def query(among: Among, columns: str, where: str) -> tuple[str, dict[str, object]]:
    """(SQL, values) of the walk, with more columns and conditions on `p`, `v` and `h`."""
    values: dict[str, object] = {}
    conditions = ["1" if among.everybody else "p.closed_on IS NULL", *([where] if where else [])]
    if among.where is not None:
        conditions.append(among.where.sql("p"))
    if among.doctor is not None:
        values["doctor"] = among.doctor
        conditions.append("p.responsible_doctor = :doctor")
    if among.home is not None:
        values |= {f"home_{name}": part for name, part in among.home._asdict().items()}
        conditions.append("p.village = :home_village AND p.hamlet IS :home_hamlet AND p.household_no = :home_household_no")
    conditions += tagged.conditions(among.tags, "p.id", values)
    sql = f"""
        SELECT {_WHO}{columns} FROM person AS p INDEXED BY person_village
        LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
        WHERE {" AND ".join(conditions)} ORDER BY p.village, p.hamlet, p.household_no, p.id"""
    return sql, values


def walk(
    db: sqlite3.Connection, among: Among, columns: str = "", where: str = "", values: dict[str, object] | None = None
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows, a few first and then more at a time."""
    sql, bound = query(among, columns, where)
    rows = iter(db.execute(sql, {**bound, **(values or {})}))
    size = _FIRST
    while some := list(islice(rows, size)):
        yield some
        size = _MOST


def who(row: tuple[Any, ...], day: date, full: bool) -> dict[str, object]:
    """The columns about the person; the rest of the row is `row[SIZE:]`."""
    person, uid, name, sex, born, village, hamlet, phone = row[:_SIZE]
    return {
        "person_id": person, "uid": uid, "name": name, "sex": sex, "age": age_on(from_iso(born), day) if born else None,
        "village": village, "hamlet": hamlet, "phone": phone if full else masked_phone(phone),
    }  # fmt: skip


def rest(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the row holds beside the person."""
    return row[_SIZE:]
