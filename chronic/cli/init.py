"""`init`: make a registry."""

import secrets
from pathlib import Path
from typing import Any

import click

from chronic.cli.commands import Command, yes_option
from chronic.cli.encrypt import keep_option, new_key, passphrase_option
from chronic.cli.guided_terminal import present
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _, language
from chronic.i18n.terms import term
from chronic.model.place import LEVELS, level_of, padded
from chronic.model.wording import say
from chronic.protocol import DEFAULT, Protocol, load
from chronic.store import cipher, registry
from chronic.store.cipher import Key

_LEVELS = ("village", "township", "county")


@click.command(
    cls=Command,
    help=_("Make a new registry. Nothing else ever makes one."),
    example=(
        "chronic init --name 下各村卫生室 --area 331024101201 --doctor 李医生\n"
        "chronic --db county.db init --name 仙居县卫健局 --area 331024000000 --yes\n"
        "chronic --db /media/usb/registry.db init --yes"
    ),
)
@click.option("--name", help=_("The clinic's name."))
@click.option("--area", help=_("12-digit area code: which county, township or village this registry is of."))
@click.option(
    "--level",
    type=click.Choice(_LEVELS),
    help=_("Whose registry it is; if left out as --area says, else a village's."),
)
@click.option("--doctor", help=_("Who writes in it."))
@click.option("--protocol", default=DEFAULT, show_default=True, help=_("The guideline it judges by."))
@click.option("--encrypt", is_flag=True, help=_("Encrypt it; asks for a passphrase."))
@keep_option
@passphrase_option
@yes_option
@click.pass_obj
def init(
    session: Session, /, name: str | None, area: str | None, level: str | None, doctor: str | None, protocol: str,
    encrypt: bool, keep: str | None, passphrase_file: Path | None, yes: bool,
) -> None:  # fmt: skip
    if not encrypt and (keep or passphrase_file):
        raise click.UsageError(_("--keep and --passphrase-file belong to --encrypt."))
    edition = load(protocol)
    given: dict[str, Any] = {"name": name, "area": area, "level": level, "doctor": doctor}
    if present() and not yes and not session.path.exists():
        given = _asked_for(session, given, edition)
    area, doctor = given["area"], given["doctor"]
    given["area"] = area = None if area is None else padded(area)
    its = None if area is None else level_of(area)
    if area is not None and its not in _LEVELS:
        raise click.BadParameter(_("{text} is not a 12-digit area code.").format(text=area), param_hint="--area")
    if its is not None and given["level"] not in (None, its):
        told = {"its": term(LEVELS, its), "level": term(LEVELS, given["level"])}
        click.echo(say("place.area_level", digits=area, **told), err=True)  # a township may stand in a village, and say so
    given["name"], given["level"] = given["name"] or _("Village clinic"), given["level"] or its or "village"
    settings = {key: value for key, value in {**given, "lang": language()}.items() if value}
    stamp_at = session.instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    editions = [(edition.effective_from.isoformat(), edition.id, stamp_at, doctor or "init")]
    key = _new_key(session, keep, passphrase_file) if encrypt else None
    registry.create(session.path, {**settings, "origin": secrets.token_hex(8)}, editions, key)
    click.echo(_("Made {path}.").format(path=session.path))
    click.echo(_("Next: chronic person add NAME, or chronic import FILE"))


def _new_key(session: Session, keep: str | None, passphrase_file: Path | None) -> Key:
    """Nothing is made or kept where `create` would refuse."""
    cipher.loaded()
    if session.path.exists():
        raise ValueRefused("registry.exists", path=session.path)
    return new_key(session, keep, passphrase_file)


def _asked_for(session: Session, given: dict[str, Any], edition: Protocol) -> dict[str, Any]:
    """What the options left open."""
    from chronic.cli.cards import title_of
    from chronic.cli.guided_person import founding

    click.echo(_("Guideline: {title}; another with --protocol").format(title=title_of(edition)))
    return founding(session, given)
