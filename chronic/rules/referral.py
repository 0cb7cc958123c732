"""Which referrals are open, and since when.

A referral is first advised by a verdict. A slip takes over what it was written for: the same contact's or the same
programme's, an emergency only if it is one itself. From then on an outcome that names the slip closes it, and an outcome
that names none answers what is still only advised. "Did not go" keeps it open and starts the outcome clock again.

Danger is carried per programme, slip or not: it ends with an outcome, or with an assessed visit without danger. The slip of
someone whose danger is over stays open until it is known what became of it.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from chronic.model.person import Outcome, Slip
from chronic.model.plan import Plan, Verdict
from chronic.model.visit import Contact
from chronic.protocol import Editions
from chronic.rules.danger import BY_HAND, settles


class Running(NamedTuple):
    """A slip nobody has answered, and until when its outcome is to be found out."""

    slip: Slip
    due_on: date


class Found(NamedTuple):
    """What is open in one programme. `took`: uids of the slips that ever took a danger over."""

    plans: tuple[Plan, ...] = ()
    danger: tuple[str, ...] = ()
    took: frozenset[str] = frozenset()


class _Open(NamedTuple):
    """Open since a day; `contact` is the latest that asked for it, `asked` the uids of all that did."""

    contact: Contact
    since_on: date
    due_on: date
    asked: frozenset[str]
    danger: tuple[str, ...] = ()
    slip: Slip | None = None
    covered: str = ""
    """uid of the contact that the slip was written for."""


def running(slips: Iterable[Slip], outcomes: Iterable[Outcome], editions: Editions) -> list[Running]:
    """Slips without an outcome but "did not go". The clock runs from the day, or from the clinic day waited for."""
    told = list(outcomes)
    found = []
    for slip in slips:
        due_on: date | None = _clock(slip.wait_until or slip.made_on, editions)
        for outcome in told:
            if outcome.referral == slip.uid and outcome.outcome_on >= slip.made_on and due_on is not None:
                due_on = _clock(outcome.outcome_on, editions) if outcome.outcome == "not_arrived" else None
        found += [] if due_on is None else [Running(slip, due_on)]
    return found


def open_referral(
    programme: str,
    judged: list[tuple[Contact, Verdict]],
    outcomes: tuple[Outcome, ...],
    slips: list[Slip],
    still: list[Running],
    editions: Editions,
    began: date | None,
    assessed: set[int],
) -> Found:
    """The open referrals of one programme ('' for danger outside any) and the codes of its open danger; one of the
    `judged` refers.

    A routine referral lives and ends with the stay that `began` on that day; an emergency outlives it, and so does what a
    slip, which is one of the `slips`, stands for while it is among those that run `still`. `assessed` are the contacts
    that have a class in any programme.
    """
    emergency: _Open | None = None
    routine: _Open | None = None
    took: set[str] = set()
    begins = min(contact.on for contact, verdict in judged if verdict.refer)
    for on, event in _in_order(judged, slips, outcomes, begins):
        if isinstance(event, Slip):
            emergency, routine = _taken(emergency, event, programme, took), _taken(routine, event, programme, took)
            continue
        if isinstance(event, Outcome):
            emergency, routine = _answered(emergency, event, editions), _answered(routine, event, editions)
            continue
        contact, verdict = event
        if verdict.refer == "emergency":
            clock = _clock(on, editions)
            first = emergency or _Open(contact, on, clock, frozenset())
            danger = tuple(dict.fromkeys((*first.danger, *verdict.danger)))
            asked = first.asked | {contact.uid}
            emergency = first._replace(contact=contact, due_on=min(first.due_on, clock), danger=danger, asked=asked)
        elif emergency and on > emergency.contact.on and _reassessed(contact, verdict, emergency, assessed):
            emergency = None
        if verdict.refer == "routine" and began is not None and contact.on >= began:
            routine = routine or _Open(contact, on, _clock(on, editions), frozenset())
            routine = routine._replace(asked=routine.asked | {contact.uid})
    plans = _plans(programme, emergency, routine, {run.slip.uid: run.due_on for run in still})
    return Found(plans, emergency.danger if emergency else (), frozenset(took))


def by_hand(still: Iterable[Running], took: frozenset[str], walked: Iterable[tuple[Contact, Verdict]]) -> tuple[str, ...]:
    """The danger of emergency slips that nothing measured stands behind: it ends with an outcome, with an assessed visit
    without danger on a later day, or when the danger question was answered no."""
    alone = [run.slip for run in still if run.slip.urgency == "emergency" and run.slip.uid not in took]
    if not alone:
        return ()
    since = max(slip.made_on for slip in alone)
    later = [(contact, verdict) for contact, verdict in walked if contact.on > since and not verdict.danger]
    over = any(v.klass not in (None, "not_assessed") or settles(c, (BY_HAND,)) for c, v in later)
    return () if over else (BY_HAND,)


def slip_plan(run: Running, visit: int | None) -> Plan:
    """The row of a slip that no programme's referral carries."""
    slip = run.slip
    reasons = ("referral_outcome",)
    return Plan("referral", slip.programme or "", run.due_on, reasons, slip.made_on, visit, slip.urgency, slip=slip.number)


