"""`refer criteria`: the guideline's list, and one person's: met, to be asked, not known; danger first."""

import pytest

from chronic.protocol import DEFAULT, load
from chronic.protocol.referrals import KINDS, Referrals
from tests.cli.test_guided_visit import sit
from tests.runner import Chronic

BOOK = Referrals.of(load(DEFAULT))


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 is managed for both and out of range for long; 2 for nothing."""
    chronic.person("王秀兰", "--sex", "F", "--birth-date", "1956-03-01", "--htn-enrolled-on", "2025-01-01",
                   "--htn-diagnosed-on", "1985-01-01", "--dm-enrolled-on", "2025-01-01")  # fmt: skip
    chronic.person("李建国", "--birth-date", "1970-01-01")
    chronic.visit(1, "2026-08-01", "--bp", "152/94", "--fpg", "8.1")
    chronic.visit(1, "2026-11-20", "--bp", "184/94", "--fpg", "8.1", "--complication", "none", "--adr", "no")
    return chronic


def states(chronic: Chronic, person: int, **more: str) -> dict[str, str]:
    return {row["code"]: row["met"] for row in chronic.rows("refer", "criteria", person, **more)}


def test_the_guidelines_list_names_every_criterion_with_its_source(bare: Chronic) -> None:
    bare.ok("init", "--yes")
    rows = bare.rows("refer", "criteria")
    assert {row["code"] for row in rows} == set(BOOK.criteria)
    assert [row["referral"] for row in rows] == sorted((row["referral"] for row in rows), key=KINDS.index)
    assert all(row["source"] and row["mark"] for row in rows)
    arms = next(row for row in rows if row["code"] == "htn_potassium")
    assert arms["decides"] == "value_below potassium 3.5 + asked"


def test_a_person_meets_some_and_others_are_asked_or_not_known(village: Chronic) -> None:
    found = states(village, 1)
    wanted = {
        "htn_danger_pressure": "met", "htn_not_at_goal": "met", "htn_again": "met", "htn_young": "met",
        "dm_not_at_goal": "met",
        "htn_pressure_stays": "ask", "htn_severe_signs": "ask", "htn_consciousness": "ask",
        "htn_potassium": "unknown", "htn_urine": "unknown", "htn_arms": "unknown",
        "dm_young": "not_met", "htn_new_damage": "not_met", "htn_reaction": "not_met", "dm_danger_low": "not_met",
    }  # fmt: skip
    assert wanted.items() <= found.items()


def test_a_test_result_answers_its_criterion(village: Chronic) -> None:
    village.ok("test", "add", 1, "--test", "arm_difference", "--value", "24")
    village.ok("test", "add", 1, "--test", "potassium", "--value", "4.1")
    village.ok("test", "add", 1, "--test", "urine", "--result", "abnormal")
    found = states(village, 1)
    assert (found["htn_arms"], found["htn_potassium"], found["htn_urine"]) == ("met", "not_met", "met")


def test_of_someone_in_no_programme_both_are_looked_at(village: Chronic) -> None:
    found = village.rows("refer", "criteria", 2)
    assert {programme for row in found for programme in row["programmes"]} == {"htn", "dm"}
    assert {row["met"] for row in found} == {"ask", "unknown", "not_met"}


def test_the_way_back_is_listed_while_a_referral_is_open(village: Chronic) -> None:
    assert "htn_down_pressure" in states(village, 1)
    village.ok("refer", "reply", 1, "--outcome", "returned", "--on", "2026-11-21")
    assert "htn_down_pressure" not in states(village, 1)


def test_the_screen_says_danger_first_and_the_signs_to_ask_for(village: Chronic) -> None:
    said = village.ok("refer", "criteria", 1, lang="zh").out.splitlines()
    assert said[1] == "符合:"
    assert (
        said[2]
        == "  急救车  血压达到危急值: 处理后紧急转诊, 2周内随访  (2026-11-20 184/94)  [A] NB3 §高血压, §2型糖尿病 危急情况"
    )
    assert said[-1].startswith("要问的危急情况: 意识或行为改变; 剧烈头痛或头晕; ")
    assert "呼气有烂苹果样丙酮味" in said[-1]
    assert any(line.startswith("不符合  ") for line in said)
    assert "dm_young" not in village.ok("refer", "criteria", 1).out
    assert "below 25 years" not in village.ok("refer", "criteria", 1).out
    assert "below 25 years" in village.ok("refer", "criteria", 1, "--all").out


def test_signs_of_a_programme_someone_is_not_in_are_not_asked(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2025-01-01")
    assert "rotten apples" not in chronic.ok("refer", "criteria", 1).out
    assert "lie flat" in chronic.ok("refer", "criteria", 1).out


@pytest.mark.parametrize(
    ("programmes", "asked", "not_asked"),
    [
        ("htn", ["剧烈头痛或头晕", "喘憋不能平卧"], ["烂苹果"]),
        ("dm", ["烂苹果", "视力骤降"], ["喘憋"]),
        ("htn;dm", ["喘憋", "烂苹果"], []),
    ],
)
def test_the_guided_visit_asks_for_the_signs_of_its_programmes(
    chronic: Chronic, programmes: str, asked: list[str], not_asked: list[str]
) -> None:
    chronic.person("王秀兰", "--sex", "F", "--birth-date", "1955-03-01", "--programmes", programmes)
    out = sit(chronic, "", "138/84", "72", "6.0", "66", "160", "1", "?", lang="zh").out
    question = out.partition("现在有没有")[2].partition("-E")[0].replace("\n", "").replace(" ", "")
    assert [sign for sign in asked if sign not in question] == []
    assert [sign for sign in not_asked if sign in question] == []
    assert "HT-E2 DM-E4  意识或行为改变" in out  # ? lists them one by one
