"""People not enrolled: a high reading books a recheck, and enough different days mean: refer to confirm."""

import pytest

from tests.runner import Chronic


@pytest.fixture
def neighbour(chronic: Chronic) -> Chronic:
    chronic.person("李建国", "--birth-date", "1970-01-01", "--village", "下各村")
    return chronic


def suspects(chronic: Chronic, today: str = "2026-11-21") -> list[tuple[object, ...]]:
    rows = chronic.rows("screen", "suspects", today=today)
    return [(row["programme"], row["progress"], row["step"], row["due_on"]) for row in rows]


@pytest.mark.parametrize("command", [["screen", "add"], ["visit", "add"]], ids=" ".join)
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["--bp", "140/80"], [("htn", "1/3", "recheck", "2026-11-15")]),
        (["--bp", "120/90"], [("htn", "1/3", "recheck", "2026-11-15")]),
        (["--bp", "139/89"], []),
        (["--fpg", "7.0"], [("dm", "1/2", "recheck", "2026-11-15")]),
        (["--fpg", "6.9"], []),
        (["--bp", "150/95", "--fpg", "8.1"],
         [("dm", "1/2", "recheck", "2026-11-15"), ("htn", "1/3", "recheck", "2026-11-15")]),
    ],
)  # fmt: skip
def test_a_screening_and_a_follow_up_of_someone_not_enrolled_count_alike(
    neighbour: Chronic, command: list[str], said: list[str], expected: list[tuple[str, ...]]
) -> None:
    neighbour.ok(*command, 1, *said, "--on", "2026-11-01")
    assert sorted(suspects(neighbour)) == expected
    assert neighbour.ids("overdue") == neighbour.ids("due") == []
    assert neighbour.ids("overdue", "--kind", "screening") == ([1] if expected else [])


def test_a_managed_hypertensive_without_diabetes_is_suspected_of_diabetes(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01")
    chronic.visit(1, "2026-11-01", "--bp", "128/78", "--fpg", "7.4")
    assert suspects(chronic) == [("dm", "1/2", "recheck", "2026-11-15")]
    (row,) = chronic.rows("overdue", "--kind", "screening")
    assert (row["due_on"], row["reasons"], row["programmes"]) == ("2026-11-15", ["recheck_due"], ["htn"])
    assert chronic.ids("overdue") == []  # the follow-up itself is due in February
    assert [row["section"] for row in chronic.rows("today")] == ["recheck"]


def test_a_normal_day_ends_the_suspicion(neighbour: Chronic) -> None:
    neighbour.ok("screen", "add", 1, "--bp", "150/95", "--on", "2026-11-01")
    neighbour.ok("screen", "add", 1, "--bp", "128/78", "--on", "2026-11-10")
    assert suspects(neighbour) == []


def test_different_days_are_counted_whatever_the_order_of_entry(neighbour: Chronic) -> None:
    for on in ("2026-11-20", "2026-11-01", "2026-11-10"):
        neighbour.ok("screen", "add", 1, "--bp", "150/95", "--on", on)
    assert suspects(neighbour) == [("htn", "3/3", "confirm", "2026-12-04")]
    assert "refer to confirm" in neighbour.ok("person", "show", 1).out


def test_enrolment_ends_the_suspicion_and_screening_is_then_refused(neighbour: Chronic) -> None:
    neighbour.ok("screen", "add", 1, "--bp", "150/95", "--on", "2026-11-01")
    neighbour.ok("enrol", 1, "htn", "--on", "2026-11-02")
    assert suspects(neighbour) == []
    before = neighbour.dump()
    assert neighbour("screen", "add", 1, "--bp", "150/95").code == 21
    assert neighbour.dump() == before
    neighbour.ok("screen", "add", 1, "--fpg", "7.4", "--on", "2026-11-20")  # diabetes is still open
    assert suspects(neighbour) == [("dm", "1/2", "recheck", "2026-12-04")]


def test_screenings_are_not_follow_ups(neighbour: Chronic) -> None:
    neighbour.ok("screen", "add", 1, "--bp", "150/95", "--on", "2026-10-01")
    neighbour.ok("screen", "add", 1, "--bp", "151/95", "--on", "2026-10-01")  # twice a day is fine
    neighbour.ok("enrol", 1, "htn")
    (stay,) = neighbour.rows("programme", "list", 1)
    assert stay["enrolled_on"] == "2026-11-21"  # a screening is no first visit
    row = neighbour.ok("why", 1, "--format", "json").row
    assert (row["programmes"]["htn"]["class"], row["next_due_on"]) == (None, "2026-12-05")


def test_a_screening_can_be_corrected_and_withdrawn(neighbour: Chronic) -> None:
    neighbour.ok("screen", "add", 1, "--bp", "150/95", "--on", "2026-11-01")
    neighbour.ok("visit", "fix", 1, "--bp", "130/95")
    assert suspects(neighbour) == [("htn", "1/3", "recheck", "2026-11-15")]
    neighbour.ok("visit", "fix", 2, "--bp", "130/85")
    assert suspects(neighbour) == []
    neighbour.ok("screen", "add", 1, "--bp", "150/95", "--on", "2026-11-05")
    neighbour.ok("visit", "void", 4, "--reason", "x", "--yes")
    assert suspects(neighbour) == []


def test_a_danger_found_at_screening_is_a_danger(neighbour: Chronic) -> None:
    run = neighbour.ok("screen", "add", 1, "--bp", "186/98", "--on", "2026-11-20")
    assert run.out.startswith("DANGER")
    assert [row["section"] for row in neighbour.rows("today") if row["person_id"] == 1] == ["first"]


def test_the_list_holds_what_a_caller_needs(neighbour: Chronic) -> None:
    neighbour.ok("screen", "add", 1, "--bp", "150/95", "--on", "2026-11-01")
    (row,) = neighbour.rows("screen", "suspects")
    assert row | {"uid": ""} == {
        "person_id": 1, "uid": "", "name": "李建国", "sex": "unknown", "age": 56, "village": "下各村", "hamlet": None,
        "programme": "htn", "days_high": 1, "days_needed": 3, "progress": "1/3", "since_on": "2026-11-01",
        "last_high_on": "2026-11-01", "last_bp": "150/95", "last_fpg": None, "found": [], "step": "recheck",
        "due_on": "2026-11-15",
    }  # fmt: skip
