"""`import`: people, visits, check-ups, test results or told facts from a sheet."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from chronic.cli import people
from chronic.cli.commands import FILE, NEW_FILE, Command, output_options, yes_option
from chronic.cli.session import Session
from chronic.errors import RowsRefused, ValueRefused
from chronic.i18n import _
from chronic.i18n.terms import HOLDS, term
from chronic.model.plan import Problem
from chronic.model.wording import field_label, say_problem
from chronic.office import imports as office


@click.command(
    "import",
    cls=Command,
    help=_(
        "Take people, visits, check-ups, test results or told facts from a sheet, CSV or Excel: canonical or Chinese "
        "headers. People come first."
    ),
    example=(
        "chronic import people.csv --dry-run\nchronic import visits.csv --source 2025台账 --rejects refused.csv\n"
        "chronic import people.csv --keep ours\nchronic import --list\nchronic import --undo 2 --yes"
    ),
)
@click.argument("file", type=FILE, required=False)
@click.option("--source", default="default", show_default=True, help=_("Whose source numbers (person_ref) these are."))
@click.option("--dry-run", is_flag=True, help=_("Say what would happen; write nothing."))
@click.option("--strict", is_flag=True, help=_("Write nothing if any row is refused."))
@click.option("--rejects", type=NEW_FILE, help=_("Write refused rows with reasons to this file."))
@click.option("--sheet", help=_("Which sheet of a workbook."))
@click.option(
    "--keep",
    type=click.Choice(("theirs", "ours", "newer", "ask")),
    default="theirs",
    show_default=True,
    help=_("Whose value counts where sheet and register disagree about a person: the sheet's (theirs) or ours."),
)
@click.option("--list", "listed", is_flag=True, help=_("Every import so far, the latest first."))
@click.option("--undo", "undone", type=int, metavar="IMPORT", help=_("Take back the import with this number."))
@yes_option
@output_options
@click.pass_obj
def import_(
    session: Session, /, file: Path | None, listed: bool, undone: int | None, yes: bool, style: str, out: Path | None,
    **wishes: Any,
) -> None:  # fmt: skip
    if (file is not None) + listed + (undone is not None) != 1:
        raise ValueRefused("import.which")
    if listed:
        from chronic.reports import batches

        session.show(batches.listing(session.db, session.today), style, out)
    elif undone is not None:
        from chronic.cli.batches import take_back

        take_back(session, undone, yes)
    elif file is not None:
        with session.printing(out):
            _take(session, file, office.Wishes(**wishes))


def _take(session: Session, file: Path, asked: office.Wishes) -> None:
    if asked.keep == "ask":
        from chronic.cli.keeping import answered

        asked = answered(session, file, asked)
    with click.progressbar(length=_lines(file), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        summary = office.run(session.desk, file, asked, bar.update)
    for line in summary_lines(summary, asked.dry_run):
        click.echo(line)
    refused = summary.states["refused"]
    if refused:
        code = (
            "import.refused"
            if summary.written
            else "import.strict"
            if asked.strict and not asked.dry_run
            else "import.dry_run"
        )
        raise RowsRefused(code, refused=refused, rows=summary.rows)


def summary_lines(summary: office.Summary, dry_run: bool) -> Iterator[str]:
    """What was found, what changed, what is worth asking, what was refused."""
    names = {
        "added": _("new"), "changed": _("changed"), "filled": _("filled"),
        "unchanged": _("unchanged"), "refused": _("rows refused"),
    }  # fmt: skip
    if not summary.rows:
        yield _("There is nothing below the headers; nothing was changed.")
        return
    what = term(HOLDS, summary.holds)
    counts = "   ".join(f"{names[state]} {summary.states[state]}" for state in names if summary.states[state])
    yield f"{what}  {_('{n} rows').format(n=summary.rows)}   {counts}"
    if dry_run:
        yield _("Dry run: nothing was written.")
    if summary.ignored:
        yield _("Columns not read: {names}").format(names=", ".join(summary.ignored))
    if summary.villages_made:
        yield _("New villages: {names}").format(names=", ".join(dict.fromkeys(summary.villages_made)))
    if summary.fields:
        yield _("Changed: {fields}").format(
            fields=", ".join(f"{field_label(name)} {n}" for name, n in summary.fields.most_common())
        )
    yield from _kept(summary)
    yield from _problems(_("Please check"), summary.warnings, summary.warned)
    yield from _problems(_("Refused"), summary.refusals, summary.refused)


def _kept(summary: office.Summary) -> Iterator[str]:
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
    if not file.is_file():
        return 0
    with file.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
