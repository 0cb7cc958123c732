"""A made-up county: one registry that trusts many villages, and a bundle of each of them for it.

One demo registry of everybody is split by village, so that 300 villages of 300 people are made in a minute or two. The
bundles are signed by each village and encrypted to the county, as `bundle make` does; nothing in them says that it is
made up.
"""

import hashlib
import json
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from chronic.care.desk import Desk
from chronic.care.replan import replan
from chronic.exchange import bundles as files
from chronic.exchange import keys
from chronic.exchange.keys import Key
from chronic.office import bundles as office
from chronic.office import demo
from chronic.protocol import DEFAULT, load
from chronic.store import bundles, departing, editions, registry
from chronic.store.arriving import Arrival
from chronic.store.journal import BUNDLE, deed
from chronic.store.stamp import Stamp
from chronic.store.transactions import immediate
from chronic.store.travelling import TRAVELLING

TODAY = date(2026, 11, 21)
AT, MS = "2026-11-20T16:00:00.000Z", 1_795_190_400_000
"""When everything in it was recorded and packed: the beginning of that day in China."""
COUNTY = "县疾控"

Line = dict[str, Any]


class Village(NamedTuple):
    """One of them. `bundle`: everything it knows, for the county. `registry`: its own file, where it was asked for."""

    name: str
    township: str
    origin: str
    bundle: Path
    registry: Path | None
    people: int


def county(folder: Path) -> Path:
    """The registry that `villages` makes beside them: empty, with its key, trusting each village by its name."""
    return folder / "county.db"


def villages(folder: Path, villages: int = 30, people: int = 300, seed: int = 1, registries: bool = False) -> list[Village]:
    """So many villages of so many residents each, made in `folder`, and `county(folder)`.

    `registries`: each village's own registry too, which takes some seconds per thousand people.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Village] = []
    _create(county(folder), COUNTY, "county", "county")
    with closing(registry.connect(county(folder))) as whole, tempfile.TemporaryDirectory() as scratch:
        key = keys.read(keys.file_of(county(folder))).public
        demo_db = _everybody(Path(scratch) / "all.db", villages, people, seed)
        with closing(demo_db) as everybody:
            shares = _split(everybody)
        for (township, name), lines in shares.items():
            called = f"{township} {name}"
            origin = hashlib.sha256(f"{seed} {called}".encode()).hexdigest()[:16]
            mine = [{**line, "origin": origin} if "origin" in line else line for line in lines]
            out, own = folder / f"{called}.bundle", folder / f"{called}.db" if registries else None
            its = _own_bundle(own, called, origin, mine, key, out) if own else _packed(called, origin, mine, key, out)
            with immediate(whole):
                peer = bundles.Peer(called, its.public.sign, its.public.age, "village", f"{township}/{name}")
                bundles.trust(whole, peer, stamp(COUNTY, "county"))
            found.append(Village(called, township, origin, out, own, sum(line["at"] == "person" for line in mine)))
    return found


def stamp(by: str, origin: str, at: str = AT, ms: int = MS) -> Stamp:
    return Stamp(at, ms, by, origin)


def _everybody(path: Path, villages: int, people: int, seed: int) -> sqlite3.Connection:
    """The registry of all of them, filled as the demo is."""
    edition = load(DEFAULT)
    registry.create(
        path, {"name": "all", "origin": demo.ORIGIN}, [(edition.effective_from.isoformat(), edition.id, AT, "all")]
    )
    db = registry.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    demo.fill(Desk(db, TODAY, editions.read(db), stamp("all", demo.ORIGIN)), villages * people, seed, villages=villages)
    return db


def _split(db: sqlite3.Connection) -> dict[tuple[str, str], list[Line]]:
    """(township, village) -> the lines of its people, in the order they are sent."""
    owners: dict[str, tuple[str, str]] = {}
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in departing.lines(db, {}):
        where = (
            (line["township"], line["village"])
            if line["at"] == "person"
            else next((owners[line[name]] for name in _references(line) if line[name] in owners), None)
        )
        if where is not None:
            owners[line["uid"]] = where
            found[where].append(line)
    return dict(found)


def _references(line: Line) -> Iterator[str]:
    return (name for name in TRAVELLING[line["at"]] if isinstance(line.get(name), str))


def _packed(name: str, origin: str, lines: list[Line], to: keys.Public, out: Path) -> Key:
    """A bundle of a village that has no registry of its own here."""
    key = keys.new()
    uid = hashlib.sha256(f"bundle {origin}".encode()).hexdigest()[:32]
    header = {
        "uid": uid, "from": origin, "name": name, "level": "village", "to": COUNTY, "after": "", "acks": [], "made_at": AT,
        "pseudonymous": False, "schema": registry.SCHEMA_VERSION,
    }  # fmt: skip
    out.write_bytes(files.pack(header, lines, key, to.age))
    return key


def _own_bundle(path: Path, name: str, origin: str, lines: list[Line], to: keys.Public, out: Path) -> Key:
    """A registry with these rows, and what it sends."""
    key = _create(path, name, origin, "village")
    with closing(registry.connect(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        desk = Desk(db, TODAY, editions.read(db), stamp(name, origin))
        with deed(db, desk.stamp, BUNDLE):
            arrival = Arrival(db, TODAY, desk.stamp, ())
            arrival.take(json.loads(json.dumps(lines)))
            replan(desk, sorted(arrival.touched))
            bundles.trust(db, bundles.Peer(COUNTY, to.sign, to.age, "county"), desk.stamp)
        out.write_bytes(office.make(desk, COUNTY, False, False).data)
    return key


def _create(path: Path, name: str, origin: str, level: str) -> Key:
    edition = load(DEFAULT)
    settings = {"name": name, "level": level, "doctor": f"{name}医生", "origin": origin}
    registry.create(path, settings, [(edition.effective_from.isoformat(), edition.id, AT, name)])
    with closing(registry.connect(path)) as db:
        return keys.make(db)
