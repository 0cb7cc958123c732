"""Early warning: readings of one person that rise or swing, and a group whose control falls.

A person is held against their own earlier readings, in units of how much readings vary from visit to visit. How much that
is, is learnt from everybody watched and moved a little towards the person's own: a handful of readings says little about
one person's spread, but much about everybody's.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from chronic.rules.chance import above, chi_square_above


class Rise(NamedTuple):
    """Means of the earlier and of the last readings, the spread they are held against, and how many standard errors the
    last lie above the earlier."""

    before: float
    recent: float
    sd: float
    z: float
    p: float


class Swing(NamedTuple):
    """The standard deviation of the last readings, how many times the usual one that is, and its chance."""

    sd: float
    times: float
    p: float


class Fall(NamedTuple):
    """Shares then and now in percent, and how many standard errors it fell."""

    then: float
    now: float
    z: float
    p: float


def squares(values: Sequence[float]) -> float:
    """The sum of squared deviations from their mean."""
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values)


def spread(squared: float, freedom: int, usual: float, weight: float, least: float = 0.0) -> float:
    """A standard deviation from a sum of squares, moved towards the `usual` one as if that rested on `weight` degrees of
    freedom, and never below `least`."""
    return max(sqrt((weight * usual**2 + squared) / (weight + freedom)), least)


def rise(before: Sequence[float], recent: Sequence[float], usual: float, weight: float, least: float = 0.0) -> Rise:
    """The last readings against the earlier ones; both have some."""
    earlier, last = sum(before) / len(before), sum(recent) / len(recent)
    sd = spread(squares(before), len(before) - 1, usual, weight, least)
    z = (last - earlier) / (sd * sqrt(1 / len(before) + 1 / len(recent)))
    return Rise(earlier, last, sd, z, above(z))


def swing(values: Sequence[float], usual: float) -> Swing:
    """The spread of the last readings, two at least, against the usual one."""
    squared, df = squares(values), len(values) - 1
    sd = sqrt(squared / df)
    return Swing(sd, sd / usual, chi_square_above(squared / usual**2, df))


def fall(then: int, of_then: int, now: int, of_now: int) -> Fall:
    """Two shares, both of somebody: the two-proportion test with the pooled share. People counted in both make it cautious,
    as who was controlled mostly still is."""
    was, is_ = then / of_then, now / of_now
    pooled = (then + now) / (of_then + of_now)
    error = sqrt(pooled * (1 - pooled) * (1 / of_then + 1 / of_now))
    z = (was - is_) / error if error else 0.0
    return Fall(100 * was, 100 * is_, z, above(z))
