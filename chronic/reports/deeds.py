"""What one command recorded, to be looked at before it is taken back."""

import json
import sqlite3
from datetime import date
from typing import NamedTuple

from chronic.model.call import Call, Opinion
from chronic.model.checkup import Checkup
from chronic.model.days import from_iso
from chronic.model.institution import Clinic, Institution
from chronic.model.medicine import Entry
from chronic.model.person import Enrolment, Person
from chronic.model.referral import Referral
from chronic.model.result import Result
from chronic.model.task import Event, Task
from chronic.model.visit import Visit
from chronic.reports.noted import Noted, of_deed
from chronic.store import (
    calls,
    checkups,
    education,
    institutions,
    journal,
    medicines,
    merges,
    opinions,
    orders,
    people,
    programmes,
    referrals,
    results,
    tasks,
    visits,
)
from chronic.store.education import Held
from chronic.store.journal import Deed
from chronic.store.people import Change

_RECORDED = "SELECT id, replaces FROM visit WHERE id BETWEEN ? AND ? AND ended_by IS NULL ORDER BY id LIMIT ?"
_VOIDED = "SELECT visit, reason FROM visit_void WHERE id BETWEEN ? AND ? ORDER BY id"
_BEGUN = f"SELECT {programmes.COLUMNS} FROM enrolment WHERE id BETWEEN ? AND ? ORDER BY id"
_PAUSES = "SELECT from_on FROM pause WHERE id BETWEEN ? AND ? ORDER BY id"
_OUTCOMES = "SELECT outcome_on, outcome FROM referral_outcome WHERE id BETWEEN ? AND ? ORDER BY id"
_SHEET = "SELECT file, source, summary FROM batch WHERE id BETWEEN ? AND ?"
_CHECKED = "SELECT id FROM checkup WHERE id BETWEEN ? AND ? AND ended_by IS NULL ORDER BY id LIMIT ?"
_CHECKUPS_VOIDED = "SELECT checkup, reason FROM checkup_void WHERE id BETWEEN ? AND ? ORDER BY id"
_SETTLED = "SELECT field, settled_on, note FROM finding_settled WHERE id BETWEEN ? AND ? ORDER BY id"
_BENEFITS = "SELECT told_on, registered FROM benefit_told WHERE id BETWEEN ? AND ? ORDER BY id"
_SHOWN = 5


class Recorded(NamedTuple):
    """A visit, and the one it replaced."""

    visit: Visit
    replaced: Visit | None


class Sheet(NamedTuple):
    """An import: the file's name, whose numbers, and what became of the rows."""

    file: str
    source: str
    states: dict[str, int]


