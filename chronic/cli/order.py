"""`order`: examinations asked for elsewhere, and whose result has not come."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import orders as care
from chronic.cli import people
from chronic.cli.commands import Group, output_options, yes_option
from chronic.cli.guided_terminal import present
from chronic.cli.medicine import told
from chronic.cli.session import Session
from chronic.cli.standing import standing_lines
from chronic.cli.types import DAY, PERSON, FieldType, Found, WholeNumber
from chronic.cli.whose import whom, whose_options
from chronic.i18n import _
from chronic.model.fields import BY_COLUMN
from chronic.model.order import Order
from chronic.protocol.complications import Complications
from chronic.reports import complications as tests
from chronic.reports import orders as reports
from chronic.store import orders as store
from chronic.store import people as register

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("Examinations asked for elsewhere: ordered, sent, result back; whose result is late."))
def order() -> None:
    pass


@order.command(
    help=_("Ask for an examination. A result that still counts is shown first, and then it takes --anyway."),
    example="chronic order add 42 远程心电 --at 县医院\nchronic order add 42 fundus --at 县医院 --on 2026-11-20",
)
@click.argument("person", type=PERSON)
@click.argument("test", metavar="TEST")
@click.option("--at", "institution", help=_("Who is to do it, or to read it."))
@click.option("--on", type=DAY, help=_("The day it was ordered; today if left out."))
@click.option("--detail", help=_("What the request says."))
@click.option("--anyway", is_flag=True, help=_("Also where a result still counts or an order is open."))
@yes_option
@click.pass_obj
def add(
    session: Session, /, person: Found, test: str, institution: str | None, on: date | None, detail: str | None,
    anyway: bool, yes: bool,
) -> None:  # fmt: skip
    code = care.named(session.desk, test)
    id_ = people.about_to_write(session, person, yes)
    despite = care.REASONS_NOT_TO if anyway else _shown(session, id_, code)
    number = care.add(session.desk, id_, code, on or session.today, institution, detail, despite)
    found = store.by_id(session.db, number)
    assert found is not None
    limit = reports.due_on(found, session.desk.editions, session.today)
    click.echo(_("Ordered as number {n}: {test}; result by {day}.").format(n=number, test=_name(session, code), day=limit))


@order.command(
    help=_("Note that the request, the tracing or the sample went out."), example="chronic order sent 1 --on 2026-11-21"
)
@click.argument("number", type=WholeNumber(min=1))
@click.option("--on", type=DAY, help=_("The day it was sent; today if left out."))
@click.pass_obj
def sent(session: Session, /, number: int, on: date | None) -> None:
    _show_whose(session, number)
    care.send(session.desk, number, on or session.today)
    found = store.by_id(session.db, number)
    assert found is not None
    limit = reports.due_on(found, session.desk.editions, session.today)
    click.echo(_("Sent: {test}; result by {day}.").format(test=_name(session, found.test), day=limit))


@order.command(
    help=_("Record the result: it becomes a test result, and answers the order."),
    example=(
        "chronic order result 1 --result normal --on 2026-11-21\nchronic order result 2 --value ldl_c=2.4 --value tg=1.6"
    ),
)
@click.argument("number", type=WholeNumber(min=1))
@click.option("--value", "values", multiple=True, help=_("Its value, or of several ldl_c=2.4; once for each."))
@click.option("--result", type=FieldType("result"), help=_("Normal or abnormal."))
@click.option("--on", type=DAY, help=_("The day it was done; today if left out."))
@click.option("--at", "--institution", "institution", help=_("Where it was done; else where it was ordered."))
@click.option("--detail", help=_("What the report says."))
@click.pass_obj
def result(
    session: Session, /, number: int, values: tuple[str, ...], result: str | None, on: date | None,
    institution: str | None, detail: str | None,
) -> None:  # fmt: skip
    order = _show_whose(session, number)
    given = dict(_value(session, order, text) for text in values) if order is not None else {}
    found = care.Found(on or session.today, given, result, institution, detail)
    order, asked = care.bring(session.desk, number, found)
    told(asked)
    click.echo(_("Recorded: {test}.").format(test=_name(session, order.test)))
    for line in standing_lines(session, order.person, order.test):
        click.echo(line)


@order.command(help=_("Note that an examination will not be done."), example="chronic order cancel 1 --reason 本人不愿意")
@click.argument("number", type=WholeNumber(min=1))
@click.option("--reason", required=True, help=_("Why."))
@click.option("--on", type=DAY, help=_("The day; today if left out."))
@click.pass_obj
def cancel(session: Session, /, number: int, reason: str, on: date | None) -> None:
    _show_whose(session, number)
    old = care.cancel(session.desk, number, on or session.today, reason)
    click.echo(_("Cancelled: {test}.").format(test=_name(session, old.test)))


@order.command(
    "list",
    help=_("Orders still open, the longest late first; of one person all of them."),
    example="chronic order list --overdue\nchronic order list 42\nchronic order list --village 下各村 --format csv",
)
@click.argument("person", type=PERSON, required=False)
@click.option("--overdue", is_flag=True, help=_("Only those whose result is late."))
@click.option("--all", "everything", is_flag=True, help=_("Answered and cancelled ones too."))
@whose_options
@output_options
@click.pass_obj
def list_(
    session: Session, /, person: Found | None, overdue: bool, everything: bool, limit: int | None, style: str,
    out: "Path | None", **whose: Any,
) -> None:  # fmt: skip
    report = reports.listing(
        session.db, session.today, session.desk.editions, None if person is None else person.person.id, overdue,
        everything, whom(session, whose), limit,
    )  # fmt: skip
    title = "" if person is None else people.line(person.person, session.today)
    session.show(report._replace(title=title), style, out)


def _shown(session: Session, person: int, test: str) -> tuple[str, ...]:
    """Show a result that still counts; what the order may be despite of. One that calls for a repeat itself needs no
    question."""
    book = Complications.of(session.desk.editions.on(session.today))
    item = book.tests[test]
    counting = care.counting(session.desk, person, test)
    if counting is None:
        return ()
    said = tests.result_text(item, counting.result) or ""
    click.echo(
        _("Already there: {test} {result} of {day}, {where}; counts until {until}.").format(
            test=_name(session, test), result=said, day=counting.result.done_on,
            where=counting.result.institution or _("here"), until=counting.until,
        ),
        err=True,
    )  # fmt: skip
    standings = tests.of_person(session.db, session.today, session.desk.editions, person)
    repeat = any(s.code == test and s.flag is not None and item.flags[s.flag].action == "repeat" for s in standings)
    if not repeat:
        if not present():
            return ()
        click.confirm(_("Order it all the same?"), abort=True, err=True)
    return (care.STILL_COUNTS,)


def _value(session: Session, order: Order, text: str) -> tuple[str, float]:
    """ldl_c=2.4, or the number alone where a test has one value."""
    name, equals, number = text.rpartition("=")
    column = care.column_of(session.desk, order.test, name.strip() if equals else None)
    value = FieldType(column, BY_COLUMN[column].kind).convert(number, None, None)
    if not isinstance(value, (int, float)):
        raise click.BadParameter(_("{text} is not a number.").format(text=text), param_hint="--value")
    return column, float(value)


def _show_whose(session: Session, number: int) -> Order | None:
    found = store.by_id(session.db, number)
    if found is not None:
        click.echo(people.line(register.get(session.db, found.person), session.today), err=True)
    return found


def _name(session: Session, test: str) -> str:
    return tests.test_name(Complications.of(session.desk.editions.on(session.today)), test)
