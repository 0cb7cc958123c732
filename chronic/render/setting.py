"""Words set into lines of a given width, for a PDF. Lengths are mm, letters pt."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from chronic.render.fonts import Fonts
from chronic.render.paper import BOX, BOX_SIDE, LEADING, SMALL, Run

MM: Final = 25.4 / 72
"""One pt."""
SMALL_LETTERS: Final = 7.0
_ITEM_GAP, _ITEM_ROOM, _BOX_ROOM, _BOX_GAP = 3.0, 0.8, 1.2, 0.3
_WORDS: Final = re.compile(r"\n|[ \t]|[!-~]+|.", re.DOTALL)
"""A line may end behind any Chinese character, and between words."""


class Piece(NamedTuple):
    """Letters of one font, from `x` on in their line."""

    x: float
    text: str
    font: str
    letters: float
    width: float
    kind: str


class Line(NamedTuple):
    pieces: tuple[Piece, ...]
    width: float
    height: float


class Setter:
    """Sets words in the fonts of one document. `whose` names the person in what cannot be set (ValueRefused: pdf.glyph)."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts

    def words(self, text: str, width: float, letters: float, whose: str) -> list[Line]:
        """One plain text."""
        return self.items((((Run(text)),),), width, letters, whose)

    def items(self, items: Sequence[tuple[Run, ...]], width: float, letters: float, whose: str) -> list[Line]:
        """What stands in a cell. Of several items each stays in one line while it fits into one."""
        together = len(items) > 1
        lines = _Lines(width, letters, _ITEM_ROOM if together and any(len(item) > 1 for item in items) else 0.0)
        for item in items:
            runs = [(run, list(self._pieces(run, width, letters, whose))) for run in item]
            if together and len(item) > 1:
                lines.make_room(sum(piece.width for _, pieces in runs for piece in pieces))
            for run, pieces in runs:
                if run.kind == SMALL:
                    lines.begin_small()
                for piece in pieces:
                    lines.add(piece)
                if run.kind == SMALL:
                    lines.end_small()
            if together and len(item) > 1:
                lines.x += _ITEM_GAP
        return lines.ended()

    def _pieces(self, run: Run, width: float, letters: float, whose: str) -> Iterator[Piece]:
        letters = SMALL_LETTERS if run.kind == SMALL else letters
        if run.kind == BOX:
            told = list(self._of_one_font(run.text, run.kind, letters, whose))
            side = max(BOX_SIDE, sum(piece.width for piece in told) + _BOX_ROOM)
            yield Piece(0, run.text, told[0].font if told else "", letters, side, BOX)
            return
        for word in _WORDS.findall(run.text):
            if word == "\n":
                yield Piece(0, word, "", letters, 0, run.kind)
                continue
            told = list(self._of_one_font(word, run.kind, letters, whose))
            if sum(piece.width for piece in told) > width:
                told = [piece for letter in word for piece in self._of_one_font(letter, run.kind, letters, whose)]
            yield from told

    def _of_one_font(self, text: str, kind: str, letters: float, whose: str) -> Iterator[Piece]:
        """The text in parts of one font each."""
        begun: Piece | None = None
        for character in text:
            font, width = self._fonts.of(character, whose)
            width *= letters * MM
            if begun is not None and begun.font == font:
                begun = begun._replace(text=begun.text + character, width=begun.width + width)
                continue
            if begun is not None:
                yield begun
            begun = Piece(0, character, font, letters, width, kind)
        if begun is not None:
            yield begun


class _Lines:
    """Lines as they fill."""

    def __init__(self, width: float, letters: float, between: float) -> None:
        self.x = 0.0
        self._width, self._letters, self._between = width, letters, between
        self._line: list[Piece] = []
        self._done: list[Line] = []

    def make_room(self, width: float) -> None:
        """A line in which this still fits, if there is one."""
        if self._line and self.x + width > self._width >= width:
            self._end()

    def begin_small(self) -> None:
        if self._line:
            self._end()

    def end_small(self) -> None:
        self._end()

    def add(self, piece: Piece) -> None:
        if piece.text == "\n":
            self._end()
            return
        if self._line and self.x + piece.width > self._width + 0.01:
            self._end()
            if piece.text == " ":
                return
        last = self._line[-1] if self._line else None
        if (
            last is not None
            and piece.kind != BOX
            and (last.font, last.letters, last.kind) == (piece.font, piece.letters, piece.kind)
            and abs(last.x + last.width - self.x) < 0.01
        ):
            self._line[-1] = last._replace(text=last.text + piece.text, width=last.width + piece.width)
        else:
            self._line.append(piece._replace(x=self.x))
        self.x += piece.width

    def ended(self) -> list[Line]:
        if self._line:
            self._end()
        return self._done

    def _end(self) -> None:
        letters = max((piece.letters for piece in self._line), default=self._letters)
        boxed = any(piece.kind == BOX for piece in self._line)
        height = max(letters * LEADING * MM, BOX_SIDE + _BOX_GAP if boxed else 0) + self._between
        width = self._line[-1].x + self._line[-1].width if self._line else 0.0
        self._done.append(Line(tuple(self._line), width, height))
        self._line, self.x = [], 0.0
