"""Referral slips from the day they are written until something comes back."""

from typing import Any

import pytest

from tests.runner import Chronic

ROUTINE = ("--reason", "眼底复查", "--by-hand")


@pytest.fixture
def managed(chronic: Chronic) -> Chronic:
    """1 not controlled twice, advised on 2026-11-01; 2 controlled."""
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01", "--village", "下各村", "--phone", "13812345512")
    chronic.visit(1, "2026-10-18", "--bp", "156/94")
    chronic.visit(1, "2026-11-01", "--bp", "158/96")
    chronic.person("李建国", "--htn-enrolled-on", "2026-10-01")
    chronic.visit(2, "2026-11-01", "--bp", "136/84")
    return chronic


def listed(chronic: Chronic, today: str, *args: object) -> list[tuple[Any, ...]]:
    rows = chronic.rows("refer", "list", *args, today=today)
    return [(row["person_id"], row["slip"], row["urgency"], row["slip_state"], row["due_on"]) for row in rows]


def out(chronic: Chronic, person: int, on: str, *args: object) -> str:
    """Write a slip on this day; its number."""
    text = chronic.ok("refer", "out", person, *args, today=on).out
    return text.partition("No. ")[2].split()[0]


def overdue(chronic: Chronic, today: str) -> list[int]:
    return chronic.ids("overdue", "--kind", "referral", today=today)


def test_what_is_advised_is_on_the_list_before_anyone_writes_a_slip(managed: Chronic) -> None:
    assert listed(managed, "2026-11-02") == [(1, None, "routine", "advised", "2026-11-15")]


def test_on_day_0_it_goes_out_on_day_14_it_is_in_time_and_on_day_15_late(managed: Chronic) -> None:
    assert out(managed, 1, "2026-11-02", "--to", "县人民医院") == "2026-0001"
    assert listed(managed, "2026-11-02") == [(1, "2026-0001", "routine", "open", "2026-11-16")]
    assert managed.sql("SELECT count(*) FROM plan WHERE kind = 'referral'") == [(1,)]
    assert overdue(managed, "2026-11-16") == []
    assert overdue(managed, "2026-11-17") == [1]
    assert listed(managed, "2026-11-16", "--late") == []
    assert [row[1] for row in listed(managed, "2026-11-17", "--late")] == ["2026-0001"]


def test_who_did_not_go_stays_on_the_list_and_is_asked_again_in_two_weeks_as_often_as_it_takes(managed: Chronic) -> None:
    out(managed, 1, "2026-11-02")
    managed.ok("refer", "reply", 1, "--outcome", "not_arrived", today="2026-11-16")
    assert listed(managed, "2026-11-16") == [(1, "2026-0001", "routine", "not_arrived", "2026-11-30")]
    managed.ok("refer", "reply", 1, "--outcome", "not_arrived", today="2026-11-30")
    assert listed(managed, "2027-06-01") == [(1, "2026-0001", "routine", "not_arrived", "2026-12-14")]
    assert managed.rows("refer", "list")[0]["not_arrived"] == 2


@pytest.mark.parametrize("outcome", ["seen", "returned"])
def test_an_outcome_closes_the_slip_and_what_it_was_written_for(managed: Chronic, outcome: str) -> None:
    out(managed, 1, "2026-11-02")
    managed.ok("refer", "reply", 1, "--outcome", outcome, today="2026-11-10")
    assert listed(managed, "2026-11-10") == []
    assert listed(managed, "2026-11-10", "--all") == [(1, "2026-0001", "routine", outcome, None)]
    refused = managed("refer", "reply", 1, "--slip", "2026-0001", "--outcome", "not_arrived", today="2026-11-11")
    assert (refused.code, refused.last) == (21, "Slip 2026-0001 has been answered already.")


