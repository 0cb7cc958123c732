"""Lists that a county or township hands out: one task for each village, with the people there it is about."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.i18n import _, ngettext
from chronic.i18n.terms import HANDED_OUT, term
from chronic.model.place import Where
from chronic.model.task import Handed
from chronic.protocol.reporting import Reporting
from chronic.reports import duplicates, overdue, quality
from chronic.reports.quality.seen import Asked as Looked
from chronic.store import lookalikes, places, tasks

OVERDUE, QUALITY, DUPLICATES = SOURCES = tuple(HANDED_OUT)
_WHERE = """
SELECT id, village, hamlet, responsible_doctor FROM person WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"""


class Lists(NamedTuple):
    """`already`: people left out because an open task has them; `nowhere`: people of no known village."""

    lists: list[Handed]
    already: int
    nowhere: int


def lists(desk: Desk, source: str, days: int | None, where: Where | None) -> Lists:
    """What is to be handed out: villages in the order of their names. `days`: of overdue, more than so many."""
    found = set(_people(desk, source, days))
    already, handed = 0, tasks.handed(desk.db, source)
    by_village: dict[int, list[int]] = defaultdict(list)
    doctors: dict[int, Counter[str]] = defaultdict(Counter)
    nowhere = 0
    for person, village, hamlet, doctor in desk.db.execute(_WHERE, (json.dumps(sorted(found)),)):
        if where is not None and (village is None or not where.holds(village, hamlet)):
            continue
        if person in handed:
            already += 1
        elif village is None:
            nowhere += 1
        else:
            by_village[village].append(person)
            doctors[village].update([doctor] if doctor else [])
    labels = places.labelled(desk.db)
    made = [
        Handed(village, labels[village][0], _owner(doctors[village], labels[village][0]),
               _title(desk, source, days, len(people)), tuple(people))
        for village, people in by_village.items()
    ]  # fmt: skip
    return Lists(sorted(made, key=lambda one: one.village), already, nowhere)


def threshold(desk: Desk, days: int | None) -> int:
    """Overdue for more days than this."""
    return days if days is not None else Reporting.of(desk.editions.on(desk.today)).handed_out.overdue.days


def _people(desk: Desk, source: str, days: int | None) -> Iterable[int]:
    if source == OVERDUE:
        asked = overdue.Asked(min_days=threshold(desk, days) + 1)
        return [int(str(row["person_id"])) for row in overdue.overdue(desk.db, desk.today, asked).rows]
    if source == QUALITY:
        looked = Looked(quality.windows(desk.today))
        found = quality.find(desk.db, looked, desk.editions.on(desk.today))
        return [finding.person for finding in found.findings if finding.person is not None]
    pairs = duplicates.pairs(desk.db, lookalikes.everyone(desk.db))
    return [card.id for _likeness, *cards in pairs for card in cards]


def _owner(doctors: Counter[str], village: str) -> str:
    """Most of them are this doctor's; where nobody is anybody's, the village's."""
    return max(doctors, key=lambda name: (doctors[name], name), default=village)


def _title(desk: Desk, source: str, days: int | None, people: int) -> str:
    said = term(HANDED_OUT, source)
    if source == OVERDUE:
        said = _("{what} for more than {days} days").format(what=said, days=threshold(desk, days))
    return _("{what}: {people}").format(what=said, people=ngettext("{n} person", "{n} people", people).format(n=people))
