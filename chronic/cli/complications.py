"""`test`: tests against the six diseases. What is due, what counts and from where, what a result calls for."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import results as care
from chronic.cli import people
from chronic.cli.cards import span
from chronic.cli.commands import FILTER, Group, output_options, void_options, yes_option
from chronic.cli.session import Session
from chronic.cli.standing import standing_lines
from chronic.cli.types import DAY, PERSON, PROGRAMME, SPAN, FieldType, Found, WholeNumber
from chronic.cli.whose import whom, whose_options
from chronic.i18n import _
from chronic.i18n.terms import PROGRAMMES, term
from chronic.model.fields import BY_COLUMN
from chronic.model.result import Result
from chronic.model.wording import either, say_problem
from chronic.protocol.complications import Complications, Item
from chronic.protocol.named import Whom
from chronic.reports import complications as reports
from chronic.reports import people as register

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("Tests against the six diseases: what is due, what counts, what a result calls for."))
def test() -> None:
    pass


@test.command(
    help=_("Record what a test showed, here or elsewhere. A result from elsewhere counts within its window."),
    example=(
        "chronic test add 42 --test ecg --result normal --at 县医院 --on 2026-10-08\n"
        "chronic test add 42 --test uacr --value 45"
    ),
)
@click.argument("person", type=PERSON)
@click.option(
    "--test", "name", required=True, help=_("Which test: ecg, fundus, uacr, creatinine …; see: chronic test kinds")
)
@click.option("--on", type=DAY, help=_("The day it was done; today if left out."))
@click.option("--result", type=FieldType("result"), help=_("Normal or abnormal."))
@click.option("--value", help=_("Its value, in the unit that chronic test kinds shows."))
@click.option("--at", "institution", help=_("Where it was done; here if left out."))
@click.option("--detail", help=_("What the report says."))
@yes_option
@click.pass_obj
def add(session: Session, /, person: Found, name: str, on: date | None, value: str | None, yes: bool, **told: Any) -> None:
    id_ = people.about_to_write(session, person, yes)
    number = _number(session, name, value) if value is not None else None
    state, asked = care.add(session.desk, id_, Result(name, on or session.today, number, **told))
    for problem in asked:
        click.echo(_("Please check: {sentence}").format(sentence=say_problem(problem)), err=True)
    click.echo(_("Already recorded; nothing changed.") if state == "unchanged" else _("Recorded."))
    for line in (*standing_lines(session, id_, name), *_waiting(session, id_, name)):
        click.echo(line)


def _waiting(session: Session, person: int, name: str) -> Iterator[str]:
    """An order that this result may answer."""
    from chronic.store import orders

    tests = Complications.of(session.desk.editions.on(session.today)).tests
    for order in orders.of(session.db, person):
        if order.open and (order.test == name or (order.test in tests and name in tests[order.test].columns)):
            yield _("Order {n} waits for this; if it is its result: chronic order result {n}").format(n=order.number)


@test.command(
    help=_("What is due for whom: last result, where, how long it counts, and what it calls for."),
    example="chronic test due 42\nchronic test due --village 下各村 --test fundus\nchronic test due --within 30d",
)
@click.argument("person", type=PERSON, required=False)
@click.option("--within", type=SPAN, default=0, help=_("Also what comes due in so many days, as in 30d."))
@click.option("--test", "name", type=FILTER, help=_("Only this test."))
@click.option("--all", "everything", is_flag=True, help=_("Also what still counts, and what is done only where it can be."))
@click.option("--programme", type=PROGRAMME, help=_("Only people managed for this."))
@whose_options
@output_options
@click.pass_obj
def due(
    session: Session, /, person: Found | None, within: int, name: str | None, everything: bool, limit: int | None,
    style: str, out: "Path | None", **filters: Any,
) -> None:  # fmt: skip
    editions = session.desk.editions
    if name is not None:
        care.check(session.desk, name)
    asked = reports.Asked(within, name, everything or (person is not None and name is None), limit)
    if person is None:
        among = register.register(session.db, whom(session, filters), **filters)
        session.show(reports.due(session.db, session.today, editions, among, asked), style, out)
        return
    report = reports.due(session.db, session.today, editions, [person.person], asked)
    if style != "table":
        session.show(report, style, out)
        return
    shown = tuple(column for column in report.columns if column.key not in ("person_id", "name", "age", "hamlet"))
    titled = report._replace(columns=shown, title=people.line(person.person, session.today))
    with session.printing(out):
        session.show(titled, "table", None)
        for line in question_lines(session):
            click.echo(line)


@test.command(
    "list",
    help=_("A person's results with their numbers, latest first; values of visits among them."),
    example="chronic test list 42",
)
@click.argument("person", type=PERSON)
@output_options
@click.pass_obj
def list_(session: Session, /, person: Found, style: str, out: "Path | None") -> None:
    report = reports.listing(session.db, session.today, session.desk.editions, person.person.id)
    session.show(report._replace(title=people.line(person.person, session.today)), style, out)


@test.command(
    help=_("Withdraw a test result that should not be there; the record of it stays."),
    example="chronic test void 1 --reason 记错人",
)
@click.argument("number", type=WholeNumber(min=1))
@void_options
@click.pass_obj
def void(session: Session, /, number: int, reason: str, yes: bool) -> None:
    people.really(_("Withdraw test result {n}?").format(n=number), yes, _("test result {n}").format(n=number))
    old = care.void(session.desk, number, reason)
    click.echo(_("Withdrawn: the test result of {day}.").format(day=old.done_on))


@test.command(
    help=_("The tests of the guideline: for whom, how often, how long a result from elsewhere counts."),
    example="chronic test kinds",
)
@output_options
@click.pass_obj
def kinds(session: Session, /, style: str, out: "Path | None") -> None:
    if style != "table":
        session.show(reports.kinds(session.today, session.desk.editions), style, out)
        return
    with session.printing(out):
        for code, item in Complications.of(session.desk.editions.on(session.today)).tests.items():
            click.echo(_kind_line(code, item))


def _kind_line(code: str, item: Item) -> str:
    """uacr  尿白蛋白/肌酐  每 12 个月  互认 12 个月  高血压; 糖尿病  mg/g"""
    whom = "; ".join(_whom(line) for line in item.whom) or _("recorded only")
    clocks = _("every {every}, from elsewhere counts for {valid}").format(every=span(item.every), valid=span(item.valid))
    values = [f"{column} {unit}".strip() for column, unit in zip(item.columns, item.units, strict=True)]
    rare = [] if item.needed or not item.whom else [_("where available")]
    return "  ".join([code, either(item.name), whom, *([clocks] if item.whom else []), *rare, *values])


def _whom(line: Whom) -> str:
    """高血压/糖尿病 35 岁起, 吸烟者"""
    everyone = set(line.programmes) == set(PROGRAMMES)
    said = _("any of the three highs") if everyone else "/".join(term(PROGRAMMES, name) for name in line.programmes)
    said += " " + _("from {age} years").format(age=line.from_age) if line.from_age else ""
    return said + (" " + _("smokers") if line.smoker else "")


def question_lines(session: Session) -> Iterator[str]:
    """The questions of the diseases in force, and what a yes calls for."""
    book = Complications.of(session.desk.editions.on(session.today))
    for code in book.in_force.diseases:
        disease = book.diseases[code]
        yield f"{either(disease.name)}: {either(disease.asks)} -> {either(disease.then)}"


def _number(session: Session, name: str, text: str) -> float | None:
    """The value of a test, read as that field is read everywhere."""
    care.check(session.desk, name, valued=True)
    value = FieldType(name, BY_COLUMN[name].kind).convert(text, None, None)
    return float(value) if isinstance(value, (int, float)) else None
