"""`check`: is the registry whole; `check --rescue`: what can be read of a damaged one."""

from pathlib import Path

import click

from chronic.cli.commands import NEW_FILE, Command, output_options
from chronic.cli.session import Session
from chronic.errors import ProblemsFound
from chronic.i18n import _, ngettext
from chronic.i18n.terms import CHECK_PARTS, term
from chronic.office import checking

_SHOWN = 200


@click.command(
    cls=Command,
    help=_(
        "Is the registry whole? Its file, what was written in it, and whether plans and classes are what that comes to; "
        "with what to do. Nothing is changed by looking."
    ),
    example="chronic check\nchronic check --quick\nchronic check --mend\nchronic check --rescue saved.db",
)
@click.option("--quick", is_flag=True, help=_("Do not judge everyone anew."))
@click.option("--mend", is_flag=True, help=_("Write plans and classes anew where they are not what was recorded comes to."))
@click.option("--rescue", type=NEW_FILE, help=_("Save what can be read of a damaged registry as a new one."))
@output_options
@click.pass_obj
def check(session: Session, /, quick: bool, mend: bool, rescue: Path | None, style: str, out: Path | None) -> None:
    if rescue is not None:
        _rescue(session, rescue)
        return
    found = list(checking.problems(session.db, session.today, quick))
    if mend and any(one.part == "derived" for one in found):
        mended = checking.mend(session.desk, found)
        click.echo(_("Written anew: {n}").format(n=mended), err=True)
        found = list(checking.problems(session.db, session.today, quick))
    if style != "table":
        session.show(checking.report(found, session.today), style, out, stored=False)
    elif found:
        report = checking.report(found[:_SHOWN], session.today)
        words = ({**row, "part": term(CHECK_PARTS, str(row["part"]))} for row in report.rows)
        session.show(report._replace(rows=words), style, out, stored=False)
    else:
        with session.printing(out):
            click.echo(
                _("The registry is whole: {parts}.").format(
                    parts=", ".join(term(CHECK_PARTS, part) for part in checking.PARTS)
                )
            )
    if found:
        raise ProblemsFound("check.found", n=len(found))


def _rescue(session: Session, out: Path) -> None:
    from chronic.office.rescue import rescue

    saved = rescue(session.path, out, session.today, session.plain_stamp())
    for table, n in sorted(saved.rows.items()):
        click.echo(f"{table:<20} {n:>8}")
    for span in saved.missing or ():
        where = span.place if span.first is None else f"{span.place} {span.first}-{span.last}"
        click.echo(
            _("Not as it was written: {where}, {rows} rows of {sealed}").format(
                where=where, rows=span.rows, sealed=span.sealed if span.sealed is not None else "?"
            )
        )
    for table, n in sorted(saved.dropped.items()):
        click.echo(_("Hung on something that is lost: {table}, {n}").format(table=table, n=n))
    if saved.unplaced:
        n = saved.unplaced
        click.echo(
            ngettext(
                "{n} row was read and not saved: nobody can tell where it belongs; keep the damaged file.",
                "{n} rows were read and not saved: nobody can tell where they belong; keep the damaged file.",
                n,
            ).format(n=n)
        )
    for person in saved.strangers:
        click.echo(_("Only other rows are left of person {n}; correct the name with: person edit {n}").format(n=person))
    if saved.audit is not None:
        click.echo(_("The audit was not whole and begins anew; keep the damaged file."))
    click.echo(_("Saved what could be read as {path}.").format(path=out))
    if saved.missing is None:
        click.echo(_("How much is missing cannot be told."))
    else:
        missing = len(saved.missing) + saved.dropped.total() + len(saved.strangers)
        click.echo(ngettext("{n} place is not whole.", "{n} places are not whole.", missing).format(n=missing))
    click.echo(_("Look at it: {command}").format(command=f"chronic --db {out} check"))
