"""What a night makes, a line each: steps that write in the registry, then files that are all of one moment.

Each reads for itself, so that no list is ever held whole; a part that fails is named and does not stop the others.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

from chronic.care.desk import Desk
from chronic.model import period as periods
from chronic.model.bundled import Outcome
from chronic.model.days import add_months
from chronic.model.report import Column, Report
from chronic.model.wording import say
from chronic.office import backups, checking, county, freezing, supervision
from chronic.office.backups import Backup
from chronic.render import files
from chronic.reports import calls, overdue
from chronic.store import frozen
from chronic.store.opening import Registry

_T = TypeVar("_T")
FROZEN, CHECK = "frozen", "check.csv"
PAGE, BOARD = "nightly.html", "dashboard.html"


class Wishes(NamedTuple):
    """How to run. `day_given`: the business day does not come from the computer's clock, so that is not judged.

    `numbers`: the guideline's numbers for the sentences on the page. `keep`: so many dated folders stay.
    """

    registry: Path
    out: Path
    clinic: str
    numbers: dict[str, object]
    keep: int
    full: bool = False
    day_given: bool = False
    backup_to: Path | None = None
    """Where backups go; None: a folder beside the registry."""
    incoming: Path | None = None
    """Where bundles arrive; None: nowhere."""
    outgoing: Path | None = None
    """Where the next bundle of everybody trusted is put; None: none is made."""


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
    sent: list[str]
    """All months that were kept on this day, by an earlier run too."""
    backup: list[Backup]
    """The one that was made, unless that failed."""
    bundles: list[Outcome]
    """What became of each bundle that lay there."""


class Tonight(NamedTuple):
    desk: Desk
    wishes: Wishes
    night: Night
    found: dict[str, Any]


class Step(NamedTuple):
    name: str
    take: Callable[[Tonight], None]


class File(NamedTuple):
    name: str
    write: Callable[[Tonight, IO[str]], None]


def _tasks(tonight: Tonight) -> None:
    for count in supervision.check(tonight.desk, asked=False).values():
        tonight.night.tasks.update(count._asdict())


def _freeze(tonight: Tonight) -> None:
    tonight.night.frozen.extend(freezing.freeze_missing(tonight.desk))
    tonight.night.sent.extend(frozen.of_day(tonight.desk.db, tonight.desk.today.isoformat()))


def _back_up(tonight: Tonight) -> None:
    """As `backup` does, into its own folder: older backups are thinned out there, not with the dated folders."""
    made = backups.make(tonight.desk.db, tonight.wishes.backup_to, tonight.desk.stamp)
    tonight.night.backup.append(made.backup)


def _late(tonight: Tonight) -> Report:
    return overdue.overdue(tonight.desk.db, tonight.desk.today, overdue.Asked())


def _called(tonight: Tonight) -> Report:
    desk, asked = tonight.desk, overdue.Asked(full=tonight.wishes.full)
    return _counted(calls.calls(desk.db, desk.today, calls.WITHIN, asked), tonight.night.called)


def _page(tonight: Tonight, out: IO[str]) -> None:
    from chronic.office import sheet
    from chronic.render import html

    desk, wishes, night, _ = tonight
    facts = sheet.Facts(wishes.clinic, desk.today, calls.WITHIN, desk.stamp.at, wishes.full, wishes.numbers, night.late)
    html.write(sheet.page(_called(tonight), _late(tonight), facts), out)


def _board(tonight: Tonight, out: IO[str]) -> None:
    """Of the last month that is over, as `dashboard` makes it."""
    from chronic.office import dashboard
    from chronic.render import board

    desk = tonight.desk
    month = periods.month_of(add_months(desk.today.replace(day=1), -1))
    facts = dashboard.Facts(tonight.wishes.clinic, desk.today, month, periods.before(month), desk.stamp.at)
    board.write(dashboard.board(desk.db, desk.editions, facts), out)


def _asked_about(tonight: Tonight) -> Report:
    """Questions about the records of this quarter and the one before."""
    from chronic.reports import quality
    from chronic.reports.quality.seen import Asked

    desk = tonight.desk
    protocol = desk.editions.on(desk.today)
    found = _once(tonight, "quality", lambda: quality.find(desk.db, Asked(quality.windows(desk.today)), protocol))
    return quality.report(desk.db, desk.today, found, protocol)


def _warned_of(tonight: Tonight) -> Report:
    from chronic.reports import warning

    desk = tonight.desk
    found = _once(tonight, "warning", lambda: warning.find(desk.db, desk.today, desk.editions))
    return warning.report(desk.db, desk.today, found)


def _once(tonight: Tonight, name: str, find: Callable[[], _T]) -> _T:
    """What two files are made of is found once: it is few rows after much reading."""
    if name not in tonight.found:
        tonight.found[name] = find()
    found: _T = tonight.found[name]
    return found


def _check(tonight: Tonight, out: IO[str]) -> None:
    """Is the registry whole? Nobody is judged anew: that is for `check`, once in a while. Problems are named as a part is
    that failed, and the file has them."""
    desk = tonight.desk
    assert isinstance(desk.db, Registry)
    found = list(checking.problems(desk.db, desk.today, quick=True))
    files.write_csv(checking.report(found, desk.today), out)
    if found:
        tonight.night.failed[CHECK] = say("check.found", n=len(found))


def _backed_up(tonight: Tonight, out: IO[str]) -> None:
    """Where tonight's copy of the registry lies."""
    rows: list[dict[str, object]] = [
        {"file": str(made.path), "made_at": made.made_at.isoformat(), "size": made.size} for made in tonight.night.backup
    ]
    columns = tuple(Column(key, key) for key in ("file", "made_at", "size"))
    files.write_csv(Report("backup", tonight.desk.today.isoformat(), columns, rows), out)


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


