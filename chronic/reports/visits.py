"""A person's visits, latest first, with what was decided on each."""

import sqlite3
from datetime import date

from chronic.i18n import N_
from chronic.model.codes import PROGRAMMES
from chronic.model.report import Column, Report

_VISITS = """
SELECT v.id, v.uid, v.visit_date, v.kind, v.way, v.sbp, v.dbp, coalesce(v.fpg_meter, v.fpg),
       (SELECT group_concat(programme || ':' || coalesce(class, ''), ' ') FROM verdict
         WHERE verdict.person = v.person AND verdict.visit = v.id AND programme <> ''),
       (SELECT max(danger) FROM verdict WHERE verdict.person = v.person AND verdict.visit = v.id),
       (SELECT min(due_on) FROM verdict WHERE verdict.person = v.person AND verdict.visit = v.id),
       v.next_visit_date, v.visit_doctor,
       CASE WHEN v.ended_by IS NULL THEN 'live' WHEN EXISTS (SELECT 1 FROM visit_void WHERE visit_void.uid = v.ended_by)
            THEN 'withdrawn' ELSE 'corrected' END
FROM visit AS v WHERE v.person = ? AND (? OR v.ended_by IS NULL) ORDER BY v.visit_date DESC, v.id DESC"""
_COLUMNS = (
    Column("visit", N_("Visit no."), True),
    Column("visit_uid", "uid", hidden=True),
    Column("visit_date", N_("Date")),
    Column("kind", N_("Kind")),
    Column("way", N_("Way")),
    Column("bp", N_("BP")),
    Column("fpg", N_("Fasting")),
    Column("class", N_("Class"), parts=PROGRAMMES),
    Column("danger", N_("Danger")),
    Column("due_on", N_("Next by")),
    Column("next_visit_date", N_("Doctor's date"), hidden=True),
    Column("visit_doctor", N_("Doctor"), hidden=True),
    Column("state", N_("State")),
)


def visits(db: sqlite3.Connection, day: date, person: int, everything: bool) -> Report:
    """Live visits of one person; with `everything` also corrected and withdrawn ones."""
    return Report("visits", day.isoformat(), _COLUMNS, [_row(row) for row in db.execute(_VISITS, (person, everything))])


def _row(row: tuple[object, ...]) -> dict[str, object]:
    id_, uid, on, kind, way, sbp, dbp, fpg, classes, danger, due_on, next_on, doctor, state = row
    given = dict(part.split(":") for part in str(classes or "").split())
    pressure = None if sbp is None and dbp is None else f"{'-' if sbp is None else sbp}/{'-' if dbp is None else dbp}"
    return {
        "visit": id_, "visit_uid": uid, "visit_date": on, "kind": kind, "way": way, "bp": pressure, "fpg": fpg,
        "class": {programme: given.get(programme) or None for programme in PROGRAMMES}, "danger": str(danger or "").split(),
        "due_on": due_on, "next_visit_date": next_on, "visit_doctor": doctor, "state": state,
    }  # fmt: skip
