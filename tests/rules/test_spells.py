"""The stages somebody stood in: each begins with the fact that begins it and ends with the one that ends it."""

from datetime import date, timedelta

import pytest

from chronic.model.call import Call
from chronic.model.chain import Event, Return, Situation, Stay
from chronic.model.facts import Known, Value
from chronic.model.person import Enrolment, Outcome, Pause, Slip
from chronic.model.plan import History
from chronic.model.visit import Contact
from chronic.protocol import DEFAULT, Editions, load
from chronic.protocol.chain import Chain
from chronic.rules.assessment import assess
from chronic.rules.atrisk import at_risk_of_age
from chronic.rules.chain import events, first, places, situation
from chronic.rules.spells import Past, at, spells, until

PROTOCOL = load(DEFAULT)
EDITIONS = Editions([(date(2017, 1, 1), PROTOCOL)])
BOOK = Chain.of(PROTOCOL)
DAY = date(2026, 11, 21)
NOBODY = History(None, False, None, (), ())
STAY = Enrolment("htn", date(2026, 1, 5), uid="stay")
AT_RISK_AGE = PROTOCOL.screening.bp_at_risk.from_age


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def met(day: date, uid: str = "", **values: object) -> Contact:
    return Contact(day, uid or day.isoformat(), **{"sbp": 132, "dbp": 82, **values})  # type: ignore[arg-type]


def went(
    history: History,
    told: list[tuple[str, Value]] | None = None,
    found: list[tuple[date, str, str]] | None = None,
    risks: Known | None = None,
    reason: str | None = None,
    day: date = DAY,
) -> list[tuple[str, str, date | None, date | None]]:
    """(stage, programme, since, to) of every spell up to that day."""
    past = Past(history, reason, told or [], found or [])
    every = spells(past, risks, day, EDITIONS, BOOK)
    return [(spell.place.stage, spell.place.programme, spell.place.since_on, spell.to_on) for spell in every]


def test_nothing_happened_and_nobody_stood_anywhere() -> None:
    assert went(NOBODY) == []


def test_a_stay_is_a_stage_until_the_day_it_ends_and_the_end_is_the_next() -> None:
    ended = STAY._replace(ended_on=on(6, 1), end_reason="refused")
    assert went(NOBODY._replace(enrolments=(STAY,))) == [("managed", "htn", on(1, 5), None)]
    assert went(NOBODY._replace(enrolments=(ended,))) == [
        ("managed", "htn", on(1, 5), on(6, 1)), ("ended", "htn", on(6, 1), None),
    ]  # fmt: skip
    assert went(NOBODY._replace(enrolments=(ended,)), day=on(5, 31)) == [("managed", "htn", on(1, 5), None)]


def test_two_stages_of_one_day_stand_in_the_order_of_their_ends() -> None:
    both = NOBODY._replace(enrolments=(STAY, Enrolment("dm", on(1, 5), ended_on=on(3, 1), end_reason="withdrawn", uid="dm")))
    assert went(both) == [
        ("managed", "dm", on(1, 5), on(3, 1)), ("managed", "htn", on(1, 5), None), ("ended", "dm", on(3, 1), None),
    ]  # fmt: skip


def test_closing_ends_every_stage_with_its_reason() -> None:
    closed = NOBODY._replace(enrolments=(STAY,), closed_on=on(8, 1))
    assert went(closed, reason="died") == [("managed", "htn", on(1, 5), on(8, 1)), ("ended", "", on(8, 1), None)]
    (place,) = at(Past(closed, "died", [], []), None, on(8, 1), EDITIONS, BOOK)
    assert place.about == ("died",)
    assert [place.stage for place in at(Past(closed, "died", [], []), None, on(7, 31), EDITIONS, BOOK)] == ["managed"]


def test_a_slip_its_outcome_and_a_return_each_begin_and_end_a_stage() -> None:
    slip = Slip("s", "2026-0001", on(3, 1), "routine", "htn")
    back = Outcome(on(3, 10), "returned", "o", referral="s")
    history = NOBODY._replace(enrolments=(STAY,), slips=(slip,), outcomes=(back,), contacts=(met(on(3, 20)),))
    assert went(history) == [
        ("managed", "htn", on(1, 5), None),
        ("referred", "htn", on(3, 1), on(3, 10)),
        ("returned", "htn", on(3, 10), on(3, 20)),
    ]


