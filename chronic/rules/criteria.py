"""Referral criteria: which are met by what is known, which only a person can answer, and which lack a value.

A criterion is a named test of the referrals book. Nothing unknown is ever taken as not met: it is asked or measured.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.days import age_on
from chronic.model.fields import CHILDBEARING_AGE
from chronic.model.plan import History, Verdict
from chronic.model.result import Result
from chronic.model.visit import METER_HIGH, METER_LOW, Contact
from chronic.protocol import BpLimit, Interval, Protocol
from chronic.protocol.referrals import KINDS, Criterion, Recent, Referrals
from chronic.rules.danger import dangers

STATES = ("met", "ask", "unknown", "not_met")
_PRESSURES, _GLUCOSES = ("sbp", "dbp"), ("fpg", "ppg_2h", "random_glucose")
_DECIDING = {"htn": "sbp", "dm": "fpg", "lipid": "ldl_c"}


class Facts(NamedTuple):
    """Everything the criteria may look at. `verdicts` are those of the history, `results` the latest of each test."""

    today: date
    history: History
    sex: str
    verdicts: tuple[Verdict, ...]
    results: dict[str, Result]
    protocol: Protocol
    recent: Recent


class Reason(NamedTuple):
    """What a test found: True, False or None for cannot be said; why, as a code with its values."""

    holds: bool | None
    why: str
    values: dict[str, object]


class Judged(NamedTuple):
    """One criterion on one person."""

    code: str
    state: str
    reason: Reason


def judge(facts: Facts, programmes: set[str], book: Referrals) -> list[Judged]:
    """The criteria of these programmes, danger first: by kind, and within it met, to be asked, unknown, not met."""
    found = [
        Judged(code, *_decide(criterion, facts))
        for code, criterion in book.criteria.items()
        if set(criterion.programmes) & programmes
    ]
    return sorted(found, key=lambda one: (STATES.index(one.state), KINDS.index(book.criteria[one.code].kind)))


def _decide(criterion: Criterion, facts: Facts) -> tuple[str, Reason]:
    reason = TESTS[criterion.decides.name](facts, *criterion.decides.args)
    if reason.why == "criterion.ask":
        return "ask", reason
    if reason.holds is None:
        return "unknown", reason
    if not reason.holds:
        return "not_met", reason
    return ("ask" if criterion.then_ask else "met"), reason


# the named tests ------------------------------------------------------------------------------------


def asked(_facts: Facts) -> Reason:
    return _ask()


def danger_question(facts: Facts) -> Reason:
    """The day's danger question answered no is an answer, for that day; anything else leaves it to be asked which."""
    contact = _latest(facts, "danger")
    if contact is None or contact.on != facts.today or contact.danger != "no":
        return _ask()
    return Reason(False, "criterion.answer", {"column": "danger", "value": contact.danger, "on": contact.on})


def danger(facts: Facts, code: str) -> Reason:
    """A danger code on the latest contact that could have one."""
    if code == "danger.bp":
        return bp_at_or_above(facts, facts.protocol.danger.bp.at_or_above)
    if "pregnancy" in code:
        expecting = pregnant(facts)
        if not expecting.holds:
            return expecting
    what = _PRESSURES if code.endswith("bp") else _GLUCOSES
    contact = _latest(facts, *what)
    if contact is None:
        return _missing(what[0])
    if code in dangers(contact._replace(pregnant="yes" if "pregnancy" in code else None), facts.protocol):
        return _found(_shown(contact, what), contact.on)
    return _unless_old(facts, contact.on, _shown(contact, what), facts.recent.measured)


def bp_at_or_above(facts: Facts, limit: BpLimit) -> Reason:
    contact = _latest(facts, *_PRESSURES)
    if contact is None:
        return _missing("sbp")
    shown = _shown(contact, _PRESSURES)
    if limit.reached(contact.sbp, contact.dbp):
        return _found(shown, contact.on)
    if contact.sbp is None or contact.dbp is None:
        return _missing("dbp" if contact.dbp is None else "sbp")
    return _unless_old(facts, contact.on, shown, facts.recent.measured)


