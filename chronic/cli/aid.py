"""`person rescue` and `person treated`: help with major illness, and where people were treated."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import people
from chronic.cli.commands import Command, full_option, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, FieldType, Found, tag_option
from chronic.cli.where import by_option, place_options, within
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.aid import Rescue, Treated
from chronic.model.days import year_of

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    cls=Command,
    help=_("Rescue for a major illness (大病专项救治) began or ended; without PERSON, everybody in rescue."),
    example=(
        "chronic person rescue 42 --illness 脑卒中 --at 县人民医院 --on 2026-11-10\nchronic person rescue --village 下各村"
    ),
)
@click.argument("person", type=PERSON, required=False)
@click.option("--illness", help=_("Which illness."))
@click.option("--ended", is_flag=True, help=_("It is over."))
@click.option("--at", "institution", help=_("The institution."))
@click.option("--on", type=DAY, help=_("The day; today if left out."))
@place_options
@tag_option
@full_option
@output_options
@yes_option
@click.pass_obj
def rescue(
    session: Session, /, person: Found | None, illness: str | None, ended: bool, institution: str | None, on: date | None,
    tags: Any, full: bool, style: str, out: "Path | None", yes: bool, **where: Any,
) -> None:  # fmt: skip
    if person is None:
        from chronic.reports import aid as reports
        from chronic.reports.tagged import Whom

        if illness or ended or institution or on:
            raise ValueRefused("aid.whose")
        whom = Whom(within(session, where), None, tags)
        session.show(reports.rescues(session.db, session.today, whom, session.note_full(full)), style, out)
        return
    if illness is None:
        raise ValueRefused("value.missing", column="illness")
    from chronic.care import aid as care

    id_ = people.about_to_write(session, person, yes)
    care.rescue(session.desk, id_, Rescue(illness, "ended" if ended else "begun", on or session.today, institution))
    click.echo(_("Recorded."))


@click.command(
    cls=Command,
    help=_("Where somebody was treated; without PERSON, the share treated in the county, by village or --by."),
    example=(
        "chronic person treated 42 --in-county no --at 省人民医院 --reason 手术\n"
        "chronic person treated --from 2026-01-01 --to 2026-11-21"
    ),
)
@click.argument("person", type=PERSON, required=False)
@click.option("--in-county", type=FieldType("in_county"), help=_("In the county or outside?"))
@click.option("--at", "institution", help=_("The institution."))
@click.option("--reason", help=_("Why there."))
@click.option("--on", type=DAY, help=_("The day; today if left out."))
@click.option("--from", "since", type=DAY, help=_("Count from this day; the year's first if left out."))
@click.option("--to", "until", type=DAY, help=_("Count to this day; today if left out."))
@by_option(says=_("A row for each of these; for each village if left out."))
@place_options
@tag_option
@output_options
@yes_option
@click.pass_obj
def treated(
    session: Session, /, person: Found | None, in_county: str | None, institution: str | None, reason: str | None,
    on: date | None, since: date | None, until: date | None, by: str | None, tags: Any, style: str, out: "Path | None",
    yes: bool, **where: Any,
) -> None:  # fmt: skip
    if person is None:
        from chronic.reports import aid as reports
        from chronic.reports.tagged import Whom

        if in_county or institution or reason or on:
            raise ValueRefused("aid.whose")
        last = until or session.today
        span = (since or year_of(last)[0], last)
        session.show(reports.shares(session.db, span, Whom(within(session, where), None, tags), by or "village"), style, out)
        return
    for column, value in (("in_county", in_county), ("institution", institution)):
        if value is None:
            raise ValueRefused("value.missing", column=column)
    from chronic.care import aid as care

    id_ = people.about_to_write(session, person, yes)
    care.treated(session.desk, id_, Treated(on or session.today, str(in_county), str(institution), reason))
    click.echo(_("Recorded."))
