"""What a neighbouring system is told of a person beside the register and the visits: tests, facts, what is due,
referrals."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

Row = dict[str, Any]

_TESTS = """
SELECT t.uid, p.uid AS person_uid, test, done_on, value, unit, result, institution, detail
FROM test_result AS t JOIN person AS p ON p.id = t.person
WHERE t.person = ? AND t.ended_by IS NULL AND t.recorded_at >= ? ORDER BY done_on, test, t.uid"""
_FACTS = """
SELECT f.uid, p.uid AS person_uid, fact, value, told_on, source
FROM person_fact AS f JOIN person AS p ON p.id = f.person
WHERE f.person = ? AND f.recorded_at >= ? ORDER BY told_on, f.id"""
_CHECKUPS = "SELECT uid FROM live_checkup WHERE person = ? AND recorded_at >= ?"
_DUE = """
SELECT p.uid AS person_uid, kind, programme, slip, due_on, since_on, urgency, reasons
FROM plan JOIN person AS p ON p.id = plan.person WHERE plan.person = ? ORDER BY kind, programme, slip"""
_SLIPS = """
SELECT r.uid, p.uid AS person_uid, slip, made_on, urgency, reason, institution, dept, doctor, r.origin
FROM referral AS r JOIN person AS p ON p.id = r.person
WHERE r.person = ? AND r.ended_by IS NULL ORDER BY made_on, r.uid"""
_OUTCOMES = """
SELECT o.uid, p.uid AS person_uid, outcome_on, outcome, referral, confirmed, institution, diagnosis, advice, hospital_no,
       findings, treatment
FROM referral_outcome AS o JOIN person AS p ON p.id = o.person WHERE o.person = ? ORDER BY outcome_on, o.uid"""
_REFS = "SELECT source, ref FROM person_source WHERE person = ? ORDER BY source, ref"
_DANGER = """
SELECT danger, (SELECT min(since_on) FROM plan
                WHERE plan.person = agenda.person AND kind = 'referral' AND urgency = 'emergency')
FROM agenda WHERE person = ? AND danger <> ''"""
_RECORDED = ("visit", "checkup", "test_result", "person_fact", "enrolment", "person_change", "referral", "referral_outcome")
_CHINA = timedelta(hours=8)


def instant(day: date) -> str:
    """When this day began in China, as `recorded_at` is written."""
    began = datetime.combine(day, datetime.min.time()) - _CHINA
    return f"{began.isoformat(timespec='milliseconds')}Z"


def recorded_since(db: sqlite3.Connection, since: str) -> list[int]:
    """Who is new, or of whom something was recorded or changed at `since` or later."""
    others = " ".join(f"UNION SELECT person FROM {table} WHERE recorded_at >= :since" for table in _RECORDED)
    return [id_ for (id_,) in db.execute(f"SELECT id FROM person WHERE recorded_at >= :since {others}", {"since": since})]


def tests(db: sqlite3.Connection, person: int, since: str) -> list[Row]:
    return list(_rows(db, _TESTS, person, since))


def facts(db: sqlite3.Connection, person: int, since: str) -> list[Row]:
    """What was told of risks, in the order in which it was told."""
    return list(_rows(db, _FACTS, person, since))


def checkups_since(db: sqlite3.Connection, person: int, since: str) -> set[str]:
    """The uids of live check-ups recorded at `since` or later."""
    return {uid for (uid,) in db.execute(_CHECKUPS, (person, since))}


def due(db: sqlite3.Connection, person: int) -> list[Row]:
    return list(_rows(db, _DUE, person))


def slips(db: sqlite3.Connection, person: int) -> list[Row]:
    return list(_rows(db, _SLIPS, person))


def outcomes(db: sqlite3.Connection, person: int) -> list[Row]:
    return list(_rows(db, _OUTCOMES, person))


def refs(db: sqlite3.Connection, person: int) -> list[tuple[str, str]]:
    """(source, number) of everybody else's numbers for them."""
    return db.execute(_REFS, (person,)).fetchall()


def danger(db: sqlite3.Connection, person: int) -> tuple[Sequence[str], str | None]:
    """Codes of open danger, and since when there is an emergency referral; none and None without."""
    codes, since = db.execute(_DANGER, (person,)).fetchone() or ("", None)
    return codes.split(), since


def _rows(db: sqlite3.Connection, sql: str, *values: object) -> Iterator[Row]:
    cursor = db.execute(sql, values)
    names = [name for name, *_ in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)