def test_two_are_open_and_each_is_closed_by_its_own(managed: Chronic) -> None:
    out(managed, 1, "2026-11-02")
    out(managed, 1, "2026-11-03", *ROUTINE)
    refused = managed("refer", "reply", 1, "--outcome", "seen", today="2026-11-10")
    assert (refused.code, refused.last) == (
        2, "Several referrals are open; say which with --slip: 2026-0001, 2026-0002",
    )  # fmt: skip
    managed.ok("refer", "reply", 1, "--slip", "2026-0002", "--outcome", "seen", today="2026-11-10")
    assert [row[1] for row in listed(managed, "2026-11-10")] == ["2026-0001"]
    managed.ok("refer", "reply", 1, "--outcome", "returned", today="2026-11-12")
    assert listed(managed, "2026-11-12") == []


def test_a_slip_by_hand_leaves_what_is_advised_open(managed: Chronic) -> None:
    out(managed, 1, "2026-11-03", *ROUTINE)
    assert [row[1] for row in listed(managed, "2026-11-03")] == [None, "2026-0001"]
    managed.ok("refer", "reply", 1, "--slip", "none", "--outcome", "seen", today="2026-11-10")
    assert [row[1] for row in listed(managed, "2026-11-10")] == ["2026-0001"]


def test_two_slips_of_one_programme_are_one_line_of_overdue(managed: Chronic) -> None:
    for _ in range(2):
        out(managed, 2, "2026-11-02", "--reason", "复查", "--programme", "htn")
    assert sorted(managed.ids("overdue", "--kind", "referral", "--programme", "htn", today="2026-11-20")) == [1, 2]
    assert len(managed.rows("refer", "list", "--programme", "htn")) == 3


def test_the_emergency_comes_first_whatever_its_age(managed: Chronic) -> None:
    out(managed, 1, "2026-11-02")
    managed.visit(2, "2026-11-20", "--bp", "186/112")
    out(managed, 2, "2026-11-20")
    assert [(row[0], row[2]) for row in listed(managed, "2026-11-21")] == [(2, "emergency"), (1, "routine")]


def test_danger_stays_on_top_until_the_slip_is_answered(managed: Chronic) -> None:
    managed.visit(2, "2026-11-20", "--bp", "186/112")
    out(managed, 2, "2026-11-20")
    first = [row for row in managed.rows("today", today="2027-01-01") if row["section"] == "first"]
    assert (first[0]["person_id"], first[0]["danger"]) == (2, ["danger.bp"])
    managed.ok("refer", "reply", 2, "--outcome", "seen", "--on", "2026-11-20")
    assert [row["person_id"] for row in managed.rows("today", today="2027-01-01") if row["section"] == "first"] == [1]


def test_a_visit_without_danger_ends_the_danger_but_not_the_slip(managed: Chronic) -> None:
    managed.visit(2, "2026-11-10", "--bp", "186/112")
    out(managed, 2, "2026-11-10")
    managed.visit(2, "2026-11-12", "--bp", "138/84", "--danger", "no")
    assert managed.sql("SELECT danger, rank FROM agenda WHERE person = 2") == [("", 1)]
    assert listed(managed, "2026-11-12")[0] == (2, "2026-0001", "emergency", "open", "2026-11-24")


def test_danger_after_the_slip_was_answered_is_a_new_referral(managed: Chronic) -> None:
    managed.visit(2, "2026-11-10", "--bp", "186/112")
    out(managed, 2, "2026-11-10")
    managed.visit(2, "2026-11-15", "--bp", "188/112")
    managed.ok("refer", "reply", 2, "--outcome", "seen", "--on", "2026-11-13")
    assert listed(managed, "2026-11-21")[0] == (2, None, "emergency", "advised", "2026-11-29")


def test_a_routine_slip_never_takes_danger_over(managed: Chronic) -> None:
    managed.visit(1, "2026-11-10", "--bp", "186/112")
    refused = managed("refer", "out", 1, "--urgency", "routine")
    assert (refused.code, refused.last) == (
        21, "王秀兰 is to be referred as an emergency; that cannot be written as routine.",
    )  # fmt: skip
    out(managed, 1, "2026-11-10", "--reason", "复查", "--programme", "htn", "--by-hand")
    managed.ok("refer", "reply", 1, "--slip", "2026-0001", "--outcome", "seen", today="2026-11-12")
    assert managed.sql("SELECT danger FROM agenda WHERE person = 1") == [("danger.bp",)]
    assert [row[:3] for row in listed(managed, "2026-11-12")] == [(1, None, "emergency")]


