"""Say a code, a column or a coded value in the user's language."""

import re

from chronic.i18n import _, language
from chronic.i18n.sentences import sentence
from chronic.i18n.terms import EXTRAS, PROGRAMMES, term
from chronic.model.fields import BY_COLUMN, CELL_FIELDS, DATED_FIELDS, Field
from chronic.model.plan import Problem

_QUOTED = 300
"""Characters."""


def say(code: str, **values: object) -> str:
    """The sentence of a code, with columns and programmes by their names, and what others said in the user's language."""
    if "problem" in values:
        from chronic.i18n import system

        values["problem"] = system.said(values["problem"])
    values = {name: value if not isinstance(value, str) else _short(value) for name, value in values.items()}
    column = str(values.get("column") or "")
    known = _field(column)
    if known is not None:
        codes = known.codes or {}
        values |= {name: code_label(column, str(v)) for name, v in values.items() if name != "column" and v in codes}
    if "column" in values:
        values["column"] = field_label(column)
    if "missing" in values:
        values["missing"] = re.sub(r"\w+", lambda word: field_label(word[0]), str(values["missing"]))
    if "programme" in values:
        values["programme"] = term(PROGRAMMES, str(values["programme"]))
    if "extra" in values:
        values["what"] = term(EXTRAS, str(values["what"]))
    if "did" in values:
        values["did"] = sentence(str(values["did"]))
    return sentence(code, **values)


def _short(text: str) -> str:
    """What somebody typed or a sheet holds, so long that the sentence around it is still seen."""
    return text if len(text) <= _QUOTED else text[:_QUOTED] + "..."


def say_problem(problem: Problem) -> str:
    return say(problem.code, column=problem.column, value=problem.value, detail=problem.detail)


def field_label(column: str) -> str:
    """A canonical column as the forms call it."""
    field = _field(column)
    if field is None:
        return column
    return field.zh if language() == "zh" else _(field.label or column)


def chinese(column: str) -> str:
    """A canonical column as a Chinese sheet has it, whatever the language of the screen."""
    field = _field(column)
    return column if field is None else field.zh


def _field(column: str) -> Field | None:
    """A field of the register, of visits, or of the check-up form, which is read only when something asks for it."""
    if column in BY_COLUMN or not column.isidentifier():
        return BY_COLUMN.get(column)
    in_cells = next((field for field in (*CELL_FIELDS, *DATED_FIELDS) if field.column == column), None)
    if in_cells is not None:
        return in_cells
    from chronic.model.checkup_fields import by_column

    return by_column().get(column)


def either(text: tuple[str, str]) -> str:
    """A (Chinese, English) text of a guideline in the user's language."""
    return text[0] if language() == "zh" else text[1]


def code_label(column: str, word: str) -> str:
    """A coded value as the forms call it: the official Chinese label, or the canonical word."""
    field = _field(column)
    codes = (field.codes or {}) if field is not None else {}
    return codes.get(word, word) if language() == "zh" else word
