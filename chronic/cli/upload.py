"""`upload`: what the county's platform has, what it still needs, what it returned."""

from datetime import date
from typing import TYPE_CHECKING

import click

from chronic.cli.commands import FILE, Group, elements_option, export_options, full_option, opening_option, output_options
from chronic.cli.session import Session
from chronic.cli.types import DAY, WholeNumber
from chronic.errors import RowsRefused, ValueRefused
from chronic.i18n import _, ngettext
from chronic.store import uploads as store

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.model.report import Report

_WHAT = click.Choice(store.HOLDS)
_DIGITS = 18


@click.group(cls=Group, help=_("What the county platform has, what it still needs, what it returned."))
def upload() -> None:
    pass


@upload.command(
    "list",
    help=_("Records and where they stand: all that is to be done, or those in the states asked for."),
    example="chronic upload list\nchronic upload list visits --returned\nchronic upload list --unsent --out unsent.xlsx",
)
@click.argument("what", type=_WHAT, required=False)
@click.option("--unsent", "states", flag_value="unsent", multiple=True, help=_("Not sent, or changed since."))
@click.option("--returned", "states", flag_value="returned", multiple=True, help=_("Returned by the platform."))
@click.option("--withdrawn", "states", flag_value="withdrawn", multiple=True, help=_("Sent, and withdrawn here since."))
@click.option("--sent", "states", flag_value="sent", multiple=True, help=_("Sent, and as they were sent."))
@click.option("--limit", type=WholeNumber(min=0), help=_("At most so many."))
@output_options
@click.pass_obj
def list_(
    session: Session, /, what: str | None, states: tuple[str, ...], limit: int | None, style: str, out: "Path | None"
) -> None:
    from chronic.reports import uploads

    asked = {*(states or store.TO_DO), *((store.CHANGED,) if store.UNSENT in states else ())}
    kinds = (what,) if what else store.HOLDS
    found = uploads.listing(session.db, session.today, kinds, tuple(s for s in store.STATES if s in asked), limit)
    session.show(found, style, out)


@upload.command(
    help=_("The records that are still to be sent, as export writes them. Once they are there: chronic upload sent FILE."),
    example="chronic upload sheet visits --full --out to-send.xlsx",
)
@click.argument("what", type=_WHAT)
@full_option
@elements_option
@export_options
@click.pass_obj
def sheet(session: Session, /, what: str, full: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import uploads

    full = session.note_full(full)
    unsent = store.read(session.db, what, (store.UNSENT, store.CHANGED, store.RETURNED))
    session.show(uploads.sheet(_export(session, what, full), unsent), style, out)


def _export(session: Session, what: str, full: bool) -> "Report":
    from collections import Counter

    from chronic.reports import exports
    from chronic.reports.checkup_sheet import checkup_sheet

    if what == "people":
        told: Counter[str] = Counter()
        return exports.people(session.db, session.today, "default", full, told)
    return (exports.visits if what == "visits" else checkup_sheet)(session.db, session.today, full)


@upload.command(
    help=_("Note what was sent: the records of a sheet written by chronic upload sheet or chronic export, or of an import."),
    example="chronic upload sent to-send.xlsx\nchronic upload sent --batch 1 --on 2026-11-20",
)
@click.argument("file", type=FILE, required=False)
@click.option("--batch", type=WholeNumber(min=1), help=_("The records that this import brought; it came from there."))
@click.option("--on", type=DAY, help=_("Day of sending; today if left out."))
@click.option("--sheet", help=_("Which sheet of a workbook."))
@opening_option
@click.pass_obj
def sent(
    session: Session, /, file: "Path | None", batch: int | None, on: date | None, sheet: str | None,
    passphrase_file: "Path | None",
) -> None:  # fmt: skip
    from chronic.care import uploads as care
    from chronic.cli import envelopes
    from chronic.office import uploads as office

    if (file is None) == (batch is None):
        raise ValueRefused("upload.which")
    if file is not None:
        with envelopes.in_the_clear(session, file, passphrase_file):
            uids = list(office.uids(file, session.today, sheet))
        if not any(uids):
            raise ValueRefused("upload.sheet", path=file)
    else:
        found = store.of_batch(session.db, batch or 0)
        if found is None:
            raise ValueRefused("upload.no_batch", batch=batch)
        uids = found[1]
    lacking = uids.count("")
    done = care.send(session.desk, filter(None, uids), on or session.today)
    said = ngettext("Noted as sent on {day}: {n} record.", "Noted as sent on {day}: {n} records.", done.new)
    click.echo(said.format(day=on or session.today, n=done.new))
    if done.known:
        click.echo(_("Already noted: {n}").format(n=done.known))
    if done.unknown + lacking:
        raise RowsRefused("upload.some_unknown", unknown=done.unknown + lacking, rows=len(uids))


@upload.command(
    help=_("Note that the platform returned a record, and why. Put right here it is to be sent again."),
    example="chronic upload returned 812 --reason 身份证号与姓名不符",
)
@click.argument("record", metavar="VISIT|UID")
@click.option("--reason", required=True, help=_("What the platform said."))
@click.option("--on", type=DAY, help=_("Day of the return; today if left out."))
@click.pass_obj
def returned(session: Session, /, record: str, reason: str, on: date | None) -> None:
    from chronic.care import uploads as care

    whose = care.returned(session.desk, _uid(session, record), reason, on or session.today)
    _show_whose(session, whose.person)
    click.echo(_("Noted as returned: {reason}").format(reason=reason.strip()))


@upload.command(
    help=_("Note that a record that was withdrawn here was taken out of the platform too."),
    example="chronic upload removed 812",
)
@click.argument("record", metavar="VISIT|UID")
@click.option("--on", type=DAY, help=_("The day; today if left out."))
@click.pass_obj
def removed(session: Session, /, record: str, on: date | None) -> None:
    from chronic.care import uploads as care

    whose = care.removed(session.desk, _uid(session, record), on or session.today)
    _show_whose(session, whose.person)
    click.echo(_("Noted as taken out there."))


def _uid(session: Session, record: str) -> str:
    """A visit may be named by its number, as `visit list` shows it."""
    from chronic.store import visits

    found = (
        visits.by_id(session.db, int(record)) if record.isascii() and record.isdigit() and len(record) <= _DIGITS else None
    )
    return found[0].uid if found is not None else record


def _show_whose(session: Session, person: int) -> None:
    from chronic.cli import people
    from chronic.store import people as register

    click.echo(people.line(register.get(session.db, person), session.today), err=True)
