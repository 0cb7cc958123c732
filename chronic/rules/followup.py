"""One stay in one programme: the verdict on each contact and the next follow-up date.

The walk goes through the contacts in date order and carries what was planned so far, because a contact
without the deciding value never moves a date later.
"""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from chronic.model.person import Outcome
from chronic.model.plan import History, Problem, Verdict
from chronic.model.visit import Contact
from chronic.protocol import Editions, Interval, Protocol
from chronic.protocol.beside import guidelines
from chronic.protocol.sections import Dm, Htn, Lipid
from chronic.rules import beside, diabetes, hypertension, lipids
from chronic.rules.danger import CITES

SERIOUS = ("uncontrolled", "adverse_reaction")


class Due(NamedTuple):
    """A planned follow-up: until when, why, and the contact it comes from."""

    on: date
    reasons: tuple[str, ...]
    since_on: date
    visit: int | None = None


class Course(NamedTuple):
    """How a stay went: verdicts in order, the open date, the latest class and the latest assessed one."""

    verdicts: tuple[tuple[Contact, Verdict], ...]
    due: Due
    klass: str | None
    assessed: str | None


class Judged(NamedTuple):
    """A contact with what holds for every programme alike: the edition of its day, the age on it, danger and alerts."""

    contact: Contact
    assessable: bool
    protocol: Protocol
    age: int | None
    danger: tuple[str, ...]
    alerts: tuple[str, ...]
    open_now: tuple[str, ...]
    """Programmes open on that day."""


def course(programme: str, from_on: date, judged: list[Judged], history: History, editions: Editions) -> Course:
    """Walk one stay. `judged` are its contacts."""
    first = editions.on(from_on).enrolment.first_followup.within.after(from_on)
    due = Due(first, ("never_seen",), from_on)
    klass: str | None = None
    assessed: str | None = None
    in_a_row = 0
    state: tuple[int | None, tuple[str, ...]] | None = None
    aims: tuple[beside.Aim, ...] = ()
    verdicts: list[tuple[Contact, Verdict]] = []
    returns = [outcome for outcome in history.outcomes if outcome.outcome == "returned" and outcome.outcome_on >= from_on]
    for found in judged:
        contact = found.contact
        while returns and returns[0].outcome_on < contact.on:
            due = _earlier(due, _after_return(returns.pop(0), editions))
        value = _decided(programme, found, history)
        this = classify(programme, found, value)
        advice = _advice(programme, found, history)
        if this is not None and this != "not_assessed":
            if this != assessed and this in SERIOUS and assessed in SERIOUS:
                advice.append("refer.consider")
            in_a_row = in_a_row + 1 if this == assessed else 1
            assessed = this
        counted = in_a_row if this == assessed and this is not None else 0
        refer = _refer(programme, this, counted, found)
        due = _next(programme, due, found, this, value is None and not _idle(programme, this, assessed), refer)
        if contact.next_visit_date is not None:
            due = _by_doctor(due, contact, contact.next_visit_date, advice)
        state, before = (found.age, found.open_now), state
        if state != before:  # seldom: looking the targets up is dearer than comparing
            aims = _aims(programme, *state, history)
        opinions = beside.NONE
        if found.assessable and aims:
            cholesterol = contact.ldl_c is not None or contact.tc is not None
            facts = _facts(found, history) if cholesterol else None
            opinions = beside.opinions(contact, aims, facts, found.protocol.lipid)
        verdicts.append((contact, _verdict(programme, found, this, counted, refer, due.on, advice, opinions)))
        if found.assessable and not (programme == "lipid" and this is None):
            klass = this
    for outcome in returns:
        due = _earlier(due, _after_return(outcome, editions))
    return Course(tuple(verdicts), due, klass, assessed)


def _verdict(
    programme: str, found: Judged, klass: str | None, in_a_row: int, refer: str | None, due_on: date, advice: list[str],
    opinions: beside.Opinions,
) -> Verdict:  # fmt: skip
    contact, _, protocol, _, danger, alerts, _ = found
    rule, cites = _grounds(programme, klass, in_a_row > 1, refer, danger, alerts, protocol)
    blank, told = not_asked(programme, contact), (*alerts, *advice)
    return Verdict(
        contact.id, programme, klass, danger, in_a_row, refer, due_on, rule, protocol.id, cites, blank, told, *opinions
    )


