"""`household`: who lives there and what is due for them, who looks after them, calls at the house and what they need."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import households as care
from chronic.cli import people
from chronic.cli.commands import FILTER, Group, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.tagging import added_and_taken
from chronic.cli.types import DAY, PERSON, SPAN, F, Found, WholeNumber, find_person, tag_option
from chronic.cli.where import place_options, within
from chronic.errors import NotAllowed, ValueRefused
from chronic.i18n import _, ngettext
from chronic.model.household import Home, Walk
from chronic.model.tags import tag_name
from chronic.reports import household as one
from chronic.reports import households as reports
from chronic.reports.tagged import Whom
from chronic.store import households as store
from chronic.store import people as register
from chronic.store import places

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN = 3


@click.group(cls=Group, help=_("Households: what is due for everybody there, whose round it is, what they need."))
def household() -> None:
    pass


@household.command(
    help=_("Everything due for everybody who lives there, with what to type for each; by a person, or by --no."),
    example="chronic household show 42\nchronic household show --no 042 --village 下各村",
)
@click.argument("person", type=PERSON, required=False)
@click.option("--no", "number", help=_("The household number."))
@click.option("--village", help=_("The village of that number."))
@click.option("--hamlet", help=_("The hamlet, where two households of the village have that number."))
@output_options
@click.pass_obj
def show(
    session: Session, /, person: Found | None, number: str | None, village: str | None, hamlet: str | None, style: str,
    out: "Path | None",
) -> None:  # fmt: skip
    if (person is None) == (number is None):
        raise ValueRefused("household.which")
    home = care.home_of(session.desk, person.person.id) if person else _named(session, str(number), village, hamlet)
    report = one.to_do(session.db, session.today, session.desk.editions, home)
    if style != "table":
        session.show(report, style, out)
        return
    with session.printing(out):
        for line in _card_lines(session, home):
            click.echo(line)
        session.show(report, "table", None)
        for line in _walk_lines(session, home):
            click.echo(line)


@household.command(
    "list",
    help=_("The round from house to house: who is due there, whose round it is, when somebody last called."),
    example=(
        "chronic household list --staff 李医生 --due\n"
        "chronic household list --tag 监测户 --within 30d\n"
        "chronic household list --village 下各村 --format csv --out round.csv"
    ),
)
@place_options
@click.option("--staff", type=FILTER, help=_("Only those this staff member looks after."))
@tag_option
@click.option("--due", is_flag=True, help=_("Only where somebody is due."))
@click.option("--within", type=SPAN, default=0, help=_("Due within so many days, as in 14d."))
@click.option("--limit", type=WholeNumber(min=0), help=_("At most so many."))
@output_options
@click.pass_obj
def list_(session: Session, /, style: str, out: "Path | None", **filters: Any) -> None:
    filters["due"] = filters["due"] or filters["within"] > 0
    place = within(session, filters)
    asked = reports.Asked(where=place, **filters)
    report = reports.listing(session.db, session.today, asked)
    left_out = reports.unnumbered(session.db, session.today, asked) if style == "table" and asked.staff is None else 0
    if left_out:
        said = ngettext(
            "{n} person who is due has no household number and is not here; see: chronic overdue --order route",
            "{n} people who are due have no household number and are not here; see: chronic overdue --order route",
            left_out,
        )
        report = report._replace(lines=(said.format(n=left_out),))
    session.show(report, style, out)


def _whose(function: F) -> F:
    """PERSON: anybody who lives there."""
    options: list[Callable[[Any], Any]] = [
        click.option("--on", type=DAY, help=_("The day it was so; today if left out.")),
        yes_option,
    ]
    for option in options:
        function = option(function)
    return click.argument("person", type=PERSON)(function)


@household.command(
    help=_("Who looks after the household (帮包), its head, its address; for anybody who lives there. A - takes it away."),
    example="chronic household assign 42 --staff 李医生\nchronic household assign 42 --head 42 --address 下各村3组12号",
)
@_whose
@click.option("--staff", help=_("The staff member."))
@click.option("--head", help=_("The head of the household: somebody who lives there."))
@click.option("--address", help=_("The address of the house."))
@click.pass_obj
def assign(session: Session, /, person: Found, on: date | None, yes: bool, **given: str | None) -> None:
    said = {fact: (None if text == "-" else text) for fact, text in given.items() if text is not None}
    if not said:
        raise ValueRefused("edit.nothing")
    if said.get("head") is not None:
        said["head"] = str(find_person(session, str(said["head"])).person.id)
    id_ = people.about_to_write(session, person, yes)
    care.assign(session.desk, id_, said, on or session.today)
    for line in _card_lines(session, care.home_of(session.desk, id_)):
        click.echo(line)


@household.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
    help=_("Tags of the whole household, +TAG to give and -TAG to take away; every list finds its people by them."),
    example="chronic household tag 42 +监测户\nchronic household tag 42 +low_income -monitored --on 2026-11-18",
)
@_whose
@click.argument("tags", nargs=-1, metavar="+TAG|-TAG...")
@click.pass_obj
def tag(session: Session, /, person: Found, tags: tuple[str, ...], on: date | None, yes: bool) -> None:
    added, taken = added_and_taken(tags)
    id_ = people.about_to_write(session, person, yes)
    care.tag(session.desk, id_, added, taken, on or session.today)
    for line in _card_lines(session, care.home_of(session.desk, id_)):
        click.echo(line)


@household.command(
    help=_("Record a call at the house: what they need and what was done. A need stays open until it is settled."),
    example=(
        "chronic household visit 42 --need 没有轮椅 --done 已报村委会\n"
        "chronic household visit 42 --need 药快吃完 --done 已开药 --settled\n"
        "chronic household visit 42 --on 2026-11-20"
    ),
)
@_whose
@click.option("--staff", help=_("Who called; the one who looks after them if left out."))
@click.option("--need", help=_("What they need."))
@click.option("--done", help=_("What was done."))
@click.option("--settled", is_flag=True, help=_("What was done met the need."))
@click.pass_obj
def visit(session: Session, /, person: Found, on: date | None, yes: bool, settled: bool, **told: Any) -> None:
    id_ = people.about_to_write(session, person, yes)
    number = care.visit(session.desk, id_, Walk(on or session.today, **told), settled)
    click.echo(_("Recorded."))
    if told["need"] and not settled:
        click.echo(_("When it is met: chronic household settle {number} --note …").format(number=number))
    click.echo(_("What is due there: chronic household show {id}").format(id=id_))


@household.command(
    help=_("Needs that are not met yet, the oldest first."),
    example="chronic household needs --staff 李医生\nchronic household needs --all --format csv --out needs.csv",
)
@place_options
@click.option("--staff", type=FILTER, help=_("Only those this staff member found."))
@tag_option
@click.option("--all", "everything", is_flag=True, help=_("Settled ones too."))
@click.option("--limit", type=WholeNumber(min=0), help=_("At most so many."))
@output_options
@click.pass_obj
def needs(
    session: Session, /, staff: str | None, tags: Any, everything: bool, limit: int | None, style: str, out: "Path | None",
    **where: Any,
) -> None:  # fmt: skip
    whose = Whom(within(session, where), None, tags)
    session.show(reports.needs(session.db, session.today, whose, staff, everything, limit), style, out)


@household.command(
    help=_("Say how a need was met, so that it leaves the list."),
    example="chronic household settle 1 --note 残联已发轮椅",
)
@click.argument("number", type=WholeNumber(min=1))
@click.option("--note", required=True, help=_("How it was met."))
@click.option("--on", type=DAY, help=_("The day it was met; today if left out."))
@click.pass_obj
def settle(session: Session, /, number: int, note: str, on: date | None) -> None:
    seen = care.settle(session.desk, number, note, on or session.today)
    click.echo(_("Settled: {need} ({day})").format(need=seen.need, day=seen.visited_on))


def _named(session: Session, number: str, village: str | None, hamlet: str | None) -> Home:
    """The one household of this number. Raises ValueRefused and NotAllowed (`household.none`, `household.many`)."""
    names = [village] if village else places.village_names(session.db)
    villages = [id_ for name in names for id_ in places.village_ids(session.db, name)]
    if not villages:
        raise ValueRefused("place.none", village=village)
    found = store.homes_named(session.db, sorted(set(villages)), number, hamlet)
    if len(found) != 1:
        raise NotAllowed("household.many" if found else "household.none", number=number)
    return found[0]


def _card_lines(session: Session, home: Home) -> Iterator[str]:
    """下各村3组 012 户   户主 王大山   帮包 李医生   低收入监测户"""
    card = one.card(session.db, home)
    head = next((who for who in card.members if who.uid == card.household.head), None)
    parts = [_("Household {where}").format(where=card.where)]
    parts += [card.household.address] if card.household.address else []
    parts += [_("head {name}").format(name=head.name)] if head else []
    parts += [_("looked after by {name}").format(name=card.household.staff)] if card.household.staff else []
    parts += [ngettext("{n} person", "{n} people", len(card.members)).format(n=len(card.members))]
    yield "  ".join(parts)
    if card.tags:
        yield _("Tags: {tags}").format(tags=", ".join(map(tag_name, card.tags)))
    for who in card.members:
        own = register.tags(session.db, who.id)
        if own:
            yield f"  {who.name}: {', '.join(map(tag_name, own))}"


def _walk_lines(session: Session, home: Home) -> Iterator[str]:
    known = store.read(session.db, home).id
    calls = store.walks(session.db, known, _SHOWN) if known is not None else []
    if not calls:
        yield _("Nobody has called at this house yet.")
    for seen in calls:
        need = _("need met: {text}") if seen.settled_on else _("need: {text}")
        parts = [str(seen.visited_on), seen.staff, seen.need and need.format(text=seen.need), seen.done]
        yield _("Call {what}").format(what="  ".join(part for part in parts if part))
