"""Referral slips 转出单: write one, for what a contact advised or by hand, and withdraw one."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.ours import ours
from chronic.care.record import refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.plan import Plan, Problem
from chronic.model.referral import Referral
from chronic.store import plans, referrals, visits
from chronic.store.journal import deed


class Basis(NamedTuple):
    """What a slip is written for: rows of the plan that one contact advised. `contact`: its uid; `programme`: None where
    there are several, or none."""

    plans: tuple[Plan, ...]
    contact: str | None
    on: date
    programme: str | None

    @property
    def urgency(self) -> str:
        return "emergency" if any(plan.urgency == "emergency" for plan in self.plans) else "routine"


def basis(desk: Desk, person: int, programmes: Iterable[str] | None = None) -> Basis | None:
    """What is advised and has no slip yet: emergencies before the others, then the latest. `programmes`: only these."""
    wanted = None if programmes is None else set(programmes)
    open_now = [
        plan
        for plan in plans.read(desk.db, person).plans
        if plan.kind == "referral" and not plan.slip and (wanted is None or plan.programme in wanted)
    ]
    if not open_now:
        return None
    first = max(open_now, key=lambda plan: (plan.urgency == "emergency", plan.since_on, plan.visit or 0))
    together = tuple(plan for plan in open_now if plan.visit == first.visit)
    found = visits.by_id(desk.db, first.visit) if first.visit is not None else None
    names = {plan.programme for plan in together}
    programme = first.programme or None if len(names) == 1 else None
    return Basis(together, found[0].uid if found else None, found[0].visit_date if found else first.since_on, programme)


def out(desk: Desk, person: int, new: Referral, standing: Basis | None = None) -> Referral:
    """Write a slip; it comes back with its number.

    Raises NotAllowed (as `ours`, `referral.urgent`), ValueRefused (`value.future`, `value.before_birth`,
    `referral.before_contact`, `referral.no_waiting`).
    """
    with deed(desk.db, desk.stamp, "refer.out", person):
        _check(desk, person, new, standing)
        if standing is not None:
            new = new._replace(contact=standing.contact, programme=standing.programme)
        made = referrals.add_slip(desk.db, person, new, desk.stamp)
        replan(desk, [person])
    return made


def void(desk: Desk, number: str, reason: str) -> Referral:
    """Withdraw a slip that should not be there; what it was written for is open again.

    Raises ValueRefused (`referral.no_slip`), NotAllowed (`referral.answered`): what was answered stands.
    """
    found = referrals.by_number(desk.db, number)
    if found is None or found[2] is not None:
        raise ValueRefused("referral.no_slip", slip=number)
    person, slip, _ = found
    with deed(desk.db, desk.stamp, "refer.void", person):
        if referrals.answers(desk.db, slip.uid):
            raise NotAllowed("referral.answered", slip=number)
        referrals.void(desk.db, slip.id, reason, desk.stamp)
        replan(desk, [person])
    return slip


def _check(desk: Desk, person: int, new: Referral, standing: Basis | None) -> None:
    who = ours(desk, person)
    if new.made_on > desk.today:
        raise refusal(Problem("value.future", "made_on", new.made_on))
    if who.born is not None and new.made_on < who.born:
        raise refusal(Problem("value.before_birth", "made_on", new.made_on))
    if standing is not None and new.made_on < standing.on:
        raise ValueRefused("referral.before_contact", day=new.made_on, contact=standing.on)
    if standing is not None and standing.urgency == "emergency" and new.urgency != "emergency":
        raise NotAllowed("referral.urgent", name=who.name)
    if new.wait_until is not None and new.urgency == "emergency":
        raise ValueRefused("referral.no_waiting")
