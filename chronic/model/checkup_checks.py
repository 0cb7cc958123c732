"""What a check-up must satisfy before the registry takes it: hard limits refuse, the rest asks.

The same limits as a visit where it has the same fields, and the contradictions only this form can hold.
"""

from collections.abc import Iterator
from datetime import date
from itertools import starmap

from chronic.model import checks
from chronic.model.checks import Look
from chronic.model.checkup import Checkup
from chronic.model.checkup_fields import PRESSURES, by_column
from chronic.model.plan import Problem
from chronic.model.visit import Visit

_VISIT_LIMITS = frozenset(field.column for field in by_column().values() if field.column in Visit._fields)
_DATES = ("checkup_date", "visit_date")


def look(checkup: Checkup, today: date, typed: bool) -> Look:
    """Limits, contradictions, the day, as of a visit."""
    found = checks.look(_as_visit(checkup), today, typed)
    own = [(by_column()[column], value) for column, value in checkup.values.items() if column not in _VISIT_LIMITS]
    refused = [*map(_renamed, found.refusals), *filter(None, starmap(checks.limit, own)), *_crossed(checkup)]
    asked = [*map(_renamed, found.warnings), *filter(None, starmap(checks.unusual, own)), *_arms(checkup)]
    return Look(refused, asked)


def _arms(checkup: Checkup) -> Iterator[Problem]:
    """Each arm's pressure as a visit's would be asked about."""
    for sbp, dbp in PRESSURES[:2]:
        high, low = checkup.values.get(sbp), checkup.values.get(dbp)
        pair = Visit(checkup.person, checkup.checkup_date, sbp=high, dbp=low)  # type: ignore[arg-type]
        for problem in checks.pressure(pair):
            yield problem._replace(column=sbp if problem.column == "sbp" else dbp)


def _as_visit(checkup: Checkup) -> Visit:
    """The fields that a visit has too, to be judged by the same checks."""
    own = {column: value for column, value in checkup.values.items() if column in _VISIT_LIMITS}
    return Visit(checkup.person, checkup.checkup_date, **own)  # type: ignore[arg-type]


def _renamed(problem: Problem) -> Problem:
    """The same of a check-up: its day has another name."""
    if problem.column != _DATES[1]:
        return problem
    return problem._replace(code=problem.code.replace("visit.", "checkup."), column=_DATES[0])


def _crossed(checkup: Checkup) -> Iterator[Problem]:
    """Values that contradict each other."""
    values = checkup.values
    for sbp, dbp in PRESSURES[:2]:
        high, low = values.get(sbp), values.get(dbp)
        if isinstance(high, int) and isinstance(low, int) and high <= low:
            yield Problem("bp.crossed", dbp, f"{high}/{low}")
    for begun, stopped in (("smoke_start_age", "smoke_stop_age"), ("drink_start_age", "drink_stop_age")):
        first, last = values.get(begun), values.get(stopped)
        if isinstance(first, int) and isinstance(last, int) and last < first:
            yield Problem("checkup.ages_crossed", stopped, last, first)
    if (
        values.get("dbil") is not None
        and values.get("tbil") is not None
        and float(str(values["dbil"])) > float(str(values["tbil"]))
    ):
        yield Problem("checkup.part_above_whole", "dbil", values["dbil"], values["tbil"])
