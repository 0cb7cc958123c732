"""`today`: one screen for the morning."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from chronic.cli import lastnight, tables
from chronic.cli.cards import numbers_of
from chronic.cli.commands import Command, output_options
from chronic.cli.lists import band_line
from chronic.cli.session import Session
from chronic.i18n import _
from chronic.i18n.terms import SEXES, URGENCY, term
from chronic.model.report import Report
from chronic.model.wide import width
from chronic.model.wording import say
from chronic.reports import today as screen

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN = 10  # of the overdue and of referrals; all of the rest
_TASKS, _LATE_RESULTS = "chronic task list --owner ", "chronic order list --overdue"
_MOST = 100  # as long as a screen can be read: only a county has more


@click.command(
    cls=Command,
    help=_("Who needs you today, on one screen."),
    example=("chronic today\nchronic today --today 2026-11-21"),
)
@output_options
@click.pass_obj
def today(session: Session, /, style: str = "table", out: "Path | None" = None) -> None:
    editions = session.desk.editions
    if style != "table":
        session.show(screen.report(session.db, session.today, editions, _SHOWN), style, out)
        return
    found = screen.today(session.db, session.today, editions, _SHOWN, _MOST)
    with session.printing(out):
        _show(session, found)


def _show(session: Session, found: screen.Today) -> None:
    weekdays = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    late, due = sum(found.bands.values()), found.days[session.today]
    clinic = f"{session.settings.get('name', '')}    {session.today} {weekdays[session.today.weekday()]}"
    click.echo(lastnight.header(session, clinic))
    for warning in lastnight.warnings(session):
        click.echo(warning)
    click.echo(_summary(found, due))
    for line in _aligned([*_tracing(found), *_waiting(session, found)]):
        click.echo(line)
    first = _first_lines(found, numbers_of(session.desk.editions.on(session.today)))
    _section(_("First"), first)
    soon = _("tomorrow {n}, within 7 days {m}").format(
        n=found.days[session.today + timedelta(days=1)], m=found.days.total() - due
    )
    _listing(session, _("Due today") + "    " + soon, found.due, _more(due, _MOST, "chronic due --within 0d"))
    _listing(session, _("Overdue") + "    " + band_line(found.bands), found.overdue, _more(late, _SHOWN, "chronic overdue"))
    _listing(session, _("Measure again"), found.rechecks, _more(found.recheck, _MOST, "chronic screen suspects"))


def _waiting(session: Session, found: screen.Today) -> Iterator[tuple[str, str]]:
    """(how many, where they are listed) of this doctor's tasks, late results and opinions, as far as there are any."""
    from chronic.store import tasks as store

    number, late = store.mine(session.db, session.user, session.today)
    if number:
        yield _named((_("tasks"), number), (_("late tasks"), late)), _TASKS + session.user
    if found.orders:
        yield _named((_("results late"), found.orders)), _LATE_RESULTS
    if found.transfers.waiting or found.transfers.declined:
        yield _named(
            (_("transfers not accepted yet"), found.transfers.waiting), (_("in danger"), found.transfers.danger),
            (_("waiting too long"), found.transfers.late), (_("declined"), found.transfers.declined),
        ), "chronic transfer list"  # fmt: skip
    if found.opinions:
        yield _named((_("opinions to handle"), found.opinions)), "chronic opinion list"


def _named(*parts: tuple[str, object]) -> str:
    """The first, and of the rest those that are not zero."""
    return "   ".join(f"{name} {number}" for name, number in (*parts[:1], *(part for part in parts[1:] if part[1])))


def _aligned(lines: list[tuple[str, str]]) -> Iterator[str]:
    """The commands below one another."""
    widest = max((width(text) for text, _command in lines), default=0)
    for text, command in lines:
        yield f"{text}{' ' * (widest - width(text))}    {command}"


def _more(people: int, shown: int, command: str) -> list[str]:
    """Where the others are."""
    return [_("The first {n}; all: {command}").format(n=shown, command=command)] if people > shown else []


def _listing(session: Session, title: str, report: Report, after: list[str]) -> None:
    click.echo("\n" + title)
    session.show(report, "table", None)
    for line in after:
        click.echo(line)


def _summary(found: screen.Today, due: int) -> str:
    parts = (
        (_("danger"), found.dangers),
        (_("referral outcomes"), found.referrals),
        (_("due today"), due),
        (_("overdue"), sum(found.bands.values())),
        (_("recheck"), found.recheck),
        (_("yearly visits at risk"), "chronic due --quota" if found.quota is None else found.quota),
    )
    return "   ".join(f"{name} {number}" for name, number in parts)


def _tracing(found: screen.Today) -> Iterator[tuple[str, str]]:
    """今日待回访 23   失约 2   建议暂停 1   待办结 1    chronic calls"""
    people = found.calls.sections.total()
    if people:
        yield _named(
            (_("to call today"), people), (_("promises broken"), found.calls.broken),
            (_("pauses proposed"), found.calls.pauses), (_("facts to record"), found.calls.sections["settle"]),
        ), "chronic calls"  # fmt: skip


def _section(title: str, lines: Iterator[str]) -> None:
    shown = list(lines)
    if shown:
        click.echo("\n" + title)
        for line in shown:
            click.echo(line)


def _first_lines(found: screen.Today, numbers: dict[str, object]) -> Iterator[str]:
    for row in found.first:
        who = f"{row['person_id']:>5}  {row['name']}  {term(SEXES, str(row['sex']))} {tables.shown('age', row['age'])}"
        codes = row["danger"]
        what = "; ".join(say(str(code), **numbers) for code in codes) if isinstance(codes, list) else ""
        readings = f"{tables.shown('last_bp', row['last_bp'])}  {tables.shown('last_fpg', row['last_fpg'])}"
        state = _("{urgency}, day {n}: find out the outcome").format(
            urgency=term(URGENCY, str(row["urgency"])), n=row["days_since"]
        )
        parts = (who, tables.shown("hamlet", row["hamlet"]), str(row["since_on"]), readings, what, state)
        yield "  ".join(part for part in parts if part) + f"    chronic refer reply {row['person_id']}"
    if found.dangers > _MOST:
        yield _("and {n} more in danger; all: chronic today --format csv").format(n=found.dangers - _MOST)
    if found.referrals > _SHOWN:
        yield _("and {n} more referrals; all: chronic overdue --kind referral").format(n=found.referrals - _SHOWN)
