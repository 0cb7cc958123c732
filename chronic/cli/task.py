"""`task`: problems that have an owner and a day, written down by somebody or found by a check."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import tasks as care
from chronic.cli import people
from chronic.cli.commands import FILTER, Group, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.task_county import accept, give_back, hand_out
from chronic.cli.types import DAY, PERSON, Found, WholeNumber
from chronic.cli.where import by_option, place_asked, place_options
from chronic.cli.whose import whom, whose_options
from chronic.errors import ValueRefused
from chronic.i18n import N_, _
from chronic.model.report import Column, Report
from chronic.model.task import TYPED, Task
from chronic.protocol import Protocol
from chronic.protocol.tasks import Tasks
from chronic.reports import tasks as reports
from chronic.store import people as register

if TYPE_CHECKING:
    from pathlib import Path

_COUNTS = (
    Column("check", N_("Check")),
    Column("found", N_("Problems"), True),
    Column("new", N_("New"), True),
    Column("reopened", N_("Reopened"), True),
    Column("closed", N_("Closed"), True),
)
NUMBER = WholeNumber(min=1)


@click.group(cls=Group, help=_("Problems with an owner and a day: written down, or found by a check."))
def task() -> None:
    pass


for _command in (hand_out, accept, give_back):
    task.add_command(_command)


@task.command(
    help=_("Write down a problem that supervision found."),
    example=(
        "chronic task add 随访表未签字 --person 42 --due 2026-12-05\n"
        "chronic task add 血压计超期未校准 --owner 李医生 --village 下各村"
    ),
)
@click.argument("text")
@click.option("--person", type=PERSON, help=_("Whom it is about."))
@place_options
@click.option("--owner", help=_("Who is to do it; else the person's responsible doctor, else the registry's."))
@click.option("--due", "due_on", type=DAY, help=_("Until when; else as the guideline's book has it."))
@yes_option
@click.pass_obj
def add(
    session: Session, /, text: str, person: Found | None, owner: str | None, due_on: date | None, yes: bool, **where: Any,
) -> None:  # fmt: skip
    id_ = people.about_to_write(session, person, yes) if person is not None else None
    number = care.add(session.desk, text, id_, place_asked(session, where), owner, due_on)
    click.echo(_("Task {number} written down: {task}").format(number=number, task=line_of(session, number)))


@task.command(
    "list",
    help=_("The tasks: the most urgent kind first, in it by their day."),
    example=(
        "chronic task list\n"
        "chronic task list --overdue --owner 李医生\n"
        "chronic task list --by village --kind typed\n"
        "chronic task list --closed --format csv --out done.csv"
    ),
)
@click.option("--open", "only_open", is_flag=True, help=_("Open ones, as without it."))
@click.option("--closed", is_flag=True, help=_("Closed ones, instead."))
@click.option("--all", "everything", is_flag=True, help=_("Both."))
@click.option("--overdue", is_flag=True, help=_("Only open ones whose day is over."))
@click.option("--owner", type=FILTER, help=_("Only this owner's."))
@click.option("--person", type=PERSON, help=_("Only about this person."))
@by_option(["village", "township", "area", "county"], _("How many there are of each, open, late and done."))
@click.option("--kind", type=FILTER, help=_("Only what this check found, as in overdue; typed: what was written down."))
@whose_options
@output_options
@click.pass_obj
def list_(
    session: Session, /, only_open: bool, closed: bool, everything: bool, overdue: bool, owner: str | None,
    person: Found | None, by: str | None, kind: str | None, limit: int | None, style: str, out: "Path | None", **whose: Any,
) -> None:  # fmt: skip
    if only_open + closed + everything > 1 or (closed and overdue):
        raise ValueRefused("task.one_state")
    protocol = _protocol(session)
    known = [TYPED, *Tasks.of(protocol).checks]
    if kind is not None and kind not in known:
        raise ValueRefused("task.kind", kind=kind, known=", ".join(known))
    state = "closed" if closed else "all" if everything else "open"
    about = person.person.id if person is not None else None
    asked = reports.Asked(state, owner, about, kind, overdue, limit, whom(session, whose))
    if by is not None:
        from chronic.reports import task_standing

        session.show(task_standing.by_place(session.db, session.today, by, asked), style, out)
        return
    session.show(reports.listing(session.db, session.today, protocol, asked), style, out)


@task.command(help=_("One task and everything that became of it."), example="chronic task show 1")
@click.argument("number", type=NUMBER)
@output_options
@click.pass_obj
def show(session: Session, /, number: int, style: str, out: "Path | None") -> None:
    known = care.known(session.desk, number)
    report = reports.story(session.db, session.today, number)
    protocol = _protocol(session)
    lines = [*_whose(session, known), *_people_on(session, number)]
    if known.kind in Tasks.of(protocol).checks:
        lines.append(_cite(protocol, known.kind))
    session.show(report._replace(title=line_of(session, number), lines=tuple(lines)), style, out)


@task.command(
    help=_("Close a task by saying what was done. What a check still finds it opens again."),
    example="chronic task close 1 --evidence 11月20日已上门随访",
)
@click.argument("number", type=NUMBER)
@click.option("--evidence", required=True, help=_("What was done, and where that can be seen."))
@click.option("--on", type=DAY, help=_("The day it was done; today if left out."))
@click.pass_obj
def close(session: Session, /, number: int, evidence: str, on: date | None) -> None:
    show_whose(session, number)
    care.close(session.desk, number, evidence, on or session.today)
    click.echo(_("Closed: {task}").format(task=line_of(session, number)))


@task.command(help=_("Hand a task to somebody."), example="chronic task assign 1 --owner 王医生 --due 2026-12-05")
@click.argument("number", type=NUMBER)
@click.option("--owner", required=True, help=_("Who is to do it."))
@click.option("--due", "due_on", type=DAY, help=_("Until when; as before if left out."))
@click.pass_obj
def assign(session: Session, /, number: int, owner: str, due_on: date | None) -> None:
    show_whose(session, number)
    care.hand_to(session.desk, number, owner, due_on)
    click.echo(_("Handed to {owner}: {task}").format(owner=owner.strip(), task=line_of(session, number)))


@task.command(help=_("Note something about a task."), example="chronic task note 1 家属说在外打工")
@click.argument("number", type=NUMBER)
@click.argument("text")
@click.pass_obj
def note(session: Session, /, number: int, text: str) -> None:
    show_whose(session, number)
    care.note(session.desk, number, text)
    click.echo(_("Noted."))


@task.command(
    help=_("Check the registry: makes a task of what is wrong, closes what is put right, opens again what is not."),
    example="chronic task check",
)
@output_options
@click.pass_obj
def check(session: Session, /, style: str, out: "Path | None") -> None:
    from chronic.office import supervision

    words = Tasks.of(_protocol(session))
    counts = supervision.check(session.desk)
    rows = [{"check": code, **count._asdict()} for code, count in counts.items()]
    if style == "table":
        rows = [row | {"check": reports.name_of(words, str(row["check"]))} for row in rows]
    session.show(Report("task_check", session.today.isoformat(), _COUNTS, rows), style, out)
    if style == "table":
        click.echo(_("What is open: chronic task list"))


@task.command(
    help=_("The checks in force: what they look for, until when, and by which rule."), example="chronic task kinds"
)
@output_options
@click.pass_obj
def kinds(session: Session, /, style: str, out: "Path | None") -> None:
    session.show(reports.kinds(session.today, _protocol(session)), style, out)


def open_lines(session: Session, person: int) -> list[str]:
    """The open tasks of a person, a line each."""
    asked = reports.Asked(person=person)
    rows = reports.listing(session.db, session.today, _protocol(session), asked).rows
    return [_("Task {number}, by {day}: {what}").format(number=r["task"], day=r["deadline"], what=r["title"]) for r in rows]


def _cite(protocol: Protocol, kind: str) -> str:
    from chronic.model.wording import either

    words = Tasks.of(protocol)
    cite = words.cites[words.checks[kind].cite]
    unsure = " " + _("(not verified)") if cite.unverified else ""
    return f"[{cite.mark}] {cite.source}: {either((cite.zh, cite.en))}{unsure}"


def _protocol(session: Session) -> Protocol:
    return session.desk.editions.on(session.today)


def line_of(session: Session, number: int) -> str:
    """What it is, whose, and until when."""
    from chronic.store import tasks

    known = care.known(session.desk, number)
    said = reports.title_of(Tasks.of(_protocol(session)), known)
    now = tasks.now(session.db, number)
    if now is None:
        return said
    return _("{what} ({owner}, by {day})").format(what=said, owner=now[0] or "-", day=now[1])


def _people_on(session: Session, number: int) -> list[str]:
    """Those a task that was handed out is about, a line each."""
    from chronic.store import tasks

    about = tasks.people_of(session.db, number)
    return [people.line(register.get(session.db, id_), session.today) for id_, _name in about]


def _whose(session: Session, known: Task) -> list[str]:
    return [people.line(register.get(session.db, known.person), session.today)] if known.person is not None else []


def show_whose(session: Session, number: int) -> None:
    for line in _whose(session, care.known(session.desk, number)):
        click.echo(line, err=True)
