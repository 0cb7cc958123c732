"""What became of a referral."""

from datetime import date
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed
from chronic.model.person import Outcome
from chronic.model.plan import Problem
from chronic.store import people, plans, referrals, visits
from chronic.store.registry import immediate


class Reply(NamedTuple):
    """What the hospital or the family reported: seen 到诊, returned 回转, not_arrived 未到诊."""

    outcome: str
    on: date
    institution: str | None = None
    diagnosis: str | None = None
    advice: str | None = None


def reply(desk: Desk, person: int, told: Reply) -> None:
    """Record the outcome of the referrals open on that day.

    Raises NotAllowed (`referral.none`), ValueRefused (`value.future`, `referral.before`).
    """
    with immediate(desk.db):
        referred = [plan for plan in plans.read(desk.db, person).plans if plan.kind == "referral"]
        if not referred:
            raise NotAllowed("referral.none", name=people.get(desk.db, person).name)
        if told.on > desk.today:
            raise refusal(Problem("value.future", "outcome_on", told.on))
        if told.on < min(plan.since_on for plan in referred):
            raise refusal(Problem("referral.before", "outcome_on", told.on, min(plan.since_on for plan in referred)))
        latest = max((plan for plan in referred if plan.since_on <= told.on), key=lambda plan: plan.since_on)
        found = visits.by_id(desk.db, latest.visit) if latest.visit is not None else None
        answers = found[0].uid if found else None
        outcome = Outcome(told.on, told.outcome, answers=answers)
        referrals.add(desk.db, person, outcome, (told.institution, told.diagnosis, told.advice), desk.stamp)
        replan(desk, [person])
