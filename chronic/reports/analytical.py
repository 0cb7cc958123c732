"""The registry as tables for analysis: codes, numbers and days, without names, numbers of people, phones, addresses or
anything people wrote in words of their own. Every uid is a number that only the key here leads back to
(`store.pseudonyms`); somebody's own follows from their ID number, where they have one, so that with one key for several
registries a person is the same in all of them.

Rows come by that number: whoever reads the files reads one part of the people after the other, and little else.
"""

import sqlite3
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from chronic.model.checkup_fields import by_column
from chronic.model.fields import VISIT_FIELDS
from chronic.model.tags import TAGS, code_of
from chronic.store.pseudonyms import numbers

_WORDS = ("text", "words", "name")
"""Kinds of fields in which people write what they like."""
_STAFF = frozenset(("visit_doctor", "referral_org", "referral_dept"))
_TYPES = {"integer": "INTEGER", "decimal": "DOUBLE", "glucose": "DOUBLE", "day": "DATE"}
UNKNOWN = "unknown"
SAID = "said_"
"""Before the name of a column whose words stay here: whether there are any."""
NTH = "nth"
"""Of rows of one day the order of their uids, which pseudonyms do not keep, and which decides what came last."""
_KEYED = (
    """
    CREATE TEMP TABLE keyed (county TEXT, number INTEGER, person INTEGER, PRIMARY KEY (county, number)) WITHOUT ROWID""",
    """
    INSERT INTO keyed
    SELECT coalesce(substr(village.code, 1, :digits), :county), pseudonym(coalesce(p.id_number, p.uid)), p.id
    FROM person AS p LEFT JOIN place AS village ON village.id = p.village""",
    "CREATE TEMP TABLE tag_held (person INTEGER, tag TEXT, PRIMARY KEY (person, tag)) WITHOUT ROWID",
    """
    INSERT OR IGNORE INTO tag_held SELECT person, known_tag(tag) FROM tagged WHERE known_tag(tag) IS NOT NULL""",
    "CREATE TEMP TABLE place_named (place INTEGER PRIMARY KEY, number INTEGER)",
    """
    WITH RECURSIVE named (id, path) AS (
      SELECT id, coalesce(substr(code, 1, :digits), :county) || '/' || level || ' ' || name FROM place
      WHERE parent IS NULL AND same_as IS NULL
      UNION ALL SELECT place.id, named.path || '/' || place.level || ' ' || place.name
      FROM named JOIN place ON place.parent = named.id AND place.same_as IS NULL
    )
    INSERT INTO place_named SELECT id, name_number(path) FROM named""",
)
COUNTY_DIGITS = 6
_PLACE = "place"
"""The one table that is not about people."""


class Attribute(NamedTuple):
    """`sql` gives it; `type` is DuckDB's word. `exact`: not for analysts, who are to know nobody by it."""

    name: str
    type: str
    sql: str
    exact: bool = False


class Table(NamedTuple):
    """`source` joins `keyed AS k` and `person AS p`, and needs no sorting to come in the order of k."""

    name: str
    columns: tuple[Attribute, ...]
    source: str
    where: str = "1"

    def shown(self, exact: bool) -> list[Attribute]:
        return [column for column in self.columns if exact or not column.exact]


def _column(text: str, alias: str) -> Attribute:
    """visit_date:DATE, or uid:= for a pseudonym, or plain text."""
    name, _, kind = text.partition(":")
    if kind == "=":
        return Attribute(name, "BIGINT", f"pseudonym({alias}.{name})")
    return Attribute(name, kind or "VARCHAR", f"{alias}.{name}")


def _columns(alias: str, names: str) -> tuple[Attribute, ...]:
    return tuple(_column(text, alias) for text in names.split())


_WHOSE = Attribute("person", "BIGINT", "k.number")
_VISIT = Attribute("visit", "BIGINT", "pseudonym(v.uid)")


