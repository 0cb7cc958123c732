"""How many people of each place, doctor, sex and age count for each figure of a period, and who they are.

What counts is written once, in the .sql files here: portable SQL over the relations of `known`, all numbers bound, a row
(n of the period, person, word) for everyone who counts, and (…, at, uid) where events are counted. What a figure is
called and which words it adds up, and what is divided by what, stands in protocols/indicators. People are where they
live now; everything else is as of the period's end, as it is known now or was on an earlier day.
"""

from chronic.reports.indicators.counting import Cell, Counted, Told, adds, behind, tallies, tally, told
from chronic.reports.indicators.definitions import EVERYBODY, PROGRAMMES, Book, Figure, Indicator, book, target, text
from chronic.reports.indicators.known import Asked, instant

__all__ = [
    "EVERYBODY", "PROGRAMMES", "Asked", "Book", "Cell", "Counted", "Figure", "Indicator", "Told", "adds", "behind", "book",
    "instant", "tallies", "tally", "target", "text", "told",
]  # fmt: skip
