"""Erase somebody's identity on a lawful request: their data stay as counts, who they were is gone for good."""

from chronic.care.desk import Desk
from chronic.care.replan import replan
from chronic.errors import NotAllowed
from chronic.model.checkup_fields import by_column
from chronic.model.days import china_minute
from chronic.store import erasing, people, transfers
from chronic.store.journal import deed
from chronic.store.transactions import overwriting


def erase(desk: Desk, person: int, basis: str) -> erasing.Erased:
    """There is no way back. Raises NotAllowed (`erase.open`, `erase.done`): only somebody closed can be erased, once."""
    with overwriting(desk.db), deed(desk.db, desk.stamp, "person.erase", person):
        before = erasing.on(desk.db, person)
        if before is not None:
            raise NotAllowed("erase.done", at=china_minute(before))
        if transfers.everywhere(desk.db, people.get(desk.db, person)).closed_on is None:
            raise NotAllowed("erase.open", person=person)
        typed = tuple(name for name, field in by_column().items() if field.kind == "text")
        erased = erasing.erase(desk.db, person, basis, typed, desk.stamp)
        replan(desk, {person})
    return erased
