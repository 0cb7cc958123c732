"""Institutions and clinic days: rows are added, never edited; the latest row of an institution's number counts."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from chronic.model.days import day_or_none, from_iso, iso
from chronic.model.institution import Clinic, Institution
from chronic.store.stamp import Stamp

_COLUMNS = "name, level, phone, address, capabilities, departments, closed, place, superior"
_INSERT = f"""
INSERT INTO institution (uid, amends, {_COLUMNS}, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_CLINIC = """
INSERT INTO clinic_day (uid, institution, dept, held_on, every, until_on, doctor, held, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def write(db: sqlite3.Connection, said: Institution, stamp: Stamp) -> Institution:
    """Write an institution, a new one where it has no number yet; it comes back with its number."""
    told = (said.name, said.level, said.phone, said.address, ";".join(said.capabilities), ";".join(said.departments))
    values = (stamp.uid(), said.number or None, *told, int(said.closed))
    made = db.execute(_INSERT, (*values, said.place, said.superior, stamp.origin, stamp.at, stamp.by)).lastrowid
    return said._replace(number=said.number or made or 0)


def read(db: sqlite3.Connection, closed: bool = False) -> list[Institution]:
    """Everything there is today, by number; those that are closed too where asked for."""
    where = "" if closed else " WHERE closed = 0"
    rows = db.execute(f"SELECT {_COLUMNS}, number FROM current_institution{where} ORDER BY number")
    return [_institution(row) for row in rows]


def between(db: sqlite3.Connection, first: int, last: int) -> list[Institution]:
    """What these rows said."""
    sql = f"SELECT {_COLUMNS}, coalesce(amends, id) FROM institution WHERE id BETWEEN ? AND ? ORDER BY id"
    return [_institution(row) for row in db.execute(sql, (first, last))]


def add_clinic(db: sqlite3.Connection, clinic: Clinic, stamp: Stamp) -> None:
    told = (clinic.institution, clinic.dept, iso(clinic.on), clinic.every, iso(clinic.until), clinic.doctor)
    db.execute(_CLINIC, (stamp.uid(), *told, int(clinic.held), stamp.origin, stamp.at, stamp.by))


def clinics(db: sqlite3.Connection, first: int = 0, last: int = 1 << 62) -> list[Clinic]:
    """What was said of clinic days, in the order it was said."""
    sql = """SELECT institution, dept, held_on, every, until_on, doctor, held FROM clinic_day
      WHERE id BETWEEN ? AND ? ORDER BY id"""
    return [
        Clinic(number, dept, from_iso(on), every, day_or_none(until), doctor, bool(held))
        for number, dept, on, every, until, doctor, held in db.execute(sql, (first, last))
    ]


def spoken_of(db: sqlite3.Connection, first: int, last: int) -> list[str]:
    """The names of these rows' institutions that a later row changes, or that have clinic days."""
    sql = """SELECT name FROM institution AS i WHERE id BETWEEN :first AND :last AND (
        EXISTS (SELECT 1 FROM institution AS o WHERE o.amends = coalesce(i.amends, i.id) AND o.id > :last)
        OR (amends IS NULL AND (EXISTS (SELECT 1 FROM clinic_day AS c WHERE c.institution = i.id)
          OR EXISTS (SELECT 1 FROM staff AS s WHERE s.institution = i.id)
          OR EXISTS (SELECT 1 FROM institution AS o WHERE o.superior = i.id))))"""
    return [name for (name,) in db.execute(sql, {"first": first, "last": last})]


def _institution(row: Sequence[Any]) -> Institution:
    name, level, phone, address, capabilities, departments, closed, place, superior, number = row
    can, depts = (tuple(filter(None, text.split(";"))) for text in (capabilities, departments))
    return Institution(name, level, phone, address, can, depts, bool(closed), number, place, superior)
