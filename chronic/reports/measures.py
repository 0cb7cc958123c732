"""What an indicator means, and its numerators and denominators group by group.

The engine (`reports.indicators`) counts. Every report of figures reads them here, so that no two screens can disagree.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.i18n import N_
from chronic.model.period import Period
from chronic.model.tags import code_of
from chronic.protocol import Editions, Names, Protocol
from chronic.protocol.measures import Measures
from chronic.reports import expected, grouped, indicators, tagged
from chronic.reports.indicators import Asked, Cell

Key = tuple[str, str]
"""(programme, figure)"""
Counts = Mapping[Key, Counter[str | None]]
"""How many each figure counts in each group. The group is None where it is not known, or where there is but one."""

BY = {**grouped.BY, "sex": N_("Sex"), "age": N_("Age"), "tag": N_("Tag")}
OVERLAPPING = ("tag",)
"""Somebody may have several of these, or none: the groups are no parts of a whole."""
RANKED = tuple(grouped.BY)
_AGES = (35, 45, 55, 65, 75)
"""Where a band of ages begins: screening at 35, older people at 65."""


ALL = Asked()


class Measure(NamedTuple):
    """An indicator for one programme ('' for the whole register). `denominator` None: a number on its own. `target` in
    percent, at least, or at most where `lower` is better. `mark` says how far its source is to be trusted."""

    code: str
    programme: str
    set: str
    numerator: str
    denominator: str | None
    target: float | None
    lower: bool
    name: Names
    says: Names
    excludes: Names | None
    source: str
    mark: str
    target_source: str | None = None

    @property
    def keys(self) -> list[Key]:
        return [(self.programme, figure) for figure in (self.numerator, self.denominator) if figure is not None]

    def as_json(self) -> dict[str, object]:
        return {key: value._asdict() if isinstance(value, Names) else value for key, value in self._asdict().items()}

    @classmethod
    def of_json(cls, table: dict[str, Any]) -> "Measure":
        names = {key: Names(**table[key]) if table[key] else None for key in ("name", "says", "excludes")}
        return cls(**{**table, **names})

    def met(self, part: int, whole: int) -> bool | None:
        """Is the target met? Reckoned on the counts, not on a rounded percentage."""
        if self.target is None or not whole:
            return None
        return part * 100 <= self.target * whole if self.lower else part * 100 >= self.target * whole


def measures(protocol: Protocol) -> list[Measure]:
    """Every indicator for every programme it has, set by set, with the targets of this guideline."""
    return list(_measures(protocol))


def _measures(protocol: Protocol) -> Iterator[Measure]:
    book = indicators.book()
    for code, its in book.indicators.items():
        cite = book.cite(its)
        for programme in its.programmes:
            target = indicators.target(code, programme, protocol)
            wanted = Measures.of(protocol).cites[target.cite] if target is not None else None
            yield Measure(
                code, programme, book.set_of(its), its.numerator, its.denominator, target.percent if target else None,
                its.lower, its.name, its.says, its.excludes, cite.source, cite.mark,
                None if wanted is None else f"{wanted.source} [{wanted.mark}]" if wanted.unverified else wanted.source,
            )  # fmt: skip


def chosen(
    known: Iterable[Measure], names: Sequence[str] = (), sets: str | None = None, programme: str | None = None
) -> list[Measure]:
    """Those of these codes, of this set and programme. Raises ValueRefused: `figures.indicator`, `.set`, `.none`."""
    everything = list(known)
    known_sets = list(dict.fromkeys(measure.set for measure in everything))
    if sets is not None and sets not in known_sets:
        raise ValueRefused("figures.set", text=sets, known=", ".join(known_sets))
    codes = list(dict.fromkeys(measure.code for measure in everything))
    for name in names:
        if name not in codes:
            raise ValueRefused("figures.indicator", text=name, known=", ".join(codes))
    found = [
        measure for measure in everything
        if (not names or measure.code in names) and sets in (None, measure.set) and programme in (None, measure.programme)
    ]  # fmt: skip
    if not found:
        raise ValueRefused("figures.none")
    return found


def keys_of(some: Iterable[Measure]) -> list[Key]:
    return list(dict.fromkeys(key for measure in some for key in measure.keys))


def counts(
    db: sqlite3.Connection, periods: Sequence[Period], keys: Sequence[Key], editions: Editions, *,
    by: str | None = None, known_on: date | str | None = None, asked: Asked = ALL,
) -> list[Counts]:  # fmt: skip
    """For each period what each figure counts, group by group."""
    if by == "tag":
        return _by_tag(db, periods, keys, editions, known_on, asked)
    label = labels(db, by, periods[-1].last)
    parts = () if by is None else (label.part,)
    found = _tallies(db, periods, keys, editions, parts, known_on, asked)
    return [_grouped(cells, keys, label) for cells in found]


def _tallies(
    db: sqlite3.Connection, periods: Sequence[Period], keys: Sequence[Key], editions: Editions, parts: tuple[str, ...],
    known_on: date | str | None, asked: Asked,
) -> list[Counter[Cell]]:  # fmt: skip
    """What was counted, and for a denominator that is an estimate the estimated."""
    counted = [key for key in keys if key[1] != indicators.ESTIMATED]
    found = indicators.tallies(db, periods, counted, editions, known_on=known_on, asked=asked, by=parts)
    by = parts[0] if parts else None
    programmes = [programme for programme, figure in keys if figure == indicators.ESTIMATED]
    estimated = expected.cells(db, periods, programmes, editions, by=by, known_on=known_on, asked=asked)
    return [Counter({**cells, **more}) for cells, more in zip(found, estimated, strict=True)]


class Label:
    """Which group somebody is in. `part`: which part of a cell says it."""

    def __init__(self, by: str | None, groups: grouped.Groups | None) -> None:
        self._groups = groups
        self.part = groups.part if groups is not None else by or ""

    def of(self, place: int | None, doctor: str | None, sex: str | None = None, age: int | None = None) -> str | None:
        """`place`: of people put together by hamlet their hamlet, else their village."""
        if self._groups is not None:
            return self._groups.name(doctor if self.part == grouped.DOCTOR else place, None)
        return {"sex": sex, "age": age_band(age)}.get(self.part)


def labels(db: sqlite3.Connection, by: str | None, day: date) -> Label:
    return Label(by, grouped.groups(db, by, day) if by in grouped.BY else None)


def age_band(age: int | None) -> str | None:
    """0-34, 35-44, …, 75+."""
    if age is None:
        return None
    first = max((begin for begin in (0, *_AGES) if begin <= age), default=0)
    after = next((begin for begin in _AGES if begin > age), None)
    return f"{first}+" if after is None else f"{first}-{after - 1}"


def _grouped(cells: Counter[Cell], keys: Sequence[Key], label: Label) -> Counts:
    found: dict[Key, Counter[str | None]] = {key: Counter() for key in keys}
    for cell, people in cells.items():
        found[(cell.programme, cell.figure)][label.of(cell.village, cell.doctor, cell.sex, cell.age)] += people
    return found


def _by_tag(
    db: sqlite3.Connection, periods: Sequence[Period], keys: Sequence[Key], editions: Editions,
    known_on: date | str | None, asked: Asked,
) -> list[Counts]:  # fmt: skip
    """Of everybody with a tag, tag by tag, their own or their household's."""
    found: list[dict[Key, Counter[str | None]]] = [{key: Counter() for key in keys} for _ in periods]
    for tag in dict.fromkeys(code_of(text) for (text,) in db.execute("SELECT DISTINCT tag FROM tagged ORDER BY tag")):
        its = asked._replace(tags=(*asked.tags, tagged.wanted(db, tag, periods[-1].last)))
        for at, cells in enumerate(_tallies(db, periods, keys, editions, (), known_on, its)):
            for cell, people in cells.items():
                found[at][(cell.programme, cell.figure)][tag] += people
    return list(found)
