"""`report indicators --list`: the people or events behind a number, what was read of them, and why they count.

Behind every number are exactly as many rows. Where events are counted a person stands there once for each.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.i18n import N_
from chronic.model.period import Period
from chronic.model.report import Column, Report
from chronic.model.wording import either
from chronic.protocol import Editions
from chronic.reports import grouped, indicators, listed
from chronic.reports.indicators import Asked, arrivals
from chronic.reports.measures import ALL, BY, OVERLAPPING, Label, Measure, labels

CELLS = ("numerator", "denominator", "missing")
"""`missing`: in the denominator and not in the numerator."""
_AT_ONCE = 500
_NOTHING: dict[str, object] = dict.fromkeys(("read_on", "last_bp", "last_fpg", "last_hba1c"))
_HOMES = "SELECT id, {place}, responsible_doctor FROM person WHERE id IN ({ids})"
_READ = """
SELECT person, max(visit_date), sbp, dbp, coalesce(fpg_meter, fpg), hba1c FROM visit
WHERE person IN ({ids}) AND ended_by IS NULL AND way <> 'phone' AND visit_date <= ? AND recorded_at <= ?
  AND (sbp IS NOT NULL OR fpg IS NOT NULL OR fpg_meter IS NOT NULL OR hba1c IS NOT NULL) GROUP BY person"""
_COLUMNS = (
    *listed.WHO,
    Column("doctor", N_("Doctor"), hidden=True),
    Column("indicator", "indicator", hidden=True),
    Column("programme", N_("Programme")),
    Column("cell", "cell", hidden=True),
    Column("on", N_("Date")),
    Column("record_uid", "record_uid", hidden=True),
    Column("read_on", N_("Last read")),
    Column("last_bp", N_("BP")),
    Column("last_fpg", N_("Fasting")),
    Column("last_hba1c", "HbA1c", hidden=True),
    Column("why", N_("Counts in")),
)

Row = dict[str, object]


class Behind(NamedTuple):
    """A person, or an event with its day and the uid of its record."""

    person: int
    on: date | None
    uid: str | None


class Question(NamedTuple):
    """`group`: of a breakdown by `by` only this one, as it is called there."""

    measures: list[Measure]
    period: Period
    cell: str = "numerator"
    by: str | None = None
    group: str | None = None
    whom: Asked = ALL
    known_on: date | None = None
    limit: int | None = None
    full: bool = False


def report(db: sqlite3.Connection, editions: Editions, asked: Question) -> Report:
    """Raises ValueRefused (`figures.no_denominator`, `figures.estimated`)."""
    columns: tuple[Column, ...] = _COLUMNS
    if asked.by is not None and asked.by not in OVERLAPPING:
        columns = (*columns, Column(f"by_{asked.by}", BY[asked.by], hidden=asked.by in ("village", "sex")))
    found = list(rows(db, editions, asked))
    return Report("indicator_people", asked.period.last.isoformat(), columns, found[: asked.limit])


def rows(db: sqlite3.Connection, editions: Editions, asked: Question) -> Iterator[Row]:
    for measure in asked.measures:
        told = behind(db, editions, asked, measure)
        yield from _people(db, asked, measure, told, labels(db, asked.by, asked.period.last))


Cells = dict[str, "Counter[Behind]"]


def cells(db: sqlite3.Connection, editions: Editions, asked: Question, measure: Measure) -> tuple[Cells, Cells]:
    """(cell -> who is in it, figure -> whom it counts) of an indicator and of every figure of the texts it is counted by.

    Where there is no denominator, or an estimate, there is a numerator only.
    """
    book = indicators.book()
    estimated = measure.denominator == indicators.ESTIMATED
    texts = {indicators.text_of(name) for _, name in measure.keys if name in book.figures}
    figures = {name: indicators.text_of(name) for name in book.figures if indicators.text_of(name) in texts}
    keys = [(measure.programme, name) for name in figures]
    counted: Cells = {name: Counter() for name in figures}
    for one in indicators.told(db, asked.period, keys, editions, known_on=asked.known_on, asked=asked.whom):
        for name, text in figures.items():
            if text == one.text and indicators.adds(name, one.word):
                counted[name][Behind(one.person, one.on, one.uid)] += 1
    above = counted[measure.numerator]
    if measure.denominator is None or estimated:
        return {"numerator": above}, counted
    below = counted[measure.denominator]
    return {"numerator": above, "denominator": below, "missing": below - above}, counted


def behind(db: sqlite3.Connection, editions: Editions, asked: Question, measure: Measure) -> list[tuple[Behind, list[str]]]:
    """Those in the cell, and by what names all the figures are called that count them."""
    found, counted = cells(db, editions, asked, measure)
    if asked.cell not in found and measure.denominator == indicators.ESTIMATED:
        raise ValueRefused("figures.estimated", indicator=either(measure.name))
    if asked.cell not in found:
        raise ValueRefused("figures.no_denominator", indicator=either(measure.name))
    names = {name: either(indicators.book().figures[name].name) for name in counted}
    return [
        (one, [names[name] for name in counted if counted[name][one]])
        for one in sorted(found[asked.cell].elements(), key=lambda one: (one.person, one.on or date.min, one.uid or ""))
    ]


def _people(
    db: sqlite3.Connection, asked: Question, measure: Measure, told: Sequence[tuple[Behind, list[str]]], label: Label
) -> Iterator[Row]:
    place = grouped.HAMLET if asked.by == grouped.HAMLET else grouped.VILLAGE
    until = (asked.period.last.isoformat(), indicators.instant(asked.known_on))
    for start in range(0, len(told), _AT_ONCE):
        some = told[start : start + _AT_ONCE]
        ids = ", ".join(str(one.person) for one, _ in some)
        known = listed.who(db, (one.person for one, _ in some), asked.period.last, asked.full)
        homes = {row[0]: row[1:] for row in db.execute(_HOMES.format(ids=ids, place=place))}
        with arrivals.shown(db, until[1]):
            read = {row[0]: _read(*row[1:]) for row in db.execute(_READ.format(ids=ids), until)}
        for one, why in some:
            who, (home, doctor) = known[one.person], homes[one.person]
            group = _group(asked, label.of(home, doctor, str(who["sex"]), _age(who)))
            if asked.group is not None and group.get(f"by_{asked.by}") != (None if asked.group == "-" else asked.group):
                continue
            yield {
                **who, "doctor": doctor, "indicator": measure.code, "programme": measure.programme or None,
                "cell": asked.cell, "on": None if one.on is None else one.on.isoformat(), "record_uid": one.uid,
                **read.get(one.person, _NOTHING), "why": why, **group,
            }  # fmt: skip


def _read(on: str, sbp: int | None, dbp: int | None, fpg: object, hba1c: object) -> Row:
    pressure = None if sbp is None and dbp is None else f"{'-' if sbp is None else sbp}/{'-' if dbp is None else dbp}"
    sugar = listed.number(None if fpg is None else str(fpg))
    return {"read_on": on, "last_bp": pressure, "last_fpg": sugar, "last_hba1c": hba1c}


def _group(asked: Question, group: str | None) -> Row:
    return {} if asked.by is None or asked.by in OVERLAPPING else {f"by_{asked.by}": group}


def _age(who: Row) -> int | None:
    return None if who["age"] is None else int(str(who["age"]))
