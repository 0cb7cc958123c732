"""Checking the registry: what the checks find becomes tasks, and what they do not find any more is closed.

One problem is one row for ever, by its key. Found for the first time it is made; found again while open nothing is
written, so a second run changes nothing; gone, it is closed by the rule; back, it is reopened. A task that somebody
closed although the problem is still there is reopened as well and keeps its day; one of a check that evidence ends
(something happened, and stays) is closed for good by whoever says what was done. A check taken out of force closes what
it had opened.
"""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import islice
from typing import NamedTuple, TypeVar

from chronic.care.desk import Desk
from chronic.model.task import TYPED, Event, Task
from chronic.model.task import Problem as Found
from chronic.protocol.tasks import Check, Tasks
from chronic.reports.problems import problems
from chronic.store import audit, registry, tasks, transactions
from chronic.store.journal import deed

_AT_ONCE = 100
_T = TypeVar("_T")
STATES = ("found", "new", "reopened", "closed")


class Count(NamedTuple):
    """What became of one check: problems there are now, tasks made, reopened and closed."""

    found: int = 0
    new: int = 0
    reopened: int = 0
    closed: int = 0


def check(desk: Desk, asked: bool = True) -> dict[str, Count]:
    """Make every check in force: its code -> what became of it.

    `asked`: by somebody, who may take it back: one transaction. The nightly run's is no deed of anybody's, and looks before
    it writes, a few tasks at a time, so that whoever records does not wait; what it did not come to, the next run finds.
    """
    doctor = registry.settings(desk.db).get("doctor") or desk.stamp.by
    with deed(desk.db, desk.stamp, "task.check") if asked else nullcontext():
        chosen = Tasks.of(desk.editions.on(desk.today))
        codes = [code for code in chosen.in_force.checks if code != TYPED]
        counts = {code: _check(desk, code, chosen.checks[code], doctor) for code in codes}
        for kind in tasks.open_kinds(desk.db):
            if kind != TYPED and kind not in counts:
                counts[kind] = Count(closed=_close(desk, kind, set()))
        if not asked and any(count[1:] != (0, 0, 0) for count in counts.values()):
            with transactions.immediate(desk.db):
                audit.note(desk.db, desk.stamp, "task.check")
    return counts


def _check(desk: Desk, code: str, check: Check, doctor: str) -> Count:
    there: set[int] = set()
    new = reopened = 0
    for some in _lots(list(problems(desk.db, desk.today, desk.editions, code, check))):
        with transactions.immediate(desk.db):
            for problem in some:
                known = tasks.keyed(desk.db, problem.key)
                if known is None:
                    if problem.fresh:
                        there.add(_make(desk, code, check, problem, doctor))
                        new += 1
                elif known.open or _reopened(desk, known.id, check):
                    reopened += not known.open
                    there.add(known.id)
    return Count(len(there), new, reopened, _close(desk, code, there))


def _lots(whole: Iterable[_T]) -> Iterator[list[_T]]:
    """So few at a time that a lot is written in a fraction of a second."""
    waiting = iter(whole)
    while some := list(islice(waiting, _AT_ONCE)):
        yield some


def _make(desk: Desk, code: str, check: Check, found: Found, doctor: str) -> int:
    due_on = check.within.after(desk.today)
    owner = found.owner or doctor
    task = Task(found.key, code, found.person, None, None, found.since_on, found.about, owner, desk.today, due_on)
    return tasks.add(desk.db, task, desk.stamp)


def _reopened(desk: Desk, number: int, check: Check) -> bool:
    """Open a closed task again; not one that evidence ended."""
    by_rule = tasks.closed_by_rule(desk.db, number)
    if check.ended_by == "evidence" and not by_rule:
        return False
    due_on = check.within.after(desk.today) if by_rule else None
    tasks.happened(desk.db, number, Event("reopened", desk.today, by_rule=True, due_on=due_on), desk.stamp)
    return True


def _close(desk: Desk, kind: str, there: set[int]) -> int:
    """Close the open tasks of a check whose problems are gone; how many."""
    gone = [number for number in tasks.open_of(desk.db, kind) if number not in there]
    for some in _lots(gone):
        with transactions.immediate(desk.db):
            for number in some:
                tasks.happened(desk.db, number, Event("closed", desk.today, by_rule=True), desk.stamp)
    return len(gone)
