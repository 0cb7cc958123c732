"""`advise`: lines to read aloud from a person's own values, and the most important of them as a visit ends."""

import pytest

from tests.runner import Chronic

LIVES = ("--salt", "heavy", "--smoke-per-day", "10", "--alcohol-liang-per-day", "0", "--exercise-per-week", "2",
         "--exercise-minutes", "20", "--weight-kg", "80", "--height-cm", "160", "--adherence", "intermittent")  # fmt: skip


@pytest.fixture
def wang(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--sex", "F", "--birth-date", "1961-03-01", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-11-01", "--bp", "152/94", "--danger", "no", *LIVES)
    return chronic


def test_every_line_has_its_words_its_day_and_its_source(wang: Chronic) -> None:
    rows = wang.rows("advise", 1)
    told = {row["line"]: row for row in rows if row["says"] == "tell"}
    assert list(told) == ["adherence", "pressure", "smoking", "salt", "weight", "exercise"]
    assert "152/94" in told["pressure"]["text"]
    assert "150/90" in told["pressure"]["text"]
    assert "below 61 kg" in told["weight"]["text"]
    assert {row["on"] for row in told.values()} == {"2026-11-01"}
    assert all(row["source"] and row["mark"] for row in rows)
    assert [row["line"] for row in rows if row["says"] == "ask"] == ["waist", "mind"]


def test_it_is_read_aloud_in_chinese(wang: Chronic) -> None:
    said = wang.ok("advise", 1, lang="zh").out
    assert "1. 医生开的药要天天按时吃" in said
    assert "体重 80 公斤, 偏重 (BMI 31.2). 慢慢减到 61 公斤以下" in said
    assert "问一问:\n  现在量一下腰围." in said
    assert "依据 " in said


def test_while_a_danger_is_open_nothing_else_is_said(wang: Chronic) -> None:
    run = wang.ok("visit", "add", 1, "--bp", "186/112")
    assert "Say:" not in run.out
    assert wang.rows("advise", 1) == []
    assert "danger comes first" in wang.ok("advise", 1).out


def test_a_visit_ends_with_the_two_lines_that_matter_most(wang: Chronic) -> None:
    lines = wang.ok("visit", "add", 1, "--bp", "148/84", "--adherence", "regular", "--danger", "no").out.splitlines()
    assert lines[-2].startswith("Say: Please stop smoking.")
    assert lines[-1].startswith("You eat too much salt.")


def test_a_late_entry_and_a_machine_are_told_nothing(wang: Chronic) -> None:
    assert "Say:" not in wang.ok("visit", "add", 1, "--bp", "148/84", "--on", "2026-11-10").out
    assert "Say:" not in wang.ok("visit", "add", 1, "--bp", "148/84", "--format", "json").out


def test_nothing_is_said_where_nothing_is_out_of_line(chronic: Chronic) -> None:
    chronic.person("李建国", "--sex", "M", "--birth-date", "1961-03-01", "--htn-enrolled-on", "2026-01-01")
    good = ("--salt", "light", "--smoke-per-day", "0", "--alcohol-liang-per-day", "0", "--exercise-per-week", "7",
            "--exercise-minutes", "30", "--weight-kg", "60", "--height-cm", "170", "--waist-cm", "80", "--psych", "good",
            "--adherence", "regular")  # fmt: skip
    assert "Say:" not in chronic.ok("visit", "add", 1, "--bp", "128/78", "--danger", "no", *good).out
    assert chronic.rows("advise", 1) == []
    assert "nothing is out of line" in chronic.ok("advise", 1).out


def test_an_answer_older_than_a_year_is_asked_again(wang: Chronic) -> None:
    rows = {row["line"]: row["says"] for row in wang.rows("advise", 1, today="2027-11-01")}
    assert rows["salt"] == "tell"
    rows = {row["line"]: row["says"] for row in wang.rows("advise", 1, today="2027-11-02")}
    assert rows["salt"] == "ask"


def test_low_sugar_ends_the_visit_with_what_helps_at_once(wang: Chronic) -> None:
    out = wang.ok("visit", "add", 1, "--fpg", "3.4", lang="zh").out
    assert out.splitlines()[-1].startswith("嘱咐: 血糖低. 人清醒的马上吃15到20克糖")
    assert [row["line"] for row in wang.rows("advise", 1)] == ["low_glucose"]
