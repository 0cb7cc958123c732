"""Bundles as files: make one for somebody, look into one, merge one."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from chronic.care import bundles as care
from chronic.care.desk import Desk
from chronic.errors import ValueRefused
from chronic.exchange import bundled, keys
from chronic.exchange import bundles as files
from chronic.store import bundles, departing
from chronic.store.bundles import Peer
from chronic.store.pseudonyms import pseudonyms
from chronic.store.registry import SCHEMA_VERSION, settings
from chronic.store.transactions import immediate, streaming
from chronic.store.travelling import GONE, PERSON, TRAVELLING

_NO_ROWS = (
    LookupError, TypeError, AttributeError, ValueError, ArithmeticError,
    sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError,
)  # fmt: skip


Part = tuple[str, dict[str, int], bytes]
"""A bundle: its uid, how far it reaches, the file."""


class Made(NamedTuple):
    """A bundle ready to be written. `after`: blank where it holds everything."""

    data: bytes
    counts: dict[str, int]
    after: str
    plain: bool
    more: tuple[bytes, ...] = ()
    """Where it is too much for one: those that are to be merged after it, in order."""


class Seen(NamedTuple):
    """A bundle that fits its signature; `peer` is who made it, None where nobody trusts that key; `own`: made here."""

    header: files.Header
    peer: str | None
    own: bool = False


def make(desk: Desk, to: str, everything: bool, plain: bool, nameless: bool = False, most: int = files.LARGEST) -> Made:
    """Everything new since what this receiver acknowledged, as far as it is their business; `nameless`: for analysis,
    never merged; `most`: bytes of rows that one bundle may hold.

    Raises ValueRefused (`bundle.no_key`, `bundle.stranger`, `bundle.places`, `bundle.large`).
    """
    key = keys.of(desk.db)
    peer = bundles.peer(desk.db, to)
    if peer is None and not plain:
        raise ValueRefused("bundle.stranger", name=to)
    own = settings(desk.db)
    header = _header(desk, own, "", to) | {"acks": bundles.merged_from(desk.db, to), "pseudonymous": nameless}
    if nameless:
        pseudonyms(desk.db)  # the key is made before the file is read as it stands
    recipient = None if plain or peer is None else peer.age_key
    with streaming(desk.db):
        next_ = bundles.following(desk.db, peer or Peer(to, "", ""), everything)
        parts = _Parts(desk, header, next_, nameless)
        made = list(parts.packed(lambda header, lines: files.pack(header, lines, key, recipient, most)))
    if not nameless:  # analysts acknowledge nothing
        with immediate(desk.db):
            for uid, marks, _data in made:
                bundles.sent(desk.db, uid, to, marks, next_.whose, desk.stamp)
    every = [data for _uid, _marks, data in made]
    counts = Counter[str]()
    for data in every:
        counts.update(json.loads(data.split(b"\n", 2)[1])["counts"])
    return Made(every[0], dict(counts), next_.after, plain, tuple(every[1:]))


class _Parts(NamedTuple):
    """What is to be sent, in as many bundles as it takes: each builds on the one before."""

    desk: Desk
    header: dict[str, Any]
    next: bundles.Next
    nameless: bool

    def packed(self, pack: Callable[[files.Header, Iterator[departing.Line]], bytes]) -> Iterator[Part]:
        """Raises ValueRefused (`bundle.large`) where it cannot be parted."""
        after, spans = self.next.after, [(self.next.since, departing.marks(self.desk.db))]
        while spans:
            since, until = spans.pop()
            uid = self.desk.stamp.uid()
            try:
                data = pack({**self.header, "uid": uid, "after": after}, self._lines(since, until))
            except ValueRefused as error:
                middle = departing.halfway(since, until)
                if error.code != "bundle.large" or self.next.whose is not None or middle is None:
                    raise
                spans += [(middle, until), (since, middle)]
                continue
            yield uid, until, data
            after = uid

    def _lines(self, since: dict[str, int], until: dict[str, int]) -> Iterator[departing.Line]:
        lines = departing.lines(self.desk.db, since, self.next.whose, until)
        if not self.nameless:
            return lines
        from chronic.office import pseudonymous

        return pseudonymous.lines(self.desk.db, lines)


def addressed(desk: Desk, to: str | None) -> tuple[keys.Key, Peer | None]:
    """Who signs a file of one person, and whom it is for, None for anybody.

    Raises ValueRefused (`bundle.no_key`, `bundle.bad_key`, `bundle.library`, `bundle.stranger`).
    """
    keys.libraries()
    key = keys.of(desk.db)
    peer = bundles.peer(desk.db, to) if to is not None else None
    if to is not None and peer is None:
        raise ValueRefused("bundle.stranger", name=to)
    return key, peer


def carry(desk: Desk, person: int, to: str | None) -> Made:
    """One person's whole history, for whoever takes them on; `to`: encrypted to this receiver. What a bundle to them holds
    next does not hang on it. Raises as `addressed`, and ValueRefused (`bundle.large`)."""
    key, peer = addressed(desk, to)
    own = settings(desk.db)
    header = _header(desk, own, desk.stamp.uid(), to or "") | {"one": True}
    with streaming(desk.db):
        data = files.pack(header, departing.lines_of(desk.db, person), key, peer.age_key if peer else None)
    return Made(data, json.loads(data.split(b"\n", 2)[1])["counts"], "", peer is None)


def _header(desk: Desk, own: Mapping[str, str], uid: str, to: str) -> files.Header:
    """Who speaks, to whom, when; as if it acknowledged nothing and came after nothing."""
    return {
        "uid": uid, "from": own.get("origin", ""), "name": own.get("name", ""), "level": own.get("level", ""), "to": to,
        "after": "", "acks": [], "made_at": desk.stamp.at, "pseudonymous": False, "schema": SCHEMA_VERSION,
        "demo": own.get("demo") == "yes",
    }  # fmt: skip


def look(desk: Desk, path: Path) -> Seen:
    """What a file says of itself. Raises as `files.read` does."""
    found = files.read(path)
    peer = bundles.by_key(desk.db, found.header["key"])
    with suppress(ValueRefused):  # without a key of its own nothing was made here
        if keys.of(desk.db).public.sign == found.header["key"]:
            return Seen(found.header, peer.name if peer else None, own=True)
    return Seen(found.header, peer.name if peer else None)


def merge(desk: Desk, path: Path, dry: bool) -> tuple[Seen, care.Merged]:
    """Raises ValueRefused before anything is written: whatever is wrong with the file, its sender or its rows."""
    found = files.read(path)
    peer = bundles.by_key(desk.db, found.header["key"])
    if peer is None:
        raise ValueRefused("bundle.untrusted", name=found.header["name"], key=keys.fingerprint(found.header["key"]))
    if found.header["schema"] > SCHEMA_VERSION:
        raise ValueRefused("bundle.newer", path=path)
    if found.header["pseudonymous"]:
        raise ValueRefused("bundle.pseudonymous", path=path)
    demo, own = found.header.get("demo", False), settings(desk.db).get("demo") == "yes"
    if demo != own:
        raise ValueRefused("bundle.demo" if demo else "bundle.into_demo", path=path)
    key = None if found.header["plain"] else keys.of(desk.db)
    lines = _known(files.rows(found, key, path), path)
    try:
        return Seen(found.header, peer.name), care.merge(desk, peer.name, found.header, lines, dry)
    except _NO_ROWS as error:  # signed by somebody trusted, and still no rows of ours: nothing of it is kept
        raise ValueRefused("bundle.wrong", path=path) from error


def _known(lines: Iterator[dict[str, Any]], path: Path) -> Iterator[dict[str, Any]]:
    kinds, seen = {*TRAVELLING, GONE, PERSON}, bundled.Rows()
    for line in lines:
        if line["at"] not in kinds:
            raise ValueRefused("bundle.newer", path=path)
        seen.check(line)
        yield line
