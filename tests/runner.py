"""Running the program as a user runs it, in this process, and looking at what it left in the registry."""

import contextlib
import io
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

TODAY = "2026-11-21"

Row = dict[str, Any]


def id_number(first17: str) -> str:
    """18 characters with the right check digit."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(weights, first17, strict=True)) % 11]


class Run(NamedTuple):
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Row]:
        """The rows of a JSON answer."""
        rows: list[Row] = json.loads(self.out)["rows"]
        return rows

    @property
    def row(self) -> Row:
        (row,) = self.rows
        return row

    @property
    def last(self) -> str:
        """The last line on stderr: the sentence of an error."""
        return self.err.rstrip("\n").rpartition("\n")[2]


class Terminal(io.StringIO):
    """Someone who answers at a keyboard."""

    def isatty(self) -> bool:
        return True


class Chronic:
    """`chronic(...)` runs one command line on the registry in a folder of its own."""

    spoken = ""
    together = False
    """Both streams come as `out`, in their order, as one sees them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "registry.db"

    def __call__(
        self,
        *args: object,
        today: str | None = TODAY,
        lang: str = "en",
        stdin: str | None = None,
        console: str | None = None,
        **environ: str,
    ) -> Run:
        """Run it. `stdin` is what someone types at a terminal; without it nobody is there to answer.

        `console` is the encoding of a screen; without it the output goes into pipes.
        """
        out = _stream(console)
        err = out if self.together else _stream(console)
        around = {"CHRONIC_DB": str(self.path), "XDG_DATA_HOME": str(self.folder / "data"), "CHRONIC_LANG": lang}
        around |= {"CHRONIC_TODAY": today} if today else {}
        with _environment({**around, **environ}), _streams(out, err, io.StringIO() if stdin is None else Terminal(stdin)):
            code = _main(lang, [str(arg) for arg in args])
        return Run(code, _text(out, console), "" if self.together else _text(err, console))

    def ok(self, *args: object, today: str | None = TODAY, lang: str = "en", stdin: str | None = None) -> Run:
        """Run it; it must succeed."""
        run = self(*args, today=today, lang=lang, stdin=stdin)
        assert run.code == 0, f"{args}: exit {run.code}\n{run.out}\n{run.err}"
        return run

    def rows(self, *args: object, today: str | None = TODAY) -> list[Row]:
        return self.ok(*args, "--format", "json", today=today).rows

    def ids(self, *args: object, today: str | None = TODAY) -> list[int]:
        """The people on a list, in its order."""
        return [row["person_id"] for row in self.rows(*args, today=today)]

    def person(self, name: str, *args: object, today: str | None = TODAY) -> int:
        """Register someone; the registry id."""
        out = self.ok("person", "add", name, *args, today=today).out
        return int(out.partition("number ")[2].partition(":")[0])

    def visit(self, person: object, on: str, *args: object, today: str | None = TODAY) -> Row:
        """Record one follow-up; the verdict."""
        return self.ok("visit", "add", person, "--on", on, *args, "--format", "json", today=today).row

    def visit_number(self, person: object, on: str) -> int:
        """The number of the live visit of that day."""
        return int(next(row["visit"] for row in self.rows("visit", "list", person) if row["visit_date"] == on))

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the file itself, as it lies on the disk."""
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?immutable=1", uri=True)) as db:
            return db.execute(query, values).fetchall()

    def dump(self) -> str:
        """Every row of every table, bookkeeping included."""
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?immutable=1", uri=True)) as db:
            return "\n".join(db.iterdump())


def _main(lang: str, args: Sequence[str]) -> int:
    """Commands translate their help when they are imported, so another language needs them imported anew."""
    if Chronic.spoken != lang:
        for name in [name for name in sys.modules if name == "chronic.cli" or name.startswith("chronic.cli.")]:
            del sys.modules[name]
        Chronic.spoken = lang
    from chronic.cli import main

    try:
        main(args)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    raise AssertionError("main always ends in SystemExit")


class Screen(io.TextIOWrapper):
    """A console, where a human reads."""

    def isatty(self) -> bool:
        return True


def _stream(console: str | None) -> io.TextIOWrapper:
    """A screen, or a pipe whose encoding could not even hold an umlaut: the program must see to that itself."""
    return Screen(io.BytesIO(), encoding=console) if console else io.TextIOWrapper(io.BytesIO(), encoding="ascii")


def _text(stream: io.TextIOWrapper, console: str | None) -> str:
    stream.flush()
    buffer = stream.detach()
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(console or "utf-8")


@contextlib.contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    """These variables of ours and no others."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("CHRONIC_")]:
        del os.environ[name]
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _streams(out: io.TextIOWrapper, err: io.TextIOWrapper, given: io.StringIO) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = given
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield
    finally:
        sys.stdin = before
