"""Who is to report to this registry, where somebody says it otherwise than the trusted keys and the places do."""

from chronic.care.desk import Desk
from chronic.errors import ValueRefused
from chronic.store import bundles, units
from chronic.store.journal import deed


def expect(desk: Desk, peer: str | None, place: int | None, reports: bool) -> None:
    """A registry and what it speaks for, or a place without one. Raises ValueRefused (`bundle.nobody`)."""
    if peer is not None and bundles.peer(desk.db, peer) is None:
        raise ValueRefused("bundle.nobody", name=peer)
    with deed(desk.db, desk.stamp, "desk.expect"):
        units.say(desk.db, peer, place, reports, desk.stamp)
