"""`import`: people, visits, check-ups, test results or told facts from a sheet or a FHIR file."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from chronic.cli.commands import FILE, NEW_FILE, Command
from chronic.cli.session import Session
from chronic.errors import RowsRefused
from chronic.i18n import N_, _
from chronic.model.plan import Problem
from chronic.model.wording import field_label, say_problem
from chronic.office import imports as office


@click.command(
    "import",
    cls=Command,
    help=_(
        "Take people, visits, check-ups, test results or told facts from a sheet, CSV or Excel: canonical or Chinese "
        "headers. People come first. A FHIR R4 file (Bundle or NDJSON) holds people, visits and tests."
    ),
    example=(
        "chronic import people.csv --dry-run\nchronic import visits.csv --source 2025台账 --rejects refused.csv\n"
        "chronic import bundle.json --dry-run"
    ),
)
@click.argument("file", type=FILE)
@click.option("--source", default="default", show_default=True, help=_("Whose source numbers (person_ref) these are."))
@click.option("--dry-run", is_flag=True, help=_("Say what would happen; write nothing."))
@click.option("--strict", is_flag=True, help=_("Write nothing if any row is refused."))
@click.option("--rejects", type=NEW_FILE, help=_("Write refused rows with reasons to this file."))
@click.option("--sheet", help=_("Which sheet of a workbook."))
@click.option("--enrol", is_flag=True, help=_("Of a FHIR file: enrol whoever has confirmed hypertension or diabetes in it."))
@click.pass_obj
def import_(session: Session, /, file: Path, **wishes: Any) -> None:
    asked = office.Wishes(**wishes)
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


_HOLDS = {
    "people": N_("People"), "visits": N_("Visits"), "checkups": N_("Check-ups"), "tests": N_("Test results"),
    "facts": N_("Facts"), "fhir": N_("FHIR resources"),
}  # fmt: skip


def summary_lines(summary: office.Summary, dry_run: bool) -> Iterator[str]:
    """What was found, what changed, what is worth asking, what was refused."""
    names = {
        "added": _("new"), "changed": _("changed"), "filled": _("filled"),
        "unchanged": _("unchanged"), "refused": _("rows refused"),
    }  # fmt: skip
    if not summary.rows:
        yield _("There is nothing below the headers; nothing was changed.")
        return
    for holds, states in (summary.parts or {summary.holds: summary.states}).items():
        counts = "   ".join(f"{names[state]} {states[state]}" for state in names if states[state])
        yield f"{_(_HOLDS[holds])}  {_('{n} rows').format(n=states.total())}   {counts}"
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
    yield from _problems(_("Please check"), summary.warnings, summary.warned)
    yield from _problems(_("Refused"), summary.refusals, summary.refused)


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
