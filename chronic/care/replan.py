"""Rewrite what is derived about people from their facts: verdicts, open plans, agenda."""

import sqlite3
from collections.abc import Iterable

from chronic.care.desk import Desk
from chronic.model.plan import Assessment
from chronic.protocol import Editions
from chronic.rules.assessment import assess
from chronic.store import histories, plans
from chronic.store.registry import immediate, others_wrote

_AT_ONCE = 500


def replan(desk: Desk, people: Iterable[int]) -> None:
    """Re-read these people's histories and rewrite their verdicts and plans."""
    with immediate(desk.db):
        batch: list[tuple[int, Assessment]] = []
        for person, history in histories.read(desk.db, people):
            batch.append((person, assess(history, desk.editions)))
            if len(batch) == _AT_ONCE:
                plans.rewrite(desk.db, batch)
                batch = []
        plans.rewrite(desk.db, batch)


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
            plans.rewrite(desk.db, assessed)


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
