"""The second clock: what the specification grants in a calendar year, beside the date of the next follow-up.

Someone controlled and on time may still end the year with too few face-to-face visits, because the clinical date
moves with each visit and the year does not. Pure like every rule: days in, codes and counts out.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from chronic.model.days import quarter_of, quarters_after, year_of
from chronic.protocol import Protocol


class Quota(NamedTuple):
    """The year so far. `missing` at one visit a quarter; `at_risk` holds the codes that put a person on the list."""

    done: int
    needed: int
    this_quarter: int
    quarter_ends_on: date
    quarters_left: int
    """The running one included while it has no visit."""
    at_risk: tuple[str, ...]
    checkup_open: bool
    """No check-up is known this year, and it is time to say so."""

    @property
    def missing(self) -> int:
        return max(self.needed - self.done, 0)


def quota(met: Iterable[date], begun_on: date, today: date, protocol: Protocol, checkups: Iterable[date] = ()) -> Quota:
    """Where someone under management since `begun_on` stands today.

    `met` are days of face-to-face follow-ups; those of this year from `begun_on` to today count. `at_risk`:
    `none_this_quarter` from the day the quarter's last days begin, `out_of_reach` when more is missing than the
    quarters left bring.
    """
    rules = protocol.entitlement
    (first, _), (quarter, ends_on) = year_of(today), quarter_of(today)
    days = [day for day in met if max(first, begun_on) <= day <= today]
    this_quarter = sum(day >= quarter for day in days)
    left = quarters_after(today) + (not this_quarter)
    needed = _needed(begun_on, today, protocol)
    guard_on = ends_on - timedelta(days=rules.quarter.last_days - 1)
    at_risk = []
    if not this_quarter and begun_on <= guard_on <= today:
        at_risk.append("none_this_quarter")
    if needed - len(days) > left * rules.reach.visits_a_quarter:
        at_risk.append("out_of_reach")
    seen = any(first <= day <= today for day in checkups)
    asked = not seen and today.month >= rules.checkup.ask_from_month
    return Quota(len(days), needed, this_quarter, ends_on, left, tuple(at_risk), asked)


def checkup_due(begun_on: date, checkups: Iterable[date], protocol: Protocol) -> date:
    """Until when the next check-up is due for someone entitled since `begun_on`: counted from the last one, or from the
    beginning where that would lie before it."""
    every = protocol.entitlement.checkup.every
    counted = every.after(max(checkups, default=begun_on))
    return counted if counted >= begun_on else every.after(begun_on)


def _needed(begun_on: date, today: date, protocol: Protocol) -> int:
    """Face-to-face visits this year: all of them, or for someone begun during the year so many for the days left then."""
    rules = protocol.entitlement
    first, last = year_of(today)
    if begun_on <= first:
        return rules.visits.needed
    days = (last - begun_on).days + 1
    least = int(days >= rules.part_year.one_from_days)
    return min(max(days // rules.part_year.days_each, least), rules.visits.needed)
