"""The relations every text here reads: what was known then, days as numbers, a guideline's numbers beside the days.

They are temporary tables, made of the facts once for all figures and all periods that are asked for, and for so many
people at a time. So what a correction, a closing or a filter means is written down once; a text only counts. How each is
made is portable SQL too, in the folder relations.
"""

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from chronic.model.fields import VISIT_FIELDS
from chronic.model.period import Period
from chronic.model.tags import spellings
from chronic.protocol import Editions, Protocol
from chronic.protocol.measures import Measures
from chronic.reports import tagged
from chronic.reports.indicators import judging, matrix
from chronic.reports.indicators.definitions import Cohort, before, book, cohorts
from chronic.store.visits import GLUCOSE

ALWAYS = "9999"
"""The instant by which everything is known."""
_FIRST = date(1990, 1, 1)
"""Days before it are one: long ago."""
_END_OF_DAY = "T15:59:59.999Z"
"""The last instant of a day in China, in UTC."""
AGE = "period.year - who.born_year - CASE WHEN period.md < who.born_md THEN 1 ELSE 0 END"
"""In full years at a period's end; NULL where the birth date is not known."""
_PEOPLE = 20_000
_COLUMNS = {field.column for field in VISIT_FIELDS}
_INDEXES = {
    "calendar": ("iso", "day"), "unsaid": ("person, field, about",), "watched": ("person",), "who": ("person",),
    "contact": ("person, day",), "stay": ("programme, person, from_day, uid",), "slip": ("person, made_day",),
    "outcome": ("person, day",), "judged": ("programme, person, day",), "exam": ("person, day",),
    "agreed": ("person, from_day",), "attempt": ("person, day",), "tested": ("person, test, day", "test, day"),
}  # fmt: skip
"""Every relation in the order of what it is made of, with its indexes."""
_ONCE = ("calendar", "watched")
_CALENDAR = (
    "iso", "day", "year", "md", "quarter", "older_from", "older_sbp", "older_dbp", "adult_sbp", "adult_dbp", "fpg_below",
    "first_due_day", "exam_from_day", "outcome_by_day", "danger_by_day", "answer_by_day",
)  # fmt: skip
_COHORT = ("n", "preset", "begun_from_day", "begun_to_day", "read_day", "last_day")
_RULE = ("programme", "from_day", "to_day", "in_a_row", "second")
_PERIOD = (
    "n", "first_day", "last_day", "year", "md", "year_day", "year_days", "care_day", "recent_day",
    "exam_day", "visits_needed", "days_each", "one_from_days", "screen_from_age",
    "screen_day", "older_from_age", "quarters", "without_dead",
)  # fmt: skip


class Asked(NamedTuple):
    """Of whom. `villages` are place ids, None: all; `ages`: from the first to the last, in full years at a period's end;
    `monitored`: of households watched against falling back into poverty."""

    villages: tuple[int, ...] | None = None
    doctor: str | None = None
    tags: tuple[tagged.Tagged, ...] = ()
    sex: str | None = None
    ages: tuple[int, int] | None = None
    monitored: bool = False


ALL = Asked()


class Made(NamedTuple):
    """What one lot of people was made of: relations as they were given, the SQL of the others with its values."""

    given: tuple[str, ...]
    texts: dict[str, str]
    values: dict[str, object]


def instant(known_on: date | str | None) -> str:
    """The last instant of a day, an instant as it stands in `recorded_at`, or the end of time."""
    if known_on is None:
        return ALWAYS
    return known_on if isinstance(known_on, str) else f"{known_on.isoformat()}{_END_OF_DAY}"


@cache
def text(name: str) -> str:
    """How one relation is made."""
    with open(os.path.join(os.path.dirname(__file__), "relations", f"{name}.sql"), encoding="utf-8") as stream:
        return stream.read()


def needed(texts: Iterable[str]) -> list[str]:
    """The relations that these texts read, with those that they are made of, in the order of making."""
    read = {word for one in texts for word in re.findall(r"\w+", re.sub("--.*", "", one))}
    for name in reversed(_INDEXES):
        if name in read and name != "calendar":
            read |= set(re.findall(r"\w+", re.sub("--.*", "", text(name))))
    return [name for name in _INDEXES if name in read or name in ("calendar", "unsaid", "watched", "who")]


def bound(programme: str, sql: str, preset: str = "") -> dict[str, object]:
    """The values that a text takes by name, beside what stands in the relations."""
    hearts = book().sets["hearts"]
    assert hearts.htn is not None
    assert hearts.dm is not None
    assert hearts.call_back is not None
    assert hearts.high_risk is not None
    values = {
        "programme": programme,
        "sbp_below": hearts.htn.bp_below.sbp, "dbp_below": hearts.htn.bp_below.dbp,
        "fpg_below": hearts.dm.fpg_below, "hba1c_below": hearts.dm.hba1c_below,
        "return_days": hearts.call_back.within.days, "preset": preset,
        "high_risk_sbp_below": hearts.high_risk.sbp_below,
    }  # fmt: skip
    return {key: value for key, value in values.items() if f":{key}" in sql}


