"""暂时失访 is a dated pause, not an end: out of overdue until any contact."""

import pytest

from tests.runner import Chronic


@pytest.fixture
def late(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-08-01", "--bp", "150/95")
    return chronic


def lists(chronic: Chronic, today: str = "2026-11-21") -> tuple[list[int], list[int]]:
    """(overdue, overdue --paused)."""
    return chronic.ids("overdue", today=today), chronic.ids("overdue", "--paused", today=today)


def test_paused_people_stand_on_a_list_of_their_own(late: Chronic) -> None:
    assert lists(late) == ([1], [])
    assert "2026-11-21" in late.ok("pause", 1).out
    assert lists(late) == ([], [1])
    assert late.ids("due", "--within", "999d") == []
    assert late.ids("overdue", "--programme", "htn") == []
    assert late.ids("overdue", "--programme", "htn", "--paused") == [1]
    assert late.rows("overdue", "--by", "village") == []


@pytest.mark.parametrize(
    "contact",
    [
        ["visit", "add", "1", "--bp", "128/78"],
        ["visit", "add", "1", "--weight-kg", "62"],
        ["visit", "add", "1", "--way", "phone", "--danger", "no"],
        ["screen", "add", "1", "--fpg", "5.6"],
    ],
    ids=" ".join,
)
def test_any_contact_ends_it(late: Chronic, contact: list[str]) -> None:
    late.ok("pause", 1, "--on", "2026-11-10")
    late.ok(*contact, "--on", "2026-11-12")
    assert late.sql("SELECT paused, paused_on FROM agenda") == [(0, None)]


def test_a_contact_on_the_first_day_of_the_pause_ends_it_and_an_earlier_one_does_not(late: Chronic) -> None:
    late.ok("pause", 1, "--on", "2026-11-10")
    late.visit(1, "2026-11-09", "--way", "phone", "--danger", "no")
    assert lists(late) == ([], [1])
    late.visit(1, "2026-11-10", "--way", "phone", "--danger", "no")
    assert lists(late) == ([1], [])


def test_withdrawing_the_contact_brings_the_pause_back(late: Chronic) -> None:
    late.ok("pause", 1, "--on", "2026-11-10")
    late.visit(1, "2026-11-12", "--way", "phone", "--danger", "no")
    late.ok("visit", "void", 2, "--reason", "记错人", "--yes")
    assert lists(late) == ([], [1])


def test_a_pause_is_ended_by_hand_and_can_begin_again(late: Chronic) -> None:
    late.ok("pause", 1, "--on", "2026-11-10")
    assert late("pause", 1).code == 21
    late.ok("pause", 1, "--end")
    assert lists(late) == ([1], [])
    assert late("pause", 1, "--end").code == 21
    late.ok("pause", 1)
    assert lists(late) == ([], [1])
    assert late.sql("SELECT from_on, ended_on FROM pause ORDER BY id") == [
        ("2026-11-10", "2026-11-21"), ("2026-11-21", None),
    ]  # fmt: skip


def test_after_todays_contact_a_pause_begins_tomorrow(late: Chronic) -> None:
    late.visit(1, "2026-11-21", "--way", "phone", "--danger", "no")
    assert "2026-11-22" in late.ok("pause", 1).out
    assert lists(late) == ([], [1])


def test_closing_and_reopening_keeps_the_pause(late: Chronic) -> None:
    late.ok("pause", 1, "--on", "2026-11-10")
    late.ok("person", "close", 1, "--reason", "moved", "--yes")
    assert lists(late) == ([], [])
    late.ok("person", "reopen", 1)
    assert lists(late) == ([], [1])


def test_a_paused_person_in_danger_still_stands_on_top_of_today(late: Chronic) -> None:
    late.visit(1, "2026-11-01", "--bp", "186/112")
    late.ok("pause", 1, "--on", "2026-11-10")
    assert [row["person_id"] for row in late.rows("today") if row["section"] == "first"] == [1]
