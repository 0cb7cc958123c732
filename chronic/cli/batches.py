"""`import --list` and `import --undo`: what was imported, and taking one import back."""

from collections.abc import Iterator, Sequence

import click

from chronic.care import undo as care
from chronic.cli import people
from chronic.cli.session import Session
from chronic.cli.undo import deed_lines
from chronic.errors import NotAllowed
from chronic.i18n import _
from chronic.model.days import china_minute
from chronic.model.wording import say
from chronic.store import journal
from chronic.store import people as store
from chronic.store.journal import Deed

_SHOWN = 5


def take_back(session: Session, batch: int, yes: bool) -> None:
    """Show an import, ask, and take it back; where later work depends on it, say which."""
    deed = care.of_batch(session.desk, batch)
    for line in deed_lines(session, deed):
        click.echo(line, err=True)
    later = list(journal.later(session.db, deed))
    if later:
        for line in _later_lines(session, later):
            click.echo(line, err=True)
        whose = set().union(*(people for _deed, people in later))
        raise NotAllowed("batch.later", batch=batch, people=len(whose), deeds=len(later))
    people.really(_("Take this import back?"), yes, say(deed.kind))
    left = care.take_back(session.desk, deed)
    click.echo(_("Import {batch} was taken back; it may come again.").format(batch=batch))
    if left:
        click.echo(_("People planned anew: {n}").format(n=len(left)))


def _later_lines(session: Session, later: Sequence[tuple[Deed, set[int]]]) -> Iterator[str]:
    """42  王秀兰  2026-11-20 10:02  张医生  visit recorded"""
    for deed, whose in later[:_SHOWN]:
        for person in sorted(whose)[:1]:
            who = store.known_as(session.db, person)
            yield "  " + "  ".join((str(person), who, china_minute(deed.at), deed.by, say(deed.kind)))
    if len(later) > _SHOWN:
        yield "  ..."
