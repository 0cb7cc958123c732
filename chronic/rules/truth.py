"""What a body of readings tells of how they were written down: which last digits, and how many just under a limit."""

from collections.abc import Sequence
from math import log, sqrt
from typing import NamedTuple

from chronic.rules.chance import above, chi_square_above

_HALF = 1 / 2


class Digits(NamedTuple):
    """Last digits against all of them being as frequent: chi-square, its degrees of freedom and chance, and the digit
    preference score of the WHO MONICA project, 100 * sqrt(chi-square / (df * n)): 0 none, 100 all the same digit."""

    chi_square: float
    df: int
    p: float
    score: float


class Step(NamedTuple):
    """Readings in the band under a limit against those in the band from it on. `z`: how far that is beyond what the
    bands on both sides of them lead to expect; `ratio`: None where the band above is empty."""

    ratio: float | None
    z: float
    p: float


def digits(counts: Sequence[int]) -> Digits:
    """`counts`: how often each of the possible digits was written, at least two of them possible and some written."""
    n, df = sum(counts), len(counts) - 1
    expected = n / len(counts)
    chi_square = sum((count - expected) ** 2 for count in counts) / expected
    return Digits(chi_square, df, chi_square_above(chi_square, df), 100 * sqrt(chi_square / (df * n)))


def step(far_below: int, below: int, from_limit: int, far_above: int) -> Step:
    """Counts of four bands as wide as each other; the limit is where the third begins.

    Under any normal distribution the logarithm of the ratio of neighbouring bands changes evenly, so that the ratio in
    the middle is the geometric mean of its neighbours, whatever the mean and the spread. What it exceeds that by, over its
    standard error (counts vary as Poisson), is `z`; half a reading is added to every band.
    """
    b2, b1, a1, a2 = (count + _HALF for count in (far_below, below, from_limit, far_above))
    excess = log(b1 / a1) - (log(b2 / b1) + log(a1 / a2)) / 2
    error = sqrt(_HALF**2 * (1 / b2 + 1 / a2) + (1 + _HALF) ** 2 * (1 / b1 + 1 / a1))
    z = excess / error
    return Step(below / from_limit if from_limit else None, z, above(z))
