"""`plan`: the rounds of the next days, to read, to print and for the calendar of a phone."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILTER, NEW_FILE, Command, file_options, format_option, full_option, holidays_option
from chronic.cli.lists import wanted
from chronic.cli.session import Session
from chronic.cli.types import DAY, SPAN, tag_option
from chronic.cli.where import place_options
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext
from chronic.model.codes import KINDS
from chronic.reports import rounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from chronic.office.walk import Facts

_MOST_DAYS = 92
_MOST_PEOPLE = 10_000


@click.command(
    cls=Command,
    help=_(
        "Put who is due or overdue on working days: whole households, hamlets together, open danger first. "
        "What ends in .html is a page for each day, to print."
    ),
    example=(
        "chronic plan --days 14 --per-day 12\n"
        "chronic plan --village 下各村 --from 2026-11-30 --out rounds.html\n"
        "chronic plan --ics rounds.ics --out rounds.csv --format csv"
    ),
)
@click.option("--days", type=SPAN, default=14, show_default=True, help=_("So many days, weekends counted, as in 14d or 2w."))
@click.option(
    "--per-day", type=click.IntRange(1, _MOST_PEOPLE), default=12, show_default=True, help=_("People a day at most.")
)
@click.option("--from", "first", type=DAY, help=_("The first day; today if left out."))
@place_options
@click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people."))
@tag_option
@click.option("--kind", type=click.Choice([*KINDS, "all"]), help=_("What is due; everything but check-ups if left out."))
@holidays_option
@click.option("--ics", type=NEW_FILE, help=_("Write a calendar file too, a whole-day entry for each hamlet and day."))
@format_option(["table", "json", "csv", "xlsx", "html"])
@file_options
@full_option
@click.pass_obj
def plan(
    session: Session, /, days: int, first: "date | None", style: str, out: "Path | None", ics: "Path | None", **given: Any
) -> None:
    asked = _asked(session, days, first, given)
    found = rounds.planned(session.db, session.today, asked)
    notes = tuple(_notes(found, asked))
    if ics is not None:
        _write_calendar(session, found, ics, notes, asked.asked.full)
    if style == "html":
        _write_page(session, found, out, notes, asked.asked.full)
    else:
        report = rounds.report(found, session.today)
        title = "  ".join([_("Rounds"), session.settings.get("name", ""), f"{asked.first} - {asked.last}"])
        session.show(report._replace(title=title, lines=(_summary(found, asked), *notes)), style, out)
    if style != "table" or out is not None:
        for line in (_summary(found, asked), *notes):
            click.echo(line, err=True)


def _asked(session: Session, days: int, first: "date | None", given: dict[str, Any]) -> rounds.Wanted:
    from chronic.protocol import holidays

    if not 0 < days <= _MOST_DAYS:
        raise ValueRefused("plan.days", days=days, most=_MOST_DAYS)
    begin = first or session.today
    if begin < session.today:
        raise ValueRefused("plan.past", day=begin, today=session.today)
    capacity, workdays = given.pop("per_day"), holidays.workdays(map(str, given.pop("holidays")))
    asked = wanted(session, {**given, "kind": given["kind"] or "call"})
    return rounds.Wanted(begin, begin + timedelta(days=days - 1), capacity, workdays, asked)


def _summary(found: rounds.Planned, asked: rounds.Wanted) -> str:
    said = _(
        "{planned} of {all} people planned; working days: {days}, people a day: {capacity}; after their date: {late}, "
        "by {n} days in all"
    )
    numbers = {"planned": found.people, "all": found.people + len(found.left), "days": len(found.days)}
    return said.format(**numbers, capacity=asked.capacity, late=found.late, n=found.days_late)


def _notes(found: rounds.Planned, asked: rounds.Wanted) -> "Iterator[str]":
    """What the plan does not show by itself."""
    if found.danger:
        yield ngettext(
            "{n} person in open danger comes first; do not wait for the day, ask today: chronic today",
            "{n} people in open danger come first; do not wait for the day, ask today: chronic today",
            found.danger,
        ).format(n=found.danger)
    if found.days and len(found.days[0].rows) > asked.capacity and found.danger:
        yield _("{day} has more than {capacity} people because of them.").format(
            day=found.days[0].on, capacity=asked.capacity
        )
    for size in found.big:
        yield _("A household of {size} is more than {capacity}: it is visited whole, on a day of its own.").format(
            size=size, capacity=asked.capacity
        )
    if found.left and found.days:
        yield _("{n} have no place; more a day (--per-day) or more days (--days) make room.").format(n=len(found.left))
    if not found.days:
        yield _("There is no working day from {first} to {last}.").format(first=asked.first, last=asked.last)
    if found.paused:
        yield _("{n} paused people are left out, {danger} of them in open danger.").format(
            n=found.paused, danger=found.paused_danger
        )
    yield from unpublished(found.unpublished)


def unpublished(years: list[int]) -> "Iterator[str]":
    """A year without published holidays is never taken for one without holidays silently."""
    for year in years:
        yield _("{year} has no published holidays here; only weekends were left out.").format(year=year)


def _facts(session: Session, notes: tuple[str, ...], full: bool) -> "Facts":
    from chronic.cli.cards import numbers_of
    from chronic.office.walk import Facts

    numbers = numbers_of(session.desk.editions.on(session.today))
    settings = session.settings
    return Facts(settings.get("name", ""), settings.get("origin", ""), session.stamp().at, full, numbers, notes)


def _write_page(session: Session, found: rounds.Planned, out: "Path | None", notes: tuple[str, ...], full: bool) -> None:
    from chronic.office import walk
    from chronic.render import html

    with session.writing(out, "html") as stream:
        html.write(walk.page(found, _facts(session, notes, full)), stream)


def _write_calendar(session: Session, found: rounds.Planned, ics: "Path", notes: tuple[str, ...], full: bool) -> None:
    from chronic.exchange.ics import calendar
    from chronic.office import walk

    text = calendar(walk.entries(found, _facts(session, notes, full)), session.today)
    with session.writing(ics, "ics") as stream:
        stream.write(text)
