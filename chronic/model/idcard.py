"""Resident identity numbers, GB 11643 (公民身份号码).

Own code because common libraries refuse real numbers: they demand that the area code existed in the
year of birth, while codes are given when the card is issued. Area codes are not checked at all.
"""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SHAPE = r"[0-9]{17}[0-9X]"  # \d would also mean ١ and １
_OLD_SHAPE = "[0-9]{15}"
_OLDEST = 125  # years; nobody alive is older (GB 11643 has no limit of its own)


class IdCard(NamedTuple):
    """A checked number: 18 characters, and what it says of its holder. `upgraded`: it came with 15."""

    number: str
    birth_date: date
    sex: str
    upgraded: bool = False


class BadIdCard(ValueError):
    """Not an identity number; `args[0]` is the reason: shape, checksum, birth_date or future."""


def check_character(first17: str) -> str:
    """The 18th character for 17 digits."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True)) % len(_CHECKS)]


def tidy(text: str) -> str:
    """Half-width, without spaces and hyphens, x as X. NFKC also turns Ⅹ (U+2169) into X."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def parse_id(text: str, today: date) -> IdCard:
    """Check an 18- or 15-digit number, as typed.

    Raises BadIdCard. A 15-digit number is given the century 19 and its check character.
    """
    number = tidy(text)
    upgraded = re.fullmatch(_OLD_SHAPE, number) is not None
    if upgraded:
        number = number[:6] + "19" + number[6:]
        number += check_character(number)
    if re.fullmatch(_SHAPE, number) is None:
        raise BadIdCard("shape")
    if check_character(number[:17]) != number[17]:
        raise BadIdCard("checksum")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadIdCard("birth_date") from None
    if born > today:
        raise BadIdCard("future")
    if today.year - born.year > _OLDEST:
        raise BadIdCard("birth_date")
    return IdCard(number, born, "M" if int(number[16]) % 2 else "F", upgraded)


def masked_id(number: str | None) -> str | None:
    """First 6 and last 4: enough to tell two people apart, not enough to misuse."""
    if not number or len(number) < 18:
        return number
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


def masked_phone(phone: str | None) -> str | None:
    """First 3 and last 4; a short number shows only its last 2."""
    if not phone:
        return phone
    head, tail = (3, 4) if len(phone) >= 11 else (0, 2)
    return phone[:head] + "*" * max(len(phone) - head - tail, 0) + phone[-tail:]


def masked_name(name: str) -> str:
    """The first character: with the registry's number enough for who holds the registry, for nobody else."""
    return name[:1] + "*" * (len(name) - 1)
