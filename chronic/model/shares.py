"""Percentages that people add up on paper: the parts of a whole, rounded so that they sum to exactly 100."""

from collections.abc import Sequence

PER_MILLE = 1000
"""One decimal of a per cent."""


def shares(counts: Sequence[int], whole: int = PER_MILLE) -> list[int]:
    """`whole` (tenths of a per cent) shared out in proportion to `counts`, by largest remainder (最大余额法).

    Each part is its exact value rounded down or up; where remainders are equal the larger count and then the earlier one
    is rounded up. All zero where nothing was counted. Counts are not negative.
    """
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    parts = [count * whole // total for count in counts]
    left = whole - sum(parts)
    by_remainder = sorted(range(len(counts)), key=lambda at: (-(counts[at] * whole % total), -counts[at], at))
    for at in by_remainder[:left]:
        parts[at] += 1
    return parts


def percentages(counts: Sequence[int]) -> list[float | None]:
    """The same in per cent with one decimal; None for each where there is no whole."""
    if not sum(counts):
        return [None] * len(counts)
    return [share / 10 for share in shares(counts)]


def rate(part: int, whole: int) -> float | None:
    """Per cent with one decimal, halves up, reckoned in whole numbers; None where nobody is counted."""
    return None if not whole else (2 * part * PER_MILLE + whole) // (2 * whole) / 10
