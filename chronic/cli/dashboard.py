"""`dashboard`: the figures as one page of pictures, to open in a browser, hand on or print."""

from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import NEW_FILE, Command
from chronic.cli.figures import whose, whose_figures
from chronic.cli.periods import period_options, span
from chronic.cli.session import Session
from chronic.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@click.command(
    cls=Command,
    help=_("The figures of a period as one page of pictures: nothing is fetched from anywhere, nobody is named."),
    example=(
        "chronic dashboard --out page.html\n"
        "chronic dashboard --period 2026-10 --village 下各村 --out village.html\n"
        "chronic dashboard --as-of 2026-11-21 --monitored --out monitored.html"
    ),
)
@click.option("--out", type=NEW_FILE, required=True, help=_("The page (.html) to write."))
@period_options
@whose_figures
@click.pass_obj
def dashboard(session: Session, /, out: "Path", **options: Any) -> None:
    from chronic.office import dashboard as office
    from chronic.render import board

    about = "; ".join(_about(options))
    asked = span(session, options)
    facts = office.Facts(
        session.settings.get("name", ""), session.today, asked.period, asked.before, session.stamp().at,
        whose(session, options), about,
    )  # fmt: skip
    page = office.board(session.db, session.desk.editions, facts)
    with session.writing(out, "html") as stream:
        board.write(page, stream)
    click.echo(_("The page is in {path}; open it in a browser.").format(path=out), err=True)


def _about(options: dict[str, Any]) -> "Iterator[str]":
    """Whose figures, in the words of the options."""
    if options["village"]:
        yield _("village {name}").format(name=options["village"])
    if options["place"]:
        yield str(options["place"])
    if options["doctor"]:
        yield _("doctor {name}").format(name=options["doctor"])
    if options["monitored"]:
        yield _("monitored households")
