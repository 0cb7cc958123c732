"""What the guidelines beside the form's say of one contact: targets met and missed, as codes like `htn-pc25.bp`.

A target whose condition is unknown stays open beside the next one; an answer is given where all open ones agree.
"""

from collections.abc import Iterable
from functools import cache

from chronic.model.visit import Contact
from chronic.protocol.beside import Guideline, Target

Known = tuple[bool | None, bool | None, bool | None]
"""Whether there is diabetes, kidney disease, cardiovascular disease; None: unknown."""
CONDITIONS = ("dm", "ckd", "ascvd")


def opinions(
    programme: str, contact: Contact, age: int | None, known: Known, guidelines: Iterable[Guideline]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(met, missed) by this face-to-face contact, for one programme. What was not measured is in neither."""
    met: list[str] = []
    missed: list[str] = []
    for guideline in guidelines:
        if programme in guideline.programmes and guideline.effective_from <= contact.on:
            for code, targets in applying(guideline, age, known):
                answers = {_met(target, contact) for target in targets}
                answer = answers.pop() if len(answers) == 1 else None
                if answer is not None:
                    (met if answer else missed).append(code)
    return tuple(met), tuple(missed)


@cache
def applying(guideline: Guideline, age: int | None, known: Known) -> tuple[tuple[str, tuple[Target, ...]], ...]:
    """(code, targets left open) for each measure of the guideline."""
    found: dict[str, list[Target]] = {}
    closed: set[str] = set()
    for target in guideline.target:
        holds = _holds(target, age, known)
        if target.measure in closed or holds is False:
            continue
        found.setdefault(f"{guideline.id}.{target.measure}", []).append(target)
        if holds:
            closed.add(target.measure)
    return tuple((code, tuple(targets)) for code, targets in found.items())


def _holds(target: Target, age: int | None, known: Known) -> bool | None:
    """Do its conditions hold? None where that depends on something unknown."""
    facts = dict(zip(CONDITIONS, known, strict=True))
    parts: list[bool | None] = [facts[name] for name in target.where]
    if target.from_age is not None:
        parts.append(None if age is None else age >= target.from_age)
    if target.under_age is not None:
        parts.append(None if age is None else age < target.under_age)
    return False if False in parts else None if None in parts else True


def _met(target: Target, contact: Contact) -> bool | None:
    if target.bp_below is not None:
        parts = ((contact.sbp, target.bp_below.sbp), (contact.dbp, target.bp_below.dbp))
        if any(value is not None and value >= limit for value, limit in parts):
            return False
        return None if contact.sbp is None or contact.dbp is None else True
    values = _values(target.measure, contact)
    if not values:
        return None
    low, high = target.at_least, target.below
    return all((low is None or value >= low) and (high is None or value < high) for value in values)


def _values(measure: str, contact: Contact) -> list[float]:
    both = measure == "non_fasting"
    given = (contact.ppg_2h, contact.random_glucose) if both else (getattr(contact, measure),)
    return [value for value in given if value is not None]
