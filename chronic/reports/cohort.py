"""`report cohort`: what became of everybody first enrolled at one time, by a preset; nobody leaves the cohort."""

import sqlite3
from collections import Counter
from datetime import date
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.i18n import N_
from chronic.model.days import quarter_of
from chronic.model.period import Period, months_in
from chronic.model.report import Column, Report
from chronic.model.shares import percentages
from chronic.model.wording import either
from chronic.protocol import Cite, Editions
from chronic.reports import indicators
from chronic.reports.figures import WHOLE, Row, order
from chronic.reports.indicators import Asked, Cohort
from chronic.reports.measures import ALL, BY, OVERLAPPING, Measure, counts

_COLUMNS = (
    Column("preset", "preset", hidden=True),
    Column("programme", N_("Programme")),
    Column("outcome_code", "outcome", hidden=True),
    Column("cohort_outcome", N_("Outcome")),
    Column("counted", N_("Number of people"), right=True),
    Column("cohort_size", N_("Cohort"), right=True),
    Column("rate", N_("Rate %"), right=True),
    *(
        Column(key, key, hidden=True)
        for key in ("enrolled_from", "enrolled_to", "read_from", "read_to", "definition", "source", "mark", "known_on")
    ),
)


class Question(NamedTuple):
    preset: str
    period: Period
    programmes: tuple[str, ...] = indicators.PROGRAMMES
    by: str | None = None
    whom: Asked = ALL
    known_on: date | None = None


def get(preset: str) -> Cohort:
    """Raises ValueRefused (`cohort.preset`)."""
    known = indicators.cohorts()
    if preset not in known:
        raise ValueRefused("cohort.preset", text=preset, known=", ".join(known))
    return known[preset]


def check(preset: str, period: Period) -> None:
    """The period ends with a month, or with a quarter of the calendar. Raises ValueRefused (`cohort.month`, `.quarter`)."""
    by_quarter = get(preset).by_quarter
    if months_in(period) is None or (by_quarter and quarter_of(period.last)[1] != period.last):
        raise ValueRefused("cohort.quarter" if by_quarter else "cohort.month", preset=preset, last=period.last)


def cite(preset: str) -> Cite:
    book = indicators.book()
    return book.cite(book.figures[indicators.in_cohort(preset)])


def report(db: sqlite3.Connection, editions: Editions, asked: Question) -> Report:
    """A row for each outcome, of each group where there are any; the percentages of a cohort sum to 100.

    Raises ValueRefused (`cohort.preset`, `cohort.month`, `cohort.quarter`).
    """
    cohort, its_cite = get(asked.preset), cite(asked.preset)
    check(asked.preset, asked.period)
    keys = [(programme, _figure(asked, name)) for programme in asked.programmes for name in cohort.classes]
    (found,) = counts(db, [asked.period], keys, editions, by=asked.by, known_on=asked.known_on, asked=asked.whom)
    enrolled, read = indicators.windows(cohort, asked.period)
    dated: Row = {
        "enrolled_from": enrolled[0].isoformat(), "enrolled_to": enrolled[1].isoformat(), "read_from": read[0].isoformat(),
        "read_to": read[1].isoformat(), "definition": either(cohort.says), "source": its_cite.source, "mark": its_cite.mark,
        "known_on": None if asked.known_on is None else asked.known_on.isoformat(),
    }  # fmt: skip
    rows: list[Row] = []
    for programme in asked.programmes:
        mine = {name: found[(programme, _figure(asked, name))] for name in cohort.classes}
        groups = sorted({group for each in mine.values() for group in each}, key=order) if asked.by else []
        for group in groups:
            part = {str(asked.by): group}
            rows += [
                part | row | dated for row in _outcomes(asked.preset, programme, {n: c[group] for n, c in mine.items()})
            ]
        if asked.by not in OVERLAPPING:
            whole = {str(asked.by): WHOLE} if asked.by else {}
            rows += [whole | row | dated for row in _outcomes(asked.preset, programme, _totals(mine))]
    columns = (*_COLUMNS[:2], *((Column(asked.by, BY[asked.by]),) if asked.by else ()), *_COLUMNS[2:])
    return Report("cohort", asked.period.last.isoformat(), columns, rows)


def _totals(found: dict[str, Counter[str | None]]) -> dict[str, int]:
    return {name: groups.total() for name, groups in found.items()}


def _outcomes(preset: str, programme: str, found: dict[str, int]) -> list[Row]:
    cohort, size = get(preset), sum(found.values())
    return [
        {
            "preset": preset, "programme": programme, "outcome_code": name, "cohort_outcome": either(cohort.names[name]),
            "counted": people, "cohort_size": size, "rate": share,
        }
        for (name, people), share in zip(found.items(), percentages(list(found.values())), strict=True)
    ]  # fmt: skip


def measure(preset: str, its_class: str | None, programme: str) -> Measure:
    """An outcome of a cohort as an indicator, to be opened. Raises ValueRefused (`cohort.outcome`)."""
    cohort, its_cite = get(preset), cite(preset)
    if its_class is not None and its_class not in cohort.classes:
        raise ValueRefused("cohort.outcome", text=its_class, preset=preset, known=", ".join(cohort.classes))
    figure = indicators.in_cohort(preset, its_class) if its_class else indicators.in_cohort(preset)
    return Measure(
        figure, programme, preset, figure, None, None, False, cohort.name, cohort.says, None, its_cite.source, its_cite.mark
    )  # fmt: skip


def _figure(asked: Question, its_class: str) -> str:
    return indicators.in_cohort(asked.preset, its_class)
