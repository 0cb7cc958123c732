"""Help with major illness, and where people were treated."""

import sqlite3

from chronic.model.aid import Rescue, Treated
from chronic.model.days import from_iso, iso
from chronic.store.stamp import Stamp

_RESCUE = """
INSERT INTO rescue (uid, person, illness, state, happened_on, institution, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_TREATED = """
INSERT INTO treated (uid, person, treated_on, in_county, institution, reason, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_RESCUES = "SELECT illness, state, happened_on, institution FROM rescue WHERE person = ? ORDER BY happened_on, id"
_TREATMENTS = "SELECT treated_on, in_county, institution, reason FROM treated WHERE person = ? ORDER BY treated_on, id"


def add_rescue(db: sqlite3.Connection, person: int, new: Rescue, stamp: Stamp) -> None:
    row = (stamp.uid(), person, new.illness, new.state, iso(new.on), new.institution)
    db.execute(_RESCUE, (*row, stamp.origin, stamp.at, stamp.by))


def add_treated(db: sqlite3.Connection, person: int, new: Treated, stamp: Stamp) -> None:
    row = (stamp.uid(), person, iso(new.on), new.in_county, new.institution, new.reason)
    db.execute(_TREATED, (*row, stamp.origin, stamp.at, stamp.by))


def rescues(db: sqlite3.Connection, person: int) -> list[Rescue]:
    """Beginnings and ends, the oldest first."""
    return [
        Rescue(illness, state, from_iso(on), institution)
        for illness, state, on, institution in db.execute(_RESCUES, (person,))
    ]


def open_rescues(db: sqlite3.Connection, person: int) -> dict[str, Rescue]:
    """Illness -> its beginning, of those that are not over."""
    latest = {known.illness: known for known in rescues(db, person)}
    return {illness: known for illness, known in latest.items() if known.state == "begun"}


def treatments(db: sqlite3.Connection, person: int) -> list[Treated]:
    """The oldest first."""
    return [Treated(from_iso(on), *rest) for on, *rest in db.execute(_TREATMENTS, (person,))]
