"""`medicine`: supplies and their end, day by day; who needs more; what to ask the prescriber; the outpatient benefit."""

import contextlib
from datetime import date

import pytest

from chronic.reports import medicines as reports
from chronic.store import registry
from tests.care.undoing import facts, stale
from tests.runner import Chronic, Row


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 and 2 are managed, 3 for nothing."""
    where = ("--village", "下各村")
    chronic.person("王秀兰", "--sex", "F", "--birth-date", "1956-03-01", "--htn-enrolled-on", "2025-01-01",
                   "--dm-enrolled-on", "2025-01-01", "--phone", "13812345512", *where)  # fmt: skip
    chronic.person("李建国", "--birth-date", "1986-03-01", "--htn-enrolled-on", "2025-01-01", "--village", "上各村")
    chronic.person("陈志强", "--birth-date", "1956-03-01", *where)
    return chronic


def give(chronic: Chronic, person: int, name: str, days: int, on: str) -> None:
    chronic.ok("medicine", "give", person, name, "--days", days, "--on", on)


def refill(chronic: Chronic, today: str, *args: object) -> list[tuple[int, str, int]]:
    rows = chronic.rows("medicine", "refill", *args, today=today)
    return [(row["person_id"], row["medicine"], row["days_left"]) for row in rows]


def questions(chronic: Chronic, person: int, today: str = "2026-11-21") -> list[str]:
    out = chronic.ok("medicine", "list", person, today=today).out
    return [line.partition(": ")[2] for line in out.splitlines() if line.startswith("Medicines: ")]


# supplies -------------------------------------------------------------------------------------------


def test_on_day_23_of_30_it_is_to_be_asked_for_and_on_day_30_there_is_none(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 30, "2026-10-01")
    assert refill(village, "2026-10-23") == []  # eight days left
    assert refill(village, "2026-10-24") == [(1, "氨氯地平片", 7)]
    assert refill(village, "2026-10-30") == [(1, "氨氯地平片", 1)]  # the day before
    assert refill(village, "2026-10-31") == [(1, "氨氯地平片", 0)]  # the first day without
    assert refill(village, "2026-11-01") == [(1, "氨氯地平片", -1)]
    assert refill(village, "2026-10-23", "--within", "8d") == [(1, "氨氯地平片", 8)]
    give(village, 1, "苯磺酸氨氯地平片", 30, "2026-10-24")  # by another name, a week early
    assert refill(village, "2026-11-21") == []
    assert refill(village, "2026-11-23") == [(1, "苯磺酸氨氯地平片", 7)]
    assert refill(village, "2026-11-30") == [(1, "苯磺酸氨氯地平片", 0)]


def test_several_medicines_run_out_each_on_its_own_day(village: Chronic) -> None:
    village.ok("medicine", "give", 1, "氨氯地平片", "二甲双胍片", "--days", 28, "--on", "2026-11-01", "--amount", "2盒")
    give(village, 1, "阿托伐他汀", 14, "2026-11-01")
    (first, *others) = village.rows("medicine", "list", 1)
    assert (first["medicine"], first["run_out_on"], first["days_left"]) == ("阿托伐他汀", "2026-11-15", -6)
    assert [(row["medicine"], row["days_left"]) for row in others] == [("氨氯地平片", 8), ("二甲双胍片", 8)]
    amounts = {row["medicine"]: row["amount"] for row in village.rows("medicine", "list", 1, "--all")}
    assert amounts == {"氨氯地平片": "2盒", "二甲双胍片": "2盒", "阿托伐他汀": None}


def test_who_ran_out_comes_first_the_latest_in_front_then_who_will_soon(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 30, "2026-09-01")
    give(village, 2, "缬沙坦", 30, "2026-10-20")
    give(village, 3, "阿司匹林", 30, "2026-10-28")
    give(village, 3, "阿托伐他汀", 30, "2026-10-25")
    assert [days for _, _, days in refill(village, "2026-11-21")] == [-2, -51, 3, 6]
    assert [days for _, _, days in refill(village, "2026-11-21", "--limit", 3)] == [-2, -51, 3]
    assert [days for _, _, days in refill(village, "2026-11-21", "--limit", 1)] == [-2]
    assert refill(village, "2026-11-21", "--limit", 0) == []
    assert {person for person, _, _ in refill(village, "2026-11-21", "--village", "下各村")} == {1, 3}
    assert {person for person, _, _ in refill(village, "2026-11-21", "--within", "3d")} == {1, 2, 3}


def test_nobody_who_died_or_moved_away_is_on_the_list(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 30, "2026-10-01")
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-11-18", "--yes")
    assert refill(village, "2026-11-21") == []
    run = village("medicine", "give", 1, "氨氯地平片", "--days", 30)
    assert run.code == 2
    assert "closed" in run.last


def test_a_medicine_that_was_stopped_is_asked_for_no_more(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 30, "2026-10-01")
    assert (
        "Stopped: 氨氯地平片." in village.ok("medicine", "stop", 1, "络活喜", "--on", "2026-11-10", "--reason", "脚肿").out
    )
    assert refill(village, "2026-11-21") == []
    assert village.rows("medicine", "list", 1) == []
    give(village, 1, "氨氯地平片", 30, "2026-11-11")
    assert refill(village, "2026-12-10") == [(1, "氨氯地平片", 1)]


def test_a_stop_lies_on_the_day_that_speaks_for_the_medicine_or_later(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 30, "2026-11-01")
    early = village("medicine", "stop", 1, "氨氯地平", "--on", "2026-10-31")
    assert early.code == 21
    assert "2026-11-01" in early.last
    other = village("medicine", "stop", 1, "缬沙坦")
    assert other.code == early.code
    assert "氨氯地平片" in other.last
    village.ok("medicine", "stop", 1, "氨氯地平", "--on", "2026-11-01")
    again = village("medicine", "give", 1, "氨氯地平", "--days", 7, "--on", "2026-11-01")
    assert "was stopped on 2026-11-01" in again.last


def test_the_same_supply_twice_changes_nothing_and_another_is_refused(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 30, "2026-11-01")
    before = village.dump()
    give(village, 1, "苯磺酸氨氯地平片", 30, "2026-11-01")
    run = village("medicine", "give", 1, "氨氯地平", "--days", 28, "--on", "2026-11-01")
    assert run.code != 0
    assert "number 1" in run.last
    assert village.dump() == before


def test_a_supply_that_should_not_be_there_is_withdrawn(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 30, "2026-11-01")
    give(village, 1, "氨氯地平片", 30, "2026-11-02")
    (first, second) = village.rows("medicine", "list", 1, "--all")
    assert (first["number"], second["number"]) == (2, 1)
    village.ok("medicine", "void", 2, "--reason", "记重", "--yes")
    assert village.rows("medicine", "list", 1)[0]["run_out_on"] == "2026-12-01"
    assert "already withdrawn" in village("medicine", "void", 2, "--reason", "x", "--yes").last
    assert "no entry 9" in village("medicine", "void", 9, "--reason", "x", "--yes").last


@pytest.mark.parametrize(
    "args",
    [
        ("氨氯地平", "--days", 0),
        ("氨氯地平", "--days", 400),
        ("氨氯地平", "--days", "thirty"),
        ("氨氯地平, 1, 5, mg", "--days", 30),
        ("", "--days", 30),
        ("x\x07y", "--days", 30),
        ("氨氯地平", "--days", 30, "--on", "2026-11-22"),
        ("氨氯地平", "--days", 30, "--on", "1950-01-01"),
        ("氨氯地平", "二甲双胍;阿卡波糖", "--days", 30),
        ("氨氯地平",),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(village: Chronic, args: tuple[object, ...]) -> None:
    before = village.dump()
    run = village("medicine", "give", 1, *args)
    assert run.code == 2
    assert "Traceback" not in run.err
    assert run.last
    assert village.dump() == before


@pytest.mark.parametrize(("days", "asked"), [(84, False), (85, True)])
def test_more_than_the_longest_long_prescription_is_asked_about(village: Chronic, days: int, asked: bool) -> None:
    run = village.ok("medicine", "give", 1, "氨氯地平", "--days", days)
    assert ("Please check" in run.err) == asked


# on visits ------------------------------------------------------------------------------------------


def test_a_visit_hands_out_the_medicines_it_names_and_both_are_one_deed(village: Chronic) -> None:
    before = facts(village)
    run = village.ok("visit", "add", 1, "--bp", "138/84", "--medicines", "氨氯地平片, 1, 5, mg; 二甲双胍片, 2, 0.5, g",
                     "--days-supplied", 5, "--on", "2026-11-21")  # fmt: skip
    assert "氨氯地平片, 二甲双胍片: runs out 2026-11-26 (5 days left)" in next(
        line for line in run.out.splitlines() if line.startswith("Also due today")
    ).replace("二甲双胍片, 氨氯地平片", "氨氯地平片, 二甲双胍片")
    assert [days for _, _, days in refill(village, "2026-11-21")] == [5, 5]
    shown = village.ok("undo", "--yes").err
    assert "氨氯地平片  given  5 days" in shown
    assert {**facts(village), "contact": []} == {**before, "contact": []}
    assert refill(village, "2026-11-21") == []


def test_a_visit_that_names_no_medicine_hands_out_none(village: Chronic) -> None:
    before = village.dump()
    run = village("visit", "add", 1, "--bp", "138/84", "--days-supplied", 30)
    assert run.code == 2
    assert "names no medicine" in run.last
    refused = village("visit", "add", 1, "--bp", "138/84", "--medicines", "氨氯地平", "--days-supplied", 400)
    assert refused.code == 2
    assert village.dump() == before


def test_what_a_visit_names_is_taken_without_a_supply(village: Chronic) -> None:
    village.visit(1, "2026-09-01", "--bp", "138/84", "--medicines", "依那普利片, 2, 10, mg; 丹参片, 3, 3, 片")
    village.visit(1, "2026-11-01", "--bp", "138/84", "--medicines", "马来酸依那普利, 2, 10, mg")
    (row,) = village.rows("medicine", "list", 1)
    wanted = {"medicine": "马来酸依那普利", "since_on": "2026-09-01", "run_out_on": None, "days_left": None, "known": True}
    assert wanted.items() <= row.items()
    assert [row["medicine"] for row in village.rows("medicine", "list", 1, today="2026-10-01")] == ["依那普利片", "丹参片"]


def test_a_supply_that_a_later_visit_leaves_out_is_shown_so_and_stays(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 30, "2026-10-01")
    village.visit(1, "2026-11-01", "--bp", "138/84", "--medicines", "缬沙坦, 1, 80, mg")
    rows = village.rows("medicine", "list", 1)
    assert [(row["medicine"], row["left_out_on"]) for row in rows] == [("氨氯地平片", "2026-11-01"), ("缬沙坦", None)]


# questions ------------------------------------------------------------------------------------------


def test_two_of_one_class_and_two_classes_together_are_asked_about_everywhere(village: Chronic) -> None:
    run = village.ok("visit", "add", 1, "--bp", "138/84", "--medicines", "依那普利, 2, 10, mg; 代文, 1, 80, mg")
    asked = "ACE inhibitor + ARB together: 依那普利, 代文: ask the prescriber. (not verified)"
    assert f"Medicines: {asked}" in run.out.splitlines()
    assert f"Medicines: {asked}" in village.ok("why", 1).out.splitlines()
    assert questions(village, 1) == [asked]
    give(village, 2, "氨氯地平片", 30, "2026-11-01")
    give(village, 2, "拜新同", 30, "2026-11-10")
    rows = village.rows("medicine", "flags")
    assert [(row["person_id"], row["flag"], row["medicines"]) for row in rows] == [
        (2, "twice", ["氨氯地平片", "拜新同"]),
        (1, "together", ["依那普利", "代文"]),
    ]
    assert {row["mark"] for row in rows} == {"UNVERIFIED-H"}
    assert [row["person_id"] for row in village.rows("medicine", "flags", "--village", "下各村")] == [1]
    village.ok("medicine", "stop", 2, "氨氯地平")
    assert [row["person_id"] for row in village.rows("medicine", "flags")] == [1]


def test_names_that_are_not_known_are_counted_and_never_guessed(village: Chronic) -> None:
    give(village, 1, "丹参片", 30, "2026-11-01")
    give(village, 2, "丹参片", 30, "2026-11-01")
    give(village, 2, "新地平", 30, "2026-11-01")
    assert questions(village, 2) == ["Not known to this program, so not looked at (2): 丹参片, 新地平"]
    assert "looked at (2): 丹参片 2, 新地平" in village.ok("medicine", "flags").out


def metformin(village: Chronic, *args: object, person: int = 1, today: str = "2026-11-21") -> list[Row]:
    village.visit(person, "2026-11-01", "--bp", "130/80", "--medicines", "二甲双胍, 2, 0.5, g", *args)
    return [row for row in village.rows("medicine", "flags", today=today) if row["person_id"] == person]


def test_metformin_without_a_creatinine_is_never_taken_for_sound_kidneys(village: Chronic) -> None:
    (row,) = metformin(village)
    assert (row["flag"], row["state"]) == ("egfr_none", "unknown")


def test_metformin_with_a_low_filtration_shows_value_and_day(village: Chronic) -> None:
    (row,) = metformin(village, "--creatinine", "150")
    assert (row["flag"], row["state"]) == ("egfr_low", "ask")
    assert "eGFR 30.1 of 2026-11-01, below 45" in row["text"]


def test_metformin_with_a_creatinine_that_is_sound_is_no_question_for_a_year(village: Chronic) -> None:
    assert metformin(village, "--creatinine", "70") == []
    assert village.rows("medicine", "flags", today="2027-11-01") == []
    assert [row["flag"] for row in village.rows("medicine", "flags", today="2027-11-02")] == ["egfr_old"]


def test_a_creatinine_of_someone_whose_sex_is_not_known_answers_nothing(village: Chronic) -> None:
    assert [row["flag"] for row in metformin(village, "--creatinine", "70", person=2)] == ["egfr_none"]


def test_a_report_that_only_says_normal_is_not_a_value(village: Chronic) -> None:
    village.ok("test", "add", 1, "--test", "creatinine", "--result", "normal")
    assert [row["flag"] for row in metformin(village)] == ["egfr_none"]
    village.ok("test", "add", 1, "--test", "egfr", "--value", 40, "--on", "2026-10-01")
    assert [row["flag"] for row in village.rows("medicine", "flags")] == ["egfr_low"]


# the card, the benefit, taking back -----------------------------------------------------------------


def test_the_card_and_the_timeline_tell_of_medicines_and_the_benefit(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 30, "2026-11-01")
    village.ok("benefit", "set", 1, "--registered", "yes", "--on", "2026-11-05")
    shown = village.ok("person", "show", 1).out
    assert "氨氯地平片: runs out 2026-12-01 (10 days left)" in shown
    assert "Registered for the benefit: yes  2026-11-05" in shown
    events = [(row["on"], row["event"]) for row in village.rows("person", "timeline", 1)]
    assert ("2026-11-01", "medicine") in events
    assert ("2026-11-05", "benefit") in events


def test_the_benefit_is_for_everyone_managed_and_the_latest_day_counts(village: Chronic) -> None:
    village.person("赵美华", "--programmes", "lipid")
    assert {row["person_id"]: row["registered"] for row in village.rows("benefit", "list")} == {1: "unknown", 2: "unknown"}
    village.ok("benefit", "set", 1, "--registered", "yes", "--on", "2026-11-05")
    village.ok("benefit", "set", 1, "--registered", "no", "--on", "2026-10-01")  # told earlier, typed later
    village.ok("benefit", "set", 2, "--registered", "no", "--on", "2026-11-01")
    assert [row["person_id"] for row in village.rows("benefit", "list", "--missing")] == [2]
    assert {row["person_id"] for row in village.rows("benefit", "list", "--missing", today="2026-10-31")} == {1, 2}
    out = village.ok("benefit", "list", "--missing").out
    assert "2 managed: registered 1, not registered 1, not known 0" in out
    assert "医保发〔2019〕54号" in out
    assert "not verified" in out
    village.ok("benefit", "set", 1, "--registered", "unknown")
    assert {row["person_id"] for row in village.rows("benefit", "list", "--missing")} == {1, 2}
    assert village.rows("benefit", "list", "--village", "上各村")[0]["person_id"] == 2
    again = village.ok("benefit", "set", 1, "--registered", "unknown").out
    assert "nothing changed" in again
    assert village("benefit", "set", 1, "--registered", "maybe").code == 2
    assert village("benefit", "set", 1, "--registered", "yes", "--on", "2026-11-22").code == 2


def test_everything_is_taken_back_step_by_step(village: Chronic) -> None:
    steps: list[tuple[object, ...]] = [
        ("medicine", "give", 1, "氨氯地平片", "二甲双胍", "--days", 30, "--on", "2026-11-01"),
        ("medicine", "give", 1, "氨氯地平片", "--days", 30, "--on", "2026-11-20"),
        ("medicine", "stop", 1, "二甲双胍", "--on", "2026-11-20"),
        ("medicine", "void", 3, "--reason", "记错人", "--yes"),
        ("benefit", "set", 1, "--registered", "yes"),
    ]
    seen = []
    for step in steps:
        seen.append(facts(village))
        village.ok(*step)
    for before in reversed(seen):
        village.ok("undo", "--yes")
        assert facts(village) == before
    assert stale(village) == []


def test_the_list_walks_the_day_it_runs_out(village: Chronic) -> None:
    asked: list[str] = []
    with contextlib.closing(registry.connect(village.path)) as db:
        db.set_trace_callback(asked.append)
        list(reports.refill(db, date(2026, 11, 21), 7, limit=20).rows)
        db.set_trace_callback(None)
        assert len(asked) == 2
        for sql in asked:
            (first, *others) = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
            assert first.startswith("SEARCH c USING INDEX medicine_course_end (run_out_on")
            assert not [step for step in others if "TEMP B-TREE" in step or step.startswith("SCAN")]


def test_in_chinese_everything_is_said_in_chinese(village: Chronic) -> None:
    run = village.ok("visit", "add", 1, "--bp", "138/84", "--medicines", "依那普利, 2, 10, mg; 代文, 1, 80, mg",
                     "--days-supplied", 5, lang="zh")  # fmt: skip
    assert "请问开药医生" in run.out
    assert "(未核实)" in run.out
    assert "2026-11-26 用完 (还有 5 天)" in run.out


def test_phones_are_masked_and_showing_them_is_logged(village: Chronic) -> None:
    give(village, 1, "氨氯地平片", 3, "2026-11-01")
    assert "5512" in village.ok("medicine", "refill").out
    assert "13812345512" not in village.ok("medicine", "refill").out
    assert "13812345512" in village.ok("medicine", "refill", "--full").out
    assert village.sql("SELECT about FROM audit WHERE action = 'full'") == [("chronic medicine refill",)]
