"""The parts that make rounds, one by one: none may get worse, lose a household or miscount the room."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest

from chronic.rules.rounds import exact, households, moving
from chronic.rules.rounds.board import Board, Cost
from chronic.rules.rounds.filling import fill
from chronic.rules.rounds.households import Due, Household
from tests.rules.rounds import MONDAY, Instance, allowed, at_random, people

Plan = list[list[Household]]
"""The households of each day, those left out at the end."""


def empty(asked: Instance) -> Board:
    days = [day.toordinal() for day in asked.days]
    return Board(days, [asked.capacity for _ in days], asked.capacity, asked.after.toordinal())


def villages(seed: int, many: int, most: int) -> Iterator[tuple[Board, list[Household]]]:
    chance = random.Random(seed)
    for _ in range(many):
        asked = at_random(chance, most)
        yield empty(asked), list(households(people(asked)))


def cost(plan: Plan, board: Board) -> Cost:
    """What a plan costs, counted here from the dates alone."""
    *days, left = plan
    on = [*zip(board.days, days, strict=True), (board.after, left)]
    late = sum(max(day - due, 0) for day, its in on for each in its for due in each.due)
    waited = sum(board.after - due for each in left for due in each.due)
    return Cost(sum(len(each.due) for each in left), late, waited, sum(len({each.hamlet for each in its}) for its in days))


def total(boards: list[Board]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(cost([*board.on, board.left], board) for board in boards), strict=True)))


def is_whole(board: Board, waiting: list[Household]) -> bool:
    """Everyone once, no day too full, the room left over counted right."""
    placed = [*(each.place for its in board.on for each in its), *(each.place for each in board.left)]
    full = [sum(each.size for each in its) for its in board.on]
    return (
        sorted(placed) == sorted(each.place for each in waiting)
        and all(allowed([each.size for each in its], board.capacity) or not its for its in board.on)
        and board.rooms == [board.capacity - min(size, board.capacity) for size in full]
    )


@pytest.mark.parametrize(
    ("together", "filled", "improved"),
    [
        (True, (1133, 10064, 5941, 820), (1006, 9372, 5627, 821)),
        (False, (1130, 10046, 5912, 828), (1004, 9367, 5597, 827)),
    ],
)
def test_neither_filling_nor_moving_gets_worse(together: bool, filled: tuple[int, ...], improved: tuple[int, ...]) -> None:
    """(people left out, days late, days waited by those left out, trips) of three hundred villages."""
    boards = []
    for board, waiting in (*villages(7, 150, 30), *villages(8, 150, 10)):
        fill(board, waiting, together)
        assert is_whole(board, waiting)
        boards.append(board)
    assert total(boards) <= filled
    for board in boards:
        waiting = [*(each for its in board.on for each in its), *board.left]
        moving.improve(board)
        assert is_whole(board, waiting)
    assert total(boards) <= improved


def test_the_best_of_all_ways_is_found_down_to_the_trips() -> None:
    for board, waiting in villages(11, 120, 6):
        if len(waiting) > 4:
            continue
        ways = [
            [[each for each, at in zip(waiting, put, strict=True) if at == day] for day in range(len(board.days) + 1)]
            for put in product(range(len(board.days) + 1), repeat=len(waiting))
        ]
        fitting = [
            way for way in ways if all(allowed([each.size for each in its], board.capacity) or not its for its in way[:-1])
        ]
        exact.best(board, waiting)
        assert is_whole(board, waiting)
        assert cost([*board.on, board.left], board) == board.cost() == min(cost(way, board) for way in fitting)


def test_a_household_is_late_from_the_day_after_on() -> None:
    (home,) = households([Due(1, MONDAY, 1, "home"), Due(2, MONDAY + timedelta(days=2), 1, "home")])
    found = [(home.late(day), home.lateness(day)) for day in range(MONDAY.toordinal(), MONDAY.toordinal() + 4)]
    assert found == [(0, 0), (1, 1), (1, 2), (2, 4)]
