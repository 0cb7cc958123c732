"""One person's past: the last value of every field, the readings of a trend, and everything that ever happened."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_, _, ngettext
from chronic.i18n.terms import (
    ANSWERS,
    CALL_OUTCOMES,
    CALL_WAYS,
    CLASSES,
    ENTRIES,
    ORDER_STATUSES,
    OUTCOMES,
    PROGRAMMES,
    SATISFACTION,
    STATES,
    URGENCY,
    WAYS,
    term,
)
from chronic.model.days import age_on, china_day_of, from_iso
from chronic.model.fields import BY_COLUMN, VISIT_FIELDS
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.report import Column, Report
from chronic.model.wording import code_label, either, field_label
from chronic.protocol.complications import Complications
from chronic.protocol.tasks import Tasks
from chronic.reports import education, noted, visits
from chronic.reports.tasks import title_of
from chronic.store import calls, editions, histories, medicines, merges, orders, people, results, tasks

_GLUCOSE = ("fpg", "ppg_2h", "random_glucose")
_KEPT = tuple(field.column for field in VISIT_FIELDS if field.column != "visit_date")
_LAST = f"""
SELECT visit_date, {", ".join(f"coalesce({c}_meter, {c})" if c in _GLUCOSE else c for c in _KEPT)}
FROM live_contact WHERE person = ? AND visit_date <= ? ORDER BY visit_date DESC, id DESC LIMIT 50"""
_READINGS = """
SELECT v.visit_date, CASE WHEN birth_approximate IS NULL THEN p.birth_date END,
  v.sbp, v.dbp, coalesce(v.fpg_meter, v.fpg) FROM live_contact AS v
JOIN person AS p ON p.id = v.person
WHERE v.person = ? AND v.way <> 'phone' AND coalesce(v.sbp, v.dbp, v.fpg, v.fpg_meter) IS NOT NULL
ORDER BY v.visit_date DESC, v.id DESC LIMIT ?"""
_REFERRED = """
SELECT v.visit_date, d.refer, json_group_array(d.programme) FROM verdict AS d JOIN visit AS v ON v.id = d.visit
WHERE d.person = ? AND d.refer IS NOT NULL GROUP BY v.id, d.refer ORDER BY v.visit_date, v.uid"""
_SLIPS = """SELECT made_on, urgency, slip, programme, institution, dept, reason, wait_until FROM referral
WHERE person = ? AND ended_by IS NULL ORDER BY made_on, uid"""
_OUTCOMES = """
SELECT o.outcome_on, o.outcome, r.slip, o.institution, o.diagnosis, o.findings, o.treatment, o.advice
FROM referral_outcome AS o LEFT JOIN referral AS r ON r.uid = o.referral WHERE o.person = ? ORDER BY o.id"""
_CHECKUPS = """
SELECT c.checkup_date, c.kind, count(v.field), max(CASE v.field WHEN 'checkup_doctor' THEN v.value END),
       max(CASE v.field WHEN 'tcm_techniques' THEN v.value END)
