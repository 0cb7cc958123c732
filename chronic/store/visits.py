"""Contacts: written once, never edited; a fix or a void only sets `ended_by` on the row it ends."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from chronic.model.days import day_or_none, from_iso, iso
from chronic.model.visit import METER_HIGH, METER_LOW, Visit
from chronic.store.stamp import Stamp

GLUCOSE = ("fpg", "ppg_2h", "random_glucose")
_DAYS = ("visit_date", "hba1c_on", "next_visit_date")
FIELDS = tuple(name for name in Visit._fields if name not in ("readings", "warnings"))
"""Columns of `visit` that a Visit holds, in its order."""
_METERS = tuple(f"{name}_meter" for name in GLUCOSE)
_STAMP = ("replaces", "ended_by", "origin", "batch", "recorded_at", "recorded_by")
_INSERT = f"""
INSERT INTO visit ({", ".join((*FIELDS, "warnings", *_METERS, *_STAMP))})
VALUES ({", ".join("?" * (len(FIELDS) + 1 + len(_METERS) + len(_STAMP)))})"""
_SELECT = f"SELECT {', '.join((*FIELDS, 'warnings', *_METERS))} FROM visit"
_LIVE_ON = f"""
{_SELECT.replace("FROM visit", "FROM json_each(?) AS k CROSS JOIN visit")}
ON person = json_extract(k.value, '$[0]') AND visit_date = json_extract(k.value, '$[1]') AND ended_by IS NULL
WHERE kind = ?"""
_AT_DAYS = tuple(FIELDS.index(name) for name in _DAYS)
_AT_GLUCOSE = tuple(FIELDS.index(name) for name in GLUCOSE)


def add(db: sqlite3.Connection, visits: Iterable[tuple[Visit, str | None, str | None]], stamp: Stamp) -> None:
    """Write visits, each with the uid of the one it replaces and, where it counts no more, of the one that ended it."""
    tail = (stamp.origin, stamp.batch, stamp.at, stamp.by)
    with_readings = []

    def rows() -> Iterator[tuple[object, ...]]:
        for visit, replaces, ended_by in visits:
            if len(visit.readings) > 1:
                with_readings.append(visit)
            yield (*_row(visit), replaces, ended_by, *tail)

    db.executemany(_INSERT, rows())
    for visit in with_readings:
        (id_,) = db.execute("SELECT id FROM visit WHERE uid = ?", (visit.uid,)).fetchone()
        readings = ((id_, seq, sbp, dbp) for seq, (sbp, dbp) in enumerate(visit.readings, 1))
        db.executemany("INSERT INTO visit_reading (visit, seq, sbp, dbp) VALUES (?, ?, ?, ?)", readings)


def end(db: sqlite3.Connection, uid: str, by: str) -> None:
    """This visit counts no more; `by` is the uid of what ended it."""
    db.execute("UPDATE visit SET ended_by = ? WHERE uid = ? AND ended_by IS NULL", (by, uid))


def void(db: sqlite3.Connection, id_: int, uid: str, reason: str, stamp: Stamp) -> None:
    """Withdraw a visit. The row stays, with the reason beside it."""
    made = stamp.uid()
    sql = "INSERT INTO visit_void (uid, visit, reason, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)"
    db.execute(sql, (made, id_, reason, stamp.origin, stamp.at, stamp.by))
    end(db, uid, made)


def known_uids(db: sqlite3.Connection, uids: Iterable[str]) -> dict[str, tuple[int, date] | None]:
    """Which of these were ever recorded: the (person, day) a live one stands on, None for one that was ended."""
    sql = "SELECT uid, person, visit_date, ended_by FROM visit WHERE uid IN (SELECT value FROM json_each(?))"
    rows = db.execute(sql, (json.dumps(list(uids)),))
    return {uid: None if ended_by else (person, from_iso(day)) for uid, person, day, ended_by in rows}


def live_on(db: sqlite3.Connection, keys: Iterable[tuple[int, date]], kind: str) -> dict[tuple[int, date], Visit]:
    """The live contact of this kind on each of these (person, day) that has one."""
    wanted = json.dumps([[person, iso(day)] for person, day in keys])
    found = (_visit(row) for row in db.execute(_LIVE_ON, (wanted, kind)))
    return {(visit.person, visit.visit_date): visit for visit in found}


def by_id(db: sqlite3.Connection, id_: int) -> tuple[Visit, str | None] | None:
    """A visit and what ended it, None when there is none with this id."""
    row = db.execute(f"{_SELECT} WHERE id = ?", (id_,)).fetchone()
    if row is None:
        return None
    (ended_by,) = db.execute("SELECT ended_by FROM visit WHERE id = ?", (id_,)).fetchone()
    visit = _visit(row)
    return visit._replace(readings=readings(db, visit.uid)), ended_by


def id_of(db: sqlite3.Connection, uid: str) -> int:
    (id_,) = db.execute("SELECT id FROM visit WHERE uid = ?", (uid,)).fetchone()
    return int(id_)


def readings(db: sqlite3.Connection, uid: str) -> tuple[tuple[int, int], ...]:
    """The readings of one sitting where there were several, in their order."""
    sql = "SELECT sbp, dbp FROM visit_reading WHERE visit = (SELECT id FROM visit WHERE uid = ?) ORDER BY seq"
    return tuple(db.execute(sql, (uid,)))


def live_id(db: sqlite3.Connection, person: int, day: date, kind: str = "followup") -> int | None:
    """The live contact of one person and day, if there is one."""
    sql = "SELECT id FROM visit WHERE person = ? AND visit_date = ? AND kind = ? AND ended_by IS NULL"
    row = db.execute(sql, (person, iso(day), kind)).fetchone()
    return row and int(row[0])


def last_value(db: sqlite3.Connection, person: int, column: str) -> object:
    """The latest live value of one column, None where there is none."""
    sql = f"SELECT {column} FROM live_contact WHERE person = ? AND {column} IS NOT NULL ORDER BY visit_date DESC LIMIT 1"
    row = db.execute(sql, (person,)).fetchone()
    return row and row[0]


def _row(visit: Visit) -> list[object]:
    row: list[object] = list(visit[: len(FIELDS)])
    for at in _AT_DAYS:
        row[at] = iso(row[at])  # type: ignore[arg-type]
    meters: list[str | None] = [None, None, None]
    for place, at in enumerate(_AT_GLUCOSE):
        if row[at] in (METER_HIGH, METER_LOW):
            meters[place] = "HI" if row[at] == METER_HIGH else "LO"
            row[at] = None
    return [*row, " ".join(visit.warnings), *meters]


def _visit(row: Sequence[object]) -> Visit:
    values: list[object] = list(row[: len(FIELDS)])
    for at in _AT_DAYS:
        values[at] = day_or_none(values[at])  # type: ignore[arg-type]
    for at, meter in zip(_AT_GLUCOSE, row[len(FIELDS) + 1 :], strict=True):
        if meter is not None:
            values[at] = METER_HIGH if meter == "HI" else METER_LOW
    return Visit(*values)._replace(warnings=tuple(str(row[len(FIELDS)]).split()))  # type: ignore[arg-type]
