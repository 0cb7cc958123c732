"""Referral outcomes as they were reported."""

import sqlite3

from chronic.model.days import iso
from chronic.model.person import Outcome
from chronic.store.stamp import Stamp

_INSERT = """
INSERT INTO referral_outcome
  (uid, person, outcome_on, outcome, answers, confirmed, programme, institution, diagnosis, advice,
   origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def add(
    db: sqlite3.Connection, person: int, outcome: Outcome, told: tuple[str | None, str | None, str | None], stamp: Stamp
) -> None:
    """Write an outcome; `told` is (institution, diagnosis, advice) in the hospital's own words."""
    found = (outcome.answers, outcome.confirmed, outcome.programme)
    values = (stamp.uid(), person, iso(outcome.outcome_on), outcome.outcome, *found, *told)
    db.execute(_INSERT, (*values, stamp.origin, stamp.at, stamp.by))
