"""`report workload`: visits to expect, and of a period the work that was done and counts."""

from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILTER, Command, holidays_option, report_options
from chronic.cli.lists import wanted
from chronic.cli.periods import Span, period_options, span
from chronic.cli.plan import unpublished
from chronic.cli.session import Session
from chronic.cli.types import WholeNumber, tag_option
from chronic.cli.where import by_option, place_options
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chronic.model.report import Report
    from chronic.reports.workload import Forecast

_OF_A_PERIOD = ("period", "first", "last", "as_of")


@click.command(
    cls=Command,
    help=_(
        "Visits to expect, week by week for twelve months, as if every class stayed as it is. With a period the work done "
        "in it: valid face-to-face follow-ups and complete check-ups of each doctor, each counted once."
    ),
    example=(
        "chronic report workload\n"
        "chronic report workload --by doctor --format csv --out workload.csv\n"
        "chronic report workload --period 2026-10\n"
        "chronic report workload --period 2026Q3 --list --doctor 李卫平 --out done.xlsx"
    ),
)
@by_option(says=_("A row for each of these."))
@place_options
@click.option("--doctor", type=FILTER, help=_("Only this doctor's work or, of visits to expect, people."))
@tag_option
@period_options
@click.option(
    "--list", "opened", is_flag=True, help=_("The follow-ups and check-ups themselves, and why one does not count.")
)
@click.option("--limit", type=WholeNumber(min=0), help=_("At most so many."))
@holidays_option
@report_options
@click.pass_obj
def workload(
    session: Session, /, by: str | None, opened: bool, limit: int | None, style: str, out: "Path | None", **options: Any
) -> None:
    if opened or any(options[name] is not None for name in _OF_A_PERIOD):
        _done(session, by, opened, limit, style, out, options)
        return
    if limit is not None:
        raise ValueRefused("workload.limit")
    _expected(session, by, style, out, {key: value for key, value in options.items() if key not in _OF_A_PERIOD})


def _done(
    session: Session,
    by: str | None,
    opened: bool,
    limit: int | None,
    style: str,
    out: "Path | None",
    options: dict[str, Any],
) -> None:
    from chronic.cli.whose import whom
    from chronic.reports import work_done

    asked_span = span(session, options)
    doctor, options["doctor"] = options["doctor"], None
    asked = work_done.Asked(asked_span.period, whom(session, options), by or "doctor", doctor, limit)
    make = work_done.listing if opened else work_done.counted
    notes = tuple(_rules(asked_span))
    report = make(session.db, session.desk.editions, asked)
    show_noted(
        session, report, "  ".join([_("Work done"), session.settings.get("name", ""), asked_span.dates()]), notes, style, out
    )


def _rules(asked: Span) -> "Iterator[str]":
    if not asked.over:
        yield _("The period is not over: it runs to {day}.").format(day=asked.over_on)
    yield _(
        "Valid: face to face, managed in a programme that grants follow-ups on that day, and the value measured that the "
        "class hangs on; a follow-up counts once, for the doctor who made it, also where it serves two programmes."
    )
    yield _(
        "Complete: nothing blank that the form requires of this person; the first of a person in a calendar year counts."
    )
    yield _("A record that names no doctor counts for the responsible doctor of the person.")


def _expected(session: Session, by: str | None, style: str, out: "Path | None", options: dict[str, Any]) -> None:
    from chronic.protocol.holidays import workdays
    from chronic.reports.workload import workload as forecast

    holidays = workdays(map(str, options.pop("holidays")))
    asked = wanted(session, {**options, "full": False})
    found = forecast(session.db, session.today, session.desk.editions, holidays, asked, by)
    title = "  ".join([_("Expected visits"), session.settings.get("name", ""), _("as of {day}").format(day=session.today)])
    show_noted(session, found.report, title, tuple(_notes(found)), style, out)


def show_noted(
    session: Session, report: "Report", title: str, notes: tuple[str, ...], style: str, out: "Path | None"
) -> None:
    """A report under its title and sentences; where it goes into a file or to a program, these stand on stderr."""
    session.show(report._replace(title=title, lines=notes), style, out)
    if style not in ("table", "html") or out is not None:
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
