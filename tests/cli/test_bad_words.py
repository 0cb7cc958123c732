"""What cannot be said of anybody, at every command that takes words or a day: one sentence, its exit code, no change."""

import pytest

from tests.runner import Chronic

DATED = [
    "call 1 --outcome has_medicine", "refer out 1 --reason x", "refer back 1", "medicine give 1 氨氯地平片 --days 30",
    "benefit set 1 --registered yes", "order add 1 尿常规", "opinion add 1 --complaint 慢",
    "educate add --topic diet --form personal --person 1", "person rescue 1 --illness 肺癌",
    "person treated 1 --in-county no --at 省医院", "test add 1 --test ecg --result normal",
]  # fmt: skip
WORDED = [
    "call 1 --outcome other --note", "refer out 1 --reason", "refer back 1 --diagnosis", "order add 1 尿常规 --at",
    "contract sign 1 --team", "household visit 1 --need", "household assign 1 --staff", "opinion add 1 --complaint",
    "educate add --topic diet --form personal --person 1 --where", "person rescue 1 --illness",
    "person treated 1 --in-county no --at", "task add", "institution add 县医院 --level county --phone", "pause 1 --reason",
    "screen campaign --village", "overdue --village", "task list --owner",
]  # fmt: skip
NEEDED = ["order cancel 1 --reason", "household settle 1 --note", "task close 1 --evidence", "task note 1"]


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--birth-date", "1949-12-31", "--village", "下各村", "--household-no", "7",
                   "--htn-enrolled-on", "2026-01-01")  # fmt: skip
    chronic.ok("order", "add", 1, "远程心电")
    chronic.ok("household", "visit", 1, "--need", "轮椅")
    chronic.ok("task", "add", "血压计未校准")
    return chronic


@pytest.mark.parametrize("command", DATED)
@pytest.mark.parametrize(
    ("day", "said"), [("2027-01-01", "in the future"), ("1949-12-30", "before the birth"), ("13月", "")]
)
def test_a_day_that_cannot_be(village: Chronic, command: str, day: str, said: str) -> None:
    before = village.dump()
    run = village(*command.split(), "--on", day)
    assert run.code == 2
    assert said in run.last
    assert "_on" not in run.last, "a day has a name"
    assert village.dump() == before


@pytest.mark.parametrize("command", WORDED)
@pytest.mark.parametrize(
    "words", ["长" * 2001, "坏\x07字", "\x1b[31m红", "\u202e反"], ids=["long", "bell", "escape", "bidi"]
)
def test_words_that_nobody_could_read(village: Chronic, command: str, words: str) -> None:
    before = village.dump()
    run = village(*command.split(), words)
    assert run.code == 2
    assert "the text" in run.last
    assert words not in run.last
    assert village.dump() == before


@pytest.mark.parametrize("command", [*WORDED, *NEEDED])
@pytest.mark.parametrize("words", ["", "   "])
def test_blank_words_are_not_given(village: Chronic, command: str, words: str) -> None:
    run = village(*command.split(), words)
    assert run.code in (0, 2, 21)
    if command in NEEDED:
        assert run.code == 2
        assert len(run.err.splitlines()) <= 2
    assert village.sql("SELECT need FROM household_visit WHERE need IS NOT NULL") == [("轮椅",)]
