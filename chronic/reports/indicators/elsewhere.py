"""The same texts on another engine than SQLite, over the tables of `export parquet`: DuckDB for a city, Spark for more.

An engine knows how to run a text and nothing of what it says. Nothing of a person comes back from it: the rows of a text
are counted there, by the same parts that a cell has.
"""

import sqlite3
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from chronic.model.period import Period
from chronic.protocol import Editions
from chronic.reports.indicators import known
from chronic.reports.indicators.definitions import text
from chronic.reports.indicators.known import AGE, Asked
from chronic.reports.indicators.sources import sources

PARTS = {"village": "who.village", "doctor": "who.doctor", "sex": "who.sex", "age": AGE, "monitored": "who.monitored"}
"""Of a cell: where it stands in the relations."""
_COUNTED = """
SELECT told.n, told.word{parts}, COUNT(*) FROM ({sql}) AS told
JOIN who ON who.person = told.person JOIN period ON period.n = told.n
WHERE {ages} GROUP BY told.n, told.word{parts}"""


class Engine(Protocol):
    """Runs SQL. Columns are (name, INTEGER, REAL or TEXT)."""

    def view(self, name: str, sql: str) -> None:
        """A table under a name of its own, not kept."""

    def give(self, name: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
        """A relation of these rows."""

    def make(self, name: str, sql: str, values: dict[str, object]) -> None:
        """A relation of the rows of a text, kept."""

    def ask(self, sql: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        """The rows of a text."""
        ...


class Elsewhere(sqlite3.Connection):
    """A registry whose people are counted by an engine: only its places and guidelines are here.

    `lots`: the first and the last number of so many people as there is room for at a time; `several`: see `sources`.
    """

    engine: Engine
    lots: Sequence[tuple[int, int]] = ()
    several = False


class Rows(NamedTuple):
    """So many people with one word at one period's end, and the parts of a cell that were asked for."""

    n: int
    word: str
    parts: dict[str, Any]
    number: int


def counted(
    db: Elsewhere, periods: Sequence[Period], texts: Iterable[tuple[str, str, str]], editions: Editions, asked: Asked,
    by: Container[str],
) -> Iterator[tuple[tuple[str, str, str], Rows]]:  # fmt: skip
    """The rows of each text (programme, name, preset), counted lot by lot."""
    engine, wanted = db.engine, list(texts)
    parts = [part for part in PARTS if part in by]
    names = known.needed(text(name) for _, name, _ in wanted)
    for name, its in known.given(periods, editions, names).items():
        engine.give(name, list(zip(its.columns, known.types(its), strict=True)), its.rows)
    made = {name: known.text(name).format(**known.pieces(periods, editions)) for name in names if name != "calendar"}
    whom: dict[str, object] = {}
    made["who"] = known.asked_for(made["who"], asked, whom)
    for first, last in db.lots:
        for name, sql in sources(first, last, db.several):
            engine.view(name, sql)
        values = {**known.span(first, last), **whom}
        for name, sql in made.items():
            engine.make(name, sql, {key: value for key, value in values.items() if f":{key}" in sql})
        for one in wanted:
            for row in engine.ask(*counting(one, asked, parts)):
                yield one, Rows(row[0], row[1], dict(zip(parts, row[2:-1], strict=True)), row[-1])


def counting(one: tuple[str, str, str], asked: Asked, parts: Sequence[str]) -> tuple[str, dict[str, object]]:
    """The SQL that counts the rows of a text, and what it takes by name."""
    programme, name, preset = one
    sql = text(name).rpartition("ORDER BY")[0]
    values = known.bound(programme, sql, preset)
    ages = "1 = 1"
    if asked.ages is not None:
        ages = f"{AGE} BETWEEN :from_age AND :to_age"
        values |= {"from_age": asked.ages[0], "to_age": asked.ages[1]}
    return _COUNTED.format(sql=sql, ages=ages, parts="".join(f", {PARTS[part]}" for part in parts)), values
