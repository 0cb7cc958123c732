"""What a check-up must satisfy before the registry takes it: hard limits refuse, the rest asks.

The same limits as a visit where it has the same fields, and the contradictions only this form can hold.
"""

from collections.abc import Iterator
from datetime import date

from chronic.model import checks
from chronic.model.checkup import Checkup
from chronic.model.checkup_fields import PRESSURES, by_column
from chronic.model.plan import Problem
from chronic.model.visit import Visit

_VISIT_LIMITS = frozenset(field.column for field in by_column().values() if field.column in Visit._fields)
_DATES = ("checkup_date", "visit_date")


def refusals(checkup: Checkup, today: date) -> list[Problem]:
    """Reasons not to take this check-up, whoever it belongs to."""
    found = [_renamed(problem) for problem in checks.refusals(_as_visit(checkup), today)]
    for column, value in checkup.values.items():
        if column not in _VISIT_LIMITS:
            problem = checks.limit(by_column()[column], value)
            found += [problem] if problem is not None else []
    return [*found, *_crossed(checkup)]


def warnings(checkup: Checkup, today: date, typed: bool) -> list[Problem]:
    """What is worth asking about a check-up that will be taken."""
    found = [_renamed(problem) for problem in checks.warnings(_as_visit(checkup), today, typed)]
    for column, value in checkup.values.items():
        if column not in _VISIT_LIMITS and checks.unusual(by_column()[column], value):
            found.append(Problem("value.unusual", column, value))
    return [*found, *_arms(checkup)]


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
