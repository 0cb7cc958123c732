"""Contracts, households, moves, rescue, treatment: noted of a person, for the timeline and before it is undone."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.i18n import _
from chronic.i18n.terms import ANSWERS, HOUSEHOLD_FACTS, RESCUE_STATES, TRANSFERS, UPLOADS, term
from chronic.model.tags import tag_name
from chronic.protocol import Editions
from chronic.reports import contracts
from chronic.store.journal import Deed

_ROWS = {
    "contract": "SELECT start_on, team, package, end_on, NULL FROM contract WHERE {where}",
    "contract_end": """SELECT e.ended_on, c.team, e.reason, NULL, NULL FROM contract_end AS e
      JOIN contract AS c ON c.id = e.contract WHERE e.{where}""",
    "household_fact": "SELECT from_on, fact, CASE fact WHEN 'head' THEN (SELECT name FROM person WHERE uid = value)"
                      " ELSE coalesce(value, '-') END, NULL, NULL FROM household_fact WHERE {where}",
    "household_tag": "SELECT from_on, tag, value, NULL, NULL FROM household_tag WHERE {where}",
    "household_visit": "SELECT visited_on, staff, need, done, NULL FROM household_visit WHERE {where}",
    "need_settled": """SELECT s.settled_on, w.need, s.note, NULL, NULL FROM need_settled AS s
      JOIN household_visit AS w ON w.id = s.household_visit WHERE s.{where}""",
    "rescue": "SELECT happened_on, illness, state, institution, NULL FROM rescue WHERE {where}",
    "treated": "SELECT treated_on, in_county, institution, reason, NULL FROM treated WHERE {where}",
    "transfer": """SELECT t.moved_on, (SELECT name FROM place WHERE id = t.from_place),
      coalesce(t.outside, (SELECT name FROM place WHERE id = t.to_place)), t.reason, NULL
      FROM transfer AS t WHERE t.{where}""",
    "transfer_answer": """SELECT t.answered_on, t.answer, (SELECT name FROM place WHERE id = t.place), t.reason, NULL
      FROM transfer_answer AS t WHERE t.{where}""",
    "upload": """SELECT happened_on, state, record, reason, NULL FROM upload
      WHERE id IN (SELECT id FROM upload WHERE {where} LIMIT 5)""",
}  # fmt: skip
_NOT_OF_ONE = ("household_fact", "household_tag", "household_visit", "need_settled", "upload")
"""What a person's own timeline leaves out: what was said of the household stands there, what was uploaded is office work."""


class Noted(NamedTuple):
    """One row: the table it stands in, its day, and its words in the table's order, None where nothing was said."""

    table: str
    on: str
    words: tuple[str | None, ...]


def of_deed(db: sqlite3.Connection, deed: Deed) -> Iterator[Noted]:
    for table in _ROWS:
        yield from _read(db, table, "id BETWEEN ? AND ?", deed.span(table))


def of_person(db: sqlite3.Connection, person: int) -> Iterator[Noted]:
    """What is dated about the person; what was said of the household stands with the household."""
    for table in _ROWS:
        if table not in _NOT_OF_ONE:
            yield from _read(db, table, "person = ?", (person,))


def words(row: Noted, day: date, editions: Editions) -> list[str]:
    """Its words in the user's language."""
    first, second, *rest = row.words
    said: list[str | None]
    match row.table:
        case "contract":
            package = contracts.package_name(editions, day, str(second))
            said = [first, package, _("until {day}").format(day=rest[0])]
        case "contract_end":
            said = [first, contracts.reason_name(editions, day, str(second))]
        case "household_fact":
            said = [term(HOUSEHOLD_FACTS, str(first)), second]
        case "household_tag":
            said = [tag_name(str(first)), term(ANSWERS, str(second))]
        case "rescue":
            said = [first, term(RESCUE_STATES, str(second)), *rest]
        case "treated":
            said = [_("in the county") if first == "yes" else _("outside the county"), second, *rest]
        case "transfer":
            said = [" -> ".join(str(word) for word in (first, second) if word), *rest]
        case "transfer_answer":
            said = [term(TRANSFERS, str(first)), second, *rest]
        case "upload":
            said = [term(UPLOADS, str(first)), second, *rest]
        case _:
            said = [first, second, *rest]
    return [word for word in said if word]


def _read(db: sqlite3.Connection, table: str, where: str, values: tuple[int, ...]) -> Iterator[Noted]:
    for on, *words in db.execute(f"{_ROWS[table].format(where=where)} ORDER BY 1", values):
        yield Noted(table, on, tuple(words))
