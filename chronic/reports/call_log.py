"""Every attempt to call somebody back, as it was recorded."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_
from chronic.model.report import Column, Report

_SQL = """
SELECT c.uid, p.uid, p.id, p.name, v.name, c.called_on, c.way, c.outcome, c.promised_on,
       c.next_call_on, c.note, c.recorded_by
FROM call AS c JOIN person AS p ON p.id = c.person LEFT JOIN place AS v ON v.id = p.village"""
_COLUMNS = (
    Column("uid", "uid", hidden=True),
    Column("person_uid", "person_uid", hidden=True),
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("village", N_("Village")),
    Column("called_on", N_("Date")),
    Column("call_way", N_("Way")),
    Column("told", N_("What was said")),
    Column("promised_on", N_("Promised")),
    Column("next_call_on", N_("Next call")),
    Column("note", N_("Details")),
    Column("by", "by", hidden=True),
)


def log(db: sqlite3.Connection, day: date) -> Report:
    """All of them, oldest first."""
    return Report("calls", day.isoformat(), _COLUMNS, _rows(db, f"{_SQL} ORDER BY c.called_on, c.uid", ()))


def latest(db: sqlite3.Connection, person: int, limit: int) -> list[dict[str, object]]:
    """The last few of one person, latest first."""
    sql = f"{_SQL} WHERE c.person = ? ORDER BY c.called_on DESC, c.uid DESC LIMIT ?"
    return list(_rows(db, sql, (person, limit)))


def _rows(db: sqlite3.Connection, sql: str, values: tuple[int, ...]) -> Iterator[dict[str, object]]:
    keys = [column.key for column in _COLUMNS]
    for row in db.execute(sql, values):
        yield dict(zip(keys, row, strict=True))
