"""What the early warning finds, and how often it is wrong: made-up people seen four times a year.

    python -m tests.bench.bench_warning [PEOPLE]

Everybody's systolic pressure is normal around a level of their own, with the same spread from visit to visit, and written
down in whole mmHg. Unchanged people are watched for a year (4 visits); the pressure of the others goes up by 15 mmHg at once
and is watched for 3 visits. Both are named or not by the statistic alone, whether or not a reading was above the limit.
That is stricter than what a doctor sees: a warning is shown only while the latest reading is controlled (`shown`), and a
drift that took somebody above the limit is found by their class anyway (`or above`: named, or a reading from the limit on).

The last column is what no rule can do better: the power of the best test on 3 readings against so many before, where the
spread is known and 2 false alarms a year leave 1.5 % for 3 visits. Where it is below the bar, the bar is out of reach.
"""

import sys
from collections.abc import Iterator
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from chronic.protocol import DEFAULT, load
from chronic.protocol.warning import Warning as Book
from chronic.rules import warning

DRIFT = 15
A_YEAR, SOON = 4, 3
LEVEL, LEVELS = 128, 8
SPREADS = (6, 7, 8, 9, 10, 12, 14)
BEFORE = (4, 8, 12)
FALSE_ALARMS, FOUND = 2.0, 60.0
"""The bars: named in a year of 100 unchanged people, and percent of drifts found within 3 visits."""
_HEAD = ("SD mmHg", "before", "false a year", "found in 3", "bars met", "shown", "or above", "at best")


class Rates(NamedTuple):
    """Percent: unchanged people named in a year, drifts found; and the half width of their 95 % interval."""

    false: float
    found: float
    false_within: float
    found_within: float
    shown: float
    """Unchanged people named at a visit whose reading was controlled."""
    or_above: float
    """Drifts found, or seen in a reading from the limit on."""


def rates(sd: float, before: int, people: int, seed: int = 1) -> Rates:
    """What the shipped book comes to where a reading varies by `sd` and so many came before."""
    rng, book = Random(seed), Book.of(load(DEFAULT))
    same = [list(_readings(rng, sd, before + A_YEAR, before, 0)) for _ in range(people)]
    risen = [list(_readings(rng, sd, before + SOON, before, DRIFT)) for _ in range(people)]
    squared = sum(warning.squares(values[:before]) for values in same)
    usual = warning.spread(squared, people * (before - 1), book.sbp.sd, book.sbp.sd_weight, book.sbp.least)
    limit = load(DEFAULT).htn.target.adult.sbp
    false, shown, found, above = 0, 0, 0, 0
    for values in same:
        ends = [values[end - 1] for end in named(values, before, usual, book)]
        false, shown = false + bool(ends), shown + any(end < limit for end in ends)
    for values in risen:
        drift = bool(named(values, before, usual, book))
        found, above = found + drift, above + (drift or max(values[before:]) >= limit)
    percent = [100 * count / people for count in (false, found, shown, above)]
    return Rates(*percent[:2], *(_within(part, people) for part in percent[:2]), *percent[2:])


def named(values: list[int], before: int, usual: float, book: Book) -> list[int]:
    """After how many readings there was a warning, of the visits after the first `before`."""
    return [end for end in range(before + 1, len(values) + 1) if warned(values[:end], usual, book)]


def warned(values: list[int], usual: float, book: Book) -> bool:
    """As `reports.warning` judges a person whose latest visit is the last of these."""
    rules = book.rise
    recent, earlier = values[-rules.recent :], values[: -rules.recent][-rules.before_most :]
    enough = len(earlier) >= rules.before_least
    if enough and warning.rise(earlier, recent, usual, rules.own_weight, book.sbp.least).z >= rules.z_from:
        return True
    last = values[-book.swing.readings :]
    return len(last) == book.swing.readings and warning.swing(last, usual).times >= book.swing.times_from


def at_best(sd: float, before: int) -> float:
    """Percent of drifts that the best test of 3 readings against so many before can find."""
    normal, budget = NormalDist(), FALSE_ALARMS / 100 * SOON / A_YEAR
    return 100 * normal.cdf(DRIFT / (sd * (1 / SOON + 1 / before) ** 0.5) + normal.inv_cdf(budget))


def _readings(rng: Random, sd: float, visits: int, before: int, drift: float) -> Iterator[int]:
    level = rng.gauss(LEVEL, LEVELS)
    for visit in range(visits):
        yield round(rng.gauss(level + (drift if visit >= before else 0), sd))


def _within(percent: float, people: int) -> float:
    return float(1.96 * (percent * (100 - percent) / people) ** 0.5)


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    print(f"{people} people each, +{DRIFT} mmHg; bars: false a year <= {FALSE_ALARMS:g}, found in 3 visits >= {FOUND:g} %")
    print("".join(f"{title:>15}" for title in _HEAD))
    for sd in SPREADS:
        for before in BEFORE:
            got = rates(sd, before, people)
            met = "yes" if got.false <= FALSE_ALARMS and got.found >= FOUND else "no"
            false, found = f"{got.false:.2f} +-{got.false_within:.2f}", f"{got.found:.1f} +-{got.found_within:.1f}"
            rest = (f"{got.shown:.2f}", f"{got.or_above:.1f}", f"{at_best(sd, before):.1f}")
            print("".join(f"{cell:>15}" for cell in (sd, before, false, found, met, *rest)))


if __name__ == "__main__":
    main()
