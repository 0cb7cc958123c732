"""`protocol` and `replan`: the guidelines people are judged by, and what a new one changes."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from chronic.cli.commands import Command, Group, output_options, yes_option
from chronic.cli.people import really
from chronic.cli.session import Session
from chronic.cli.types import DAY
from chronic.errors import ProblemsFound, ValueRefused
from chronic.i18n import _, ngettext
from chronic.i18n.terms import CLASSES, PROGRAMMES, term
from chronic.model.report import Report
from chronic.office import editions as office
from chronic.protocol import Editions, Protocol, books, load, parse, shipped_names
from chronic.reports import guidelines
from chronic.store import editions

_SHOWN = 20


@click.group(cls=Group, help=_("The guidelines people are judged by: look, test, put in force."))
def protocol() -> None:
    pass


@protocol.command(
    "list",
    help=_("The guidelines at hand, and from which day each one counts here."),
    example="chronic protocol list",
)
@output_options
@click.pass_obj
def list_(session: Session, /, style: str, out: Path | None) -> None:
    db = session.db if session.path.exists() else None
    session.show(guidelines.at_hand(db, session.today), style, out)


@protocol.command(
    help=_("Every number of a guideline with its source; what is not verified says so."),
    example="chronic protocol show\nchronic protocol show cn-nbphs-2017 --format json\nchronic protocol show county.toml",
)
@click.argument("guideline", required=False)
@output_options
@click.pass_obj
def show(session: Session, /, guideline: str | None, style: str, out: Path | None) -> None:
    found = _named(session, guideline)[0] if guideline else session.desk.editions.on(session.today)
    report = guidelines.numbers(found, session.today)
    if style != "table":
        session.show(report, style, out)
        return
    with session.printing(out):
        for line in _blocks(report):
            click.echo(line)


@protocol.command(
    help=_("Check a guideline file of your own, and whether it does what your cases expect."),
    example="chronic protocol check county.toml\nchronic protocol check county.toml --cases county-cases.toml",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--cases", type=click.Path(path_type=Path), help=_("A file of cases it must decide as written."))
@click.pass_obj
def check(session: Session, /, file: Path, cases: Path | None) -> None:
    found = _own(_text(file))
    click.echo(_("{id} is a complete guideline.").format(id=found.id))
    if cases is not None:
        _hold(found, cases)


@protocol.command(
    help=_("Put a guideline in force from a day on; shows first who changes and why."),
    example="chronic protocol use county.toml --from 2027-01-01\nchronic protocol use cn-nbphs-2017 --from 2027-01-01",
)
@click.argument("guideline")
@click.option("--from", "from_on", type=DAY, required=True, help=_("The first day it judges."))
@yes_option
@click.pass_obj
def use(session: Session, /, guideline: str, from_on: date, yes: bool) -> None:
    found, text = _named(session, guideline)
    then = office.planned(session.desk, found, from_on)
    concerned = _who_changes(session, then)
    title = _("{title} from {day} on").format(title=guidelines.title(found), day=from_on)
    really(_("Put it in force?"), yes, title)
    office.use(session.desk, found, text, from_on)
    click.echo(_("In force: {what}").format(what=title))
    _renew(session, then, concerned)


@click.command(
    cls=Command,
    help=_("Judge and plan everyone anew by the guidelines in force; shows first who changes and why."),
    example="chronic replan\nchronic replan --dry-run --format csv --out changes.csv",
)
@click.option("--dry-run", is_flag=True, help=_("Only list who would change."))
@output_options
@yes_option
@click.pass_obj
def replan(session: Session, /, dry_run: bool, style: str, out: Path | None, yes: bool) -> None:
    now = session.desk.editions
    if dry_run:
        every = (change for _person, found in office.differing(session.db, now, session.today) for change in found)
        session.show(office.report(session.today, every), style, out)
        return
    concerned = _who_changes(session, now)
    if concerned:
        really(_("Plan them anew?"), yes, ngettext("{n} person", "{n} people", len(concerned)).format(n=len(concerned)))
        _renew(session, now, concerned)


def _named(session: Session, text: str) -> tuple[Protocol, str | None]:
    """A guideline by its id or its file; the text where it does not come with the program."""
    if text in shipped_names():
        return load(text), None
    stored = editions.text_of(session.db, text) if session.path.exists() else None
    if stored is None and not Path(text).exists():
        raise ValueRefused("protocol.unknown", protocol=text)
    own = stored or _text(Path(text))
    return _own(own), own


def _own(text: str) -> Protocol:
    """A file of one's own, its books included."""
    found = parse(text)
    books.check(found)
    return found


def _text(file: Path) -> str:
    if not file.is_file():
        raise ValueRefused("file.missing", path=file)
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueRefused("file.unreadable", path=file, problem=error) from None


def _hold(found: Protocol, file: Path) -> None:
    """Run the cases; ProblemsFound names how many do not hold."""
    from chronic.exchange import cases

    every = cases.read(_text(file))
    told = [one for case in every for one in cases.run(case, Editions([(found.effective_from, found)]))]
    wrong = [one for one in told if not one.holds]
    for one in wrong:
        click.echo(f"{one.says}: {one.where}")
        click.echo("  " + _("wanted {wanted}, got {got}").format(wanted=one.wanted, got=one.got))
    if wrong:
        raise ProblemsFound("cases.failed", failed=len({one.says for one in wrong}), all=len(every))
    click.echo(ngettext("{n} case holds.", "{n} cases hold.", len(every)).format(n=len(every)))


def _blocks(report: Report) -> Iterator[str]:
    """The file, section by section, as a doctor would hold it beside the book."""
    yield report.title
    for row in report.rows:
        unsure = "  " + _("(not verified)") if row["unverified"] else ""
        own = "  " + _("differs from its base") if row["own"] else ""
        yield ""
        yield f"[{row['section']}]  {row['source']}  ({row['mark']}){unsure}{own}"
        yield from (f"  {value}" for value in row["values"])  # type: ignore[attr-defined]
        yield f"  {row['sentence']}"


def _who_changes(session: Session, then: Editions) -> list[int]:
    """Show who would change and how, the first of them by name; everyone who has to be planned anew."""
    concerned: list[int] = []
    first: list[office.Change] = []
    kinds: Counter[str] = Counter()
    changing = 0
    for person, found in office.differing(session.db, then, session.today):
        concerned.append(person)
        changing += bool(found)
        kinds.update(map(_kind, found))
        first += found[: _SHOWN - len(first)]
    if not changing:
        click.echo(_("Nobody changes."))
        return concerned
    session.show(office.report(session.today, first), "table", None)
    if kinds.total() > len(first):
        click.echo("...")
    for kind, n in kinds.most_common():
        click.echo(f"{kind}  {n}")
    click.echo(ngettext("{n} person changes.", "{n} people change.", changing).format(n=changing))
    return concerned


def _kind(change: office.Change) -> str:
    """高血压  控制满意 -> 控制不满意"""
    who = term(PROGRAMMES, change.programme) if change.programme else _("outside any programme")
    before, after = (term(CLASSES, klass) if klass else "-" for klass in change.klass)
    return f"{who}  {before} -> {after}" if before != after else f"{who}  {_('other dates or reasons')}"


def _renew(session: Session, then: Editions, concerned: list[int]) -> None:
    desk = session.desk._replace(editions=then)
    with click.progressbar(length=len(concerned), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for done in office.renew(desk, concerned):
            bar.update(done - bar.pos)
    click.echo(ngettext("{n} person planned anew.", "{n} people planned anew.", len(concerned)).format(n=len(concerned)))
