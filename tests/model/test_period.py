"""A reporting period by its name."""

from datetime import date

import pytest

from chronic.model.period import read_period


@pytest.mark.parametrize(
    "name", ["202613", "202600", "2026Q5", "2026Q0", "2026S3", "0000", "26Q3", "2026W35", "", "2026-09"]
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        read_period(name)


def test_periods_begin_and_end_where_they_say() -> None:
    assert read_period("202402")[1:] == (date(2024, 2, 1), date(2024, 2, 29))
    assert read_period("2026q4") == ("2026Q4", date(2026, 10, 1), date(2026, 12, 31))
    assert read_period("2026S2")[1:] == (date(2026, 7, 1), date(2026, 12, 31))
    assert read_period("2026")[1:] == (date(2026, 1, 1), date(2026, 12, 31))
