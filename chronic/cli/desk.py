"""`desk`: who has reported to this registry, who has not, and how old their data are."""

from typing import TYPE_CHECKING

import click

from chronic.cli.commands import FILTER, Group, output_options
from chronic.cli.session import Session
from chronic.cli.types import WholeNumber
from chronic.cli.where import by_option
from chronic.errors import ValueRefused
from chronic.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = ("township", "area", "county")


@click.group(cls=Group, help=_("Who has reported to this registry by bundles, who has not, and how old their data are."))
def desk() -> None:
    pass


@desk.command(
    "list",
    help=_(
        "A line for each that is to report: trusted registries, those that never sent anything first, and villages without "
        "one. Days old is by the sender's clock, days ago by ours; a sender's clock that is wrong is said."
    ),
    example="chronic desk list\nchronic desk list --missing --late 14\nchronic desk list --by township --out desk.xlsx",
)
@click.option("--missing", is_flag=True, help=_("Only those that never reported, are late, or have no registry."))
@click.option(
    "--late",
    type=WholeNumber(min=0, days=True),
    metavar="DAYS",
    help=_("Older than so many days is late; as the guideline's book has it if left out."),
)
@by_option(LEVELS, _("A row for each of these."))
@output_options
@click.pass_obj
def list_(session: Session, /, missing: bool, late: int | None, by: str | None, style: str, out: "Path | None") -> None:
    from pathlib import Path

    from chronic.office import incoming
    from chronic.protocol.reporting import Reporting
    from chronic.reports import desk as reports
    from chronic.store import nights

    book = Reporting.of(session.desk.editions.on(session.today))
    folder = nights.incoming(session.settings)
    refused = list(incoming.refused(Path(folder))) if folder else []
    found = reports.report(session.db, session.today, book, reports.Asked(late, missing, by), refused)
    session.show(found, style, out)


@desk.command(
    help=_(
        "Say which place a trusted registry speaks for, where its people do not show it; or that nobody waits for a "
        "registry or for a village without one."
    ),
    example=(
        "chronic desk expect 下各村卫生室 --for 下各村\n"
        "chronic desk expect 市疾控 --no\n"
        "chronic desk expect --for 下各村 --no"
    ),
)
@click.argument("name", required=False)
@click.option(
    "--for",
    "place",
    metavar="PLACE",
    type=FILTER,
    help=_("A village, township or area by its name, code or path, as in 横溪镇/下各村."),
)
@click.option("--no", "none", is_flag=True, help=_("Nobody waits for it."))
@click.pass_obj
def expect(session: Session, /, name: str | None, place: str | None, none: bool) -> None:
    from chronic.care import reporting
    from chronic.store import places

    if name is None and place is None:
        raise ValueRefused("desk.nothing")
    found = places.find(session.db, place) if place is not None else None
    reporting.expect(session.desk, name, found, not none)
    where = places.path(session.db, found) if found is not None else ""
    about = name or where
    if none:
        click.echo(_("Nobody waits for {name}.").format(name=about))
    elif found is not None and name is not None:
        click.echo(_("{name} reports for {place}.").format(name=name, place=where))
    else:
        click.echo(_("{name} is to report.").format(name=about))
