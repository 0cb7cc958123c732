"""Who is late (`overdue`) and who is due (`due`): a walk along an index of the agenda.

The cost grows with what is returned. The default order is by risk: open danger, open referral, class, then
least overdue; `rank IN (…)` with the rank leading the index lets SQLite walk it in that order without sorting.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from chronic.i18n import N_
from chronic.model.codes import BAND_TITLES, KINDS, PROGRAMMES, RANKS
from chronic.model.days import from_iso
from chronic.model.place import Where
from chronic.model.report import Column, Report
from chronic.reports import listed

if TYPE_CHECKING:
    from chronic.protocol import Editions
    from chronic.reports.grouped import Groups
    from chronic.reports.older import Older
    from chronic.reports.tagged import Tagged

BANDS = ((30, "1-30"), (90, "31-90"))
OVER = "over-90"

_RANKS = ", ".join(map(str, range(len(RANKS))))
_NEVER = "9999-12-31"
TO_CALL = tuple(kind for kind in KINDS if kind != "checkup")
"""What one calls and visits people for. Whose check-ups are not recorded here would all be on the list."""
_SEVERAL = {"all": KINDS, "call": TO_CALL}
_EARLIEST_OF_ALL = "min(" + ", ".join(f"coalesce(a.due_{kind}, '{_NEVER}')" for kind in KINDS) + ")"
_EARLIEST = "(SELECT person, programme, min(due_on) AS due_on, paused, rank FROM plan {which} GROUP BY person, programme)"
_OF_SEVERAL = {"all": _EARLIEST.format(which=""), "call": _EARLIEST.format(which="WHERE kind <> 'checkup'")}
_FIRST_OF_THEM = """NOT EXISTS (SELECT 1 FROM plan AS o WHERE o.person = q.person AND o.kind = q.kind
  AND o.programme = q.programme AND (o.due_on, o.slip) < (q.due_on, q.slip))"""
"""Several referrals of one programme are one line."""
JOINS = """
JOIN person AS p ON p.id = a.person
LEFT JOIN place AS v ON v.id = a.village
LEFT JOIN place AS h ON h.id = a.hamlet"""
SCREEN = (
    *listed.WHO,
    Column("programmes", N_("Programmes")),
    Column("due_on", N_("Due")),
)
TAIL = (
    Column("last_visit_on", N_("Last met")),
    Column("last_contact_on", N_("Last contact"), hidden=True),
    Column("last_bp", N_("Last BP")),
    Column("last_fpg", N_("Fasting")),
    Column("class", N_("Class"), parts=PROGRAMMES),
    Column("last_assessed", N_("Last class"), hidden=True, parts=PROGRAMMES),
    Column("danger", N_("Danger"), hidden=True),
    Column("risk", N_("Risk"), hidden=True),
    Column("reasons", N_("Reason")),
    Column("calls", N_("Calls"), hidden=True),
    Column("next_call_on", N_("Next call"), hidden=True),
)


class Asked(NamedTuple):
    """What to list. `kind`: one of KINDS, `all`, or `call`: all but check-ups. `where` None: wherever they live.
    `order`: risk, date or route."""

    kind: str = "followup"
    where: Where | None = None
    programme: str | None = None
    doctor: str | None = None
    tags: "tuple[Tagged, ...]" = ()
    min_days: int = 1
    limit: int | None = None
    order: str = "risk"
    paused: bool = False
    full: bool = False
    among: tuple[int, ...] | None = None
    """Only these people."""
    older: "Older | None" = None
    """Who counts as an older person, where check-ups of people outside any programme are asked for too."""
    strata: "Editions | None" = None
    """With each person's cardiovascular stratum. It hangs on the age of the day and on everything ever measured, so it
    stands nowhere and costs more than the list itself: only where it is asked for."""


class _Walk(NamedTuple):
    """Where the rows come from: the due date's expression, FROM, WHERE, ORDER BY and the bound values."""

    due_on: str
    source: str
    where: str
    order: str
    values: dict[str, object]


def overdue(db: sqlite3.Connection, today: date, asked: Asked) -> Report:
    """People with something due before today, one row each."""
    last = today - timedelta(days=asked.min_days)
    columns: tuple[Column, ...] = (
        *SCREEN,
        Column("days_overdue", N_("Overdue"), right=True),
        Column("band", N_("Band"), hidden=True),
        *_tail(asked),
    )
    if asked.paused:
        columns = (*columns, Column("paused_on", N_("Paused from")))
    rows = _rows(db, today, asked, (date.min, last), lambda due_on: {
        "days_overdue": (today - due_on).days, "band": band((today - due_on).days),
    })  # fmt: skip
    return Report("overdue", today.isoformat(), columns, rows)


