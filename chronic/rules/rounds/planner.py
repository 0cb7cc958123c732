"""The plan: danger first, then the best of a few ways to fill the days, and the best of all where that is at hand."""

from collections.abc import Sequence
from datetime import date

from chronic.rules.rounds import exact, moving
from chronic.rules.rounds.board import Board
from chronic.rules.rounds.filling import fill
from chronic.rules.rounds.households import Household, Rounds


def rounds(waiting: Sequence[Household], days: Sequence[date], capacity: int, after: date) -> Rounds:
    """The households on these working days, at most `capacity` people a day; `after`: the first working day that
    follows them. Raises ValueError for a capacity below 1."""
    if capacity < 1:
        raise ValueError(capacity)
    if not days:
        return Rounds((), tuple(sorted(waiting, key=lambda each: (not each.danger, each.due, each.place))))
    urgent, others = [each for each in waiting if each.danger], [each for each in waiting if not each.danger]
    board = _best(urgent, others, days, capacity, after.toordinal())
    places = _places(waiting)
    on = (tuple(_in_order(its, places)) for its in board.on)
    left = sorted(board.left, key=lambda each: (each.due, each.place))
    return Rounds(tuple(zip(days, on, strict=True)), tuple(left))


def _best(urgent: list[Household], waiting: list[Household], days: Sequence[date], capacity: int, after: int) -> Board:
    ordinals = [day.toordinal() for day in days]
    first = capacity - sum(each.size for each in urgent)
    made = []

    def board() -> Board:
        empty = Board(ordinals, [max(first, 0), *(capacity for _ in ordinals[1:])], capacity, after)
        empty.on[0] += urgent
        return empty

    for together in (True, False):
        filled = board()
        fill(filled, waiting, together)
        moving.improve(filled)
        made.append(filled)
    best = min(made, key=Board.cost)
    if len(waiting) <= exact.MOST and best.cost()[:2] > _bound(board(), waiting):
        best = board()
        exact.best(best, waiting)
    return best


def _bound(board: Board, waiting: list[Household]) -> tuple[int, int]:
    """(left out, lateness) if households could be parted: no plan has less, whatever the days hold."""
    widest = max((board.capacity, *(each.size for each in waiting)))  # a household too big for a day makes room for itself
    rooms = (widest if room == board.capacity else room for room in board.rooms)
    slots = [day for day, room in zip(board.days, rooms, strict=True) for _ in range(room)]
    dues = sorted(due for each in waiting for due in each.due)
    days = [*slots, *(board.after for _ in dues)]
    danger = sum(each.lateness(board.days[0]) for each in board.on[0])
    late = sum(max(day - due, 0) for day, due in zip(days, dues, strict=False))
    return max(len(dues) - len(slots), 0), danger + late


def _in_order(its: list[Household], places: dict[object, int]) -> list[Household]:
    """Hamlet by hamlet: where there is danger first, and in its hamlet that household first."""
    urgent = {each.hamlet for each in its if each.danger}
    return sorted(its, key=lambda each: (each.hamlet not in urgent, places[each.hamlet], not each.danger, each.place))


def _places(waiting: Sequence[Household]) -> dict[object, int]:
    places: dict[object, int] = {}
    for each in waiting:
        places.setdefault(each.hamlet, len(places))
    return places