class Given(NamedTuple):
    """A relation that is made of no facts: its rows are at hand."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    indexes: Sequence[str] = ()


def given(periods: Sequence[Period], editions: Editions, names: Sequence[str]) -> dict[str, Given]:
    """What the periods, the guidelines and the sets of indicators say, as relations."""
    last = max(period.last for period in periods)
    tests = matrix.relations(periods, editions) if "tested" in names else {}
    return {
        "period": Given(_PERIOD, [_period(n, period, editions) for n, period in enumerate(periods)]),
        "spelling": Given(("word",), [(word,) for word in spellings("monitored")]),
        "cohort": Given(_COHORT, [row for n, period in enumerate(periods) for row in _cohorts(n, period)]),
        **{name: Given(matrix.COLUMNS[name], rows, matrix.INDEXES[name]) for name, rows in tests.items()},
        "rule": Given(_RULE, list(_rules(editions, last))),
        "calendar": Given(_CALENDAR, calendar(editions, last), _INDEXES["calendar"]),
    }


def pieces(periods: Sequence[Period], editions: Editions, verdicts: str = "verdict") -> dict[str, str]:
    """The parts of the texts in `relations` that follow from a guideline, and the table of verdicts."""
    measures = Measures.of(editions.on(max(period.last for period in periods)))
    return {**_blank(measures), "measured": matrix.measured(periods, editions), "verdicts": verdicts}


def span(first: int, last: int, known_at: str = ALWAYS) -> dict[str, object]:
    """The values that the texts in `relations` take by name, for people of these ids."""
    return {"person_from": first, "person_to": last, "known_at": known_at, "calendar_on": _FIRST.isoformat()}


@contextmanager
def relations(
    db: sqlite3.Connection, periods: Sequence[Period], editions: Editions, names: Sequence[str], known_at: str, asked: Asked
) -> Iterator[Iterator[Made]]:
    """The connection with these relations in it: an iterator that stops once for each lot of people."""
    at_hand = given(periods, editions, names)
    made = [*at_hand, *names, "affected", "ruled"]
    alone = not db.in_transaction
    db.execute("BEGIN" if alone else "SAVEPOINT relations")  # all of them from one state of the registry
    _drop(db, made)
    try:
        for name, its in at_hand.items():
            _fill(db, name, its)
        then = "judged" in names and known_at != ALWAYS
        if then:
            judging.affected(db, known_at)
        texts = pieces(periods, editions, "ruled" if then else "verdict")
        own = [name for name in names if name != "calendar"]
        yield _lots(db, own, known_at, asked, texts, tuple(name for name in at_hand if name != "calendar"), editions)
    finally:
        _drop(db, made)
        db.execute("COMMIT" if alone else "RELEASE relations")


def _lots(
    db: sqlite3.Connection,
    names: Sequence[str],
    known_at: str,
    asked: Asked,
    pieces: dict[str, str],
    at_hand: tuple[str, ...],
    editions: Editions,
) -> Iterator[Made]:
    first, end = db.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM person").fetchone()
    texts = {name: text(name).format(**pieces) for name in names}
    whom: dict[str, object] = {}
    texts["who"] = asked_for(texts["who"], asked, whom)
    for start in range(first, end + 1, _PEOPLE):
        values = {**span(start, min(start + _PEOPLE - 1, end), known_at), **whom}
        _drop(db, [name for name in names if start == first or name not in _ONCE])
        for name in names:
            if start != first and name in _ONCE:
                continue
            sql = texts[name]
            if name == "judged" and pieces["verdicts"] == "ruled":
                _drop(db, ["ruled"])
                judging.ruled(db, known_at, values, editions)
            db.execute(f"CREATE TEMP TABLE {name} AS {sql}", {key: values[key] for key in values if f":{key}" in sql})
            _index(db, name, _INDEXES[name])
        yield Made((*at_hand, *_ONCE), texts, values)


def _blank(measures: Measures) -> dict[str, str]:
    """By programme: SQL that holds where a required field of a contact is blank; beyond a meter's range is not blank. The
    columns are checked (`Measures`)."""
    blank = {name: f"visit.{name} IS NULL" + f" AND visit.{name}_meter IS NULL" * (name in GLUCOSE) for name in _COLUMNS}
    return {
        f"blank_{programme}": " OR ".join(f"({blank[column]})" for column in columns)
        for programme, columns in measures.standard.required.items()
    }


def asked_for(who: str, asked: Asked, values: dict[str, object]) -> str:
    """The text of `who` with those alone who are asked for; what it takes by name is added to `values`."""
    found = []
    where = tagged.filters(tagged.Whom(asked.villages, asked.doctor, asked.tags), values)
    if where:
        found.append(f"asked.person IN (SELECT p.id FROM person AS p WHERE 1 = 1{where})")
    if asked.sex is not None:
        values["sex"] = asked.sex
        found.append("asked.sex = :sex")
    if asked.monitored:
        found.append("asked.monitored = 1")
    if not found:
        return who
    return (
        f"SELECT asked.* FROM ({who.rpartition('ORDER BY')[0]}) AS asked WHERE {' AND '.join(found)} ORDER BY asked.person"
    )


def _drop(db: sqlite3.Connection, names: Iterable[str]) -> None:
    for name in names:
        db.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _fill(db: sqlite3.Connection, name: str, its: Given) -> None:
    kinds = [f"{column} {kind}" for column, kind in zip(its.columns, types(its), strict=True)]
    if name == "period":
        kinds[0] += " PRIMARY KEY"  # so that rows come by period, then by person, without being sorted
    db.execute(f"CREATE TEMP TABLE {name} ({', '.join(kinds)})")
    db.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(its.columns))})", its.rows)
    _index(db, name, its.indexes)


def types(its: Given) -> list[str]:
    """INTEGER, REAL or TEXT for each column: SQLite joins a number with a number by an index, and with what has no type
    by none."""
    first = its.rows[0] if its.rows else ("",) * len(its.columns)
    return ["REAL" if isinstance(value, float) else "INTEGER" if isinstance(value, int) else "TEXT" for value in first]


def _index(db: sqlite3.Connection, name: str, indexes: Sequence[str]) -> None:
    for number, columns in enumerate(indexes):
        db.execute(f"CREATE INDEX temp.{name}_{number} ON {name} ({columns})")


def _period(n: int, period: Period, editions: Editions) -> tuple[object, ...]:
    """The row of a period: `care_day` and the like are the first days of windows that end with it."""
    last = period.last
    protocol, window, after = editions.on(last), book().sets["hearts"].window, period.last + timedelta(days=1)
    assert window is not None
    measures, year = Measures.of(protocol), protocol.entitlement
    standard = measures.standard
    return (
        n, period.first.toordinal(), last.toordinal(), last.year, _md(last), date(last.year, 1, 1).toordinal(),
        (date(last.year, 12, 31) - date(last.year, 1, 1)).days + 1,
        before(after, window.care).toordinal(), before(after, window.recent).toordinal(),
        before(after, standard.exam_every).toordinal(), year.visits.needed, year.part_year.days_each,
        year.part_year.one_from_days,
        protocol.screening.bp.from_age, before(after, protocol.screening.bp.every).toordinal(),
        protocol.screening.checkup.from_age, standard.quarters, int(measures.control.without_dead),
    )  # fmt: skip


def _cohorts(n: int, period: Period) -> Iterator[tuple[object, ...]]:
    for preset, cohort in cohorts().items():
        begun, read = windows(cohort, period)
        yield n, preset, begun[0].toordinal(), begun[1].toordinal() + 1, read[0].toordinal(), read[1].toordinal()


def windows(cohort: Cohort, period: Period) -> tuple[tuple[date, date], tuple[date, date]]:
    """First and last day of enrolment, and of the readings that count."""
    after = period.last + timedelta(days=1)
    until = before(after, cohort.lag)
    first, read = before(until, cohort.registered), before(after, cohort.window)
    return (first, until - timedelta(days=1)), (read, period.last)


def calendar(editions: Editions, last: date) -> list[tuple[object, ...]]:
    """Every day until a while after `last`, with what the guideline in force on it says."""
    return [row for span in _in_force(editions, last) for row in _days(*span)]


def _in_force(editions: Editions, last: date) -> Iterator[tuple[Protocol, date, date]]:
    """Each guideline with the first and the last day it judges."""
    day, until = _FIRST, date(last.year + 2, 12, 31)
    while day <= until:
        protocol, first = editions.on(day), day
        while day <= until and editions.on(day) is protocol:
            day += timedelta(days=1)
        yield protocol, first, day - timedelta(days=1)


def _rules(editions: Editions, last: date) -> Iterator[tuple[object, ...]]:
    """What a guideline says of one programme, and from when to when."""
    for protocol, first, until in _in_force(editions, last):
        beside = Measures.of(protocol).second.codes
        for programme, section in (("htn", protocol.htn), ("dm", protocol.dm)):
            span = (first.toordinal(), until.toordinal() + 1)
            yield programme, *span, section.referral.in_a_row, beside.get(programme, "-")


@lru_cache(maxsize=8)
def _days(protocol: Protocol, first: date, last: date) -> list[tuple[object, ...]]:
    target, measures = protocol.htn.target, Measures.of(protocol)
    numbers = (target.older_from, *target.older, *target.adult, protocol.dm.target.fpg_below)
    due, exam = protocol.enrolment.first_followup.within, measures.standard.exam_after
    outcome, danger = protocol.referral.outcome.within, protocol.danger.contact.within
    return [
        (
            day.isoformat(), n, day.year, _md(day), day.year * 4 + (day.month - 1) // 3, *numbers,
            due.after(day).toordinal(), exam.after(day).toordinal(), outcome.after(day).toordinal(),
            danger.after(day).toordinal(), n + measures.standard.answered_within.days + measures.standard.grace_days,
        )
        for n in range(first.toordinal(), last.toordinal() + 1)
        for day in (date.fromordinal(n),)
    ]  # fmt: skip


def _md(day: date) -> int:
    return day.month * 100 + day.day
