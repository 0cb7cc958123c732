"""The registry as tables for analysis: codes, numbers and days, without names, numbers of people, phones, addresses or
anything people wrote in words of their own. Every uid is a pseudonym (`store.pseudonyms`).
"""

import sqlite3
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from chronic.model.checkup_fields import by_column
from chronic.model.fields import VISIT_FIELDS

_WORDS = ("text", "words", "name")
"""Kinds of fields in which people write what they like."""
_STAFF = frozenset(("visit_doctor", "referral_org", "referral_dept"))
_TYPES = {"integer": "INTEGER", "decimal": "DOUBLE", "glucose": "DOUBLE", "day": "DATE"}
UNKNOWN = "unknown"


class Attribute(NamedTuple):
    """`sql` gives it; `type` is DuckDB's word."""

    name: str
    type: str
    sql: str


class Table(NamedTuple):
    """`source` joins `person AS p`; `day` decides the year a row is filed under; `order` is that of the table itself."""

    name: str
    columns: tuple[Attribute, ...]
    source: str
    day: str
    order: str
    where: str = "1"


def _column(text: str, alias: str) -> Attribute:
    """visit_date:DATE, or uid:= for a pseudonym, or plain text."""
    name, _, kind = text.partition(":")
    if kind == "=":
        return Attribute(name, "VARCHAR", f"pseudonym({alias}.{name})")
    return Attribute(name, kind or "VARCHAR", f"{alias}.{name}")


def _columns(alias: str, names: str) -> tuple[Attribute, ...]:
    return tuple(_column(text, alias) for text in names.split())


_WHOSE = Attribute("person", "VARCHAR", "pseudonym(p.uid)")
_VISIT = Attribute("visit", "VARCHAR", "pseudonym(v.uid)")


def _of_person(name: str, columns: str, day: str, where: str = "1", more: tuple[Attribute, ...] = ()) -> Table:
    """A table with a row of its own id for things that happened to a person."""
    own = (Attribute("uid", "VARCHAR", "pseudonym(t.uid)"), _WHOSE, *_columns("t", columns), *more)
    return Table(name, own, f"{name} AS t JOIN person AS p ON p.id = t.person", f"t.{day}", "t.id", where)


@cache
def tables() -> tuple[Table, ...]:
    return (
        Table(
            "person",
            (
                Attribute("uid", "VARCHAR", "pseudonym(p.uid)"), Attribute("sex", "VARCHAR", "p.sex"),
                Attribute("birth_year", "INTEGER", "CAST(substr(p.birth_date, 1, 4) AS INTEGER)"),
                Attribute("township", "VARCHAR", "(SELECT name FROM place WHERE id = village.parent)"),
                Attribute("village", "VARCHAR", "village.name"),
                *_columns("p", "registered_on:DATE ascvd ckd smoking_status closed_on:DATE closed_reason"),
            ),
            "person AS p", "p.registered_on", "p.id",
        ),
        _of_person(
            "enrolment", "programme enrolled_on:DATE assumed:BOOLEAN diagnosed_on:DATE ended_on:DATE end_reason",
            "enrolled_on",
        ),
        _of_person("pause", "from_on:DATE ended_on:DATE", "from_on"),
        _visits(),
        Table(
            "verdict",
            (
                _VISIT, _WHOSE, Attribute("visit_date", "DATE", "v.visit_date"),
                *_columns("t", "programme class danger consecutive:INTEGER refer due_on:DATE rule protocol"),
            ),
            "verdict AS t JOIN person AS p ON p.id = t.person JOIN visit AS v ON v.id = t.visit",
            "v.visit_date", "t.person, t.visit, t.programme", "v.ended_by IS NULL",
        ),
        Table(
            "plan",
            (_WHOSE, *_columns("t", "kind programme due_on:DATE reasons urgency since_on:DATE paused:BOOLEAN")),
            "plan AS t JOIN person AS p ON p.id = t.person",
            "t.due_on", "t.person, t.kind, t.programme, t.slip",
        ),
        _of_person("referral", "made_on:DATE urgency programme criterion wait_until:DATE", "made_on", "t.ended_by IS NULL"),
        _of_person(
            "referral_outcome", "outcome_on:DATE outcome confirmed programme", "outcome_on",
            more=(Attribute("referral", "VARCHAR", "CASE WHEN t.referral IS NOT NULL THEN pseudonym(t.referral) END"),),
        ),
        _of_person("test_result", "done_on:DATE test value:DOUBLE unit result", "done_on", "t.ended_by IS NULL"),
        _checkups(),
        _of_person("call", "called_on:DATE way outcome promised_on:DATE next_call_on:DATE", "called_on"),
        _of_person("medicine_entry", "happened_on:DATE kind name days:INTEGER", "happened_on", "t.ended_by IS NULL"),
        _of_person("contract", "package start_on:DATE end_on:DATE", "start_on"),
    )  # fmt: skip


