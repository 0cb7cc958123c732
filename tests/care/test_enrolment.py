"""When management begins, what moves that day, and how it ends and begins again."""

import pytest

from tests.runner import Chronic, Row


def stays(chronic: Chronic, person: int) -> list[tuple[object, ...]]:
    """(programme, enrolled on, assumed, ended on) of every stay."""
    rows: list[Row] = chronic.rows("programme", "list", person)
    return [(row["programme"], row["enrolled_on"], row["assumed"], row["ended_on"]) for row in rows]


def due_on(chronic: Chronic, person: int) -> str | None:
    day: str | None = chronic.ok("why", person, "--format", "json").row["next_due_on"]
    return day


def test_a_given_day_counts_before_all_else(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--registered-on", "2026-01-05", "--htn-enrolled-on", "2026-03-01")
    assert stays(chronic, person) == [("htn", "2026-03-01", False, None)]
    assert due_on(chronic, person) == "2026-03-15"


def test_without_a_day_it_is_the_day_of_registration(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--registered-on", "2026-01-05", "--programmes", "htn")
    assert stays(chronic, person) == [("htn", "2026-01-05", True, None)]
    assert due_on(chronic, person) == "2026-01-19"
    later = chronic.person("李建国", "--registered-on", "2026-02-05")
    chronic.ok("enrol", later, "dm")
    assert stays(chronic, later) == [("dm", "2026-02-05", True, None)]


def test_without_registration_it_is_the_first_visit(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--birth-date", "1970-01-01")
    chronic.visit(person, "2026-08-01", "--bp", "128/78")
    chronic.visit(person, "2026-06-01", "--bp", "128/78")
    chronic.ok("enrol", person, "htn")
    assert stays(chronic, person) == [("htn", "2026-06-01", True, None)]
    assert due_on(chronic, person) == "2026-11-01"


def test_without_a_visit_it_is_today(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--programmes", "htn")
    assert stays(chronic, person) == [("htn", "2026-11-21", True, None)]
    assert due_on(chronic, person) == "2026-12-05"


def test_an_assumed_day_moves_back_when_an_earlier_visit_arrives_and_again_when_it_goes(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--programmes", "htn")
    chronic.visit(person, "2026-10-01", "--bp", "150/95")
    assert stays(chronic, person) == [("htn", "2026-10-01", True, None)]
    chronic.visit(person, "2026-09-01", "--bp", "150/95")
    assert stays(chronic, person) == [("htn", "2026-09-01", True, None)]
    assert chronic.ok("why", person, "--format", "json").row["programmes"]["htn"]["consecutive"] == 2
    assert "2026-09-01*" in chronic.ok("person", "show", person).out
    chronic.ok("visit", "void", chronic.visit_number(person, "2026-09-01"), "--reason", "x", "--yes")
    assert stays(chronic, person) == [("htn", "2026-10-01", True, None)]


def test_a_given_day_never_moves_and_an_earlier_visit_only_warns(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-10-01")
    run = chronic.ok("visit", "add", person, "--on", "2026-09-01", "--bp", "150/95")
    assert "before enrolment on 2026-10-01" in run.err
    assert stays(chronic, person) == [("htn", "2026-10-01", False, None)]
    assert due_on(chronic, person) == "2026-10-15"  # it plans nothing
    inside = chronic.visit(person, "2026-10-02", "--bp", "150/95")
    assert inside["programmes"]["htn"]["consecutive"] == 1  # and does not count "in a row"
    assert [row["visit_date"] for row in chronic.rows("visit", "list", person)] == ["2026-10-02", "2026-09-01"]


def test_a_visit_inside_another_programme_is_not_before_enrolment(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01", "--dm-enrolled-on", "2026-11-01")
    run = chronic.ok("visit", "add", person, "--on", "2026-10-25", "--bp", "150/95")
    assert "before enrolment" not in run.err
    assert due_on(chronic, person) == "2026-11-08"


def test_the_day_of_enrolment_itself_belongs_to_the_stay(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-10-01")
    run = chronic.ok("visit", "add", person, "--on", "2026-10-01", "--bp", "150/95", "--format", "json")
    assert run.row["programmes"]["htn"]["class"] == "uncontrolled"
    assert "before enrolment" not in run.err


def test_a_new_enrolment_starts_afresh(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(person, "2026-01-10", "--bp", "150/95")
    chronic.ok("programme", "end", person, "htn", "--reason", "moved", "--on", "2026-02-01", "--yes")
    assert due_on(chronic, person) is None
    assert chronic.rows("overdue") == []
    chronic.ok("enrol", person, "htn", "--on", "2026-11-01")
    assert stays(chronic, person) == [("htn", "2026-01-01", False, "2026-02-01"), ("htn", "2026-11-01", False, None)]
    assert due_on(chronic, person) == "2026-11-15"
    (row,) = chronic.rows("overdue")
    assert (row["reasons"], row["class"]["htn"]) == (["never_seen"], None)
    again = chronic.visit(person, "2026-11-20", "--bp", "150/95")
    assert (again["programmes"]["htn"]["consecutive"], again["programmes"]["htn"]["refer"]) == (1, None)


def test_a_new_enrolment_may_not_reach_into_the_last_stay(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    chronic.ok("programme", "end", person, "htn", "--reason", "refused", "--on", "2026-06-01", "--yes")
    before = chronic.dump()
    run = chronic("enrol", person, "htn", "--on", "2026-05-31")
    assert (run.code, chronic.dump()) == (2, before)
    assert "2026-06-01" in run.last
    chronic.ok("enrol", person, "htn", "--on", "2026-06-01")


def test_reopening_restores_the_same_enrolment(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01", "--programmes", "dm")
    chronic.ok("programme", "end", person, "dm", "--reason", "withdrawn", "--on", "2026-11-01", "--yes")
    chronic.visit(person, "2026-10-20", "--bp", "150/95")
    chronic.visit(person, "2026-11-05", "--bp", "150/95")
    facts = "SELECT uid, programme, enrolled_on, ended_on, end_reason FROM enrolment ORDER BY id"
    derived = [f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in ("verdict", "plan", "agenda")]
    before = [chronic.sql(query) for query in (facts, *derived)]
    chronic.ok("person", "close", person, "--reason", "died", "--on", "2026-11-10", "--yes")
    assert chronic.sql("SELECT count(*) FROM plan") == chronic.sql("SELECT count(*) FROM agenda") == [(0,)]
    assert chronic.sql(facts) == before[0]
    chronic.ok("person", "reopen", person)
    assert [chronic.sql(query) for query in (facts, *derived)] == before
    changes = chronic.sql("SELECT field, old, new FROM person_change WHERE field LIKE 'closed%' ORDER BY id")
    assert changes == [
        ("closed_on", None, "2026-11-10"), ("closed_reason", None, "died"),
        ("closed_on", "2026-11-10", None), ("closed_reason", "died", None),
    ]  # fmt: skip


def test_a_visit_up_to_the_closing_day_is_accepted_and_later_refused(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    chronic.ok("person", "close", person, "--reason", "died", "--on", "2026-11-10", "--yes")
    last = chronic.visit(person, "2026-11-10", "--bp", "150/95")
    assert last["programmes"]["htn"]["class"] == "uncontrolled"
    assert last["next_due_on"] is None
    before = chronic.dump()
    run = chronic("visit", "add", person, "--on", "2026-11-11", "--bp", "150/95")
    assert (run.code, chronic.dump()) == (2, before)
    assert "2026-11-10" in run.last


def test_a_visit_on_the_day_of_birth_is_the_first_that_can_be(chronic: Chronic) -> None:
    chronic.person("小明", "--birth-date", "2026-11-01")
    assert chronic("visit", "add", 1, "--on", "2026-10-31", "--weight-kg", "20").code == 2
    chronic.ok("visit", "add", 1, "--on", "2026-11-01", "--weight-kg", "20")


def test_an_assumed_beginning_that_moved_back_can_be_ended_on_a_day_before_the_register_says(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--programmes", "htn")  # assumed: today
    chronic.visit(person, "2026-09-01", "--bp", "128/78")
    chronic.ok("programme", "end", person, "htn", "--reason", "refused", "--on", "2026-10-01", "--yes")
    assert stays(chronic, person) == [("htn", "2026-09-01", True, "2026-10-01")]
    assert chronic.rows("overdue", today="2027-06-01") == []


@pytest.mark.parametrize("reason", ["died", "moved", "refused", "withdrawn"])
def test_a_programme_ends_with_a_dated_reason(chronic: Chronic, reason: str) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01", "--dm-enrolled-on", "2026-01-01")
    chronic.ok("programme", "end", person, "htn", "--reason", reason, "--on", "2026-10-01", "--yes")
    (row,) = chronic.rows("overdue")
    assert row["programmes"] == ["dm"]
    (ended,) = chronic.sql("SELECT ended_on, end_reason FROM enrolment WHERE programme = 'htn'")
    assert ended == ("2026-10-01", reason)


def test_someone_too_young_is_enrolled_with_a_question(chronic: Chronic) -> None:
    child = chronic.person("小明", "--birth-date", "2015-01-01")
    young = chronic.person("小红", "--birth-date", "1995-01-01")
    unknown = chronic.person("某某")
    assert "11 years old: not an adult" in chronic.ok("enrol", child, "htn").err
    assert "31 years old" in chronic.ok("enrol", young, "htn").err
    assert "birth date" in chronic.ok("enrol", unknown, "htn").err
