"""`upgrade`: bring a registry of an earlier version up to this one's. Any command does so by itself before its own work."""

import click

from chronic.cli.commands import Command
from chronic.cli.session import Session
from chronic.i18n import _
from chronic.office import upgrades as office


@click.command(
    cls=Command,
    help=_(
        "Bring a registry that an earlier version wrote up to this one. Every command does that by itself when it meets "
        "one; a copy of the file as it was is kept beside it."
    ),
    example="chronic upgrade\nchronic --db /media/usb/registry.db upgrade",
)
@click.pass_obj
def upgrade(session: Session, /) -> None:
    if not brought_up(session, anyway=True):
        click.echo(_("{path} is up to date.").format(path=session.path))


def brought_up(session: Session, anyway: bool = False) -> bool:
    """Upgrade the registry of this session if it needs that, and say so on stderr; whether it did."""

    def begun(version: int) -> None:
        click.echo(
            _("{path} was written by an earlier version ({version}); bringing it up to date.").format(
                path=session.path, version=version
            ),
            err=True,
        )

    done = office.upgrade(session.path, session.today, session.plain_stamp(), begun, anyway)
    if done is None:
        return False
    click.echo(_("Done. The file as it was is kept at {path}.").format(path=done.kept), err=True)
    return True
