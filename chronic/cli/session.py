"""One invocation: the clock, the registry, the user, and where output goes."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from time import monotonic
from typing import IO, TYPE_CHECKING, Any

import click

from chronic.errors import RegistryUnusable, ValueRefused
from chronic.i18n import _
from chronic.model.days import china_day, parse_day
from chronic.model.report import ENCODINGS, HEADERS, Report
from chronic.store import opening, registry, transactions

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from chronic.care.desk import Desk
    from chronic.cli.unlock import Found as Unlocked
    from chronic.store.cipher import Key
    from chronic.store.stamp import Stamp

_KEPT = {"file.registry": ("", "-wal", "-shm", "-journal"), "file.beside": (".key", ".log")}
"""What lies at the registry's path, by the refusal of who would write over it."""


class Session:
    """Everything a command may ask of its surroundings. The registry is opened on first use and closed at the end."""

    def __init__(self, db: "str | Path | None", today: date | None, key_file: str | None = None) -> None:
        self.file = str(db or default_registry())
        self.instant = datetime.now(UTC)
        self._began = monotonic()
        self.today_given = today is not None
        self.today = today or china_day(self.instant)
        self.headers, self.encoding, self.elements = HEADERS[0], ENCODINGS[0], False
        self.key_file = str(key_file or os.environ.get("CHRONIC_KEY_FILE") or "")
        self.keys: dict[bytes, Unlocked] = {}
        self.sealing: dict[str, Any] = {}  # how the file of an export is encrypted; empty where it is not
        self.passphrase_file: Path | None = None  # of a backup that is encrypted
        self._stack = contextlib.ExitStack()

    @cached_property
    def path(self) -> "Path":
        """The registry file; a list does without `pathlib`."""
        from pathlib import Path

        return Path(self.file)

    @cached_property
    def db(self) -> opening.Registry:
        try:
            db = registry.connect(self.file, waits=self._waits)
        except RegistryUnusable as error:
            if error.code != "registry.older":
                raise
            from chronic.cli.upgrade import brought_up

            brought_up(self)
            db = registry.connect(self.file, waits=self._waits)
        self._stack.callback(db.close)
        return db

    def work_on(self, db: "sqlite3.Connection", today: date) -> None:
        """From now on this is the registry, and this the day: for figures of people who are in no registry here."""
        self.db, self.today = db, today  # type: ignore[assignment]

    def unlock(self, path: "str | Path", head: bytes) -> "Key":
        """The key of an encrypted registry. Raises RegistryUnusable."""
        from chronic.cli.unlock import found

        return found(self, path, head).key

    def _waits(self) -> None:
        """Another program is writing; this one goes on when that is done."""
        click.echo(_("Another program is writing to {path}; waiting for it.").format(path=self.file), err=True)

    @cached_property
    def settings(self) -> dict[str, str]:
        return registry.settings(self.db)

    @cached_property
    def user(self) -> str:
        """Who is writing: CHRONIC_USER, else the registry's doctor, else the system's user."""
        name = os.environ.get("CHRONIC_USER") or (self.settings.get("doctor") if os.path.exists(self.file) else None)
        return name or self.system_user

    @property
    def system_user(self) -> str:
        """Who is logged in."""
        with contextlib.suppress(OSError, KeyError, ImportError):
            return _system_user()
        return "unknown"

    def stamp(self, batch: int | None = None) -> "Stamp":
        return self.plain_stamp()._replace(by=self.user, origin=self.settings.get("origin", ""), batch=batch)

    def plain_stamp(self) -> "Stamp":
        """The instant alone: nothing is asked of the registry, which may not be readable yet."""
        from chronic.store.stamp import Stamp

        at = self.instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Stamp(at, int(self.instant.timestamp() * 1000), os.environ.get("CHRONIC_USER") or "", "")

    @cached_property
    def desk(self) -> "Desk":
        from chronic.care.desk import Desk
        from chronic.store import editions

        return Desk(self.db, self.today, editions.read(self.db), self.stamp())

    def seconds(self) -> float:
        """How long this invocation has taken so far."""
        return monotonic() - self._began

    def release(self) -> None:
        """Let go of the registry, which is about to be another one."""
        self._stack.close()
        for name in ("db", "settings", "desk"):
            self.__dict__.pop(name, None)

    def close(self) -> None:
        self._stack.close()

    def note_full(self, full: bool) -> bool:
        """Remember that unmasked numbers were shown; returns `full`. Before that, what would be refused when the file is
        written is refused: what is not shown is not noted."""
        if full:
            here = click.get_current_context()
            self.check_target(here.params.get("out"))
            self.note("full", here.command_path)
        return full

    def check_target(self, out: "Path | None") -> None:
        """Raises ValueRefused as `writing` would."""
        if self.sealing:
            from chronic.cli import envelopes

            envelopes.check(self, out)
        if out is not None:
            self.spare(out)
            if not os.access(out.parent, os.W_OK | os.X_OK):
                why = errno.EACCES if os.path.isdir(out.parent) else errno.ENOENT
                raise ValueRefused("file.unwritable", path=out, problem=os.strerror(why))

    def note_export(self, ctx: click.Context, *without_people: str) -> None:
        """Remember that data left the registry by a command of this group; a registry that cannot be written has no memory.
        `without_people`: commands whose files hold none."""
        if ctx.invoked_subcommand not in without_people:
            self.note_leaving(f"{ctx.command_path} {ctx.invoked_subcommand}")

    def note_leaving(self, about: str) -> None:
        """The same of one command."""
        with contextlib.suppress(RegistryUnusable), transactions.translated(self.file):
            self.note("export", about)

    def note(self, action: str, about: str) -> None:
        """A row in the audit for what records nothing."""
        from chronic.store import audit

        with transactions.immediate(self.db):
            audit.note(self.db, self.stamp(), action, about=about)

    @contextlib.contextmanager
    def printing(self, out: "Path | None") -> Iterator[None]:
        """Whatever is printed inside goes to this file, if one is given."""
        with self.writing(out, "table") as stream, contextlib.redirect_stdout(stream):
            yield

    def show(self, report: Report, style: str, out: "Path | None", stored: bool = True) -> None:
        """Print a listing as a table, CSV, JSON or page, or write it to a file in one step; a workbook is always a file.
        `stored`: its rows come from the registry."""
        from chronic.render import files

        source = transactions.streaming(self.db) if stored else contextlib.nullcontext()
        if style == "xlsx":
            if out is None:
                raise ValueRefused("xlsx.name")
            from chronic.render import xlsx

            with self._sealed(out) if self.sealing else self.making(out) as place, source:
                xlsx.write(report, place, self.headers, self.elements, self._numbers)
            return
        with self.writing(out, style) as stream:
            if style == "table":
                from chronic.cli import tables

                tables.draw(report, stream)
                return
            with source:
                if style == "html":
                    self._page(report, stream)
                elif style == "csv":
                    files.write_csv(report, stream, self.headers, self.elements)
                else:
                    files.write_json(report, stream)

    def _numbers(self) -> dict[str, object]:
        from chronic.cli.cards import numbers_of

        return numbers_of(self.desk.editions.on(self.today))

    def _page(self, report: Report, out: IO[str]) -> None:
        from chronic.model.days import china_minute
        from chronic.render import html

        foot = _("Made on {minute}.").format(minute=china_minute(self.stamp().at))
        html.write(html.page(report, foot), out)

    @contextlib.contextmanager
    def making(self, out: "Path") -> Iterator["Path"]:
        """Where a file that is no text is written until it is whole. Raises ValueRefused as `writing`."""
        self.spare(out)
        with _appearing(out) as temporary:
            yield temporary

    @contextlib.contextmanager
    def writing(self, out: "Path | None", style: str) -> Iterator[IO[str]]:
        """Where output goes. Raises ValueRefused when that cannot be written, or is the registry itself."""
        if out is not None:
            self.spare(out)
        encoding = self.encoding if style == "csv" else ENCODINGS[0]
        mark = "\ufeff" if style == "csv" and encoding == ENCODINGS[0] else ""
        if self.sealing:
            with self._sealed(out) as clear:
                text = io.TextIOWrapper(clear, encoding=encoding, newline="")
                try:
                    text.write(mark)
                    yield text
                    text.flush()
                finally:
                    with contextlib.suppress(OSError, ValueRefused):
                        text.detach()  # what is behind it is not closed here
            return
        with _target(out, mark, encoding) as stream:
            yield stream

    def _sealed(self, out: "Path | None") -> contextlib.AbstractContextManager[IO[bytes]]:
        """Where the bytes of a file go that is encrypted before it reaches the disk."""
        from chronic.cli.envelopes import sealed

        return sealed(self, out)

    def spare(self, out: "Path") -> None:
        """Raises ValueRefused where this file is the registry, or one of those kept beside it: SQLite's, the key of its
        bundles, its log."""
        for code, tails in _KEPT.items():
            if any(_same(out, f"{self.path}{tail}") for tail in tails):
                raise ValueRefused(code, path=out)


