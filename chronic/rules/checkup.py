"""The yearly check-up: when it is due, whether the form is complete, its scores, and which results call for action.

Pure: values in, words and citation keys out. What is not filled in never counts as normal, and a score with an answer
missing is no score. The numbers are in the guideline and in the form's own file.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from chronic.forms import Abnormal, CheckupForm, Elderly, Required
from chronic.model import body
from chronic.model.checkup import Values
from chronic.model.checkup_fields import LEVELS, PRESSURES, TCM_ANSWERS, TCM_FIELDS, by_column
from chronic.model.days import birthday, year_of
from chronic.model.visit import Contact
from chronic.protocol import Protocol
from chronic.rules.danger import alerts, dangers


class Completeness(NamedTuple):
    """How far one list of the form is filled in. `missing`: the first column of each entry that is blank."""

    part: str
    who: str
    needed: int
    missing: tuple[str, ...]
    cite: str


class SelfCareScore(NamedTuple):
    """`score` and `level` are None while an item is blank; then `missing` names them."""

    score: int | None
    level: str | None
    missing: tuple[str, ...]


class Constitution(NamedTuple):
    """`results`: type -> yes, tending (balanced: mostly), no, or None where answers are missing; `sums` likewise."""

    results: dict[str, str | None]
    sums: dict[str, int | None]
    missing: tuple[str, ...]


class Finding(NamedTuple):
    """An abnormal result. `action`: emergency, screen, follow_up, refer or recheck."""

    field: str
    value: object
    action: str
    code: str = ""
    """The guideline's own word for danger and alerts."""
    cite: str = ""


# when ---------------------------------------------------------------------------------------------


def elderly_from(born: date, rules: Elderly) -> date:
    """The first day someone counts as an older person: the birthday, or the first day of its year."""
    reached = birthday(born, rules.from_age)
    return reached if rules.age_basis == "birthday" else year_of(reached)[0]


def is_exam(values: Iterable[str]) -> bool:
    """Is there anything beside the TCM part? A form with nothing else is no yearly check-up."""
    return not set(values) <= {*TCM_FIELDS, "checkup_date", "checkup_doctor", "checkup_org", "notes"}


# completeness -------------------------------------------------------------------------------------


def populations(born: date | None, programmes: Iterable[str], on: date, form: CheckupForm) -> frozenset[str]:
    """Whose lists this form must fulfil: programmes open on that day, and older people."""
    found = {programme for programme in programmes if programme in {part.who for part in form.required.values()}}
    if born is not None and elderly_from(born, form.elderly) <= on:
        found.add("elderly")
    return frozenset(found)


def completeness(values: Values, who: Iterable[str], on: date, form: CheckupForm) -> tuple[Completeness, ...]:
    """What is filled in and what is missing, list by list. `values` with `derived` beside them."""
    mine = set(who)
    return tuple(
        Completeness(name, part.who, len(part.fields), _missing(part, values), part.cite)
        for name, part in form.required.items()
        if part.who in mine and on.year >= part.from_year
    )


def _missing(part: Required, values: Values) -> tuple[str, ...]:
    return tuple(entry[0] for entry in part.fields if not any(column in values for column in entry))


# scores -------------------------------------------------------------------------------------------


def derived(values: Values, form: CheckupForm) -> Values:
    """What follows from the answers: scores and results, where they are complete. What is typed stays as it is."""
    care, tcm = self_care(values, form), constitution(values, form)
    found: Values = {}
    if care.score is not None:
        found |= {"self_care_score": care.score, "self_care": care.level}
    elif isinstance(values.get("self_care_score"), int):
        found["self_care"] = level(int(str(values["self_care_score"])), form)
    found |= {f"tcm_{name}": result for name, result in tcm.results.items() if result is not None}
    return {**found, **values}


