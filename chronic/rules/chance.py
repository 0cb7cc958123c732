"""How likely a figure is by chance alone: upper tails of the normal and the chi-square distribution.

In closed form, so that no library of statistics is needed: a chi-square of n degrees of freedom has a tail that is a
finite sum (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.4.4 and 26.4.5).
"""

from math import erfc, exp, pi, sqrt


def above(z: float) -> float:
    """P(Z >= z) of a standard normal Z."""
    return erfc(z / sqrt(2)) / 2


def chi_square_above(x: float, df: int) -> float:
    """P(X >= x) of a chi-square X with df >= 1 degrees of freedom."""
    half = max(x, 0.0) / 2
    if df % 2:
        found, term, at = erfc(sqrt(half)), exp(-half) * sqrt(half) / (sqrt(pi) / 2), 1
    else:
        found, term, at = exp(-half), exp(-half) * half, 2
    while at < df:
        found += term
        at += 2
        term *= half * 2 / at
    return min(found, 1.0)
