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


def content_uid(*parts: object) -> str:
    """The uid of an imported row: a hash of who, when and what, so one sheet is one set of rows everywhere."""
    from hashlib import blake2b  # with all of OpenSSL behind it: a typed row needs none of that

    digest = bytearray(blake2b(repr(parts).encode(), digest_size=16).digest())
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return _dashed(bytes(digest))


def _dashed(raw: bytes) -> str:
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
