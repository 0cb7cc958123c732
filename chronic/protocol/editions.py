"""Which guideline judges which day."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import zip_longest

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

    def spans(self, first: date, last: date) -> Iterator[tuple[Protocol, date, date]]:
        """Each protocol with the first and the last day it judges, of the days from `first` to `last`."""
        begun = [first]
        for day in self._later:
            if first < day <= last and self.on(day) is not self.on(begun[-1]):
                begun.append(day)
        for day, after in zip_longest(begun, begun[1:]):
            yield self.on(day), day, last if after is None else after - timedelta(days=1)

    def named(self, protocol: str) -> Protocol:
        """The edition a stored verdict names."""
        return next((known for known in self._protocols if known.id == protocol), None) or load(protocol)
