"""Villages and doctors whose share of controlled people fell against the same day a year before."""

import sqlite3
from datetime import date
from typing import NamedTuple

from chronic.protocol import Interval
from chronic.protocol.warning import Warning as Book
from chronic.reports.tagged import Whom, filters
from chronic.rules import warning

FALL = "fall"
GROUPS = {"village": "village.name", "doctor": "p.responsible_doctor"}
_LAST = """
SELECT {group}, e.person, (SELECT w.class FROM visit AS v JOIN verdict AS w
    ON w.person = v.person AND w.visit = v.id AND w.programme = e.programme
  WHERE v.person = e.person AND v.ended_by IS NULL AND v.kind = 'followup' AND v.way <> 'phone'
    AND v.visit_date > :after AND v.visit_date <= :day AND w.class <> 'not_assessed'
  ORDER BY v.visit_date DESC LIMIT 1) = 'controlled'
FROM enrolment AS e JOIN person AS p ON p.id = e.person LEFT JOIN place AS village ON village.id = p.village
WHERE e.programme = :programme AND e.enrolled_on <= :day AND (e.ended_on IS NULL OR e.ended_on > :day)
  AND (p.closed_on IS NULL OR p.closed_on > :day){where}
GROUP BY e.person"""


class Group(NamedTuple):
    """A village or a doctor whose control fell. `lost`: who was controlled then and is managed and not controlled now."""

    by: str
    name: str
    programme: str
    then: tuple[int, int]
    now: tuple[int, int]
    lost: tuple[int, ...]
    statistic: warning.Fall

    @property
    def key(self) -> str:
        return f"{FALL}:{self.by}:{self.name}:{self.programme}"


def falls(db: sqlite3.Connection, day: date, book: Book, programme: str, by: str, whom: Whom) -> list[Group]:
    """The groups whose share of controlled people fell against the same day a year before, by name."""
    rules = book.fall
    then, now = (controlled(db, on, rules.within, programme, by, whom) for on in (rules.within.before(day), day))
    found = []
    for name in sorted(set(then) & set(now) - {None}, key=str):
        was, is_ = then[name], now[name]
        if min(len(was), len(is_)) < rules.people:
            continue
        fall = warning.fall(sum(was.values()), len(was), sum(is_.values()), len(is_))
        if fall.p < rules.p_below and fall.then - fall.now >= rules.points:
            lost = tuple(sorted(person for person, well in is_.items() if not well and was.get(person)))
            counts = (sum(was.values()), len(was)), (sum(is_.values()), len(is_))
            found.append(Group(by, str(name), programme, *counts, lost, fall))
    return found


def controlled(
    db: sqlite3.Connection, day: date, within: Interval, programme: str, by: str, whom: Whom
) -> dict[str | None, dict[int, bool]]:
    """Group -> everybody managed on this day -> was their latest class controlled? Without a class lately: no."""
    values: dict[str, object] = {
        "programme": programme, "day": day.isoformat(), "after": within.before(day).isoformat(),
    }  # fmt: skip
    sql = _LAST.format(group=GROUPS[by], where=filters(whom, values))
    found: dict[str | None, dict[int, bool]] = {}
    for group, person, well in db.execute(sql, values):
        found.setdefault(group, {})[person] = bool(well)
    return found
