"""Numbers that are names: identity and archive numbers, phones.

Spreadsheets damage them: an 18-digit number kept as a float has lost its last three digits. Such a
number is refused and never repaired.
"""

import re

from chronic.exchange.reading import MASKED, Cell, Reading, plain
from chronic.model.idcard import BadIdCard, parse_id

_EXACT_DIGITS = 14
"""A float holds any number of so many digits exactly, so `13800138000.0` has lost nothing."""
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_FLOAT = re.compile(r"([0-9]+)\.[0-9]*")
_AS_FORMULA = re.compile(r'="(.*)"')
_SPACING = re.compile(r"[\s()\-\u2010-\u2015]")
_CHINA = re.compile(r"(?:(?:\+|00)?86)(1[0-9]{10})")
_PHONE = re.compile(r"\+?[0-9]{5,20}")
_LOST_DIGITS = "000"


def read_id(cell: Cell) -> Reading:
    """18 characters. Refused: id.shape, id.checksum, id.birth_date, id.future, id.damaged. Warns: id.upgraded."""
    text = _bare(cell.text)
    if "*" in text:
        return Reading(MASKED)
    if _SCIENTIFIC.fullmatch(text) or _FLOAT.fullmatch(text):
        return cell.refuse("id.damaged")
    if not text.isascii():  # other scripts' digits would pass as digits
        return cell.refuse("id.shape")
    try:
        card = parse_id(text, cell.today)
    except BadIdCard as error:
        reason = str(error.args[0])
        damaged = reason == "checksum" and text.endswith(_LOST_DIGITS)
        return cell.refuse("id.damaged" if damaged else f"id.{reason}")
    return cell.warn(card.number, "id.upgraded", card.number) if card.upgraded else Reading(card.number)


def read_digits(cell: Cell) -> Reading:
    """Digits only, spaces and hyphens dropped. Refused: value.digits, id.damaged. How many is checked elsewhere."""
    text = _without_fraction(_bare(cell.text))
    if text is None:
        return cell.refuse("id.damaged")
    digits = _SPACING.sub("", text)
    if not (digits.isascii() and digits.isdigit()):
        return cell.refuse("value.digits")
    return Reading(digits)


def read_phone(cell: Cell) -> Reading:
    """Digits, with a leading + for other countries; +86 before a mobile number is dropped.

    Refused: value.phone, id.damaged.
    """
    text = _bare(cell.text)
    if "*" in text:
        return Reading(MASKED)
    whole = _without_fraction(text)
    if whole is None:
        return cell.refuse("id.damaged")
    number = _SPACING.sub("", whole)
    if (mobile := _CHINA.fullmatch(number)) is not None:
        return Reading(mobile[1])
    return Reading(number) if _PHONE.fullmatch(number) else cell.refuse("value.phone")


def _bare(text: str) -> str:
    """Without the wrappings that keep a spreadsheet from calculating: a leading apostrophe, ="...", a tab."""
    text = plain(text).lstrip("'").strip()
    match = _AS_FORMULA.fullmatch(text)
    return text if match is None else match[1].strip()


def _without_fraction(text: str) -> str | None:
    """The digits of a number that came as a float; None where digits are lost."""
    if _SCIENTIFIC.fullmatch(text):
        return None
    match = _FLOAT.fullmatch(text)
    if match is None or text.rstrip("0")[-1] != ".":
        return text
    return match[1] if len(match[1]) <= _EXACT_DIGITS else None
