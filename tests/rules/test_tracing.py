"""When to call again, when a promise is broken, when a pause is proposed: every edge, and nothing stored."""

from datetime import date, timedelta

import pytest

from chronic.model.call import Call, Tracing
from chronic.model.person import Enrolment, Pause
from chronic.model.plan import History, Plan
from chronic.model.visit import Contact
from chronic.protocol import DEFAULT, Editions, load
from chronic.protocol.tracing import Recall
from chronic.rules.tracing import trace

PROTOCOL = load(DEFAULT)
EDITIONS = Editions([(PROTOCOL.effective_from, PROTOCOL)])
BOOK = Recall.of(PROTOCOL)
DAY = date(2026, 11, 1)
PLANS = (Plan("followup", "htn", date(2026, 10, 1), ("followup_due",), date(2026, 7, 1)),)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


def called(*attempts: tuple[int, str], **more: object) -> list[Call]:
    """Attempts so many days after the first of November; the last one with more to it."""
    calls = [Call(on(days), f"{days:04}-{place}", outcome) for place, (days, outcome) in enumerate(attempts)]
    return [*calls[:-1], calls[-1]._replace(**more)]  # type: ignore[arg-type]


def traced(
    calls: list[Call], contacts: tuple[Contact, ...] = (), danger: bool = False, paused: bool = False,
    pauses: tuple[Pause, ...] = (), plans: tuple[Plan, ...] = PLANS,
) -> Tracing:  # fmt: skip
    stay = Enrolment("htn", date(2026, 1, 1))
    history = History(None, False, None, (stay,), contacts, pauses=pauses, calls=tuple(sorted(calls)))
    return trace(history, plans, danger, paused, EDITIONS)


# the next attempt -------------------------------------------------------------------------------------


def test_nobody_was_called() -> None:
    assert traced([]) == Tracing()


@pytest.mark.parametrize(
    "outcome", ["came_already", "not_reached", "wrong_number", "has_medicine", "seen_elsewhere", "other"]
)
def test_without_a_day_of_its_own_an_outcome_waits_as_the_book_has_it(outcome: str) -> None:
    found = traced(called((0, outcome)))
    assert found.next_call_on == BOOK.again[outcome].within.after(DAY)
    assert (found.calls, found.told, found.last_call_on, found.ends) == (1, outcome, DAY, None)


@pytest.mark.parametrize("outcome", ["call_later", "not_reached", "other", "refused", "came_already"])
def test_a_day_somebody_chose_counts_instead(outcome: str) -> None:
    found = traced(called((0, outcome), next_call_on=on(40)))
    assert (found.next_call_on, found.ends) == (on(40), None)


def test_a_promise_is_due_for_a_call_on_the_day_after_it() -> None:
    found = traced(called((0, "agreed"), promised_on=on(4)))
    assert (found.promised_on, found.next_call_on) == (on(4), on(5))


def test_the_latest_attempt_decides_and_the_latest_promise_stands() -> None:
    calls = called((0, "agreed"), promised_on=on(4)) + called((6, "not_reached"))
    found = traced(calls)
    assert (found.calls, found.promised_on, found.next_call_on) == (2, on(4), BOOK.again["not_reached"].within.after(on(6)))
    again = traced(calls + called((7, "agreed"), promised_on=on(9)))
    assert (again.promised_on, again.next_call_on) == (on(9), on(10))


@pytest.mark.parametrize("outcome", ["died", "moved", "refused"])
def test_what_ends_management_has_no_next_attempt_but_asks_for_the_fact(outcome: str) -> None:
    found = traced(called((0, "not_reached"), (5, "not_reached"), (31, outcome)))
    assert (found.ends, found.next_call_on, found.promised_on, found.pause_on) == (outcome, None, None, None)


def test_a_later_attempt_takes_back_what_was_told() -> None:
    assert traced(called((0, "died"), (1, "has_medicine"))).ends is None


def test_a_refusal_outside_any_programme_ends_nothing_and_is_tried_again() -> None:
    suspected = (PLANS[0]._replace(kind="screening"),)
    found = traced(called((0, "refused")), plans=suspected)
    assert (found.ends, found.next_call_on) == (None, BOOK.again["refused"].within.after(DAY))


# contacts ---------------------------------------------------------------------------------------------


def met(days: int, uid: str = "x", way: str = "clinic") -> Contact:
    return Contact(on(days), uid, 1, way=way)


@pytest.mark.parametrize(("days", "calls"), [(-1, 2), (0, 1), (3, 0)])
def test_only_attempts_after_the_last_contact_count(days: int, calls: int) -> None:
    plans = (PLANS[0]._replace(due_on=on(30)),)
    assert traced(called((0, "not_reached"), (3, "not_reached")), (met(days),), plans=plans).calls == calls


