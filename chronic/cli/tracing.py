"""`calls`: whom to call today, and what to say. `call`: what an attempt came to."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILTER, Command, full_option, output_options, yes_option
from chronic.cli.lists import wanted
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, FieldType, Found, WholeNumber, tag_option
from chronic.cli.where import place_options
from chronic.i18n import _
from chronic.model.report import Report
from chronic.reports import calls as reports
from chronic.reports.overdue import Asked

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    cls=Command,
    help=_("Whom to call today: danger and referrals first, then by risk, the least overdue first; or what to say to one."),
    example="chronic calls\nchronic calls --village 下各村 --limit 20 --script\nchronic calls 42",
)
@click.argument("person", type=PERSON, required=False)
@click.option("--script", is_flag=True, help=_("What to say to each: why, the last values, what to ask."))
@place_options
@click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people."))
@tag_option
@click.option("--limit", type=WholeNumber(min=0), help=_("At most so many people."))
@full_option
@output_options
@click.pass_obj
def calls(session: Session, /, person: Found | None, script: bool, style: str, out: "Path | None", **options: Any) -> None:
    among = None if person is None else (person.person.id,)
    asked = wanted(session, options)._replace(among=among)
    report = reports.calls(session.db, session.today, reports.WITHIN, asked)
    if style != "table":
        session.show(_scripted(session, report) if script else report, style, out)
        return
    with session.printing(out):
        if person is not None:
            for line in _one(session, person, report):
                click.echo(line)
            return
        for line in _heading(session, options):
            click.echo(line)
        if script:
            _scripts(session, report)
        else:
            session.show(report, "table", None)
            click.echo(_("What to say: chronic calls and the number; afterwards: chronic call and the number"))


@click.command(
    cls=Command,
    help=_(
        "Record an attempt to call somebody back. Only a visit ends overdue; a promise not kept is broken by itself. "
        "Without --outcome it shows what to say and asks, at a terminal."
    ),
    example=(
        "chronic call 42\n"
        "chronic call 42 --outcome agreed --date 2026-11-25\n"
        "chronic call 42 --outcome not_reached --way door --note 家中无人"
    ),
)
@click.argument("person", type=PERSON)
@click.option("--outcome", type=FieldType("call_outcome"), help=_("What it came to."))
@click.option("--date", "day", type=DAY, help=_("The day agreed on, or the day of the next attempt."))
@click.option("--way", type=FieldType("call_way"), default="phone", show_default=True, help=_("How it was tried."))
@click.option("--on", type=DAY, help=_("The day of the attempt; today if left out."))
@click.option("--note", help=_("What else was said."))
@yes_option
@click.pass_obj
def call(
    session: Session, /, person: Found, outcome: str | None, day: date | None, way: str, on: date | None, note: str | None,
    yes: bool,
) -> None:  # fmt: skip
    from chronic.care import trace as care
    from chronic.cli import call_answer, guided_call, people
    from chronic.model.call import Call

    id_ = people.about_to_write(session, person, yes)
    told = Call(on or session.today, "", outcome or "", way, note=note)
    if outcome is None:
        guided_call.check_present()
        asked = Asked(among=(id_,))
        for line in _one(session, person, reports.calls(session.db, session.today, reports.WITHIN, asked)):
            click.echo(line)
        told, day = guided_call.asked(session, told, day)
    tracing = care.call(session.desk, id_, told, day)
    for line in call_answer.lines(session, person.person, told, tracing):
        click.echo(line)
    if tracing.ends is not None:
        guided_call.end(session, person.person, tracing.ends, ask=not yes)


def _heading(session: Session, options: dict[str, Any]) -> Iterator[str]:
    """How many to call of each kind, of everybody."""
    yield "  ".join([_("Whom to call"), session.settings.get("name", ""), _("as of {day}").format(day=session.today)])
    found = reports.counts(session.db, session.today, reports.WITHIN)
    yield section_line(found.sections)
    if found.broken or found.pauses:
        yield _("promises broken {n}   pauses proposed {m}").format(n=found.broken, m=found.pauses)


def section_line(sections: Counter[str]) -> str:
    """危急 2   转诊 1   逾期 23   7天内到期 5"""
    from chronic.i18n.terms import SECTIONS, term

    names = {name: term(SECTIONS, name) for name in reports.SECTIONS}
    names[reports.SOON] = _("due within {n} days").format(n=reports.WITHIN)
    return "   ".join(f"{names[name]} {sections[name]}" for name in reports.SECTIONS)


def _scripts(session: Session, report: Report) -> None:
    """A script each, under the danger signs that are asked of everybody."""
    from chronic.cli import call_script

    rows = iter(report.rows)
    first = next(rows, None)
    if first is None:
        click.echo(_("Nobody."))
        return
    click.echo(call_script.sign_line(session, set()))
    for row in chain((first,), rows):
        click.echo()
        for line in call_script.lines(session, row, signs=False):
            click.echo(line)


def _scripted(session: Session, report: Report) -> Report:
    from chronic.cli import call_script
    from chronic.model.report import Column

    rows = (row | {"script": list(call_script.lines(session, row))} for row in report.rows)
    return report._replace(columns=(*report.columns, Column("script", "script")), rows=rows)


def _one(session: Session, person: Found, report: Report) -> Iterator[str]:
    """What to say to someone; why not, to someone who is not on the list today."""
    from chronic.cli import call_script

    for row in report.rows:
        yield from call_script.lines(session, row)
        return
    from chronic.cli import people

    yield people.line(person.person, session.today)
    why = list(call_script.waiting(session, person.person.id))
    yield from why or [_("Not on today's call list: nothing is due within {n} days.").format(n=reports.WITHIN)]
