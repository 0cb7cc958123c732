"""Read everything the rules may know of people, many at a time."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from chronic.model.call import Call
from chronic.model.days import day_or_none, from_iso
from chronic.model.person import Enrolment, Outcome, Pause, Slip
from chronic.model.plan import History
from chronic.model.visit import Contact
from chronic.store import calls, programmes
from chronic.store.programmes import enrolment
from chronic.store.visits import GLUCOSE

_AT_ONCE = 500
_YES_NO = {"yes": True, "no": False, None: None}
_SMOKING = {"current": True, "former": False, "never": False, None: None}
_PEOPLE = """
SELECT id, CASE WHEN birth_approximate IS NULL THEN birth_date END, ckd, closed_on, sex, ascvd, smoking_status
FROM person WHERE id IN ({ids}) ORDER BY id"""
_ENROLMENTS = """
SELECT person, programme, enrolled_on, assumed, diagnosed_on, ended_on, end_reason, uid
FROM enrolment WHERE person IN ({ids})"""
_GLUCOSE = ", ".join(
    f"coalesce({name}, CASE {name}_meter WHEN 'HI' THEN 9e999 WHEN 'LO' THEN -9e999 END)" for name in GLUCOSE
)  # 9e999 is SQLite's way to write inf
_CONTACTS = f"""
SELECT person, visit_date, hba1c_on, next_visit_date, uid, id, kind, way, sbp, dbp, heart_rate, {_GLUCOSE},
       danger, pregnant, adr, complication, hypoglycemia, hba1c, tc, tg, ldl_c, hdl_c, smoke_per_day,
       ogtt_2h, glucose_sample, symptoms, bp_drugs, secondary
FROM visit WHERE person IN ({{ids}}) AND ended_by IS NULL"""
_OUTCOMES = """
SELECT person, outcome_on, outcome, uid, answers, confirmed, programme, referral FROM referral_outcome
WHERE person IN ({ids}) ORDER BY outcome_on, uid"""
_SLIPS = """
SELECT person, uid, slip, made_on, urgency, programme, contact, wait_until FROM referral
WHERE person IN ({ids}) AND ended_by IS NULL ORDER BY made_on, uid"""
_CORRECTION = "SELECT ended_by FROM visit WHERE uid = ? AND ended_by IN (SELECT uid FROM visit)"
_CHECKUPS = "SELECT person, checkup_date FROM live_checkup WHERE person IN ({ids}) AND kind = 'exam' ORDER BY checkup_date"
_CALLS = f"SELECT person, {calls.COLUMNS} FROM call WHERE person IN ({{ids}}) ORDER BY called_on, uid"
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
    for person, day, hba1c_day, next_day, *row in db.execute(_CONTACTS.format(ids=text)):
        contacts[person].append(Contact._make((from_iso(day), *row, day_or_none(hba1c_day), day_or_none(next_day))))
    outcomes: defaultdict[int, list[Outcome]] = defaultdict(list)
    for person, on, outcome, uid, answers, *told in db.execute(_OUTCOMES.format(ids=text)).fetchall():
        outcomes[person].append(Outcome(from_iso(on), outcome, uid, _corrected(db, answers), *told))
    pauses: defaultdict[int, list[Pause]] = defaultdict(list)
    for person, start, end in db.execute(_PAUSES.format(ids=text)):
        pauses[person].append(Pause(from_iso(start), day_or_none(end)))
    checkups: defaultdict[int, list[date]] = defaultdict(list)
    for person, on in db.execute(_CHECKUPS.format(ids=text)):
        checkups[person].append(from_iso(on))
    called: defaultdict[int, list[Call]] = defaultdict(list)
    for person, *row in db.execute(_CALLS.format(ids=text)):
        called[person].append(calls.call(*row))
    slips: defaultdict[int, list[Slip]] = defaultdict(list)
    for person, uid, number, made_on, urgency, programme, contact, wait in db.execute(_SLIPS.format(ids=text)).fetchall():
        told = (urgency, programme, _corrected(db, contact), day_or_none(wait))
        slips[person].append(Slip(uid, number, from_iso(made_on), *told))
    for person, born, ckd, closed_on, sex, ascvd, smoking in db.execute(_PEOPLE.format(ids=text)).fetchall():
        yield (
            person,
            History(
                day_or_none(born), ckd == "yes", day_or_none(closed_on),
                tuple(enrolments[person]), tuple(sorted(contacts[person])), tuple(outcomes[person]), tuple(pauses[person]),
                sex, _YES_NO[ascvd], _SMOKING[smoking], tuple(checkups[person]), tuple(called[person]), tuple(slips[person]),
            ),
        )  # fmt: skip


def _corrected(db: sqlite3.Connection, uid: str | None) -> str | None:
    """The uid under which a visit counts today, through every correction."""
    while uid is not None and (row := db.execute(_CORRECTION, (uid,)).fetchone()) is not None:
        uid = row[0]
    return uid


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


def first_day(db: sqlite3.Connection, person: int) -> date | None:
    """The day of the first live contact of any kind."""
    (day,) = db.execute("SELECT min(visit_date) FROM live_contact WHERE person = ?", (person,)).fetchone()
    return day_or_none(day)
