"""DHIS2: aggregate values as a `dataValueSets` file, by a mapping from our figures and places to its ids.

A file only: nothing is sent. Keys outside its schema make DHIS2 warn, so nothing else is written. In a CSV its columns are
known by their place and the first line is skipped. Zeros are written: DHIS2 drops them by itself where a data element has
zeroIsSignificant off, and a figure that was corrected to nothing would else keep its old value; `zeros = false` in the
mapping leaves them out.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable
from typing import IO, NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.dhis2_mapping import LEAVE_OUT, Mapping, Wanted, refuse_missing

_CSV = ("dataelement", "period", "orgunit", "catoptcombo", "attroptcombo", "value", "strby", "lstupd", "cmt")


class Value(NamedTuple):
    element: str
    unit: str
    option: str
    value: int


class Counted(NamedTuple):
    """So many people of one figure. `places`: names the mapping may call their place by, the most exact one first."""

    programme: str
    figure: str
    places: tuple[str, ...]
    sex: str
    age: int | None
    people: int


def values(mapping: Mapping, counts: Iterable[Counted]) -> tuple[list[Value], set[str]]:
    """What to hand over, in the order of the mapping, and the places and groups with people that it leaves out.

    Two places or groups with one id are added up. Raises ValueRefused (`figures.missing`: whom no id was given for;
    `figures.twice`: two figures go to one place).
    """
    found, left, missing = _zeros(mapping), set[str](), dict[str, None]()
    by_figure: dict[tuple[str, str], list[Wanted]] = {}
    for wanted in mapping.figures:
        by_figure.setdefault((wanted.programme, wanted.figure), []).append(wanted)
    for count in counts:
        for wanted in by_figure.get((count.programme, count.figure), ()):
            place = next((name for name in count.places if name in mapping.units), count.places[0])
            unit, option = mapping.units.get(place, ""), wanted.option
            group = wanted.groups.of(count.sex, count.age) if wanted.groups else ""
            if wanted.groups is not None:
                option = wanted.groups.ids.get(group, "")
            if wanted.element == LEAVE_OUT:
                continue
            if LEAVE_OUT in (unit, option):
                left.add(place if unit == LEAVE_OUT else group)
            elif not unit:
                missing[place] = None
            elif wanted.groups is not None and not option:
                missing[group] = None
            else:
                found[wanted.element, unit, option] += count.people
    refuse_missing(list(missing))
    return [Value(*key, people) for key, people in found.items() if people or mapping.zeros], left


def _zeros(mapping: Mapping) -> Counter[tuple[str, str, str]]:
    """A nought for everything that is asked for."""
    made: Counter[tuple[str, str, str]] = Counter()
    owner: dict[tuple[str, str], Wanted] = {}
    for wanted in mapping.figures:
        options = [wanted.option] if wanted.groups is None else list(wanted.groups.ids.values())
        for option in (option for option in dict.fromkeys(options) if LEAVE_OUT not in (option, wanted.element)):
            other = owner.setdefault((wanted.element, option), wanted)
            if other is not wanted:
                names = " ".join(f"{figure.programme}.{figure.figure}" for figure in (other, wanted))
                raise ValueRefused("figures.twice", names=names, id=wanted.element)
            made.update(dict.fromkeys(((wanted.element, unit, option) for unit in _units(mapping)), 0))
    return made


def _units(mapping: Mapping) -> list[str]:
    return [unit for unit in dict.fromkeys(mapping.units.values()) if unit != LEAVE_OUT]


def write(found: list[Value], mapping: Mapping, period: str, style: str, stream: IO[str]) -> None:
    if style == "csv":
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_CSV)
        for value in found:
            writer.writerow((value.element, period, value.unit, value.option, mapping.attribute, value.value, "", "", ""))
        return
    whole = {"dataSet": mapping.data_set} if mapping.data_set else {}
    rows = [_row(value, mapping, period) for value in found]
    json.dump({**whole, "dataValues": rows}, stream, ensure_ascii=False, indent=1)
    stream.write("\n")


def _row(value: Value, mapping: Mapping, period: str) -> dict[str, str]:
    row = {
        "dataElement": value.element, "period": period, "orgUnit": value.unit, "categoryOptionCombo": value.option,
        "attributeOptionCombo": mapping.attribute, "value": str(value.value),
    }  # fmt: skip
    return {key: text for key, text in row.items() if text}
