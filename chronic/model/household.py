"""Households: the people whom the register has under one village, hamlet and household number."""

from datetime import date
from typing import NamedTuple


class Home(NamedTuple):
    """Where a household is: place ids and its number."""

    village: int
    hamlet: int | None
    household_no: str


class Household(NamedTuple):
    """What was said last of a household; `id` is None where nothing ever was."""

    home: Home
    id: int | None = None
    head: str | None = None
    """uid of the person."""
    staff: str | None = None
    """帮包人."""
    address: str | None = None
    tags: tuple[str, ...] = ()


class Walk(NamedTuple):
    """走访: one call at a household. `need` what they need, `done` what was done on the spot."""

    visited_on: date
    staff: str | None = None
    need: str | None = None
    done: str | None = None
    id: int = 0
    settled_on: date | None = None
