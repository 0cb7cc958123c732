"""Remembering what was said of a value: a sheet has the same few values, and the same people, again and again."""

from collections.abc import Callable, Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(dict[K, V]):
    """`memo[key]` is `ask(key)`, asked once. Bounded: a hostile file has a million different values; when it is full it
    forgets everything. Keys that are equal (1 and 1.0) must mean the same to `ask`."""

    def __init__(self, ask: Callable[[K], V], limit: int) -> None:
        super().__init__()
        self._ask, self._limit = ask, limit

    def __missing__(self, key: K) -> V:
        if len(self) >= self._limit:
            self.clear()
        self[key] = found = self._ask(key)
        return found
