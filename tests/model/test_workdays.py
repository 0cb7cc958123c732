"""Working days: the week, what a year's holidays change of it, and where only the week is known."""

from datetime import date

import pytest

from chronic.model.workdays import Workdays, monday, week_name
from chronic.protocol.holidays import published, workdays

OURS = workdays()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-13", True),
        ("2026-02-14", True),  # a Saturday worked for the Spring Festival
        ("2026-02-15", False),
        ("2026-02-23", False),  # a Monday, the last day off
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-03-01", False),
        ("2026-01-03", False),
        ("2026-01-04", True),  # a Sunday worked for the New Year
        ("2026-09-20", True),
        ("2026-10-01", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2025-01-26", True),
        ("2025-10-08", False),
        ("2025-10-09", True),
        ("2024-05-11", True),
        ("2024-06-10", False),
        ("2024-10-12", True),
        ("2024-12-31", True),
        ("2025-01-01", False),
        ("2025-01-02", True),
    ],
)
def test_holidays_are_off_and_their_make_up_days_worked(day: str, works: bool) -> None:
    assert OURS.works(date.fromisoformat(day)) is works


@pytest.mark.parametrize(("year", "days", "off", "worked"), [(2024, 251, 28, 8), (2025, 248, 28, 5), (2026, 248, 33, 6)])
def test_the_year_adds_up(year: int, days: int, off: int, worked: int) -> None:
    """As many days off and worked as the notice of the year lists."""
    assert len(OURS.among(date(year, 1, 1), date(year, 12, 31))) == days
    assert sum(day.year == year for day in OURS.off) == off
    assert sum(day.year == year for day in OURS.worked) == worked


def test_every_year_names_its_notice() -> None:
    assert {year.year: year.cites[year.cite].source for year in published()} == {
        2024: "国办发明电〔2023〕7号", 2025: "国办发明电〔2024〕12号", 2026: "国办发明电〔2025〕7号",
    }  # fmt: skip


def test_only_weekends_are_known_of_a_year_nobody_published() -> None:
    across = OURS.among(date(2026, 12, 30), date(2027, 1, 5))
    assert [day.isoformat() for day in across] == [
        "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-04", "2027-01-05",
    ]  # fmt: skip
    assert OURS.unpublished(date(2026, 12, 1), date(2026, 12, 31)) == []
    assert OURS.unpublished(date(2026, 12, 31), date(2027, 1, 1)) == [2027]
    assert OURS.unpublished(date(2023, 12, 31), date(2024, 1, 1)) == [2023]


def test_the_first_working_day_after_may_lie_behind_a_long_holiday() -> None:
    assert OURS.after(date(2026, 2, 14)) == date(2026, 2, 24)
    assert OURS.after(date(2026, 9, 30)) == date(2026, 10, 8)
    assert Workdays().after(date(2026, 11, 20)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "first", "name"),
    [
        ("2026-11-22", "2026-11-16", "2026-W47"),
        ("2026-11-23", "2026-11-23", "2026-W48"),
        ("2027-01-03", "2026-12-28", "2026-W53"),
        ("2027-01-04", "2027-01-04", "2027-W01"),
        ("2024-12-30", "2024-12-30", "2025-W01"),
    ],
)
def test_a_week_begins_on_monday_and_its_year_may_differ(day: str, first: str, name: str) -> None:
    assert monday(date.fromisoformat(day)).isoformat() == first
    assert week_name(date.fromisoformat(day)) == name
