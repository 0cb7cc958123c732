"""Work that counts for the subsidy: valid face-to-face follow-ups and complete check-ups of a period, each once.

A follow-up is one record of one person and day, whatever number of programmes it serves; it counts for one doctor and
in one period. It is valid when it was face to face, the person was managed in a programme that grants follow-ups on
that day, and what its class hangs on was measured. A check-up is complete when nothing that its form requires of this
person is blank; one a person and calendar year counts, the earliest. Nobody's money is reckoned here.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.checkup import Values
from chronic.model.days import day_or_none, from_iso, year_of
from chronic.model.period import Period
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.reports import grouped, tagged
from chronic.rules import checkup as rules
from chronic.store import checkups

VISIT, CHECKUP = "visit", "checkup"
COUNTED = "counted"
_WHO = """
p.id, p.uid, p.name, p.sex, p.birth_date, v.name, h.name"""
_FROM = """
JOIN person AS p ON p.id = o.person LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet"""
_STAYS = """
SELECT group_concat(e.programme, ' ') FROM enrolment AS e
WHERE e.person = o.person AND e.enrolled_on <= {day} AND (e.ended_on IS NULL OR e.ended_on >= {day})"""
_VISITS = f"""
SELECT {_WHO}, o.id, o.uid, o.visit_date, o.way, coalesce(o.visit_doctor, p.responsible_doctor), p.closed_on,
  ({_STAYS.format(day="o.visit_date")}),
  (SELECT group_concat(d.programme, ' ') FROM verdict AS d
    WHERE d.person = o.person AND d.visit = o.id AND d.class <> 'not_assessed')
FROM visit AS o {_FROM}
WHERE o.ended_by IS NULL AND o.kind = 'followup' AND o.way <> 'phone'
  AND o.visit_date BETWEEN :first AND :last {{where}} ORDER BY o.visit_date, o.uid"""
_CHECKUPS = f"""
SELECT {_WHO}, o.id, o.uid, o.checkup_date, NULL,
  coalesce((SELECT d.value FROM checkup_value AS d WHERE d.checkup = o.id AND d.field = 'checkup_doctor'),
    p.responsible_doctor), p.closed_on, ({_STAYS.format(day="o.checkup_date")}), NULL
