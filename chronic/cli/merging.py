"""`person merge` and `person distinct`: two numbers that are one person, or are not."""

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import people
from chronic.cli.commands import Command, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.types import PERSON, Found, WholeNumber
from chronic.cli.where import place_options, within
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext
from chronic.i18n.terms import PROGRAMMES, term
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.tags import tag_name
from chronic.model.wording import code_label, field_label
from chronic.store import people as store

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.care.merging import Joined, Plan
    from chronic.model.person import Person

_HIDE = {"id_number": masked_id, "phone": masked_phone}


@click.command(
    cls=Command,
    help=_(
        "Make one person of two: the second goes up in the first, with everything recorded. Both are shown side by side, "
        "and what will come of it; undo makes two of them again."
    ),
    example="chronic person merge 42 204 --yes\nchronic person merge 42 204 --field phone=theirs --field all=ours --yes",
)
@click.argument("keep", type=PERSON, metavar="KEEP")
@click.argument("other", type=PERSON, metavar="OTHER")
@click.option(
    "--field", "fields", multiple=True, metavar="FIELD=ours|theirs", help=_("Whose value counts; all=ours for all.")
)
@yes_option
@click.pass_obj
def merge(session: Session, /, keep: Found, other: Found, fields: tuple[str, ...], yes: bool) -> None:
    from chronic.care import merging

    choices = dict(map(_choice, fields))
    stays, goes = keep.person, other.person
    found = merging.plan(session.desk, stays.id, goes.id, choices)
    for line in _side_by_side(session, stays, goes, found):
        click.echo(line, err=True)
    for field in found.undecided if sys.stdin.isatty() else ():
        choices[field.column] = _asked(field.column)
    if len(choices) > len(fields):
        found = merging.plan(session.desk, stays.id, goes.id, choices)
    if not found.undecided:
        for line in _comes(stays, goes, found):
            click.echo(line, err=True)
        people.really(_("Make one person of these two?"), yes, stays.name)
    merging.merge(session.desk, stays.id, goes.id, choices)
    who = people.line(store.get(session.db, stays.id), session.today)
    click.echo(_("{goes} is now {id} {who}").format(goes=goes.id, id=stays.id, who=who))
    for line in people.plan_lines(session, stays.id):
        click.echo(line)


@click.command(
    cls=Command,
    help=_("Note that two people who look alike are two; they are not shown as duplicates again."),
    example="chronic person distinct 42 17 --note 同名不同人",
)
@click.argument("one", type=PERSON, metavar="PERSON")
@click.argument("other", type=PERSON, metavar="OTHER")
@click.option("--note", help=_("How this is known."))
@yes_option
@click.pass_obj
def distinct(session: Session, /, one: Found, other: Found, note: str | None, yes: bool) -> None:
    first, second = people.about_to_write(session, one, yes), people.about_to_write(session, other, yes)
    from chronic.care import merging

    merging.distinct(session.desk, first, second, note)
    click.echo(_("Noted: {one} and {other} are two people.").format(one=first, other=second))


@click.command(
    cls=Command,
    help=_(
        "People who may be registered twice, with points and reasons; never by a name alone. Two who are one are merged, "
        "two who are two are noted as distinct."
    ),
    example="chronic person duplicates\nchronic person duplicates --village 下各村 --limit 20 --format csv",
)
@place_options
@click.option("--limit", type=WholeNumber(min=0), help=_("At most so many pairs."))
@output_options
@click.pass_obj
def duplicates(session: Session, /, limit: int | None, style: str, out: "Path | None", **where: Any) -> None:
    from chronic.reports import duplicates as report

    session.show(report.listing(session.db, session.today, within(session, where), limit), style, out)


def _choice(text: str) -> tuple[str, str]:
    column, _equals, whose = text.partition("=")
    if whose not in ("ours", "theirs"):
        raise ValueRefused("merge.choice", text=text)
    return column.replace("-", "_"), whose


def _asked(column: str) -> str:
    question = _("{field}: 1 left, 2 right").format(field=field_label(column))
    answer: str = click.prompt(question, type=click.Choice(["1", "2"]), show_choices=False, err=True)
    return "ours" if answer == "1" else "theirs"


def _side_by_side(session: Session, stays: "Person", goes: "Person", found: "Plan") -> Iterator[str]:
    yield f"{stays.id}  {people.line(stays, session.today)}"
    yield f"{goes.id}  {people.line(goes, session.today)}"
    if found.looked is not None:
        said = _("{by} said on {day} that these are two people.").format(by=found.looked.by, day=found.looked.on)
        yield "  ".join(filter(None, (said, found.looked.note)))
    if stays.id_number and goes.id_number and stays.id_number != goes.id_number:
        yield _("Both have a valid ID number of their own: look twice, these are probably two people.")
    if found.fields:
        yield _("What counts: < left, > right, ? to be decided")
    marks: Mapping[str | None, str] = {"ours": "<", "theirs": ">", None: "?"}
    for field in found.fields:
        values = [_shown(field.column, value) for value in (field.ours, field.theirs)]
        yield f"  {field_label(field.column)}  {values[0]}  {marks.get(field.whose, '')}  {values[1]}"
    every = [(person, store.tags(session.db, person.id)) for person in (stays, goes)]
    if any(tags for _person, tags in every):
        yield "  ".join(("", field_label("tags"), *(", ".join(map(tag_name, tags)) or "-" for _person, tags in every)))


def _comes(stays: "Person", goes: "Person", found: "Plan") -> Iterator[str]:
    """What will come of it."""
    rows = sum(found.moves.values())
    text = ngettext("{n} entry goes to {id} {name}", "{n} entries go to {id} {name}", rows)
    yield text.format(n=rows, id=stays.id, name=stays.name) + _("; the number {goes} is not used again.").format(
        goes=goes.id
    )
    for joined in found.joined:
        yield "  " + _stay(joined)
    for mine, theirs, day in (*found.same_visits, *found.same_tests):
        yield "  " + _("{day}: {theirs} says the same as {mine} and is withdrawn.").format(day=day, theirs=theirs, mine=mine)


def _stay(joined: "Joined") -> str:
    programme = term(PROGRAMMES, joined.new.programme)
    end = joined.new.ended_on or _("today")
    return _("{programme}: one stay from {start} to {end}").format(
        programme=programme, start=joined.new.enrolled_on, end=end
    )


def _shown(column: str, value: object) -> str:
    if value is None:
        return "-"
    hide = _HIDE.get(column)
    return str(hide(str(value)) if hide else code_label(column, str(value)))
