"""Abnormal results of check-ups, and whether anything was done about them yet.

What a screening contact carries (high pressure or glucose in someone not managed, danger) is in the plan like every
such reading and only named here. The rest is open until the same thing is measured again, at a later check-up or, for
what a follow-up measures, at a visit; or until someone says what was done. The outcome of a referral closes nothing
here: a hospital that saw somebody about the pressure has not looked at the X-ray.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from chronic.forms import checkup as form_of_checkups
from chronic.i18n import N_
from chronic.i18n.terms import FOLLOW_UP_OF_FINDINGS
from chronic.model.checkup import Checkup, Values
from chronic.model.checkup_fields import PRESSURES
from chronic.model.days import age_on
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.reports import listed
from chronic.rules import checkup as rules
from chronic.rules.checkup import Finding
from chronic.store import checkups, histories, people

PLANNED, OPEN, MEASURED, SETTLED = "planned", "open", "measured", "settled"
_IN_THE_PLAN = ("emergency", "screen")
_MAYBE = frozenset(("htn", "dm", "lipid"))
_PULSE = ("heart_rate", "pulse")
_COLUMNS = (
    *listed.PERSON,
    Column("village", N_("Village")),
    Column("checkup_date", N_("Check-up")),
    Column("days_since", N_("Days"), right=True),
    Column("field", N_("Result")),
    Column("value", N_("Value")),
    Column("action", N_("To do")),
    Column("cite", "cite", hidden=True),
)


class Stand(NamedTuple):
    """A finding and what became of it. `on` and `note` say when and what, where something was done."""

    finding: Finding
    checkup: Checkup
    state: str
    on: date | None = None
    note: str = ""


def of_person(db: sqlite3.Connection, person: int, day: date, editions: Editions) -> list[Stand]:
    """Every finding of a person's check-ups up to this day, the latest check-up first."""
    forms = [form for form in checkups.of(db, person) if form.checkup_date <= day]
    settled: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for _, field, on, note in checkups.settled(db, person):
        settled[field].append((on, note))
    return list(_stands(db, forms, settled, editions))


def worklist(db: sqlite3.Connection, day: date, editions: Editions) -> Report:
    """What is still to be done, of people not closed: to refer first, then the longest open."""
    rows = [_row(db, stand, day) for stand in unsettled(db, day, editions)]
    order = list(FOLLOW_UP_OF_FINDINGS)
    rows.sort(key=lambda row: (order.index(str(row["action"])), row["checkup_date"], row["person_id"]))
    return Report("findings", day.isoformat(), _COLUMNS, rows)


def unsettled(db: sqlite3.Connection, day: date, editions: Editions) -> Iterator[Stand]:
    """The findings still open, of people not closed, person by person."""
    settled: dict[int, dict[str, list[tuple[date, str]]]] = defaultdict(lambda: defaultdict(list))
    for person, field, on, note in checkups.settled(db):
        settled[person][field].append((on, note))
    for person, forms in groupby(checkups.latest(db, day), key=lambda form: form.person):
        for stand in _stands(db, list(forms), settled[person], editions):
            if stand.state == OPEN:
                yield stand


def _stands(
    db: sqlite3.Connection, forms: list[Checkup], settled: dict[str, list[tuple[date, str]]], editions: Editions
) -> Iterator[Stand]:
    rules_of = form_of_checkups()
    later: list[Checkup] = []
    for form in reversed(forms):
        protocol = editions.on(form.checkup_date)
        if any(rules.findings(form.values, form.checkup_date, who, protocol, rules_of) for who in ((), _MAYBE)):
            managed = _managed(db, form)
            for finding in rules.findings(form.values, form.checkup_date, managed, protocol, rules_of):
                yield _stand(db, form, finding, later, settled)
        later.append(form)


def _stand(
    db: sqlite3.Connection,
    form: Checkup,
    finding: Finding,
    later: Iterable[Checkup],
    settled: dict[str, list[tuple[date, str]]],
) -> Stand:
    if finding.action in _IN_THE_PLAN:
        return Stand(finding, form, PLANNED)
    for on, note in settled.get(finding.field, ()):
        if on >= form.checkup_date:
            return Stand(finding, form, SETTLED, on, note)
    again = [other.checkup_date for other in later if _measures(other.values, finding.field)]
    first = form.checkup_date + timedelta(days=finding.action != "follow_up")  # a follow-up may be of the same day
    seen = checkups.measured_since(db, form.person, finding.field, first)
    again += [seen] if seen is not None else []
    return Stand(finding, form, MEASURED, min(again)) if again else Stand(finding, form, OPEN)


def _measures(values: Values, field: str) -> bool:
    if field == "sbp":
        return any(sbp in values and dbp in values for sbp, dbp in PRESSURES)
    return any(name in values for name in (_PULSE if field in _PULSE else (field,)))


def _managed(db: sqlite3.Connection, form: Checkup) -> set[str]:
    day = form.checkup_date
    stays = histories.stays(db, form.person)
    return {s.programme for s in stays if s.enrolled_on <= day and (s.ended_on is None or day <= s.ended_on)}


def _row(db: sqlite3.Connection, stand: Stand, day: date) -> dict[str, object]:
    who = people.get(db, stand.checkup.person)
    return {
        "person_id": who.id, "uid": who.uid, "name": who.name, "sex": who.sex,
        "age": age_on(who.birth_date, day) if who.birth_date else None, "village": who.village,
        "checkup_date": stand.checkup.checkup_date.isoformat(), "days_since": (day - stand.checkup.checkup_date).days,
        "field": stand.finding.field, "value": stand.finding.value, "action": stand.finding.action,
        "cite": stand.finding.cite or None,
    }  # fmt: skip
