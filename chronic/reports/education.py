"""Health education as a listing, and counted by topic and place."""

import sqlite3
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.report import Column, Report
from chronic.model.wording import either
from chronic.protocol.education import Education, Word
from chronic.protocol.sections import Protocol
from chronic.reports import tagged
from chronic.store.education import Held

_COLUMNS = (
    Column("education", N_("No."), True),
    Column("uid", "uid", hidden=True),
    Column("on", N_("Date")),
    Column("topic", N_("Topic")),
    Column("form", N_("Form")),
    Column("setting", N_("Place")),
    Column("venue", N_("Venue")),
    Column("attended", N_("Attended"), True),
    Column("person_id", N_("Id"), True),
    Column("name", N_("Name")),
    Column("held_by", N_("Held by")),
    Column("notes", N_("Note"), hidden=True),
)
_SUMMARY = (
    Column("topic", N_("Topic")),
    Column("setting", N_("Place")),
    Column("times", N_("Times"), True),
    Column("attended", N_("Attended"), True),
)
_LISTED = """
SELECT e.id, e.uid, e.held_on, e.topic, e.form, e.setting, e.venue, coalesce(e.people, e.person IS NOT NULL OR NULL),
  e.person, p.name, e.doctor, e.note
FROM education AS e LEFT JOIN person AS p ON p.id = e.person WHERE {where} ORDER BY e.held_on DESC, e.id DESC"""
_COUNTED = """
SELECT topic, setting, count(*), sum(coalesce(people, person IS NOT NULL OR NULL)) FROM education AS e
WHERE {where} GROUP BY topic, setting ORDER BY count(*) DESC, topic, setting"""


class Asked(NamedTuple):
    """Which of them: held from `since` to `until`, of these words; None: all."""

    since: date | None = None
    until: date | None = None
    topic: str | None = None
    form: str | None = None
    setting: str | None = None
    person: int | None = None
    tags: tuple[tagged.Tagged, ...] = ()
    """What was said to one person with these."""


def listing(db: sqlite3.Connection, day: date, protocol: Protocol, asked: Asked) -> Report:
    """What was held, the latest first. Words are shown by their names in the book."""
    known = Education.of(protocol)
    where, values = _where(asked)
    rows = (
        dict(zip([column.key for column in _COLUMNS], row, strict=True))
        | {"topic": name(known.topics, row[3]), "form": name(known.forms, row[4]), "setting": name(known.settings, row[5])}
        for row in db.execute(_LISTED.format(where=where), values)
    )
    return Report("education", day.isoformat(), _COLUMNS, rows)


def summary(db: sqlite3.Connection, day: date, protocol: Protocol, asked: Asked) -> Report:
    """How often, and how many people where they were counted, by topic and place."""
    known = Education.of(protocol)
    where, values = _where(asked)
    rows = (
        {"topic": name(known.topics, topic), "setting": name(known.settings, setting), "times": times, "attended": people}
        for topic, setting, times, people in db.execute(_COUNTED.format(where=where), values)
    )
    return Report("education_summary", day.isoformat(), _SUMMARY, rows)


def name(words: dict[str, Word], code: str | None) -> str | None:
    """A word's name in the user's language; one the book does not have stands for itself."""
    return either(words[code].name) if code in words else code


def line(protocol: Protocol, held: Held) -> str:
    """2026-11-20  高血压  健康知识讲座  乡村  村委会"""
    known = Education.of(protocol)
    words = (name(known.topics, held.topic), name(known.forms, held.form), name(known.settings, held.setting))
    return "  ".join(filter(None, (held.on.isoformat(), *words, held.venue)))


def _where(asked: Asked) -> tuple[str, dict[str, object]]:
    tests = {
        "since": "e.held_on >= :since", "until": "e.held_on <= :until", "topic": "e.topic = :topic",
        "form": "e.form = :form", "setting": "e.setting = :setting", "person": "e.person = :person",
    }  # fmt: skip
    given = {key: value for key, value in asked._asdict().items() if key in tests and value is not None}
    values: dict[str, object] = {k: v.isoformat() if isinstance(v, date) else v for k, v in given.items()}
    having = tagged.conditions(asked.tags, "e.person", values)
    return " AND ".join(["e.ended_by IS NULL", *(tests[key] for key in given), *having]), values
