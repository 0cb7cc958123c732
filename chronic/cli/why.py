"""`why`: the rule and readings behind a class and a date."""

import click

from chronic.cli import cards, people
from chronic.cli.commands import Command, style_option
from chronic.cli.medicines_card import question_lines
from chronic.cli.session import Session
from chronic.cli.types import PERSON, Found
from chronic.i18n import _
from chronic.model.report import Report
from chronic.reports import why as reasons


@click.command(
    cls=Command,
    help=_("The rule and readings behind a person's class and date."),
    example=("chronic why 42\nchronic why 王秀兰 --format json"),
)
@click.argument("person", type=PERSON)
@style_option
@click.pass_obj
def why(session: Session, /, person: Found, style: str) -> None:
    found = reasons.of_person(session.db, person.person.id)
    if style == "json":
        session.show(Report("why", session.today.isoformat(), (), [found.row]), "json", None)
        return
    click.echo(people.line(person.person, session.today))
    for line in (*cards.why_card(session, found), *question_lines(session, person.person.id)):
        click.echo(line)
