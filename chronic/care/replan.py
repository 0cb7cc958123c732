"""Rewrite what is derived about people from their facts: verdicts, open plans, agenda."""

import sqlite3
from collections.abc import Iterable

from chronic.care.desk import Desk
from chronic.model.plan import Assessment
from chronic.protocol import Editions
from chronic.rules.assessment import assess
from chronic.store import histories, plans
from chronic.store.registry import immediate

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


def stale(db: sqlite3.Connection, editions: Editions, people: Iterable[int]) -> list[int]:
    """People whose stored verdicts and plans differ from a fresh computation; always empty unless there is a bug."""
    return [
        person
        for person, history in histories.read(db, people)
        if in_order(plans.read(db, person)) != in_order(assess(history, editions))
    ]


def in_order(assessment: Assessment) -> Assessment:
    ordered = tuple(sorted(assessment.plans, key=lambda plan: (plan.kind, plan.programme)))
    return assessment._replace(plans=ordered)