FROM checkup AS o {_FROM}
WHERE o.ended_by IS NULL AND o.kind = 'exam'
  AND o.checkup_date BETWEEN :first AND :last {{where}} ORDER BY o.checkup_date, o.uid"""
_AT_ONCE = 500

_COUNTS = (
    Column("visits", N_("Face to face"), right=True),
    Column("valid", N_("Valid"), right=True),
    Column("people", N_("People met"), right=True),
    Column("checkups", N_("Check-ups"), right=True),
    Column("complete", N_("Complete, counted"), right=True),
)
_ROW = (
    Column("work", N_("What")),
    Column("number", N_("No."), right=True),
    Column("record_uid", "record_uid", hidden=True),
    Column("on", N_("Date")),
    Column("person_id", N_("Id"), right=True),
    Column("uid", "uid", hidden=True),
    Column("name", N_("Name")),
    Column("sex", N_("Sex"), hidden=True),
    Column("village", N_("Village")),
    Column("hamlet", N_("Hamlet"), hidden=True),
    Column("doctor", N_("Doctor")),
    Column("programmes", N_("Programmes")),
    Column("counts", N_("Counts")),
    Column("missing", N_("Missing")),
)

Row = dict[str, object]


class Asked(NamedTuple):
    """`by`: one of grouped.BY. `doctor`: only what this one did. Of `whom` the villages and tags count."""

    period: Period
    whom: tagged.Whom = tagged.Whom()
    by: str = "doctor"
    doctor: str | None = None
    limit: int | None = None


def counted(db: sqlite3.Connection, editions: Editions, asked: Asked) -> Report:
    """A row for each place, doctor, team or institution, most valid follow-ups first; the whole at the end. Work counts for
    the team and institution the doctor was of on its day."""
    by, groups = grouped.groups(db, asked.by, asked.period.last), dict[str | None, list[Row]]()
    homes = {} if by.part == grouped.DOCTOR else dict(db.execute(f"SELECT id, {by.column('p')} FROM person AS p"))
    for row in rows(db, editions, asked):
        value = row["doctor"] if by.part == grouped.DOCTOR else homes[row["person_id"]]
        groups.setdefault(by.name(value, from_iso(str(row["on"]))), []).append(row)
    lines: list[Row] = [{asked.by: name, **_sums(some)} for name, some in groups.items()]
    lines.sort(key=lambda line: (-int(str(line["valid"])), -int(str(line["complete"])), str(line[asked.by] or "")))
    whole: Row = {asked.by: "*", **_sums([row for some in groups.values() for row in some])}
    columns = (Column(asked.by, grouped.BY[asked.by]), *_COUNTS)
    return Report("work_done", asked.period.last.isoformat(), columns, [*lines, whole] if lines else [])


def listing(db: sqlite3.Connection, editions: Editions, asked: Asked) -> Report:
    """Every record of the period, whether it counts and if not, why not."""
    return Report("work_done_records", asked.period.last.isoformat(), _ROW, list(rows(db, editions, asked))[: asked.limit])


def rows(db: sqlite3.Connection, editions: Editions, asked: Asked) -> Iterator[Row]:
    """Follow-ups, then check-ups, by date. `counts`: counted, or the code of why it is not."""
    for row in _everything(db, editions, asked):
        if asked.doctor in (None, row["doctor"]):
            yield row


def _everything(db: sqlite3.Connection, editions: Editions, asked: Asked) -> Iterator[Row]:
    values: dict[str, object] = {"first": asked.period.first.isoformat(), "last": asked.period.last.isoformat()}
    where = tagged.filters(asked.whom, values)
    for row in db.execute(_VISITS.format(where=where), values):
        yield _visit(row, editions)
    yield from _checkups(db, editions, asked)


def _visit(row: tuple[object, ...], editions: Editions) -> Row:
    managed, assessed = (set(str(words or "").split()) for words in row[-2:])
    day = from_iso(str(row[9]))
    granting = set(editions.on(day).entitlement.visits.programmes)
    closed_on = day_or_none(None if row[12] is None else str(row[12]))
    if closed_on is not None and closed_on < day:
        counts = "after_closing"
    elif not managed & granting:
        counts = "not_managed"
    else:
        counts = COUNTED if managed & granting & assessed else "no_reading"
    return _row(VISIT, row, sorted(managed & granting, reverse=True), counts, ())


def _checkups(db: sqlite3.Connection, editions: Editions, asked: Asked) -> Iterator[Row]:
    """Those of the whole calendar year are looked at: the earliest complete one of a person is the one that counts."""
    since = year_of(asked.period.first)[0]
    values: dict[str, object] = {"first": since.isoformat(), "last": asked.period.last.isoformat()}
    where = tagged.filters(asked.whom, values)
    seen: set[tuple[object, int]] = set()
    found = db.execute(_CHECKUPS.format(where=where), values).fetchall()
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        forms = checkups.among(db, [row[7] for row in some])
        for row in some:
            day = from_iso(row[9])
            row_made = _checkup(row, day, forms[row[7]].values, editions, (row[0], day.year) in seen)
            if row_made["counts"] == COUNTED:
                seen.add((row[0], day.year))
            if day >= asked.period.first:
                yield row_made


def _checkup(row: tuple[object, ...], day: date, filled: Values, editions: Editions, again: bool) -> Row:
    from chronic.forms import checkup_of

    form = checkup_of(editions.on(day))
    managed = str(row[-2] or "").split()
    born = day_or_none(None if row[4] is None else str(row[4]))
    population = rules.populations(born, managed, day, form)
    parts = rules.completeness(rules.derived(filled, form), population, day, form)
    missing = tuple(dict.fromkeys(column for part in parts for column in part.missing))
    closed_on = day_or_none(None if row[12] is None else str(row[12]))
    if closed_on is not None and closed_on < day:
        counts = "after_closing"
    elif not population:
        counts = "not_entitled"
    elif missing:
        counts = "incomplete"
    else:
        counts = "again" if again else COUNTED
    return _row(CHECKUP, row, sorted(population), counts, missing)


def _row(what: str, row: tuple[object, ...], programmes: Iterable[str], counts: str, missing: tuple[str, ...]) -> Row:
    person, uid, name, sex, _born, village, hamlet, number, record_uid, on, _way, doctor, *_rest = row
    return {
        "work": what, "number": number, "record_uid": record_uid, "on": on, "person_id": person, "uid": uid, "name": name,
        "sex": sex, "village": village, "hamlet": hamlet, "doctor": doctor, "programmes": list(programmes),
        "counts": counts, "missing": list(missing),
    }  # fmt: skip


def _sums(some: list[Row]) -> dict[str, int]:
    visits = [row for row in some if row["work"] == VISIT]
    checked = [row for row in some if row["work"] == CHECKUP]
    return {
        "visits": len(visits), "valid": sum(row["counts"] == COUNTED for row in visits),
        "people": len({row["person_id"] for row in visits}),
        "checkups": len(checked), "complete": sum(row["counts"] == COUNTED for row in checked),
    }  # fmt: skip
