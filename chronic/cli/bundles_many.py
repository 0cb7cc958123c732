"""`bundle merge` of many files: what came of each, and the exit code of all."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from chronic.cli.people import really
from chronic.cli.session import Session
from chronic.errors import RowsRefused
from chronic.i18n import _, ngettext
from chronic.office import incoming
from chronic.reports import bundles as reports

_WORTH_A_BAR = 10  # files


def merge(session: Session, given: Sequence[Path], dry: bool, yes: bool) -> None:
    """Merge them all. Raises RowsRefused (`bundle.some_refused`, `bundle.all_refused`) after the table."""
    paths = incoming.found(given)
    counted = ngettext("{n} file", "{n} files", len(paths)).format(n=len(paths))
    if not dry and sys.stdin.isatty():
        really(_("Merge these bundles?"), yes, counted)
    if len(paths) >= _WORTH_A_BAR and sys.stderr.isatty():
        with click.progressbar(length=len(paths), label=_("Merging"), file=sys.stderr) as bar:
            outcomes = incoming.merge(session.desk, paths, dry, lambda _one: bar.update(1))
    else:
        outcomes = incoming.merge(session.desk, paths, dry)
    session.show(reports.merged(outcomes, session.today), "table", None, stored=False)
    bad = sum(outcome.code is not None for outcome in outcomes)
    rows = sum(outcome.new for outcome in outcomes)
    said = ngettext("{n} new row", "{n} new rows", rows).format(n=rows) + (_(" (not written)") if dry else "")
    click.echo(_("{files}: {good} merged, {bad} refused; {rows}").format(
        files=counted, good=len(outcomes) - bad, bad=bad, rows=said
    ))  # fmt: skip
    if any(outcome.conflicts for outcome in outcomes) and not dry:
        click.echo(_("Both values were kept: chronic bundle conflicts"))
    if bad:
        code = "bundle.some_refused" if bad < len(outcomes) else "bundle.all_refused"
        raise RowsRefused(code, n=bad, all=len(outcomes))
