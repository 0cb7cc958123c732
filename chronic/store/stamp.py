"""Who wrote a row and when, and the uids rows travel by."""

import os
from collections.abc import Callable
from typing import NamedTuple

_UNIX_MS_BITS = 48


class Stamp(NamedTuple):
    """Carried to every write. `at`: the real instant, UTC ISO text; `ms`: the same in milliseconds."""

    at: str
    ms: int
    by: str
    origin: str
    batch: int | None = None
    random: Callable[[int], bytes] = os.urandom

    def uid(self) -> str:
        """A new UUIDv7 (RFC 9562): time-ordered, so typed rows sort as they were typed."""
        bits = int.from_bytes(self.random(10), "big")
        head = (self.ms & (1 << _UNIX_MS_BITS) - 1) << 16 | 7 << 12 | bits >> 62 & 0xFFF
        return _dashed((head << 64 | 0b10 << 62 | bits & (1 << 62) - 1).to_bytes(16, "big"))


def content_uid(*parts: str, day: str = "") -> str:
    """The uid of an imported row: a hash of who, when and what, so one sheet is one set of rows everywhere (UUIDv8).

    With a `day` (ISO text) it begins with that day, 20261121-…: a sheet in the order of its days is then written into
    the index of uids from front to back, not all over it.
    """
    from hashlib import blake2b  # with all of OpenSSL behind it: a typed row needs none of that

    text = blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
    return f"{day.replace('-', '') or text[:8]}-{text[8:12]}-8{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:]}"


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def _dashed(raw: bytes) -> str:
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
