"""Which column a header means: canonical names, Chinese names of the data dictionary, the short names of the paper
forms, some of which (目标, 确诊日期) belong to the column just before them, and what other systems write (aliases.toml)."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from chronic.model.fields import BY_COLUMN, CELL_FIELDS, DATED_FIELDS, PERSON_FIELDS, PROGRAMME_NAMES, VISIT_FIELDS
from chronic.model.units import STORED, converted, unit_named

PERSON_KEYS = ("uid", "id_number", "archive_no", "person_ref")
VISIT_KEYS = ("person_uid", "id_number", "archive_no", "person_ref")
"""`person_uid` is whose visit it is. In a sheet of visits `uid` is the visit's own."""

BOTH = "bp"
"""Two values in one cell, 140/90."""
AGE = "age"
"""In years: an approximate birth date, where there is none."""
DRUG, DRUG_USE = "medicine_name", "medicine_usage"
"""Columns of one medicine each, as often as there are; together they are the medicines."""
REPEATED = (DRUG, DRUG_USE)
FIELDS = {
    field.column: field
    for field in (
        *PERSON_FIELDS,
        *VISIT_FIELDS,
        BY_COLUMN["person_uid"],
        BY_COLUMN["kind"],
        *CELL_FIELDS,
    )
}
DATED = {field.column: field for field in DATED_FIELDS}
"""The days other systems give for a row of people, read only where somebody asked whose value is newer."""
READ = {
    "people": frozenset((*(field.column for field in PERSON_FIELDS), AGE)),
    "visits": frozenset((*(field.column for field in VISIT_FIELDS), *VISIT_KEYS, "uid", "name", "kind", BOTH, *REPEATED)),
}
"""The columns that are read from each kind of sheet."""

REJECT_LINE, REJECT_REASON = "#line", "#reason"
"""Stand for the two columns that a file of rejects adds, so that the corrected file can be imported as it is."""
REJECT_HEADERS: Final = {"zh": ("行号", "原因"), "canonical": ("line", "reason")}

_FORM_NAMES = {
    "uid of person": "person_uid",
    "分钟": "exercise_minutes",
    "目标次数": "exercise_target_per_week",
    "目标分钟": "exercise_target_minutes",
    "检查日期": "hba1c_on",
    "说明": "adr_text",
    "科别": "referral_dept",
    "机构": "referral_org",
    "原因": "referral_reason",
    "摄盐": "salt",
    "日饮酒量": "alcohol_liang_per_day",
}
_TARGET = "目标"
_TARGETS = {
    "weight_kg": "weight_target_kg",
    "smoke_per_day": "smoke_target",
    "alcohol_liang_per_day": "alcohol_target",
    "salt": "salt_target",
    "staple_food_g": "staple_target_g",
}
_PROGRAMME_PARTS = {"确诊日期": "diagnosed_on", "终止日期": "ended_on", "终止原因": "end_reason"}
_ADDED = re.compile(
    r"\((?:必填|必填项|选填|可选|可多选|mmhg|mmol/l|umol/l|μmol/l|mg/g|kg|cm|次/分|次/分钟|次/min|%|支|支/天|克/天|g/天|两/天)\)$"
)
"""Another unit stays: a column in mg/dL or 斤 is not this column."""
_DECORATION = "*:★☆※●○▲△◆◇■□✱✳√"
"""What a form puts beside a header that must be filled in."""
_BRACKETS = str.maketrans("【】〔〕[]", "()()()")
_NUMBERED = re.compile(r"^(?:\(?[0-9]{1,2}[.、)]|\((?:必填|选填|可选)\))(?=[^0-9])")
_BEHIND = "mmhg|mmol/?l|kg|cm|mg/?dl|kpa|mmol/mol|mg/mmol|公斤|市斤|斤|市尺|尺"
"""Units that headers have behind the name without brackets."""
_WITH_UNIT = re.compile(rf"(?P<bare>.+?)(?:[(\[](?P<inside>[^()\[\]]+)[)\]]|[/,]?(?P<behind>{_BEHIND}))")
_SPACE = re.compile("[\\s\u200b\u2060\ufeff]+")


