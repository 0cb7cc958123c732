"""What two people both have, of one day: where they are one person, it is the same, or one of it stands in the way."""

import sqlite3
from typing import NamedTuple

_VISITS = """
SELECT a.id, b.id, a.visit_date FROM visit AS a JOIN visit AS b
  ON b.person = ? AND b.visit_date = a.visit_date AND b.kind = 'followup' AND b.ended_by IS NULL
WHERE a.person = ? AND a.kind = 'followup' AND a.ended_by IS NULL ORDER BY a.visit_date"""
_TESTS = """
SELECT a.id, b.id, a.done_on, a.value IS b.value AND a.unit IS b.unit AND a.result IS b.result AND a.detail IS b.detail
FROM test_result AS a JOIN test_result AS b ON b.person = ? AND b.done_on = a.done_on AND b.test = a.test
  AND coalesce(b.institution, '') = coalesce(a.institution, '') AND b.ended_by IS NULL
WHERE a.person = ? AND a.ended_by IS NULL ORDER BY a.done_on"""
_CHECKUPS = """
SELECT a.id, b.id, a.checkup_date FROM checkup AS a JOIN checkup AS b
  ON b.person = ? AND b.checkup_date = a.checkup_date AND b.ended_by IS NULL
WHERE a.person = ? AND a.ended_by IS NULL ORDER BY a.checkup_date"""


class Both(NamedTuple):
    """The numbers of two live rows, the first of the first person; `day` as it stands in the registry."""

    one: int
    other: int
    day: str


def visits(db: sqlite3.Connection, one: int, other: int) -> list[Both]:
    """Follow-ups of one day."""
    return [Both._make(row) for row in db.execute(_VISITS, (other, one))]


def checkups(db: sqlite3.Connection, one: int, other: int) -> list[Both]:
    """Check-ups of one day."""
    return [Both._make(row) for row in db.execute(_CHECKUPS, (other, one))]


def tests(db: sqlite3.Connection, one: int, other: int) -> list[tuple[Both, bool]]:
    """Results of one test, day and place, and whether both say the same."""
    return [(Both(mine, theirs, day), bool(same)) for mine, theirs, day, same in db.execute(_TESTS, (other, one))]
