"""A registry's key pair: what it signs with (Ed25519), and what is encrypted to it (age, X25519).

The file lies beside the registry, not in it: whoever copies the registry does not copy its name. Both libraries are an
extra of the package, imported when a bundle is made or read.
"""

import base64
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from chronic.errors import ValueRefused

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


def make(path: Path) -> Key:
    """A new key, readable by its owner only. Raises ValueRefused (`bundle.key_exists`, `file.unwritable`)."""
    crypto, age = libraries()
    sign = crypto.Ed25519PrivateKey.generate().private_bytes_raw()
    key = Key(base64.b64encode(sign).decode(), str(age.x25519.Identity.generate()))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ValueRefused("bundle.key_exists", path=path) from None
    except OSError as error:
        raise ValueRefused("file.unwritable", path=path, problem=error.strerror or error) from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(key._asdict(), out)
    return key


def read(path: Path) -> Key:
    """Raises ValueRefused (`bundle.no_key`, `bundle.bad_key`)."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        key = Key(found["sign"], found["age"])
        _ = key.public
    except FileNotFoundError:
        raise ValueRefused("bundle.no_key") from None
    except ValueRefused:
        raise
    except Exception:  # whatever the libraries say of a file that is no key
        raise ValueRefused("bundle.bad_key", text=path) from None
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