class Told(NamedTuple):
    """A deed's contents. Of a sheet only `sheet` and `people`; `people` is how many it is about."""

    people: int
    person: Person | None = None
    visits: tuple[Recorded, ...] = ()
    voided: tuple[tuple[Visit, str], ...] = ()
    changes: tuple[Change, ...] = ()
    begun: tuple[Enrolment, ...] = ()
    pauses: tuple[date, ...] = ()
    outcomes: tuple[tuple[date, str], ...] = ()
    results: tuple[Result, ...] = ()
    results_voided: tuple[tuple[Result, str], ...] = ()
    sheet: Sheet | None = None
    checkups: tuple[Checkup, ...] = ()
    """Recorded or corrected; the contacts that carry their readings are not named beside them."""
    checkups_voided: tuple[tuple[Checkup, str], ...] = ()
    settled: tuple[tuple[str, date, str], ...] = ()
    tasks: tuple[Task, ...] = ()
    task_events: tuple[tuple[Task, Event], ...] = ()
    held: tuple[Held, ...] = ()
    held_voided: tuple[tuple[Held, str], ...] = ()
    entries: tuple[tuple[Entry, str], ...] = ()
    """Supplies and stops of medicines, each with the reason why it was withdrawn, if it was."""
    benefits: tuple[tuple[date, str], ...] = ()
    orders: tuple[tuple[date, str, str], ...] = ()
    """(day, test, what was done: its status since then)."""
    calls: tuple[Call, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    handled: tuple[tuple[date, str], ...] = ()
    slips: tuple[Referral, ...] = ()
    slips_voided: tuple[tuple[Referral, str], ...] = ()
    institutions: tuple[Institution, ...] = ()
    clinics: tuple[Clinic, ...] = ()
    merged: tuple[merges.Merged, ...] = ()
    noted: tuple[Noted, ...] = ()
    """Contracts, households, rescue, treatment."""


def told(db: sqlite3.Connection, deed: Deed) -> Told:
    """What this deed recorded."""
    whose = journal.touched(db, deed)
    for file, source, summary in db.execute(_SHEET, deed.span("batch")):
        return Told(len(whose), sheet=Sheet(file, source, json.loads(summary)))
    recorded = db.execute(_RECORDED, (*deed.span("visit"), _SHOWN)).fetchall()
    voided = db.execute(_VOIDED, deed.span("visit_void")).fetchall()
    checked = db.execute(_CHECKED, (*deed.span("checkup"), _SHOWN)).fetchall()
    taken_out = db.execute(_CHECKUPS_VOIDED, deed.span("checkup_void")).fetchall()
    if checked or taken_out:
        recorded, voided = [], []
    return Told(
        len(whose),
        next(people.read(db, "WHERE id = ?", (min(whose),)), None) if len(whose) == 1 else None,
        tuple(Recorded(_visit(db, id_), _visit(db, visits.id_of(db, old)) if old else None) for id_, old in recorded),
        tuple((_visit(db, id_), reason) for id_, reason in voided),
        tuple(reversed([*people.changes(db, *deed.span("person_change"))])),
        tuple(programmes.enrolment(row) for row in db.execute(_BEGUN, deed.span("enrolment"))),
        tuple(from_iso(day) for (day,) in db.execute(_PAUSES, deed.span("pause"))),
        tuple((from_iso(day), outcome) for day, outcome in db.execute(_OUTCOMES, deed.span("referral_outcome"))),
        tuple(results.between(db, *deed.span("test_result"))),
        tuple(results.voided(db, *deed.span("test_void"))),
        None,
        tuple(_checkup(db, id_) for (id_,) in checked),
        tuple((_checkup(db, id_), reason) for id_, reason in taken_out),
        tuple((field, from_iso(day), note) for field, day, note in db.execute(_SETTLED, deed.span("finding_settled"))),
        tuple(tasks.between(db, *deed.span("task"), _SHOWN)),
        tuple(tasks.events_between(db, *deed.span("task_event"), _SHOWN)),
        tuple(education.between(db, *deed.span("education"))),
        tuple(education.voided(db, *deed.span("education_void"))),
        tuple((entry, "") for entry in medicines.between(db, *deed.span("medicine_entry")))
        + tuple(medicines.voided(db, *deed.span("medicine_void"))),
        tuple((from_iso(day), word) for day, word in db.execute(_BENEFITS, deed.span("benefit_told"))),
        tuple((order.ordered_on, order.test, "requested") for order in orders.between(db, *deed.span("exam_order")))
        + tuple((on, order.test, event) for order, event, on in orders.events(db, *deed.span("exam_order_event"))),
        tuple(calls.between(db, *deed.span("call"))),
        tuple(opinions.between(db, *deed.span("opinion"))),
        tuple(opinions.handled_between(db, *deed.span("opinion_handled"))),
        tuple(referrals.between(db, *deed.span("referral"))),
        tuple(referrals.voided(db, *deed.span("referral_void"))),
        tuple(institutions.between(db, *deed.span("institution"))),
        tuple(institutions.clinics(db, *deed.span("clinic_day"))),
        tuple(merges.between(db, *deed.span("person_merge"))),
        tuple(of_deed(db, deed)),
    )


def _checkup(db: sqlite3.Connection, id_: int) -> Checkup:
    found = checkups.by_id(db, id_)
    assert found is not None
    return found[0]


def _visit(db: sqlite3.Connection, id_: int) -> Visit:
    found = visits.by_id(db, id_)
    assert found is not None
    return found[0]
