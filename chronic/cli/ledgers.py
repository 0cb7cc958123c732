"""`report ledger`, and two of its ledgers under the names they have in `export`: register and ledger; `export columns`."""

from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import (
    FILE,
    NEW_FILE,
    Command,
    file_options,
    format_option,
    full_option,
    sealing_options,
    sheet_options,
)
from chronic.cli.session import Session
from chronic.cli.types import DAY, PROGRAMME, F
from chronic.cli.whose import whom, whose_options
from chronic.errors import ValueRefused
from chronic.i18n import _, in_chinese
from chronic.model.report import HEADERS
from chronic.reports import ledgers

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.model.report import Report


def _columns_option(function: F) -> F:
    text = _("The county's own columns (TOML), see chronic export columns; else CHRONIC_COLUMNS.")
    return click.option("--columns", type=FILE, envvar="CHRONIC_COLUMNS", help=text)(function)


def _ledger_files(function: F) -> F:
    """A ledger is the county's: its words unless canonical names are asked for."""
    return file_options(function, HEADERS[::-1])


def _span_options(function: F) -> F:
    last = click.option("--to", "last", type=DAY, help=_("The last day; today if left out."))(function)
    return click.option("--from", "first", type=DAY, help=_("The first day; the first of January if left out."))(last)


@click.command(
    cls=Command,
    help=_(
        "A work ledger in the county's columns: patients, follow-up, screening, referral, call-back, check-up, education or "
        "overdue. Patients and overdue: who is so today, or with --from on any day of the period or due in it."
    ),
    example=(
        "chronic report ledger follow-up --from 2026-10-01 --to 2026-10-31 --out october.xlsx\n"
        "chronic report ledger patients --programme htn --village 下各村 --out patients.html\n"
        "chronic report ledger referral --format json"
    ),
)
@click.argument("what", type=click.Choice(ledgers.LEDGERS))
@_span_options
@click.option("--programme", type=PROGRAMME, help=_("Only this programme, in its own columns where it has some."))
@whose_options
@_columns_option
@full_option
@format_option(["table", "json", "csv", "xlsx", "html"])
@_ledger_files
@click.pass_obj
def ledger(session: Session, /, what: str, style: str, out: "Path | None", **asked: Any) -> None:
    report = _report(session, what, session.headers == "canonical" or style == "json", **asked)
    if style != "table":
        session.note_leaving(click.get_current_context().command_path)
    if style != "html":
        session.show(report, style, out)
        return
    from chronic.render import html

    with session.writing(out, style) as stream:
        html.write_ledger(report, session.headers == "zh", stream)


def _exported(function: F) -> F:
    options: list[Any] = [
        click.option("--programme", type=click.Choice(["htn", "dm"]), required=True, help=_("Whose: htn or dm.")),
        whose_options, _columns_option, full_option, format_option(["csv", "xlsx"]), sheet_options, sealing_options,
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@click.command(
    "register",
    cls=Command,
    help=_("The register of one programme: everyone managed today, by village, in the county's order of columns."),
    example=(
        "chronic export register --programme htn --full --out register.xlsx\n"
        "chronic export register --programme dm --village 下各村"
    ),
)
@_exported
@click.pass_obj
def register(session: Session, /, style: str, out: "Path | None", **asked: Any) -> None:
    _export(session, "patients", style, out, first=None, last=None, **asked)


@click.command(
    "ledger",
    cls=Command,
    help=_("The follow-up ledger of one programme: every follow-up of the year, oldest first, in the county's columns."),
    example=(
        "chronic export ledger --programme htn --out ledger.xlsx\n"
        "chronic export ledger --programme dm --from 2026-10-01 --to 2026-10-31 --out october.csv"
    ),
)
@_span_options
@_exported
@click.pass_obj
def follow_ups(session: Session, /, style: str, out: "Path | None", **asked: Any) -> None:
    _export(session, "follow-up", style, out, **asked)


@click.command(
    cls=Command,
    help=_("The columns of the ledgers as a file to edit: headers, order, more or fewer of them."),
    example="chronic export columns --out columns.toml",
)
@click.option("--out", type=NEW_FILE, help=_("Write to this file instead."))
@click.pass_obj
def columns(session: Session, /, out: "Path | None") -> None:
    with session.writing(out, "toml") as stream:
        stream.write(ledgers.shipped())


def _export(session: Session, what: str, style: str, out: "Path | None", **asked: Any) -> None:
    session.headers = "zh"  # what the sheet is called
    session.show(_report(session, what, False, **asked), style, out)


def _report(
    session: Session, what: str, coded: bool, first: date | None, last: date | None, programme: str | None,
    columns: "Path | None", full: bool, limit: int | None, **whose: Any,
) -> "Report":  # fmt: skip
    end = last or session.today
    if first is not None and first > end:
        raise ValueRefused("register.span", first=first, last=end)
    text = _read(columns) if columns is not None else ledgers.shipped()
    wanted = ledgers.Wanted(first, end, programme, whom(session, whose), limit, session.note_full(full), coded)
    report = ledgers.sheet(session.db, session.today, session.desk.editions.on(session.today), what, text, wanted)
    with nullcontext() if coded else in_chinese():
        title = "  ".join([_(ledgers.TITLES[what]), session.settings.get("name", "")])
        return report._replace(title=title, lines=(_days(what, first, end),))


def _days(what: str, first: date | None, last: date) -> str:
    """Which days' lines these are."""
    if first is None and what in ledgers.STANDING:
        return _("as of {day}").format(day=last)
    return _("from {first} to {last}").format(first=first or date(last.year, 1, 1), last=last)


def _read(path: "Path") -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ValueRefused("file.missing", path=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueRefused("file.unreadable", path=path, problem=error) from None