def _visits() -> Table:
    """Follow-ups and screenings that count."""
    own = []
    for field in VISIT_FIELDS:
        if field.kind in _WORDS or field.column in (*_STAFF, "uid", "visit_date", "way"):
            continue
        own.append(Attribute(field.column, _TYPES.get(field.kind, "VARCHAR"), f"v.{field.column}"))
        if field.kind == "glucose":
            own.append(Attribute(f"{field.column}_meter", "VARCHAR", f"v.{field.column}_meter"))
    first = (Attribute("uid", "VARCHAR", "pseudonym(v.uid)"), _WHOSE, *_columns("v", "kind visit_date:DATE way"))
    source = "visit AS v JOIN person AS p ON p.id = v.person"
    return Table("visit", (*first, *own), source, "v.visit_date", "v.id", "v.ended_by IS NULL")


def _checkups() -> Table:
    """A row for each value of a check-up that is no text."""
    wordy = [column for column, field in by_column().items() if field.kind in _WORDS]
    names = ", ".join(f"'{column}'" for column in by_column() if column not in wordy)
    columns = (
        Attribute("checkup", "VARCHAR", "pseudonym(c.uid)"), _WHOSE, Attribute("checkup_date", "DATE", "c.checkup_date"),
        *_columns("t", "field value"),
    )  # fmt: skip
    source = "checkup AS c JOIN person AS p ON p.id = c.person JOIN checkup_value AS t ON t.checkup = c.id"
    return Table(
        "checkup_value", columns, source, "c.checkup_date", "c.id, t.field", f"c.ended_by IS NULL AND t.field IN ({names})"
    )


class Part(NamedTuple):
    county: str
    year: str


def parts(db: sqlite3.Connection, table: Table, county: str) -> list[Part]:
    """The counties and years this table has rows of. `county` is that of villages without a code."""
    sql = f"SELECT DISTINCT {_COUNTY}, {_year(table)} FROM {_source(table)} WHERE {table.where}"
    return sorted(Part(*row) for row in db.execute(sql, {"county": county}))


def rows(db: sqlite3.Connection, table: Table, county: str, part: Part) -> Iterator[tuple[object, ...]]:
    """The rows of one part. Needs the SQL function `pseudonym`."""
    sql = f"""SELECT {", ".join(column.sql for column in table.columns)} FROM {_source(table)}
      WHERE {table.where} AND {_COUNTY} = :of_county AND {_year(table)} = :of_year ORDER BY {table.order}"""
    return iter(db.execute(sql, {"county": county, "of_county": part.county, "of_year": part.year}))


_COUNTY = "coalesce(substr(village.code, 1, 6), :county)"


def _source(table: Table) -> str:
    """CROSS JOIN keeps the table in front, so that its own order needs no sorting."""
    return f"{table.source.replace(' JOIN ', ' CROSS JOIN ')} LEFT JOIN place AS village ON village.id = p.village"


def _year(table: Table) -> str:
    return f"coalesce(substr({table.day}, 1, 4), '{UNKNOWN}')"
