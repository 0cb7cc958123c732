"""The keyboard and whoever sits at it: one line typed, a yes, and what is said when they stop in the middle."""

import contextlib
import io
import sys
from collections.abc import Callable, Iterator

import click

from chronic.i18n import _

YES = ("y", "yes", "是", "对", "好")
NO = ("n", "no", "否", "不", "不是")


def present() -> bool:
    """Is somebody there to answer? Only with a keyboard and a screen."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def columns() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def prepare() -> None:
    """Line editing that knows how wide a Chinese character is; half a character is refused, not a crash."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (Windows edits lines by itself)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")


def line(question: str) -> str:
    """What was typed. Ctrl-C and the end of the input stop everything."""
    return input(question).strip()


def agreed(question: str, default: bool = False) -> bool:
    """A yes; anything that is neither yes nor Enter is a no."""
    typed = line(f"{question} {'[Y/n]' if default else '[y/N]'}: ").casefold()
    return typed in YES or (default and not typed)


@contextlib.contextmanager
def stopping(sentence: str, so_far: Callable[[], str] = lambda: "") -> Iterator[None]:
    """Whoever stops inside is told what that means, and how to go on with what was filled in; exit code 1."""
    try:
        yield
    except (KeyboardInterrupt, EOFError, click.Abort):
        click.echo()
        if command := so_far():
            click.echo(_("What was filled in so far, as a command to go on with:"))
            click.echo(f"  {command}")
        click.echo(sentence, err=True)
        raise click.exceptions.Exit(1) from None
