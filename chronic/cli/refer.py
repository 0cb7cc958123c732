"""`refer`: what became of a referral."""

from collections.abc import Iterator
from datetime import date

import click

from chronic.care import refer as care
from chronic.cli import people
from chronic.cli.commands import Group, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, PROGRAMME, FieldType, Found
from chronic.i18n import _
from chronic.i18n.terms import OUTCOMES, term
from chronic.model.fields import BY_COLUMN
from chronic.model.plan import Plan


@click.group(cls=Group, help=_("What became of a referral."))
def refer() -> None:
    pass


@refer.command(
    help=_("Record the outcome: seen there, referred back with a plan, or did not go."),
    example=(
        "chronic refer reply 42 --outcome seen --on 2026-11-22 --institution 县人民医院\n"
        "chronic refer reply 42 --outcome not_arrived\n"
        "chronic refer reply 203 --outcome returned --confirmed yes"
    ),
)
@click.argument("person", type=PERSON)
@click.option("--outcome", type=FieldType(BY_COLUMN["outcome"]), required=True, help=_("What happened."))
@click.option("--on", type=DAY, help=_("The day it happened; today if left out."))
@click.option("--confirmed", type=FieldType(BY_COLUMN["confirmed"]), help=_("Of a suspicion: did the hospital confirm it?"))
@click.option("--programme", type=PROGRAMME, help=_("Which suspicion, where there are two."))
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

    left = plans.read(session.db, id_).plans
    for line in next_lines(left):
        click.echo(line)
    if told["confirmed"] == "no":
        click.echo(_("Not confirmed: the suspicion is over; screening goes on as for everybody."))
    for line in _commands(id_, left):
        click.echo(line)


def _commands(person: int, left: tuple[Plan, ...]) -> Iterator[str]:
    """What to type next about a suspicion."""
    for plan in left:
        if plan.reasons == ("enrol_due",):
            yield _("Next: chronic enrol {id} {programme} --diagnosed-on {day}").format(
                id=person, programme=plan.programme, day=plan.since_on
            )
        elif plan.reasons == ("confirm_due",):
            yield _(
                "When it is known: chronic refer reply {id} --outcome seen --programme {programme} --confirmed yes"
            ).format(id=person, programme=plan.programme)
