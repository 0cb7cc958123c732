"""An official list of places into the tree: what is the same place, what is new, what cannot be told.

A place is the same by its code; else by its name in the same township: as it is written, then as people call what a
list calls by its office (下各村村民委员会 is 下各村), then without 村, 社区, 镇 at the end. Only one line and one place that
are left for each other are the same; more of either are asked about. A place keeps the name people know, and is found by
the list's, too.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from chronic.care import places as care
from chronic.care.desk import Desk
from chronic.errors import ValueRefused
from chronic.exchange.place_codes import Listed, Row
from chronic.model.place import DIGITS, above, core, level_of, padded, stem
from chronic.store import place_changes
from chronic.store.journal import deed
from chronic.store.place_changes import Known

LEVELS = ("county", "township", "village")
_AROUND = {"township": "county", "village": "township"}
NEW = 0
"""Instead of a place's id: none of those that are known."""


class Decided(NamedTuple):
    """A line and the place it is (its id), NEW, or None where that cannot be told; then `choices` are what it can be."""

    row: Row
    place: int | None
    choices: tuple[int, ...] = ()


class Plan(NamedTuple):
    """`decided`: lines of the registry's own part, by code. `outside`: how many lines are of elsewhere."""

    decided: list[Decided]
    refused: list[Row]
    outside: int


class Done(NamedTuple):
    added: int
    changed: int
    unchanged: int


def scope(area: str | None) -> str:
    """The digits that all codes of the registry's own part begin with. Raises ValueRefused (`place.no_area`, `.area`)."""
    if not area:
        raise ValueRefused("place.no_area")
    code = padded(area.strip())
    level = level_of(code)
    if level not in LEVELS:
        raise ValueRefused("place.area", digits=area)
    return code[: DIGITS[level]]


def plan(desk: Desk, listed: Listed, own: str, answers: Mapping[str, int]) -> Plan:
    """What a list would do. `own`: as `scope` gives it; `answers`: code -> place or NEW, of lines that were asked about."""
    for code, place in answers.items():
        there = place_changes.get(desk.db, place) if place != NEW else None
        if there is not None and there.code not in (None, code):
            raise ValueRefused("place.code_taken", digits=there.code, name=there.name)
    rows, refused, outside = _sorted(listed.rows(), own)
    tree = _Tree(desk, rows)
    for (level, _parent), some in groupby(rows, key=lambda row: (row.level, _parent_of(row))):
        tree.match(level, list(some), answers)
    return Plan(tree.decided, sorted([*refused, *tree.refused], key=lambda row: row.line), outside)


def apply(desk: Desk, found: Plan) -> Done:
    """Write what was planned, all or nothing; lines that cannot be told are left out."""
    added = changed = unchanged = 0
    with deed(desk.db, desk.stamp, "place.import"):
        for row, place, _choices in found.decided:
            if place is None:
                continue
            parent = place_changes.coded(desk.db, _parent_of(row)) if row.level in _AROUND else None
            if place == NEW:
                _make(desk, row, parent)
                added += 1
            elif _write(desk, place_changes.get(desk.db, place), row, parent):
                changed += 1
            else:
                unchanged += 1
    return Done(added, changed, unchanged)


