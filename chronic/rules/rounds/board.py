"""The board of a plan being made: days with room, the households on them, and what all of it costs."""

from collections.abc import Sequence
from typing import NamedTuple

from chronic.rules.rounds.households import Household


class Cost(NamedTuple):
    """What is to be small, most important first. `lateness` in days; `waiting`: how long those left out have been due."""

    left: int
    lateness: int
    waiting: int
    trips: int
    """Hamlets, counted once a day."""


class Board:
    """`days` are ordinals, `rooms` how many people fit on each; `after` is the day those left out are counted on.

    A household with more people than `capacity` takes a whole day on which nobody else is.
    """

    def __init__(self, days: Sequence[int], rooms: Sequence[int], capacity: int, after: int) -> None:
        self.days, self.after, self.capacity = days, after, capacity
        self.rooms = list(rooms)
        self.on: list[list[Household]] = [[] for _ in days]
        self.left: list[Household] = []

    def fits(self, household: Household, day: int) -> bool:
        if household.size > self.capacity:
            return self.rooms[day] == self.capacity
        return household.size <= self.rooms[day]

    def put(self, household: Household, day: int) -> None:
        self.on[day].append(household)
        self.rooms[day] -= min(household.size, self.capacity)

    def take(self, household: Household, day: int) -> None:
        self.on[day].remove(household)
        self.rooms[day] += min(household.size, self.capacity)

    def lateness(self, household: Household, day: int) -> int:
        return household.lateness(self.days[day] if day < len(self.days) else self.after)

    def cost(self) -> Cost:
        placed = sum(each.lateness(day) for day, its in zip(self.days, self.on, strict=True) for each in its)
        return Cost(
            sum(each.size for each in self.left),
            placed + sum(each.lateness(self.after) for each in self.left),
            sum(self.after - due for each in self.left for due in each.due),
            sum(len({each.hamlet for each in its}) for its in self.on),
        )
