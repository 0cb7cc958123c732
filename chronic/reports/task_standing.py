"""How the tasks of each village, township or area stand: what the county sees of what it handed out."""

import sqlite3
from collections import Counter, defaultdict
from datetime import date

from chronic.i18n import N_
from chronic.model.place import LEVELS
from chronic.model.report import Column, Report
from chronic.reports import tagged
from chronic.reports.tasks import ACCEPTED, HANDED, Asked
from chronic.store import places

BY = tuple(level for level in LEVELS if level != "hamlet")
_OWNED = f"coalesce(o.owner, {HANDED}, t.owner)"
_AT = "coalesce(p.village, t.place)"
_BY_PLACE = f"""
SELECT {_AT}, sum(o.task IS NOT NULL), sum(coalesce(o.due_on < :today, 0)), sum(coalesce(o.reopened, 0)),
  sum(o.task IS NULL AND NOT {ACCEPTED}), sum(o.task IS NULL AND {ACCEPTED}), count(*),
  min(CASE WHEN o.task IS NOT NULL THEN t.found_on END)
FROM task AS t LEFT JOIN task_open AS o ON o.task = t.id LEFT JOIN person AS p ON p.id = t.person
WHERE {{where}} GROUP BY 1"""
_COUNTED = ("tasks_open", "tasks_late", "tasks_given_back", "tasks_done", "tasks_accepted", "tasks_all")
_COLUMNS = (
    Column("tasks_all", N_("Tasks"), True),
    Column("tasks_open", N_("Open"), True),
    Column("tasks_late", N_("Late"), True),
    Column("tasks_given_back", N_("Given back"), True),
    Column("tasks_done", N_("Done, to be looked at"), True),
    Column("tasks_accepted", N_("Accepted"), True),
    Column("oldest", N_("Oldest open")),
)

Row = dict[str, object]


def by_place(db: sqlite3.Connection, day: date, level: str, asked: Asked) -> Report:
    """A row for each place of this level: tasks open, late, given back, done and waiting to be looked at, accepted. Those
    with the most late ones first. `asked`: only `owner`, `kind` and `whom` count."""
    values: dict[str, object] = {"today": day.isoformat()}
    where = "1"
    for column, value in (("owner", asked.owner), ("kind", asked.kind)):
        if value is not None:
            values[column] = value
            where += f" AND {_OWNED if column == 'owner' else 't.kind'} = :{column}"
    where += tagged.filters(asked.whom, values, _AT)
    named, townships = places.groups(db, level), places.groups(db, "township")
    counts: dict[tuple[str | None, str | None], Counter[str]] = defaultdict(Counter)
    oldest: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for place, *sums, first in db.execute(_BY_PLACE.format(where=where), values):
        key = (named.get(place), townships.get(place) if level == "village" else None)
        counts[key].update(dict(zip(_COUNTED, sums, strict=True)))
        oldest[key] += [first] if first is not None else []
    rows: list[Row] = [
        {level: key[0], **({"township": key[1]} if level == "village" else {}),
         **{name: counts[key][name] for name in _COUNTED}, "oldest": min(oldest[key], default=None)}
        for key in counts
    ]  # fmt: skip
    rows.sort(key=lambda row: (-int(str(row["tasks_late"])), -int(str(row["tasks_open"])), str(row[level] or "")))
    above = (Column("township", LEVELS["township"]),) if level == "village" else ()
    return Report(f"tasks_by_{level}", day.isoformat(), (Column(level, LEVELS[level]), *above, *_COLUMNS), rows)
