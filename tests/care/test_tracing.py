"""Calling people back, day by day: only a visit ends overdue, nobody disappears, nothing is ended silently."""

from datetime import date, timedelta
from itertools import count

import pytest

from tests.care.undoing import facts, stale
from tests.runner import Chronic, Row

DAY = date(2026, 11, 1)


def on(days: int) -> str:
    """Day 0 is the first of November, when 1 is late since the day before."""
    return (DAY + timedelta(days=days)).isoformat()


@pytest.fixture
def late(chronic: Chronic) -> Chronic:
    """王秀兰, seen on 31 July, was due by 31 October; 李建国 is not due before February."""
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01", "--phone", "13812345512", "--village", "下各村")
    chronic.visit(1, "2026-07-31", "--bp", "128/78", "--danger", "no")
    chronic.person("李建国", "--htn-enrolled-on", "2026-01-01", "--village", "下各村")
    chronic.visit(2, "2026-10-31", "--bp", "128/78", "--danger", "no")
    return chronic


def called(chronic: Chronic, days: int, outcome: str, *args: object) -> str:
    return chronic.ok("call", 1, "--outcome", outcome, *args, today=on(days)).out


def listed(chronic: Chronic, days: int) -> list[str]:
    """The section of 1 on the call list of that day; empty where they are not on it."""
    return [row["section"] for row in chronic.rows("calls", today=on(days)) if row["person_id"] == 1]


def row(chronic: Chronic, days: int) -> Row:
    (found,) = [row for row in chronic.rows("calls", today=on(days)) if row["person_id"] == 1]
    return found


def overdue(chronic: Chronic, days: int) -> bool:
    return 1 in chronic.ids("overdue", today=on(days))


# every outcome, day by day ------------------------------------------------------------------------------


def test_before_anybody_called_the_late_are_on_the_list_without_a_call(late: Chronic) -> None:
    assert listed(late, 0) == ["overdue"]
    assert (row(late, 0)["calls"], row(late, 0)["next_call_on"], row(late, 0)["told"]) == (0, None, None)


def test_agreed_on_day_0_to_come_on_day_3_is_broken_by_itself_on_day_4(late: Chronic) -> None:
    out = called(late, 0, "agreed", "--date", on(3))
    assert on(3) in out
    assert on(4) in out
    for days in (0, 1, 2, 3):
        assert listed(late, days) == []
        assert overdue(late, days), "a promise is no visit"
    assert row(late, 4)["promise"] == "broken"
    assert (row(late, 4)["calls"], row(late, 4)["promised_on"]) == (1, on(3))
    assert "promises broken 1" in late.ok("today", today=on(4)).out
    assert "promises broken" not in late.ok("today", today=on(3)).out
    assert stale(late) == []


def test_agreed_on_day_0_and_come_on_day_3_leaves_nothing_behind(late: Chronic) -> None:
    called(late, 0, "agreed", "--date", on(3))
    late.ok("visit", "add", 1, "--on", on(3), "--bp", "128/78", "--danger", "no", today=on(3))
    for days in (3, 4, 30):
        assert listed(late, days) == []
        assert not overdue(late, days)
    assert late.sql("SELECT calls, promised_on, next_call_on FROM agenda WHERE person = 1") == [(0, None, None)]


def test_a_promise_made_again_on_day_5_is_broken_on_day_8(late: Chronic) -> None:
    called(late, 0, "agreed", "--date", on(3))
    called(late, 5, "agreed", "--date", on(7))
    assert (listed(late, 7), listed(late, 8)) == ([], ["overdue"])
    assert (row(late, 8)["calls"], row(late, 8)["promised_on"]) == (2, on(7))


def test_call_later_on_day_5_is_on_the_list_from_day_5_on(late: Chronic) -> None:
    called(late, 0, "call_later", "--date", on(5))
    assert [listed(late, days) for days in (0, 4, 5, 6)] == [[], [], ["overdue"], ["overdue"]]


@pytest.mark.parametrize(
    ("outcome", "again", "says"),
    [
        ("not_reached", 7, "PROPOSED"),
        ("wrong_number", 3, "chronic person edit 1 --phone"),
        ("came_already", 2, "chronic visit add 1 --on"),
        ("seen_elsewhere", 7, "chronic test add 1"),
        ("has_medicine", 14, "does not replace the visit"),
        ("other", 7, "PROPOSED"),
    ],
)
def test_any_other_outcome_of_day_0_comes_back_by_itself(late: Chronic, outcome: str, again: int, says: str) -> None:
    out = called(late, 0, outcome, "--note", "说明")
    assert says in out
    assert on(again) in out
    assert [listed(late, days) for days in (0, again - 1, again)] == [[], [], ["overdue"]]
    assert all(overdue(late, days) for days in (0, again)), "only a visit ends overdue"
    (there,) = [row for row in late.rows("overdue", today=on(0)) if row["person_id"] == 1]
    assert (there["calls"], there["next_call_on"]) == (1, on(again))
    assert f",1,{on(again)}" in late.ok("overdue", "--format", "csv", today=on(0)).out


