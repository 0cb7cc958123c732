"""Read and check a guideline file: taken whole, or refused with the address of the key that is wrong.

An overlay names its `base` and holds only what differs from it. Whoever changes a number says where it is from:
a table of an overlay names a citation of its own.
"""

import tomllib
from collections.abc import Container, Iterator
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, get_args, get_origin

from chronic.errors import ValueRefused
from chronic.protocol.sections import Cite, Names, Protocol, Section

DEFAULT = "cn-nbphs-2017"
FOLDER = Path(__file__).parents[1] / "protocols"
_OWN = ("id", "base", "effective_from", "title", "cites", "books")
_BOOKS = ("referrals", "complications", "advice")
"""Tables of a county's file that lie over a book (`protocol.books`), not over the guideline itself."""


@cache
def load(name: str) -> Protocol:
    """The protocol shipped under this id. Raises ValueRefused (`protocol.unknown`, `protocol.key`)."""
    return checked(shipped(name))


def shipped(name: str) -> dict[str, Any]:
    """The table of a shipped guideline. Raises ValueRefused (`protocol.unknown`)."""
    path = FOLDER / f"{name}.toml"
    if not path.is_file():
        raise ValueRefused("protocol.unknown", protocol=name)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def shipped_names() -> list[str]:
    """The ids of the guidelines that come with the program."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


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
    own = {name: table[name] for name in _BOOKS if name in table}
    rest = {key: value for key, value in table.items() if key not in own}
    protocol: Protocol = build(Protocol, {"base": "", **rest, "own": own}, "")
    for address in uncited(protocol, "", protocol.cites):
        raise ValueRefused("protocol.key", key=address, problem="cite")
    return protocol


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


def _table(value: object) -> bool:
    return isinstance(value, dict)


def _part(value: object) -> bool:
    """A table of its own; a text in both languages is a value of the table it stands in."""
    return isinstance(value, dict) and set(value) != set(Names._fields)


def build(shape: Any, table: Any, address: str) -> Any:
    """`table` as this shape; every key must be there and no other. Raises ValueRefused (`protocol.key`)."""
    if not isinstance(table, dict):
        raise ValueRefused("protocol.key", key=address.rstrip("."), problem="table")
    kinds = shape.__annotations__
    for key in (*sorted(set(table) - set(kinds)), *sorted(set(kinds) - set(table))):
        raise ValueRefused("protocol.key", key=f"{address}{key}", problem="unknown" if key in table else "missing")
    return shape(**{name: _value(kind, table[name], f"{address}{name}") for name, kind in kinds.items()})


def _value(kind: Any, raw: Any, address: str) -> Any:
    try:
        if kind in (Names, Cite) or (isinstance(kind, type) and issubclass(kind, Section)):
            return build(kind, raw, f"{address}.")
        if hasattr(kind, "read"):
            return kind.read(raw)
        if get_origin(kind) is dict and isinstance(raw, dict):
            part = get_args(kind)[1]
            return raw if part is Any else {key: _value(part, each, f"{address}.{key}") for key, each in raw.items()}
        if kind is float and type(raw) in (int, float) and isfinite(raw):
            return float(raw)
        if get_origin(kind) is list and type(raw) is list:
            return [_value(get_args(kind)[0], item, address) for item in raw]
        if type(raw) is kind and kind is not float:
            return raw
    except (TypeError, ValueError, KeyError, AttributeError):
        pass
    raise ValueRefused("protocol.key", key=address, problem=repr(raw))


def uncited(section: Section, address: str, cites: Container[str]) -> Iterator[str]:
    """Addresses of `cite` keys that name no sentence."""
    if "cite" in vars(section) and vars(section)["cite"] not in cites:
        yield f"{address}cite = {vars(section)['cite']}"
    for name, part in section.parts():
        yield from uncited(part, f"{address}{name}.", cites)
