"""The dashboard: what `report indicators` and `overdue` say, as one page of pictures.

Every number comes from those two, so that no two screens can disagree; here they are only chosen, put in order and told
in words.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chronic.i18n import _, language
from chronic.model import period as periods
from chronic.model.days import add_months, china_minute
from chronic.model.period import Period
from chronic.office import pictures, rankings
from chronic.protocol import Editions
from chronic.render.board import Board, Section, Table
from chronic.reports import figures, indicators, measures, reported
from chronic.reports.indicators import Asked
from chronic.reports.measures import Counts, Key

MONTHS = 13
SET = "nbphs"
"""Whose indicators are shown, each once."""
MAIN = (
    "management_rate", "standard_rate", "control_rate", "timely_rate", "enough_visits_rate", "contract_rate", "three_rate",
    "new_cases",
)  # fmt: skip
"""Those of people managed that stand on top, in this order; the others follow as a table."""
TRENDS = ("control_rate", "hearts_control", "standard_rate", "timely_rate")
RANKED = "control_rate"


class Facts(NamedTuple):
    """What is asked. `before`: the period that changes are told against; `about`: whose figures, where not everybody's;
    `at`: the instant the page is made."""

    clinic: str
    day: date
    period: Period
    before: Period
    at: str
    whom: Asked = Asked()
    about: str = ""


def board(db: sqlite3.Connection, editions: Editions, facts: Facts) -> Board:
    """The page of one period, and of the thirteen months that end with it."""
    known = measures.measures(editions.on(facts.period.last))
    main = [measure for measure in known if measure.set == SET]
    drawn = [measure for measure in known if measure.code in TRENDS]
    ranked = [measure for measure in known if measure.code == RANKED]
    months = _months(facts.period)
    found, told = _counted(db, editions, facts, months, [*measures.keys_of([*main, *drawn]), *_figures()])
    question = figures.Question(main, facts.period, facts.before, whom=facts.whom)
    rows = figures.lines(question, told, told)
    by_village = figures.Question(ranked, facts.period, None, "village", facts.whom)
    standing = reported.standing(db, facts.day, editions, by_village)
    last = [reported.without(told[-1], standing)]
    places = reported.marked(facts.day, editions, by_village, figures.lines(by_village, last, last), standing)
    title = _("Chronic disease dashboard")
    sections = [
        Section("indicators", _("Main indicators"), tiles=list(pictures.tiles(MAIN, main, rows))),
        Section("trends", _("Thirteen months"), charts=list(pictures.charts(TRENDS, drawn, months, found))),
        Section("outcomes", _("Outcomes"), pictures.outcome_note(), stacks=list(pictures.stacks(months, found))),
        Section("others", _("Other indicators"), bars=list(rankings.others(MAIN, main, rows))),
        Section("villages", _("Villages"), bars=list(rankings.ranking(ranked, places))),
        Section(
            "overdue", _("Overdue"), _("Follow-ups, as of {day}").format(day=facts.day),
            bars=rankings.late(db, facts.day, facts.whom),
        ),
        Section(
            "loops", _("Screening and cascade"),
            bars=[rankings.funnel(db, facts.day, editions, facts.whom, found), *rankings.cascades(told[-1])],
        ),
        Section("definitions", _("Definitions"), table=_definitions(rows)),
    ]  # fmt: skip
    words = {"numbers": _("The numbers"), "skip": _("To the content"), "contents": _("Contents")}
    lang = "zh-CN" if language() == "zh" else "en"
    return Board(lang, title, facts.clinic, [*_head(facts), *reported.said(standing)], sections, list(_foot()), words)


def _counted(
    db: sqlite3.Connection, editions: Editions, facts: Facts, months: Sequence[Period], keys: Sequence[Key]
) -> tuple[list[Counts], list[Counts]]:
    """By village, of each month, and of the period before and the period: counted in one go where those are months.

    How many should have a disease is asked of the latter alone: it is no count of the months, and costs as much as one."""
    mine = (facts.before, facts.period)
    asked = [*months, *(span for span in mine if span not in months)]
    counted = [key for key in dict.fromkeys(keys) if key[1] != indicators.ESTIMATED]
    found = dict(zip(asked, measures.counts(db, asked, counted, editions, by="village", asked=facts.whom), strict=True))
    wanted = [(programme, indicators.ESTIMATED) for programme in indicators.PROGRAMMES]
    expected = measures.counts(db, mine, wanted, editions, by="village", asked=facts.whom)
    told: list[Counts] = [{**found[span], **each} for span, each in zip(mine, expected, strict=True)]
    return [found[month] for month in months], told


def _figures() -> Iterator[Key]:
    """What is drawn and is no indicator."""
    for programme in indicators.PROGRAMMES:
        for name in dict.fromkeys((*pictures.OUTCOMES, *indicators.CASCADE, rankings.NEW)):
            yield programme, name
    for name in rankings.SCREEN:
        yield indicators.EVERYBODY, name


def _months(period: Period) -> list[Period]:
    """The thirteen months that end with the period; the last of them only to the period's last day."""
    first = period.last.replace(day=1)
    whole = [periods.month_of(add_months(first, -back)) for back in range(MONTHS - 1, 0, -1)]
    return [*whole, periods.span(first, period.last)]


def _head(facts: Facts) -> Iterator[str]:
    name = periods.shown(facts.period)
    days = _("{first} to {last}").format(first=facts.period.first, last=facts.period.last)
    yield days if ".." in name else f"{name} ({days})"
    if facts.about:
        yield facts.about
    yield _("Made on {minute}.").format(minute=china_minute(facts.at))


def _foot() -> Iterator[str]:
    yield _("The same numbers: chronic report indicators; who is behind one of them: with --list.")
    yield _("No names; but in a small village a number can be a person.")


def _definitions(rows: Sequence[figures.Row]) -> Table:
    """Each indicator once; where programmes have targets of their own, all of them."""
    heads = [_("Indicator"), _("Definition"), _("Left out"), _("Target"), _("Source")]
    lines = []
    for code in dict.fromkeys(str(row["indicator"]) for row in rows):
        mine = [row for row in rows if row["indicator"] == code]
        first, targets = mine[0], {f"{row['target']:g}%": row for row in mine if row["target"] is not None}
        source = f"{first['source']} ({first['mark']})"
        told = (str(first["definition"]), str(first["excluded"] or ""), " / ".join(targets), source)
        lines.append([str(first["indicator_name"]), *told])
    return Table(_("Definitions"), heads, lines)
