"""How many terminal cells a text takes."""

import unicodedata


def width(text: str) -> int:
    """Cells a text takes: Chinese characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
