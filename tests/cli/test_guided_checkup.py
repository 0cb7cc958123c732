"""A whole check-up answered question by question, and what the registry holds afterwards."""

import sys

import pytest

from tests.cli.keyboard import keyboard
from tests.runner import Chronic, Run

HEAD = ("李医生", "")
GENERAL = ("1", "36.5", "72", "16", "138/84", "136/82", "158", "62", "84")  # symptoms: none; then what is measured
YOUNG = (*HEAD, *GENERAL, "2", "1", "2", "2", "2", "3", "3", "2", "3", "2", "2", "")
"""Exercise skip, diet balanced, smoking, drinking and work skip, organs and body skip, tests skip, problems skip, history
and outcome skip, save."""


@pytest.fixture
def wang(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--sex", "F", "--birth-date", "1955-03-01", "--htn-enrolled-on", "2026-01-01")
    chronic.person("李建国", "--sex", "M", "--birth-date", "1980-03-01", "--htn-enrolled-on", "2026-01-01")
    return chronic


def sit(chronic: Chronic, *lines: str, command: str = "checkup add 2", lang: str = "en") -> Run:
    """Answer the questions one after the other; whatever is left unanswered is Ctrl-D."""
    return chronic(*command.split(), stdin="".join(line + "\n" for line in lines), console="utf-8", lang=lang, COLUMNS="100")


def values(chronic: Chronic) -> dict[str, object]:
    """The values of the latest live check-up."""
    return dict(chronic.sql(
        "SELECT field, value FROM checkup_value WHERE checkup = (SELECT max(id) FROM checkup WHERE ended_by IS NULL)"
    ))  # fmt: skip


def asked(run: Run, *labels: str) -> bool:
    return all(f"{label}" in run.out for label in labels)


def test_the_form_is_asked_in_its_order_and_saved_at_the_end(wang: Chronic) -> None:
    run = sit(wang, *YOUNG[:11], "1", "2", "30", "", "走路", "1", "1", "1", "0", "2", "2", "1", "1", "2", "y",
              command="checkup add 2")  # fmt: skip
    order = ["Doctor", "Symptoms", "Temperature", "Pulse", "Blood pressure, left", "Blood pressure, right", "Height",
             "[Exercise]", "How often", "Diet", "[Smoking]", "Smoking status", "[Drinking]"]  # fmt: skip
    places = [run.out.index(label) for label in order]
    assert places == sorted(places)
    assert run.code == 1
    assert "nothing of this check-up was saved" in run.err
    assert wang.sql("SELECT count(*) FROM checkup") == [(0,)]


def test_what_was_skipped_is_left_blank(wang: Chronic) -> None:
    run = sit(wang, *YOUNG)
    assert run.code == 0, run.out + run.err
    assert values(wang) == {
        "checkup_doctor": "李医生", "checkup_symptoms": "none", "temperature_c": 36.5, "pulse": 72, "respiratory_rate": 16,
        "sbp_left": 138, "dbp_left": 84, "sbp_right": 136, "dbp_right": 82, "height_cm": 158.0, "weight_kg": 62.0,
        "waist_cm": 84.0, "diet": "balanced",
    }  # fmt: skip
    assert "Check-up for hypertension: missing Skin, Lymph nodes" in run.out
    assert "Save  [Y/n]: " in run.out


def test_only_older_people_are_asked_for_what_only_they_have(wang: Chronic) -> None:
    assert not asked(sit(wang, *YOUNG), "[Older people]")
    run = sit(wang, *HEAD, *GENERAL, "2", command="checkup add 1")
    assert asked(run, "[Older people]  1 fill  2 normal  3 skip")


def test_all_normal_writes_every_word_out_and_still_asks_for_figures(wang: Chronic) -> None:
    run = sit(
        wang, *HEAD, *GENERAL, "2", "1", "2", "2", "2", "2", "0.8", "1.0", "", "", "2", "72", "", "2", "3", "2", "2", ""
    )
    assert run.code == 0, run.out + run.err
    found = values(wang)
    assert (found["vision_left"], found["hearing"], found["skin"], found["heart_rhythm"], found["foot_pulse"]) == (
        0.8, "hears", "normal", "regular", "both"
    )  # fmt: skip
    assert not {"fundus", "rectal", "breast", "vulva"} & set(found)
    assert "Check-up for hypertension  28/28  complete" in run.out


def test_danger_is_said_the_moment_it_is_measured(wang: Chronic) -> None:
    run = sit(wang, *HEAD, *GENERAL[:4], "186/112")
    assert "DANGER: blood pressure at or above 180 or 110" in run.out.partition("Blood pressure, right")[0]


def test_a_figure_that_cannot_be_is_asked_again_and_an_odd_one_confirmed(wang: Chronic) -> None:
    run = sit(wang, *HEAD, "1", "63", "39", "n", "36.5", "72")
    assert "Temperature 63 cannot be right; possible is 30–43." in run.out
    assert "Temperature 39 is unusual; please check." in run.out
    assert run.out.count("Temperature ℃") == 3


def test_the_questionnaire_leaves_out_what_was_measured(wang: Chronic) -> None:
    older = ("2", "2", "1", "", "1", "")  # all normal, satisfied, cognition, its score, mood, its score
    rest = ("2", "1", "2", "2", "2", "3", "3", "2")
    answers = ("5", *"1" * 30)
    run = sit(
        wang, *HEAD, *GENERAL, *older, *rest, "1", *answers, "1 2", "2", "", "3", "2", "2", "", command="checkup add 1"
    )
    assert run.code == 0, run.out + run.err
    assert "About the last year: 1 never  2 rarely" in run.out
    found = values(wang)
    assert {"tcm_9", "tcm_28"}.isdisjoint(found)
    assert len([name for name in found if name.startswith("tcm_") and name[4:].isdigit()]) == 31
    assert (found["tcm_guidance"], found["tcm_techniques"]) == ("emotion;diet", "moxibustion")
    assert "TCM constitution: balanced yes (25)" in run.out
    assert "Self-care 0: independent" in run.out


def test_results_alone_can_be_written_down(wang: Chronic) -> None:
    rest = ("3", "2", "1", "2", "2", "2", "3", "3", "2")
    run = sit(wang, *HEAD, *GENERAL, *rest, "2", "2", "2", *[""] * 7, "", "", "", "3", "2", "2", "", command="checkup add 1")
    assert run.code == 0, run.out + run.err
    assert (values(wang)["tcm_balanced"], values(wang)["tcm_qi_deficiency"]) == ("mostly", "tending")


def test_back_and_help_work_as_everywhere(wang: Chronic) -> None:
    run = sit(wang, *HEAD, "1", "36.5", "<", "37.0", "?", "72")
    assert run.out.count("Temperature ℃") == 2
    assert "Possible is 20 to 250." in run.out


def test_last_times_habits_are_kept_with_one_key(wang: Chronic) -> None:
    wang.ok("checkup", "add", 2, "--on", "2025-11-01", "--height-cm", "170", "--set", "smoking_status=current", "--set",
            "smoke_per_day=10", "--set", "smoke_start_age=20")  # fmt: skip
    run = sit(wang, *HEAD, "1", "36.5", "72", "16", "138/84", "136/82", "", "62", "84", "2", "1", "1", "")
    assert "As last time  Smoking status current  Cigarettes a day 10  Smoking since age 20" in run.out
    assert "Height cm  [170]: " in run.out


def test_who_never_smoked_is_asked_nothing_more_about_it(wang: Chronic) -> None:
    run = sit(wang, *HEAD, *GENERAL, "2", "1", "1", "1", "1", "1", "1", "1")
    assert asked(run, "Smoking status", "How often drinks", "Hazards at work")
    assert not asked(run, "Cigarettes a day")
    assert not asked(run, "Drinks")
    assert not asked(run, "Job")
    assert asked(sit(wang, *HEAD, *GENERAL, "2", "1", "1", "3"), "Cigarettes a day")


def test_what_the_day_already_has_is_not_asked_again(wang: Chronic) -> None:
    wang.ok("checkup", "add", 2, "--temperature-c", "36.6", "--bp-left", "130/80")
    run = sit(wang, *HEAD, "1", "72")
    assert "2026-11-21 already has check-up 1; answers are added to it" in run.out
    assert "Temperature" not in run.out
    assert "Blood pressure, left" not in run.out


def test_everything_is_asked_in_chinese(wang: Chronic) -> None:
    run = sit(wang, *HEAD, *GENERAL, "3", "2", command="checkup add 1", lang="zh")
    for text in ("体检医生", "左侧血压 mmHg", "[老年人评估]  1 填写  2 全部检查且正常  3 跳过", "[体育锻炼]"):
        assert text in run.out
    assert run.err.splitlines()[-1] == "已停止: 这次体检什么也没有保存; 以前保存的都在"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
def test_at_a_real_terminal(wang: Chronic) -> None:
    with keyboard(wang, "checkup", "add", 2) as keys:
        for line in YOUNG:
            keys.wait_for(": ")
            keys.type(line)
        assert keys.ends() == 0, keys.screen
    assert values(wang)["sbp_right"] == 136
    assert "Traceback" not in keys.screen


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
def test_ctrl_c_leaves_the_file_as_it_was(wang: Chronic) -> None:
    before = wang.dump()
    with keyboard(wang, "checkup", "add", 2) as keys:
        for line in YOUNG[:5]:
            keys.wait_for(": ")
            keys.type(line)
        keys.wait_for("Pulse /min: ")
        assert keys.stop() == 1, keys.screen
    assert "nothing of this check-up was saved" in keys.screen
    assert wang.dump() == before
