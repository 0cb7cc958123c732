"""Who has to be measured: blood pressure by age or risk, fasting glucose by risk, the check-up of older people.

Asked for, not planned: rows for everyone of 35 and more would fill the agenda with people of whom nothing is known,
and would have to be rewritten on birthdays and as time passes. So this is a walk through the residents by the index
of their villages, with the last measured day of each looked up; it stops where the list ends.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from chronic.i18n import N_
from chronic.model.days import add_months, day_or_none, iso
from chronic.model.report import Column, Report
from chronic.protocol import Editions, Interval, Protocol
from chronic.reports import residents
from chronic.rules.cadence import Wanted, wanted
from chronic.store import known as store

_LAST = """
(SELECT x.visit_date FROM visit AS x WHERE x.person = p.id AND x.ended_by IS NULL AND x.way <> 'phone' AND {measured}
 ORDER BY x.visit_date DESC LIMIT 1)"""
_BP_ON = _LAST.format(measured="x.sbp IS NOT NULL AND x.dbp IS NOT NULL")
_FPG_ON = _LAST.format(measured="(x.fpg IS NOT NULL OR x.fpg_meter IS NOT NULL)")
_EXAM_ON = "(SELECT max(c.checkup_date) FROM live_checkup AS c WHERE c.person = p.id AND c.kind = 'exam')"
_MORE = f", {_BP_ON} AS bp_on, {_FPG_ON} AS fpg_on, {_EXAM_ON} AS exam_on"
_WHERE = f"""(p.birth_date IS NULL OR p.birth_approximate IS NOT NULL OR p.birth_date <= :born_by)
  AND (coalesce({_BP_ON}, '') <= :bp_by OR coalesce({_FPG_ON}, '') <= :fpg_by
    OR p.birth_date <= :old_by AND coalesce({_EXAM_ON}, '') <= :exam_by)"""
_ORDER = ("bp", "fpg", "checkup")
_COLUMNS = (
    *residents.COLUMNS,
    Column("wanted", N_("To do")),
    Column("due_on", N_("Due")),
    Column("last_bp_on", N_("BP on")),
    Column("last_fpg_on", N_("Fasting on")),
    Column("factors_htn", N_("For hypertension")),
    Column("factors_dm", N_("For diabetes")),
)


def due(db: sqlite3.Connection, day: date, until: date, editions: Editions, among: residents.Among) -> Report:
    """People due by `until`, one row each; `due_on` None: never measured. `among.programme` asks for one disease."""
    rows = islice(_people(db, day, until, editions.on(day), among), among.limit)
    return Report("screen_due", day.isoformat(), _COLUMNS, rows)


def bounds(until: date, protocol: Protocol) -> dict[str, object]:
    """Bound values of the walk: nobody outside them can be due. A month's end may clip a date by three days."""
    rules = protocol.screening
    spare = timedelta(days=3)
    bp = max(_before(until, rules.bp.every), _before(until, rules.bp_at_risk.every))
    fpg = _before(until, rules.fpg_at_risk.every)
    youngest = min(rule.from_age for rule in (rules.bp, rules.bp_at_risk, rules.fpg_at_risk, rules.checkup))
    return {
        "bp_by": iso(bp + spare), "fpg_by": iso(fpg + spare), "exam_by": iso(_before(until, rules.checkup.every) + spare),
        "born_by": iso(add_months(until, -12 * youngest) + spare),
        "old_by": iso(add_months(until, -12 * rules.checkup.from_age) + spare),
    }  # fmt: skip


def sql(among: residents.Among) -> tuple[str, dict[str, object]]:
    """The walk's own query, for those who look at how SQLite does it."""
    return residents.query(among, _MORE, _WHERE)


def _people(
    db: sqlite3.Connection, day: date, until: date, protocol: Protocol, among: residents.Among
) -> Iterator[dict[str, object]]:
    for some in residents.walk(db, among, _MORE, _WHERE, bounds(until, protocol)):
        known = dict(store.read(db, (row[0] for row in some)))
        for row in some:
            bp_on, fpg_on, exam_on = map(day_or_none, residents.rest(row))
            found = wanted(known[row[0]], bp_on, fpg_on, exam_on, day, protocol)
            mine = [one for one in found if one.by(until) and _asked(one, among.programme)]
            if mine:
                yield residents.who(row, day, among.full) | _row(mine, bp_on, fpg_on)


def _asked(one: Wanted, programme: str | None) -> bool:
    return programme is None or one.what == {"htn": "bp", "dm": "fpg"}.get(programme)


def _row(mine: list[Wanted], bp_on: date | None, fpg_on: date | None) -> dict[str, object]:
    never = any(one.due_on is None for one in mine)
    by: dict[str, Any] = {one.what: list(one.factors) for one in mine}
    return {
        "wanted": [what for what in _ORDER if what in by],
        "due_on": None if never else min(one.due_on for one in mine if one.due_on is not None).isoformat(),
        "last_bp_on": iso(bp_on), "last_fpg_on": iso(fpg_on),
        "factors_htn": by.get("bp", []), "factors_dm": by.get("fpg", []),
    }  # fmt: skip


def _before(until: date, every: Interval) -> date:
    """The latest last day from which the interval ends by `until`."""
    return add_months(until, -every.months) - timedelta(days=every.days)