def test_a_contact_by_phone_ends_no_return() -> None:
    back = Outcome(on(3, 10), "returned", "o", programme="htn")
    history = NOBODY._replace(enrolments=(STAY,), outcomes=(back,), contacts=(met(on(3, 20), way="phone"),))
    assert ("returned", "htn", on(3, 10), None) in went(history)


def test_a_suspicion_found_by_a_contact_begins_that_day_and_ends_when_managed() -> None:
    high = tuple(met(day, kind="screening", sbp=152, dbp=96) for day in (on(2, 1), on(2, 10), on(2, 20)))
    found = went(NOBODY._replace(contacts=high, enrolments=(Enrolment("htn", on(3, 1), uid="e"),)))
    suspected = [spell for spell in found if spell[0] == "suspected"]
    assert suspected[0][2] == on(2, 1)
    assert suspected[-1][3] == on(3, 1)
    assert ("managed", "htn", on(3, 1), None) in found


def test_rehabilitation_ends_the_day_after_it_lasts_no_longer() -> None:
    told = [("stroke", Value("yes", on(1, 10)))]
    lasts = BOOK.events["stroke"].lasts.after(on(1, 10))
    end = lasts + timedelta(days=1)
    assert went(NOBODY, told, day=lasts) == [("rehabilitation", "", on(1, 10), None)]
    assert went(NOBODY, told, day=end) == [("rehabilitation", "", on(1, 10), end)]


def test_a_check_up_that_names_an_illness_begins_rehabilitation() -> None:
    found = [(on(4, 2), "problem_heart", "infarction")]
    assert went(NOBODY, found=found) == [("rehabilitation", "", on(4, 2), None)]
    assert went(NOBODY, found=found, day=on(4, 1)) == []


def test_what_was_told_counts_to_the_day_after_its_last_whatever_else_happens() -> None:
    """The day on which it lasts no longer is looked at though nothing was recorded on it."""
    told = [("stroke", Value("yes", date(2025, 1, 10)))]
    end = BOOK.events["stroke"].lasts.after(date(2025, 1, 10)) + timedelta(days=1)
    assert went(NOBODY, told) == [("rehabilitation", "", date(2025, 1, 10), end)]


def test_a_check_up_counts_on_its_own_day() -> None:
    found = [(on(4, 2), "problem_heart", "infarction")]
    past = Past(NOBODY, None, [], found)
    assert [place.stage for place in at(past, None, on(4, 2), EDITIONS, BOOK)] == ["rehabilitation"]
    assert at(past, None, on(4, 1), EDITIONS, BOOK) == ()


def test_rehabilitation_after_two_events_began_with_the_first() -> None:
    told = [("stroke", Value("yes", on(2, 1))), ("infarction", Value("yes", on(5, 1)))]
    (place,) = at(Past(NOBODY, None, told, []), None, on(6, 1), EDITIONS, BOOK)
    assert (place.since_on, place.about) == (on(2, 1), ("stroke", "infarction"))


def test_told_and_denied_or_ended_on_one_day() -> None:
    """What a check-up found on the day it was denied does not count; what ends or goes on that day does."""
    said = [("stroke", Value("no", on(4, 2)))]
    assert events(said, [(on(4, 2), "problem_brain", "ischaemic_stroke")], BOOK) == ()
    begun = ("stroke", Value("yes", on(4, 2)))
    assert events([begun, ("rehabilitation", Value("no", on(4, 2)))], [], BOOK) == ()
    assert events([begun, ("rehabilitation", Value("yes", on(4, 2)))], [], BOOK) == (
        Event("stroke", on(4, 2), lasting=True),
    )


def test_what_was_told_without_a_day_begins_nothing() -> None:
    assert went(NOBODY, [("stroke", Value("yes", None))]) == []


def test_told_that_it_is_over_ends_it_that_day() -> None:
    told = [("stroke", Value("yes", on(1, 10))), ("rehabilitation", Value("no", on(5, 1)))]
    assert went(NOBODY, told) == [("rehabilitation", "", on(1, 10), on(5, 1))]


def test_of_risks_only_today_is_known() -> None:
    risks = Known(date(DAY.year - 60, 1, 1), "F", None, None, {}, {}, (), {})
    assert {spell[0] for spell in went(NOBODY, risks=risks)} == {"at_risk"}
    assert went(NOBODY._replace(contacts=(met(on(4, 1), sbp=118, dbp=76),)), risks=risks) == went(NOBODY, risks=risks)


