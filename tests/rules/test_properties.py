"""What must hold of every history, whoever made it up: hypothesis looks for one where it does not."""

from collections.abc import Callable
from datetime import date, timedelta
from math import prod
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chronic.model.person import PROGRAMMES, Enrolment, Outcome, Pause
from chronic.model.plan import CLASSES, RANKS, Assessment, History, Plan, Verdict
from chronic.model.visit import METER_HIGH, METER_LOW, Contact
from chronic.protocol import BpLimit, Editions, load
from chronic.rules import diabetes, hypertension
from chronic.rules.assessment import assess
from chronic.rules.danger import alerts, dangers

PROTOCOL = load("cn-nbphs-2017")
EDITIONS = Editions([(PROTOCOL.effective_from, PROTOCOL)])
TWO_WEEKS = timedelta(days=14)
START = date(2024, 1, 15)
DAYS = 400
EXAMPLES = 100


def always(*parts: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`given` without a stopwatch and without leaving files behind."""
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    quietly = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=slow)
    return lambda test: quietly(given(*parts)(test))


# histories --------------------------------------------------------------------------------------------

days = st.integers(0, DAYS).map(lambda number: START + timedelta(days=number))
uids = st.text("0123456789abcdef", min_size=6, max_size=6)

WHAT: dict[str, list[Any]] = {
    "way": ["clinic", "home", "clinic", "phone"],
    "danger": [None, "no", "no", None, "yes"],
    "pregnant": [None, None, None, "no", "yes"],
    "adr": [None, "no", "no", "no", "yes"],
    "complication": [None, "none", "none", "none", "new", "worse"],
    "hypoglycemia": [None, "none", "occasional", "frequent"],
    "symptoms": [None, None, "none", "headache_dizziness", "thirst;polyuria"],
    "bp_drugs": [*[None] * 6, "no", "no", "yes"],
    "secondary": [*[None] * 8, "no", "yes"],
}
PRESSURE: dict[str, list[Any]] = {
    "sbp": [None, 49, 72, 89, 90, 120, 130, 139, 140, 149, 150, 160, 179, 180, 200],
    "dbp": [None, 30, 40, 49, 50, 70, 80, 89, 90, 95, 109, 110, 130],
    "heart_rate": [None, None, None, None, 40, 49, 50, 70, 110, 111],
}
LEVELS = [METER_LOW, 2.0, 3.9, 4.0, 6.0, 6.1, 6.9, 7.0, 7.8, 9.9, 10.0, 11.1, 16.6, 16.7, 25.0, METER_HIGH]
SUGAR: dict[str, list[Any]] = {
    "fpg": [None, *LEVELS],
    "ppg_2h": [*[None] * 16, *LEVELS],
    "random_glucose": [*[None] * 16, *LEVELS],
    "ogtt_2h": [*[None] * 8, 7.7, 7.8, 11.0, 11.1],
    "hba1c": [*[None] * 8, 5.6, 5.7, 6.4, 6.5, 9.0],
    "glucose_sample": [None, "capillary", "venous"],
}


FOUND = [(None, None), (None, None), ("yes", "htn"), ("no", "htn"), ("yes", "dm"), ("no", "dm")]


def picks(table: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """One choice from each list, all made by a single number: many small draws would be slow."""

    def pick(number: int) -> dict[str, Any]:
        chosen = {}
        for name, values in table.items():
            number, place = divmod(number, len(values))
            chosen[name] = values[place]
        return chosen

    return st.integers(0, prod(len(values) for values in table.values()) - 1).map(pick)


what, pressure, sugar = picks(WHAT), picks(PRESSURE), picks(SUGAR)
sittings = st.tuples(days, uids, st.integers(0, 3), what, pressure, sugar, st.integers(-240, 120))


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


@st.composite
def contacts(draw: st.DrawFn, most: int = 7) -> tuple[Contact, ...]:
    """Contacts as a reader gives them: sorted by day and uid, at most one follow-up a day."""
    taken: set[date] = set()
    met: list[Contact] = []
    drawn = draw(st.lists(sittings, max_size=most, unique_by=lambda sitting: sitting[1]))
    for place, (day, uid, screened, *seen, wait) in enumerate(drawn, 1):
        kind = "screening" if screened == 3 or day in taken else "followup"
        taken |= {day} if kind == "followup" else set()
        next_visit_date = day + timedelta(days=wait) if wait > 0 else None
        met.append(Contact(day, uid, place, kind, **seen[0], **seen[1], **seen[2], next_visit_date=next_visit_date))
    return tuple(sorted(met, key=lambda contact: (contact.on, contact.uid)))


@st.composite
def enrolments(draw: st.DrawFn) -> tuple[Enrolment, ...]:
    """At most two stays of a programme, the later one begun on or after the day the first ended."""
    stays: list[Enrolment] = []
    for programme in PROGRAMMES:
        marks = sorted(draw(st.lists(days, min_size=4, max_size=4)))
        number = draw(st.integers(0, 2))
        if number == 2:
            stays.append(Enrolment(programme, marks[0], draw(st.booleans()), None, marks[1], "refused", f"{programme}-1"))
        if number:
            ended_on = draw(st.sampled_from([None, None, marks[3]]))
            reason = None if ended_on is None else "refused"
            stays.append(Enrolment(programme, marks[2], draw(st.booleans()), None, ended_on, reason, f"{programme}-2"))
    return tuple(stays)


@st.composite
def outcomes(draw: st.DrawFn, known: tuple[Contact, ...]) -> tuple[Outcome, ...]:
    drawn = []
    for number in range(draw(st.integers(0, 3))):
        answers = draw(st.sampled_from([None, *(contact.uid for contact in known)]))
        on = draw(st.sampled_from([*(contact.on for contact in known), START + timedelta(days=draw(st.integers(0, DAYS)))]))
        outcome = draw(st.sampled_from(["seen", "returned", "not_arrived"]))
        found = (None, None) if outcome == "not_arrived" else draw(st.sampled_from(FOUND))
        drawn.append(Outcome(on, outcome, f"outcome-{number}", answers, *found))
    return tuple(sorted(drawn, key=lambda outcome: (outcome.outcome_on, outcome.uid)))


births = st.sampled_from([None, date(1944, 3, 1), date(1959, 6, 15), date(1960, 2, 29), date(1980, 1, 1)])


@st.composite
def histories(draw: st.DrawFn, closing: bool = True) -> History:
    met = draw(contacts())
    pauses = tuple(Pause(day) for day in sorted(draw(st.lists(days, max_size=2))))
    closed_on = draw(st.one_of(st.none(), st.none(), st.none(), days)) if closing else None
    return History(draw(births), draw(st.booleans()), closed_on, draw(enrolments()), met, draw(outcomes(met)), pauses)


@st.composite
def one_stay(draw: st.DrawFn) -> History:
    """Hypertension and diabetes given long before the first contact, never ended."""
    enrolled_on = START - timedelta(days=DAYS)
    stays = tuple(Enrolment(programme, enrolled_on, uid=programme) for programme in ("htn", "dm"))
    return History(draw(births), draw(st.booleans()), None, stays, draw(contacts()))


# what to look at --------------------------------------------------------------------------------------


def judge(history: History) -> Assessment:
    return assess(history, EDITIONS)


def followups(assessment: Assessment) -> dict[str, Plan]:
    return {plan.programme: plan for plan in assessment.plans if plan.kind == "followup"}


def referrals(assessment: Assessment) -> list[Plan]:
    return [plan for plan in assessment.plans if plan.kind == "referral"]


def by_key(assessment: Assessment) -> dict[tuple[int, str], Verdict]:
    return {(verdict.visit, verdict.programme): verdict for verdict in assessment.verdicts}


def without(history: History, contact: Contact) -> History:
    return history._replace(contacts=tuple(known for known in history.contacts if known is not contact))


def decides(contact: Contact, programme: str, history: History) -> bool:
    """Does this contact bring the value that the programme's class hangs on (dyslipidaemia: being seen)?"""
    if not contact.assessable:
        return False
    if programme == "lipid":
        return contact.adr != "yes" and contact.complication not in ("new", "worse")
    if programme == "dm":
        return diabetes.decided(contact, PROTOCOL) is not None
    born = history.birth_date
    return any(hypertension.decided(contact, age, PROTOCOL) is not None for age in ([None, 90] if born else [None]))


def age(born: date, day: date) -> int:
    """Counted the long way round: how many birthdays there have been."""
    birthdays = 0
    for year in range(born.year + 1, day.year + 1):
        leap_born = (born.month, born.day) == (2, 29)
        common = year % 4 != 0
        birthday = date(year, 3, 1) if leap_born and common else date(year, born.month, born.day)
        birthdays += birthday <= day
    return birthdays


# order ------------------------------------------------------------------------------------------------


@always(histories(), st.randoms(use_true_random=False))
def test_the_order_of_entry_changes_nothing(history: History, chance: Any) -> None:
    met, stays, told = list(history.contacts), list(history.enrolments), list(history.outcomes)
    for entered in (met, stays, told):
        chance.shuffle(entered)
    again = history._replace(
        contacts=tuple(sorted(met, key=lambda contact: (contact.on, contact.uid))),
        outcomes=tuple(sorted(told, key=lambda outcome: (outcome.outcome_on, outcome.uid))),
        enrolments=tuple(stays),
    )
    assert judge(again) == judge(history)


@always(histories())
def test_assessing_twice_gives_the_same(history: History) -> None:
    assert judge(history) == judge(history)


@always(histories(), days)
def test_a_contact_on_a_later_day_never_changes_an_earlier_verdict(history: History, cut: date) -> None:
    early = history._replace(contacts=tuple(contact for contact in history.contacts if contact.on < cut))
    known = judge(early).verdicts
    assert judge(history).verdicts[: len(known)] == known


@always(histories(), days)
def test_a_new_edition_never_changes_a_verdict_before_its_day(history: History, cut: date) -> None:
    lower = PROTOCOL.htn.target.but(adult=BpLimit(120, 70))
    strict = PROTOCOL.but(id="strict", htn=PROTOCOL.htn.but(target=lower))
    later = assess(history, Editions([(PROTOCOL.effective_from, PROTOCOL), (cut, strict)]))
    on = {contact.id: contact.on for contact in history.contacts}
    assert [v for v in later.verdicts if on[v.visit] < cut] == [v for v in judge(history).verdicts if on[v.visit] < cut]
    assert all((verdict.protocol == "strict") == (on[verdict.visit] >= cut) for verdict in later.verdicts)


@always(histories(closing=False), st.randoms(use_true_random=False))
def test_the_order_of_readings_within_a_day_does_not_change_a_suspicion(history: History, chance: Any) -> None:
    names = [contact.uid for contact in history.contacts]
    chance.shuffle(names)
    renamed = [contact._replace(uid=uid) for contact, uid in zip(history.contacts, names, strict=True)]
    bare = history._replace(outcomes=())
    again = bare._replace(contacts=tuple(sorted(renamed, key=lambda contact: (contact.on, contact.uid))))
    told = [
        sorted((plan.programme, plan.due_on, plan.days_high) for plan in judge(each).plans if plan.kind == "screening")
        for each in (bare, again)
    ]
    assert told[0] == told[1]


# dates ------------------------------------------------------------------------------------------------


@always(histories(closing=False), st.data())
def test_a_contact_without_the_deciding_value_never_moves_a_followup_later(history: History, data: st.DataObject) -> None:
    assume(history.contacts)
    contact = data.draw(st.sampled_from(history.contacts))
    before, after = followups(judge(without(history, contact))), followups(judge(history))
    for programme in before.keys() & after.keys():
        if not decides(contact, programme, history):
            assert after[programme].due_on <= before[programme].due_on


@always(histories(closing=False), st.data())
def test_a_date_of_the_doctor_never_moves_a_followup_later(history: History, data: st.DataObject) -> None:
    assume(history.contacts)
    place = data.draw(st.integers(0, len(history.contacts) - 1))
    met = list(history.contacts)
    met[place] = met[place]._replace(next_visit_date=None)
    before, after = followups(judge(history._replace(contacts=tuple(met)))), followups(judge(history))
    assert all(after[programme].due_on <= before[programme].due_on for programme in before)


@always(histories())
def test_danger_means_an_emergency_and_a_contact_within_two_weeks(history: History) -> None:
    found = judge(history)
    for contact in history.contacts:
        codes = dangers(contact, PROTOCOL)
        told = [verdict for verdict in found.verdicts if verdict.visit == contact.id]
        assert told or not codes, "danger always leaves a verdict"
        for verdict in told:
            assert verdict.danger == codes
            assert (verdict.refer == "emergency") == bool(codes)
            assert not codes or (verdict.due_on is not None and verdict.due_on <= contact.on + TWO_WEEKS)


@always(histories(closing=False))
def test_after_danger_or_an_alert_every_followup_is_within_two_weeks(history: History) -> None:
    assume(history.contacts)
    last = history.contacts[-1]
    assume(dangers(last, PROTOCOL) or alerts(last, PROTOCOL))
    found = judge(history)
    managed = {stay.programme for stay in history.enrolments if stay.ended_on is None and stay.enrolled_on <= last.on}
    for programme in managed:
        assert followups(found)[programme].due_on <= last.on + TWO_WEEKS


@always(histories(closing=False))
def test_nobody_uncontrolled_waits_longer_than_two_weeks(history: History) -> None:
    found, on = judge(history), {contact.id: contact.on for contact in history.contacts}
    for verdict in found.verdicts:
        if verdict.klass not in (None, "controlled"):
            assert verdict.due_on is not None
            assert verdict.due_on <= on[verdict.visit] + TWO_WEEKS


@always(histories(closing=False))
def test_no_followup_is_further_away_than_three_months_after_the_last_contact_or_enrolment(history: History) -> None:
    for programme, plan in followups(judge(history)).items():
        enrolled = [stay.enrolled_on for stay in history.enrolments if stay.programme == programme]
        assert plan.due_on <= max([*enrolled, *(contact.on for contact in history.contacts)]) + timedelta(days=92)
        assert plan.since_on <= plan.due_on


# plans ------------------------------------------------------------------------------------------------


@always(histories())
def test_every_open_stay_has_exactly_one_followup_plan_and_nothing_else_has_one(history: History) -> None:
    managed = sorted(stay.programme for stay in history.enrolments if stay.ended_on is None and history.closed_on is None)
    assert sorted(plan.programme for plan in judge(history).plans if plan.kind == "followup") == managed


@always(histories())
def test_there_is_at_most_one_plan_of_a_kind_and_programme_and_one_verdict_of_a_visit_and_programme(
    history: History,
) -> None:
    found = judge(history)
    plans = [(plan.kind, plan.programme) for plan in found.plans]
    verdicts = [(verdict.visit, verdict.programme) for verdict in found.verdicts]
    assert len(set(plans)) == len(plans)
    assert len(set(verdicts)) == len(verdicts)


@always(histories(), days)
def test_the_closed_have_no_plan(history: History, closed_on: date) -> None:
    found = judge(history._replace(closed_on=closed_on))
    assert found.plans == ()
    assert found.standing is None


@always(histories())
def test_reopening_restores_what_was_planned_before_the_closure(history: History) -> None:
    last = max([START, *(contact.on for contact in history.contacts), *(stay.enrolled_on for stay in history.enrolments)])
    alive = history._replace(closed_on=None)
    closed = judge(alive._replace(closed_on=last))
    assert by_key(closed).items() == by_key(judge(alive)).items()


@always(histories())
def test_everyone_with_a_plan_has_a_line_on_the_lists_and_nobody_else(history: History) -> None:
    found = judge(history)
    assert (found.standing is not None) == bool(found.plans)


@always(histories(), days)
def test_a_pause_changes_nothing_but_the_pause(history: History, from_on: date) -> None:
    bare, paused = judge(history._replace(pauses=())), judge(history._replace(pauses=(Pause(from_on),)))
    assert paused.verdicts == bare.verdicts
    assert paused.plans == bare.plans
    if paused.standing is not None and bare.standing is not None:
        assert paused.standing._replace(paused_on=None) == bare.standing
        met_since = any(contact.on >= from_on for contact in history.contacts)
        assert paused.standing.paused_on == (None if met_since else from_on)


# danger -----------------------------------------------------------------------------------------------


@always(histories())
def test_open_danger_stands_first_and_is_an_open_emergency(history: History) -> None:
    found = judge(history)
    emergency = any(plan.urgency == "emergency" for plan in referrals(found))
    first = found.standing is not None and RANKS[found.standing.rank] == "danger"
    assert emergency == first == bool(found.standing and found.standing.danger)


@always(histories(closing=False))
def test_danger_on_the_last_contact_is_open(history: History) -> None:
    assume(history.contacts)
    last = history.contacts[-1]
    codes = dangers(last, PROTOCOL)
    assume(codes)
    found = judge(history._replace(outcomes=tuple(told for told in history.outcomes if told.outcome_on < last.on)))
    assert found.standing is not None
    assert set(codes) <= set(found.standing.danger)


@always(histories(closing=False))
def test_a_phone_contact_never_ends_open_danger(history: History) -> None:
    before = judge(history).standing
    assume(before is not None and before.danger)
    last = max([START, *(contact.on for contact in history.contacts), *(told.outcome_on for told in history.outcomes)])
    call = Contact(last + timedelta(days=1), "call", 99, "followup", "phone", 120, 80, 70, 5.5, danger="no", adr="no")
    after = judge(history._replace(contacts=(*history.contacts, call))).standing
    assert before is not None
    assert after is not None
    assert after.danger == before.danger


@always(histories(closing=False))
def test_one_complete_visit_without_danger_ends_all_open_danger(history: History) -> None:
    last = max([START, *(contact.on for contact in history.contacts)])
    visit = Contact(last + timedelta(days=1), "good", 99, "followup", "clinic", 120, 80, 70, 5.5, danger="no", adr="no")
    after = judge(history._replace(contacts=(*history.contacts, visit), outcomes=())).standing
    assert after is None or after.danger == ()


@always(histories(closing=False))
def test_an_outcome_after_everything_ends_every_referral(history: History) -> None:
    last = max([START, *(contact.on for contact in history.contacts), *(told.outcome_on for told in history.outcomes)])
    seen = Outcome(last + timedelta(days=1), "seen", "the-last")
    found = judge(history._replace(outcomes=(*history.outcomes, seen)))
    assert referrals(found) == []


@always(histories(closing=False), st.sampled_from(["seen", "not_arrived"]))
def test_seen_and_did_not_go_change_no_verdict_and_no_followup(history: History, outcome: str) -> None:
    told = (Outcome(START + timedelta(days=DAYS // 2), outcome, "one"),)
    bare, answered = judge(history._replace(outcomes=())), judge(history._replace(outcomes=told))
    assert answered.verdicts == bare.verdicts
    assert followups(answered) == followups(bare)


@always(histories(closing=False))
def test_a_return_never_moves_a_followup_later(history: History) -> None:
    before = followups(judge(history._replace(outcomes=())))
    after = followups(judge(history))
    assert all(after[programme].due_on <= before[programme].due_on for programme in before)


reading = st.builds(
    lambda sbp, dbp, fpg, after_meal, pregnant: Contact(
        START, "one", sbp=sbp, dbp=dbp, fpg=fpg, ppg_2h=after_meal, pregnant="yes" if pregnant else None
    ),
    maybe(st.integers(50, 300)),
    maybe(st.integers(20, 200)),
    maybe(st.floats(0.6, 45)),
    maybe(st.floats(0.6, 60)),
    st.booleans(),
)


@always(reading, st.integers(0, 100), st.integers(0, 100), st.floats(0, 20))
def test_higher_readings_are_never_less_dangerous(low: Contact, sbp: int, dbp: int, fpg: float) -> None:
    high = low._replace(
        sbp=None if low.sbp is None else low.sbp + sbp,
        dbp=None if low.dbp is None else low.dbp + dbp,
        fpg=None if low.fpg is None else low.fpg + fpg,
    )
    assert set(dangers(low, PROTOCOL)) - {"danger.glucose_low"} <= set(dangers(high, PROTOCOL))
    assert set(alerts(high, PROTOCOL)) <= set(alerts(low, PROTOCOL))
    if low.fpg is not None and low.fpg <= 3.9:
        assert "danger.glucose_low" in dangers(low, PROTOCOL)


@always(reading, st.floats(0.6, 60), st.sampled_from([None, "no", "yes"]))
def test_one_more_fact_never_takes_a_danger_away(contact: Contact, value: float, asked: str | None) -> None:
    more = contact._replace(random_glucose=value, danger=asked)
    assert set(dangers(contact, PROTOCOL)) <= set(dangers(more, PROTOCOL))


# classes ----------------------------------------------------------------------------------------------

SEVERITY = [*CLASSES[:3], "not_assessed", CLASSES[3]]


@always(histories())
def test_an_unknown_birth_date_is_never_judged_more_leniently(history: History) -> None:
    known, unknown = by_key(judge(history)), by_key(judge(history._replace(birth_date=None)))
    assert known.keys() == unknown.keys()
    for key, verdict in known.items():
        if verdict.klass is not None:
            assert SEVERITY.index(str(unknown[key].klass)) <= SEVERITY.index(verdict.klass)


@always(histories())
def test_only_a_followup_face_to_face_has_a_class(history: History) -> None:
    known = {contact.id: contact for contact in history.contacts}
    for verdict in judge(history).verdicts:
        if verdict.klass is not None:
            assert known[verdict.visit].kind == "followup"
            assert known[verdict.visit].way in ("clinic", "home")


@always(one_stay())
def test_the_class_is_what_plain_arithmetic_says(history: History) -> None:
    found = by_key(judge(history))
    for contact in history.contacts:
        older = history.birth_date is not None and age(history.birth_date, contact.on) >= 65
        high = (contact.sbp or 0) >= (150 if older else 140) or (contact.dbp or 0) >= 90
        pressure = "uncontrolled" if high else "controlled" if contact.sbp and contact.dbp else "not_assessed"
        glucose = "not_assessed" if contact.fpg is None else "uncontrolled" if contact.fpg >= 7 else "controlled"
        for programme, plain in (("htn", pressure), ("dm", glucose)):
            if contact.adr == "yes":
                plain = "adverse_reaction"
            if contact.complication in ("new", "worse"):
                plain = "complication"
            meant = plain if contact.kind == "followup" and contact.way != "phone" else None
            assert found[contact.id, programme].klass == meant


@always(one_stay())
def test_in_a_row_counts_equal_classes_and_skips_visits_without_one(history: History) -> None:
    for programme in ("htn", "dm"):
        previous, count = None, 0
        for verdict in (v for v in judge(history).verdicts if v.programme == programme):
            if verdict.klass in (None, "not_assessed"):
                assert verdict.consecutive == 0
                continue
            count = count + 1 if verdict.klass == previous else 1
            previous = verdict.klass
            assert verdict.consecutive == count
            if not verdict.danger:
                serious = verdict.klass in ("uncontrolled", "adverse_reaction") and count >= 2
                assert verdict.refer == ("routine" if serious or verdict.klass == "complication" else None)


@always(one_stay())
def test_danger_and_class_do_not_know_of_each_other(history: History) -> None:
    met = tuple(contact._replace(danger="yes") for contact in history.contacts)
    bare, dangerous = by_key(judge(history)), by_key(judge(history._replace(contacts=met)))
    assert {key: verdict.klass for key, verdict in bare.items()} == {
        key: verdict.klass for key, verdict in dangerous.items()
    }


@always(histories())
def test_every_verdict_cites_sentences_that_exist_and_names_its_edition(history: History) -> None:
    for verdict in judge(history).verdicts:
        assert verdict.protocol == PROTOCOL.id
        assert set(verdict.cites) <= set(PROTOCOL.cites)
        assert verdict.cites or verdict.klass is None


# enrolment --------------------------------------------------------------------------------------------


@always(histories(), st.data())
def test_a_visit_outside_the_enrolment_changes_nothing_inside(history: History, data: st.DataObject) -> None:
    given_days = tuple(stay._replace(assumed=False) for stay in history.enrolments)
    history = history._replace(enrolments=given_days)
    covered = {
        (stay.programme, contact.id)
        for stay in given_days
        for contact in history.contacts
        if stay.enrolled_on <= contact.on <= min(stay.ended_on or date.max, history.closed_on or date.max)
    }
    found = judge(history)
    assert {(verdict.programme, verdict.visit) for verdict in found.verdicts if verdict.programme} == covered
    outside = [contact for contact in history.contacts if not any(contact.id == visit for _, visit in covered)]
    assume(outside)
    fewer = judge(without(history, data.draw(st.sampled_from(outside))))
    assert followups(fewer) == followups(found)
    assert [v for v in fewer.verdicts if v.programme] == [v for v in found.verdicts if v.programme]


@always(histories())
def test_an_assumed_enrolment_covers_every_followup_that_a_given_one_covers(history: History) -> None:
    fixed = judge(history._replace(enrolments=tuple(stay._replace(assumed=False) for stay in history.enrolments)))
    moved = judge(history._replace(enrolments=tuple(stay._replace(assumed=True) for stay in history.enrolments)))
    assert {key for key in by_key(fixed) if key[1]} <= {key for key in by_key(moved) if key[1]}


# suspicion --------------------------------------------------------------------------------------------


@always(histories())
def test_nobody_is_a_suspect_of_what_they_are_managed_for(history: History) -> None:
    found = judge(history)
    managed = set(followups(found))
    suspected = {plan.programme for plan in found.plans if plan.days_high is not None}
    assert not managed & suspected


@always(histories())
def test_a_suspicion_counts_up_to_the_days_of_the_protocol_and_then_refers(history: History) -> None:
    enough = {"htn": PROTOCOL.screening.htn.days, "dm": PROTOCOL.screening.dm.days}
    for plan in judge(history).plans:
        if plan.days_high is None:
            assert plan.found == ()
            continue
        assert 0 <= plan.days_high <= enough[plan.programme]
        waiting = plan.reasons == ("recheck_due",)
        assert waiting == (plan.found in ((), ("htn.slow",), ("dm.venous_needed",), ("dm.random_high",)))
        assert not waiting or plan.days_high < enough[plan.programme]
        assert (plan.days_high == 0 and waiting) == (plan.found == ("dm.random_high",))
        assert plan.kind == ("referral" if plan.reasons == ("referral_outcome",) else "screening")


@always(histories(closing=False))
def test_only_what_the_hospital_found_ends_a_suspicion_that_met_a_criterion(history: History) -> None:
    last = max([START, *(contact.on for contact in history.contacts), *(told.outcome_on for told in history.outcomes)])
    after = last + timedelta(days=1)
    for plan in judge(history).plans:
        if plan.days_high is None or plan.reasons == ("recheck_due",):
            continue
        for confirmed, left in (("no", None), ("yes", "enrol_due"), (None, "confirm_due")):
            programme = plan.programme if confirmed else None
            told = Outcome(after, "seen", "the-last", None, confirmed, programme)
            found = judge(history._replace(outcomes=(*history.outcomes, told))).plans
            mine = [p for p in found if p.programme == plan.programme and p.days_high is not None]
            if plan.found == ("confirm.yes",) and confirmed is None:
                left = "enrol_due"
            assert [reason for p in mine for reason in p.reasons] == ([left] if left else [])


def test_an_older_referral_still_open_gives_both_its_day_and_its_date() -> None:
    routine, again, dangerous = date(2026, 1, 10), date(2026, 1, 24), date(2026, 6, 1)
    met = [Contact(day, f"visit-{day}", place, sbp=sbp, dbp=95) for place, (day, sbp) in
           enumerate([(routine, 150), (again, 150), (dangerous, 190)], 1)]  # fmt: skip
    found = judge(History(None, False, None, (Enrolment("htn", date(2026, 1, 1), uid="e"),), tuple(met)))
    (plan,) = [plan for plan in found.plans if plan.kind == "referral"]
    assert (plan.urgency, plan.since_on, plan.due_on) == ("emergency", again, date(2026, 2, 7))