def due(db: sqlite3.Connection, today: date, within: int, asked: Asked) -> Report:
    """People whose earliest date lies from today on, within so many days; nobody who is overdue."""
    until = today + timedelta(days=within)
    columns = (*SCREEN, Column("days_left", N_("Days left"), right=True), *_tail(asked))
    rows = _rows(db, today, asked, (today, until), lambda due_on: {"days_left": (due_on - today).days})
    return Report("due", today.isoformat(), columns, rows)


def chosen(db: sqlite3.Connection, today: date, asked: Asked, more: dict[int, dict[str, object]]) -> Report:
    """These people as `due` has them, whatever their date (days_left is below 0 for who is late), with more keys each."""
    asked = asked._replace(among=tuple(more))
    rows = _rows(db, today, asked, (date.min, date.max), lambda due_on: {"days_left": (due_on - today).days})
    columns = (*SCREEN, Column("days_left", N_("Days left"), right=True), *_tail(asked))
    return Report("due", today.isoformat(), columns, (row | more[int(str(row["person_id"]))] for row in rows))


def until(
    db: sqlite3.Connection, today: date, asked: Asked, last: date, since: date = date.min
) -> Iterable[dict[str, object]]:
    """People whose earliest date lies by this day, late or not, with the keys that `due` and `overdue` share."""
    return _rows(db, today, asked, (since, last), lambda due_on: {})


def _tail(asked: Asked) -> tuple[Column, ...]:
    """The stratum is on the screen where it was asked for."""
    shown = asked.strata is not None
    return tuple(column._replace(hidden=not shown) if column.key == "risk" else column for column in TAIL)


def listing(asked: Asked, since: date, until: date, columns: str = listed.ROW) -> tuple[str, dict[str, object]]:
    """(SQL, values) that walks the agenda for people whose earliest due date lies in [since, until]."""
    walk = _walk(asked, since, until)
    columns = listed.with_older(columns) if _with_older(asked) else columns
    limit = f" LIMIT {asked.limit:d}" if asked.limit is not None else ""
    sql = f"SELECT {walk.due_on}, {columns} FROM {walk.source}{JOINS} WHERE {walk.where} ORDER BY {walk.order}{limit}"
    return sql, walk.values


def tally(db: sqlite3.Connection, asked: Asked, since: date, until: date) -> Counter[date]:
    """How many are due on each day of [since, until]."""
    whole = asked.where is None
    walk = _walk(asked._replace(order="date") if whole else asked, since, until)
    day = walk.due_on if whole else f"+{walk.due_on}"  # in the order of an index, or of one that finds the villages
    sql = f"SELECT {day}, count(*) FROM {walk.source}{JOINS if asked.doctor else ''} WHERE {walk.where} GROUP BY 1"
    return Counter({from_iso(due_on): people for due_on, people in db.execute(sql, walk.values)})


def counts(db: sqlite3.Connection, today: date, asked: Asked) -> Counter[str]:
    """How many are overdue, by band."""
    return _banded(tally(db, asked, date.min, today - timedelta(days=asked.min_days)), today)


def _tallies(
    db: sqlite3.Connection, asked: Asked, since: date, until: date, by: "Groups"
) -> dict[str | None, Counter[date]]:
    walk = _walk(asked, since, until)
    sql = f"SELECT {by.column('a')}, {walk.due_on}, count(*) FROM {walk.source}{JOINS} WHERE {walk.where} GROUP BY 1, 2"
    found: dict[str | None, Counter[date]] = {}
    for value, due_on, people in db.execute(sql, walk.values):
        found.setdefault(by.name(value, None), Counter())[from_iso(due_on)] += people
    return found


def _banded(days: Counter[date], today: date) -> Counter[str]:
    bands: Counter[str] = Counter()
    for due_on, people in days.items():
        bands[band((today - due_on).days)] += people
    return bands


