"""What a visit or a person must satisfy before the registry takes it: hard limits refuse, the rest asks.

The same checks run for typed entry and for import, so a sheet can bring in nothing the keyboard would refuse.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from operator import getitem, itemgetter
from typing import Any, NamedTuple

from chronic.model.body import bmi
from chronic.model.fields import VISIT_FIELDS, Field
from chronic.model.memo import Memo
from chronic.model.person import Person
from chronic.model.plan import Problem
from chronic.model.visit import METER_HIGH, METER_LOW, Visit

PULSE_PRESSURE = (20, 100)  # mmHg, rule book §10.2; so are the limits below
BMI_HARD, BMI_WARN = (10, 70), (16, 40)
WAIST_PER_HEIGHT = 0.8
WEIGHT_CHANGE = 0.1
NEXT_VISIT_FAR = timedelta(days=100)
LATE_ENTRY = timedelta(days=30)

_VALUES = 10_000
_UNUSUAL = "value.unusual"
_LIMITED = [field for field in VISIT_FIELDS if field.hard is not None]
_limited: Callable[[Visit], tuple[Any, ...]] = itemgetter(*(Visit._fields.index(field.column) for field in _LIMITED))


class Look(NamedTuple):
    """Reasons not to take a visit, whoever it belongs to, and what is worth asking about it if it is taken."""

    refusals: list[Problem]
    warnings: list[Problem]


def look(visit: Visit, today: date, typed: bool) -> Look:
    """Limits, contradictions, dates. Late entry is only remarked on at the keyboard."""
    refused: list[Problem] = []
    asked: list[Problem] = []
    for problem in filter(None, map(getitem, _LIMITS, _limited(visit))):  # for every visit of a sheet: left to C
        (asked if problem.code == _UNUSUAL else refused).append(problem)
    refused += _crossed(visit)
    asked += _odd(visit)
    if visit.visit_date > today:
        refused.append(Problem("visit.future", "visit_date", visit.visit_date))
    next_visit = visit.next_visit_date
    if next_visit is not None and next_visit <= visit.visit_date:
        refused.append(Problem("visit.next_not_after", "next_visit_date", next_visit))
    elif next_visit is not None and next_visit - visit.visit_date > NEXT_VISIT_FAR:
        asked.append(Problem("visit.next_far", "next_visit_date", next_visit, NEXT_VISIT_FAR.days))
    if visit.hba1c_on is not None and visit.hba1c_on > today:
        refused.append(Problem("value.future", "hba1c_on", visit.hba1c_on))
    if typed and today - visit.visit_date > LATE_ENTRY:
        asked.append(Problem("visit.late_entry", "visit_date", visit.visit_date, LATE_ENTRY.days))
    return Look(refused, asked)


def weight_changed(weight: float, before: float) -> Problem | None:
    """A weight far from the last one, in kg."""
    far = abs(weight - before) > WEIGHT_CHANGE * before
    return Problem("weight.changed", "weight_kg", weight, before) if far else None


def person_refusals(person: Person, today: date) -> Iterator[Problem]:
    """Dates of a person that cannot be true."""
    for column in ("birth_date", "registered_on", "closed_on"):
        day = getattr(person, column)
        if day is not None and day > today:
            yield Problem("value.future", column, day)
        elif day is not None and person.born is not None and day < person.born:
            yield Problem("value.before_birth", column, day)
    if person.closed_on is not None and person.closed_reason is None:
        yield Problem("value.missing", "closed_reason")
    if person.closed_reason is not None and person.closed_on is None:
        yield Problem("value.missing", "closed_on")
    if person.archive_no is not None and not (
        person.archive_no.isascii() and person.archive_no.isdigit() and len(person.archive_no) in (8, 17)
    ):
        yield Problem("person.archive_shape", "archive_no", person.archive_no)


def limit(field: Field, value: Any) -> Problem | None:
    """Why a value of this field cannot be."""
    found = _limit(field, value)
    return found if found is not None and found.code != _UNUSUAL else None


def unusual(field: Field, value: Any) -> Problem | None:
    """Is it possible, but outside the limits at which one asks?"""
    found = _limit(field, value)
    return found if found is not None and found.code == _UNUSUAL else None


def _limit(field: Field, value: Any) -> Problem | None:
    """A value beyond the hard limits is refused, one beyond the plausible ones worth asking about."""
    if value is None or field.hard is None:
        return None
    low, high = field.hard
    if not low <= value <= high and not (value in (METER_HIGH, METER_LOW) and field.kind == "glucose"):
        if field.slip is not None and field.slip.low <= value <= field.slip.high:
            return Problem("value.unit_slip", field.column, value, field.slip.unit)
        return Problem("value.out_of_range", field.column, value, f"{low:g}–{high:g}")
    if field.warn is not None and not field.warn[0] <= value <= field.warn[1]:
        return Problem(_UNUSUAL, field.column, value)
    return None


_LIMITS = [Memo[Any, Problem | None](partial(_limit, field), _VALUES) for field in _LIMITED]


def _crossed(visit: Visit) -> Iterator[Problem]:
    """Values that contradict each other."""
    if visit.sbp is not None and visit.dbp is not None and visit.sbp <= visit.dbp:
        yield Problem("bp.crossed", "dbp", f"{visit.sbp}/{visit.dbp}")
    for sbp, dbp in visit.readings:
        if sbp <= dbp:
            yield Problem("bp.crossed", "dbp", f"{sbp}/{dbp}")
    for part in ("ldl_c", "hdl_c"):
        value = getattr(visit, part)
        if value is not None and visit.tc is not None and value > visit.tc:
            yield Problem("lipid.part_above_total", part, value, visit.tc)
    index = _bmi(visit)
    if index is not None and not BMI_HARD[0] <= index <= BMI_HARD[1]:
        yield Problem("bmi.impossible", "weight_kg", visit.weight_kg, f"{index:.1f}")


def pressure(visit: Visit) -> Iterator[Problem]:
    """What is odd about the two pressures."""
    if visit.sbp is not None and visit.dbp is not None:
        if not PULSE_PRESSURE[0] <= visit.sbp - visit.dbp <= PULSE_PRESSURE[1]:
            yield Problem("bp.pulse_pressure", "dbp", f"{visit.sbp}/{visit.dbp}")
    elif visit.sbp is not None or visit.dbp is not None:
        yield Problem("bp.single", "sbp" if visit.dbp is None else "dbp", visit.sbp or visit.dbp)


def _odd(visit: Visit) -> Iterator[Problem]:
    yield from pressure(visit)
    if visit.way == "phone" and (visit.sbp is not None or visit.dbp is not None):
        yield Problem("bp.by_phone", "sbp", visit.sbp)
    index = _bmi(visit)
    if index is not None and not BMI_WARN[0] <= index <= BMI_WARN[1]:
        yield Problem("bmi.unusual", "weight_kg", visit.weight_kg, f"{index:.1f}")
    if visit.waist_cm is not None and visit.height_cm is not None and visit.waist_cm > visit.height_cm * WAIST_PER_HEIGHT:
        yield Problem("waist.unusual", "waist_cm", visit.waist_cm)


def _bmi(visit: Visit) -> float | None:
    return None if visit.weight_kg is None or not visit.height_cm else bmi(visit.weight_kg, visit.height_cm)
