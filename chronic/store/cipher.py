"""Encrypted registries: SQLCipher under one key of 256 bits, which is not stretched again with every command (that takes
130 ms) but once, from a passphrase (`store.passphrases`).

SQLCipher leaves the first 16 bytes of a file unencrypted for a salt. Ours say what the file is, the salt of its
passphrase, and 32 bits that tell its key from any other: so an encrypted registry stays one file that opens anywhere
with its passphrase, is never taken for a damaged one, and a wrong key is known before a page is read.
"""

import os
from typing import TYPE_CHECKING, cast

from chronic.errors import RegistryUnusable
from chronic.store.opening import HEAD_BYTES, SEALED

if TYPE_CHECKING:
    from types import ModuleType

    from chronic.store.opening import Registry

SECRET_BYTES = 32


class Key:
    """The key of the registry that begins with `head`."""

    __slots__ = ("_secret", "head")

    def __init__(self, secret: bytes, head: bytes) -> None:
        self._secret, self.head = secret, head

    def __repr__(self) -> str:
        return f"Key({self.name})"  # never what it opens with: a traceback may show it

    @property
    def name(self) -> str:
        """Which key a registry needs, which is no secret."""
        return name_of(self.head)

    @property
    def text(self) -> str:
        """As it stands in a key file or a keyring."""
        return self._secret.hex()

    @property
    def raw(self) -> str:
        """For SQLCipher: the key, and what it begins the file with."""
        return f"x'{self._secret.hex()}{self.head.hex()}'"

    @property
    def secret(self) -> bytes:
        return self._secret


def passing() -> Key:
    """The key of a file that is gone before this program ends."""
    return Key(os.urandom(SECRET_BYTES), SEALED + os.urandom(HEAD_BYTES - len(SEALED)))


def name_of(head: bytes) -> str:
    return head[len(SEALED) :].hex()


def key_of_text(text: str, head: bytes) -> Key | None:
    """The key in a line of a key file under the name of this head; None if it is none."""
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        return None
    return Key(secret, head) if len(secret) == SECRET_BYTES else None


def loaded() -> "ModuleType":
    """SQLCipher, behind the door of sqlite3. Raises RegistryUnusable (cipher.missing)."""
    try:
        from chronic.store import sqlcipher
    except ImportError:
        raise RegistryUnusable("cipher.missing") from None
    return sqlcipher


def opened(uri: str, key: Key | None, wait_s: float) -> "Registry":
    """A connection as `registry.opened` has it; the file is not read yet. `key`: None for one that is not encrypted."""
    db = loaded().Sealed(uri, uri=True, timeout=wait_s, isolation_level=None)
    db.key = key
    db.execute("PRAGMA cipher_log_level = NONE")  # else it writes to stderr by itself
    if key is not None:
        db.execute(f'PRAGMA key = "{key.raw}"')
    return cast("Registry", db)
