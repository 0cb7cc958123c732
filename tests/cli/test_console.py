"""What a screen shows: tables in old consoles, questions to whoever sits there, and nothing a pipe would stumble over."""

import re

import pytest

from chronic.cli import tables
from chronic.model.wide import width
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


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("by", ["village", "doctor"])
def test_a_table_wider_than_the_screen_has_its_headings_and_words_on_several_lines(
    village: Chronic, lang: str, by: str
) -> None:
    village.person("李建国", "--dm-enrolled-on", "2026-06-01", "--village", "下各村", "--responsible-doctor", "李医生")
    village.visit(2, "2026-09-01", "--fpg", "6.1")
    run = village("report", "warning", "--by", by, lang=lang, console="gbk", COLUMNS="80")
    table = re.sub(r"\x1b\[\d*m", "", run.out).splitlines()[2:]  # below the title and a sentence
    assert max(map(width, table)) <= 80
    wide = village("report", "warning", "--by", by, lang=lang, console="gbk", COLUMNS="250").out
    piped = village("report", "warning", "--by", by, lang=lang).out
    words = {"en": ("% at target", "type 2 diabetes"), "zh": ("达标率 %", "糖尿病")}[lang]
    assert all(word in text for word in words for text in (wide, piped))


@pytest.mark.parametrize(
    ("text", "size", "lines"),
    [
        ("People before", 6, ["People", "before"]),
        ("People before", 13, ["People before"]),
        ("升高人数", 6, ["升高", "人数"]),
        ("上年同期管理人数", 8, ["上年同期", "管理人数"]),
        ("达标率 %", 7, ["达标率", "%"]),
        ("下各镇中心卫生院", 8, ["下各镇中", "心卫生院"]),
        ("hypertension", 6, ["hypertension"]),
        ("type 2 diabetes", 8, ["type 2", "diabetes"]),
        ("", 6, [""]),
    ],
)
def test_words_are_folded_at_blanks_and_chinese_in_equal_parts(text: str, size: int, lines: list[str]) -> None:
    assert tables.folded(text, size).split("\n") == lines
