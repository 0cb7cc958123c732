"""A registry's key pair: what it signs with (Ed25519), and what is encrypted to it (age, X25519).

Beside a registry that everybody can read it lies in a file of its own, so that whoever gets a copy of the registry cannot
sign in its name. In an encrypted registry, and so in its backups, it lies inside. Both libraries are an extra of the
package, imported when a bundle is made or read.
"""

import base64
import json
import os
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.store import own_key, sealing
from chronic.store.opening import Registry

_PREFIX = "chronic-key-1"


class Public(NamedTuple):
    """What others may know: the signing key as base64, the age recipient; whose it is: village, township, county, and its
    area code where it has one."""

    sign: str
    age: str
    level: str = ""
    area: str = ""

    @property
    def fingerprint(self) -> str:
        """Short enough to be read out over the phone."""
        return fingerprint(self.sign)


class Key(NamedTuple):
    """Both secrets. `sign`: 32 bytes as base64; `age`: AGE-SECRET-KEY-1…"""

    sign: str
    age: str

    @property
    def public(self) -> Public:
        crypto, age = libraries()
        sign = crypto.Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.sign)).public_key().public_bytes_raw()
        return Public(base64.b64encode(sign).decode(), str(age.x25519.Identity.from_str(self.age).to_public()))

    def told(self, level: str, area: str) -> str:
        """The public half as one word, to be sent. It is signed, so that who compares the fingerprint, which is of the
        signing key alone, has compared all of it."""
        crypto, _age = libraries()
        text = ":".join((_PREFIX, *self.public[:2], level, area))
        signature = crypto.Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.sign)).sign(text.encode())
        return f"{text}:{base64.b64encode(signature).decode()}"


def libraries() -> tuple[Any, Any]:
    """(ed25519 of cryptography, pyrage). Raises ValueRefused (`bundle.library`)."""
    try:
        import pyrage
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise ValueRefused("bundle.library") from None
    return ed25519, pyrage


def fingerprint(sign: str) -> str:
    from hashlib import sha256

    text = sha256(sign.encode()).hexdigest()[:16]
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def file_of(registry: Path) -> Path:
    return registry.with_name(f"{registry.name}.key")


def new() -> Key:
    """Of nobody yet."""
    crypto, age = libraries()
    sign = crypto.Ed25519PrivateKey.generate().private_bytes_raw()
    return Key(base64.b64encode(sign).decode(), str(age.x25519.Identity.generate()))


def make(db: Registry) -> Key:
    """A new key of this registry. Raises ValueRefused (`bundle.key_exists`, `file.unwritable`)."""
    path = file_of(Path(db.file))
    if path.exists() or own_key.read(db) is not None:
        raise ValueRefused("bundle.key_exists", path=path if path.exists() else db.file)
    key = new()
    text = json.dumps(key._asdict())
    if db.key is not None:
        own_key.write(db, text)
    else:
        _write(path, text)
    return key


def of(db: sqlite3.Connection) -> Key:
    """The key of this registry. Raises ValueRefused (`bundle.no_key`, `bundle.bad_key`)."""
    assert isinstance(db, Registry)
    settle(db)
    inside = own_key.read(db)
    return read(file_of(Path(db.file))) if inside is None else _key(inside, db.file)


def known(db: Registry) -> bool:
    """Has it a key?"""
    return own_key.read(db) is not None or file_of(Path(db.file)).exists()


def settle(db: Registry) -> None:
    """Have the key where it belongs: in a registry that was encrypted, beside one that is not any more. Interrupted, it is
    in both places until the next time. Another key than the registry's own, which somebody put there, is left alone."""
    inside, path = own_key.read(db), file_of(Path(db.file))
    if db.only_read or (inside is None and db.key is None):
        return
    beside = _text(path)
    if db.key is not None:
        if inside is None and beside is not None:
            _key(beside, path)  # else it is no key, and stays where it is
            own_key.write(db, beside)
        if beside is not None and inside in (None, beside):
            sealing.discard(path)
        return
    assert inside is not None
    if beside is None:
        _write(path, inside)
    if beside in (None, inside):
        own_key.forget(db)


def is_in(path: Path, text: str) -> bool:
    """Does the file hold this key, as a registry keeps it?"""
    return _text(path) == text


def _write(path: Path, text: str) -> None:
    """For its owner's eyes only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise ValueRefused("file.unwritable", path=path, problem=error.strerror or error) from None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def read(path: Path) -> Key:
    """A key in a file. Raises ValueRefused (`bundle.no_key`, `bundle.bad_key`)."""
    if not path.exists():
        raise ValueRefused("bundle.no_key")
    return _key(_text(path) or "", path)


def _key(text: str, where: "str | Path") -> Key:
    try:
        found = json.loads(text)
        key = Key(found["sign"], found["age"])
        _ = key.public
    except ValueRefused:
        raise
    except Exception:  # whatever the libraries say of a text that is no key
        raise ValueRefused("bundle.bad_key", text=where) from None
    return key


def public(text: str) -> Public:
    """Read what somebody was sent. Raises ValueRefused (`bundle.bad_key`)."""
    crypto, age = libraries()
    told, _, signature = text.strip().rpartition(":")
    prefix, *parts = told.split(":")
    try:
        if prefix != _PREFIX or len(parts) != 4:
            raise ValueError
        signer = crypto.Ed25519PublicKey.from_public_bytes(base64.b64decode(parts[0], validate=True))
        age.x25519.Recipient.from_str(parts[1])
        signer.verify(base64.b64decode(signature, validate=True), told.encode())
    except Exception:  # whatever either library says of what is no key, or not signed with it
        raise ValueRefused("bundle.bad_key", text=text[:40]) from None
    return Public(*parts)
