"""The registers 花名册 of one programme and its follow-up ledger 随访台账, with the columns a county wants.

Which columns, in which order and under which headers stands in a file (`registers.toml`) that a county may replace.
Words are Chinese in both languages of the screen: these sheets go to the county.
"""

import sqlite3
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.model.days import age_on, from_iso
from chronic.model.fields import BY_COLUMN, PERSON_FIELDS, VISIT_FIELDS
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.report import Column, Report

SHEETS = ("register", "ledger")
PROGRAMMES = ("htn", "dm")
BLANK, ROW = "blank", "row"
_CLASSES = {"controlled": "控制满意", "uncontrolled": "控制不满意", "adverse_reaction": "不良反应", "complication": "并发症",
            "not_assessed": "未评估"}  # fmt: skip
_MASKS = {"id_number": masked_id, "phone": masked_phone}
_NAMED = ("village", "township", "hamlet")
_PERSON = {
    field.column: f"p.{field.column}_name" if field.column in _NAMED else f"p.{field.column}"
    for field in PERSON_FIELDS
    if field.column in ("uid", "name", "sex", *_NAMED)
    or field.column in ("birth_date", "id_number", "archive_no", "phone", "household_no", "address", "responsible_doctor",
                        "registered_on", "family_history", "ascvd", "ckd", "smoking_status")
}  # fmt: skip
_MEASURED = {
    field.column: f"coalesce(v.{field.column}_meter, v.{field.column})" if field.kind == "glucose" else f"v.{field.column}"
    for field in VISIT_FIELDS
}
KNOWN = {
    "register": {
        **_PERSON,
        "enrolled_on": "e.enrolled_on",
        "diagnosed_on": "e.diagnosed_on",
        "class": "a.class_{programme}",
        "last_visit_on": "a.last_visit_on",
        "last_bp": "a.last_bp",
        "last_fpg": "CASE WHEN a.last_fpg IN ('HI', 'LO') THEN a.last_fpg ELSE CAST(a.last_fpg AS REAL) END",
        "due_on": "(SELECT due_on FROM plan AS q WHERE q.person = p.id AND q.kind = 'followup' AND programme = :programme)",
        "visits_done": """(SELECT count(*) FROM live_visit AS v WHERE v.person = p.id AND v.way <> 'phone'
          AND v.visit_date BETWEEN :first AND :last)""",
        "last_checkup_on": """(SELECT max(checkup_date) FROM live_checkup AS c WHERE c.person = p.id
          AND checkup_date <= :last)""",
    },
    "ledger": {
        **_PERSON,
        **_MEASURED,
        "bp": "v.sbp || '/' || v.dbp",
        "class": "d.class",
        "due_on": "coalesce(v.next_visit_date, d.due_on)",
    },
}
_FROM = {
    "register": """open_enrolment AS e JOIN person_card AS p ON p.id = e.person LEFT JOIN agenda AS a ON a.person = p.id
      WHERE e.programme = :programme {and_village} ORDER BY p.village_name, p.hamlet_name, p.household_no, p.id""",
    "ledger": """live_visit AS v JOIN verdict AS d ON d.person = v.person AND d.visit = v.id AND d.programme = :programme
      JOIN person_card AS p ON p.id = v.person
      WHERE v.visit_date BETWEEN :first AND :last {and_village} ORDER BY v.visit_date, p.id, v.uid""",
}


class Wanted(NamedTuple):
    """`first`, `last`: of the ledger's days; of the register the year's visits are counted in them."""

    programme: str
    first: date
    last: date
    villages: tuple[int, ...] | None = None
    full: bool = False


def shipped() -> str:
    """The file of columns that comes with the program."""
    return resources.files("chronic").joinpath("reports", "registers.toml").read_text("utf-8")


def columns(text: str, sheet: str, programme: str) -> list[tuple[str, str]]:
    """(header, name) of each column. Raises ValueRefused (`register.columns`) with what is wrong in the file."""
    try:
        told = tomllib.loads(text).get(sheet, {}).get(programme)
    except (tomllib.TOMLDecodeError, AttributeError) as error:
        raise ValueRefused("register.columns", problem=str(error)) from None
    address = f"[{sheet}] {programme}"
    if not isinstance(told, list) or not told:
        raise ValueRefused("register.columns", problem=address)
    known, seen = {*KNOWN[sheet], "age", ROW, BLANK}, set()
    for pair in told:
        if not (
            isinstance(pair, list) and len(pair) == len(("header", "name")) and all(isinstance(x, str) and x for x in pair)
        ):
            raise ValueRefused("register.columns", problem=f"{address}: {pair!r}")
        header, name = pair
        if name not in known or header in seen:
            raise ValueRefused("register.columns", problem=f"{address}: {header} = {name}")
        seen.add(header)
    return [(header, name) for header, name in told]


def sheet(db: sqlite3.Connection, day: date, what: str, text: str, wanted: Wanted) -> Report:
    """The register (everyone managed on that day, by village) or the ledger (every follow-up, by day)."""
    chosen = columns(text, what, wanted.programme)
    return Report(
        what, day.isoformat(), tuple(Column(header, header) for header, _ in chosen), _Rows(db, day, what, chosen, wanted)
    )


class _Rows:
    """Asked when they are read."""

    def __init__(self, db: sqlite3.Connection, day: date, what: str, chosen: list[tuple[str, str]], wanted: Wanted) -> None:
        self.db, self.day, self.what, self.chosen, self.wanted = db, day, what, chosen, wanted

    def __iter__(self) -> Iterator[dict[str, object]]:
        names = [name for _, name in self.chosen if name in KNOWN[self.what]]
        among = self.wanted.villages
        village = "" if among is None else f"AND p.village IN ({', '.join(map(str, among))})"
        cells = ["p.birth_date", *(KNOWN[self.what][name].format(programme=self.wanted.programme) for name in names)]
        sql = f"SELECT {', '.join(cells)} FROM {_FROM[self.what].format(and_village=village)}"
        values = {
            "programme": self.wanted.programme,
            "first": self.wanted.first.isoformat(),
            "last": self.wanted.last.isoformat(),
        }
        for number, (born, *row) in enumerate(self.db.execute(sql, values), 1):
            known = {name: _word(name, value, self.wanted.full) for name, value in zip(names, row, strict=True)}
            known |= {ROW: number, BLANK: None, "age": age_on(from_iso(born), self.day) if born else None}
            yield {header: known[name] for header, name in self.chosen}


def _word(name: str, value: object, full: bool) -> object:
    """A stored value as the county reads it."""
    if value is None:
        return None
    if name == "class":
        return _CLASSES[str(value)]
    if name in _MASKS and not full:
        return _MASKS[name](str(value))
    codes = BY_COLUMN[name].codes if name in BY_COLUMN else None
    if not codes:
        return value
    return ";".join(codes.get(code, code) for code in str(value).split(";"))
