"""A person's medicines, benefit and open orders in lines, for the card."""

from collections.abc import Iterator

from chronic.cli.medicines_card import question_lines, supply_lines
from chronic.cli.session import Session
from chronic.i18n import _
from chronic.i18n.terms import ANSWERS, ORDER_STATUSES, term
from chronic.store import medicines, orders


def supplied_lines(session: Session, person: int) -> Iterator[str]:
    yield from supply_lines(session, person)
    yield from question_lines(session, person)
    told = medicines.told(session.db, person)
    if told is not None:
        yield _("Registered for the benefit: {answer}").format(answer=term(ANSWERS, told[0])) + f"  {told[1]}"
    yield from order_lines(session, person)


def order_lines(session: Session, person: int) -> Iterator[str]:
    """Order 3  ECG  sent 2026-11-10  result by 2026-11-13."""
    waiting = [order for order in orders.of(session.db, person) if order.open]
    if not waiting:
        return
    from chronic.protocol.complications import Complications
    from chronic.reports.complications import test_name
    from chronic.reports.orders import due_on

    book = Complications.of(session.desk.editions.on(session.today))
    for order in waiting:
        limit = due_on(order, session.desk.editions, session.today)
        late = _("RESULT LATE") if limit < session.today else ""
        said = _("Order {n}: {test}, {status} {day}, result by {limit}").format(
            n=order.number, test=test_name(book, order.test), status=term(ORDER_STATUSES, order.status),
            day=order.status_on, limit=limit,
        )  # fmt: skip
        yield f"{said}  {late}".rstrip()
