"""Dyslipidaemia 血脂异常: is LDL-C at the target of this person's cardiovascular risk?

What is not known leaves several risks open. The answer is given where all of them agree, else there is none:
an unknown fact never lowers a risk.
"""

from collections.abc import Iterator
from typing import NamedTuple

from chronic.model.visit import Contact
from chronic.protocol.beside import Target
from chronic.protocol.sections import Lipid

LOW, RAISED, VERY_HIGH = "low", "raised", "very_high"


class Facts(NamedTuple):
    """What the risk hangs on beside the blood. None: unknown. `baseline` is the highest LDL-C known, mmol/L."""

    age: int | None
    sex: str
    htn: bool
    dm: bool
    ckd: bool
    ascvd: bool | None
    smoker: bool | None
    baseline: float | None


def decided(contact: Contact, facts: Facts, rules: Lipid) -> bool | None:
    """True at target, False above it, None without LDL-C or where the risk cannot be told."""
    if contact.ldl_c is None:
        return None
    answers = {_met(contact.ldl_c, level, facts, rules) for level in levels(contact, facts, rules)}
    return answers.pop() if len(answers) == 1 else None


def non_hdl_c(contact: Contact) -> float | None:
    """mmol/L; None unless both were measured."""
    return None if contact.tc is None or contact.hdl_c is None else _fine(contact.tc - contact.hdl_c)


def aimed(target: Target, value: float, contact: Contact, facts: Facts, rules: Lipid) -> bool | None:
    """Does LDL-C or non-HDL-C reach the target of this risk, for somebody whose class it is not?

    Stricter than `decided`: known disease may be of extreme risk. LDL-C that was not measured is somewhere between
    nothing and non-HDL-C, of which it is a part; the fall is asked of LDL-C alone.
    """
    open_now = levels(contact, facts, rules)
    if contact.ldl_c is None:
        open_now |= levels(contact._replace(ldl_c=non_hdl_c(contact)), facts, rules)
    ldl_c = _fine(value - target.above_ldl_c)
    answers = {_aimed(target, ldl_c, level, facts, rules) for level in open_now}
    return answers.pop() if len(answers) == 1 else None


def advice(contact: Contact, facts: Facts, rules: Lipid) -> list[str]:
    lines = []
    if _at_least(contact.tg, rules.severe.tg_at_or_above):
        lines.append("lipid.tg_severe")
    if contact.ldl_c is not None and contact.assessable and decided(contact, facts, rules) is None:
        lines.append("lipid.risk_unknown")
    return lines


def levels(contact: Contact, facts: Facts, rules: Lipid) -> set[str]:
    """Every risk that what is known leaves open: low, raised (moderate and high have one target), very_high."""
    if facts.ascvd:
        return {VERY_HIGH}
    below = set(_without_disease(contact, facts, rules))
    return below if facts.ascvd is False else {*below, VERY_HIGH}


def _met(ldl_c: float, level: str, facts: Facts, rules: Lipid) -> bool | None:
    target = rules.target
    if level != VERY_HIGH:
        return ldl_c < (target.low_below if level == LOW else target.raised_below)
    if ldl_c >= target.very_high_below:
        return False
    if facts.baseline is None:
        return None
    return (facts.baseline - ldl_c) * 100 >= target.very_high_fall_percent * facts.baseline


def _aimed(target: Target, ldl_c: float, level: str, facts: Facts, rules: Lipid) -> bool | None:
    if level == VERY_HIGH and target.extreme_below <= ldl_c < rules.target.very_high_below:
        return None
    if level == VERY_HIGH and target.above_ldl_c:
        return ldl_c < rules.target.very_high_below
    return _met(ldl_c, level, facts, rules)


def _fine(value: float) -> float:
    """Rid of what subtracting added behind the second decimal."""
    return round(value, 2)


def _without_disease(contact: Contact, facts: Facts, rules: Lipid) -> Iterator[str]:
    high = rules.high
    if facts.ckd or _at_least(contact.ldl_c, high.ldl_c_at_or_above) or _at_least(contact.tc, high.tc_at_or_above):
        yield RAISED
        return
    if facts.dm and (facts.age is None or facts.age >= high.diabetes_from_age):
        yield RAISED
        if facts.age is not None:
            return
    column = max(_column(contact.ldl_c, rules.grid.ldl_c_columns), _column(contact.tc, rules.grid.tc_columns))
    rows = rules.grid.with_hypertension if facts.htn else rules.grid.without_hypertension
    certain, possible = _factors(contact, facts, rules)
    for row in rows[certain : possible + 1]:
        yield row.split()[column - 1] if column else LOW


def _factors(contact: Contact, facts: Facts, rules: Lipid) -> tuple[int, int]:
    """How many risk factors are certain, and how many there may be."""
    from_age = rules.factors.men_from_age if facts.sex == "M" else rules.factors.women_from_age
    old: bool | None = None if facts.age is None else facts.age >= from_age
    if facts.sex == "unknown" and facts.age is not None:
        bounds = sorted((rules.factors.men_from_age, rules.factors.women_from_age))
        old = facts.age >= bounds[1] or (None if facts.age >= bounds[0] else False)
    low_hdl = None if contact.hdl_c is None else contact.hdl_c < rules.factors.hdl_c_below
    known = [facts.smoker, low_hdl, old]
    return known.count(True), known.count(True) + known.count(None)


def _column(value: float | None, bounds: list[float]) -> int:
    """How many of the bounds the value reaches."""
    return 0 if value is None else sum(value >= bound for bound in bounds)


def _at_least(value: float | None, bound: float) -> bool:
    return value is not None and value >= bound
