"""What each check of the book finds: one function for each, from the facts and what is derived of them.

Where an index leads to what is late, the check walks it; who must be both late and something else is looked for among
the late. Nobody closed has a plan, so nobody closed is found.
"""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from chronic.model.codes import RANKS
from chronic.model.days import add_months, from_iso
from chronic.model.tags import code_of, spellings
from chronic.model.task import Problem
from chronic.protocol import Editions, Interval
from chronic.protocol.tasks import Check
from chronic.reports import findings
from chronic.store import tasks

_RANKS = ", ".join(map(str, range(len(RANKS))))
_WHO = "p.uid, p.id, p.responsible_doctor"
_REFERRED = f"""
SELECT {_WHO}, q.since_on, NULL FROM agenda AS a JOIN person AS p ON p.id = a.person
CROSS JOIN plan AS q ON q.person = a.person AND q.kind = 'referral'
WHERE a.paused IN (0, 1) AND a.rank IN ({_RANKS}) AND a.due_referral < :today AND q.due_on < :today AND {{which}}
GROUP BY p.id, q.since_on ORDER BY p.id"""
_DANGER = _REFERRED.format(which="q.urgency = 'emergency'")
_REFERRAL = _REFERRED.format(which="q.urgency = 'routine' AND q.days_high IS NULL")
_SUSPICION = f"""
SELECT {_WHO}, q.since_on, q.programme FROM plan AS q JOIN person AS p ON p.id = q.person
WHERE q.kind IN ('referral', 'screening') AND q.programme IN ('htn', 'dm') AND q.paused IN (0, 1) AND q.rank IN ({_RANKS})
  AND q.due_on < :today AND q.days_high IS NOT NULL
  AND (q.urgency = 'routine' OR q.reasons IN ('confirm_due', 'enrol_due')) ORDER BY p.id"""
_OVERDUE = f"""
SELECT {_WHO}, a.due_followup, NULL FROM agenda AS a JOIN person AS p ON p.id = a.person
WHERE a.paused = 0 AND a.due_followup < :before ORDER BY a.due_followup"""
_NEVER_SEEN = f"""
SELECT {_WHO}, min(q.since_on), NULL FROM plan AS q JOIN person AS p ON p.id = q.person
WHERE q.kind = 'followup' AND q.programme IN ('htn', 'dm', 'lipid') AND q.paused = 0 AND q.rank IN ({_RANKS})
  AND q.due_on < :today AND q.reasons = 'never_seen' AND q.since_on < :before GROUP BY p.id ORDER BY p.id"""
_NO_CONTACT = f"""
SELECT {_WHO}, a.last_contact_on, NULL FROM agenda AS a JOIN person AS p ON p.id = a.person
WHERE a.paused IN (0, 1) AND a.due_followup < :today AND a.last_contact_on < :before
  AND EXISTS (SELECT 1 FROM enrolment AS e WHERE e.person = a.person AND e.ended_on IS NULL AND (e.enrolled_on < :before
    OR (e.assumed AND EXISTS (SELECT 1 FROM live_visit AS v WHERE v.person = a.person))))
ORDER BY a.due_followup"""
_DENIED = f"""
SELECT {_WHO}, max(o.outcome_on), o.programme FROM referral_outcome AS o JOIN person AS p ON p.id = o.person
JOIN enrolment AS e ON e.person = o.person AND e.programme = o.programme AND e.ended_on IS NULL
WHERE o.confirmed = 'no' AND p.closed_on IS NULL AND o.outcome_on >= e.enrolled_on
  AND NOT EXISTS (SELECT 1 FROM referral_outcome AS again WHERE again.person = o.person AND again.programme = o.programme
    AND again.confirmed = 'yes' AND again.outcome_on >= o.outcome_on)
GROUP BY p.id, o.programme ORDER BY p.id"""
_SMOKING = f"""
SELECT {_WHO}, (SELECT v.visit_date FROM visit AS v WHERE v.person = p.id AND v.ended_by IS NULL
    AND v.smoke_per_day IS NOT NULL ORDER BY v.visit_date DESC, v.id DESC LIMIT 1) AS seen, 'smoking_status'
FROM person AS p WHERE p.smoking_status = 'never' AND p.closed_on IS NULL
  AND (SELECT v.smoke_per_day FROM visit AS v WHERE v.person = p.id AND v.ended_by IS NULL
    AND v.smoke_per_day IS NOT NULL ORDER BY v.visit_date DESC, v.id DESC LIMIT 1) > 0 ORDER BY p.id"""
