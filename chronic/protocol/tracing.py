"""When to call somebody again, and when to propose a pause."""

from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Section

_AGAIN = ("came_already", "not_reached", "wrong_number", "has_medicine", "seen_elsewhere", "refused", "other")
"""Outcomes of a call that may leave the day of the next one open."""


class Wait(Section):
    """So long after something."""

    cite: str
    within: Interval


class PauseRule(Section):
    """A pause is proposed after failed attempts on so many days in a row, the first so long ago."""

    cite: str
    attempts: int
    over: Interval


class Recall(Book):
    """Calling back. `again`: until the next attempt, by outcome; `promise`: after the day promised; `contact`: after a
    contact that settled nothing; `danger`: at the latest, while one is open; `longest`: the furthest date one may set."""

    table = "tracing"

    again: dict[str, Wait]
    promise: Wait
    contact: Wait
    danger: Wait
    longest: Wait
    pause: PauseRule
    cites: dict[str, Cite]

    def wrong(self) -> list[tuple[str, str]]:
        return [("again", word) for word in set(self.again) ^ set(_AGAIN)]
