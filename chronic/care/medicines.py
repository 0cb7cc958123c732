"""Medicines: write down what was handed out or fetched, what was stopped, and whether the 两病 benefit is registered.

Nothing here chooses a medicine or an amount; it only keeps what somebody else decided.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from chronic.care.dated import impossible
from chronic.care.desk import Desk
from chronic.care.record import Recorded, record, refusal
from chronic.care.replan import supply
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.medicine import Entry, Taken, names_in
from chronic.model.plan import Problem
from chronic.model.visit import Visit
from chronic.protocol.medicines import Medicines
from chronic.rules import drugs
from chronic.rules.medicines import taken as taken_of
from chronic.store import medicines
from chronic.store.journal import deed


def give(desk: Desk, person: int, names: Sequence[str], days: int, on: date, amount: str | None = None) -> list[Problem]:
    """Record a supply of each of these for so many days; what is worth asking about it.

    The same once more changes nothing. Raises ValueRefused (`medicine.name`, `medicine.days`, refusals of a day) and
    NotAllowed (`medicine.day_taken`, `medicine.stopped_then`).
    """
    book = _book(desk)
    if days > book.supply.possible.days:
        raise ValueRefused("medicine.days", days=days, limit=book.supply.possible.days)
    for problem in impossible(desk, person, on, "given_on"):
        raise refusal(problem)
    with deed(desk.db, desk.stamp, "medicine.give", person):
        for name in names:
            _check_name(name)
            _give(desk, person, Entry("supply", name, on, days, amount), book)
        supply(desk, [person])
    return [Problem("medicine.long", "days", days, book.supply.longest.days)] if days > book.supply.longest.days else []


def dispense(desk: Desk, seen: Visit, days: int) -> tuple[Recorded, list[Problem]]:
    """Record a visit and, as one deed, a supply of every medicine it names.

    Raises what refuses the visit, `medicine.not_named`, and as `give`.
    """
    names = names_in(seen.medicines or "")
    if not names:
        raise ValueRefused("medicine.not_named")
    with deed(desk.db, desk.stamp, "visit.add", seen.person):
        (result,) = record(desk, [seen])
        for problem in result.refusals:
            raise refusal(problem)
        return result, give(desk, seen.person, names, days, seen.visit_date)


def stop(desk: Desk, person: int, name: str, on: date, reason: str | None = None) -> Taken:
    """Record that a medicine is taken no more, by any of its names.

    Raises ValueRefused (refusals of a day) and NotAllowed (`medicine.not_taken`, `medicine.since`).
    """
    book = _book(desk)
    for problem in impossible(desk, person, on, "stopped_on"):
        raise refusal(problem)
    same = drugs.key(name, book)
    with deed(desk.db, desk.stamp, "medicine.stop", person):
        every = _taken(desk, person, book)
        mine = next((one for one in every if one.key == same), None)
        if mine is None:
            known = ", ".join(one.names[0] for one in every) or "-"
            raise NotAllowed("medicine.not_taken", name=name, known=known)
        if mine.last_on is not None and on < mine.last_on:
            raise NotAllowed("medicine.since", name=mine.names[0], day=mine.last_on)
        medicines.add(desk.db, person, [Entry("stop", name, on, reason=reason)], desk.stamp)
        supply(desk, [person])
    return mine


def void(desk: Desk, number: int, reason: str) -> Entry:
    """Withdraw a supply or a stop that should not be there. Raises NotAllowed (`medicine.none`, `medicine.ended`)."""
    found = medicines.by_id(desk.db, number)
    if found is None:
        raise NotAllowed("medicine.none", number=number)
    person, old, ended_by = found
    if ended_by is not None:
        raise NotAllowed("medicine.ended", number=number)
    with deed(desk.db, desk.stamp, "medicine.void", person):
        medicines.void(desk.db, number, reason, desk.stamp)
        supply(desk, [person])
    return old


def tell_benefit(desk: Desk, person: int, registered: str, on: date) -> bool:
    """Write down whether someone is registered for the benefit (yes, no, unknown); False where that stood already.

    Raises ValueRefused (refusals of a day).
    """
    for problem in impossible(desk, person, on, "told_on"):
        raise refusal(problem)
    if medicines.told(desk.db, person) == (registered, on):
        return False
    with deed(desk.db, desk.stamp, "benefit.set", person):
        medicines.tell(desk.db, person, registered, on, desk.stamp)
    return True


def _give(desk: Desk, person: int, new: Entry, book: Medicines) -> None:
    same = drugs.key(new.name, book)
    that_day = [one for one in medicines.of(desk.db, [person]).get(person, ()) if one.on == new.on]
    for there in sorted(that_day, key=lambda one: one.kind):  # a stop first
        if drugs.key(there.name, book) != same:
            continue
        if there.kind == "stop":
            raise NotAllowed("medicine.stopped_then", name=new.name, day=new.on, number=there.number)
        if there.days == new.days:
            return
        raise NotAllowed("medicine.day_taken", name=new.name, day=new.on, days=there.days, number=there.number)
    medicines.add(desk.db, person, [new], desk.stamp)


def _taken(desk: Desk, person: int, book: Medicines) -> list[Taken]:
    entries = medicines.of(desk.db, [person]).get(person, [])
    lists = medicines.written(desk.db, [person], desk.today).get(person, [])
    return taken_of(entries, lists, partial(drugs.key, book=book))[0]


def _check_name(name: str) -> None:
    if not name or set(name) & set(",;"):
        raise ValueRefused("medicine.name", name=name)


def _book(desk: Desk) -> Medicines:
    return Medicines.of(desk.editions.on(desk.today))