def normal(header: str) -> str:
    """The header as it is compared: half-width, lower case, without white space, stars, a colon at its end, and what a
    form adds in brackets: that the column must be filled, or a unit that is the registry's own anyway."""
    text = _SPACE.sub("", unicodedata.normalize("NFKC", header)).casefold()
    while (less := _NUMBERED.sub("", _ADDED.sub("", text.translate(_BRACKETS).strip(_DECORATION)))) != text:
        text = less
    return text


def recognise(header: Sequence[str]) -> tuple[str | None, ...]:
    """The canonical column of each header, None where it is not known."""
    found: list[str | None] = []
    for text in header:
        found.append(_column(normal(text), (found[-1] if found else None) or ""))
    return tuple(found)


def with_rejects(header: Sequence[str], column: Callable[[str], str | None]) -> tuple[str | None, ...]:
    """The canonical column of each header of another kind of sheet by its normal name, and the two that a file of rejects
    adds."""
    found: list[str | None] = []
    for name in map(normal, header):
        if name in _LINES:
            found.append(REJECT_LINE)
        elif name in _REASONS and found and found[-1] == REJECT_LINE:
            found.append(REJECT_REASON)
        else:
            found.append(column(name))
    return tuple(found)


def dated(header: Sequence[str]) -> tuple[str | None, ...]:
    """Which headers give the day of a row: names of `DATED`."""
    names = {normal(name): field.column for field in DATED.values() for name in (field.zh, field.column)}
    found = [names.get(normal(text)) or aliases().unread.get(normal(text)) for text in header]
    return tuple(name if name in DATED else None for name in found)


def _column(name: str, before: str) -> str | None:
    if before == REJECT_LINE and name in _REASONS:
        return REJECT_REASON
    if name == _TARGET:
        return _TARGETS.get(before)
    if name in _PROGRAMME_PARTS:
        programme = before.partition("_")[0]
        return f"{programme}_{_PROGRAMME_PARTS[name]}" if programme in PROGRAMME_NAMES else None
    return _named(name) or _in_other_unit(name)


def _named(name: str) -> str | None:
    return _NAMES.get(name) or aliases().read.get(name)


def _in_other_unit(name: str) -> str | None:
    """The column of a header that gives another unit than the registry's, as in 体重(斤)."""
    bare, unit = without_unit(name)
    column = _named(bare) if unit else None
    return column if column is not None and is_unit_of(column, unit) else None


def without_unit(name: str) -> tuple[str, str]:
    """A header as it is compared, and the unit at its end; the unit is empty where there is none that is known."""
    match = _WITH_UNIT.fullmatch(name)
    unit = unit_named(match["inside"] or match["behind"]) if match else None
    return (match["bare"], unit) if match and unit else (name, "")


def is_unit_of(column: str, unit: str) -> bool:
    """Can a value of this column be given in this unit?"""
    column = "sbp" if column == BOTH else column
    return STORED.get(column) == unit or converted(column, 1.0, unit) is not None


class Aliases(NamedTuple):
    """What other systems write, as `normal` makes it: the column it means; the columns it may mean; what it is that the
    registry does not keep."""

    read: dict[str, str]
    ambiguous: dict[str, list[str]]
    unread: dict[str, str]


@cache
def aliases() -> Aliases:
    text = resources.files("chronic").joinpath("exchange", "aliases.toml").read_text("utf-8")
    told = tomllib.loads(text)
    flat = (
        {normal(header): column for column, headers in told[part].items() for header in headers}
        for part in ("read", "unread")
    )
    read, unread = flat
    return Aliases(read, {normal(header): columns for header, columns in told["ambiguous"].items()}, unread)


_LINES = {normal(line) for line, _ in REJECT_HEADERS.values()}
_NAMES = {
    **{normal(name): column for name, column in _FORM_NAMES.items()},
    **dict.fromkeys(_LINES, REJECT_LINE),
    **{normal(name): field.column for field in FIELDS.values() for name in (field.zh, field.column)},
}
_REASONS = {normal(reason) for _, reason in REJECT_HEADERS.values()}
