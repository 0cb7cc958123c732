"""Listings as one printable page: no script, nothing fetched from anywhere, the system's own fonts.

The words come with the page, already in the user's language; the template only arranges them. Everything that
goes into it is escaped.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chronic.i18n import _, language
from chronic.model.report import Report
from chronic.model.wide import width
from chronic.render import drawing
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


def write_slip(slip: object, urgent: str, lang: str, out: IO[str]) -> None:
    """A referral slip (reports.slip.Document) on a sheet of its own; `urgent` stands out above it, where there is any."""
    fill("slip.html.j2", out, slip=slip, urgent=urgent, lang=lang)


class Line(Protocol):
    """One field of a form. `part`: the heading it stands under, empty for one of its own."""

    @property
    def part(self) -> str: ...


def write_forms(forms: Sequence[object], out: IO[str]) -> None:
    """Filled-in record forms (`reports.visit_form`), each on a sheet of its own."""
    fill("visit_form.html.j2", out, forms=forms)


def write_record_sheets(sheets: Sequence[object], out: IO[str]) -> None:
    """Follow-up sheets of four visits (`reports.record_sheet`), a page each."""
    fill("record_sheet.html.j2", out, sheets=sheets)


def write_checkup_forms(forms: Sequence[object], out: IO[str]) -> None:
    """Check-up forms (`reports.checkup_form`), each from a page of its own."""
    fill("checkup_form.html.j2", out, forms=forms)


def write_cards(cards: Sequence[object], out: IO[str]) -> None:
    """Patients' cards (`reports.patient_card`) to be cut out."""
    fill("patient_card.html.j2", out, cards=cards, draw=drawing)


def write_campaign(clinic: str, village: str, day: str, rows: int, out: IO[str]) -> None:
    """A blank sheet for a day of screening; its headers are those that `import` knows."""
    fill("campaign.html.j2", out, clinic=clinic, village=village, day=day, rows=rows, heads=CAMPAIGN)


def write_ledger(report: Report, chinese: bool, out: IO[str]) -> None:
    """A work ledger across the page, with its uids beside the rows; read as it is written, however long it is."""
    heads = [column for column in report.columns if not column.hidden]
    trace = next((column.key for column in report.columns if column.hidden), None)

    def cells(row: dict[str, object]) -> list[str]:
        return ["" if row[column.key] is None else shown(column.key, row[column.key]) for column in heads]

    rows = ((row[trace] if trace else None, cells(row)) for row in report.rows)
    fill("ledger.html.j2", out, report=report, heads=heads, rows=rows, lang="zh-CN" if chinese else "en")


CAMPAIGN = (
    ("序号", "code"), ("姓名", "name"), ("性别", "code"), ("出生日期", "day"), ("身份证号", "long"), ("联系电话", "day"),
    ("组", "short"), ("血压", "mid"), ("空腹血糖", "short"), ("随机血糖", "short"), ("身高", "short"), ("体重", "short"),
    ("腰围", "short"), ("服用降压药", "short"), ("危急情况", "short"), ("备注", ""),
)  # fmt: skip
"""Header and how wide it is."""


def _in_order(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Lines that follow each other under one heading together."""
    return [(part, list(some)) for part, some in groupby(lines, key=attrgetter("part"))]


def fill(template: str, out: IO[str], **values: object) -> None:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["groupby_order"] = _in_order
    environment.filters["wide"] = width
    for piece in environment.get_template(template).generate(**values):
        out.write(piece)
