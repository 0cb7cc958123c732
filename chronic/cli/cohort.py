"""`report cohort`, `cascade` and `coverage`."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILTER, Command, full_option, report_options
from chronic.cli.figures import BY, estimates, heading, known_option, told, whose, whose_figures
from chronic.cli.periods import Span, period_options, span
from chronic.cli.session import Session
from chronic.cli.types import PROGRAMME, WholeNumber
from chronic.cli.where import by_option
from chronic.errors import ValueRefused
from chronic.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from chronic.model.report import Report

_PROGRAMMES = ("htn", "dm")


@click.command(
    cls=Command,
    help=_(
        "What became of everybody first enrolled at one time, by the formula of a preset; --period is that of the outcome. "
        "Nobody leaves a cohort."
    ),
    example=(
        "chronic report cohort --preset hearts-s --period 2026Q3\n"
        "chronic report cohort --preset ethiopia --period 2026-10 --programme htn --by village\n"
        "chronic report cohort --preset rtsl --period 2026-10 --list --outcome rest"
    ),
)
@click.option("--preset", required=True, help=_("hearts-s, rtsl, dhis2-pkg or ethiopia."))
@period_options
@known_option
@by_option(BY, _("Each of these by itself."))
@click.option("--programme", type=PROGRAMME, help=_("Only this programme."))
@whose_figures
@click.option("--list", "opened", is_flag=True, help=_("The people behind the numbers."))
@click.option("--outcome", type=FILTER, help=_("With --list: only people of this outcome."))
@click.option("--limit", type=WholeNumber(min=0), help=_("With --list: at most so many people."))
@full_option
@report_options
@click.pass_obj
def cohort(
    session: Session, /, preset: str, opened: bool, outcome: str | None, limit: int | None, full: bool, style: str,
    out: "Path | None", **options: Any,
) -> None:  # fmt: skip
    from chronic.reports import cohort as reports

    reports.get(preset)
    if not opened and (outcome is not None or limit is not None):
        raise ValueRefused("cohort.with_list")
    asked = _of_cohort(session, preset, options)
    programmes = _programmes(options.pop("programme"))
    by, known_on = options.pop("by"), options.pop("known_on")
    question = reports.Question(preset, asked.period, programmes, by, whose(session, options), known_on)
    if opened:
        from chronic.reports import opened as behind

        reports.check(preset, asked.period)
        some = [reports.measure(preset, outcome, programme) for programme in programmes]
        wanted = behind.Question(
            some, asked.period, "numerator", by, None, question.whom, known_on, limit, session.note_full(full)
        )
        report = behind.report(session.db, session.desk.editions, wanted)
    else:
        report = reports.report(session.db, session.desk.editions, question)
    title, *lines = heading(session, asked, known_on, _("Cohort"))
    _show(session, report, title, [*lines, *_formula(preset, asked)], style, out)


def _of_cohort(session: Session, preset: str, options: dict[str, Any]) -> Span:
    """The last quarter that is over for a cohort of quarters, where no period was asked for."""
    from chronic.model.days import quarter_of
    from chronic.reports import cohort as reports

    if reports.get(preset).by_quarter and all(options[name] is None for name in ("period", "first", "last", "as_of")):
        last = quarter_of(session.today)[0] - timedelta(days=1)
        options["first"], options["last"] = quarter_of(last)
    return span(session, options)


def _formula(preset: str, asked: Span) -> "Iterator[str]":
    """Its name, exact dates, definition and source."""
    from chronic.model.wording import either
    from chronic.reports import cohort as reports
    from chronic.reports.indicators import windows

    cohort, cite = reports.get(preset), reports.cite(preset)
    enrolled, read = windows(cohort, asked.period)
    mark = f" [{cite.mark}]" if len(cite.mark) > 1 else ""
    yield _("Preset {preset}: enrolled {first} to {last}; outcome by the last reading {from_on} to {to_on}.").format(
        preset=preset, first=enrolled[0], last=enrolled[1], from_on=read[0], to_on=read[1]
    )
    yield f"{either(cohort.says)}; {_('source: {source}').format(source=cite.source)}{mark}"


@click.command(
    cls=Command,
    help=_("Of those estimated to have the disease: how many are registered, under care, controlled."),
    example="chronic report cascade\nchronic report cascade --period 2026-10 --programme htn --by village",
)
@period_options
@known_option
@by_option(BY, _("Each of these by itself."))
@click.option("--programme", type=PROGRAMME, help=_("Only this programme."))
@whose_figures
@report_options
@click.pass_obj
def cascade(session: Session, /, style: str, out: "Path | None", **options: Any) -> None:
    from chronic.reports import cascade as reports

    asked = span(session, options)
    known_on: date | None = options.pop("known_on")
    programmes, by = _programmes(options.pop("programme")), options.pop("by")
    question = reports.Question(asked.period, programmes, by, whose(session, options), known_on)
    report = reports.cascade(session.db, session.desk.editions, question)
    title, *lines = heading(session, asked, known_on, _("Cascade"))
    _show(session, report, title, [*lines, *estimates(session, question, report.rows)], style, out)


@click.command(
    cls=Command,
    help=_(
        "Who is reached: registered of those estimated to have the disease, residents from 35 whose pressure was measured, "
        "residents from 65 with a check-up."
    ),
    example="chronic report coverage\nchronic report coverage --period 2026 --by village --out coverage.html",
)
@period_options
@known_option
@by_option(BY, _("A row for each of these; places, doctors, teams and institutions by rank."))
@whose_figures
@report_options
@click.pass_obj
def coverage(session: Session, /, style: str, out: "Path | None", **options: Any) -> None:
    from chronic.reports import cascade as reports
    from chronic.reports import figures

    asked = span(session, options)
    known_on: date | None = options.pop("known_on")
    question = reports.Question(asked.period, _PROGRAMMES, options.pop("by"), whose(session, options), known_on)
    rows = reports.coverage(session.db, session.desk.editions, question, asked.before)
    found = figures.kept(rows, figures.Question([], asked.period, asked.before, question.by))._replace(name="coverage")
    head = [*heading(session, asked, known_on, _("Coverage")), *estimates(session, question, rows)]
    told(session, found, rows, head, question.by, style, out)


def _programmes(programme: str | None) -> tuple[str, ...]:
    """Raises ValueRefused (`figures.none`) for one that has no such figures."""
    if programme is not None and programme not in _PROGRAMMES:
        raise ValueRefused("figures.none")
    return _PROGRAMMES if programme is None else (programme,)


def _show(session: Session, report: "Report", title: str, lines: "Sequence[str]", style: str, out: "Path | None") -> None:
    session.show(report._replace(title=title, lines=tuple(lines)), style, out)
