"""Figures of a period, and the people or events behind them: the same rows, counted or listed."""

import sqlite3
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from chronic.model.period import Period
from chronic.protocol import Editions
from chronic.reports.indicators import elsewhere, known
from chronic.reports.indicators.definitions import Figure, book, text
from chronic.reports.indicators.elsewhere import Elsewhere
from chronic.reports.indicators.known import ALL, Asked

_WHO = "SELECT person, {}, {}, {}, {} FROM who"
_AGED = f"SELECT who.person, {known.AGE} FROM period CROSS JOIN who WHERE period.n = ?"
_HAMLET = "(SELECT hamlet FROM person WHERE person.id = who.person)"
_ROWS = "SELECT n, person, word FROM ({sql})"
_AGES, _UNKNOWN = 1000, 999


class Cell(NamedTuple):
    """Whom a number counts. `programme` is empty for figures of the whole register; `village` a place id, where
    hamlets are asked for the hamlet's; `age` in full
    years at the period's end; None where a part is not known or not asked for. People are where they live now, with their
    doctor and household of now."""

    programme: str
    figure: str
    village: int | None
    doctor: str | None
    sex: str | None
    age: int | None
    monitored: bool | None


class Counted(NamedTuple):
    """One of those behind a number: a person, or an event with its day and the uid of its record."""

    person: int
    on: date | None = None
    uid: str | None = None


Text = tuple[str, str]
"""Which rows: a file here, and of cohorts the preset."""


class Told(NamedTuple):
    """One row of a text: a person, or an event with its day and the uid of its record, and the word or words it counts by
    (see `adds`)."""

    programme: str
    text: Text
    word: str
    person: int
    on: date | None = None
    uid: str | None = None


Home = tuple[int | None, str | None, str | None, int | None]
"""Village, doctor, sex, monitored."""
BY = Cell._fields[2:]


def tally(
    db: sqlite3.Connection, period: Period, wanted: Iterable[tuple[str, str]], editions: Editions, *,
    known_on: date | str | None = None, asked: Asked = ALL, by: Container[str] = BY,
) -> Counter[Cell]:  # fmt: skip
    """How many there are of each kind, of these (programme, figure).

    `by`: the parts of a cell that are wanted; thirteen months of villages alone are half the work of every part.
    """
    return tallies(db, [period], wanted, editions, known_on=known_on, asked=asked, by=by)[0]


def tallies(
    db: sqlite3.Connection, periods: Sequence[Period], wanted: Iterable[tuple[str, str]], editions: Editions, *,
    known_on: date | str | None = None, asked: Asked = ALL, by: Container[str] = BY,
) -> list[Counter[Cell]]:  # fmt: skip
    """The same for several periods in one go, in their order."""
    texts: dict[tuple[str, str, str], list[str]] = {}
    for programme, name in dict.fromkeys(wanted):
        figure = book().figures[name]
        texts.setdefault((programme, figure.sql, figure.preset), []).append(name)
    found: list[Counter[Cell]] = [Counter() for _ in periods]
    if not periods or not texts:
        return found
    if isinstance(db, Elsewhere):
        for (programme, name, preset), row in elsewhere.counted(db, periods, texts, editions, asked, by):
            cell = Cell(programme, "", *(_said(part, row.parts.get(part)) for part in BY))
            for named in texts[programme, name, preset]:
                if _counts(named, row.word):
                    found[row.n][cell._replace(figure=named)] += row.number
        return found
    for lot in _lots(db, periods, editions, {name for _, name, _ in texts}, known_on, asked, by):
        kinds = lot.kinds
        for (programme, name, preset), figures in texts.items():
            found_rows = db.execute(_ROWS.format(sql=unordered(name)), known.bound(programme, text(name), preset))
            rows = Counter((n, word, kinds[n].get(person)) for n, person, word in found_rows)
            for (n, word, kind), number in rows.items():
                if kind is not None:
                    kin = lot.kin(kind)
                    for named in figures:
                        if _counts(named, word):
                            found[n][Cell(programme, named, *kin)] += number
    return found


