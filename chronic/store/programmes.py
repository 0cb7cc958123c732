"""Enrolments and pauses: dated facts about how a person is managed."""

import sqlite3
from collections.abc import Iterable
from datetime import date

from chronic.model.days import day_or_none, from_iso, iso
from chronic.model.person import Enrolment, Pause
from chronic.store import people
from chronic.store.stamp import Stamp

COLUMNS = "programme, enrolled_on, assumed, diagnosed_on, ended_on, end_reason, uid"
_INSERT = f"""
INSERT INTO enrolment (person, {COLUMNS}, origin, batch, recorded_at, recorded_by)
VALUES ({", ".join("?" * 12)})"""
_OLDEST_FIRST = "ORDER BY programme, enrolled_on, coalesce(ended_on, '9999'), uid"
CHANGING = ("enrolled_on", "assumed", "diagnosed_on", "ended_on", "end_reason")
_TWINS = """
UPDATE aside SET row = json_patch(row, json_object('ended_on', ?, 'end_reason', ?))
WHERE person = ? AND place = 'enrolment' AND json_extract(row, '$.programme') = ? AND json_extract(row, '$.ended_on') IS ?
RETURNING uid"""
_PAUSE = "INSERT INTO pause (uid, person, from_on, reason, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?)"


def of(db: sqlite3.Connection, person: int) -> list[Enrolment]:
    """Every enrolment of the person, oldest first; of two begun on one day, the one that was over first."""
    sql = f"SELECT {COLUMNS} FROM enrolment WHERE person = ? {_OLDEST_FIRST}"
    return [enrolment(row) for row in db.execute(sql, (person,))]


def enrolment(row: Iterable[object]) -> Enrolment:
    """An enrolment from a row of its columns."""
    programme, enrolled_on, assumed, diagnosed_on, ended_on, end_reason, uid = row
    return Enrolment(
        str(programme), from_iso(str(enrolled_on)), bool(assumed),
        day_or_none(diagnosed_on), day_or_none(ended_on), end_reason, str(uid),  # type: ignore[arg-type]
    )  # fmt: skip


def add(db: sqlite3.Connection, person: int, new: Enrolment, stamp: Stamp) -> None:
    values = (
        person, new.programme, iso(new.enrolled_on), int(new.assumed), iso(new.diagnosed_on), iso(new.ended_on),
        new.end_reason, new.uid or stamp.uid(), stamp.origin, stamp.batch, stamp.at, stamp.by,
    )  # fmt: skip
    db.execute(_INSERT, values)


def change(db: sqlite3.Connection, person: int, old: Enrolment, new: Enrolment, stamp: Stamp) -> None:
    """Rewrite one enrolment's dates, with a person_change row for each that differs."""
    sql = "UPDATE enrolment SET enrolled_on = ?, assumed = ?, diagnosed_on = ?, ended_on = ?, end_reason = ? WHERE uid = ?"
    days = (iso(new.enrolled_on), int(new.assumed), iso(new.diagnosed_on), iso(new.ended_on))
    db.execute(sql, (*days, new.end_reason, old.uid))
    for field in CHANGING:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            people.note_change(db, person, f"{old.programme}_{field}", before, after, stamp, old.uid)
    if (old.ended_on, old.end_reason) != (new.ended_on, new.end_reason):  # what stands for it elsewhere ends with it
        twins = (iso(new.ended_on), new.end_reason, person, old.programme, iso(old.ended_on))
        for (uid,) in db.execute(_TWINS, twins).fetchall():
            people.note_change(db, person, f"{old.programme}_ended_on", old.ended_on, new.ended_on, stamp, uid)
            people.note_change(db, person, f"{old.programme}_end_reason", old.end_reason, new.end_reason, stamp, uid)


def add_pause(db: sqlite3.Connection, person: int, from_on: date, reason: str | None, stamp: Stamp) -> None:
    db.execute(_PAUSE, (stamp.uid(), person, iso(from_on), reason, stamp.origin, stamp.at, stamp.by))


def end_pauses(db: sqlite3.Connection, person: int, on: date, stamp: Stamp) -> None:
    """End every running pause that began by then, each with a person_change row."""
    sql = "UPDATE pause SET ended_on = ? WHERE person = ? AND ended_on IS NULL AND from_on <= ? RETURNING uid"
    for (uid,) in db.execute(sql, (iso(on), person, iso(on))).fetchall():
        people.note_change(db, person, "pause_ended_on", None, on, stamp, uid)


def run_on(db: sqlite3.Connection, person: int, pause: str, stamp: Stamp) -> None:
    """A pause that was ended by mistake goes on."""
    (ended_on,) = db.execute("SELECT ended_on FROM pause WHERE uid = ?", (pause,)).fetchone()
    db.execute("UPDATE pause SET ended_on = NULL WHERE uid = ?", (pause,))
    people.note_change(db, person, "pause_ended_on", ended_on, None, stamp, pause)


def pauses(db: sqlite3.Connection, person: int) -> list[Pause]:
    sql = "SELECT from_on, ended_on FROM pause WHERE person = ? ORDER BY from_on, uid"
    return [Pause(from_iso(start), day_or_none(end)) for start, end in db.execute(sql, (person,))]
