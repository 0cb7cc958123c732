"""Cells of a CSV set by SQLite itself, the quickest way out for whole tables. An empty cell is NULL.

SQL text only. Every expression gives what `csv` would write for that value; texts are guarded like `model.guards` does.
"""

from chronic.model.guards import FORMULA_STARTS

_FORMULA = "[" + FORMULA_STARTS.replace("-", "") + "-]*"  # in a set of GLOB a hyphen stands last
_SHORT = 4
"""A number with so many decimals has one shortest form, and SQLite writes that one; checked for every such number."""


def text(value: str) -> str:
    """A text that people wrote. Most begin with a letter, a digit or a Chinese character and hold nothing special, and
    comparing tells that sooner than matching; a few more than need it stand in quotation marks."""
    doubled = f"""replace({value}, '"', '""')"""
    plain = " AND ".join(f"instr({value}, '{mark}') = 0" for mark in ',"\r\n')
    return f"""CASE WHEN {value} IS NULL THEN ''
      WHEN ({value} >= 'A' AND {value} < '！' OR {value} >= '0' AND {value} < ':') AND {plain} THEN {value}
      WHEN ltrim({value}, '''') GLOB '{_FORMULA}' THEN '"''' || {doubled} || '"' ELSE '"' || {doubled} || '"' END"""


def decimal(value: str) -> str:
    """A REAL so that it comes back equal. Needs the SQL function `exact`, see `shortest`."""
    return f"CASE WHEN {value} <> round({value}, {_SHORT}) THEN exact({value}) ELSE {value} END"


def line(*cells: str) -> str:
    """These cells as one text, commas between them."""
    return f"printf('{','.join(['%s'] * len(cells))}', {', '.join(cells)})"


def shortest(value: float) -> str:
    """The SQL function `exact`: the fewest digits that read back as this number, without an exponent."""
    digits = repr(value)
    if "e" not in digits:
        return digits
    from decimal import Decimal

    return f"{Decimal(digits):f}"
