"""Encrypted files for the way: what is written here lies on no disk in the clear, and only whom it is for can open it.

They are files of age (age-encryption.org/v1), which other programs open too: under a passphrase, or to the age key of a
registry (`exchange.keys`). To a key a file is written as it comes, whatever its size. Under a passphrase the library
takes it only as a whole, so it is held in memory, and one that is too large for that is refused. The library is an extra
of the package, imported when such a file is made or opened.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import IO, Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.files import reading

SUFFIX = ".age"
MOST = 100_000_000
"""Bytes of what is encrypted under a passphrase, or opened in memory."""
_MARK, _PASSPHRASE = b"age-encryption.org/v1\n", b"-> scrypt "
_OVERHEAD = 1 << 16
_OTHERS = ("Decryption failed", "No matching keys found")
"""What the library says where the file is whole, as far as it looked, and is not for this passphrase or key."""


class To(NamedTuple):
    """Whom a file is for: a passphrase, or age keys."""

    passphrase: str = ""
    keys: tuple[str, ...] = ()


class Secret(NamedTuple):
    """What opens a file: a passphrase, or the secret age key."""

    passphrase: str = ""
    key: str = ""


def library() -> Any:
    """pyrage. Raises ValueRefused (`seal.library`)."""
    try:
        import pyrage
    except ImportError:
        raise ValueRefused("seal.library") from None
    return pyrage


def is_sealed(path: Path) -> bool:
    return _head(path).startswith(_MARK)


def wants_passphrase(path: Path) -> bool:
    """Of a sealed file: is it a passphrase that opens it?"""
    return _head(path).removeprefix(_MARK).startswith(_PASSPHRASE)


def named(out: Path) -> Path:
    """What an encrypted file is called, so that nobody takes it for a sheet."""
    return out if out.suffix.lower() == SUFFIX else out.with_name(out.name + SUFFIX)


def _head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with reading(path), path.open("rb") as stream:
        return stream.read(len(_MARK + _PASSPHRASE))


@contextmanager
def sealing(out: IO[bytes], to: To) -> Iterator[IO[bytes]]:
    """What is written inside is written to `out` encrypted, complete at the end. Raises ValueRefused: `seal.library`,
    `seal.large`; OSError where `out` cannot be written."""
    age = library()
    if to.passphrase:
        clear = _Limited()
        yield clear
        out.write(age.passphrase.encrypt(clear.getvalue(), to.passphrase))
        return
    with _streamed(age, out, [age.x25519.Recipient.from_str(key) for key in to.keys]) as pipe:
        yield pipe


class _Limited(BytesIO):
    """Bytes in memory, and no more than so many."""

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > MOST:
            raise ValueRefused("seal.large", most=MOST // 1_000_000)
        return super().write(data)


@contextmanager
def _streamed(age: Any, out: IO[bytes], recipients: Sequence[object]) -> Iterator[IO[bytes]]:
    """The library reads, and we write: a pipe is between, and who reads works beside."""
    source, sink = os.pipe()
    failed: list[Exception] = []
    taken = _Taken(out)

    def encrypt() -> None:
        with open(source, "rb") as clear:
            try:
                age.encrypt_io(clear, taken, recipients)
            except Exception as error:  # of the library, which quotes what the disk said
                failed.append(error)

    beside = Thread(target=encrypt)
    beside.start()
    try:
        with suppress(BrokenPipeError), open(sink, "wb") as pipe:  # it breaks when nobody reads any more
            yield pipe
    finally:
        beside.join()
    if taken.failed is not None:
        raise taken.failed
    if failed:
        raise OSError(str(failed[0]))


def opened(path: Path, secret: Secret) -> bytes:
    """What a sealed file holds, in memory.

    Raises ValueRefused: `seal.library`, `seal.large`, `seal.wrong` (the passphrase), `seal.others` (the key),
    `seal.damaged`, and as `exchange.files.reading`.
    """
    clear = _Limited()
    open_into(path, secret, clear)
    return clear.getvalue()


def open_into(path: Path, secret: Secret, out: IO[bytes]) -> None:
    """Write what a sealed file holds; of a damaged one a part of it may have been written. Raises as `opened`, and
    OSError where it cannot be written."""
    age = library()
    taken = _Taken(out)
    with reading(path), path.open("rb") as stream:
        try:
            if secret.passphrase:
                if path.stat().st_size > MOST + _OVERHEAD:
                    raise ValueRefused("seal.large", most=MOST // 1_000_000)
                taken.write(age.passphrase.decrypt(stream.read(), secret.passphrase))
            else:
                age.decrypt_io(stream, taken, [age.x25519.Identity.from_str(secret.key)])
        except (age.DecryptError, OSError, EOFError) as error:
            if taken.failed is None and str(error) in _OTHERS:
                raise ValueRefused("seal.wrong" if secret.passphrase else "seal.others", path=path) from None
            if taken.failed is None:
                raise ValueRefused("seal.damaged", path=path) from None
    if taken.failed is not None:
        raise taken.failed


class _Taken:
    """A file that remembers why it took no more: the library says it in words of its own, or at the very end not at all."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.failed: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._out.write(data)
        except (OSError, ValueRefused) as error:
            self.failed = error
            raise

    def flush(self) -> None:
        self._out.flush()
