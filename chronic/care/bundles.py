"""Merge what another registry recorded: all of it or nothing, and everybody touched is planned anew.

A merge is not taken back: what it brought may have gone on to others. What is wrong in it is corrected where it was
written, or here like anything else, and travels back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

from chronic.care import kept
from chronic.care.desk import Desk
from chronic.care.replan import replan
from chronic.errors import ValueRefused
from chronic.model.checkup_fields import by_column
from chronic.store import bundles, business, conflicts, departing, erasing, merges
from chronic.store.arriving import Arrival
from chronic.store.conflicts import Conflict
from chronic.store.journal import BUNDLE, deed
from chronic.store.registry import prepare_to_load, without_collector
from chronic.store.transactions import overwriting
from chronic.store.travelling import ALIASES, PERSON


class Merged(NamedTuple):
    """What came of a bundle. `new`: table -> rows that were not here; `again`: it was merged before."""

    new: Mapping[str, int]
    touched: int
    conflicts: tuple[Conflict, ...]
    again: bool
    who: tuple[int, ...] = ()
    """Of a file of one person: who that is here."""
    kept: tuple[int, ...] = ()
    """Closed elsewhere as moved away, and looked after here."""
    joined: tuple[merges.Merged, ...] = ()
    """Were two people here, and one elsewhere with the ID number of both."""


class Dry(Exception):
    """Ends a merge that was only tried."""


def merge(desk: Desk, peer: str, header: Mapping[str, Any], lines: Iterable[dict[str, Any]], dry: bool = False) -> Merged:
    """Everything a bundle holds. Raises ValueRefused (`bundle.gap`, `bundle.wrong`); then nothing was written."""
    prepare_to_load(desk.db)
    typed = tuple(name for name, field in by_column().items() if field.kind == "text")
    erases = bool(header["counts"].get("erasure")) or erasing.any_of(desk.db)
    found: list[Merged] = []
    try:
        with (
            without_collector(),
            overwriting(desk.db) if erases and not dry else nullcontext(),
            deed(desk.db, desk.stamp, BUNDLE),
        ):
            found.append(_merge(desk, peer, header, lines, typed))
            if dry:
                raise Dry
    except Dry:
        pass
    return found[0]


def _merge(
    desk: Desk, peer: str, header: Mapping[str, Any], lines: Iterable[dict[str, Any]], typed: tuple[str, ...]
) -> Merged:
    again = bundles.taken(desk.db, header["uid"])
    if header["after"] and not bundles.taken(desk.db, header["after"]):
        raise ValueRefused("bundle.gap")
    before: dict[int, None] = {}
    known = Counter[Conflict]()

    def remember(some: list[int]) -> None:
        new = [person for person in some if person not in before]
        before.update(dict.fromkeys(new))
        known.update(conflicts.undecided(desk.db, new))

    ours = kept.open_here(desk)
    arrival = Arrival(desk.db, desk.today, desk.stamp, typed, remember)
    reached = departing.marks(desk.db)
    seen = _Seen([], "")
    arrival.take(seen.lines(lines))
    their = bundles.peer(desk.db, peer)
    if their is not None and their.place is not None:
        business.brought(desk.db, peer, seen.people, reached.get(PERSON, 0), reached.get(ALIASES, 0))
    bundles.acknowledge(desk.db, peer, [str(uid) for uid in header["acks"]])
    if not again and not header.get("one"):  # of one person: it does not say how old their data are
        bundles.take(desk.db, peer, header, seen.newest or None, desk.stamp)
    stayed = kept.keep(desk, ours, arrival.touched)
    replan(desk, sorted(arrival.touched | arrival.besides))
    who = arrival.spoken_of if header.get("one") else ()
    after = Counter(conflicts.undecided(desk.db, sorted(arrival.touched)))
    new = {table: rows for table, rows in arrival.new.items() if rows}
    return Merged(new, len(arrival.touched), tuple(after - known), again, who, stayed, tuple(arrival.joined))


@dataclass(slots=True)
class _Seen:
    """What goes by on its way in. `people`: their uids; `newest`: the latest instant at which any of it was recorded."""

    people: list[str]
    newest: str

    def lines(self, lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same lines."""
        for line in lines:
            if line["at"] == PERSON:
                self.people.append(line["uid"])
            at = line.get("recorded_at")
            if isinstance(at, str) and at > self.newest:
                self.newest = at
            yield line
