"""The mapping of a DHIS2 export: which of our figures, places and groups has which id there. Checked key by key."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from chronic.errors import ValueRefused

LEAVE_OUT = "-"
"""An id that says: this one on purpose not."""
UNKNOWN = "unknown"
LEVELS = ("village", "township", "all")
SEXES = ("M", "F", UNKNOWN)
AGES = ("0-17", "18-29", "30-44", "45-59", "60-69", "70+")
_NAMED = 20
"""So many missing ids are named in one sentence."""


class Groups(NamedTuple):
    """Which sexes and ages are counted apart; `ages` are (name, first, last). `ids`: categoryOptionCombo by name."""

    sex: bool
    ages: tuple[tuple[str, int, int | None], ...]
    ids: dict[str, str]

    def of(self, sex: str, age: int | None) -> str:
        """The name of the group someone belongs to."""
        names = [sex] if self.sex else []
        if self.ages:
            names.append(
                next((name for name, first, last in self.ages if age is not None and _within(age, first, last)), UNKNOWN)
            )
        return " ".join(names)


class Wanted(NamedTuple):
    """Where one figure goes: a data element, with one option combination or one for each group."""

    programme: str
    figure: str
    element: str
    option: str
    groups: Groups | None


class Mapping(NamedTuple):
    data_set: str
    attribute: str
    zeros: bool
    level: str
    units: dict[str, str]
    figures: tuple[Wanted, ...]


def read(path: Path, figures: Iterable[str], programmes: Iterable[str]) -> Mapping:
    """Raises ValueRefused (`figures.unreadable`, `figures.key`, `figures.missing`)."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = getattr(error, "strerror", None) or error
        raise ValueRefused("figures.unreadable", path=path, problem=problem) from None
    known = {"programmes": set(programmes), "figures": set(figures)}
    made = _Reader(path).mapping(table, known)
    refuse_missing(list(dict.fromkeys(_empty(made))))
    return made


class _Reader:
    """Checks kinds and says where a key is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def mapping(self, table: dict[str, Any], known: dict[str, set[str]]) -> Mapping:
        self.only(table, "", "data_set", "attribute_option_combo", "zeros", "org_units", "groups", "figures")
        units = self.get(table, "", "org_units", dict)
        self.only(units, "org_units.", "by", "ids")
        level = self.get(units, "org_units.", "by", str)
        if level not in LEVELS:
            self.wrong("org_units.by", level)
        groups = {
            name: self.groups(part, f"groups.{name}.") for name, part in self.get(table, "", "groups", dict, {}).items()
        }
        wanted = []
        for programme, figures in self.get(table, "", "figures", dict).items():
            if programme not in known["programmes"] or not isinstance(figures, dict):
                self.wrong(f"figures.{programme}", "?")
            for figure, part in figures.items():
                address = f"figures.{programme}.{figure}"
                if figure not in known["figures"] or not isinstance(part, dict):
                    self.wrong(address, "?")
                wanted.append(self.figure(programme, figure, part, groups, f"{address}."))
        return Mapping(
            self.get(table, "", "data_set", str, ""), self.get(table, "", "attribute_option_combo", str, ""),
            self.get(table, "", "zeros", bool, True), level, self.ids(units, "org_units."), tuple(wanted),
        )  # fmt: skip

    def groups(self, table: object, address: str) -> Groups:
        if not isinstance(table, dict):
            self.wrong(address.rstrip("."), table)
        self.only(table, address, "sex", "ages", "ids")
        ages = tuple(self.ages(text, f"{address}ages") for text in self.get(table, address, "ages", list, []))
        return Groups(self.get(table, address, "sex", bool, False), ages, self.ids(table, address))

    def ages(self, text: object, address: str) -> tuple[str, int, int | None]:
        first, dash, last = str(text).removesuffix("+").partition("-")
        open_end = str(text).endswith("+")
        if not first.isdecimal() or open_end == bool(dash) or (dash and not last.isdecimal()):
            self.wrong(address, text)
        return str(text), int(first), None if open_end else int(last)

    def figure(self, programme: str, figure: str, table: dict[str, Any], groups: dict[str, Groups], address: str) -> Wanted:
        self.only(table, address, "data_element", "category_option_combo", "groups")
        name = self.get(table, address, "groups", str, "")
        if name and name not in groups:
            self.wrong(f"{address}groups", name)
        element = self.get(table, address, "data_element", str)
        option = self.get(table, address, "category_option_combo", str, "")
        if name and option:
            self.wrong(f"{address}category_option_combo", option)
        return Wanted(programme, figure, element.strip(), option.strip(), groups.get(name))

    def ids(self, table: dict[str, Any], address: str) -> dict[str, str]:
        found = self.get(table, address, "ids", dict)
        for name, text in found.items():
            if not isinstance(text, str):
                self.wrong(f"{address}ids.{name}", text)
        return {name: text.strip() for name, text in found.items()}

    def get(self, table: dict[str, Any], address: str, key: str, kind: type, default: Any = None) -> Any:
        value = table.get(key, default)
        if type(value) is not kind:
            self.wrong(f"{address}{key}", "-" if value is None else value)
        return value

    def only(self, table: dict[str, Any], address: str, *keys: str) -> None:
        for key in sorted(set(table) - set(keys)):
            self.wrong(f"{address}{key}", "?")

    def wrong(self, key: str, problem: object) -> NoReturn:
        raise ValueRefused("figures.key", path=self.path, key=key, problem=problem)


def blank(figures: Iterable[tuple[str, str, str]], places: Iterable[str], notes: Iterable[str]) -> Iterator[str]:
    """The lines of a mapping to fill in. `figures`: (programme, figure, what it is); `notes` stand above."""
    yield from (f"# {note}".rstrip() for note in notes)
    yield from ("", 'data_set = ""', 'attribute_option_combo = ""', "zeros = true", "", "[org_units]")
    yield f'by = "village"                   # {" | ".join(LEVELS)}'
    yield "[org_units.ids]"
    yield from (f'{_quoted(place)} = ""' for place in places)
    yield from ("", "[groups.sex_age]", "sex = true", f"ages = [{', '.join(map(_quoted, AGES))}]", "[groups.sex_age.ids]")
    yield from (f'{_quoted(f"{sex} {age}")} = ""' for sex in SEXES for age in (*AGES, UNKNOWN))
    for programme, figure, says in figures:
        yield from ("", f"# {says}", f"[figures.{programme}.{_key(figure)}]", 'data_element = ""', 'groups = "sex_age"')


def _empty(mapping: Mapping) -> Iterator[str]:
    """Names of the ids that the mapping asks for and leaves empty."""
    if not mapping.units:
        yield "org_units.ids"
    yield from (name for name, text in mapping.units.items() if not text)
    for wanted in mapping.figures:
        if not wanted.element:
            yield f"{wanted.programme}.{wanted.figure}"
        if wanted.groups is not None and wanted.element != LEAVE_OUT:
            yield from (name for name, text in wanted.groups.ids.items() if not text)


def refuse_missing(names: list[str]) -> None:
    """Raises ValueRefused (`figures.missing`) where there is a name."""
    if names:
        rest = ["…"] if len(names) > _NAMED else []
        raise ValueRefused("figures.missing", n=len(names), names=", ".join(names[:_NAMED] + rest))


def _within(age: int, first: int, last: int | None) -> bool:
    return first <= age and (last is None or age <= last)


def _key(name: str) -> str:
    """A name as a part of a key of TOML: a dot in it would begin another part."""
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
