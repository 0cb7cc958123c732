"""--period, --from, --to and --as-of: which days a report counts."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import click

from chronic.cli.session import Session
from chronic.cli.types import DAY, F
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model import period as periods
from chronic.model.days import parse_day
from chronic.model.period import Period


class Span(NamedTuple):
    """What is counted: `period` to the last day asked for, the one `before` it, and the day the whole of it is over."""

    period: Period
    before: Period
    over_on: date

    @property
    def over(self) -> bool:
        return self.period.last == self.over_on

    def dates(self) -> str:
        """2026-10 (2026-10-01 to 2026-10-31)"""
        return dates(self.period)


def dates(period: Period) -> str:
    days = _("{first} to {last}").format(first=period.first, last=period.last)
    return days if ".." in period.name else f"{periods.shown(period)} ({days})"


def period_options(function: F) -> F:
    """`period`, `first`, `last` and `as_of`, for `span`."""
    options: list[Callable[[Any], Any]] = [
        click.option("--period", help=_("As 2026-10, 2026Q3, 2026S2 or 2026; last month if left out.")),
        click.option("--from", "first", type=DAY, help=_("From this day on, with --to.")),
        click.option("--to", "last", type=DAY, help=_("To this day, with --from.")),
        click.option("--as-of", type=DAY, help=_("Facts up to this day; without a period: its month so far.")),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def span(session: Session, options: dict[str, Any]) -> Span:
    """Takes the four out of the options. Raises ValueRefused: `figures.*`."""
    name, first, last, as_of = (options.pop(key) for key in ("period", "first", "last", "as_of"))
    if name is not None and (first or last):
        raise ValueRefused("figures.two_periods")
    if as_of is not None and as_of > session.today:
        raise ValueRefused("figures.as_of_future", day=as_of, today=session.today)
    whole = _whole(session.today, name, first, last, as_of)
    if whole.first > session.today:
        raise ValueRefused("figures.future", period=periods.shown(whole), first=whole.first, today=session.today)
    if as_of is not None and as_of < whole.first:
        raise ValueRefused("figures.as_of_before", day=as_of, period=periods.shown(whole), first=whole.first)
    until = min(whole.last, as_of or session.today, session.today)
    counted = whole if until == whole.last else Period(f"{whole.first}..{until}", whole.first, until)
    return Span(counted, periods.before(whole), whole.last)


def _whole(today: date, name: str | None, first: date | None, last: date | None, as_of: date | None) -> Period:
    if name is not None:
        return named(name)
    if first is not None or last is not None:
        first, last = first or (last or today).replace(day=1), last or as_of or today
        if first > last:
            raise ValueRefused("figures.backwards", first=first, last=last)
        return periods.span(first, last)
    return periods.month_of(as_of or today.replace(day=1) - timedelta(days=1))


def named(text: str) -> Period:
    """Raises ValueRefused (`figures.period`)."""
    try:
        found = periods.read_period(text)
        parse_day(found.first.isoformat())  # of a year that can be meant
    except ValueError:
        raise ValueRefused("figures.period", text=text) from None
    return found
