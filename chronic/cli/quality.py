"""`report quality`: what of the records is asked about, each finding with its figures and the visits behind it."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILTER, Command, report_options
from chronic.cli.periods import period_options, span
from chronic.cli.session import Session
from chronic.cli.where import by_option, place_options, within
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
        "chronic report quality --period 2026S1 --doctor 李医生\n"
        "chronic report quality --by township\n"
        "chronic report quality --list --format csv --out to-check.csv"
    ),
)
@period_options
@click.option("--doctor", type=FILTER, help=_("Only this doctor's visits."))
@by_option(says=_("A row for each of these and each question: how many there are, about how many records."))
@place_options
@click.option("--list", "rows", is_flag=True, help=_("The visits behind the findings, instead."))
@click.option("--finding", "key", type=FILTER, help=_("Only the finding with this key, opened into its visits."))
@report_options
@click.pass_obj
def quality(
    session: Session, /, doctor: str | None, by: str | None, rows: bool, key: str | None, style: str,
    out: "Path | None", **asked_for: Any,
) -> None:  # fmt: skip
    from chronic.reports import quality as reports
    from chronic.reports.quality.seen import Asked

    if by is not None and (rows or key is not None):
        raise ValueRefused("by.counts")
    place = within(session, asked_for)
    spans = _windows(session, asked_for)
    protocol = session.desk.editions.on(session.today)
    asked = Asked(spans, place, doctor)
    found = reports.find(session.db, asked, protocol)
    findings = [one for one in found.findings if key in (None, one.key)]
    if key is not None and not findings:
        raise ValueRefused("quality.finding", key=key)
    if by is not None:
        report = reports.by_group(session.db, session.today, findings, protocol, by)
    elif rows or key is not None:
        report = reports.opened(session.db, session.today, findings, protocol)
    else:
        report = reports.report(session.db, session.today, found, protocol)
    title = "  ".join(
        [_("Questions about the records"), session.settings.get("name", ""), f"{spans[0][0]} - {spans[-1][1]}"]
    )
    notes = (*_apart(spans), *_notes(found, protocol, {one.kind for one in findings}))
    session.show(report._replace(title=title, lines=notes), style, out)
    if style != "table" or out is not None:
        for line in notes:
            click.echo(line, err=True)


def _windows(session: Session, days: dict[str, Any]) -> "tuple[Window, ...]":
    """Quarter by quarter, the one before this one and this one so far; a period that was asked for is judged as a whole."""
    from chronic.reports.quality import windows

    if all(value is None for name, value in days.items() if name != "as_of"):
        as_of: date | None = days["as_of"]
        if as_of is not None and as_of > session.today:
            raise ValueRefused("figures.as_of_future", day=as_of, today=session.today)
        return windows(as_of or session.today)
    period = span(session, days).period
    return ((period.first, period.last),)


def _apart(spans: "tuple[Window, ...]") -> "Iterator[str]":
    if len(spans) > 1:
        yield _("Each quarter is judged by itself.")


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
        yield f"{either(words.name)}: {either(words.asks)} [{_mark(book.rule(kind))}]"
    if kinds:
        yield _("Rules and limits: chronic protocol show")


def _mark(cite: "Cite") -> str:
    """PROPOSED and DERIVED are ours: no document that we read has these limits."""
    return cite.mark if cite.mark in ("A", "B") else f"{cite.mark}, {_('not verified')}"
