"""`log`: the file beside the registry in which what failed leaves a line: an opening, a night. Nobody's data are in it."""

import os
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from chronic.cli.commands import Command, output_options
from chronic.cli.session import Session
from chronic.cli.types import WholeNumber
from chronic.errors import RegistryUnusable
from chronic.i18n import N_, _
from chronic.i18n.terms import LOGGED, term
from chronic.model.days import china_minute
from chronic.model.report import Column, Report

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) user=(?P<user>.*) command=(?P<command>.*) (?P<code>\S+)")
_LONGEST = 2000
_COLUMNS = (
    Column("at", N_("Moment")),
    Column("user", N_("Logged in")),
    Column("command", N_("With what")),
    Column("what", N_("What failed"), last=True),
    Column("code", N_("Code"), hidden=True),
)


def note(session: Session, path: "str | Path", code: str) -> None:
    """A line in the log file beside the registry, for its owner's eyes only; of a backup, beside the registry it is of."""
    at = session.instant.isoformat(timespec="seconds").replace("+00:00", "Z")
    beside = session.path if session.path.exists() else path
    ctx = click.get_current_context(silent=True)
    words = [at, f"user={session.system_user}", f"command={ctx.command_path if ctx else '?'}", code]
    line = "".join(c if c.isprintable() else "?" for c in " ".join(words))
    with (
        suppress(OSError),
        open(f"{beside}.log", "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as log,
    ):
        log.write(f"{line}\n")


@click.command(
    "log",
    cls=Command,
    help=_("What failed, the latest first: openings without the right key or passphrase, nights. It holds nobody's data."),
    example="chronic log\nchronic log --limit 5",
)
@click.option("--limit", type=WholeNumber(min=1), default=20, show_default=True, help=_("At most so many."))
@output_options
@click.pass_obj
def log(session: Session, /, limit: int, style: str, out: "Path | None") -> None:
    rows = list(_rows(session, limit))
    if not rows and not session.path.exists():
        raise RegistryUnusable("registry.missing", path=session.path)
    report = Report("log", session.today.isoformat(), _COLUMNS, rows)
    session.show(report, style, out, stored=False)  # the registry may be just what cannot be opened


def _rows(session: Session, limit: int) -> Iterator[dict[str, object]]:
    """The last lines of the file, the latest first; what is no line of ours stands as it is."""
    lines: deque[str] = deque(maxlen=limit)
    with suppress(FileNotFoundError), open(f"{session.path}.log", encoding="utf-8", errors="replace") as log:
        while line := log.readline(_LONGEST):
            if line.strip():
                lines.append(line.strip())
    for line in reversed(lines):
        told = _LINE.fullmatch(line)
        if told is None:
            yield {"at": None, "user": None, "command": None, "what": line, "code": None}
        else:
            what = term(LOGGED, told["code"]) if told["code"] in LOGGED else told["code"]
            yield {**told.groupdict(), "at": china_minute(told["at"]), "what": what}