def behind(
    db: sqlite3.Connection, period: Period, programme: str, figure: str, editions: Editions, *,
    known_on: date | str | None = None, asked: Asked = ALL,
) -> list[Counted]:  # fmt: skip
    """Who, or what, a figure counts: as many as `tally` says. By person and day."""
    its = book().figures[figure]
    found = [
        _counted(its, person, *event)
        for lot in _lots(db, [period], editions, [its.sql], known_on, asked)
        for n, person, word, *event in db.execute(unordered(its.sql), known.bound(programme, text(its.sql), its.preset))
        if person in lot.kinds[n] and _counts(figure, word)
    ]
    return sorted(found, key=lambda one: (one.person, one.on or period.last, one.uid or ""))


def told(
    db: sqlite3.Connection, period: Period, wanted: Iterable[tuple[str, str]], editions: Editions, *,
    known_on: date | str | None = None, asked: Asked = ALL,
) -> Iterator[Told]:  # fmt: skip
    """Every row of the texts behind these (programme, figure), each text read once and in no order."""
    texts = list(dict.fromkeys((programme, text_of(name)) for programme, name in wanted))
    happened = {figure.sql for figure in book().figures.values() if figure.events}
    for lot in _lots(db, [period], editions, {name for _, (name, _) in texts}, known_on, asked):
        for programme, (name, preset) in texts:
            for n, person, word, *event in db.execute(unordered(name), known.bound(programme, text(name), preset)):
                if person in lot.kinds[n]:
                    at, uid = event if name in happened else (None, None)
                    yield Told(programme, (name, preset), word, person, None if at is None else date.fromordinal(at), uid)


def _said(part: str, value: Any) -> Any:
    """A part of a cell as a relation has it."""
    return value == 1 if part == "monitored" and value is not None else value


def text_of(figure: str) -> Text:
    """The rows a figure counts some of."""
    its = book().figures[figure]
    return its.sql, its.preset


def adds(figure: str, word: str) -> bool:
    """Does this figure count a row with this word, or with these words?"""
    return _counts(figure, word)


def unordered(name: str) -> str:
    """A text without the order of its rows, to be counted."""
    return text(name).rpartition("ORDER BY")[0]


@cache
def _counts(figure: str, word: str) -> bool:
    """Does this figure count a row with this word, or with these words?"""
    return not set(word.split()).isdisjoint(book().figures[figure].counts)


def _counted(figure: Figure, person: int, at: int | None = None, uid: str | None = None) -> Counted:
    return Counted(person, date.fromordinal(at), uid) if figure.events and at is not None else Counted(person)


class Lot(NamedTuple):
    """So many people at a time, while their relations are there. `kinds`: by period, of what kind those are who are asked
    for, as one number; `kin` takes it apart."""

    kinds: list[dict[int, int]]
    homes: list[Home]

    def kin(self, kind: int) -> tuple[int | None, str | None, str | None, int | None, bool | None]:
        """Village, doctor, sex, age, monitored."""
        place, age = divmod(kind, _AGES)
        village, doctor, sex, monitored = self.homes[place]
        return village, doctor, sex, None if age == _UNKNOWN else age, None if monitored is None else monitored == 1


def _lots(
    db: sqlite3.Connection, periods: Sequence[Period], editions: Editions, texts: Iterable[str],
    known_on: date | str | None, asked: Asked, by: Container[str] = (),
) -> Iterator[Lot]:  # fmt: skip
    names = known.needed(text(name) for name in texts)
    first, last = asked.ages or (0, _UNKNOWN)
    columns = _WHO.format(*(part if part in by else "NULL" for part in ("village", "doctor", "sex", "monitored")))
    if "hamlet" in by:
        columns = columns.replace("NULL", _HAMLET, 1)
    aged = "age" in by
    with known.relations(db, periods, editions, names, known.instant(known_on), asked) as lots:
        for _ in lots:
            homes: dict[Home, int] = {}
            people = {
                person: homes.setdefault((village, doctor, sex, monitored), len(homes)) * _AGES
                for person, village, doctor, sex, monitored in db.execute(columns)
            }
            if not aged and asked.ages is None:
                kinds = [{person: home + _UNKNOWN for person, home in people.items()}] * len(periods)
            else:
                kinds = [
                    {
                        person: people[person] + (_UNKNOWN if age is None or not aged else age)
                        for person, age in db.execute(_AGED, (n,))
                        if first <= (_UNKNOWN if age is None else age) <= last
                    }
                    for n in range(len(periods))
                ]
            yield Lot(kinds, list(homes))