def _aims(programme: str, age: int | None, open_now: tuple[str, ...], history: History) -> tuple[beside.Aim, ...]:
    return beside.applying(programme, age, open_now, (history.ckd, history.ascvd), guidelines())


def _by_doctor(due: Due, contact: Contact, day: date, advice: list[str]) -> Due:
    """The doctor's own date counts when it is earlier; a later one is only remarked on."""
    if day > due.on:
        advice.append("plan.doctor_date_later")
    if day >= due.on:
        return due
    dangerous = ("danger_contact",) if "danger_contact" in due.reasons else ()
    return Due(day, ("doctor_date", *dangerous), contact.on, contact.id)


def classify(programme: str, found: Judged, value: bool | None) -> str | None:
    """此次随访分类, the most serious that applies; None where a contact cannot have one (phone, screening).

    Complication and adverse reaction, face to face, need no reading. In dyslipidaemia a visit without LDL-C, which is
    measured only now and then, has no class either.
    """
    if not found.assessable:
        return None
    if found.contact.complication in ("new", "worse"):
        return "complication"
    if found.contact.adr == "yes":
        return "adverse_reaction"
    if value is None:
        return None if programme == "lipid" else "not_assessed"
    return "controlled" if value else "uncontrolled"


def not_asked(programme: str, contact: Contact) -> tuple[str, ...]:
    """Questions of the form left blank: the class was computed without them, and says so."""
    if contact.kind != "followup":
        return ()
    blank = [] if contact.danger is not None else ["danger"]
    if contact.way != "phone":
        if contact.adr is None:
            blank.append("adr")
        if contact.complication is None:
            blank.append("complication")
        if contact.hypoglycemia is None and programme == "dm":
            blank.append("hypoglycemia")
    return tuple(blank)


def _decided(programme: str, found: Judged, history: History) -> bool | None:
    if programme == "htn":
        return hypertension.decided(found.contact, found.age, found.protocol)
    if programme == "dm":
        return diabetes.decided(found.contact, found.protocol)
    if found.contact.ldl_c is None:
        return None
    return lipids.decided(found.contact, _facts(found, history), found.protocol.lipid)


def _facts(found: Judged, history: History) -> lipids.Facts:
    contact = found.contact
    before = [met.ldl_c for met in history.contacts if met.ldl_c is not None and met.on < contact.on]
    smoker = history.smoker if contact.smoke_per_day is None else contact.smoke_per_day > 0
    return lipids.Facts(
        found.age, history.sex, "htn" in found.open_now, "dm" in found.open_now, history.ckd, history.ascvd, smoker,
        max(before, default=None),
    )  # fmt: skip


def _advice(programme: str, found: Judged, history: History) -> list[str]:
    if programme == "htn":
        lines = hypertension.advice(found.contact, found.age, "dm" in found.open_now, history.ckd, found.protocol)
        return lines if found.age is not None else [*lines, "age.unknown"]
    if programme == "dm":
        return diabetes.advice(found.contact, found.protocol)
    if found.contact.ldl_c is None and found.contact.tg is None:
        return []
    return lipids.advice(found.contact, _facts(found, history), found.protocol.lipid)


def _refer(programme: str, klass: str | None, in_a_row: int, found: Judged) -> str | None:
    """Emergency outranks routine; a complication, or the same failure in a row, is routine."""
    if found.danger:
        return "emergency"
    if klass == "complication":
        return "routine"
    if klass not in SERIOUS:
        return None
    return "routine" if in_a_row >= _rules(programme, found.protocol).referral.in_a_row else None


def _idle(programme: str, klass: str | None, assessed: str | None) -> bool:
    """A visit of dyslipidaemia without LDL-C, which is not measured every time: it counts unless LDL-C was too high."""
    return programme == "lipid" and klass is None and assessed != "uncontrolled"


def _next(programme: str, planned: Due, found: Judged, klass: str | None, missing: bool, refer: str | None) -> Due:
    """The date after this contact. `missing`: without the deciding value it never moves a date later."""
    contact, protocol = found.contact, found.protocol
    due = planned
    if found.assessable:
        interval, reasons = _interval(programme, klass, refer, protocol)
        due = Due(interval.after(contact.on), reasons, contact.on, contact.id)
        if missing:
            if planned.reasons == ("never_seen",):
                planned = planned._replace(reasons=reasons)
            due = _earlier(planned, due)
    if found.danger:
        due = _earlier(due, _contact(found, protocol.danger.contact.within, "danger_contact"))
    if found.alerts:
        due = _earlier(due, _contact(found, protocol.alert.contact.within, "followup_due"))
    return due


