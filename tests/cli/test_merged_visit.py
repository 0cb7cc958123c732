"""Three highs on one visit: one row, each programme its own class, the earliest date, a referral if any asks for it."""

import pytest

from tests.runner import Chronic


@pytest.fixture
def three(chronic: Chronic) -> Chronic:
    """One person managed for all three."""
    chronic.person("王秀兰", "--sex", "F", "--birth-date", "1966-03-01", "--phone", "13812345512",
                   *(word for p in ("htn", "dm", "lipid") for word in (f"--{p}-enrolled-on", "2026-01-01")))  # fmt: skip
    return chronic


def classes(row: dict[str, dict[str, dict[str, object]]]) -> dict[str, object]:
    return {programme: found["class"] for programme, found in row["programmes"].items()}


def test_one_visit_is_one_row_with_a_verdict_for_each_programme(three: Chronic) -> None:
    row = three.visit(1, "2026-11-20", "--bp", "136/84", "--fpg", "8.1", "--ldl-c", "3.0", "--weight-kg", "66")
    assert three.sql("SELECT count(*) FROM visit") == [(1,)]
    assert three.sql("SELECT programme, class FROM verdict ORDER BY programme") == [
        ("dm", "uncontrolled"), ("htn", "controlled"), ("lipid", "uncontrolled"),
    ]  # fmt: skip
    assert classes(row) == {"htn": "controlled", "dm": "uncontrolled", "lipid": "uncontrolled"}


def test_the_next_date_is_the_earliest_and_the_person_stands_on_a_list_once(three: Chronic) -> None:
    row = three.visit(1, "2026-11-01", "--bp", "136/84", "--fpg", "8.1")
    dues = {programme: found["due_on"] for programme, found in row["programmes"].items()}
    assert dues == {"htn": "2027-02-01", "dm": "2026-11-15", "lipid": "2027-02-01"}
    assert row["next_due_on"] == "2026-11-15"
    (listed,) = three.rows("overdue")
    assert (listed["due_on"], listed["programmes"]) == ("2026-11-15", ["htn", "dm", "lipid"])
    assert listed["class"] == {"htn": "controlled", "dm": "uncontrolled", "lipid": None}


def test_a_referral_of_one_programme_is_a_referral_of_the_person_answered_once(three: Chronic) -> None:
    three.visit(1, "2026-11-01", "--bp", "136/84", "--fpg", "8.1")
    row = three.visit(1, "2026-11-15", "--bp", "136/84", "--fpg", "8.3")
    assert {p: found["refer"] for p, found in row["programmes"].items()} == {"htn": None, "dm": "routine", "lipid": None}
    assert three.ids("overdue", "--kind", "referral", today="2026-12-01") == [1]
    three.ok("refer", "reply", 1, "--outcome", "returned", "--on", "2026-11-20")
    assert three.ids("overdue", "--kind", "referral", today="2026-12-31") == []


def test_two_programmes_that_refer_on_one_day_are_one_referral_on_the_screen(three: Chronic) -> None:
    three.visit(1, "2026-11-01", "--bp", "152/94", "--fpg", "8.1")
    out = three.ok("visit", "add", 1, "--bp", "152/94", "--fpg", "8.3", "--on", "2026-11-15").out
    assert out.count("referral advised") == 2
    assert out.count("Open referral since 2026-11-15") == 1
    assert len(three.rows("overdue", "--kind", "referral", today="2026-12-01")) == 1
    three.ok("refer", "reply", 1, "--outcome", "seen", "--on", "2026-11-20")
    assert three.sql("SELECT count(*) FROM plan WHERE kind = 'referral'") == [(0,)]


def test_an_emergency_of_one_is_an_emergency_of_all_and_a_value_of_the_other_does_not_end_it(three: Chronic) -> None:
    row = three.visit(1, "2026-11-01", "--bp", "184/100", "--fpg", "6.5")
    assert {found["refer"] for found in row["programmes"].values()} == {"emergency"}
    three.visit(1, "2026-11-05", "--fpg", "6.5")
    assert three.rows("overdue", today="2026-12-01")[0]["danger"] == ["danger.bp"]
    three.visit(1, "2026-11-10", "--bp", "130/80", "--fpg", "6.5", "--danger", "no")
    assert three.rows("overdue", today="2027-06-01")[0]["danger"] == []


def test_a_value_that_is_missing_for_one_programme_pulls_the_common_date_forward(three: Chronic) -> None:
    three.visit(1, "2026-10-01", "--bp", "136/84", "--fpg", "6.5")
    row = three.visit(1, "2026-11-01", "--bp", "136/84")
    assert classes(row) == {"htn": "controlled", "dm": "not_assessed", "lipid": None}
    assert row["next_due_on"] == "2026-11-15"
    three.visit(1, "2026-11-10", "--fpg", "6.5")
    assert [r["due_on"] for r in three.rows("due", "--within", "200d")] == ["2026-11-24"]  # now the pressure is missing


def test_a_value_added_later_on_the_day_completes_the_same_row(three: Chronic) -> None:
    three.visit(1, "2026-11-01", "--bp", "136/84")
    row = three.visit(1, "2026-11-01", "--fpg", "6.5")
    assert classes(row) == {"htn": "controlled", "dm": "controlled", "lipid": None}
    assert three.sql("SELECT count(*) FROM visit WHERE ended_by IS NULL") == [(1,)]


def test_above_the_stricter_target_of_the_other_disease_is_a_word_and_never_the_class(chronic: Chronic) -> None:
    chronic.person(
        "王秀兰", "--birth-date", "1956-01-20", "--htn-enrolled-on", "2026-01-01", "--dm-enrolled-on", "2026-01-01"
    )
    row = chronic.visit(1, "2026-03-10", "--bp", "146/86", "--fpg", "6.5")
    assert classes(row) == {"htn": "controlled", "dm": "controlled"}
    assert "htn.above_diabetes_target" in row["advice"]


def test_one_doctors_date_holds_for_all_of_them(three: Chronic) -> None:
    three.visit(1, "2026-11-01", "--bp", "130/80", "--fpg", "6.5", "--next-visit-date", "2026-12-01")
    assert {row[0] for row in three.sql("SELECT due_on FROM plan WHERE kind = 'followup'")} == {"2026-12-01"}


def test_the_tests_due_are_those_of_all_three_each_once(three: Chronic) -> None:
    tests = [row["test"] for row in three.rows("test", "due", 1)]
    assert len(tests) == len(set(tests))
    assert {"ecg", "uacr", "fundus", "lipids", "foot_pulse"} <= set(tests)
