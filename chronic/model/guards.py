"""CSV injection: Excel runs a text cell that begins like a formula, so such text travels behind an apostrophe."""

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
GUARDED = frozenset((*FORMULA_STARTS, "'"))
"""A text that begins with none of these needs no look."""


def _formula_like(text: str) -> bool:
    start = text.lstrip("'")[:1]
    return start != "" and start in FORMULA_STARTS


def guard(text: str) -> str:
    """The text as a CSV cell. Numeric columns do not need it; a guarded text is guarded again, so that it comes back."""
    return "'" + text if _formula_like(text) else text


def unguard(text: str) -> str:
    """The text of a cell that `guard` wrote; every other text as it is."""
    return text[1:] if text.startswith("'") and _formula_like(text) else text


def cell(text: str | None) -> str:
    """The text as it stands in a line of a CSV: guarded, and in quotation marks where it needs them."""
    if not text or text.isalnum():
        return text or ""
    if text[0] in GUARDED:
        text = guard(text)
    if "," in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text
