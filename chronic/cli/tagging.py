"""`person tag`: +独居 gives a tag, -残疾 takes it away."""

from collections.abc import Iterable
from typing import Any

import click

from chronic.cli import people
from chronic.cli.commands import Command, yes_option
from chronic.cli.session import Session
from chronic.cli.types import PERSON, Found
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.tags import TAGS, code_of, tag_name

_SIGNS = {"+": 0, "＋": 0, "-": 1, "－": 1, "−": 1}


def added_and_taken(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """(tags to give, tags to take away). Raises ValueRefused (`tag.sign`, `tag.nothing`)."""
    found: tuple[list[str], list[str]] = ([], [])
    for word in words:
        if word[:1] not in _SIGNS or not word[1:].strip():
            raise ValueRefused("tag.sign", text=word)
        found[_SIGNS[word[0]]].append(word[1:].strip())
    if not any(found):
        raise ValueRefused("tag.nothing", known=", ".join(f"{code} {zh}" for code, (zh, *_more) in TAGS.items()))
    return found


@click.command(
    cls=Command,
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
    help=_("Tags of one person: +TAG gives it, -TAG takes it away. Every list takes --tag."),
    example="chronic person tag 42 +独居\nchronic person tag 42 +bedridden +残疾",
)
@click.argument("person", type=PERSON)
@click.argument("tags", nargs=-1, metavar="+TAG|-TAG...")
@yes_option
@click.pass_obj
def tag(session: Session, /, person: Found, tags: tuple[str, ...], yes: bool) -> None:
    from chronic.care import tags as care

    words: Any = added_and_taken(tags)
    id_ = people.about_to_write(session, person, yes)
    left = care.tag(session.desk, id_, *words)
    click.echo(_("Tags: {tags}").format(tags=", ".join(map(tag_name, left)) or "-"))
    if "monitored" in map(code_of, words[0]):
        click.echo(_("For the whole household: chronic household tag {id} +monitored").format(id=id_))
