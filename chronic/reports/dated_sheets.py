"""Test results and told facts as sheets that `import` reads back: every live row, by person and day."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.model.idcard import masked_id
from chronic.model.report import Column, Report

_WHOSE = ("uid", "person_uid", "name", "id_number", "archive_no")
COLUMNS = {
    "tests": (*_WHOSE, "test", "done_on", "value", "unit", "result", "institution", "detail"),
    "facts": (*_WHOSE, "fact", "answer", "told_on", "told_by"),
}
_SQL = {
    "tests": """
SELECT t.uid, p.uid, p.name, p.id_number, p.archive_no, test, done_on, value, unit, result, institution, detail
FROM test_result AS t JOIN person AS p ON p.id = t.person WHERE t.ended_by IS NULL
ORDER BY p.uid, done_on, test, coalesce(institution, '')""",
    "facts": """
SELECT f.uid, p.uid, p.name, p.id_number, p.archive_no, fact, value, told_on, source
FROM person_fact AS f JOIN person AS p ON p.id = f.person ORDER BY p.uid, told_on, f.id""",
}
_LEFT_OUT = {
    "tests": {"results_ended": "SELECT count(*) FROM test_result WHERE ended_by IS NOT NULL"},
    "facts": {},
}


def sheet(db: sqlite3.Connection, what: str, day: date, full: bool) -> Report:
    """`what`: tests or facts. Facts told on one day come in the order in which they were told, because the last counts."""
    return Report(what, day.isoformat(), tuple(Column(name, name) for name in COLUMNS[what]), _rows(db, what, full))


def left_out(db: sqlite3.Connection, what: str) -> dict[str, int]:
    """What the registry knows of them and the sheet has no column for."""
    return {name: db.execute(sql).fetchone()[0] for name, sql in _LEFT_OUT[what].items()}


def _rows(db: sqlite3.Connection, what: str, full: bool) -> Iterator[dict[str, object]]:
    for row in db.execute(_SQL[what]):
        values = dict(zip(COLUMNS[what], row, strict=True))
        yield values if full else values | {"id_number": masked_id(values["id_number"])}
