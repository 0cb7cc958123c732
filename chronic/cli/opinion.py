"""`opinion`: what people say of the service when they are called, and what was done about it."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import trace as care
from chronic.cli import people
from chronic.cli.commands import Group, full_option, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, FieldType, Found, WholeNumber
from chronic.cli.whose import whom, whose_options
from chronic.i18n import _
from chronic.model.call import Opinion
from chronic.reports import opinions as reports
from chronic.store import opinions as store

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("Satisfaction, complaints and suggestions, and what was done about them."))
def opinion() -> None:
    pass


@opinion.command(
    help=_("Record what somebody says of the service. A complaint, a suggestion or dissatisfaction waits to be handled."),
    example=(
        "chronic opinion add 42 --satisfaction satisfied\n"
        "chronic opinion add 42 --satisfaction dissatisfied --complaint 量血压等太久"
    ),
)
@click.argument("person", type=PERSON)
@click.option("--satisfaction", type=FieldType("satisfaction"), help=_("Satisfied, neutral or dissatisfied."))
@click.option("--complaint", help=_("What went wrong, in their words."))
@click.option("--suggestion", help=_("What they would like."))
@click.option("--on", type=DAY, help=_("The day it was said; today if left out."))
@click.option("--way", type=FieldType("call_way"), default="phone", show_default=True, help=_("How they were asked."))
@yes_option
@click.pass_obj
def add(
    session: Session, /, person: Found, satisfaction: str | None, complaint: str | None, suggestion: str | None,
    on: date | None, way: str, yes: bool,
) -> None:  # fmt: skip
    id_ = people.about_to_write(session, person, yes)
    new = Opinion(on or session.today, way, satisfaction, complaint, suggestion)
    number = care.say(session.desk, id_, new)
    click.echo(_("Recorded as number {number}.").format(number=number))
    if new.to_handle:
        click.echo(_("When something was done: chronic opinion handle {number} --note WHAT").format(number=number))


@opinion.command(
    "list",
    help=_("What nobody has done anything about yet, oldest first; with --all everything."),
    example="chronic opinion list\nchronic opinion list --all --format csv",
)
@click.option("--all", "everything", is_flag=True, help=_("Also what was handled, and what asks for nothing."))
@whose_options
@full_option
@output_options
@click.pass_obj
def list_(
    session: Session, /, everything: bool, limit: int | None, full: bool, style: str, out: "Path | None", **whose: Any
) -> None:
    shown = session.note_full(full)
    report = reports.listing(session.db, session.today, everything, whom(session, whose), shown, limit)
    if style == "table":
        report = report._replace(title=_("Waiting to be handled: {n}").format(n=store.unhandled(session.db)))
    session.show(report, style, out)


@opinion.command(
    help=_("Say what was done about a complaint or suggestion."),
    example="chronic opinion handle 1 --note 已增加早班量血压 --by 李医生",
)
@click.argument("number", type=WholeNumber(min=1))
@click.option("--note", required=True, help=_("What was done."))
@click.option("--on", type=DAY, help=_("The day it was done; today if left out."))
@click.option("--by", help=_("Who did it; you if left out."))
@click.pass_obj
def handle(session: Session, /, number: int, note: str, on: date | None, by: str | None) -> None:
    said = care.handle(session.desk, number, on or session.today, by, note)
    click.echo(_("Handled: {what}").format(what=said.complaint or said.suggestion or _("dissatisfied")))
