"""`calls` and `call` at the keyboard: the order, the script, what is asked, and what bad input gets."""

import json

import pytest

from tests.cli.nights import PHONE, rows_of, settled
from tests.runner import TODAY, Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """Late: 1 and 5; in danger: 2; referred: 3; due within a week: 4; later: 6."""
    return settled(chronic)


# the list -------------------------------------------------------------------------------------------


def test_danger_and_referrals_first_then_by_risk_and_the_least_overdue(village: Chronic) -> None:
    village.person("孙丽华", "--htn-enrolled-on", "2026-05-01", "--village", "下各村")
    village.visit(7, "2026-10-25", "--bp", "150/95")
    rows = village.rows("calls")
    assert [(row["section"], row["person_id"], row["days_overdue"]) for row in rows] == [
        ("danger", 2, None), ("referral", 3, None), ("overdue", 7, 13), ("overdue", 1, 37), ("overdue", 5, 6),
        ("due", 4, None),
    ]  # fmt: skip


def test_the_nightly_list_is_the_same_list(village: Chronic) -> None:
    village.ok("call", 1, "--outcome", "call_later", "--date", "2026-11-25")
    village.ok("call", 5, "--outcome", "moved")
    village.ok("nightly")
    assert rows_of(village, "calls.json") == village.rows("calls")
    assert [(row["section"], row["person_id"]) for row in village.rows("calls")] == [
        ("danger", 2), ("referral", 3), ("settle", 5), ("due", 4),
    ]  # fmt: skip
    page = (village.folder / "nightly" / TODAY / "nightly.html").read_text("utf-8")
    assert "Do not call: record what was told" in page


def test_today_counts_the_same_people(village: Chronic) -> None:
    assert "to call today 5    chronic calls" in village.ok("today").out
    village.ok("call", 1, "--outcome", "call_later", "--date", "2026-11-25")
    assert "to call today 4    chronic calls" in village.ok("today").out
    assert "今日待回访 4" in village.ok("today", lang="zh").out


def test_limit_and_village_and_format(village: Chronic) -> None:
    village.person("外村人", "--htn-enrolled-on", "2026-05-01", "--village", "上各村")
    assert village.ids("calls", "--limit", "2") == [2, 3]
    assert village.ids("calls", "--limit", "0") == []
    assert village.ids("calls", "--village", "上各村") == [7]
    assert village("calls", "--village", "不存在").code == 2
    header = village.ok("calls", "--format", "csv", "--headers", "zh").out.splitlines()[0]
    assert "联系次数,下次联系日期" in header


def test_phones_are_masked_unless_asked_for_and_that_is_logged(village: Chronic) -> None:
    assert PHONE not in village.ok("calls").out + village.ok("calls", "--script").out
    assert PHONE in village.ok("calls", "--full").out
    assert PHONE in village.ok("calls", "1", "--full").out
    assert village.sql("SELECT count(*) FROM audit WHERE action = 'full'") == [(2,)]


# the script -----------------------------------------------------------------------------------------


def test_a_script_says_why_what_was_last_and_what_to_ask(village: Chronic) -> None:
    village.visit(1, "2026-10-02", "--bp", "150/95", "--medicines", "氨氯地平片,1,5,mg")
    village.ok("call", 1, "--outcome", "agreed", "--on", "2026-11-01", "--date", "2026-11-10")
    text = village.ok("calls", 1).out
    for said in ("36 d late", "Promised to come on 2026-11-10", "150/95 (2026-10-02)", "氨氯地平片", "1 attempt", "call 120",
                 "how many days will the medicine last", "chronic call 1"):  # fmt: skip
        assert said in text, said


def test_a_danger_is_named_before_anything_else_and_asks_for_the_referral(village: Chronic) -> None:
    lines = village.ok("calls", 2).out.splitlines()
    assert lines[1].strip().startswith("DANGER, not settled")
    assert any("chronic refer reply 2" in line for line in lines)


def test_without_a_phone_the_script_says_how_else(village: Chronic) -> None:
    assert "chronic person edit 5 --phone" in village.ok("calls", 5).out
    assert "No phone number" not in village.ok("calls", 1).out


def test_a_list_with_scripts_names_the_signs_once(village: Chronic) -> None:
    text = village.ok("calls", "--script").out
    assert text.count("call 120") == 1
    assert text.count("Afterwards: chronic call") == 5
    rows = json.loads(village.ok("calls", "--script", "--format", "json").out)["rows"]
    assert all(any("120" in line for line in row["script"]) for row in rows)


def test_someone_not_on_the_list_is_told_about_too(village: Chronic) -> None:
    assert "nothing is due within 7 days" in village.ok("calls", 6).out
    village.ok("call", 1, "--outcome", "agreed", "--date", "2026-11-25")
    assert "promised to come on 2026-11-25" in village.ok("calls", 1).out
    village.ok("pause", 5)
    assert "not on the call list" in village.ok("calls", 5).out


def test_the_card_shows_the_last_calls(village: Chronic) -> None:
    for day in ("2026-11-01", "2026-11-05", "2026-11-09", "2026-11-13"):
        village.ok("call", 1, "--outcome", "not_reached", "--on", day, "--way", "door", "--note", "家中无人")
    card = village.ok("person", "show", 1).out
    assert card.count("Called:") == 3
    assert "at the door  not reached" in card
    assert card.index("2026-11-13") < card.index("2026-11-05")
    assert village.ok("person", "timeline", 1).out.count("not reached") == 4
    assert len(village.ok("export", "calls").out.splitlines()) == 5


