"""`refer`: when to refer, and what became of a referral."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from chronic.cli import people
from chronic.cli.commands import Group, output_options, yes_option
from chronic.cli.referrals import back, list_
from chronic.cli.session import Session
from chronic.cli.slip_sheet import slip, void
from chronic.cli.slips import out
from chronic.cli.types import DAY, PERSON, PROGRAMME, FieldType, Found
from chronic.i18n import _
from chronic.i18n.terms import CRITERION_STATES, OUTCOMES, REFERRAL_KINDS, term
from chronic.model.report import Report
from chronic.model.wording import say

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.model.plan import Plan


@click.group(cls=Group, help=_("When to refer, and what became of a referral."))
def refer() -> None:
    pass


for command in (out, list_, slip, back, void):
    refer.add_command(command)


@refer.command(
    help=_("Record the outcome: seen there, referred back with a plan, or did not go."),
    example=(
        "chronic refer reply 42 --outcome seen --on 2026-11-21 --institution 县人民医院\n"
        "chronic refer reply 42 --outcome not_arrived\n"
        "chronic refer reply 42 --slip 2026-0001 --outcome seen\n"
        "chronic refer reply 203 --outcome returned --confirmed yes"
    ),
)
@click.argument("person", type=PERSON)
@click.option("--slip", help=_("Which slip, where several are open; none: what has no slip."))
@click.option("--outcome", type=FieldType("outcome"), required=True, help=_("What happened."))
@click.option("--on", type=DAY, help=_("The day it happened; today if left out."))
@click.option("--confirmed", type=FieldType("confirmed"), help=_("Of a suspicion: did the hospital confirm it?"))
@click.option("--programme", type=PROGRAMME, help=_("Which suspicion, where there are two."))
@click.option("--at", "--institution", "institution", help=_("Where."))
@click.option("--diagnosis", help=_("What the hospital wrote."))
@click.option("--advice", help=_("The hospital's plan."))
@yes_option
@click.pass_obj
def reply(session: Session, /, person: Found, outcome: str, on: date | None, yes: bool, **told: str | None) -> None:
    from chronic.care import refer as care

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


def _commands(person: int, left: "tuple[Plan, ...]") -> Iterator[str]:
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


@refer.command(
    help=_("When to refer: the guideline's criteria, or which of them a person meets and which are to be asked."),
    example="chronic refer criteria 42\nchronic refer criteria 42 --all\nchronic refer criteria --format json",
)
@click.argument("person", type=PERSON, required=False)
@click.option("--all", "everything", is_flag=True, help=_("Criteria not met, too."))
@output_options
@click.pass_obj
def criteria(session: Session, /, person: Found | None, everything: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import criteria as reports

    if person is None:
        session.show(reports.known(session.today, session.desk.editions), style, out)
        return
    report = reports.of_person(session.db, session.today, session.desk.editions, person.person.id)
    if style != "table":
        session.show(report, style, out)
        return
    with session.printing(out):
        click.echo(people.line(person.person, session.today))
        for line in _judged(report, everything):
            click.echo(line)
        signs = reports.signs(session.today, session.desk.editions, reports.concerned(session.db, person.person.id))
        click.echo(_("Danger signs to ask for: {signs}.").format(signs="; ".join(signs.values())))


def _judged(report: Report, everything: bool) -> Iterator[str]:
    """State by state, in each the most urgent kind first; those not met are only counted unless asked for."""
    rows = list(report.rows)
    for state in CRITERION_STATES:
        mine = [row for row in rows if row["met"] == state]
        if state == "not_met" and not everything:
            yield f"{term(CRITERION_STATES, state)}  {len(mine)}"
            continue
        if mine:
            yield f"{term(CRITERION_STATES, state)}:"
        yield from (f"  {_line(row)}" for row in mine)


def _line(row: dict[str, object]) -> str:
    why = f"  ({row['why']})" if row["met"] != "ask" or row["why"] != say("criterion.ask") else ""
    return f"{term(REFERRAL_KINDS, str(row['referral']))}  {row['criterion']}{why}  [{row['mark']}] {row['source']}"
