"""Stream a Report as CSV or JSON: nothing is held back, however many rows there are."""

from collections.abc import Iterator, Sequence
from typing import IO

from chronic.model.guards import GUARDED, guard
from chronic.model.report import Report, Rows


def write_json(report: Report, out: IO[str]) -> None:
    """One object {"report", "as_of", "rows": [...]}, a row a line."""
    import json

    head = json.dumps({"report": report.name, "as_of": report.as_of}, ensure_ascii=False)
    out.write(head[:-1] + ', "rows": [')
    for place, row in enumerate(report.rows):
        out.write((",\n" if place else "\n") + json.dumps(row, ensure_ascii=False, allow_nan=False))
    out.write("\n]}\n")


def write_csv(report: Report, out: IO[str], headers: str = "canonical", elements: bool = False) -> None:
    """A header of English keys, or of Chinese names, and one line a row; lists joined by ;, nested objects as key_part
    columns. `elements`: a second line of the standards' identifiers.

    The header comes from the report alone, so a file has the same shape on a day without rows.
    """
    import csv

    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header(report, headers))
    if elements:
        from chronic.model.elements import ELEMENTS

        writer.writerow([ELEMENTS.get(name, "") for name in names(report)])
    if isinstance(report.rows, Rows):
        out.writelines(report.rows.lines())
    else:
        writer.writerows(_cells(report))


def header(report: Report, headers: str) -> Sequence[str]:
    """The header line of a file of this report, canonical or zh. A column without a name of its own there has what it is
    called on the screen."""
    keys = names(report)
    if headers == "canonical":
        return keys
    from chronic.i18n import _, in_chinese
    from chronic.model.headings import heading  # with the whole dictionary behind it

    found = [heading(key) for key in keys]
    with in_chinese():
        titles = {column.key: _(column.title) for column in report.columns if column.title and not column.parts}
    for place, key in enumerate(keys):
        title = titles.get(key, key)
        if found[place] == key and not title.isascii() and title not in found:
            found[place] = title
    return found


def names(report: Report) -> list[str]:
    """The columns of a file of this report."""
    return [
        name for column in report.columns for name in ([f"{column.key}_{part}" for part in column.parts] or [column.key])
    ]


def _cells(report: Report) -> Iterator[list[object]]:
    """Each row's cells as a CSV has them."""
    for row in in_columns(report):
        yield [guard(value) if isinstance(value, str) and value[:1] in GUARDED else value for value in row]


def in_columns(report: Report) -> Iterator[list[object]]:
    """Each row's values in the order of the columns. Set out plainly: every cell of a county's list passes here."""
    columns = [(column.key, column.parts) for column in report.columns]
    for row in report.rows:
        get = row.get
        cells: list[object] = []
        for key, parts in columns:
            value = get(key)
            if isinstance(value, dict):
                cells += [value.get(part) for part in parts]
                continue
            if isinstance(value, (list, tuple)):
                value = ";".join(map(str, value))
            cells.append(value)
            if parts:
                cells += [None] * (len(parts) - 1)
        yield cells
