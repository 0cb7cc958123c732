"""Screening is for people not managed yet; who is managed gets a follow-up."""

from chronic.care.desk import Desk
from chronic.errors import NotAllowed
from chronic.model.visit import Visit
from chronic.store import histories, people

_PRESSURE = ("sbp", "dbp")
_GLUCOSE = ("fpg", "ppg_2h", "random_glucose", "ogtt_2h", "hba1c")
_OTHER = ("tc", "tg", "ldl_c", "hdl_c", "weight_kg", "waist_cm")


def measures(seen: Visit) -> bool:
    """Was anything measured that a screening is about?"""
    return any(getattr(seen, name) is not None for name in (*_PRESSURE, *_GLUCOSE, *_OTHER))


def managed_for(desk: Desk, seen: Visit) -> str | None:
    """A programme that one of these readings belongs to and the person is managed for on that day."""
    read = {
        "htn": any(getattr(seen, name) is not None for name in _PRESSURE),
        "dm": any(getattr(seen, name) is not None for name in _GLUCOSE),
    }
    for enrolment in histories.stays(desk.db, seen.person):
        if read.get(enrolment.programme) and enrolment.ended_on is None and enrolment.enrolled_on <= seen.visit_date:
            return enrolment.programme
    return None


def check_not_enrolled(desk: Desk, seen: Visit) -> None:
    """Raises NotAllowed (`screen.enrolled`) when a reading belongs to a programme the person is managed for."""
    programme = managed_for(desk, seen)
    if programme is not None:
        who = people.get(desk.db, seen.person)
        raise NotAllowed("screen.enrolled", name=who.name, programme=programme, id=who.id)
