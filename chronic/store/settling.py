"""What counts of several rows that are about one thing, from the facts alone and so the same in every registry.

A void beats a fix, also one of a row further back; of two fixes of one row, and of two rows on one day, the fix and
then the greater uid counts. No clock decides: laptops have wrong ones. `ended_by` of the others names what beat them.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from chronic.store.stamp import content_uid
from chronic.store.visits import UNDONE

_AT_ONCE = 2000


class Kind(NamedTuple):
    """A table whose rows are ended: its void table, the text of its day (NULL: it stands in nobody's way), fixes, and
    which row has the place of a new one, {column}: the table's unique index."""

    void: str
    key: str = "NULL"
    replaces: str = "NULL"
    taken: str = ""


KINDS = {
    "visit": Kind(
        "visit_void", "CASE kind WHEN 'followup' THEN visit_date END", "replaces",
        "person = {person} AND visit_date = {visit_date}"
        " AND CASE kind WHEN 'followup' THEN '' ELSE uid END = CASE {kind} WHEN 'followup' THEN '' ELSE {uid} END",
    ),
    "checkup": Kind("checkup_void", "checkup_date", "replaces", "person = {person} AND checkup_date = {checkup_date}"),
    "test_result": Kind(
        "test_void", "json_array(done_on, test, coalesce(institution, ''))",
        taken="person = {person} AND done_on = {done_on} AND test = {test}"
        " AND coalesce(institution, '') = coalesce({institution}, '')",
    ),
    "referral": Kind("referral_void"),
    "medicine_entry": Kind("medicine_void"),
    "education": Kind("education_void"),
}  # fmt: skip
_ROWS = """
SELECT person, uid, {key}, {replaces}, ended_by FROM {table}
WHERE person IN (SELECT value FROM json_each(?1)) AND ended_by IS NULL
UNION ALL SELECT person, uid, {key}, {replaces}, ended_by FROM {table}
WHERE person IN (SELECT value FROM json_each(?1)) AND ended_by IS NOT NULL"""
_NOBODYS = "SELECT 0, uid, NULL, NULL, ended_by FROM education WHERE person IS NULL"
_TO_DECIDE = """
SELECT person FROM {table} WHERE person IN (SELECT value FROM json_each(?1)) AND ended_by IS NOT NULL
UNION SELECT person FROM {table} WHERE person IN (SELECT value FROM json_each(?1)) AND ended_by IS NULL
  AND ({replaces} IS NOT NULL OR EXISTS (SELECT 1 FROM {void} AS o WHERE o.{table} = {table}.id))"""
_VOIDS = """
SELECT t.uid, min(o.uid), min(o.reason = ?2) FROM {void} AS o JOIN {table} AS t ON t.id = o.{table}
WHERE t.uid IN (SELECT value FROM json_each(?1)) GROUP BY t.uid"""
_CONTESTED = """
SELECT DISTINCT a.person FROM {table} AS a JOIN {table} AS b ON b.uid = a.ended_by
WHERE a.ended_by IS NOT NULL AND b.uid <> a.uid AND {unrelated} AND a.person IN (SELECT value FROM json_each(?1))"""
_NO_FIX = f"""(b.replaces IS NOT a.uid OR EXISTS (
  SELECT 1 FROM {{void}} AS o WHERE o.{{table}} = b.id AND o.reason = '{UNDONE}'))"""
_DAY = {"visit": "a.visit_date", "checkup": "a.checkup_date", "test_result": "a.done_on"}
_BEATEN = """
SELECT a.person, {key}, b.uid, a.uid, b.recorded_by, a.recorded_by, b.id, {one}, {other} FROM {table} AS a
JOIN {table} AS b ON b.uid = a.ended_by AND b.ended_by IS NULL AND b.uid <> a.uid
WHERE a.ended_by IS NOT NULL AND {one} IS NOT a.uid AND {whose} ORDER BY a.person, 2, a.uid"""
_THEIRS = "a.person IN (SELECT value FROM json_each(?1))"
_ORDERS = """
UPDATE exam_order SET ended_by = (
  SELECT min(e.uid) FROM exam_order_event AS e LEFT JOIN test_result AS t ON t.uid = e.result
  WHERE e.exam_order = exam_order.id AND e.event <> 'sent' AND (e.event = 'cancelled' OR t.ended_by IS NULL))
WHERE person IN (SELECT value FROM json_each(?))"""


class Row(NamedTuple):
    """A row as far as it matters what counts."""

    person: int
    uid: str
    key: str | None
    replaces: str | None
    ended_by: str | None


def pending(table: str, spots: Mapping[str, str]) -> str:
    """SQL of a new row's `ended_by`: its own uid where another row of its day counts, until it is settled which of them
    does. `spots`: column -> the placeholder of its value."""
    taken = KINDS[table].taken if table in KINDS else ""
    if not taken:
        return "NULL"
    own = taken.format_map(defaultdict(lambda: "NULL", spots))
    return f"(SELECT {spots['uid']} WHERE EXISTS (SELECT 1 FROM {table} WHERE ended_by IS NULL AND {own}))"


def unsettle(db: sqlite3.Connection, person: int) -> None:
    """For as long as it is open which rows of a day count, none of this person's stands in anybody's way."""
    for table, kind in KINDS.items():
        if kind.taken:
            db.execute(f"UPDATE {table} SET ended_by = uid WHERE person = ? AND ended_by IS NULL", (person,))


def settle(db: sqlite3.Connection, table: str, people: Iterable[int]) -> int:
    """Set `ended_by` anew in everything these people have in this table; how many rows that changed. Inside a
    transaction. 0 stands for nobody: health education."""
    whose = sorted(people)
    return sum(_settle(db, table, whose[start : start + _AT_ONCE]) for start in range(0, len(whose), _AT_ONCE))


def _settle(db: sqlite3.Connection, table: str, people: Sequence[int]) -> int:
    kind = KINDS[table]._asdict() | {"table": table}
    some = [person for (person,) in db.execute(_TO_DECIDE.format(**kind), (json.dumps(people),))]
    rows = [Row._make(row) for row in db.execute(_ROWS.format(**kind), (json.dumps(some),))]
    if table == "education" and 0 in people:
        rows += [Row._make(row) for row in db.execute(_NOBODYS)]
    if not rows:
        return 0
    voids = _voids(db, table, KINDS[table].void, [row.uid for row in rows])
    by_person: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row.person].append(row)
    changed = []
    for of_one in by_person.values():
        ended = decide(of_one, voids)
        changed += [(ended[row.uid], row.uid) for row in of_one if ended[row.uid] != row.ended_by]
    changed.sort(key=lambda pair: pair[0] is None)  # a day must be free before somebody else's row takes it
    db.executemany(f"UPDATE {table} SET ended_by = ? WHERE uid = ?", changed)
    return len(changed)


