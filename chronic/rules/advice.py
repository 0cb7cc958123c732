"""What to say to a person about their own factors: a line where a factor is present, a question where it is not known.

Pure: last known values in, codes and numbers out; the words are data. While a danger is open nothing is said but what
helps at once, and never a drug to start, a dose or a diagnosis.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from chronic.model.body import bmi
from chronic.model.days import age_on
from chronic.model.visit import METER_HIGH, METER_LOW, Contact
from chronic.protocol import Interval, Protocol
from chronic.protocol.advice import Advice
from chronic.rules import hypertension


class Value(NamedTuple):
    """The last value of a column and its day."""

    value: object
    on: date


class Facts(NamedTuple):
    """`last`: column of the visit -> its last value; `programmes`: those open; `danger`: codes of the open danger."""

    today: date
    sex: str
    birth_date: date | None
    smoking_status: str | None
    programmes: frozenset[str]
    danger: tuple[str, ...]
    last: dict[str, Value]
    protocol: Protocol
    within: Interval


class Told(NamedTuple):
    """One line: `kind` is tell or ask; `values` fill the text; `on` is the day of what it rests on."""

    code: str
    kind: str
    values: dict[str, object]
    on: date | None


Found = tuple[bool | None, dict[str, object], date | None]
"""Is the factor present (None: not known), the numbers for the text, and of which day."""
_UNKNOWN: Found = (None, {}, None)


def advise(facts: Facts, book: Advice) -> list[Told]:
    """Lines to read aloud in the book's order, then questions; while a danger is open only what is meant for it."""
    told = []
    for code, line in book.lines.items():
        if line.in_danger != bool(facts.danger) or (facts.programmes and not set(line.programmes) & facts.programmes):
            continue
        present, values, on = TESTS[line.when.name](facts, *line.when.args)
        if present is None:
            told.append(Told(code, "ask", {}, None))
        elif present:
            told.append(Told(code, "tell", values, on))
    return sorted(told, key=lambda line: line.kind, reverse=True)


# the named tests ------------------------------------------------------------------------------------


def danger(facts: Facts, code: str) -> Found:
    return code in facts.danger, {}, None


def one_of(facts: Facts, column: str, words: list[str]) -> Found:
    known = _last(facts, column)
    return _UNKNOWN if known is None else (known.value in words, {"value": known.value}, known.on)


def above(facts: Facts, column: str, limit: float) -> Found:
    known = _last(facts, column)
    return _UNKNOWN if known is None else (_number(known) > limit, {"value": known.value, "limit": limit}, known.on)


def at_or_above(facts: Facts, column: str, limit: float) -> Found:
    known = _last(facts, column)
    return _UNKNOWN if known is None else (_number(known) >= limit, {"value": known.value, "limit": limit}, known.on)


def above_own_target(facts: Facts, column: str, target: str) -> Found:
    """Against what was agreed with the person; without both there is nothing to compare."""
    known, agreed = _last(facts, column), _last(facts, target)
    if known is None or agreed is None:
        return _UNKNOWN
    return _number(known) > _number(agreed), {"value": known.value, "limit": agreed.value}, known.on


def smoking(facts: Facts) -> Found:
    """The number a day is asked at visits and counts before the register's word."""
    known = _last(facts, "smoke_per_day")
    if known is not None:
        return _number(known) > 0, {"value": known.value}, known.on
    if facts.smoking_status is None:
        return _UNKNOWN
    return facts.smoking_status == "current", {}, None


def bmi_from(facts: Facts, limit: float, older_from: int, older_limit: float) -> Found:
    """Height does not age; weight does."""
    weight, height = _last(facts, "weight_kg"), facts.last.get("height_cm")
    if weight is None or height is None:
        return _UNKNOWN
    cm = _number(height)
    index = bmi(_number(weight), cm)
    at = older_limit if _age(facts) is not None and _age(facts) >= older_from else limit  # type: ignore[operator]
    goal = int(at * cm**2 / 100 / 100)
    return index >= at, {"value": weight.value, "bmi": round(index, 1), "limit": at, "goal": goal}, weight.on


def waist_from(facts: Facts, man: float, woman: float) -> Found:
    known = _last(facts, "waist_cm")
    if known is None or facts.sex not in ("M", "F"):
        return _UNKNOWN
    limit = man if facts.sex == "M" else woman
    return _number(known) >= limit, {"value": known.value, "limit": limit}, known.on


def exercise_below(facts: Facts, times: int, minutes: int) -> Found:
    often, long = _last(facts, "exercise_per_week"), _last(facts, "exercise_minutes")
    if often is None or (long is None and _number(often)):
        return _UNKNOWN
    lasts = 0 if long is None else long.value
    few = _number(often) < times or (long is not None and _number(long) < minutes)
    return few, {"times": often.value, "minutes": lasts, "least": times, "long": minutes}, often.on


def bp_not_at_target(facts: Facts) -> Found:
    sbp, dbp = _last(facts, "sbp"), _last(facts, "dbp")
    known = [value for value in (sbp, dbp) if value is not None]
    if not known:
        return _UNKNOWN
    on = max(value.on for value in known)
    today = [int(_number(value)) if value is not None and value.on == on else None for value in (sbp, dbp)]
    controlled = hypertension.decided(Contact(on, "", sbp=today[0], dbp=today[1]), _age(facts), facts.protocol)
    if controlled is None:
        return _UNKNOWN
    limit = hypertension.limit(_age(facts), facts.protocol)
    shown = "/".join("-" if value is None else str(value) for value in today)
    return not controlled, {"value": shown, "limit": str(limit)}, on


def fpg_not_at_target(facts: Facts, low: float) -> Found:
    known = _last(facts, "fpg")
    if known is None:
        return _UNKNOWN
    limit = facts.protocol.dm.target.fpg_below
    return _number(known) >= limit, {"value": known.value, "low": low, "limit": limit}, known.on


TESTS: dict[str, Callable[..., Found]] = {
    test.__name__: test
    for test in (
        danger,
        one_of, above, at_or_above, above_own_target, smoking, bmi_from, waist_from, exercise_below,
        bp_not_at_target, fpg_not_at_target,
    )
}  # fmt: skip
"""By the name a book calls them."""


def _last(facts: Facts, column: str) -> Value | None:
    """The last value, unless it is too old."""
    known = facts.last.get(column)
    return None if known is None or facts.within.after(known.on) < facts.today else known


def _number(known: Value) -> float:
    return {"HI": METER_HIGH, "LO": METER_LOW}.get(known.value) or float(known.value)  # type: ignore[call-overload,arg-type]


def _age(facts: Facts) -> int | None:
    return None if facts.birth_date is None else age_on(facts.birth_date, facts.today)
