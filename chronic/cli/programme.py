"""`enrol`, `pause` and `programme`: management of hypertension, diabetes and lipids."""

from datetime import date
from typing import TYPE_CHECKING

import click

from chronic.care import manage as care
from chronic.cli import people
from chronic.cli.commands import Command, Group, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, FieldType, Found, programme_argument
from chronic.i18n import _
from chronic.i18n.terms import PROGRAMMES, term
from chronic.model.wording import say_problem
from chronic.reports import programmes as listing

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    cls=Command,
    help=_("Begin managing a programme; the first follow-up is due within 2 weeks."),
    example=("chronic enrol 42 htn\nchronic enrol 42 dm --on 2026-11-01 --diagnosed-on 2026-10-20"),
)
@click.argument("person", type=PERSON)
@programme_argument
@click.option("--on", type=DAY, help=_("The day management began."))
@click.option("--diagnosed-on", type=DAY, help=_("The day of the diagnosis."))
@yes_option
@click.pass_obj
def enrol(session: Session, /, person: Found, programme: str, on: date | None, diagnosed_on: date | None, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    begun, asked = care.enrol(session.desk, id_, care.Wanted(programme, on, diagnosed_on))
    click.echo(_("Managed for {programme} from {day}.").format(programme=term(PROGRAMMES, programme), day=begun.enrolled_on))
    for problem in asked:
        click.echo(_("Please check: {sentence}").format(sentence=say_problem(problem)), err=True)
    for line in people.plan_lines(session, id_):
        click.echo(line)


@click.command(
    cls=Command,
    help=_("Nobody can reach the person for now: out of the overdue list until the next contact."),
    example=("chronic pause 42 --reason 外出打工\nchronic pause 42 --end"),
)
@click.argument("person", type=PERSON)
@click.option("--on", type=DAY, help=_("From this day; today if left out."))
@click.option("--reason", help=_("Why nobody can reach the person."))
@click.option("--end", is_flag=True, help=_("End the pause."))
@yes_option
@click.pass_obj
def pause(session: Session, /, person: Found, on: date | None, reason: str | None, end: bool, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    if end:
        care.resume(session.desk, id_)
        click.echo(_("The pause has ended."))
        return
    click.echo(_("Paused from {day}; any contact ends it.").format(day=care.pause(session.desk, id_, on, reason)))


@click.group(cls=Group, help=_("End a programme, list a person's programmes."))
def programme() -> None:
    pass


@programme.command(
    help=_("End one programme with a dated reason."),
    example="chronic programme end 42 htn --reason withdrawn --on 2026-11-18",
)
@click.argument("person", type=PERSON)
@programme_argument
@click.option(
    "--reason",
    type=FieldType("htn_end_reason"),
    required=True,
    help=_("Died, moved away, refused, or diagnosis withdrawn."),
)
@click.option("--on", type=DAY, help=_("The day it ended; today if left out."))
@yes_option
@click.pass_obj
def end(session: Session, /, person: Found, programme: str, reason: str, on: date | None, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    people.really(_("End this programme?"), yes, person.person.name)
    care.end(session.desk, id_, programme, on or session.today, reason)
    click.echo(_("Ended; history is kept."))


@programme.command("list", help=_("A person's programmes, past and present."), example="chronic programme list 42")
@click.argument("person", type=PERSON)
@output_options
@click.pass_obj
def list_(session: Session, /, person: Found, style: str, out: "Path | None") -> None:
    report = listing.programmes(session.db, session.today, person.person.id)
    session.show(report._replace(title=people.line(person.person, session.today)), style, out)
