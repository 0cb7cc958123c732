"""`today`: one screen for the morning."""

from collections.abc import Iterator
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
from chronic.model.wording import say
from chronic.reports import today as screen

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN = 10


@click.command(
    cls=Command,
    help=_("Who needs you today, on one screen."),
    example=("chronic today\nchronic today --today 2026-11-21"),
)
@output_options
@click.pass_obj
def today(session: Session, /, style: str = "table", out: "Path | None" = None) -> None:
    found = screen.today(session.db, session.today, session.desk.editions, _SHOWN)
    if style != "table":
        session.show(screen.as_report(found, session.today), style, out)
        return
    with session.printing(out):
        _show(session, found)


def _show(session: Session, found: screen.Today) -> None:
    weekdays = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    due, rechecks, late = list(found.due.rows), list(found.rechecks.rows), sum(found.bands.values())
    clinic = f"{session.settings.get('name', '')}    {session.today} {weekdays[session.today.weekday()]}"
    click.echo(lastnight.header(session, clinic))
    for warning in lastnight.warnings(session):
        click.echo(warning)
    click.echo(_summary(found, len(due), len(rechecks)))
    first = _first_lines(found.first, numbers_of(session.desk.editions.on(session.today)))
    _section(_("First"), first)
    soon = _("tomorrow {n}, within 7 days {m}").format(n=found.soon[0], m=found.soon[1])
    more = [_("The first {n}; all: chronic overdue").format(n=_SHOWN)] if late > _SHOWN else []
    _listing(session, _("Due today") + "    " + soon, found.due._replace(rows=due), [])
    _listing(session, _("Overdue") + "    " + band_line(found.bands), found.overdue, more)
    _listing(session, _("Measure again"), found.rechecks._replace(rows=rechecks), [])


def _listing(session: Session, title: str, report: Report, after: list[str]) -> None:
    click.echo("\n" + title)
    session.show(report, "table", None)
    for line in after:
        click.echo(line)


def _summary(found: screen.Today, due: int, rechecks: int) -> str:
    danger = sum(1 for row in found.first if row["danger"])
    parts = (
        (_("danger"), danger),
        (_("referral outcomes"), len(found.first) - danger),
        (_("due today"), due),
        (_("overdue"), sum(found.bands.values())),
        (_("recheck"), rechecks),
        (_("yearly visits at risk"), found.quota),
    )
    return "   ".join(f"{name} {number}" for name, number in parts)


def _section(title: str, lines: Iterator[str]) -> None:
    shown = list(lines)
    if shown:
        click.echo("\n" + title)
        for line in shown:
            click.echo(line)


def _first_lines(rows: list[dict[str, object]], numbers: dict[str, object]) -> Iterator[str]:
    danger = [row for row in rows if row["danger"]]
    referrals = [row for row in rows if not row["danger"]]
    for row in (*danger, *referrals[:_SHOWN]):
        who = f"{row['person_id']:>5}  {row['name']}  {term(SEXES, str(row['sex']))} {tables.shown('age', row['age'])}"
        codes = row["danger"]
        what = "; ".join(say(str(code), **numbers) for code in codes) if isinstance(codes, list) else ""
        readings = f"{tables.shown('last_bp', row['last_bp'])}  {tables.shown('last_fpg', row['last_fpg'])}"
        state = _("{urgency}, day {n}: find out the outcome").format(
            urgency=term(URGENCY, str(row["urgency"])), n=row["days_since"]
        )
        parts = (who, tables.shown("hamlet", row["hamlet"]), str(row["since_on"]), readings, what, state)
        yield "  ".join(part for part in parts if part) + f"    chronic refer reply {row['person_id']}"
    if len(referrals) > _SHOWN:
        yield _("and {n} more referrals; all: chronic overdue --kind referral").format(n=len(referrals) - _SHOWN)
