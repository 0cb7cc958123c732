"""`export register`, `export ledger` and `export columns`: the county's sheets, in the county's order of columns."""

from datetime import date
from typing import TYPE_CHECKING

import click

from chronic.cli.commands import FILE, NEW_FILE, Command, format_option, full_option, sheet_options
from chronic.cli.session import Session
from chronic.cli.types import DAY, F
from chronic.cli.villages import villages_named
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.reports import registers

if TYPE_CHECKING:
    from pathlib import Path


def _options(function: F) -> F:
    options = [
        click.option("--programme", type=click.Choice(registers.PROGRAMMES), required=True, help=_("Whose: htn or dm.")),
        click.option("--village", help=_("Only this village.")),
        click.option("--columns", type=FILE, help=_("The county's own columns (TOML); see chronic export columns.")),
        full_option,
        format_option(["csv", "xlsx"]),
        sheet_options,
    ]
    for option in reversed(options):
        function = option(function)
    return function


@click.command(
    cls=Command,
    help=_("The register of one programme: everyone managed today, by village, in the county's order of columns."),
    example=(
        "chronic export register --programme htn --full --out register.xlsx\n"
        "chronic export register --programme dm --village 下各村"
    ),
)
@_options
@click.pass_obj
def register(
    session: Session, /, programme: str, village: str | None, columns: "Path | None", full: bool, style: str,
    out: "Path | None",
) -> None:  # fmt: skip
    span = (date(session.today.year, 1, 1), session.today)
    _show(session, "register", (programme, *span, village, full), columns, style, out)


@click.command(
    cls=Command,
    help=_("The follow-up ledger of one programme: every follow-up of the year, oldest first, in the county's columns."),
    example=(
        "chronic export ledger --programme htn --out ledger.xlsx\n"
        "chronic export ledger --programme dm --from 2026-10-01 --to 2026-10-31 --out october.csv"
    ),
)
@click.option("--from", "first", type=DAY, help=_("The first day; the first of January if left out."))
@click.option("--to", "last", type=DAY, help=_("The last day; today if left out."))
@_options
@click.pass_obj
def ledger(
    session: Session, /, first: date | None, last: date | None, programme: str, village: str | None,
    columns: "Path | None", full: bool, style: str, out: "Path | None",
) -> None:  # fmt: skip
    end = last or session.today
    begin = first or date(end.year, 1, 1)
    if begin > end:
        raise ValueRefused("register.span", first=begin, last=end)
    _show(session, "ledger", (programme, begin, end, village, full), columns, style, out)


@click.command(
    cls=Command,
    help=_("The columns of register and ledger as a file to edit: headers, order, more or fewer of them."),
    example="chronic export columns --out columns.toml",
)
@click.option("--out", type=NEW_FILE, help=_("Write to this file instead."))
@click.pass_obj
def columns(session: Session, /, out: "Path | None") -> None:
    with session.writing(out, "toml") as stream:
        stream.write(registers.shipped())


def _show(
    session: Session, what: str, asked: tuple[str, date, date, str | None, bool], own: "Path | None", style: str,
    out: "Path | None",
) -> None:  # fmt: skip
    session.headers = "zh"  # what the sheet is called
    programme, first, last, village, full = asked
    text = _read(own) if own is not None else registers.shipped()
    wanted = registers.Wanted(programme, first, last, villages_named(session, village), session.note_full(full))
    session.show(registers.sheet(session.db, session.today, what, text, wanted), style, out)


def _read(path: "Path") -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ValueRefused("file.missing", path=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueRefused("file.unreadable", path=path, problem=error) from None
