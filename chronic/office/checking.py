"""Is the registry whole: its file, what was written in it, and what follows from that? Nothing is changed by looking."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.replan import replan
from chronic.i18n import N_
from chronic.model.report import Column, Report
from chronic.model.wording import say
from chronic.store import checks, editions, people, shadows, tasks, transactions
from chronic.store.checks import Wrong
from chronic.store.opening import Registry
from chronic.store.stamp import Stamp

_AT_ONCE = 500  # people
_NOBODY = Stamp("", 0, "", "")
_COLUMNS = (
    Column("part", N_("Part")),
    Column("person_id", N_("No."), right=True),
    Column("problem", N_("Problem"), last=True),
    Column("advice", N_("What to do"), last=True),
    Column("code", N_("Code"), hidden=True),
)
PARTS: dict[str, str] = {
    "file": "remedy.restore", "schema": "remedy.upgrade", "references": "remedy.restore",
    "facts": "remedy.restore", "audit": "remedy.compare", "contradictions": "remedy.correct", "derived": "remedy.mend",
}  # fmt: skip
"""What is looked at, in this order, and what to do about what is found there."""


class Problem(NamedTuple):
    """One finding and the part of the check it belongs to."""

    part: str
    wrong: Wrong


def problems(db: Registry, today: date, quick: bool = False) -> Iterator[Problem]:
    """Everything wrong with it. `quick`: nobody is judged anew, only compared with their contacts."""
    looks: dict[str, Callable[[sqlite3.Connection], Iterator[Wrong]]] = {
        "file": checks.of_the_file,
        "schema": checks.of_the_schema,
        "references": checks.of_references,
        "facts": checks.of_the_facts,
        "audit": checks.of_the_audit,
        "contradictions": checks.of_contradictions,
        "derived": checks.of_derived_rows if quick else lambda db: _derived(db, today),
    }
    damaged = False
    for part, look in looks.items():
        try:
            for wrong in look(db):
                damaged = True
                yield Problem(part, wrong)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            damaged = True
            yield Problem(part, Wrong("check.file", {"problem": error}))
        except Exception:  # a value that no rule knows: another part has named it
            if not damaged:
                raise
            yield Problem(part, Wrong("check.stopped", {}))


def report(found: Iterator[Problem] | list[Problem], today: date) -> Report:
    return Report("check", today.isoformat(), _COLUMNS, map(_row, found))


def _row(problem: Problem) -> dict[str, object]:
    code, values, person = problem.wrong
    return {
        "part": problem.part, "person_id": person, "problem": say(code, **values), "advice": say(PARTS[problem.part]),
        "code": code,
    }  # fmt: skip


def _derived(db: sqlite3.Connection, today: date) -> Iterator[Wrong]:
    """Everyone of whom something derived is not what their facts come to, as what always writes it writes it once more."""
    assert isinstance(db, Registry)
    with shadows.cast(db) as shadow:
        desk = Desk(shadow, today, editions.read(shadow), _NOBODY)
        before = 0
        for some in people.chunks(shadow, _AT_ONCE):
            for person in some:
                people.rekey(shadow, person)
            replan(desk, some)
            wrong = shadows.people(shadow, before + 1, some[-1])
            yield from (Wrong("check.derived", {}, person) for person in sorted(wrong))
            before = some[-1]
        tasks.derive(shadow, tasks.every(shadow))
        yield from (Wrong("check.task", {"task": task}) for task in shadows.tasks(shadow))


def mend(desk: Desk, found: list[Problem]) -> int:
    """Write anew what follows from the facts of the people and tasks found in the part `derived`; how many."""
    some = [one.wrong.person for one in found if one.part == "derived" and one.wrong.person is not None]
    open_ones = [one.wrong.values["task"] for one in found if one.wrong.code == "check.task"]
    with transactions.immediate(desk.db):
        for person in some:
            people.rekey(desk.db, person)
        replan(desk, some)
        tasks.derive(desk.db, [int(str(number)) for number in open_ones])
    return len(some) + len(open_ones)
