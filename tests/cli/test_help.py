"""The first minutes: what the help shows first, what it makes of a slip of the finger, and examples that can be typed."""

import pytest

from chronic.cli import root as entry
from tests.runner import Chronic


def test_the_first_screen_explains_at_most_eight_commands_and_names_the_others(bare: Chronic) -> None:
    for lang in ("en", "zh"):
        screen = bare("--help", lang=lang, COLUMNS="120").out
        explained, _, named = screen.partition("--help-all:")
        day = [name for name, (_module, section, _line) in entry.TABLE.items() if section == "day"]
        assert 5 <= len(day) <= 8
        assert [name for name in entry.TABLE if f"\n  {name} " in explained] == day
        assert len(screen.splitlines()) <= 30  # one terminal, as Windows opens it
        for name in entry.TABLE.keys() - set(day):
            assert name in named.replace(",", " ").split()


def test_help_all_explains_every_command(bare: Chronic) -> None:
    screen = bare.ok("--help-all").out
    assert [name for name in entry.TABLE if f"\n  {name} " not in screen] == []
    assert "More" not in screen


def test_every_command_of_the_table_is_the_one_its_module_holds(bare: Chronic) -> None:
    """The table is typed by hand; help, completion and guesses are made of it."""
    for name, (_module, section, line) in entry.TABLE.items():
        assert section in entry.SECTIONS
        assert line
        assert bare.ok(name, "--help").out.startswith(f"Usage: chronic {name}")


@pytest.mark.parametrize(
    ("typed", "guess"),
    [
        (["vist"], "'visit'"),
        (["todya"], "'today'"),
        (["overdu", "--village", "下各村"], "'overdue'"),
        (["visit", "ad", 1], "'add'"),
        (["refer", "replay"], "'reply'"),
        (["nightly", "instal"], "'install'"),
        (["overdue", "--vilage", "下各村"], "'--village'"),
        (["visit", "add", 1, "--pb", "148/92"], "'--bp'"),
        (["--tody", "2026-11-21"], "'--today'"),
        (["suspects"], "'screen suspects'"),
    ],
)
def test_one_guess_at_what_was_meant(bare: Chronic, typed: list[object], guess: str) -> None:
    run = bare(*typed)
    assert (run.code, run.out) == (2, "")
    assert f"Did you mean {guess}? Try 'chronic" in run.last


def test_a_command_that_several_groups_have_is_shown_with_each(bare: Chronic) -> None:
    assert "'person add', 'place add', 'screen add', 'task add', 'test add', 'visit add'" in bare("add").last
    assert "是不是" in bare("add", lang="zh").last
    assert "'export visits', 'visit'" in bare("visits").last
    assert "mean" not in bare("xyzzy").last


def test_a_group_shows_an_example_of_each_command_below_it(bare: Chronic) -> None:
    screen = bare.ok("visit", "--help").out.partition("Example:\n")[2].splitlines()
    assert [line.split()[2] for line in screen] == ["add", "list", "fix", "void", "form"]
    assert all(line.startswith("  chronic visit ") for line in screen)


def test_an_example_is_one_line_however_narrow_the_window(bare: Chronic) -> None:
    screen = bare("person", "add", "--help", COLUMNS="50").out
    assert (
        '  chronic person add 王秀兰 --id-number 11010519491231002X --village 下各村 --hamlet 3组 --programmes "htn;dm"\n'
        in screen
    )
