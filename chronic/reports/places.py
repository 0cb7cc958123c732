"""The tree of places, with who lives there."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_, _
from chronic.i18n.terms import term
from chronic.model.days import china_minute
from chronic.model.place import LEVELS
from chronic.model.report import Column, Report
from chronic.store import institutions, place_changes, places
from chronic.store.place_changes import Known, Said

_LIVING = """
SELECT coalesce(hamlet, village), count(*), sum(EXISTS (
  SELECT 1 FROM open_enrolment AS e WHERE e.person = person.id))
FROM person WHERE closed_on IS NULL AND village IS NOT NULL GROUP BY 1"""
_FLAT = (
    Column("place_id", N_("Id"), right=True, hidden=True),
    Column("level", N_("Level")),
    Column("code", N_("Code")),
    Column("urban_class", N_("Urban-rural class"), hidden=True),
    Column("path", N_("Path"), hidden=True),
    Column("place", N_("Place name")),
    Column("residents", N_("Residents"), right=True),
    Column("managed", N_("Managed"), right=True),
    Column("also", N_("Also called"), hidden=True),
)
_TOLD = (
    Column("on", N_("Recorded at")), Column("field", N_("What")), Column("old", N_("Was")), Column("new", N_("Is")),
    Column("by", N_("Recorded by")),
)  # fmt: skip
_FIELDS = {
    "name": N_("Called"), "code": N_("Code"), "urban_class": N_("Urban-rural class"), "parent": N_("Lies in"),
    "same_as": N_("Is the same as"), "household": N_("Household"),
}  # fmt: skip


def tree(db: sqlite3.Connection, day: date, under: int | None, levels: tuple[str, ...]) -> Report:
    """A row for each place of these levels, a place before what lies in it, with the people at it and under it.

    On the screen a place is indented by how deep it lies; `path` and `code` say where it is in files."""
    every = place_changes.every(db)
    people, managed = _counts(db, every)
    children: dict[int | None, list[Known]] = defaultdict(list)
    for place in every:
        children[place.parent].append(place)
    top = [place for place in every if place.id == under] if under is not None else children[None]
    also: dict[int, list[str]] = defaultdict(list)
    for id_, name in db.execute("SELECT same_as, name FROM place WHERE same_as IS NOT NULL ORDER BY id"):
        also[id_].append(name)
    start = places.path(db, under).rpartition("/")[0] if under is not None else ""

    def walk(some: list[Known], depth: int, above: str) -> Iterator[dict[str, object]]:
        for place in sorted(some, key=_order):
            path = f"{above}/{place.name}" if above else place.name
            if place.level in levels:
                yield {
                    "place_id": place.id, "level": place.level, "code": place.code, "urban_class": place.urban_class,
                    "path": path, "place": f"{'  ' * depth}{place.name}", "name": place.name,
                    "residents": people[place.id], "managed": managed[place.id],
                    "also": [name for name in dict.fromkeys(also[place.id]) if name != place.name],
                }  # fmt: skip
            yield from walk(children[place.id], depth + (place.level in levels), path)

    return Report("places", day.isoformat(), _FLAT, list(walk(top, 0, start)))


def story(db: sqlite3.Connection, day: date, id_: int) -> Report:
    """What became of a place, its first name first."""
    rows: list[dict[str, object]] = [
        {
            "on": china_minute(said.at), "field": term(_FIELDS, said.field), "old": _told(db, said, said.old),
            "new": _told(db, said, said.new), "by": said.by,
        }
        for said in place_changes.story(db, id_) if said.field != place_changes.HOUSEHOLD
    ]  # fmt: skip
    return Report("place", day.isoformat(), _TOLD, rows)


def card(db: sqlite3.Connection, id_: int) -> Iterator[str]:
    """Of one place: path, level and code, other names, who lives there, what stands there."""
    place = place_changes.get(db, id_)
    people, managed = _counts(db, place_changes.every(db))
    yield "  ".join(filter(None, (places.path(db, id_), term(LEVELS, place.level), place.code, place.urban_class)))
    also = [name for name in dict.fromkeys(name for _row, name in place_changes.also_called(db, id_)) if name != place.name]
    if also:
        yield _("Also called: {names}").format(names=", ".join(also))
    yield _("Residents {residents}, managed {managed}").format(residents=people[id_], managed=managed[id_])
    here = set(places.below(db, id_))
    for one in institutions.read(db):
        if one.place in here:
            yield _("Institution {number}: {name}").format(number=one.number, name=one.name)


def _counts(db: sqlite3.Connection, every: list[Known]) -> tuple[Counter[int], Counter[int]]:
    """Residents, and of them who is managed, at each place and under it."""
    above = {place.id: place.parent for place in every}
    people: Counter[int] = Counter()
    managed: Counter[int] = Counter()
    for id_, living, cared in db.execute(_LIVING):
        at: int | None = id_
        while at is not None:
            people[at] += living
            managed[at] += cared
            at = above.get(at)
    return people, managed


def _order(place: Known) -> tuple[bool, str, int]:
    """By code, then as they came."""
    return place.code is None, place.code or "", place.id


def _told(db: sqlite3.Connection, said: Said, value: str | None) -> str | None:
    if value and said.field in ("parent", "same_as"):
        return places.path(db, int(value))
    return value or None
