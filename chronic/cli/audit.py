"""`audit`: what was done to the registry and taken out of it, by whom and when, and whether that record is whole."""

from typing import TYPE_CHECKING

import click

from chronic.cli.commands import Group, full_option, output_options
from chronic.cli.session import Session
from chronic.cli.types import PERSON, Found, WholeNumber
from chronic.errors import ProblemsFound
from chronic.i18n import _, ngettext
from chronic.i18n.sentences import known, sentence

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("What was done here or taken out of here, by whom; and whether that record is whole."))
def audit() -> None:
    pass


@audit.command(
    help=_("What was done, the newest first: to one person, or to everything. Numbers are masked."),
    example="chronic audit show --limit 20\nchronic audit show --person 42 --out audit.csv --format csv",
)
@click.option("--person", type=PERSON, help=_("Only what was done to this person."))
@click.option("--limit", type=WholeNumber(min=0), help=_("At most so many."))
@full_option
@output_options
@click.pass_obj
def show(session: Session, /, person: Found | None, limit: int | None, full: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import audit as reports

    whose = None if person is None else person.person.id
    report = reports.listing(session.db, session.today, whose, limit, session.note_full(full))
    if style == "table":
        report = report._replace(rows=map(_in_words, report.rows))
    session.show(report, style, out)


def _in_words(row: dict[str, object]) -> dict[str, object]:
    about = str(row["about"] or "")
    return {**row, "action": sentence(str(row["action"])), "about": sentence(about) if known(about) else about or None}


@audit.command(
    help=_(
        "Reckon every hash again: is the record whole, and if not, where does it break? The newest hash, noted elsewhere, "
        "shows an outsider that nothing was cut off."
    ),
    example="chronic audit verify",
)
@click.option("--head", help=_("A hash noted earlier, or its first digits: is it still in the chain?"))
@click.pass_obj
def verify(session: Session, /, head: str | None) -> None:
    from chronic.store import audit as store

    broken = store.verify(session.db)
    if broken is not None:
        raise ProblemsFound(f"audit.{broken.what}", id=broken.id)
    if head is not None and not store.holds(session.db, head):
        raise ProblemsFound("audit.cut", head=head)
    count = store.size(session.db)
    click.echo(ngettext("{n} entry, the record is whole.", "{n} entries, the record is whole.", count).format(n=count))
    click.echo(store.head(session.db))
