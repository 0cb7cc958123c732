"""`screen`: people not enrolled."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care.screen import check_not_enrolled
from chronic.cli import people
from chronic.cli.commands import Group, output_options, style_option, yes_option
from chronic.cli.guided_terminal import present
from chronic.cli.risk import risk
from chronic.cli.session import Session
from chronic.cli.types import BP, DAY, PERSON, Found, field_options
from chronic.cli.visit import show_recorded, with_pressure
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.fields import BY_COLUMN
from chronic.model.visit import Visit
from chronic.reports import suspects as waiting

if TYPE_CHECKING:
    from pathlib import Path

_FIELDS = ("fpg", "danger", "pregnant", "notes")


@click.group(cls=Group, help=_("Screen people not enrolled; who waits for a recheck."))
def screen() -> None:
    pass


@screen.command(
    help=_("Record a screening reading of someone not enrolled. A high one books a recheck."),
    example=("chronic screen add 203\nchronic screen add 203 --bp 148/92\nchronic screen add 203 --fpg 7.4"),
)
@click.argument("person", type=PERSON)
@click.option("--bp", type=BP, multiple=True, help=_("Blood pressure, as in 148/92; once for each reading of the sitting."))
@click.option("--on", type=DAY, help=_("Day of the screening; today if left out."))
@field_options([BY_COLUMN[name] for name in _FIELDS])
@style_option
@yes_option
@click.pass_obj
def add(
    session: Session,
    /,
    person: Found,
    bp: tuple[tuple[int, int], ...],
    on: date | None,
    style: str,
    yes: bool,
    **fields: Any,
) -> None:
    given = with_pressure({name: value for name, value in fields.items() if value is not None}, bp)
    guided = not given and not yes and present()
    if not bp and fields["fpg"] is None and not guided:
        raise ValueRefused("screen.nothing")
    id_ = people.about_to_write(session, person, yes)
    if guided:
        from chronic.cli.guided_visit import screening

        screening(session, person.person, on or session.today, given, style)
        return
    seen = Visit(id_, on or session.today, kind="screening", **given)
    check_not_enrolled(session.desk, seen)
    show_recorded(session, seen, style)


@screen.command(
    help=_("Who waits for another measurement, and who should be sent for confirmation."),
    example=("chronic screen suspects\nchronic screen suspects --format csv --out suspects.csv"),
)
@output_options
@click.pass_obj
def suspects(session: Session, /, style: str, out: "Path | None") -> None:
    session.show(waiting.suspects(session.db, session.today, session.desk.editions), style, out)


screen.add_command(risk)
