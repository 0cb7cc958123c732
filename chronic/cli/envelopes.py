"""Encrypted files at the keyboard: for whom they are, what opens them, and `open`."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from chronic.cli import logbook, unlock
from chronic.cli.commands import FILE, NEW_FILE, Command, opening_option
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.exchange import envelopes, files, keys
from chronic.exchange.envelopes import Secret, To
from chronic.i18n import _
from chronic.store.opening import sealed_head

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_BUNDLE = b"CHRONIC BUNDLE "


@contextmanager
def sealed(session: Session, out: Path | None) -> Iterator[IO[bytes]]:
    """Where the bytes of an export go that is encrypted, as its options say; the file is there whole or not at all.

    Raises ValueRefused as `check`.
    """
    out, whom = check(session, out)
    target = envelopes.named(out)
    with session.making(target) as temporary, temporary.open("wb") as file, envelopes.sealing(file, whom) as clear:
        yield clear
    click.echo(_("Encrypted: {path}").format(path=target), err=True)


def check(session: Session, out: Path | None) -> tuple[Path, To]:
    """Which file is encrypted, for whom. Raises ValueRefused: `seal.out` without one, and as `to`."""
    if out is None:
        raise ValueRefused("seal.out")
    return out, to(session)


def to(session: Session) -> To:
    """Whom the file of this command is for; who is asked is asked once. Raises ValueRefused: `seal.which`, `seal.library`,
    `bundle.stranger`, `key.short`, `key.twice`, `key.no_terminal`, `file.unreadable`."""
    if "to" not in session.sealing:
        session.sealing["to"] = _whom(session)
    found: To = session.sealing["to"]
    return found


def _whom(session: Session) -> To:
    envelopes.library()
    name, file = session.sealing.get("whom"), session.sealing.get("passphrase_file")
    if name and (file or session.sealing.get("encrypt")):
        raise ValueRefused("seal.which")
    if name:
        from chronic.store import bundles

        peer = bundles.peer(session.db, name)
        if peer is None:
            raise ValueRefused("seal.stranger", name=name)
        return To(keys=(peer.age_key,))
    from chronic.store.passphrases import worded

    return To(passphrase=worded(unlock.new_passphrase(file)))


def secret(session: Session, path: Path, file: Path | None) -> Secret:
    """What may open this file: a passphrase, from a file or typed, or the key of this registry."""
    if not envelopes.wants_passphrase(path):
        return Secret(key=keys.of(session.db).age)
    from chronic.store.passphrases import as_typed

    return Secret(passphrase=as_typed(unlock.passphrase_of(file, path)))


@contextmanager
def noted(session: Session) -> Iterator[None]:
    """An attempt with what does not open it leaves a line in the log beside the registry."""
    try:
        yield
    except ValueRefused as error:
        if error.code in ("seal.wrong", "seal.others") and session.path.exists():
            logbook.note(session, session.path, error.code)
        raise


def in_the_clear(session: Session, path: Path, passphrase_file: Path | None) -> "AbstractContextManager[None]":
    """Inside, an encrypted file is read as what it holds, which is in memory only."""
    if not envelopes.is_sealed(path):
        return nullcontext()
    with noted(session):
        return files.in_the_clear(path, envelopes.opened(path, secret(session, path, passphrase_file)))


@click.command(
    "open",
    cls=Command,
    help=_(
        "Open an encrypted file that was made with --encrypt or --for: what it holds is written as a plain file. import and "
        "restore take it as it is."
    ),
    example="chronic open people.csv.age --out opened.csv",
)
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--out", type=NEW_FILE, help=_("Write to this file; without it the name loses its .age."))
@opening_option
@click.pass_obj
def open_(session: Session, /, file: Path, out: Path | None, passphrase_file: Path | None) -> None:
    target = _target(file, out)
    found = secret(session, file, passphrase_file)
    with noted(session), session.making(target) as temporary, temporary.open("wb") as clear:
        envelopes.open_into(file, found, clear)
    click.echo(_("Opened: {path}. It is not encrypted; delete it when it is not needed any more.").format(path=target))


def _target(file: Path, out: Path | None) -> Path:
    """Where to write. Raises ValueRefused: what is there already stays."""
    with files.reading(file):
        if file.exists() and not file.is_file():
            raise ValueRefused("file.not_a_file", path=file)
        with file.open("rb") as stream:
            head = stream.read(len(_BUNDLE))
    if not envelopes.is_sealed(file):
        how = "registry" if sealed_head(file) else "bundle" if head == _BUNDLE else "plain"
        raise ValueRefused(f"seal.{how}", path=file)
    target = out or file.with_name(file.name.removesuffix(envelopes.SUFFIX))
    if target.exists():
        raise ValueRefused("seal.exists", path=target)
    return target
