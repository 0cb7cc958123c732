"""Days: reading the forms they are written in, ages, month arithmetic.

A guessing parser is unsafe here ("12" would become the 12th of this month), so only forms that can
be meant one way are read; everything else is an error the caller reports.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache

_WRITTEN = r"(\d{4})(?:[-/.、–—](\d{1,2})[-/.、–—](\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
_COMPACT = r"(\d{4})(\d{2})(\d{2})(?:\.0)?"
_IN_WORDS = r"([0-9〇零○一二三四五六七八九]{4})年([0-9一二三四五六七八九十]{1,3})月([0-9一二三四五六七八九十]{1,3})[日号]?"
_NUMERALS = {"〇": 0, "零": 0, "○": 0} | {numeral: n for n, numeral in enumerate("一二三四五六七八九十", 1)}
_AROUND_MARKS = r"(?<=[年月./、-])\s+|\s+(?=[年月日号./、-])"
_SPAN = r"(\d{1,4})([dwmy天周月年]?)"
_YEARS = range(1900, 2101)
MONTHS_A_YEAR = 12
DAYS_A_YEAR = 365


class FarYear(ValueError):
    """A day, but of a year that nobody in a register can mean."""


def parse_day(text: str) -> date:
    """The day written as 2026-3-5, 2026/3/5, 2026.3.5, 2026年3月5日, 二〇二六年三月五日 or 20260305.

    A time behind it is ignored.

    Raises ValueError for every other form and for days that do not exist, FarYear for years nobody can mean.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    match = re.fullmatch(_WRITTEN, text) or re.fullmatch(_COMPACT, text)
    if match is None:
        text = re.sub(_AROUND_MARKS, "", text)
        match = re.fullmatch(_WRITTEN, text) or re.fullmatch(_IN_WORDS, text)
    if match is None:
        raise ValueError(text)
    year, month, day = (_figure(part) for part in match.groups() if part is not None)
    found = date(year, month, day)
    if year not in _YEARS:
        raise FarYear(text)
    return found


def _figure(text: str) -> int:
    """十二, 二十, 三十一, 二〇二六 or 12 as a number. Raises ValueError for what is none, as 十十."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if ten:
        if len(tens) > 1 or len(ones) > 1 or "十" in tens:
            raise ValueError(text)
        return (_figure(tens) if tens else 1) * 10 + (_figure(ones) if ones else 0)
    return int("".join(str(_NUMERALS.get(character, character)) for character in text))


def parse_span(text: str) -> int:
    """Days in a span such as 14, 14d, 2w or 2周. Months and years have no fixed length and are refused."""
    match = re.fullmatch(_SPAN, unicodedata.normalize("NFKC", text).strip().lower())
    if match is None or (match[2] in "my月年" and match[2]):
        raise ValueError(text)
    return int(match[1]) * (7 if match[2] in ("w", "周") else 1)


def age_on(born: date, day: date) -> int:
    """Full years (周岁). Someone born on 29 February has the birthday on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def born_about(age: int, day: date) -> date:
    """A birth date for someone of whom only the age on a day is known: the middle of the year that it can be."""
    return birthday(day, -age) - timedelta(days=DAYS_A_YEAR // 2)


def birthday(born: date, age: int) -> date:
    """The day someone reaches this age; 29 February becomes 1 March in common years."""
    year = born.year + age
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


@lru_cache(maxsize=100_000)
def add_months(day: date, months: int) -> date:
    """The same day number so many months later, clipped to the month's end (30 Nov + 3 = 28 Feb)."""
    from dateutil.relativedelta import relativedelta

    return day + relativedelta(months=months)


def year_of(day: date) -> tuple[date, date]:
    """First and last day of the calendar year."""
    return date(day.year, 1, 1), date(day.year, 12, 31)


def quarter_of(day: date) -> tuple[date, date]:
    """First and last day of the calendar quarter."""
    last_month = 3 * _quarter(day)
    last = date(day.year, last_month, 30 if last_month in (6, 9) else 31)
    return date(day.year, last_month - 2, 1), last


def quarters_after(day: date) -> int:
    """How many quarters of the year follow the one of this day."""
    return 4 - _quarter(day)


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


def iso(day: date | None) -> str | None:
    """ISO text for storing and showing; None stays None."""
    return None if day is None else day.isoformat()


@lru_cache(maxsize=100_000)
def from_iso(text: str) -> date:
    """The day of an ISO text the registry wrote itself."""
    return date.fromisoformat(text)


def day_or_none(text: str | None) -> date | None:
    return None if text is None else from_iso(text)


def china_day(instant: datetime) -> date:
    """The business day of an instant (UTC): fixed UTC+8, because Windows has no zone data."""
    return (instant + timedelta(hours=8)).date()


def china_day_of(at: str) -> date:
    """The day of a `recorded_at` (UTC) on a calendar on the wall."""
    return china_day(datetime.fromisoformat(at))


def china_minute(at: str) -> str:
    """The instant of a `recorded_at` (UTC) as a clock on the wall shows it: 2026-11-21 02:10."""
    return (datetime.fromisoformat(at) + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")


def china_file(at: str) -> str:
    """The same to the second, for the name of a file: 2026-11-21-021059."""
    return (datetime.fromisoformat(at) + timedelta(hours=8)).strftime("%Y-%m-%d-%H%M%S")