def age_below(facts: Facts, limit: int) -> Reason:
    born = facts.history.birth_date
    if born is None:
        return _missing("birth_date")
    age = age_on(born, facts.today)
    return Reason(age < limit, "criterion.age", {"value": age})


def onset_below(facts: Facts, programme: str, limit: int) -> Reason:
    """The day of diagnosis decides. Without it, who was enrolled below the limit was ill below it; no one is cleared."""
    born, stays = facts.history.birth_date, [e for e in facts.history.enrolments if e.programme == programme]
    if born is None:
        return _missing("birth_date")
    diagnosed = min((e.diagnosed_on for e in stays if e.diagnosed_on is not None), default=None)
    if diagnosed is not None:
        return Reason(
            age_on(born, diagnosed) < limit, "criterion.onset", {"value": age_on(born, diagnosed), "on": diagnosed}
        )
    known_by = min([e.enrolled_on for e in stays], default=facts.today)
    if age_on(born, known_by) < limit:
        return Reason(True, "criterion.onset", {"value": age_on(born, known_by), "on": known_by})
    return _missing(f"{programme}_diagnosed_on")


def value_below(facts: Facts, test: str, limit: float) -> Reason:
    return _value(facts, test, lambda value: value < limit)


def value_above(facts: Facts, test: str, limit: float) -> Reason:
    return _value(facts, test, lambda value: value > limit)


def abnormal(facts: Facts, test: str) -> Reason:
    found = facts.results.get(test)
    if found is None or found.result is None:
        return _missing(test)
    if found.result == "abnormal":
        return _found(found.detail or found.result, found.done_on)
    return _unless_old(facts, found.done_on, found.result, facts.recent.tests)


def pregnant(facts: Facts) -> Reason:
    """Asked of women of childbearing age, and anew when the answer is old."""
    born = facts.history.birth_date
    youngest, oldest = CHILDBEARING_AGE
    age = None if born is None else age_on(born, facts.today)
    if facts.sex == "M" or (age is not None and not youngest <= age <= oldest):
        return Reason(False, "criterion.not_childbearing", {})
    return _answer(facts, "pregnant", {"yes"})


def adverse_reaction(facts: Facts) -> Reason:
    return _answer(facts, "adr", {"yes"})


def complication(facts: Facts) -> Reason:
    return _answer(facts, "complication", {"new", "worse"})


def no_complication(facts: Facts) -> Reason:
    return _answer(facts, "complication", {"none"})


def repeated_lows(facts: Facts, times: int, within: Interval) -> Reason:
    """So many contacts with a glucose in the lower danger range, or reactions called frequent, in the time before today."""
    contacts = [contact for contact in _until(facts) if within.after(contact.on) >= facts.today]
    lows = [contact.on for contact in contacts if "danger.glucose_low" in dangers(contact, facts.protocol)]
    frequent = [contact.on for contact in contacts if contact.hypoglycemia == "frequent"]
    if frequent or len(lows) >= times:
        return Reason(True, "criterion.lows", {"value": len(lows) or len(frequent), "on": max(frequent + lows)})
    asked_of = [contact.on for contact in contacts if contact.hypoglycemia is not None]
    return (
        Reason(False, "criterion.lows", {"value": len(lows), "on": max(asked_of)}) if asked_of else _missing("hypoglycemia")
    )


def in_a_row(facts: Facts, programme: str) -> Reason:
    """The form's own rule: so many assessed visits in a row not controlled."""
    latest = _assessed(facts, programme)[-1:]
    if not latest:
        return _never_judged(facts, programme)
    needed = getattr(facts.protocol, programme).referral.in_a_row
    _, verdict = latest[0]
    run = verdict.consecutive if verdict.klass == "uncontrolled" else 0
    return Reason(run >= needed, "criterion.in_a_row", {"value": run})


def uncontrolled_for(facts: Facts, programme: str, span: Interval) -> Reason:
    """Not controlled on every assessed visit for so long. Not seen since, nobody can say that it still is so."""
    run = _run(facts, programme)
    if run is None:
        return _never_judged(facts, programme)
    if not run:
        return Reason(False, "criterion.in_a_row", {"value": 0})
    due = span.after(run[0])
    if due <= run[-1]:
        return Reason(True, "criterion.since", {"on": run[0]})
    return Reason(None if due <= facts.today else False, "criterion.since", {"on": run[0]})


