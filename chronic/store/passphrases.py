"""From a passphrase to a key and back to paper: a key of its own for each registry, however alike the passphrases."""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata

from chronic.errors import ValueRefused
from chronic.store.cipher import SECRET_BYTES, Key
from chronic.store.opening import HEAD_BYTES, SEALED

_CHECK_BYTES = 4
_SALT_BYTES = HEAD_BYTES - len(SEALED) - _CHECK_BYTES
_N, _R, _P = 1 << 17, 8, 1
_MEMORY = 160 << 20
"""scrypt: 128 MB and about half a second for each guess at a passphrase (the first of OWASP's recommended settings)."""
_SHORTEST = 8
"""Characters of a passphrase."""
_GROUP = 4
_RECOVERY = re.compile(r"[A-Z2-7]{52}")


def new_key(passphrase: str) -> Key:
    """Raises ValueRefused (key.short)."""
    salt = secrets.token_bytes(_SALT_BYTES)
    secret = _stretched(worded(passphrase), salt)
    return Key(secret, _head(secret, salt))


def worded(passphrase: str) -> str:
    """A new passphrase, as every keyboard puts its characters together. Raises ValueRefused (key.short)."""
    if len(passphrase.strip()) < _SHORTEST:
        raise ValueRefused("key.short", least=_SHORTEST)
    return as_typed(passphrase)


def as_typed(passphrase: str) -> str:
    """The same however a keyboard puts its characters together."""
    return unicodedata.normalize("NFKC", passphrase)


def key_of_words(typed: str, head: bytes) -> Key | None:
    """The key behind a passphrase or a recovery key, for the registry that begins so; None if it is a wrong one."""
    salt = head[len(SEALED) : -_CHECK_BYTES]
    letters = re.sub(r"[\s-]", "", typed).upper()
    guesses = [base64.b32decode(letters + "====")] if _RECOVERY.fullmatch(letters) else []
    for secret in (*guesses, _stretched(typed, salt)):
        if hmac.compare_digest(_head(secret, salt), head):
            return Key(secret, head)
    return None


def recovery(key: Key) -> str:
    """The key to be written down: groups of letters, and digits that no letter looks like."""
    letters = base64.b32encode(key.secret).decode().rstrip("=")
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _head(secret: bytes, salt: bytes) -> bytes:
    return SEALED + salt + hmac.digest(secret, b"chronic key check" + salt, "sha256")[:_CHECK_BYTES]


def _stretched(passphrase: str, salt: bytes) -> bytes:
    words = as_typed(passphrase).encode("utf-8", "surrogateescape")
    return hashlib.scrypt(words, salt=b"chronic registry" + salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=SECRET_BYTES)
