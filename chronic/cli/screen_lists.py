"""`screen due` and `screen at-risk`: whom to measure, and who has which risk factor."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import click

from chronic.cli import people
from chronic.cli.commands import FILTER, Command, full_option, output_options
from chronic.cli.session import Session
from chronic.cli.types import PERSON, PROGRAMME, SPAN, F, Found, WholeNumber, tag_option
from chronic.cli.where import place_options, within
from chronic.i18n import _


def _among_options(function: F) -> F:
    options: list[Callable[[Any], Any]] = [
        place_options,
        click.option("--programme", type=PROGRAMME, help=_("Only this disease: htn or dm.")),
        click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people.")),
        tag_option,
        click.option("--limit", type=WholeNumber(min=0), help=_("At most so many people.")),
    ]
    wrapped: Any = output_options(full_option(function))
    for option in reversed(options):
        wrapped = option(wrapped)
    return cast(F, wrapped)


@click.command(
    cls=Command,
    help=_("Whom to measure: not for a year, or for half a year with a risk factor. Village by village."),
    example=(
        "chronic screen due --village 下各村\nchronic screen due --programme dm --limit 50\nchronic screen due --within 30d"
    ),
)
@click.option("--within", type=SPAN, default=0, help=_("Also who becomes due within so many days."))
@_among_options
@click.pass_obj
def due(session: Session, /, within: int, style: str, out: Path | None, **options: Any) -> None:
    from chronic.reports import screen_due

    among = _among(session, options)
    until = session.today + timedelta(days=within)
    report = screen_due.due(session.db, session.today, until, session.desk.editions, among)
    session.show(report._replace(title=_title(_("To be screened"), session)) if style == "table" else report, style, out)


@click.command(
    "at-risk",
    cls=Command,
    help=_("People with a risk factor of hypertension or diabetes; for one person every factor with its source."),
    example=(
        "chronic screen at-risk --village 下各村\n"
        "chronic screen at-risk 203\n"
        "chronic screen at-risk --format csv --out risk.csv"
    ),
)
@click.argument("person", type=PERSON, required=False)
@_among_options
@click.pass_obj
def at_risk(session: Session, /, person: Found | None, style: str, out: Path | None, **options: Any) -> None:
    from chronic.reports import at_risk as register

    among = _among(session, options)
    if person is None:
        report = register.listing(session.db, session.today, session.desk.editions, among)
        session.show(report._replace(title=_title(_("At risk"), session)) if style == "table" else report, style, out)
        return
    report = register.of_person(session.db, session.today, session.desk.editions, person.person.id)
    session.show(report._replace(title=people.line(person.person, session.today)), style, out)


def _among(session: Session, options: dict[str, Any]) -> Any:
    """The filters as the reports want them. An unknown place is an error, not an empty list."""
    from chronic.reports.residents import Among

    return Among(
        where=within(session, options),
        programme=options["programme"],
        doctor=options["doctor"],
        tags=options["tags"],
        limit=options["limit"],
        full=session.note_full(options["full"]),
    )


def _title(what: str, session: Session) -> str:
    return "  ".join([what, session.settings.get("name", ""), _("as of {day}").format(day=session.today)])
