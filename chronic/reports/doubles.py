"""People whom two registries have, each in a village of its own, and nobody has said yet where they belong.

One person is one row here and counted once, in one of the villages. Which one that is was decided by no one: both
registrations go on until somebody does (`transfer settle`).
"""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_
from chronic.model.days import age_on, china_day_of, from_iso, iso
from chronic.model.idcard import masked_id
from chronic.model.report import Column, Report
from chronic.reports import listed, tagged
from chronic.store import places

_COLUMNS = (
    *listed.PERSON,
    Column("id_number", N_("ID number")),
    Column("village", N_("Village")),
    Column("counted_here", N_("Counted in"), hidden=True),
    Column("written_by", N_("Doctor")),
    Column("since_on", N_("Since")),
    Column("visits", N_("Visits"), right=True),
    Column("last_visit_on", N_("Last met")),
)
_EVERYBODY = tagged.Whom()
_CLAIMS = """
SELECT p.id, p.uid, p.name, p.sex, p.birth_date, p.id_number, c.new, p.village_name, c.recorded_by, c.recorded_at,
  (SELECT json_array(count(*), max(v.visit_date)) FROM visit AS v
   WHERE v.person = p.id AND v.ended_by IS NULL AND v.way <> 'phone' AND v.recorded_by = c.recorded_by)
FROM person_change AS c JOIN person_card AS p ON p.id = c.person
WHERE c.field = 'village' AND c.new IS NOT NULL AND p.closed_on IS NULL
  AND EXISTS (SELECT 1 FROM person_change AS o WHERE o.person = c.person AND o.field = 'village'
              AND o.counter = c.counter AND o.new IS NOT c.new)
  AND NOT EXISTS (SELECT 1 FROM person_change AS o WHERE o.person = c.person AND o.field = 'village'
                  AND o.counter > c.counter)
ORDER BY p.id, c.recorded_at DESC"""


def listing(
    db: sqlite3.Connection, day: date, full: bool = False, whom: tagged.Whom = _EVERYBODY, limit: int | None = None
) -> Report:
    """One line for each village that has the person, the one that wrote last first: since when, and the last visit that
    its doctor recorded. Of a village those whom it has, with what the others say of them."""
    among = tagged.people(db, whom._replace(where=None))
    rows = [row for row in _rows(db, day, full) if among is None or row["person_id"] in among]
    if whom.where is not None:
        names = {places.names(db, village, None)[0] for village in whom.where.villages}
        theirs = {row["person_id"] for row in rows if row["village"] in names}
        rows = [row for row in rows if row["person_id"] in theirs]
    return Report("doubles", day.isoformat(), _COLUMNS, rows[:limit])


def _rows(db: sqlite3.Connection, day: date, full: bool) -> Iterator[dict[str, object]]:
    from json import loads

    for person, uid, name, sex, born, number, village, now, by, at, met in db.execute(_CLAIMS):
        visits, last = loads(met)
        yield {
            "person_id": person, "uid": uid, "name": name, "sex": sex, "age": age_on(from_iso(born), day) if born else None,
            "id_number": number if full else masked_id(number), "village": village, "counted_here": village == now,
            "written_by": by, "since_on": iso(china_day_of(at)), "visits": visits, "last_visit_on": last,
        }  # fmt: skip
