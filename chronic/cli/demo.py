"""`demo`: a made-up village in its own file, and the first look at it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from shlex import quote
from typing import TYPE_CHECKING

import click

from chronic.cli.commands import NEW_FILE, Command
from chronic.cli.lists import overdue
from chronic.cli.session import Session, user_folder
from chronic.cli.today import today
from chronic.cli.types import WholeNumber
from chronic.i18n import _
from chronic.office import demo as office

if TYPE_CHECKING:
    from pathlib import Path

_LIMIT = 15
_WORTH_A_BAR = 2000  # people


@click.command(
    cls=Command, help=_("Make a made-up village in its own file, and show today's list and who is late."),
    example="chronic demo\nchronic demo --people 1000 --seed 7 --to villages.db",
)  # fmt: skip
@click.option("--people", type=click.IntRange(1, 1_000_000), default=300, show_default=True, help=_("How many residents."))
@click.option("--seed", type=WholeNumber(min=0), default=1, show_default=True, help=_("Another number, another village."))
@click.option(
    "--to", type=NEW_FILE,
    help=_("The file to make, in place of an older demo; demo.db in the user's data folder if left out."),
)  # fmt: skip
@click.pass_context
def demo(ctx: click.Context, people: int, seed: int, to: "Path | None") -> None:
    asked: Session = ctx.obj
    path = to or user_folder() / "demo.db"
    with _progress(people) as done:
        office.make(path, asked.today, people, seed, done)
    ctx.obj = Session(path, asked.today)
    ctx.call_on_close(ctx.obj.close)
    ctx.invoke(today)
    click.echo()
    ctx.invoke(overdue, limit=_LIMIT)
    click.echo()
    day = ["--today", asked.today.isoformat()] if asked.today_given else []
    click.echo(_("Go on with it: {command}").format(command=_quoted(["chronic", "--db", str(path), *day, "today"])))


@contextmanager
def _progress(people: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr, on a terminal, where there is something to wait for."""
    if people < _WORTH_A_BAR or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=people, label=_("Making up people"), file=sys.stderr) as bar:
        yield bar.update


def _quoted(words: list[str]) -> str:
    """A command line that can be pasted into this system's shell."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else " ".join(map(quote, words))
