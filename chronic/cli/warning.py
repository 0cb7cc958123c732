"""`report warning`: who is still controlled while readings rise or swing, and where control falls."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILTER, Command, report_options
from chronic.cli.session import Session
from chronic.cli.types import DAY, tag_option
from chronic.cli.where import by_option, place_options
from chronic.cli.whose import whom
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext
from chronic.i18n.terms import PROGRAMMES, term

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chronic.protocol import Protocol
    from chronic.reports.warning import Found


@click.command(
    "warning",
    cls=Command,
    help=_("Early warning: who is still controlled while readings rise or swing, and where control falls."),
    example=(
        "chronic report warning\n"
        "chronic report warning --village 下各村\n"
        "chronic report warning --by township\n"
        "chronic report warning --list --format csv --out readings.csv"
    ),
)
@click.option("--as-of", type=DAY, help=_("As it was on this day."))
@by_option(says=_("A row for each of these: how many are named, and whether control falls."))
@place_options
@click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people."))
@tag_option
@click.option("--list", "rows", is_flag=True, help=_("The readings behind the warnings, instead."))
@click.option("--finding", "key", type=FILTER, help=_("Only the warning with this key, opened into its readings or people."))
@report_options
@click.pass_obj
def warning_(
    session: Session, /, as_of: date | None, by: str | None, rows: bool, key: str | None, style: str, out: "Path | None",
    **filters: Any,
) -> None:  # fmt: skip
    from chronic.reports import warning as reports

    day = as_of or session.today
    if day > session.today:
        raise ValueRefused("figures.as_of_future", day=day, today=session.today)
    if by is not None and (rows or key is not None):
        raise ValueRefused("by.counts")
    protocol, wanted = session.desk.editions.on(day), whom(session, filters)
    found = reports.find(session.db, day, session.desk.editions, wanted)
    if key is not None and key not in [*(one.key for one in found.people), *(group.key for group in found.groups)]:
        raise ValueRefused("warning.finding", key=key)
    if by is not None:
        report = reports.by_group(session.db, day, found.people, session.desk.editions, wanted, by)
    elif rows or key is not None:
        report = reports.opened(session.db, day, found, session.desk.editions, key)
    else:
        report = reports.report(session.db, day, found)
    title = "  ".join([_("Early warning"), session.settings.get("name", ""), _("as of {day}").format(day=day)])
    notes = tuple(_notes(found, protocol))
    session.show(report._replace(title=title, lines=notes), style, out)
    if style != "table" or out is not None:
        for line in notes:
            click.echo(line, err=True)


def _notes(found: "Found", protocol: "Protocol") -> "Iterator[str]":
    """What was not judged, by what spread, and by which rules."""
    from chronic.model.wording import either, field_label
    from chronic.protocol.warning import Warning as Book
    from chronic.reports.warning.groups import FALL
    from chronic.reports.warning.people import WATCHED

    book = Book.of(protocol)
    for programme, people in found.unjudged.items():
        if people:
            yield ngettext(
                "{programme}: {n} person has too few readings to judge a rise; that is no good news.",
                "{programme}: {n} people have too few readings to judge a rise; that is no good news.",
                people,
            ).format(programme=term(PROGRAMMES, programme), n=people)
    kinds = {(one.kind, one.programme) for one in found.people}
    for programme in dict.fromkeys(programme for _kind, programme in sorted(kinds, key=str)):
        yield _("{reading}: one reading is taken to vary by {sd} from visit to visit.").format(
            reading=field_label(WATCHED[programme]), sd=f"{found.usual[programme]:.1f}"
        )
    shown = [*dict.fromkeys(kind for kind, _programme in sorted(kinds)), *([FALL] if found.groups else [])]
    for kind in shown:
        cite = book.cites[getattr(book, kind).cite]
        yield f"[{cite.mark}, {_('not verified')}] {either((cite.zh, cite.en))}"
