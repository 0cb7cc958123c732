"""Somebody moves from one village to another, or out of reach."""

from datetime import date
from typing import NamedTuple

ANSWERS = ("accepted", "declined", "withdrawn")
STATES = ("open", *ANSWERS, "overtaken", "left")
"""overtaken: another transfer of the person was accepted; left: to where nobody can answer."""


class Transfer(NamedTuple):
    """One transfer; places are place ids. `state_on`: the day of the answer that counts, else the day of the move."""

    number: int
    uid: str
    person: int
    from_place: int | None
    to_place: int | None
    outside: str | None
    moved_on: date
    reason: str | None
    state: str
    state_on: date
    answer_reason: str | None = None

    @property
    def open(self) -> bool:
        return self.state == "open"
