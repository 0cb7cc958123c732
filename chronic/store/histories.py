"""Read everything the rules may know of people, many at a time."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from chronic.model.days import day_or_none, from_iso
from chronic.model.person import Enrolment, Outcome, Pause
from chronic.model.plan import History
from chronic.model.visit import METER_HIGH, METER_LOW, Contact
from chronic.store import programmes
from chronic.store.programmes import enrolment

_AT_ONCE = 500
_METER = {"HI": METER_HIGH, "LO": METER_LOW}
_PEOPLE = "SELECT id, birth_date, ckd, closed_on FROM person WHERE id IN ({ids}) ORDER BY id"
_ENROLMENTS = """
SELECT person, programme, enrolled_on, assumed, diagnosed_on, ended_on, end_reason, uid
FROM enrolment WHERE person IN ({ids})"""
_CONTACTS = """
SELECT person, visit_date, uid, id, kind, way, sbp, dbp, heart_rate, fpg, ppg_2h, random_glucose,
       danger, pregnant, adr, complication, hypoglycemia, next_visit_date, fpg_meter, ppg_2h_meter, random_glucose_meter,
       ogtt_2h, hba1c, hba1c_on, glucose_sample, symptoms, bp_drugs, secondary
FROM visit WHERE person IN ({ids}) AND ended_by IS NULL ORDER BY person, visit_date, uid"""
_OUTCOMES = """
SELECT person, outcome_on, outcome, uid, answers, confirmed, programme FROM referral_outcome
WHERE person IN ({ids}) ORDER BY outcome_on, uid"""
_CORRECTION = "SELECT ended_by FROM visit WHERE uid = ? AND ended_by IN (SELECT uid FROM visit)"
_PAUSES = "SELECT person, from_on, ended_on FROM pause WHERE person IN ({ids}) ORDER BY from_on, uid"


def read(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[tuple[int, History]]:
    """(person, history) for each id, in batches, ids ascending."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _AT_ONCE):
        yield from _batch(db, wanted[start : start + _AT_ONCE])


def _batch(db: sqlite3.Connection, ids: list[int]) -> Iterator[tuple[int, History]]:
    text = ", ".join(map(str, ids))
    enrolments: defaultdict[int, list[Enrolment]] = defaultdict(list)
    for person, *row in db.execute(_ENROLMENTS.format(ids=text)):
        enrolments[person].append(enrolment(row))
    contacts: defaultdict[int, list[Contact]] = defaultdict(list)
    for row in db.execute(_CONTACTS.format(ids=text)):
        contacts[row[0]].append(_contact(row))
    outcomes: defaultdict[int, list[Outcome]] = defaultdict(list)
    for person, on, outcome, uid, answers, *told in db.execute(_OUTCOMES.format(ids=text)).fetchall():
        outcomes[person].append(Outcome(from_iso(on), outcome, uid, _corrected(db, answers), *told))
    pauses: defaultdict[int, list[Pause]] = defaultdict(list)
    for person, start, end in db.execute(_PAUSES.format(ids=text)):
        pauses[person].append(Pause(from_iso(start), day_or_none(end)))
    for person, born, ckd, closed_on in db.execute(_PEOPLE.format(ids=text)).fetchall():
        yield (
            person,
            History(
                day_or_none(born), ckd == "yes", day_or_none(closed_on),
                tuple(enrolments[person]), tuple(contacts[person]), tuple(outcomes[person]), tuple(pauses[person]),
            ),
        )  # fmt: skip


def _corrected(db: sqlite3.Connection, uid: str | None) -> str | None:
    """The uid under which a visit counts today, through every correction."""
    while uid is not None and (row := db.execute(_CORRECTION, (uid,)).fetchone()) is not None:
        uid = row[0]
    return uid


def _contact(row: tuple[object, ...]) -> Contact:
    values = list(row[1:18])
    values[0] = from_iso(str(row[1]))
    values[-1] = day_or_none(row[17])  # type: ignore[arg-type]
    if row[18] or row[19] or row[20]:
        for place, meter in enumerate(row[18:21]):
            if meter is not None:
                values[8 + place] = _METER[str(meter)]
    ogtt_2h, hba1c, hba1c_on, *said = row[21:]
    return Contact(*values, ogtt_2h, hba1c, day_or_none(hba1c_on), *said)  # type: ignore[arg-type, call-arg]


def stays(db: sqlite3.Connection, person: int) -> list[Enrolment]:
    """Every enrolment, oldest first, with the day it really begins: an assumed one moves back to the earliest visit
    after the stay before it."""
    found: list[Enrolment] = []
    for stay in programmes.of(db, person):
        before = found[-1].ended_on if found and found[-1].programme == stay.programme else None
        first = first_contact(db, person, before) if stay.assumed else None
        found.append(stay if first is None else stay._replace(enrolled_on=min(first, stay.enrolled_on)))
    return found


def first_contact(db: sqlite3.Connection, person: int, after: date | None) -> date | None:
    """The day of the earliest live follow-up, later than `after` where that is given."""
    sql = "SELECT min(visit_date) FROM live_visit WHERE person = ? AND visit_date > ?"
    (day,) = db.execute(sql, (person, after.isoformat() if after else "")).fetchone()
    return day_or_none(day)
