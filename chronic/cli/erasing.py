"""`person erase`: take somebody's identity out of the registry for good."""

import click

from chronic.cli import people
from chronic.cli.commands import Command, yes_option
from chronic.cli.session import Session
from chronic.cli.types import PERSON, Found
from chronic.i18n import _


@click.command(
    cls=Command,
    help=_(
        "Erase who somebody closed was, for a lawful request: name, numbers, home, typed texts, and what the audit says of "
        "them. What was counted stays, without a name. There is no way back."
    ),
    example='chronic person erase 42 --basis "written request of 2026-11-20" --yes',
)
@click.argument("person", type=PERSON, metavar="PERSON")
@click.option("--basis", required=True, help=_("Who asked, and on what paper; this stays, so no names."))
@yes_option
@click.pass_obj
def erase(session: Session, /, person: Found, basis: str, yes: bool) -> None:
    from chronic.care import erase as care
    from chronic.cli.backup import holding_lines
    from chronic.office import purging
    from chronic.store import erasing

    number = people.about_to_write(session, person, yes)
    people.really(_("Erase this identity for good?"), yes, person.person.name)
    erased = care.erase(session.desk, number, basis)
    click.echo(_("Erased: {id} has no name any more; {n} typed texts went too.").format(id=number, n=erased.texts))
    held = purging.holding(session.db, erasing.known(session.db), [])
    for line in holding_lines(held):
        click.echo(line)
    if any(one.people for one in held):
        click.echo(_("Take it out of these copies too: chronic backup --purge"))
    click.echo(_("Copies elsewhere, exports and paper made before still have it: they are yours to destroy."))
