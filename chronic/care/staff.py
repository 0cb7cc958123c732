"""The directory of doctors: in which institution and which team they work, from a day on."""

from datetime import date

from chronic.care import institutions
from chronic.care.desk import Desk
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.institution import Post
from chronic.store import staff
from chronic.store.journal import deed


def post(desk: Desk, doctor: str, institution: str | None, team: str | None, since: date) -> Post:
    """A doctor works in this institution (its number or name) and team from a day on; what is not given stays as it was.

    Raises ValueRefused (`staff.nothing`, `institution.none`, `institution.many`), NotAllowed (`staff.there`).
    """
    name, its_team = doctor.strip(), (team or "").strip() or None
    if not name or (institution is None and its_team is None):
        raise ValueRefused("staff.nothing")
    with deed(desk.db, desk.stamp, "staff.post"):
        where = institutions.get(desk, institution).number if institution is not None else None
        now = staff.on(staff.of(desk.db, name), since)
        new = Post(name, where or (now and now.institution), its_team or (now and now.team), since)
        if now is not None and now._replace(since=since) == new:
            raise NotAllowed("staff.there", name=name, day=now.since)
        staff.add(desk.db, new, desk.stamp)
    return new


def leave(desk: Desk, doctor: str, on: date) -> None:
    """A doctor works here no more from this day on. Raises NotAllowed (`staff.unknown`)."""
    name = doctor.strip()
    with deed(desk.db, desk.stamp, "staff.leave"):
        if staff.on(staff.of(desk.db, name), on) is None:
            raise NotAllowed("staff.unknown", name=name, day=on)
        staff.add(desk.db, Post(name, None, None, on), desk.stamp)
