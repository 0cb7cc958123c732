"""The table of institutions, and the clinic days to come."""

import sqlite3
from collections.abc import Iterable
from datetime import date

from chronic.i18n import N_
from chronic.i18n.terms import WEEKDAYS, term
from chronic.model.institution import Sitting
from chronic.model.report import Column, Report
from chronic.store import institutions, places

_COLUMNS = (
    Column("number", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("level", N_("Level")),
    Column("phone", N_("Phone")),
    Column("address", N_("Address")),
    Column("place", N_("Stands in")),
    Column("superior", N_("Led by")),
    Column("capabilities", N_("Can do")),
    Column("departments", N_("Departments")),
    Column("closed", "closed", hidden=True),
)
_CLINICS = (
    Column("held_on", N_("Date")),
    Column("weekday", N_("Weekday")),
    Column("number", N_("Id"), right=True),
    Column("institution", N_("Institution")),
    Column("dept", N_("Department")),
    Column("doctor", N_("Doctor")),
    Column("every", N_("Again")),
)


def listing(db: sqlite3.Connection, day: date, closed: bool) -> Report:
    """Every institution, by number."""
    names = {place.number: place.name for place in institutions.read(db, closed=True)}
    rows: list[dict[str, object]] = [
        {
            "number": place.number, "name": place.name, "level": place.level, "phone": place.phone,
            "address": place.address, "place": None if place.place is None else places.path(db, place.place),
            "superior": names.get(place.superior or 0),
            "capabilities": list(place.capabilities), "departments": list(place.departments),
            "closed": place.closed,
        }
        for place in institutions.read(db, closed)
    ]  # fmt: skip
    return Report("institutions", day.isoformat(), _COLUMNS, rows)


def clinics(db: sqlite3.Connection, day: date, held: Iterable[Sitting]) -> Report:
    """Clinic days, earliest first."""
    names = {place.number: place.name for place in institutions.read(db, closed=True)}
    rows: list[dict[str, object]] = [
        {
            "held_on": on.isoformat(), "weekday": term(WEEKDAYS, str(on.isoweekday())), "number": clinic.institution,
            "institution": names.get(clinic.institution), "dept": clinic.dept, "doctor": clinic.doctor,
            "every": clinic.every,
        }
        for on, clinic in held
    ]  # fmt: skip
    return Report("clinics", day.isoformat(), _CLINICS, rows)
