"""What the README shows is what comes: its blocks are played from an empty folder to the nightly timetable."""

import re

import click
import pytest

from tests import readme
from tests.cli.computer import posix
from tests.reference import commands

TEXT = readme.README.read_text("utf-8")


@posix
def test_every_console_block_is_answered_as_shown() -> None:
    assert readme.played(TEXT) == TEXT, "python -m tests.readme writes down what comes now"


def test_no_block_is_left_out() -> None:
    """A block is played, or stands behind the mark by which .ci/run finds it."""
    marked = re.findall(r"<!-- (.*) -->\n```console\n", TEXT)
    assert sorted(marked) == ["demo-command", "test-command"]
    assert len(list(readme.blocks(TEXT))) + len(marked) == TEXT.count("```console\n")
    assert TEXT.count("```") == 2 * TEXT.count("```console\n")


def test_both_languages_tell_the_same_day() -> None:
    english, _, chinese = TEXT.partition(readme.CHINESE)
    days = [[_command(line).command_path for line in _typed(text)] for text in (english, chinese)]
    assert days[0] == days[1]
    steps = ["chronic", "init", "import", "person add", "enrol", "visit add", "overdue", "undo", "export people"]
    assert {" ".join(["chronic", step]).replace("chronic chronic", "chronic") for step in steps} <= set(days[0])
    assert days[0][-1] == "chronic nightly install"


@posix
@pytest.mark.parametrize(("shown", "instead"), [("76 years", "67 years"), ("2026-12-05", "2026-12-06"), ("76岁", "67岁")])
def test_a_wrong_answer_is_noticed(shown: str, instead: str) -> None:
    wrong = TEXT.replace(shown, instead)
    assert wrong != TEXT
    assert readme.played(wrong) == TEXT


def test_every_command_option_and_file_it_names_is_there() -> None:
    prose = re.sub(r"```console\n.*?```\n", "", TEXT, flags=re.DOTALL)
    lines = re.findall(r"`(chronic(?: [^`]*)?)`", prose)
    assert len(lines) > 30
    for line in lines:
        ctx = _command(line)
        known = {
            name for above in (ctx, ctx.find_root()) for option in above.command.get_params(above) for name in option.opts
        }
        assert set(re.findall(r" (--[a-z-]+)", line)) <= known, line
        assert isinstance(ctx.command, click.Group) == (ctx.command.name in ("root", "nightly")), line
    for file in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (readme.README.parent / file).exists(), file


def _typed(text: str) -> list[str]:
    """The command lines of the blocks."""
    lines = [line[2:] for block in readme.blocks(text) for line in block.splitlines() if line.startswith("$ ")]
    return [line for line in lines if line.startswith("chronic")]


def _command(line: str) -> click.Context:
    """The command that a line names."""
    known = {ctx.command_path: ctx for ctx in commands()}
    words = line.split()
    return next(known[path] for n in (3, 2, 1) if (path := " ".join(words[:n])) in known)
