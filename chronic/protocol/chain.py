"""The stages of the chain: how long each may last, and what rehabilitation follows."""

from chronic.model.facts import FACTS
from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Names, Section

_LIMITED = ("suspected", "managed", "rehabilitation")


class Limit(Section):
    """A stage that has lasted longer than this is stuck."""

    cite: str
    after: Interval


class Event(Section):
    """What rehabilitation follows, for how long, and the `field.code` of a check-up form that names it."""

    cite: str
    name: Names
    found: list[str]
    lasts: Interval


class Chain(Book):
    """Stages of the chain: `limits` of suspected, managed and rehabilitation."""

    table = "chain"

    limits: dict[str, Limit]
    events: dict[str, Event]
    cites: dict[str, Cite]

    def wrong(self) -> list[tuple[str, str]]:
        """Limits of stages that have none, events that cannot be told, codes that are not on the check-up form."""
        from chronic.model.checkup_fields import by_column

        wrong = [("limits", word) for word in set(self.limits) ^ set(_LIMITED)]
        wrong += [(f"events.{code}", code) for code in self.events if code not in FACTS]
        for code, event in self.events.items():
            for text in event.found:
                field, _, word = text.partition(".")
                if field not in by_column() or word not in (by_column()[field].codes or {}):
                    wrong.append((f"events.{code}.found", text))
        return wrong
