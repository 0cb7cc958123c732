"""What a county or township does with tasks: hand lists out to villages, accept what was done or give it back."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import tasks as care
from chronic.cli.commands import Command, output_options, yes_option
from chronic.cli.people import really
from chronic.cli.session import Session
from chronic.cli.types import DAY, WholeNumber
from chronic.cli.where import place_options, within
from chronic.errors import ValueRefused
from chronic.i18n import N_, _, ngettext
from chronic.i18n.terms import HANDED_OUT
from chronic.model.report import Column, Report

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = WholeNumber(min=1)
_COLUMNS = (
    Column("task", N_("Task"), True),
    Column("village", N_("Village")),
    Column("people", N_("People"), True),
    Column("owner", N_("Owner")),
    Column("title", N_("Problem")),
    Column("person_ids", "person_ids", hidden=True),
)


@click.command(
    "hand-out",
    cls=Command,
    help=_(
        "Hand a list out to the villages: one task for each with its people on it. overdue: longer overdue than --days; "
        "quality: records to be checked; duplicates: perhaps registered twice. Who is on an open task of that kind already "
        "is left out."
    ),
    example=(
        "chronic task hand-out overdue --days 60 --dry-run\n"
        "chronic task hand-out overdue --due 2026-12-05 --yes\n"
        "chronic task hand-out quality --village 下各村 --yes"
    ),
)
@click.argument("source", type=click.Choice(list(HANDED_OUT)))
@click.option(
    "--days", type=WholeNumber(min=0, days=True), help=_("Of overdue: more than so many days; else as the book has it.")
)
@place_options
@click.option("--due", "due_on", type=DAY, help=_("Until when; else as the guideline's book has it."))
@click.option("--dry-run", "dry", is_flag=True, help=_("Only say what would be handed out."))
@yes_option
@output_options
@click.pass_obj
def hand_out(
    session: Session, /, source: str, days: int | None, due_on: date | None, dry: bool, yes: bool, style: str,
    out: "Path | None", **where: Any,
) -> None:  # fmt: skip
    from chronic.office import handing

    if days is not None and source != handing.OVERDUE:
        raise ValueRefused("task.days")
    found = handing.lists(session.desk, source, days, within(session, where))
    numbers: list[int] | list[None] = [None] * len(found.lists)
    if found.lists and not dry:
        people = sum(len(one.people) for one in found.lists)
        asked = ngettext("Hand out {n} task?", "Hand out {n} tasks?", len(found.lists)).format(n=len(found.lists))
        really(asked, yes, ngettext("{n} person", "{n} people", people).format(n=people))
        numbers = care.hand_out(session.desk, source, found.lists, due_on)
    rows: list[dict[str, object]] = [
        {"task": number, "village": one.village, "people": len(one.people), "owner": one.owner, "title": one.title,
         "person_ids": list(one.people)}
        for number, one in zip(numbers, found.lists, strict=True)
    ]  # fmt: skip
    notes = [
        ngettext("{n} person is on an open task already.", "{n} people are on an open task already.", found.already).format(
            n=found.already
        )
        if found.already else "",
        ngettext("{n} person has no village.", "{n} people have no village.", found.nowhere).format(n=found.nowhere)
        if found.nowhere else "",
        _("Nothing was handed out.") if dry and rows else "",
    ]  # fmt: skip
    report = Report("tasks_handed_out", session.today.isoformat(), _COLUMNS, rows, notes=tuple(filter(None, notes)))
    session.show(report, style, out, stored=False)


@click.command(
    cls=Command,
    help=_("What was done about a closed task is enough: it is off the list for good."),
    example="chronic task accept 1 --note 已电话核实12人",
)
@click.argument("number", type=NUMBER)
@click.option("--note", "text", help=_("How that was found out."))
@click.pass_obj
def accept(session: Session, /, number: int, text: str | None) -> None:
    from chronic.cli.task import line_of, show_whose

    show_whose(session, number)
    care.accept(session.desk, number, text)
    click.echo(_("Accepted: {task}").format(task=line_of(session, number)))


@click.command(
    "return",
    cls=Command,
    help=_("What was done about a closed task is not enough: it is open again, until another day."),
    example="chronic task return 1 --reason 3人仍未随访 --due 2026-12-05",
)
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True, help=_("What is still missing."))
@click.option("--due", "due_on", type=DAY, help=_("Until when; else as the guideline's book has it."))
@click.pass_obj
def give_back(session: Session, /, number: int, reason: str, due_on: date | None) -> None:
    from chronic.cli.task import line_of, show_whose

    show_whose(session, number)
    care.give_back(session.desk, number, reason, due_on)
    click.echo(_("Given back: {task}").format(task=line_of(session, number)))
