"""What became of a referral."""

from datetime import date
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.person import Outcome
from chronic.model.plan import Plan, Problem
from chronic.store import people, plans, referrals, visits
from chronic.store.journal import deed


class Reply(NamedTuple):
    """What the hospital or the family reported: seen 到诊, returned 回转, not_arrived 未到诊."""

    outcome: str
    on: date
    institution: str | None = None
    diagnosis: str | None = None
    advice: str | None = None
    confirmed: str | None = None
    """Of a suspicion: did the hospital confirm it (yes, no)?"""
    programme: str | None = None
    """Which suspicion, where there are two."""


_ASKED = (("confirm_due",), ("enrol_due",))


def reply(desk: Desk, person: int, told: Reply) -> None:
    """Record the outcome of the referrals open on that day.

    Raises NotAllowed (`referral.none`, `confirm.nothing`), ValueRefused (`value.future`, `referral.before`,
    `confirm.which`, `confirm.not_seen`).
    """
    with deed(desk.db, desk.stamp, "refer.reply", person):
        outcome = meant(desk, person, told)
        referrals.add(desk.db, person, outcome, (told.institution, told.diagnosis, told.advice), desk.stamp)
        replan(desk, [person])


def meant(desk: Desk, person: int, told: Reply) -> Outcome:
    """The outcome with the referral it answers: the latest one open on its day. Raises as `reply`."""
    every = plans.read(desk.db, person).plans
    referred = [plan for plan in every if plan.kind == "referral" or plan.reasons in _ASKED]
    if not referred:
        raise NotAllowed("referral.none", name=people.get(desk.db, person).name)
    programme = _confirmed_for(desk, person, told, referred) if told.confirmed is not None else None
    problem = impossible_day(told.on, min(plan.since_on for plan in referred), desk.today)
    if problem is not None:
        raise refusal(problem)
    latest = max((plan for plan in referred if plan.since_on <= told.on), key=lambda plan: plan.since_on)
    found = visits.by_id(desk.db, latest.visit) if latest.visit is not None else None
    answers = found[0].uid if found else None
    return Outcome(told.on, told.outcome, answers=answers, confirmed=told.confirmed, programme=programme)


def _confirmed_for(desk: Desk, person: int, told: Reply, referred: list[Plan]) -> str:
    """Whose suspicion was confirmed or not: the only one, or the one that was named."""
    suspected = list(dict.fromkeys(plan.programme for plan in referred if plan.days_high is not None))
    if told.outcome == "not_arrived":
        raise ValueRefused("confirm.not_seen")
    if told.programme is not None:
        suspected = [programme for programme in suspected if programme == told.programme]
    if not suspected:
        raise NotAllowed("confirm.nothing", name=people.get(desk.db, person).name)
    if len(suspected) > 1:
        raise ValueRefused("confirm.which")
    return suspected[0]


def impossible_day(on: date, since_on: date, today: date) -> Problem | None:
    """Why an outcome cannot be of this day, for a referral open since another."""
    if on > today:
        return Problem("value.future", "outcome_on", on)
    return Problem("referral.before", "outcome_on", on, since_on) if on < since_on else None