STEPS = (
    Step(county.BUNDLES, county.take_in),
    Step("tasks", _tasks),
    Step(FROZEN, _freeze),
    Step("backup", _back_up),
    Step(county.OUTGOING, county.send_out),
)
LISTS = (
    File("overdue.csv", lambda tonight, out: files.write_csv(_late(tonight), out)),
    File("overdue.json", lambda tonight, out: files.write_json(_late(tonight), out)),
    File("calls.csv", lambda tonight, out: files.write_csv(_called(tonight), out)),
    File("calls.json", lambda tonight, out: files.write_json(_called(tonight), out)),
    File(PAGE, _page),
)
"""Without any of these there is no folder of the night."""
FIGURES = (
    File(CHECK, _check),
    File("backup.csv", _backed_up),
    File("quality.csv", lambda tonight, out: files.write_csv(_asked_about(tonight), out)),
    File("quality.json", lambda tonight, out: files.write_json(_asked_about(tonight), out)),
    File("warning.csv", lambda tonight, out: files.write_csv(_warned_of(tonight), out)),
    File("warning.json", lambda tonight, out: files.write_json(_warned_of(tonight), out)),
    File(BOARD, _board),
)
DESK = (
    File("desk.csv", lambda tonight, out: files.write_csv(county.desk_report(tonight), out)),
    File("desk.json", lambda tonight, out: files.write_json(county.desk_report(tonight), out)),
    File("ranking-township.csv", lambda tonight, out: county.ranking(tonight, "township", out)),
    File("ranking-village.csv", lambda tonight, out: county.ranking(tonight, "village", out)),
    File("circular.txt", county.circulate),
    File("handed-out.csv", county.handed_out),
)
"""Where others report to this registry."""
_SENT = "indicators-{month}.csv"
KEPT = _SENT.format(month="*")
"""A folder with one of these was sent: it never goes."""


def figures(tonight: Tonight) -> Iterator[File]:
    """The other files of this night, and each month that was frozen on this day, as it is sent."""
    yield from FIGURES
    if county.reported_to(tonight):
        yield from DESK
    if tonight.wishes.incoming is not None:
        yield File(county.BUNDLES, county.arrived)
    for month in tonight.night.sent:
        yield File(_SENT.format(month=month), partial(_sent, month))


def _sent(month: str, tonight: Tonight, out: IO[str]) -> None:
    from chronic.reports import figures, restated

    desk, period = tonight.desk, restated.period_of(month)
    kept = restated.get(desk.db, period)
    question = figures.Question(restated.meanings(kept), period, None)
    files.write_csv(figures.kept(restated.sent(desk.db, kept, question), question), out)
