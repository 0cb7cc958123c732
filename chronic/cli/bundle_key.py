"""`bundle key`: what this registry signs with, and whose signatures it believes."""

from pathlib import Path

import click

from chronic.cli.commands import Group, file_options, yes_option
from chronic.cli.people import really
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _


@click.group(cls=Group, help=_("The key of this registry, and the keys it trusts."))
def key() -> None:
    pass


@key.command(
    help=_(
        "Make the key of this registry, which is never sent. It lies in an encrypted registry, else in a file "
        "beside it; of that keep a copy."
    ),
    example="chronic bundle key new",
)
@click.pass_obj
def new(session: Session, /) -> None:
    from chronic.exchange import keys

    made = keys.make(session.db)
    session.note("bundle.key", made.public.fingerprint)
    _tell(made.public.text, made.public.fingerprint)


@key.command(
    help=_("Print the public half of the key, for those who are to trust it."),
    example="chronic bundle key show --out our-key.txt",
)
@file_options
@click.pass_obj
def show(session: Session, /, out: Path | None) -> None:
    from chronic.exchange import keys

    found = keys.of(session.db).public
    with session.printing(out):
        _tell(found.text, found.fingerprint)


@key.command(
    help=_(
        "Trust a registry: its bundles are merged, and bundles for it are encrypted to it. Compare the fingerprint by phone "
        "first. KEY is the text, or a file that holds it."
    ),
    example="chronic bundle key trust 镇卫生院 town-key.txt --yes",
)
@click.argument("name", metavar="NAME")
@click.argument("text", metavar="KEY")
@yes_option
@click.pass_obj
def trust(session: Session, /, name: str, text: str, yes: bool) -> None:
    from chronic.exchange import keys
    from chronic.store import bundles
    from chronic.store.transactions import immediate

    found = keys.public(_text(text))
    click.echo(_("Fingerprint: {key}").format(key=found.fingerprint), err=True)
    known = bundles.by_key(session.db, found.sign)
    if known is not None and known.name != name:
        raise ValueRefused("bundle.known_key", name=known.name)
    really(_("Trust this key?"), yes, name)
    stamp = session.stamp()
    with immediate(session.db):
        bundles.trust(session.db, bundles.Peer(name, found.sign, found.age), stamp)
    session.note("bundle.trust", found.fingerprint)
    click.echo(_("Trusted: {name}").format(name=name))


def _text(text: str) -> str:
    """A key as it was typed, or the first line of a file."""
    path = Path(text)
    try:
        if not path.is_file():
            return text
        with path.open(encoding="utf-8-sig") as file:
            return file.readline(1000).strip()
    except (OSError, UnicodeDecodeError):
        raise ValueRefused("bundle.bad_key", text=text[:40]) from None


def _tell(text: str, short: str) -> None:
    click.echo(text)
    click.echo(_("Fingerprint: {key}").format(key=short), err=True)
