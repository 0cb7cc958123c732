"""The unattended run: who is overdue and whom to call, in one dated folder, whatever was missed before.

First the registry is checked, so that what is wrong becomes a task and what was put right is closed. Then the figures of
every month that is over and not kept yet are frozen.

A part that fails does not stop the others; it is named and the run ends with 30. The registry's own trouble
(missing, damaged, nobody in it) and a clock that cannot be right stop the run, and leave the last folder alone.
Phones are masked here as everywhere; with `full` the call list shows them, and only it: nobody needs the phones of
the overdue list, which is the one that is handed on.
"""

import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple

from chronic.care.desk import Desk
from chronic.errors import ChronicError, NotAllowed, ProblemsFound, RegistryUnusable
from chronic.model.days import china_minute
from chronic.model.report import Report
from chronic.model.traces import without_numbers
from chronic.model.wording import say
from chronic.office import freezing, supervision
from chronic.office.folders import LATEST, DatedFolder, point, private
from chronic.render import files
from chronic.reports import calls, overdue
from chronic.store import nights, registry

PAGE = "nightly.html"
TASKS = "tasks"
FROZEN = "frozen"
JOURNAL, TRACES = "nightly.log", "nightly-error.log"

_BOM = "\ufeff"
_SLACK = timedelta(minutes=5)
"""A clock set right over the network jumps back a little, and someone may record while the run begins."""


class Wishes(NamedTuple):
    """How to run. `day_given`: the business day does not come from the computer's clock, so that is not judged.

    `numbers`: the guideline's numbers for the sentences on the page.
    """

    registry: Path
    out: Path
    clinic: str
    numbers: dict[str, object]
    full: bool = False
    day_given: bool = False


class Night(NamedTuple):
    """What became of it. `late`: the overdue by band; `called`: the calls by section; `failed`: what is missing, and why."""

    folder: Path
    late: Counter[str]
    called: Counter[str]
    failed: dict[str, str]
    tasks: Counter[str]
    """Problems found by the checks, and tasks made, reopened and closed."""
    frozen: list[str]
    """Months whose figures were kept."""


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
    with registry.translated(wishes.registry):
        _refuse(desk, wishes)
    day, at = desk.today.isoformat(), desk.stamp.at
    night = Night(wishes.out / day, Counter(), Counter(), {}, Counter(), [])
    with _part(wishes, TASKS, night.failed):
        for count in supervision.check(desk, asked=False).values():
            night.tasks.update(count._asdict())
    with _part(wishes, FROZEN, night.failed):
        night.frozen.extend(freezing.freeze_missing(desk))
    try:
        with DatedFolder(wishes.out, day, desk.stamp.ms / 1000) as folder:
            _fill(desk, wishes, folder, night)
            folder.publish()
    except OSError as error:
        raise ProblemsFound("nightly.folder", path=wishes.out, problem=error.strerror or error) from None
    with _part(wishes, LATEST, night.failed):
        point(wishes.out, day)
    with _part(wishes, wishes.registry.name, night.failed):
        nights.remember_run(desk.db, at, day, exit_code(night))
    return night


def exit_code(night: Night) -> int:
    return ProblemsFound.exit_code if night.failed else 0


def close(journal: Journal, night: Night) -> str:
    """The line of a run that made its lists, written to the log."""
    counts = {"overdue": night.late.total(), "calls": night.called.total()}
    counts |= {section: night.called[section] for section in (calls.DANGER, calls.REFERRAL, calls.SOON)}
    counts["tasks"] = night.tasks["found"]
    kept = {FROZEN: ",".join(night.frozen)} if night.frozen else {}

    def line() -> str:
        failed = {"failed": ",".join(night.failed)} if night.failed else {}
        return journal.line(exit_code(night), **counts, **kept, **failed)

    with _noted(JOURNAL, night.failed):
        journal.add(line())
    return line()


def _refuse(desk: Desk, wishes: Wishes) -> None:
    """Nobody to list, or a clock behind what was recorded under it: today's lists would be those of a wrong day."""
    if not nights.anybody(desk.db):
        raise RegistryUnusable("nightly.empty", path=wishes.registry)
    newest = nights.newest_entry(desk.db)
    if wishes.day_given or newest is None:
        return
    if datetime.fromisoformat(desk.stamp.at) + _SLACK < datetime.fromisoformat(newest):
        raise NotAllowed("nightly.clock", now=china_minute(desk.stamp.at), newest=china_minute(newest))


def _fill(desk: Desk, wishes: Wishes, folder: DatedFolder, night: Night) -> None:
    """Every file, all of one moment. When none can be made the first problem ends the run."""
    errors: list[Exception] = []
    parts = _parts(desk, wishes, night)
    with nights.snapshot(desk.db):
        with registry.translated(wishes.registry):
            night.late.update(overdue.counts(desk.db, desk.today, overdue.Asked()))
        for name, write in parts.items():
            with _part(wishes, name, night.failed, errors), folder.file(name, _BOM if name.endswith(".csv") else "") as out:
                write(out)
    if len(errors) == len(parts):
        raise errors[0]


def _parts(desk: Desk, wishes: Wishes, night: Night) -> dict[str, Callable[[IO[str]], None]]:
    """File name -> what writes it. Each reads for itself, so that no list is ever held whole."""

    def late() -> Report:
        return overdue.overdue(desk.db, desk.today, overdue.Asked())

    def called() -> Report:
        return _counted(calls.calls(desk.db, desk.today, calls.WITHIN, overdue.Asked(full=wishes.full)), night.called)

    def page(out: IO[str]) -> None:
        from chronic.office import sheet
        from chronic.render import html

        facts = sheet.Facts(wishes.clinic, desk.today, calls.WITHIN, desk.stamp.at, wishes.full, wishes.numbers, night.late)
        html.write(sheet.page(called(), late(), facts), out)

    return {
        "overdue.csv": lambda out: files.write_csv(late(), out),
        "overdue.json": lambda out: files.write_json(late(), out),
        "calls.csv": lambda out: files.write_csv(called(), out),
        "calls.json": lambda out: files.write_json(called(), out),
        PAGE: page,
    }


def _counted(report: Report, sections: Counter[str]) -> Report:
    """The same; once all rows have gone by, how many there are of each section."""

    def rows() -> Iterator[dict[str, object]]:
        seen: Counter[str] = Counter()
        for row in report.rows:
            seen[str(row["section"])] += 1
            yield row
        sections.clear()
        sections.update(seen)

    return report._replace(rows=rows())


@contextmanager
def _part(wishes: Wishes, name: str, failed: dict[str, str], errors: list[Exception] | None = None) -> Iterator[None]:
    """Whatever goes wrong inside is noted under this name; what nobody foresaw, with its traceback."""
    with _noted(name, failed):
        try:
            with registry.translated(wishes.registry):
                yield
        except Exception as error:
            if errors is not None:
                errors.append(error)
            if not isinstance(error, (ChronicError, OSError)):
                with suppress(OSError), private(wishes.out / TRACES, "a") as stream:
                    stream.write(f"{name}\n{without_numbers(traceback.format_exc())}\n")
            raise


@contextmanager
def _noted(name: str, failed: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except ChronicError as error:
        failed[name] = say(error.code, **error.values)
    except OSError as error:
        failed[name] = error.strerror or str(error)
    except Exception as error:
        failed[name] = without_numbers(f"{type(error).__name__}: {error}")
