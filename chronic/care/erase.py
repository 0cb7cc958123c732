"""Erase somebody's identity on a lawful request: their data stay as counts, who they were is gone for good."""

from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed
from chronic.model.checkup_fields import by_column
from chronic.model.days import china_minute, from_iso
from chronic.model.plan import Problem
from chronic.store import erasing, numbers, people, registers, transfers
from chronic.store.journal import deed
from chronic.store.transactions import overwriting


def erase(desk: Desk, person: int, basis: str) -> erasing.Erased:
    """There is no way back: only somebody closed can be erased, once.

    Raises ValueRefused (`value.missing`), NotAllowed (`erase.open`, `erase.elsewhere`, `erase.done`).
    """
    basis = basis.strip()
    if not basis:
        raise refusal(Problem("value.missing", "basis"))
    with overwriting(desk.db), deed(desk.db, desk.stamp, "person.erase", person):
        before = erasing.on(desk.db, person)
        if before is not None:
            raise NotAllowed("erase.done", at=china_minute(before))
        who = people.get(desk.db, person)
        if transfers.is_elsewhere(desk.db, person):  # closed in this file alone, while others go on
            raise NotAllowed("erase.elsewhere", name=who.name, person=person)
        if who.closed_on is None:
            raise NotAllowed("erase.open", person=person)
        had = numbers.held(desk.db, [person])
        erased = erasing.erase(desk.db, person, basis, _typed(), desk.stamp)
        replan(desk, {person} | registers.hand_on(desk.db, had, desk.today, desk.stamp))
    return erased


def again(desk: Desk, known: erasing.Known) -> list[int]:
    """Erase somebody in an older copy of a registry that had erased them; their numbers there. Whoever was not closed yet
    is closed as they were: nobody is to look for people without a name."""
    found = erasing.still_named(desk.db, known.uids)
    for person in found:
        with overwriting(desk.db), deed(desk.db, desk.stamp, "person.erase", person):
            if known.closed_on is not None and people.get(desk.db, person).closed_on is None:
                closed: dict[str, object] = {"closed_on": from_iso(known.closed_on), "closed_reason": known.closed_reason}
                people.change(desk.db, person, closed, desk.stamp)
            erasing.erase(desk.db, person, known.basis, _typed(), desk.stamp)
            replan(desk, {person})
    return found


def _typed() -> tuple[str, ...]:
    """The fields of a check-up that are typed freely."""
    return tuple(name for name, field in by_column().items() if field.kind == "text")