# as of a day -------------------------------------------------------------------------------------------


def whole() -> History:
    """Something of every kind on the first of each month from January to October."""
    return NOBODY._replace(
        closed_on=on(10, 1),
        enrolments=(STAY._replace(enrolled_on=on(1, 1), ended_on=on(9, 1), end_reason="refused"),),
        contacts=(met(on(2, 1)),),
        outcomes=(Outcome(on(4, 1), "seen", "o", referral="s"),),
        pauses=(Pause(on(5, 1)),),
        checkups=(on(6, 1),),
        calls=(Call(on(7, 1), "c", "not_reached"),),
        slips=(Slip("s", "2026-0001", on(3, 1), "routine", "htn"),),
    )


@pytest.mark.parametrize(
    ("name", "month"), [("contacts", 2), ("outcomes", 4), ("pauses", 5), ("checkups", 6), ("calls", 7), ("slips", 3)]
)
def test_a_fact_counts_from_its_own_day_on(name: str, month: int) -> None:
    day = on(month, 1)
    assert len(getattr(until(whole(), day), name)) == 1
    assert getattr(until(whole(), day - timedelta(days=1)), name) == ()


def test_an_end_counts_from_its_own_day_on() -> None:
    (ended,) = until(whole(), on(9, 1)).enrolments
    assert (ended.ended_on, ended.end_reason) == (on(9, 1), "refused")
    (open_,) = until(whole(), on(8, 31)).enrolments
    assert (open_.ended_on, open_.end_reason) == (None, None)
    assert (until(whole(), on(10, 1)).closed_on, until(whole(), on(9, 30)).closed_on) == (on(10, 1), None)
    assert until(whole()._replace(closed_on=None), on(10, 1)).closed_on is None


def test_a_stay_counts_from_its_first_day_on_also_one_that_an_earlier_visit_moves() -> None:
    assert len(until(whole(), on(1, 1)).enrolments) == 1
    assert until(whole(), date(2025, 12, 31)).enrolments == ()
    assumed = NOBODY._replace(enrolments=(STAY._replace(enrolled_on=on(5, 1), assumed=True),), contacts=(met(on(2, 1)),))
    assert len(until(assumed, on(2, 1)).enrolments) == 1
    assert until(assumed, on(1, 31)).enrolments == ()
    later = assumed._replace(contacts=(met(on(2, 1)), met(on(7, 1))))
    assert len(until(later, on(2, 1)).enrolments) == 1
    given = assumed._replace(enrolments=(STAY._replace(enrolled_on=on(5, 1)),))
    assert until(given, on(4, 30)).enrolments == ()
    assert len(until(given, on(5, 1)).enrolments) == 1


# what the stages rest on --------------------------------------------------------------------------------


def known(history: History, reason: str | None = None) -> Situation:
    return situation(history, assess(history, EDITIONS), reason, (Event("stroke", on(1, 1)),))


def test_a_situation_of_nothing_is_empty() -> None:
    assert known(NOBODY)[:7] == (None, None, (), (), None, None, None)
    assert known(NOBODY).events == (Event("stroke", on(1, 1)),)


def test_a_situation_has_the_latest_stay_the_last_contact_and_the_last_meeting() -> None:
    stays = (
        STAY._replace(ended_on=on(2, 1), end_reason="refused", uid="1"), STAY._replace(enrolled_on=on(4, 1), uid="2"),
        Enrolment("dm", on(1, 5), ended_on=on(3, 1), end_reason="withdrawn", uid="3"),
    )  # fmt: skip
    contacts = (met(on(5, 1)), met(on(6, 1)), met(on(7, 1), way="phone"))
    found = known(NOBODY._replace(enrolments=stays, contacts=contacts, closed_on=on(9, 1)), "moved")
    assert (found.closed_on, found.closed_reason) == (on(9, 1), "moved")
    assert (found.last_contact_on, found.last_met_on) == (on(7, 1), on(6, 1))
    open_ = known(NOBODY._replace(enrolments=stays, contacts=contacts))
    assert open_.stays == (Stay("htn", on(4, 1)), Stay("dm", on(1, 5), on(3, 1), "withdrawn"))
    again = (stays[0], stays[1]._replace(ended_on=on(8, 1), end_reason="died"))
    assert known(NOBODY._replace(enrolments=again)).stays == (Stay("htn", on(4, 1), on(8, 1), "died"),)


