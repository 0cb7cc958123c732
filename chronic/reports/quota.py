"""The yearly entitlement: who has no face-to-face visit as a quarter ends, and who can no longer reach the year's number."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_
from chronic.model.days import from_iso, year_of
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.reports import overdue
from chronic.rules.quota import Quota, quota

_MET = """
SELECT e.person, min(CASE WHEN e.assumed AND e.enrolled_on >= :first THEN min(e.enrolled_on, coalesce(
         (SELECT min(v.visit_date) FROM live_visit AS v WHERE v.person = e.person AND v.visit_date > coalesce(
           (SELECT max(o.ended_on) FROM enrolment AS o WHERE o.person = e.person AND o.programme = e.programme), '')),
         e.enrolled_on)) ELSE e.enrolled_on END),
       (SELECT group_concat(v.visit_date, ' ') FROM live_visit AS v
         WHERE v.person = e.person AND v.visit_date BETWEEN :first AND :today AND v.way <> 'phone'),
       (SELECT max(c.checkup_date) FROM live_checkup AS c
         WHERE c.person = e.person AND c.kind = 'exam' AND c.checkup_date BETWEEN :first AND :today)
FROM open_enrolment AS e WHERE e.programme IN ({programmes}) AND {who} GROUP BY e.person"""
_ONE = "e.person = :person"
_ACTIVE = "EXISTS (SELECT 1 FROM agenda AS a WHERE a.person = e.person AND a.paused = 0)"
_MORE_THAN = "SELECT 1 FROM agenda WHERE paused = 0 LIMIT 1 OFFSET ?"
_COLUMNS = (
    Column("visits_done", N_("Met"), right=True),
    Column("visits_needed", N_("of"), right=True),
    Column("visits_this_quarter", N_("This quarter"), right=True),
    Column("quarter_ends_on", N_("Quarter ends"), hidden=True),
    Column("quarters_left", N_("Quarters left"), hidden=True),
    Column("quota", N_("Quota")),
)
_BEFORE, _NOT_SHOWN = "due_on", ("days_left", "last_fpg", "reasons")


def of_person(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Quota | None:
    """Where one person's year stands; None for someone in no programme that grants visits."""
    return next((found for _, found in _quotas(db, day, editions, _ONE, person)), None)


def at_risk(db: sqlite3.Connection, day: date, editions: Editions) -> dict[int, Quota]:
    """Everyone under management, and not paused, whose year is at risk."""
    return {person: found for person, found in _quotas(db, day, editions, _ACTIVE) if found.at_risk}


def count(db: sqlite3.Connection, day: date, editions: Editions, most: int) -> int | None:
    """How many `at_risk` are; None, and no look at anyone's year, where more than `most` people have a plan."""
    many = db.execute(_MORE_THAN, (most,)).fetchone() is not None
    return None if many else len(at_risk(db, day, editions))


def listing(db: sqlite3.Connection, day: date, editions: Editions, asked: overdue.Asked) -> Report:
    """The same as a list, with the keys of `due` and those of the quota."""
    found = {person: _keys(its_quota) for person, its_quota in at_risk(db, day, editions).items()}
    report = overdue.chosen(db, day, asked, found)
    columns = [column._replace(hidden=True) if column.key in _NOT_SHOWN else column for column in report.columns]
    place = [column.key for column in columns].index(_BEFORE)
    return report._replace(name="quota", columns=(*columns[:place], *_COLUMNS, *columns[place:]))


def _quotas(
    db: sqlite3.Connection, day: date, editions: Editions, who: str, person: int | None = None
) -> Iterator[tuple[int, Quota]]:
    protocol = editions.on(day)
    programmes = ", ".join(f"'{programme}'" for programme in protocol.entitlement.visits.programmes)
    values = {"first": year_of(day)[0].isoformat(), "today": day.isoformat(), "person": person}
    for found, begun_on, met, examined in db.execute(_MET.format(programmes=programmes, who=who), values):
        days = map(from_iso, (met or "").split())
        yield found, quota(days, from_iso(begun_on), day, protocol, [from_iso(examined)] if examined else [])


def _keys(found: Quota) -> dict[str, object]:
    return {
        "visits_done": found.done, "visits_needed": found.needed, "visits_this_quarter": found.this_quarter,
        "quarter_ends_on": found.quarter_ends_on.isoformat(), "quarters_left": found.quarters_left,
        "quota": list(found.at_risk),
    }  # fmt: skip
