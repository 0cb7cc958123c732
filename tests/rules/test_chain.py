"""Stages of the chain: what begins and ends each, and from which day on someone is stuck in it."""

from datetime import date, timedelta

import pytest

from chronic.model.chain import STAGES, Event, Place, Return, Situation, Stay
from chronic.model.facts import Known, Value
from chronic.model.plan import Plan
from chronic.protocol import DEFAULT, load
from chronic.protocol.chain import Chain
from chronic.rules.chain import events, places

PROTOCOL = load(DEFAULT)
BOOK = Chain.of(PROTOCOL)
DAY = date(2026, 11, 21)
NOBODY = Situation(None, None, (), (), None, None, None, ())


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def plan(kind: str, programme: str, since: int, days: int, **more: object) -> Plan:
    """Open since so many days ago, with a date so many days after that."""
    return Plan(kind, programme, ago(since - days), (), ago(since))._replace(**more)  # type: ignore[arg-type]


def stand(known: Situation, risks: Known | None = None, day: date = DAY) -> list[tuple[str, str, str | None]]:
    return [(place.stage, place.programme, place.stuck_on(day)) for place in places(known, risks, day, PROTOCOL, BOOK)]


def person(age: int = 0, **more: object) -> Known:
    born = date(DAY.year - age, 1, 1)
    return Known(born, "F", None, None, {}, {}, (), {})._replace(**more)  # type: ignore[arg-type]


def test_nobody_of_whom_nothing_is_known_stands_anywhere() -> None:
    assert stand(NOBODY, person()) == []


def test_whoever_is_closed_stands_at_the_end_and_nowhere_else() -> None:
    """Whatever else is known of them."""
    stays, plans, events_ = (Stay("htn", ago(100)),), (plan("referral", "htn", 5, 14),), (Event("stroke", ago(9)),)
    known = Situation(ago(3), "died", stays, plans, Return(ago(4)), None, None, events_)
    (place,) = places(known, person(70), DAY, PROTOCOL, BOOK)
    assert place == Place("ended", "", ago(3), about=("died",))


def test_in_management_since_the_day_the_stay_begins() -> None:
    (place,) = places(NOBODY._replace(stays=(Stay("htn", ago(100)),)), None, DAY, PROTOCOL, BOOK)
    assert (place.stage, place.programme, place.since_on) == ("managed", "htn", ago(100))


@pytest.mark.parametrize(("spoken", "stuck"), [(date(2026, 5, 20), "no_contact"), (date(2026, 5, 21), None)])
def test_six_months_without_any_contact_is_too_long_in_management(spoken: date, stuck: str | None) -> None:
    known = NOBODY._replace(stays=(Stay("htn", date(2026, 1, 1)),), last_contact_on=spoken)
    assert stand(known) == [("managed", "htn", stuck)]


def test_who_was_never_spoken_to_counts_from_the_beginning() -> None:
    for began, stuck in ((date(2026, 5, 20), "no_contact"), (date(2026, 5, 21), None)):
        assert stand(NOBODY._replace(stays=(Stay("dm", began),), last_contact_on=ago(900))) == [("managed", "dm", stuck)]


@pytest.mark.parametrize(("days", "stuck"), [(14, None), (15, "outcome_late")])
def test_referred_past_the_clock_of_the_outcome(days: int, stuck: str | None) -> None:
    assert stand(NOBODY._replace(plans=(plan("referral", "htn", days, 14),))) == [("referred", "htn", stuck)]


@pytest.mark.parametrize(("days", "stuck"), [(28, None), (29, "unconfirmed")])
def test_suspected_for_more_than_four_weeks(days: int, stuck: str | None) -> None:
    known = NOBODY._replace(plans=(plan("screening", "htn", days, 28, days_high=1),))
    assert stand(known) == [("suspected", "htn", stuck)]


def test_who_is_referred_to_be_confirmed_is_suspected_still() -> None:
    known = NOBODY._replace(plans=(plan("referral", "dm", 3, 14, days_high=2),))
    assert stand(known) == [("referred", "dm", None), ("suspected", "dm", None)]


@pytest.mark.parametrize(("days", "stuck"), [(14, None), (15, "no_followup")])
def test_referred_back_and_not_met_within_two_weeks(days: int, stuck: str | None) -> None:
    known = NOBODY._replace(stays=(Stay("htn", ago(1)),), returned=Return(ago(days), "htn"))
    assert ("returned", "htn", stuck) in stand(known)


@pytest.mark.parametrize(("met", "stands"), [(20, True), (10, True), (9, False)])
def test_a_meeting_on_a_later_day_ends_a_return(met: int, stands: bool) -> None:
    known = NOBODY._replace(stays=(Stay("htn", ago(90)),), returned=Return(ago(10)), last_met_on=ago(met))
    assert ("returned" in [stage for stage, _, _ in stand(known)]) is stands


def test_nobody_waits_for_one_who_came_back_and_left_or_has_no_such_disease() -> None:
    left = NOBODY._replace(stays=(Stay("htn", ago(90), ago(10), "refused"),), returned=Return(ago(10)))
    assert stand(left) == [("ended", "htn", None)]
    assert stand(NOBODY._replace(returned=Return(ago(10), "htn", denied=True))) == []
    assert stand(NOBODY._replace(returned=Return(ago(10)))) == [("returned", "", None)]


