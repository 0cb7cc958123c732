"""Suspicion 疑似: high readings on different days in someone not enrolled, and when to measure again.

One or two high days are a suspicion, never a diagnosis; enough different days mean: refer to confirm.
A later day whose face-to-face readings are complete and normal ends a suspicion; once the criterion is met only
the outcome of the referral answers it, and a high day after that counts from one again.
"""

from collections.abc import Iterable
from itertools import groupby

from chronic.model.person import Outcome
from chronic.model.plan import Plan
from chronic.model.visit import Contact
from chronic.protocol import Editions, Protocol


def suspicion(programme: str, contacts: Iterable[Contact], outcomes: tuple[Outcome, ...], editions: Editions) -> Plan | None:
    """The recheck or confirmation open after these contacts, all of them outside the programme."""
    met = [contact for contact in contacts if contact.way != "phone"]
    readings = [(contact, _high(programme, contact, editions.on(contact.on))) for contact in met]
    if not any(is_high for _, is_high in readings):
        return None
    days: list[Contact] = []
    for on, sittings in groupby(readings, key=lambda reading: reading[0].on):
        protocol = editions.on(on)
        rules = protocol.screening.htn if programme == "htn" else protocol.screening.dm
        if len(days) >= rules.days:
            break  # from here on only the outcome of the referral answers it
        that_day = list(sittings)
        high = next((contact for contact, is_high in that_day if is_high), None)
        if high:
            if days and rules.keep_open.after(days[-1].on) < on:
                days = []
            days.append(high)
        elif any(is_high is False for _, is_high in that_day):
            days = []
    return _plan(programme, days, met, outcomes, editions) if days else None


def _plan(
    programme: str, days: list[Contact], met: list[Contact], outcomes: tuple[Outcome, ...], editions: Editions
) -> Plan | None:
    protocol = editions.on(days[-1].on)
    rules = protocol.screening.htn if programme == "htn" else protocol.screening.dm
    if len(days) < rules.days:
        due_on = rules.recheck.after(days[-1].on)
        return Plan("screening", programme, due_on, ("recheck_due",), days[0].on, days[-1].id, days_high=len(days))
    enough = days[rules.days - 1]
    due_on = protocol.referral.outcome.within.after(enough.on)
    for outcome in outcomes:
        if outcome.outcome_on < enough.on or (outcome.outcome_on == enough.on and outcome.answers != enough.uid):
            continue
        if outcome.outcome != "not_arrived":
            return suspicion(programme, [contact for contact in met if contact.on > outcome.outcome_on], outcomes, editions)
        due_on = protocol.referral.outcome.within.after(outcome.outcome_on)
    return Plan("referral", programme, due_on, ("referral_outcome",), enough.on, enough.id, "routine", rules.days)


def _high(programme: str, contact: Contact, protocol: Protocol) -> bool | None:
    """True: at or above a limit. False: measured completely and below. None: cannot be said."""
    if programme == "dm":
        return None if contact.fpg is None else contact.fpg >= protocol.screening.dm.fpg_at_or_above
    sbp_limit, dbp_limit = protocol.screening.htn.at_or_above
    if (contact.sbp is not None and contact.sbp >= sbp_limit) or (contact.dbp is not None and contact.dbp >= dbp_limit):
        return True
    return None if contact.sbp is None or contact.dbp is None else False
