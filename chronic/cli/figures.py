"""`report indicators`: the figures of a period, whole or group by group, and whoever stands behind each number."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILTER, Command, file_options, format_option, full_option
from chronic.cli.periods import Span, period_options, span
from chronic.cli.session import Session
from chronic.cli.types import DAY, PROGRAMME, F, WholeNumber, tag_option
from chronic.cli.where import GROUPS, by_option, place_options, within
from chronic.errors import ValueRefused
from chronic.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from chronic.model.report import Report
    from chronic.reports.cascade import Question as Cascade
    from chronic.reports.figures import Row
    from chronic.reports.indicators import Asked
    from chronic.reports.measures import Measure

BY = (*GROUPS, "sex", "age", "tag")
CELLS = ("numerator", "denominator", "missing")
_STYLES = ["table", "json", "csv", "html", "xlsx", "text"]
_TO_PROGRAMS = ("json", "csv", "xlsx")


def whose_figures(function: F) -> F:
    """`village`, `place`, `doctor`, `tags`, `sex` and `monitored`, for `whose`."""
    options: list[Callable[[Any], Any]] = [
        place_options,
        click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people.")),
        tag_option,
        click.option("--sex", type=click.Choice(["M", "F", "unknown"]), help=_("Only men or only women.")),
        click.option("--monitored", is_flag=True, help=_("Only people of monitored households.")),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def whose(session: Session, options: dict[str, Any]) -> "Asked":
    """Takes these filters out of the options."""
    from chronic.reports.indicators import Asked

    taken = {key: options.pop(key) for key in ("doctor", "tags", "sex", "monitored")}
    return Asked(where=within(session, options), **taken)


def known_option(function: F) -> F:
    text = _("Only what was recorded by the end of this day.")
    return click.option("--known-on", type=DAY, help=text)(function)


def measure_options(function: F) -> F:
    """`indicator`, `sets` and `programme`, for `measures`."""
    options: list[Callable[[Any], Any]] = [
        click.option("--indicator", multiple=True, help=_("Only this indicator, by its code; may be given several times.")),
        click.option("--set", "sets", type=FILTER, help=_("Only the indicators of this set.")),
        click.option("--programme", type=PROGRAMME, help=_("Only this programme.")),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@click.command(
    cls=Command,
    help=_(
        "Indicators of a period with numerator, denominator, target and change; --by breaks them down and ranks, --list "
        "opens a number into people. --frozen shows what was sent for a month, --restated what is known of it now."
    ),
    example=(
        "chronic report indicators\n"
        "chronic report indicators --period 2026Q3 --by village --out figures.html\n"
        "chronic report indicators --period 2026-10 --by village --format text\n"
        "chronic report indicators --list --indicator standard_rate --cell missing"
    ),
)
@period_options
@known_option
@by_option(BY, _("A row for each of these; places, doctors, teams and institutions by rank."))
@measure_options
@whose_figures
@click.option("--list", "opened", is_flag=True, help=_("The people or events behind a number of one --indicator."))
@click.option(
    "--cell",
    type=click.Choice(CELLS),
    help=_("With --list: which number; missing: in the denominator, not in the numerator."),
)
@click.option("--group", type=FILTER, help=_("With --list and --by: only this group, as it is called there."))
@click.option("--limit", type=WholeNumber(min=0), help=_("With --list: at most so many people."))
@click.option("--frozen", metavar="MONTH", help=_("What was sent for this month, unchanged."))
@click.option("--restated", metavar="MONTH", help=_("The same beside what is known now; --list opens the difference."))
@full_option
@format_option(_STYLES)
@file_options
@click.pass_obj
def indicators(
    session: Session, /, opened: bool, frozen: str | None, restated: str | None, style: str, out: "Path | None",
    **options: Any,
) -> None:  # fmt: skip
    if frozen is not None or restated is not None:
        from chronic.cli import frozen as sent

        sent.show(session, frozen, restated, opened, style, out, options)
        return
    if not opened and (options["cell"] or options["group"] or options["limit"] is not None):
        raise ValueRefused("figures.with_list")
    asked = span(session, options)
    if opened:
        _open(session, asked, style, out, options)
        return
    show(session, asked, style, out, options)


def measures(session: Session, options: dict[str, Any], day: date) -> "list[Measure]":
    """Takes the choice of indicators out of the options. Raises ValueRefused."""
    from chronic.reports.measures import chosen
    from chronic.reports.measures import measures as every

    names, sets, programme = (options.pop(key) for key in ("indicator", "sets", "programme"))
    return chosen(every(session.desk.editions.on(day)), names, sets, programme)


def show(session: Session, asked: Span, style: str, out: "Path | None", options: dict[str, Any]) -> None:
    """`options`: those of `period_options` are taken out of them already."""
    from chronic.reports import cascade, figures, reported
    from chronic.reports.indicators import ESTIMATED

    chosen = measures(session, options, asked.period.last)
    by, known_on = options["by"], options["known_on"]
    question = figures.Question(chosen, asked.period, asked.before, by, whose(session, options), known_on)
    rows = reported.rows(session.db, session.today, session.desk.editions, question)
    head = heading(session, asked, known_on)
    estimated = tuple(dict.fromkeys(one.programme for one in chosen if one.denominator == ESTIMATED))
    if estimated:
        head += estimates(session, cascade.Question(asked.period, estimated, by, question.whom, known_on), rows)
    silent = reported.under(session.db, session.today, session.desk.editions, question)
    told(session, reported.with_columns(figures.kept(rows, question), by), rows, head, by, style, out, silent)


def heading(session: Session, asked: Span, known_on: date | None, title: str = "") -> list[str]:
    """The title, then what has to be said of the dates."""
    lines = ["  ".join([title or _("Indicators"), session.settings.get("name", ""), asked.dates()])]
    if not asked.over:
        lines.append(_("The period is not over: it runs to {day}.").format(day=asked.over_on))
    lines.append(
        _("As recorded by {day}.").format(day=known_on) if known_on else _("As known on {day}.").format(day=session.today)
    )
    return lines


def told(
    session: Session, found: "Report", rows: "Sequence[Row]", head: "Sequence[str]", by: str | None, style: str,
    out: "Path | None", silent: "Sequence[str]" = (),
) -> None:  # fmt: skip
    """The figures with their dates and definitions: under the table, on the page, in every row of a file. `silent`: who has
    not reported."""
    from chronic.reports import circular

    title, *lines = head
    if style == "text":
        with session.printing(out):
            for line in (*head, *circular.paragraphs(rows, by), *silent, *_definitions(rows)):
                click.echo(line)
        return
    session.show(found._replace(title=title, lines=tuple(lines), notes=(*silent, *_definitions(rows))), style, out)


def _definitions(rows: "Sequence[Row]") -> "Iterator[str]":
    from chronic.reports import circular

    lines = list(circular.definitions(rows))
    if lines:
        yield _("What is counted:")
        yield from lines
        yield from circular.legend(lines)


def estimates(session: Session, question: "Cascade", rows: "Iterable[Row]") -> "Iterator[str]":
    """Where the estimate comes from, and where it cannot be right."""
    from chronic.i18n.terms import PROGRAMMES, term
    from chronic.reports import cascade as reports

    sources = reports.sources(session.db, session.desk.editions, question)
    for programme, source in zip(question.programmes, sources, strict=True):
        yield _("Estimate for {programme}: {source}").format(programme=term(PROGRAMMES, programme), source=source)
    if reports.too_few(rows):
        yield _(
            "More are registered than estimated: not everybody who lives here is in the register. A county gives its own "
            "number of adults in its guideline file, [measures.population.all]."
        )


def _open(session: Session, asked: Span, style: str, out: "Path | None", options: dict[str, Any]) -> None:
    from chronic.reports import opened

    if style == "text":
        raise ValueRefused("figures.text")
    if len(options["indicator"]) != 1:
        raise ValueRefused("figures.one")
    by, group, cell = options["by"], options["group"], options["cell"] or CELLS[0]
    if group is not None and by is None:
        raise ValueRefused("figures.group")
    chosen = measures(session, options, asked.period.last)
    whom = whose(session, options)
    if by == "tag" and group is not None:
        from chronic.reports.tagged import wanted

        whom, group = whom._replace(tags=(*whom.tags, wanted(session.db, group, session.today))), None
    question = opened.Question(
        chosen,
        asked.period,
        cell,
        by,
        group,
        whom,
        options["known_on"],
        options["limit"],
        session.note_full(options["full"]),
    )
    found = opened.report(session.db, session.desk.editions, question)
    head = heading(session, asked, options["known_on"])
    session.show(found._replace(title=head[0], lines=(*head[1:], *_what(chosen, cell))), style, out)


def _what(chosen: "Sequence[Measure]", cell: str) -> "Iterator[str]":
    """Which number is opened, and what it counts."""
    from chronic.i18n.terms import PROGRAMMES, term
    from chronic.model.wording import either
    from chronic.reports.indicators import book

    names = {
        "numerator": _("numerator"), "denominator": _("denominator"), "missing": _("in the denominator alone"),
    }  # fmt: skip
    for measure in chosen:
        figure = book().figures[
            measure.numerator if cell == "numerator" or measure.denominator is None else measure.denominator
        ]
        title = (
            f"{term(PROGRAMMES, measure.programme)} {either(measure.name)}" if measure.programme else either(measure.name)
        )
        yield f"{title}, {names[cell]}: {either(figure.says)}"
