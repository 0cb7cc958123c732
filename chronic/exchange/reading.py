"""What one cell gave: a value, or the reason it is refused, and perhaps something worth asking."""

import unicodedata
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from chronic.model.fields import Field
from chronic.model.plan import Problem

if TYPE_CHECKING:
    from chronic.exchange.codes import CodeSet

_SHOWN = 60
"""Characters of a refused cell that a problem carries; the rejects file has the whole row."""

_INVISIBLE = "\u200b\u2060\ufeff"
"""Zero-width characters that cells copied from web pages begin or end with."""


class Masked(Enum):
    """A number shown as 110105********1234: not a value, and not blank either."""

    MASKED = "*"


MASKED: Final = Masked.MASKED


class Reading(NamedTuple):
    """(value, refusal, warning). A blank cell gives (None, None, None); a refused one has no value."""

    value: object = None
    refusal: Problem | None = None
    warning: Problem | None = None


BLANK: Final = Reading()


class InUnit(NamedTuple):
    """A value that was written in another unit than the registry's, and how it was written there."""

    value: object
    text: str


class Cell(NamedTuple):
    """A trimmed, non-blank text on its way to becoming a value. `typed`: it comes from the keyboard."""

    field: Field
    text: str
    today: date
    typed: bool = False
    unit: str = ""
    """What the whole column is in, where that is another unit than the registry's."""
    codes: "CodeSet | None" = None
    """The set of codes that was declared."""

    def refuse(self, code: str, detail: object = None) -> Reading:
        return Reading(None, Problem(code, self.field.column, self.shown, detail))

    def warn(self, value: object, code: str, detail: object = None) -> Reading:
        return Reading(value, None, Problem(code, self.field.column, self.shown, detail))

    @property
    def shown(self) -> str:
        return self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "..."


def trim(text: str) -> str:
    """Without the white space and zero-width characters around it, in whatever order; what is inside stays as it is."""
    text = text.strip()
    while not text.isascii() and (less := text.strip(_INVISIBLE).strip()) != text:
        text = less
    return text


def plain(text: str) -> str:
    """Half-width (NFKC), for everything that is not free text."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()
