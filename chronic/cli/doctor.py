"""`doctor`: who works in which institution and team, from when; how many people each is responsible for."""

from datetime import date
from typing import TYPE_CHECKING

import click

from chronic.cli.commands import FILTER, Group, output_options
from chronic.cli.session import Session
from chronic.cli.types import DAY
from chronic.i18n import _

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("Doctors: in which institution and team each works, and how many people each has."))
def doctor() -> None:
    pass


@doctor.command(
    "list",
    help=_("Every doctor who has people or a post: institution, team, residents, managed, overdue."),
    example="chronic doctor list\nchronic doctor list --team 横溪第一团队 --format csv",
)
@click.option("--institution", type=FILTER, help=_("Only this institution's, by its name."))
@click.option("--team", type=FILTER, help=_("Only this team's."))
@output_options
@click.pass_obj
def list_(session: Session, /, institution: str | None, team: str | None, style: str, out: "Path | None") -> None:
    from chronic.reports import staff as reports

    session.show(reports.listing(session.db, session.today, institution, team), style, out)


@doctor.command(
    help=_("Every post of one doctor, with its first day."),
    example="chronic doctor show 李医生",
)
@click.argument("name")
@output_options
@click.pass_obj
def show(session: Session, /, name: str, style: str, out: "Path | None") -> None:
    from chronic.reports import staff as reports

    session.show(reports.posts(session.db, session.today, name), style, out)


@doctor.command(
    help=_("A doctor works in an institution and a team from a day on; what is not given stays as it was."),
    example=(
        "chronic doctor post 李医生 --institution 横溪镇卫生院 --team 横溪第一团队 --from 2026-01-01\n"
        "chronic doctor post 李医生 --team 横溪第二团队"
    ),
)
@click.argument("name")
@click.option("--institution", help=_("Its number or name."))
@click.option("--team", help=_("The team, as contracts name it."))
@click.option("--from", "since", type=DAY, help=_("The first day; today if left out."))
@click.pass_obj
def post(session: Session, /, name: str, institution: str | None, team: str | None, since: date | None) -> None:
    from chronic.care import staff as care
    from chronic.store import institutions

    made = care.post(session.desk, name, institution, team, since or session.today)
    names = {place.number: place.name for place in institutions.read(session.db)}
    told = "  ".join(filter(None, (made.doctor, names.get(made.institution or 0), made.team, str(made.since))))
    click.echo(_("Post recorded: {post}").format(post=told))


@doctor.command(
    help=_("A doctor works here no more. The people stay with that name until somebody gives them another."),
    example="chronic doctor leave 李医生 --on 2026-11-30",
)
@click.argument("name")
@click.option("--on", type=DAY, help=_("The first day without them; today if left out."))
@click.pass_obj
def leave(session: Session, /, name: str, on: date | None) -> None:
    from chronic.care import staff as care

    care.leave(session.desk, name, on or session.today)
    click.echo(_("Recorded."))
