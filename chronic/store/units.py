"""Who reports to this registry, for which places: trusted registries and what they sent, and the villages without one."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.model.days import china_day_of
from chronic.model.place import KINDS
from chronic.store import business, registry
from chronic.store.stamp import Stamp

_LATELY = 20  # bundles of one sender that are looked at
_TAKEN = """
SELECT made_at, recorded_at, newest, origin, level FROM bundle_taken WHERE peer = ? ORDER BY id DESC LIMIT ?"""
_SAID = "SELECT peer, place, reports FROM expected ORDER BY id"
_INSERT = """
INSERT INTO expected (uid, peer, place, reports, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?)"""
_LIVED = "SELECT origin, village, count(*) FROM person WHERE village IS NOT NULL GROUP BY origin, village"
_UNDER_CARE = """
SELECT village, count(*) FROM person WHERE id IN (SELECT person FROM open_enrolment) GROUP BY village"""
_LEVELS = ("village", "township", "area", "county")


class Place(NamedTuple):
    id: int
    level: str
    name: str
    parent: int | None


class Tree:
    """Every place, read once, and those that somebody named of which nothing else is known yet: their ids are below 0."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.places = {
            row[0]: Place(*row) for row in db.execute("SELECT id, level, name, parent FROM place WHERE same_as IS NULL")
        }
        self._by_path: dict[str, int] = {}
        self._same = dict(db.execute("SELECT id, same_as FROM place WHERE same_as IS NOT NULL"))

    def up(self, id_: int | None) -> Iterator[Place]:
        """This place and those it lies in, the nearest first."""
        while id_ is not None:
            place = self.places[self._same.get(id_, id_)]
            yield place
            id_ = place.parent

    def unheard_of(self, db: sqlite3.Connection, path: str, level: str) -> int:
        """The id of a place nobody else has named, as in 横溪镇/下各村, in what is known of the steps above it."""
        if path not in self._by_path:
            above, _slash, name = path.rpartition("/")
            around = "township" if level == "village" else "county"
            parent = (_trusted(db, above) or self.unheard_of(db, above, around)) if above else None
            id_ = self._by_path[path] = -1 - len(self._by_path)
            self.places[id_] = Place(id_, level, name, parent)
        return self._by_path[path]

    def at(self, id_: int | None, level: str) -> Place | None:
        return next((place for place in self.up(id_) if place.level == level), None)

    def villages(self) -> list[Place]:
        return [place for place in self.places.values() if place.level == "village"]


class Sent(NamedTuple):
    """What a registry sent last. `data_of`: the day up to which it holds, by the sender's clock; `ahead`: so many days is
    that clock ahead of ours, and then `data_of` is only what it says; `merged_on`: by our clock; `newest`: instant."""

    data_of: date
    merged_on: date
    ahead: int
    newest: str | None


class Unit(NamedTuple):
    """One that is to report: a trusted registry (`peer`), or a village that has none. `sent` None: nothing ever came.

    `place`: what it speaks for, None where nobody said and nothing shows it; `villages`: those of them no other unit is
    nearer to; `patients`: people under care there.
    """

    name: str
    peer: str | None
    place: int | None
    sent: Sent | None
    villages: tuple[int, ...]
    patients: int


def say(db: sqlite3.Connection, peer: str | None, place: int | None, reports: bool, stamp: Stamp) -> None:
    """What somebody says of a registry or of a place without one."""
    db.execute(_INSERT, (stamp.uid(), peer, place, int(reports), stamp.origin, stamp.at, stamp.by))


def under_care(db: sqlite3.Connection) -> dict[int, int]:
    """Village -> how many people there are in a programme."""
    return {village: count for village, count in db.execute(_UNDER_CARE) if village is not None}


