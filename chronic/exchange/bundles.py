"""The file a bundle is: three lines of text and a body.

    CHRONIC BUNDLE 1
    {"format": 1, "uid": …, "from": …, "body_sha256": …, "rows_sha256": …, "size": …, "counts": {…}, …}
    signature of both lines, Ed25519, base64
    body: the rows as NDJSON, compressed (zlib), then encrypted to the receiver (age) unless it says plain

The signature covers the header, the header the hash of the body: nothing is unpacked that its maker did not sign, and no
more of it than the header says, a part at a time.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.keys import Key, libraries

FORMAT = 1
_MAGIC = b"CHRONIC BUNDLE 1\n"
_LONGEST_HEADER = 65_536
LARGEST = 1 << 30
"""Bytes of rows; what is larger goes in several bundles."""
_NEEDED = {
    "uid": str, "from": str, "name": str, "level": str, "key": str, "to": str, "after": str, "acks": list, "made_at": str,
    "plain": bool, "pseudonymous": bool, "counts": dict, "body": int, "size": int, "body_sha256": str, "rows_sha256": str,
    "schema": int,
}  # fmt: skip
_LEVEL = 6
_PART = 1 << 18
"""Bytes looked at together."""
_LONGEST_ROW = 1 << 24
_DECODER = json.JSONDecoder()

Header = dict[str, Any]


class Bundle(NamedTuple):
    """A file that was read and fits its signature. `body` is still packed."""

    header: Header
    body: bytes


def pack(header: Header, lines: Iterable[dict[str, Any]], key: Key, recipient: str | None, most: int = LARGEST) -> bytes:
    """A whole file. `recipient`: an age key; None for a plain one. Raises ValueRefused (`bundle.large`)."""
    from hashlib import sha256

    crypto, age = libraries()
    squeeze, rows, size, counts = zlib.compressobj(_LEVEL), sha256(), 0, dict[str, int]()
    parts = []
    for line in lines:
        text = f"{json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}\n".encode()
        counts[line["at"]] = counts.get(line["at"], 0) + 1
        size += len(text)
        if size > most:
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
    """What it holds, row by row. Raises ValueRefused: `bundle.no_key`, `bundle.not_ours`; and on the way, at the latest
    after the last row, `bundle.damaged` where rows and header do not fit: whoever reads takes all of them or none."""
    body = bundle.body
    if not bundle.header["plain"]:
        _crypto, age = libraries()
        try:
            if key is None:
                raise ValueRefused("bundle.no_key")
            body = age.decrypt(body, [age.x25519.Identity.from_str(key.age)])
        except age.DecryptError:
            raise ValueRefused("bundle.not_ours", path=path) from None
    return _rows(body, bundle.header, path)


def _rows(body: bytes, header: Header, path: Path) -> Iterator[dict[str, Any]]:
    from hashlib import sha256

    counts: dict[str, int] = {}
    told, rest = sha256(), b""
    for part in _unpacked(body, header["size"], path):
        told.update(part)
        *texts, rest = (rest + part).split(b"\n")
        for text in texts:
            line = _object(text, path)
            at, uid = str(line.get("at")), line.get("uid")
            counts[at] = counts.get(at, 0) + 1
            if not isinstance(uid, str) or counts[at] > header["counts"].get(at, 0):  # a bomb is not read to its end
                raise ValueRefused("bundle.damaged", path=path)
            yield line
        if len(rest) > _LONGEST_ROW:
            raise ValueRefused("bundle.damaged", path=path)
    if rest or told.hexdigest() != header["rows_sha256"] or counts != header["counts"]:
        raise ValueRefused("bundle.damaged", path=path)


def _header(told: bytes, path: Path) -> Header:
    if not told.endswith(b"\n"):
        raise ValueRefused("bundle.damaged", path=path)
    header = _object(told.removesuffix(b"\n"), path)
    if header.get("format") != FORMAT:
        raise ValueRefused("bundle.newer", path=path)
    wrong = [name for name, kind in _NEEDED.items() if type(header.get(name)) is not kind]
    if wrong or not 0 <= header["body"] <= LARGEST or not 0 <= header["size"] <= LARGEST:
        raise ValueRefused("bundle.damaged", path=path)
    return header


def _object(text: bytes, path: Path) -> dict[str, Any]:
    try:
        told = text.decode()
        found, end = _DECODER.raw_decode(told)
    except (ValueError, RecursionError):
        raise ValueRefused("bundle.damaged", path=path) from None
    if not isinstance(found, dict) or end != len(told):
        raise ValueRefused("bundle.damaged", path=path)
    return found


def _unpacked(body: bytes, size: int, path: Path) -> Iterator[bytes]:
    """Part by part exactly `size` bytes: a small file does not become a huge one."""
    unpack, packed = zlib.decompressobj(), memoryview(body)
    given = done = 0
    part = left = b""
    while not unpack.eof and (part or left or given < len(packed)):
        if not left:
            left, given = bytes(packed[given : given + _PART]), given + _PART
        try:
            part = unpack.decompress(left, _PART)
        except zlib.error:
            raise ValueRefused("bundle.damaged", path=path) from None
        left, done = unpack.unconsumed_tail, done + len(part)
        if done > size:
            raise ValueRefused("bundle.damaged", path=path)
        yield part
    if done != size or not unpack.eof or unpack.unused_data or given < len(packed):
        raise ValueRefused("bundle.damaged", path=path)
