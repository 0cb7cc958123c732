"""A reporting period by its name: 2026-10 (or 202610), 2026Q3, 2026S2 or 2026; or from one day to another."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from chronic.model.days import MONTHS_A_YEAR, add_months

_SHAPES = {r"(\d{4})-?(\d\d)": 1, r"(\d{4})Q(\d)": 3, r"(\d{4})S(\d)": 6, r"(\d{4})()": MONTHS_A_YEAR}
"""How a name reads (year, number in it), and how many months such a period has."""
_DAY = timedelta(days=1)


class Period(NamedTuple):
    name: str
    first: date
    last: date


def read_period(text: str) -> Period:
    """Raises ValueError."""
    for shape, months in _SHAPES.items():
        found = re.fullmatch(shape, text.strip().upper())
        if found is not None:
            number = int(found[2] or 1)
            if not 1 <= number * months <= MONTHS_A_YEAR:
                raise ValueError(text)
            first = date(int(found[1]), (number - 1) * months + 1, 1)
            return Period(found[0].replace("-", ""), first, add_months(first, months) - _DAY)
    raise ValueError(text)


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    return read_period(f"{day:%Y%m}")


def span(first: date, last: date) -> Period:
    """From one day to another, both counted; a period that has a name of its own gets it."""
    for name in (
        f"{first:%Y%m}",
        f"{first:%Y}Q{(first.month + 2) // 3}",
        f"{first:%Y}S{(first.month + 5) // 6}",
        f"{first:%Y}",
    ):
        if read_period(name)[1:] == (first, last):
            return read_period(name)
    return Period(f"{first}..{last}", first, last)


def months_in(period: Period) -> int | None:
    """How many whole calendar months it has; None where it begins or ends within one."""
    after = period.last + _DAY
    if period.first.day != 1 or after.day != 1:
        return None
    return (after.year - period.first.year) * MONTHS_A_YEAR + after.month - period.first.month


def before(period: Period) -> Period:
    """The one of the same length that ends the day before: so many months, or so many days."""
    months = months_in(period)
    days = period.last - period.first
    first = period.first - days - _DAY if months is None else add_months(period.first, -months)
    return span(first, period.first - _DAY)


def shown(period: Period) -> str:
    """Its name as people write it: 2026-10, 2026Q3."""
    return f"{period.name[:4]}-{period.name[4:]}" if re.fullmatch(r"\d{6}", period.name) else period.name
