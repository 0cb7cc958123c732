"""One sitting with a person: what the rules would say before anything is written, then everything at once."""

from chronic.care import refer
from chronic.care.desk import Desk
from chronic.care.record import Recorded, record, refusal
from chronic.model.plan import Assessment
from chronic.model.visit import Contact, Visit
from chronic.rules.assessment import assess
from chronic.store import histories
from chronic.store.journal import deed

_MEASURED = Contact._fields[4:]


def foresee(desk: Desk, seen: Visit, told: refer.Reply | None = None) -> Assessment:
    """The verdicts and plans if these were recorded. The visit's own verdicts carry the visit id 0."""
    ((_, history),) = histories.read(desk.db, [seen.person])
    there = [known for known in history.contacts if _same(known, seen)]
    values = {name: getattr(seen, name) for name in _MEASURED}
    for known in there:
        values |= {name: getattr(known, name) for name, value in values.items() if value in (None, "")}
    contact = Contact(seen.visit_date, desk.stamp.uid(), 0, seen.kind, **{**values, "way": values["way"] or "clinic"})
    others = [known for known in history.contacts if known not in there]
    contacts = sorted([*others, contact], key=lambda known: (known.on, known.uid))
    outcomes = [*history.outcomes, *([refer.meant(desk, seen.person, told)] if told is not None else [])]
    outcomes.sort(key=lambda outcome: outcome.outcome_on)
    return assess(history._replace(contacts=tuple(contacts), outcomes=tuple(outcomes)), desk.editions)


def hold(desk: Desk, seen: Visit, told: refer.Reply | None) -> Recorded:
    """Record the outcome of an older referral and the visit, both or neither.

    The outcome goes first, so that it answers the older referral and never one that this visit opens.
    Raises ValueRefused, NotAllowed.
    """
    with deed(desk.db, desk.stamp, "screen.add" if seen.kind == "screening" else "visit.add", seen.person):
        if told is not None:
            refer.reply(desk, seen.person, told)
        (result,) = record(desk, [seen])
        for problem in result.refusals:
            raise refusal(problem)
    return result


def _same(known: Contact, seen: Visit) -> bool:
    """The follow-up of the same day, which this one would complete."""
    return seen.kind == "followup" == known.kind and known.on == seen.visit_date
