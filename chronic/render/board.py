"""The dashboard as one printable page: pictures with their numbers beside them, and nothing that is fetched or run.

What it says is put together elsewhere (`office.dashboard`), in the user's language; here it is only laid out.
"""

from collections.abc import Sequence
from typing import IO, NamedTuple

from chronic.render import drawing, html
from chronic.render.drawing import Line


class Tile(NamedTuple):
    """One indicator. `rate` in per cent, None where nobody is counted or it is a number on its own; `target` too.

    `met`: yes, no or "" where there is no target; the rest is text. `code` and `programme` say which it is."""

    code: str
    programme: str
    title: str
    value: str
    fraction: str
    rate: float | None
    numerator: int
    denominator: int | None
    target: float | None
    wanted: str
    met: str
    verdict: str
    change: str
    lower: bool


class Table(NamedTuple):
    """The numbers of a picture. The first cell of a row names it."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


class Chart(NamedTuple):
    """Lines over months. `places` are months, in two lines of letters each."""

    title: str
    note: str
    places: Sequence[tuple[str, str]]
    lines: Sequence[Line]
    target: float | None
    wanted: str
    summary: str
    table: Table


class Part(NamedTuple):
    """A part of a stack in the last month."""

    name: str
    value: str


class Stack(NamedTuple):
    """Columns of parts over months; `parts` from below."""

    title: str
    note: str
    places: Sequence[tuple[str, str]]
    columns: Sequence[Sequence[int]]
    said: Sequence[str]
    parts: Sequence[Part]
    summary: str
    table: Table


class Row(NamedTuple):
    """A line of a table with a bar: `before` and `after` it. `hatch` fills it, `urgent` ones stand out."""

    before: Sequence[str]
    share: float | None
    after: Sequence[str]
    hatch: str = "solid"
    target: float | None = None
    urgent: bool = False


class Bars(NamedTuple):
    """A table that is a picture too. `heads` stand over the cells before, the bar and the cells after it."""

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Row]
    nobody: str
    numbers: int = 0
    """So many of the cells before the bar are numbers, the first ones."""


class Section(NamedTuple):
    """`name` is its address in the page."""

    name: str
    title: str
    note: str = ""
    tiles: Sequence[tuple[str, Sequence[Tile]]] = ()
    charts: Sequence[Chart] = ()
    stacks: Sequence[Stack] = ()
    bars: Sequence[Bars] = ()
    table: Table | None = None


class Board(NamedTuple):
    """`facts`: what stands under the title; `words`: the few words of the page itself."""

    lang: str
    title: str
    clinic: str
    facts: Sequence[str]
    sections: Sequence[Section]
    foot: Sequence[str]
    words: dict[str, str]


def write(board: Board, out: IO[str]) -> None:
    """The page, a piece at a time."""
    html.fill("dashboard.html.j2", out, board=board, draw=drawing)