_OUTCOME_MISSING = f"""
SELECT {_WHO}, max(v.visit_date), e.programme, e.ended_on >= :lately
FROM enrolment AS e INDEXED BY enrolment_ended CROSS JOIN person AS p ON p.id = e.person
JOIN verdict AS w ON w.person = e.person AND w.programme = e.programme AND w.refer = 'routine'
JOIN visit AS v ON v.id = w.visit AND v.visit_date <= e.ended_on AND (e.assumed OR v.visit_date >= e.enrolled_on)
WHERE e.ended_on IS NOT NULL AND p.closed_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM referral_outcome AS o WHERE o.person = e.person
    AND (o.outcome_on > v.visit_date OR o.answers = v.uid))
GROUP BY e.id ORDER BY e.id"""
_NOTICE = f"""
WITH tagged_one AS (
  SELECT m.id, m.village, m.hamlet, m.household_no FROM tagged AS t JOIN person AS m ON m.id = t.person
  WHERE t.tag IN (SELECT value FROM json_each(:tags)) AND m.closed_on IS NULL),
monitored AS (
  SELECT id FROM tagged_one UNION SELECT p.id FROM tagged_one AS t JOIN person AS p ON p.village = t.village
    AND p.hamlet IS t.hamlet AND p.household_no = t.household_no),
found AS (
  SELECT m.id, v.visit_date AS since FROM monitored AS m CROSS JOIN visit AS v ON v.person = m.id
  WHERE v.ended_by IS NULL AND v.kind = 'followup' AND v.complication = 'new'
  UNION SELECT m.id, f.told_on FROM monitored AS m CROSS JOIN person_fact AS f ON f.person = m.id
  WHERE f.value = 'yes' AND f.fact IN ('stroke', 'mi', 'amputation')
  UNION SELECT m.id, r.happened_on FROM monitored AS m CROSS JOIN rescue AS r ON r.person = m.id WHERE r.state = 'begun')
SELECT {_WHO}, since, NULL, since >= :lately FROM found JOIN person AS p ON p.id = found.id
WHERE since <= :today AND p.closed_on IS NULL ORDER BY p.id, since"""
"""A household is monitored where that was said of it, or of anybody who lives there. What counts: a new complication at a
visit, an event told of a person, a major illness in rescue; one notice for a person and day."""
_MISSING = f"""
SELECT {_WHO}, NULL, '{{field}}' FROM person AS p WHERE p.{{field}} IS NULL AND p.closed_on IS NULL
  AND EXISTS (SELECT 1 FROM agenda AS a WHERE a.person = p.id AND a.due_followup IS NOT NULL) ORDER BY p.id"""
_WALKED = {
    "danger": _DANGER, "referral": _REFERRAL, "suspicion": _SUSPICION, "overdue": _OVERDUE, "never_seen": _NEVER_SEEN,
    "no_contact": _NO_CONTACT, "denied": _DENIED, "smoking": _SMOKING, "outcome_missing": _OUTCOME_MISSING,
    "notice": _NOTICE,
}  # fmt: skip


def problems(db: sqlite3.Connection, day: date, editions: Editions, code: str, check: Check) -> Iterator[Problem]:
    """What one check finds on this day, asked when it is read."""
    if check.finds == "finding":
        return _findings(db, day, editions, code, check)
    if check.finds == "quality":
        return _questions(db, day, editions, code)
    return (_problem(code, row) for sql in queries(check) for row in db.execute(sql, values(day, check)))


def queries(check: Check) -> list[str]:
    """The SQL of a check."""
    return (
        [_MISSING.format(field=name) for name in check.fields or ()] if check.finds == "missing" else [_WALKED[check.finds]]
    )


def values(day: date, check: Check) -> dict[str, object]:
    """What the SQL of a check binds."""
    return {
        "today": day.isoformat(), "before": first_not_over(check.after, day).isoformat() if check.after else None,
        "lately": first_not_over(check.lately, day).isoformat() if check.lately else None,
        "tags": json.dumps([name for tag in check.tags or () for name in spellings(code_of(tag))], ensure_ascii=False),
    }  # fmt: skip


def first_not_over(interval: Interval, day: date) -> date:
    """The earliest day whose interval is not over before this day: what lies before it has lasted too long."""
    start = add_months(day, -interval.months) - timedelta(days=interval.days)
    while interval.after(start) >= day:  # months end on different days
        start -= timedelta(days=1)
    while interval.after(start) < day:
        start += timedelta(days=1)
    return start


def _problem(code: str, row: tuple[Any, ...]) -> Problem:
    uid, person, owner, since_on, about, *fresh = row
    key = ":".join(filter(None, (code, uid, about, since_on)))
    return Problem(key, person, owner, from_iso(since_on) if since_on else None, about, bool(fresh[0]) if fresh else True)


def _findings(db: sqlite3.Connection, day: date, editions: Editions, code: str, check: Check) -> Iterator[Problem]:
    assert check.after is not None
    for stand in findings.unsettled(db, day, editions):
        if stand.checkup.checkup_date < first_not_over(check.after, day):
            sql = f"SELECT {_WHO}, ?, ? FROM person AS p WHERE p.id = ?"
            about = (stand.checkup.checkup_date.isoformat(), stand.finding.field, stand.checkup.person)
            yield _problem(code, db.execute(sql, about).fetchone())


def _questions(db: sqlite3.Connection, day: date, editions: Editions, code: str) -> Iterator[Problem]:
    """What the audit asks about this quarter and the one before. What was asked earlier and is not answered yet is looked
    for again in its own quarter, so that it stays open until then and no longer."""
    from chronic.reports import quality
    from chronic.reports.quality.seen import Asked

    recent = quality.windows(day)
    spans = quality.windows(day, map(from_iso, tasks.open_since(db, code)))
    for one in quality.find(db, Asked(spans), editions.on(day)).findings:
        on, about = from_iso(one.on), ",".join(filter(None, (one.kind, one.about)))
        about = about if one.person is not None else f"{about}:{one.who}"
        yield Problem(f"{code}:{one.lasting}", one.person, one.doctor, on, about, on >= recent[0][0])
