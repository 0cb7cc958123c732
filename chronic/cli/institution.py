"""`institution`: where people are referred to, what is there, and on which days specialists sit in."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from chronic.care import institutions as care
from chronic.cli.commands import FILE, FILTER, Group, output_options
from chronic.cli.session import Session
from chronic.cli.types import DAY, SPAN, WholeNumber
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.i18n.terms import term
from chronic.model.institution import EVERY, LEVELS, Clinic, Institution

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("Where people are referred to: institutions, what they can do, clinic days of specialists."))
def institution() -> None:
    pass


def _where(session: Session, told: dict[str, Any]) -> dict[str, Any]:
    """What was said, with the place and the institution above it as they are known here."""
    if told.get("place") is not None:
        from chronic.store import places

        told["place"] = places.find(session.db, told["place"])
    if told.get("superior") is not None:
        told["superior"] = care.get(session.desk, told["superior"]).number
    return told


def _described(function: Any) -> Any:
    """What can be said of an institution."""
    for option in reversed(
        [
            click.option("--phone", help=_("Its phone number.")),
            click.option("--address", help=_("Where it is.")),
            click.option("--in", "place", metavar="PLACE", help=_("In which township or village it stands.")),
            click.option("--superior", help=_("The institution that leads it, by its number or name.")),
            click.option(
                "--can", "capabilities", multiple=True,
                help=_("What it can do: emergency, chest_pain_centre, stroke_centre, ecg …; once for each."),
            ),
            click.option("--dept", "departments", multiple=True, help=_("A department; once for each.")),
        ]
    ):  # fmt: skip
        function = option(function)
    return function


@institution.command(
    help=_("Record an institution."),
    example=(
        "chronic institution add 县人民医院 --level county --phone 0576-85390120 --can emergency --can stroke_centre "
        "--dept 心内科\n"
        "chronic institution add 镇卫生院 --level township --in 下各村 --superior 1 --can ecg --can lab"
    ),
)
@click.argument("name")
@click.option("--level", type=click.Choice(list(LEVELS)), required=True, help=_("Village, township, county or city."))
@_described
@click.pass_obj
def add(session: Session, /, name: str, level: str, **told: Any) -> None:
    made = care.add(session.desk, Institution(name.strip(), level, **_where(session, told)))
    click.echo(_("Recorded: {name}, number {number}.").format(name=made.name, number=made.number))


@institution.command(
    help=_("Change an institution; what is not given stays. --can and --dept give all of them anew."),
    example="chronic institution edit 1 --phone 0576-85390121\nchronic institution edit 1 --closed",
)
@click.argument("number", type=WholeNumber(min=1))
@click.option("--name", help=_("Its name."))
@click.option("--level", type=click.Choice(list(LEVELS)), help=_("Village, township, county or city."))
@_described
@click.option("--closed/--open", default=None, help=_("Nobody is referred there any more, or they are again."))
@click.pass_obj
def edit(session: Session, /, number: int, **told: Any) -> None:
    changes = {name: value for name, value in told.items() if value not in (None, ())}
    if not changes:
        raise ValueRefused("edit.nothing")
    made = care.edit(session.desk, number, _where(session, changes))
    click.echo(_("Recorded: {name}, number {number}.").format(name=made.name, number=made.number))


@institution.command(
    "list",
    help=_("Every institution with what it can do."),
    example="chronic institution list\nchronic institution list --format csv",
)
@click.option("--closed", is_flag=True, help=_("Closed ones too."))
@output_options
@click.pass_obj
def list_(session: Session, /, closed: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import institutions as reports

    session.show(reports.listing(session.db, session.today, closed), style, out)


@institution.command(
    "import",
    help=_("Take institutions from a CSV sheet with the columns that institution list writes; known names are changed."),
    example="chronic institution import institutions.csv",
)
@click.argument("file", type=FILE)
@click.pass_obj
def import_(session: Session, /, file: "Path") -> None:
    from chronic.office.institutions import take

    added, changed = take(session.desk, file)
    click.echo(_("{added} added, {changed} changed.").format(added=added, changed=changed))


@institution.command(
    help=_("Record a day on which a specialist sits in, once or again and again, or call one off."),
    example=(
        "chronic institution clinic 1 --day 2026-12-03 --dept 心内科 --every week --doctor 王主任\n"
        "chronic institution clinic 1 --day 2026-12-10 --dept 心内科 --off"
    ),
)
@click.argument("number", type=WholeNumber(min=1))
@click.option("--day", "on", type=DAY, required=True, help=_("The day, or the first of them."))
@click.option("--dept", required=True, help=_("The department."))
@click.option("--every", type=click.Choice(list(EVERY)), help=_("How often it comes again."))
@click.option("--until", type=DAY, help=_("The last day of them."))
@click.option("--doctor", help=_("Who sits in."))
@click.option("--off", is_flag=True, help=_("Called off on that day."))
@click.pass_obj
def clinic(session: Session, /, number: int, on: date, off: bool, **told: Any) -> None:
    care.add_clinic(session.desk, Clinic(number, held=not off, on=on, **told))
    if off:
        click.echo(_("Called off: {dept} on {day}.").format(dept=told["dept"], day=on))
        return
    again = "  ".join(filter(None, (told["dept"], str(on), term(EVERY, told["every"] or ""), told["doctor"])))
    click.echo(_("Recorded: {outcome}.").format(outcome=again))


@institution.command(
    help=_("The clinic days to come."),
    example="chronic institution clinics\nchronic institution clinics --within 60d --dept 心内科",
)
@click.option("--within", type=SPAN, default=30, show_default=True, help=_("So many days from today, as in 14d or 2w."))
@click.option("--dept", type=FILTER, help=_("Only this department."))
@output_options
@click.pass_obj
def clinics(session: Session, /, within: int, dept: str | None, style: str, out: "Path | None") -> None:
    from chronic.reports import institutions as reports

    last = session.today + timedelta(days=within)
    held = [sitting for sitting in care.next_clinics(session.desk, None, dept, session.today) if sitting.on <= last]
    session.show(reports.clinics(session.db, session.today, held), style, out)
