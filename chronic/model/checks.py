"""What a visit or a person must satisfy before the registry takes it: hard limits refuse, the rest asks.

The same checks run for typed entry and for import, so a sheet can bring in nothing the keyboard would refuse.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from operator import getitem, itemgetter
from typing import Any

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
_LIMITED = [field for field in VISIT_FIELDS if field.hard is not None]
_limited: Callable[[Visit], tuple[Any, ...]] = itemgetter(*(Visit._fields.index(field.column) for field in _LIMITED))


def refusals(visit: Visit, today: date) -> list[Problem]:
    """Reasons not to take this visit, whoever it belongs to."""
    found = _told(_BEYOND_LIMITS, visit)
    found += _crossed(visit)
    if visit.visit_date > today:
        found.append(Problem("visit.future", "visit_date", visit.visit_date))
    if visit.next_visit_date is not None and visit.next_visit_date <= visit.visit_date:
        found.append(Problem("visit.next_not_after", "next_visit_date", visit.next_visit_date))
    if visit.hba1c_on is not None and visit.hba1c_on > today:
        found.append(Problem("value.future", "hba1c_on", visit.hba1c_on))
    return found


def warnings(visit: Visit, today: date, typed: bool) -> list[Problem]:
    """What is worth asking about a visit that will be taken. Late entry is only remarked on at the keyboard."""
    found = _told(_UNUSUAL, visit)
    found += _odd(visit)
    if visit.next_visit_date is not None and visit.next_visit_date - visit.visit_date > NEXT_VISIT_FAR:
        found.append(Problem("visit.next_far", "next_visit_date", visit.next_visit_date, NEXT_VISIT_FAR.days))
    if typed and today - visit.visit_date > LATE_ENTRY:
        found.append(Problem("visit.late_entry", "visit_date", visit.visit_date, LATE_ENTRY.days))
    return found


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
        elif day is not None and person.birth_date is not None and day < person.birth_date:
            yield Problem("value.before_birth", column, day)
    if person.closed_on is not None and person.closed_reason is None:
        yield Problem("value.missing", "closed_reason")
    if person.closed_reason is not None and person.closed_on is None:
        yield Problem("value.missing", "closed_on")
    if person.archive_no is not None and not (
        person.archive_no.isascii() and person.archive_no.isdigit() and len(person.archive_no) in (8, 17)
    ):
        yield Problem("person.archive_shape", "archive_no", person.archive_no)


def _told(looks: Iterable[Memo[Any, Problem | None]], visit: Visit) -> list[Problem]:
    """Runs for every visit of a sheet, so the loop over the fields is left to C."""
    return list(filter(None, map(getitem, looks, _limited(visit))))


def limit(field: Field, value: Any) -> Problem | None:
    """Why a value of this field cannot be."""
    if value is None or field.hard is None or (value in (METER_HIGH, METER_LOW) and field.kind == "glucose"):
        return None
    low, high = field.hard
    if low <= value <= high:
        return None
    if field.slip is not None and field.slip.low <= value <= field.slip.high:
        return Problem("value.unit_slip", field.column, value, field.slip.unit)
    return Problem("value.out_of_range", field.column, value, f"{low:g}–{high:g}")


def unusual(field: Field, value: Any) -> Problem | None:
    """Is it outside the limits at which one asks?"""
    if value is None or field.warn is None or field.warn[0] <= value <= field.warn[1]:
        return None
    return Problem("value.unusual", field.column, value)


_BEYOND_LIMITS = [Memo[Any, Problem | None](partial(limit, field), _VALUES) for field in _LIMITED]
_UNUSUAL = [Memo[Any, Problem | None](partial(unusual, field), _VALUES) for field in _LIMITED]


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
    bmi = _bmi(visit)
    if bmi is not None and not BMI_HARD[0] <= bmi <= BMI_HARD[1]:
        yield Problem("bmi.impossible", "weight_kg", visit.weight_kg, f"{bmi:.1f}")


def _odd(visit: Visit) -> Iterator[Problem]:
    if visit.sbp is not None and visit.dbp is not None:
        if not PULSE_PRESSURE[0] <= visit.sbp - visit.dbp <= PULSE_PRESSURE[1]:
            yield Problem("bp.pulse_pressure", "dbp", f"{visit.sbp}/{visit.dbp}")
    elif visit.sbp is not None or visit.dbp is not None:
        yield Problem("bp.single", "sbp" if visit.dbp is None else "dbp", visit.sbp or visit.dbp)
    if visit.way == "phone" and (visit.sbp is not None or visit.dbp is not None):
        yield Problem("bp.by_phone", "sbp", visit.sbp)
    bmi = _bmi(visit)
    if bmi is not None and not BMI_WARN[0] <= bmi <= BMI_WARN[1]:
        yield Problem("bmi.unusual", "weight_kg", visit.weight_kg, f"{bmi:.1f}")
    if visit.waist_cm is not None and visit.height_cm is not None and visit.waist_cm > visit.height_cm * WAIST_PER_HEIGHT:
        yield Problem("waist.unusual", "waist_cm", visit.waist_cm)


def _bmi(visit: Visit) -> float | None:
    """Compared unrounded."""
    if visit.weight_kg is None or not visit.height_cm:
        return None
    return visit.weight_kg / (visit.height_cm / 100) ** 2
