"""When someone will be met in the months to come, as if their class stayed as it is."""

from collections.abc import Iterator, Mapping
from datetime import date

from chronic.model.codes import PROGRAMMES
from chronic.model.days import MONTHS_A_YEAR
from chronic.protocol import Interval, Protocol
from chronic.rules.followup import usual


def intervals(classes: Mapping[str, str | None], protocol: Protocol) -> list[Interval]:
    """Until the next follow-up, by each programme that someone is in and its latest class (None: never assessed, which
    says nothing about how often: only the year's visits count then)."""
    found = [usual(programme, klass, protocol) for programme, klass in classes.items() if klass]
    visits = protocol.entitlement.visits
    if set(visits.programmes) & set(classes):
        found.append(Interval(MONTHS_A_YEAR // visits.needed, 0))
    if PROGRAMMES[-1] in classes and not found:
        found.append(protocol.lipid.followup.seen)
    return found


def meetings(due_on: date, every: list[Interval], first: date, last: date) -> Iterator[date]:
    """The days from the open date on, the first of them not before `first`, by the shortest interval, until `last`."""
    day = max(due_on, first)
    while day <= last:
        yield day
        if not every:
            return
        day = min(each.after(day) for each in every)
