"""`checkup`: the yearly health check-up."""

import difflib
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import checkup as care
from chronic.care.record import Recorded, refusal
from chronic.cli import checkup_card, people
from chronic.cli.commands import Group, full_option, output_options, style_option, void_options, yes_option
from chronic.cli.guided_terminal import present
from chronic.cli.session import Session
from chronic.cli.types import BP, DAY, PERSON, SPAN, FieldType, Found, WholeNumber, field_options
from chronic.cli.whose import whom, whose_options
from chronic.errors import NotAllowed, ValueRefused
from chronic.i18n import _
from chronic.model.checkup import Checkup, Values
from chronic.model.checkup_fields import FORM_FIELDS, by_column
from chronic.model.fields import Field
from chronic.model.wording import say, say_problem
from chronic.reports import checkups as listing
from chronic.reports import findings, tagged
from chronic.store import checkups as store
from chronic.store import people as people_store

if TYPE_CHECKING:
    from pathlib import Path

_COMMON = (
    "temperature_c", "pulse", "respiratory_rate", "height_cm", "weight_kg", "waist_cm", "fpg", "hba1c", "tc", "tg", "ldl_c",
    "hdl_c", "creatinine", "ecg", "ultrasound", "chest_xray", "self_care_score", "tcm_guidance", "tcm_techniques",
    "checkup_doctor", "notes",
)  # fmt: skip
_NEAR = 5


class SetType(click.ParamType[Any]):
    """field=value: any field of the form by its canonical or its Chinese name, read as import reads a cell."""

    name = "field=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, object]:
        if isinstance(value, tuple):
            return value
        name, mark, text = str(value).partition("=")
        if not mark or not text.strip():
            self.fail(say("checkup.set_shape", text=value), param, ctx)
        field = form_field(name.strip())
        return field.column, FieldType(field.column, field.kind, field).convert(text, param, ctx)


class FormField(click.ParamType[Any]):
    """A field of the form by its canonical or its Chinese name."""

    name = "field"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return form_field(str(value)).column


def form_field(name: str) -> Field:
    """Raises ValueRefused (`checkup.set_field`) with the fields that are called nearly so."""
    column = name.replace("-", "_")
    by_name = {field.zh: field for field in FORM_FIELDS}
    found = by_column().get(column) or by_name.get(name)
    if found is None or found.column == "checkup_date":
        near = difflib.get_close_matches(column, [*by_column(), *by_name], _NEAR, 0.4)
        raise ValueRefused("checkup.set_field", text=name, detail=", ".join(near) or "-")
    return found


@click.group(cls=Group, help=_("Yearly check-ups: record, what is missing, who is due."))
def checkup() -> None:
    pass


@checkup.command(
    help=_(
        "Record a check-up. Danger is shown first; the rest of the form goes through --set. Without values it asks, at a "
        "terminal, in the form's order. It is no follow-up: chronic visit add records that."
    ),
    example=(
        "chronic checkup add 42\n"
        "chronic checkup add 42 --bp-left 138/84 --bp-right 136/82 --height-cm 158 --weight-kg 62 --fpg 6.1 --ecg normal\n"
        'chronic checkup add 42 --set hearing=hears --set 心律=齐 --tcm-techniques "艾灸;八段锦"'
    ),
)
@click.argument("person", type=PERSON)
@click.option("--bp-left", type=BP, help=_("Blood pressure of the left arm, as in 138/84."))
@click.option("--bp-right", type=BP, help=_("Blood pressure of the right arm."))
@click.option("--bp", type=BP, help=_("Blood pressure where nobody wrote which arm."))
@click.option("--on", type=DAY, help=_("Day of the check-up; today if left out."))
@field_options([by_column()[name] for name in _COMMON])
@click.option("--set", "more", type=SetType(), multiple=True, help=_("Any other field of the form."))
@style_option
@yes_option
@click.pass_obj
def add(session: Session, /, person: Found, on: date | None, style: str, yes: bool, **options: Any) -> None:
    given = _given(options)
    guided = not given and not yes and present()
    if not given and not guided:
        raise ValueRefused("checkup.nothing")
    id_ = people.about_to_write(session, person, yes)
    if guided:
        from chronic.cli.guided_checkup import check_up

        check_up(session, person.person, on or session.today, style)
        return
    (result,) = care.record(session.desk, [Checkup(id_, on or session.today, given)])
    announce(session, id_, on or session.today, result, style)


def announce(session: Session, person: int, on: date, result: Recorded, style: str) -> None:
    """What became of a check-up, and its card; the first refusal is the error."""
    for problem in result.refusals:
        raise refusal(problem)
    if result.state == "unchanged":
        click.echo(_("Already recorded; nothing changed."), err=True)
    elif result.state == "filled":
        click.echo(_("Added to the check-up already recorded for this day."), err=True)
    for problem in result.warnings:
        click.echo(_("Please check: {sentence}").format(sentence=say_problem(problem)), err=True)
    number = store.live_on(session.db, [(person, on)])[person, on].id
    checkup_card.show(session, person, number, style)


@checkup.command(
    help=_("A check-up: results that call for something, scores, what is missing for whom, and the whole form."),
    example=("chronic checkup show 42\nchronic checkup show 42 --number 1 --format json"),
)
@click.argument("person", type=PERSON)
@click.option("--number", type=WholeNumber(min=1), help=_("Not the latest, but the one with this number."))
@style_option
@click.pass_obj
def show(session: Session, /, person: Found, number: int | None, style: str) -> None:
    who = person.person
    if style == "table":
        click.echo(people.line(who, session.today))
    if checkup_card.show(session, who.id, number, style):
        return
    if number is not None:
        raise NotAllowed("checkup.none", number=number)
    raise NotAllowed("checkup.no_one", name=who.name, id=who.id)


