"""Rewrite what is derived about people from their facts: verdicts, open plans, agenda, what they are supplied with."""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial

from chronic.care.desk import Desk
from chronic.model.medicine import Course
from chronic.model.plan import Assessment
from chronic.protocol import Protocol
from chronic.rules.assessment import assess
from chronic.store import histories, medicines, plans
from chronic.store.transactions import immediate, others_wrote

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
    medicines.rewrite(desk.db, some, courses(desk.db, desk.editions.on(desk.today), some))


def courses(db: sqlite3.Connection, protocol: Protocol, some: Sequence[int]) -> dict[int, list[Course]]:
    """What each of these people is being supplied with by their entries, as this guideline reads names; in the order
    of `medicines.courses`."""
    found = medicines.of(db, some)
    if not found:
        return {}
    from chronic.protocol.medicines import Medicines
    from chronic.rules import drugs
    from chronic.rules.medicines import courses as going

    key = partial(drugs.key, book=Medicines.of(protocol))
    return {person: its for person, entries in found.items() if (its := going(entries, key))}


def in_order(assessment: Assessment) -> Assessment:
    ordered = tuple(sorted(assessment.plans, key=lambda plan: (plan.kind, plan.programme, plan.slip)))
    return assessment._replace(plans=ordered)
