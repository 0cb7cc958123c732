"""Where the cells of a `paper.Table` stand, and how high its rows are. Lengths are mm."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from chronic.render.paper import PAD, Cell, Table, spans
from chronic.render.setting import Line, Setter


class Placed(NamedTuple):
    """A cell with its words set. `down`: how many rows it takes, from `row` on."""

    row: int
    down: int
    x: float
    width: float
    cell: Cell
    lines: tuple[Line, ...]


class Laid(NamedTuple):
    cells: tuple[Placed, ...]
    heights: tuple[float, ...]
    pad: float = PAD[0]


def lay(table: Table, width: float, letters: float, setter: Setter, whose: str, page: float) -> Laid:
    """The table on a line of this width. A row higher than a `page` becomes several."""
    whole = sum(table.widths)
    edges = [0.0]
    for share in table.widths:
        edges.append(edges[-1] + share / whole * width)
    placed = []
    for row, column, cell in spans(table.rows, len(table.widths)):
        x, wide = edges[column], edges[column + cell.across] - edges[column]
        lines = setter.items(cell.items, wide - 2 * PAD[0], letters, whose)
        placed.append(Placed(row, cell.down, x, wide, cell, tuple(lines)))
    cells = tuple(_broken(placed, len(table.rows), page))
    return Laid(cells, tuple(_heights(cells, table.height)))


def _heights(cells: Sequence[Placed], least: float) -> list[float]:
    heights = [least] * max(cell.row + cell.down for cell in cells)
    for cell in cells:
        if cell.down == 1:
            heights[cell.row] = max(heights[cell.row], _high(cell.lines))
    for cell in cells:
        if cell.down > 1:
            lacking = _high(cell.lines) - sum(heights[cell.row : cell.row + cell.down])
            heights[cell.row + cell.down - 1] += max(0.0, lacking)
    return heights


def _high(lines: Sequence[Line]) -> float:
    return sum(line.height for line in lines) + 2 * PAD[1]


def _broken(cells: Sequence[Placed], rows: int, page: float) -> Iterator[Placed]:
    """The cells, those of a row that no page holds in as many rows as it takes."""
    parts = [1] * rows
    for cell in cells:
        if cell.down == 1:
            parts[cell.row] = max(parts[cell.row], len(list(_portions(cell.lines, page))))
    before = [0, *accumulate(parts)]
    for cell in cells:
        down = before[cell.row + cell.down] - before[cell.row]
        if cell.down > 1 or parts[cell.row] == 1:
            yield cell._replace(row=before[cell.row], down=down)
            continue
        portions = list(_portions(cell.lines, page))
        for place in range(down):
            lines = portions[place] if place < len(portions) else ()
            yield cell._replace(row=before[cell.row] + place, down=1, lines=lines)


def _portions(lines: Sequence[Line], page: float) -> Iterator[tuple[Line, ...]]:
    """As many lines at a time as a page holds; one portion at least."""
    some: list[Line] = []
    for line in lines:
        if some and _high([*some, line]) > page:
            yield tuple(some)
            some = []
        some.append(line)
    yield tuple(some)
