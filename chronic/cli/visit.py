"""`visit`: record, list, correct and withdraw follow-ups."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import record as care
from chronic.cli import cards, people
from chronic.cli.commands import Group, output_options, style_option, void_options, yes_option
from chronic.cli.guided_due import also_due
from chronic.cli.guided_terminal import present
from chronic.cli.papers import paper_options
from chronic.cli.session import Session
from chronic.cli.types import BP, DAY, PERSON, FieldType, Found, WholeNumber, as_entered, field_options
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.fields import VISIT_FIELDS
from chronic.model.plan import Problem
from chronic.model.visit import Visit
from chronic.reports import visits as history
from chronic.rules.followup import must_ask_danger
from chronic.rules.sitting import counted
from chronic.store import visits as store

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("Record, list, correct and withdraw follow-ups."))
def visit() -> None:
    pass


@visit.command(
    help=_("Record one visit and plan the next. Danger is shown first. Without values it asks, at a terminal."),
    example=(
        "chronic visit add 42\n"
        "chronic visit add 42 --bp 148/92 --adherence regular --danger no\n"
        "chronic visit add 57 --bp 152/94 --bp 148/90 --fpg 7.6 --on 2026-11-20\n"
        'chronic visit add 57 --bp 138/84 --medicines "氨氯地平片, 1, 5, mg" --days-supplied 30'
    ),
)
@click.argument("person", type=PERSON)
@click.option("--bp", type=BP, multiple=True, help=_("Blood pressure, as in 148/92; once for each reading of the sitting."))
@click.option("--on", type=DAY, help=_("Day of the visit; today if left out."))
@click.option("--ask", type=FieldType("programmes", "codes"), help=_("At a terminal: ask this programme's questions too."))
@click.option(
    "--days-supplied", type=WholeNumber(min=1, days=True), help=_("So many days of the medicines named were handed out.")
)
@field_options(VISIT_FIELDS, leave_out=("visit_date",))
@style_option
@yes_option
@click.pass_obj
def add(
    session: Session,
    /,
    person: Found,
    bp: tuple[tuple[int, int], ...],
    on: date | None,
    ask: str | None,
    days_supplied: int | None,
    style: str,
    yes: bool,
    **fields: Any,
) -> None:
    given = values_given(session, fields, bp, on)
    if days_supplied is not None and "medicines" not in given:
        raise ValueRefused("medicine.not_named")
    nothing = not set(given) - {"way"}
    guided = (nothing or ask is not None) and not yes and present()
    if nothing and not guided:
        raise ValueRefused("visit.nothing")
    id_ = people.about_to_write(session, person, yes)
    if guided:
        from chronic.cli.guided_visit import follow_up

        follow_up(session, person.person, on or session.today, given, tuple(ask.split(";") if ask else ()), style)
        return
    seen = Visit(id_, on or session.today, **{"way": "", **given})
    if days_supplied is None:
        show_recorded(session, seen, style)
        return
    from chronic.care import medicines
    from chronic.cli.medicine import told

    result, asked = medicines.dispense(session.desk, seen, days_supplied)
    told(asked)
    announce(session, seen, result, style, set())


def show_recorded(session: Session, seen: Visit, style: str) -> None:
    """Record one contact and print its card; the first refusal is the error."""
    (result,) = care.record(session.desk, [seen])
    for problem in result.refusals:
        raise care.refusal(problem)
    announce(session, seen, result, style, set())


def announce(session: Session, seen: Visit, result: care.Recorded, style: str, confirmed: Collection[Problem]) -> None:
    """What became of a contact: its card, and what else is due. Warnings already confirmed are not said again."""
    assert result.uid is not None
    if result.state == "unchanged":
        click.echo(_("Already recorded; nothing changed."), err=True)
    elif result.state == "filled":
        click.echo(_("Added to the visit already recorded for this day."), err=True)
    asked = (*result.warnings, *must_ask_danger(seen.symptoms, seen.danger, session.desk.editions.on(seen.visit_date)))
    unsaid = tuple(problem for problem in asked if problem not in confirmed)
    cards.visit_card(session, store.id_of(session.db, result.uid), unsaid, style)
    if style == "table":
        for line in cards.sitting_lines(seen, session.desk.editions.on(seen.visit_date)):
            click.echo(line)
    if style == "table" and seen.kind == "screening":
        from chronic.cli.screen import remark_lines

        for line in remark_lines(session, seen):
            click.echo(line)
    if style == "table":
        from chronic.cli.medicines_card import question_lines

        for line in question_lines(session, seen.person):
            click.echo(line)
    if style == "table" and seen.visit_date == session.today:
        from chronic.cli.advise import closing_lines

        for line in (*also_due(session, seen.person), *closing_lines(session, seen.person)):
            click.echo(line)


@visit.command(
    "list",
    help=_("A person's visits with their numbers, latest first."),
    example=("chronic visit list 42\nchronic visit list 42 --all"),
)
@click.argument("person", type=PERSON)
@click.option("--all", "everything", is_flag=True, help=_("Corrected and withdrawn ones too."))
@output_options
@click.pass_obj
def list_(session: Session, /, person: Found, everything: bool, style: str, out: "Path | None") -> None:
    report = history.visits(session.db, session.today, person.person.id, everything)
    session.show(report._replace(title=people.line(person.person, session.today)), style, out)


@visit.command(
    help=_("Correct a visit: give its number and the fields that were wrong."),
    example=("chronic visit fix 812 --bp 138/84\nchronic visit fix 812 --clear fpg --on 2026-11-19"),
)
@click.argument("number", type=WholeNumber(min=1))
@click.option("--bp", type=BP, multiple=True, help=_("Blood pressure, as in 148/92; once for each reading of the sitting."))
@click.option("--on", type=DAY, help=_("The right day of the visit."))
@click.option("--clear", multiple=True, type=click.Choice([f.column for f in VISIT_FIELDS[2:]]), help=_("Empty this field."))
@field_options(VISIT_FIELDS, leave_out=("visit_date",))
@style_option
@click.pass_obj
def fix(
    session: Session,
    /,
    number: int,
    bp: tuple[tuple[int, int], ...],
    on: date | None,
    clear: tuple[str, ...],
    style: str,
    **fields: Any,
) -> None:
    known = store.by_id(session.db, number)
    changes = values_given(session, fields, bp, on or (known[0].visit_date if known else None))
    changes |= dict.fromkeys(clear)
    if on is not None:
        changes["visit_date"] = on
    if not changes:
        raise ValueRefused("edit.nothing")
    people.show_whose(session, number)
    new, result = care.fix(session.desk, number, changes)
    cards.visit_card(session, store.id_of(session.db, new.uid), result.warnings, style)


@visit.command(
    help=_("Withdraw a visit that should not be there; the record of it stays."),
    example="chronic visit void 812 --reason 记错人",
)
@click.argument("number", type=WholeNumber(min=1))
@void_options
@click.pass_obj
def void(session: Session, /, number: int, reason: str, yes: bool) -> None:
    people.show_whose(session, number)
    people.really(_("Withdraw visit {n}?").format(n=number), yes, _("visit {n}").format(n=number))
    old = care.void(session.desk, number, reason)
    click.echo(_("Withdrawn: the visit of {day}.").format(day=old.visit_date))


@visit.command(
    help=_(
        "The official record form of one follow-up, of each programme it belongs to; blanks stay blank. To a file ending "
        "in .html or .pdf it goes as pages to print."
    ),
    example=("chronic visit form 42\nchronic visit form 42 --out form.html"),
)
@click.argument("person", type=PERSON)
@click.option("--visit", "number", type=WholeNumber(min=1), help=_("The number of the visit; the last one if left out."))
@paper_options("text")
@click.pass_obj
def form(session: Session, /, person: Found, number: int | None, **where: Any) -> None:
    from chronic.cli import form_card

    form_card.show(session, person.person, number, where)


def values_given(
    session: Session, fields: dict[str, Any], bp: tuple[tuple[int, int], ...], on: date | None
) -> dict[str, Any]:
    """What the options say of a sitting: several readings with what counts of them, and what was typed in other units."""
    given = {name: value for name, value in fields.items() if value is not None}
    entered = as_entered()
    if entered:
        given["entered"] = entered
    if not bp:
        return given
    if "sbp" in given or "dbp" in given:
        raise ValueRefused("bp.twice")
    for sbp, dbp in bp:
        if sbp <= dbp:
            raise care.refusal(Problem("bp.crossed", "dbp", f"{sbp}/{dbp}"))
    sbp, dbp = counted(bp, session.desk.editions.on(on or session.today))
    return {**given, "sbp": sbp, "dbp": dbp, "readings": bp if len(bp) > 1 else ()}
