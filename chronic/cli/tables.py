"""Listings on the terminal: a rich table, or for a long list the same columns set plainly.

rich costs 25 ms to import and most of a millisecond a row, and cuts what is wider than the screen, so past one
screen, or past its right edge, the plain setting is used. No box lines:
old Chinese consoles draw them two cells wide.
"""

import sys
from typing import IO

from chronic.i18n import _
from chronic.model.report import Column, Report
from chronic.model.unseen import neutral
from chronic.model.wide import width
from chronic.render.values import shown as shown

_RICH_ROWS = 40
_GAP = 2
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
    lines = [[_(column.title) for column in columns], *rows]
    widths = [max(width(line[at]) for line in lines) for at in range(len(columns))]
    if len(rows) <= _RICH_ROWS and out is sys.stdout and out.isatty() and _fits(widths):
        _rich(columns, lines)
    else:
        _plain(columns, lines, widths, out)


def _fits(widths: list[int]) -> bool:
    from shutil import get_terminal_size

    return sum(widths) + _GAP * len(widths) <= get_terminal_size().columns


def _rich(columns: list[Column], lines: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    head, *rows = lines
    for title, column in zip(head, columns, strict=True):
        table.add_column(title, justify="right" if column.right else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, emoji=False, markup=False).print(table)


def _plain(columns: list[Column], lines: list[list[str]], widths: list[int], out: IO[str]) -> None:
    for line in lines:
        cells = [_padded(cell, size, column.right) for cell, size, column in zip(line, widths, columns, strict=True)]
        out.write((" " * _GAP).join(cells).rstrip() + "\n")


def _padded(text: str, size: int, right: bool) -> str:
    gap = " " * (size - width(text))
    return gap + text if right else text + gap
