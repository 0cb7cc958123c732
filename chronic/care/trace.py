"""Calling people back, and what they say of the service. A call ends nothing: only a visit, or a dated fact, does."""

from collections.abc import Iterator
from datetime import date

from chronic.care.dated import impossible
from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.call import ENDS, NOT_CALLED, Call, Opinion, Tracing
from chronic.model.plan import Problem
from chronic.protocol.tracing import Recall
from chronic.store import calls, opinions, plans
from chronic.store.journal import deed

_GONE = ("died", "moved")


def call(desk: Desk, person: int, told: Call, day: date | None) -> Tracing:
    """Record one attempt; where calling this person back stands now.

    `day`: the one agreed on, or chosen for the next attempt. Raises ValueRefused: `call.date_needed`, `call.no_date`,
    `call.date_before`, `call.date_far`, `call.note_needed`, and the refusals of a day.
    """
    agreed = told.outcome == "agreed"
    new = told._replace(
        uid=desk.stamp.uid(), promised_on=day if agreed else None, next_call_on=None if agreed else day,
        note=(told.note or "").strip() or None,
    )  # fmt: skip
    for problem in (*impossible(desk, person, new.on, "called_on"), *_wrong(desk, new, day)):
        raise refusal(problem)
    with deed(desk.db, desk.stamp, "call.add", person):
        calls.add(desk.db, person, new, desk.stamp)
        replan(desk, [person])
    standing = plans.standing(desk.db, person)
    return NOT_CALLED if standing is None else standing.tracing


def say(desk: Desk, person: int, said: Opinion) -> int:
    """Record what somebody says of the service; its number. Raises ValueRefused (`opinion.nothing`)."""
    if not (said.satisfaction or said.complaint or said.suggestion):
        raise ValueRefused("opinion.nothing")
    for problem in impossible(desk, person, said.on, "said_on"):
        raise refusal(problem)
    with deed(desk.db, desk.stamp, "opinion.add", person):
        return opinions.add(desk.db, person, said, desk.stamp)


def handle(desk: Desk, number: int, on: date, by: str | None, note: str) -> Opinion:
    """Record what was done about an opinion, by the user unless somebody is named.

    Raises ValueRefused (`opinion.none`, `opinion.before`, `value.future`), NotAllowed (`opinion.handled`, `opinion.idle`).
    """
    found = opinions.by_number(desk.db, number)
    if found is None:
        raise ValueRefused("opinion.none", number=number)
    person, said = found
    before = opinions.handled_on(desk.db, said)
    if before is not None:
        raise NotAllowed("opinion.handled", number=number, day=before)
    if not said.to_handle:
        raise NotAllowed("opinion.idle", number=number)
    if on > desk.today:
        raise refusal(Problem("value.future", "handled_on", on))
    if on < said.on:
        raise refusal(Problem("opinion.before", "handled_on", on, said.on))
    with deed(desk.db, desk.stamp, "opinion.handle", person):
        opinions.handle(desk.db, person, said, on, by or desk.stamp.by, note, desk.stamp)
    return said


def _wrong(desk: Desk, new: Call, day: date | None) -> Iterator[Problem]:
    """What is missing or impossible about the outcome and its day."""
    if new.outcome in _GONE and day is not None:
        yield Problem("call.no_date")
    if new.outcome in ("agreed", "call_later") and day is None:
        yield Problem("call.date_needed")
    if new.outcome == "other" and new.note is None:
        yield Problem("call.note_needed")
    if day is not None:
        furthest = Recall.of(desk.editions.on(new.on)).longest.within.after(new.on)
        if day < new.on:
            yield Problem("call.date_before", "", day, new.on)
        if day > furthest:
            yield Problem("call.date_far", "", day, furthest)


def commands(desk: Desk, person: int, outcome: str) -> list[str]:
    """What records the fact behind an outcome that ends management, the day left to be filled in."""
    if outcome in _GONE:
        there = [f"chronic transfer out {person} --to VILLAGE"] if outcome == "moved" else []
        return [*there, f"chronic person close {person} --reason {outcome} --on YYYY-MM-DD"]
    return [
        f"chronic programme end {person} {programme} --reason refused --on YYYY-MM-DD"
        for programme in managed(desk, person)
        if outcome in ENDS
    ]


def managed(desk: Desk, person: int) -> list[str]:
    """The programmes open for this person."""
    return list(dict.fromkeys(plan.programme for plan in plans.read(desk.db, person).plans if plan.kind == "followup"))
