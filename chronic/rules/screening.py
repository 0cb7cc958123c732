"""Suspicion 疑似: what speaks for a disease in someone not enrolled, and what comes next.

One or two high days are a suspicion, never a diagnosis: measure again. Once a criterion is met (enough different days,
or one that needs no second day) the person is referred to be confirmed, and only what the hospital found answers that:
confirmed, enrol; not confirmed, it is over; seen there without a word of it, ask.
A later day on which the same test is complete and normal ends a suspicion that has not met a criterion yet.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from chronic.model.person import Outcome
from chronic.model.plan import Plan
from chronic.model.visit import Contact
from chronic.protocol import Editions, Protocol
from chronic.protocol.sections import ScreeningDm, ScreeningHtn
from chronic.rules.glycaemia import Test, by_day
from chronic.rules.glycaemia import speaks as glucose_speaks


class Day(NamedTuple):
    """One day as far as it speaks for or against a suspicion. `high`: what counts as a high day; `normal`: what was
    measured completely and is not high; each says whether the sample was venous, None where that does not matter."""

    on: date
    contact: Contact
    high: dict[str, bool | None]
    normal: dict[str, bool | None]
    met: tuple[str, ...] = ()
    """Criteria that this day meets by itself."""
    hint: bool = False
    """Not a high day, but not to be left alone either."""
    venous: bool = True
    """Nothing that was high came from a finger-stick, or from nobody said where."""


def suspicion(
    programme: str,
    contacts: Iterable[Contact],
    outcomes: tuple[Outcome, ...],
    editions: Editions,
    after: date = date.min,
) -> Plan | None:
    """The recheck, confirmation or enrolment open after these contacts, all of them outside the programme.

    Tests up to and including `after` have been answered.
    """
    met = [contact for contact in contacts if contact.way != "phone"]
    speaks = _pressure_speaks if programme == "htn" else glucose_speaks
    if not any(speaks(contact, editions) for contact in met):
        return None  # nearly everybody
    days: list[Day] = []
    for day in _pressure_days(met, editions) if programme == "htn" else _glucose_days(met, editions):
        if day.on <= after:
            continue
        rules = _rules(programme, day.on, editions)
        if day.high or day.met or day.hint:
            if days and rules.keep_open.after(days[-1].on) < day.on:
                days = []
            days.append(day)
            if day.met or _counted(days) >= rules.days:
                return _to_confirm(programme, days, met, outcomes, editions)
        elif days and _ends(days, day):
            days = []
    if not days:
        return None
    last = days[-1]
    due_on, found = (
        _rules(programme, last.on, editions).recheck.after(last.on),
        _found(programme, days, editions.on(last.on)),
    )
    return Plan(
        "screening", programme, due_on, ("recheck_due",), days[0].on, last.contact.id, days_high=_counted(days), found=found
    )


def high(programme: str, contacts: Iterable[Contact], editions: Editions) -> bool:
    """Is anything in these contacts high, or a criterion by itself?"""
    met = [contact for contact in contacts if contact.way != "phone"]
    found = _pressure_days(met, editions) if programme == "htn" else _glucose_days(met, editions)
    return any(day.high or day.met or day.hint for day in found)


def _rules(programme: str, on: date, editions: Editions) -> ScreeningHtn | ScreeningDm:
    screening = editions.on(on).screening
    return screening.htn if programme == "htn" else screening.dm


def _to_confirm(
    programme: str, days: list[Day], met: list[Contact], outcomes: tuple[Outcome, ...], editions: Editions
) -> Plan | None:
    """A criterion is met: refer; what the hospital found decides. Its silence is not a no."""
    enough, high = days[-1], _counted(days)
    protocol = editions.on(enough.on)
    codes = (*(enough.met or (f"{programme}.days",)), *_found(programme, days, protocol))
    due_on = protocol.referral.outcome.within.after(enough.on)
    plan = Plan("referral", programme, due_on, ("referral_outcome",), enough.on, enough.contact.id, "routine", high, codes)
    for outcome in outcomes:
        on = outcome.outcome_on
        if on < enough.on or (on == enough.on and outcome.answers != enough.contact.uid):
            continue
        said = outcome.confirmed if outcome.programme == programme else None
        if said == "no":
            return suspicion(programme, met, outcomes, editions, on)
        plan = _answered(plan, outcome, said, codes, editions.on(on))
    return plan


def _answered(plan: Plan, outcome: Outcome, said: str | None, codes: tuple[str, ...], protocol: Protocol) -> Plan:
    """What is open after an outcome that does not end the suspicion."""
    on, confirmed = outcome.outcome_on, "confirm.yes" in plan.found
    if said == "yes":
        due_on = protocol.screening.confirmed.within.after(on)
        return plan._replace(
            kind="screening", due_on=due_on, reasons=("enrol_due",), since_on=on, urgency=None, found=("confirm.yes",)
        )
    if confirmed:
        return plan
    due_on = protocol.referral.outcome.within.after(on)
    if outcome.outcome == "not_arrived":
        return plan._replace(kind="referral", due_on=due_on, reasons=("referral_outcome",), urgency="routine", found=codes)
    found = (*codes, "confirm.unknown")
    return plan._replace(kind="screening", due_on=due_on, reasons=("confirm_due",), urgency=None, found=found)


def _counted(days: list[Day]) -> int:
    return sum(1 for day in days if day.high)


def _found(programme: str, days: list[Day], protocol: Protocol) -> tuple[str, ...]:
    """What is to be said of these days beside how many they are."""
    if programme == "htn":
        slow = days[-1].on > protocol.screening.window.within.after(days[0].on)
        return ("htn.slow",) if slow else ()
    if not _counted(days) and not days[-1].met:
        return ("dm.random_high",)
    return () if all(day.venous for day in days) else ("dm.venous_needed",)


def _ends(days: list[Day], day: Day) -> bool:
    """Was everything that was high measured again, the same test, and is normal? A finger-stick answers no venous one."""
    wanted: dict[str, bool | None] = {}
    for known in days:
        wanted |= known.high
    if not wanted:
        return bool(day.normal)
    return all(kind in day.normal and not (venous and day.normal[kind] is False) for kind, venous in wanted.items())


# blood pressure ---------------------------------------------------------------------------------------


def _pressure_speaks(contact: Contact, editions: Editions) -> bool:
    """Can this contact be a high day, or meet a criterion?"""
    if contact.bp_drugs == "yes" or contact.secondary == "yes":
        return True
    return editions.on(contact.on).screening.htn.at_or_above.reached(contact.sbp, contact.dbp)


def _pressure_days(met: list[Contact], editions: Editions) -> Iterator[Day]:
    for on, group in groupby(met, key=lambda contact: contact.on):
        protocol, sittings = editions.on(on), list(group)
        limit = protocol.screening.htn.at_or_above
        high = [contact for contact in sittings if limit.reached(contact.sbp, contact.dbp)]
        normal = [contact for contact in sittings if limit.kept(contact.sbp, contact.dbp)]
        codes, whose = _needs_no_second_day(sittings, protocol)
        if high or normal or codes:
            contact = (high or whose or normal)[0]
            yield Day(on, contact, {"bp": None} if high else {}, {"bp": None} if normal else {}, codes)


def _needs_no_second_day(sittings: list[Contact], protocol: Protocol) -> tuple[tuple[str, ...], list[Contact]]:
    """Criteria that one day can meet, and the contacts that meet them."""
    rules = protocol.screening.very_high
    secondary = [contact for contact in sittings if contact.secondary == "yes"]
    treated = [contact for contact in sittings if contact.bp_drugs == "yes"]
    very_high = [contact for contact in sittings if rules.at_or_above.reached(contact.sbp, contact.dbp)]
    codes = ["htn.secondary"] if secondary else []
    codes += ["htn.very_high"] if len(very_high) >= rules.sittings else []
    codes += ["htn.treated"] if treated else []
    return tuple(codes), [*secondary, *treated]


# glucose ----------------------------------------------------------------------------------------------


def _glucose_days(met: list[Contact], editions: Editions) -> Iterator[Day]:
    """The two-test rule: one abnormal test with typical symptoms, two at the same time point, or two days; without
    symptoms glucose at random does not count."""
    for on, tests in by_day(met, editions):
        protocol = editions.on(on)
        abnormal = [test for test in tests if test.abnormal]
        counting: dict[str, bool | None] = {test.kind: test.venous for test in abnormal if test.counts}
        normal: dict[str, bool | None] = {test.kind: test.venous for test in tests if test.counts and not test.abnormal}
        codes = ["dm.symptoms"] if any(test.symptoms for test in abnormal) else []
        codes += ["dm.same_time"] if len(counting) >= protocol.screening.dm_tests.same_time else []
        contact = _first(abnormal or tests)
        venous = all(test.venous for test in abnormal)
        yield Day(on, contact, counting, normal, tuple(codes), hint=bool(abnormal), venous=venous)


def _first(tests: list[Test]) -> Contact:
    return next((test.contact for test in tests if test.counts), tests[0].contact)
