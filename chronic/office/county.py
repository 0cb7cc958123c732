"""What a night makes beside the lists where others report by bundles: what came, who has not, rankings, what goes out."""

from typing import IO, TYPE_CHECKING

from chronic.care.desk import Desk
from chronic.errors import ValueRefused
from chronic.model import period as periods
from chronic.model.days import add_months
from chronic.model.report import Report
from chronic.model.task import TYPED
from chronic.model.wording import say
from chronic.office import incoming
from chronic.office.folders import put
from chronic.protocol.reporting import Reporting
from chronic.render import files
from chronic.reports import bundles as bundle_reports
from chronic.reports import circular, figures, measures, reported, task_standing
from chronic.reports import desk as desk_reports
from chronic.reports import tasks as task_reports
from chronic.store import bundles as peers
from chronic.store import registry

if TYPE_CHECKING:
    from chronic.office.parts import Tonight

BUNDLES, OUTGOING = "bundles.csv", "outgoing"
_HIGHER = ("township", "county")
_UNSAFE = '/\\:*?"<>|'


def reported_to(tonight: "Tonight") -> bool:
    """Do others report to this registry?"""
    desk, wishes = tonight.desk, tonight.wishes
    higher = registry.settings(desk.db).get("level") in _HIGHER
    return (higher or wishes.incoming is not None) and bool(peers.standings(desk.db))


def take_in(tonight: "Tonight") -> None:
    """Merge what lies in the folder for arriving bundles; what was refused is named, and nothing of it is here."""
    desk, wishes = tonight.desk, tonight.wishes
    if wishes.incoming is None:
        return
    if not wishes.incoming.is_dir():
        raise ValueRefused("nightly.no_incoming", path=wishes.incoming)
    found = incoming.take_in(desk, wishes.incoming)
    tonight.night.bundles.extend(found)
    bad = sum(one.code is not None for one in found)
    if bad:
        tonight.night.failed[BUNDLES] = say("bundle.some_refused", n=bad, all=len(found))


def send_out(tonight: "Tonight") -> None:
    """The next bundle of everybody trusted, each in the place of the one that was not fetched."""
    desk, folder = tonight.desk, tonight.wishes.outgoing
    if folder is None:
        return
    from chronic.office import bundles

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    used = set[str]()
    for peer in peers.standings(desk.db):
        try:
            made = bundles.make(desk, peer.name, everything=False, plain=False)
        except ValueRefused as error:  # of one receiver: the others are served
            tonight.night.failed[f"{OUTGOING}/{peer.name}"] = say(error.code, **error.values)
            continue
        name = "".join("_" if letter in _UNSAFE else letter for letter in peer.name)
        while name in used:
            name += "_"
        used.add(name)
        put(folder / f"{name}{incoming.SUFFIX}", made.data)


def arrived(tonight: "Tonight", out: IO[str]) -> None:
    files.write_csv(bundle_reports.merged(tonight.night.bundles, tonight.desk.today), out)


def desk_report(tonight: "Tonight") -> Report:
    desk, folder = tonight.desk, tonight.wishes.incoming
    refused = list(incoming.refused(folder)) if folder is not None else []
    return desk_reports.report(desk.db, desk.today, _book(desk), desk_reports.Asked(), refused)


def ranking(tonight: "Tonight", by: str, out: IO[str]) -> None:
    """The indicators of the last month that is over, by rank."""
    question, rows = _ranked(tonight, by)
    files.write_csv(reported.with_columns(figures.kept(rows, question), by), out)


def circulate(tonight: "Tonight", out: IO[str]) -> None:
    """The same as sentences to paste into a circular."""
    question, rows = _ranked(tonight, "township")
    out.write(f"{tonight.wishes.clinic}  {periods.shown(question.period)}\n")
    for paragraph in circular.paragraphs(rows, "township"):
        out.write(paragraph + "\n")


def handed_out(tonight: "Tonight", out: IO[str]) -> None:
    """How the tasks stand that people wrote down or handed out, by village."""
    asked = task_reports.Asked(kind=TYPED)
    files.write_csv(task_standing.by_place(tonight.desk.db, tonight.desk.today, "village", asked), out)


def _ranked(tonight: "Tonight", by: str) -> tuple[figures.Question, list[figures.Row]]:
    """Counted once for all files it is in."""
    desk, key = tonight.desk, f"ranking by {by}"
    month = periods.month_of(add_months(desk.today.replace(day=1), -1))
    question = figures.Question(measures.measures(desk.editions.on(month.last)), month, periods.before(month), by)
    if key not in tonight.found:
        tonight.found[key] = reported.rows(desk.db, desk.today, desk.editions, question)
    found: list[figures.Row] = tonight.found[key]
    return question, found


def _book(desk: Desk) -> Reporting:
    return Reporting.of(desk.editions.on(desk.today))