def _of_person(name: str, columns: str, where: str = "1", more: tuple[Attribute, ...] = (), source: str = "") -> Table:
    """A table with a row of its own id for things that happened to a person."""
    return Table(
        name,
        (*_columns("t", "uid:="), _WHOSE, *_columns("t", columns), *more),
        f"{name} AS t ON t.person = p.id {source}",
        where,
    )


@cache
def tables() -> tuple[Table, ...]:
    return (
        Table(
            "person",
            (
                Attribute("uid", "BIGINT", "k.number"), Attribute("sex", "VARCHAR", "p.sex"),
                Attribute("birth_year", "INTEGER", "CAST(substr(p.birth_date, 1, 4) AS INTEGER)"),
                Attribute("birth_date", "DATE", "p.birth_date", exact=True),
                Attribute("birth_approximate", "VARCHAR", "p.birth_approximate"),
                Attribute("township", "VARCHAR", "township.name"), Attribute("village_name", "VARCHAR", "village.name"),
                Attribute("village", "BIGINT", "(SELECT number FROM place_named WHERE place = p.village)"),
                Attribute("responsible_doctor", "VARCHAR", "p.responsible_doctor", exact=True),
                *_columns("p", "registered_on:DATE ascvd ckd smoking_status closed_on:DATE closed_reason"),
            ),
            "(SELECT 1) LEFT JOIN place AS village ON village.id = p.village "
            "LEFT JOIN place AS township ON township.id = village.parent",
        ),
        Table(
            _PLACE,
            (
                Attribute("uid", "BIGINT", "(SELECT number FROM place_named WHERE place = t.id)"),
                *_columns("t", "level name code"),
                Attribute("parent", "BIGINT", "(SELECT number FROM place_named WHERE place = t.parent)"),
            ),
            "(SELECT * FROM place WHERE same_as IS NULL) AS t",
        ),
        Table("tag", (_WHOSE, *_columns("t", "tag")), "tag_held AS t ON t.person = p.id"),
        _of_person(
            "enrolment", "programme enrolled_on:DATE assumed:BOOLEAN diagnosed_on:DATE ended_on:DATE end_reason",
            more=(Attribute(NTH, "INTEGER", """(SELECT COUNT(*) FROM enrolment AS other WHERE other.person = t.person
              AND other.programme = t.programme AND other.uid < t.uid)"""),),
        ),
        _of_person("pause", "from_on:DATE ended_on:DATE"),
        _visits(),
        Table(
            "verdict",
            (
                _VISIT, _WHOSE, Attribute("visit_date", "DATE", "v.visit_date"),
                *_columns("t", "programme class danger consecutive:INTEGER refer due_on:DATE rule protocol meets"),
            ),
            "verdict AS t ON t.person = p.id CROSS JOIN visit AS v ON v.id = t.visit", "v.ended_by IS NULL",
        ),
        Table("plan", (_WHOSE, *_columns("t", "kind programme due_on:DATE reasons urgency since_on:DATE paused:BOOLEAN")),
              "plan AS t ON t.person = p.id"),
        _of_person("referral", "contact:= made_on:DATE urgency programme criterion wait_until:DATE", "t.ended_by IS NULL"),
        _of_person("referral_outcome", "referral:= outcome_on:DATE outcome confirmed programme"),
        _of_person("test_result", "done_on:DATE test value:DOUBLE unit result", "t.ended_by IS NULL"),
        _of_person("checkup", "checkup_date:DATE kind", "t.ended_by IS NULL"),
        _checkups(),
        _of_person("call", "called_on:DATE way outcome promised_on:DATE next_call_on:DATE"),
        _of_person("medicine_entry", "happened_on:DATE kind name days:INTEGER", "t.ended_by IS NULL"),
        _of_person(
            "contract", "package start_on:DATE end_on:DATE", more=(Attribute("ended_on", "DATE", "over.ended_on"),),
            source="LEFT JOIN contract_end AS over ON over.contract = t.id",
        ),
    )  # fmt: skip


