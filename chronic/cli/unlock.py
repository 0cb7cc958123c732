"""The key of an encrypted registry: from a file, from the system's keyring, or from whoever sits at the terminal.

Each time it is not found, a line goes into the log file beside the registry.
"""

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from chronic.cli import logbook
from chronic.cli.session import Session, user_folder
from chronic.errors import RegistryUnusable, ValueRefused
from chronic.i18n import _
from chronic.store import cipher, keys
from chronic.store.cipher import Key
from chronic.store.opening import left_by_sealing

if TYPE_CHECKING:
    from pathlib import Path

_TRIES = 3
KEYRING, TYPED = "keyring", "typed"


class Found(NamedTuple):
    """`where`: a key file, KEYRING or TYPED."""

    key: Key
    where: str


def found(session: Session, path: "str | Path", head: bytes) -> Found:
    """Raises RegistryUnusable: cipher.missing, key.missing, key.wrong, key.other, key.file."""
    known = session.keys.get(head)
    if known is None:
        cipher.loaded()
        try:
            known = session.keys[head] = _looked_for(session, path, head)
        except RegistryUnusable as error:
            if error.code != "key.wrong":  # each of those was noted
                logbook.note(session, path, error.code)
            raise
        if any(map(os.path.exists, left_by_sealing(path))):
            from chronic.store import sealing

            sealing.settle(path, known.key)
    return known


def default_file() -> str:
    return os.path.join(user_folder(), "registry-keys")


def _looked_for(session: Session, path: "str | Path", head: bytes) -> Found:
    if session.key_file:
        key = keys.in_file(session.key_file, head)
        if key is not None:
            return Found(key, session.key_file)
        if session.passphrase_file is None:
            raise RegistryUnusable("key.other", file=session.key_file, path=path)
    usual = default_file()
    key = keys.in_file(usual, head) if os.path.isfile(usual) else None
    if key is not None:
        return Found(key, usual)
    key = keys.in_keyring(head)
    if key is not None:
        return Found(key, KEYRING)
    if session.passphrase_file is not None:
        from chronic.store.passphrases import key_of_words

        key = key_of_words(_first_line(session.passphrase_file), head)
        if key is None:
            logbook.note(session, path, "key.wrong")
            raise RegistryUnusable("key.wrong", path=path)
        return Found(key, TYPED)
    if not sys.stdin.isatty():
        raise RegistryUnusable("key.missing", path=path)
    return Found(_asked_for(session, path, head), TYPED)


def _asked_for(session: Session, path: "str | Path", head: bytes) -> Key:
    from chronic.store.passphrases import key_of_words

    for _try in range(_TRIES):
        key = key_of_words(hidden(_("Passphrase or recovery key: ")), head)
        if key is not None:
            return key
        logbook.note(session, path, "key.wrong")
        click.echo(_("That is not it."), err=True)
    raise RegistryUnusable("key.wrong", path=path)


def hidden(question: str) -> str:
    """One line that nobody sees typed. Ctrl-C and the end of the input stop everything."""
    try:
        if sys.stdin is sys.__stdin__:
            from getpass import getpass

            return getpass(question, stream=sys.stderr)
        click.echo(question, nl=False, err=True)
        line = sys.stdin.readline()
    except EOFError:
        line = ""
    if not line:
        raise click.Abort
    return line.rstrip("\n")


def new_passphrase(file: "Path | None") -> str:
    """Typed twice, or the first line of a file. Raises ValueRefused: key.no_terminal, key.twice, key.unreadable."""
    if file is not None:
        return _first_line(file)
    if not sys.stdin.isatty():
        raise ValueRefused("key.no_terminal")
    typed = hidden(_("New passphrase: "))
    if hidden(_("Once more: ")) != typed:
        raise ValueRefused("key.twice")
    return typed


def passphrase_of(file: "Path | None", path: "Path") -> str:
    """The passphrase of an encrypted file: the first line of another one, or typed. Raises ValueRefused: seal.closed,
    file.unreadable."""
    if file is not None:
        return _first_line(file)
    if not sys.stdin.isatty():
        raise ValueRefused("seal.closed", path=path)
    return hidden(_("Passphrase of {path}: ").format(path=path.name))


def _first_line(file: "Path") -> str:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            return stream.readline(10_000).rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise ValueRefused("file.unreadable", path=file, problem=error) from None
