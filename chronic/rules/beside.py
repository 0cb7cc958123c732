"""What the guidelines beside the form's say of one contact: targets met and missed, as codes like `htn-pc25.bp`.

A target whose condition is unknown stays open beside the next one; an answer is given where all open ones agree.
"""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from chronic.model.visit import Contact
from chronic.protocol.beside import Guideline, Target

Known = tuple[bool | None, bool | None, bool | None]
"""Whether there is diabetes, kidney disease, cardiovascular disease; None: unknown."""
Opinions = tuple[tuple[str, ...], tuple[str, ...]]
"""Codes of the targets met, and of those missed."""
CONDITIONS = ("dm", "ckd", "ascvd")


def opinions(programme: str, contact: Contact, age: int | None, known: Known, guidelines: tuple[Guideline, ...]) -> Opinions:
    """(met, missed) by this face-to-face contact, for one programme. What was not measured is in neither."""
    met: list[str] = []
    missed: list[str] = []
    in_force = tuple([guideline for guideline in guidelines if guideline.effective_from <= contact.on])
    for code, measured, targets in applying(programme, age, known, in_force):
        value = measured(contact)
        if value is not None:
            answers = {_met(target, value) for target in targets}
            if answers == {True}:
                met.append(code)
            elif answers == {False}:
                missed.append(code)
    return tuple(met), tuple(missed)


@cache
def applying(
    programme: str, age: int | None, known: Known, guidelines: tuple[Guideline, ...]
) -> tuple[tuple[str, Callable[[Contact], Any], tuple[Target, ...]], ...]:
    """(code, how the contact measured it, the targets left open) for each measure of these guidelines."""
    found: dict[str, list[Target]] = {}
    closed: set[str] = set()
    for guideline in guidelines:
        for target in guideline.target if programme in guideline.programmes else ():
            code = f"{guideline.id}.{target.measure}"
            holds = _holds(target, age, known)
            if code not in closed and holds is not False:
                found.setdefault(code, []).append(target)
                if holds:
                    closed.add(code)
    return tuple((code, _measured(targets[0].measure), tuple(targets)) for code, targets in found.items())


def _holds(target: Target, age: int | None, known: Known) -> bool | None:
    """Do its conditions hold? None where that depends on something unknown."""
    facts = dict(zip(CONDITIONS, known, strict=True))
    parts: list[bool | None] = [facts[name] for name in target.where]
    if target.from_age is not None:
        parts.append(None if age is None else age >= target.from_age)
    return False if False in parts else None if None in parts else True


def _met(target: Target, value: Any) -> bool | None:
    """`value`: what `_measured` finds for the target's measure."""
    if target.bp_below is None:
        return (target.at_least is None or value >= target.at_least) and (target.below is None or value < target.below)
    return target.bp_below.kept(*value)


def _pressure(contact: Contact) -> tuple[int | None, int | None]:
    return contact.sbp, contact.dbp


def _non_fasting(contact: Contact) -> float | None:
    """The higher one, where two were measured."""
    return max((value for value in (contact.ppg_2h, contact.random_glucose) if value is not None), default=None)


def _measured(measure: str) -> Callable[[Contact], Any]:
    return {"bp": _pressure, "non_fasting": _non_fasting}.get(measure) or attrgetter(measure)
