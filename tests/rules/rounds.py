"""Small rounds by hand: made at random, and the best plan found by trying everything.

It knows nothing of the planner's own code but its input and its answer.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from chronic.rules.rounds import Due, Rounds, households, rounds

MONDAY = date(2026, 11, 23)


class Instance(NamedTuple):
    """`homes`: (hamlet, the days its people are due) of each household."""

    homes: tuple[tuple[int, tuple[date, ...]], ...]
    days: tuple[date, ...]
    capacity: int
    after: date


class Score(NamedTuple):
    """Fewer people left out counts more than any lateness; who is left out is counted as seen on the day after."""

    left: int
    lateness: int


def people(asked: Instance) -> list[Due]:
    """Numbered from 1, household by household."""
    everyone = [(hamlet, home, day) for home, (hamlet, days) in enumerate(asked.homes) for day in days]
    return [Due(number, day, hamlet, home) for number, (hamlet, home, day) in enumerate(everyone, 1)]


def made(asked: Instance) -> Rounds:
    return rounds(households(people(asked)), asked.days, asked.capacity, asked.after)


def score(found: Rounds, asked: Instance) -> Score:
    """What a plan costs, from the people's own dates."""
    due = {each.person: each.due_on for each in people(asked)}
    seen = {person: day for day, its in found.days for each in its for person in each.people}
    lateness = sum(max((seen.get(person, asked.after) - day).days, 0) for person, day in due.items())
    return Score(len(due) - len(seen), lateness)


def best(asked: Instance) -> Score:
    """The best of every way to give each household a day or none."""
    homes = [days for _, days in asked.homes]
    found = Score(sum(map(len, homes)) + 1, 0)
    loads: list[list[int]] = [[] for _ in asked.days]

    def spread(home: int, so_far: Score) -> None:
        nonlocal found
        if so_far >= found:
            return
        if home == len(homes):
            found = so_far
            return
        for day, load in zip(asked.days, loads, strict=True):
            if allowed([*load, len(homes[home])], asked.capacity):
                load.append(len(homes[home]))
                spread(home + 1, Score(so_far.left, so_far.lateness + late(homes[home], day)))
                load.pop()
        spread(home + 1, Score(so_far.left + len(homes[home]), so_far.lateness + late(homes[home], asked.after)))

    spread(0, Score(0, 0))
    return found


def allowed(sizes: Sequence[int], capacity: int) -> bool:
    """A day holds as many people as it has room for, or one household that is more than that."""
    return sum(sizes) <= capacity or len(sizes) == 1


def late(dues: Sequence[date], day: date) -> int:
    return sum(max((day - due).days, 0) for due in dues)


def at_random(chance: random.Random, most: int = 8) -> Instance:
    """Up to `most` people in households of 1 to 4, room for 1 to 4 a day, gaps between days, some overdue already."""
    days = [MONDAY]
    for _ in range(chance.randint(1, 6)):
        days.append(days[-1] + timedelta(days=chance.choice((1, 1, 1, 2, 3, 8))))
    *days, after = days
    span, homes, waiting = (days[-1] - MONDAY).days, [], chance.randint(1, most)
    while waiting:
        size = min(waiting, chance.randint(1, 4))
        waiting -= size
        dues = (MONDAY + timedelta(days=chance.randint(chance.choice((-5, 0)), span)) for _ in range(size))
        homes.append((chance.randrange(3), tuple(dues)))
    return Instance(tuple(homes), tuple(days), chance.randint(1, 4), after)
