"""Early warning 监测预警: people still controlled whose readings rise or swing, and villages or doctors whose control falls.

Who has too few readings is not judged, and that is said: silence is no good news. What one reading varies by is learnt
from everybody watched, so that the same limit names as few unchanged people in a registry of careful readings as in
one of rough ones.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_, _
from chronic.model.report import Column, Report
from chronic.model.wording import field_label
from chronic.protocol import Editions
from chronic.protocol.warning import Warning as Book
from chronic.reports.tagged import Whom
from chronic.reports.warning.counted import by_group as by_group
from chronic.reports.warning.groups import FALL, Group, falls, lost
from chronic.reports.warning.people import EVERYBODY, RISE, SWING, WATCHED, Person, Reading, latest, people
from chronic.rules import warning

_PLACES = {"sbp": 0, "fpg": 1}
_WHO = """
SELECT p.id, p.name, p.sex, village.name, p.responsible_doctor FROM person AS p
LEFT JOIN place AS village ON village.id = p.village WHERE p.id = ?"""
_COLUMNS = (
    Column("warning", "warning", hidden=True),
    Column("title", N_("Warning")),
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("village", N_("Village")),
    Column("doctor", N_("Doctor")),
    Column("programme", N_("Programme"), hidden=True),
    Column("measure", "measure", hidden=True),
    Column("about", N_("Reading")),
    Column("last_visit_on", N_("Last met")),
    Column("mean_before", N_("Before"), right=True),
    Column("mean_recent", N_("Recent"), right=True),
    Column("readings", N_("Readings")),
    *(Column(name, name, hidden=True) for name in ("sd", "spread_times", "z", "p", "people_before", "people_recent")),
    Column("statistic", N_("Statistic")),
    Column("key", N_("Key")),
)
_READ = (
    Column("key", "key", hidden=True),
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("village", N_("Village")),
    Column("visit", N_("Visit"), right=True),
    Column("visit_date", N_("Date")),
    Column("about", N_("Reading")),
    Column("value", N_("Value"), right=True),
    Column("class", N_("Class")),
    Column("part", N_("Part of")),
)


class Found(NamedTuple):
    people: list[Person]
    groups: list[Group]
    unjudged: dict[str, int]
    """programme -> people controlled with a reading lately, but too few before it to judge a rise."""
    usual: dict[str, float]
    """programme -> the spread that one reading is taken to have."""


def find(db: sqlite3.Connection, day: date, editions: Editions, whom: Whom = EVERYBODY) -> Found:
    """Everything there is to warn of on this day."""
    book, found = Book.of(editions.on(day)), Found([], [], {}, {})
    for programme in WATCHED:
        watched = people(db, day, book, programme, whom)
        found.people.extend(_in_order(watched.people))
        found.unjudged[programme], found.usual[programme] = watched.unjudged, watched.usual
    found.groups.extend(falls(db, day, editions, book.fall, tuple(WATCHED), whom))
    return found


def report(db: sqlite3.Connection, day: date, found: Found) -> Report:
    """A row for each warning: people by programme, the steepest first, then groups."""
    return Report("warning", day.isoformat(), _COLUMNS, _rows(db, found))


def opened(db: sqlite3.Connection, day: date, found: Found, editions: Editions, key: str | None = None) -> Report:
    """The readings behind warnings; of a group the people who are no longer controlled, with their latest reading."""
    return Report("warning_readings", day.isoformat(), _READ, _opened(db, day, found, editions, key))


def _in_order(people: list[Person]) -> list[Person]:
    return sorted(people, key=lambda one: (one.kind, one.statistic.p, one.person))


def _rows(db: sqlite3.Connection, found: Found) -> Iterator[dict[str, object]]:
    for one in found.people:
        column, values = WATCHED[one.programme], [reading.value for reading in one.readings]
        split = len(values) - one.recent if one.recent else 0
        places = _PLACES[column]
        earlier, recent = (" ".join(f"{value:.{places}f}" for value in some) for some in (values[:split], values[split:]))
        person, name, _sex, village, doctor = db.execute(_WHO, (one.person,)).fetchone()
        rise = one.statistic if isinstance(one.statistic, warning.Rise) else None
        yield {
            "warning": one.kind, "title": _title(one.kind), "person_id": person, "name": name, "village": village,
            "doctor": doctor, "programme": one.programme, "measure": column, "about": field_label(column),
            "last_visit_on": one.readings[-1].on, "mean_before": round(rise.before, 1) if rise else None,
            "mean_recent": round(rise.recent, 1) if rise else None,
            "readings": f"{earlier} | {recent}" if rise else recent, **_figures(one.statistic), "people_before": None,
            "people_recent": None, "statistic": _said(one.statistic), "key": one.key,
        }  # fmt: skip
    for group in found.groups:
        yield {
            "warning": FALL, "title": _title(FALL), "person_id": None, "name": None,
            "village": group.name if group.by == "village" else None, "doctor": group.name if group.by == "doctor" else None,
            "programme": group.programme, "measure": "control", "about": _("at target, %"), "last_visit_on": None,
            "mean_before": round(group.statistic.then, 1), "mean_recent": round(group.statistic.now, 1),
            "readings": f"{group.then[0]}/{group.then[1]} | {group.now[0]}/{group.now[1]}", **_figures(group.statistic),
            "people_before": group.then[1], "people_recent": group.now[1], "statistic": _said(group.statistic),
            "key": group.key,
        }  # fmt: skip


def _title(kind: str) -> str:
    return {RISE: _("rising while controlled"), SWING: _("swinging while controlled"), FALL: _("control falls")}[kind]


def _figures(found: warning.Rise | warning.Swing | warning.Fall) -> dict[str, object]:
    told = {"sd": getattr(found, "sd", None), "spread_times": getattr(found, "times", None), "z": getattr(found, "z", None)}
    rounded = {name: round(value, 2) if value is not None else None for name, value in told.items()}
    return {**rounded, "p": float(f"{found.p:.3g}")}


def _said(found: warning.Rise | warning.Swing | warning.Fall) -> str:
    """z 3.10, SD 8.2"""
    told = {"z": getattr(found, "z", None), "SD": getattr(found, "sd", None), "x": getattr(found, "times", None)}
    return ", ".join(f"{name} {value:.2f}" for name, value in told.items() if value is not None)


def _opened(
    db: sqlite3.Connection, day: date, found: Found, editions: Editions, key: str | None
) -> Iterator[dict[str, object]]:
    for one in found.people:
        if key in (None, one.key):
            split = len(one.readings) - one.recent if one.recent else 0
            for at, reading in enumerate(one.readings):
                yield _line(db, one.key, one.person, one.programme, reading, "recent" if at >= split else "before")
    for group in found.groups:
        if key in (None, group.key):
            for person in lost(db, day, editions, group):
                last = latest(db, day, group.programme, person)
                yield _line(db, group.key, person, group.programme, last, "recent")


def _line(
    db: sqlite3.Connection, key: str, id_: int, programme: str, reading: Reading | None, part: str
) -> dict[str, object]:
    person, name, _sex, village, _doctor = db.execute(_WHO, (id_,)).fetchone()
    return {
        "key": key, "person_id": person, "name": name, "village": village,
        "visit": reading.visit if reading else None, "visit_date": reading.on if reading else None,
        "about": field_label(WATCHED[programme]), "value": reading.value if reading else None,
        "class": reading.klass if reading else None, "part": part,
    }  # fmt: skip
