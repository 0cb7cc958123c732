"""Moving people 迁出 迁入: the sender lets go when somebody else has taken them on, and not before."""

from datetime import date
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.ours import ours
from chronic.care.record import refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.person import Person
from chronic.model.plan import Problem
from chronic.model.task import Event
from chronic.model.transfer import Transfer
from chronic.model.unseen import usual
from chronic.protocol.contracts import Contracts
from chronic.protocol.transfers import Transfers
from chronic.store import contracts, people, places, tasks, transfers
from chronic.store.journal import deed
from chronic.store.transfers import Answer, New

_OLD_HOME = ("hamlet", "household_no", "address")
"""What is not so any more in another village, unless it is said anew."""


class Home(NamedTuple):
    """Where somebody accepted lives from now on, and who looks after them. `village`: another one than was meant."""

    doctor: str
    village: str | None = None
    hamlet: str | None = None
    household_no: str | None = None
    address: str | None = None


class Accepted(NamedTuple):
    """What came with an acceptance."""

    transfer: Transfer
    contracts_ended: tuple[str, ...]
    """Their teams."""
    tasks_handed: int


def out(desk: Desk, person: int, village: str, on: date, reason: str | None) -> int:
    """Ask this village to take somebody on from this day; the number of the transfer. Nothing changes until it accepts.

    Raises NotAllowed (as `ours`, `transfer.waiting`), ValueRefused (`transfer.village`, `transfer.same`,
    `value.future`, `value.before_birth`).
    """
    with deed(desk.db, desk.stamp, "transfer.out", person):
        who = _to_move(desk, person, on)
        to_place = _known_village(desk, village)
        from_place = people.village_of(desk.db, person)
        if to_place == from_place:
            raise ValueRefused("transfer.same", name=who.name, village=who.village)
        return transfers.add(desk.db, person, New(from_place, to_place, None, on, reason), desk.stamp)


def out_of_reach(desk: Desk, person: int, where: str, on: date, reason: str | None) -> int:
    """Somebody moved to where nobody answers; they are closed, with the place they went to. Raises as `out`."""
    with deed(desk.db, desk.stamp, "transfer.out", person):
        _to_move(desk, person, on)
        number = transfers.add(desk.db, person, New(people.village_of(desk.db, person), None, where, on, reason), desk.stamp)
        people.change(desk.db, person, {"closed_on": on, "closed_reason": "moved"}, desk.stamp)
        replan(desk, [person])
    return number


def accept(desk: Desk, person: int, on: date, home: Home, keep_contract: bool = False) -> Accepted:
    """Take somebody on: from here on they live in the village that was meant, and management goes on as it was.

    Raises NotAllowed (`transfer.none`, `transfer.away`, `person.closed`), ValueRefused (`transfer.where`, `value.future`,
    `transfer.before`).
    """
    with deed(desk.db, desk.stamp, "transfer.accept", person):
        transfer = meant(desk, person, arriving=True)
        _ours_to_answer(desk, transfer)
        _possible(desk, transfer, on)
        who = transfers.everywhere(desk.db, people.get(desk.db, person))
        place, new = _new_home(desk, transfer, home)
        if transfer.outside is not None and who.closed_reason == "moved":
            new |= {"closed_on": None, "closed_reason": None}
        elif who.closed_on is not None:
            raise NotAllowed("person.closed", name=who.name, day=who.closed_on)
        lifted = transfers.lift(desk.db)
        people.change(desk.db, person, new, desk.stamp)
        transfers.note(desk.db, transfer, Answer("accepted", on, place), desk.stamp)
        ended = () if keep_contract else _end_contracts(desk, person, on)
        handed = _hand_tasks(desk, person, who.responsible_doctor, home.doctor)
        laid = transfers.lay(desk.db, desk.stamp.origin)
        replan(desk, {person} | (lifted ^ laid))
    return Accepted(transfer, ended, handed)


def settle(desk: Desk, person: int, village: str, on: date, doctor: str | None) -> Transfer:
    """Decide where somebody lives whom two villages have: as a transfer to there that is accepted here. A village decides
    only that they live with it; to give somebody up it asks the other one, which may not have them.

    Raises NotAllowed (as `ours`, `transfer.once`, `transfer.not_ours`), ValueRefused (`transfer.village`,
    `value.future`).
    """
    with deed(desk.db, desk.stamp, "transfer.settle", person):
        who = ours(desk, person)
        if on > desk.today:
            raise refusal(Problem("value.future", "moved_on", on))
        place = _known_village(desk, village)
        left = people.village_of(desk.db, person)
        undecided = people.claimed_twice(desk.db, person)
        if undecided is None or (not undecided and place == left):
            raise NotAllowed("transfer.once", name=who.name, village=who.village or "-")
        name, township, _hamlet = places.names(desk.db, place, None)
        if not transfers.may_settle(desk.db, desk.stamp.origin, place):
            raise NotAllowed("transfer.not_ours", village=name)
        wanted: dict[str, object] = {"township": township, "village": name}
        if doctor is not None:
            wanted["responsible_doctor"] = doctor
        people.change(desk.db, person, wanted, desk.stamp)
        if who.village == name:  # nothing changes, and it is decided all the same
            people.note_change(desk.db, person, "village", name, name, desk.stamp)
        number = transfers.add(desk.db, person, New(left if left != place else None, place, None, on, None), desk.stamp)
        made = transfers.by_number(desk.db, number)
        assert made is not None
        transfers.note(desk.db, made, Answer("accepted", on, place), desk.stamp)
        replan(desk, {person} | transfers.follow(desk.db, [person], desk.stamp.origin))
    return made