def _visits() -> Table:
    """Follow-ups and screenings that count. Of what was typed freely only that something was."""
    own = []
    for field in VISIT_FIELDS:
        if field.column in ("uid", "visit_date", "way"):
            continue
        if field.kind in _WORDS or field.column in _STAFF:
            own.append(Attribute(f"{SAID}{field.column}", "BOOLEAN", f"v.{field.column} IS NOT NULL"))
            continue
        own.append(Attribute(field.column, _TYPES.get(field.kind, "VARCHAR"), f"v.{field.column}"))
        if field.kind == "glucose":
            own.append(Attribute(f"{field.column}_meter", "VARCHAR", f"v.{field.column}_meter"))
    nth = Attribute(
        NTH,
        "INTEGER",
        """(SELECT COUNT(*) FROM visit AS other WHERE other.person = v.person
      AND other.visit_date = v.visit_date AND other.ended_by IS NULL AND other.uid < v.uid)""",
    )
    first = (*_columns("v", "uid:="), _WHOSE, *_columns("v", "kind visit_date:DATE way"), nth)
    return Table("visit", (*first, *own), "visit AS v ON v.person = p.id", "v.ended_by IS NULL")


def _checkups() -> Table:
    """A row for each value of a check-up that is no text."""
    wordy = [column for column, field in by_column().items() if field.kind in _WORDS]
    names = ", ".join(f"'{column}'" for column in by_column() if column not in wordy)
    columns = (
        Attribute("checkup", "BIGINT", "pseudonym(c.uid)"), _WHOSE, Attribute("checkup_date", "DATE", "c.checkup_date"),
        *_columns("t", "field value"),
    )  # fmt: skip
    source = "checkup AS c ON c.person = p.id CROSS JOIN checkup_value AS t ON t.checkup = c.id"
    return Table("checkup_value", columns, source, f"c.ended_by IS NULL AND t.field IN ({names})")


def prepare(db: sqlite3.Connection, county: str, number: Callable[[str], int]) -> list[str]:
    """Everybody by the number they have in the files; the counties they live in. `county` is that of villages without a
    code. Gone with `forget`."""
    forget(db)
    db.create_function("pseudonym", 1, lambda uid: None if uid is None else number(uid), deterministic=True)
    db.create_function("known_tag", 1, lambda tag: found if (found := code_of(tag)) in TAGS else None, deterministic=True)
    db.create_function("name_number", 1, numbers(b""), deterministic=True)  # a place has one number under every key
    values = {"county": county, "digits": COUNTY_DIGITS}
    for sql in _KEYED:
        db.execute(sql, {key: value for key, value in values.items() if f":{key}" in sql})
    return [name for (name,) in db.execute("SELECT DISTINCT county FROM keyed ORDER BY county")]


def forget(db: sqlite3.Connection) -> None:
    for name in ("keyed", "tag_held", "place_named"):
        db.execute(f"DROP TABLE IF EXISTS temp.{name}")


def counties_of(table: Table, counties: list[str], county: str) -> list[str]:
    """Where a table has rows: places are filed once, under the registry's own county."""
    return [county] if table.name == _PLACE else counties


def rows(db: sqlite3.Connection, table: Table, county: str, exact: bool) -> Iterator[tuple[object, ...]]:
    """The rows of one county, by the number of the person. Needs `prepare`."""
    columns = ", ".join(column.sql for column in table.shown(exact))
    if table.name == _PLACE:
        return iter(db.execute(f"SELECT {columns} FROM {table.source} ORDER BY t.id"))
    sql = f"""SELECT {columns} FROM keyed AS k CROSS JOIN person AS p ON p.id = k.person CROSS JOIN {table.source}
      WHERE k.county = :county AND {table.where} ORDER BY k.number"""
    return iter(db.execute(sql, {"county": county}))
