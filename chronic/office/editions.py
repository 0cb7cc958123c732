"""A guideline comes into force: who changes and why, then everyone concerned is planned anew.

Verdicts are stored beside the facts, so a new edition touches what it judges and nothing else. The work is done in
short transactions: others can write in between, and what an interruption leaves undone `replan` finishes.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.replan import courses, in_order, replan_beside_others
from chronic.errors import NotAllowed, ValueRefused
from chronic.i18n import N_
from chronic.model.days import iso
from chronic.model.person import Person
from chronic.model.plan import Assessment, Plan, Verdict
from chronic.model.report import Column, Report
from chronic.protocol import Editions, Protocol
from chronic.rules.assessment import assess
from chronic.store import audit, histories, medicines, people, plans
from chronic.store import editions as stored
from chronic.store.transactions import immediate

_AT_ONCE = 200
_COLUMNS = (
    Column("person_id", N_("No."), right=True),
    Column("name", N_("Name")),
    Column("programme", N_("Programme")),
    Column("class_before", N_("Class now")),
    Column("class_after", N_("Class then")),
    Column("due_before", N_("Next by now")),
    Column("due_after", N_("Next by then")),
    Column("verdicts", N_("Visits judged otherwise"), right=True),
    Column("rule", N_("Rule")),
    Column("protocol", N_("Guideline"), hidden=True),
    Column("cites", N_("Sources"), hidden=True),
)


class Change(NamedTuple):
    """How one programme of one person would stand: before and after. `verdicts` is how many of them differ, `rule`,
    `cites` and `protocol` are those of the latest."""

    person: int
    name: str
    programme: str
    klass: tuple[str | None, str | None]
    due_on: tuple[date | None, date | None]
    verdicts: int
    rule: str
    cites: tuple[str, ...]
    protocol: str


def planned(desk: Desk, protocol: Protocol, day: date) -> Editions:
    """The editions as they would be. Raises ValueRefused (`protocol.id_taken`, `protocol.too_early`) and NotAllowed
    (`protocol.same`)."""
    if day < protocol.effective_from:
        raise ValueRefused("protocol.too_early", id=protocol.id, day=protocol.effective_from)
    rows = dict(stored.in_force(desk.db))
    for known_from, known in rows.items():
        if known.id == protocol.id and known != protocol:
            raise ValueRefused("protocol.id_taken", id=protocol.id)
        if known_from == day and known == protocol:
            raise NotAllowed("protocol.same", id=protocol.id, day=day)
    return Editions({**rows, day: protocol}.items())


def use(desk: Desk, protocol: Protocol, text: str | None, day: date) -> None:
    """Put the guideline in force from that day on; the plans still have to follow (`renew`)."""
    with immediate(desk.db):
        planned(desk, protocol, day)
        stored.put(desk.db, day, protocol, text, desk.stamp)
        audit.note(desk.db, desk.stamp, "protocol.use", about=protocol.id)


def differing(db: sqlite3.Connection, editions: Editions, day: date) -> Iterator[tuple[int, list[Change]]]:
    """Everyone of whom something derived is not what these editions make of it, ids ascending, memory flat.

    No change is listed where nothing but the name of the guideline would be another, or what a medicine's name means on
    that day.
    """
    for some in people.chunks(db, _AT_ONCE):
        named, going = medicines.courses(db, some), courses(db, editions.on(day), some)
        for person, history in histories.read(db, some):
            before, after = in_order(plans.read(db, person)), in_order(assess(history, editions))
            if before != after or named.get(person) != going.get(person):
                yield person, list(_compared(people.get(db, person), before, after))


def report(day: date, found: Iterable[Change]) -> Report:
    """The changes as a listing."""
    return Report("replan", day.isoformat(), _COLUMNS, map(_row, found))


def renew(desk: Desk, concerned: Iterable[int]) -> Iterator[int]:
    """Plan these people anew, some at a time; how many are done, after each transaction."""
    waiting, done = iter(concerned), 0
    while some := list(islice(waiting, _AT_ONCE)):
        replan_beside_others(desk, some)
        done += len(some)
        yield done


def _row(change: Change) -> dict[str, object]:
    return {
        "person_id": change.person, "name": change.name, "programme": change.programme,
        "class_before": change.klass[0], "class_after": change.klass[1],
        "due_before": iso(change.due_on[0]), "due_after": iso(change.due_on[1]),
        "verdicts": change.verdicts, "rule": change.rule, "protocol": change.protocol, "cites": list(change.cites),
    }  # fmt: skip


def _compared(person: Person, before: Assessment, after: Assessment) -> Iterator[Change]:
    """One change a programme; what differs outside any programme has the programme ''."""
    named = [item.programme for half in (before, after) for item in half.verdicts]
    named += [item.programme for half in (before, after) for item in half.plans]
    for programme in dict.fromkeys(named):
        was, now = _of(before, programme), _of(after, programme)
        if was == now and _plans(before, programme) == _plans(after, programme):
            continue
        others = [verdict.visit for verdict in now if verdict not in was]
        last = next(
            (v for v in reversed(after.verdicts) if v.programme == programme and v.visit in (others or [v.visit])), None
        )
        yield Change(
            person.id, person.name, programme, (_class(before, programme), _class(after, programme)),
            (_due(before, programme), _due(after, programme)), len(others),
            last.rule if last else "", last.cites if last else (), last.protocol if last else "",
        )  # fmt: skip


def _of(assessment: Assessment, programme: str) -> list[Verdict]:
    """The programme's verdicts, without the guideline's name, which alone changes nothing for anybody."""
    return [v._replace(protocol="", cites=()) for v in assessment.verdicts if v.programme == programme]


def _plans(assessment: Assessment, programme: str) -> list[Plan]:
    return [plan for plan in assessment.plans if plan.programme == programme]


def _due(assessment: Assessment, programme: str) -> date | None:
    return min((plan.due_on for plan in assessment.plans if plan.programme == programme), default=None)


def _class(assessment: Assessment, programme: str) -> str | None:
    return assessment.standing.klass.get(programme) if assessment.standing else None
