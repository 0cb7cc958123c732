"""Rewrite what is derived about people from their facts: verdicts, open plans, agenda, what they are supplied with."""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial

from chronic.care.desk import Desk
from chronic.model.medicine import Course
from chronic.model.plan import Assessment
from chronic.protocol import Editions
from chronic.rules.assessment import assess
from chronic.store import histories, medicines, plans
from chronic.store.registry import immediate, others_wrote

_AT_ONCE = 500


def replan(desk: Desk, people: Iterable[int]) -> None:
    """Re-read these people's histories and rewrite their verdicts and plans."""
    with immediate(desk.db):
        batch: list[tuple[int, Assessment]] = []
        for person, history in histories.read(desk.db, people):
            batch.append((person, assess(history, desk.editions)))
            if len(batch) == _AT_ONCE:
                _rewrite(desk, batch)
                batch = []
        _rewrite(desk, batch)


def replan_beside_others(desk: Desk, people: Iterable[int]) -> None:
    """The same for a few of very many: others may write while these are read and judged, only the rewriting keeps them
    out. What they wrote meanwhile is looked at again."""
    some = list(people)
    before = others_wrote(desk.db)
    assessed = [(person, assess(history, desk.editions)) for person, history in histories.read(desk.db, some)]
    with immediate(desk.db):
        if others_wrote(desk.db) != before:
            replan(desk, some)
        else:
            _rewrite(desk, assessed)


def _rewrite(desk: Desk, assessed: list[tuple[int, Assessment]]) -> None:
    plans.rewrite(desk.db, assessed)
    supply(desk, [person for person, _ in assessed])


def supply(desk: Desk, some: Sequence[int]) -> None:
    """Rewrite which medicines these people are being supplied with, and until when each lasts."""
    found = medicines.of(desk.db, some)
    going: dict[int, list[Course]] = {}
    if found:
        from chronic.protocol.medicines import Medicines
        from chronic.rules import drugs
        from chronic.rules.medicines import courses

        key = partial(drugs.key, book=Medicines.of(desk.editions.on(desk.today)))
        going = {person: courses(entries, key) for person, entries in found.items()}
    medicines.rewrite(desk.db, some, going)


def stale(db: sqlite3.Connection, editions: Editions, people: Iterable[int]) -> list[int]:
    """People whose stored verdicts and plans differ from a fresh computation; always empty unless there is a bug."""
    return [
        person
        for person, history in histories.read(db, people)
        if in_order(plans.read(db, person)) != in_order(assess(history, editions))
    ]


def in_order(assessment: Assessment) -> Assessment:
    ordered = tuple(sorted(assessment.plans, key=lambda plan: (plan.kind, plan.programme, plan.slip)))
    return assessment._replace(plans=ordered)