def test_came_already_on_day_0_ends_with_the_visit_typed_in_on_day_1(late: Chronic) -> None:
    called(late, 0, "came_already")
    late.ok("visit", "add", 1, "--on", on(-1), "--bp", "128/78", "--danger", "no", today=on(1))
    assert not overdue(late, 2)
    assert listed(late, 2) == []


@pytest.mark.parametrize("outcome", ["died", "moved"])
def test_told_on_day_0_that_somebody_died_or_moved_ends_nothing_and_nobody_is_called(late: Chronic, outcome: str) -> None:
    before = late.sql("SELECT closed_on FROM person")
    out = called(late, 0, outcome)
    assert f"chronic person close 1 --reason {outcome} --on" in out
    assert late.sql("SELECT closed_on FROM person") == before
    for days in (0, 1, 30, 200):
        assert listed(late, days) == ["settle"]
        assert overdue(late, days)
    script = late.ok("calls", 1, today=on(1)).out
    assert "DO NOT CALL" in script
    assert "Ask" not in script
    assert "facts to record 1" in late.ok("today", today=on(1)).out
    late.ok("person", "close", 1, "--reason", outcome, "--on", on(0), "--yes", today=on(1))
    assert (listed(late, 1), overdue(late, 1)) == ([], False)


def test_a_mistaken_death_is_put_right_by_a_later_call(late: Chronic) -> None:
    called(late, 0, "died")
    called(late, 1, "call_later", "--date", on(3))
    assert [listed(late, days) for days in (1, 2, 3)] == [[], [], ["overdue"]]


def test_a_refusal_of_day_0_ends_with_the_programme_or_is_tried_again_on_a_day(late: Chronic) -> None:
    out = called(late, 0, "refused")
    assert "chronic programme end 1 htn --reason refused --on" in out
    assert listed(late, 50) == ["settle"]
    called(late, 1, "refused", "--date", on(20))
    assert [listed(late, days) for days in (1, 19, 20)] == [[], [], ["overdue"]]
    late.ok("programme", "end", 1, "htn", "--reason", "refused", "--on", on(1), "--yes", today=on(20))
    assert (listed(late, 20), overdue(late, 20)) == ([], False)


def test_not_reached_on_days_0_10_and_20_proposes_a_pause_on_day_30_and_makes_none(late: Chronic) -> None:
    for days in (0, 10, 20):
        assert "chronic pause 1" not in called(late, days, "not_reached")
    assert row(late, 29)["pause_on"] is None
    assert "pauses proposed" not in late.ok("today", today=on(29)).out
    assert row(late, 30)["pause_on"] == on(30)
    assert "pauses proposed 1" in late.ok("today", today=on(30)).out
    assert "chronic pause 1" in late.ok("calls", 1, today=on(30)).out
    assert "chronic pause 1" in called(late, 31, "not_reached")
    assert late.sql("SELECT * FROM pause") == []
    late.ok("pause", 1, today=on(31))
    assert listed(late, 40) == []
    assert 1 in late.ids("overdue", "--paused", today=on(40))
    assert "pauses proposed" not in late.ok("today", today=on(40)).out
    late.ok("pause", 1, "--end", today=on(40))
    assert row(late, 40)["pause_on"] is None, "the count begins anew"


# what others got wrong ----------------------------------------------------------------------------------


def test_an_older_date_is_not_shown_after_a_recent_visit(late: Chronic) -> None:
    """Simple listed older appointments of people who had been seen since."""
    called(late, 0, "call_later", "--date", on(2))
    late.ok("visit", "add", 1, "--on", on(5), "--bp", "128/78", "--danger", "no", today=on(5))
    called_late = late.ok("call", 1, "--outcome", "not_reached", "--on", on(3), today=on(6)).out
    assert "changes nothing" in called_late
    assert listed(late, 6) == []


