"""The account of one import: what became of each row, and what is worth saying of it."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from chronic.care.keeping import Difference
from chronic.exchange.rejects import Reject
from chronic.exchange.rows import SheetRow
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.plan import Problem
from chronic.model.wording import say_problem

_SAMPLES = 20
_OF_EACH = 3
_BARE = 50
"""Different codes of a column that are remembered."""


class Recognised(NamedTuple):
    """A header that is read. `unit`: where it is another than the registry's; `told`: somebody said what it means."""

    header: str
    column: str
    unit: str
    told: bool


@dataclass(slots=True)
class Summary:
    """What became of a sheet. `refused` and `warned` hold the first few, and one of each code; the counts are complete."""

    holds: str
    ignored: tuple[str, ...]
    rows: int = 0
    states: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    """People's columns that changed, how often."""
    warnings: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, Problem]] = field(default_factory=list)
    warned: list[tuple[int, Problem]] = field(default_factory=list)
    villages_made: list[str] = field(default_factory=list)
    parts: dict[str, Counter[str]] = field(default_factory=dict)
    """Of a file of several kinds of rows: what became of the rows of each kind."""
    kept: Counter[str] = field(default_factory=Counter)
    """People's columns in which the register's value stayed, how often."""
    kept_like: list[tuple[int, Difference]] = field(default_factory=list)
    """The first few of these, with their lines."""
    replaced_like: list[tuple[int, Difference]] = field(default_factory=list)
    """The first few values of people that the sheet's came in the place of, with their lines."""
    written: bool = True
    recognised: tuple[Recognised, ...] = ()
    unsure: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Headers that are not read because they may mean several columns, and which."""
    codes: str = ""
    """The set of codes that was declared."""
    bare: dict[str, Counter[str]] = field(default_factory=dict)
    """Codes that no set was declared for: column -> code -> how often."""
    slips: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(column, unit) of values that only another unit explains."""
    samples: dict[str, list[SheetRow]] = field(default_factory=dict)
    """The first few rows of each state."""


class Account:
    """Counts what happens to rows and writes the refused ones down."""

    def __init__(self, summary: Summary, rejects: Mapping[str, Reject]) -> None:
        self.summary, self.holds, self._rejects = summary, summary.holds, rejects
        self.first, self.lines = 0, array("Q")
        """Who is new: the first one's number, and the line of each; nobody else writes in between."""

    def note(self, row: SheetRow, state: str, refusals: Iterable[Problem], warnings: Iterable[Problem]) -> None:
        summary = self.summary
        summary.states[state] += 1
        if self.holds != summary.holds:
            summary.parts.setdefault(self.holds, Counter())[state] += 1
        if summary.states[state] <= _OF_EACH:
            summary.samples.setdefault(state, []).append(row)
        if state != "refused":
            _count(warnings, row.line, summary.warnings, summary.warned)
            return
        reasons = list(refusals)
        _count(reasons, row.line, summary.refusals, summary.refused)
        if self.holds == summary.holds:  # a FHIR file has no headers to say anything of
            for problem in reasons:
                self._settleable(problem)
        reject = self._rejects.get(self.holds)
        if reject is not None:
            reject(row.line, row.raw, "; ".join(map(say_problem, reasons)))

    def _settleable(self, problem: Problem) -> None:
        """What --codes or --map would settle for the whole sheet."""
        if problem.code == "value.code_number" and problem.value:
            codes = self.summary.bare.setdefault(problem.column, Counter())
            if len(codes) < _BARE:
                codes[str(problem.value)] += 1
        elif problem.code == "value.unit_slip":
            self.summary.slips[problem.column, str(problem.detail)] += 1

    def add(self, person: int, line: int) -> None:
        self.first = self.first or person
        self.lines.extend([0] * (person - self.first - len(self.lines)))
        self.lines.append(line)

    def ask(self, line: int, problem: Problem) -> None:
        _count([problem], line, self.summary.warnings, self.summary.warned)

    def keep(self, line: int, kept: Iterable[Difference]) -> None:
        for difference in kept:
            self.summary.kept[difference.column] += 1
            if len(self.summary.kept_like) < _SAMPLES:
                self.summary.kept_like.append((line, difference))

    def replace(self, line: int, replaced: Iterable[Difference]) -> None:
        room = _SAMPLES - len(self.summary.replaced_like)
        self.summary.replaced_like += [(line, difference) for difference in islice(replaced, max(room, 0))]


def _count(problems: Iterable[Problem], line: int, counts: Counter[str], samples: list[tuple[int, Problem]]) -> None:
    """Count by code. The first few are kept, and the first of each code, so that every count can be explained."""
    for problem in problems:
        counts[problem.code] += 1
        if len(samples) < _SAMPLES or counts[problem.code] == 1:
            samples.append((line, _masked(problem)))


def _masked(problem: Problem) -> Problem:
    """As it may stand on a screen: the line number finds the row, the rejects file has it whole."""
    hide = {"id_number": masked_id, "phone": masked_phone}.get(problem.column)
    return problem._replace(value=hide(str(problem.value))) if hide and problem.value else problem
