"""`report quality`: what of the records is asked about, each finding with its figures and the visits behind it."""

from datetime import date
from typing import TYPE_CHECKING

import click

from chronic.cli.commands import Command, report_options
from chronic.cli.session import Session
from chronic.cli.types import DAY
from chronic.cli.villages import villages_named
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chronic.protocol import Cite, Protocol
    from chronic.reports.quality import Found
    from chronic.reports.quality.seen import Window


@click.command(
    cls=Command,
    help=_("Questions about the records: last digits, copies, days that cannot be, late entries, what is left out."),
    example=(
        "chronic report quality\n"
        "chronic report quality --from 2026-01-01 --to 2026-06-30 --doctor 李医生\n"
        "chronic report quality --list --format csv --out to-check.csv"
    ),
)
@click.option("--from", "since", type=DAY, help=_("From this day on; else from the quarter before this one on."))
@click.option("--to", "until", type=DAY, help=_("Until this day; today if left out."))
@click.option("--doctor", help=_("Only this doctor's visits."))
@click.option("--village", help=_("Only people of this village."))
@click.option("--list", "rows", is_flag=True, help=_("The visits behind the findings, instead."))
@click.option("--finding", "key", help=_("Only the finding with this key, opened into its visits."))
@report_options
@click.pass_obj
def quality(
    session: Session, /, since: date | None, until: date | None, doctor: str | None, village: str | None, rows: bool,
    key: str | None, style: str, out: "Path | None",
) -> None:  # fmt: skip
    from chronic.reports import quality as reports
    from chronic.reports.quality.seen import Asked

    spans = _windows(session, since, until)
    protocol = session.desk.editions.on(session.today)
    asked = Asked(spans, villages_named(session, village), doctor)
    found = reports.find(session.db, asked, protocol)
    findings = [one for one in found.findings if key in (None, one.key)]
    if key is not None and not findings:
        raise ValueRefused("quality.finding", key=key)
    if rows or key is not None:
        report = reports.opened(session.db, session.today, findings, protocol)
    else:
        report = reports.report(session.db, session.today, found, protocol)
    title = "  ".join(
        [_("Questions about the records"), session.settings.get("name", ""), f"{spans[0][0]} - {spans[-1][1]}"]
    )
    notes = tuple(_notes(found, protocol, {one.kind for one in findings}))
    session.show(report._replace(title=title, lines=notes), style, out)
    if style != "table" or out is not None:
        for line in notes:
            click.echo(line, err=True)


def _windows(session: Session, since: date | None, until: date | None) -> "tuple[Window, ...]":
    """Quarter by quarter unless days are given: then they are judged together."""
    from chronic.reports.quality import windows

    if since is None and until is None:
        return windows(session.today)
    last = until or session.today
    first = since or windows(last)[0][0]
    if first > last:
        raise ValueRefused("quality.backwards", first=first, last=last)
    return ((first, last),)


def _notes(found: "Found", protocol: "Protocol", kinds: set[str]) -> "Iterator[str]":
    """What this is and is not, what could not be judged, and by which rules."""
    from chronic.model.wording import either
    from chronic.protocol.quality import Quality

    book = Quality.of(protocol)
    yield _("These are questions, not accusations: correct the record, or say how it came about (chronic task list).")
    if found.too_few:
        yield ngettext(
            "{n} doctor has fewer than {least} readings: last digits not judged.",
            "{n} doctors have fewer than {least} readings: last digits not judged.",
            found.too_few,
        ).format(n=found.too_few, least=book.digits.readings)
    if found.undated:
        yield ngettext(
            "{n} visit is imported or older than this registry: when it was written down is not judged.",
            "{n} visits are imported or older than this registry: when they were written down is not judged.",
            found.undated,
        ).format(n=found.undated)
    for kind in (kind for kind in book.in_force.findings if kind in kinds):
        words = book.words[kind]
        yield f"{either(words.name)}: {either(words.asks)} [{_mark(book.cites[words.cite])}]"
    if kinds:
        yield _("Rules and limits: chronic protocol show")


def _mark(cite: "Cite") -> str:
    """PROPOSED and DERIVED are ours: no document that we read has these limits."""
    return cite.mark if cite.mark in ("A", "B") else f"{cite.mark}, {_('not verified')}"
