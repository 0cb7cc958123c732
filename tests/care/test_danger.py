"""Open danger stands on top of every morning until an outcome, or an assessed visit without danger."""

import pytest

from tests.runner import Chronic

DAYS = ("2026-11-20", "2026-11-21", "2026-11-25", "2026-12-20", "2027-06-01")


@pytest.fixture
def endangered(chronic: Chronic) -> Chronic:
    """1 is in danger since 2026-11-20; 2 is only late."""
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01", "--dm-enrolled-on", "2026-06-01")
    chronic.person("李建国", "--htn-enrolled-on", "2026-01-01")
    seen = chronic.visit(1, "2026-11-20", "--bp", "186/98", "--fpg", "6.1")
    assert seen["danger"] == ["danger.bp"]
    assert {programme["refer"] for programme in seen["programmes"].values()} == {"emergency"}
    return chronic


def first(chronic: Chronic, today: str) -> list[int]:
    return [row["person_id"] for row in chronic.rows("today", today=today) if row["section"] == "first"]


def test_every_day_until_something_settles_it(endangered: Chronic) -> None:
    for day in DAYS:
        assert first(endangered, day) == [1]
    row = next(row for row in endangered.rows("today", today="2026-11-25") if row["section"] == "first")
    assert (row["since_on"], row["days_since"], row["urgency"], row["due_on"]) == (
        "2026-11-20", 5, "emergency", "2026-12-04",
    )  # fmt: skip


@pytest.mark.parametrize("outcome", ["seen", "returned"])
def test_an_outcome_settles_it(endangered: Chronic, outcome: str) -> None:
    endangered.ok("refer", "reply", 1, "--outcome", outcome, "--on", "2026-11-21")
    for day in DAYS[1:]:
        assert first(endangered, day) == []
    assert endangered("refer", "reply", 1, "--outcome", outcome).code == 21


def test_an_outcome_of_the_same_day_settles_it_too(endangered: Chronic) -> None:
    endangered.ok("refer", "reply", 1, "--outcome", "seen", "--on", "2026-11-20")
    assert first(endangered, "2026-11-21") == []


def test_who_did_not_go_stays_and_is_asked_again_in_two_weeks(endangered: Chronic) -> None:
    endangered.ok("refer", "reply", 1, "--outcome", "not_arrived", "--on", "2026-11-25", today="2026-11-25")
    for day in DAYS[2:]:
        assert first(endangered, day) == [1]
    assert endangered.sql("SELECT DISTINCT due_on FROM plan WHERE kind = 'referral'") == [("2026-12-09",)]


def test_an_assessed_visit_without_danger_settles_it(endangered: Chronic) -> None:
    endangered.visit(1, "2026-11-21", "--bp", "158/92", "--fpg", "6.2")
    assert first(endangered, "2026-11-21") == []


@pytest.mark.parametrize(
    "said",
    [
        ("--weight-kg", "62"),
        ("--way", "phone", "--bp", "128/78", "--danger", "no"),
        ("--bp", "190/100", "--fpg", "6.1"),
        ("--sbp", "128"),
    ],
    ids=" ".join,
)
def test_nothing_less_settles_it(endangered: Chronic, said: tuple[str, ...]) -> None:
    endangered.visit(1, "2026-11-21", *said)
    assert first(endangered, "2026-11-21") == [1]


def test_what_was_dangerous_must_be_measured_again(endangered: Chronic) -> None:
    endangered.visit(1, "2026-11-21", "--fpg", "6.0")  # hypertension is not assessed
    assert first(endangered, "2026-11-21") == [1]
    endangered.visit(1, "2026-11-21", "--bp", "128/78")  # the same sitting, completed
    assert first(endangered, "2026-11-21") == []


def test_a_correction_takes_a_danger_back(endangered: Chronic) -> None:
    endangered.ok("visit", "fix", 1, "--bp", "136/98")
    assert first(endangered, "2026-11-21") == []
    assert endangered.sql("SELECT count(*) FROM plan WHERE kind = 'referral'") == [(0,)]


def test_danger_told_by_phone_and_danger_of_someone_not_enrolled_count(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01")
    chronic.visit(1, "2026-11-20", "--way", "phone", "--danger", "yes")
    stranger = chronic.person("李建国", "--birth-date", "1970-01-01")
    run = chronic.ok("visit", "add", stranger, "--on", "2026-11-21", "--bp", "184/100")
    assert run.out.startswith("DANGER")
    assert first(chronic, "2026-11-21") == [1, stranger]
    chronic.ok("refer", "reply", stranger, "--outcome", "seen")
    assert first(chronic, "2026-11-21") == [1]


def test_a_danger_typed_late_is_as_open_as_any(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01")
    chronic.visit(1, "2026-11-01", "--bp", "186/98")
    assert first(chronic, "2026-11-21") == [1]
    chronic.visit(1, "2026-10-01", "--bp", "128/78")  # earlier: settles nothing
    assert first(chronic, "2026-11-21") == [1]


def test_a_routine_referral_appears_when_its_outcome_is_due(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01")
    chronic.visit(1, "2026-11-01", "--bp", "128/78", "--complication", "new")
    assert first(chronic, "2026-11-14") == []
    assert first(chronic, "2026-11-15") == [1]
    chronic.visit(1, "2026-11-16", "--bp", "128/78", "--complication", "none")
    assert first(chronic, "2026-11-21") == [1]  # an outcome is a fact of its own
    chronic.ok("refer", "reply", 1, "--outcome", "seen")
    assert first(chronic, "2026-11-21") == []