def test_one_programme_is_managed_the_other_suspected_or_ended() -> None:
    both = NOBODY._replace(stays=(Stay("htn", ago(9)), Stay("dm", ago(90), ago(20), "refused")))
    assert stand(both, person(50)) == [("managed", "htn", None), ("ended", "dm", None)]
    again = both._replace(plans=(plan("screening", "dm", 3, 28, days_high=1),))
    assert stand(again, person(50)) == [("suspected", "dm", None), ("managed", "htn", None)]


def test_a_risk_is_a_stage_only_where_nothing_more_is_known() -> None:
    assert sorted(stand(NOBODY, person(56))) == [("at_risk", "dm", None), ("at_risk", "htn", None)]
    suspected = NOBODY._replace(plans=(plan("screening", "htn", 3, 28, days_high=1),))
    assert stand(suspected, person(56)) == [("suspected", "htn", None), ("at_risk", "dm", None)]
    ruled_out = NOBODY._replace(stays=(Stay("dm", ago(9), ago(3), "withdrawn"),))
    assert ("at_risk", "dm", None) in stand(ruled_out, person(56))


def test_at_risk_since_the_birthday_or_the_day_of_the_factor() -> None:
    told = person(40, told={"gestational": Value("yes", date(2020, 3, 1))})
    by = {place.programme: place.since_on for place in places(NOBODY, told, DAY, PROTOCOL, BOOK)}
    assert by["dm"] == date(2020, 3, 1)
    of_age = {place.programme: place.since_on for place in places(NOBODY, person(56), DAY, PROTOCOL, BOOK)}
    assert of_age["htn"] == date(DAY.year - 56 + PROTOCOL.at_risk.htn.from_age, 1, 1)


def test_emergencies_first_then_the_stuck_then_by_what_needs_somebody() -> None:
    known = NOBODY._replace(
        stays=(Stay("htn", ago(400)), Stay("dm", ago(9))),
        plans=(plan("referral", "dm", 3, 14), plan("referral", "htn", 1, 14, urgency="emergency")),
    )
    assert stand(known) == [
        ("referred", "htn", None), ("managed", "htn", "no_contact"), ("referred", "dm", None), ("managed", "dm", None),
    ]  # fmt: skip


def test_two_slips_of_one_day_always_stand_in_the_same_order() -> None:
    slips = (plan("referral", "htn", 3, 14, slip="2026-0002"), plan("referral", "htn", 3, 14, slip="2026-0001"))
    for both in (slips, slips[::-1]):
        found = places(NOBODY._replace(plans=both), None, DAY, PROTOCOL, BOOK)
        assert [place.about for place in found] == [("2026-0001",), ("2026-0002",)]


# rehabilitation -----------------------------------------------------------------------------------------


def after(told: list[tuple[str, str, date]], found: list[tuple[date, str, str]] | None = None) -> tuple[Event, ...]:
    return events([(fact, Value(value, on)) for fact, value, on in told], found or [], BOOK)


@pytest.mark.parametrize(("began", "stands"), [(date(2025, 11, 21), True), (date(2025, 11, 20), False)])
def test_rehabilitation_lasts_a_year_after_the_event(began: date, stands: bool) -> None:
    known = NOBODY._replace(events=after([("amputation", "yes", began)]), last_met_on=DAY)
    assert stand(known) == ([("rehabilitation", "", None)] if stands else [])


@pytest.mark.parametrize(("met", "stuck"), [(date(2026, 8, 20), "not_met"), (date(2026, 8, 21), None)])
def test_three_months_without_being_met_is_too_long_in_rehabilitation(met: date, stuck: str | None) -> None:
    known = NOBODY._replace(events=(Event("stroke", date(2026, 1, 1)),), last_met_on=met)
    assert stand(known) == [("rehabilitation", "", stuck)]


def test_somebody_says_that_it_is_over_or_goes_on() -> None:
    old = ("stroke", "yes", ago(500))
    assert stand(NOBODY._replace(events=after([old]))) == []
    assert stand(NOBODY._replace(events=after([old, ("rehabilitation", "yes", ago(9))]), last_met_on=DAY)) == [
        ("rehabilitation", "", None)
    ]
    new = ("stroke", "yes", ago(50))
    assert after([new, ("rehabilitation", "no", ago(9))]) == ()
    assert after([("rehabilitation", "no", ago(60)), new]) == (Event("stroke", ago(50)),)
    assert after([("rehabilitation", "yes", ago(60))]) == (Event("rehabilitation", ago(60), lasting=True),)


def test_a_check_up_names_it_from_its_first_mention_on_until_it_is_denied() -> None:
    twice = [(ago(100), "problem_brain", "tia;ischaemic_stroke"), (ago(9), "problem_brain", "ischaemic_stroke")]
    assert after([], twice) == (Event("stroke", ago(100)),)
    assert after([("stroke", "no", ago(50))], twice) == (Event("stroke", ago(9)),)
    assert after([("stroke", "yes", ago(50))], twice) == (Event("stroke", ago(50)),)
    assert after([], [(ago(9), "problem_brain", "tia"), (ago(9), "problem_heart", "angina;infarction")]) == (
        Event("infarction", ago(9)),
    )


def test_every_stage_has_a_word_and_an_order() -> None:
    from chronic.model.chain import ACT_FIRST

    assert set(ACT_FIRST) == set(STAGES)