def _same(one: "Path", other: str) -> bool:
    """Are these two names of one file, whether it is there or not?"""
    if os.path.abspath(one) == os.path.abspath(other):
        return True
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)


@contextlib.contextmanager
def _target(out: "Path | None", mark: str, encoding: str) -> Iterator[IO[str]]:
    """stdout, or a file that appears whole or not at all; a CSV file begins with the mark Excel needs."""
    if out is None:
        if encoding != ENCODINGS[0] and isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
            sys.stdout.reconfigure(encoding=encoding)
        with _printable():
            yield sys.stdout
        return
    with _appearing(out) as temporary, temporary.open("w", encoding=encoding, newline="") as stream:
        stream.write(mark)
        yield stream


@contextlib.contextmanager
def _appearing(out: "Path") -> Iterator["Path"]:
    """A path beside this one, for its owner alone; what is written there takes its place at the end, or nothing does."""
    temporary = out.with_name(f".{out.name}.part")
    if out.exists() and not out.is_file():  # taking its place would take it from everybody
        raise ValueRefused("file.unwritable", path=out, problem=_("it is a device or a folder and no file"))
    try:
        temporary.unlink(missing_ok=True)
        temporary.touch(mode=0o600, exist_ok=False)
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(out)
    except OSError as error:
        raise ValueRefused("file.unwritable", path=out, problem=error.strerror or error) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _printable() -> Iterator[None]:
    """Turns what the system says of stdout, which may lead into a file on a full disk, into ValueRefused."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads on: no trouble of ours
        raise
    except OSError as error:
        sys.stdout = io.StringIO()
        raise ValueRefused("file.stdout", problem=error.strerror or error) from None


def user_folder() -> "Path":
    """Where this platform keeps a user's data."""
    from pathlib import Path

    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "chronic"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "chronic"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "chronic"


def default_registry() -> "str | Path":
    return os.environ.get("CHRONIC_DB") or user_folder() / "registry.db"


def _system_user() -> str:
    import getpass

    return getpass.getuser()


def given_day(text: str | None, name: str) -> date | None:
    """The business day from --today or CHRONIC_TODAY. Raises click.BadParameter."""
    if not text:
        return None
    try:
        return parse_day(text)
    except ValueError:
        raise click.BadParameter(
            _("{text} is not a day; write it as 2026-11-21.").format(text=text), param_hint=name
        ) from None
