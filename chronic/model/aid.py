"""Major illness: help with it, and where people were treated."""

from datetime import date
from typing import NamedTuple


class Rescue(NamedTuple):
    """大病专项救治 of one illness, `begun` or `ended` on a day."""

    illness: str
    state: str
    on: date
    institution: str | None = None


class Treated(NamedTuple):
    """Where somebody was treated; `in_county`: yes or no."""

    on: date
    in_county: str
    institution: str
    reason: str | None = None
