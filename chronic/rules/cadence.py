"""When someone not managed is to be measured again: everyone of an age, and sooner whoever has a risk factor.

Not a plan: it follows from a birthday and from time passing, so it is asked for on a day and never stored.
"""

from datetime import date
from typing import NamedTuple

from chronic.model.days import age_on
from chronic.model.facts import Known
from chronic.protocol import Protocol
from chronic.protocol.sections import Cadence
from chronic.rules.atrisk import at_risk


class Wanted(NamedTuple):
    """One measurement. `what`: bp, fpg or checkup; `due_on` None: never measured yet; `factors`: why sooner than
    everyone, or at all; `last_on`: the last one."""

    what: str
    due_on: date | None
    factors: tuple[str, ...]
    last_on: date | None

    def by(self, day: date) -> bool:
        """Is it due by this day?"""
        return self.due_on is None or self.due_on <= day


def wanted(
    known: Known, bp_on: date | None, fpg_on: date | None, exam_on: date | None, day: date, protocol: Protocol
) -> list[Wanted]:
    """What a person is to be measured for. `bp_on`, `fpg_on`, `exam_on`: the last complete pressure, fasting glucose and
    check-up."""
    found = []
    if "htn" not in known.managed:
        factors = _codes("htn", known, day, protocol)
        rules = [protocol.screening.bp, *([protocol.screening.bp_at_risk] if factors else [])]
        found += _soonest("bp", rules, factors, bp_on, known, day)
    if "dm" not in known.managed:
        factors = _codes("dm", known, day, protocol)
        found += _soonest("fpg", [protocol.screening.fpg_at_risk] if factors else [], factors, fpg_on, known, day)
    if known.birth_date is not None:  # of an unknown age one thing at a time: first the pressure
        found += _soonest("checkup", [protocol.screening.checkup], (), exam_on, known, day)
    return found


def _soonest(
    what: str, rules: list[Cadence], factors: tuple[str, ...], last_on: date | None, known: Known, day: date
) -> list[Wanted]:
    mine = [rule for rule in rules if _old_enough(rule, known, day)]
    if not mine:
        return []
    due_on = min(rule.every.after(last_on) for rule in mine) if last_on is not None else None
    return [Wanted(what, due_on, factors, last_on)]


def _old_enough(rule: Cadence, known: Known, day: date) -> bool:
    """An unknown age leaves nobody out."""
    return known.birth_date is None or age_on(known.birth_date, day) >= rule.from_age


def _codes(programme: str, known: Known, day: date, protocol: Protocol) -> tuple[str, ...]:
    return tuple(factor.code for factor in at_risk(programme, known, day, protocol))