@pytest.mark.parametrize(("uid", "calls"), [("0", 1), ("z", 0)])
def test_on_one_day_the_order_of_uids_says_which_came_first(uid: str, calls: int) -> None:
    plans = (PLANS[0]._replace(due_on=on(30)),)
    assert traced(called((0, "not_reached")), (met(0, uid),), plans=plans).calls == calls


@pytest.mark.parametrize(("due", "waits"), [(-1, True), (0, True), (1, False)])
def test_who_is_still_due_after_a_contact_is_not_called_on_the_same_day(due: int, waits: bool) -> None:
    found = traced([], (met(0, way="phone"),), plans=(PLANS[0]._replace(due_on=on(due)),))
    assert found == (Tracing(next_call_on=on(1)) if waits else Tracing())


def test_a_check_up_nobody_calls_for_makes_no_wait() -> None:
    assert traced([], (met(0),), plans=(PLANS[0]._replace(kind="checkup"),)) == Tracing()


# danger -----------------------------------------------------------------------------------------------


def test_an_open_danger_waits_for_no_later_date() -> None:
    assert traced(called((0, "agreed"), promised_on=on(9)), danger=True).next_call_on == on(1)
    assert traced(called((0, "call_later"), next_call_on=on(9)), danger=True).next_call_on == on(1)
    assert traced(called((0, "call_later"), next_call_on=on(0)), danger=True).next_call_on == on(0)


@pytest.mark.parametrize("outcome", ["not_reached", "wrong_number"])
def test_who_is_in_danger_and_was_not_reached_is_tried_again_the_same_day(outcome: str) -> None:
    assert traced(called((0, outcome)), danger=True).next_call_on == DAY


# the pause --------------------------------------------------------------------------------------------

NO = "not_reached"


def test_a_pause_is_proposed_after_enough_days_and_long_enough() -> None:
    assert (BOOK.pause.attempts, str(BOOK.pause.over)) == (3, "30 days")
    assert traced(called((0, NO), (29, NO))).pause_on is None
    assert traced(called((0, NO), (10, NO), (29, NO))).pause_on == on(30)
    assert traced(called((0, NO), (10, NO), (30, NO))).pause_on == on(30)
    assert traced(called((0, NO), (10, NO), (31, NO))).pause_on == on(31)
    assert traced(called((0, NO), (10, "wrong_number"), (20, NO), (25, NO))).pause_on == on(30)


def test_attempts_of_one_day_count_once() -> None:
    assert traced(called((0, NO), (0, NO), (31, NO))).pause_on is None


def test_whoever_was_reached_begins_anew() -> None:
    assert traced(called((0, NO), (10, NO), (20, "has_medicine"), (31, NO))).pause_on is None
    assert traced(called((0, "agreed"), (1, NO), (10, NO), (20, NO))).pause_on == on(31)


@pytest.mark.parametrize("ended", [11, 12])
def test_the_end_of_a_pause_begins_anew(ended: int) -> None:
    pauses = (Pause(on(9), on(ended)),)
    assert traced(called((0, NO), (10, NO), (11, NO), (40, NO)), pauses=pauses).pause_on is None
    assert traced(called((0, NO), (12, NO), (13, NO), (40, NO)), pauses=pauses).pause_on == on(42)


def test_of_two_pauses_the_later_end_begins_anew() -> None:
    failed = called((0, NO), (10, NO), (31, NO))
    assert traced(failed, pauses=(Pause(on(-9), on(-5)),)).pause_on == on(31)
    for pauses in ((Pause(on(-9), on(-5)), Pause(on(11), on(12))), (Pause(on(11), on(12)), Pause(on(-9), on(-5)))):
        assert traced(failed, pauses=pauses).pause_on is None


def test_only_the_latest_contact_settles_the_calls_before_it() -> None:
    contacts = tuple(Contact(on(day), f"visit {day}") for day in (-10, 3))
    assert traced(called((0, NO)), contacts).calls == 0
    assert traced(called((4, NO)), contacts).calls == 1


def test_who_refuses_and_has_a_check_up_due_too_asks_for_a_fact_all_the_same() -> None:
    checkup = Plan("checkup", "", date(2026, 10, 1), ("checkup_due",), date(2026, 7, 1))
    assert traced(called((0, "refused")), plans=(*PLANS, checkup)).ends == "refused"


def test_no_pause_is_proposed_in_danger_or_for_who_is_paused() -> None:
    failed = called((0, NO), (10, NO), (31, NO))
    assert traced(failed, danger=True).pause_on is None
    assert traced(failed, paused=True).pause_on is None
