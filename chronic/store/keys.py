"""Where keys lie: files that only their owner may read, and the keyring of the operating system.

A key file holds a line for each key, so that backups made under an earlier passphrase still open:

    # chronic: keys of encrypted registries. Who has this file can read them.
    4be1c0ffee00112233445566 9f86d081884c7d65…
"""

import os
from typing import TYPE_CHECKING, Any

from chronic.errors import RegistryUnusable, ValueRefused
from chronic.store.cipher import Key, key_of_text, name_of

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

_SERVICE = "chronic"
_MARK = "# chronic: keys of encrypted registries. Who has this file can read them.\n"
_MOST_BYTES = 1 << 20


def in_file(path: "str | Path", head: bytes) -> Key | None:
    """The key of the registry that begins so. Raises RegistryUnusable (key.file): there is no such file, or it is no
    file of keys."""
    try:
        with open(path, encoding="ascii") as stream:
            text = stream.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        raise RegistryUnusable("key.file", path=path, problem=error) from None
    for line in text.splitlines():
        name, _space, rest = line.partition(" ")
        key = key_of_text(rest.strip(), head) if name == name_of(head) else None
        if key is not None:
            return key
    return None


def add_to_file(path: "Path", key: Key) -> None:
    """A line more, in a file nobody else may read. Raises ValueRefused (key.unwritable)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "r+b") as stream:
            before = stream.read(_MOST_BYTES)
            mark = b"" if before else _MARK.encode()
            gap = b"\n" if before and not before.endswith(b"\n") else b""
            stream.write(mark + gap + f"{key.name} {key.text}\n".encode())
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise ValueRefused("key.unwritable", path=path, problem=error.strerror or error) from None


def in_keyring(head: bytes) -> Key | None:
    """None also where this computer has no keyring, as under cron."""
    keyring = _keyring()
    try:
        text = keyring.get_password(_SERVICE, name_of(head)) if keyring is not None else None
    except Exception:  # whatever the system's own services raise: it is locked, it has gone away
        return None
    return key_of_text(text, head) if text else None


def add_to_keyring(key: Key) -> bool:
    """Is it there now?"""
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(_SERVICE, key.name, key.text)
        return bool(keyring.get_password(_SERVICE, key.name) == key.text)
    except Exception:
        return False


def _keyring() -> "ModuleType | Any | None":
    """The library, where it finds a keyring that keeps what it is given."""
    try:
        import keyring
        from keyring.backends import fail, null
    except ImportError:
        return None
    found = keyring.get_keyring()
    return None if isinstance(found, (fail.Keyring, null.Keyring)) else keyring
