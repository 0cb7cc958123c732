"""A plan is a pure function of history: everything derived about one person, from the facts alone.

Recording, correcting, voiding, importing and a new guideline edition all end here. Nothing is carried over
from an earlier assessment and nothing depends on the order in which the facts were entered.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from chronic.model.days import age_on
from chronic.model.person import PROGRAMMES, Enrolment, Outcome
from chronic.model.plan import RANKS, Assessment, History, Plan, Standing, Verdict
from chronic.model.visit import METER_HIGH, METER_LOW, Contact
from chronic.protocol import Editions
from chronic.rules.danger import alerts, dangers
from chronic.rules.followup import Course, Judged, course, danger_cites
from chronic.rules.quota import checkup_due
from chronic.rules.referral import Found, Running, by_hand, meant_for, open_referral, running, slip_plan
from chronic.rules.screening import suspicion
from chronic.rules.tracing import trace


class Stay(NamedTuple):
    """The days one enrolment really covers: closing the person ends it, an earlier visit may begin it."""

    programme: str
    from_on: date
    to_on: date | None

    def covers(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


def assess(history: History, editions: Editions) -> Assessment:
    """Verdicts, open plans and the list line of one person."""
    by_programme = {programme: stays(history, programme) for programme in PROGRAMMES}
    judged = _judge(history, by_programme, editions)
    plans: list[Plan] = []
    current: dict[str, Course] = {}
    danger: list[str] = []
    walked: dict[str, list[tuple[Contact, Verdict]]] = {programme: [] for programme in PROGRAMMES}
    for programme, its_stays in by_programme.items():
        for place, stay in enumerate(its_stays):
            inside = _inside(judged, stay, its_stays[place + 1 :])
            went = course(programme, stay.from_on, inside, history, editions)
            walked[programme] += went.verdicts
            if stay.to_on is None:
                current[programme] = went
                due = went.due
                plans.append(Plan("followup", programme, due.on, due.reasons, due.since_on, due.visit))
    plans += _checkup(history, by_programme, editions)
    verdicts = [verdict for pairs in walked.values() for _, verdict in pairs]
    assessed = {verdict.visit for verdict in verdicts if verdict.klass not in (None, "not_assessed")}
    verdicts += [_outside(found)[1] for found in judged if (found.danger or found.alerts) and not found.open_now]
    if history.closed_on is None:
        still = running(history.slips, history.outcomes, editions)
        took: frozenset[str] = frozenset()
        for programme, pairs in walked.items():
            if not any(verdict.refer for _, verdict in pairs):
                continue
            since = [_outside(found) for found in judged if not found.danger and programme not in found.open_now]
            began = by_programme[programme][-1].from_on if programme in current else None
            took |= _referred(plans, danger, _open(programme, [*pairs, *since], history, still, editions, began, assessed))
        if any(found.danger and not found.open_now for found in judged):  # danger inside a programme is carried there
            outside = [_outside(found) for found in judged if not (found.danger and found.open_now)]
            took |= _referred(plans, danger, _open("", outside, history, still, editions, None, assessed))
        if still:
            every = [pair for pairs in walked.values() for pair in pairs]
            danger += by_hand(still, took, [*every, *map(_outside, judged)])
        for suspected in _suspicions(history, by_programme, editions):
            _add(plans, _slipped(suspected, history, still))
        plans += _uncarried(plans, history, still)
    order = {found.contact.id: place for place, found in enumerate(judged)}
    verdicts.sort(key=lambda verdict: (order[verdict.visit], verdict.programme))
    codes = tuple(dict.fromkeys(danger))
    standing = _standing(history, plans, current, codes, editions) if plans else None
    return Assessment(tuple(verdicts), tuple(plans), standing)


def _open(
    programme: str, judged: list[tuple[Contact, Verdict]], history: History, still: list[Running], editions: Editions,
    began: date | None, assessed: set[int],
) -> Found:  # fmt: skip
    slips = [*history.slips]
    return open_referral(programme, judged, history.outcomes, slips, still, editions, began, assessed)


def _referred(plans: list[Plan], danger: list[str], found: Found) -> frozenset[str]:
    """Keep the plans of open referrals and the codes of their danger; the slips that took danger over."""
    plans += found.plans
    danger += found.danger
    return found.took


def _slipped(suspected: Plan, history: History, still: list[Running]) -> Plan:
    """A suspicion whose referral was written: its slip, and the slip's clock."""
    whose = {contact.uid for contact in history.contacts if contact.id == suspected.visit}
    for slip, due_on in still if suspected.kind == "referral" else ():
        if meant_for(slip, suspected.programme, whose) and slip.made_on >= suspected.since_on:
            return suspected._replace(slip=slip.number, since_on=slip.made_on, due_on=due_on, urgency=slip.urgency)
    return suspected