def by_group(db: sqlite3.Connection, today: date, asked: Asked, by: str) -> Report:
    """Overdue people counted by place, doctor, team or institution and by band, most first."""
    from chronic.reports import grouped

    found = _tallies(db, asked, date.min, today - timedelta(days=asked.min_days), grouped.groups(db, by, today))
    counted = {name: _banded(days, today) for name, days in found.items()}
    bands_columns = (Column(name, band_title, True) for name, band_title in BAND_TITLES.items())
    columns = (Column(by, grouped.BY[by]), Column("overdue", N_("Overdue"), True), *bands_columns)
    rows: list[dict[str, object]] = [
        {by: name, "overdue": bands.total(), **{band_name: bands[band_name] for band_name in BAND_TITLES}}
        for name, bands in sorted(counted.items(), key=lambda item: (-item[1].total(), item[0] or ""))
    ]
    return Report(f"overdue_by_{by}", today.isoformat(), columns, rows)


def band(days: int) -> str:
    """逾期 1–30, 31–90, more than 90 days."""
    return next((name for limit, name in BANDS if days <= limit), OVER)


def _walk(asked: Asked, since: date, until: date) -> _Walk:
    """A programme's own dates stand in `plan`; everything else in the agenda. Both carry rank and paused."""
    values: dict[str, object] = {"until": until.isoformat(), "paused": int(asked.paused)}
    first, where = "a", []
    if asked.older is not None and _with_older(asked):
        due_on = _EARLIEST_OF_ALL if asked.kind == "all" else f"a.due_{asked.kind}"
        source = f"{asked.older.agenda} AS a"
        values |= {"older_born": asked.older.born_by, "last_rank": len(RANKS) - 1}
    elif asked.kind == "all" and asked.programme is None:
        due_on, source = _EARLIEST_OF_ALL, "agenda AS a"
    elif asked.programme is None:
        due_on, source = f"a.due_{asked.kind}", f"agenda AS a{_index(asked)}"
    else:
        first, due_on, values["programme"] = "q", "q.due_on", asked.programme
        source = f"{_OF_SEVERAL.get(asked.kind, 'plan')} AS q CROSS JOIN agenda AS a ON a.person = q.person"
        where = [] if asked.kind in _SEVERAL else [f"q.kind = '{asked.kind}'"]
        where.append("q.programme = :programme")
    where += [_FIRST_OF_THEM] if first == "q" and asked.kind == "referral" else []
    where += [f"{first}.paused = :paused", f"{due_on} <= :until", *filters(asked, values)]
    if since > date.min:
        values["since"] = since.isoformat()
        where.append(f"{due_on} >= :since")
    if asked.order == "risk" or asked.programme is not None:  # every rank: what bounds the walk of an index led by it
        where.append(f"{first}.rank IN ({_RANKS})")
    order = {
        "risk": f"{first}.rank, {due_on} DESC, {first}.person",
        "date": f"{due_on}, {first}.person",
        "route": "a.village, a.hamlet, a.household_no, a.person",
    }[asked.order]
    return _Walk(due_on, source, " AND ".join(where), order, values)


def _index(asked: Asked) -> str:
    """Which index is walked where SQLite would take another: the way round, and of a place with many villages these, to be
    put in order together, instead of everybody's by risk."""
    if asked.kind != "followup":
        return ""
    if asked.order == "route":
        return " INDEXED BY agenda_route"
    several = asked.order == "risk" and asked.where is not None and len(asked.where.villages) != 1
    return " INDEXED BY agenda_village" if several else ""


def _with_older(asked: Asked) -> bool:
    return asked.older is not None and asked.programme is None and asked.kind in ("checkup", "all")


def filters(asked: Asked, values: dict[str, object]) -> Iterator[str]:
    """Conditions on the agenda as `a` and the person as `p`; their values are put among `values`."""
    if asked.where is not None:
        yield asked.where.sql("a")
    if asked.among is not None:
        values["among"] = f"[{', '.join(map(str, asked.among))}]"
        yield "a.person IN (SELECT value FROM json_each(:among))"
    if asked.doctor is not None:
        values["doctor"] = asked.doctor
        yield "p.responsible_doctor = :doctor"
    if asked.tags:
        from chronic.reports.tagged import conditions

        yield from conditions(asked.tags, "a.person", values)


def _rows(
    db: sqlite3.Connection,
    today: date,
    asked: Asked,
    span: tuple[date, date],
    timing: Callable[[date], dict[str, object]],
) -> Iterable[dict[str, object]]:
    kinds = _SEVERAL.get(asked.kind, (asked.kind,))
    shape = listed.Shape(today, kinds, asked.programme, span[1], timing, asked.full, asked.paused)
    rows = listed.rows(db, partial(listing, asked, *span), shape)
    if asked.strata is None:
        return rows
    from chronic.reports import risk

    return risk.having_strata(db, today, asked.strata, rows)
