"""Backups of a plain registry that are encrypted for the way: as an encrypted registry, or to somebody's key.

Either is made of a plain copy beside the registry, which is readable there anyway; nothing else of it is in the clear.
"""

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from chronic.exchange import envelopes
from chronic.office.backups import Seal
from chronic.store import copies, opening, own_key, sealing
from chronic.store.cipher import Key

_AT_ONCE = 1 << 20


def under(key: Key, bundle_key: str | None) -> Seal:
    """As an encrypted registry under this key. `bundle_key`: the registry's own key of bundles, which goes into it."""

    def seal(plain: Path, target: Path) -> Path:
        with copies.appearing(target) as part:
            sealing.copy(plain, None, part, key)
            if bundle_key is not None:
                with closing(opening.opened_with(part, "rw", key)) as db:
                    own_key.write(db, bundle_key)
            copies.sound(part)
        return target

    return seal


def to_keys(ages: Sequence[str]) -> Seal:
    """As a file that only the owners of these age keys can open."""

    def seal(plain: Path, target: Path) -> Path:
        named = envelopes.named(target)
        whom = envelopes.To(keys=tuple(ages))
        with (
            copies.appearing(named) as part,
            part.open("wb") as out,
            plain.open("rb") as clear,
            envelopes.sealing(out, whom) as into,
        ):
            shutil.copyfileobj(clear, into, _AT_ONCE)
        return named

    return seal
