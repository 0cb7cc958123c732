"""Sheets for analysis: whose a row is can be told only with the key that stays in the registry.

Left out are names, numbers, homes below the village, and everything typed freely; of a birth date the year stays.
"""

from collections.abc import Callable, Iterator
from functools import cache

from chronic.model.checkup_fields import FORM_FIELDS
from chronic.model.fields import PERSON_FIELDS, VISIT_FIELDS
from chronic.model.report import Column, Report

_NAMED = ("uid", "person_uid")
_PLACES = ("village", "township")
_GONE = frozenset({
    "person_ref", "name", "id_number", "archive_no", "phone", "hamlet", "household_no", "address", "birth_date",
    "birth_approximate", "tags", "detail", "told_by",
})  # fmt: skip
_YEAR = "birth_year"


def pseudonymous(report: Report, named: Callable[[str], str]) -> Report:
    """The same rows without what tells who it is. `named`: uid -> pseudonym."""
    kept = tuple(column for column in report.columns if column.key not in gone())
    born = any(column.key == "birth_date" for column in report.columns)
    columns = (*kept, Column(_YEAR, _YEAR)) if born else kept

    def rows() -> Iterator[dict[str, object]]:
        for row in report.rows:
            told = {column.key: row[column.key] for column in kept}
            told |= {key: named(str(row[key])) for key in _NAMED if row.get(key)}
            yield told | ({_YEAR: str(row["birth_date"])[:4] if row["birth_date"] else None} if born else {})

    return report._replace(columns=columns, rows=rows())


@cache
def gone() -> frozenset[str]:
    """The columns that are left out."""
    fields = (*PERSON_FIELDS, *VISIT_FIELDS, *FORM_FIELDS)
    typed = {field.column for field in fields if field.kind == "text"}
    return _GONE | typed - {*_NAMED, *_PLACES}
