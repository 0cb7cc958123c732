"""Examination orders: what is still to come, and whose result is late."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date

from chronic.i18n import N_
from chronic.i18n.terms import ORDER_STATUSES, term
from chronic.model.days import age_on, iso
from chronic.model.order import Order
from chronic.model.person import Person
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.protocol.complications import Complications
from chronic.protocol.orders import Orders
from chronic.reports import tagged
from chronic.reports.complications import test_name
from chronic.store import orders, people

_COLUMNS = (
    Column("number", N_("Entry"), right=True),
    Column("order_uid", "order_uid", hidden=True),
    Column("person_id", N_("Id"), right=True),
    Column("uid", "uid", hidden=True),
    Column("name", N_("Name")),
    Column("sex", "sex", hidden=True),
    Column("age", "age", hidden=True),
    Column("village", N_("Village"), hidden=True),
    Column("hamlet", N_("Hamlet")),
    Column("test", "test", hidden=True),
    Column("test_name", N_("Test")),
    Column("institution", N_("Done at")),
    Column("ordered_on", N_("Ordered")),
    Column("status", "status", hidden=True),
    Column("said", N_("State")),
    Column("status_on", N_("Since")),
    Column("due_on", N_("Result by")),
    Column("days_late", N_("Days late"), right=True),
    Column("detail", N_("Details")),
    Column("mark", N_("Mark"), hidden=True),
)
_EVERYBODY = tagged.Whom()


def listing(
    db: sqlite3.Connection, day: date, editions: Editions, person: int | None, overdue: bool = False,
    everything: bool = False, whom: tagged.Whom = _EVERYBODY, limit: int | None = None,
) -> Report:  # fmt: skip
    """Open orders, the longest late first; of one person also those answered or cancelled, as with `everything`."""
    among = tagged.people(db, whom)
    found = (order for order in _read(db, person, everything) if among is None or order.person in among)
    rows = [_row(day, editions, order, who) for order, who in _whose(db, found)]
    if overdue:
        rows = [row for row in rows if isinstance(row["days_late"], int) and row["days_late"] > 0]
    rows.sort(key=lambda row: (row["due_on"] is None, str(row["due_on"] or ""), row["number"]))
    return Report("orders", day.isoformat(), _COLUMNS, rows[:limit])


def overdue_count(db: sqlite3.Connection, day: date, editions: Editions) -> int:
    """How many results are late."""
    return sum(due_on(order, editions, day) < day for order in orders.still_open(db) if order.ordered_on <= day)


def due_on(order: Order, editions: Editions, day: date) -> date:
    """The last day on which a result is not late: counted from the day it was sent, else asked for."""
    return Orders.of(editions.on(day)).limit(order.test).within.after(order.status_on)


def _read(db: sqlite3.Connection, person: int | None, everything: bool) -> Iterable[Order]:
    if person is None:
        return orders.every(db) if everything else orders.still_open(db)
    return orders.of(db, person)


def _whose(db: sqlite3.Connection, found: Iterable[Order]) -> Iterator[tuple[Order, Person]]:
    known: dict[int, Person] = {}
    for order in found:
        if order.person not in known:
            known[order.person] = people.get(db, order.person)
        yield order, known[order.person]


def _row(day: date, editions: Editions, order: Order, who: Person) -> dict[str, object]:
    protocol = editions.on(day)
    limit = due_on(order, editions, day) if order.open else None
    cites = Orders.of(protocol)
    return {
        "number": order.number, "order_uid": order.uid, "person_id": who.id, "uid": who.uid, "name": who.name,
        "sex": who.sex, "age": None if who.birth_date is None else age_on(who.birth_date, day), "village": who.village,
        "hamlet": who.hamlet, "test": order.test, "test_name": test_name(Complications.of(protocol), order.test),
        "institution": order.institution, "ordered_on": iso(order.ordered_on), "status": order.status,
        "said": term(ORDER_STATUSES, order.status), "status_on": iso(order.status_on), "due_on": iso(limit),
        "days_late": None if limit is None else max(0, (day - limit).days), "detail": order.detail,
        "mark": cites.cites[cites.limit(order.test).cite].mark,
    }  # fmt: skip
