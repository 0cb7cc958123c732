"""What the guidelines beside the form's say of one contact: targets met and missed, as codes like `htn-pc25.bp`.

A target whose condition is unknown stays open beside the next one; an answer is given where all open ones agree.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from chronic.model.visit import Contact
from chronic.protocol.beside import Guideline, Target
from chronic.protocol.sections import Lipid
from chronic.rules import lipids

Known = tuple[bool | None, bool | None]
"""Whether there is kidney disease, cardiovascular disease; None: unknown."""
Opinions = tuple[tuple[str, ...], tuple[str, ...]]
"""Codes of the targets met, and of those missed."""
NONE: Opinions = ((), ())
CONDITIONS = ("dm", "ckd", "ascvd")


class Aim(NamedTuple):
    """A measure with a target: its code, the day it counts from, how a contact measured it, the targets left open."""

    code: str
    effective_from: date
    measured: Callable[[Contact], Any]
    target: Target
    others: tuple[Target, ...]


def opinions(contact: Contact, aims: tuple[Aim, ...], facts: lipids.Facts | None, rules: Lipid) -> Opinions:
    """(met, missed) by this face-to-face contact. What was not measured is in neither.

    `facts`: what the cardiovascular risk hangs on, where cholesterol was measured.
    """
    met: list[str] = []
    missed: list[str] = []
    on = contact.on
    for code, effective_from, measured, target, others in aims:
        if on < effective_from or (value := measured(contact)) is None:
            continue
        if target.by_risk:
            assert facts is not None
            answer = lipids.aimed(target, value, contact, facts, rules)
        else:
            answer = _met(target, value)
        for other in others:
            answer = answer if _met(other, value) is answer else None
        if answer is not None:
            (met if answer else missed).append(code)
    return tuple(met), tuple(missed)


@cache
def applying(
    programme: str, age: int | None, open_now: tuple[str, ...], known: Known, guidelines: tuple[Guideline, ...]
) -> tuple[Aim, ...]:
    """What these guidelines want measured in one of the open programmes, at this age.

    A guideline of several programmes speaks once: in the first of them that is open.
    """
    found: dict[str, tuple[date, list[Target]]] = {}
    closed: set[str] = set()
    facts = dict(zip(CONDITIONS, ("dm" in open_now, *known), strict=True))
    for guideline in guidelines:
        if programme not in guideline.programmes or any(name in guideline.not_in for name in open_now):
            continue
        if programme != next(name for name in open_now if name in guideline.programmes):
            continue
        for target in guideline.target:
            code = f"{guideline.id}.{target.measure}"
            holds = _holds(target, age, facts)
            if code not in closed and holds is not False:
                found.setdefault(code, (guideline.effective_from, []))[1].append(target)
                if holds:
                    closed.add(code)
    return tuple(
        Aim(code, effective_from, _measured(first.measure), first, tuple(others))
        for code, (effective_from, (first, *others)) in found.items()
    )


def _holds(target: Target, age: int | None, facts: dict[str, bool | None]) -> bool | None:
    """Do its conditions hold? None where that depends on something unknown."""
    parts: list[bool | None] = [facts[name] for name in target.where]
    if target.from_age is not None:
        parts.append(None if age is None else age >= target.from_age)
    return False if False in parts else None if None in parts else True


def _met(target: Target, value: Any) -> bool | None:
    """`value`: what `_measured` finds for the target's measure."""
    limit = target.bp_below
    if limit is None:
        return (target.at_least is None or value >= target.at_least) and (target.below is None or value < target.below)
    sbp, dbp = value
    if (sbp is not None and sbp >= limit[0]) or (dbp is not None and dbp >= limit[1]):
        return False
    return None if sbp is None or dbp is None else True


def _pressure(contact: Contact) -> tuple[int | None, int | None]:
    return contact.sbp, contact.dbp


def _non_fasting(contact: Contact) -> float | None:
    """The higher one, where two were measured."""
    after, random = contact.ppg_2h, contact.random_glucose
    if after is None or random is None:
        return random if after is None else after
    return max(after, random)


def _measured(measure: str) -> Callable[[Contact], Any]:
    own = {"bp": _pressure, "non_fasting": _non_fasting, "non_hdl_c": lipids.non_hdl_c}
    return own.get(measure) or attrgetter(measure)
