"""`refer`: what became of a referral."""

from datetime import date

import click

from chronic.care import refer as care
from chronic.cli import people
from chronic.cli.commands import Group, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, FieldType, Found
from chronic.i18n import _
from chronic.i18n.terms import OUTCOMES, term


@click.group(cls=Group, help=_("What became of a referral."))
def refer() -> None:
    pass


@refer.command(
    help=_("Record the outcome: seen there, referred back with a plan, or did not go."),
    example=(
        "chronic refer reply 42 --outcome seen --on 2026-11-21 --institution 县人民医院\n"
        "chronic refer reply 42 --outcome not_arrived"
    ),
)
@click.argument("person", type=PERSON)
@click.option("--outcome", type=FieldType("outcome"), required=True, help=_("What happened."))
@click.option("--on", type=DAY, help=_("The day it happened; today if left out."))
@click.option("--institution", help=_("Where."))
@click.option("--diagnosis", help=_("What the hospital wrote."))
@click.option("--advice", help=_("The hospital's plan."))
@yes_option
@click.pass_obj
def reply(session: Session, /, person: Found, outcome: str, on: date | None, yes: bool, **told: str | None) -> None:
    id_ = people.about_to_write(session, person, yes)
    care.reply(session.desk, id_, care.Reply(outcome, on or session.today, **told))
    click.echo(_("Recorded: {outcome}.").format(outcome=term(OUTCOMES, outcome)))
    from chronic.cli.cards import next_lines
    from chronic.store import plans

    for line in next_lines(plans.read(session.db, id_).plans):
        click.echo(line)
