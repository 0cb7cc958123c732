"""`opinion`: what people say of the service waits until somebody says what was done about it."""

import re

import pytest

from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01", "--phone", "13812345512")
    chronic.ok("opinion", "add", 1, "--satisfaction", "satisfied", "--on", "2026-11-01")
    chronic.ok("opinion", "add", 1, "--satisfaction", "dissatisfied", "--on", "2026-11-02")
    chronic.ok("opinion", "add", 1, "--satisfaction", "neutral", "--complaint", "等太久", "--on", "2026-11-03")
    chronic.ok("opinion", "add", 1, "--suggestion", "早点开门", "--on", "2026-11-04", "--way", "door")
    return chronic


def numbers(chronic: Chronic, *args: str) -> list[int]:
    return [row["number"] for row in chronic.rows("opinion", "list", *args)]


def test_what_asks_for_something_waits_oldest_first_and_the_satisfied_do_not(village: Chronic) -> None:
    assert numbers(village) == [2, 3, 4]
    assert numbers(village, "--all") == [1, 2, 3, 4]
    assert [row["days_open"] for row in village.rows("opinion", "list", "--all")] == [None, 19, 18, 17]
    assert re.search(r"^opinions to handle 3 +chronic opinion list$", village.ok("today").out, re.M)


def test_handling_takes_it_off_the_list_with_day_name_and_what_was_done(village: Chronic) -> None:
    village.ok("opinion", "handle", 3, "--note", "增加早班", "--on", "2026-11-10", "--by", "李医生")
    village.ok("opinion", "handle", 2, "--note", "上门解释")
    assert numbers(village) == [4]
    handled = {row["number"]: row for row in village.rows("opinion", "list", "--all")}
    assert (handled[3]["handled_on"], handled[3]["handled_by"], handled[3]["note"]) == ("2026-11-10", "李医生", "增加早班")
    assert handled[2]["handled_by"]
    village.ok("opinion", "handle", 4, "--note", "已调整")
    assert "opinions to handle" not in village.ok("today").out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["add", "1"], 2),
        (["add", "1", "--complaint", "  "], 2),
        (["add", "1", "--satisfaction", "happy"], 2),
        (["add", "1", "--suggestion", "x", "--on", "2026-11-22"], 2),
        (["handle", "9", "--note", "x"], 2),
        (["handle", "1", "--note", "x"], 21),
        (["handle", "3", "--note", "x", "--on", "2026-11-02"], 2),
        (["handle", "3", "--note", "x", "--on", "2026-11-22"], 2),
        (["handle", "3"], 2),
    ],
)
def test_what_cannot_be_is_refused(village: Chronic, args: list[str], code: int) -> None:
    before = village.dump()
    for lang in ("en", "zh"):
        run = village("opinion", *args, lang=lang)
        assert (run.code, run.out) == (code, "")
        assert run.last
    assert village.dump() == before


def test_it_is_handled_once(village: Chronic) -> None:
    village.ok("opinion", "handle", 3, "--note", "增加早班", "--on", "2026-11-03")
    assert village("opinion", "handle", 3, "--note", "again").code == 21


def test_phones_are_masked(village: Chronic) -> None:
    assert "13812345512" not in village.ok("opinion", "list").out
    assert "13812345512" in village.ok("opinion", "list", "--full").out


def test_it_stands_in_the_timeline(village: Chronic) -> None:
    village.ok("opinion", "handle", 3, "--note", "增加早班", "--on", "2026-11-10")
    assert "handled 2026-11-10  增加早班" in village.ok("person", "timeline", 1).out
