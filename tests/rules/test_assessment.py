"""What an assessment says beside what a case can expect: the order of verdicts, the days of stays and of the check-up."""

from datetime import date

from chronic.model.call import Call
from chronic.model.person import Enrolment, Outcome, Pause, Slip
from chronic.model.plan import History
from chronic.model.visit import Contact
from chronic.protocol import DEFAULT, Editions, Interval, load
from chronic.rules.assessment import assess, stays

PROTOCOL = load(DEFAULT)
EDITIONS = Editions([(date(2017, 1, 1), PROTOCOL)])
BEGUN = date(2026, 1, 1)


def history(*met: date, enrolments: tuple[Enrolment, ...], checkups: tuple[date, ...] = ()) -> History:
    contacts = tuple(Contact(on, f"{n:03}", n, sbp=132, dbp=82, fpg=6.0) for n, on in enumerate(met, 1))
    return History(date(1966, 5, 5), False, None, enrolments, contacts, checkups=checkups)


def test_verdicts_stand_by_the_day_of_their_contact() -> None:
    both = (Enrolment("htn", BEGUN), Enrolment("dm", BEGUN))
    found = assess(history(date(2026, 2, 1), date(2026, 5, 1), enrolments=both), EDITIONS)
    assert [(v.visit, v.programme) for v in found.verdicts] == [(1, "dm"), (1, "htn"), (2, "dm"), (2, "htn")]


def test_an_assumed_stay_begins_after_the_last_one_and_not_after_the_first() -> None:
    enrolments = (
        Enrolment("htn", date(2026, 1, 1), ended_on=date(2026, 1, 31), uid="1"),
        Enrolment("htn", date(2026, 3, 1), ended_on=date(2026, 4, 30), uid="2"),
        Enrolment("htn", date(2026, 7, 1), assumed=True, uid="3"),
    )
    met = history(date(2026, 4, 15), date(2026, 6, 1), enrolments=enrolments)
    assert [stay.from_on for stay in stays(met, "htn")] == [date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)]


def test_who_comes_back_on_the_day_of_enrolment_is_seen_as_soon_as_anybody_who_comes_back() -> None:
    enrolment = PROTOCOL.enrolment
    slow = PROTOCOL.but(
        enrolment=enrolment.but(first_followup=enrolment.first_followup.but(within=Interval.read("60 days")))
    )
    back = history(enrolments=(Enrolment("htn", BEGUN),))._replace(outcomes=(Outcome(BEGUN, "returned", "1"),))
    (plan,) = (plan for plan in assess(back, Editions([(date(2017, 1, 1), slow)])).plans if plan.kind == "followup")
    assert (plan.due_on, plan.reasons) == (date(2026, 1, 15), ("referral_outcome",))


def test_the_check_up_is_counted_from_the_last_one_or_from_the_beginning() -> None:
    def since(*checkups: date) -> tuple[date, date]:
        found = assess(history(enrolments=(Enrolment("htn", BEGUN),), checkups=checkups), EDITIONS)
        (plan,) = (plan for plan in found.plans if plan.kind == "checkup")
        return plan.since_on, plan.due_on

    assert since() == (BEGUN, date(2027, 1, 1))
    assert since(date(2026, 3, 1), date(2026, 9, 1)) == (date(2026, 9, 1), date(2027, 9, 1))
    assert since(date(2025, 6, 1)) == (BEGUN, date(2026, 6, 1))


def test_a_pause_is_not_proposed_while_one_is_running() -> None:
    stay = Enrolment("htn", date(2026, 1, 1), uid="htn")
    failed = tuple(Call(date(2026, 10, day), f"call {day}", "not_reached") for day in (1, 8, 15, 22, 31))
    told = History(date(1960, 1, 1), False, None, (stay,), (), calls=failed)
    proposed, running = (assess(told._replace(pauses=its), EDITIONS).standing for its in ((), (Pause(date(2026, 9, 30)),)))
    assert proposed is not None
    assert running is not None
    assert (proposed.tracing.pause_on is None, running.tracing.pause_on) == (False, None)


def test_the_row_of_a_slip_that_stands_for_nothing_else_names_the_contact_it_was_written_for() -> None:
    stay = Enrolment("htn", date(2026, 1, 1), uid="htn")
    met = tuple(Contact(date(2026, 10, day), f"visit {day}", day, sbp=128, dbp=78) for day in (1, 9))
    slips = (Slip("a", "1", date(2026, 10, 10), "routine", contact="visit 1"), Slip("b", "2", date(2026, 10, 10), "routine"))
    plans = assess(History(date(1960, 1, 1), False, None, (stay,), met, slips=slips), EDITIONS).plans
    assert [(plan.slip, plan.visit) for plan in plans if plan.kind == "referral"] == [("1", 1), ("2", None)]
