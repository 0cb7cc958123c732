"""`refer slip` and `refer void`: a referral slip on the screen or on paper, and one that should not be there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from chronic.cli import people
from chronic.cli.commands import NEW_FILE, Command, full_option, yes_option
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _, language
from chronic.i18n.terms import URGENCY, term

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.model.referral import Referral
    from chronic.reports.slip import Document


@click.command(
    cls=Command,
    help=_("Print a referral slip again: on the screen, or as a page to print."),
    example="chronic refer slip 2026-0001\nchronic refer slip 2026-0001 --full --out slip.html",
)
@click.argument("number")
@click.option("--out", type=NEW_FILE, help=_("Write a page to print into this file."))
@full_option
@click.pass_obj
def slip(session: Session, /, number: str, out: "Path | None", full: bool) -> None:
    person, found = _find(session, number)
    show_slip(session, person, found, session.note_full(full), out)


@click.command(
    cls=Command,
    help=_("Withdraw a slip that should not be there; what it was written for is open again."),
    example="chronic refer void 2026-0001 --reason 写错人 --yes",
)
@click.argument("number")
@click.option("--reason", required=True, help=_("Why it should not be there."))
@yes_option
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


def show_slip(session: Session, person: int, made: "Referral", full: bool, out: "Path | None" = None) -> None:
    from chronic.reports.slip import document

    form = document(session.db, session.today, person, made, full)
    if out is None:
        for line in _text(form):
            click.echo(line)
        return
    from chronic.render import html

    with session.writing(out, "html") as stream:
        html.write_slip(form, term(URGENCY, "emergency") if made.urgency == "emergency" else "", language(), stream)


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
