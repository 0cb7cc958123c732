"""`place import`: what an official list would do, what has to be decided, what was refused."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from chronic.cli.session import Session
from chronic.errors import RowsRefused, ValueRefused
from chronic.exchange import place_codes as lists
from chronic.exchange.place_codes import Row
from chronic.i18n import _, ngettext
from chronic.i18n.sentences import sentence
from chronic.model.place import padded
from chronic.office import place_codes as office
from chronic.office.place_codes import NEW, Decided, Plan
from chronic.store import places

_SHOWN = 20


class Wishes(NamedTuple):
    area: str | None
    sheet: str | None
    said: tuple[str, ...]
    dry_run: bool
    rejects: Path | None


def take(session: Session, file: Path, asked: Wishes) -> None:
    """Raises RowsRefused where lines were refused or not decided."""
    if asked.rejects is not None:
        session.spare(asked.rejects)
    listed = lists.open_list(file, asked.sheet)
    own = office.scope(asked.area or session.settings.get("area"))
    answers = dict(_answer(session, text) for text in asked.said)
    found = office.plan(session.desk, listed, own, answers)
    for code in answers.keys() - {one.row.code for one in found.decided}:
        raise ValueRefused("place.as_none", digits=code)
    while sys.stdin.isatty() and not asked.dry_run and (open_ := [one for one in found.decided if one.place is None]):
        answers |= {one.row.code: _choose(session, one) for one in open_}
        found = office.plan(session.desk, listed, own, answers)
    for line in _lines(session, found):
        click.echo(line)
    refused = [*((row, _reason(session, row)) for row in found.refused), *_undecided(session, found)]
    refused.sort(key=lambda one: one[0].line)
    if not asked.dry_run:
        done = office.apply(session.desk, found)
        said = _("{added} added, {changed} changed, {unchanged} as they were; {outside} lines of elsewhere left out.")
        click.echo(said.format(**done._asdict(), outside=found.outside))
    for row, reason in refused[:_SHOWN]:
        click.echo(_("Line {line}: {reason}").format(line=row.line, reason=reason), err=True)
    if asked.rejects is not None and refused:
        _write(listed, asked.rejects, refused)
    if refused:
        rows = len(found.decided) + len(found.refused)
        raise RowsRefused("import.dry_run" if asked.dry_run else "import.refused", refused=len(refused), rows=rows)


def _answer(session: Session, text: str) -> tuple[str, int]:
    code, _equals, place = text.partition("=")
    if not code.strip() or not place.strip():
        raise ValueRefused("place.as", text=text)
    return padded(code.strip()), NEW if place.strip() == "new" else places.find(session.db, place)


def _choose(session: Session, one: Decided) -> int:
    """Ask which place a line is."""
    click.echo(f"{one.row.code}  {one.row.name}", err=True)
    for number, place in enumerate(one.choices, 1):
        click.echo(f"  {number}  {places.path(session.db, place)}", err=True)
    click.echo("  0  " + _("none of them: a new place"), err=True)
    number = click.prompt(_("Which is it?"), type=click.IntRange(0, len(one.choices)), err=True)
    return one.choices[number - 1] if number else NEW


def _lines(session: Session, found: Plan) -> Iterator[str]:
    """What is new, and what was known under another name or without a code."""
    new = [one.row for one in found.decided if one.place == NEW]
    known = [one for one in found.decided if one.place]
    yield ngettext("{n} new place", "{n} new places", len(new)).format(n=len(new)) + (
        ": " + ", ".join(row.name for row in new[:_SHOWN]) + (" …" if len(new) > _SHOWN else "") if new else ""
    )
    yield ngettext("{n} place is known", "{n} places are known", len(known)).format(n=len(known))
    told = [one for one in known if one.place and places.lineage(session.db, one.place)[0][2] != one.row.name]
    for one in told[:_SHOWN]:
        yield f"  {one.row.code}  {one.row.name} = {places.path(session.db, one.place or 0)}"


def _undecided(session: Session, found: Plan) -> Iterator[tuple[Row, str]]:
    for one in found.decided:
        if one.place is None:
            can = ", ".join(places.path(session.db, place) for place in one.choices)
            values = {"value": f"{one.row.code} {one.row.name}", "detail": can, "digits": one.row.code}
            yield one.row, sentence("place.unclear", **values)


def _reason(_session: Session, row: Row) -> str:
    return sentence(row.refused, value=f"{row.code} {row.name}".strip())


def _write(listed: lists.Listed, path: Path, refused: list[tuple[Row, str]]) -> None:
    from chronic.exchange.rejects import write_rejects

    with write_rejects(path, listed) as reject:
        for row, reason in refused:
            reject(row.line, row.raw, reason)
