"""What a screen shows: tables in old consoles, questions to whoever sits there, and nothing a pipe would stumble over."""

import pytest

from tests.runner import Chronic

RARE = "王𬱖"
"""A name with a character that a GBK console does not have."""


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person(RARE, "--htn-enrolled-on", "2026-06-01", "--village", "下各村")
    chronic.visit(1, "2026-09-01", "--bp", "150/95")
    return chronic


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "args",
    [["overdue"], ["today"], ["person", "list"], ["person", "show", "1"], ["why", "1"], ["visit", "list", "1"], ["--help"],
     ["visit", "add", "--help"], ["overdue", "--by", "village"], ["programme", "list", "1"]],
    ids=" ".join,
)  # fmt: skip
def test_an_old_chinese_console_shows_everything_but_the_rarest_characters(
    village: Chronic, args: list[str], lang: str
) -> None:
    for columns in ("80", "250"):  # a wide one gets a rich table
        run = village(*args, lang=lang, console="gbk", COLUMNS=columns)
        assert (run.code, run.err) == (0, "")
        assert RARE not in run.out
        if args == ["overdue"]:
            assert "王?" in run.out
            assert "150/95" in run.out
    assert RARE in village("overdue").out  # a pipe gets UTF-8


def test_a_pipe_never_gets_colours(village: Chronic) -> None:
    for args in (["overdue"], ["today"], ["--help"], ["person", "list"]):
        assert "\x1b" not in village.ok(*args).out


def test_errors_in_an_old_console_are_sentences_too(village: Chronic) -> None:
    run = village("why", "𬱖𬱖", console="gbk", lang="zh")
    assert run.code == 20
    assert "??" in run.err


def test_a_question_answered_with_no_or_not_at_all_changes_nothing(village: Chronic) -> None:
    before = village.dump()
    for answer in ("n\n", "", "x\nn\n"):
        run = village("person", "close", 1, "--reason", "died", stdin=answer)
        assert run.code == 1
        assert "nothing was saved" in run.err
    assert village.dump() == before
    assert village("person", "close", 1, "--reason", "died", stdin="y\n").code == 0
    assert village.dump() != before


def test_options_may_stand_anywhere(village: Chronic) -> None:
    expected = village.rows("overdue", "--village", "下各村")
    run = village(
        "overdue", "--db", village.path, "--village=下各村", "--today", "2026-11-21", "--format=json", "--lang", "en"
    )
    assert run.rows == expected


def test_a_name_that_begins_like_an_option_can_be_given(chronic: Chronic) -> None:
    assert chronic("person", "add", "--", "--today").code == 0
    assert [row["name"] for row in chronic.rows("person", "list")] == ["--today"]
