"""What people tell about their risks."""

from collections.abc import Sequence
from datetime import date

from chronic.care.desk import Desk
from chronic.care.record import Recorded, refusal
from chronic.errors import ValueRefused
from chronic.model.facts import FACTS
from chronic.model.plan import Problem
from chronic.store import facts
from chronic.store.facts import Said
from chronic.store.journal import deed

_WORDS = {"yes": "yes", "是": "yes", "有": "yes", "no": "no", "否": "no", "无": "no"}


def parse(text: str, on: date, source: str | None) -> Said:
    """gestational=yes as a fact. Raises ValueRefused (`fact.shape`)."""
    name, _, word = text.partition("=")
    if name not in FACTS or word not in _WORDS:
        raise ValueRefused("fact.shape", text=text, known=", ".join(FACTS))
    return Said(name, _WORDS[word], on, source)


def tell(desk: Desk, person: int, said: Sequence[Said]) -> None:
    """Write down what was told; nothing is planned by it. Raises ValueRefused (`value.future`)."""
    for one in said:
        if one.on > desk.today:
            raise refusal(Problem("value.future", "on", one.on))
    with deed(desk.db, desk.stamp, "person.fact", person):
        facts.add(desk.db, person, said, desk.stamp)


def take(desk: Desk, person: int, said: Said) -> Recorded:
    """One row of a sheet: written, or known already, or refused. The uid tells whether it is known."""
    if facts.known(desk.db, said.uid):
        return Recorded("unchanged", said.uid)
    if said.on > desk.today:
        return Recorded("refused", None, (Problem("value.future", "told_on", said.on),))
    with deed(desk.db, desk.stamp, "person.fact", person):
        facts.add(desk.db, person, [said], desk.stamp)
    return Recorded("added", said.uid)
