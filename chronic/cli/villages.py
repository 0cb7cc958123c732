"""The village a list is asked for, by its name."""

from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.store import places


def villages_named(session: Session, name: str | None) -> tuple[int, ...] | None:
    """The villages of this name, None where no village was named. Raises ValueRefused (`place.none`)."""
    villages = tuple(places.village_ids(session.db, name)) if name else None
    if villages == ():
        raise ValueRefused("place.none", village=name)
    return villages
