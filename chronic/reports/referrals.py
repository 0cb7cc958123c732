"""Every open referral, emergencies first, then the oldest; answered slips where they are asked for.

A walk along an index of the plan: the cost grows with what is open. What is only advised is on the list beside the slips
that were written; a slip that stands for several programmes is one line.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, islice
from typing import Any, NamedTuple

from chronic.i18n import N_
from chronic.model.days import age_on, from_iso, iso
from chronic.model.idcard import masked_phone
from chronic.model.person import PROGRAMMES
from chronic.model.report import Column, Report
from chronic.reports import listed, tagged

COLUMNS = (
    Column("slip", N_("Slip")),
    *listed.WHO,
    Column("programmes", N_("Programmes")),
    Column("urgency", N_("Urgency")),
    Column("since_on", N_("Since")),
    Column("days_since", N_("Days"), right=True),
    Column("slip_state", N_("State")),
    Column("due_on", N_("Until")),
    Column("days_left", N_("Days left"), right=True),
    Column("institution", N_("To")),
    Column("dept", N_("Department")),
    Column("wait_until", N_("Clinic day")),
    Column("not_arrived", N_("Did not go"), hidden=True),
    Column("criterion", "criterion", hidden=True),
    Column("reason", "reason", hidden=True),
    Column("danger", N_("Danger"), hidden=True),
    Column("paused", "paused", hidden=True),
    Column("answered_on", "answered_on", hidden=True),
)
_WHO = "p.id, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone"
_SLIP = "r.institution, r.dept, r.wait_until, r.criterion, r.reason"
_PLACES = "LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet"
_OPEN = f"""
SELECT {_WHO}, q.slip, q.urgency, q.since_on, q.programme, q.due_on, {_SLIP},
  (SELECT count(*) FROM referral_outcome AS o WHERE o.person = q.person AND o.outcome_on >= q.since_on
     AND o.referral IS r.uid AND o.outcome = 'not_arrived'),
  (SELECT danger FROM agenda WHERE agenda.person = q.person), q.paused
FROM plan AS q INDEXED BY plan_referral CROSS JOIN person AS p ON p.id = q.person {_PLACES}
LEFT JOIN referral AS r ON r.person = q.person AND r.slip = q.slip AND r.ended_by IS NULL
WHERE q.kind = 'referral'{{where}} ORDER BY q.urgency, q.since_on, q.person, q.slip"""
_ANSWERED = f"""
SELECT {_WHO}, r.slip, r.urgency, r.made_on, coalesce(r.programme, ''), NULL, {_SLIP},
  (SELECT count(*) FROM referral_outcome AS o WHERE o.referral = r.uid AND o.outcome = 'not_arrived'), '', 0,
  (SELECT max(outcome_on || ' ' || CASE outcome WHEN 'returned' THEN 1 ELSE 0 END) FROM referral_outcome AS o
     WHERE o.referral = r.uid AND o.outcome <> 'not_arrived') AS answered
FROM referral AS r INDEXED BY referral_made CROSS JOIN person AS p ON p.id = r.person {_PLACES}
WHERE r.ended_by IS NULL AND answered IS NOT NULL{{where}} ORDER BY r.made_on DESC, r.id DESC"""


class Asked(NamedTuple):
    """What to list. `late`: only those whose outcome was to be known before today; `answered`: also
    slips that have been answered, after the others, the newest first."""

    whom: tagged.Whom = tagged.Whom()
    programme: str | None = None
    late: bool = False
    answered: bool = False
    limit: int | None = None
    full: bool = False


def referrals(db: sqlite3.Connection, day: date, asked: Asked) -> Report:
    """One row for each slip, and for what one contact advised and nobody has written yet."""
    return Report("referrals", day.isoformat(), COLUMNS, islice(_rows(db, day, asked), asked.limit))


def query(asked: Asked, day: date) -> tuple[str, dict[str, object]]:
    """(SQL, values) of the open ones."""
    where, values = _where(asked, day, "q.programme")
    return _OPEN.format(where=where + (" AND q.due_on < :today" if asked.late else "")), values


def _where(asked: Asked, day: date, programme: str) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {"today": day.isoformat(), "programme": asked.programme}
    where = tagged.filters(asked.whom, values)
    return where + (f" AND {programme} = :programme" if asked.programme is not None else ""), values


def _rows(db: sqlite3.Connection, day: date, asked: Asked) -> Iterator[dict[str, object]]:
    for _, together in groupby(db.execute(*query(asked, day)), key=lambda row: (row[0], *row[8:11])):
        yield _row(day, list(together), asked.full)
    if asked.answered:
        where, values = _where(asked, day, "r.programme")
        for *row, answered in db.execute(_ANSWERED.format(where=where), values):
            on, _, returned = answered.partition(" ")
            state = "returned" if returned == "1" else "seen"
            yield _row(day, [tuple(row)], asked.full) | {"slip_state": state, "answered_on": on}


def _row(day: date, together: list[tuple[Any, ...]], full: bool) -> dict[str, object]:
    """Rows of the plan that share a slip, or a contact."""
    person, uid, name, sex, born, village, hamlet, phone, slip, urgency, since_on, _, _, *rest = together[0]
    institution, dept, wait_until, criterion, reason, not_arrived, danger, paused = rest
    due_on = min((row[12] for row in together if row[12]), default=None)
    return {
        "slip": slip or None, "person_id": person, "uid": uid, "name": name, "sex": sex,
        "age": age_on(from_iso(born), day) if born else None, "village": village, "hamlet": hamlet,
        "phone": phone if full else masked_phone(phone), "programmes": _programmes(row[11] for row in together),
        "urgency": urgency, "since_on": since_on, "days_since": (day - from_iso(since_on)).days,
        "slip_state": _state(slip, not_arrived, wait_until, day), "due_on": due_on,
        "days_left": (from_iso(due_on) - day).days if due_on else None, "institution": institution, "dept": dept,
        "wait_until": wait_until, "not_arrived": not_arrived, "criterion": criterion, "reason": reason,
        "danger": danger.split() if danger else [], "paused": bool(paused), "answered_on": None,
    }  # fmt: skip


def _programmes(names: Iterable[str]) -> list[str]:
    found = set(names)
    return [name for name in PROGRAMMES if name in found]


def _state(slip: str, not_arrived: int, wait_until: str | None, day: date) -> str:
    if not_arrived:
        return "not_arrived"
    if not slip:
        return "advised"
    return "waiting" if wait_until is not None and wait_until >= str(iso(day)) else "open"
