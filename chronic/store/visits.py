"""Contacts: written once, never edited; a fix or a void only sets `ended_by` on the row it ends."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from chronic.model.days import day_or_none, from_iso, iso
from chronic.model.visit import METER_HIGH, METER_LOW, Visit
from chronic.store.stamp import Stamp, content_uid

GLUCOSE = ("fpg", "ppg_2h", "random_glucose")
_DAYS = ("visit_date", "hba1c_on", "next_visit_date")
FIELDS = tuple(name for name in Visit._fields if name not in ("readings", "entered", "warnings"))
"""Columns of `visit` that a Visit holds, in its order."""
_METERS = tuple(f"{name}_meter" for name in GLUCOSE)
_METER_SHOWS = {METER_HIGH: "HI", METER_LOW: "LO"}
_STAMP = ("origin", "batch", "recorded_at", "recorded_by")
_SELECT = f"SELECT {', '.join((*FIELDS, 'warnings', *_METERS))} FROM visit"
_LIVE_ON = f"""
{_SELECT.replace("FROM visit", "FROM json_each(?) AS k CROSS JOIN visit")}
ON person = json_extract(k.value, '$[0]') AND visit_date = json_extract(k.value, '$[1]') AND ended_by IS NULL
WHERE kind = ?"""
_VOID = "INSERT INTO visit_void (uid, visit, reason, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)"
_ENTERED = "INSERT INTO visit_entered (visit, field, text) SELECT id, ?2, ?3 FROM visit WHERE uid = ?1"
UNDONE = "chronic.undo"
"""The reason of a void that `undo` wrote."""
_TAKEN_BACK = """
WITH RECURSIVE became (uid, ended_by) AS (
  SELECT uid, ended_by FROM visit WHERE uid IN (SELECT value FROM json_each(:uids))
  UNION ALL SELECT became.uid, visit.ended_by FROM became JOIN visit ON visit.uid = became.ended_by)
SELECT became.uid FROM became JOIN visit_void ON visit_void.uid = became.ended_by WHERE reason = :undone"""
_REVIVE = """
UPDATE OR IGNORE visit SET ended_by = NULL WHERE id NOT BETWEEN :first AND :last
  AND (uid, ended_by) IN (SELECT replaces, uid FROM visit WHERE id BETWEEN :first AND :last AND replaces IS NOT NULL)"""
_AT_ONCE = 10_000
_AT_DAYS = tuple(FIELDS.index(name) for name in _DAYS)
_AT_GLUCOSE = tuple(FIELDS.index(name) for name in GLUCOSE)


def add(db: sqlite3.Connection, visits: Iterable[tuple[Visit, str | None, str | None]], stamp: Stamp) -> None:
    """Write visits, each with the uid of the one it replaces and, where it counts no more, of the one that ended it.

    They are written by columns, and only columns in which anything stands: giving SQLite a NULL costs more than a value.
    """
    listed = list(visits)
    if not listed:
        return
    table: dict[str, Sequence[Any]] = dict(
        zip(Visit._fields, zip(*(visit for visit, _, _ in listed), strict=True), strict=True)
    )
    sittings, entered = table.pop("readings"), table.pop("entered")
    table["warnings"] = list(map(" ".join, table["warnings"]))
    for name in _DAYS:
        table[name] = list(map(iso, table[name]))
    for name in GLUCOSE:
        table[f"{name}_meter"] = [_METER_SHOWS.get(value) for value in table[name]]
        table[name] = [None if value in _METER_SHOWS else value for value in table[name]]
    table["replaces"], table["ended_by"] = [old for _, old, _ in listed], [end for _, _, end in listed]
    for name, value in zip(_STAMP, (stamp.origin, stamp.batch, stamp.at, stamp.by), strict=True):
        table[name] = [value] * len(listed)
    used = {name: column for name, column in table.items() if any(column) or column.count(None) < len(column)}
    sql = f"INSERT INTO visit ({', '.join(used)}) VALUES ({', '.join('?' * len(used))})"
    db.executemany(sql, zip(*used.values(), strict=True))
    for uid, readings in zip(table["uid"], sittings, strict=True):
        if len(readings) > 1:
            _add_readings(db, id_of(db, uid), readings)
    for uid, typed in zip(table["uid"], entered, strict=True):
        if typed:
            db.executemany(_ENTERED, ((uid, field, text) for field, text in typed))


def _add_readings(db: sqlite3.Connection, visit: int, readings: Iterable[tuple[int, int]]) -> None:
    rows = ((visit, seq, sbp, dbp) for seq, (sbp, dbp) in enumerate(readings, 1))
    db.executemany("INSERT INTO visit_reading (visit, seq, sbp, dbp) VALUES (?, ?, ?, ?)", rows)


def end(db: sqlite3.Connection, uid: str, by: str) -> None:
    """This visit counts no more; `by` is the uid of what ended it."""
    db.execute("UPDATE visit SET ended_by = ? WHERE uid = ? AND ended_by IS NULL", (by, uid))


def void(db: sqlite3.Connection, id_: int, uid: str, reason: str, stamp: Stamp) -> None:
    """Withdraw a visit. The row stays, with the reason beside it."""
    made = stamp.uid()
    db.execute(_VOID, (made, id_, reason, stamp.origin, stamp.at, stamp.by))
    end(db, uid, made)


def take_back(db: sqlite3.Connection, first: int, last: int, stamp: Stamp) -> None:
    """Withdraw the visits with these ids, as a void does, also those that went up in another of them, and let those count
    again that they had replaced."""
    live = """SELECT id FROM visit AS v WHERE id BETWEEN ? AND ?
      AND (ended_by IS NULL OR EXISTS (SELECT 1 FROM visit AS by WHERE by.uid = v.ended_by))"""
    for start in range(first, last + 1, _AT_ONCE):
        ids = db.execute(live, (start, min(last, start + _AT_ONCE - 1))).fetchall()
        voids = [(stamp.uid(), id_, UNDONE, stamp.origin, stamp.at, stamp.by) for (id_,) in ids]
        db.executemany(_VOID, voids)
        db.executemany("UPDATE visit SET ended_by = ? WHERE id = ?", ((void[0], void[1]) for void in voids))
    db.execute(_REVIVE, {"first": first, "last": last})


def unvoid(db: sqlite3.Connection, first: int, last: int) -> list[str]:
    """Take away voids, so that their visits count again; the voids' uids."""
    gone = db.execute("DELETE FROM visit_void WHERE id BETWEEN ? AND ? RETURNING visit, uid", (first, last)).fetchall()
    db.executemany("UPDATE OR IGNORE visit SET ended_by = NULL WHERE id = ? AND ended_by = ?", gone)
    return [uid for _, uid in gone]


