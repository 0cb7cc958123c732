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
from chronic.store.journal import deed


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
    with deed(desk.db, desk.stamp, "refer.reply", person):
        outcome = meant(desk, person, told)
        referrals.add(desk.db, person, outcome, (told.institution, told.diagnosis, told.advice), desk.stamp)
        replan(desk, [person])


def meant(desk: Desk, person: int, told: Reply) -> Outcome:
    """The outcome with the referral it answers: the latest one open on its day. Raises as `reply`."""
    referred = [plan for plan in plans.read(desk.db, person).plans if plan.kind == "referral"]
    if not referred:
        raise NotAllowed("referral.none", name=people.get(desk.db, person).name)
    problem = impossible_day(told.on, min(plan.since_on for plan in referred), desk.today)
    if problem is not None:
        raise refusal(problem)
    latest = max((plan for plan in referred if plan.since_on <= told.on), key=lambda plan: plan.since_on)
    found = visits.by_id(desk.db, latest.visit) if latest.visit is not None else None
    return Outcome(told.on, told.outcome, answers=found[0].uid if found else None)


def impossible_day(on: date, since_on: date, today: date) -> Problem | None:
    """Why an outcome cannot be of this day, for a referral open since another."""
    if on > today:
        return Problem("value.future", "outcome_on", on)
    return Problem("referral.before", "outcome_on", on, since_on) if on < since_on else None
