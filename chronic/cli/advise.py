"""`advise`: what to say to a person about how they live, and what to ask."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from chronic.cli import people
from chronic.cli.commands import Command, output_options
from chronic.cli.session import Session
from chronic.cli.types import PERSON, Found
from chronic.i18n import _
from chronic.reports import advice

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    cls=Command,
    help=_("What to say to a person, from their own values, to be read aloud; what is not known is asked."),
    example="chronic advise 42\nchronic advise 42 --format json",
)
@click.argument("person", type=PERSON)
@output_options
@click.pass_obj
def advise(session: Session, /, person: Found, style: str, out: "Path | None") -> None:
    report = advice.of_person(session.db, session.today, session.desk.editions, person.person.id)
    if style != "table":
        session.show(report, style, out)
        return
    with session.printing(out):
        click.echo(people.line(person.person, session.today))
        for line in _lines(list(report.rows)):
            click.echo(line)


def _lines(rows: list[dict[str, object]]) -> Iterator[str]:
    """Words to say, questions, then the sources once each."""
    tell, ask = ([row for row in rows if row["says"] == kind] for kind in ("tell", "ask"))
    if not rows:
        yield _("Nothing to say now: danger comes first, or nothing is out of line.")
    for number, row in enumerate(tell, 1):
        yield f"{number}. {row['text']}"
    if ask:
        yield _("Ask:")
        yield from (f"  {row['text']}" for row in ask)
    if tell:
        sources = dict.fromkeys(f"{row['source']} ({row['mark']})" for row in tell)
        yield _("By {sources}").format(sources="; ".join(sources))


def closing_lines(session: Session, person: int) -> Iterator[str]:
    """What matters most to say as someone leaves: one line or two."""
    said = advice.foremost(session.db, session.today, session.desk.editions, person, 2)
    if said:
        yield _("Say: {what}").format(what=said[0])
        yield from said[1:]
