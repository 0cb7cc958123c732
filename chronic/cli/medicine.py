"""`medicine`: what people were given and until when it lasts, who needs more, and what to ask the prescriber."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import people
from chronic.cli.commands import Group, full_option, output_options, void_options, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, PROGRAMME, SPAN, FieldType, Found, WholeNumber
from chronic.cli.whose import whom, whose_options
from chronic.i18n import N_, _
from chronic.model.fields import Field
from chronic.model.plan import Problem
from chronic.model.wording import say_problem
from chronic.reports import medicines as reports

if TYPE_CHECKING:
    from pathlib import Path

_NAME = FieldType("medicine", "text", Field("medicine", "药品", "text", N_("Medicine")))


@click.group(cls=Group, help=_("Medicines handed out: until when they last, who needs more, what to ask the prescriber."))
def medicine() -> None:
    pass


@medicine.command(
    help=_("Record a supply: each of these medicines for so many days. What is left from before is carried over."),
    example=(
        "chronic medicine give 42 氨氯地平片 --days 30 --on 2026-11-20\n"
        "chronic medicine give 42 氨氯地平片 二甲双胍片 --days 28"
    ),
)
@click.argument("person", type=PERSON)
@click.argument("names", type=_NAME, nargs=-1, required=True, metavar="NAME...")
@click.option("--days", type=WholeNumber(min=1, days=True), required=True, help=_("So many days it lasts."))
@click.option("--on", type=DAY, help=_("The day it was given; today if left out."))
@click.option("--amount", help=_("How much, in words, as in 2盒."))
@yes_option
@click.pass_obj
def give(
    session: Session, /, person: Found, names: tuple[str, ...], days: int, on: date | None, amount: str | None, yes: bool
) -> None:
    from chronic.care import medicines as care

    id_ = people.about_to_write(session, person, yes)
    told(care.give(session.desk, id_, names, days, on or session.today, amount))
    for line in reports_lines(session, id_):
        click.echo(line)


@medicine.command(
    "list",
    help=_("What a person takes, since when, and how many days are left; what to ask the prescriber comes below."),
    example="chronic medicine list 42\nchronic medicine list 42 --all",
)
@click.argument("person", type=PERSON)
@click.option("--all", "everything", is_flag=True, help=_("Every supply and stop with its number, instead."))
@output_options
@click.pass_obj
def list_(session: Session, /, person: Found, everything: bool, style: str, out: "Path | None") -> None:
    id_ = person.person.id
    title = people.line(person.person, session.today)
    if everything:
        session.show(reports.entries(session.db, session.today, id_)._replace(title=title), style, out)
        return
    report = reports.listing(session.db, session.today, session.desk.editions, id_)
    if style != "table":
        session.show(report, style, out)
        return
    from chronic.cli.medicines_card import question_lines

    with session.printing(out):
        session.show(report._replace(title=title), style, None)
        for line in question_lines(session, id_):
            click.echo(line)


@medicine.command(
    help=_("Record that a medicine is taken no more; what is left of it is not counted again."),
    example="chronic medicine stop 42 氨氯地平 --on 2026-11-20 --reason 脚肿",
)
@click.argument("person", type=PERSON)
@click.argument("name", type=_NAME)
@click.option("--on", type=DAY, help=_("The day it was stopped; today if left out."))
@click.option("--reason", help=_("Why, as the prescriber or the person said."))
@yes_option
@click.pass_obj
def stop(session: Session, /, person: Found, name: str, on: date | None, reason: str | None, yes: bool) -> None:
    from chronic.care import medicines as care

    id_ = people.about_to_write(session, person, yes)
    was = care.stop(session.desk, id_, name, on or session.today, reason)
    click.echo(_("Stopped: {name}.").format(name=" / ".join(was.names)))


@medicine.command(
    help=_("Withdraw a supply or a stop that should not be there; the record of it stays."),
    example="chronic medicine void 1 --reason 记错人",
)
@click.argument("number", type=WholeNumber(min=1))
@void_options
@click.pass_obj
def void(session: Session, /, number: int, reason: str, yes: bool) -> None:
    from chronic.care import medicines as care

    people.really(_("Withdraw entry {n}?").format(n=number), yes, _("entry {n}").format(n=number))
    old = care.void(session.desk, number, reason)
    click.echo(_("Withdrawn: {name}, {day}.").format(name=old.name, day=old.on))


@medicine.command(
    help=_("Whose medicine has run out, the latest first, and whose will soon."),
    example="chronic medicine refill\nchronic medicine refill --within 14d --village 下各村",
)
@click.option("--within", type=SPAN, help=_("Also what runs out in so many days, as in 14d; else as the rule says."))
@whose_options
@full_option
@output_options
@click.pass_obj
def refill(
    session: Session, /, within: int | None, full: bool, limit: int | None, style: str, out: "Path | None", **filters: Any
) -> None:
    days = reports.remind_days(session.desk.editions, session.today) if within is None else within
    report = reports.refill(session.db, session.today, days, session.note_full(full), limit, whom(session, filters))
    session.show(report, style, out)


@medicine.command(
    help=_("Questions for the prescriber: one class twice, classes not taken together, metformin and the kidneys."),
    example="chronic medicine flags\nchronic medicine flags --village 下各村 --format csv",
)
@click.option("--programme", type=PROGRAMME, help=_("Only people managed for this."))
@whose_options
@output_options
@click.pass_obj
def flags(session: Session, /, limit: int | None, style: str, out: "Path | None", **filters: Any) -> None:
    from chronic.reports import people as register

    among = register.register(session.db, whom(session, filters), **filters)
    session.show(reports.flagged(session.db, session.today, session.desk.editions, among, limit), style, out)


def told(problems: list[Problem]) -> None:
    """What is worth a second look at what was just recorded."""
    for problem in problems:
        click.echo(_("Please check: {sentence}").format(sentence=say_problem(problem)), err=True)


def reports_lines(session: Session, person: int) -> list[str]:
    """What is left, and the questions, after something was given."""
    from chronic.cli.medicines_card import question_lines, supply_lines

    return [*supply_lines(session, person), *question_lines(session, person)]
