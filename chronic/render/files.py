"""Stream a Report as CSV or JSON: nothing is held back, however many rows there are."""

import csv
import json
from collections.abc import Iterator
from typing import IO

from chronic.model.guards import guard
from chronic.model.report import Column, Report


def write_json(report: Report, out: IO[str]) -> None:
    """One object {"report", "as_of", "rows": [...]}, a row a line."""
    head = json.dumps({"report": report.name, "as_of": report.as_of}, ensure_ascii=False)
    out.write(head[:-1] + ', "rows": [')
    for place, row in enumerate(report.rows):
        out.write((",\n" if place else "\n") + json.dumps(row, ensure_ascii=False, allow_nan=False))
    out.write("\n]}\n")


def write_csv(report: Report, out: IO[str]) -> None:
    """A header of English keys and one line a row; lists joined by ;, nested objects as key_part columns.

    The header comes from the report alone, so a file has the same shape on a day without rows.
    """
    writer = csv.writer(out, lineterminator="\r\n")
    columns = [name for column in report.columns for name in _names(column)]
    writer.writerow(columns)
    for row in report.rows:
        cells = dict(_flat(row))
        writer.writerow([cells.get(column, "") for column in columns])


def _names(column: Column) -> list[str]:
    return [f"{column.key}_{part}" for part in column.parts] or [column.key]


def _flat(row: dict[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{key}_{part}", inner) for part, inner in value.items())
        elif isinstance(value, (list, tuple)):
            yield key, ";".join(map(str, value))
        else:
            yield key, guard(value) if isinstance(value, str) else value