def self_care(values: Mapping[str, object], form: CheckupForm) -> SelfCareScore:
    """生活自理能力: the sum of the five items' points."""
    points = form.self_care.points
    missing = tuple(item for item in points if values.get(item) is None)
    if missing:
        return SelfCareScore(None, None, missing)
    order = tuple(LEVELS)
    score = sum(row[order.index(str(values[item]))] for item, row in points.items())
    return SelfCareScore(score, level(score, form), ())


def level(score: int, form: CheckupForm) -> str:
    """The band of a self-care score."""
    return next(word for at, word in reversed(form.self_care.bands) if score >= at)


def constitution(values: Mapping[str, object], form: CheckupForm) -> Constitution:
    """中医体质 from the answers; belly and weight are read off their scales where they were not answered."""
    answers = dict(_answers(values, form))
    rules = form.tcm
    sums = {name: _sum(items, (), answers, rules.reversed_from) for name, items in rules.items.items()}
    sums["balanced"] = _sum(rules.balanced.items, rules.balanced.reversed, answers, rules.reversed_from)
    results = constitution_of(sums, form)
    used = {number for row in (*rules.items.values(), rules.balanced.items) for number in row}
    missing = tuple(TCM_ANSWERS[number - 1] for number in sorted(used) if number not in answers)
    return Constitution(results, sums, missing if answers else ())


def constitution_of(sums: Mapping[str, int | None], form: CheckupForm) -> dict[str, str | None]:
    """The result of each type by its sum. Balanced needs every other type strictly below its limit."""
    rules, found = form.tcm, dict[str, str | None]()
    others = [sums[name] for name in rules.items]
    found["balanced"] = _balanced(sums["balanced"], others, form)
    for name in rules.items:
        total = sums[name]
        if total is None:
            found[name] = None
        else:
            found[name] = "yes" if total >= rules.yes_from else "tending" if total >= rules.tending_from else "no"
    return found


def scale_answer(item: int, measured: float, form: CheckupForm) -> int | None:
    """The answer 1 to 5 to a question with a fixed scale, None where the question has none."""
    scale = next((scale for scale in form.tcm.scales if scale.item == item), None)
    if scale is None:
        return None
    return 1 + sum(measured > bound if strict else measured >= bound for bound, strict in scale.steps)


def scaled(values: Mapping[str, object], form: CheckupForm) -> dict[str, int]:
    """The answers that follow from what was measured: BMI and waist. Compared unrounded."""
    measured = {"bmi": bmi(values), "waist_cm": values.get("waist_cm")}
    found = {}
    for scale in form.tcm.scales:
        value = measured.get(scale.of)
        answer = scale_answer(scale.item, value, form) if isinstance(value, (int, float)) else None
        if answer is not None:
            found[TCM_ANSWERS[scale.item - 1]] = answer
    return found


def bmi(values: Mapping[str, object]) -> float | None:
    height, weight = values.get("height_cm"), values.get("weight_kg")
    if not isinstance(height, (int, float)) or not isinstance(weight, (int, float)):
        return None
    return body.bmi(weight, height)


def _answers(values: Mapping[str, object], form: CheckupForm) -> Iterable[tuple[int, int]]:
    """The answers given. Measurements fill in for questions with a scale once the questionnaire was begun."""
    given = {name: values[name] for name in TCM_ANSWERS if isinstance(values.get(name), int)}
    if given:
        given = {**scaled(values, form), **given}
    return [(TCM_ANSWERS.index(name) + 1, int(str(answer))) for name, answer in given.items()]


def _sum(items: Iterable[int], turned: tuple[int, ...], answers: Mapping[int, int], turned_from: int) -> int | None:
    if any(number not in answers for number in items):
        return None
    return sum(turned_from - answers[number] if number in turned else answers[number] for number in items)


def _balanced(total: int | None, others: list[int | None], form: CheckupForm) -> str | None:
    """Said as soon as nothing missing could change it, and not before."""
    rules = form.tcm.balanced
    known = [other for other in others if other is not None]
    if (total is not None and total < rules.from_) or any(other >= rules.others_below_mostly for other in known):
        return "no"
    if total is None or len(known) < len(others):
        return None
    return "yes" if all(other < rules.others_below for other in known) else "mostly"


