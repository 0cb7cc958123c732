"""`transfer`: people who move 迁出 迁入, until the village they move to has taken them on."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import transfer as care
from chronic.cli import people
from chronic.cli.commands import NEW_FILE, Group, full_option, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.transfer_file import carry, check, in_
from chronic.cli.types import DAY, MOVING, PERSON, Found
from chronic.cli.whose import whom, whose_options
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext
from chronic.reports import transfers as reports
from chronic.store import people as register

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("People who move: whoever leaves stays on the sender's lists until the others accept."))
def transfer() -> None:
    pass


transfer.add_command(in_)


@transfer.command(
    help=_(
        "Ask another village to take a person on; nothing changes until it accepts. Moved to where nobody can answer, the "
        "person is closed. With --file alone: the file of a transfer that waits."
    ),
    example="chronic transfer out 42 --to 上各村 --on 2026-11-20 --reason 随儿子居住\n"
    "chronic transfer out 42 --to-outside 浙江省杭州市余杭区\n"
    "chronic transfer out 42 --file 42.bundle --for 镇卫生院",
)
@click.argument("person", type=PERSON)
@click.option("--to", "village", metavar="VILLAGE", help=_("The village; TOWNSHIP/VILLAGE where it is not known here yet."))
@click.option("--to-outside", "outside", metavar="PLACE", help=_("Out of reach: the place, as it is known."))
@click.option("--on", type=DAY, help=_("The first day they live there; today if left out."))
@click.option("--reason", help=_("Why, or what the others should know."))
@click.option("--file", "file", type=NEW_FILE, help=_("Write everything about this one person to a signed file."))
@click.option(
    "--for", "receiver", metavar="NAME", help=_("Encrypt the file to them, as they are called in bundle key trust.")
)
@click.option("--plain", is_flag=True, help=_("Not encrypted: whoever has the file reads names and illnesses."))
@yes_option
@click.pass_obj
def out(
    session: Session, /, person: Found, village: str | None, outside: str | None, on: date | None, reason: str | None,
    file: "Path | None", receiver: str | None, plain: bool, yes: bool,
) -> None:  # fmt: skip
    if (village is not None and outside is not None) or (village is None and outside is None and file is None):
        raise ValueRefused("transfer.two_ways")
    if file is not None:  # before anybody is asked for or closed: what is written down here is not undone by a bad file
        check(session, file, receiver, plain)
    id_ = people.about_to_write(session, person, yes)
    day = on or session.today
    if village is not None:
        care.out(session.desk, id_, village, day, reason)
        click.echo(_("Asked: {village} from {day}. Until they accept, nothing changes.").format(village=village, day=day))
    elif outside is not None:
        people.really(_("Close this person?"), yes, person.person.name)
        care.out_of_reach(session.desk, id_, outside, day, reason)
        click.echo(_("Moved to {place} on {day}: closed; history is kept.").format(place=outside, day=day))
    if file is not None:
        carry(session, id_, file, receiver, plain)


@transfer.command(
    help=_(
        "Take a person on who was transferred to here: the village changes, management goes on with its whole history. The "
        "contract with the former team ends, unless --keep-contract."
    ),
    example="chronic transfer accept 42\nchronic transfer accept 42 --hamlet 3组 --household-no 017 --doctor 王医生",
)
@click.argument("person", type=MOVING)
@click.option("--on", type=DAY, help=_("The day you took them on; today if left out."))
@click.option("--doctor", help=_("Who looks after them from now on; you if left out."))
@click.option("--village", help=_("Another village than the one that was meant."))
@click.option("--hamlet", help=_("The new hamlet."))
@click.option("--household-no", help=_("The new household number."))
@click.option("--address", help=_("The new address."))
@click.option("--keep-contract", is_flag=True, help=_("The same team goes on."))
@yes_option
@click.pass_obj
def accept(
    session: Session, /, person: Found, on: date | None, doctor: str | None, keep_contract: bool, yes: bool,
    **home: str | None,
) -> None:  # fmt: skip
    id_ = people.about_to_write(session, person, yes)
    found = care.accept(session.desk, id_, on or session.today, care.Home(doctor or session.user, **home), keep_contract)
    who = register.get(session.db, id_)
    click.echo(_("Accepted: {who}").format(who=people.line(who, session.today)))
    for team in found.contracts_ended:
        ends = _("The contract with {team} ends; a new one: chronic contract sign {id} --team TEAM")
        click.echo(ends.format(team=team, id=id_))
    if found.tasks_handed:
        click.echo(
            ngettext("{n} open task is yours now", "{n} open tasks are yours now", found.tasks_handed).format(
                n=found.tasks_handed
            )
        )
    for line in people.plan_lines(session, id_):
        click.echo(line)


@transfer.command(
    help=_("Say that a person is not taken on here, and why; they stay the sender's."),
    example="chronic transfer decline 42 --reason 未在本村居住",
)
@click.argument("person", type=MOVING)
@click.option("--reason", required=True, help=_("Why."))
@click.option("--on", type=DAY, help=_("The day; today if left out."))
@yes_option
@click.pass_obj
def decline(session: Session, /, person: Found, reason: str, on: date | None, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    found = care.decline(session.desk, id_, on or session.today, reason)
    village = reports.village_name(session.db, found.from_place) or "-"
    click.echo(_("Declined; {village} goes on looking after them.").format(village=village))


@transfer.command(
    help=_("Take back a transfer that nobody accepted yet: they do not move after all."),
    example="chronic transfer withdraw 42 --reason 不迁了",
)
@click.argument("person", type=MOVING)
@click.option("--reason", help=_("Why."))
@click.option("--on", type=DAY, help=_("The day; today if left out."))
@yes_option
@click.pass_obj
def withdraw(session: Session, /, person: Found, reason: str | None, on: date | None, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    care.withdraw(session.desk, id_, on or session.today, reason)
    click.echo(_("Taken back; the person stays where they are."))


@transfer.command(
    help=_(
        "People whom two registries have, each in its own village, since when and the last visit in each. They are counted "
        "once; settle says where."
    ),
    example="chronic transfer double",
)
@whose_options
@full_option
@output_options
@click.pass_obj
def double(session: Session, /, full: bool, limit: int | None, style: str, out: "Path | None", **whose: Any) -> None:
    from chronic.reports import doubles

    found = doubles.listing(session.db, session.today, session.note_full(full), whom(session, whose), limit)
    session.show(found, style, out)


@transfer.command(
    help=_(
        "Decide where a person lives whom two villages have; the decision travels, and the other village lets go. A village "
        "decides it for itself only, a township for any of its villages."
    ),
    example="chronic transfer settle 42 --village 下各村",
)
@click.argument("person", type=MOVING)
@click.option("--village", required=True, help=_("The village that is to have them."))
@click.option("--on", type=DAY, help=_("Since when; today if left out."))
@click.option("--doctor", help=_("Who looks after them there; as it is if left out."))
@yes_option
@click.pass_obj
def settle(session: Session, /, person: Found, village: str, on: date | None, doctor: str | None, yes: bool) -> None:
    id_ = people.about_to_write(session, person, yes)
    care.settle(session.desk, id_, village, on or session.today, doctor)
    click.echo(_("Settled: {who}").format(who=people.line(register.get(session.db, id_), session.today)))


@transfer.command(
    "list",
    help=_(
        "Who waits to be accepted, in danger first, and who was declined lately; --village: those who come to it and those "
        "who leave it."
    ),
    example="chronic transfer list\nchronic transfer list --village 上各村\nchronic transfer list 42",
)
@click.argument("person", type=MOVING, required=False)
@click.option("--all", "everything", is_flag=True, help=_("Answered ones too."))
@whose_options
@output_options
@click.pass_obj
def list_(
    session: Session, /, person: Found | None, everything: bool, limit: int | None, style: str, out: "Path | None",
    **whose: Any,
) -> None:  # fmt: skip
    report = reports.listing(
        session.db, session.today, session.desk.editions, None if person is None else person.person.id, everything,
        whom(session, whose), limit,
    )  # fmt: skip
    title = "" if person is None else people.line(person.person, session.today)
    session.show(report._replace(title=title), style, out)
