"""`benefit`: whether people are registered for the outpatient benefit of the two diseases 两病."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import people
from chronic.cli.commands import Group, full_option, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, FieldType, Found
from chronic.cli.whose import whom, whose_options
from chronic.i18n import N_, _
from chronic.i18n.terms import ANSWERS, term
from chronic.model.fields import YES_NO, Field

if TYPE_CHECKING:
    from pathlib import Path

_REGISTERED = Field("registered", "两病登记", "code", N_("Registered"), codes={**YES_NO, "unknown": "不详"})


@click.group(cls=Group, help=_("The outpatient medicine benefit for hypertension and diabetes: who is registered."))
def benefit() -> None:
    pass


@benefit.command(
    "set",
    help=_("Note whether a person is registered for the benefit; the latest day counts."),
    example="chronic benefit set 42 --registered yes --on 2026-11-20",
)
@click.argument("person", type=PERSON)
@click.option(
    "--registered", type=FieldType("registered", "code", _REGISTERED), required=True, help=_("yes, no or unknown.")
)
@click.option("--on", type=DAY, help=_("The day it was told; today if left out."))
@yes_option
@click.pass_obj
def set_(session: Session, /, person: Found, registered: str, on: date | None, yes: bool) -> None:
    from chronic.care import medicines as care

    id_ = people.about_to_write(session, person, yes)
    if not care.tell_benefit(session.desk, id_, registered, on or session.today):
        click.echo(_("Already recorded; nothing changed."))
        return
    click.echo(_("Registered for the benefit: {answer}").format(answer=term(ANSWERS, registered)))


@benefit.command(
    "list",
    help=_("Everyone managed whom the benefit is for, counted; with --missing those not registered or never asked."),
    example="chronic benefit list --missing\nchronic benefit list --village 下各村 --format csv",
)
@click.option("--missing", is_flag=True, help=_("Only those not registered, or not known to be."))
@whose_options
@full_option
@output_options
@click.pass_obj
def list_(
    session: Session, /, missing: bool, limit: int | None, full: bool, style: str, out: "Path | None", **whose: Any,
) -> None:  # fmt: skip
    from chronic.reports import benefit as reports

    shown, editions = session.note_full(full), session.desk.editions
    report = reports.listing(session.db, session.today, editions, missing, whom(session, whose), shown, limit)
    session.show(report, style, out)