# results ------------------------------------------------------------------------------------------


def pressures(values: Mapping[str, object]) -> list[tuple[int | None, int | None]]:
    """Each arm's pressure, where one was taken."""
    pairs = [(values.get(sbp), values.get(dbp)) for sbp, dbp in PRESSURES]
    return [(_whole(sbp), _whole(dbp)) for sbp, dbp in pairs if sbp is not None or dbp is not None]


def contact(values: Mapping[str, object], on: date, protocol: Protocol) -> Contact:
    """What the guideline's own rules look at: the arm further above the limits, and the fasting glucose."""
    sbp, dbp = max(pressures(values), key=lambda pair: _height(pair, protocol), default=(None, None))
    pulse = values.get("heart_rate", values.get("pulse"))
    fpg = values.get("fpg")
    return Contact(on, "", 0, "screening", sbp=sbp, dbp=dbp, heart_rate=_whole(pulse),
                   fpg=fpg if isinstance(fpg, (int, float)) else None)  # fmt: skip


def findings(
    values: Values, on: date, programmes: Iterable[str], protocol: Protocol, form: CheckupForm
) -> tuple[Finding, ...]:
    """Everything that calls for action, what is dangerous first. `programmes`: those open on that day."""
    managed = set(programmes)
    seen = contact(values, on, protocol)
    found = [*_of_guideline(seen, managed, protocol)]
    told = {finding.field for finding in found}
    for rule in form.abnormal:
        for field in rule.fields:
            if (
                field not in told
                and field in values
                and rule.unless not in managed
                and _abnormal(rule, field, values[field])
            ):
                told.add(field)
                found.append(Finding(field, values[field], rule.action, cite=rule.cite))
    return tuple(found)


def _of_guideline(seen: Contact, managed: set[str], protocol: Protocol) -> Iterable[Finding]:
    """Danger, then alerts, then pressure and glucose that make a suspicion or need a follow-up."""
    pressure = f"{'-' if seen.sbp is None else seen.sbp}/{'-' if seen.dbp is None else seen.dbp}"
    shown = {"bp": ("sbp", pressure), "glucose": ("fpg", seen.fpg)}
    danger = dangers(seen, protocol)
    for code in danger:
        field, value = shown["bp" if code == "danger.bp" else "glucose"]
        yield Finding(field, value, "emergency", code)
    for code in alerts(seen, protocol):
        field, value = ("sbp", pressure) if code == "alert.bp_low" else ("heart_rate", seen.heart_rate)
        yield Finding(field, value, "recheck", code)
    high, sugar = protocol.screening.htn, protocol.screening.dm
    if high.at_or_above.reached(seen.sbp, seen.dbp) and "danger.bp" not in danger:
        yield Finding("sbp", pressure, "follow_up" if "htn" in managed else "screen")
    if seen.fpg is not None and seen.fpg >= sugar.fpg_at_or_above and "danger.glucose_high" not in danger:
        yield Finding("fpg", seen.fpg, "follow_up" if "dm" in managed else "screen")


def _abnormal(rule: Abnormal, field: str, value: object) -> bool:
    if rule.words:
        return not set(str(value).split(";")).isdisjoint(rule.words)
    if not isinstance(value, (int, float)):
        return False
    if rule.outside_asked:
        low, high = by_column()[field].warn or (value, value)
        return not low <= value <= high
    above = rule.at_or_above is not None and value >= rule.at_or_above
    return above or (rule.below is not None and value < rule.below)


def _height(pair: tuple[int | None, int | None], protocol: Protocol) -> tuple[bool, float, int]:
    """How far above the limits an arm is: danger first, then how many times the limit of high pressure."""
    sbp, dbp = (part or 0 for part in pair)
    high = protocol.screening.htn.at_or_above
    return protocol.danger.bp.at_or_above.reached(*pair), max(sbp / high.sbp, dbp / high.dbp), sbp


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