def orders(db: sqlite3.Connection, people: Iterable[int]) -> None:
    """What ended each order of these people: a cancellation, or a result that stands."""
    db.execute(_ORDERS, (json.dumps(list(people)),))


def reconsider(db: sqlite3.Connection, person: int) -> None:
    """After somebody withdrew or corrected something: what it had beaten may count again."""
    if contested(db, [person]):
        for table in _DAY:
            settle(db, table, [person])


def contested(db: sqlite3.Connection, people: Iterable[int]) -> set[int]:
    """Who of these has a row that another one beats without being its fix, or whose fix was taken back while its day was
    taken: what was done since may have decided otherwise."""
    asked = json.dumps(list(people))
    found: set[int] = set()
    for table, kind in KINDS.items():
        if kind.key != "NULL":
            unrelated = _NO_FIX.format(table=table, void=kind.void) if kind.replaces != "NULL" else "1"
            rows = db.execute(_CONTESTED.format(table=table, unrelated=unrelated), (asked,))
            found.update(whose for (whose,) in rows)
    return found


class Beaten(NamedTuple):
    """Two rows of one day from two registries: `uid` counts, which is number `row` here, `other` stands beside it until
    somebody decides."""

    person: int
    table: str
    day: str
    uid: str
    other: str
    by: str
    other_by: str
    row: int


