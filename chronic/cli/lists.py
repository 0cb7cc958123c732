"""`overdue` and `due`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import click
from click.core import ParameterSource

from chronic.cli.commands import FILTER, Command, full_option, output_options
from chronic.cli.session import Session
from chronic.cli.types import PROGRAMME, SPAN, F, WholeNumber, tag_option
from chronic.cli.where import by_option, place_options, within
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext
from chronic.model.codes import BAND_TITLES, KINDS
from chronic.reports import overdue as lists

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.model.report import Report


def list_options(default_order: str, output: Callable[[Any], Any] = output_options) -> Callable[[F], F]:
    """The filters both lists share."""
    options: list[Callable[[Any], Any]] = [
        place_options,
        click.option("--programme", type=PROGRAMME, help=_("Only this programme's dates.")),
        click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people.")),
        tag_option,
        click.option("--limit", type=WholeNumber(min=0), help=_("At most so many people.")),
        click.option(
            "--order",
            type=click.Choice(["risk", "date", "route"]),
            default=default_order,
            show_default=True,
            help=_("By risk, by date, or along the way."),
        ),
        click.option(
            "--kind", type=click.Choice([*KINDS, "all"]), default="followup", show_default=True, help=_("What is due.")
        ),
        click.option("--risk", is_flag=True, help=_("With the cardiovascular stratum as of today; slower.")),
    ]

    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return cast(F, output(full_option(function)))

    return add


@click.command(
    cls=Command,
    help=_("Who is late, and why. Danger and open referrals come first."),
    example=(
        "chronic overdue --village 下各村 --limit 20\n"
        "chronic overdue --by village\n"
        "chronic overdue --format csv --out overdue.csv"
    ),
)
@list_options("risk")
@click.option("--min-days", type=SPAN, default=1, help=_("Late by at least so many days."))
@click.option("--paused", is_flag=True, help=_("People nobody can reach for now, instead of the others."))
@by_option()
@click.pass_obj
def overdue(session: Session, /, by: str | None, style: str, out: "Path | None", **options: Any) -> None:
    asked = wanted(session, options)
    if by is not None:
        session.show(lists.by_group(session.db, session.today, asked, by), style, out)
        return
    report = lists.overdue(session.db, session.today, asked)
    if style == "table":
        bands = lists.counts(session.db, session.today, asked)
        title = _title(_("Overdue"), session)
        report = _in_words(report, asked)._replace(title=title, lines=(band_line(bands, bars=True),))
    session.show(report, style, out)


@click.command(
    cls=Command,
    help=_("Who is due from today on; nobody who is already late."),
    example=("chronic due --within 14d\nchronic due --within 2w --programme dm --order route\nchronic due --quota"),
)
@list_options("date")
@click.option("--within", type=SPAN, default=14, show_default=True, help=_("So many days from today, as in 14d or 2w."))
@click.option("--quota", is_flag=True, help=_("Instead, whose face-to-face visits of the year are at risk."))
@click.pass_obj
def due(session: Session, /, within: int, quota: bool, style: str, out: "Path | None", **options: Any) -> None:
    if quota:
        _yearly(session, style, out, wanted(session, options))
        return
    asked = wanted(session, options)
    report = lists.due(session.db, session.today, within, asked)
    if style == "table":
        report = _in_words(report, asked)._replace(title=_title(_("Due within {n} days").format(n=within), session))
    session.show(report, style, out)


def _yearly(session: Session, style: str, out: "Path | None", asked: lists.Asked) -> None:
    """`due --quota`: none yet as the quarter ends, or more missing than the quarters left."""
    from chronic.cli.quota import risk_line
    from chronic.reports import quota

    context = click.get_current_context()
    if any(context.get_parameter_source(name) is not ParameterSource.DEFAULT for name in ("within", "kind")):
        raise ValueRefused("quota.alone")
    counted = style == "table"  # everyone, whatever --limit says
    report = quota.listing(
        session.db, session.today, session.desk.editions, asked._replace(limit=None) if counted else asked
    )
    if counted:
        rows = list(report.rows)
        title = _title(_("Yearly visits at risk"), session)
        report = report._replace(rows=rows[: asked.limit], title=title, lines=(risk_line(rows),))
    session.show(report, style, out)


def _in_words(report: "Report", asked: lists.Asked) -> "Report":
    """The strata as they are said, where they were asked for."""
    if asked.strata is None:
        return report
    from chronic.i18n.risks import BANDS
    from chronic.i18n.terms import term

    rows = (row | {"risk": term(BANDS, str(row["risk"])) if row["risk"] else None} for row in report.rows)
    return report._replace(rows=rows)


def band_line(bands: dict[str, int], bars: bool = False) -> str:
    """23 人   1-30天 14 ############   31-90天 6 #####   超90天 3 ###"""
    total = sum(bands.values())
    parts = [ngettext("{n} person", "{n} people", total).format(n=total)]
    for band, title in BAND_TITLES.items():
        number = bands.get(band, 0)
        parts.append(f"{_(title)} {number} {bar(number, total) if bars else ''}".rstrip())
    return "   ".join(parts)


def bar(number: int, total: int, longest: int = 20) -> str:
    """A share of the longest bar; no bar is longer than its number, and what is there at all is seen."""
    return "#" * max(round(number * min(longest / total, 1)), 1) if number else ""


def _title(what: str, session: Session) -> str:
    return "  ".join([what, session.settings.get("name", ""), _("as of {day}").format(day=session.today)])


def wanted(session: Session, options: dict[str, Any]) -> lists.Asked:
    """The filters as the report wants them. An unknown place is an error, not an empty list."""
    place, full, strata = within(session, options), options.pop("full"), options.pop("risk", False)
    asked = lists.Asked(**options, where=place, full=session.note_full(full))
    if asked.kind in ("checkup", "all"):
        from chronic.reports import older

        asked = asked._replace(older=older.counted(session.db, session.today, session.desk.editions))
    return asked._replace(strata=session.desk.editions) if strata else asked
