"""Medicines as they are recorded: supplies and stops, and what follows from them."""

from datetime import date
from typing import NamedTuple

KINDS = ("supply", "stop")


class Entry(NamedTuple):
    """A supply of so many `days`, or that a medicine was stopped. `name` as it was written; `amount` in words, as 2盒;
    `number` and `uid` are the row's."""

    kind: str
    name: str
    on: date
    days: int | None = None
    amount: str | None = None
    reason: str | None = None
    number: int = 0
    uid: str = ""


class Course(NamedTuple):
    """One medicine that is being supplied. `run_out_on` is the first day with nothing left; `name` and `last_on` are
    those of the latest supply."""

    key: str
    name: str
    since_on: date
    last_on: date
    run_out_on: date


class Taken(NamedTuple):
    """One medicine a person takes, as far as is recorded: supplied and not stopped, or named in the latest list of a
    visit. `names`: as it is written there; `run_out_on` None where no supply was recorded; `left_out_on`: the day of a
    later list that does not name it."""

    key: str
    names: tuple[str, ...]
    since_on: date
    run_out_on: date | None = None
    left_out_on: date | None = None
    last_on: date | None = None
    """The latest day that speaks for it: a supply, or a list."""


def names_in(text: str) -> list[str]:
    """The names in a list of medicines: `name, per day, each, unit; name; …`."""
    names = (part.partition(",")[0].strip() for part in text.split(";"))
    return [name for name in names if name]
