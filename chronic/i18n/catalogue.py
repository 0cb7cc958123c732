"""A compiled catalogue, asked without being read through: a command needs a few of its hundreds of messages.

The GNU .mo format as tests/words.py writes it: little-endian, UTF-8, messages in the order of their bytes.
"""

from bisect import bisect_left

_MAGIC = b"\xde\x12\x04\x95"
_ENTRY = 8  # bytes: length and place of one text


class Catalogue:
    """The messages of one language."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            self._data = file.read()
        if self._data[:4] != _MAGIC:
            raise ValueError(path)
        self._size, self._keys, self._texts = (self._number(at) for at in (8, 12, 16))
        self._known: dict[str, str | None] = {}

    def said(self, message: str) -> str | None:
        """Its translation; None if there is none. One with a plural is `singular, NUL, plural`."""
        if message not in self._known:
            self._known[message] = self._find(message.encode())
        return self._known[message]

    def _find(self, key: bytes) -> str | None:
        place = bisect_left(range(self._size), key, key=self._key)
        return self._text(self._texts, place).decode() if place < self._size and self._key(place) == key else None

    def _key(self, place: int) -> bytes:
        return self._text(self._keys, place)

    def _text(self, table: int, place: int) -> bytes:
        length, start = (self._number(table + place * _ENTRY + part) for part in (0, 4))
        return self._data[start : start + length]

    def _number(self, at: int) -> int:
        return int.from_bytes(self._data[at : at + 4], "little")