def anew(db: sqlite3.Connection, uids: Iterable[str]) -> dict[str, str]:
    """uid -> the uid to go by now, for imported visits that `undo` took back: the sheet may bring them again.

    The new uid is made from the old one, so that this sheet, too, is the same rows however often it comes.
    """
    found: dict[str, str] = {}
    asked = {uid: uid for uid in uids}  # the uid it went by last -> the one in the sheet
    while asked:
        taken = {uid for (uid,) in db.execute(_TAKEN_BACK, {"uids": json.dumps(list(asked)), "undone": UNDONE})}
        asked = {content_uid("anew", uid): asked[uid] for uid in taken}
        found |= {first: uid for uid, first in asked.items()}
    return found


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
    return visit._replace(readings=readings(db, visit.uid), entered=entered(db, visit.uid)), ended_by


def id_of(db: sqlite3.Connection, uid: str) -> int:
    (id_,) = db.execute("SELECT id FROM visit WHERE uid = ?", (uid,)).fetchone()
    return int(id_)


def readings(db: sqlite3.Connection, uid: str) -> tuple[tuple[int, int], ...]:
    """The readings of one sitting where there were several, in their order."""
    sql = "SELECT sbp, dbp FROM visit_reading WHERE visit = (SELECT id FROM visit WHERE uid = ?) ORDER BY seq"
    return tuple(db.execute(sql, (uid,)))


def entered(db: sqlite3.Connection, uid: str) -> tuple[tuple[str, str], ...]:
    """(column, text) of what was typed in another unit."""
    sql = "SELECT field, text FROM visit_entered WHERE visit = (SELECT id FROM visit WHERE uid = ?) ORDER BY field"
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


def _visit(row: Sequence[object]) -> Visit:
    values: list[object] = list(row[: len(FIELDS)])
    for at in _AT_DAYS:
        values[at] = day_or_none(values[at])  # type: ignore[arg-type]
    for at, meter in zip(_AT_GLUCOSE, row[len(FIELDS) + 1 :], strict=True):
        if meter is not None:
            values[at] = METER_HIGH if meter == "HI" else METER_LOW
    return Visit(*values)._replace(warnings=tuple(str(row[len(FIELDS)]).split()))  # type: ignore[arg-type]
