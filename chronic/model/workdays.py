"""Working days: weekends off, public holidays off, make-up days (调休) worked."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

_SATURDAY = 5


class Workdays(NamedTuple):
    """What differs from the week in the `years` whose holidays are published: days `off`, and weekend days worked."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def works(self, day: date) -> bool:
        return day not in self.off and (day.weekday() < _SATURDAY or day in self.worked)

    def among(self, first: date, last: date) -> list[date]:
        """The working days from the first day to the last."""
        return [day for day in _days(first, last) if self.works(day)]

    def after(self, day: date) -> date:
        """The first working day after this one."""
        return next(each for each in _days(day + timedelta(days=1), date.max) if self.works(each))

    def unpublished(self, first: date, last: date) -> list[int]:
        """The years of these days of which only the weekends are known."""
        return [year for year in range(first.year, last.year + 1) if year not in self.years]


def monday(day: date) -> date:
    """The first day of its ISO week."""
    return day - timedelta(days=day.weekday())


def week_name(day: date) -> str:
    """2026-W48: the ISO week, whose year may differ from the day's."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)