def meant_for(slip: Slip, programme: str, contacts: Collection[str]) -> bool:
    """Was this slip written for a programme, or for one of these contacts (uids) whatever the programme?"""
    return slip.programme == programme if slip.programme is not None else slip.contact in contacts


def _in_order(
    judged: list[tuple[Contact, Verdict]], slips: list[Slip], outcomes: tuple[Outcome, ...], begins: date
) -> Iterator[tuple[date, Outcome | Slip | tuple[Contact, Verdict]]]:
    """What happened from that day on; of one day the contacts first, then the slips, then the outcomes."""
    events: list[tuple[date, int, str, Outcome | Slip | tuple[Contact, Verdict]]] = sorted(
        [*((contact.on, 0, contact.uid, (contact, verdict)) for contact, verdict in judged),
         *((slip.made_on, 1, slip.uid, slip) for slip in slips),
         *((outcome.outcome_on, 2, outcome.uid, outcome) for outcome in outcomes)],
        key=itemgetter(0, 1, 2),
    )  # fmt: skip
    return ((on, event) for on, _, _, event in events if on >= begins)


def _clock(on: date, editions: Editions) -> date:
    return editions.on(on).referral.outcome.within.after(on)


def _taken(referral: _Open | None, slip: Slip, programme: str, took: set[str]) -> _Open | None:
    """A slip takes over what it was written for."""
    if referral is None or referral.slip is not None or (referral.danger and slip.urgency != "emergency"):
        return referral
    if not meant_for(slip, programme, referral.asked):
        return referral
    took |= {slip.uid} if referral.danger else set()
    covered = slip.contact if slip.contact in referral.asked else None
    return referral._replace(slip=slip, covered=covered or referral.contact.uid)


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
    if referral is None or outcome.referral != (referral.slip.uid if referral.slip else None):
        return referral
    restarts = outcome.outcome == "not_arrived"
    names = referral.covered if referral.slip else outcome.answers
    if referral.contact.on == outcome.outcome_on and referral.contact.uid != names:
        return referral if restarts else referral._replace(slip=None, covered="")
    return referral._replace(due_on=_clock(outcome.outcome_on, editions)) if restarts else None


def _plans(programme: str, emergency: _Open | None, routine: _Open | None, clocks: dict[str, date]) -> tuple[Plan, ...]:
    """One row for each slip, and one for what is only advised; an emergency gives each its urgency."""
    rows: dict[str, list[_Open]] = {}
    for referral in (emergency, routine):
        if referral is not None:
            rows.setdefault(referral.slip.number if referral.slip else "", []).append(referral)
    return tuple(_plan(programme, number, referrals, clocks) for number, referrals in rows.items())


def _plan(programme: str, number: str, referrals: list[_Open], clocks: dict[str, date]) -> Plan:
    first = min(referrals, key=lambda referral: referral.due_on)  # its day and its date belong together
    urgency = "emergency" if any(referral.danger for referral in referrals) else "routine"
    since_on, due_on, slip = first.since_on, first.due_on, referrals[0].slip
    if slip is not None:  # the slip's day, and its clock; that of a danger does not wait for a slip written late
        dues = [referral.due_on for referral in referrals if referral.danger]
        since_on, due_on, urgency = slip.made_on, min([clocks[slip.uid], *dues]), slip.urgency
    return Plan(
        "referral", programme, due_on, ("referral_outcome",), since_on, referrals[0].contact.id, urgency, slip=number
    )
