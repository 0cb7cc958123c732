"""`report`: figures over many people."""

from typing import TYPE_CHECKING, Any

import click

from chronic.cli import ledgers
from chronic.cli.commands import Group, holidays_option, output_options
from chronic.cli.lists import wanted
from chronic.cli.plan import unpublished
from chronic.cli.session import Session
from chronic.cli.types import tag_option
from chronic.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chronic.reports.workload import Forecast


@click.group(cls=Group, help=_("Figures over many people."))
def report() -> None:
    pass


@report.command(
    help=_("Visits to expect, week by week for twelve months, as if every class stayed as it is."),
    example="chronic report workload\nchronic report workload --by doctor --format csv --out workload.csv",
)
@click.option("--by", type=click.Choice(["village", "doctor"]), help=_("A row for each of these and week."))
@click.option("--village", help=_("Only this village."))
@click.option("--doctor", help=_("Only this responsible doctor's people."))
@tag_option
@holidays_option
@output_options
@click.pass_obj
def workload(
    session: Session, /, by: str | None, holidays: "tuple[Path, ...]", style: str, out: "Path | None", **filters: Any
) -> None:
    from chronic.protocol.holidays import workdays
    from chronic.reports.workload import workload as forecast

    asked = wanted(session, {**filters, "full": False})
    found = forecast(session.db, session.today, session.desk.editions, workdays(map(str, holidays)), asked, by)
    notes = tuple(_notes(found))
    title = "  ".join([_("Expected visits"), session.settings.get("name", ""), _("as of {day}").format(day=session.today)])
    session.show(found.report._replace(title=title, lines=notes), style, out)
    if style != "table" or out is not None:
        for line in notes:
            click.echo(line, err=True)


def _notes(found: "Forecast") -> "Iterator[str]":
    yield ngettext(
        "{n} person, as if every class stayed as it is; what is overdue falls into the first week.",
        "{n} people, as if every class stayed as it is; what is overdue falls into the first week.",
        found.people,
    ).format(n=found.people)
    if found.unassessed:
        yield _("{n} of them have no class yet: counted with the year's visits alone.").format(n=found.unassessed)
    yield from unpublished(found.unpublished)


report.add_command(ledgers.ledger)
