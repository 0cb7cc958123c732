"""What a county may set for its figures: the test of standard management, targets, and how many people should be ill."""

from chronic.model.codes import PROGRAMMES
from chronic.model.fields import VISIT_FIELDS
from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Section

_COLUMNS = {field.column for field in VISIT_FIELDS}


class Standard(Section):
    """规范管理, beside the year's visits that the guideline grants. `quarters`: visits crowded into fewer are remarked.
    `exam_after`: managed for so long, a check-up is asked for every `exam_every`. `required`: columns of a follow-up."""

    cite: str
    answered_within: Interval
    grace_days: int
    exam_after: Interval
    exam_every: Interval
    quarters: int
    required: dict[str, list[str]]


class Second(Section):
    """By programme, the target of the guideline beside whose control is reported too (`beside`, a code of verdicts)."""

    cite: str
    codes: dict[str, str]


class Control(Section):
    """Whether those who died in the year leave the denominator of the control rates."""

    cite: str
    without_dead: bool


class Target(Section):
    """At least so many percent; `programmes`: of these."""

    cite: str
    percent: float
    programmes: list[str] = list(PROGRAMMES)  # noqa: RUF012 - a section never changes


class Prevalence(Section):
    """How many of a hundred adults, of `from_age` years or more, have the disease."""

    cite: str
    percent: float
    from_age: int


ALL_PLACES = "all"


class Population(Section):
    """How many adults live here, where the county knows better than its register."""

    cite: str
    people: int


class Measures(Book):
    table = "measures"

    standard: Standard
    second: Second
    control: Control
    prevalence: dict[str, Prevalence]
    population: dict[str, Population] = {}  # noqa: RUF012
    """Of all places; none as shipped."""
    targets: dict[str, Target]
    cites: dict[str, Cite]

    def wrong(self) -> list[tuple[str, str]]:
        bad = [("standard.answered_within", "months") for span in (self.standard.answered_within,) if span.months]
        bad += [
            (f"standard.required.{programme}", column)
            for programme, columns in self.standard.required.items()
            for column in columns
            if programme not in PROGRAMMES or column not in _COLUMNS
        ]
        bad += [(f"population.{place}", place) for place in self.population if place != ALL_PLACES]
        return bad + [(f"prevalence.{name}", name) for name in self.prevalence if name not in PROGRAMMES]
