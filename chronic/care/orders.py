"""Examinations asked for elsewhere: the order, that it was sent, its result, or that it was cancelled."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from chronic.care import results as tests
from chronic.care.dated import impossible
from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.order import Order
from chronic.model.plan import Problem
from chronic.model.result import Result
from chronic.protocol.complications import Complications, Item
from chronic.protocol.orders import Orders
from chronic.rules.complications import counts_until
from chronic.store import orders, results
from chronic.store.journal import deed
from chronic.store.orders import Event

STILL_COUNTS, STILL_OPEN = REASONS_NOT_TO = ("order.still_counts", "order.open")
"""Why a test need not be ordered: a result counts, or an order of it is open."""


class Counting(NamedTuple):
    """A result that still counts for a test, and until when."""

    result: Result
    until: date


class Found(NamedTuple):
    """What an order brought: the values by column, normal or abnormal, where, and what the report says."""

    on: date
    values: Mapping[str, float]
    result: str | None = None
    institution: str | None = None
    detail: str | None = None


def named(desk: Desk, text: str) -> str:
    """The test somebody means: its code, one of its values, its name in either language, or another word for it.

    Raises ValueRefused (`test.unknown`).
    """
    protocol = desk.editions.on(desk.today)
    items, also = Complications.of(protocol).tests, Orders.of(protocol).words
    wanted = text.strip().casefold()
    for code, item in items.items():
        words = (code, *item.columns, *item.name, *(also[code].also if code in also else ()))
        if wanted in {word.casefold() for word in words}:
            return code
    raise ValueRefused("test.unknown", test=text, known=", ".join(items))


def counting(desk: Desk, person: int, test: str) -> Counting | None:
    """The result of this test that counts longest, where one still counts today."""
    item = _item(desk, test)
    ((_, found),) = results.read(desk.db, [person], item.columns)
    own = [result for result in found if result.test in (test, *item.columns) and result.done_on <= desk.today]
    latest = max(own, key=lambda result: (counts_until(item, result), result.number), default=None)
    if latest is None or counts_until(item, latest) < desk.today:
        return None
    return Counting(latest, counts_until(item, latest))


def add(
    desk: Desk, person: int, test: str, on: date, institution: str | None = None, detail: str | None = None,
    despite: Collection[str] = (),
) -> int:  # fmt: skip
    """Record that a test was asked for; its number.

    Raises ValueRefused (refusals of a day) and NotAllowed for what it is not `despite` of: REASONS_NOT_TO.
    """
    for problem in impossible(desk, person, on, "ordered_on"):
        raise refusal(problem)
    with deed(desk.db, desk.stamp, "order.add", person):
        for reason in _not_needed(desk, person, test):
            if reason.code not in despite:
                raise reason
        return orders.add(desk.db, person, test, on, institution, detail, desk.stamp)


def send(desk: Desk, number: int, on: date) -> Order:
    """Record that the request, the tracing or the sample went out. Raises as `cancel`."""
    order = _open(desk, number, on)
    with deed(desk.db, desk.stamp, "order.sent", order.person):
        orders.note(desk.db, order, Event("sent", on), desk.stamp)
    return order


def cancel(desk: Desk, number: int, on: date, reason: str) -> Order:
    """Record that it will not be done.

    Raises NotAllowed (`order.none`, `order.ended`) and ValueRefused (`order.before`, `value.missing`, refusals of a day).
    """
    order = _open(desk, number, on)
    if not reason.strip():
        raise ValueRefused("value.missing", column="reason")
    with deed(desk.db, desk.stamp, "order.cancel", order.person):
        orders.note(desk.db, order, Event("cancelled", on, reason=reason), desk.stamp)
    return order


def bring(desk: Desk, number: int, found: Found) -> tuple[Order, list[Problem]]:
    """Record the result and, as one deed, that it answers the order; what is worth asking about it.

    A result that was recorded before is not written again. Raises as `cancel`, and as a test result does.
    """
    order = _open(desk, number, found.on)
    where = found.institution or order.institution
    shown = [Result(column, found.on, value, None, None, where, found.detail) for column, value in found.values.items()]
    if found.result is not None:
        same = next((place for place, one in enumerate(shown) if one.test == order.test), None)
        if same is None:
            shown.append(Result(order.test, found.on, None, None, found.result, where, found.detail))
        else:
            shown[same] = shown[same]._replace(result=found.result)
    if not shown:
        raise ValueRefused("test.nothing")
    return order, _bring(desk, order, shown)


def _bring(desk: Desk, order: Order, shown: Sequence[Result]) -> list[Problem]:
    asked: list[Problem] = []
    with deed(desk.db, desk.stamp, "order.result", order.person):
        for result in shown:
            asked += tests.add(desk, order.person, result)[1]
            written = results.same_day(desk.db, order.person, result)
            assert written is not None
            orders.note(desk.db, order, Event("resulted", result.done_on, written.uid), desk.stamp)
    return asked


def column_of(desk: Desk, test: str, column: str | None) -> str:
    """Which value of a test is meant: the one named, or its only one. Raises ValueRefused (`order.which`,
    `test.no_value`)."""
    item = _item(desk, test)
    if not item.columns:
        raise ValueRefused("test.no_value", test=test)
    if column is None and (len(item.columns) == 1 or test in item.columns):
        return test if test in item.columns else item.columns[0]
    if column not in item.columns:
        raise ValueRefused("order.which", test=test, known=", ".join(item.columns))
    return column


def _not_needed(desk: Desk, person: int, test: str) -> Iterator[NotAllowed]:
    there = next((order for order in orders.of(desk.db, person) if order.open and order.test == test), None)
    if there is not None:
        yield NotAllowed("order.open", number=there.number, day=there.ordered_on)
    found = counting(desk, person, test)
    if found is not None:
        yield NotAllowed("order.still_counts", day=found.result.done_on, until=found.until)


def _open(desk: Desk, number: int, on: date) -> Order:
    order = orders.by_id(desk.db, number)
    if order is None:
        raise NotAllowed("order.none", number=number)
    if not order.open:
        raise NotAllowed("order.ended", number=number, day=order.status_on)
    for problem in impossible(desk, order.person, on, "happened_on"):
        raise refusal(problem)
    if on < order.ordered_on:
        raise ValueRefused("order.before", day=order.ordered_on)
    return order


def _item(desk: Desk, test: str) -> Item:
    return Complications.of(desk.editions.on(desk.today)).tests[test]
