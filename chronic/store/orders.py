"""Examination orders and their events. `ended_by` of an order names the event that ended it; while the results of an
order are all withdrawn it is open again."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.days import from_iso, iso
from chronic.model.order import Order
from chronic.store.stamp import Stamp

_INSERT = """
INSERT INTO exam_order (uid, person, test, ordered_on, institution, detail, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"""
_EVENT = """
INSERT INTO exam_order_event
  (uid, exam_order, person, event, happened_on, result, reason, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_SENT = "(SELECT max(s.happened_on) FROM exam_order_event AS s WHERE s.exam_order = o.id AND s.event = 'sent')"
_READ = f"""
SELECT o.id, o.uid, o.person, o.test, o.ordered_on, o.institution, o.detail, e.event, e.happened_on, {_SENT}
FROM exam_order AS o LEFT JOIN exam_order_event AS e ON e.uid = o.ended_by"""
_REOPEN = """
UPDATE exam_order SET ended_by = NULL
WHERE ended_by IN (SELECT uid FROM exam_order_event WHERE id BETWEEN ? AND ?)"""
_OF_RESULT = "(SELECT exam_order FROM exam_order_event WHERE result = ?)"
_STANDS = """
SELECT e.uid FROM exam_order_event AS e JOIN test_result AS t ON t.uid = e.result
WHERE e.exam_order = exam_order.id AND t.ended_by IS NULL ORDER BY e.id LIMIT 1"""
_OPEN = "o.ended_by IS NULL AND EXISTS (SELECT 1 FROM person AS p WHERE p.id = o.person AND p.closed_on IS NULL)"


class Event(NamedTuple):
    """sent, resulted (with the uid of the result) or cancelled (with a reason)."""

    event: str
    on: date
    result: str | None = None
    reason: str | None = None


def add(
    db: sqlite3.Connection, person: int, test: str, on: date, institution: str | None, detail: str | None, stamp: Stamp
) -> int:
    """Write an order; its number."""
    row = (stamp.uid(), person, test, iso(on), institution, detail, stamp.origin, stamp.at, stamp.by)
    ((number,),) = db.execute(_INSERT, row).fetchall()
    return int(number)


def note(db: sqlite3.Connection, order: Order, event: Event, stamp: Stamp) -> None:
    """Write what became of an order; a result or a cancellation ends it."""
    uid = stamp.uid()
    row = (uid, order.number, order.person, event.event, iso(event.on), event.result, event.reason)
    db.execute(_EVENT, (*row, stamp.origin, stamp.at, stamp.by))
    if event.event != "sent":
        db.execute("UPDATE exam_order SET ended_by = ? WHERE id = ? AND ended_by IS NULL", (uid, order.number))


def by_id(db: sqlite3.Connection, number: int) -> Order | None:
    """The order with this number, None when there is none."""
    row = db.execute(f"{_READ} WHERE o.id = ?", (number,)).fetchone()
    return None if row is None else _order(row)


def of(db: sqlite3.Connection, person: int) -> list[Order]:
    """Everything ordered for one person, oldest first."""
    return [_order(row) for row in db.execute(f"{_READ} WHERE o.person = ? ORDER BY o.ordered_on, o.id", (person,))]


def still_open(db: sqlite3.Connection) -> Iterator[Order]:
    """Every open order of people not closed, the oldest first."""
    return map(_order, db.execute(f"{_READ} WHERE {_OPEN} ORDER BY o.ordered_on, o.person, o.id"))


def every(db: sqlite3.Connection) -> Iterator[Order]:
    """Every order, the oldest first."""
    return map(_order, db.execute(f"{_READ} ORDER BY o.ordered_on, o.person, o.id"))


def reopen(db: sqlite3.Connection, first: int, last: int) -> None:
    """Open the orders again that these events ended; the events themselves are left to whoever takes them away."""
    db.execute(_REOPEN, (first, last))


def follow(db: sqlite3.Connection, result: str) -> None:
    """After a result was withdrawn, or counts again: its order is ended by a result that stands, or is open."""
    db.execute(f"UPDATE exam_order SET ended_by = ({_STANDS}) WHERE id IN {_OF_RESULT}", (result,))


def between(db: sqlite3.Connection, first: int, last: int) -> list[Order]:
    """The orders with these ids."""
    return [_order(row) for row in db.execute(f"{_READ} WHERE o.id BETWEEN ? AND ? ORDER BY o.id", (first, last))]


def events(db: sqlite3.Connection, first: int, last: int) -> list[tuple[Order, str, date]]:
    """The events with these ids, each with its order."""
    sql = "SELECT exam_order, event, happened_on FROM exam_order_event WHERE id BETWEEN ? AND ? ORDER BY id"
    rows = db.execute(sql, (first, last)).fetchall()
    return [(order, event, from_iso(on)) for number, event, on in rows if (order := by_id(db, number)) is not None]


def _order(row: tuple[object, ...]) -> Order:
    number, uid, person, test, ordered_on, institution, detail, event, ended_on, sent_on = row
    status = event or ("sent" if sent_on else "requested")
    day = from_iso(str(ended_on or sent_on or ordered_on))
    return Order(number, uid, person, test, from_iso(str(ordered_on)), institution, detail, status, day)  # type: ignore[arg-type]
