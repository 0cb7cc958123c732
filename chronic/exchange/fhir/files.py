"""The resources of a file, one after the other: a Bundle, one resource, or NDJSON, each also packed with gzip.

A Bundle's entries are read one at a time, whatever its size. Numbers stay as they are written (`Number`).
"""

import gzip
import json
import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.files import binary, reading
from chronic.i18n import N_, _

LONGEST: Final = 1 << 24
"""Characters of one resource. Longer ones hold pictures and documents, or are the rest of a broken file."""
_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LIKE_JSON = re.compile(r"\s*(\{|\[\s*[{\[\]])")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Where half a character may be written, which no text has."""
_HEAD = 1 << 10
_CHUNK = 1 << 18
_FIRST_LINE = 1 << 20
_BLANK = " \t\r\n"
_DIGITS = 30
"""Digits beyond which a number is no measurement."""


class Number(str):
    """A number as it is written in the file."""

    __slots__ = ()

    def plain(self) -> str:
        """Without an exponent, where that can be a measurement; else as it stands."""
        try:
            value = Decimal(self)
        except InvalidOperation:
            return str(self)
        exponent = value.as_tuple().exponent
        return f"{value:f}" if isinstance(exponent, int) and -_DIGITS < exponent < _DIGITS else str(self)


class Found(NamedTuple):
    """One resource. `line`: the line of an NDJSON file, the place of an entry of a Bundle, from 1. `url`: its fullUrl.
    `path`: the file where it stands, which may be one of a folder."""

    line: int
    resource: dict[str, Any]
    url: str = ""
    path: Path = Path()


def _constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


_DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_constant)


def is_json(path: Path) -> bool:
    """Does it begin like JSON, or is it packed and does not unpack to anything else? A folder: has it NDJSON?"""
    with reading(path):
        if path.is_dir():
            return bool(_of_folder(path))
        if not path.is_file():
            return False
        with binary(path) as stream:
            head = stream.read(_HEAD)
        if head.startswith(_GZIP):
            try:
                with binary(path) as stream, gzip.open(stream) as packed:
                    head = packed.read(_HEAD)
            except (EOFError, zlib.error, gzip.BadGzipFile):
                return True
    return _LIKE_JSON.match(head.decode(_encoding(head), "replace").lstrip("\ufeff")) is not None


def resources(path: Path) -> Iterator[Found]:
    """Every resource in file order. Raises ValueRefused: fhir.broken, fhir.too_big, fhir.not_fhir, fhir.bundle, and as
    `exchange.files.reading`. Of a folder the NDJSON in it, by name."""
    if path.is_dir():
        for file in _of_folder(path):
            for found in resources(file):
                yield found._replace(path=file)
        return
    with reading(path), _opened(path) as stream:
        first = stream.readline(_FIRST_LINE)
        every = _lines if first.endswith("\n") and _is_resource(first) else _objects
        for found in every(path, first, stream):
            yield found._replace(path=path)


def _objects(path: Path, first: str, stream: TextIOWrapper) -> Iterator[Found]:
    """A Bundle or a resource, however it is laid out; several Bundles one after the other, a line each."""
    yield from _Scanner(path, first, stream).resources()


def _of_folder(path: Path) -> list[Path]:
    return sorted(file for file in path.iterdir() if file.name.endswith((".ndjson", ".ndjson.gz")) and file.is_file())


@contextmanager
def _opened(path: Path) -> Iterator[TextIOWrapper]:
    with binary(path) as raw:
        packed = raw.read(len(_GZIP)) == _GZIP
    try:
        with binary(path) as raw, gzip.open(raw) if packed else raw as stream:
            encoding = _encoding(stream.read(len(_UTF16[0])))
            stream.seek(0)
            with TextIOWrapper(stream, encoding, newline="\n") as text:
                yield text
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueRefused("fhir.broken", path=path, line=1, problem=error) from None


def _encoding(head: bytes) -> str:
    return "utf-16" if head.startswith(_UTF16) else "utf-8-sig"


def _whole(found: Any, text: str, start: int, end: int) -> Any:
    """This value, which stands there. Raises ValueError where a text in it has half a character."""
    if _HALF.search(text, start, end):
        try:
            json.dumps(found, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError(N_("half a character")) from None
    return found


def _is_resource(line: str) -> bool:
    """Is this line alone a resource that is no Bundle?"""
    try:
        found = _DECODER.decode(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("resourceType", "Bundle") != "Bundle"


def _lines(path: Path, first: str, stream: TextIOWrapper) -> Iterator[Found]:
    line, text = 1, first
    while text:
        if len(text) > LONGEST:
            raise ValueRefused("fhir.too_big", path=path, line=line)
        if text.strip(_BLANK):
            try:
                found = _whole(_DECODER.decode(text), text, 0, len(text))
            except (ValueError, RecursionError) as error:
                raise ValueRefused("fhir.broken", path=path, line=line, problem=_said(error)) from None
            yield from _unpacked(path, line, _resource(path, line, found))
        line, text = line + 1, stream.readline(LONGEST + 1)


def _unpacked(path: Path, line: int, resource: dict[str, Any]) -> Iterator[Found]:
    """A line's resource, or what the Bundle that it is holds."""
    if resource["resourceType"] != "Bundle":
        yield Found(line, resource)
        return
    _refuse_answers(path, resource)
    entries = resource.get("entry", [])
    for entry in entries if isinstance(entries, list) else [None]:
        if not isinstance(entry, dict):
            raise ValueRefused("fhir.not_fhir", path=path, line=line)
        if entry.get("resource") is not None:
            url = entry.get("fullUrl")
            yield Found(line, _resource(path, line, entry["resource"]), url if isinstance(url, str) else "")


