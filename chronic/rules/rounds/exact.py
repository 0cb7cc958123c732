"""The best plan of a few households, by looking at every way to spread them over the days."""

from collections.abc import Iterator, Sequence

from chronic.rules.rounds.board import Board, Cost
from chronic.rules.rounds.households import Household

MOST = 10
"""Households: each more makes it three times the work."""
_NOTHING = Cost(0, 0, 0, 0)


def best(board: Board, waiting: Sequence[Household]) -> None:
    """Put everyone waiting on the best day. No day is used beyond as many as there are households: whatever lies later
    could be moved up."""
    days = range(min(len(board.days), len(waiting) + sum(1 for its in board.on if its)))
    everyone = (1 << len(waiting)) - 1
    found: dict[int, tuple[Cost, tuple[int, ...]]] = {everyone: (_NOTHING, ())}
    """Who is still waiting -> the least cost so far, and who was put on each day."""
    for day in days:
        following: dict[int, tuple[Cost, tuple[int, ...]]] = {}
        fitting = _fitting(board, day, waiting)
        for rest, (cost, put) in found.items():
            for chosen in _parts(rest):
                more = fitting.get(chosen)
                if more is None:
                    continue
                after, total = rest ^ chosen, _sum(cost, more)
                known = following.get(after)
                if known is None or total < known[0]:
                    following[after] = (total, (*put, chosen))
        found = following
    _, put, rest = min((_closed(board, waiting, rest, cost), put, rest) for rest, (cost, put) in found.items())
    for day, chosen in enumerate(put):
        for each in _of(waiting, chosen):
            board.put(each, day)
    board.left += _of(waiting, rest)


def _closed(board: Board, waiting: Sequence[Household], rest: int, cost: Cost) -> Cost:
    """With those who wait to the end left out."""
    left = Board((), (), board.capacity, board.after)
    left.left = _of(waiting, rest)
    return _sum(cost, left.cost())


def _fitting(board: Board, day: int, waiting: Sequence[Household]) -> dict[int, Cost]:
    """Every set of households with room on this day, and what it costs there."""
    sets = {0: (_NOTHING, board.rooms[day])}
    there = {each.hamlet for each in board.on[day]}
    for number, each in enumerate(waiting):
        big = each.size > board.capacity
        late = each.lateness(board.days[day])
        for chosen, (cost, room) in list(sets.items()):
            if (room < board.capacity or not board.fits(each, day)) if big else each.size > room:
                continue
            new = each.hamlet not in there and all(each.hamlet != other.hamlet for other in _of(waiting, chosen))
            more = Cost(0, late, 0, int(new))
            sets[chosen | 1 << number] = (_sum(cost, more), 0 if big else room - each.size)
    return {chosen: cost for chosen, (cost, _) in sets.items()}


def _parts(whole: int) -> Iterator[int]:
    """Every set within a set of bits, the whole first."""
    part = whole
    while part:
        yield part
        part = (part - 1) & whole
    yield 0


def _of(waiting: Sequence[Household], chosen: int) -> list[Household]:
    return [each for number, each in enumerate(waiting) if chosen >> number & 1]


def _sum(one: Cost, other: Cost) -> Cost:
    return Cost(one.left + other.left, one.lateness + other.lateness, one.waiting + other.waiting, one.trips + other.trips)
