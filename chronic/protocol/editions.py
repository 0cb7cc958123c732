"""Which guideline judges which day."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

from chronic.protocol.reading import load
from chronic.protocol.sections import Protocol


class Editions:
    """Which protocol judges a day: the latest one in force on it; before the first, the first."""

    def __init__(self, in_force: Iterable[tuple[date, Protocol]]) -> None:
        rows = sorted(in_force, key=lambda row: row[0])
        self._later = [day for day, _ in rows[1:]]
        self._protocols = [protocol for _, protocol in rows]

    def on(self, day: date) -> Protocol:
        return self._protocols[bisect_right(self._later, day)]

    def named(self, protocol: str) -> Protocol:
        """The edition a stored verdict names."""
        return next((known for known in self._protocols if known.id == protocol), None) or load(protocol)
