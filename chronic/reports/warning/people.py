"""People still controlled whose readings rise or swing."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from chronic.model.days import year_of
from chronic.protocol.warning import Usual
from chronic.protocol.warning import Warning as Book
from chronic.reports.tagged import Whom, filters
from chronic.rules import warning

WATCHED = {"htn": "sbp", "dm": "fpg"}
"""The reading that is watched for a programme."""
RISE, SWING = "rise", "swing"
EVERYBODY = Whom()
_READINGS = """
SELECT v.person, v.id, v.visit_date, v.{column}, w.class
FROM visit AS v INDEXED BY visit_live_day
JOIN verdict AS w ON w.person = v.person AND w.visit = v.id AND w.programme = :programme
JOIN enrolment AS e ON e.person = v.person AND e.programme = :programme
  AND e.enrolled_on <= :last AND (e.ended_on IS NULL OR e.ended_on > :last)
JOIN person AS p ON p.id = v.person AND (p.closed_on IS NULL OR p.closed_on > :last)
WHERE v.ended_by IS NULL AND v.kind = 'followup' AND v.way <> 'phone' AND v.visit_date BETWEEN :first AND :last
  AND v.{column} IS NOT NULL{where}
ORDER BY v.person, v.visit_date"""


class Reading(NamedTuple):
    visit: int
    on: str
    value: float
    klass: str | None


class Person(NamedTuple):
    """Somebody warned of. `readings`: all the statistic was made of, the last `recent` of them held against the rest."""

    kind: str
    person: int
    programme: str
    readings: tuple[Reading, ...]
    recent: int
    statistic: warning.Rise | warning.Swing

    @property
    def key(self) -> str:
        return f"{self.kind}:{WATCHED[self.programme]}:{self.person}"


class Watched(NamedTuple):
    """`unjudged`: controlled with a reading lately, but with too few before it to judge a rise; `usual`: the spread that one
    reading is taken to have."""

    people: list[Person]
    unjudged: int
    usual: float


def people(db: sqlite3.Connection, day: date, book: Book, programme: str, whom: Whom) -> Watched:
    """Two ordered reads, and nobody kept who is not named. The spread is everybody's, so that somebody is named or not
    whatever list is asked for."""
    usual: Usual = getattr(book, WATCHED[programme])
    fresh = book.watch.fresh.before(day).isoformat()
    spread = _spread(db, day, book, programme)
    named, unjudged = list[Person](), 0
    for person, readings in _histories(db, day, book, programme, whom):
        if readings[-1].klass != "controlled" or readings[-1].on < fresh:
            continue
        earlier = _earlier(readings, book)
        unjudged += len(earlier) < book.rise.before_least
        for kind, statistic in _kinds(readings, book, spread, usual.least):
            recent = book.rise.recent if kind == RISE else 0
            many = recent + len(earlier) if kind == RISE else book.swing.readings
            named.append(Person(kind, person, programme, tuple(readings[-many:]), recent, statistic))
    return Watched(named, unjudged, spread)


def _spread(db: sqlite3.Connection, day: date, book: Book, programme: str) -> float:
    """How much one reading varies from visit to visit, by everybody's earlier readings."""
    usual: Usual = getattr(book, WATCHED[programme])
    squared, freedom = 0.0, 0
    for _person, readings in _histories(db, day, book, programme, EVERYBODY):
        earlier = _earlier(readings, book)
        if len(earlier) >= book.rise.before_least:
            squared += warning.squares([reading.value for reading in earlier])
            freedom += len(earlier) - 1
    return warning.spread(squared, freedom, usual.sd, usual.sd_weight, usual.least)


def _kinds(
    readings: list[Reading], book: Book, usual: float, least: float
) -> list[tuple[str, warning.Rise | warning.Swing]]:
    """What there is to warn of in these readings, where one varies by `usual`."""
    named: list[tuple[str, warning.Rise | warning.Swing]] = []
    rules, values = book.rise, [reading.value for reading in readings]
    earlier = [reading.value for reading in _earlier(readings, book)]
    if len(earlier) >= rules.before_least:
        rise = warning.rise(earlier, values[-rules.recent :], usual, rules.own_weight, least)
        named += [(RISE, rise)] if rise.z >= rules.z_from else []
    if len(values) >= book.swing.readings:
        swing = warning.swing(values[-book.swing.readings :], usual)
        named += [(SWING, swing)] if swing.times >= book.swing.times_from else []
    return named


def _earlier(readings: list[Reading], book: Book) -> list[Reading]:
    return readings[: -book.rise.recent][-book.rise.before_most :]


def _histories(
    db: sqlite3.Connection, day: date, book: Book, programme: str, whom: Whom
) -> Iterator[tuple[int, list[Reading]]]:
    """Everybody managed who has a reading, with their readings in the order of their dates."""
    values: dict[str, object] = {
        "programme": programme, "first": book.watch.back.before(day).isoformat(), "last": day.isoformat(),
    }  # fmt: skip
    sql = _READINGS.format(column=WATCHED[programme], where=filters(whom, values))
    for person, rows in groupby(db.execute(sql, values), key=itemgetter(0)):
        yield person, [Reading(*row[1:]) for row in rows]


def latest(db: sqlite3.Connection, day: date, programme: str, person: int) -> Reading | None:
    """Somebody's last reading of the year."""
    values = {
        "programme": programme, "first": year_of(day)[0].isoformat(), "last": day.isoformat(), "person": person,
    }  # fmt: skip
    rows = db.execute(_READINGS.format(column=WATCHED[programme], where=" AND v.person = :person"), values).fetchall()
    return Reading(*rows[-1][1:]) if rows else None