def test_an_emergency_by_hand_is_danger_until_an_outcome_or_a_visit_without_danger(managed: Chronic) -> None:
    out(managed, 2, "2026-11-10", "--criterion", "htn_chest_tightness")
    assert managed.sql("SELECT danger, rank FROM agenda WHERE person = 2") == [("danger.referred", 0)]
    managed.visit(2, "2026-11-12", "--bp", "138/84")
    assert managed.sql("SELECT danger, rank FROM agenda WHERE person = 2") == [("", 1)]
    assert listed(managed, "2026-11-12")[0][1] == "2026-0001"


def test_a_slip_written_late_does_not_move_the_day_of_a_danger(managed: Chronic) -> None:
    managed.visit(2, "2026-11-05", "--bp", "186/112")
    out(managed, 2, "2026-11-15")
    assert listed(managed, "2026-11-15")[0][4] == "2026-11-19"


def test_one_slip_for_both_programmes_of_a_visit(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01", "--dm-enrolled-on", "2026-06-01")
    chronic.visit(1, "2026-11-20", "--bp", "186/98", "--fpg", "6.1")
    out(chronic, 1, "2026-11-20")
    assert chronic.sql("SELECT programme, slip FROM plan WHERE kind = 'referral' ORDER BY 1") == [
        ("dm", "2026-0001"), ("htn", "2026-0001"),
    ]  # fmt: skip
    (row,) = chronic.rows("refer", "list")
    assert row["programmes"] == ["htn", "dm"]
    chronic.ok("refer", "reply", 1, "--outcome", "seen")
    assert chronic.rows("refer", "list") == []
    assert chronic.sql("SELECT danger FROM agenda") == [("",)]


def test_a_suspicion_goes_out_with_a_slip_and_comes_back_confirmed(chronic: Chronic) -> None:
    chronic.person("李建国", "--birth-date", "1970-05-05")
    for day in ("2026-11-01", "2026-11-08", "2026-11-15"):
        chronic.ok("screen", "add", 1, "--bp", "148/92", "--on", day)
    out(chronic, 1, "2026-11-16")
    assert listed(chronic, "2026-11-16") == [(1, "2026-0001", "routine", "open", "2026-11-30")]
    chronic.ok("refer", "reply", 1, "--outcome", "returned", "--confirmed", "yes")
    assert chronic.rows("refer", "list") == []
    assert chronic.sql("SELECT kind, reasons FROM plan") == [("screening", "enrol_due")]


def test_another_slip_says_nothing_of_a_suspicion(chronic: Chronic) -> None:
    chronic.person("李建国", "--birth-date", "1970-05-05")
    for day in ("2026-11-01", "2026-11-08", "2026-11-15"):
        chronic.ok("screen", "add", 1, "--bp", "148/92", "--on", day)
    out(chronic, 1, "2026-11-16", *ROUTINE)
    chronic.ok("refer", "reply", 1, "--slip", "2026-0001", "--outcome", "seen", "--on", "2026-11-18")
    assert chronic.sql("SELECT kind, slip, days_high FROM plan") == [("referral", "", 3)]


def test_after_a_return_slip_the_follow_up_is_within_two_weeks(managed: Chronic) -> None:
    managed.visit(2, "2026-11-02", "--bp", "136/84")
    out(managed, 2, "2026-11-02", *ROUTINE)
    managed.ok("refer", "back", 2, "--diagnosis", "高血压2级", "--advice", "氨氯地平", "--on", "2026-11-10")
    assert managed.sql("SELECT due_on, reasons FROM plan WHERE person = 2 AND kind = 'followup'") == [
        ("2026-11-24", "referral_outcome")
    ]
    assert 2 not in managed.ids("overdue", today="2026-11-24")
    assert 2 in managed.ids("overdue", today="2026-11-25")
    assert 2 not in [row[0] for row in listed(managed, "2026-11-10")]


def test_first_seen_there_then_back_with_a_slip(managed: Chronic) -> None:
    out(managed, 2, "2026-11-02", *ROUTINE)
    managed.ok("refer", "reply", 2, "--outcome", "seen", "--on", "2026-11-05")
    assert "for 2026-0001" in managed.ok("refer", "back", 2, "--on", "2026-11-10").out
    assert listed(managed, "2026-11-10", "--all")[-1] == (2, "2026-0001", "routine", "returned", None)


def test_a_return_slip_without_any_referral_of_ours_is_taken_too(managed: Chronic) -> None:
    out_ = managed.ok("refer", "back", 2, "--diagnosis", "脑梗死", "--on", "2026-11-10").out
    assert "Next follow-up by 2026-11-24" in out_
    assert listed(managed, "2026-11-10")[0][0] == 1


def test_it_waits_for_the_clinic_day_and_its_clock_runs_from_there(managed: Chronic) -> None:
    managed.ok("institution", "add", "镇卫生院", "--level", "township", "--dept", "心内科")
    managed.ok("institution", "clinic", 1, "--day", "2026-11-05", "--dept", "心内科", "--every", "week")
    managed.ok("institution", "clinic", 1, "--day", "2026-11-05", "--dept", "心内科", "--off")
    out(managed, 1, "2026-11-02", "--to", "镇卫生院", "--dept", "心内科", "--wait")
    assert listed(managed, "2026-11-12") == [(1, "2026-0001", "routine", "waiting", "2026-11-26")]
    assert listed(managed, "2026-11-13") == [(1, "2026-0001", "routine", "open", "2026-11-26")]
    assert (overdue(managed, "2026-11-26"), overdue(managed, "2026-11-27")) == ([], [1])


def test_an_emergency_waits_for_no_clinic_day(managed: Chronic) -> None:
    managed.visit(2, "2026-11-20", "--bp", "186/112")
    refused = managed("refer", "out", 2, "--wait")
    assert (refused.code, refused.last) == (2, "An emergency does not wait for a clinic day.")
    assert managed.sql("SELECT count(*) FROM referral") == [(0,)]


def test_paused_and_ended_people_stay_on_the_list_and_the_dead_do_not(managed: Chronic) -> None:
    out(managed, 1, "2026-11-02")
    managed.ok("pause", 1, "--on", "2026-11-05")
    assert [row["paused"] for row in managed.rows("refer", "list")] == [True]
    managed.ok("pause", 1, "--end")
    managed.ok("programme", "end", 1, "htn", "--reason", "refused", "--yes")
    assert [row[1] for row in listed(managed, "2026-11-21")] == ["2026-0001"]
    managed.ok("person", "close", 1, "--reason", "died", "--yes")
    assert listed(managed, "2026-11-21") == []


def test_a_slip_that_is_withdrawn_leaves_its_referral_open_and_its_number_used(managed: Chronic) -> None:
    out(managed, 1, "2026-11-02")
    managed.ok("refer", "void", "2026-0001", "--reason", "写错人", "--yes")
    assert listed(managed, "2026-11-21") == [(1, None, "routine", "advised", "2026-11-15")]
    assert out(managed, 1, "2026-11-03") == "2026-0002"
    managed.ok("undo", "--yes")
    managed.ok("undo", "--yes")
    assert listed(managed, "2026-11-21")[0][1] == "2026-0001"
    assert out(managed, 1, "2026-11-03", *ROUTINE) == "2026-0003"


def test_numbers_begin_again_each_year(managed: Chronic) -> None:
    out(managed, 1, "2026-12-31")
    assert out(managed, 2, "2027-01-01", *ROUTINE) == "2027-0001"


def test_a_correction_of_the_visit_keeps_its_slip(managed: Chronic) -> None:
    managed.visit(2, "2026-11-20", "--bp", "186/112")
    out(managed, 2, "2026-11-20")
    managed.ok("visit", "fix", managed.visit_number(2, "2026-11-20"), "--bp", "188/112")
    assert next(row[:3] for row in listed(managed, "2026-11-21")) == (2, "2026-0001", "emergency")
    assert managed.sql("SELECT count(*) FROM plan WHERE person = 2 AND kind = 'referral'") == [(1,)]
