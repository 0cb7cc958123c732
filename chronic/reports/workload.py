"""`report workload`: visits to expect week by week, from the open plans and how often each person is seen.

Everyone is counted as if their class stayed as it is; what is overdue falls on the first working
day. Paused people are
left out.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from chronic.i18n import N_
from chronic.model.codes import PROGRAMMES
from chronic.model.days import MONTHS_A_YEAR, add_months, day_or_none
from chronic.model.report import Column, Report
from chronic.model.workdays import Workdays, monday, week_name
from chronic.protocol import Editions, Interval, Protocol
from chronic.reports import grouped
from chronic.reports.overdue import Asked, filters
from chronic.rules.workload import intervals, meetings

_PEOPLE = """
SELECT a.person, {group}, a.due_followup, a.due_checkup, a.due_referral, a.due_screening,
       (SELECT group_concat(q.programme, ' ') FROM plan AS q WHERE q.person = a.person AND q.kind = 'followup'),
       {classes}
FROM agenda AS a JOIN person AS p ON p.id = a.person
WHERE {where}"""
_CLASSES = ", ".join(f"a.assessed_{programme}" for programme in PROGRAMMES)
_WEEK = timedelta(weeks=1)


class Load(NamedTuple):
    """One week of one group: visits by what they are for, and the people they go to, each once."""

    followups: int = 0
    checkups: int = 0
    others: int = 0
    people: int = 0


class Forecast(NamedTuple):
    report: Report
    people: int
    unassessed: int
    """Of them, in no programme with a class: counted with the year's visits alone."""
    unpublished: list[int]


def workload(
    db: sqlite3.Connection, today: date, editions: Editions, workdays: Workdays, asked: Asked, by: str | None
) -> Forecast:
    """A row for each ISO week of twelve months, or for each week and group. Of `asked` villages, doctor and tag count."""
    last = add_months(today, MONTHS_A_YEAR) - timedelta(days=1)
    first = today if workdays.works(today) else workdays.after(today)
    loads: dict[Any, dict[date, Load]] = {} if by else {None: {}}
    people = unassessed = 0
    for group, days, known in _everyone(db, (first, last), editions.on(today), asked, by):
        people, unassessed = people + 1, unassessed + (not known)
        weeks = loads.setdefault(group, {})
        for week, load in _by_week(days).items():
            weeks[week] = Load(*map(sum, zip(weeks.get(week, Load()), load, strict=True)))
    columns = (
        Column("week_on", N_("Week from")),
        Column("week", N_("Week")),
        *([Column(by, grouped.BY[by])] if by else []),
        Column("workdays", N_("Working days"), right=True),
        Column("followups", N_("Follow-ups"), right=True),
        Column("checkups", N_("Check-ups"), right=True),
        Column("others", N_("Rechecks and referrals"), right=True),
        Column("people", N_("People"), right=True),
    )
    rows = _rows(loads, first, last, workdays, by)
    name = f"workload_by_{by}" if by else "workload"
    return Forecast(Report(name, today.isoformat(), columns, rows), people, unassessed, workdays.unpublished(today, last))


def _everyone(
    db: sqlite3.Connection, span: tuple[date, date], protocol: Protocol, asked: Asked, by: str | None
) -> Iterator[tuple[str | None, list[tuple[date, Load]], bool]]:
    """(group, days with what is to be done, whether any class is known) of everyone who has a plan and is not paused."""
    values: dict[str, object] = {}
    where = ["a.paused = 0", *filters(asked, values)]
    groups = grouped.groups(db, by, span[0]) if by else None
    sql = _PEOPLE.format(group=groups.column("a") if groups else "NULL", classes=_CLASSES, where=" AND ".join(where))
    yearly = [protocol.entitlement.checkup.every]
    for _, group, followup, checkup, referral, screening, managed, *assessed in db.execute(sql, values):
        classes = {name: klass for name, klass in zip(PROGRAMMES, assessed, strict=True) if name in (managed or "").split()}
        days = [(day, Load(followups=1)) for day in _on(followup, intervals(classes, protocol), *span)]
        days += [(day, Load(checkups=1)) for day in _on(checkup, yearly, *span)]
        days += [(day, Load(others=1)) for due in (referral, screening) for day in _on(due, [], *span)]
        yield groups.name(group, None) if groups else None, days, not classes or any(classes.values())


def _on(due_on: str | None, every: list[Interval], first: date, last: date) -> Iterator[date]:
    due = day_or_none(due_on)
    return iter(()) if due is None else meetings(due, every, first, last)


def _by_week(days: list[tuple[date, Load]]) -> dict[date, Load]:
    """What one person adds to each week; the person once, however much there is to do."""
    weeks: dict[date, Load] = defaultdict(Load)
    for day, load in days:
        together = Load(*map(sum, zip(weeks[monday(day)], load, strict=True)))
        weeks[monday(day)] = together._replace(people=1)
    return weeks


def _rows(
    loads: dict[Any, dict[date, Load]], first: date, last: date, workdays: Workdays, by: str | None
) -> Iterator[dict[str, object]]:
    """Week by week; of the first one only the days from `first` on are left."""
    week = monday(first)
    while week <= last:
        days = len(workdays.among(max(week, first), min(week + _WEEK - timedelta(days=1), last)))
        for group in sorted(loads, key=lambda name: name or ""):
            load = loads[group].get(week, Load())
            yield {
                "week_on": week.isoformat(), "week": week_name(week), **({by: group} if by else {}),
                "workdays": days, **load._asdict(),
            }  # fmt: skip
        week += _WEEK
