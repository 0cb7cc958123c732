"""What a sheet of paper looks like, said once: the page (`html`) and the PDF (`pdf`) are both drawn from it.

Lengths are mm, widths of columns hundredths of the line, letters pt. The words come in the user's or the form's language.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from chronic.render.drawing import Trend

BOX, LINE, STRONG, SMALL = "box", "line", "strong", "small"
"""What a run can be besides plain text: in a box of its own, on a line, a name of a field, codes in small letters below."""

SIZES: Final = {"A4": (210.0, 297.0), "A5": (148.0, 210.0)}
MARGIN: Final = 10.0
PAD: Final = (1.0, 0.5)
"""Room within a cell: beside and above."""
LEADING: Final = 1.25
BOX_SIDE: Final = 3.6


class Run(NamedTuple):
    text: str
    kind: str = ""


class Cell(NamedTuple):
    """`items`: runs that stay together while there is room; `head`: a heading; `middle`: centred; `shaded`: on grey."""

    items: tuple[tuple[Run, ...], ...] = ()
    across: int = 1
    down: int = 1
    head: bool = False
    middle: bool = False
    shaded: bool = False


class Table(NamedTuple):
    """`heads`: so many rows stand again on each page. `height`: of a row at least."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heads: int = 0
    height: float = 0.0


class Pairs(NamedTuple):
    """Label and value, the value on a line; so many `abreast`."""

    lines: tuple[tuple[str, str], ...]
    abreast: int = 1


class Words(NamedTuple):
    """A paragraph. `kind`: right, urgent, heading, foot, cut (a line to cut along, without words)."""

    text: str
    kind: str = ""


class Card(NamedTuple):
    """A card to be cut out; `whose` as for a Sheet. `trends`: its pictures."""

    title: str
    lines: tuple[tuple[str, str], ...]
    foot: str
    whose: str
    trends: tuple[Trend, ...] = ()


class Cards(NamedTuple):
    cards: tuple[Card, ...]


Block = Table | Pairs | Words | Cards


class Sheet(NamedTuple):
    """From a page of its own. `head`: what stands in one line under the title; `whose`: the name of the person it is for."""

    title: str
    head: tuple[str, ...]
    blocks: tuple[Block, ...]
    whose: str = ""


class Paper(NamedTuple):
    """`title` is the document's. `letters`: how large."""

    title: str
    sheets: tuple[Sheet, ...]
    size: str = "A4"
    landscape: bool = False
    letters: float = 8.5
    lang: str = "zh"

    @property
    def format(self) -> tuple[float, float]:
        """Width and height."""
        short, long = SIZES[self.size]
        return (long, short) if self.landscape else (short, long)


def kind(block: Block) -> str:
    """Which of the blocks this is, for a template."""
    return type(block).__name__


def text(words: str, head: bool = False, middle: bool = False, shaded: bool = False) -> Cell:
    """A cell of one plain text."""
    return Cell(((Run(words),),) if words else (), head=head, middle=middle, shaded=shaded)


def spans(rows: tuple[tuple[Cell, ...], ...], columns: int) -> Iterator[tuple[int, int, Cell]]:
    """(row, column, cell) with the places that cells from above and from the left leave free."""
    taken: set[tuple[int, int]] = set()
    for at, row in enumerate(rows):
        place = 0
        for cell in row:
            while (at, place) in taken:
                place += 1
            yield at, place, cell
            taken |= {(at + down, place + across) for down in range(cell.down) for across in range(cell.across)}
            place += cell.across
        assert place <= columns