FROM live_checkup AS c JOIN checkup_value AS v ON v.checkup = c.id WHERE c.person = ?
GROUP BY c.id ORDER BY c.checkup_date"""
_BENEFITS = "SELECT told_on, registered FROM benefit_told WHERE person = ? ORDER BY told_on, id"
_OPINIONS = """
SELECT o.said_on, o.satisfaction, o.complaint, o.suggestion, h.handled_on, h.note FROM opinion AS o
LEFT JOIN opinion_handled AS h ON h.opinion = o.uid WHERE o.person = ? ORDER BY o.said_on, o.id"""
_PAUSES = "SELECT from_on, ended_on, reason FROM pause WHERE person = ? ORDER BY from_on, uid"
_CHANGES = "SELECT recorded_at, field, old, new, recorded_by FROM person_change WHERE person = ? ORDER BY id"
_TASKS = "SELECT id FROM task WHERE person = ? ORDER BY id"
_MASKED = {"id_number": masked_id, "phone": masked_phone}

EVENTS = {
    "registered": N_("registered"),
    "enrolled": N_("enrolled"),
    "visit": N_("visit"),
    "screening": N_("screening"),
    "checkup": N_("check-up"),
    "test": N_("test"),
    "medicine": N_("medicine"),
    "benefit": N_("benefit"),
    "order": N_("order"),
    "referral": N_("referral"),
    "slip": N_("referral slip"),
    "outcome": N_("outcome"),
    "task": N_("task"),
    "task_closed": N_("task closed"),
    "educated": N_("health education"),
    "call": N_("call"),
    "opinion": N_("opinion"),
    "contract": N_("contract"),
    "contract_end": N_("contract ended"),
    "transfer": N_("transfer"),
    "transfer_answer": N_("answer to a transfer"),
    "rescue": N_("major illness rescue"),
    "treated": N_("treated"),
    "paused": N_("paused"),
    "pause_ended": N_("pause ended"),
    "changed": N_("changed"),
    "merged": N_("merged with"),
    "ended": N_("ended"),
    "closed": N_("closed"),
}
"""What can happen, in the order of one day."""
_COLUMNS = (
    Column("on", N_("Date")),
    Column("event", "event", hidden=True),
    Column("what", N_("What")),
    Column("programmes", "programmes", hidden=True),
    Column("visit", "visit", hidden=True),
    Column("class", "class", hidden=True),
    Column("danger", "danger", hidden=True),
    Column("detail", N_("Details")),
    Column("by", "by", hidden=True),
)


class Last(NamedTuple):
    """A value and the day it was recorded."""

    value: object
    on: date


class Reading(NamedTuple):
    """What one face-to-face contact measured. mmHg; fasting glucose in mmol/L, or HI and LO."""

    on: date
    age: int | None
    sbp: int | None
    dbp: int | None
    fpg: float | str | None


def last_values(db: sqlite3.Connection, person: int, until: date) -> dict[str, Last]:
    """The latest live value of each column of a visit, up to and including this day."""
    found: dict[str, Last] = {}
    for day, *values in db.execute(_LAST, (person, until.isoformat())):
        for column, value in zip(_KEPT, values, strict=True):
            if value is not None:
                found.setdefault(column, Last(value, from_iso(day)))
    return found


def readings(db: sqlite3.Connection, person: int, limit: int) -> list[Reading]:
    """The latest `limit` measurements, oldest first."""
    rows = db.execute(_READINGS, (person, limit)).fetchall()
    return [
        Reading(from_iso(day), age_on(from_iso(born), from_iso(day)) if born else None, sbp, dbp, fpg)
        for day, born, sbp, dbp, fpg in reversed(rows)
    ]


def timeline(db: sqlite3.Connection, day: date, person: int, full: bool) -> Report:
    """Everything dated about a person, oldest first: how they were managed, what was found, what was changed."""
    order = list(EVENTS)
    happened = [*_managed(db, person), *_contacts(db, day, person), *_tests(db, day, person), *_referrals(db, person)]
    happened += [*_called(db, person), *_opinions(db, person)]
    happened += [
        _row(row.on, row.table, "  ".join(noted.words(row, day, editions.read(db)))) for row in noted.of_person(db, person)
    ]
    happened += [*_checkups(db, person), *_pauses(db, person), *_changes(db, person, full), *_mergers(db, person)]
    happened += [*_duties(db, day, person), *_medicines(db, person), *_orders(db, day, person)]
    happened.sort(key=lambda row: (str(row["on"]), order.index(str(row["event"]))))
    return Report("timeline", day.isoformat(), _COLUMNS, happened)


def _duties(db: sqlite3.Connection, day: date, person: int) -> Iterator[dict[str, object]]:
    """Tasks about the person as they were found and closed, and what the person was told."""
    protocol = editions.read(db).on(day)
    for task in db.execute(_TASKS, (person,)).fetchall():
        found = tasks.by_id(db, task[0])
        assert found is not None
        said = title_of(Tasks.of(protocol), found)
        yield _row(found.found_on, "task", said)
        for event in tasks.events(db, found.id):
            if event.event == "closed":
                yield _row(event.on, "task_closed", "  ".join(filter(None, (said, event.text))), by=event.by)
    told = education.Asked(person=person)
    for row in education.listing(db, day, protocol, told).rows:
        detail = "  ".join(str(row[key]) for key in ("topic", "form", "setting", "venue") if row[key])
        yield _row(str(row["on"]), "educated", detail, by=row["held_by"])


def _row(on: date | str, event: str, detail: str = "", **more: object) -> dict[str, object]:
    blank: dict[str, object] = dict.fromkeys((column.key for column in _COLUMNS), None)
    known = {"on": str(on), "event": event, "what": term(EVENTS, event), "detail": detail or None}
    return {**blank, "programmes": [], "danger": [], **known, **more}


def _managed(db: sqlite3.Connection, person: int) -> Iterator[dict[str, object]]:
    who = people.get(db, person)
    if who.registered_on is not None:
        yield _row(who.registered_on, "registered")
    for stay in histories.stays(db, person):
        name = term(PROGRAMMES, stay.programme)
        diagnosed = f"{field_label(stay.programme + '_diagnosed_on')} {stay.diagnosed_on}" if stay.diagnosed_on else ""
        yield _row(stay.enrolled_on, "enrolled", _joined(name, diagnosed), programmes=[stay.programme])
        if stay.ended_on is not None:
            reason = code_label("htn_end_reason", stay.end_reason or "")
            yield _row(stay.ended_on, "ended", _joined(name, reason), programmes=[stay.programme])
    if who.closed_on is not None:
        yield _row(who.closed_on, "closed", code_label("closed_reason", who.closed_reason or ""))


def _contacts(db: sqlite3.Connection, day: date, person: int) -> Iterator[dict[str, object]]:
    """Visits and screenings, also those corrected or withdrawn, by the number that names each."""
    for seen in visits.visits(db, day, person, everything=True).rows:
        given = seen["class"] if isinstance(seen["class"], dict) else {}
        classes = {programme: klass for programme, klass in given.items() if klass}
        said = [f"{term(PROGRAMMES, name)} {term(CLASSES, klass)}" for name, klass in classes.items()]
        danger = _("DANGER") if seen["danger"] else ""
        fpg = f"{field_label('fpg')} {seen['fpg']}" if seen["fpg"] is not None else ""
        state = term(STATES, str(seen["state"]))
        what = _joined(term(WAYS, str(seen["way"])), seen["bp"], fpg, ", ".join(said), danger, state)
        event = "screening" if seen["kind"] == "screening" else "visit"
        yield _row(
            str(seen["visit_date"]), event, what, visit=seen["visit"], danger=seen["danger"],
            programmes=list(classes), by=seen["visit_doctor"], **{"class": classes or None},
        )  # fmt: skip


def _tests(db: sqlite3.Connection, day: date, person: int) -> Iterator[dict[str, object]]:
    """What was recorded as a test; the values of visits stand with the visits."""
    ((_, found),) = results.read(db, [person], ())
    items = Complications.of(editions.read(db).on(day)).tests if found else {}
    for result in found:
        name = either(items[result.test].name) if result.test in items else field_label(result.test)
        value = None if result.value is None else f"{result.value:g}"
        said = code_label("result", result.result) if result.result else None
        yield _row(result.done_on, "test", _joined(name, value, said, result.institution, result.detail))


def _medicines(db: sqlite3.Connection, person: int) -> Iterator[dict[str, object]]:
    for entry in medicines.of(db, [person]).get(person, ()):
        days = "" if entry.days is None else ngettext("{n} day", "{n} days", entry.days).format(n=entry.days)
        yield _row(entry.on, "medicine", _joined(entry.name, term(ENTRIES, entry.kind), days, entry.amount, entry.reason))
    for on, registered in db.execute(_BENEFITS, (person,)):
        yield _row(on, "benefit", _("Registered for the benefit: {answer}").format(answer=term(ANSWERS, registered)))


def _orders(db: sqlite3.Connection, day: date, person: int) -> Iterator[dict[str, object]]:
    """Asked for, and what became of it last; a result stands among the tests as well."""
    found = orders.of(db, person)
    items = Complications.of(editions.read(db).on(day)).tests if found else {}
    for order in found:
        name = either(items[order.test].name) if order.test in items else order.test
        yield _row(order.ordered_on, "order", _joined(name, term(ORDER_STATUSES, "requested"), order.institution))
        if order.status != "requested":
            yield _row(order.status_on, "order", _joined(name, term(ORDER_STATUSES, order.status)))


def _referrals(db: sqlite3.Connection, person: int) -> Iterator[dict[str, object]]:
    for on, urgency, names in db.execute(_REFERRED, (person,)).fetchall():
        programmes = [name for name in json.loads(names) if name]
        said = ", ".join(term(PROGRAMMES, name) for name in programmes)
        yield _row(on, "referral", _joined(term(URGENCY, urgency), said), programmes=programmes)
    for on, urgency, slip, programme, *told, wait in db.execute(_SLIPS, (person,)):
        waits = _("waits for {day}").format(day=wait) if wait else None
        detail = _joined(slip, term(URGENCY, urgency), *told, waits)
        yield _row(on, "slip", detail, programmes=[programme] if programme else [])
    for on, outcome, *told in db.execute(_OUTCOMES, (person,)):
        yield _row(on, "outcome", _joined(term(OUTCOMES, outcome), *told))


def _checkups(db: sqlite3.Connection, person: int) -> Iterator[dict[str, object]]:
    for on, kind, values, doctor, techniques in db.execute(_CHECKUPS, (person,)):
        part = _("TCM part only, no yearly check-up") if kind == "tcm" else ""
        filled = ngettext("{n} field filled in", "{n} fields filled in", values).format(n=values)
        done = ", ".join(code_label("tcm_techniques", word) for word in techniques.split(";")) if techniques else ""
        yield _row(on, "checkup", _joined(filled, part, done), by=doctor)


def _called(db: sqlite3.Connection, person: int) -> Iterator[dict[str, object]]:
    for call in calls.of(db, person):
        told = (
            term(CALL_WAYS, call.way),
            term(CALL_OUTCOMES, call.outcome),
            call.promised_on or call.next_call_on,
            call.note,
        )
        yield _row(call.on, "call", _joined(*told))


def _opinions(db: sqlite3.Connection, person: int) -> Iterator[dict[str, object]]:
    for on, satisfaction, complaint, suggestion, handled_on, note in db.execute(_OPINIONS, (person,)):
        satisfied = term(SATISFACTION, satisfaction) if satisfaction else None
        done = _("handled {day}").format(day=handled_on) if handled_on else None
        yield _row(on, "opinion", _joined(satisfied, complaint, suggestion, done, note))


def _pauses(db: sqlite3.Connection, person: int) -> Iterator[dict[str, object]]:
    for from_on, ended_on, reason in db.execute(_PAUSES, (person,)):
        yield _row(from_on, "paused", reason or "")
        if ended_on is not None:
            yield _row(ended_on, "pause_ended")


def _changes(db: sqlite3.Connection, person: int, full: bool) -> Iterator[dict[str, object]]:
    """What the register said before and after, on the day it was typed; numbers masked unless `full`."""
    for at, field, old, new, by in db.execute(_CHANGES, (person,)):
        hide = _MASKED.get(field) if not full else None
        before, after = (hide(value) if hide else _said(field, value) for value in (old, new))
        yield _row(
            china_day_of(at),
            "changed",
            f"{field_label(field)}: {before or '-'} -> {after or '-'}",
            by=by,
        )


def _mergers(db: sqlite3.Connection, person: int) -> Iterator[dict[str, object]]:
    for went in merges.of(db, person):
        yield _row(china_day_of(went.on), "merged", f"{went.merged} {went.name}")


def _said(field: str, value: str | None) -> str | None:
    return code_label(field, value) if value and field in BY_COLUMN else value


def _joined(*parts: object) -> str:
    return "  ".join(str(part) for part in parts if part)
