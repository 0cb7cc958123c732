"""Calling people back: one attempt, and where the attempts have led."""

from datetime import date
from typing import NamedTuple

FAILED = ("not_reached", "wrong_number")
"""Outcomes of an attempt that reached nobody."""
ENDS = ("died", "moved", "refused")
"""Outcomes that end management once the fact is recorded with its day; never before."""


class Call(NamedTuple):
    """One attempt, ordered by day, on one day by uid. `promised_on`: agreed to come on this day; `next_call_on`: the day
    somebody chose to call again."""

    on: date
    uid: str
    outcome: str
    way: str = "phone"
    promised_on: date | None = None
    next_call_on: date | None = None
    note: str | None = None


class Tracing(NamedTuple):
    """What follows from the attempts since the last contact; the day decides the rest.

    Nobody is called before `next_call_on`, a promise is broken after `promised_on`, a pause is proposed from `pause_on`
    on. `told`: what the last attempt came to; `ends`: the same, where it would end management and nobody has recorded
    that yet.
    """

    calls: int = 0
    next_call_on: date | None = None
    promised_on: date | None = None
    pause_on: date | None = None
    told: str | None = None
    last_call_on: date | None = None
    ends: str | None = None


NOT_CALLED = Tracing()


class Opinion(NamedTuple):
    """What somebody says of the service. At least one of the last three is given."""

    on: date
    way: str = "phone"
    satisfaction: str | None = None
    complaint: str | None = None
    suggestion: str | None = None
    number: int = 0
    uid: str = ""

    @property
    def to_handle(self) -> bool:
        """Does it ask for anything to be done?"""
        return bool(self.complaint or self.suggestion) or self.satisfaction == "dissatisfied"
