"""CSV injection: Excel runs a text cell that begins like a formula, so such text travels behind an apostrophe."""

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"


def _formula_like(text: str) -> bool:
    start = text.lstrip("'")[:1]
    return start != "" and start in FORMULA_STARTS


def guard(text: str) -> str:
    """The text as a CSV cell. Numeric columns do not need it; a guarded text is guarded again, so that it comes back."""
    return "'" + text if _formula_like(text) else text


def unguard(text: str) -> str:
    """The text of a cell that `guard` wrote; every other text as it is."""
    return text[1:] if text.startswith("'") and _formula_like(text) else text
