"""Several registries that exchange bundles, and what they come to know: facts and person values by uid, in one hash."""

import contextlib
import hashlib
import json
import random
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import count, permutations
from pathlib import Path
from typing import Any, NamedTuple

from chronic.care import bundles as care
from chronic.care import register
from chronic.care.desk import Desk
from chronic.care.register import Given
from chronic.exchange import bundled, keys
from chronic.model.person import Person
from chronic.store import bundles, business, departing, editions, registry, seals, settling, transactions, transfers
from chronic.store.business import Whose
from chronic.store.stamp import Stamp
from chronic.store.travelling import GONE
from tests import derived
from tests.runner import Chronic

TODAY = date(2026, 11, 21)
_UNSAID = ("origin", "recorded_at", "recorded_by", "aliases", "numbered", "apart", "again")
"""Differs between registries: where a row was written down first, and by which uid somebody goes."""

Line = dict[str, Any]
Sent = tuple[dict[str, Any], list[Line]]


class Site:
    """One registry and whoever works there. Its clock may be wrong by so many milliseconds."""

    _ticks = count(1)

    def __init__(self, name: str, path: Path, like: Path, slow: int = 0) -> None:
        shutil.copy(like, path)
        self.name, self.path, self._slow = name, path, slow
        self.db = registry.connect(path)
        self.db.execute("PRAGMA synchronous = OFF")
        with transactions.immediate(self.db):
            self.db.execute("UPDATE setting SET value = ? WHERE key = 'origin'", (name,))
        self._editions = editions.read(self.db)
        self._chance = random.Random(name)

    @property
    def desk(self) -> Desk:
        ms = 1_790_000_000_000 + 1000 * next(Site._ticks) - self._slow
        at = f"2026-11-21T{ms // 3_600_000 % 24:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.000Z"
        return Desk(
            self.db, TODAY, self._editions, Stamp(at, ms, f"doctor of {self.name}", self.name, random=self._chance.randbytes)
        )

    def send(self, to: str, everything: bool = False) -> Sent:
        """A bundle as its reader sees it, without its wrapping."""
        desk = self.desk
        peer = bundles.peer(self.db, to) or bundles.Peer(to, "", "")
        after, since, whose = bundles.following(self.db, peer, everything)
        lines = json.loads(json.dumps(list(departing.lines(self.db, since, whose))))
        uid = desk.stamp.uid()
        with transactions.immediate(self.db):
            bundles.sent(self.db, uid, to, departing.marks(self.db), whose, desk.stamp)
        counts: dict[str, int] = {}
        for line in lines:
            counts[line["at"]] = counts.get(line["at"], 0) + 1
        (level,) = self.db.execute("SELECT value FROM setting WHERE key = 'level'").fetchone() or ("village",)
        told = {"uid": uid, "after": after, "acks": bundles.merged_from(self.db, to), "made_at": desk.stamp.at}
        return {**told, "from": self.name, "level": level, "counts": counts}, lines

    def take(self, sender: str, sent: Sent) -> care.Merged:
        header, lines = sent
        return care.merge(self.desk, sender, header, _looked_at(lines))

    def becomes(self, level: str) -> None:
        """The registry of a township or a county."""
        with transactions.immediate(self.db):
            self.db.execute("UPDATE setting SET value = ? WHERE key = 'level'", (level,))

    def ids(self, table: str, where: str = "1") -> list[int]:
        return [id_ for (id_,) in self.db.execute(f"SELECT id FROM {table} WHERE {where} ORDER BY id")]

    def everyone(self) -> list[int]:
        return self.ids("person")

    def trouble(self) -> list[str]:
        """What must never be so: old derived rows, two rows that count where there is room for one, facts without their
        seal."""
        found = [f"stale {person}" for person in derived.stale(self.db, self._editions, self.everyone())]
        self.db.execute("SAVEPOINT looking")
        found += [table for table in settling.KINDS if settling.settle(self.db, table, [0, *self.everyone()])]
        found += ["transfers"] if transfers.settle(self.db, self.everyone()) else []
        found += [f"elsewhere {person}" for person in transfers.lift(self.db) ^ transfers.lay(self.db, self.name)]
        self.db.execute("ROLLBACK TO looking")
        self.db.execute("RELEASE looking")
        found += [str(row) for row in self.db.execute("PRAGMA foreign_key_check")]
        found += [str(chunk) for chunk in seals.broken(self.db)]
        return found


