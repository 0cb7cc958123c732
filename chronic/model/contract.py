"""A family-doctor contract 家庭医生签约."""

from datetime import date
from typing import NamedTuple


class Contract(NamedTuple):
    """Between a person and a team. `start_on` and `last_on` are the first and the last day it counts; `ended_on`: the day
    from which it no longer does, because it was ended early."""

    team: str
    package: str
    start_on: date
    end_on: date
    ended_on: date | None = None
    reason: str | None = None
    last_on: date = date.min
    id: int = 0

    def counts_on(self, day: date) -> bool:
        """Is it in force on this day?"""
        return self.start_on <= day <= self.last_on
