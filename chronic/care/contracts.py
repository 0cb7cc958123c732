"""Family-doctor contracts: sign, renew, end."""

from datetime import date, timedelta

from chronic.care.desk import Desk
from chronic.care.ours import ours
from chronic.care.record import refusal
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.contract import Contract
from chronic.model.person import Person
from chronic.model.plan import Problem
from chronic.protocol.contracts import Coded, Contracts
from chronic.store import contracts as store
from chronic.store import people
from chronic.store.journal import deed

_DAY = timedelta(days=1)


def sign(desk: Desk, person: int, team: str, package: str, on: date, until: date | None = None) -> Contract:
    """A contract from this day on; `until` is its last day, the usual term later if left out.

    Raises ValueRefused (`contract.package`, `contract.backwards`, `contract.far`, `value.missing`, `value.before_birth`) and
    NotAllowed
    (`person.closed`, `contract.overlap`).
    """
    new = Contract(team.strip(), package_of(desk, package), on, until or _last_day(desk, on))
    with deed(desk.db, desk.stamp, "contract.sign", person):
        _write(desk, ours(desk, person), new)
    return new


def renew(
    desk: Desk, person: int, team: str | None, package: str | None, on: date | None = None, until: date | None = None
) -> Contract:
    """The next contract, with the same team and package where nothing else is said. It begins the day after the last one
    ends, so that there is no gap, or today where that one ran out.

    Raises as `sign`, and NotAllowed (`contract.never`, `contract.renewed`).
    """
    with deed(desk.db, desk.stamp, "contract.renew", person):
        who = ours(desk, person)
        known = [one for one in store.of(desk.db, person) if one.last_on >= one.start_on]
        if not known:
            raise NotAllowed("contract.never", name=who.name, id=person)
        last = known[-1]
        if last.start_on > desk.today:
            raise NotAllowed("contract.renewed", name=who.name, start=last.start_on, end=last.last_on)
        begin = on or (last.last_on + _DAY if last.last_on >= desk.today else desk.today)
        code = last.package if package is None else package_of(desk, package)
        new = Contract((team or last.team).strip(), code, begin, until or _last_day(desk, begin))
        _write(desk, who, new)
    return new


def end(desk: Desk, person: int, on: date, reason: str) -> list[Contract]:
    """From this day on there is no contract: the one in force ends, and one already signed for later never begins.

    Raises ValueRefused (`contract.reason`, `value.future`), NotAllowed (`contract.none`).
    """
    if on > desk.today:
        raise refusal(Problem("value.future", "ended_on", on))
    code = _named("contract.reason", reason, Contracts.of(desk.editions.on(desk.today)).reasons)
    with deed(desk.db, desk.stamp, "contract.end", person):
        open_ones = [one for one in store.of(desk.db, person) if one.ended_on is None and one.end_on >= on]
        if not open_ones:
            raise NotAllowed("contract.none", name=people.get(desk.db, person).name, day=on)
        for one in open_ones:
            store.end(desk.db, person, one.id, max(on, one.start_on), code, desk.stamp)
    return open_ones


def package_of(desk: Desk, text: str) -> str:
    """The code of a package by its word, its number or its name. Raises ValueRefused (`contract.package`)."""
    return _named("contract.package", text, Contracts.of(desk.editions.on(desk.today)).packages)


def _named(problem: str, text: str, known: dict[str, Coded]) -> str:
    said = text.strip()
    for word, coded in known.items():
        if said in (word, coded.code, *coded.name):
            return word
    raise ValueRefused(problem, text=text, known=", ".join(f"{word} {coded.name.zh}" for word, coded in known.items()))


def _last_day(desk: Desk, on: date) -> date:
    return Contracts.of(desk.editions.on(desk.today)).term.length.after(on) - _DAY


def _write(desk: Desk, who: Person, new: Contract) -> None:
    if not new.team:
        raise refusal(Problem("value.missing", "team"))
    if new.end_on < new.start_on:
        raise ValueRefused("contract.backwards", start=new.start_on, end=new.end_on)
    if who.born is not None and new.start_on < who.born:
        raise refusal(Problem("value.before_birth", "start_on", new.start_on))
    known = store.of(desk.db, who.id)
    latest = max([_last_day(desk, desk.today), *(one.last_on for one in known)]) + _DAY
    if new.start_on > latest:  # for next year one may sign, or for when the last one ends
        raise ValueRefused("contract.far", start=new.start_on, latest=latest)
    for one in known:
        if one.start_on <= one.last_on and one.start_on <= new.end_on and new.start_on <= one.last_on:
            raise NotAllowed("contract.overlap", name=who.name, team=one.team, start=one.start_on, end=one.last_on)
    store.add(desk.db, who.id, new, desk.stamp)
