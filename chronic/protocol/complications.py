"""The matrix of the six diseases: which tests against them, for whom, how often, and what a result calls for."""

import os

from chronic.model.fields import BY_COLUMN
from chronic.protocol.book import Book
from chronic.protocol.named import When, Whom
from chronic.protocol.reading import FOLDER
from chronic.protocol.sections import Cite, Interval, Names, Section

ACTIONS = ("refer", "repeat")


class Disease(Section):
    """One of the six diseases; `asks` is its symptom question, `then` what a yes calls for."""

    cite: str
    name: Names
    asks: Names
    then: Names


class Flag(Section):
    """A result that calls for something, and until when."""

    cite: str
    when: When
    action: str
    within: Interval
    does: Names


class Item(Section):
    """One test of the matrix. `columns`: the values it has, in these `units`; `valid`: how long a result from elsewhere
    counts; `needed = false`: only where it can be done."""

    cite: str
    name: Names
    diseases: list[str]
    whom: list[Whom]
    every: Interval
    valid: Interval
    columns: list[str]
    units: list[str]
    needed: bool
    flags: dict[str, Flag]


class Egfr(Section):
    """The score (protocols/scores) that estimates filtration from creatinine."""

    cite: str
    formula: str


class InForce(Section):
    """The six diseases as this place counts them, in the order shown."""

    cite: str
    diseases: list[str]


class Complications(Book):
    table = "complications"

    in_force: InForce
    egfr: Egfr
    diseases: dict[str, Disease]
    tests: dict[str, Item]
    cites: dict[str, Cite]

    def wrong(self) -> list[tuple[str, str]]:
        formula = self.egfr.formula
        there = formula.startswith("ckd-epi-") and os.path.isfile(os.path.join(FOLDER, "scores", f"{formula}.toml"))
        bad = [] if there else [("egfr.formula", formula)]
        bad += [("in_force.diseases", code) for code in self.in_force.diseases if code not in self.diseases]
        for code, item in self.tests.items():
            bad += [(f"tests.{code}.columns", word) for word in item.columns if word not in BY_COLUMN]
            bad += [] if len(item.columns) == len(item.units) else [(f"tests.{code}.units", str(len(item.units)))]
            bad += [(f"tests.{code}.diseases", word) for word in item.diseases if word not in self.diseases]
            for name, flag in item.flags.items():
                if flag.action not in ACTIONS:
                    bad.append((f"tests.{code}.flags.{name}.action", flag.action))
                if flag.when.is_ and flag.when.column not in item.columns:
                    bad.append((f"tests.{code}.flags.{name}.when", flag.when.column))
        return bad
