"""Reading days and spans, ages, and month arithmetic."""

from datetime import UTC, date, datetime

import pytest

from chronic.model.days import add_months, age_on, china_day, day_or_none, from_iso, iso, parse_day, parse_span


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05", "2026-3-5", "2026/3/5", "2026/03/05", "2026.3.5", "2026.03.05", "20260305",
        "2026年3月5日", "2026年03月05日", "2026年3月5",
        "２０２６-０３-０５", "２０２６年３月５日", "２０２６－３－５",
        "２０２６／３／５", "２０２６．３．５", "２０２６０３０５",
        " 2026-3-5 ", "\u30002026-3-5\n",
        "2026-03-05 10:20", "2026-03-05 9:05", "2026-03-05T10:20",
        "2026-03-05T10:20:30", "2026/3/5 0:00:00", "2026年3月5日 10:20",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form_that_can_be_meant_one_way(text: str) -> None:
    assert parse_day(text) == date(2026, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "12", "5", "24-3-5", "24-03-05",
        "5/3/24", "5/3/2024", "05-03-2024", "3/5", "3月5日", "24年3月5日",
        "1950", "195003", "2026-03", "2026年3月", "2026年",
        "260305", "2026035", "202603050", "44260", "44260.5",
        "2026-3-", "2026--3-5", "2026-3-5-", "2026-003-05",
        "2026 3 5", "2026,3,5", "2026年3-5", "2026-3月5日", "-2026-3-5",
        "2026-3-5x", "2026-3-5 am", "2026-3-5 10", "2026-3-5 10:2", "2026-3-5T",
        "今天", "today", "yesterday", "未知", "None",
    ],
)  # fmt: skip
def test_a_form_that_could_be_meant_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30", "2026-02-29", "1900-02-29", "20260229",
        "2026年2月30日", "2026-04-31", "2026-13-01", "2026-00-10",
        "2026-01-00", "2026-1-32", "0000-01-01", "20261301", "00000000",
    ],
)  # fmt: skip
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text)


@pytest.mark.parametrize("text", ["2024-02-29", "2000-02-29", "20240229", "2024年2月29日"])
def test_29_february_exists_in_leap_years(text: str) -> None:
    assert (parse_day(text).month, parse_day(text).day) == (2, 29)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("14", 14), ("14d", 14), ("14D", 14), ("14天", 14),
        ("2w", 14), ("2W", 14), ("2周", 14), ("１４天", 14), (" 2w ", 14),
        ("0", 0), ("0w", 0), ("1", 1), ("007", 7), ("9999", 9999),
    ],
)  # fmt: skip
def test_a_span_is_days_or_weeks(text: str, days: int) -> None:
    assert parse_span(text) == days


@pytest.mark.parametrize("text", ["3m", "3月", "3个月", "1y", "1年", "3M", "1Y"])
def test_a_span_of_months_or_years_is_refused_because_it_has_no_fixed_length(text: str) -> None:
    with pytest.raises(ValueError):
        parse_span(text)


@pytest.mark.parametrize(
    "text", ["", " ", "d", "周", "-3", "+3", "1.5", "1.5w", "10000", "14 d", "14dd", "14h", "14星期", "two", "1w2d"]
)
def test_a_span_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_span(text)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("1961-09-01", "2026-08-31", 64),
        ("1961-09-01", "2026-09-01", 65),
        ("1961-09-01", "2026-09-02", 65),
        ("1961-12-31", "2026-01-01", 64),
        ("1961-01-01", "2026-12-31", 65),
        ("2026-03-05", "2026-03-05", 0),
        ("2025-03-05", "2026-03-04", 0),
    ],
)
def test_age_is_counted_in_full_years_and_changes_on_the_birthday(born: str, day: str, age: int) -> None:
    assert age_on(from_iso(born), from_iso(day)) == age


@pytest.mark.parametrize(
    ("day", "age"),
    [("2025-02-28", 64), ("2025-03-01", 65), ("2028-02-28", 67), ("2028-02-29", 68), ("2028-03-01", 68)],
)
def test_someone_born_on_29_february_has_the_birthday_on_1_march_in_common_years(day: str, age: int) -> None:
    assert age_on(date(1960, 2, 29), from_iso(day)) == age


def test_age_on_29_february_counts_the_birthday_of_the_day_before() -> None:
    assert age_on(date(1959, 2, 28), date(2024, 2, 29)) == 65
    assert age_on(date(1959, 3, 1), date(2024, 2, 29)) == 64


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        ("2026-03-05", 3, "2026-06-05"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-05-31", 1, "2026-06-30"),
        ("2026-10-31", 3, "2027-01-31"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-03-05", 0, "2026-03-05"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
    ],
)
def test_months_later_is_the_same_day_number_clipped_to_the_end_of_the_month(day: str, months: int, due: str) -> None:
    assert add_months(from_iso(day), months) == from_iso(due)


def test_clipping_is_not_carried_on_because_each_date_is_counted_from_its_own_day() -> None:
    assert add_months(date(2026, 1, 31), 2) == date(2026, 3, 31)
    assert add_months(add_months(date(2026, 1, 31), 1), 1) == date(2026, 3, 28)


def test_iso_text_and_days_go_there_and_back() -> None:
    assert iso(date(2026, 3, 5)) == "2026-03-05"
    assert from_iso("2026-03-05") == date(2026, 3, 5)


def test_no_day_stays_no_day() -> None:
    assert iso(None) is None
    assert day_or_none(None) is None
    assert day_or_none("2026-03-05") == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("hour", "minute", "day"),
    [(0, 0, "2026-03-05"), (15, 59, "2026-03-05"), (16, 0, "2026-03-06"), (23, 59, "2026-03-06")],
)
def test_the_business_day_begins_at_16_hours_utc(hour: int, minute: int, day: str) -> None:
    assert china_day(datetime(2026, 3, 5, hour, minute, tzinfo=UTC)) == from_iso(day)
