"""One person's history as a signed file: for a registry that gets no bundles from this one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from chronic.cli import people
from chronic.cli.commands import FILE, Command, yes_option
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext
from chronic.store import people as register

if TYPE_CHECKING:
    from pathlib import Path


def check(session: Session, file: "Path", receiver: str | None, plain: bool) -> None:
    """Raises ValueRefused as `carry` would, as far as that can be known beforehand."""
    if (receiver is None) is not plain:
        raise ValueRefused("transfer.for_whom")
    from chronic.office import bundles as office

    office.addressed(session.desk, receiver)
    session.check_target(file)


def carry(session: Session, person: int, file: "Path", receiver: str | None, plain: bool) -> None:
    """Write the file, which `check` found possible. Encrypted, unless somebody says --plain."""
    from chronic.office import bundles as office

    with session.making(file) as temporary:
        made = office.carry(session.desk, person, receiver)
        temporary.write_bytes(made.data)
        session.note("export", "chronic transfer out")
    rows = sum(made.counts.values())
    click.echo(ngettext("{n} row: {path}", "{n} rows: {path}", rows).format(n=rows, path=file))
    if plain:
        click.echo(_("The file is not encrypted: whoever has it reads names and illnesses."), err=True)


@click.command(
    "in",
    cls=Command,
    help=_("Take in the file of one person who moved here, with the whole history; then accept them."),
    example="chronic transfer in 42.bundle --yes",
)
@click.argument("file", type=FILE, metavar="FILE")
@yes_option
@click.pass_obj
def in_(session: Session, /, file: "Path", yes: bool) -> None:
    from chronic.office import bundles as office

    seen = office.look(session.desk, file)
    if not seen.header.get("one"):
        raise ValueRefused("transfer.not_one", path=file)
    people.really(_("Take this person in?"), yes, seen.header["name"])
    _seen, found = office.merge(session.desk, file, dry=False)
    rows = sum(found.new.values())
    click.echo(ngettext("{n} new row", "{n} new rows", rows).format(n=rows))
    for line in _next(session, found.who):
        click.echo(line)


def _next(session: Session, who: tuple[int, ...]) -> Iterator[str]:
    """Whom it brought, and what to type now."""
    from chronic.store import transfers

    for person in who:
        yield people.line(register.get(session.db, person), session.today)
        for transfer in transfers.of(session.db, person)[-1:]:
            if transfer.open:
                yield _("Waits to be accepted: chronic transfer accept {id}").format(id=person)
            elif transfer.state == "left":
                yield _("To take them on: chronic transfer accept {id} --village VILLAGE").format(id=person)
