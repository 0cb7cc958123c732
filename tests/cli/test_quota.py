"""The second clock on the screen: `due --quota`, the number on `today`, the line of `person show`."""

import contextlib
from datetime import date

import pytest

from chronic.reports import overdue, quota
from chronic.store import editions, registry
from tests.runner import Chronic
from tests.sheets import taken

DECEMBER, NOVEMBER = "2026-12-02", "2026-12-01"
LISTED = {"visits_done", "visits_needed", "visits_this_quarter", "quarter_ends_on", "quarters_left", "quota"}


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 has three quarters and none in the last; 2 missed two; 3 has all four; 4 is only screened."""
    for name, days in (
        ("王秀兰", ["2026-02-10", "2026-05-10", "2026-08-10"]),
        ("李建国", ["2026-02-10", "2026-08-10"]),
        ("陈志强", ["2026-02-10", "2026-05-10", "2026-08-10", "2026-11-10"]),
    ):
        person = chronic.person(name, "--village", "下各村", "--htn-enrolled-on", "2025-03-01")
        for day in days:
            chronic.visit(person, day, "--bp", "128/78", "--danger", "no")
    chronic.person("周玉珍", "--village", "上各村")
    chronic.ok("screen", "add", 4, "--bp", "148/92")
    return chronic


def codes(chronic: Chronic, *args: object, today: str) -> dict[int, list[str]]:
    return {row["person_id"]: row["quota"] for row in chronic.rows("due", "--quota", *args, today=today)}


def test_who_has_none_is_listed_from_the_day_the_last_thirty_days_begin(village: Chronic) -> None:
    assert codes(village, today=NOVEMBER) == {2: ["out_of_reach"]}
    assert codes(village, today=DECEMBER) == {1: ["none_this_quarter"], 2: ["none_this_quarter", "out_of_reach"]}
    village.visit(1, "2026-12-02", "--bp", "128/78", today=DECEMBER)
    assert codes(village, today=DECEMBER) == {2: ["none_this_quarter", "out_of_reach"]}
    assert codes(village, today="2027-01-01") == {}


def test_a_row_has_the_keys_of_due_and_those_of_the_quota(village: Chronic) -> None:
    chronic_due = village.rows("due", "--within", "400d", today="2026-08-11")
    listed = village.rows("due", "--quota", today=DECEMBER)
    assert set(listed[0]) == set(chronic_due[0]) | LISTED
    row = next(row for row in listed if row["person_id"] == 1)
    assert {key: row[key] for key in (*LISTED, "due_on", "days_left", "reasons")} == {
        "visits_done": 3, "visits_needed": 4, "visits_this_quarter": 0, "quarter_ends_on": "2026-12-31", "quarters_left": 1,
        "quota": ["none_this_quarter"], "due_on": "2026-11-10", "days_left": -22, "reasons": ["followup_due"],
    }  # fmt: skip


def test_a_visit_by_phone_and_a_screening_are_not_face_to_face_follow_ups(village: Chronic) -> None:
    village.visit(1, "2026-11-01", "--way", "phone", "--danger", "no")
    assert 1 in codes(village, today=DECEMBER)
    village.visit(1, "2026-11-02", "--way", "home", "--bp", "128/78")
    assert 1 not in codes(village, today=DECEMBER)


def test_a_withdrawn_visit_counts_no_more_and_after_undo_again(village: Chronic) -> None:
    assert 3 not in codes(village, today=DECEMBER)
    village.ok("visit", "void", village.visit_number(3, "2026-11-10"), "--reason", "x", "--yes")
    assert codes(village, today=DECEMBER)[3] == ["none_this_quarter"]
    village.ok("undo", "--yes")
    assert 3 not in codes(village, today=DECEMBER)


@pytest.mark.parametrize(
    "command",
    [
        ["pause", "1"],
        ["person", "close", "1", "--reason", "moved", "--yes"],
        ["programme", "end", "1", "htn", "--reason", "refused", "--yes"],
    ],
    ids=" ".join,
)
def test_who_is_not_active_is_not_listed(village: Chronic, command: list[str]) -> None:
    assert 1 in codes(village, today=DECEMBER)
    village.ok(*command, today=DECEMBER)
    assert 1 not in codes(village, today=DECEMBER)


def test_the_specification_grants_visits_for_hypertension_and_diabetes_only(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--lipid-enrolled-on", "2025-03-01")
    assert codes(chronic, today=DECEMBER) == {}
    assert "this year" not in chronic.ok("person", "show", 1).out
    chronic.ok("enrol", 1, "dm", "--on", "2025-03-01")
    assert codes(chronic, today=DECEMBER) == {1: ["none_this_quarter", "out_of_reach"]}


def test_the_programme_that_began_first_decides_how_many_are_needed(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2025-03-01", "--dm-enrolled-on", "2026-10-15")
    (row,) = chronic.rows("due", "--quota", today=DECEMBER)
    assert row["visits_needed"] == 4
    chronic.ok("programme", "end", 1, "htn", "--reason", "withdrawn", "--yes", today=DECEMBER)
    (row,) = chronic.rows("due", "--quota", today=DECEMBER)
    assert (row["visits_needed"], row["quota"]) == (1, ["none_this_quarter"])


def test_an_assumed_beginning_moves_back_to_the_first_visit_as_everywhere_else(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--programmes", "htn", today="2026-10-15")
    assert chronic.rows("due", "--quota", today=DECEMBER)[0]["visits_needed"] == 1
    chronic.visit(1, "2026-03-01", "--bp", "128/78")
    (row,) = chronic.rows("due", "--quota", today=DECEMBER)
    assert (row["visits_needed"], row["visits_done"]) == (3, 1)
    chronic.visit(1, "2025-03-01", "--bp", "128/78")
    (row,) = chronic.rows("due", "--quota", today=DECEMBER)
    assert (row["visits_needed"], row["visits_done"]) == (4, 1)


def test_a_second_stay_begins_after_the_first(chronic: Chronic) -> None:
    rows = [{"name": "王秀兰", "person_ref": "1", "htn_enrolled_on": "2024-01-01", "htn_ended_on": "2026-06-30",
             "htn_end_reason": "refused"}]  # fmt: skip
    taken(chronic, rows)
    chronic.visit(1, "2026-03-01", "--bp", "128/78")
    chronic.ok("enrol", 1, "htn", today="2026-10-15")  # from that day: an earlier visit belongs to the first stay
    assert "0 of 1 this year" in chronic.ok("person", "show", 1, today=DECEMBER).out


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (["--village", "下各村"], [2, 1]),
        (["--village", "上各村"], []),
        (["--programme", "dm"], []),
        (["--limit", "1"], [2]),
        (["--order", "risk"], [1, 2]),
        (["--order", "date"], [2, 1]),
    ],
)
def test_the_filters_and_orders_of_due_apply(village: Chronic, option: list[str], expected: list[int]) -> None:
    village.visit(2, "2026-08-20", "--bp", "128/78", "--next-visit-date", "2026-09-15")
    assert village.ids("due", "--quota", *option, today=DECEMBER) == expected


@pytest.mark.parametrize("option", [["--within", "3d"], ["--kind", "referral"]], ids=" ".join)
def test_the_year_is_not_asked_for_by_date_or_kind(village: Chronic, option: list[str]) -> None:
    run = village("due", "--quota", *option)
    assert run.code == 2
    assert "--quota" in run.last


def test_the_table_counts_everyone_and_shows_as_many_as_asked_for(village: Chronic) -> None:
    lines = village.ok("due", "--quota", "--limit", 1, today=DECEMBER).out.splitlines()
    assert lines[0].startswith("Yearly visits at risk  ")
    assert lines[1] == "2 people   none this quarter 2   extra visits needed 1"
    assert len(lines) == 4
    chinese = village.ok("due", "--quota", today=DECEMBER, lang="zh").out
    assert "本季度未面访 2   需要加访 1" in chinese
    assert "本季度未面访+需要加访" in chinese


def test_a_file_has_every_column(village: Chronic) -> None:
    head, *rows = village.ok("due", "--quota", "--format", "csv", today=DECEMBER).out.splitlines()
    assert set(head.split(",")) >= LISTED
    assert len(rows) == 2


def test_phones_are_masked_there_too(village: Chronic) -> None:
    village.ok("person", "edit", 1, "--phone", "13812345512")
    assert "13812345512" not in village.ok("due", "--quota", "--format", "json", today=DECEMBER).out
    assert "13812345512" in village.ok("due", "--quota", "--format", "json", "--full", today=DECEMBER).out


@pytest.mark.parametrize(("today", "count"), [(NOVEMBER, 1), (DECEMBER, 2), ("2027-01-01", 0)])
def test_today_says_how_many_are_at_risk(village: Chronic, today: str, count: int) -> None:
    assert f"yearly visits at risk {count}\n" in village.ok("today", today=today).out
    assert f"面访未达次数 {count}\n" in village.ok("today", today=today, lang="zh").out


@pytest.mark.parametrize(
    ("person", "today", "line"),
    [
        (1, "2026-06-30", "Face to face 2 of 4 this year, this quarter 1"),
        (1, "2026-07-01", "Face to face 2 of 4 this year, none yet this quarter; yearly check-up: none recorded here"),
        (1, DECEMBER, "Face to face 3 of 4 this year, none yet this quarter, which ends on 2026-12-31; yearly check-up: none"
         " recorded here"),
        (2, NOVEMBER, "Face to face 2 of 4 this year, none yet this quarter, 2 missing and 1 quarter(s) left: extra visits"
         " needed; yearly check-up: none recorded here"),
        (3, DECEMBER, "Face to face 4 of 4 this year, this quarter 1; yearly check-up: none recorded here"),
    ],
)  # fmt: skip
def test_person_show_says_where_the_year_stands(village: Chronic, person: int, today: str, line: str) -> None:
    assert village.ok("person", "show", person, today=today).out.splitlines()[-1] == line


def test_person_show_says_it_in_chinese(village: Chronic) -> None:
    shown = village.ok("person", "show", 2, today=NOVEMBER, lang="zh").out
    assert "今年面访 2/4, 本季度还没有, 还缺 2 次, 只剩 1 个季度, 需要加访; 年度体检: 本库没有记录" in shown


def test_person_show_is_silent_about_the_year_of_someone_not_managed(village: Chronic) -> None:
    assert "this year" not in village.ok("person", "show", 4).out


def test_someone_enrolled_in_december_needs_none(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-12-03", today="2026-12-03")
    assert codes(chronic, today="2026-12-31") == {}
    assert "none is required" in chronic.ok("person", "show", 1, today="2026-12-31").out


def test_a_paused_persons_card_still_says_where_the_year_stands(village: Chronic) -> None:
    village.ok("pause", 1, today=DECEMBER)
    assert "Face to face 3 of 4" in village.ok("person", "show", 1, today=DECEMBER).out


def test_the_list_and_the_card_agree_about_everyone(chronic: Chronic) -> None:
    chronic.ok("demo", "--people", 120, "--to", chronic.folder / "demo.db", today="2026-12-10")
    with contextlib.closing(registry.connect(chronic.folder / "demo.db")) as db:
        known, day = editions.read(db), date(2026, 12, 10)
        cards = {id_: quota.of_person(db, day, known, id_) for (id_,) in db.execute("SELECT id FROM person")}
        paused = {id_ for (id_,) in db.execute("SELECT person FROM agenda WHERE paused = 1")}
        risky = {id_: card for id_, card in cards.items() if card is not None and card.at_risk and id_ not in paused}
        assert len(risky) > 10
        assert quota.at_risk(db, day, known) == risky
        listed = quota.listing(db, day, known, overdue.Asked(order="route"))
        assert {row["person_id"]: row["quota"] for row in listed.rows} == {
            id_: list(card.at_risk) for id_, card in risky.items()
        }
