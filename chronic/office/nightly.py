"""The unattended run: lists, figures and copies of a day in one dated folder, whatever was missed before.

What it makes stands in `parts`: first what is written in the registry (what is wrong becomes a task and what was put right
is closed, …), then the files. Old folders go in the end; never one that a month's figures were sent from, nor the last one
in which nothing failed.

A part that fails does not stop the others; it is named and the run ends with 30. The registry's own trouble
(missing, damaged, nobody in it) and a clock that cannot be right stop the run, and leave the last folder alone.
Phones are masked here as everywhere; with `full` the call list shows them, and only it: nobody needs the phones of
the overdue list, which is the one that is handed on.
"""

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.errors import ChronicError, NotAllowed, ProblemsFound, RegistryUnusable
from chronic.i18n import system
from chronic.model.days import china_minute
from chronic.model.traces import without_numbers
from chronic.model.wording import say
from chronic.office import incoming, parts
from chronic.office.folders import LATEST, DatedFolder, point, private, prune
from chronic.office.parts import Night, Tonight, Wishes
from chronic.reports import calls, overdue
from chronic.store import nights, transactions

JOURNAL, TRACES, FAILED = "nightly.log", "nightly-error.log", "failed.txt"
RETENTION = "retention"
KEEP = 60
"""So many dated folders stay where nobody said another number."""

_BOM = "\ufeff"
_HASH = 16
_SLACK = timedelta(minutes=5)
"""A clock set right over the network jumps back a little, and someone may record while the run begins."""


class Journal(NamedTuple):
    """One line a run in `nightly.log`. `at`: the instant it began; `seconds`: how long ago that is."""

    out: Path
    at: str
    day: str
    seconds: Callable[[], float]

    def line(self, exit_code: int, **facts: object) -> str:
        """2026-11-21 02:10 day=2026-11-21 overdue=23 … seconds=0.4 exit=0: the same in every language."""
        pairs = {"day": self.day, **facts, "seconds": f"{self.seconds():.1f}", "exit": exit_code}
        return " ".join([china_minute(self.at), *(f"{key}={value}" for key, value in pairs.items())])

    def add(self, line: str) -> None:
        with private(self.out / JOURNAL, "a") as stream:
            stream.write(line + "\n")


def missing(out: Path, day: str) -> bool:
    """Are there no lists of this day yet?"""
    return not (out / day).is_dir()


@contextmanager
def watched(journal: Journal) -> Iterator[None]:
    """A run that is refused leaves a line too, if there is a folder to leave it in."""
    try:
        yield
    except Exception as error:
        code, word = (error.exit_code, error.code) if isinstance(error, ChronicError) else (1, type(error).__name__)
        with suppress(OSError):
            journal.add(journal.line(code, error=word))
        raise


def run(desk: Desk, wishes: Wishes) -> Night:
    """Make the lists of `desk.today`. Raises RegistryUnusable, NotAllowed (`nightly.clock`), ProblemsFound."""
    with transactions.translated(wishes.registry):
        _refuse(desk, wishes)
    day, at = desk.today.isoformat(), desk.stamp.at
    night = Night(wishes.out / day, Counter(), Counter(), {}, Counter(), [], [], [], [])
    tonight = Tonight(desk, wishes, night, {})
    for step in parts.STEPS:
        with _part(wishes, step.name, night.failed):
            step.take(tonight)
    _refuse_empty(desk, wishes)  # nobody came with a bundle either
    try:
        with DatedFolder(wishes.out, day, desk.stamp.ms / 1000) as folder:
            _fill(tonight, folder)
            folder.publish()
    except OSError as error:
        raise ProblemsFound("nightly.folder", path=wishes.out, problem=error.strerror or error) from None
    with _part(wishes, LATEST, night.failed):
        point(wishes.out, day)
    with _part(wishes, RETENTION, night.failed):
        prune(wishes.out, wishes.keep, FAILED, parts.KEPT)
    with _part(wishes, wishes.registry.name, night.failed):
        nights.remember_run(desk.db, at, day, exit_code(night))
    return night


