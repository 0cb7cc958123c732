"""Whom this registry trusts, and what they are sent: everything above it, the people of its place below."""

import sqlite3

from chronic.errors import ValueRefused
from chronic.exchange import keys
from chronic.exchange.keys import Public
from chronic.store import bundles, business
from chronic.store.bundles import Peer
from chronic.store.opening import Registry
from chronic.store.registry import settings
from chronic.store.stamp import Stamp
from chronic.store.transactions import immediate

_RANKS = ("village", "township", "county")


def peer(db: Registry, name: str, key: Public, place: str | None, everything: bool) -> Peer:
    """How this key would be trusted. What was said of the name before holds, as far as nothing else is said now.

    Raises ValueRefused (`bundle.nameless`, `bundle.own_key`, `bundle.known_key`, `bundle.places`).
    """
    if not name.strip():
        raise ValueRefused("bundle.nameless")
    if keys.known(db) and keys.of(db).public.sign == key.sign:
        raise ValueRefused("bundle.own_key")
    same = bundles.by_key(db, key.sign)
    if same is not None and same.name != name:
        raise ValueRefused("bundle.known_key", name=same.name)
    old = bundles.peer(db, name)
    if everything:
        area = None
    elif place:
        area = business.pinned(db, place)
    elif old is not None and old.level == key.level:
        area = old.place
    else:
        area = None if _above(settings(db), key) else business.pinned(db, _place(db, name, key))
    return Peer(name, key.sign, key.age, key.level, area)


def known_place(db: sqlite3.Connection, peer: Peer) -> bool:
    """Has anybody here heard of their place? Raises ValueRefused (`bundle.places`)."""
    return peer.place is not None and bool(business.places_of(db, peer.place))


def known(db: sqlite3.Connection, name: str) -> Peer:
    """Raises ValueRefused (`bundle.nobody`)."""
    found = bundles.peer(db, name)
    if found is None:
        raise ValueRefused("bundle.nobody", name=name)
    return found


def trust(db: sqlite3.Connection, peer: Peer, stamp: Stamp) -> None:
    with immediate(db):
        bundles.trust(db, peer, stamp)


def drop(db: sqlite3.Connection, name: str) -> None:
    with immediate(db):
        bundles.drop(db, name)


def _above(own: dict[str, str], key: Public) -> bool:
    """Is it above this registry, or another computer of the same clinic?"""
    if key.level not in _RANKS or own.get("level") not in _RANKS:
        return False
    mine, other = _RANKS.index(own["level"]), _RANKS.index(key.level)
    return other > mine or (other == mine and key.area != "" and key.area == own.get("area"))


def _place(db: sqlite3.Connection, name: str, key: Public) -> str:
    return key.area if key.area and business.places_of(db, key.area) else name
