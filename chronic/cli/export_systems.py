"""`export ics`, `dhis2` and `parquet`: what calendars, DHIS2 servers and analysts read."""

from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILE, FILTER, NEW_FILE, Command, full_option, sealing_options
from chronic.cli.session import Session
from chronic.cli.types import PROGRAMME, SPAN, F, tag_option
from chronic.cli.where import place_options
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext
from chronic.model.codes import KINDS

if TYPE_CHECKING:
    from pathlib import Path


def _out_options(function: F) -> F:
    return click.option("--out", type=NEW_FILE, help=_("Write to this file instead."))(sealing_options(function))


@click.command(
    cls=Command,
    help=_("Due visits as a calendar for the phone. A later file of the same people moves the entries of an earlier one."),
    example="chronic export ics --within 30d --out due.ics\nchronic export ics --village 下各村 --kind all --out due.ics",
)
@click.option("--within", type=SPAN, default=30, show_default=True, help=_("So many days from today, as in 14d or 2w."))
@place_options
@click.option("--programme", type=PROGRAMME, help=_("Only this programme's dates."))
@click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people."))
@tag_option
@click.option("--kind", type=click.Choice([*KINDS, "all"]), default="followup", show_default=True, help=_("What is due."))
@full_option
@_out_options
@click.pass_obj
def ics(session: Session, /, within: int, out: "Path | None", **options: Any) -> None:
    from chronic.cli.lists import wanted
    from chronic.exchange.ics import calendar
    from chronic.office import due_calendar
    from chronic.reports import overdue as lists

    asked = wanted(session, {**options, "order": "date"})
    due = list(lists.due(session.db, session.today, within, asked).rows)
    text = calendar(due_calendar.entries(due, asked.kind, asked.full), session.today)
    with session.writing(out, "ics") as stream:
        stream.write(text)
    click.echo(ngettext("{n} person", "{n} people", len(due)).format(n=len(due)), err=True)
    late = lists.counts(session.db, session.today, asked).total()
    if late:
        click.echo(_("Late already, so not in the calendar: {n}; see chronic plan --ics").format(n=late), err=True)


@click.command(
    cls=Command,
    help=_(
        "The figures of a period for DHIS2, as a dataValueSets file. The mapping says where each one goes; "
        "chronic export template dhis2 makes one to fill in."
    ),
    example=(
        "chronic export dhis2 --period 2026Q3 --mapping mapping.toml --out values.json\n"
        "chronic export dhis2 --period 202609 --mapping mapping.toml --format csv --out values.csv"
    ),
)
@click.option("--period", required=True, help=_("A month, quarter, half-year or year: 202609, 2026Q3, 2026S2, 2026."))
@click.option("--mapping", required=True, type=FILE, help=_("From our figures and places to ids of DHIS2 (TOML)."))
@click.option(
    "--format", "style", type=click.Choice(["json", "csv"]), default="json", show_default=True, help=_("How to print it.")
)
@_out_options
@click.pass_obj
def dhis2(session: Session, /, period: str, mapping: "Path", style: str, out: "Path | None") -> None:
    from chronic.exchange import dhis2 as exchange
    from chronic.office import dhis2 as office

    made = office.figures(session.db, session.today, period, mapping, session.desk.editions)
    with session.writing(out, "json") as stream:  # neither form has the mark that Excel wants
        exchange.write(made.values, made.mapping, made.period.name, style, stream)
    said = _("{period}, {first} to {last}: {n} values").format(
        period=made.period.name, first=made.period.first, last=made.period.last, n=len(made.values)
    )
    click.echo(said, err=True)
    if made.left:
        click.echo(_("Left out by the mapping: {names}").format(names=", ".join(sorted(made.left))), err=True)


@click.command(
    cls=Command,
    help=_(
        "The registry as tables for figures and analysis (Parquet): no names, ID numbers, phones or free text. One folder, "
        "by county; an earlier export there is replaced. `chronic scale` counts the indicators over many of them."
    ),
    example="chronic export parquet --out tables\nchronic export parquet --pseudonymous --out for-analysts",
)
@click.option("--out", required=True, type=FILE, help=_("The folder to make."))
@click.option(
    "--pseudonymous",
    is_flag=True,
    help=_("For analysts: without birth dates and doctors, which `chronic scale` needs; the year of birth stays."),
)
@click.option(
    "--name-key",
    type=FILE,
    help=_("A file with the secret of several registries: who is in two of them is then one person."),
)
@sealing_options
@click.pass_obj
def parquet(session: Session, /, out: "Path", pseudonymous: bool, name_key: "Path | None") -> None:
    from chronic.office import parquet as office

    if session.sealing:
        raise ValueRefused("seal.folder")
    wishes = office.Wishes(not pseudonymous, name_key)
    counts = office.export(session.db, session.settings, session.today, out, wishes)
    for name, rows in counts.items():
        click.echo(f"{name:<16} {rows:>9}")


def write_mapping(session: Session, out: "Path | None") -> None:
    """`export template dhis2`."""
    from chronic.office import dhis2 as office

    with session.writing(out, "toml") as stream:
        stream.writelines(f"{line}\n" for line in office.blank(session.db))


SYSTEMS = (ics, dhis2, parquet)
