"""Names for rows in files that analysts get: the same each time, and nobody outside this registry can tell whose.

The uid of an imported row is a hash of whose it is and what it says, which could be found by trying ID numbers. So it
leaves the registry only under a key that stays here.
"""

import os
import sqlite3
from collections.abc import Callable

from chronic.store.transactions import immediate

_BYTES = 16
_READ = "SELECT value FROM setting WHERE key = 'pseudonym_key'"


def pseudonyms(db: sqlite3.Connection) -> Callable[[str], str]:
    """uid -> pseudonym, 32 hexadecimal digits. The key is made once and kept."""
    import hashlib

    key = bytes.fromhex(_key(db))
    return lambda uid: hashlib.blake2b(uid.encode(), key=key, digest_size=_BYTES).hexdigest()


def own_key(db: sqlite3.Connection) -> bytes:
    """The key of this registry, made once and kept."""
    return bytes.fromhex(_key(db))


def numbers(key: bytes) -> Callable[[str], int]:
    """uid -> a number of 63 bits: the first ones of its pseudonym under that key, as a column of numbers takes a third of
    the room. Of a hundred million, two are one with a chance of one in two thousand."""
    import hashlib

    def number(uid: str) -> int:
        return int.from_bytes(hashlib.blake2b(uid.encode(), key=key, digest_size=_BYTES).digest()[:8], "big") >> 1

    return number


def fingerprint(key: bytes) -> str:
    """Tells whether two exports were made under one key, and nothing of the key."""
    import hashlib

    return hashlib.blake2b(b"chronic export parquet", key=key, digest_size=_BYTES).hexdigest()


def _key(db: sqlite3.Connection) -> str:
    known = db.execute(_READ).fetchone()
    if known is None:
        with immediate(db):
            fresh = os.urandom(2 * _BYTES).hex()
            db.execute("INSERT INTO setting (key, value) VALUES ('pseudonym_key', ?) ON CONFLICT (key) DO NOTHING", (fresh,))
            known = db.execute(_READ).fetchone()
    return str(known[0])