def decline(desk: Desk, person: int, on: date, reason: str) -> Transfer:
    """Say that they are not taken on, and why: they stay the sender's. Raises as `accept`, and
    ValueRefused (`value.missing`)."""
    if not reason.strip():
        raise refusal(Problem("value.missing", "reason"))
    return _answer(desk, person, "transfer.decline", Answer("declined", on, None, reason.strip()))


def withdraw(desk: Desk, person: int, on: date, reason: str | None) -> Transfer:
    """Say that they do not move after all. Raises as `accept`."""
    return _answer(desk, person, "transfer.withdraw", Answer("withdrawn", on, None, reason))


def meant(desk: Desk, person: int, arriving: bool = False) -> Transfer:
    """The transfer of this person that waits for an answer; `arriving`: also one that came here from out of reach.

    Raises NotAllowed (`transfer.none`).
    """
    known = transfers.of(desk.db, person)
    waiting = [one for one in known if one.open] or [one for one in known if arriving and one.state == "left"]
    if not waiting:
        raise NotAllowed("transfer.none", name=people.get(desk.db, person).name)
    return waiting[-1]


def _answer(desk: Desk, person: int, kind: str, answer: Answer) -> Transfer:
    with deed(desk.db, desk.stamp, kind, person):
        transfer = meant(desk, person)
        if answer.answer != "withdrawn":
            _ours_to_answer(desk, transfer)
        _possible(desk, transfer, answer.on)
        transfers.note(desk.db, transfer, answer, desk.stamp)
        changed = transfers.follow(desk.db, [person], desk.stamp.origin)
        replan(desk, changed)
    return transfer


def _to_move(desk: Desk, person: int, on: date) -> Person:
    who = ours(desk, person)
    for known in transfers.of(desk.db, person):
        if known.open:
            raise NotAllowed("transfer.waiting", name=who.name, day=known.moved_on)
    if on > desk.today:
        raise refusal(Problem("value.future", "moved_on", on))
    if who.born is not None and on < who.born:
        raise refusal(Problem("value.before_birth", "moved_on", on, who.born))
    return who


def _ours_to_answer(desk: Desk, transfer: Transfer) -> None:
    """Who sends somebody cannot say for the others that they took them on: both would go on looking for them."""
    if transfers.leads_out(desk.db, transfer, desk.stamp.origin):
        assert transfer.to_place is not None
        village = places.path(desk.db, transfer.to_place)
        raise NotAllowed("transfer.away", name=people.get(desk.db, transfer.person).name, village=village)


def _possible(desk: Desk, transfer: Transfer, on: date) -> None:
    if on > desk.today:
        raise refusal(Problem("value.future", "answered_on", on))
    if on < transfer.moved_on:
        raise ValueRefused("transfer.before", on=on, day=transfer.moved_on)


def _named(text: str) -> tuple[str | None, str]:
    """(township, village) of 城关镇/上各村, or of a village alone."""
    township, slash, village = (part.strip() for part in usual(text).replace("／", "/").rpartition("/"))
    if not village or (slash and not township):
        raise ValueRefused("transfer.village", village=text)
    return township or None, village


def _known_village(desk: Desk, text: str) -> int:
    """The place id of a village by its name, path or code; one that is named with its township is made where it is not
    known. Raises ValueRefused (`transfer.village`, `place.several`)."""
    township, name = _named(text)
    try:
        found = places.find(desk.db, text)
    except ValueRefused as error:
        if error.code != "place.unknown":
            raise
        if township is None:
            raise ValueRefused("transfer.village", village=name) from None
        found = places.settle(desk.db, township, name, None, desk.stamp).village or 0
    if places.at(desk.db, found, "village") != found:
        raise ValueRefused("transfer.village", village=text)
    return found


def _new_home(desk: Desk, transfer: Transfer, home: Home) -> tuple[int, dict[str, object]]:
    """The village (place id) and the columns of the person there."""
    if home.village is not None:
        place = _known_village(desk, home.village)
    elif transfer.to_place is None:
        raise ValueRefused("transfer.where")
    else:
        place = transfer.to_place
    village_name, township, _hamlet = places.names(desk.db, place, None)
    new: dict[str, object] = {"township": township, "village": village_name, "responsible_doctor": home.doctor}
    return place, new | {name: getattr(home, name) for name in _OLD_HOME}


def _end_contracts(desk: Desk, person: int, on: date) -> tuple[str, ...]:
    """Contracts are with the team they leave; the book names the reason."""
    protocol = desk.editions.on(desk.today)
    reason = Transfers.of(protocol).contract.ends
    if reason not in Contracts.of(protocol).reasons:
        return ()
    ended = [one for one in contracts.of(desk.db, person) if one.ended_on is None and one.end_on >= on]
    for one in ended:
        contracts.end(desk.db, person, one.id, max(on, one.start_on), reason, desk.stamp)
    return tuple(one.team for one in ended)


def _hand_tasks(desk: Desk, person: int, before: str | None, doctor: str) -> int:
    """Open tasks about them that were the former doctor's are the new one's; how many."""
    found = [] if before in (None, doctor) else tasks.owned(desk.db, person, before)
    for task in found:
        tasks.happened(desk.db, task, Event("handed_to", desk.today, owner=doctor), desk.stamp)
    return len(found)
