"""`encrypt`, `decrypt`, `passphrase`: who can read the registry where it lies."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chronic.cli import unlock
from chronic.cli.commands import FILE, Command, yes_option
from chronic.cli.people import really
from chronic.cli.session import Session
from chronic.errors import NotAllowed, RegistryUnusable
from chronic.exchange.keys import file_of, settle
from chronic.i18n import _
from chronic.model.wording import say
from chronic.store import cipher, keys, opening, own_key, passphrases, sealing
from chronic.store.cipher import Key

if TYPE_CHECKING:
    from chronic.store.opening import Registry

KEEP = ("keyring", "file", "nowhere")
keep_option = click.option(
    "--keep", type=click.Choice(KEEP),
    help=_("Where this computer keeps the key; else the keyring, else a file. --key-file names the file."),
)  # fmt: skip
passphrase_option = click.option(
    "--passphrase-file", type=FILE, help=_("Take the passphrase from the first line of this file; else it is asked for.")
)


@click.command(
    cls=Command,
    help=_("Encrypt the registry where it lies. What was made before (backups, exports) stays as it is."),
    example="chronic encrypt\nchronic encrypt --key-file /media/usb/chronic.keys",
)
@keep_option
@passphrase_option
@click.pass_obj
def encrypt(session: Session, /, keep: str | None, passphrase_file: Path | None) -> None:
    cipher.loaded()
    if _head(session):
        raise NotAllowed("cipher.encrypted", path=session.path)
    key = new_key(session, keep, passphrase_file)
    whole = sealing.reseal(session.path, None, key, _noting(session, "encrypt"))
    click.echo(_("Encrypted {path}.").format(path=session.path))
    _remains(whole)
    beside = file_of(session.path)
    if beside.exists():
        settle(session.db)
        click.echo(_("The key of bundles is in the registry now, no longer in {path}.").format(path=beside))


@click.command(
    cls=Command, help=_("Make the registry a plain file again that everybody can read who gets it."),
    example="chronic decrypt --yes",
)  # fmt: skip
@yes_option
@click.pass_obj
def decrypt(session: Session, /, yes: bool) -> None:
    key = _key(session).key
    really(_("Whoever gets the file can read it then. Decrypt it?"), yes, _("Decrypting the registry"))
    sealing.reseal(session.path, key, None, _noting(session, "decrypt"))
    click.echo(_("{path} is not encrypted any more.").format(path=session.path))
    if own_key.read(session.db) is not None:
        settle(session.db)
        click.echo(_("The key of bundles is in {path} now; keep a copy of it apart.").format(path=file_of(session.path)))


@click.command(
    cls=Command,
    help=_("Another passphrase, and with it another key. Copies made before keep their own passphrase."),
    example="chronic passphrase",
)
@keep_option
@passphrase_option
@click.pass_obj
def passphrase(session: Session, /, keep: str | None, passphrase_file: Path | None) -> None:
    old = _key(session)
    usual = {unlock.KEYRING: "keyring", unlock.TYPED: "nowhere"}.get(old.where, "file")
    key = new_key(session, keep or usual, passphrase_file)
    sealing.reseal(session.path, old.key, key, _noting(session, "passphrase"))
    click.echo(_("{path} has another key now.").format(path=session.path))


def _noting(session: Session, action: str) -> "Callable[[Registry], None]":
    """What writes this into the audit of a registry that no session has open."""
    from chronic.office.upgrades import signed
    from chronic.store import audit

    def note(db: "Registry") -> None:
        audit.note(db, signed(db, session.plain_stamp()), action)

    return note


def new_key(session: Session, keep: str | None, passphrase_file: Path | None) -> Key:
    """A key that is kept already, and whose recovery key was shown: after that the registry may need it."""
    key = passphrases.new_key(unlock.new_passphrase(passphrase_file))
    session.keys[key.head] = unlock.Found(key, unlock.TYPED)
    kept = _kept(session, key, keep)
    click.echo(_("Recovery key. It is shown this once; write it down and lock it away:"))
    click.echo(f"  {passphrases.recovery(key)}")
    click.echo(kept)
    click.echo(_("Without passphrase and recovery key nobody can ever read the registry again."))
    return key


def _kept(session: Session, key: Key, keep: str | None) -> str:
    """Put the key where later commands find it; the sentence that says where."""
    if keep == "nowhere":
        return _("The key is kept nowhere: each command asks for the passphrase, and the nightly run cannot work.")
    if keep != "file" and not session.key_file and keys.add_to_keyring(key):
        return _("The key is in this system's keyring; the nightly run may need a key file instead.")
    if keep == "keyring":
        raise RegistryUnusable("key.no_keyring")
    file = Path(session.key_file or unlock.default_file())
    keys.add_to_file(file, key)
    return _("The key is in {path}. Who has that file and the registry can read it: never copy both together.").format(
        path=file
    )


def _key(session: Session) -> unlock.Found:
    head = _head(session)
    if not head:
        raise NotAllowed("cipher.plain", path=session.path)
    return unlock.found(session, session.path, head)


def _head(session: Session) -> bytes:
    if not session.path.is_file():
        raise RegistryUnusable("registry.missing", path=session.path)
    return opening.sealed_head(session.path)


def _remains(whole: bool) -> None:
    click.echo(say("cipher.remains" if whole else "cipher.not_overwritten"))
    click.echo(_("Backups and exports made before are not encrypted."))
