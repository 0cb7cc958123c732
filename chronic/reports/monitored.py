"""Serious complications in monitored households 监测户: what the village committee is to be told of.

A household is monitored where that was said of it, or of anybody who lives there; somebody with the tag and without a
household number stands for themselves. No income is stored, only the tag.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.days import from_iso
from chronic.model.tags import MONITORED, spellings

COMPLICATION, ILLNESS, EVENTS = "complication", "rescue", ("stroke", "mi", "amputation")
"""What counts: a visit with a complication new or worse, a major illness in rescue, a fact told of a person."""

_SPELT = ", ".join(f"'{name}'" for name in spellings(MONITORED))
_WHO = f"""
WITH monitored AS (
  SELECT DISTINCT p.id, p.uid, p.village, p.hamlet, p.household_no FROM tagged AS t JOIN person AS m ON m.id = t.person
  JOIN person AS p ON p.id = m.id
    OR (p.village = m.village AND p.hamlet IS m.hamlet AND p.household_no = m.household_no)
  WHERE t.tag IN ({_SPELT}) AND m.closed_on IS NULL AND p.closed_on IS NULL),
found AS (
  SELECT m.id, '{COMPLICATION}' AS what, x.visit_date AS since FROM monitored AS m
  CROSS JOIN verdict AS d ON d.person = m.id JOIN live_contact AS x ON x.id = d.visit WHERE d.class = 'complication'
  UNION SELECT m.id, f.fact, f.told_on FROM monitored AS m CROSS JOIN person_fact AS f ON f.person = m.id
  WHERE f.value = 'yes' AND f.fact IN ({", ".join(f"'{name}'" for name in EVENTS)})
  UNION SELECT m.id, '{ILLNESS}', r.happened_on FROM monitored AS m CROSS JOIN rescue AS r ON r.person = m.id
  WHERE r.state = 'begun')
SELECT m.id, m.uid, v.name, h.name, m.household_no, found.what, found.since
FROM found JOIN monitored AS m ON m.id = found.id
LEFT JOIN place AS v ON v.id = m.village LEFT JOIN place AS h ON h.id = m.hamlet
WHERE found.since BETWEEN :since AND :day ORDER BY found.since, m.id, found.what"""


class Notice(NamedTuple):
    """`household` is stable while nobody is renumbered: village, hamlet and number, or the person's uid."""

    household: str
    person: int
    uid: str
    what: str
    since: date

    @property
    def key(self) -> str:
        """The same notice again tomorrow."""
        return f"monitored:{self.uid}:{self.what}:{self.since.isoformat()}"


def query() -> str:
    """The SQL, for those who look at how SQLite does it; it wants :since and :day."""
    return _WHO


def notices(db: sqlite3.Connection, day: date, since: date = date.min) -> Iterator[Notice]:
    """Each complication of somebody in a monitored household found from `since` to `day`, the oldest first."""
    for id_, uid, village, hamlet, number, what, on in db.execute(
        _WHO, {"day": day.isoformat(), "since": since.isoformat()}
    ):
        house = "/".join((village, hamlet or "", number)) if village and number else uid
        yield Notice(house, id_, uid, what, from_iso(on))