def undecided(db: sqlite3.Connection, people: Sequence[int] | None = None) -> Iterator[Beaten]:
    """What was written twice for one day, or corrected twice, and not corrected since; of these people, or everyone."""
    asked = () if people is None else (json.dumps(people),)
    for table, kind in KINDS.items():
        if kind.key == "NULL":
            continue
        replaces = kind.replaces != "NULL"
        sql = _BEATEN.format(
            table=table,
            key=_DAY[table],
            one="b.replaces" if replaces else "NULL",
            other="a.replaces" if replaces else "NULL",
            whose="1" if people is None else _THEIRS,
        )
        for person, day, uid, other, by, other_by, row, one_of, other_of in db.execute(sql, asked):
            filled = one_of is not None and uid in _merged_uids(one_of, other)
            if not filled and (one_of is None or one_of == other_of):
                yield Beaten(person, table, day, uid, other, by, other_by, row)


def decide(rows: Sequence[Row], voids: dict[str, tuple[str, bool]]) -> dict[str, str | None]:
    """uid -> what ended it, None for what counts. `voids`: uid -> (the void, was it only undone)."""
    known = {row.uid: row for row in rows}
    fixes: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.replaces in known and not voids.get(row.uid, ("", False))[1]:
            fixes[str(row.replaces)].append(row.uid)
    filled = _filled(rows)
    ended: dict[str, str | None] = {}
    for row in rows:
        ended[row.uid] = _own_end(row, known, fixes, voids) or (filled.get(row.uid) if row.replaces is None else None)
    days: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.key is not None and ended[row.uid] is None:
            days[row.key].append(row)
    for together in days.values():
        winner = max(together, key=lambda row: (row.replaces is not None, row.uid))
        ended |= {row.uid: winner.uid for row in together if row is not winner}
    return ended


def _own_end(row: Row, known: dict[str, Row], fixes: dict[str, list[str]], voids: dict[str, tuple[str, bool]]) -> str | None:
    """What ended a row, other rows of its day aside: its void, its fix, or what befell a row it comes from."""
    if row.uid in voids:
        return voids[row.uid][0]
    if fixes[row.uid]:
        return max(fixes[row.uid])
    seen, below = {row.uid}, row
    while below.replaces in known and below.replaces not in seen:
        above = known[below.replaces]
        if above.uid in voids:
            return voids[above.uid][0]
        if max(fixes[above.uid], default=below.uid) != below.uid:
            return max(fixes[above.uid])
        seen.add(above.uid)
        below = above
    return None


def _filled(rows: Sequence[Row]) -> dict[str, str]:
    """uid -> the row it went into: a sheet's row that filled the blanks of another stays beside what became of both."""
    days: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.key is not None:
            days[row.key].append(row)
    found: dict[str, str] = {}
    for together in days.values():
        made = {row.uid: row.replaces for row in together if row.replaces is not None}
        for row in together if made else ():
            for uid, replaced in made.items():
                if uid in _merged_uids(str(replaced), row.uid):
                    found[row.uid] = uid
    return found


def _merged_uids(one: str, other: str) -> tuple[str, str]:
    """What goes by the name of these two sheet rows together, also where that was taken back once."""
    uid = content_uid("merged", *sorted((one, other)))
    return uid, content_uid("anew", uid)


def _voids(db: sqlite3.Connection, table: str, void: str, uids: Sequence[str]) -> dict[str, tuple[str, bool]]:
    sql = _VOIDS.format(table=table, void=void)
    return {uid: (by, bool(undone)) for uid, by, undone in db.execute(sql, (json.dumps(uids), UNDONE))}
