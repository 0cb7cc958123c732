"""What became of records at the county's platform: dated facts by the record's uid. The latest one counts."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from chronic.model.days import iso
from chronic.store.stamp import Stamp

HOLDS: Final = ("people", "visits", "checkups")
UNSENT, CHANGED, SENT, RETURNED, WITHDRAWN = STATES = ("unsent", "changed", "sent", "returned", "withdrawn")
"""Never sent; sent once and changed since; there; sent back; sent once and withdrawn here since."""
REMOVED: Final = "removed"
"""Taken out there too, after it was withdrawn here."""
TO_DO: Final = (UNSENT, CHANGED, RETURNED, WITHDRAWN)

_INSERT = """INSERT INTO upload (uid, person, holds, record, state, happened_on, reason, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_LATEST = "(SELECT max(id) FROM upload WHERE record = r.uid)"
_SINCE = """(EXISTS (SELECT 1 FROM person_change AS c WHERE c.person = r.id AND c.recorded_at > u.recorded_at)
  OR EXISTS (SELECT 1 FROM enrolment AS e WHERE e.person = r.id AND e.recorded_at > u.recorded_at))"""
_PEOPLE = f"""
SELECT r.id AS person, r.uid AS record, r.registered_on AS record_on, u.happened_on, u.reason,
  CASE WHEN u.id IS NULL THEN 'unsent' WHEN {_SINCE} THEN 'changed' ELSE u.state END AS state
FROM person AS r LEFT JOIN upload AS u ON u.id = {_LATEST}"""
_CORRECTED = f"""
SELECT r.person, r.uid AS record, r.{{day}} AS record_on, u.happened_on, u.reason,
  CASE u.state WHEN 'removed' THEN 'changed' WHEN 'sent' THEN 'sent' WHEN 'returned' THEN 'returned' ELSE
    CASE WHEN r.replaces IS NOT NULL AND EXISTS (WITH RECURSIVE before (uid) AS
        (SELECT r.replaces UNION SELECT b.replaces FROM before JOIN {{table}} AS b ON b.uid = before.uid)
      SELECT 1 FROM before JOIN upload AS sent ON sent.record = before.uid) THEN 'changed' ELSE 'unsent' END END AS state
FROM {{live}} AS r LEFT JOIN upload AS u ON u.id = {_LATEST}"""
_RECORDS = {
    "people": _PEOPLE,
    "visits": _CORRECTED.format(table="visit", live="live_visit", day="visit_date"),
    "checkups": _CORRECTED.format(table="checkup", live="live_checkup", day="checkup_date"),
}
_WITHDRAWN = """
SELECT r.person, r.uid AS record, r.{day} AS record_on, u.happened_on, u.reason, 'withdrawn' AS state
FROM (SELECT record, max(id) AS id FROM upload WHERE holds = '{holds}' GROUP BY record) AS latest
JOIN upload AS u ON u.id = latest.id AND u.state <> 'removed' JOIN {table} AS r ON r.uid = latest.record
WHERE r.ended_by IS NOT NULL AND NOT EXISTS (WITH RECURSIVE after (uid) AS
    (SELECT r.ended_by UNION SELECT n.ended_by FROM after JOIN {table} AS n ON n.uid = after.uid)
  SELECT 1 FROM after JOIN {table} AS n ON n.uid = after.uid WHERE n.ended_by IS NULL)"""
_ENDING = {"visits": ("visit", "visit_date"), "checkups": ("checkup", "checkup_date")}
_WHOSE = """
SELECT 'people', id, uid FROM person WHERE uid IN (SELECT value FROM json_each(?1))
UNION ALL SELECT 'visits', person, uid FROM live_visit WHERE uid IN (SELECT value FROM json_each(?1))
UNION ALL SELECT 'checkups', person, uid FROM live_checkup WHERE uid IN (SELECT value FROM json_each(?1))"""
_OF_BATCH = {
    "people": "SELECT uid FROM person WHERE batch = ? ORDER BY id",
    "visits": "SELECT uid FROM live_visit WHERE batch = ? ORDER BY id",
    "checkups": "SELECT uid FROM live_checkup WHERE batch = ? ORDER BY id",
}


class Record(NamedTuple):
    """One record of the registry. `holds`: people, visits or checkups."""

    holds: str
    person: int
    uid: str


def found(db: sqlite3.Connection, uids: Iterable[str]) -> dict[str, Record]:
    """The records that count among these uids."""
    return {uid: Record(holds, person, uid) for holds, person, uid in db.execute(_WHOSE, (json.dumps(list(uids)),))}


def of_batch(db: sqlite3.Connection, batch: int) -> tuple[str, list[str]] | None:
    """(what it holds, uids of its records that still count); None where there is no such import."""
    row = db.execute("SELECT holds FROM batch WHERE id = ?", (batch,)).fetchone()
    if row is None or row[0] not in _OF_BATCH:
        return None
    return row[0], [uid for (uid,) in db.execute(_OF_BATCH[row[0]], (batch,))]


def add(db: sqlite3.Connection, records: Iterable[Record], state: str, on: date, reason: str | None, stamp: Stamp) -> None:
    db.executemany(
        _INSERT,
        (
            (stamp.uid(), record.person, record.holds, record.uid, state, iso(on), reason, stamp.origin, stamp.at, stamp.by)
            for record in records
        ),
    )


def withdrawn(db: sqlite3.Connection, uid: str) -> Record | None:
    """The record of this uid, where it was sent and does not count here any more, nor what corrected it."""
    for holds in _ENDING:
        sql, values = listing(holds, (WITHDRAWN,))
        for (person,) in db.execute(f"SELECT person FROM ({sql}) WHERE record = ?", (*values, uid)):
            return Record(holds, person, uid)
    return None


def state_of(db: sqlite3.Connection, record: Record) -> tuple[str, str | None]:
    """The state of a record that counts, and since when."""
    sql = f"SELECT state, happened_on FROM ({_RECORDS[record.holds]} WHERE r.uid = ?)"
    state, on = db.execute(sql, (record.uid,)).fetchone()
    return state, on


def listing(holds: str, states: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """SQL for person, record, record_on, happened_on, reason, state of what is in one of these states; its values."""
    told = json.dumps(list(states))
    sql = f"SELECT * FROM ({_RECORDS[holds]}) WHERE state IN (SELECT value FROM json_each(?))"
    if WITHDRAWN in states and holds in _ENDING:
        table, day = _ENDING[holds]
        sql += f" UNION ALL {_WITHDRAWN.format(holds=holds, table=table, day=day)}"
    return sql, (told,)


def read(db: sqlite3.Connection, holds: str, states: Iterable[str]) -> Iterator[str]:
    """The uids of the records in these states."""
    sql, values = listing(holds, tuple(states))
    return (uid for (uid,) in db.execute(f"SELECT record FROM ({sql})", values))
