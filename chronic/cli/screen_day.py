"""`screen campaign`: a day of screening, typed line by line as it stands on paper, and what came of it."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import click

from chronic.cli import guided_terminal as terminal
from chronic.cli import people
from chronic.cli.cards import numbers_of, suspicion_line
from chronic.cli.commands import Command, output_options
from chronic.cli.session import Session
from chronic.cli.types import BP, DAY, FieldType, Found, find_person
from chronic.cli.where import by_option, place_options, within
from chronic.errors import ChronicError, PersonNotFound, RowsRefused, ValueRefused
from chronic.i18n import _
from chronic.model.fields import VISIT_FIELDS
from chronic.model.visit import Visit
from chronic.model.wording import say, say_problem

_PRESSURE = re.compile(r"\d{1,3}(?:\.\d+)?[/／]\d{1,3}(?:\.\d+)?(?:kpa|mmhg)?", re.IGNORECASE)
_FASTING = re.compile(r"(?:\d{1,3}(?:\.\d+)?(?:mg/dl|mmol/l)?|hi|lo)", re.IGNORECASE)
_SHORT = {"r": "random_glucose", "随机": "random_glucose", "空腹": "fpg", "腰围": "waist_cm", "体重": "weight_kg",
          "身高": "height_cm"}  # fmt: skip
_NAMED = re.compile(r"([^\d=:]+)[=:]?(.+)")
_COLUMNS = {field.column for field in VISIT_FIELDS}


class Line(NamedTuple):
    """One line of the table: who, the readings, and other values as they were written."""

    who: str
    pressures: tuple[str, ...]
    values: dict[str, str]


@click.command(
    cls=Command,
    help=_(
        "A screening day in one summary. With --enter its table is typed first, a person a line: number or name, "
        "pressures, fasting glucose; r12.1 is at random, waist_cm=92 any other column."
    ),
    example=(
        "chronic screen campaign --on 2026-11-21 --village 下各村\n"
        "chronic screen campaign --list\n"
        "chronic screen campaign --enter --on 2026-11-21"
    ),
)
@click.option("--on", type=DAY, help=_("The day; today if left out."))
@place_options
@click.option("--enter", is_flag=True, help=_("Type the day's table, or pipe it in: 203 148/92 7.4"))
@by_option(says=_("A row for each of these; for each village if left out."))
@click.option("--list", "listed", is_flag=True, help=_("Who has to be followed up, instead of the counts."))
@output_options
@click.pass_obj
def campaign(
    session: Session,
    /,
    on: date | None,
    enter: bool,
    by: str | None,
    listed: bool,
    style: str,
    out: Path | None,
    **where: Any,
) -> None:
    from chronic.reports import campaign as day_of
    from chronic.reports import grouped

    day, place = on or session.today, within(session, where)
    refused = _typed(session, day) if enter else (0, 0)
    groups = grouped.groups(session.db, by or grouped.VILLAGE, day)
    everyone = list(day_of.found(session.db, day, place, session.desk.editions, groups))
    if listed:
        session.show(day_of.to_follow(everyone, day), style, out)
    else:
        report = day_of.summary(everyone, day, groups)
        if style == "table":
            counts = day_of.total(everyone)
            line = "   ".join(f"{_(day_of.TITLES[name])} {counts[name]}" for name in day_of.COUNTS)
            report = report._replace(title=_("Screening of {day}").format(day=day), lines=(line,))
        session.show(report, style, out)
    if refused[0]:
        raise RowsRefused("import.refused", refused=refused[0], rows=refused[1])


def _typed(session: Session, day: date) -> tuple[int, int]:
    """Take line after line, each recorded at once; (lines refused, lines read)."""
    there = terminal.present()
    if there:
        terminal.prepare()
        click.echo(_("A person a line, as in: 203 148/92 7.4    an empty line ends"))
    read = refused = 0
    for text in _lines(there):
        read += 1
        try:
            for said in _record(session, day, text, there):
                click.echo(said)
        except (ChronicError, click.UsageError) as error:
            refused += 1
            _complain(text, error)
    return (refused, read) if not there else (0, read)


def _lines(there: bool) -> Iterator[str]:
    if not there:
        yield from (line.strip() for line in sys.stdin if line.strip() and not line.lstrip().startswith("#"))
        return
    while True:
        try:
            text = terminal.line("> ")
        except EOFError:
            return
        if not text:
            return
        yield text


def _complain(text: str, error: Exception) -> None:
    sentence = say(error.code, **error.values) if isinstance(error, ChronicError) else getattr(error, "message", str(error))
    click.echo(f"{text}: {sentence}", err=True)
    if isinstance(error, PersonNotFound):
        for line in people.match_lines(error):
            click.echo(line, err=True)


def _record(session: Session, day: date, text: str, there: bool) -> Iterator[str]:
    """Record one line; what came of it in a line or two."""
    from chronic.care import record as care
    from chronic.care.screen import check_not_enrolled, measures
    from chronic.cli.visit import values_given
    from chronic.store import plans

    line = _apart(text)
    found = find_person(session, line.who)
    _sure(session, found, there)
    context = click.Context(campaign, obj=session)
    with context.scope(cleanup=False):
        bp = tuple(BP.convert(pressure, None, context) for pressure in line.pressures)
        values: dict[str, Any] = {name: FieldType(name).convert(value, None, context) for name, value in line.values.items()}
        given = values_given(session, values, bp, day)
    seen = Visit(found.person.id, day, kind="screening", **given)
    if not measures(seen):
        raise ValueRefused("screen.nothing")
    check_not_enrolled(session.desk, seen)
    (result,) = care.record(session.desk, [seen])
    for problem in result.refusals:
        raise care.refusal(problem)
    for problem in result.warnings:
        click.echo(_("Please check: {sentence}").format(sentence=say_problem(problem)), err=True)
    yield from _told(session, found, seen, plans.read(session.db, found.person.id).plans)


def _told(session: Session, found: Found, seen: Visit, open_plans: tuple[Any, ...]) -> Iterator[str]:
    from chronic.model.visit import Contact
    from chronic.rules.danger import dangers

    protocol = session.desk.editions.on(seen.visit_date)
    values: Any = {name: getattr(seen, name) for name in Contact._fields[4:]}
    for code in dangers(Contact(seen.visit_date, "", **{**values, "way": "clinic"}), protocol):
        yield _("DANGER: {what}").format(what=say(code, **numbers_of(protocol)))
    yield f"{found.person.id:>5}  {people.line(found.person, session.today)}  {_shown(seen)}"
    for plan in open_plans:
        if plan.days_high is not None:
            yield "       " + suspicion_line(plan)


def _shown(seen: Visit) -> str:
    shown = [f"{seen.sbp}/{seen.dbp}"] if seen.sbp is not None else []
    if seen.fpg is not None:
        shown.append(_("fasting {value}").format(value=f"{seen.fpg:g}"))
    return "  ".join(shown)


def _sure(session: Session, found: Found, there: bool) -> None:
    """A name alone is not enough where nobody can say that it is the right one."""
    if found.exact:
        return
    who = people.line(found.person, session.today)
    if not there:
        raise ValueRefused("confirm.needed", who=who, id=found.person.id)
    if not terminal.agreed(f"  {who}?", default=True):
        raise PersonNotFound("person.none", (), text=found.person.name, today=session.today)


def _apart(text: str) -> Line:
    """The parts of a line. Raises ValueRefused (`campaign.part`)."""
    who, *parts = re.split(r"[\s,，]+", unicodedata.normalize("NFKC", text).strip())
    pressures = tuple(part for part in parts if _PRESSURE.fullmatch(part))
    values: dict[str, str] = {}
    for part in parts:
        if part in pressures:
            continue
        column, value = ("fpg", part) if _FASTING.fullmatch(part) else _named(part)
        if column in values:
            raise ValueRefused("campaign.part", part=part)
        values[column] = value
    return Line(who, pressures, values)


def _named(part: str) -> tuple[str, str]:
    """waist_cm=92, r12.1, 腰围92."""
    column, equals, value = part.partition("=")
    if equals and column in _COLUMNS:
        return column, value
    match = _NAMED.fullmatch(part)
    if match is None or match[1].casefold() not in _SHORT:
        raise ValueRefused("campaign.part", part=part)
    return _SHORT[match[1].casefold()], match[2]
