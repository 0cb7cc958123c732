"""Check-ups as a sheet that `import` reads back: every field of the form, every live record, by person and day."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.model.checkup_fields import FORM_FIELDS
from chronic.model.idcard import masked_id
from chronic.model.report import Column, Report
from chronic.model.visit import METER_HIGH, METER_LOW
from chronic.store import checkups

COLUMNS = ("uid", "person_uid", "name", "id_number", "archive_no", *(field.column for field in FORM_FIELDS))
_PEOPLE = (
    "SELECT id, uid, name, id_number, archive_no FROM person WHERE id IN (SELECT person FROM live_checkup) ORDER BY uid"
)
_LISTS = frozenset(field.column for field in FORM_FIELDS if field.kind == "codes")
_METERS = {METER_HIGH: "HI", METER_LOW: "LO"}


def checkup_sheet(db: sqlite3.Connection, day: date, full: bool) -> Report:
    """Every live check-up; TCM parts alone too."""
    return Report("checkups", day.isoformat(), tuple(Column(name, name) for name in COLUMNS), _rows(db, full))


def left_out(db: sqlite3.Connection) -> dict[str, int]:
    """What the registry knows of check-ups and the sheet has no column for."""
    counts = {
        "checkups_ended": "SELECT count(*) FROM checkup WHERE ended_by IS NOT NULL",
        "settled": "SELECT count(*) FROM finding_settled",
    }
    return {name: db.execute(sql).fetchone()[0] for name, sql in counts.items()}


def _rows(db: sqlite3.Connection, full: bool) -> Iterator[dict[str, object]]:
    for id_, uid, name, number, archive_no in db.execute(_PEOPLE).fetchall():
        whose = {"name": name, "id_number": number if full else masked_id(number), "archive_no": archive_no}
        for form in of(db, id_):
            yield {**dict.fromkeys(COLUMNS), **form, **whose, "person_uid": uid}


def of(db: sqlite3.Connection, person: int) -> Iterator[dict[str, object]]:
    """The live check-ups of one person, oldest first: what was filled in, by column."""
    ((uid,),) = db.execute("SELECT uid FROM person WHERE id = ?", (person,)).fetchall()
    for form in checkups.of(db, person):
        own = {column: _cell(column, value) for column, value in form.values.items()}
        yield own | {"uid": form.uid, "person_uid": uid, "checkup_date": form.checkup_date.isoformat()}


def _cell(column: str, value: object) -> object:
    if column in _LISTS:
        return str(value).split(";")
    return _METERS.get(value, value) if isinstance(value, float) else value
