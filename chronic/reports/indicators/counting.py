"""Figures of a period, and the people or events behind them: one query each, under the same filters."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chronic.model.period import Period
from chronic.protocol import Editions
from chronic.reports.indicators import known
from chronic.reports.indicators.definitions import book, text
from chronic.reports.indicators.known import Asked

_AGE = "period.year - who.born_year - CASE WHEN period.md < who.born_md THEN 1 ELSE 0 END"
_FROM = "FROM ({sql}) AS counted JOIN who ON who.person = counted.person JOIN period ON period.n = counted.n {where}"
_TALLY = f"""
SELECT counted.n, counted.word, who.village, who.doctor, who.sex, {_AGE} AS age, who.monitored, count(*)
{_FROM} GROUP BY counted.n, counted.word, who.village, who.doctor, who.sex, age, who.monitored"""
_BEHIND = f"SELECT counted.n, counted.word, counted.person, {{columns}} {_FROM}"


ALL = Asked()


class Cell(NamedTuple):
    """Whom a number counts. `programme` is empty for figures of the whole register; `village` a place id; `age` in full
    years at the period's end; None where a part is not known. People are where they live now, with their doctor and
    household of now."""

    programme: str
    figure: str
    village: int | None
    doctor: str | None
    sex: str
    age: int | None
    monitored: bool


class Counted(NamedTuple):
    """One of those behind a number: a person, or an event with its day and the uid of its record."""

    person: int
    on: date | None = None
    uid: str | None = None


def tally(
    db: sqlite3.Connection, period: Period, wanted: Iterable[tuple[str, str]], editions: Editions, *,
    known_on: date | str | None = None, asked: Asked = ALL,
) -> Counter[Cell]:  # fmt: skip
    """How many there are of each kind, of these (programme, figure)."""
    return tallies(db, [period], wanted, editions, known_on=known_on, asked=asked)[0]


def tallies(
    db: sqlite3.Connection, periods: Sequence[Period], wanted: Iterable[tuple[str, str]], editions: Editions, *,
    known_on: date | str | None = None, asked: Asked = ALL,
) -> list[Counter[Cell]]:  # fmt: skip
    """The same for several periods in one go, in their order; thirteen months cost little more than one."""
    counting = _counting(wanted)
    found: list[Counter[Cell]] = [Counter() for _ in periods]
    if not periods or not counting:
        return found
    values = {programme: known.bound(programme) for programme, _ in counting}
    for _ in _each_lot(db, periods, editions, {name for _, name in counting}, known_on, asked):
        for (programme, name), words in counting.items():
            sql = _TALLY.format(sql=unordered(name), where=_ages(asked))
            for n, word, village, doctor, sex, age, monitored, people in db.execute(sql, used(values[programme], sql)):
                for figure in words.get(word, ()):
                    found[n][Cell(programme, figure, village, doctor, sex, age, bool(monitored))] += people
    return found


def behind(
    db: sqlite3.Connection, period: Period, programme: str, figure: str, editions: Editions, *,
    known_on: date | str | None = None, asked: Asked = ALL,
) -> list[Counted]:  # fmt: skip
    """Who, or what, a figure counts: as many as `tally` says. By person and day."""
    its = book().figures[figure]
    sql = _BEHIND.format(
        sql=unordered(its.sql), where=_ages(asked), columns="counted.at, counted.uid" if its.events else "NULL, NULL"
    )
    values = used(known.bound(programme), sql)
    found = [
        Counted(person, None if at is None else date.fromordinal(at), uid)
        for _ in _each_lot(db, [period], editions, {its.sql}, known_on, asked)
        for _n, word, person, at, uid in db.execute(sql, values)
        if word in its.counts
    ]
    return sorted(found, key=lambda one: (one.person, one.on or period.last, one.uid or ""))


def unordered(name: str) -> str:
    """A text without the order of its rows, to be counted."""
    return text(name).rpartition("ORDER BY")[0]


def used(values: dict[str, object], sql: str) -> dict[str, object]:
    """Those of the values that a text names."""
    return {key: value for key, value in values.items() if f":{key}" in sql}


def _counting(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, list[str]]]:
    """(programme, text) -> its words -> the figures that count them."""
    counting: dict[tuple[str, str], dict[str, list[str]]] = {}
    for programme, name in dict.fromkeys(wanted):
        figure = book().figures[name]
        words = counting.setdefault((programme, figure.sql), {})
        for word in figure.counts:
            words.setdefault(word, []).append(name)
    return counting


def _each_lot(
    db: sqlite3.Connection, periods: Sequence[Period], editions: Editions, texts: Iterable[str],
    known_on: date | str | None, asked: Asked,
) -> Iterator[None]:  # fmt: skip
    names = known.needed(text(name) for name in texts)
    with known.relations(db, periods, editions, names, known.instant(known_on), asked) as lots:
        yield from lots


def _ages(asked: Asked) -> str:
    return "" if asked.ages is None else f"WHERE {_AGE} BETWEEN {asked.ages[0]:d} AND {asked.ages[1]:d}"
