"""Listings and forms as printable pages: no script, nothing fetched from anywhere, the system's own fonts.

The words come with the page, already in their language; the templates only arrange them. Everything that
goes into them is escaped.
"""

from pathlib import Path
from typing import IO, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chronic.i18n import _, language
from chronic.model.report import Report
from chronic.model.wide import width
from chronic.render import drawing, paper
from chronic.render.paper import Paper
from chronic.render.values import shown

_TEMPLATES = Path(__file__).parent / "templates"


class Head(NamedTuple):
    """A column's title. `kind` is a class of the style sheet: name, num, tight, room (to write a figure in) or blank
    (to write in)."""

    text: str
    kind: str = ""


class Group(NamedTuple):
    """Rows under one heading. `urgent` ones are marked so that it can be seen without colour."""

    title: str
    rows: list[tuple[str, ...]]
    urgent: bool = False


class Listing(NamedTuple):
    """One table. `notes` are sentences under its title; `nobody` stands in its place when there are no rows."""

    title: str
    heads: tuple[Head, ...]
    groups: list[Group]
    nobody: str
    notes: tuple[str, ...] = ()


class Page(NamedTuple):
    """`facts`: label and figure, at the top; the first `urgent_facts` of them stand out unless they are 0."""

    lang: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, int], ...]
    urgent_facts: int
    lines: tuple[str, ...]
    listings: tuple[Listing, ...]
    foot: str
    notes: tuple[str, ...] = ()
    """Sentences at the end."""


def page(report: Report, foot: str) -> Page:
    """Any report as a page: its sentences on top, its visible columns as one table."""
    columns = sorted((column for column in report.columns if not column.hidden), key=lambda column: column.last)
    rows = [tuple(shown(column.key, row.get(column.key)) for column in columns) for row in report.rows]
    heads = tuple(Head(_(column.title), "num" if column.right else "") for column in columns)
    listing = Listing("", heads, [Group("", rows)] if rows else [], _("None."))
    lang = "zh-CN" if language() == "zh" else "en"
    return Page(lang, report.title, "", (), 0, report.lines, (listing,), foot, report.notes)


def write(page: Page, out: IO[str]) -> None:
    """The page, a piece at a time."""
    fill("listings.html.j2", out, page=page)


def write_paper(made: Paper, out: IO[str]) -> None:
    """Forms, slips, cards or blank sheets to be printed from a browser."""
    fill("paper.html.j2", out, paper=made, kind=paper.kind, margin=paper.MARGIN, pad=paper.PAD, box=paper.BOX_SIDE,
          leading=paper.LEADING, draw=drawing)  # fmt: skip


def write_ledger(report: Report, chinese: bool, out: IO[str]) -> None:
    """A work ledger across the page, with its uids beside the rows; read as it is written, however long it is."""
    heads = [column for column in report.columns if not column.hidden]
    trace = next((column.key for column in report.columns if column.hidden), None)

    def cells(row: dict[str, object]) -> list[str]:
        return ["" if row[column.key] is None else shown(column.key, row[column.key]) for column in heads]

    rows = ((row[trace] if trace else None, cells(row)) for row in report.rows)
    fill("ledger.html.j2", out, report=report, heads=heads, rows=rows, lang="zh-CN" if chinese else "en")


def fill(template: str, out: IO[str], **values: object) -> None:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["wide"] = width
    for piece in environment.get_template(template).generate(**values):
        out.write(piece)
