"""`bundle key`: what this registry signs with, and whose signatures it believes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chronic.cli.commands import FILTER, Group, file_options, yes_option
from chronic.cli.people import really
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _

if TYPE_CHECKING:
    from chronic.exchange.keys import Key
    from chronic.store.bundles import Peer


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
    _tell(session, made)


@key.command(
    help=_("Print the public half of the key, for those who are to trust it."),
    example="chronic bundle key show --out our-key.txt",
)
@file_options
@click.pass_obj
def show(session: Session, /, out: Path | None) -> None:
    from chronic.exchange import keys

    found = keys.of(session.db)
    with session.printing(out):
        _tell(session, found)


@key.command(
    help=_(
        "Trust a registry: its bundles are merged, and bundles for it are encrypted to it. Compare the fingerprint by phone "
        "first. KEY is the text, or a file that holds it. A registry above this one is sent everything, one below it the "
        "people of its place: the place called NAME, unless --place says another. A registry that lost its key is trusted "
        "anew under the same name."
    ),
    example="chronic bundle key trust 镇卫生院 town-key.txt --yes\n"
    "chronic bundle key trust 下各村 village-key.txt --place 白塔镇/下各村 --yes",
)
@click.argument("name", metavar="NAME")
@click.argument("text", metavar="KEY")
@click.option("--place", type=FILTER, help=_("Whose people they are sent: a village, a township; its name, path or code."))
@click.option(
    "--everything", is_flag=True, help=_("They are sent everything, whatever their level: a second computer here.")
)
@yes_option
@click.pass_obj
def trust(session: Session, /, name: str, text: str, place: str | None, everything: bool, yes: bool) -> None:
    from chronic.exchange import keys
    from chronic.office import trusting
    from chronic.store import bundles

    if place and everything:
        raise click.UsageError(_("--place and --everything exclude each other."))
    found = keys.public(_text(text))
    peer = trusting.peer(session.db, name, found, place, everything)
    old = bundles.peer(session.db, name)
    if old is not None and old.sign_key != found.sign:
        was = keys.fingerprint(old.sign_key)
        click.echo(_("{name} had the key {key} until now; what is signed with it is refused from now on.").format(
            name=name, key=was), err=True)  # fmt: skip
    click.echo(_("Fingerprint: {key}").format(key=found.fingerprint), err=True)
    click.echo(_is_sent(session, peer), err=True)
    really(_("Trust this key?"), yes, name)
    trusting.trust(session.db, peer, session.stamp())
    session.note("bundle.trust", found.fingerprint)
    click.echo(_("Trusted: {name}").format(name=name))


@key.command(
    help=_("Trust a registry no longer: its bundles are refused, and none can be made for it. What it sent stays."),
    example="chronic bundle key drop 镇卫生院 --yes",
)
@click.argument("name", metavar="NAME")
@yes_option
@click.pass_obj
def drop(session: Session, /, name: str, yes: bool) -> None:
    from chronic.exchange import keys
    from chronic.office import trusting

    gone = trusting.known(session.db, name)
    click.echo(_("Fingerprint: {key}").format(key=keys.fingerprint(gone.sign_key)), err=True)
    really(_("Trust this key no longer?"), yes, name)
    trusting.drop(session.db, name)
    session.note("bundle.drop", keys.fingerprint(gone.sign_key))
    click.echo(_("No longer trusted: {name}").format(name=name))


def _is_sent(session: Session, peer: "Peer") -> str:
    from chronic.model.institution import LEVELS
    from chronic.office import trusting
    from chronic.store import business

    level = _(LEVELS[peer.level]) if peer.level in LEVELS else "-"
    if peer.place is None:
        return _("By its own account: {level}. It is sent everything.").format(level=level)
    place = business.called(session.db, peer.place)
    if trusting.known_place(session.db, peer):
        return _("By its own account: {level}. It is sent the people of {place}.").format(level=level, place=place)
    return _(
        "By its own account: {level}. It is sent the people of {place}, a place nobody knows here yet, and whom it "
        "registered itself."
    ).format(level=level, place=place)


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


def _tell(session: Session, found: "Key") -> None:
    own = session.settings
    click.echo(found.told(own.get("level", ""), own.get("area", "")))
    click.echo(_("Fingerprint: {key}").format(key=found.public.fingerprint), err=True)