def controlled(facts: Facts, programme: str) -> Reason:
    run = _run(facts, programme)
    if run is None:
        return _never_judged(facts, programme)
    return Reason(not run, "criterion.in_a_row", {"value": len(run)})


TESTS: dict[str, Callable[..., Reason]] = {
    test.__name__: test
    for test in (
        asked, danger_question, danger, bp_at_or_above, age_below, onset_below, value_below, value_above, abnormal, pregnant,
        adverse_reaction, complication, no_complication, repeated_lows, in_a_row, uncontrolled_for, controlled,
    )
}  # fmt: skip
"""By the name a book calls them."""


# what is known --------------------------------------------------------------------------------------


def _until(facts: Facts) -> Iterator[Contact]:
    return (contact for contact in facts.history.contacts if contact.on <= facts.today)


def _latest(facts: Facts, *columns: str) -> Contact | None:
    """The latest contact on which any of these was given."""
    return next((c for c in reversed([*_until(facts)]) if any(getattr(c, column) is not None for column in columns)), None)


def _assessed(facts: Facts, programme: str) -> list[tuple[date, Verdict]]:
    """The verdicts with a class of one programme, oldest first."""
    days = {contact.id: contact.on for contact in _until(facts)}
    own = (verdict for verdict in facts.verdicts if verdict.programme == programme and verdict.visit in days)
    found = [(days[verdict.visit], verdict) for verdict in own if verdict.klass not in (None, "not_assessed")]
    return sorted(found, key=lambda pair: pair[0])


def _run(facts: Facts, programme: str) -> list[date] | None:
    """Days of the visits not controlled since the last controlled one; None where none was ever assessed.

    An adverse reaction or a complication is a class of its own: it neither begins such a row nor breaks it.
    """
    run: list[date] | None = None
    for on, verdict in _assessed(facts, programme):
        if verdict.klass == "controlled":
            run = []
        elif verdict.klass == "uncontrolled":
            run = [*(run or []), on]
    return run


def _never_judged(facts: Facts, programme: str) -> Reason:
    """Measure it for someone in the programme; of someone outside it, only a person can say."""
    inside = any(stay.programme == programme for stay in facts.history.enrolments)
    return _missing(_DECIDING[programme]) if inside else _ask()


def _answer(facts: Facts, column: str, wanted: set[str]) -> Reason:
    """The latest answer to a question; an old one is asked again."""
    contact = _latest(facts, column)
    if contact is None or facts.recent.answers.after(contact.on) < facts.today:
        return _ask()
    answer = getattr(contact, column)
    return Reason(answer in wanted, "criterion.answer", {"column": column, "value": answer, "on": contact.on})


def _value(facts: Facts, test: str, beyond: Callable[[float], bool]) -> Reason:
    found = facts.results.get(test)
    if found is None or found.value is None:
        return _missing(test)
    if beyond(found.value):
        return _found(found.value, found.done_on)
    return _unless_old(facts, found.done_on, found.value, facts.recent.tests)


def _unless_old(facts: Facts, on: date, value: object, fresh: Interval) -> Reason:
    """A value that clears a criterion does so while it is fresh."""
    old = fresh.after(on) < facts.today
    return Reason(None if old else False, "criterion.old" if old else "criterion.value", {"value": value, "on": on})


def _found(value: object, on: date) -> Reason:
    return Reason(True, "criterion.value", {"value": value, "on": on})


def _missing(column: str) -> Reason:
    return Reason(None, "criterion.missing", {"column": column})


def _ask() -> Reason:
    return Reason(None, "criterion.ask", {})


def _shown(contact: Contact, columns: tuple[str, ...]) -> str:
    """152/94, or the glucose."""
    given = [getattr(contact, column) for column in columns]
    if columns == _PRESSURES:
        return "/".join("-" if value is None else str(value) for value in given)
    value = next(value for value in given if value is not None)
    return {METER_HIGH: "HI", METER_LOW: "LO"}.get(value) or f"{value:g}"
