"""Somebody whom another registry closes as moved away may have moved to here.

Two villages registered the same person without knowing of each other, and one of them closes its registration. For the
other, who has them, nothing has ended: it says so, as if they had been transferred and accepted, and that travels.

A closing that means this registration too stands: one by another computer of this village, by a township or county, which
has all of their registrations as one, or by whoever had decided before that they live here. Where that is in doubt they are
kept: better on two lists than on none.
"""

from chronic.care.desk import Desk
from chronic.store import bundles, closings, people, places, registers, transfers
from chronic.store.transfers import Answer, New


def open_here(desk: Desk) -> set[int]:
    """Whom this village registered itself and looks after; nobody in a registry of several villages."""
    if not transfers.of_a_village(desk.db):
        return set()
    return closings.open_of(desk.db, desk.stamp.origin)


def keep(desk: Desk, before: set[int], touched: set[int]) -> tuple[int, ...]:
    """Go on with those who were open here and are closed now because another registration of theirs was; who they are."""
    kept = []
    for person, uid, village in closings.moved(desk.db, before & touched):
        who = people.get(desk.db, person)
        assert who.closed_on is not None
        own = registers.first_said(desk.db, person, uid, "village")
        place = places.settle(desk.db, registers.first_said(desk.db, person, uid, "township"), own, None, desk.stamp).village
        place = place or village
        if place is None or _means_us(desk, person, place):
            continue
        name, township, _hamlet = places.names(desk.db, place, None)
        new: dict[str, object] = {"closed_on": None, "closed_reason": None, "village": name, "township": township}
        people.change(desk.db, person, new, desk.stamp)
        if who.village == name:
            people.note_change(desk.db, person, "village", name, name, desk.stamp)
        number = transfers.add(desk.db, person, New(None, place, None, who.closed_on, None), desk.stamp)
        made = transfers.by_number(desk.db, number)
        assert made is not None
        transfers.note(desk.db, made, Answer("accepted", who.closed_on, place), desk.stamp)
        kept.append(person)
    return tuple(kept)


def _means_us(desk: Desk, person: int, place: int) -> bool:
    """Does the closing end what this village, `place`, has of them too?"""
    by = closings.by(desk.db, person)
    if by == desk.stamp.origin or bundles.of_several_villages(desk.db, by):
        return True
    accepted = [
        (who, where == place or transfers.ours(desk.db, desk.stamp.origin, where))
        for where, who in transfers.accepted(desk.db, person)
    ]
    if accepted and not accepted[0][1]:  # decided, and for another village
        return True
    return any(who == by for who, here in accepted if here)
