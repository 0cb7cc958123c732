"""Households: who looks after them, what is so of everybody there, calls at the house and what they found."""

from collections.abc import Sequence
from datetime import date

from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.care.tags import tag_code
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.household import Home, Walk
from chronic.model.plan import Problem
from chronic.store import households, people
from chronic.store.journal import deed


def home_of(desk: Desk, person: int) -> Home:
    """Where a person lives. Raises NotAllowed (`household.unnumbered`)."""
    home = households.home_of(desk.db, person)
    if home is None:
        raise NotAllowed("household.unnumbered", name=people.get(desk.db, person).name, id=person)
    return home


def assign(desk: Desk, person: int, said: dict[str, str | None], on: date) -> None:
    """Say the head (a person's id as text), the staff member or the address of this person's household; None: none.

    Raises ValueRefused (`value.future`), NotAllowed (`household.unnumbered`, `household.head_elsewhere`).
    """
    _not_later(desk, on, "said_on")
    home = home_of(desk, person)
    with deed(desk.db, desk.stamp, "household.assign", person):
        for fact, value in said.items():
            text = _uid_of(desk, home, int(value)) if fact == "head" and value is not None else value
            whose = (households.made(desk.db, home, desk.stamp), person)
            households.say(desk.db, whose, fact, text or None, on, desk.stamp)


def tag(desk: Desk, person: int, added: Sequence[str], taken: Sequence[str], on: date) -> None:
    """Tags of the whole household. Raises as `assign`, and `tag.derived`, `tag.shape`, `tag.not_there`."""
    _not_later(desk, on, "said_on")
    home = home_of(desk, person)
    there = households.read(desk.db, home).tags
    with deed(desk.db, desk.stamp, "household.tag", person):
        for text, value in [*((one, "yes") for one in added), *((one, "no") for one in taken)]:
            name = tag_code(text)
            if value == "no" and name not in there:
                raise NotAllowed("tag.not_there", tag=text)
            if value == "yes" and name in there:
                continue
            whose = (households.made(desk.db, home, desk.stamp), person)
            households.tag(desk.db, whose, name, value, on, desk.stamp)


def visit(desk: Desk, person: int, seen: Walk, settled: bool) -> int:
    """Record a call at this person's household; its number. `settled`: what was done met the need at once.

    Without a name the assigned staff member made it. Raises ValueRefused (`value.future`, `household.nothing_settled`),
    NotAllowed (`household.unnumbered`).
    """
    _not_later(desk, seen.visited_on, "visited_on")
    if settled and not (seen.need and seen.done):
        raise ValueRefused("household.nothing_settled")
    home = home_of(desk, person)
    with deed(desk.db, desk.stamp, "household.visit", person):
        made = households.made(desk.db, home, desk.stamp)
        staff = seen.staff or households.read(desk.db, home).staff or desk.stamp.by
        number = households.walk(desk.db, (made, person), seen._replace(staff=staff), desk.stamp)
        if settled:
            households.settle(desk.db, number, person, seen.visited_on, str(seen.done), desk.stamp)
    return number


def settle(desk: Desk, number: int, note: str, on: date) -> Walk:
    """A need was met. Raises ValueRefused (`household.no_need`, `value.future`, `household.before_need`), NotAllowed
    (`household.need_settled`)."""
    _not_later(desk, on, "settled_on")
    found = households.call(desk.db, number)
    if found is None or found[0].need is None:
        raise ValueRefused("household.no_need", number=number)
    seen, person = found
    if seen.settled_on is not None:
        raise NotAllowed("household.need_settled", number=number, day=seen.settled_on)
    if on < seen.visited_on:
        raise ValueRefused("household.before_need", number=number, day=seen.visited_on)
    if not note.strip():
        raise ValueRefused("value.missing", column="note")
    with deed(desk.db, desk.stamp, "household.settle", person):
        households.settle(desk.db, number, person, on, note, desk.stamp)
    return seen


def _uid_of(desk: Desk, home: Home, head: int) -> str:
    who = people.get(desk.db, head)
    if households.home_of(desk.db, head) != home:
        raise NotAllowed("household.head_elsewhere", name=who.name)
    return who.uid


def _not_later(desk: Desk, on: date, column: str) -> None:
    if on > desk.today:
        raise refusal(Problem("value.future", column, on))
