"""`contract`: family-doctor contracts. Sign, renew and end them; whose is due, whose ran out, who has none, the rate."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import contracts as care
from chronic.cli import people
from chronic.cli.commands import FILTER, Group, full_option, output_options, yes_option
from chronic.cli.contract_line import told
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, SPAN, Found, WholeNumber, tag_option
from chronic.cli.where import by_option, place_options, within
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.contract import Contract
from chronic.reports import contracts as reports

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("Family-doctor contracts: sign, renew, end; whose renewal is due, who has none."))
def contract() -> None:
    pass


@contract.command(
    help=_("Sign a contract. Without --until it runs for the guideline's usual term, one year."),
    example=(
        "chronic contract sign 42 --team 李医生团队 --package basic\n"
        "chronic contract sign 42 --team 李医生团队 --package 01 --on 2027-01-01 --until 2027-12-31"
    ),
)
@click.argument("person", type=PERSON)
@click.option("--team", required=True, help=_("The family-doctor team."))
@click.option("--package", default="basic", show_default=True, help=_("The package by its word, number or name."))
@click.option("--on", type=DAY, help=_("The first day; today if left out."))
@click.option("--until", type=DAY, help=_("The last day it counts."))
@yes_option
@click.pass_obj
def sign(
    session: Session, /, person: Found, team: str, package: str, on: date | None, until: date | None, yes: bool
) -> None:
    id_ = people.about_to_write(session, person, yes)
    made = care.sign(session.desk, id_, team, package, on or session.today, until)
    click.echo(_signed(session, made))


@contract.command(
    help=_("Sign the next one: from the day after the last ends, so that there is no gap, or from today if it ran out."),
    example="chronic contract renew 42",
)
@click.argument("person", type=PERSON)
@click.option("--team", help=_("Another team; else the same."))
@click.option("--package", help=_("Another package; else the same."))
@click.option("--on", type=DAY, help=_("Another first day."))
@click.option("--until", type=DAY, help=_("The last day it counts."))
@yes_option
@click.pass_obj
def renew(
    session: Session, /, person: Found, team: str | None, package: str | None, on: date | None, until: date | None, yes: bool
) -> None:
    id_ = people.about_to_write(session, person, yes)
    click.echo(_signed(session, care.renew(session.desk, id_, team, package, on, until)))


@contract.command(
    help=_(
        "End a contract before its time; one already signed for later does not begin. On its first day: it never counted."
    ),
    example="chronic contract end 42 --reason moved --on 2026-11-18",
)
@click.argument("person", type=PERSON)
@click.option("--reason", required=True, help=_("Why: moved, unreachable, refused, cancelled, other, or its number."))
@click.option("--on", type=DAY, help=_("The first day it no longer counts; today if left out."))
@yes_option
@click.pass_obj
def end(session: Session, /, person: Found, reason: str, on: date | None, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    for ended in care.end(session.desk, id_, on or session.today, reason):
        said = _("Ended from {day} on: {team}, {start} to {end}.")
        day = max(on or session.today, ended.start_on)
        click.echo(said.format(day=day, team=ended.team, start=ended.start_on, end=ended.end_on))


@contract.command(
    "list",
    help=_("Contracts in force; or those to be renewed, those that ran out, managed people without one, or the rate."),
    example=(
        "chronic contract list --due 60d\n"
        "chronic contract list --none --village 下各村\n"
        "chronic contract list --expired --format csv --out expired.csv\n"
        "chronic contract list --summary"
    ),
)
@click.option("--due", type=SPAN, help=_("Whose last day comes within so many days, and who has not renewed."))
@click.option("--expired", is_flag=True, help=_("Whose last contract is over."))
@click.option("--none", "without", is_flag=True, help=_("Managed people with no contract in force."))
@click.option("--summary", is_flag=True, help=_("Managed people and how many have a contract, by village or --by."))
@by_option(says=_("With --summary: a row for each of these."))
@place_options
@click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people."))
@click.option("--team", type=FILTER, help=_("Only this team's contracts."))
@tag_option
@click.option("--limit", type=WholeNumber(min=0), help=_("At most so many people."))
@full_option
@output_options
@click.pass_obj
def list_(
    session: Session, /, due: int | None, expired: bool, without: bool, summary: bool, by: str | None, full: bool,
    style: str, out: "Path | None", **filters: Any,
) -> None:  # fmt: skip
    if by and not summary:
        raise ValueRefused("contract.by")
    if (due is not None) + expired + without + summary > 1 or (filters["team"] and (summary or without)):
        raise ValueRefused("contract.which")
    which = reports.DUE if due is not None else reports.EXPIRED if expired else reports.NONE if without else reports.IN_FORCE
    place = within(session, filters)
    asked = reports.Asked(which, due or 0, where=place, full=session.note_full(full), **filters)
    if summary:
        session.show(reports.rates(session.db, session.today, asked, by or "village"), style, out)
        return
    session.show(reports.listing(session.db, session.today, session.desk.editions, asked), style, out)


def _signed(session: Session, made: Contract) -> str:
    return _("Signed: {what}").format(what=told(session, made))
