"""Listings on the terminal: a rich table, or for a long list the same columns set plainly.

rich costs 25 ms to import and most of a millisecond a row, and cuts what is wider than the screen, so past one
screen, or past its right edge, the plain setting is used. A table that is too wide has headings on several lines.
No box lines: old Chinese consoles draw them two cells wide.
"""

import sys
from itertools import zip_longest
from typing import IO

from chronic.i18n import _
from chronic.model.report import Column, Report
from chronic.model.unseen import neutral
from chronic.model.wide import width
from chronic.render.values import shown as shown

_RICH_ROWS = 40
_GAP = 2
_LEAST, _LEAST_WORDS = 6, 8
"""Cells that a heading, and that the words of a row, may take where the table is wider than the screen."""
_THINGS = ("log", "places", "place", "backups", "imports", "bundles", "bundle_conflicts",
           "visits", "tasks", "task_check", "education", "education_summary", "institutions", "clinics", "uploads",
           "ledger_follow_up", "ledger_screening", "ledger_referral", "ledger_call_back", "ledger_check_up",
           "ledger_education", "quality", "quality_visits", "warning", "warning_readings")  # fmt: skip
"""Listings of something else than people."""


def draw(report: Report, out: IO[str]) -> None:
    """Title, sentences, the visible columns and what stands under them; colour only on a terminal."""
    _draw(report, out)
    for line in report.notes:
        out.write(line + "\n")


def _draw(report: Report, out: IO[str]) -> None:
    if report.title:
        out.write(neutral(report.title) + "\n")
    for line in report.lines:
        out.write(neutral(line) + "\n")
    visible = [column for column in report.columns if not column.hidden]
    columns = sorted(visible, key=lambda column: column.last)
    rows = [[neutral(shown(column.key, row.get(column.key))) for column in columns] for row in report.rows]
    if not rows:
        out.write((_("None.") if report.name in _THINGS else _("Nobody.")) + "\n")
        return
    heads, seen = [_(column.title) for column in columns], out is sys.stdout and out.isatty()
    if seen and not _fits(_widths([heads, *rows])):
        heads, rows = _narrowed(columns, heads, rows)
    if seen and len(rows) <= _RICH_ROWS and _fits(_widths([heads, *rows])):
        _rich(columns, heads, rows)
    else:
        _plain(columns, heads, rows, out)


def _narrowed(columns: list[Column], heads: list[str], rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The headings on several lines, and where that is enough the words of a row too."""
    sizes = [max(size, _LEAST) for size in _widths(rows)]
    heads = [folded(head, size) for head, size in zip(heads, sizes, strict=True)]
    short = [size if column.right else max(_LEAST_WORDS, _width(head))
             for size, head, column in zip(sizes, heads, columns, strict=True)]  # fmt: skip
    tight = [[folded(cell, size) for cell, size in zip(row, short, strict=True)] for row in rows]
    return heads, tight if _fits(_widths([heads, *tight])) else rows


def folded(text: str, size: int) -> str:
    """On as many lines as it takes in so many cells: broken at blanks, and words without any in equal parts."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if width(joined) <= size:
            lines[-1] = joined
            continue
        parts = 1 if word.isascii() else -(-width(word) // size)
        long = -(-len(word) // parts)
        lines[len(lines) - (not lines[-1]) :] = [word[at : at + long] for at in range(0, len(word), long)]
    return "\n".join(lines)


def _width(cell: str) -> int:
    return max(map(width, cell.split("\n")))


def _widths(lines: list[list[str]]) -> list[int]:
    return [max(map(_width, cells)) for cells in zip(*lines, strict=True)]


def _fits(widths: list[int]) -> bool:
    from shutil import get_terminal_size

    return sum(widths) + _GAP * (len(widths) - 1) <= get_terminal_size().columns


def _rich(columns: list[Column], heads: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, column in zip(heads, columns, strict=True):
        table.add_column(title, justify="right" if column.right else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, emoji=False, markup=False).print(table)


def _plain(columns: list[Column], heads: list[str], rows: list[list[str]], out: IO[str]) -> None:
    widths = _widths([heads, *rows])
    high = max(head.count("\n") for head in heads)
    for row in ["\n" * (high - head.count("\n")) + head for head in heads], *rows:
        for line in zip_longest(*(cell.split("\n") for cell in row), fillvalue=""):
            cells = [_padded(cell, size, column.right) for cell, size, column in zip(line, widths, columns, strict=True)]
            out.write((" " * _GAP).join(cells).rstrip() + "\n")


def _padded(text: str, size: int, right: bool) -> str:
    gap = " " * (size - width(text))
    return gap + text if right else text + gap
