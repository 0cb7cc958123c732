"""Take a sheet of people, visits, check-ups, test results or told facts: one transaction, the keyboard's checks, an
account of every row.

Rows are read, matched, checked and written a chunk at a time, so memory does not grow with the file. Everyone
touched is re-planned at the end of the same transaction. A dry run does all of it and takes it back.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from chronic.care import keeping
from chronic.care.desk import Desk
from chronic.care.keeping import Difference, Keep
from chronic.care.replan import replan
from chronic.errors import ValueRefused
from chronic.exchange import mapping
from chronic.exchange.codes import code_set
from chronic.exchange.headers import normal
from chronic.exchange.rejects import write_rejects
from chronic.exchange.sheets import Sheet, open_sheet
from chronic.office import taking
from chronic.office.account import Account, Recognised, Summary
from chronic.store import batches, journal
from chronic.store import meanings as told
from chronic.store.opening import Registry
from chronic.store.registry import prepare_to_load, without_collector

if TYPE_CHECKING:
    from chronic.exchange.fhir.rows import Fhir, Part

_AT_ONCE = 500
Said = dict[str, str]
"""What was said of the sheets of a source: header -> what it means, "" -> the set of codes."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to import: the options of the command."""

    source: str = "default"
    dry_run: bool = False
    strict: bool = False
    rejects: Path | None = None
    sheet: str | None = None
    screened_on: date | None = None
    """The sheet is that of a day of screening."""
    enrol: bool = False
    """Of a FHIR file: recorded hypertension and diabetes enrol."""
    meanings: tuple[str, ...] = ()
    """HEADER=COLUMN:UNIT, as `--map` takes it."""
    codes: str = ""
    keep: str = keeping.THEIRS
    """Whose value of a person counts where they differ: ours, theirs or newer."""
    answers: keeping.Keep | None = None
    """What was answered instead."""


class _TakeBack(Exception):
    """Ends the transaction of a dry run or of a strict import with refused rows."""


def run(desk: Desk, path: Path, wishes: Wishes, progress: Callable[[int], None]) -> Summary:
    """Import one file. `progress` is told the number of rows or FHIR resources of each chunk. Raises ValueRefused."""
    said = _said_of(desk, wishes)
    with ExitStack() as stack:
        sheet = stack.enter_context(_opened(path, desk, wishes, said, progress))
        _refuse_strange(sheet, wishes)
        summary = _begun(sheet, said)
        prepare_to_load(desk.db)
        stack.enter_context(without_collector())
        rejects = {part.holds: stack.enter_context(write_rejects(file, part)) for file, part in _rejects(sheet, wishes)}
        try:
            with journal.deed(desk.db, desk.stamp, "import.sheet"):
                _take(desk, sheet, wishes, Account(summary, rejects), progress)
                if (wishes.meanings or wishes.codes) and summary.states["refused"] < summary.rows:
                    told.save(desk.db, wishes.source, said, desk.stamp)
                if wishes.dry_run or not summary.rows or (wishes.strict and summary.states["refused"]):
                    raise _TakeBack
        except _TakeBack:
            summary.written = False
    return summary


def _said_of(desk: Desk, wishes: Wishes) -> Said:
    """Header -> what it means, "" -> the set of codes: as said before of this source, and now. Raises ValueRefused."""
    before = {meaning.header: meaning.meant for meaning in told.read(desk.db, wishes.source)}
    now = {header: str(meaning) for header, meaning in mapping.parse(wishes.meanings).items()}
    return {**before, **now, **({"": wishes.codes} if wishes.codes else {})}


def _refuse_strange(sheet: "Sheet | Fhir", wishes: Wishes) -> None:
    """Raises ValueRefused (`map.no_header`) where --map speaks of a header that is not there: a slip of the pen."""
    headers = {normal(text) for text in sheet.header} if isinstance(sheet, Sheet) else set()
    for header in mapping.parse(wishes.meanings) if headers else ():
        if header not in headers:
            raise ValueRefused("map.no_header", header=header, path=sheet.path)


def _meanings(said: Said) -> mapping.Meanings:
    return {header: mapping.meaning(meant) for header, meant in said.items() if header}


