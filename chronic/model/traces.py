"""What a program writes down when it fails: where, and never about whom."""

import re

_NUMBERS = re.compile(r"(?<![0-9.*])(?:[0-9*]{7,}[Xx]?|1[0-9*]{2}[- ][0-9*]{4}[- ][0-9*]{4})(?![0-9])")
"""Identity numbers, archive numbers, phones, whatever stands beside them."""
_KEYS = re.compile(r"\b(?:[0-9a-fA-F]{32,}|(?:[A-Z2-7]{4}-?){8,})")


def without_numbers(trace: str) -> str:
    """A traceback without identity numbers, phones and keys. The messages of exceptions quote what they stumbled over."""
    return _KEYS.sub("#", _NUMBERS.sub("#", trace))
