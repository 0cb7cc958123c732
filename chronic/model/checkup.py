"""A health check-up 健康体检: whose, when, and what was filled in."""

from datetime import date
from typing import NamedTuple

Values = dict[str, object]
"""Canonical column -> value as `model.fields` has it; blank fields are not there."""


class Checkup(NamedTuple):
    """One form. `id` is local to the file, `uid` travels. `warnings`: codes shown when it was recorded."""

    person: int
    checkup_date: date
    values: Values
    uid: str = ""
    id: int = 0
    warnings: tuple[str, ...] = ()


class Measured(NamedTuple):
    """A value with the day it was measured and where it stands: `visit` or `checkup`."""

    value: object
    on: date
    where: str
