"""`report cascade`: of those who should have a disease, how many are registered, under care, controlled. `report coverage`:
of them and of residents of an age, how many are reached."""

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_, _
from chronic.model.period import Period
from chronic.model.report import Column, Report
from chronic.model.shares import rate
from chronic.model.wording import either
from chronic.protocol import Editions, Names
from chronic.reports import expected, figures, indicators
from chronic.reports.figures import WHOLE, Row, order
from chronic.reports.indicators import CASCADE, ESTIMATED, Asked
from chronic.reports.measures import ALL, BY, OVERLAPPING, Measure, counts, measures

COVERED = ("coverage_rate", "older_rate")
"""Of residents, beside the diseases: screening from 35, and check-ups from 65."""
PERCENT = 100
_STEPS = (
    Column("programme", N_("Programme")),
    Column("step_code", "step", hidden=True),
    Column("cascade_step", N_("Step")),
    Column("counted", N_("Number of people"), right=True),
    Column("of_before", N_("% of the step before"), right=True),
    Column("of_estimated", N_("% of the estimate"), right=True),
    *(Column(key, key, hidden=True) for key in ("period", "last_on", "definition", "source", "mark", "known_on")),
)


class Question(NamedTuple):
    period: Period
    programmes: tuple[str, ...] = indicators.PROGRAMMES
    by: str | None = None
    whom: Asked = ALL
    known_on: date | None = None


def cascade(db: sqlite3.Connection, editions: Editions, asked: Question) -> Report:
    """Estimated, registered, under care, controlled: a row a step, of each group where there are any."""
    keys = [(programme, step) for programme in asked.programmes for step in (ESTIMATED, *CASCADE)]
    (found,) = counts(db, [asked.period], keys, editions, by=asked.by, known_on=asked.known_on, asked=asked.whom)
    rows: list[Row] = []
    for programme in asked.programmes:
        mine = {step: found[(programme, step)] for step in (ESTIMATED, *CASCADE)}
        groups = sorted({group for each in mine.values() for group in each}, key=order) if asked.by else []
        source = _estimated(db, editions, asked, programme)
        for group in groups:
            rows += [
                {str(asked.by): group, **row} for row in _steps(asked, programme, [n[group] for n in mine.values()], source)
            ]
        if asked.by not in OVERLAPPING:
            whole = {str(asked.by): WHOLE} if asked.by else {}
            rows += [whole | row for row in _steps(asked, programme, [n.total() for n in mine.values()], source)]
    columns = (_STEPS[0], *((Column(asked.by, BY[asked.by]),) if asked.by else ()), *_STEPS[1:])
    return Report("cascade", asked.period.last.isoformat(), columns, rows)


def _steps(asked: Question, programme: str, numbers: list[int], source: str) -> list[Row]:
    book, rows, before = indicators.book(), [], None
    for step, people in zip((ESTIMATED, *CASCADE), numbers, strict=True):
        figure = book.figures.get(step)
        cite = book.cite(figure) if figure is not None else None
        rows.append({
            "programme": programme, "step_code": step,
            "cascade_step": _("estimated") if figure is None else either(figure.name), "counted": people,
            "of_before": None if before is None else rate(people, before),
            "of_estimated": rate(people, numbers[0]), "period": asked.period.name, "last_on": asked.period.last.isoformat(),
            "definition": source if figure is None else either(figure.says), "source": cite.source if cite else None,
            "mark": cite.mark if cite else None, "known_on": None if asked.known_on is None else asked.known_on.isoformat(),
        })  # fmt: skip
        before = people
    return rows


def covered(editions: Editions, asked: Question) -> list[Measure]:
    """The measures of the coverage report: registered of the estimated, and the residents' own."""
    known = [one for one in measures(editions.on(asked.period.last)) if one.code in COVERED]
    book = indicators.book()
    figure = book.figures[CASCADE[0]]
    cite = book.cite(figure)
    name = Names(_("registered of the estimated"), _("registered of the estimated"))
    registered = [
        Measure(
            "registered_coverage", programme, "hearts", CASCADE[0], ESTIMATED, None, False, name, figure.says, None,
            cite.source, cite.mark,
        )
        for programme in asked.programmes
    ]  # fmt: skip
    return [*registered, *known]


def coverage(db: sqlite3.Connection, editions: Editions, asked: Question, before: Period | None) -> list[Row]:
    """The rows of `report indicators` for what is covered."""
    question = figures.Question(covered(editions, asked), asked.period, before, asked.by, asked.whom, asked.known_on)
    return figures.rows(db, editions, question)


def sources(db: sqlite3.Connection, editions: Editions, asked: Question) -> list[str]:
    """Where the estimate of each programme comes from."""
    return [_estimated(db, editions, asked, programme) for programme in asked.programmes]


def too_few(rows: Iterable[Row]) -> bool:
    """Does any row, of a cascade or of figures, count more people than were estimated?"""
    shares = (row.get("of_estimated", row["rate"] if row.get("estimated") else None) for row in rows)
    return any(share is not None and float(str(share)) > PERCENT for share in shares)


def _estimated(db: sqlite3.Connection, editions: Editions, asked: Question, programme: str) -> str:
    found = indicators.estimate(db, asked.period, programme, editions, known_on=asked.known_on, asked=asked.whom)
    return _("no prevalence is known") if found is None else expected.says(found)
