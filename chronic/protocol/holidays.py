"""Public holidays and make-up days of one year each: those that come with the program, and a county's own file.

The State Council publishes a year's holidays in the autumn before. A year without a file is known by its weekends only,
and whoever plans with it says so. A county's file stands in the place of the year's own.
"""

import os
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache

from chronic.errors import ValueRefused
from chronic.model.workdays import Workdays
from chronic.protocol.reading import FOLDER, table_of, whole
from chronic.protocol.sections import Cite, Names, Section


class Holiday(Section):
    """One stretch off, both days included, and the weekend days `work`ed for it."""

    name: Names
    first: date
    last: date
    work: list[date] = []  # noqa: RUF012 (never changed: a section has no setter)


class Holidays(Section):
    """One year. Days of the December before may stand in it."""

    year: int
    cite: str
    holiday: list[Holiday]
    cites: dict[str, Cite]


def workdays(files: Iterable[str] = ()) -> Workdays:
    """The published years, with these files in the place of theirs. Raises ValueRefused (`holidays.*`)."""
    years = {known.year: known for known in (*published(), *map(_own, files))}
    stretches = [(year, each) for year in years.values() for each in year.holiday]
    off = (day for _, each in stretches for day in _days(each))
    worked = (day for _, each in stretches for day in each.work)
    return Workdays(frozenset(off), frozenset(worked), frozenset(years))


@cache
def published() -> tuple[Holidays, ...]:
    """The years that come with the program, the oldest first."""
    folder = os.path.join(FOLDER, "holidays")
    read = (whole(Holidays, table_of(os.path.join(folder, name))) for name in os.listdir(folder) if name.endswith(".toml"))
    return tuple(sorted(read, key=lambda known: known.year))


def _own(path: str) -> Holidays:
    """A county's file, every day of it possible."""
    try:
        year = whole(Holidays, table_of(path))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem: object = error.strerror if isinstance(error, OSError) else error
        raise ValueRefused("holidays.unreadable", path=path, problem=problem) from None
    except ValueRefused as error:
        raise ValueRefused("holidays.key", path=path, key=error.values["key"], problem=error.values["problem"]) from None
    for key, problem in _wrong(year):
        raise ValueRefused("holidays.key", path=path, key=key, problem=problem)
    return year


def _wrong(year: Holidays) -> Iterator[tuple[str, object]]:
    """(key, what stands there) of days that cannot be meant."""
    for number, each in enumerate(year.holiday, 1):
        begins = (each.first.year, each.first.month)
        if begins < (year.year - 1, 12) or each.first > each.last or each.last.year > year.year:
            yield f"holiday.{number}.last", f"{each.first} - {each.last}"
            return  # its days may be a whole age
    off = {day for each in year.holiday for day in _days(each)}
    for number, each in enumerate(year.holiday, 1):
        for day in each.work:
            if day in off or day.isoweekday() not in (6, 7) or day.year not in (year.year - 1, year.year):
                yield f"holiday.{number}.work", day


def _days(each: Holiday) -> list[date]:
    return [each.first + timedelta(days=number) for number in range((each.last - each.first).days + 1)]
