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
from chronic.reports import indicators, listed
from chronic.reports.indicators import Asked, Told
from chronic.reports.measures import BY, OVERLAPPING, Key, Label, Measure, labels

CELLS = ("numerator", "denominator", "missing")
"""`missing`: in the denominator and not in the numerator."""
_AT_ONCE = 500
_NOTHING: dict[str, object] = dict.fromkeys(("read_on", "last_bp", "last_fpg", "last_hba1c"))
_HOMES = "SELECT id, village, responsible_doctor FROM person WHERE id IN ({ids})"
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
    Column("why", N_("Why")),
)

Row = dict[str, object]


class Question(NamedTuple):
    """`group`: of a breakdown by `by` only this one, as it is called there."""

    measures: list[Measure]
    period: Period
    cell: str = "numerator"
    by: str | None = None
    group: str | None = None
    whom: Asked = Asked()
    known_on: date | None = None
    limit: int | None = None
    full: bool = False


def report(db: sqlite3.Connection, editions: Editions, asked: Question) -> Report:
    """Raises ValueRefused (`figures.no_denominator`)."""
    columns = _COLUMNS if asked.by is None or asked.by in OVERLAPPING else (*_COLUMNS, Column(f"by_{asked.by}", BY[asked.by]))
    found = list(rows(db, editions, asked))
    return Report("indicator_people", asked.period.last.isoformat(), columns, found[: asked.limit])


def rows(db: sqlite3.Connection, editions: Editions, asked: Question) -> Iterator[Row]:
    for measure in asked.measures:
        told = behind(db, editions, asked, measure)
        yield from _people(db, asked, measure, told, labels(db, asked.by))


def behind(db: sqlite3.Connection, editions: Editions, asked: Question, measure: Measure) -> list[tuple[Told, str]]:
    """Those in this cell and the word each of them counts by."""
    if measure.denominator is None and asked.cell != "numerator":
        raise ValueRefused("figures.no_denominator", indicator=either(measure.name))
    above = _told(db, editions, asked, (measure.programme, measure.numerator))
    if asked.cell == "numerator" or measure.denominator is None:
        return above
    below = _told(db, editions, asked, (measure.programme, measure.denominator))
    if asked.cell == "denominator":
        return below
    counted = Counter((one.person, one.on, one.uid) for one, _ in above)
    left = []
    for one, word in below:
        key = (one.person, one.on, one.uid)
        if counted[key]:
            counted[key] -= 1
        else:
            left.append((one, word))
    return left


def _told(db: sqlite3.Connection, editions: Editions, asked: Question, key: Key) -> list[tuple[Told, str]]:
    figure = indicators.book().figures[key[1]]
    found = indicators.told(db, asked.period, [key], editions, known_on=asked.known_on, asked=asked.whom)
    mine = [(one, one.word) for one in found if one.word in figure.counts]
    return sorted(mine, key=lambda pair: (pair[0].person, pair[0].on or asked.period.last, pair[0].uid or "", pair[1]))


def word_name(sql: str, word: str) -> str:
    """What a word of a text is called: as the figure that counts it alone."""
    figures = (figure for figure in indicators.book().figures.values() if figure.sql == sql and figure.counts == [word])
    found = next(figures, None)
    return word if found is None else either(found.name)


def _people(
    db: sqlite3.Connection, asked: Question, measure: Measure, told: Sequence[tuple[Told, str]], label: Label
) -> Iterator[Row]:
    until = (asked.period.last.isoformat(), indicators.instant(asked.known_on))
    figures = indicators.book().figures
    figure = figures[measure.numerator if asked.cell == "numerator" else measure.denominator or measure.numerator]
    for start in range(0, len(told), _AT_ONCE):
        some = told[start : start + _AT_ONCE]
        ids = ", ".join(str(one.person) for one, _ in some)
        known = listed.who(db, (one.person for one, _ in some), asked.period.last, asked.full)
        homes = {row[0]: row[1:] for row in db.execute(_HOMES.format(ids=ids))}
        read = {row[0]: _read(*row[1:]) for row in db.execute(_READ.format(ids=ids), until)}
        for one, word in some:
            who, (village, doctor) = known[one.person], homes[one.person]
            group = _group(asked, label.of(village, doctor, str(who["sex"]), _age(who)))
            if asked.group is not None and group.get(f"by_{asked.by}") != (None if asked.group == "-" else asked.group):
                continue
            yield {
                **who, "doctor": doctor, "indicator": measure.code, "programme": measure.programme or None,
                "cell": asked.cell, "on": None if one.on is None else one.on.isoformat(), "record_uid": one.uid,
                **read.get(one.person, _NOTHING), "why": word_name(figure.sql, word), **group,
            }  # fmt: skip


def _read(on: str, sbp: int | None, dbp: int | None, fpg: object, hba1c: object) -> Row:
    pressure = None if sbp is None and dbp is None else f"{'-' if sbp is None else sbp}/{'-' if dbp is None else dbp}"
    sugar = listed.number(None if fpg is None else str(fpg))
    return {"read_on": on, "last_bp": pressure, "last_fpg": sugar, "last_hba1c": hba1c}


def _group(asked: Question, group: str | None) -> Row:
    return {} if asked.by is None or asked.by in OVERLAPPING else {f"by_{asked.by}": group}


def _age(who: Row) -> int | None:
    return None if who["age"] is None else int(str(who["age"]))
