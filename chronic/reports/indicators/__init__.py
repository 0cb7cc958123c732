"""How many people of each place, doctor, sex and age count for each figure of a period, and who they are.

What counts is written once, in the .sql files here: portable SQL over the relations of `known`, all numbers bound, a row
(n of the period, person, word) for everyone who counts, and (…, on_day, uid) where events are counted. What a figure is
called and which words it adds up, and what is divided by what, stands in protocols/indicators. People are where they
live now; everything else is as of the period's end, as it is known now or was on an earlier day.
"""

from chronic.reports.indicators.counting import Cell, Counted, Text, Told, adds, behind, tallies, tally, text_of, told
from chronic.reports.indicators.definitions import (
    CASCADE,
    ESTIMATED,
    EVERYBODY,
    PROGRAMMES,
    Book,
    Cohort,
    Figure,
    Indicator,
    book,
    cohorts,
    in_cohort,
    target,
    text,
)
from chronic.reports.indicators.elsewhere import Elsewhere, Engine
from chronic.reports.indicators.estimate import Estimate, estimate
from chronic.reports.indicators.known import ALL, Asked, instant, windows

__all__ = [
    "ALL", "CASCADE", "ESTIMATED", "EVERYBODY", "PROGRAMMES", "Asked", "Book", "Cell", "Cohort", "Counted", "Elsewhere",
    "Engine", "Estimate", "Figure", "Indicator", "Text", "Told", "adds", "behind", "book", "cohorts", "estimate",
    "in_cohort", "instant", "tallies", "tally", "target", "text", "text_of", "told", "windows",
]  # fmt: skip
