"""Filling the days one after another: the most urgent household first, and what is due in its hamlet with it."""

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from itertools import accumulate

from chronic.rules.rounds.board import Board
from chronic.rules.rounds.households import Household


def fill(board: Board, waiting: Sequence[Household], together: bool) -> None:
    """Put everyone waiting on a day, or among those left out. `together`: hamlets are kept together where that makes
    nobody late who need not be."""
    rest = _with_room(board, waiting)
    for day in range(len(board.days)):
        rest = _Day(board, day, rest, together).fill()
    placed = {each.place for its in board.on for each in its}
    for each in sorted((each for each in waiting if each.place not in placed), key=_by_deadline):
        for room in (day for day in range(len(board.days)) if board.fits(each, day)):
            board.put(each, room)
            break
        else:
            board.left.append(each)


def _by_deadline(household: Household) -> tuple[tuple[int, ...], int]:
    return household.due, household.place


def _with_room(board: Board, waiting: Sequence[Household]) -> list[Household]:
    """Whom the days have room for: where that is not everyone, those for whom waiting on costs most, then by deadline."""
    room = sum(board.rooms)
    if sum(min(each.size, board.capacity) for each in waiting) <= room or not board.days:
        return list(waiting)
    first = board.days[0]
    chosen = []
    for each in sorted(
        waiting, key=lambda each: (-(each.lateness(board.after) - each.lateness(first)) / each.size, *_by_deadline(each))
    ):
        size = min(each.size, board.capacity)
        if size <= room:
            room -= size
            chosen.append(each)
    return chosen


class _Day:
    """One day being filled. `urgent`: whose waiting until the next day would make somebody later."""

    def __init__(self, board: Board, day: int, rest: Sequence[Household], together: bool) -> None:
        self.board, self.day, self.together = board, day, together
        following = board.days[day + 1] if day + 1 < len(board.days) else board.after
        share = {each.place: each.late(following) / each.size for each in rest}
        self.order = sorted(rest, key=lambda each: (-share[each.place], *_by_deadline(each)))
        self.share = share
        self.taken: set[int] = set()
        self.slack = self._slack()
        self.mates: dict[Hashable, list[Household]] = {}
        for each in self.order:
            self.mates.setdefault(each.hamlet, []).append(each)
        urgent = sum(min(each.size, board.capacity) for each in rest if share[each.place])
        self.scarce = urgent > board.rooms[day]

    def fill(self) -> list[Household]:
        """Whoever is not on this day, in order."""
        for there in list(self.board.on[self.day]) if self.order else ():  # where open danger leads anyway
            self._take_mates(there.hamlet, self.order[0])
        for each in self.order:
            if not self.board.rooms[self.day]:
                break
            if self._take(each):
                self._take_mates(each.hamlet, each)
        return [each for each in self.order if each.place not in self.taken]

    def _take(self, household: Household) -> bool:
        if household.place in self.taken or not self.board.fits(household, self.day):
            return False
        self.board.put(household, self.day)
        self.taken.add(household.place)
        for day in range(self.day, self._deadline(household)):
            self.slack[day] -= household.size
        return True

    def _take_mates(self, hamlet: Hashable, with_: Household) -> None:
        for mate in self.mates.get(hamlet, ()) if self.together else ():
            if self._may_come(mate, with_):
                self._take(mate)

    def _may_come(self, mate: Household, with_: Household) -> bool:
        """Of several urgent ones too many for the day a neighbour comes only when as urgent; a later one while the
        days until its own have room to spare."""
        if self.share[mate.place]:
            return not self.scarce or self.share[mate.place] == self.share[with_.place]
        return all(self.slack[day] >= mate.size for day in range(self.day, self._deadline(mate)))

    def _deadline(self, household: Household) -> int:
        """The last day on which nobody of it is late, this day for whom that is over."""
        return max(bisect_right(self.board.days, household.due[0]) - 1, self.day)

    def _slack(self) -> list[int]:
        """Of each day: the room up to its end beyond what must be done by then."""
        must = [0] * len(self.board.days)
        for each in self.order:
            must[self._deadline(each)] += min(each.size, self.board.capacity)
        rooms = accumulate(self.board.rooms[self.day :], initial=0)
        needed = accumulate(must[self.day :], initial=0)
        return [0] * self.day + [room - need for room, need in zip(rooms, needed, strict=True)][1:]
