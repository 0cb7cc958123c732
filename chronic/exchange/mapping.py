"""What somebody says of a header: which column it is and in what unit, as in `--map 体重=weight_kg:斤`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.headers import BOTH, is_unit_of, normal, recognise, without_unit
from chronic.model.units import STORED, unit_named


class Meaning(NamedTuple):
    """`column` empty: the header is left out. `unit` empty: the registry's own, or the one that the header says."""

    column: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.column}:{self.unit}" if self.unit else self.column


Meanings = Mapping[str, Meaning]
"""By header as it is compared (`headers.normal`)."""


def parse(texts: Iterable[str]) -> dict[str, Meaning]:
    """HEADER=COLUMN, HEADER=COLUMN:UNIT and HEADER=. Raises ValueRefused: map.shape, map.column, map.unit."""
    found = {}
    for text in texts:
        header, is_given, meant = text.rpartition("=")
        if not is_given or not normal(header):
            raise ValueRefused("map.shape", text=text)
        found[normal(header)] = meaning(meant)
    return found


def meaning(text: str) -> Meaning:
    """COLUMN or COLUMN:UNIT, the column by its canonical or Chinese name; blank: left out."""
    name, _, unit = (part.strip() for part in text.partition(":"))
    if not name:
        return Meaning("")
    column = _column(name)
    if not unit:
        return Meaning(column)
    known = unit_named(unit)
    if known is None or not is_unit_of(column, known):
        raise ValueRefused("map.unit", column=column, unit=unit)
    return Meaning(column, known)


def _column(name: str) -> str:
    """Raises ValueRefused (map.column)."""
    from chronic.exchange import checkup_headers, dated_headers

    for (found,) in (
        recognise([name]),
        checkup_headers.recognise([name]),
        *(dated_headers.recognise([name], holds) for holds in dated_headers.FIELDS),
    ):
        if found is not None and not found.startswith("#"):
            return found
    raise ValueRefused("map.column", name=name)


def renamed(header: Sequence[str], meanings: Meanings) -> tuple[str, ...]:
    """The header with the canonical column in the place of what somebody gave a meaning."""
    if not meanings:
        return tuple(header)
    return tuple(meanings[name].column if (name := normal(text)) in meanings else text for text in header)


def units(header: Sequence[str], columns: Sequence[str | None], meanings: Meanings) -> tuple[str, ...]:
    """The unit of each column where it is another than the registry's."""
    found = []
    for text, column in zip(header, columns, strict=True):
        name = normal(text)
        unit = (meanings[name].unit if name in meanings else "") or without_unit(name)[1]
        ours = STORED.get("sbp" if column == BOTH else column or "")
        found.append(unit if column and unit and unit != ours and is_unit_of(column, unit) else "")
    return tuple(found)
