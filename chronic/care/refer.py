"""What became of a referral: seen there, did not go, or back with a return slip."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from chronic.care.dated import impossible
from chronic.care.desk import Desk
from chronic.care.ours import ours
from chronic.care.record import refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.person import Outcome
from chronic.model.plan import Plan, Problem
from chronic.model.referral import Referral, Report
from chronic.store import people, plans, referrals, visits
from chronic.store.journal import deed

NOT_WRITTEN = "none"
"""In the place of a slip's number: what was advised, without a slip."""


class Reply(NamedTuple):
    """What the hospital or the family reported: seen 到诊, returned 回转, not_arrived 未到."""

    outcome: str
    on: date
    institution: str | None = None
    diagnosis: str | None = None
    advice: str | None = None
    confirmed: str | None = None
    """Of a suspicion: did the hospital confirm it (yes, no)?"""
    programme: str | None = None
    """Which suspicion, where there are two."""
    slip: str | None = None
    """Which slip, where several referrals are open."""
    hospital_no: str | None = None
    findings: str | None = None
    treatment: str | None = None
    doctor: str | None = None


_ASKED = (("confirm_due",), ("enrol_due",))


def reply(desk: Desk, person: int, told: Reply) -> None:
    """Record the outcome of an open referral.

    Raises NotAllowed (`referral.none`, `referral.answered`, `confirm.nothing`), ValueRefused (`value.future`,
    `referral.before`, `referral.which`, `referral.no_slip`, `referral.others_slip`, `confirm.which`, `confirm.not_seen`).
    """
    with deed(desk.db, desk.stamp, "refer.reply", person):
        _write(desk, person, told, meant(desk, person, told))


def back(desk: Desk, person: int, told: Reply) -> str | None:
    """Record a return slip; the number of ours that it answers, None where there is none: people go by themselves too.

    Without a number it answers the open referral, else the last one seen there and not returned yet. Raises as `reply`,
    and NotAllowed (as `ours`).
    """
    with deed(desk.db, desk.stamp, "refer.back", person):
        ours(desk, person)
        if told.slip is None and not _referred(plans.read(desk.db, person).plans):
            away = [slip for slip in referrals.of(desk.db, person) if _states(desk, slip)[-1:] == ["seen"]]
            told = told._replace(slip=away[-1].slip if away else NOT_WRITTEN)
        outcome = _returned(desk, person, told) if told.slip == NOT_WRITTEN else meant(desk, person, told)
        _write(desk, person, told, outcome)
    found = [slip for slip in referrals.of(desk.db, person) if slip.uid == outcome.referral]
    return found[0].slip if found else None


def _write(desk: Desk, person: int, told: Reply, outcome: Outcome) -> None:
    words = Report(**{name: getattr(told, name) for name in Report._fields})
    referrals.add(desk.db, person, outcome, words, desk.stamp)
    replan(desk, [person])


def _returned(desk: Desk, person: int, told: Reply) -> Outcome:
    for problem in impossible(desk, person, told.on, "outcome_on"):
        raise refusal(problem)
    return Outcome(told.on, told.outcome)


def meant(desk: Desk, person: int, told: Reply) -> Outcome:
    """The outcome with what it answers: the slip that was named, or the only thing open. Raises as `reply`."""
    referred = _referred(plans.read(desk.db, person).plans)
    named = _named(desk, person, told) if told.slip not in (None, NOT_WRITTEN) else None
    if named is None and not referred:
        raise NotAllowed("referral.none", name=people.get(desk.db, person).name)
    programme = _confirmed_for(desk, person, told, referred) if told.confirmed is not None else None
    if named is None:
        number = NOT_WRITTEN if told.slip == NOT_WRITTEN else _only_one(referred, programme)
        if number:
            found = referrals.by_number(desk.db, number) if number != NOT_WRITTEN else None
            named = found[1] if found else None
            referred = [plan for plan in referred if plan.slip == (named.slip if named else "")]
    if named is not None:
        return _of_slip(desk, told, named)._replace(confirmed=told.confirmed, programme=programme)
    if not referred:
        raise NotAllowed("referral.none", name=people.get(desk.db, person).name)
    problem = impossible_day(told.on, min(plan.since_on for plan in referred), desk.today)
    if problem is not None:
        raise refusal(problem)
    latest = max((plan for plan in referred if plan.since_on <= told.on), key=lambda plan: plan.since_on)
    contact = visits.by_id(desk.db, latest.visit) if latest.visit is not None else None
    answers = contact[0].uid if contact else None
    return Outcome(told.on, told.outcome, answers=answers, confirmed=told.confirmed, programme=programme)


def answerable(open_plans: Collection[Plan]) -> bool:
    """Can an outcome be told without naming a slip?"""
    return len({plan.slip for plan in open_plans if plan.kind == "referral"}) <= 1


def _referred(every: Collection[Plan]) -> list[Plan]:
    return [plan for plan in every if plan.kind == "referral" or plan.reasons in _ASKED]


def _only_one(referred: list[Plan], programme: str | None) -> str:
    """The number of the only slip that can be meant, '' for what was only advised; a suspicion that was confirmed or not
    names its own."""
    mine = [plan for plan in referred if plan.days_high is not None and plan.programme == programme] or referred
    open_now = dict.fromkeys(plan.slip for plan in mine if plan.kind == "referral")
    if len(open_now) > 1:
        raise ValueRefused("referral.which", slips=", ".join(slip or NOT_WRITTEN for slip in sorted(open_now)))
    return next(iter(open_now), "")


def _named(desk: Desk, person: int, told: Reply) -> Referral:
    """The slip of this number, if it is this person's and can still be answered so."""
    found = referrals.by_number(desk.db, str(told.slip))
    if found is None or found[2] is not None:
        raise ValueRefused("referral.no_slip", slip=told.slip)
    whose, slip, _ = found
    if whose != person:
        raise ValueRefused("referral.others_slip", slip=slip.slip, name=people.get(desk.db, whose).name)
    states = _states(desk, slip)
    again = told.confirmed is not None or (told.outcome == "returned" and "returned" not in states)
    if {"seen", "returned"} & {*states} and not again:
        raise NotAllowed("referral.answered", slip=slip.slip)
    return slip


def _states(desk: Desk, slip: Referral) -> list[str]:
    return [outcome for _, outcome, _ in referrals.answers(desk.db, slip.uid)]


def _of_slip(desk: Desk, told: Reply, slip: Referral) -> Outcome:
    problem = impossible_day(told.on, slip.made_on, desk.today)
    if problem is not None:
        raise refusal(problem)
    return Outcome(told.on, told.outcome, answers=slip.contact, referral=slip.uid)


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
