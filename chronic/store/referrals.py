"""Referral slips and what became of referrals, as they were reported. Never edited; a void only sets `ended_by`."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

from chronic.model.days import day_or_none, from_iso, iso
from chronic.model.person import Outcome
from chronic.model.referral import Referral, Report
from chronic.store.stamp import Stamp

_TOLD = "made_on, urgency, reason, slip, programme, contact, criterion, institution, dept, wait_until, doctor"
_SLIP = f"""
INSERT INTO referral (uid, person, {_TOLD}, origin, recorded_at, recorded_by)
VALUES ({", ".join("?" * 16)})"""
_NEXT = """
INSERT INTO slip_series (year, last) VALUES (?, 1) ON CONFLICT (year) DO UPDATE SET last = last + 1 RETURNING last"""
_COLUMNS = ", ".join(f"r.{name}" for name in f"{_TOLD}, id, uid".split(", "))
_VOID = "INSERT INTO referral_void (uid, referral, reason, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)"
_OUTCOME = f"""
INSERT INTO referral_outcome
  (uid, person, outcome_on, outcome, referral, answers, confirmed, programme, {", ".join(Report._fields)},
   origin, recorded_at, recorded_by)
VALUES ({", ".join("?" * (11 + len(Report._fields)))})"""
_RENUMBER = """
UPDATE referral SET slip = slip || '/' || substr(uid, -6)
WHERE person = :goes AND slip IN (SELECT slip FROM referral WHERE person = :stays)"""
_SPOKEN_OF = """
SELECT 1 FROM referral_outcome WHERE answers = ?1 UNION SELECT 1 FROM referral WHERE contact = ?1"""


def add_slip(db: sqlite3.Connection, person: int, new: Referral, stamp: Stamp) -> Referral:
    """Write a slip under the next number of its year that no slip of another registry has here; the slip with its number."""
    made = new._replace(slip=_next(db, new.made_on.year), uid=new.uid or stamp.uid())
    told = [iso(value) if isinstance(value, date) else value for value in made[: len(_TOLD.split(", "))]]
    row = db.execute(_SLIP, (made.uid, person, *told, stamp.origin, stamp.at, stamp.by))
    return made._replace(id=row.lastrowid or 0)


def _next(db: sqlite3.Connection, year: int) -> str:
    while True:
        ((last,),) = db.execute(_NEXT, (str(year),)).fetchall()
        slip = f"{year}-{last:04d}"
        if not _is_taken(db, slip):
            return slip


def free(db: sqlite3.Connection, slip: str, uid: str) -> str:
    """The number under which a slip of another registry, with this uid, is kept here: its own, where nobody has it."""
    return f"{slip}/{uid[-6:]}" if _is_taken(db, slip) else slip


def _is_taken(db: sqlite3.Connection, slip: str) -> bool:
    return db.execute("SELECT 1 FROM referral WHERE slip = ?", (slip,)).fetchone() is not None


def renumber(db: sqlite3.Connection, stays: int, goes: int) -> None:
    """Before two people become one: slips with one number, which an earlier version could give, get two."""
    db.execute(_RENUMBER, {"stays": stays, "goes": goes})


def by_number(db: sqlite3.Connection, slip: str) -> tuple[int, Referral, str | None] | None:
    """(person, slip, what ended it), None when there is none of this number."""
    sql = f"SELECT r.person, r.ended_by, {_COLUMNS} FROM referral AS r WHERE r.slip = ? ORDER BY r.id LIMIT 1"
    row = db.execute(sql, (slip,)).fetchone()
    return None if row is None else (row[0], _slip(row[2:]), row[1])


def of(db: sqlite3.Connection, person: int) -> list[Referral]:
    """The slips of one person that count, oldest first."""
    sql = f"SELECT {_COLUMNS} FROM referral AS r WHERE r.person = ? AND r.ended_by IS NULL ORDER BY r.made_on, r.uid"
    return [_slip(row) for row in db.execute(sql, (person,))]


def between(db: sqlite3.Connection, first: int, last: int) -> list[Referral]:
    """The slips with these ids that count."""
    sql = f"SELECT {_COLUMNS} FROM referral AS r WHERE r.id BETWEEN ? AND ? AND r.ended_by IS NULL ORDER BY r.id"
    return [_slip(row) for row in db.execute(sql, (first, last))]


def voided(db: sqlite3.Connection, first: int, last: int) -> list[tuple[Referral, str]]:
    """The slips that the voids with these ids withdrew, with the reason."""
    sql = f"""SELECT o.reason, {_COLUMNS} FROM referral_void AS o
      JOIN referral AS r ON r.id = o.referral WHERE o.id BETWEEN ? AND ? ORDER BY o.id"""
    return [(_slip(row), why) for why, *row in db.execute(sql, (first, last))]


def void(db: sqlite3.Connection, id_: int, reason: str, stamp: Stamp) -> None:
    """Withdraw a slip. The row stays, with the reason beside it; its number is not given again."""
    made = stamp.uid()
    db.execute(_VOID, (made, id_, reason, stamp.origin, stamp.at, stamp.by))
    db.execute("UPDATE referral SET ended_by = ? WHERE id = ?", (made, id_))


def unvoid(db: sqlite3.Connection, first: int, last: int) -> list[str]:
    """Take away voids, so that their slips count again; the voids' uids."""
    sql = "DELETE FROM referral_void WHERE id BETWEEN ? AND ? RETURNING referral, uid"
    gone = db.execute(sql, (first, last)).fetchall()
    db.executemany("UPDATE referral SET ended_by = NULL WHERE id = ? AND ended_by = ?", gone)
    return [uid for _, uid in gone]


def add(db: sqlite3.Connection, person: int, outcome: Outcome, told: Report, stamp: Stamp) -> None:
    """Write an outcome with what the hospital wrote."""
    found = (outcome.referral, outcome.answers, outcome.confirmed, outcome.programme)
    values = (stamp.uid(), person, iso(outcome.outcome_on), outcome.outcome, *found, *told)
    db.execute(_OUTCOME, (*values, stamp.origin, stamp.at, stamp.by))


def answers(db: sqlite3.Connection, slip: str) -> list[tuple[date, str, Report]]:
    """What was reported on the slip with this uid, oldest first: (day, outcome, the hospital's words)."""
    sql = f"""SELECT outcome_on, outcome, {", ".join(Report._fields)} FROM referral_outcome
      WHERE referral = ? ORDER BY outcome_on, uid"""
    return [(from_iso(on), outcome, Report(*told)) for on, outcome, *told in db.execute(sql, (slip,))]


def spoken_of(db: sqlite3.Connection, contact: str) -> bool:
    """Does a slip or an outcome name the contact with this uid?"""
    return db.execute(_SPOKEN_OF, (contact,)).fetchone() is not None


def _slip(row: Sequence[Any]) -> Referral:
    values = dict(zip((*_TOLD.split(", "), "id", "uid"), row, strict=True))
    days = {"made_on": from_iso(values["made_on"]), "wait_until": day_or_none(values["wait_until"])}
    return Referral(**values | days)
