"""What is known of people's risks, many at a time: the register, the latest live values, and what they told."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from chronic.model.days import day_or_none, from_iso
from chronic.model.facts import Known, Value
from chronic.model.visit import METER_HIGH, METER_LOW

_AT_ONCE = 500
_LAST = (
    "weight_kg",
    "height_cm",
    "waist_cm",
    "salt",
    "alcohol_liang_per_day",
    "exercise_per_week",
    "hdl_c",
    "tg",
    "bp_drugs",
)
_METER = {"HI": METER_HIGH, "LO": METER_LOW}
_PEOPLE = """
SELECT id, CASE WHEN birth_approximate IS NULL THEN birth_date END, sex, family_history, ascvd
FROM person WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"""
_MANAGED = """
SELECT person, programme, min(enrolled_on) FROM open_enrolment WHERE person IN (SELECT value FROM json_each(?))
GROUP BY person, programme"""
_VISITS = f"""
SELECT person, visit_date, way, sbp, dbp, fpg, fpg_meter, ogtt_2h, hba1c, hba1c_on, {", ".join(_LAST)}
FROM visit WHERE person IN (SELECT value FROM json_each(?)) AND ended_by IS NULL ORDER BY person, visit_date, uid"""
_TOLD = """
SELECT person, fact, value, told_on FROM person_fact WHERE person IN (SELECT value FROM json_each(?))
ORDER BY person, told_on, id"""

Tested = tuple[date, float | None, float | None, float | None]


def read(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[tuple[int, Known]]:
    """(person, what is known) for each id, in batches, ids ascending."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _AT_ONCE):
        yield from _batch(db, json.dumps(wanted[start : start + _AT_ONCE]))


def _batch(db: sqlite3.Connection, ids: str) -> Iterator[tuple[int, Known]]:
    managed: defaultdict[int, dict[str, date]] = defaultdict(dict)
    for person, programme, on in db.execute(_MANAGED, (ids,)):
        managed[person][programme] = from_iso(on)
    last: defaultdict[int, dict[str, Value]] = defaultdict(dict)
    tested: defaultdict[int, list[Tested]] = defaultdict(list)
    for person, *row in db.execute(_VISITS, (ids,)):
        _take(row, last[person], tested[person])
    told: defaultdict[int, dict[str, Value]] = defaultdict(dict)
    for person, fact, value, on in db.execute(_TOLD, (ids,)):
        told[person][fact] = Value(value, from_iso(on))
    for person, born, sex, family, ascvd in db.execute(_PEOPLE, (ids,)).fetchall():
        tests = tuple(sorted(tested[person], key=lambda test: test[0]))
        yield (
            person,
            Known(day_or_none(born), sex, family, ascvd, managed[person], last[person], tests, told[person]),
        )


def _take(row: list[object], last: dict[str, Value], tested: list[Tested]) -> None:
    """One contact, later than those before. Pressures told by phone do not count."""
    day, way, sbp, dbp, fpg, meter, ogtt, hba1c, hba1c_on, *values = row
    on = from_iso(str(day))
    if way != "phone" and (sbp is not None or dbp is not None):
        last["bp"] = Value((sbp, dbp), on)
    fasting = _METER.get(str(meter), fpg)
    if fasting is not None or ogtt is not None:
        tested.append((on, fasting, ogtt, None))  # type: ignore[arg-type]
    if hba1c is not None:
        tested.append((from_iso(str(hba1c_on)) if hba1c_on else on, None, None, hba1c))  # type: ignore[arg-type]
    for column, value in zip(_LAST, values, strict=True):
        if value is not None:
            last[column] = Value(value, on)