def _uncarried(plans: list[Plan], history: History, still: list[Running]) -> list[Plan]:
    """Rows for the slips that stand for nothing else in the plan."""
    carried = {plan.slip for plan in plans}
    by_uid = {contact.uid: contact.id for contact in history.contacts}
    return [slip_plan(run, by_uid.get(run.slip.contact or "")) for run in still if run.slip.number not in carried]


def stays(history: History, programme: str) -> list[Stay]:
    """The stays of one programme in date order. An assumed day moves back to the earliest visit after the last stay."""
    found: list[Stay] = []
    for enrolment in in_order_of_stay(history.enrolments, programme):
        after = found[-1].to_on if found else None
        from_on = _begins(enrolment, after, history.contacts)
        ends = [day for day in (enrolment.ended_on, history.closed_on) if day is not None]
        to_on = min(ends) if ends else None
        if to_on is None or from_on <= to_on:
            found.append(Stay(programme, from_on, to_on))
    return found


def in_order_of_stay(enrolments: Iterable[Enrolment], programme: str) -> list[Enrolment]:
    """The enrolments of one programme by their days."""
    mine = [enrolment for enrolment in enrolments if enrolment.programme == programme]
    return sorted(mine, key=lambda e: (e.enrolled_on, e.ended_on or date.max, e.uid))


def _begins(enrolment: Enrolment, after: date | None, contacts: tuple[Contact, ...]) -> date:
    if enrolment.assumed:
        for on, kind in ((contact.on, contact.kind) for contact in contacts):
            if kind == "followup" and (after is None or on > after):
                return min(on, enrolment.enrolled_on)
    return enrolment.enrolled_on


def _inside(judged: list[Judged], stay: Stay, later: list[Stay]) -> list[Judged]:
    """The contacts of one stay. A day on which it ends and the next begins belongs to the next."""
    begin = bisect_left(judged, stay.from_on, key=_day)
    end = len(judged) if stay.to_on is None else bisect_right(judged, stay.to_on, key=_day)
    inside = judged[begin:end]
    for other in later:
        inside = [found for found in inside if not other.covers(found.contact.on)]
    return inside


def _day(found: Judged) -> date:
    return found.contact.on


def _judge(history: History, by_programme: dict[str, list[Stay]], editions: Editions) -> list[Judged]:
    """Every contact with its edition, the age on its day, its danger, and the programmes open then."""
    judged = []
    born = history.birth_date
    changes, open_since = _open_since([stay for its_stays in by_programme.values() for stay in its_stays])
    for contact in history.contacts:
        protocol = editions.on(contact.on)
        age = age_on(born, contact.on) if born is not None else None
        open_now = open_since[bisect_right(changes, contact.on)]
        danger, told = dangers(contact, protocol), alerts(contact, protocol)
        judged.append(Judged(contact, contact.assessable, protocol, age, danger, told, open_now))
    return judged


def _open_since(all_stays: list[Stay]) -> tuple[list[date], list[tuple[str, ...]]]:
    """The days on which the open programmes may change, and what is open before the first, then from each of them on."""
    ended = {stay.to_on + timedelta(days=1) for stay in all_stays if stay.to_on is not None}
    changes = sorted({stay.from_on for stay in all_stays} | ended)
    return changes, [(), *(tuple([stay.programme for stay in all_stays if stay.covers(day)]) for day in changes)]


def _outside(found: Judged) -> tuple[Contact, Verdict]:
    """The verdict on a contact as far as no programme is concerned: danger, and nothing else."""
    contact, protocol = found.contact, found.protocol
    refer = "emergency" if found.danger else None
    due_on = protocol.danger.contact.within.after(contact.on) if found.danger else None
    cites = tuple(danger_cites(found.danger, protocol))
    return contact, Verdict(
        contact.id, "", None, found.danger, 0, refer, due_on, "contact.danger", protocol.id, cites, (), found.alerts
    )


