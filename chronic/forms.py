"""Forms with rules of their own: what the check-up must hold, how its scores are read, which results need action.

Apart from the guideline files, because only check-ups need it and reading it takes time. Like there, an unknown,
missing or ill-typed key stops the program with its address.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.model.checkup_fields import CONSTITUTIONS, LEVELS, TCM_ANSWERS, by_column
from chronic.model.person import PROGRAMMES
from chronic.protocol import Cite, Protocol

CHECKUP = "checkup"
POPULATIONS = ("htn", "dm", "elderly")
AGE_BASES = ("birthday", "year_end")
ACTIONS = ("refer", "recheck")


class Elderly(NamedTuple):
    cite: str
    from_age: int
    age_basis: str


class Required(NamedTuple):
    """What one population's form must hold: each entry is the columns of which one is enough."""

    who: str
    cite: str
    from_year: int
    fields: tuple[tuple[str, ...], ...]


class SelfCare(NamedTuple):
    """`points`: item -> points by level; `bands`: (from, word), ascending."""

    cite: str
    points: dict[str, tuple[int, ...]]
    bands: tuple[tuple[int, str], ...]


class Balanced(NamedTuple):
    items: tuple[int, ...]
    reversed: tuple[int, ...]
    from_: int
    others_below: int
    others_below_mostly: int


class Scale(NamedTuple):
    """`steps`: (bound, strictly above it), ascending."""

    item: int
    of: str
    cite: str
    steps: tuple[tuple[float, bool], ...]


class Tcm(NamedTuple):
    cite: str
    yes_from: int
    tending_from: int
    reversed_from: int
    items: dict[str, tuple[int, ...]]
    balanced: Balanced
    scales: tuple[Scale, ...]


class Abnormal(NamedTuple):
    """One kind of result: exactly one of the tests is set. `unless`: a programme that looks after it anyway."""

    cite: str
    action: str
    fields: tuple[str, ...]
    words: tuple[str, ...] = ()
    at_or_above: float | None = None
    below: float | None = None
    outside_asked: bool = False
    unless: str | None = None


class CheckupForm(NamedTuple):
    id: str
    elderly: Elderly
    required: dict[str, Required]
    self_care: SelfCare
    tcm: Tcm
    abnormal: tuple[Abnormal, ...]
    cites: dict[str, Cite]


@cache
def checkup() -> CheckupForm:
    """The check-up form as shipped."""
    return parse((resources.files("chronic") / "protocols" / "forms" / f"{CHECKUP}.toml").read_text(encoding="utf-8"))


def checkup_of(protocol: Protocol) -> CheckupForm:
    """The check-up form as people are judged by this guideline."""
    form, own = checkup(), protocol.older_people
    if own is None:
        return form
    older = Elderly(own.cite, own.from_age, "year_end" if own.whole_year else "birthday")
    return form._replace(elderly=older, cites={**form.cites, own.cite: protocol.cites[own.cite]})


def parse(text: str) -> CheckupForm:
    """Check a form's text. Raises ValueRefused (`protocol.key`) with the address of the first wrong key."""
    try:
        top = _Table(tomllib.loads(text), "")
    except tomllib.TOMLDecodeError as error:
        raise ValueRefused("protocol.key", key="-", problem=str(error)) from None
    form = CheckupForm(
        top.text("id"),
        _elderly(top.table("elderly")),
        _required(top.table("required")),
        _self_care(top.table("self_care")),
        _tcm(top.table("tcm")),
        tuple(map(_abnormal, top.tables("abnormal"))),
        {name: _cite(table) for name, table in top.table("cites").all_tables()},
    )
    top.end()
    for key in _cited(form):
        if key not in form.cites:
            raise ValueRefused("protocol.key", key=f"cite = {key}", problem="cite")
    return form


class _Table:
    """A TOML table being read: every key is asked for once, and none may be left over."""

    def __init__(self, raw: Any, address: str) -> None:
        if not isinstance(raw, dict):
            raise ValueRefused("protocol.key", key=address.rstrip("."), problem="table")
        self.raw, self.address, self.left = raw, address, dict(raw)

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        if key not in self.left:
            if default is not None:
                return default
            raise ValueRefused("protocol.key", key=self.address + key, problem="missing")
        value = self.left.pop(key)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.wrong(key, value)
        return value

    def wrong(self, key: str, value: object) -> ValueRefused:
        return ValueRefused("protocol.key", key=self.address + key, problem=repr(value))

    def text(self, key: str, known: tuple[str, ...] = (), default: str | None = None) -> str:
        value: str = self.take(key, str, default)
        if known and value not in known and value != default:
            raise self.wrong(key, value)
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        return int(self.take(key, int, default))

    def number(self, key: str) -> float | None:
        return float(self.take(key, (int, float))) if key in self.left else None

    def items(self, key: str, kind: type, default: list[Any] | None = None) -> tuple[Any, ...]:
        found = self.take(key, list, default)
        if not all(type(item) is kind for item in found):
            raise self.wrong(key, found)
        return tuple(found)

    def table(self, key: str) -> "_Table":
        return _Table(self.take(key, dict), f"{self.address}{key}.")

    def tables(self, key: str) -> list["_Table"]:
        return [_Table(raw, f"{self.address}{key}.{n}.") for n, raw in enumerate(self.take(key, list), 1)]

    def all_tables(self) -> Iterator[tuple[str, "_Table"]]:
        for name in self.raw:
            yield name, self.table(name)

    def end(self) -> None:
        for key in self.left:
            raise ValueRefused("protocol.key", key=self.address + key, problem="unknown")


