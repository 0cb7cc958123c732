"""The pictures of the dashboard that go over months: tiles, lines and stacks, from what was counted month by month."""

from collections.abc import Iterator, Sequence

from chronic.i18n import _
from chronic.i18n.terms import PROGRAMMES, term
from chronic.model.period import Period
from chronic.model.shares import percentages, rate
from chronic.model.wording import either
from chronic.render.board import Chart, Part, Stack, Table, Tile
from chronic.render.drawing import Line
from chronic.reports import indicators
from chronic.reports.figures import Row
from chronic.reports.indicators import book
from chronic.reports.measures import Counts, Measure

OUTCOMES = ("controlled", "uncontrolled", "no_reading", "no_visit", "under_care_new")
"""Figures that sum to those under care, from below."""
NOTHING = "-"


def tiles(codes: Sequence[str], known: Sequence[Measure], rows: Sequence[Row]) -> Iterator[tuple[str, list[Tile]]]:
    """These indicators programme by programme; last everything that is asked of the whole register."""
    told = list(zip(known, rows, strict=True))
    for programme in indicators.PROGRAMMES:
        mine = [(measure, row) for measure, row in told if measure.programme == programme and measure.code in codes]
        mine.sort(key=lambda pair: codes.index(pair[0].code))
        yield term(PROGRAMMES, programme), [_tile(measure, row) for measure, row in mine]
    yield (
        _("Everybody in the register"),
        [_tile(measure, row) for measure, row in told if measure.programme == indicators.EVERYBODY],
    )


def _tile(measure: Measure, row: Row) -> Tile:
    part, of, share = row["numerator"], row["denominator"], row["rate"]
    assert isinstance(part, int)
    whole = of if isinstance(of, int) else None
    value = share if isinstance(share, float | int) else None
    met = str(row["target_met"] or "")
    wanted = "" if measure.target is None else f"{_('Target')} {'≤' if measure.lower else '≥'} {measure.target:g}%"
    verdict = {"yes": _("target met"), "no": _("target missed")}.get(met, "")
    return Tile(
        measure.code, measure.programme, either(measure.name),
        f"{part}" if whole is None else NOTHING if value is None else f"{value:.1f}%",
        "" if whole is None else f"{part} / {whole}", None if whole is None else value, part, whole, measure.target,
        wanted, met, verdict, _change(row["change"], whole is None), measure.lower,
    )  # fmt: skip


def _change(change: object, number: bool) -> str:
    """Against the period before, in points of a per cent."""
    if not isinstance(change, float | int):
        return ""
    if not change:
        return _("as before")
    sign = "+" if change > 0 else "-"
    size = f"{abs(change):g}" if number else f"{abs(change):.1f}"
    return _("{change} on the period before").format(change=f"{sign}{size}")


def charts(
    codes: Sequence[str], drawn: Sequence[Measure], months: Sequence[Period], found: Sequence[Counts]
) -> Iterator[Chart]:
    for code in codes:
        mine = [measure for measure in drawn if measure.code == code]
        if not mine:
            continue
        lines, rows = [], []
        counted = {measure.programme: [_sums(measure, each) for each in found] for measure in mine}
        for measure in mine:
            values = [rate(part, of or 0) for part, of in counted[measure.programme]]
            said = [percent(value) for value in values]
            lines.append(Line(term(PROGRAMMES, measure.programme), values, said))
        for at, month in enumerate(months):
            cells = [f"{percent(line.values[at])} ({part}/{of})" for line, measure in zip(lines, mine, strict=True)
                     for part, of in (counted[measure.programme][at],)]  # fmt: skip
            rows.append([month_name(month), *cells])
        targets = {measure.target for measure in mine}
        target = targets.pop() if len(targets) == 1 else None
        name, says = either(mine[0].name), either(mine[0].says)
        summary = f"{name}: " + "; ".join(f"{line.name} {_from_to(line.said, months)}" for line in lines)
        table = Table(name, [_("Month"), *(line.name for line in lines)], rows)
        wanted = "" if target is None else f"{_('Target')} {target:g}%"
        yield Chart(name, says, _places(months), lines, target, wanted, summary, table)


def _sums(measure: Measure, found: Counts) -> tuple[int, int | None]:
    part, *of = (found[key].total() for key in measure.keys)
    return part, of[0] if of else None


def _from_to(said: Sequence[str], months: Sequence[Period]) -> str:
    return _("from {before} in {first} to {now} in {last}").format(
        before=said[0], now=said[-1], first=month_name(months[0]), last=month_name(months[-1])
    )


def _places(months: Sequence[Period]) -> list[tuple[str, str]]:
    """The number of each month, and the year under the first one and every January."""
    return [
        (str(month.first.month), str(month.first.year) if not place or month.first.month == 1 else "")
        for place, month in enumerate(months)
    ]


def month_name(month: Period) -> str:
    return f"{month.first:%Y-%m}"


def percent(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}%"


def outcome_note() -> str:
    return either(book().figures["under_care"].says)


def stacks(months: Sequence[Period], found: Sequence[Counts]) -> Iterator[Stack]:
    names = [either(book().figures[name].name) for name in OUTCOMES]
    for programme in indicators.PROGRAMMES:
        columns = [[each[(programme, name)].total() for name in OUTCOMES] for each in found]
        told = [[percent(share) for share in percentages(column)] for column in columns]
        said = [_read_out(names, *column) for column in zip(months, columns, told, strict=True)]
        parts = [Part(name, f"{share} ({count})") for name, share, count in zip(names, told[-1], columns[-1], strict=True)]
        rows = [
            [
                month_name(month),
                *(f"{count} ({share})" for count, share in zip(column, shares, strict=True)),
                str(sum(column)),
            ]
            for month, column, shares in zip(months, columns, told, strict=True)
        ]
        title = term(PROGRAMMES, programme)
        table = Table(title, [_("Month"), *names, either(book().figures["under_care"].name)], rows)
        note = _("{n} under care at the end of {month}").format(n=sum(columns[-1]), month=month_name(months[-1]))
        yield Stack(title, note, _places(months), columns, said, parts, f"{title}. {said[-1]}", table)


def _read_out(names: Sequence[str], month: Period, column: Sequence[int], shares: Sequence[str]) -> str:
    parts = (f"{name} {count} ({share})" for name, count, share in zip(names, column, shares, strict=True))
    return f"{month_name(month)}: {', '.join(parts)}"
