"""Encrypted registries: SQLCipher under one key, which a passphrase is stretched into once and for all.

SQLCipher leaves the first 16 bytes of a file unencrypted for a salt. Ours say what the file is, the salt of its
passphrase, and 32 bits that tell its key from any other: an encrypted registry stays one file that opens anywhere with
its passphrase, is never taken for a damaged one, and a wrong key is known before a page is read.
A key is 256 bits, so SQLCipher need not stretch it again with every command; that took 130 ms.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import sqlite3
import unicodedata
from typing import TYPE_CHECKING, Any, Self, cast

from chronic.errors import RegistryUnusable, ValueRefused
from chronic.store.registry import HEAD_BYTES, SEALED, in_uri

if TYPE_CHECKING:
    from pathlib import Path

_SALT_BYTES, _CHECK_BYTES, _SECRET_BYTES = 8, 4, 32
_HARD = {"n": 1 << 17, "r": 8, "p": 1, "maxmem": 160 << 20}
"""scrypt: 128 MB and about half a second for each guess at a passphrase (OWASP's first choice of parameters)."""
SHORTEST = 8
"""Characters of a passphrase."""
_GROUP = 4
_RECOVERY = re.compile(r"[A-Z2-7]{52}")


class Key:
    """The key of one registry. `name` is no secret: it says which key a registry needs."""

    __slots__ = ("_salt", "_secret")

    def __init__(self, secret: bytes, salt: bytes) -> None:
        self._secret, self._salt = secret, salt

    def __repr__(self) -> str:
        return f"Key({self.name})"  # never what it opens with: a traceback may show it

    @property
    def name(self) -> str:
        return name_of(self.head)

    @property
    def head(self) -> bytes:
        """How a registry under this key begins."""
        check = hmac.digest(self._secret, b"chronic key check" + self._salt, "sha256")[:_CHECK_BYTES]
        return SEALED + self._salt + check

    @property
    def text(self) -> str:
        """As it stands in a key file or a keyring."""
        return self._secret.hex()

    @property
    def recovery(self) -> str:
        """To be written down: groups of letters, and digits that no letter looks like."""
        letters = base64.b32encode(self._secret).decode().rstrip("=")
        return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))

    @property
    def raw(self) -> str:
        """For SQLCipher: the key and the salt it begins the file with."""
        return f"x'{self._secret.hex()}{self.head.hex()}'"

    @classmethod
    def new(cls, passphrase: str) -> Self:
        """A key of its own for each registry, however alike the passphrases. Raises ValueRefused (key.short)."""
        if len(passphrase) < SHORTEST:
            raise ValueRefused("key.short", least=SHORTEST)
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(_stretched(passphrase, salt), salt)


def name_of(head: bytes) -> str:
    return head[len(SEALED) :].hex()


def key_of_text(text: str, head: bytes) -> Key | None:
    """The key a key file holds for the registry that begins so; None if it is another's, or none at all."""
    try:
        return _fitting(bytes.fromhex(text), head)
    except ValueError:
        return None


def key_of_words(typed: str, head: bytes) -> Key | None:
    """The key behind a passphrase or a recovery key; None if it is a wrong one."""
    letters = re.sub(r"[\s-]", "", typed).upper()
    if _RECOVERY.fullmatch(letters):
        try:
            key = _fitting(base64.b32decode(letters + "===="), head)
        except binascii.Error:
            key = None
        if key is not None:
            return key
    return _fitting(_stretched(typed, _salt_of(head)), head)


def _fitting(secret: bytes, head: bytes) -> Key | None:
    key = Key(secret, _salt_of(head))
    return key if len(secret) == _SECRET_BYTES and hmac.compare_digest(key.head, head) else None


def _salt_of(head: bytes) -> bytes:
    return head[len(SEALED) : -_CHECK_BYTES]


def _stretched(passphrase: str, salt: bytes) -> bytes:
    """However a keyboard puts the same characters together."""
    words = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogateescape")
    return hashlib.scrypt(words, salt=b"chronic registry" + salt, dklen=_SECRET_BYTES, **_HARD)


def library() -> Any:
    """SQLCipher's DB-API. Raises RegistryUnusable (cipher.library)."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        raise RegistryUnusable("cipher.library") from None
    return dbapi2


def opened(path: "str | Path", key: Key | None, wait_s: float) -> sqlite3.Connection:
    """A connection as sqlite3's, down to the names; only its exceptions are others (`registry.errors`).

    `key`: None for a file that is not encrypted. The file is not read yet.
    """
    dbapi2 = library()

    class Connection(dbapi2.Connection):  # type: ignore[misc, name-defined]
        """Knows its key, so that a copy can be made under the same."""

    db = dbapi2.connect(
        f"file:{in_uri(path)}?mode=rw", uri=True, timeout=wait_s, isolation_level=None, factory=Connection
    )
    db.key = key
    db.execute("PRAGMA cipher_log_level = NONE")  # else it writes to stderr by itself
    if key is not None:
        db.execute(f'PRAGMA key = "{key.raw}"')
    return cast("sqlite3.Connection", db)


assert HEAD_BYTES == len(SEALED) + _SALT_BYTES + _CHECK_BYTES
