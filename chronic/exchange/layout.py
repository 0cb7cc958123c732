"""Where a sheet's headers are: what stands between cells, how many title lines come first, how many lines the headers
take, which sheet of a workbook it is. The place where most columns are known is the one.

Below the headers forms often repeat what is obligatory, give units or the standards' identifiers, or number the
columns; such a line is no row.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from chronic.exchange.files import Record, Text
from chronic.exchange.reading import plain, trim
from chronic.exchange.workbooks import Book

DELIMITERS: Final = ",\t;|"
_LOOKED_AT = 40
"""Records among which the headers must begin."""
_DEEPEST = 3
"""Lines that headers take at most."""
_WIDEST = 2000
"""Columns with headers; the fullest form there is has a tenth of that."""
_FARTHEST = 1 << 14
"""The last column of a workbook."""
_NOTE = re.compile(
    r"required|optional|必填|选填|必填项|选填项|可选|\*"
    r"|(?:de|hds[db])\d\d\.\d\d\.\d{3}(?:\.\d\d)?"
    r"|\(?(?:mmhg|mmol/l|mg/dl|μmol/l|umol/l|kg|cm|kg/m2|bpm|次/分|次/min|%|mg/g|岁|支|两|克|克/天|次/周|分钟/次)\)?"
)
_NUMBERED = 3
"""So many columns must be numbered 1, 2, 3 … for the line to be taken for numbers of columns."""

Header = tuple[str, ...]
Known = Callable[[Header], tuple[int, bool]]
"""How many columns of a header are known, and whether it holds what such a sheet needs."""


class Layout(NamedTuple):
    """Headers as they are matched (of several lines joined), the last line they take, and how many they take."""

    source: Text | Book
    header: Header
    line: int
    deep: int
    known: int
    complete: bool


def of_text(source: Text, known: Known) -> Layout | None:
    """The best reading of a text; None if there is nothing but blank or broken lines."""
    found = (layout for mark in DELIMITERS for layout in _layouts(source._replace(delimiter=mark), known))
    return _best(layout for layout in found if len(layout.header) > 1 or layout.source == source)


def of_book(book: Book, known: Known) -> Layout | None:
    """The headers of one sheet of a workbook; None if it has none."""
    return _best(_layouts(book, known))


def below(layout: Layout) -> Iterator[Record]:
    """The records under the headers, without a line of notes on the columns."""
    records = layout.source.records()
    for record in records:
        if record.line <= layout.line:
            continue
        if not any(map(str.strip, record.cells)):
            continue
        if record.broken or not is_note(record.cells):
            yield record
            break
    yield from records


def is_note(cells: Sequence[str]) -> bool:
    """A line that says nothing but required, optional, units, identifiers of data elements, or 1, 2, 3 …"""
    said = [plain(cell).replace(" ", "").casefold() for cell in cells if cell.strip()]
    numbers = [str(number) for number in range(1, len(said) + 1)]
    return all(map(_NOTE.fullmatch, said)) or (len(said) >= max(_NUMBERED, len(cells) - 1) and said == numbers)


def _best(found: Iterable[Layout]) -> Layout | None:
    """Complete before incomplete, then the most known columns, then the fewest lines; the first of equals."""
    return max(found, key=lambda layout: (layout.complete, layout.known, -layout.deep), default=None)


def _layouts(source: Text | Book, known: Known) -> Iterator[Layout]:
    """The headers could begin at each of the first records and take one line or several. What holds all that is needed
    ends the search, but for the next few lines: a title over half of the headers holds it too."""
    records = [record for record in islice(source.records(), _LOOKED_AT) if any(map(str.strip, record.cells))]
    last = len(records)
    for first in range(len(records)):
        if first > last:
            return
        found = [_layout(source, records[first : first + deep], known) for deep in range(1, _DEEPEST + 1)]
        best = _best(filter(None, found))
        if best is not None:
            yield best
            if best.complete:
                last = min(last, first + _DEEPEST - 1)


def _layout(source: Text | Book, lines: Sequence[Record], known: Known) -> Layout | None:
    if any(line.broken or sum(map(bool, map(str.strip, line.cells))) > _WIDEST for line in lines):
        return None
    cells = [_without_blank_end(line.cells) for line in lines]
    if max(map(len, cells)) > (_FARTHEST if len(cells) == 1 else _WIDEST):  # merged ones would be spread over all of that
        return None
    header = tuple(lines[0].cells) if len(lines) == 1 else joined(cells, known)
    columns, complete = known(header)
    return Layout(source, header, lines[-1].line, len(lines), columns, complete)


def _without_blank_end(cells: Sequence[str]) -> Sequence[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def joined(lines: Sequence[Sequence[str]], known: Known) -> Header:
    """Headers of several lines as one. What is merged across columns belongs to each of them (转诊 above 原因).

    Of the lowest text and all of them together the one that is known counts, else the lowest there is.
    """
    width = max(map(len, lines))
    padded = [[*map(trim, line), *[""] * (width - len(line))] for line in lines]
    above = [_spread(line) for line in padded[:-1]]
    names = []
    for place, lowest in enumerate(padded[-1]):
        together = "".join((*dict.fromkeys(line[place] for line in above), lowest))
        own = next((line[place] for line in reversed(padded) if line[place]), "")
        names.append(next((text for text in (lowest, together, own) if text and known((text,))[0]), own))
    return tuple(names)


def _spread(line: Sequence[str]) -> list[str]:
    """A text merged across columns stands in the first of them only."""
    spread: list[str] = []
    for text in line:
        spread.append(text or (spread[-1] if spread else ""))
    return spread
