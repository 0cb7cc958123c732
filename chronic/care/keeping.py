"""Whose value counts where a sheet says something else than the register: the sheet's, the register's, the newer one's,
or what somebody answers, field by field.

A blank never stands against a value, on either side; what fills a blank is no disagreement.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.manage import Change
from chronic.model.days import china_day_of
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.person import Person
from chronic.model.plan import Problem
from chronic.store import people

OURS, THEIRS, UNKNOWN = "ours", "theirs", "unknown"
BLANK = (None, "", "unknown")
"""What of the register is no value."""
_OF_STAYS = ("enrolled_on", "diagnosed_on", "ended_on", "end_reason")
_TOGETHER = {"closed_reason": "closed_on"}
"""Fields that go with another one."""


class Difference(NamedTuple):
    """One field of one person: what the register has, what the row says, and the day the row gives for itself."""

    person: int
    name: str
    column: str
    ours: object
    theirs: object
    dated: date | None = None

    @property
    def row(self) -> tuple[int, str, object]:
        """What makes it the same question again."""
        return self.person, self.column, self.theirs


Keep = Callable[[Difference], str]


class Settled(NamedTuple):
    """What of a row is taken over; what was kept against it; what nobody could decide."""

    said: dict[str, object]
    kept: tuple[Difference, ...]
    undecided: tuple[Problem, ...]


def theirs(_difference: Difference) -> str:
    return THEIRS


def ours(_difference: Difference) -> str:
    return OURS


def newer(desk: Desk) -> Keep:
    """By the day of the row and the day the register's value was recorded; the same day decides nothing."""

    def keep(found: Difference) -> str:
        recorded = china_day_of(people.recorded(desk.db, found.person, found.column, found.ours))
        if found.dated is None or found.dated == recorded:
            return UNKNOWN
        return THEIRS if found.dated > recorded else OURS

    return keep


def settle(keep: Keep, known: Person | None, said: dict[str, object], dated: date | None) -> Settled:
    """Decide every field of a row that disagrees with the register."""
    if known is None or keep is theirs:
        return Settled(said, (), ())
    taken, kept, undecided = dict(said), [], []
    decided: dict[str, str] = {}
    for column, value in said.items():
        before = getattr(known, column)
        if before in BLANK or before == value:
            continue
        found = Difference(known.id, known.name, column, before, value, dated)
        whose = decided.get(_TOGETHER.get(column, "")) or keep(found)
        decided[column] = whose
        if whose == UNKNOWN:
            undecided.append(Problem("keep.undated", column, value, _masked(column, before)))
        elif whose == OURS:
            del taken[column]
            kept.append(found)
    return Settled(taken, tuple(kept), tuple(undecided))


def settle_stays(
    keep: Keep, known: Person | None, changes: Sequence[Change], dated: date | None
) -> tuple[list[Change], tuple[Difference, ...], tuple[Problem, ...]]:
    """The same for the dates of enrolments. A beginning that was only assumed is no value to keep."""
    if known is None or keep is theirs:
        return list(changes), (), ()
    taken, kept, undecided = [], [], []
    for old, new in changes:
        for part in _OF_STAYS if old is not None else ():
            before, value = getattr(old, part), getattr(new, part)
            if before is None or before == value or (part == "enrolled_on" and old is not None and old.assumed):
                continue
            column = f"{new.programme}_{part}"
            found = Difference(known.id, known.name, column, before, value, dated)
            whose = keep(found)
            if whose == UNKNOWN:
                undecided.append(Problem("keep.undated", column, value, before))
            elif whose == OURS:
                new = new._replace(**{part: before})
                kept.append(found)
        taken += [Change(old, new)] if new != old else []
    return taken, tuple(kept), tuple(undecided)


def _masked(column: str, value: object) -> object:
    """The register's value as it may stand in a file of refused rows."""
    hide = {"id_number": masked_id, "phone": masked_phone}.get(column)
    return hide(str(value)) if hide else value
