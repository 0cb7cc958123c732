"""What is counted and what it is divided by: the sets of protocols/indicators, read as one book.

A set has `figures`, words of a text in this folder that are added up, and `indicators`, one figure over another. Targets
stand in the guideline's book of measures, where a county writes its own over them.
"""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from chronic.model.days import add_months
from chronic.protocol import Protocol
from chronic.protocol.measures import Measures, Target
from chronic.protocol.reading import FOLDER, table_of, whole
from chronic.protocol.sections import BpLimit, Cite, Interval, Names, Section

PROGRAMMES = ("htn", "dm")
EVERYBODY = ""
"""The programme of what is asked of the whole register."""
ESTIMATED = "estimated"
"""The denominator that is no figure: see `estimate`."""
CASCADE = ("registered", "under_care", "controlled")
"""The figures that follow on the estimate, each a part of the one before."""
ALL = "all"
SETS = ("nbphs", "hearts")


class Window(Section):
    """Whole months that end with the period."""

    cite: str
    care: Interval
    recent: Interval


class HtnLimit(Section):
    cite: str
    bp_below: BpLimit


class DmLimit(Section):
    cite: str
    fpg_below: float
    hba1c_below: float


class CallBack(Section):
    """Somebody came back if they came so soon after the first call of the period."""

    cite: str
    within: Interval


class Figure(Section):
    """`sql`: a text here; `counts`: its words that this figure adds up; `says`: the definition; `programmes`: whom it can
    be asked of. `events`: what happened is counted, not the people it happened to."""

    cite: str
    sql: str
    counts: list[str]
    name: Names
    says: Names
    programmes: list[str] = list(PROGRAMMES)  # noqa: RUF012 - a section never changes
    events: bool = False
    preset: str = ""
    """Of a cohort: which."""


class Cohort(Section):
    """Those first enrolled in `registered`, which ends `lag` before the period does, by what the last `window` of the
    period says of them. `classes`: what is told apart, with the words of `cohort.sql` in each. `by_quarter`: only of
    quarters of the calendar."""

    cite: str
    name: Names
    says: Names
    registered: Interval
    lag: Interval
    window: Interval
    classes: dict[str, list[str]]
    names: dict[str, Names]
    by_quarter: bool = False


class HighRisk(Section):
    """The systolic limit of people with cardiovascular or kidney disease or diabetes."""

    cite: str
    sbp_below: int


class Indicator(Section):
    """One figure over another, in percent; without a denominator a number on its own. `lower`: less is better."""

    cite: str
    name: Names
    numerator: str
    denominator: str | None = None
    says: Names
    excludes: Names | None = None
    programmes: list[str] = list(PROGRAMMES)  # noqa: RUF012 - a section never changes
    lower: bool = False


class Set(Section):
    """`window`, `htn` and `dm` are limits of a set's own, where it does not use the guideline's."""

    title: Names
    cites: dict[str, Cite]
    figures: dict[str, Figure]
    indicators: dict[str, Indicator]
    window: Window | None = None
    htn: HtnLimit | None = None
    dm: DmLimit | None = None
    call_back: CallBack | None = None
    high_risk: HighRisk | None = None
    cohorts: dict[str, Cohort] = {}  # noqa: RUF012


class Book(NamedTuple):
    """All shipped sets; no two figures and no two indicators have one name."""

    sets: dict[str, Set]
    figures: dict[str, Figure]
    indicators: dict[str, Indicator]

    def set_of(self, part: Figure | Indicator) -> str:
        """The name of the set that a figure or indicator stands in."""
        return next(
            name for name, known in self.sets.items()
            if any(part is one for one in (*known.figures.values(), *known.indicators.values()))
        )  # fmt: skip

    def cite(self, part: Figure | Indicator) -> Cite:
        return self.sets[self.set_of(part)].cites[part.cite]


@cache
def book() -> Book:
    """The shipped sets. Raises ValueRefused (`protocol.key`)."""
    sets = {name: whole(Set, table_of(os.path.join(FOLDER, "indicators", f"{name}.toml")), f"{name}.") for name in SETS}
    for known in sets.values():
        known.figures.update(_of_cohorts(known))
    figures = {name: figure for known in sets.values() for name, figure in known.figures.items()}
    indicators = {name: one for known in sets.values() for name, one in known.indicators.items()}
    return Book(sets, figures, indicators)


def before(after: date, span: Interval) -> date:
    """The first day of a span that ends the day before `after`."""
    return add_months(after, -span.months) - timedelta(days=span.days)


def cohorts() -> dict[str, Cohort]:
    """The presets of cohorts, by name."""
    return {name: cohort for known in book().sets.values() for name, cohort in known.cohorts.items()}


def in_cohort(preset: str, its_class: str = ALL) -> str:
    """The name of the figure that counts a class of a cohort, or all of it."""
    return f"{preset}.{its_class}"


def _of_cohorts(known: Set) -> Iterator[tuple[str, Figure]]:
    for preset, cohort in known.cohorts.items():
        shared = {"cite": cohort.cite, "sql": "cohort", "preset": preset, "says": cohort.says}
        every = [word for words in cohort.classes.values() for word in words]
        yield in_cohort(preset), Figure(counts=every, name=cohort.name, **shared)
        for its_class, words in cohort.classes.items():
            yield in_cohort(preset, its_class), Figure(counts=words, name=cohort.names[its_class], **shared)


def target(name: str, programme: str, protocol: Protocol) -> Target | None:
    """The target of an indicator in this guideline, and the county's where it has one. Raises as `Measures.of`."""
    found = Measures.of(protocol).targets.get(name)
    return found if found is not None and programme in found.programmes else None


@cache
def text(name: str) -> str:
    """The SQL of one file."""
    with open(os.path.join(os.path.dirname(__file__), f"{name}.sql"), encoding="utf-8") as stream:
        return stream.read()