def units(db: sqlite3.Connection, tree: Tree, ahead: int) -> list[Unit]:
    """Everybody who is to report. `ahead`: a clock so many days ahead of ours is wrong."""
    settings = registry.settings(db)
    own = settings.get("origin", "")
    lived = _lived(db)
    peers, silent = _said(db)
    care = under_care(db)
    found: list[tuple[str, int | None, Sent | None]] = []
    for name, level, pinned in db.execute("SELECT name, level, place FROM bundle_peer ORDER BY name").fetchall():
        place, reports = peers.get(name, (None, True))
        if not reports or (name not in peers and _above(level, settings.get("level"))):
            continue
        taken = db.execute(_TAKEN, (name, _LATELY)).fetchall()
        if place is None:
            place = _trusted(db, pinned) or _shown(tree, lived, taken)
            if place is None and _is_path(pinned, name):
                place = tree.unheard_of(db, str(pinned).replace("／", "/"), level if level in _LEVELS else "village")
            place = place or _named(tree, name)
        found.append((name, place, _sent(taken, ahead) if taken else None))
    at: dict[int, list[int]] = defaultdict(list)
    for number, (_name, place, _what) in enumerate(found):
        if place is not None:
            at[place].append(number)
    covered: dict[int, list[int]] = defaultdict(list)
    without: list[Unit] = []
    for village in tree.villages():
        nearest = next((at[place.id] for place in tree.up(village.id) if place.id in at), [])
        for number in nearest:
            covered[number].append(village.id)
        if not nearest and silent.get(village.id, True) and not _kept_here(lived, own, village.id):
            without.append(Unit(village.name, None, village.id, None, (village.id,), care.get(village.id, 0)))
    reporting = [
        Unit(name, name, place, what, tuple(covered[number]), sum(care.get(id_, 0) for id_ in covered[number]))
        for number, (name, place, what) in enumerate(found)
    ]
    return [*reporting, *without]


def _said(db: sqlite3.Connection) -> tuple[dict[str, tuple[int | None, bool]], dict[int, bool]]:
    """What was said last of each registry, and of each place without one."""
    peers: dict[str, tuple[int | None, bool]] = {}
    without: dict[int, bool] = {}
    for peer, place, reports in db.execute(_SAID):
        if peer is not None:
            peers[peer] = (place, bool(reports))
        else:
            without[place] = bool(reports)
    return peers, without


def _above(level: str | None, own: str | None) -> bool:
    """Is that a registry this one reports to?"""
    return level in _LEVELS and own in _LEVELS and _LEVELS.index(level) > _LEVELS.index(own)


def _trusted(db: sqlite3.Connection, pinned: str | None) -> int | None:
    """The place whose people it is sent, where that is known by now."""
    with suppress(ValueRefused):
        return business.place_of(db, pinned) if pinned else None
    return None


def _is_path(pinned: str | None, name: str) -> bool:
    """Does it name a place, and is it not only what the registry is called, nor a code or a uid?"""
    if pinned is None or pinned.isascii() or not all(pinned.replace("／", "/").split("/")):
        return False
    return pinned != name or pinned.endswith(KINDS)


def _lived(db: sqlite3.Connection) -> dict[str, Counter[int]]:
    """Registry -> village -> how many people it wrote down there."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for origin, village, count in db.execute(_LIVED):
        found[origin][village] = count
    return found


def _kept_here(lived: dict[str, Counter[int]], own: str, village: int) -> bool:
    """Are most of its people written down in this registry itself?"""
    mine = lived.get(own, Counter())[village]
    return mine > 0 and mine >= max(count[village] for count in lived.values())


def _shown(
    tree: Tree, lived: dict[str, Counter[int]], taken: list[tuple[str, str, str | None, str | None, str | None]]
) -> int | None:
    """Where most of the people live that it wrote down: the village, or what a higher registry has it in."""
    if not taken or taken[0][3] not in lived:
        return None
    origin, level = str(taken[0][3]), str(taken[0][4])
    ((village, _count),) = lived[origin].most_common(1)
    higher = _LEVELS[_LEVELS.index(level) :] if level in _LEVELS else _LEVELS
    return next((place.id for place in (tree.at(village, one) for one in higher) if place is not None), None)


def _named(tree: Tree, name: str) -> int | None:
    """The one village that this registry is called after."""

    def called(place: Place) -> bool:
        above = tree.at(place.id, "township")
        return name.startswith(place.name) or (
            above is not None and name.replace(" ", "").startswith(above.name + place.name)
        )

    found = [place.id for place in tree.villages() if called(place)]
    return found[0] if len(found) == 1 else None


def _sent(taken: list[tuple[str, str, str | None, str | None, str | None]], ahead: int) -> Sent:
    """The latest bundle counts where its sender's clock can be believed, however late it came; a delayed older one does
    not make the data older."""
    read = [(china_day_of(made), china_day_of(merged)) for made, merged, *_ in taken]
    made_on, merged_on = read[0]
    wrong = max(0, (made_on - merged_on).days)
    newest = max((row[2] for row in taken if row[2]), default=None)
    if wrong >= ahead:
        return Sent(made_on, merged_on, wrong, newest)
    return Sent(max(made for made, merged in read if made - merged < timedelta(days=ahead)), merged_on, 0, newest)
