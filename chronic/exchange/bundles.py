"""The file a bundle is: three lines of text and a body.

    CHRONIC BUNDLE 1
    {"format": 1, "uid": …, "from": …, "body_sha256": …, "rows_sha256": …, "size": …, "counts": {…}, …}
    signature of both lines, Ed25519, base64
    body: the rows as NDJSON, compressed (zlib), then encrypted to the receiver (age) unless it says plain

Everything is looked at before anything is believed: the signature covers the header, the header the hash of the body,
and no more is unpacked than the header says.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.bundled import instant, plain
from chronic.exchange.keys import Key, libraries

FORMAT = 1
_MAGIC = b"CHRONIC BUNDLE 1\n"
_LONGEST_HEADER = 65_536
_LONGEST_LINE, _PIECE = 1 << 20, 1 << 18
_LARGEST = 1 << 30
"""Bytes of rows; a county sends what is larger in several bundles."""
_NEEDED = {
    "uid": str, "from": str, "name": str, "level": str, "key": str, "to": str, "after": str, "acks": list, "made_at": str,
    "plain": bool, "pseudonymous": bool, "counts": dict, "body": int, "size": int, "body_sha256": str, "rows_sha256": str,
    "schema": int,
}  # fmt: skip
_LEVEL = 6

Header = dict[str, Any]


class Bundle(NamedTuple):
    """A file that was read and fits its signature. `body` is still packed."""

    header: Header
    body: bytes


def pack(header: Header, lines: Iterable[dict[str, Any]], key: Key, recipient: str | None) -> bytes:
    """A whole file. `recipient`: an age key; None for a plain one. Raises ValueRefused (`bundle.large`)."""
    from hashlib import sha256

    crypto, age = libraries()
    squeeze, rows, size, counts = zlib.compressobj(_LEVEL), sha256(), 0, dict[str, int]()
    parts = []
    for line in lines:
        text = f"{json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}\n".encode()
        counts[line["at"]] = counts.get(line["at"], 0) + 1
        size += len(text)
        if size > _LARGEST:
            raise ValueRefused("bundle.large")
        rows.update(text)
        parts.append(squeeze.compress(text))
    parts.append(squeeze.flush())
    body = b"".join(parts)
    if recipient is not None:
        body = age.encrypt(body, [age.x25519.Recipient.from_str(recipient)])
    whole = {
        **header, "format": FORMAT, "key": key.public.sign, "plain": recipient is None, "counts": counts, "size": size,
        "body": len(body), "body_sha256": sha256(body).hexdigest(), "rows_sha256": rows.hexdigest(),
    }  # fmt: skip
    told = _MAGIC + json.dumps(whole, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    signature = crypto.Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.sign)).sign(told)
    return told + base64.b64encode(signature) + b"\n" + bytes(body)


def read(path: Path) -> Bundle:
    """Raises ValueRefused: `file.unreadable`, `bundle.foreign`, `bundle.newer`, `bundle.damaged`, `bundle.forged`."""
    crypto, _age = libraries()
    try:
        with path.open("rb") as file:
            magic, told, signed = file.readline(64), file.readline(_LONGEST_HEADER), file.readline(256)
            if not magic.startswith(b"CHRONIC BUNDLE "):
                raise ValueRefused("bundle.foreign", path=path)
            if magic != _MAGIC:
                raise ValueRefused("bundle.newer", path=path)
            header = _header(told, path)
            try:
                public = crypto.Ed25519PublicKey.from_public_bytes(base64.b64decode(header["key"], validate=True))
                public.verify(base64.b64decode(signed.removesuffix(b"\n"), validate=True), magic + told)
            except Exception:  # the library's own InvalidSignature, and whatever else is wrong with either text
                raise ValueRefused("bundle.forged", path=path) from None
            body = file.read(header["body"] + 1)
    except OSError as error:
        raise ValueRefused("file.unreadable", path=path, problem=error.strerror or error) from None
    from hashlib import sha256

    if len(body) != header["body"] or sha256(body).hexdigest() != header["body_sha256"]:
        raise ValueRefused("bundle.damaged", path=path)
    return Bundle(header, body)


def rows(bundle: Bundle, key: Key | None, path: Path) -> Iterator[dict[str, Any]]:
    """What it holds, once all of it fits the header. Raises ValueRefused: `bundle.not_ours`, `bundle.damaged`."""
    from hashlib import sha256

    body = bundle.body
    if not bundle.header["plain"]:
        _crypto, age = libraries()
        try:
            if key is None:
                raise ValueRefused("bundle.no_key")
            body = age.decrypt(body, [age.x25519.Identity.from_str(key.age)])
        except age.DecryptError:
            raise ValueRefused("bundle.not_ours", path=path) from None
    header = bundle.header
    told: dict[str, int] = header["counts"]
    counts, size, found = dict[str, int](), 0, sha256()
    for text in _lines(bytes(body), header["size"], path):
        size += len(text)
        found.update(text)
        line = _object(text, path)
        at = str(line.get("at"))
        counts[at] = counts.get(at, 0) + 1
        if not isinstance(line.get("uid"), str) or counts[at] > told.get(at, 0):  # a bomb is not read to its end
            raise ValueRefused("bundle.damaged", path=path)
    if (size, found.hexdigest(), counts) != (header["size"], header["rows_sha256"], header["counts"]):
        raise ValueRefused("bundle.damaged", path=path)
    return (_object(text, path) for text in _lines(bytes(body), header["size"], path))


def _header(told: bytes, path: Path) -> Header:
    if not told.endswith(b"\n"):
        raise ValueRefused("bundle.damaged", path=path)
    header = _object(told, path)
    if header.get("format") != FORMAT:
        raise ValueRefused("bundle.newer", path=path)
    wrong = [name for name, kind in _NEEDED.items() if type(header.get(name)) is not kind]
    if wrong or not 0 <= header["body"] <= _LARGEST or not 0 <= header["size"] <= _LARGEST:
        raise ValueRefused("bundle.damaged", path=path)
    counts = all(type(count) is int and count > 0 for count in header["counts"].values())
    acks = all(type(uid) is str for uid in header["acks"])
    if not (counts and acks and header["uid"] and instant(header["made_at"]) and all(map(plain, header.values()))):
        raise ValueRefused("bundle.damaged", path=path)
    return header


def _object(text: bytes, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueRefused("bundle.damaged", path=path) from None
    if not isinstance(found, dict):
        raise ValueRefused("bundle.damaged", path=path)
    return found


def _lines(body: bytes, size: int, path: Path) -> Iterator[bytes]:
    """One row after the other with its line end, unpacked piece by piece; no more than `size` bytes of them all."""
    unpack, rest, packed = zlib.decompressobj(), b"", memoryview(body)
    for start in range(0, len(body), _PIECE):
        waiting = bytes(packed[start : start + _PIECE])
        while waiting and not unpack.eof:
            try:
                piece = unpack.decompress(waiting, _PIECE)
            except zlib.error:
                raise ValueRefused("bundle.damaged", path=path) from None
            waiting = unpack.unconsumed_tail
            size -= len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            if size < 0 or len(rest) > _LONGEST_LINE:
                raise ValueRefused("bundle.damaged", path=path)
            yield from (text + b"\n" for text in whole)
        if waiting or unpack.unused_data:
            raise ValueRefused("bundle.damaged", path=path)
    if rest or not unpack.eof:
        raise ValueRefused("bundle.damaged", path=path)