@checkup.command(
    help=_(
        "Who is due: people under management and everyone of 65 and over. From July also who has had none this year. "
        "With --abnormal, the results that still call for something."
    ),
    example=("chronic checkup due --within 30d\nchronic checkup due --abnormal --format csv --out abnormal.csv"),
)
@click.option("--within", type=SPAN, default=30, show_default=True, help=_("So many days from today, as in 14d or 2w."))
@whose_options
@click.option("--abnormal", is_flag=True, help=_("Instead, abnormal results nothing was done about yet."))
@full_option
@output_options
@click.pass_obj
def due(
    session: Session, /, within: int, abnormal: bool, limit: int | None, full: bool, style: str, out: "Path | None",
    **whose: Any,
) -> None:  # fmt: skip
    editions, wanted = session.desk.editions, whom(session, whose)
    if abnormal:
        report = findings.worklist(session.db, session.today, editions)
        among = tagged.people(session.db, wanted)
        report = report._replace(rows=[row for row in report.rows if among is None or row["person_id"] in among][:limit])
        if style == "table":
            report = report._replace(rows=map(checkup_card.in_words, report.rows))
    else:
        report = listing.due(session.db, session.today, editions, within, wanted, session.note_full(full), limit)
    session.show(report, style, out)


@checkup.command(
    help=_("Say what was done about an abnormal result, so that it leaves the list."),
    example="chronic checkup resolve 42 ecg --note 县医院复查正常",
)
@click.argument("person", type=PERSON)
@click.argument("fields", type=FormField(), nargs=-1, required=True, metavar="FIELD...")
@click.option("--note", required=True, help=_("What was done."))
@click.option("--on", type=DAY, help=_("The day it was done; today if left out."))
@yes_option
@click.pass_obj
def resolve(session: Session, /, person: Found, fields: tuple[str, ...], note: str, on: date | None, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    day = on or session.today
    care.settle(session.desk, id_, [care.Done(field, day, note) for field in dict.fromkeys(fields)])
    left = [s for s in findings.of_person(session.db, id_, session.today, session.desk.editions) if s.state == findings.OPEN]
    click.echo(_("Noted; still open for this person: {n}").format(n=len(left)))


@checkup.command(
    help=_("Correct a check-up: give its number and the fields that were wrong."),
    example=("chronic checkup fix 1 --bp-left 138/84\nchronic checkup fix 1 --set hearing=impaired --clear ecg"),
)
@click.argument("number", type=WholeNumber(min=1))
@click.option("--bp-left", type=BP, help=_("Blood pressure of the left arm, as in 138/84."))
@click.option("--bp-right", type=BP, help=_("Blood pressure of the right arm."))
@click.option("--bp", type=BP, help=_("Blood pressure where nobody wrote which arm."))
@click.option("--on", type=DAY, help=_("The right day of the check-up."))
@click.option("--clear", multiple=True, type=FormField(), help=_("Empty this field."))
@field_options([by_column()[name] for name in _COMMON])
@click.option("--set", "more", type=SetType(), multiple=True, help=_("Any other field of the form."))
@style_option
@click.pass_obj
def fix(session: Session, /, number: int, on: date | None, clear: tuple[str, ...], style: str, **options: Any) -> None:
    changes: Values = {**_given(options), **dict.fromkeys(clear)}
    if on is not None:
        changes["checkup_date"] = on
    if not changes:
        raise ValueRefused("edit.nothing")
    _whose(session, number)
    new, result = care.fix(session.desk, number, changes)
    announce(session, new.person, new.checkup_date, result, style)


@checkup.command(
    help=_("Withdraw a check-up that should not be there; the record of it stays."),
    example="chronic checkup void 1 --reason 记错人",
)
@click.argument("number", type=WholeNumber(min=1))
@void_options
@click.pass_obj
def void(session: Session, /, number: int, reason: str, yes: bool) -> None:
    _whose(session, number)
    people.really(_("Withdraw check-up {n}?").format(n=number), yes, _("check-up {n}").format(n=number))
    old = care.void(session.desk, number, reason)
    click.echo(_("Withdrawn: the check-up of {day}.").format(day=old.checkup_date))


def _whose(session: Session, number: int) -> None:
    """Show whose check-up is about to be changed; a number that is none is left to whoever changes it."""
    found = store.by_id(session.db, number)
    if found is not None:
        click.echo(people.line(people_store.get(session.db, found[0].person), session.today), err=True)


def _given(options: dict[str, Any]) -> Values:
    """The fields that were given. Raises ValueRefused (`bp.twice`) where --set names an arm that has its own option."""
    given: Values = {name: options[name] for name in _COMMON if options.get(name) is not None}
    for option, suffix in (("bp_left", "_left"), ("bp_right", "_right"), ("bp", "")):
        if options.get(option) is not None:
            given |= dict(zip((f"sbp{suffix}", f"dbp{suffix}"), options[option], strict=True))
    for column, value in options["more"]:
        if column in given and given[column] != value:
            raise ValueRefused("checkup.twice", column=column)
        given[column] = value
    return given
