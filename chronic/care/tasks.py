"""Tasks: what supervision wrote down, who is to do it, and what was done. What checks find is `office.supervision`."""

from collections.abc import Sequence
from datetime import date

from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.plan import Problem
from chronic.model.task import TYPED, Event, Handed, Task
from chronic.protocol.tasks import Tasks
from chronic.store import people, registry, tasks
from chronic.store.journal import deed


def add(desk: Desk, title: str, person: int | None, place: int | None, owner: str | None, due_on: date | None) -> int:
    """Write down a problem that somebody saw; its number.

    Without an owner it is the person's responsible doctor's, else the registry's; without a day the book says until when.
    Raises ValueRefused (`task.no_title`, `task.due_before`).
    """
    title = title.strip()
    if not title:
        raise ValueRefused("task.no_title")
    due_on = due_on or Tasks.of(desk.editions.on(desk.today)).typed.within.after(desk.today)
    _not_past(desk, due_on)
    if owner is None and person is not None:
        owner = people.get(desk.db, person).responsible_doctor
    owner = owner or registry.settings(desk.db).get("doctor") or desk.stamp.by
    new = Task("", TYPED, person, place, title, None, None, owner, desk.today, due_on)
    with deed(desk.db, desk.stamp, "task.add", person):
        return tasks.add(desk.db, new, desk.stamp)


def close(desk: Desk, number: int, evidence: str, on: date) -> Task:
    """Say what was done. Raises ValueRefused (`task.none`, `task.no_evidence`, `value.future`, `task.before`) and
    NotAllowed (`task.closed`)."""
    evidence = evidence.strip()
    if not evidence:
        raise ValueRefused("task.no_evidence")
    if on > desk.today:
        raise refusal(Problem("value.future", "on", on))
    old = _open(desk, number)
    if on < old.found_on:
        raise ValueRefused("task.before", on=on, day=old.found_on)
    return _write(desk, old, "task.close", Event("closed", on, text=evidence))


def hand_to(desk: Desk, number: int, owner: str, due_on: date | None) -> Task:
    """Give a task to somebody, perhaps with another day. Raises as `close`, and ValueRefused (`task.due_before`)."""
    owner = owner.strip()
    if not owner:
        raise ValueRefused("task.no_owner")
    old = _open(desk, number)
    if due_on is not None:
        _not_past(desk, due_on)
    return _write(desk, old, "task.assign", Event("handed_to", desk.today, owner=owner, due_on=due_on))


def note(desk: Desk, number: int, text: str) -> Task:
    """Add a note or a piece of evidence; open or closed. Raises ValueRefused (`task.none`, `task.no_note`)."""
    text = text.strip()
    if not text:
        raise ValueRefused("task.no_note")
    return _write(desk, known(desk, number), "task.note", Event("note", desk.today, text=text))


def accept(desk: Desk, number: int, text: str | None) -> Task:
    """Who handed a task out looked at what was done, and it is done. Raises ValueRefused (`task.none`) and NotAllowed
    (`task.not_ours`, `task.open`, `task.accepted`)."""
    return _write(desk, _to_judge(desk, number), "task.accept", Event("accepted", desk.today, text=text))


def give_back(desk: Desk, number: int, reason: str, due_on: date | None) -> Task:
    """What was done is not enough: the task is open again. Raises as `accept`, and ValueRefused (`task.no_reason`,
    `task.due_before`)."""
    reason = reason.strip()
    if not reason:
        raise ValueRefused("task.no_reason")
    old = _to_judge(desk, number)
    due_on = due_on or Tasks.of(desk.editions.on(desk.today)).typed.within.after(desk.today)
    _not_past(desk, due_on)
    return _write(desk, old, "task.return", Event("reopened", desk.today, text=reason, due_on=due_on))


def hand_out(desk: Desk, source: str, lists: Sequence[Handed], due_on: date | None) -> list[int]:
    """A task for each village with the people on it; their numbers. Raises ValueRefused (`task.due_before`)."""
    due_on = due_on or Tasks.of(desk.editions.on(desk.today)).typed.within.after(desk.today)
    _not_past(desk, due_on)
    made = []
    with deed(desk.db, desk.stamp, "task.hand_out"):
        for one in lists:
            new = Task("", TYPED, None, one.place, one.title, None, source, one.owner, desk.today, due_on)
            number = tasks.add(desk.db, new, desk.stamp)
            tasks.about(desk.db, number, one.people, desk.stamp)
            made.append(number)
    return made


def known(desk: Desk, number: int) -> Task:
    """The task with this number. Raises ValueRefused (`task.none`)."""
    found = tasks.by_id(desk.db, number)
    if found is None:
        raise ValueRefused("task.none", number=number)
    return found


def _open(desk: Desk, number: int) -> Task:
    found = known(desk, number)
    if tasks.now(desk.db, number) is None:
        raise NotAllowed("task.closed", number=number)
    return found


def _to_judge(desk: Desk, number: int) -> Task:
    """Nobody signs off what somebody else wants to see done."""
    found = known(desk, number)
    if tasks.origin(desk.db, number) != desk.stamp.origin:
        raise NotAllowed("task.not_ours", number=number)
    if tasks.now(desk.db, number) is not None:
        raise NotAllowed("task.open", number=number)
    if tasks.accepted(desk.db, number):
        raise NotAllowed("task.accepted", number=number)
    return found


def _not_past(desk: Desk, due_on: date) -> None:
    if due_on < desk.today:
        raise ValueRefused("task.due_before", day=due_on)


def _write(desk: Desk, old: Task, kind: str, new: Event) -> Task:
    with deed(desk.db, desk.stamp, kind, old.person):
        tasks.happened(desk.db, old.id, new, desk.stamp)
    return old
