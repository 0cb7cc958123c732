"""Paper from a command: a page to print from a browser, or a PDF."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILE, NEW_FILE, format_option
from chronic.cli.session import Session
from chronic.cli.types import F
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.render.paper import Paper


PAPER = ("html", "pdf")


def paper_options(*others: str, required: bool = False) -> Callable[[F], F]:
    """--out, --format and --font, which `write` takes. `others`: what else it can be, the first of them on the screen where
    a file is not `required`."""

    def options(function: F) -> F:
        told = _("The page (.html) or PDF (.pdf) to write.")
        styles = [*PAPER, *others] if required else [*others, *PAPER]
        every: list[Callable[[Any], Any]] = [
            click.option("--out", type=NEW_FILE, required=required, is_eager=True, help=told),
            format_option(styles),
            click.option("--font", type=FILE, help=_("Set a PDF in this font file, before those of the system.")),
        ]
        for option in reversed(every):
            function = option(function)
        return function

    return options


def write(session: Session, paper: "Paper", out: "Path", style: str, font: "Path | None") -> None:
    """Raises ValueRefused as `Session.writing` and `render.pdf` do."""
    if style == "pdf":
        from chronic.render import pdf

        with session.making(out) as path:
            pdf.write(paper, path, session.today, font)
        return
    if font is not None:
        raise ValueRefused("pdf.only")
    from chronic.render import html

    with session.writing(out, "html") as stream:
        html.write_paper(paper, stream)


def said(out: "Path", style: str, number: int) -> None:
    """How many sheets there are, and what to do with them."""
    told = (
        ngettext("{n} sheet in {out}; open it and print it.", "{n} sheets in {out}; open it and print it.", number)
        if style == "pdf"
        else ngettext(
            "{n} sheet in {out}; open it in a browser and print it.",
            "{n} sheets in {out}; open it in a browser and print it.",
            number,
        )
    )
    click.echo(told.format(n=number, out=out), err=True)