def exit_code(night: Night) -> int:
    return ProblemsFound.exit_code if night.failed else 0


def close(journal: Journal, night: Night, head: str) -> str:
    """The line of a run that made its lists, written to the log. `head`: the newest hash of the audit, so that whoever
    keeps these lines can tell later that nothing was cut off."""
    counts = {"overdue": night.late.total(), "calls": night.called.total()}
    counts |= {section: night.called[section] for section in (calls.DANGER, calls.REFERRAL, calls.SOON)}
    counts["tasks"] = night.tasks["found"]
    if night.bundles:
        refused = sum(one.code is not None for one in night.bundles)
        counts |= {"bundles": len(night.bundles) - refused, "refused": refused}
    kept = {parts.FROZEN: ",".join(night.frozen)} if night.frozen else {}

    def line() -> str:
        failed = {"failed": ",".join(night.failed)} if night.failed else {}
        return journal.line(exit_code(night), **counts, **kept, **failed, audit=head[:_HASH])

    with _noted(JOURNAL, night.failed):
        journal.add(line())
    return line()


def _refuse(desk: Desk, wishes: Wishes) -> None:
    """Nobody to list, or a clock behind what was recorded under it: today's lists would be those of a wrong day."""
    if wishes.incoming is None or not incoming.waiting(wishes.incoming):
        _refuse_empty(desk, wishes)
    newest = nights.newest_entry(desk.db)
    if wishes.day_given or newest is None:
        return
    if datetime.fromisoformat(desk.stamp.at) + _SLACK < datetime.fromisoformat(newest):
        raise NotAllowed("nightly.clock", now=china_minute(desk.stamp.at), newest=china_minute(newest))


def _refuse_empty(desk: Desk, wishes: Wishes) -> None:
    if not nights.anybody(desk.db):
        raise RegistryUnusable("nightly.empty", path=wishes.registry)


def _fill(tonight: Tonight, folder: DatedFolder) -> None:
    """Every file, all of one moment. When no list can be made the first problem ends the run."""
    desk, wishes, night, _ = tonight
    with nights.snapshot(desk.db):
        with transactions.translated(wishes.registry):
            night.late.update(overdue.counts(desk.db, desk.today, overdue.Asked()))
        errors = _write(tonight, folder, parts.LISTS)
        if len(errors) == len(parts.LISTS):
            raise errors[0]
        _write(tonight, folder, parts.figures(tonight))
    if night.failed:
        with folder.file(FAILED) as out:
            out.writelines(f"{name}: {problem}\n" for name, problem in night.failed.items())


def _write(tonight: Tonight, folder: DatedFolder, wanted: Iterable[parts.File]) -> list[Exception]:
    errors: list[Exception] = []
    for name, write in wanted:
        mark = _BOM if name.endswith(".csv") else ""
        with _part(tonight.wishes, name, tonight.night.failed, errors), folder.file(name, mark) as out:
            write(tonight, out)
    return errors


@contextmanager
def _part(wishes: Wishes, name: str, failed: dict[str, str], errors: list[Exception] | None = None) -> Iterator[None]:
    """Whatever goes wrong inside is noted under this name; what nobody foresaw, with its traceback."""
    with _noted(name, failed):
        try:
            with transactions.translated(wishes.registry):
                yield
        except Exception as error:
            if errors is not None:
                errors.append(error)
            if not isinstance(error, (ChronicError, OSError)):
                with suppress(OSError), private(wishes.out / TRACES, "a") as stream:
                    stream.write(f"{name}\n{without_numbers(traceback.format_exc())}\n")
            _let_go(error)
            raise


def _let_go(error: BaseException | None) -> None:
    """What a part was reading when it failed is read no further: the next part could not do its work beside it."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__


@contextmanager
def _noted(name: str, failed: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except ChronicError as error:
        failed[name] = say(error.code, **error.values)
    except OSError as error:
        failed[name] = system.said(error)
    except Exception as error:
        failed[name] = without_numbers(f"{type(error).__name__}: {error}")
