"""What of the records is asked about: doctors' readings, visits that repeat each other, days and fields that cannot be.

Every finding is a question with the figures behind it, and opens into the visits it was found in. One ordered read of
the follow-ups serves most of them; nothing depends on the order in which rows were written. Findings have a key that
stays the same as long as the records do, so that each becomes one task (`reports.problems`).
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.days import quarter_of
from chronic.model.report import Column, Report
from chronic.model.wording import either
from chronic.protocol import Protocol
from chronic.protocol.quality import Quality
from chronic.reports.quality import groups, persons
from chronic.reports.quality.counted import by_group as by_group
from chronic.reports.quality.doctors import Doctors
from chronic.reports.quality.finding import Finding, order
from chronic.reports.quality.seen import DOCTOR, SOURCE, Asked, Window, seen
from chronic.reports.tasks import measure

_GROUPED: dict[str, Callable[[sqlite3.Connection, Asked, Quality], Iterator[Finding]]] = {
    "alike": groups.alike,
    "regular": groups.regular,
}
_COLUMNS = (
    Column("finding", "finding", hidden=True),
    Column("title", N_("To be checked")),
    Column("doctor", N_("Doctor")),
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("about", "about", hidden=True),
    Column("measure", N_("About")),
    Column("earliest_on", N_("Earliest")),
    Column("latest_on", N_("Latest")),
    Column("looked_at", N_("Looked at"), right=True),
    Column("records", N_("Records"), right=True),
    Column("statistic", N_("Statistic")),
    *(Column(name, name, hidden=True) for name in ("chi_square", "df", "z", "p", "preference", "ratio", "digit", "percent")),
    Column("key", N_("Key")),
    Column("question", "question", hidden=True),
    Column("mark", "mark", hidden=True),
    Column("source", "source", hidden=True),
)
_OPENED = (
    Column("key", "key", hidden=True),
    Column("title", N_("To be checked")),
    Column("visit", N_("Visit"), right=True),
    Column("visit_uid", "visit_uid", hidden=True),
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("village", N_("Village")),
    Column("visit_date", N_("Date")),
    Column("way", N_("How met")),
    Column("doctor", N_("Doctor")),
    Column("sbp", N_("SBP"), right=True),
    Column("dbp", N_("DBP"), right=True),
    Column("heart_rate", N_("Pulse"), right=True),
    Column("weight_kg", N_("Weight"), right=True),
    Column("fpg", N_("Fasting"), right=True),
    Column("device", N_("Device")),
    Column("recorded_at", N_("Recorded at")),
    Column("imported", "imported", hidden=True),
)
_OPEN = f"""
SELECT v.id, v.uid, p.id, p.name, w.name, v.visit_date, v.way, {DOCTOR}, v.sbp, v.dbp, v.heart_rate, v.weight_kg,
  coalesce(v.fpg, v.fpg_meter), v.device, v.recorded_at, v.batch IS NOT NULL
FROM json_each(?) AS o CROSS JOIN {SOURCE} LEFT JOIN place AS w ON w.id = p.village
WHERE v.id = o.value ORDER BY v.person, v.visit_date"""
_NAME = "SELECT name FROM person WHERE id = ?"


class Found(NamedTuple):
    """`findings` in the order of the book; `too_few`: doctors whose readings were too few to judge last digits by."""

    findings: list[Finding]
    too_few: int
    undated: int
    """Visits of the windows that were imported, or are older than this registry: it does not know whether they were
    written down in time."""


def windows(today: date, also: Iterable[date] = ()) -> tuple[Window, ...]:
    """The quarter before this one, this one until today, and the quarters of other days, the earliest first."""
    this = quarter_of(today)
    days = {this[0], this[0] - timedelta(days=1), *also}
    quarters = sorted({quarter_of(day) for day in days if day <= today})
    return tuple((first, min(last, today)) for first, last in quarters)


def find(db: sqlite3.Connection, asked: Asked, protocol: Protocol) -> Found:
    """Everything that is asked about in these windows."""
    book = Quality.of(protocol)
    wanted = frozenset(book.in_force.findings)
    doctors = Doctors(asked, book, protocol.htn.target, wanted)
    found: list[Finding] = []
    undated = 0
    for _person, visits in groupby(seen(db, asked, protocol), key=attrgetter("person")):
        theirs = list(visits)
        found += persons.findings(theirs, asked, book, wanted)
        for visit in theirs:
            doctors.see(visit)
            undated += visit.typed_at is None and asked.window(visit.on) is not None
    found += doctors.findings()
    for kind, grouped in _GROUPED.items():
        found += grouped(db, asked, book) if kind in wanted else ()
    rank = {kind: place for place, kind in enumerate(book.in_force.findings)}
    return Found(sorted(found, key=lambda one: (rank[one.kind], *order(one))), doctors.too_few(), undated)


def report(db: sqlite3.Connection, today: date, found: Found, protocol: Protocol) -> Report:
    """A row for each finding."""
    return Report("quality", today.isoformat(), _COLUMNS, _rows(db, found.findings, Quality.of(protocol)))


def opened(db: sqlite3.Connection, today: date, findings: list[Finding], protocol: Protocol) -> Report:
    """The visits behind findings, a row for each."""
    return Report("quality_visits", today.isoformat(), _OPENED, _visits(db, findings, Quality.of(protocol)))


def _rows(db: sqlite3.Connection, findings: list[Finding], book: Quality) -> Iterator[dict[str, object]]:
    for one in findings:
        words = book.words[one.kind]
        name = db.execute(_NAME, (one.person,)).fetchone()[0] if one.person is not None else None
        yield {
            "finding": one.kind, "title": either(words.name), "doctor": one.doctor, "person_id": one.person, "name": name,
            "about": one.about or None, "measure": _measure(one.about), "earliest_on": one.first, "latest_on": one.last,
            "looked_at": one.looked_at, "records": len(one.visits), "statistic": one.figures.said() or None,
            **one.figures.rounded(), "key": one.key, "question": either(words.asks),
            "mark": book.rule(one.kind).mark, "source": book.rule(one.kind).source,
        }  # fmt: skip


def _measure(about: str) -> str | None:
    return " ".join(map(measure, about.split(","))) or None


def _visits(db: sqlite3.Connection, findings: list[Finding], book: Quality) -> Iterator[dict[str, object]]:
    names = [column.key for column in _OPENED]
    for one in findings:
        title = either(book.words[one.kind].name)
        for row in db.execute(_OPEN, (json.dumps(one.visits),)):
            *values, imported = row
            yield dict(zip(names, (one.key, title, *values, bool(imported)), strict=True))
