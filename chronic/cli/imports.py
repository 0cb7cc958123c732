"""`import`: people, visits, check-ups, test results or told facts from a sheet or a FHIR file."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from chronic.cli import envelopes, import_preview, people
from chronic.cli.commands import FILE, NEW_FILE, Command, opening_option, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, WholeNumber
from chronic.errors import RowsRefused, ValueRefused
from chronic.exchange.files import binary
from chronic.i18n import _
from chronic.i18n.terms import HOLDS, term
from chronic.model.plan import Problem
from chronic.model.wording import field_label, say_problem
from chronic.office import imports as office
from chronic.office.account import Summary
from chronic.store import transactions


@click.command(
    "import",
    cls=Command,
    help=_(
        "Take people, visits, check-ups, test results or told facts from a sheet, CSV or Excel: canonical or Chinese "
        "headers. People come first. A FHIR R4 file (Bundle or NDJSON, or a folder of NDJSON) holds all of them. An "
        "encrypted file (.age) is taken as it is."
    ),
    example=(
        "chronic import people.csv --dry-run\n"
        "chronic import visits.csv --source 2025台账 --rejects refused.csv\n"
        'chronic import visits.csv --map "体重=weight_kg:斤" --codes form2017-htn\n'
        "chronic import --maps\n"
        "chronic import people.csv --keep ours\nchronic import screening.csv --screened-on 2026-11-20\n"
        "chronic import --list\nchronic import --undo 2 --yes\nchronic import bundle.json --dry-run"
    ),
)
@click.argument("file", type=FILE, required=False)
@click.option(
    "--source",
    default="default",
    show_default=True,
    help=_("Whose source numbers (person_ref) these are; default: this registry's own."),
)
@click.option("--dry-run", is_flag=True, help=_("Say what would happen; write nothing."))
@click.option("--strict", is_flag=True, help=_("Write nothing if any row is refused."))
@click.option("--rejects", type=NEW_FILE, help=_("Write refused rows with reasons to this file, .csv or .xlsx."))
@click.option("--sheet", help=_("Which sheet of a workbook."))
@click.option("--enrol", is_flag=True, help=_("Of a FHIR file: enrol whoever has confirmed hypertension or diabetes in it."))
@click.option(
    "--screened-on",
    type=DAY,
    help=_("It is the sheet of a day of screening (chronic print campaign): its rows are screenings of that day."),
)
@click.option(
    "--map",
    "meanings",
    metavar="HEADER=COLUMN",
    multiple=True,
    help=_(
        "What a header means, with its unit where that is another, as in 体重=weight_kg:斤; HEADER= leaves it out. "
        "Kept for this --source."
    ),
)
@click.option(
    "--codes",
    default="",
    metavar="SET",
    help=_(
        "What bare numbers in the cells mean: form2017, form2017-htn, form2017-dm, checkup2017, form2011, ws, or of one "
        "system bsoft-htn, bsoft-dm, zkhw and others (a wrong name lists them all). Kept for this --source."
    ),
)
@click.option("--maps", is_flag=True, help=_("Show what is kept of --map and --codes, of one --source or of all."))
@click.option("--forget-maps", is_flag=True, help=_("Forget what is kept of --map and --codes for this --source."))
@click.option(
    "--keep",
    type=click.Choice(("theirs", "ours", "newer", "ask")),
    default="theirs",
    show_default=True,
    help=_("Whose value counts where sheet and register disagree about a person: the sheet's (theirs) or ours."),
)
@click.option("--list", "listed", is_flag=True, help=_("Every import so far, the latest first."))
@click.option(
    "--undo", "undone", type=WholeNumber(min=1), metavar="IMPORT", help=_("Take back the import with this number.")
)
@opening_option
@yes_option
@output_options
@click.pass_obj
def import_(
    session: Session, /, file: Path | None, maps: bool, forget_maps: bool, listed: bool, undone: int | None, yes: bool,
    style: str, out: Path | None, passphrase_file: Path | None, **wishes: Any,
) -> None:  # fmt: skip
    asked = office.Wishes(**wishes)
    if asked.rejects is not None:
        session.spare(asked.rejects)
    if asked.screened_on is not None and asked.screened_on > session.today:
        raise ValueRefused("visit.future", value=asked.screened_on)
    if (file is not None) + listed + (undone is not None) + (maps or forget_maps) != 1:
        raise ValueRefused("import.which")
    if maps or forget_maps:
        _kept(session, asked.source, forget_maps)
    elif listed:
        from chronic.reports import batches

        session.show(batches.listing(session.db, session.today), style, out)
    elif undone is not None:
        from chronic.cli.batches import take_back

        take_back(session, undone, yes)
    elif file is not None:
        with envelopes.in_the_clear(session, file, passphrase_file), session.printing(out):
            _take(session, file, asked, yes)


def _take(session: Session, file: Path, asked: office.Wishes, yes: bool) -> None:
    if asked.keep == "ask":
        from chronic.cli.keeping import answered

        asked = answered(session, file, asked)
    if sys.stdin.isatty() and not yes and not asked.dry_run:
        asked = _previewed(session, file, asked)
    summary = _run(session, file, asked)
    if asked.dry_run:
        _echo(import_preview.lines(summary))
    _echo(summary_lines(summary, asked.dry_run))
    _echo(import_preview.hints(summary))
    refused = summary.states["refused"]
    if refused:
        code = (
            ("import.refused" if refused < summary.rows else "import.all_refused")
            if summary.written
            else "import.strict"
            if asked.strict and not asked.dry_run
            else "import.dry_run"
        )
        raise RowsRefused(code, refused=refused, rows=summary.rows)


def _run(session: Session, file: Path, wishes: office.Wishes) -> Summary:
    with click.progressbar(length=_lines(file), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        return office.run(session.desk, file, wishes, bar.update)


def _previewed(session: Session, file: Path, wishes: office.Wishes) -> office.Wishes:
    """Try it, show what would happen, ask what is unclear and whether to write. The registry is free meanwhile."""
    trial = replace(wishes, dry_run=True, rejects=None)
    summary = _run(session, file, trial)
    wiser = import_preview.asked(summary, trial)
    if wiser != trial:
        summary = _run(session, file, wiser)
    _echo(import_preview.lines(summary))
    if any(summary.states[state] for state in ("added", "changed", "filled")):
        _echo(summary_lines(summary, True))
        click.confirm(_("Write it?"), abort=True, err=True)
    return replace(wiser, dry_run=False, rejects=wishes.rejects)


def _kept(session: Session, source: str, forget: bool) -> None:
    """Show or forget what was said of the sheets of a source."""
    from chronic.store import meanings

    if forget:
        with transactions.immediate(session.db):
            n = meanings.forget(session.db, source)
        click.echo(_("{n} forgotten for {source}.").format(n=n, source=source))
        return
    is_given = click.get_current_context().get_parameter_source("source") is not click.core.ParameterSource.DEFAULT
    found = meanings.read(session.db, source if is_given else None)
    for kept in found:
        what = f'--map "{kept.header}={kept.meant}"' if kept.header else f"--codes {kept.meant}"
        click.echo(f"{kept.source}  {what}  {kept.at[:10]} {kept.by}")
    if not found:
        click.echo(_("Nothing is kept; give --map or --codes with an import."))


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def summary_lines(summary: Summary, dry_run: bool) -> Iterator[str]:
    """What was found, what changed, what is worth asking, what was refused."""
    names = import_preview.states()
    if not summary.rows:
        yield _("There is nothing below the headers; nothing was changed.")
        return
    for holds, states in (summary.parts or {summary.holds: summary.states}).items():
        counts = "   ".join(f"{names[state]} {states[state]}" for state in names if states[state])
        yield f"{term(HOLDS, holds)}  {_('{n} rows').format(n=states.total())}   {counts}"
    if dry_run:
        yield _("Dry run: nothing was written.")
    if summary.ignored:
        said = _("Not read, how often: {names}") if summary.parts else _("Columns not read: {names}")
        yield said.format(names=", ".join(summary.ignored))
    if summary.villages_made:
        yield _("New villages: {names}").format(names=", ".join(dict.fromkeys(summary.villages_made)))
    if summary.fields:
        yield _("Changed: {fields}").format(
            fields=", ".join(f"{field_label(name)} {n}" for name, n in summary.fields.most_common())
        )
    yield from _ours(summary)
    yield from _problems(_("Please check"), summary.warnings, summary.warned)
    yield from _problems(_("Refused"), summary.refusals, summary.refused)


def _ours(summary: Summary) -> Iterator[str]:
    if not summary.kept:
        return
    counted = ", ".join(f"{field_label(name)} {n}" for name, n in summary.kept.most_common())
    yield _("The register's values kept: {fields}").format(fields=counted)
    for line, kept in summary.kept_like:
        instead = people.change_line(kept.column, kept.theirs, kept.ours)
        yield "  " + _("line {n}: {sentence}").format(n=line, sentence=f"{kept.name}  {instead}")
    if summary.kept.total() > len(summary.kept_like):
        yield "  ..."


def _problems(title: str, counts: Counter[str], samples: list[tuple[int, Problem]]) -> Iterator[str]:
    if not counts:
        return
    yield f"{title}  {counts.total()}"
    first = {}
    for line, problem in reversed(samples):
        first[problem.code] = (line, problem)
    if len(counts) > 1 or counts.total() > len(samples):
        for code, n in counts.most_common():
            example = say_problem(first[code][1]) if code in first else code
            yield "  " + _("{n} like: {sentence}").format(n=n, sentence=example)
    for line, problem in samples:
        yield "  " + _("line {n}: {sentence}").format(n=line, sentence=say_problem(problem))
    if counts.total() > len(samples):
        yield "  ..."


def _lines(file: Path) -> int:
    """Roughly how many rows there are, for the progress bar."""
    if file.is_dir():
        return sum(_lines(part) for part in file.iterdir() if part.is_file())
    if not file.is_file():
        return 0
    with binary(file) as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
