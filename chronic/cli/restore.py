"""`restore`: a backup in the place of the registry."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from chronic.cli import envelopes, people
from chronic.cli.commands import Command, opening_option, yes_option
from chronic.cli.session import Session
from chronic.cli.unlock import TYPED
from chronic.errors import RegistryUnusable, ValueRefused
from chronic.exchange import keys
from chronic.exchange.envelopes import is_sealed, open_into
from chronic.i18n import _, ngettext
from chronic.model.days import china_minute
from chronic.model.wording import say
from chronic.office import restoring
from chronic.store import bundles, copies
from chronic.store import people as store
from chronic.store.backroom import backroom

_SHOWN = 10
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    cls=Command,
    help=_(
        "Put a backup in the place of the registry; shows first what would be lost, and keeps what was there beside it. "
        "Whoever was erased since stays erased."
    ),
    example="chronic restore backup.db",
)
@click.argument("file", type=_FILE)
@opening_option
@yes_option
@click.pass_obj
def restore(session: Session, /, file: Path, passphrase_file: Path | None, yes: bool) -> None:
    session.passphrase_file = passphrase_file
    with readable(session, file) as path:
        session.release()
        try:
            found = restoring.losses(session.path, path)
        except RegistryUnusable as error:
            if error.code.startswith(("key.", "cipher.")):
                raise
            problem = say(error.code, **{**error.values, "path": file})
            raise RegistryUnusable("restore.unusable", path=file, problem=problem) from None
        for line in told_losses(session, found):
            click.echo(line, err=True)
        people.really(_("Put the backup in its place?"), yes, str(file))
        session.release()
        done = restoring.restore(session.path, path, session.today, session.plain_stamp())
    click.echo(_("Restored {path} from {backup}.").format(path=session.path, backup=file))
    if done.kept is not None:
        click.echo(_("What was there is kept at {path}.").format(path=done.kept))
    if done.erased:
        click.echo(
            ngettext(
                "Erased since the backup, and erased again: {n} person ({ids})",
                "Erased since the backup, and erased again: {n} people ({ids})",
                len(done.erased),
            ).format(n=len(done.erased), ids=", ".join(map(str, done.erased)))
        )
    if done.unknown:
        click.echo(_("The damaged registry cannot say who was erased since; look that up: chronic person erase"), err=True)
    if session.db.key is not None and session.keys[session.db.key.head].where == TYPED:
        click.echo(
            _(
                "It is encrypted as the backup was, and each command asks for the passphrase; chronic passphrase has this "
                "computer keep a key, chronic decrypt makes it a plain file."
            )
        )
    if bundles.standings(session.db) and not keys.known(session.db):
        click.echo(
            _("No backup holds {path}, the key of bundles: copy it there, or make another one.").format(
                path=keys.file_of(session.path)
            )
        )


@contextmanager
def readable(session: Session, file: Path) -> Iterator[Path]:
    """A backup as a registry file: one that is to somebody's key is opened beside the registry, and gone afterwards.

    Raises ValueRefused: `file.missing`, `file.registry`, and as `envelopes.open_into`.
    """
    if not file.is_file():
        raise ValueRefused("file.missing", path=file)
    if session.path.exists() and file.samefile(session.path):
        raise ValueRefused("file.registry", path=file)
    if not is_sealed(file):
        if not any(log.stat().st_size for log in copies.logs(file)):
            yield file
            return
        with backroom(session.path, session.plain_stamp().ms, wiped=True) as room:
            with copies.unwritable(room):
                given = restoring.with_its_log(file, room)
            yield given
        return
    secret = envelopes.secret(session, file, session.passphrase_file)
    with backroom(session.path, session.plain_stamp().ms, wiped=True) as room:
        opened = room / "registry.db"
        with envelopes.noted(session), copies.unwritable(opened), opened.open("wb") as clear:
            open_into(file, secret, clear)
        yield opened


def told_losses(session: Session, found: restoring.Losses) -> Iterator[str]:
    """What the registry has and the backup has not."""
    if found.missing is None:
        yield _("There is no registry at {path} that could be compared with it.").format(path=session.path)
        return
    if not found.same:
        yield _("It is a backup of another registry: {name}").format(name=found.name)
    yield _("The newest entry in the backup is of {newest}.").format(newest=when(found.newest))
    if not found.missing.rows:
        yield _("Everything in the registry is in the backup.")
        return
    rows, entries = found.missing.rows.total(), found.missing.entries
    yield _("Not in the backup: {rows} rows in {entries} entries").format(rows=rows, entries=len(entries))
    for kind, n in Counter(entry.kind for entry in entries).most_common():
        yield f"  {say(kind)}  {n}"
    if entries:
        yield _("The latest of them:")
    for entry in entries[:_SHOWN]:
        who = store.known_as(session.db, entry.person) if entry.person is not None else ""
        yield "  " + "  ".join(filter(None, (china_minute(entry.at), say(entry.kind), who, entry.by)))
    if len(entries) > _SHOWN:
        yield "  ..."


def when(at: str | None) -> str:
    return china_minute(at) if at else "-"
