"""Groups of people for --by: the place of a level they live in, their doctor, the team or institution the doctor is of.

Counting is by village (or hamlet) and doctor; every level above is put together from these here and nowhere else.
"""

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.place import LEVELS
from chronic.store import institutions, places, staff

BY = {**LEVELS, "doctor": N_("Doctor"), "team": N_("Team"), "institution": N_("Institution")}
"""What people can be grouped by, with its title."""
VILLAGE, HAMLET, DOCTOR = "village", "hamlet", "doctor"
_COLUMNS = {VILLAGE: "{of}.village", HAMLET: "{of}.hamlet", DOCTOR: "{person}.responsible_doctor"}


class Groups(NamedTuple):
    """`part`: which of a person's own values says the group: village, hamlet (place ids) or doctor."""

    by: str
    part: str
    name: Callable[[object, date | None], str | None]
    """The group of this value, of a doctor as it was on that day (else the day asked for); None: not known."""

    def column(self, of: str, person: str = "p") -> str:
        """The value in SQL: of a table with village and hamlet, and of the person."""
        return _COLUMNS[self.part].format(of=of, person=person)


def groups(db: sqlite3.Connection, by: str, day: date) -> Groups:
    """How people are grouped by this, doctors as they worked on that day."""
    if by in LEVELS:
        named = places.groups(db, by)
        part = HAMLET if by == HAMLET else VILLAGE
        return Groups(by, part, lambda place, _day: named.get(place))  # type: ignore[call-overload]
    if by == DOCTOR:
        return Groups(by, DOCTOR, lambda doctor, _day: str(doctor) if doctor else None)
    posts = staff.everyone(db)
    called = {place.number: place.name for place in institutions.read(db, closed=True)}

    def of(doctor: object, on: date | None) -> str | None:
        post = staff.on(posts.get(str(doctor), []), on or day)
        if post is None:
            return None
        return post.team if by == "team" else called.get(post.institution or 0)

    return Groups(by, DOCTOR, of)
