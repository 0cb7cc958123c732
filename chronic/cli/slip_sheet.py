"""`refer slip` and `refer void`: a referral slip on the screen or on paper, and one that should not be there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import people
from chronic.cli.commands import Command, full_option, void_options
from chronic.cli.papers import PAPER, paper_options, write
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _, language
from chronic.i18n.terms import URGENCY, term

if TYPE_CHECKING:
    from chronic.model.referral import Referral
    from chronic.reports.slip import Document


@click.command(
    cls=Command,
    help=_("Print referral slips again: on the screen, or as pages to print."),
    example="chronic refer slip 2026-0001\nchronic refer slip 2026-0001 2026-0002 --full --out slips.pdf",
)
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@paper_options("text")
@full_option
@click.pass_obj
def slip(session: Session, /, numbers: tuple[str, ...], full: bool, **where: Any) -> None:
    from chronic.reports.slip import document
    from chronic.store import people as store

    slips = [_find(session, number) for number in numbers]
    session.note_full(full)
    made = [(person, found, document(session.db, session.today, person, found, full)) for person, found in slips]
    if where["out"] is None or where["style"] not in PAPER:
        with session.printing(where["out"]):
            for _person, _found, form in made:
                _echo(form)
        return
    from chronic.render import papers

    told = [(store.get(session.db, person).name, form, _urgent(found)) for person, found, form in made]
    write(session, papers.slips(told, language()), **where)


def _urgent(slip: "Referral") -> str:
    return term(URGENCY, "emergency") if slip.urgency == "emergency" else ""


@click.command(
    cls=Command,
    help=_("Withdraw a slip that should not be there; what it was written for is open again."),
    example="chronic refer void 2026-0001 --reason 写错人 --yes",
)
@click.argument("number")
@void_options
@click.pass_obj
def void(session: Session, /, number: str, reason: str, yes: bool) -> None:
    from chronic.care import slips
    from chronic.store import people as store

    person, found = _find(session, number)
    who = people.line(store.get(session.db, person), session.today)
    click.echo(f"{found.slip}  {who}", err=True)
    people.really(_("Withdraw slip {slip}?").format(slip=found.slip), yes, f"{found.slip} {who}")
    slips.void(session.desk, number, reason)
    click.echo(_("Withdrawn: slip {slip}.").format(slip=found.slip))
    for line in people.plan_lines(session, person):
        click.echo(line)


def _find(session: Session, number: str) -> "tuple[int, Referral]":
    from chronic.store import referrals

    found = referrals.by_number(session.db, number.strip())
    if found is None or found[2] is not None:
        raise ValueRefused("referral.no_slip", slip=number)
    return found[0], found[1]


def show_slip(session: Session, person: int, made: "Referral", full: bool) -> None:
    from chronic.reports.slip import document

    _echo(document(session.db, session.today, person, made, full))


def _echo(form: "Document") -> None:
    for line in _text(form):
        click.echo(line)


def _text(form: "Document") -> Iterator[str]:
    yield f"{form.title}  {form.slip}"
    yield from (f"{label}: {value}" for label, value in form.stub)
    yield "-" * 40
    yield f"{form.address}:"
    yield from (f"{label}: {value}" for label, value in form.letter)
    for title, lines in form.returns:
        yield ""
        yield title
        yield from (f"{label}: {value}" for label, value in lines)
