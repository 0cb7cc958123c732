"""Read and check a guideline file: taken whole, or refused with the address of the key that is wrong.

An overlay names its `base` and holds only what differs from it. Whoever changes a number says where it is from:
a table of an overlay names a citation of its own.
"""

import os
import tomllib
from collections.abc import Container, Iterator
from functools import cache
from math import isfinite
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

from chronic.errors import ValueRefused
from chronic.protocol.sections import Cite, Names, Protocol, Section

S = TypeVar("S", bound=Section)
DEFAULT = "cn-nbphs-2017"
FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "protocols")
"""Text, not a Path: the module behind it costs a start more than reading the file does."""
_OWN = ("id", "base", "effective_from", "title", "cites", "books")


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
    if "own" in table:  # ours alone: where the books' tables are kept
        raise ValueRefused("protocol.key", key="own", problem="unknown")
    books = table.get("books", {})
    own = {name: table[name] for name in books if name in table} if isinstance(books, dict) else {}
    return whole(Protocol, {**{key: value for key, value in table.items() if key not in own}, "own": own})


def whole(shape: type[S], table: dict[str, Any], address: str = "") -> S:
    """A file's table as this shape, every citation in it found. Raises ValueRefused (`protocol.key`)."""
    made: S = _build(shape, table, address)
    for wrong in _uncited(made, address, vars(made)["cites"]):
        raise ValueRefused("protocol.key", key=wrong, problem="cite")
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
    laid = merged(table, {key: value for key, value in overlay.items() if key != "base"})
    laid["base"] = base
    used = set(_cited(laid))
    laid["cites"] = {key: cite for key, cite in laid["cites"].items() if key in used or key in overlay.get("cites", {})}
    return laid


def merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """A table with another's keys in their places, table by table."""
    both = {key: merged(under[key], over[key]) for key in over if _table(under.get(key)) and _table(over[key])}
    return {**under, **over, **both}


def _silent(table: dict[str, Any], cites: Any, address: str) -> Iterator[str]:
    """Addresses of tables that change a value without a citation of the overlay's own."""
    if any(key != "cite" and not _part(value) for key, value in table.items()) and table.get("cite") not in cites:
        yield f"{address}cite"
    for key, value in table.items():
        if _part(value):
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


def _part(value: object) -> bool:
    """A table of its own; a text in both languages is a value of the table it stands in."""
    return isinstance(value, dict) and set(value) != set(Names._fields)


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
        if isinstance(kind, UnionType):
            return _value(kind.__args__[0], raw, address)
        if kind in (Names, Cite) or is_section(kind):
            return _build(kind, raw, f"{address}.")
        if hasattr(kind, "read"):
            return kind.read(raw)
        if get_origin(kind) is dict and isinstance(raw, dict):
            part = get_args(kind)[1]
            return raw if part is Any else {key: _value(part, each, f"{address}.{key}") for key, each in raw.items()}
        if kind is float and type(raw) in (int, float) and isfinite(raw):
            return float(raw)
        if get_origin(kind) is list and type(raw) is list:
            part = get_args(kind)[0]
            return [_value(part, item, f"{address}.{n}" if is_section(part) else address) for n, item in enumerate(raw, 1)]
        if type(raw) is kind and kind is not float:
            return raw
    except (TypeError, ValueError, KeyError, AttributeError):
        pass
    raise ValueRefused("protocol.key", key=address, problem=repr(raw))


def _uncited(section: Section, address: str, cites: Container[str]) -> Iterator[str]:
    """Addresses of `cite` keys that name no sentence."""
    if "cite" in vars(section) and vars(section)["cite"] not in cites:
        yield f"{address}cite = {vars(section)['cite']}"
    for name, part in section.parts():
        yield from _uncited(part, f"{address}{name}.", cites)
