"""Which referrals are open, and since when.

A referral is opened by a verdict and closed by its own fact: an outcome, or, for an emergency only, an
assessed visit without danger. "Did not go" keeps it open and starts the outcome clock again.
"""

from datetime import date
from operator import itemgetter
from typing import NamedTuple

from chronic.model.person import Outcome
from chronic.model.plan import Plan, Verdict
from chronic.model.visit import Contact
from chronic.protocol import Editions
from chronic.rules.danger import settles


class _Open(NamedTuple):
    """Open since a day; `contact` is the latest that asked for it."""

    contact: Contact
    since_on: date
    due_on: date
    danger: tuple[str, ...] = ()


def open_referral(
    programme: str,
    judged: list[tuple[Contact, Verdict]],
    outcomes: tuple[Outcome, ...],
    editions: Editions,
    began: date | None,
    assessed: set[int],
) -> tuple[Plan | None, tuple[str, ...]]:
    """The open referral of one programme ('' for danger outside any) and the codes of its open danger.

    A routine referral lives and ends with the stay that `began` on that day; an emergency outlives it. `assessed` are
    the contacts that have a class in any programme.
    """
    emergency: _Open | None = None
    routine: _Open | None = None
    begins = min((contact.on for contact, verdict in judged if verdict.refer), default=None)
    if begins is None:
        return None, ()
    events: list[tuple[date, int, str, Outcome | tuple[Contact, Verdict]]] = sorted(
        [*((contact.on, 0, contact.uid, (contact, verdict)) for contact, verdict in judged if contact.on >= begins),
         *((outcome.outcome_on, 1, outcome.uid, outcome) for outcome in outcomes if outcome.outcome_on >= begins)],
        key=itemgetter(0, 1, 2),
    )  # fmt: skip
    for on, _, _, event in events:
        if isinstance(event, Outcome):
            emergency, routine = _answered(emergency, event, editions), _answered(routine, event, editions)
            continue
        contact, verdict = event
        if verdict.refer == "emergency":
            clock = editions.on(on).referral.outcome.within.after(on)
            first = emergency or _Open(contact, on, clock)
            danger = tuple(dict.fromkeys((*first.danger, *verdict.danger)))
            emergency = _Open(contact, first.since_on, min(first.due_on, clock), danger)
        elif emergency and on > emergency.contact.on and _reassessed(contact, verdict, emergency, assessed):
            emergency = None
        if verdict.refer == "routine" and routine is None and began is not None and contact.on >= began:
            routine = _Open(contact, on, editions.on(on).referral.outcome.within.after(on))
    return _plan(programme, emergency, routine), emergency.danger if emergency else ()


def _reassessed(contact: Contact, verdict: Verdict, emergency: _Open, assessed: set[int]) -> bool:
    """Assessed without danger on a later day: in this programme, or in another with what was dangerous measured again.

    Where a contact cannot have a class (dyslipidaemia, outside any programme) measuring it again is enough.
    """
    if verdict.klass not in (None, "not_assessed"):
        return True
    classless = verdict.programme == "" or (verdict.programme == "lipid" and contact.assessable)
    return (classless or contact.id in assessed) and settles(contact, emergency.danger)


def _answered(referral: _Open | None, outcome: Outcome, editions: Editions) -> _Open | None:
    """An outcome answers what was open before its day, and on its day the referral it names."""
    if referral is None or (referral.contact.on == outcome.outcome_on and referral.contact.uid != outcome.answers):
        return referral
    if outcome.outcome == "not_arrived":
        return referral._replace(due_on=editions.on(outcome.outcome_on).referral.outcome.within.after(outcome.outcome_on))
    return None


def _plan(programme: str, emergency: _Open | None, routine: _Open | None) -> Plan | None:
    referrals = [referral for referral in (emergency, routine) if referral]
    if not referrals:
        return None
    urgency = "emergency" if emergency else "routine"
    first = min(referrals, key=lambda referral: referral.due_on)  # its day and its date belong together
    return Plan("referral", programme, first.due_on, ("referral_outcome",), first.since_on, referrals[0].contact.id, urgency)
