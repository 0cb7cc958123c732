"""What the planner moves about: a household with the days its people are due."""

from collections.abc import Hashable, Iterable
from datetime import date
from typing import NamedTuple


class Due(NamedTuple):
    """One person who is to be visited. `hamlet` and `household` only ever say who goes together; `danger`: it is open."""

    person: int
    due_on: date
    hamlet: Hashable
    household: Hashable
    danger: bool = False


class Household(NamedTuple):
    """People met in one trip. `due`: ordinals of their days in order; `place` orders households that are alike."""

    people: tuple[int, ...]
    due: tuple[int, ...]
    hamlet: Hashable
    place: int
    danger: bool

    @property
    def size(self) -> int:
        return len(self.people)

    def lateness(self, on: int) -> int:
        """Days after their dates, of all its people, when it is visited on this day (an ordinal)."""
        return sum(on - due for due in self.due if due < on)

    def late(self, on: int) -> int:
        """How many of its people are late by then."""
        return sum(due < on for due in self.due)


class Rounds(NamedTuple):
    """`days`: each working day with its households, hamlet by hamlet; `left`: those for whom there was no room."""

    days: tuple[tuple[date, tuple[Household, ...]], ...]
    left: tuple[Household, ...]


def households(people: Iterable[Due]) -> list[Household]:
    """Whole households in the order in which their first member came; who is in danger stands first in theirs."""
    together: dict[Hashable, list[Due]] = {}
    for due in people:
        together.setdefault((due.hamlet, due.household), []).append(due)
    return [
        Household(
            tuple(due.person for due in sorted(members, key=lambda due: not due.danger)),
            tuple(sorted(due.due_on.toordinal() for due in members)),
            members[0].hamlet,
            place,
            any(due.danger for due in members),
        )
        for place, members in enumerate(together.values())
    ]
