"""Characters that do something and show nothing: they colour or move a terminal, turn a text round, or make two names that
look the same two names. Entered they are refused; whatever comes to a screen all the same is shown as question marks.
"""

import re
from functools import cache

_HARMFUL = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls of terminals; a text may have lines and tabs
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, overrides, isolates
    "\u2028\u2029\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"  # lines, annotations, halves of characters, tags
)
_IN_A_NAME = "[\t\n\r\u00ad\u034f\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u3164\ufeff\uffa0]"
_OTHER_FORM = "[\u2e80-\u2fdf\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0002f800-\U0002fa1f]"
"""Radicals (as PDF files have them), compatibility ideographs, full-width letters and digits."""
_LOOKALIKE = "[\u0370-\u052f]"
_ALPHABETS = {"LATIN", "GREEK", "CYRILLIC"}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """When something is first looked for: most commands show and store nothing that has to be looked at so closely."""
    return re.compile(pattern)


def harmful() -> re.Pattern[str]:
    """Of a character that may be in no text."""
    return _compiled(f"[{_HARMFUL}]")


def neutral(text: str) -> str:
    """The text as a screen may show it."""
    return text if text.isprintable() else _compiled(f"[\r{_HARMFUL}]").sub("?", text)


def is_name(text: str) -> bool:
    """May it stand on one line as a name, with nothing invisible in it and letters of one alphabet?"""
    if text.isascii() and text.isprintable():
        return True
    if _compiled(_IN_A_NAME).search(text):
        return False
    if not _compiled(_LOOKALIKE).search(text):
        return True
    import unicodedata

    letters = {unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha()}
    return len(letters & _ALPHABETS) <= 1


def usual(text: str) -> str:
    """The same characters by their usual numbers, so that a name is found however it was put into the computer."""
    if text.isascii() or not _compiled(_OTHER_FORM).search(text):
        return text
    import unicodedata

    return _compiled(_OTHER_FORM).sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
