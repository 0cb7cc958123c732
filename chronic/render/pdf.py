"""A `paper.Paper` as a PDF: its text can be searched and copied, its fonts are embedded, nothing is fetched or started.

The same paper on the same day makes the same file with the same fonts.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from chronic.model.extras import extra
from chronic.render import pdf_trend
from chronic.render.drawing import Trend
from chronic.render.fonts import Fonts
from chronic.render.paper import (
    BOX,
    BOX_SIDE,
    LINE,
    MARGIN,
    Card,
    Cards,
    Pairs,
    Paper,
    Sheet,
    Table,
    Words,
)
from chronic.render.setting import MM, Setter
from chronic.render.setting import Line as Set
from chronic.render.tabled import Laid, lay

if TYPE_CHECKING:
    from fpdf import FPDF

_TITLE, _HEAD, _HEADING, _FOOT, _CARD_TITLE = 14.0, 10.0, 11.5, 8.5, 12.0
_THIN, _RULE, _THICK = 0.4 * MM, 0.6 * MM, 1.0 * MM
_CARD_GAP, _CARD_PAD, _ABREAST_GAP, _LABEL_GAP = 6.0, 4.0, 5.0, 2.0
_LABEL_EMS, _SMALL, _TREND_ROOM = 6.2, 7.0, 3.0
_BASELINE = 0.86
_RED, _BLACK, _GREY = (170, 0, 0), (17, 17, 17), 238


def write(paper: Paper, path: Path, day: date, font: Path | None = None) -> None:
    """The file at `path`. `font`: before those of the system. Raises ValueRefused: extra.missing, pdf.no_font, pdf.font,
    pdf.glyph, pdf.glyph_blank; OSError where it cannot be written."""
    with extra("pdf"):
        from fpdf import FPDF

    document = FPDF(unit="mm", format=paper.format)
    document.set_auto_page_break(False)
    document.set_title(paper.title)
    document.set_lang("zh-CN" if paper.lang == "zh" else paper.lang)
    document.set_creation_date(datetime.combine(day, time(), UTC))
    with closing(Fonts(document, font)) as fonts:
        drawing = _Drawing(document, paper, Setter(fonts))
        for sheet in paper.sheets:
            drawing.draw(sheet)
        path.write_bytes(document.output())


class _Drawing:
    """Sheets drawn one after the other. `y`: how far down the page is full."""

    def __init__(self, document: "FPDF", paper: Paper, setter: Setter) -> None:
        self._document, self._setter, self._letters = document, setter, paper.letters
        self._width = paper.format[0] - 2 * MARGIN
        self._bottom = paper.format[1] - MARGIN
        self._sheet = Sheet("", (), ())
        self._y = 0.0

    def draw(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._document.add_page()
        self._y = MARGIN
        if sheet.title:
            self._lines(self._set(sheet.title, self._width, _TITLE), MARGIN, self._width, middle=True)
            self._y += 2
        if sheet.head:
            self._spread([self._set(words, self._width, _HEAD) for words in sheet.head])
        for block in sheet.blocks:
            if isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Pairs):
                self._pairs(block)
            elif isinstance(block, Cards):
                self._cards(block)
            else:
                self._words(block)

    def _next_page(self) -> None:
        """One more page of this sheet; whose it is stands on it, too."""
        self._document.add_page()
        self._y = MARGIN
        if self._sheet.title:
            again = "  ".join(filter(None, (self._sheet.title, *self._sheet.head)))
            self._lines(self._set(again, self._width, _FOOT), MARGIN, self._width)
            self._y += 1

    # blocks ----------------------------------------------------------------------------------------------

    def _spread(self, told: list[list[Set]]) -> None:
        """Texts beside each other over the whole line, below each other where they do not fit."""
        widths = [max((line.width for line in lines), default=0) for lines in told]
        room = self._width - sum(widths)
        if room < 0:
            for lines in told:
                self._lines(lines, MARGIN, self._width)
        else:
            x, top = MARGIN, self._y
            for lines, width in zip(told, widths, strict=True):
                self._y = top
                self._lines(lines, x, width)
                x += width + room / max(1, len(told) - 1)
        self._y += 1.5

    def _table(self, block: Table) -> None:
        laid = lay(block, self._width, self._letters, self._setter, self._sheet.whose, self._bottom - 2 * MARGIN)
        heads = sum(laid.heights[: block.heads])
        first, row = block.heads, block.heads
        while True:
            top, y = self._y, self._y + heads
            while row < len(laid.heights) and (y + laid.heights[row] <= self._bottom or row == first):
                y += laid.heights[row]
                row += 1
            self._rows(laid, range(block.heads), top)
            self._rows(laid, range(first, row), top + heads)
            self._y = y
            if row == len(laid.heights):
                return
            first = row
            self._next_page()

    def _rows(self, laid: Laid, rows: range, top: float) -> None:
        """What of each cell falls among these rows; its words where it begins."""
        tops = dict(zip(rows, accumulate((laid.heights[row] for row in rows), initial=top), strict=False))
        for cell in laid.cells:
            on = [row for row in range(cell.row, cell.row + cell.down) if row in tops]
            if not on:
                continue
            y, height = tops[on[0]], sum(laid.heights[row] for row in on)
            x = MARGIN + cell.x
            self._document.set_line_width(_RULE)
            self._document.set_draw_color(*_BLACK)
            self._document.set_fill_color(_GREY)
            self._document.rect(x, y, cell.width, height, style="DF" if cell.cell.shaded else "D")
            if on[0] == cell.row:
                self._y = y + max(0.0, height - sum(line.height for line in cell.lines)) / 2
                self._lines(cell.lines, x + laid.pad, cell.width - 2 * laid.pad, cell.cell.middle, stay=True)

    def _pairs(self, block: Pairs) -> None:
        width = (self._width - _ABREAST_GAP * (block.abreast - 1)) / block.abreast
        for first in range(0, len(block.lines), block.abreast):
            told = [self._pair(*pair, width) for pair in block.lines[first : first + block.abreast]]
            height = max(sum(line.height for line in value) for _, _, value in told)
            self._make_room(height)
            top = self._y
            for place, (label, at, value) in enumerate(told):
                x = MARGIN + place * (width + _ABREAST_GAP)
                self._y = top
                self._lines(label, x, width, stay=True)
                self._y = top
                self._lines(value, x + at, width - at, ruled=_THIN, stay=True)
            self._y = top + height + 1

    def _pair(self, label: str, value: str, width: float) -> tuple[list[Set], float, list[Set]]:
        """The label's lines, where the value begins, and the value's lines."""
        before = self._set(label, width, self._letters)
        at = before[0].width + _LABEL_GAP
        return before, at, self._set(value or " ", width - at, self._letters)

    def _words(self, block: Words) -> None:
        if block.kind == "cut":
            self._y += 4
            self._document.set_dash_pattern(dash=2, gap=1.5)
            self._rule(MARGIN, self._width, self._y, _THICK)
            self._document.set_dash_pattern()
            self._y += 4
            return
        letters = {"heading": _HEADING, "foot": _FOOT}.get(block.kind, self._letters)
        pad = 3.0 if block.kind == "urgent" else 0.0
        lines = self._set(block.text, self._width - 2 * pad, letters)
        self._y += {"heading": 3.0, "foot": 4.0}.get(block.kind, 0.0)
        self._make_room(sum(line.height for line in lines) + 2)
        top = self._y
        if block.kind == "foot":
            self._rule(MARGIN, self._width, top, _THIN)
        if block.kind == "urgent":
            self._document.set_text_color(*_RED)
        self._y += 1.0
        self._lines(lines, MARGIN + pad, self._width - 2 * pad, right=block.kind == "right")
        self._y += 1.0
        if block.kind == "urgent":
            self._document.set_text_color(*_BLACK)
            self._document.set_draw_color(*_RED)
            self._document.set_line_width(_THICK)
            self._document.rect(MARGIN, top, self._width, self._y - top)
            self._y += 1.0

    def _cards(self, block: Cards) -> None:
        width = (self._width - _CARD_GAP) / 2
        for first in range(0, len(block.cards), 2):
            some = block.cards[first : first + 2]
            heights = [self._card(card, 0, width, draw=False) for card in some]
            self._make_room(max(heights))
            top = self._y
            for place, card in enumerate(some):
                self._y = top
                x = MARGIN + place * (width + _CARD_GAP)
                self._card(card, x, width, draw=True)
                self._document.set_line_width(_THICK)
                self._document.set_draw_color(*_BLACK)
                self._document.rect(x, top, width, max(heights), round_corners=True, corner_radius=2)
            self._y = top + max(heights) + _CARD_GAP

    def _card(self, card: Card, x: float, width: float, draw: bool) -> float:
        """How high a card is; drawn only where asked."""
        inner, left, label = width - 2 * _CARD_PAD, x + _CARD_PAD, _LABEL_EMS * self._letters * MM
        top = self._y
        self._y += _CARD_PAD
        self._part(self._set(card.title, inner, _CARD_TITLE, card.whose), left, inner, draw)
        self._y += 1
        if draw:
            self._rule(left, inner, self._y, _RULE)
        self._y += 1.5
        for name, value in card.lines:
            begun = self._y
            told = self._set(value, inner - label - _LABEL_GAP, self._letters, card.whose)
            self._part(self._set(name, inner, self._letters, card.whose), left, label, draw)
            ended, self._y = self._y, begun
            self._part(told, left + label + _LABEL_GAP, inner - label - _LABEL_GAP, draw)
            self._y = max(self._y, ended) + 0.6
            if draw:
                self._rule(left, inner, self._y, _THIN)
            self._y += 0.6
        for trend in card.trends:
            self._trend(trend, left, inner, draw)
        self._y += 1.5
        self._part(self._set(card.foot, inner, _FOOT, card.whose), left, inner, draw)
        height, self._y = self._y + _CARD_PAD - top, top
        return height

    def _trend(self, trend: Trend, left: float, inner: float, draw: bool) -> None:
        self._y += 1
        self._part(self._set(f"{trend.title} ({trend.unit})  {trend.note}", inner, _FOOT), left, inner, draw)
        top = self._y + _TREND_ROOM
        if draw:

            def put(words: str, x: float, y: float, width: float) -> None:
                self._y = y
                self._lines(self._set(words, width + _TREND_ROOM, _SMALL), x, width, middle=True, stay=True)

            pdf_trend.draw(self._document, put, trend, left, top, inner)
        self._y = top + pdf_trend.PLOT + pdf_trend.DAYS

    # strokes ---------------------------------------------------------------------------------------------

    def _set(self, text: str, width: float, letters: float, whose: str | None = None) -> list[Set]:
        return self._setter.words(text, width, letters, self._sheet.whose if whose is None else whose)

    def _make_room(self, height: float) -> None:
        if self._y + height > self._bottom and self._y > MARGIN:
            self._next_page()

    def _part(self, lines: Sequence[Set], x: float, width: float, draw: bool) -> None:
        if draw:
            self._lines(lines, x, width, stay=True)
        else:
            self._y += sum(line.height for line in lines)

    def _lines(
        self, lines: Sequence[Set], x: float, width: float, middle: bool = False, right: bool = False, ruled: float = 0.0,
        stay: bool = False,
    ) -> None:  # fmt: skip
        """Lines below each other, on further pages where they do not fit, unless they `stay`."""
        for line in lines:
            if not stay:
                self._make_room(line.height)
            begin = x + (width - line.width) * (0.5 if middle else 1.0 if right else 0.0)
            for piece in line.pieces:
                self._piece(begin + piece.x, line.height, piece.text, piece.font, piece.letters, piece.width, piece.kind)
            self._y += line.height
            if ruled:
                self._rule(x, width, self._y, ruled)

    def _piece(self, x: float, height: float, text: str, font: str, letters: float, width: float, kind: str) -> None:
        size = letters * MM
        baseline = self._y + (height - size) / 2 + _BASELINE * size
        if kind == BOX:
            self._document.set_line_width(_RULE)
            self._document.set_draw_color(*_BLACK)
            self._document.rect(x, self._y + (height - BOX_SIDE) / 2, width - 0.2, BOX_SIDE)
        if kind == LINE:
            self._rule(x, width, baseline + 0.6, _THIN)
        if font and text.strip():
            self._document.set_font(font, size=letters)
            inset = (width - 0.2 - self._document.get_string_width(text)) / 2 if kind == BOX else 0.0
            self._document.text(x + inset, baseline, text)

    def _rule(self, x: float, width: float, y: float, thick: float) -> None:
        self._document.set_line_width(thick)
        self._document.set_draw_color(*_BLACK)
        self._document.line(x, y, x + width, y)
