"""Periods by name and from day to day, and the one before."""

from datetime import date

import pytest

from chronic.model.period import before, month_of, months_in, read_period, shown, span


@pytest.mark.parametrize(
    ("name", "was"),
    [("2026-01", "2025-12"), ("2026Q1", "2025Q4"), ("2026S1", "2025S2"), ("2026", "2025"), ("202403", "2024-02")],
)
def test_the_period_before_is_one_of_the_same_length(name: str, was: str) -> None:
    assert shown(before(read_period(name))) == was


def test_days_that_are_no_whole_months_have_as_many_days_before_them() -> None:
    ten = span(date(2026, 3, 6), date(2026, 3, 15))
    assert before(ten)[1:] == (date(2026, 2, 24), date(2026, 3, 5))
    assert months_in(ten) is None
    two = span(date(2026, 2, 1), date(2026, 3, 31))
    assert months_in(two) == 2
    assert before(two)[1:] == (date(2025, 12, 1), date(2026, 1, 31))


def test_days_that_make_a_named_period_have_its_name() -> None:
    assert span(date(2026, 10, 1), date(2026, 10, 31)) == read_period("2026-10") == read_period("202610")
    assert span(date(2026, 7, 1), date(2026, 9, 30)).name == "2026Q3"
    assert span(date(2026, 7, 1), date(2026, 12, 31)).name == "2026S2"
    assert span(date(2026, 1, 1), date(2026, 12, 31)).name == "2026"
    assert span(date(2026, 1, 1), date(2026, 1, 2)).name == "2026-01-01..2026-01-02"
    assert month_of(date(2024, 2, 29))[1:] == (date(2024, 2, 1), date(2024, 2, 29))
    assert shown(read_period("2026Q3")) == "2026Q3"


@pytest.mark.parametrize(
    "name",
    [
        "202613",
        "202600",
        "2026Q5",
        "2026Q0",
        "2026S3",
        "0000",
        "26Q3",
        "2026W35",
        "",
        "2026-9",
        "2026-13",
        "2026-Q3",
    ],
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        read_period(name)


def test_periods_begin_and_end_where_they_say() -> None:
    assert read_period("202402")[1:] == (date(2024, 2, 1), date(2024, 2, 29))
    assert read_period("2026-09") == ("202609", date(2026, 9, 1), date(2026, 9, 30))
    assert read_period("2026q4") == ("2026Q4", date(2026, 10, 1), date(2026, 12, 31))
    assert read_period("2026S2")[1:] == (date(2026, 7, 1), date(2026, 12, 31))
    assert read_period("2026")[1:] == (date(2026, 1, 1), date(2026, 12, 31))