def _checkup(history: History, by_programme: dict[str, list[Stay]], editions: Editions) -> list[Plan]:
    """The yearly check-up of someone under management. Who is 65 depends on the day and stands in no plan."""
    open_now = [stay for stays_ in by_programme.values() for stay in stays_ if stay.to_on is None]
    if not open_now:
        return []
    begun_on = min(stay.from_on for stay in open_now)
    since_on = max(history.checkups, default=begun_on)
    protocol = editions.on(since_on)
    if not any(stay.programme in protocol.entitlement.visits.programmes for stay in open_now):
        return []
    due_on = checkup_due(begun_on, history.checkups, protocol)
    return [Plan("checkup", "", due_on, ("checkup_due",), max(since_on, begun_on))]


def _add(plans: list[Plan], suspected: Plan) -> None:
    """One plan of a kind and programme: an emergency left by an ended stay takes the referral to confirm with it."""
    for place, known in enumerate(plans):
        if (known.kind, known.programme, known.slip) == (suspected.kind, suspected.programme, suspected.slip):
            due_on = min(known.due_on, suspected.due_on)
            plans[place] = known._replace(due_on=due_on, days_high=suspected.days_high, found=suspected.found)
            return
    plans.append(suspected)


def _suspicions(history: History, by_programme: dict[str, list[Stay]], editions: Editions) -> list[Plan]:
    plans = []
    for programme in ("htn", "dm"):
        its_stays = by_programme[programme]
        if its_stays and its_stays[-1].to_on is None:
            continue
        after = its_stays[-1].to_on if its_stays else None
        contacts = [contact for contact in history.contacts if after is None or contact.on > after]
        plan = suspicion(programme, contacts, _about(programme, contacts, history), editions)
        plans += [plan] if plan else []
    return plans


def _about(programme: str, contacts: list[Contact], history: History) -> tuple[Outcome, ...]:
    """The outcomes that may answer a suspicion: none that names a slip written for something else."""
    theirs = {contact.uid for contact in contacts}
    others = {slip.uid for slip in history.slips if not meant_for(slip, programme, theirs)}
    return tuple(told for told in history.outcomes if told.referral not in others or told.programme == programme)


def _standing(
    history: History, plans: list[Plan], current: dict[str, Course], danger: tuple[str, ...], editions: Editions
) -> Standing:
    paused_on = _paused_on(history)
    met = (contact.on for contact in reversed(history.contacts) if contact.way != "phone")
    return Standing(
        _rank(plans, current, danger),
        paused_on,
        next(met, None),
        _latest(history),
        _last_bp(history.contacts),
        _last_fpg(history.contacts),
        danger,
        {programme: current[programme].klass if programme in current else None for programme in PROGRAMMES},
        {programme: current[programme].assessed if programme in current else None for programme in PROGRAMMES},
        trace(history, plans, bool(danger), paused_on is not None, editions),
    )


def _rank(plans: list[Plan], current: dict[str, Course], danger: tuple[str, ...]) -> int:
    """Whom to see first: open danger, open referral, then the most serious class of any programme."""
    if danger:
        return RANKS.index("danger")
    if any(plan.kind == "referral" for plan in plans):
        return RANKS.index("referral")
    standing = []
    for went in current.values():
        seen = any(contact.assessable for contact, _ in went.verdicts)
        standing.append(went.klass or ("controlled" if seen else "never_seen"))
    return min((RANKS.index(name) for name in standing), default=RANKS.index("never_seen"))


def _latest(history: History) -> date | None:
    return history.contacts[-1].on if history.contacts else None


def _paused_on(history: History) -> date | None:
    """The pause still running: not ended by hand, and nobody met or called the person since."""
    if history.closed_on is not None:
        return None
    latest = _latest(history) or date.min
    running = [pause.from_on for pause in history.pauses if pause.ended_on is None and latest < pause.from_on]
    return min(running, default=None)


def _last_bp(contacts: tuple[Contact, ...]) -> str | None:
    for contact in reversed(contacts):
        if contact.way != "phone" and (contact.sbp is not None or contact.dbp is not None):
            return f"{'-' if contact.sbp is None else contact.sbp}/{'-' if contact.dbp is None else contact.dbp}"
    return None


def _last_fpg(contacts: tuple[Contact, ...]) -> str | None:
    for contact in reversed(contacts):
        if contact.way != "phone" and contact.fpg is not None:
            return {METER_HIGH: "HI", METER_LOW: "LO"}.get(contact.fpg) or f"{contact.fpg:g}"
    return None