def _begun(sheet: "Sheet | Fhir", said: Said) -> Summary:
    """Nothing is taken yet: what was recognised. What was said of headers and codes is of sheets only."""
    if not isinstance(sheet, Sheet):
        return Summary(sheet.holds, sheet.ignored)
    recognised = tuple(_recognised(sheet, _meanings(said)))
    return Summary(sheet.holds, sheet.ignored, recognised=recognised, unsure=sheet.unsure, codes=said.get("", ""))


def _recognised(sheet: Sheet, meanings: mapping.Meanings) -> Iterator[Recognised]:
    for header, column, unit in zip(sheet.header, sheet.columns, sheet.units, strict=True):
        if column is not None:
            yield Recognised(" ".join(header.split()), column, unit, normal(header) in meanings)


def differences(desk: Desk, path: Path, wishes: Wishes) -> list[Difference]:
    """Every field of people in which this sheet and the register disagree, in the order of the rows; nothing is written."""
    found: list[Difference] = []

    def note(difference: Difference) -> str:
        found.append(difference)
        return keeping.OURS

    run(desk, path, replace(wishes, dry_run=True, rejects=None, answers=note), lambda _rows: None)
    return found


def _keep(desk: Desk, wishes: Wishes) -> Keep:
    if wishes.answers is not None:
        return wishes.answers
    return keeping.newer(desk) if wishes.keep == "newer" else keeping.ours if wishes.keep == "ours" else keeping.theirs


@contextmanager
def _opened(path: Path, desk: Desk, wishes: Wishes, said: Said, progress: Callable[[int], None]) -> "Iterator[Sheet | Fhir]":
    from chronic.exchange.fhir.files import is_json

    if not is_json(path):
        codes, with_days = code_set(said.get("", "")), wishes.keep == "newer"
        yield open_sheet(path, desk.today, wishes.sheet, _meanings(said), codes, with_days, wishes.screened_on)
        return
    from chronic.exchange.fhir.read import Wanted as Asked
    from chronic.exchange.fhir.rows import open_fhir
    from chronic.store.staging import staging

    if wishes.meanings or wishes.codes or wishes.screened_on:
        raise ValueRefused("fhir.no_headers", path=path)
    assert isinstance(desk.db, Registry)
    with staging(Path(desk.db.file), desk.stamp.ms, desk.db.key is not None) as values:
        yield open_fhir(path, desk.today, Asked(wishes.source, wishes.enrol), values, progress)


def _parts(sheet: "Sheet | Fhir") -> "tuple[Sheet | Part, ...]":
    """A file of FHIR holds several kinds of rows, a sheet is its own only part."""
    return (sheet,) if isinstance(sheet, Sheet) else sheet.parts


def _rejects(sheet: "Sheet | Fhir", wishes: Wishes) -> "Iterator[tuple[Path, Sheet | Part]]":
    """Where the refused rows of each part go: of several kinds each has a file of its own."""
    if wishes.rejects is None:
        return
    for part in _parts(sheet):
        alone = isinstance(sheet, Sheet)
        yield wishes.rejects if alone else wishes.rejects.with_stem(f"{wishes.rejects.stem}-{part.holds}"), part


def _take(desk: Desk, sheet: "Sheet | Fhir", wishes: Wishes, account: Account, progress: Callable[[int], None]) -> None:
    batch = batches.begin(desk.db, sheet.holds, wishes.source, sheet.path.name, desk.stamp)
    desk = desk._replace(stamp=desk.stamp._replace(batch=batch))
    touched: set[int] = set()
    known, keep = taking.Known(desk, wishes.source), _keep(desk, wishes)
    for part in _parts(sheet):
        account.holds = part.holds
        rows = part.rows()
        while chunk := list(islice(rows, _AT_ONCE)):
            account.summary.rows += len(chunk)
            if part.holds == "people":
                touched.update(taking.people(desk, chunk, known, keep, account))
            elif part.holds == "visits":
                touched.update(taking.visits(desk, chunk, known, account))
            elif part.holds == "checkups":
                touched.update(taking.checkups(desk, chunk, known, account))
            else:
                taking.dated(desk, part.holds, chunk, known, account)
            if isinstance(part, Sheet):  # of a FHIR file most of the time is reading it
                progress(len(chunk))
    taking.look_alike(desk, account)
    replan(desk, touched)
    batches.close(desk.db, batch, account.summary.states)