def _elderly(table: _Table) -> Elderly:
    found = Elderly(table.text("cite"), table.whole("from_age"), table.text("age_basis", AGE_BASES))
    table.end()
    return found


def _required(table: _Table) -> dict[str, Required]:
    found: dict[str, Required] = {}
    for name, part in table.all_tables():
        fields = tuple(tuple(entry.split("|")) for entry in part.items("fields", str))
        _known(part, "fields", (column for entry in fields for column in entry))
        also = part.text("also", tuple(found), "")
        before = found[also].fields if also else ()
        found[name] = Required(
            part.text("who", POPULATIONS), part.text("cite"), part.whole("from_year", 0), (*before, *fields)
        )
        part.end()
    return found


def _self_care(table: _Table) -> SelfCare:
    points = table.table("points")
    by_item = {name: points.items(name, int) for name in points.raw}
    _known(points, "", by_item)
    bands = tuple((int(at), str(word)) for at, word in table.items("bands", list))
    if any(len(row) != len(LEVELS) for row in by_item.values()) or not {word for _, word in bands} <= set(LEVELS):
        raise table.wrong("points", by_item)
    found = SelfCare(table.text("cite"), by_item, bands)
    table.end()
    return found


def _tcm(table: _Table) -> Tcm:
    items = table.table("items")
    types = {name: items.items(name, int) for name in items.raw}
    if set(types) != set(CONSTITUTIONS) - {"balanced"}:
        raise table.wrong("items", sorted(types))
    balanced = table.table("balanced")
    found = Tcm(
        table.text("cite"),
        table.whole("yes_from"),
        table.whole("tending_from"),
        table.whole("reversed_from"),
        types,
        Balanced(
            balanced.items("items", int), balanced.items("reversed", int), balanced.whole("from"),
            balanced.whole("others_below"), balanced.whole("others_below_mostly"),
        ),
        tuple(map(_scale, table.tables("scales"))),
    )  # fmt: skip
    balanced.end()
    table.end()
    numbers = {number for row in (*types.values(), found.balanced.items) for number in row}
    if not numbers <= set(range(1, len(TCM_ANSWERS) + 1)):
        raise table.wrong("items", sorted(numbers))
    return found


def _scale(table: _Table) -> Scale:
    steps = tuple((float(text.lstrip(">")), text.startswith(">")) for text in table.items("steps", str))
    found = Scale(table.whole("item"), table.text("of"), table.text("cite"), steps)
    table.end()
    return found


def _abnormal(table: _Table) -> Abnormal:
    fields = table.items("fields", str)
    _known(table, "fields", fields)
    outside, unless = table.text("outside", ("asked",), ""), table.text("unless", PROGRAMMES, "")
    found = Abnormal(
        table.text("cite"), table.text("action", ACTIONS), fields, table.items("is", str, []), table.number("at_or_above"),
        table.number("below"), outside != "", unless or None,
    )  # fmt: skip
    tests = (bool(found.words), found.at_or_above is not None, found.below is not None, found.outside_asked)
    if tests.count(True) != 1:
        raise table.wrong("fields", fields)
    for column in fields if found.words else ():
        if not set(found.words) & set(by_column()[column].codes or {}):
            raise table.wrong("is", column)
    table.end()
    return found


def _cite(table: _Table) -> Cite:
    found = Cite(table.text("source"), table.text("mark"), table.text("zh"), table.text("en"))
    table.end()
    return found


def _known(table: _Table, key: str, columns: Any) -> None:
    for column in columns:
        if column not in by_column():
            raise table.wrong(key, column)


def _cited(form: CheckupForm) -> Iterator[str]:
    yield from (form.elderly.cite, form.self_care.cite, form.tcm.cite)
    yield from (part.cite for part in form.required.values())
    yield from (scale.cite for scale in form.tcm.scales)
    yield from (rule.cite for rule in form.abnormal)
