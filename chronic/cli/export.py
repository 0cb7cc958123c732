"""`export`: people, visits, check-ups and the lists as files for other programs, and blank sheets to fill in."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import ledgers
from chronic.cli.commands import (
    NEW_FILE,
    Group,
    elements_option,
    export_options,
    full_option,
    sealing_options,
    sheet_options,
)
from chronic.cli.export_systems import SYSTEMS, write_mapping
from chronic.cli.lists import list_options, wanted
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, SPAN, F
from chronic.errors import ValueRefused
from chronic.i18n import N_, _
from chronic.reports import exports
from chronic.reports import overdue as lists

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from chronic.cli.types import Found
    from chronic.model.report import Report

_LEFT_OUT = {
    "changes": N_("earlier values of people's data {n}"),
    "imports": N_("imports {n}"),
    "pauses": N_("pauses {n}"),
    "refs": N_("numbers of other sources {n}"),
    "void": N_("stays that ended on the day the next began {n}"),
    "ended": N_("corrected and withdrawn visits {n}"),
    "screenings": N_("screenings {n}"),
    "readings": N_("visits with several readings, of which the mean is here {n}"),
    "facts": N_("facts about risks {n}"),
    "entered": N_("values as typed in another unit {n}"),
    "slips": N_("referral slips {n}"),
    "outcomes": N_("referral outcomes {n}"),
    "checkups_ended": N_("corrected and withdrawn check-ups {n}"),
    "settled": N_("what was done about abnormal results {n}"),
    "results": N_("test results {n}"),
    "tasks": N_("tasks {n}"),
    "educated": N_("entries of health education {n}"),
    "calls": N_("calls {n}"),
    "opinions": N_("opinions {n}"),
    "contracts": N_("family-doctor contracts {n}"),
    "households": N_("what was said of households {n}"),
    "rescues": N_("major illness rescues {n}"),
    "treated": N_("treatments {n}"),
    "mergers": N_("mergers of two people {n}"),
    "distinct": N_("pairs said to be two people {n}"),
    "uploads": N_("what the county platform was sent or returned {n}"),
    "results_ended": N_("withdrawn test results {n}"),
    "checkups": N_("check-ups {n}"),
    "supplies": N_("medicines given {n}"),
    "slips_back": N_("referral slips, for other systems only {n}"),
    "outcomes_back": N_("referral outcomes, for other systems only {n}"),
}


@click.group(cls=Group, help=_("The register and the lists as files; import reads the register's back."))
def export() -> None:
    pass


@export.result_callback()
@click.pass_context
def noted(ctx: click.Context, /, _result: object, **_options: object) -> None:
    ctx.obj.note_export(ctx, "template", "columns", "dhis2")


def masking_options(function: F) -> F:
    """--full, or --pseudonymous."""
    text = _("Without names, numbers and typed texts; the same person is known again only with the key kept here.")
    return full_option(click.option("--pseudonymous", is_flag=True, help=text)(function))


def _full(session: Session, full: bool, pseudonymous: bool) -> bool:
    """Is the sheet written with every number? That is noted."""
    if pseudonymous and full:
        raise click.UsageError(_("Give --full or --pseudonymous, not both."))
    return session.note_full(full)


def _send(session: Session, report: "Report", pseudonymous: bool, style: str, out: "Path | None") -> None:
    """Write a sheet of records."""
    if pseudonymous:
        from chronic.reports.pseudonymous import pseudonymous as without
        from chronic.store.pseudonyms import pseudonyms

        report = without(report, pseudonyms(session.db))
    session.show(report, style, out)


@export.command(
    help=_("Everyone in the register, with every column that import knows."),
    example=(
        "chronic export people --full --out people.csv\nchronic export people --headers zh --encoding gb18030\n"
        "chronic export people --full --passphrase-file words.txt --out people.csv.age"
    ),
)
@click.option("--source", default="default", show_default=True, help=_("Whose source numbers (person_ref) to write."))
@elements_option
@masking_options
@export_options
@click.pass_obj
def people(session: Session, /, source: str, full: bool, pseudonymous: bool, style: str, out: "Path | None") -> None:
    told: Counter[str] = Counter()
    report = exports.people(session.db, session.today, source, _full(session, full, pseudonymous), told)
    _send(session, report, pseudonymous, style, out)
    counts = exports.left_out(session.db, "people", source)
    counts["void"] = told["void"]
    for line in _notes(counts, full):
        click.echo(line, err=True)
    if told["stays"]:
        click.echo(_("Earlier stays in a programme that have a row of their own: {n}").format(n=told["stays"]), err=True)
    if told["assumed"]:
        click.echo(_("Assumed days of enrolment written as if they were given: {n}").format(n=told["assumed"]), err=True)


@export.command(
    help=_("Every follow-up that counts, with every column that import knows. Import people first, then visits."),
    example=(
        "chronic export visits --full --out visits.csv\n"
        "chronic export visits --full --headers zh --element-ids --out visits.xlsx"
    ),
)
@elements_option
@masking_options
@export_options
@click.pass_obj
def visits(session: Session, /, full: bool, pseudonymous: bool, style: str, out: "Path | None") -> None:
    _send(session, exports.visits(session.db, session.today, _full(session, full, pseudonymous)), pseudonymous, style, out)
    for line in _notes(exports.left_out(session.db, "visits", ""), full):
        click.echo(line, err=True)


@export.command(
    help=_("Every check-up that counts, with every field of the form. Import people first, then check-ups."),
    example="chronic export checkups --full --out checkups.csv",
)
@masking_options
@export_options
@click.pass_obj
def checkups(session: Session, /, full: bool, pseudonymous: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import checkup_sheet as sheet

    _send(
        session, sheet.checkup_sheet(session.db, session.today, _full(session, full, pseudonymous)), pseudonymous, style, out
    )
    for line in _notes(Counter(sheet.left_out(session.db)), full):
        click.echo(line, err=True)


@export.command(
    help=_("Every attempt to call somebody back, oldest first."),
    example="chronic export calls --headers zh --out calls.csv",
)
@export_options
@click.pass_obj
def calls(session: Session, /, style: str, out: "Path | None") -> None:
    from chronic.reports import call_log

    session.show(call_log.log(session.db, session.today), style, out)


@export.command(
    help=_("Every family-doctor contract, also those that are over."),
    example="chronic export contracts --out contracts.csv",
)
@export_options
@click.pass_obj
def contracts(session: Session, /, style: str, out: "Path | None") -> None:
    from chronic.reports import contracts as reports

    session.show(reports.everything(session.db, session.today), style, out)


@export.command(
    help=_("Every screening that counts, with the columns of a visit. Import people first, then these like visits."),
    example="chronic export screenings --full --out screenings.csv",
)
@elements_option
@masking_options
@export_options
@click.pass_obj
def screenings(session: Session, /, full: bool, pseudonymous: bool, style: str, out: "Path | None") -> None:
    _send(
        session, exports.screenings(session.db, session.today, _full(session, full, pseudonymous)), pseudonymous, style, out
    )
    for line in _notes(exports.left_out(session.db, "screenings", ""), full):
        click.echo(line, err=True)


@export.command(
    help=_("Every test result that counts, from here and elsewhere. Import people first, then test results."),
    example="chronic export tests --full --out tests.csv",
)
@masking_options
@export_options
@click.pass_obj
def tests(session: Session, /, full: bool, pseudonymous: bool, style: str, out: "Path | None") -> None:
    _dated(session, "tests", full, pseudonymous, style, out)


@export.command(
    help=_("What people told of their risks, each with its day. Import people first, then facts."),
    example="chronic export facts --full --out facts.csv",
)
@masking_options
@export_options
@click.pass_obj
def facts(session: Session, /, full: bool, pseudonymous: bool, style: str, out: "Path | None") -> None:
    _dated(session, "facts", full, pseudonymous, style, out)


def _dated(session: Session, what: str, full: bool, pseudonymous: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import dated_sheets

    _send(
        session,
        dated_sheets.sheet(session.db, what, session.today, _full(session, full, pseudonymous)),
        pseudonymous,
        style,
        out,
    )
    for line in _notes(Counter(dated_sheets.left_out(session.db, what)), full):
        click.echo(line, err=True)


@export.command(
    help=_("Who is late, as overdue lists them."),
    example="chronic export overdue --village 下各村 --headers zh --out overdue.csv",
)
@list_options("risk", export_options)
@click.option("--min-days", type=SPAN, default=1, help=_("Late by at least so many days."))
@click.option("--paused", is_flag=True, help=_("People nobody can reach for now, instead of the others."))
@click.pass_obj
def overdue(session: Session, /, style: str, out: "Path | None", **options: Any) -> None:
    session.show(lists.overdue(session.db, session.today, wanted(session, options)), style, out)


@export.command(help=_("Who is due soon, as due lists them."), example="chronic export due --within 30d --out due.csv")
@list_options("date", export_options)
@click.option("--within", type=SPAN, default=14, show_default=True, help=_("So many days from today, as in 14d or 2w."))
@click.pass_obj
def due(session: Session, /, within: int, style: str, out: "Path | None", **options: Any) -> None:
    session.show(lists.due(session.db, session.today, within, wanted(session, options)), style, out)


@export.command(
    help=_("Every referral that is open, and every slip that has been answered."),
    example="chronic export referrals --headers zh --out referrals.csv",
)
@full_option
@export_options
@click.pass_obj
def referrals(session: Session, /, full: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import referrals as reports

    asked = reports.Asked(answered=True, full=session.note_full(full))
    session.show(reports.referrals(session.db, session.today, asked), style, out)


@export.command(
    help=_(
        "People, visits, check-ups, test results, facts, referrals and what is due as HL7 FHIR R4: a transaction Bundle, "
        "or NDJSON, one resource a line. import reads all of it back but referrals and what is due."
    ),
    example="chronic export fhir --format folder --full --out fhir\n"
    "chronic export fhir --format ndjson --full --out all.ndjson\nchronic export fhir --person 42 --out one.json",
)
@click.option("--person", "one", type=PERSON, help=_("Only this person."))
@click.option("--since", type=DAY, help=_("Only what was recorded on this day or later, and the people it is about."))
@click.option(
    "--format",
    "style",
    type=click.Choice(["bundle", "ndjson", "folder"]),
    default="bundle",
    show_default=True,
    help=_("One Bundle, one resource a line, or a new folder with a file of those for each type."),
)
@click.option("--out", type=NEW_FILE, help=_("Write to this file instead."))
@sealing_options
@full_option
@click.pass_obj
def fhir(session: Session, /, one: "Found | None", since: "date | None", style: str, out: "Path | None", full: bool) -> None:
    from chronic.office import fhir as office

    wanted = office.Wanted(one.person.id if one else None, since, session.note_full(full))
    if style == "folder":
        if session.sealing:
            raise ValueRefused("seal.folder")
        if out is None:
            raise ValueRefused("fhir.out")
        written = office.write_folder(session.db, session.today, wanted, out)
    else:
        with session.writing(out, "json") as stream:
            written = office.write(session.db, session.today, style, wanted, stream)
    kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(written.items())) or "0"
    click.echo(_("FHIR R4 ({version}): {kinds}").format(version=office.version(), kinds=kinds), err=True)
    whole = one is None and since is None
    for line in _notes(office.left_out(session.db) if whole else None, full):
        click.echo(line, err=True)


@export.command(
    help=_(
        "A blank sheet to fill in: Chinese headers, what each column may hold, one example. Import skips both. "
        "Of dhis2: the mapping to its ids."
    ),
    example=(
        "chronic export template people --out people.csv\nchronic export template checkups --out checkups.csv\n"
        "chronic export template dhis2 --out mapping.toml"
    ),
)
@click.argument("what", type=click.Choice(["people", "visits", "screenings", "checkups", "tests", "facts", "dhis2"]))
@sheet_options
@click.pass_obj
def template(session: Session, /, what: str, out: "Path | None") -> None:
    from chronic.exchange import template as blank

    if what == "dhis2":
        write_mapping(session, out)
        return
    with session.writing(out, "csv") as stream:
        blank.write(what, stream)


for command in (*SYSTEMS, ledgers.register, ledgers.follow_ups, ledgers.columns):
    export.add_command(command)


def _notes(counts: Counter[str] | None, full: bool) -> Iterator[str]:
    """What the registry knows and the file does not; without counts where the file is of some people only."""
    parts = [_("who recorded what, and when")]
    if counts is None:
        parts.append(_("corrected and withdrawn entries, pauses, medicine supplies, calls, second opinions"))
    else:
        parts += [_(_LEFT_OUT[name]).format(n=n) for name, n in counts.items() if n]
    yield _("Not in this file: {parts}").format(parts="; ".join(parts))
    if not full:
        yield _("ID numbers and phones are masked; --full writes them.")
