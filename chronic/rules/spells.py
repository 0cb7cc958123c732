"""In which stages of the chain someone stood, from when to when: today's question asked of every day something happened.

Nothing is remembered of a stage, so each day's is computed from the facts up to that day. What was recorded late counts
from the day it is of.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from chronic.model.chain import Place
from chronic.model.facts import Known, Value
from chronic.model.plan import History
from chronic.protocol import Editions
from chronic.protocol.chain import Chain
from chronic.rules.assessment import assess
from chronic.rules.chain import events, places, situation


class Past(NamedTuple):
    """A history with what the chain needs beside it: see `rules.chain.events`."""

    history: History
    closed_reason: str | None
    told: list[tuple[str, Value]]
    found: list[tuple[date, str, str]]


class Spell(NamedTuple):
    """A stage from its place's `since_on` on; `to_on` is the day from which it was no longer so, None: it still is."""

    place: Place
    to_on: date | None


def spells(past: Past, risks: Known | None, day: date, editions: Editions, book: Chain) -> list[Spell]:
    """By the day they began. Of risks only today's are known."""
    gone: list[Spell] = []
    before: dict[tuple[str, str, date | None, tuple[str, ...]], Place] = {}
    for on in _days(past, day, book):
        now = {_key(place): place for place in at(past, risks if on == day else None, on, editions, book)}
        gone += [Spell(place, on) for key, place in before.items() if key not in now]
        before = now
    found = [*gone, *(Spell(place, None) for place in before.values())]
    return sorted(found, key=lambda spell: (spell.place.since_on or date.min, spell.to_on or date.max, spell.place.stage))


def at(past: Past, risks: Known | None, day: date, editions: Editions, book: Chain) -> tuple[Place, ...]:
    """Where someone stood on a day, from the facts up to it."""
    history = until(past.history, day)
    told = [(fact, value) for fact, value in past.told if value.on is not None and value.on <= day]
    mentioned = events(told, [row for row in past.found if row[0] <= day], book)
    known = situation(history, assess(history, editions), past.closed_reason, mentioned)
    return places(known, risks, day, editions.on(day), book)


def until(history: History, day: date) -> History:
    """The history as it stands with nothing after this day. An assumed beginning that an earlier visit moves stays."""
    first = min((contact.on for contact in history.contacts), default=date.max)
    begun = [e for e in history.enrolments if min(e.enrolled_on, first if e.assumed else e.enrolled_on) <= day]
    return history._replace(
        closed_on=history.closed_on if history.closed_on is not None and history.closed_on <= day else None,
        enrolments=tuple(e if e.ended_on is None or e.ended_on <= day else e._replace(ended_on=None, end_reason=None)
                         for e in begun),
        contacts=tuple(contact for contact in history.contacts if contact.on <= day),
        outcomes=tuple(outcome for outcome in history.outcomes if outcome.outcome_on <= day),
        pauses=tuple(pause for pause in history.pauses if pause.from_on <= day),
        checkups=tuple(on for on in history.checkups if on <= day),
        calls=tuple(call for call in history.calls if call.on <= day),
        slips=tuple(slip for slip in history.slips if slip.made_on <= day),
    )  # fmt: skip


def _days(past: Past, day: date, book: Chain) -> list[date]:
    """Every day up to this one on which a stage may begin or end, and the day itself."""
    history = past.history
    found: set[date | None] = {day, history.closed_on}
    for enrolment in history.enrolments:
        found |= {enrolment.enrolled_on, enrolment.ended_on}
    found |= {contact.on for contact in history.contacts} | {outcome.outcome_on for outcome in history.outcomes}
    found |= {slip.made_on for slip in history.slips}
    mentioned: Iterable[date | None] = [*(value.on for _, value in past.told), *(row[0] for row in past.found)]
    found |= set(mentioned)
    for on in mentioned:
        found |= {event.lasts.after(on) + timedelta(days=1) for event in book.events.values() if on is not None}
    return sorted(on for on in found if on is not None and on <= day)


def _key(place: Place) -> tuple[str, str, date | None, tuple[str, ...]]:
    return place.stage, place.programme, place.since_on, place.about
