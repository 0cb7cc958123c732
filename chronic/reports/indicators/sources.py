"""The tables that the relations are made of, as SQL over the files of `export parquet`.

A file holds what counts: no row that was corrected or withdrawn, and nothing of when it was recorded. So whatever the
texts ask of that is answered with nothing, and there is no `known_on` here. The SQL runs on DuckDB and on Spark.
"""

from collections.abc import Iterator

from chronic.reports.analytical import NTH, SAID, Table, tables

FILED = "filed_"
"""Before the name of a table as it lies in the files."""
_READ = (
    "person", "enrolment", "visit", "verdict", "referral", "referral_outcome", "test_result", "checkup", "checkup_value",
    "contract", "call", "tag", "place",
)  # fmt: skip
_ENDED = ("visit", "referral", "test_result", "checkup")
_NOTHING = {
    **dict.fromkeys(("visit_void", "referral_void", "test_void", "checkup_void"), "CAST(NULL AS BIGINT) AS uid"),
    "person_change": "CAST(NULL AS BIGINT) AS id, CAST(NULL AS BIGINT) AS person, '' AS field, "
    "CAST(NULL AS BIGINT) AS about, '' AS old",
}
_OVER = """SELECT id AS contract, ended_on, recorded_at FROM contract WHERE ended_on IS NOT NULL"""
_ORDERED = f"CASE WHEN {NTH} < 15 THEN {NTH} ELSE 15 END * {2**59} + uid % {2**59} AS uid"
"""A uid that is sorted as those of the registry are among the rows of one person and day."""
_SPAN = "{key} BETWEEN {first} AND {last}"
_ONCE = """SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY {own} ORDER BY {order}) AS place
  FROM {FILED}{name} WHERE {span} AND {key} IN (SELECT person FROM twice)) AS each WHERE place = 1"""
_TWICE = "SELECT uid AS person FROM {FILED}person WHERE uid BETWEEN {first} AND {last} GROUP BY uid HAVING COUNT(*) > 1"


def filed() -> Iterator[Table]:
    """The tables of an export that figures are made of."""
    return (table for table in tables() if table.name in _READ)


def sources(first: int, last: int, several: bool) -> Iterator[tuple[str, str]]:
    """(name, SQL) of each, of people with these numbers, in the order of making.

    `several`: of several exports, in which the same person, by their number, may be twice. Then of the person the row
    counts that is not closed, else the one registered later; and of every other record one of those with its uid.
    """
    if several:
        yield "twice", _TWICE.format(FILED=FILED, first=first, last=last)
    for table in filed():
        if table.name != "place":
            yield ("tagged" if table.name == "tag" else table.name), _source(table, first, last, several)
    yield "contract_end", _OVER
    for name, columns in _NOTHING.items():
        yield name, f"SELECT {columns}, '' AS recorded_at WHERE 1 = 0"


def _source(table: Table, first: int, last: int, several: bool) -> str:
    columns = {column.name: column.type for column in table.columns}
    key = "person" if "person" in columns else "uid"
    shown = [_shown(name, kind) for name, kind in columns.items() if NTH not in columns or name not in ("uid", NTH)]
    if NTH in columns:
        shown.append(_ORDERED)
    if "uid" in columns:
        shown.append("uid AS id")
    if table.name in _ENDED:
        shown.append("CAST(NULL AS BIGINT) AS ended_by")
    names = ", ".join([*shown, "'' AS recorded_at"])
    span = _SPAN.format(key=key, first=first, last=last)
    plain = f"SELECT {names} FROM {FILED}{table.name} WHERE {span}"
    if not several:
        return plain
    once = _ONCE.format(FILED=FILED, name=table.name, key=key, span=span, own=_own(table), order=_order(table))
    return f"{plain} AND {key} NOT IN (SELECT person FROM twice)\nUNION ALL SELECT {names} FROM ({once}) AS one"


def _shown(name: str, kind: str) -> str:
    """A column as the registry has it: days as text, yes and no as 1 and 0, words that stayed behind as any word."""
    if name.startswith(SAID):
        return f"CASE WHEN {name} THEN 'said' END AS {name.removeprefix(SAID)}"
    if kind == "DATE":
        return f"CAST({name} AS STRING) AS {name}"
    return f"CAST({name} AS INTEGER) AS {name}" if kind == "BOOLEAN" else name


def _own(table: Table) -> str:
    """What two copies of one record have in common."""
    names = [column.name for column in table.columns]
    if "uid" in names:
        return "uid"
    return ", ".join(name for name in ("person", "visit", "checkup", "programme", "field", "tag") if name in names)


def _order(table: Table) -> str:
    """Which copy counts. All columns are told apart, so that every engine takes the same one."""
    first = ["CASE WHEN closed_on IS NULL THEN 0 ELSE 1 END", "registered_on DESC"] if table.name == "person" else []
    return ", ".join([*first, *(f"COALESCE(CAST({column.name} AS STRING), '')" for column in table.columns)])