def usual(programme: str, klass: str, protocol: Protocol) -> Interval:
    """Until the next follow-up of someone whose class is this one."""
    return _interval(programme, klass, None, protocol)[0]


@lru_cache
def _interval(programme: str, klass: str | None, refer: str | None, protocol: Protocol) -> tuple[Interval, tuple[str, ...]]:
    """Until the next follow-up, and why."""
    if klass == "not_assessed":
        return protocol.contact.not_assessed.within, ("not_assessed",)
    reasons = ("referral_outcome",) if refer == "routine" else ("followup_due",)
    branches = _rules(programme, protocol).followup
    if programme == "lipid" and klass not in ("controlled", "uncontrolled"):
        return protocol.lipid.followup.complaint if klass else protocol.lipid.followup.seen, reasons
    return branches.controlled if klass == "controlled" else branches.uncontrolled, reasons


def _contact(found: Judged, within: Interval, reason: str) -> Due:
    return Due(within.after(found.contact.on), (reason,), found.contact.on, found.contact.id)


def _after_return(outcome: Outcome, editions: Editions) -> Due:
    within = editions.on(outcome.outcome_on).referral.returned.within
    return Due(within.after(outcome.outcome_on), ("referral_outcome",), outcome.outcome_on)


def _earlier(planned: Due, other: Due) -> Due:
    """The earlier of the two. What is dangerous stays named although an older date is already nearer."""
    if other.on < planned.on:
        return other
    if "danger_contact" in other.reasons:
        kept = tuple(r for r in planned.reasons if r not in ("danger_contact", "followup_due") or other.on > planned.on)
        return planned._replace(reasons=tuple(dict.fromkeys((*kept, "danger_contact"))))
    return planned


@lru_cache
def _grounds(
    programme: str,
    klass: str | None,
    again: bool,
    refer: str | None,
    danger: tuple[str, ...],
    alerts: tuple[str, ...],
    protocol: Protocol,
) -> tuple[str, tuple[str, ...]]:
    """The permanent code of the branch that was taken, and the keys of the sentences behind it."""
    cites = danger_cites(danger, protocol)
    rules = _rules(programme, protocol)
    if klass == "not_assessed":
        cites.append(protocol.contact.not_assessed.cite)
    elif klass is not None:
        cites += [rules.target.cite, rules.referral.cite if refer == "routine" else rules.followup.cite]
    elif programme == "lipid":
        cites.append(rules.followup.cite)
    for code in alerts:
        cites.append(protocol.alert.bp.cite if code == "alert.bp_low" else protocol.alert.pulse.cite)
    return _rule(programme, klass, again, bool(danger)), tuple(dict.fromkeys(cites))


def _rule(programme: str, klass: str | None, again: bool, dangerous: bool) -> str:
    if klass is None:
        return f"{programme}.danger" if dangerous else f"{programme}.contact"
    if klass in SERIOUS:
        return f"{programme}.{klass}_{'again' if again else 'first'}"
    return f"{programme}.{klass}"


def _rules(programme: str, protocol: Protocol) -> Htn | Dm | Lipid:
    if programme == "lipid":
        return protocol.lipid
    return protocol.dm if programme == "dm" else protocol.htn


def danger_cites(danger: tuple[str, ...], protocol: Protocol) -> list[str]:
    """Citation keys behind danger codes, the two-week contact included."""
    cites: list[str] = [getattr(protocol.danger, CITES[code]).cite for code in danger]
    return [*cites, protocol.danger.contact.cite] if danger else []


def must_ask_danger(symptoms: str | None, danger: str | None, protocol: Protocol) -> tuple[Problem, ...]:
    """Symptoms that force the danger question when it was left blank."""
    told = set((symptoms or "").split(";")) & set(protocol.danger.signs.ask_when)
    return tuple(Problem(f"ask.{name}", "danger") for name in sorted(told)) if danger is None else ()
