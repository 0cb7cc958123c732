"""Who waits for another measurement, and who has had enough high days to be sent for confirmation."""

import sqlite3
from datetime import date
from typing import Any

from chronic.i18n import N_
from chronic.model.days import age_on, from_iso
from chronic.model.report import Column, Report
from chronic.protocol import Editions, Protocol
from chronic.reports import tagged
from chronic.reports.listed import HOME, number

_SUSPECTS = """
SELECT q.person, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, q.programme, q.kind, q.days_high, q.since_on, q.due_on,
       a.last_bp, a.last_fpg, visit.visit_date, q.reasons, q.found
FROM (SELECT * FROM plan AS s
  WHERE kind IN ('screening', 'referral') AND days_high IS NOT NULL AND due_on <= :due_by
    AND (:all OR kind = 'screening'){where}
  ORDER BY kind, due_on, person LIMIT :limit) AS q
JOIN agenda AS a ON a.person = q.person JOIN person AS p ON p.id = q.person
LEFT JOIN place AS v ON v.id = a.village LEFT JOIN place AS h ON h.id = a.hamlet LEFT JOIN visit ON visit.id = q.visit
ORDER BY q.kind, q.due_on, q.person"""
_RECHECKS = "SELECT count(*) FROM plan WHERE kind = 'screening' AND days_high IS NOT NULL AND due_on <= ?"
_LATEST = "9999-12-31"
_NO_LIMIT = -1
_EVERYBODY = tagged.Whom()
_STEPS = {"recheck_due": "recheck", "confirm_due": "ask", "enrol_due": "enrol"}


def suspects(
    db: sqlite3.Connection,
    day: date,
    editions: Editions,
    due_by: date | None = None,
    limit: int | None = None,
    whom: tagged.Whom = _EVERYBODY,
) -> Report:
    """Suspected people by the day their recheck is due; with `due_by` only rechecks due by then."""
    columns = (
        *HOME,
        Column("programme", N_("Suspected")),
        Column("days_high", "days_high", hidden=True),
        Column("days_needed", "days_needed", hidden=True),
        Column("progress", N_("High days")),
        Column("since_on", "since_on", hidden=True),
        Column("last_high_on", N_("Last high")),
        Column("last_bp", N_("Last BP")),
        Column("last_fpg", N_("Fasting")),
        Column("found", "found", hidden=True),
        Column("step", N_("Next step")),
        Column("due_on", N_("By")),
    )
    values: dict[str, object] = {
        "due_by": due_by.isoformat() if due_by else _LATEST, "all": due_by is None,
        "limit": _NO_LIMIT if limit is None else limit,
    }  # fmt: skip
    whose = tagged.filters(whom, values)
    where = f" AND EXISTS (SELECT 1 FROM person AS p WHERE p.id = s.person{whose})" if whose else ""
    found = db.execute(_SUSPECTS.format(where=where), values)
    rows = [_row(row, day, editions.on(day)) for row in found]
    return Report("suspects", day.isoformat(), columns, rows)


def rechecks(db: sqlite3.Connection, due_by: date) -> int:
    """How many rechecks are due by then."""
    (people,) = db.execute(_RECHECKS, (due_by.isoformat(),)).fetchone()
    return int(people)


def _row(row: tuple[Any, ...], day: date, protocol: Protocol) -> dict[str, object]:
    (
        person,
        uid,
        name,
        sex,
        born,
        village,
        hamlet,
        programme,
        kind,
        high,
        since_on,
        due_on,
        bp,
        fpg,
        last_on,
        reasons,
        found,
    ) = row
    needed = (protocol.screening.dm if programme == "dm" else protocol.screening.htn).days
    return {
        "person_id": person, "uid": uid, "name": name, "sex": sex,
        "age": age_on(from_iso(str(born)), day) if born else None, "village": village, "hamlet": hamlet,
        "programme": programme, "days_high": high, "days_needed": needed, "progress": f"{high}/{needed}",
        "since_on": since_on, "last_high_on": last_on,
        "last_bp": bp, "last_fpg": number(fpg), "found": found.split(),
        "step": "confirm" if kind == "referral" else _STEPS[reasons], "due_on": due_on,
    }  # fmt: skip