class Sites(NamedTuple):
    """Two villages, and the township that both send to."""

    a: Site
    town: Site
    b: Site

    def tell(self) -> tuple[care.Merged, ...]:
        """Both villages tell the township."""
        return tuple(self.town.take(village.name, village.send("town")) for village in (self.a, self.b))

    def pass_on(self, rounds: int = 2) -> None:
        """What each village knows goes to the township and back."""
        for _round in range(rounds):
            self.tell()
            for village in (self.a, self.b):
                village.take("town", self.town.send(village.name))


def registered(site: Site, name: str = "王秀兰", number: str | None = None, archive_no: str | None = None) -> int:
    """Somebody new of 下各村; their number in this registry."""
    person = Person(name, village="下各村", township="城关镇", id_number=number, archive_no=archive_no)
    return register.add(site.desk, Given(person)).id


def trust(site: Site, name: str, place: str | None) -> None:
    """Exchange bundles with this one from now on; with a place: only what is its business."""
    with transactions.immediate(site.db):
        pinned = business.pinned(site.db, place) if place else None
        bundles.trust(site.db, bundles.Peer(name, f"key of {name}", "", "", pinned), site.desk.stamp)


def who(site: Site, name: str = "王秀兰") -> int:
    """The number of the only one called so."""
    ((id_,),) = site.db.execute("SELECT id FROM person WHERE name = ?", (name,)).fetchall()
    return int(id_)


def _looked_at(lines: Sequence[Line]) -> Iterator[Line]:
    """As a file's reader does it: what that refuses is not to be sent at all."""
    rows = bundled.Rows()
    for line in lines:
        rows.check(line)
        yield line


def known(db: sqlite3.Connection, people: Collection[int] | None = None) -> list[str]:
    """Everything that travels, or what is said of these people, as sorted lines; what counts and what does not is said of
    each row."""
    same = dict(_same(db))
    ended = {
        uid
        for table in (*settling.KINDS, "transfer")
        for (uid,) in db.execute(f"SELECT uid FROM {table} WHERE ended_by IS NOT NULL")
    }
    ended |= {uid for (uid,) in db.execute("SELECT uid FROM aside")}
    found = []
    for line in departing.lines(db, {}, None if people is None else all_of(people)):
        if people is not None and line["at"] == GONE:
            continue
        unsaid = (*_UNSAID, "slip") if line["at"] == "referral" else _UNSAID
        said = {name: value for name, value in line.items() if name not in unsaid}
        for name, value in said.items():
            if isinstance(value, str) and value in same:
                said[name] = same[value]
            elif name == "place" or name.endswith("_place"):
                said[name] = _from_the_village(value)
        if line["at"] == "person":
            said["tags"], said["refs"] = line.get("tags", []), line.get("refs", [])
        if line["uid"] in ended:
            said["counts"] = False
        whole = {name: value for name, value in said.items() if value is not None}
        found.append(json.dumps(whole, ensure_ascii=False, sort_keys=True))
    return sorted(found)


def _from_the_village(path: list[list[str]]) -> list[list[str]]:
    """A place as all registries name it: in which township a village lies each says for itself, or does not know."""
    return [step for step in path if step[0] in ("village", "hamlet")] or path


def all_of(people: Collection[int]) -> Whose:
    """Everything of these people and of nobody else."""
    none: frozenset[int] = frozenset()
    return Whose("", 0, none, none, {*people}, set(), set(), set(), set(), [], {})


def digest(db: sqlite3.Connection) -> str:
    return hashlib.sha256("\n".join(known(db)).encode()).hexdigest()


def _same(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """uid -> the smallest uid the same person goes by."""
    sql = """WITH every (person, uid) AS (SELECT id, uid FROM person UNION SELECT person, uid FROM person_alias)
      SELECT uid, (SELECT min(uid) FROM every AS o WHERE o.person = every.person) FROM every"""
    return db.execute(sql).fetchall()


def even_out(sites: list[Site], rounds: int = 6, pairs: Sequence[tuple[Site, Site]] = ()) -> None:
    """Everybody sends everybody else what is new, until nothing is. `pairs`: only those who exchange bundles at all."""
    for _round in range(rounds):
        new = 0
        for one, other in pairs or permutations(sites, 2):
            new += sum(other.take(one.name, one.send(other.name)).new.values())
        if not new and len({digest(site.db) for site in sites}) == 1:
            return


def with_its_key(path: Path, folder: Path) -> Chronic:
    """A copy of a registry and of the key it signs with, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    site = Chronic(folder)
    shutil.copy(path, site.path)
    shutil.copy(keys.file_of(path), keys.file_of(site.path))
    return site


def digest_of(path: Path) -> str:
    """Of a file nobody has open."""
    with contextlib.closing(registry.connect(path)) as db:
        return digest(db)
