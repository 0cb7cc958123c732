"""Check-ups: written once, never edited; a fix or a void only sets `ended_by`. A value is a row of its own."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.checkup import Checkup, Measured, Values
from chronic.model.days import from_iso, iso
from chronic.model.visit import METER_HIGH, METER_LOW
from chronic.store.stamp import Stamp, content_uid

UNDONE = "chronic.undo"
"""The reason of a void that `undo` wrote."""
_INSERT = """
INSERT INTO checkup (uid, person, checkup_date, kind, warnings, replaces, ended_by, origin, batch, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_VALUE = "INSERT INTO checkup_value (checkup, field, value) VALUES (?, ?, ?)"
_VOID = "INSERT INTO checkup_void (uid, checkup, reason, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)"
_SELECT = "SELECT id, person, checkup_date, uid, warnings FROM checkup"
_LIVE_ON = f"""
{_SELECT} WHERE ended_by IS NULL
  AND (person, checkup_date) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))
ORDER BY id"""
_VALUES = "SELECT checkup, field, value FROM checkup_value WHERE checkup IN (SELECT value FROM json_each(?))"
_REVIVE = """
UPDATE OR IGNORE checkup SET ended_by = NULL WHERE id NOT BETWEEN :first AND :last
  AND (uid, ended_by) IN (SELECT replaces, uid FROM checkup WHERE id BETWEEN :first AND :last AND replaces IS NOT NULL)"""
_TAKEN_BACK = """
SELECT c.uid FROM checkup AS c JOIN checkup_void AS o ON o.uid = c.ended_by
WHERE c.uid IN (SELECT value FROM json_each(?)) AND o.reason = ?"""
_LATEST = """
SELECT c.checkup_date, v.value FROM live_checkup AS c JOIN checkup_value AS v ON v.checkup = c.id
WHERE c.person = ? AND c.checkup_date <= ? AND v.field = ? ORDER BY c.checkup_date DESC LIMIT 1"""
_LATEST_VISIT = """
SELECT visit_date, {value} FROM live_contact WHERE person = ? AND visit_date <= ? AND way <> 'phone' AND {value} IS NOT NULL
ORDER BY visit_date DESC, id DESC LIMIT 1"""
_GLUCOSE = ("fpg", "ppg_2h", "random_glucose")
_VISIT_COLUMNS = frozenset((
    "sbp", "dbp", "heart_rate", "weight_kg", "height_cm", "waist_cm", *_GLUCOSE, "hba1c", "tc", "tg", "ldl_c", "hdl_c",
    "creatinine", "uacr", "smoke_per_day", "alcohol_liang_per_day", "exercise_minutes", "adherence", "medicines",
))  # fmt: skip
_METERS: dict[object, object] = {METER_HIGH: "HI", METER_LOW: "LO", "HI": METER_HIGH, "LO": METER_LOW}
_SETTLED = """
INSERT INTO finding_settled (uid, person, field, settled_on, note, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""

_AT_ONCE = 500


class Row(NamedTuple):
    """A check-up to write: its kind, the uid of the one it replaces, and of what ended it if anything did."""

    checkup: Checkup
    kind: str
    replaces: str | None = None
    ended_by: str | None = None


def add(db: sqlite3.Connection, rows: Iterable[Row], stamp: Stamp) -> None:
    """Write check-ups with their values."""
    for checkup, kind, replaces, ended_by in rows:
        values = (
            checkup.uid,
            checkup.person,
            iso(checkup.checkup_date),
            kind,
            " ".join(checkup.warnings),
            replaces,
            ended_by,
        )
        made = db.execute(_INSERT, (*values, stamp.origin, stamp.batch, stamp.at, stamp.by)).lastrowid
        db.executemany(_VALUE, ((made, field, _stored(field, value)) for field, value in checkup.values.items()))


def end(db: sqlite3.Connection, uid: str, by: str) -> None:
    """This check-up counts no more; `by` is the uid of what ended it."""
    db.execute("UPDATE checkup SET ended_by = ? WHERE uid = ? AND ended_by IS NULL", (by, uid))


def void(db: sqlite3.Connection, id_: int, uid: str, reason: str, stamp: Stamp) -> None:
    """Withdraw a check-up. The row stays, with the reason beside it."""
    made = stamp.uid()
    db.execute(_VOID, (made, id_, reason, stamp.origin, stamp.at, stamp.by))
    end(db, uid, made)


def take_back(db: sqlite3.Connection, first: int, last: int, stamp: Stamp) -> None:
    """Withdraw the check-ups with these ids, as a void does, also those that went up in another, and let those
    count again that they had replaced."""
    live = """SELECT id, uid FROM checkup AS c WHERE id BETWEEN ? AND ?
      AND (ended_by IS NULL OR EXISTS (SELECT 1 FROM checkup AS by WHERE by.uid = c.ended_by))"""
    for id_, uid in db.execute(live, (first, last)).fetchall():
        void(db, id_, uid, UNDONE, stamp)
    db.execute(_REVIVE, {"first": first, "last": last})


def unvoid(db: sqlite3.Connection, first: int, last: int) -> list[str]:
    """Take away voids, so that their check-ups count again; the voids' uids."""
    gone = db.execute("DELETE FROM checkup_void WHERE id BETWEEN ? AND ? RETURNING checkup, uid", (first, last)).fetchall()
    db.executemany("UPDATE OR IGNORE checkup SET ended_by = NULL WHERE id = ? AND ended_by = ?", gone)
    return [uid for _, uid in gone]


def taken_back(db: sqlite3.Connection, uids: Iterable[str]) -> set[str]:
    """Which of these `undo` withdrew: their sheet may bring them again under another uid."""
    return {uid for (uid,) in db.execute(_TAKEN_BACK, (json.dumps(list(uids)), UNDONE))}


def known_uids(db: sqlite3.Connection, uids: Iterable[str]) -> dict[str, tuple[int, date] | None]:
    """Which of these were ever recorded: the (person, day) a live one stands on, None for one that was ended."""
    sql = "SELECT uid, person, checkup_date, ended_by FROM checkup WHERE uid IN (SELECT value FROM json_each(?))"
    rows = db.execute(sql, (json.dumps(list(uids)),))
    return {uid: None if ended_by else (person, from_iso(day)) for uid, person, day, ended_by in rows}


def live_on(db: sqlite3.Connection, keys: Iterable[tuple[int, date]]) -> dict[tuple[int, date], Checkup]:
    """The live check-up on each of these (person, day) that has one."""
    wanted = json.dumps([[person, iso(day)] for person, day in keys])
    return {(found.person, found.checkup_date): found for found in _read(db, _LIVE_ON, (wanted,))}


def of(db: sqlite3.Connection, person: int) -> list[Checkup]:
    """A person's live check-ups, oldest first."""
    return list(_read(db, f"{_SELECT} WHERE ended_by IS NULL AND person = ? ORDER BY checkup_date", (person,)))


def latest(db: sqlite3.Connection, until: date) -> Iterator[Checkup]:
    """The live check-ups of people not closed, up to this day: by person, oldest first."""
    whose = """SELECT person FROM checkup WHERE ended_by IS NULL AND person > ? GROUP BY person ORDER BY person LIMIT ?"""
    sql = f"""{_SELECT} WHERE ended_by IS NULL AND person IN (SELECT value FROM json_each(?)) AND checkup_date <= ?
      AND person IN (SELECT id FROM person WHERE closed_on IS NULL) ORDER BY person, checkup_date"""
    last = 0
    while some := [person for (person,) in db.execute(whose, (last, _AT_ONCE))]:
        yield from _read(db, sql, (json.dumps(some), until.isoformat()))
        last = some[-1]


def by_id(db: sqlite3.Connection, id_: int) -> tuple[Checkup, str | None] | None:
    """A check-up and what ended it, None when there is none with this id."""
    found = next(_read(db, f"{_SELECT} WHERE id = ?", (id_,)), None)
    if found is None:
        return None
    (ended_by,) = db.execute("SELECT ended_by FROM checkup WHERE id = ?", (id_,)).fetchone()
    return found, ended_by


def among(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Checkup]:
    """These check-ups with their values, by id."""
    sql = f"{_SELECT} WHERE id IN (SELECT value FROM json_each(?))"
    return {found.id: found for found in _read(db, sql, (json.dumps(list(ids)),))}


def kind_of(db: sqlite3.Connection, id_: int) -> str:
    """exam, or tcm where nothing but the TCM part was filled in."""
    (kind,) = db.execute("SELECT kind FROM checkup WHERE id = ?", (id_,)).fetchone()
    return str(kind)


def id_of(db: sqlite3.Connection, uid: str) -> int:
    (id_,) = db.execute("SELECT id FROM checkup WHERE uid = ?", (uid,)).fetchone()
    return int(id_)


def contact_uid(uid: str) -> str:
    """The uid of the contact that carries a check-up's readings."""
    return content_uid("contact of", uid)


def of_contact(db: sqlite3.Connection, person: int, day: date, uid: str) -> int | None:
    """The live check-up whose readings this contact carries."""
    sql = "SELECT id, uid FROM live_checkup WHERE person = ? AND checkup_date = ?"
    return next((int(id_) for id_, own in db.execute(sql, (person, iso(day))) if contact_uid(own) == uid), None)


def settle(db: sqlite3.Connection, person: int, field: str, on: date, note: str, stamp: Stamp) -> None:
    """What was done about an abnormal result."""
    db.execute(_SETTLED, (stamp.uid(), person, field, iso(on), note, stamp.origin, stamp.at, stamp.by))


def settled(db: sqlite3.Connection, person: int | None = None) -> list[tuple[int, str, date, str]]:
    """(person, field, day, note) of everything settled, oldest first."""
    sql = (
        "SELECT person, field, settled_on, note FROM finding_settled WHERE ?1 IS NULL OR person = ?1 ORDER BY settled_on, id"
    )
    return [(who, field, from_iso(day), note) for who, field, day, note in db.execute(sql, (person,))]


def measured_since(db: sqlite3.Connection, person: int, column: str, since: date) -> date | None:
    """The first face-to-face contact from this day on that measured a column of a visit."""
    if column not in _VISIT_COLUMNS:
        return None
    value = f"coalesce({column}_meter, {column})" if column in _GLUCOSE else column
    sql = f"""SELECT min(visit_date) FROM live_visit WHERE person = ? AND visit_date >= ? AND way <> 'phone'
              AND {value} IS NOT NULL"""
    (day,) = db.execute(sql, (person, iso(since))).fetchone()
    return from_iso(day) if day else None


def latest_values(db: sqlite3.Connection, person: int, fields: Iterable[str], day: date) -> dict[str, Measured]:
    """The latest value of each field up to this day, from visits, screenings and check-ups together, told values by
    phone left out.

    Where both have one of the same day the visit's counts. `sbp` and `dbp` of a check-up are those of the arm with the
    higher pressure, always both of one arm; `heart_rate` falls back on its pulse.
    """
    found: dict[str, Measured] = {}
    for field in fields:
        candidates = [*_from_checkup(db, person, field, day), *_from_visit(db, person, field, day)]
        if candidates:
            found[field] = max(candidates, key=lambda measured: (measured.on, measured.where == "visit"))
    return found


def _from_visit(db: sqlite3.Connection, person: int, field: str, day: date) -> Iterator[Measured]:
    if field in _VISIT_COLUMNS:
        value = f"coalesce({field}_meter, {field})" if field in _GLUCOSE else field
        row = db.execute(_LATEST_VISIT.format(value=value), (person, iso(day))).fetchone()
        if row is not None:
            yield Measured(_loaded(field, row[1]), from_iso(row[0]), "visit")


def _from_checkup(db: sqlite3.Connection, person: int, field: str, day: date) -> Iterator[Measured]:
    if field in ("sbp", "dbp"):
        yield from _pressure(db, person, field, day)
        return
    names = (field, "pulse") if field == "heart_rate" else (field,)
    for name in names:
        row = db.execute(_LATEST, (person, iso(day), name)).fetchone()
        if row is not None:
            yield Measured(_loaded(name, row[1]), from_iso(row[0]), "checkup")


def _pressure(db: sqlite3.Connection, person: int, field: str, day: date) -> Iterator[Measured]:
    from chronic.model.checkup_fields import PRESSURES

    for checkup in reversed(of(db, person)):
        values = checkup.values
        pairs = [(values[sbp], values[dbp]) for sbp, dbp in PRESSURES if sbp in values and dbp in values]
        if pairs and checkup.checkup_date <= day:
            sbp, dbp = max(pairs, key=lambda pair: (int(str(pair[0])), int(str(pair[1]))))
            yield Measured(sbp if field == "sbp" else dbp, checkup.checkup_date, "checkup")
            return


def _read(db: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> Iterator[Checkup]:
    rows = db.execute(sql, values).fetchall()
    if not rows:
        return
    from chronic.model.checkup_fields import by_column  # two hundred fields, read only where there is a check-up

    given: dict[int, Values] = {row[0]: {} for row in rows}
    for id_, field, value in db.execute(_VALUES, (json.dumps(list(given)),)):
        given[id_][field] = _loaded(field, value)
    order = {field: place for place, field in enumerate(by_column())}
    for id_, person, day, uid, warnings in rows:
        own = dict(sorted(given[id_].items(), key=lambda item: order.get(item[0], len(order))))
        yield Checkup(person, from_iso(day), own, uid, id_, tuple(warnings.split()))


def _stored(field: str, value: object) -> object:
    return _METERS[value] if field == "fpg" and value in _METERS else value


def _loaded(field: str, value: object) -> object:
    return _METERS[value] if field in _GLUCOSE and value in _METERS else value
