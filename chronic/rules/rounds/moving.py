"""Making a filled plan better: a household moves to an earlier day with room, or two change places."""

from itertools import combinations, product

from chronic.rules.rounds.board import Board
from chronic.rules.rounds.households import Household

MOST = 100
"""Households of whom every two are tried: beyond, the days are full whatever their order."""


def improve(board: Board) -> None:
    """Until nothing makes fewer people left out, or anybody less late."""
    while _moved(board) or _made_room(board) or _exchanged(board):
        pass


def _placed(board: Board) -> list[tuple[int, Household]]:
    """Each household that may change its day, with the day; those left out come a day after the last."""
    days = [(day, each) for day, its in enumerate(board.on) for each in its if not each.danger]
    return [*days, *((len(board.days), each) for each in board.left)]


def _moved(board: Board) -> bool:
    """Move up, to the first day that has room for it, whatever saves most there; whether anything moved."""
    placed = _placed(board)
    for to, room in enumerate(board.rooms):
        if not room:
            continue
        saving = [
            ((day == len(board.days), board.lateness(each, day) - board.lateness(each, to)), -each.place, day, each)
            for day, each in placed
            if day > to and board.fits(each, to)
        ]
        best = max(saving, default=None)
        if best is not None and best[0] > (False, 0):
            *_, day, each = best
            _lift(board, each, day)
            _drop(board, each, to)
            return True
    return False


def _made_room(board: Board) -> bool:
    """Where the room left over lies on several days: somebody moves to another of them, for one who was left out."""
    days = [day for day, room in enumerate(board.rooms) if room]
    smallest = min(board.left, key=lambda each: (each.size, each.due, each.place), default=None)
    if smallest is None or smallest.size > sum(board.rooms):
        return False
    for to, other in product(days, days):
        for each in [each for each in board.on[to] if to != other and not each.danger and each.size <= board.rooms[other]]:
            if smallest.size <= board.rooms[to] + each.size <= board.capacity:
                board.take(each, to)
                board.put(each, other)
                _lift(board, smallest, len(board.days))
                board.put(smallest, to)
                return True
    return False


def _exchanged(board: Board) -> bool:
    """The first two that gain by changing places."""
    placed = _placed(board)
    if len(placed) > MOST:
        return False
    for (early, one), (late, other) in combinations(placed, 2):
        if early == late:
            continue
        if _gain(board, early, one, late, other) and _change(board, early, one, late, other):
            return True
    return False


def _gain(board: Board, early: int, one: Household, late: int, other: Household) -> bool:
    if late == len(board.days) and one.size > other.size:
        return False  # more people would be left out
    now = board.lateness(one, early) + board.lateness(other, late)
    then = board.lateness(one, late) + board.lateness(other, early)
    return then < now


def _change(board: Board, early: int, one: Household, late: int, other: Household) -> bool:
    _lift(board, one, early)
    _lift(board, other, late)
    if board.fits(other, early) and (late == len(board.days) or board.fits(one, late)):
        _drop(board, other, early)
        _drop(board, one, late)
        return True
    _drop(board, one, early)
    _drop(board, other, late)
    return False


def _lift(board: Board, household: Household, day: int) -> None:
    if day == len(board.days):
        board.left.remove(household)
    else:
        board.take(household, day)


def _drop(board: Board, household: Household, day: int) -> None:
    if day == len(board.days):
        board.left.append(household)
    else:
        board.put(household, day)