def _refuse_answers(path: Path, bundle: dict[str, Any]) -> None:
    if bundle.get("type") in ("history", "transaction-response", "batch-response"):
        raise ValueRefused("fhir.bundle", path=path, type=bundle["type"])


def _resource(path: Path, line: int, found: object) -> dict[str, Any]:
    if isinstance(found, dict) and isinstance(found.get("resourceType"), str) and type(found["resourceType"]) is str:
        return found
    raise ValueRefused("fhir.not_fhir", path=path, line=line)


def _said(error: Exception) -> str:
    return N_("nested too deeply") if isinstance(error, RecursionError) else getattr(error, "msg", None) or str(error)


class _Scanner:
    """An object of JSON in pieces: its members one by one, and of `entry` its elements one by one."""

    def __init__(self, path: Path, text: str, stream: TextIOWrapper) -> None:
        self._path, self._text, self._stream, self._at, self._line = path, text, stream, 0, 1

    def resources(self) -> Iterator[Found]:
        """The entries of every Bundle that have a resource, or the one resource that the file is."""
        while (yield from self._object()) and self._peek(end=True) == "{":
            pass
        if self._peek(end=True):
            self._broken(N_("something stands behind its end"))

    def _object(self) -> Generator[Found, None, bool]:
        """The resources of the next object. Is it a Bundle?"""
        known: dict[str, Any] = {}
        if self._peek() == "[":
            raise ValueRefused("fhir.not_fhir", path=self._path, line=1)
        self._expect("{")
        entries = False
        while (mark := self._peek()) != "}":
            if known or entries:
                self._expect(",")
            elif mark != '"':
                self._broken(N_("no JSON object"))
            name = self._value()
            self._expect(":")
            if name == "entry" and self._peek() == "[":
                entries = True
                yield from self._entries()
            else:
                known[str(name)] = self._value()
        self._expect("}")
        if _resource(self._path, 1, known)["resourceType"] == "Bundle":
            _refuse_answers(self._path, known)
            return True
        if entries:
            raise ValueRefused("fhir.not_fhir", path=self._path, line=1)
        yield Found(1, known)
        return False

    def _entries(self) -> Iterator[Found]:
        self._expect("[")
        if self._peek() == "]":
            self._expect("]")
            return
        while True:
            entry = self._value()
            if not isinstance(entry, dict):
                raise ValueRefused("fhir.not_fhir", path=self._path, line=self._line)
            if entry.get("resource") is not None:
                url = entry.get("fullUrl")
                resource = _resource(self._path, self._line, entry["resource"])
                yield Found(self._line, resource, url if isinstance(url, str) else "")
            self._line += 1
            if self._peek() == "]":
                self._expect("]")
                return
            self._expect(",")

    def _value(self) -> Any:
        """The next value whole. A value that ends where the text does may go on, so more is read first."""
        self._peek()
        self._cut()
        wanted = _CHUNK
        while True:
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
                problem = ""
            except (ValueError, RecursionError) as error:
                found, end, problem = None, len(self._text), _said(error)
                if isinstance(error, RecursionError):
                    self._broken(problem)
            if not problem and end < len(self._text):
                return self._read(found, end)
            if len(self._text) > LONGEST:
                raise ValueRefused("fhir.too_big", path=self._path, line=self._line)
            more = self._stream.read(wanted)
            if not more:
                if problem:
                    self._broken(problem)
                return self._read(found, end)
            self._text, wanted = self._text + more, 2 * wanted

    def _read(self, found: Any, end: int) -> Any:
        try:
            _whole(found, self._text, self._at, end)
        except ValueError as error:
            self._broken(str(error))
        self._at = end
        return found

    def _peek(self, end: bool = False) -> str:
        """The next mark that is not blank; '' only where the file may end here."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            self._text, self._at = self._stream.read(_CHUNK), 0
            if not self._text:
                return "" if end else self._broken(N_("it breaks off"))

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            self._broken(_("{mark} is missing").format(mark=mark))
        self._at += 1

    def _cut(self) -> None:
        """Forget what was read."""
        if self._at > _CHUNK:
            self._text, self._at = self._text[self._at :], 0

    def _broken(self, problem: str) -> str:
        raise ValueRefused("fhir.broken", path=self._path, line=self._line, problem=problem)
