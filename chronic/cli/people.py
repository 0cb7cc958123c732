"""How a person is written on one line, and the question before a write when found by name."""

import sys
from collections.abc import Iterator
from datetime import date

import click

from chronic.cli.session import Session
from chronic.cli.types import Found
from chronic.errors import PersonNotFound, ValueRefused
from chronic.i18n import _, ngettext
from chronic.i18n.terms import SEXES, term
from chronic.model.days import age_on
from chronic.model.fields import BY_COLUMN
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.person import Person
from chronic.model.tags import tag_name
from chronic.model.wording import code_label, field_label
from chronic.store import people, visits


def line(person: Person, today: date) -> str:
    """Name, sex, age and village: enough to see that it is the right one."""
    parts = [f"{person.name}", term(SEXES, person.sex)]
    if person.birth_date is not None:
        years = _("{age} years") if person.birth_approximate is None else _("about {age} years")
        parts.append(years.format(age=age_on(person.birth_date, today)))
    parts.append(f"{person.village or ''}{person.hamlet or ''}")
    if person.closed_on is not None:
        parts.append(_("closed on {day}").format(day=person.closed_on))
    return "  ".join(part for part in parts if part)


def match_lines(error: PersonNotFound) -> Iterator[str]:
    """People a text could mean, with the number that would name each."""
    for person in error.matches:
        if isinstance(person, Person):
            yield f"{person.id:>6}  {line(person, error.values['today'])}"  # type: ignore[arg-type]


def about_to_write(session: Session, found: Found, yes: bool) -> int:
    """Show who is meant; ask when they were found by less than an id or a full ID number. Returns the id."""
    who = line(found.person, session.today)
    click.echo(who, err=True)
    if not found.exact and not yes:
        if not sys.stdin.isatty():
            raise ValueRefused("confirm.needed", who=who, id=found.person.id)
        click.confirm(_("Is this the right person?"), abort=True, err=True)
    return found.person.id


def show_whose(session: Session, visit: int) -> None:
    """Show whose visit is about to be changed; a number that is none is left to whoever changes it."""
    found = visits.by_id(session.db, visit)
    if found is not None:
        click.echo(line(people.get(session.db, found[0].person), session.today), err=True)


def really(question: str, yes: bool, who: str) -> None:
    """Ask before something destructive; without a terminal it needs --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise ValueRefused("confirm.destructive", what=who)
    click.confirm(question, abort=True, err=True)


def plan_lines(session: Session, person: int) -> Iterator[str]:
    """What is planned for a person."""
    from chronic.cli.cards import next_lines
    from chronic.store import plans

    open_plans = plans.read(session.db, person).plans
    yield from next_lines(open_plans)
    for plan in open_plans:
        if plan.kind == "checkup":
            late = (session.today - plan.due_on).days
            yield _("Yearly check-up by {day}").format(day=plan.due_on) + (
                "  " + ngettext("{n} day late", "{n} days late", late).format(n=late) if late > 0 else ""
            )


def change_line(field: str, old: object, new: object) -> str:
    """联系电话: 138… → 139… with numbers masked."""
    hide = {"id_number": masked_id, "phone": masked_phone}.get(field)
    before, after = (hide(None if value is None else str(value)) if hide else value for value in (old, new))
    return f"{field_label(field)}: {_told(field, before)} -> {_told(field, after)}"


def _told(field: str, value: object) -> object:
    if value is None:
        return "-"
    if field == "tags":
        return ", ".join(map(tag_name, str(value).split(";")))
    return code_label(field, str(value)) if field in BY_COLUMN and BY_COLUMN[field].kind == "code" else value
