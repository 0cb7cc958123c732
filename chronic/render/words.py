"""The words of a sheet with Chinese headers: its cells say 男 and 间断, as `import` reads them back, not the codes."""

from collections.abc import Callable, Mapping
from functools import cache

from chronic.i18n import in_chinese
from chronic.i18n.sentences import known
from chronic.i18n.terms import term
from chronic.model.checkup_fields import by_column
from chronic.model.fields import BY_COLUMN
from chronic.model.report import Report
from chronic.model.wording import say
from chronic.render.values import WORDS

Numbers = Callable[[], Mapping[str, object]]
"""The numbers that sentences about danger name, asked for where there is one."""
_SENTENCES = ("danger", "found")
"""Columns whose codes are those of sentences."""


def of_columns(report: Report, numbers: Numbers) -> list[Callable[[str], str] | None]:
    """For each column of a file of this report what says its codes, None where it has none."""
    return [
        _saying(f"{column.key}_{part}" if part else column.key, column.key, numbers)
        for column in report.columns
        for part in (column.parts or ("",))
    ]


def _saying(key: str, parent: str, numbers: Numbers) -> Callable[[str], str] | None:
    field = BY_COLUMN.get(key) or by_column().get(key)
    codes = (field.codes if field is not None else None) or {}
    terms = WORDS.get(key) or WORDS.get(parent) or {}
    if not codes and not terms and key not in _SENTENCES:
        return None

    @cache
    def said(code: str) -> str:
        if key in _SENTENCES and known(code):
            return say(code, **numbers())
        return codes.get(code) or term(terms, code)

    def cell(text: str) -> str:
        """One code, or several of a list."""
        with in_chinese():
            return ";".join(map(said, text.split(";")))

    return cell
