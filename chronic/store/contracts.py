"""Family-doctor contracts as they were signed, and how some of them ended early."""

import sqlite3
from collections.abc import Sequence
from datetime import date

from chronic.model.contract import Contract
from chronic.model.days import day_or_none, from_iso, iso
from chronic.store.stamp import Stamp

COLUMNS = "team, package, start_on, end_on, ended_on, reason, last_on, id"
_INSERT = """
INSERT INTO contract (uid, person, team, package, start_on, end_on, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_END = """
INSERT INTO contract_end (uid, person, contract, ended_on, reason, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_OF = f"SELECT {COLUMNS} FROM contract_card WHERE person = ? ORDER BY start_on, id"


def add(db: sqlite3.Connection, person: int, new: Contract, stamp: Stamp) -> None:
    row = (stamp.uid(), person, new.team, new.package, iso(new.start_on), iso(new.end_on))
    db.execute(_INSERT, (*row, stamp.origin, stamp.at, stamp.by))


def end(db: sqlite3.Connection, person: int, contract: int, on: date, reason: str, stamp: Stamp) -> None:
    """From this day on the contract no longer counts."""
    db.execute(_END, (stamp.uid(), person, contract, iso(on), reason, stamp.origin, stamp.at, stamp.by))


def of(db: sqlite3.Connection, person: int) -> list[Contract]:
    """Every contract of a person, the oldest first; those that never counted a day too."""
    return [contract(row) for row in db.execute(_OF, (person,))]


def contract(row: Sequence[object]) -> Contract:
    """A row of COLUMNS of contract_card."""
    team, package, start_on, end_on, ended_on, reason, last_on, id_ = row
    return Contract(
        str(team), str(package), from_iso(str(start_on)), from_iso(str(end_on)),
        day_or_none(None if ended_on is None else str(ended_on)), None if reason is None else str(reason),
        from_iso(str(last_on)), int(str(id_)),
    )  # fmt: skip
