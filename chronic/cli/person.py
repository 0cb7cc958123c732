"""`person`: the residents' register."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import people
from chronic.cli.aid import rescue, treated
from chronic.cli.commands import Group, full_option, output_options, yes_option
from chronic.cli.erasing import erase
from chronic.cli.guided_terminal import present
from chronic.cli.merging import distinct, duplicates, merge
from chronic.cli.session import Session
from chronic.cli.tagging import tag
from chronic.cli.types import DAY, PERSON, PROGRAMME, FieldType, Found, by_words, field_options, find_person
from chronic.cli.whose import whom, whose_options
from chronic.errors import PersonNotFound, ValueRefused
from chronic.i18n import _
from chronic.i18n.terms import ANSWERS, term
from chronic.model.facts import FACTS
from chronic.model.fields import PERSON_FIELDS
from chronic.model.person import Person
from chronic.reports import people as listing
from chronic.store import people as store

if TYPE_CHECKING:
    from pathlib import Path

_CALLS_SHOWN = 3
_OWN = [
    field
    for field in PERSON_FIELDS
    if field.column in Person._fields and field.column not in ("uid", "name", "closed_on", "closed_reason")
]
_WISHES = [field for field in PERSON_FIELDS if field.column.endswith(("_enrolled_on", "_diagnosed_on"))]
_MORE = [field for field in PERSON_FIELDS if field.column in ("programmes", "tags")]


@click.group(cls=Group, help=_("Register, find, show, change and close people."))
def person() -> None:
    pass


@person.command(
    help=_("Register a resident. Birth date and sex come from the ID number. Without a name it asks, at a terminal."),
    example="chronic person add\n"
    'chronic person add 王秀兰 --id-number 11010519491231002X --village 下各村 --hamlet 3组 --programmes "htn;dm"',
)
@click.argument("name", required=False)
@field_options([*_OWN, *_MORE, *_WISHES])
@click.pass_obj
def add(session: Session, /, name: str | None, **given: Any) -> None:
    if name is None:
        given = _asked_for(session, given)
        name = str(given["name"])
    own = {field.column: given[field.column] for field in _OWN if given[field.column] is not None}
    from chronic.care import register as care
    from chronic.office.taking import wanted

    entered = care.add(session.desk, care.Given(Person(name.strip(), **own), wanted(given), _words(given["tags"])))
    who = store.get(session.db, entered.id)
    click.echo(_("Registered as number {id}: {who}").format(id=entered.id, who=people.line(who, session.today)))
    for village in entered.villages_made:
        click.echo(_("New village: {name}").format(name=village))
    for line in people.plan_lines(session, entered.id):
        click.echo(line)


@person.command(help=_("Everything about one person."), example=("chronic person show 42\nchronic person show wxl --full"))
@click.argument("person", type=PERSON)
@full_option
@click.pass_obj
def show(session: Session, /, person: Found, full: bool) -> None:
    from chronic.cli.standing import standing_lines

    for label, value in listing.details(session.db, person.person.id, session.note_full(full)):
        click.echo(f"{label}  {value}")
    from chronic.cli.quota import quota_lines
    from chronic.cli.trend import trend_lines

    trend, plans = trend_lines(session, person.person.id), people.plan_lines(session, person.person.id)
    quota, standing = quota_lines(session, person.person.id), standing_lines(session, person.person.id)
    from chronic.cli.contract_line import stand_lines
    from chronic.cli.supplied import supplied_lines

    duties, called = _open_tasks(session, person.person.id), _calls(session, person.person.id)
    for line in (
        *_moving(session, person.person.id),
        *trend,
        *plans,
        *called,
        *standing,
        *quota,
        *_open_results(session, person.person.id),
        *duties,
    ):
        click.echo(line)
    for line in (*supplied_lines(session, person.person.id), *stand_lines(session, person.person.id)):
        click.echo(line)


@person.command(
    help=_("Everything that ever happened, oldest first."),
    example=("chronic person timeline 42\nchronic person timeline 42 --format csv --out wang.csv"),
)
@click.argument("person", type=PERSON)
@full_option
@output_options
@click.pass_obj
def timeline(session: Session, /, person: Found, full: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import history

    report = history.timeline(session.db, session.today, person.person.id, session.note_full(full))
    session.show(report._replace(title=people.line(person.person, session.today)), style, out)


@person.command(
    help=_("Change what the register says of a person."),
    example=("chronic person edit 42 --phone 13800138000\nchronic person edit 42 --clear phone"),
)
@click.argument("person", type=PERSON)
@click.option("--name", help=_("The right name."))
@click.option(
    "--clear",
    multiple=True,
    type=click.Choice([f.column for f in _OWN if f.column != "sex"] + ["tags"]),
    help=_("Empty this field."),
)
@field_options([*_OWN, _MORE[1]])
@yes_option
@click.pass_obj
def edit(session: Session, /, person: Found, name: str | None, clear: tuple[str, ...], yes: bool, **given: Any) -> None:
    tags = () if "tags" in clear else _words(given["tags"]) or None
    changes = {column: value for column, value in given.items() if value is not None and column != "tags"}
    changes |= {column: None for column in clear if column != "tags"} | ({"name": name.strip()} if name else {})
    if not changes and tags is None:
        raise ValueRefused("edit.nothing")
    id_ = people.about_to_write(session, person, yes)
    from chronic.care import register as care

    for field, old, new in care.edit(session.desk, id_, changes, tags):
        click.echo(people.change_line(field, old, new))


@person.command(
    help=_("Note what was told about a risk: yes or no, dated. What nobody told stays unknown."),
    example=("chronic person fact 42 gestational=yes pcos=no\nchronic person fact 42 family_dm=yes --source 本人"),
)
@click.argument("person", type=PERSON)
@click.argument("facts", nargs=-1, metavar="FACT=yes|no...")
@click.option("--on", type=DAY, help=_("The day it was told; today if left out."))
@click.option("--source", help=_("Who told it."))
@yes_option
@click.pass_obj
def fact(session: Session, /, person: Found, facts: tuple[str, ...], on: date | None, source: str | None, yes: bool) -> None:
    from chronic.care import facts as told

    said = [told.parse(text, on or session.today, source) for text in facts]
    if not said:
        raise ValueRefused("fact.none")
    id_ = people.about_to_write(session, person, yes)
    told.tell(session.desk, id_, said)
    for one in said:
        click.echo(f"{term(FACTS, one.fact)}: {term(ANSWERS, one.value)}")


@person.command(
    help=_("People who fit a name, initials, ID tail or number."),
    example=("chronic person find 秀兰\nchronic person find wxl"),
)
@click.argument("text")
@full_option
@output_options
@click.pass_obj
def find(session: Session, /, text: str, full: bool, style: str, out: "Path | None") -> None:
    try:
        found = [find_person(session, text).person]
    except PersonNotFound as error:
        if error.code == "person.none" and not error.matches:
            raise
        found = by_words(session, text) or [match for match in error.matches if isinstance(match, Person)]
    session.show(listing.people(session.db, session.today, found, session.note_full(full)), style, out)


@person.command(
    "list",
    help=_("The register, by village."),
    example=("chronic person list --village 下各村 --programme dm\nchronic person list --closed"),
)
@click.option("--programme", type=PROGRAMME, help=_("Only people managed for this."))
@whose_options
@click.option("--closed", is_flag=True, help=_("People closed, instead of the others."))
@full_option
@output_options
@click.pass_obj
def list_(session: Session, /, full: bool, style: str, out: "Path | None", **filters: Any) -> None:
    found = listing.register(session.db, whom(session, filters), **filters)
    session.show(listing.people(session.db, session.today, found, session.note_full(full)), style, out)


@person.command(
    help=_("Close a person who died or moved away; every programme ends."),
    example="chronic person close 42 --reason died --on 2026-11-18",
)
@click.argument("person", type=PERSON)
@click.option("--reason", type=FieldType("closed_reason"), required=True, help=_("Died, or moved away."))
@click.option("--on", type=DAY, help=_("The day it happened; today if left out."))
@yes_option
@click.pass_obj
def close(session: Session, /, person: Found, reason: str, on: date | None, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    people.really(_("Close this person?"), yes, person.person.name)
    from chronic.care import register as care

    care.close(session.desk, id_, on or session.today, reason)
    click.echo(_("Closed; history is kept."))


@person.command(help=_("Take back a mistaken closing; the same programmes go on."), example="chronic person reopen 42")
@click.argument("person", type=PERSON)
@yes_option
@click.pass_obj
def reopen(session: Session, /, person: Found, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    from chronic.care import register as care

    care.reopen(session.desk, id_)
    click.echo(_("Open again."))
    for line in people.plan_lines(session, id_):
        click.echo(line)


def _moving(session: Session, person: int) -> Iterator[str]:
    """Whether they wait to be accepted elsewhere, or are looked after there."""
    from chronic.store import transfers

    if not transfers.any_of(session.db):
        return
    from chronic.reports.transfers import village_name

    for one in transfers.of(session.db, person):
        if one.open:
            village = village_name(session.db, one.to_place)
            yield _("Waits to be accepted by {village} since the move of {day}").format(village=village, day=one.moved_on)
    if transfers.is_elsewhere(session.db, person):
        yield _("Looked after by another registry: chronic transfer list {id}").format(id=person)


def _calls(session: Session, person: int) -> Iterator[str]:
    """The last attempts to call, and when the next one is; nothing for someone nobody had to call."""
    from chronic.reports import call_log

    last = call_log.latest(session.db, person, _CALLS_SHOWN)
    if not last:
        return
    from chronic.cli.call_script import waiting
    from chronic.render.values import shown

    for row in last:
        on = row["promised_on"] or row["next_call_on"] or ""
        said = (row["called_on"], shown("call_way", row["call_way"]), shown("told", row["told"]), on, row["note"])
        yield _("Called: {what}").format(what="  ".join(str(part) for part in said if part))
    yield from waiting(session, person)


def _open_results(session: Session, person: int) -> Iterator[str]:
    """What check-ups found and nothing was done about yet; the form is read only for someone who has one."""
    from chronic.store import checkups

    if not checkups.of(session.db, person):
        return
    from chronic.cli.checkup_card import result_name
    from chronic.reports import findings

    stands = findings.of_person(session.db, person, session.today, session.desk.editions)
    left = [f"{result_name(s.finding.field)} {s.checkup.checkup_date}" for s in stands if s.state == findings.OPEN]
    if left:
        yield _("Abnormal results not settled: {list}").format(list=", ".join(left))


def _open_tasks(session: Session, person: int) -> list[str]:
    from chronic.store import tasks

    if not tasks.any_open(session.db, person):
        return []
    from chronic.cli.task import open_lines

    return open_lines(session, person)


def _asked_for(session: Session, given: dict[str, Any]) -> dict[str, Any]:
    """Ask for a resident; where nobody can answer, the name is missing."""
    if not present():
        raise click.MissingParameter(ctx=click.get_current_context(), param_hint="'NAME'", param_type="argument")
    from chronic.cli.guided_person import registration

    return registration(session, given)


def _words(tags: str | None) -> tuple[str, ...]:
    return tuple(tags.split(";")) if tags else ()


for command in (tag, rescue, treated, merge, distinct, duplicates, erase):
    person.add_command(command)
