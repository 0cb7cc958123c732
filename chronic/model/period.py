"""A reporting period by its name: 202609, 2026Q3, 2026S2 or 2026."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from chronic.model.days import MONTHS_A_YEAR, add_months

_SHAPES = {r"(\d{4})(\d\d)": 1, r"(\d{4})Q(\d)": 3, r"(\d{4})S(\d)": 6, r"(\d{4})()": MONTHS_A_YEAR}
"""How a name reads (year, number in it), and how many months such a period has."""


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
            return Period(found[0], first, add_months(first, months) - timedelta(days=1))
    raise ValueError(text)
