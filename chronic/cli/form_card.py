"""`visit form`: the official record forms of one follow-up, on the screen, as text or as pages to print."""

from collections.abc import Iterator
from typing import Any

import click

from chronic.cli.papers import PAPER, write
from chronic.cli.session import Session
from chronic.errors import NotAllowed
from chronic.model.person import Person
from chronic.model.wide import width
from chronic.reports import visit_form
from chronic.store import visits


def show(session: Session, person: Person, number: int | None, where: dict[str, Any]) -> None:
    """Raises NotAllowed: no such live follow-up of this person, or one that belongs to no programme with a form."""
    forms = visit_form.forms(session.db, _asked_for(session, person, number))
    if not forms:
        raise NotAllowed("form.no_programme", name=person.name)
    if where["out"] is None or where["style"] not in PAPER:
        with session.printing(where["out"]):
            for form in forms:
                for line in lines(form):
                    click.echo(line)
        return
    from chronic.render.papers import visit_forms

    write(session, visit_forms(forms), **where)


def _asked_for(session: Session, person: Person, number: int | None) -> int:
    if number is None:
        number = visit_form.latest(session.db, person.id, session.today)
        if number is None:
            raise NotAllowed("form.never_seen", name=person.name)
        return number
    found = visits.by_id(session.db, number)
    if found is None or found[0].person != person.id or found[0].kind != "followup":
        raise NotAllowed("form.not_theirs", name=person.name, visit=number, id=person.id)
    if found[1] is not None:
        raise NotAllowed("visit.ended", visit=number)
    return number


def lines(form: visit_form.Form) -> Iterator[str]:
    """The form as text, its labels one below the other."""
    labels = [f"{line.part} {line.label}".strip() for line in form.lines]
    widest = max(map(width, labels))
    yield form.title
    yield f"姓名: {form.name}    编号: {form.number}".rstrip()
    for label, line in zip(labels, form.lines, strict=True):
        yield f"{label}{' ' * (widest - width(label))}  {line.text}".rstrip()
    yield ""
