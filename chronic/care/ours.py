"""Who can be worked for here: whoever is neither closed nor looked after by another registry."""

from datetime import date

from chronic.care.desk import Desk
from chronic.errors import NotAllowed
from chronic.model.person import Person
from chronic.model.plan import Problem
from chronic.store import erasing, people, transfers


def ours(desk: Desk, person: int) -> Person:
    """The person. Raises NotAllowed: `person.closed`, and as `not_elsewhere`."""
    who = people.get(desk.db, person)
    if who.closed_on is not None:
        not_elsewhere(desk, who)
        raise NotAllowed("person.closed", name=who.name, day=who.closed_on)
    return who


def named(desk: Desk, person: int) -> Person:
    """The person, of whom is known who they are. Raises NotAllowed: `person.erased`."""
    if erasing.on(desk.db, person) is not None:
        raise NotAllowed("person.erased", value=person)
    return people.get(desk.db, person)


def not_elsewhere(desk: Desk, who: Person) -> None:
    """Raises NotAllowed where another registry looks after them: `transfer.elsewhere`, and of who only waits to be accepted
    here `transfer.arriving`."""
    if who.id is None or not transfers.is_elsewhere(desk.db, who.id):
        return
    if transfers.arrives(desk.db, who.id, desk.stamp.origin):
        raise NotAllowed("transfer.arriving", name=who.name, village=who.village or "-", id=who.id)
    raise NotAllowed("transfer.elsewhere", name=who.name, village=who.village or "-")


def closed_by_then(desk: Desk, person: int, code: str, column: str, day: date, closed_on: date | None) -> Problem:
    """What is wrong with a day after somebody was closed (`code`), or after they moved to where others look after them."""
    if transfers.is_elsewhere(desk.db, person):
        return Problem("transfer.after", column, day, people.get(desk.db, person).village or "-")
    return Problem(code, column, day, closed_on)
