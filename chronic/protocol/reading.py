"""Read and check a guideline file: taken whole, or refused with the address of the key that is wrong.

An overlay names its `base` and holds only what differs from it. Whoever changes a number says where it is from:
a table of an overlay names a citation of its own.
"""

import os
import tomllib
from collections.abc import Container, Iterator
from functools import cache
from math import isfinite
from types import GenericAlias, UnionType
from typing import Any, TypeVar

from chronic.errors import ValueRefused
from chronic.protocol.sections import BpLimit, Cite, Interval, Names, Protocol, Section

S = TypeVar("S", bound=Section)
DEFAULT = "cn-nbphs-2017"
FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "protocols")
"""Text, not a Path: the module behind it costs a start more than reading the file does."""
_OWN = ("id", "base", "effective_from", "title", "cites")


@cache
def load(name: str) -> Protocol:
    """The protocol shipped under this id. Raises ValueRefused (`protocol.unknown`, `protocol.key`)."""
    return checked(shipped(name))


def shipped(name: str) -> dict[str, Any]:
    """The table of a shipped guideline. Raises ValueRefused (`protocol.unknown`)."""
    path = os.path.join(FOLDER, f"{name}.toml")
    if not os.path.isfile(path):
        raise ValueRefused("protocol.unknown", protocol=name)
    return table_of(path)


def table_of(path: str) -> dict[str, Any]:
    """A file's table."""
    with open(path, "rb") as stream:
        return tomllib.load(stream)


def shipped_names() -> list[str]:
    """The ids of the guidelines that come with the program."""
    return sorted(name.removesuffix(".toml") for name in os.listdir(FOLDER) if name.endswith(".toml"))


def parse(text: str) -> Protocol:
    """Check a guideline file's text. Raises ValueRefused with the address of the first wrong key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueRefused("protocol.key", key="-", problem=str(error)) from None
    if "base" in table:
        table = _laid_over(table)
    return checked(table)


def checked(table: dict[str, Any]) -> Protocol:
    """A guideline's table as its sections. Raises ValueRefused (`protocol.key`)."""
    return whole(Protocol, table)


def whole(shape: type[S], table: dict[str, Any]) -> S:
    """A file's table as this shape, every citation in it found. Raises ValueRefused (`protocol.key`)."""
    made: S = _build(shape, table, "")
    for address in _uncited(made, "", vars(made)["cites"]):
        raise ValueRefused("protocol.key", key=address, problem="cite")
    return made


def _laid_over(overlay: dict[str, Any]) -> dict[str, Any]:
    """The base with the overlay's keys in their places; only citations still in use are kept."""
    base = overlay["base"]
    if type(base) is not str:
        raise ValueRefused("protocol.key", key="base", problem=repr(base))
    for name in ("id", "effective_from", "title"):
        if name not in overlay:
            raise ValueRefused("protocol.key", key=name, problem="missing")
    table = shipped(base)
    if overlay["id"] == base:
        raise ValueRefused("protocol.key", key="id", problem=base)
    for name in set(overlay) - set(_OWN):
        if isinstance(overlay[name], dict):
            for address in _silent(overlay[name], overlay.get("cites", {}), f"{name}."):
                raise ValueRefused("protocol.key", key=address, problem="cite")
    merged = _merged(table, {key: value for key, value in overlay.items() if key != "base"})
    merged["base"] = base
    used = set(_cited(merged))
    merged["cites"] = {key: cite for key, cite in merged["cites"].items() if key in used or key in overlay.get("cites", {})}
    return merged


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {key: _merged(under[key], over[key]) for key in over if _table(under.get(key)) and _table(over[key])}
    return {**under, **over, **both}


def _silent(table: dict[str, Any], cites: Any, address: str) -> Iterator[str]:
    """Addresses of tables that change a value without a citation of the overlay's own."""
    if any(key != "cite" and not _table(value) for key, value in table.items()) and table.get("cite") not in cites:
        yield f"{address}cite"
    for key, value in table.items():
        if _table(value):
            yield from _silent(value, cites, f"{address}{key}.")


def _cited(table: dict[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if key == "cite" and type(value) is str:
            yield value
        elif _table(value) and key != "cites":
            yield from _cited(value)


def is_section(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)


def _table(value: object) -> bool:
    return isinstance(value, dict)


def _build(shape: Any, table: Any, address: str) -> Any:
    """`table` as this shape: no unknown key, and every key that has no default."""
    if not isinstance(table, dict):
        raise ValueRefused("protocol.key", key=address.rstrip("."), problem="table")
    kinds = shape.__annotations__
    needed = [name for name in kinds if not (issubclass(shape, Section) and name in vars(shape))]
    for key in (*sorted(set(table) - set(kinds)), *sorted(set(needed) - set(table))):
        raise ValueRefused("protocol.key", key=f"{address}{key}", problem="unknown" if key in table else "missing")
    given = ((name, kind) for name, kind in kinds.items() if name in table)
    return shape(**{name: _value(kind, table[name], f"{address}{name}") for name, kind in given})


def _value(kind: Any, raw: Any, address: str) -> Any:
    try:
        if kind is Names or is_section(kind):
            return _build(kind, raw, f"{address}.")
        if isinstance(kind, UnionType):
            return _value(kind.__args__[0], raw, address)
        if isinstance(kind, GenericAlias) and is_section(kind.__args__[0]) and type(raw) is list:
            return [_build(kind.__args__[0], item, f"{address}.{place}.") for place, item in enumerate(raw, 1)]
        if kind in (BpLimit, Interval):
            return kind.read(raw)
        if kind == dict[str, Cite]:
            return {key: _build(Cite, cite, f"{address}.{key}.") for key, cite in raw.items()}
        if kind is float and type(raw) in (int, float) and isfinite(raw):
            return float(raw)
        if kind == list[str] and type(raw) is list and all(type(item) is str for item in raw):
            return raw
        if kind == list[float] and type(raw) is list:
            return [_value(float, item, address) for item in raw]
        if type(raw) is kind and kind is not float:
            return raw
    except (TypeError, ValueError, KeyError, AttributeError):
        pass
    raise ValueRefused("protocol.key", key=address, problem=repr(raw))


def _uncited(section: Section, address: str, cites: Container[str]) -> Iterator[str]:
    """Addresses of `cite` keys that name no sentence."""
    for name, value in section.__dict__.items():
        if name == "cite" and value not in cites:
            yield f"{address}cite = {value}"
        elif isinstance(value, Section):
            yield from _uncited(value, f"{address}{name}.", cites)
        elif isinstance(value, list):
            for place, item in enumerate(value, 1):
                if isinstance(item, Section):
                    yield from _uncited(item, f"{address}{name}.{place}.", cites)