def test_plans_of_a_situation_are_bare_and_never_of_a_check_up() -> None:
    slip = Slip("s", "2026-0007", on(3, 1), "emergency", "htn")
    plans = known(NOBODY._replace(enrolments=(STAY,), slips=(slip,))).plans
    assert {plan.kind for plan in plans} >= {"referral"}
    assert "checkup" not in {plan.kind for plan in plans}
    (referral,) = (plan for plan in plans if plan.kind == "referral")
    assert (referral.programme, referral.since_on, referral.urgency, referral.slip) == (
        "htn",
        on(3, 1),
        "emergency",
        "2026-0007",
    )
    assert (referral.reasons, referral.visit, referral.found) == ((), None, ())


def test_the_latest_return_counts_for_the_programme_of_its_slip_or_its_own() -> None:
    slip = Slip("s", "2026-0001", on(3, 1), "routine", "dm")
    bare = Slip("t", "2026-0002", on(3, 2), "routine")
    told = (
        Outcome(on(3, 10), "returned", "1", programme="htn"), Outcome(on(3, 11), "returned", "2", referral="s"),
        Outcome(on(3, 12), "seen", "3"),
    )  # fmt: skip
    history = NOBODY._replace(slips=(slip, bare), outcomes=told)
    assert known(history).returned == Return(on(3, 11), "dm")
    assert known(history._replace(outcomes=told[:1])).returned == Return(on(3, 10), "htn")
    own = told[1]._replace(programme="lipid", confirmed="no")
    assert known(history._replace(outcomes=(own,))).returned == Return(on(3, 11), "lipid", denied=True)
    assert known(
        history._replace(outcomes=(own._replace(confirmed="yes", referral="t", programme=None),))
    ).returned == Return(on(3, 11), "")
    assert known(history._replace(outcomes=(told[2],))).returned is None


def test_the_order_of_stages_never_rests_on_chance() -> None:
    stays = tuple(Enrolment(programme, on(1, 5), uid=programme) for programme in ("dm", "htn", "lipid"))
    history = NOBODY._replace(enrolments=stays)
    found = places(known(history), None, DAY, PROTOCOL, BOOK)
    managed = [place for place in found if place.stage == "managed"]
    assert [place.programme for place in managed] == ["htn", "dm", "lipid"]
    assert first(managed[0]._replace(since_on=None), DAY)[3] == date.max
    assert first(managed[0]._replace(programme=""), DAY)[4] == -1


# of age -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("years", "asked"), [(AT_RISK_AGE - 1, False), (AT_RISK_AGE, True), (AT_RISK_AGE + 1, True)])
def test_risks_count_from_the_age_the_screening_is_for(years: int, asked: bool) -> None:
    high = {"bp": Value((132, 86), on(10, 1))}
    who = Known(DAY.replace(year=DAY.year - years), "F", None, None, {}, high, (), {})
    assert ("bp" in {factor.code for factor in at_risk_of_age("htn", who, DAY, PROTOCOL)}) is asked
    assert at_risk_of_age("htn", who, DAY - timedelta(days=1), PROTOCOL) == () if years <= AT_RISK_AGE else True


def test_each_disease_has_the_age_of_its_own_screening() -> None:
    screening = PROTOCOL.screening
    later = PROTOCOL.but(screening=screening.but(fpg_at_risk=screening.fpg_at_risk.but(from_age=45)))
    values = {"bp": Value((132, 86), on(10, 1)), "fpg": Value(6.5, on(10, 1))}
    who = Known(DAY.replace(year=DAY.year - 40), "F", None, None, {}, values, (), {})
    assert at_risk_of_age("htn", who, DAY, later) != ()
    assert at_risk_of_age("dm", who, DAY, later) == ()
    assert at_risk_of_age("dm", who, DAY, PROTOCOL) != ()


def test_an_unknown_age_leaves_nobody_out_and_each_disease_has_its_own() -> None:
    high = {"bp": Value((132, 86), on(10, 1))}
    unknown = Known(None, "F", None, None, {}, high, (), {})
    assert [factor.code for factor in at_risk_of_age("htn", unknown, DAY, PROTOCOL)] == ["bp"]
    assert [f.code for f in at_risk_of_age("dm", unknown, DAY, PROTOCOL)] == [
        f.code for f in at_risk_of_age("dm", unknown._replace(birth_date=date(1950, 1, 1)), DAY, PROTOCOL) if f.code != "age"
    ]
