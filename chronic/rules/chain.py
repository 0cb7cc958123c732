"""The chain: in which stages a person stands, since when, and until when that is no longer than it should be.

Each programme is a chain of its own, so someone may be managed for one disease, suspected of another and referred. In a
programme one is managed, else suspected, else ended, else at risk. Referrals, returns and rehabilitation come beside that.
What a stage is says the fact that begins it; nothing is stored, so a stage ends when the fact that ends it is recorded.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from chronic.model.chain import ACT_FIRST, Event, Place, Return, Situation, Stay
from chronic.model.days import birthday
from chronic.model.facts import NO, YES, Known, Value
from chronic.model.person import PROGRAMMES
from chronic.model.plan import Assessment, History, Plan
from chronic.protocol import Protocol
from chronic.protocol.chain import Chain
from chronic.rules.assessment import in_order_of_stay, stays
from chronic.rules.atrisk import at_risk_of_age

REHABILITATION = "rehabilitation"
"""The fact that says it goes on, or is over."""


def situation(history: History, assessment: Assessment, closed_reason: str | None, events: tuple[Event, ...]) -> Situation:
    """What `places` needs to know, from a whole history and what was derived of it."""
    latest = (_latest_stay(history, programme) for programme in PROGRAMMES)
    met = [contact.on for contact in history.contacts if contact.way != "phone"]
    return Situation(
        history.closed_on,
        closed_reason,
        tuple(stay for stay in latest if stay is not None),
        tuple(_bare(plan) for plan in assessment.plans if plan.kind != "checkup"),
        _returned(history),
        history.contacts[-1].on if history.contacts else None,
        met[-1] if met else None,
        events,
    )


def places(known: Situation, risks: Known | None, day: date, protocol: Protocol, book: Chain) -> tuple[Place, ...]:
    """Every stage of a person on a day, the one that needs somebody first in front. `risks` None: not looked at."""
    if known.closed_on is not None:
        return (Place("ended", "", known.closed_on, about=_words(known.closed_reason)),)
    found = [*_referred(known), *_by_return(known, protocol), *_suspected(known, book), *_managed(known, book)]
    found += [*_rehabilitation(known, day, book), *_ended(known, {place.programme for place in found})]
    taken = {place.programme for place in found if place.stage in ("suspected", "managed")}
    taken |= {place.programme for place in found if place.stage == "ended" and place.about != ("withdrawn",)}
    found += [] if risks is None else _at_risk(risks, taken, day, protocol)
    return tuple(sorted(found, key=lambda place: first(place, day)))


def first(place: Place, day: date) -> tuple[bool, bool, int, date, int, tuple[str, ...]]:
    """The order of stages: emergencies, whoever is stuck, what needs somebody first, the longest; never by chance."""
    order = PROGRAMMES.index(place.programme) if place.programme in PROGRAMMES else -1
    stuck = place.stuck_on(day) is not None
    return not place.urgent, not stuck, ACT_FIRST.index(place.stage), place.since_on or date.max, order, place.about


def events(told: Sequence[tuple[str, Value]], found: Iterable[tuple[date, str, str]], book: Chain) -> tuple[Event, ...]:
    """What a person's rehabilitation follows. `told`: (fact, value), oldest first; `found`: (day, field, codes) of
    check-ups, oldest first. A check-up repeats what is there, so its first mention counts; what is told is dated."""
    said, seen = dict(told), list(found)
    ends, happened = said.get(REHABILITATION), []
    for code, event in book.events.items():
        latest = said.get(code)
        on = latest.on if latest is not None and latest.value == YES else None
        if on is None:
            after = latest.on if latest is not None and latest.on is not None else date.min
            on = next((day for day, field, text in seen if day > after and _names(field, text, event.found)), None)
        over = ends is not None and ends.value == NO and ends.on is not None and on is not None and ends.on >= on
        if on is not None and not over:
            goes_on = ends is not None and ends.value == YES and ends.on is not None and ends.on >= on
            happened.append(Event(code, on, goes_on))
    if not happened and ends is not None and ends.value == YES and ends.on is not None:
        happened.append(Event(REHABILITATION, ends.on, lasting=True))
    return tuple(happened)


def _names(field: str, text: str, codes: Iterable[str]) -> bool:
    return any(f"{field}.{word}" in codes for word in text.split(";"))


def _latest_stay(history: History, programme: str) -> Stay | None:
    its_stays = stays(history, programme)
    if not its_stays:
        return None
    reason = in_order_of_stay(history.enrolments, programme)[-1].end_reason
    return Stay(programme, its_stays[-1].from_on, its_stays[-1].to_on, reason)


def _bare(plan: Plan) -> Plan:
    return Plan(plan.kind, plan.programme, plan.due_on, (), plan.since_on, None, plan.urgency, plan.days_high, (), plan.slip)


def _returned(history: History) -> Return | None:
    """The latest return, for the programme of its slip."""
    whose = {slip.uid: slip.programme or "" for slip in history.slips}
    told = [outcome for outcome in history.outcomes if outcome.outcome == "returned"]
    if not told:
        return None
    last = told[-1]
    return Return(last.outcome_on, last.programme or whose.get(last.referral or "", ""), last.confirmed == NO)


def _referred(known: Situation) -> Iterable[Place]:
    """What `refer list` has: slips, and what is only advised. The limit is the clock of the outcome."""
    for plan in known.plans:
        if plan.kind == "referral":
            urgent = plan.urgency == "emergency"
            about = _words(plan.slip)
            yield Place("referred", plan.programme, plan.since_on, plan.due_on, "outcome_late", about, urgent)


def _by_return(known: Situation, protocol: Protocol) -> Iterable[Place]:
    """Back from the hospital and not met since. Whose management ended after that is not waited for, and where the
    hospital found nothing and nobody is managed there is nothing to follow up."""
    back = known.returned
    if back is None or (known.last_met_on is not None and known.last_met_on > back.on):
        return
    managed = any(stay.to_on is None for stay in known.stays)
    over = any(stay.to_on is not None and stay.to_on >= back.on for stay in known.stays)
    if managed or not (over or back.denied):
        limit = protocol.referral.returned.within.after(back.on)
        yield Place("returned", back.programme, back.on, limit, "no_followup")


def _suspected(known: Situation, book: Chain) -> Iterable[Place]:
    """Suspected until confirmed and enrolled, or not confirmed: what `screen suspects` has."""
    for plan in known.plans:
        if plan.days_high is not None:
            limit = book.limits["suspected"].after.after(plan.since_on)
            yield Place("suspected", plan.programme, plan.since_on, limit, "unconfirmed")


def _managed(known: Situation, book: Chain) -> Iterable[Place]:
    for stay in known.stays:
        if stay.to_on is None:
            spoken = max(stay.from_on, known.last_contact_on or stay.from_on)
            limit = book.limits["managed"].after.after(spoken)
            yield Place("managed", stay.programme, stay.from_on, limit, "no_contact")


def _rehabilitation(known: Situation, day: date, book: Chain) -> Iterable[Place]:
    """From the event on for as long as the book has it, unless somebody said that it goes on or is over."""
    going = [
        event for event in known.events
        if event.on <= day and (event.lasting or book.events[event.code].lasts.after(event.on) >= day)
    ]  # fmt: skip
    if going:
        since = min(event.on for event in going)
        met = max(since, known.last_met_on or since)
        limit = book.limits["rehabilitation"].after.after(met)
        yield Place("rehabilitation", "", since, limit, "not_met", tuple(event.code for event in going))


def _ended(known: Situation, elsewhere: set[str]) -> Iterable[Place]:
    """A programme that was left and nothing came after."""
    for stay in known.stays:
        if stay.to_on is not None and stay.programme not in elsewhere:
            yield Place("ended", stay.programme, stay.to_on, about=_words(stay.reason))


def _at_risk(risks: Known, taken: set[str], day: date, protocol: Protocol) -> list[Place]:
    """Of what nothing more is known; since the earliest day of a factor, which may be unknown."""
    found = []
    for programme in ("htn", "dm"):
        factors = () if programme in taken else at_risk_of_age(programme, risks, day, protocol)
        if factors:
            rule = protocol.at_risk.htn if programme == "htn" else protocol.at_risk.dm
            of_age = birthday(risks.birth_date, rule.from_age) if risks.birth_date is not None else None
            since = [of_age if factor.code == "age" else factor.on for factor in factors]
            codes = tuple(factor.code for factor in factors)
            found.append(Place("at_risk", programme, min((on for on in since if on is not None), default=None), about=codes))
    return found


def _words(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()
