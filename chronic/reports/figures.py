"""`report indicators`: numerator, denominator, percentage, target and change of every indicator, whole or group by group."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model import period as periods
from chronic.model.period import Period
from chronic.model.report import Column, Report
from chronic.model.shares import percentages, rate
from chronic.model.wording import either
from chronic.protocol import Editions
from chronic.reports.indicators import ESTIMATED, Asked
from chronic.reports.measures import ALL, BY, OVERLAPPING, RANKED, Counts, Measure, counts, keys_of

WHOLE = "*"
"""The row of everybody, beside the groups."""
FIRST = (
    Column("indicator", "indicator", hidden=True),
    Column("indicator_name", N_("Indicator")),
    Column("programme", N_("Programme")),
)
_NUMBERS = (
    Column("numerator", N_("Numerator"), right=True),
    Column("denominator", N_("Denominator"), right=True),
    Column("rate", N_("Rate %"), right=True),
    Column("target", N_("Target"), right=True),
    Column("target_met", N_("Target met")),
    Column("before", N_("Before"), right=True),
    Column("change", N_("Change"), right=True),
)
_LAST = tuple(
    Column(key, key, hidden=True)
    for key in (
        "before_numerator", "before_denominator", "set", "period", "first_on", "last_on", "before_period", "known_on",
        "definition", "excluded", "source", "mark", "target_source", "estimated", "less_is_better",
    )
)  # fmt: skip

Row = dict[str, object]


class Question(NamedTuple):
    """`before`: the period that `change` is told against. `known_on`: only what was recorded by then."""

    measures: list[Measure]
    period: Period
    before: Period | None
    by: str | None = None
    whom: Asked = ALL
    known_on: date | None = None


def report(db: sqlite3.Connection, editions: Editions, asked: Question) -> Report:
    """A row for each indicator, or for each of its groups and the whole."""
    return kept(rows(db, editions, asked), asked)


def kept(found: list[Row], asked: Question) -> Report:
    """The same of rows that were not counted now."""
    return Report(name(asked.by), asked.period.last.isoformat(), columns(asked.by), found)


def rows(db: sqlite3.Connection, editions: Editions, asked: Question) -> list[Row]:
    wanted = keys_of(asked.measures)
    spans = [span for span in (asked.before, asked.period) if span is not None]
    found = counts(db, spans, wanted, editions, by=asked.by, known_on=asked.known_on, asked=asked.whom)
    whole = found
    if asked.by in OVERLAPPING:  # somebody with two tags is one person all the same
        whole = counts(db, spans, wanted, editions, known_on=asked.known_on, asked=asked.whom)
    return lines(asked, found, whole)


def name(by: str | None) -> str:
    return f"indicators_by_{by}" if by else "indicators"


def columns(by: str | None) -> tuple[Column, ...]:
    if by is None:
        return (*FIRST, *_NUMBERS, *_LAST)
    rank = (Column("rank", N_("Rank"), right=True),) if by in RANKED else ()
    share = () if by in OVERLAPPING else (Column("share", N_("Share %"), right=True),)
    return (*FIRST, *rank, Column(by, BY[by]), *_NUMBERS, *share, *_LAST)


def lines(asked: Question, found: Sequence[Counts], whole: Sequence[Counts]) -> list[Row]:
    """The rows of what was counted: `found` group by group, `whole` of everybody, of the period before first."""
    return list(_lines(asked, found, whole))


def _lines(asked: Question, found: Sequence[Counts], whole: Sequence[Counts]) -> Iterator[Row]:
    for measure in asked.measures:
        if asked.by is None:
            yield _row(asked, measure, [_sums(measure, each) for each in whole])
            continue
        yield from _breakdown(asked, measure, found)
        yield {asked.by: WHOLE, **_row(asked, measure, [_sums(measure, each) for each in whole]), **_no_group(asked.by)}


def _breakdown(asked: Question, measure: Measure, found: Sequence[Counts]) -> list[Row]:
    """A row a group. Places and doctors stand by rank, best first; the others in their own order."""
    assert asked.by is not None
    groups = sorted({group for each in found for key in measure.keys for group in each[key]}, key=order)
    now = found[-1]
    parts = [now[(measure.programme, measure.denominator or measure.numerator)][group] for group in groups]
    shares = percentages(parts)
    lines = [{asked.by: group, **_row(asked, measure, [_parts(measure, each, group) for each in found])} for group in groups]
    if asked.by not in OVERLAPPING:
        lines = [{**line, "share": share} for line, share in zip(lines, shares, strict=True)]
    return _ranked(lines, measure) if asked.by in RANKED else lines


def _ranked(lines: list[Row], measure: Measure) -> list[Row]:
    """Best first; who has the same share has the same rank. Nobody counted: no rank."""

    def exact(line: Row) -> float:
        part, of = int(str(line["numerator"])), line["denominator"]
        value = float(part) if measure.denominator is None else part / int(str(of))
        return value if measure.lower else -value

    counted = sorted((line for line in lines if measure.denominator is None or line["denominator"]), key=exact)
    first: dict[float, int] = {}
    for place, line in enumerate(counted, 1):
        first.setdefault(exact(line), place)
    ranked = [{**line, "rank": first[exact(line)]} for line in counted]
    return [*ranked, *({**line, "rank": None} for line in lines if line not in counted)]


def _row(asked: Question, measure: Measure, found: list[tuple[int, int | None]]) -> Row:
    """`found`: (numerator, denominator) of the period before, if it was asked for, and of this one."""
    part, of = found[-1]
    was_part, was_of = found[0] if asked.before is not None else (None, None)
    now, was = _value(part, of), None if was_part is None else _value(was_part, was_of)
    return {
        "indicator": measure.code, "indicator_name": either(measure.name), "programme": measure.programme or None,
        "numerator": part, "denominator": of, "rate": None if of is None else now, "target": measure.target,
        "target_met": _yes(measure.met(part, of or 0)), "before": was,
        "change": None if now is None or was is None else round(now - was, 1),
        "before_numerator": was_part, "before_denominator": was_of, "set": measure.set,
        "period": periods.shown(asked.period), "first_on": asked.period.first.isoformat(),
        "last_on": asked.period.last.isoformat(),
        "before_period": None if asked.before is None else periods.shown(asked.before),
        "known_on": None if asked.known_on is None else asked.known_on.isoformat(), "definition": either(measure.says),
        "excluded": None if measure.excludes is None else either(measure.excludes), "source": measure.source,
        "mark": measure.mark, "target_source": measure.target_source, "estimated": measure.denominator == ESTIMATED,
        "less_is_better": measure.lower,
    }  # fmt: skip


def _no_group(by: str) -> Row:
    """What the row of everybody has where the groups have a rank and a share."""
    return {**({"rank": None} if by in RANKED else {}), **({} if by in OVERLAPPING else {"share": None})}


def _sums(measure: Measure, found: Counts) -> tuple[int, int | None]:
    part, *of = (found[key].total() for key in measure.keys)
    return part, of[0] if of else None


def _parts(measure: Measure, found: Counts, group: str | None) -> tuple[int, int | None]:
    part, *of = (found[key][group] for key in measure.keys)
    return part, of[0] if of else None


def _value(part: int, of: int | None) -> float | None:
    """Per cent, or the number itself where it stands alone."""
    return part if of is None else rate(part, of)


def _yes(met: bool | None) -> str | None:
    return None if met is None else "yes" if met else "no"


def order(group: str | None) -> tuple[bool, int, str]:
    """By name, bands of age by their beginning; what is not known comes last."""
    begins = str(group or "").partition("-")[0].rstrip("+")
    return group is None, int(begins) if begins.isdigit() else 0, group or ""