class _Tree:
    """The places there are, and what became of the lines so far. A line's place is looked for in what its parent became."""

    def __init__(self, desk: Desk, rows: Iterable[Row]) -> None:
        self.decided: list[Decided] = []
        self.refused: list[Row] = []
        every = place_changes.every(desk.db)
        self._every = {place.id: place for place in every}
        self._coded = {place.code: place for place in every if place.code}
        self._under: dict[tuple[str, int | None], list[Known]] = defaultdict(list)
        for place in every:
            self._under[place.level, place.parent].append(place)
        self._names = {
            place.id: (place.name, *(name for _row, name in place_changes.also_called(desk.db, place.id))) for place in every
        }
        self._places: dict[str, int | None] = {}
        self._alone = Counter(core(row.level, row.name) for row in rows if row.level == "village")

    def match(self, level: str, rows: list[Row], answers: Mapping[str, int]) -> None:
        """The lines of one parent."""
        code = _parent_of(rows[0])
        parent = self._parent(code)
        if level == "village" and parent is None and self._places.get(code) is None:
            self.refused += (row._replace(refused="place.no_parent") for row in rows)
            return
        found = {row.code: self._coded[row.code].id for row in rows if row.code in self._coded}
        found = {row.code: answers[row.code] for row in rows if row.code in answers} | found
        unclear: dict[str, tuple[int, ...]] = {}
        free = [place for place in self._candidates(level, code, parent) if place.code is None]
        for alike in (_written, stem, core):
            left = [row for row in rows if row.code not in found and row.code not in unclear]
            unclear |= self._pair(level, left, [place for place in free if place.id not in found.values()], alike, found)
        for row in rows:
            place = None if row.code in unclear else found.get(row.code, NEW)
            self._places[row.code] = place
            self.decided.append(Decided(row, place, unclear.get(row.code, ())))

    def _pair(
        self, level: str, rows: list[Row], free: list[Known], alike: Callable[[str, str], str], found: dict[str, int]
    ) -> dict[str, tuple[int, ...]]:
        """Put one line and one place that are called alike into `found`; where there are more, what each line can be."""
        known: dict[str, dict[int, Known]] = defaultdict(dict)
        for place in free:
            for name in self._names[place.id]:
                known[alike(level, name)][place.id] = place
        lines = Counter(alike(level, row.name) for row in rows)
        unclear: dict[str, tuple[int, ...]] = {}
        for row in rows:
            there = known[alike(level, row.name)]
            astray = any(place.level == "village" and place.parent is None for place in there.values())
            if len(there) == lines[alike(level, row.name)] == 1 and not (astray and self._alone[core(level, row.name)] > 1):
                found[row.code] = min(there)
            elif there:
                unclear[row.code] = tuple(sorted(there))
        return unclear

    def _parent(self, code: str) -> int | None:
        """The place above, None where it is new or not known."""
        there = self._coded.get(code)
        return there.id if there is not None else self._places.get(code) or None

    def _candidates(self, level: str, code: str, parent: int | None) -> list[Known]:
        """What may be a line's place: what lies in its parent, directly or in an area of it, and what lies in nothing."""
        if level != "village":
            every = [place for (its, _parent), some in self._under.items() if its == level for place in some]
            return [place for place in every if level == "county" or self._county(place) in (None, code)]
        inside = self._under[level, parent] if parent is not None else []
        return [*inside, *self._under[level, None]]

    def _county(self, place: Known) -> str | None:
        """The code of the county it lies in, as far as that is known."""
        at: Known | None = place
        while at is not None and at.level != "county":
            at = self._every.get(at.parent or 0)
        return None if at is None else at.code


def _sorted(rows: Iterator[Row], own: str) -> tuple[list[Row], list[Row], int]:
    """(lines of the registry's part and of what it lies in, by level and code; refused ones; how many are of elsewhere)."""
    taken: dict[str, Row] = {}
    refused: list[Row] = []
    outside = 0
    for row in rows:
        if row.refused:
            refused.append(row)
        elif row.level not in LEVELS or not (row.code.startswith(own) or own.startswith(row.code[: DIGITS[row.level]])):
            outside += 1
        elif row.code in taken:
            if taken[row.code].name != row.name:
                refused.append(row._replace(refused="place.code_twice"))
        else:
            taken[row.code] = row
    return sorted(taken.values(), key=lambda row: (LEVELS.index(row.level), row.code)), refused, outside


def _parent_of(row: Row) -> str:
    return above(row.code, _AROUND[row.level]) if row.level in _AROUND else ""


def _written(_level: str, name: str) -> str:
    return "".join(name.split())


def _make(desk: Desk, row: Row, parent: int | None) -> None:
    """A new place by the name people would use, unless there is one of that name."""
    name = stem(row.level, row.name)
    if place_changes.there(desk.db, row.level, name, parent) is not None:
        name = row.name
    made = place_changes.make(desk.db, Known(0, row.level, name, row.code, row.urban_class, parent), desk.stamp)
    place_changes.call_also(desk.db, made, row.name, desk.stamp)


def _write(desk: Desk, old: Known, row: Row, parent: int | None) -> bool:
    """Give a place what the list says of it; its name stays, and a township stays in its area. True if anything changed."""
    stays = parent is None or (old.parent is not None and old.level != "village")
    new = old._replace(
        code=row.code, urban_class=row.urban_class or old.urban_class, parent=old.parent if stays else parent
    )  # fmt: skip
    care.write(desk, old, new)
    known = (old.name, *(name for _row, name in place_changes.also_called(desk.db, old.id)))
    if row.name not in known:
        place_changes.call_also(desk.db, old.id, row.name, desk.stamp)
    return new != old or row.name not in known