# what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ["--outcome", "agreed"],
        ["--outcome", "call_later"],
        ["--outcome", "other"],
        ["--outcome", "other", "--note", " "],
        ["--outcome", "died", "--date", "2026-11-25"],
        ["--outcome", "moved", "--date", "2026-11-25"],
        ["--outcome", "agreed", "--date", "2026-11-20"],
        ["--outcome", "agreed", "--date", "2027-02-22"],
        ["--outcome", "not_reached", "--on", "2026-11-22"],
        ["--outcome", "not_reached", "--on", "1900-01-01"],
        ["--outcome", "gone"],
        ["--outcome", "agreed", "--date", "soon"],
        ["--outcome", "not_reached", "--way", "letter"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_cannot_be_is_one_sentence_and_nothing_is_written(village: Chronic, args: list[str], lang: str) -> None:
    before = village.dump()
    run = village("call", "1", *args, lang=lang)
    assert run.code == 2
    assert run.out == ""
    assert run.last
    assert village.dump() == before


def test_without_an_outcome_and_without_a_terminal_it_says_what_is_missing(village: Chronic) -> None:
    run = village("call", 1)
    assert run.code == 2
    assert "not_reached" in run.last
    assert run.out == ""
    assert village.sql("SELECT * FROM call") == []


def test_the_furthest_day_is_taken_and_so_is_today(village: Chronic) -> None:
    village.ok("call", 1, "--outcome", "agreed", "--date", "2027-02-21")
    village.ok("call", 1, "--outcome", "agreed", "--date", TODAY)


def test_a_call_of_somebody_found_by_name_asks(village: Chronic) -> None:
    assert village("call", "王秀兰", "--outcome", "not_reached").code == 2
    village.ok("call", "王秀兰", "--outcome", "not_reached", "--yes")
    assert village("call", "999", "--outcome", "not_reached").code == 20


def test_an_outcome_may_be_said_in_chinese(village: Chronic) -> None:
    village.ok("call", 1, "--outcome", "未联系上", "--way", "上门")
    assert village.sql("SELECT outcome, way FROM call") == [("not_reached", "door")]


# at a terminal --------------------------------------------------------------------------------------


def asked(village: Chronic, *typed: str, args: tuple[object, ...] = (1,), code: int = 0) -> str:
    run = village("call", *args, stdin="".join(f"{line}\n" for line in typed), console="utf-8")
    assert run.code == code, run.err
    return run.out


def test_without_an_outcome_it_shows_the_script_and_asks(village: Chronic) -> None:
    out = asked(village, "2", "tomorrow", "2026-11-20", "2026-11-25", "")
    assert "Why:" in out
    assert "is not a day" in out
    assert "lies before the call" in out
    assert village.sql("SELECT outcome, promised_on, note FROM call") == [("agreed", "2026-11-25", None)]


def test_enter_leaves_the_next_day_to_the_program(village: Chronic) -> None:
    asked(village, "99", "not_reached", "", "家中无人")
    assert village.sql("SELECT outcome, next_call_on, note FROM call") == [("not_reached", None, "家中无人")]


def test_other_asks_until_it_is_said_what(village: Chronic) -> None:
    asked(village, "other", "", "", "住院")
    assert village.sql("SELECT outcome, note FROM call") == [("other", "住院")]


def test_whoever_stops_has_saved_nothing(village: Chronic) -> None:
    asked(village, "2", code=1)
    assert village.sql("SELECT * FROM call") == []


def test_a_death_is_offered_to_be_recorded_with_its_day(village: Chronic) -> None:
    asked(village, "2026-12-01", "2026-11-18", args=(1, "--outcome", "died"))
    assert village.sql("SELECT closed_on, closed_reason FROM person WHERE id = 1") == [("2026-11-18", "died")]
    village.ok("undo", "--yes")
    assert village.sql("SELECT closed_on FROM person WHERE id = 1") == [(None,)]
    assert [row["section"] for row in village.rows("calls") if row["person_id"] == 1] == ["settle"]


def test_a_refusal_ends_every_programme_when_its_day_is_given_and_none_when_not(village: Chronic) -> None:
    village.ok("enrol", 1, "dm")
    asked(village, "", args=(1, "--outcome", "refused"))
    assert village.sql("SELECT count(*) FROM enrolment WHERE person = 1 AND ended_on IS NULL") == [(2,)]
    asked(village, "2026-11-21", args=(1, "--outcome", "refused"))
    ended = village.sql("SELECT DISTINCT ended_on, end_reason FROM enrolment WHERE person = 1")
    assert ended == [("2026-11-21", "refused")]


def test_whoever_stops_at_the_offer_has_the_call_and_nothing_more(village: Chronic) -> None:
    asked(village, args=(1, "--outcome", "moved"), code=1)
    assert village.sql("SELECT outcome FROM call") == [("moved",)]
    assert village.sql("SELECT closed_on FROM person WHERE id = 1") == [(None,)]


def test_yes_asks_nothing_and_ends_nothing(village: Chronic) -> None:
    assert "chronic person close 1" in asked(village, args=(1, "--outcome", "moved", "--yes"))
    assert village.sql("SELECT closed_on FROM person WHERE id = 1") == [(None,)]