def test_withdrawing_the_visit_brings_the_attempts_back(late: Chronic) -> None:
    called(late, 0, "agreed", "--date", on(3))
    late.ok("visit", "add", 1, "--on", on(3), "--bp", "128/78", "--danger", "no", today=on(3))
    number = late.visit_number(1, on(3))
    late.ok("visit", "void", number, "--reason", "记错人", "--yes", today=on(4))
    assert row(late, 4)["promise"] == "broken"


def test_one_outcome_hides_nobody_for_ever(late: Chronic) -> None:
    """There a single reason took someone off the list for good."""
    after = on(400)
    outcomes = ["came_already", "not_reached", "wrong_number", "has_medicine", "seen_elsewhere", "refused", "died", "moved"]
    for days, outcome in zip(count(), outcomes, strict=False):
        called(late, days, outcome)
        assert 1 in late.ids("calls", today=after), outcome
        assert 1 in late.ids("overdue", today=after), outcome


def test_a_date_further_away_than_a_quarter_is_refused(late: Chronic) -> None:
    assert late("call", 1, "--outcome", "agreed", "--date", "2027-02-02", today=on(0)).code == 2
    assert late("call", 1, "--outcome", "call_later", "--date", "2027-02-02", today=on(0)).code == 2
    called(late, 0, "call_later", "--date", "2027-02-01")


def test_who_was_only_spoken_to_keeps_their_own_date(late: Chronic) -> None:
    """Skippers keep an automatic date: a visit without a reading, or a phone contact, plans nothing later."""
    late.ok("visit", "add", 1, "--on", on(1), "--way", "phone", "--danger", "no", today=on(1))
    assert overdue(late, 1)
    assert [listed(late, days) for days in (1, 2)] == [[], ["overdue"]]


def test_who_is_late_for_more_than_a_year_is_listed_all_the_same(late: Chronic) -> None:
    assert listed(late, 500) == ["overdue"]


def test_an_agreement_makes_nobody_a_patient_again_who_left(late: Chronic) -> None:
    """There "agreed" put migrated people back under care."""
    late.ok("programme", "end", 1, "htn", "--reason", "moved", "--on", on(0), "--yes", today=on(0))
    assert "Nothing is planned" in called(late, 0, "agreed", "--date", on(3))
    assert (listed(late, 4), overdue(late, 4)) == ([], False)


def test_a_danger_is_on_the_list_every_day_whatever_was_agreed(late: Chronic) -> None:
    late.ok("visit", "add", 1, "--on", on(0), "--bp", "186/112", "--danger", "no", today=on(0))
    assert listed(late, 0) == ["danger"]
    assert "not settled" in called(late, 0, "agreed", "--date", on(9))
    assert [listed(late, days) for days in (0, 1)] == [[], ["danger"]]
    called(late, 1, "not_reached")
    assert listed(late, 1) == ["danger"]
    late.ok("refer", "reply", 1, "--outcome", "seen", "--on", on(1), today=on(1))
    assert listed(late, 2) == []


def test_closed_people_are_never_called_and_take_no_call_after_that_day(late: Chronic) -> None:
    late.ok("person", "close", 1, "--reason", "died", "--on", on(0), "--yes", today=on(1))
    for days in (1, 100):
        assert listed(late, days) == []
    assert late("call", 1, "--outcome", "not_reached", today=on(2)).code == 2
    assert late("call", 1, "--outcome", "not_reached", "--on", on(0), today=on(2)).code == 0


def test_reached_while_paused_says_how_to_go_on(late: Chronic) -> None:
    late.ok("pause", 1, today=on(0))
    assert "chronic pause 1 --end" in called(late, 1, "agreed", "--date", on(3))
    assert "chronic pause 1 --end" not in called(late, 2, "not_reached")


# taking back --------------------------------------------------------------------------------------------


DEEDS = [
    ["call", "1", "--outcome", "agreed", "--date", on(3)],
    ["call", "1", "--outcome", "not_reached", "--on", on(-1)],
    ["call", "1", "--outcome", "died"],
    ["opinion", "add", "1", "--complaint", "等太久"],
    ["opinion", "handle", "1", "--note", "已解释"],
]


@pytest.mark.parametrize("deed", DEEDS, ids=" ".join)
def test_every_one_of_these_is_taken_back_as_if_it_had_not_been(late: Chronic, deed: list[str]) -> None:
    late.ok("opinion", "add", 1, "--suggestion", "早点开门", today=on(0))
    late.ok("call", 1, "--outcome", "call_later", "--date", on(2), today=on(0))
    before = facts(late)
    late.ok(*deed, today=on(0))
    assert facts(late) != before
    late.ok("undo", "--yes", today=on(0))
    assert facts(late) == before
    assert stale(late) == []
