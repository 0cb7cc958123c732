"""Is there enough to compute, does the model hold for it, and which step of a table does a value reach?"""

from collections.abc import Iterable
from math import floor
from typing import NamedTuple

from chronic.model.score import Known, Score, converted
from chronic.scores import Accept, Model, Step


class Gaps(NamedTuple):
    """Names of inputs that are unknown, and of those outside the model's range."""

    missing: tuple[str, ...]
    out_of_range: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.out_of_range)


def gaps(model: Model, known: Known) -> Gaps:
    """What keeps this model from answering."""
    needed = (*model.needs["all"], *model.needs.get(known.word("sex") or "", ()))
    return Gaps(tuple(name for name in needed if name not in known), outside(model, known))


def outside(model: Model, known: Known) -> tuple[str, ...]:
    """The inputs whose value the model does not accept."""
    by_input: dict[str, list[Accept]] = {}
    for accept in model.accept:
        by_input.setdefault(accept.input, []).append(accept)
    return tuple(name for name, accepts in by_input.items() if name in known and not _accepted(name, accepts, known))


def refused(model: Model, found: Gaps, *notes: str) -> Score:
    """No figure, and why."""
    return Score(model.id, None, None, found.missing, found.out_of_range, notes, cites=(model.id,))


def reached(value: float, steps: Iterable[Step]) -> Step:
    """The last step whose limit the value reaches."""
    return [step for step in steps if _reaches(value, step)][-1]


def sure(value: float | None) -> float:
    """A number that `gaps` has already found to be there."""
    assert value is not None
    return value


def sex(known: Known) -> str:
    """M or F, which `gaps` has already found to be there."""
    word = known.word("sex")
    assert word is not None
    return word


def in_unit(known: Known, name: str, unit: str) -> float:
    """A laboratory value that is there, in this unit, unrounded; a plain number as it is."""
    amount = known.amount(name)
    return sure(known.number(name) if amount is None else converted(name, amount, unit))


def half_up(value: float, decimals: int = 0) -> float:
    """Rounded half up, as the charts and the sites show it."""
    scale = float(10**decimals)
    return floor(value * scale + 1 / 2) / scale


def _reaches(value: float, step: Step) -> bool:
    if step.above is not None:
        return value > step.above
    return step.at_or_above is None or value >= step.at_or_above


def _accepted(name: str, accepts: list[Accept], known: Known) -> bool:
    """In the unit that was reported where the model has a range for it, else converted to the model's first unit."""
    amount = known.amount(name)
    if amount is None:
        accept, value = accepts[0], known.number(name)
        if name == "age" and value is not None:
            value = floor(value)
    else:
        accept = next((accept for accept in accepts if accept.unit == amount.unit), accepts[0])
        value = converted(name, amount, accept.unit)
    return value is not None and accept.low <= value <= accept.high
