"""Screening is for people not managed yet; who is managed gets a follow-up."""

from chronic.care.desk import Desk
from chronic.errors import NotAllowed
from chronic.model.visit import Visit
from chronic.store import histories, people


def check_not_enrolled(desk: Desk, seen: Visit) -> None:
    """Raises NotAllowed (`screen.enrolled`) when a reading belongs to a programme the person is managed for."""
    read = {"htn": seen.sbp is not None or seen.dbp is not None, "dm": seen.fpg is not None}
    who = people.get(desk.db, seen.person)
    for enrolment in histories.stays(desk.db, seen.person):
        if read.get(enrolment.programme) and enrolment.ended_on is None and enrolment.enrolled_on <= seen.visit_date:
            raise NotAllowed("screen.enrolled", name=who.name, programme=enrolment.programme, id=who.id)
