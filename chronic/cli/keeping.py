"""`import --keep ask`: every field in which a sheet and the register disagree is asked, before anything is written."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from chronic.care.keeping import OURS, THEIRS, Difference
from chronic.cli import people
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.office import imports as office

_ANSWERS = {"o": (OURS, False), "t": (THEIRS, False), "oo": (OURS, True), "tt": (THEIRS, True)}
"""What is typed: (whose value counts, for all others of this field too)."""


def answered(session: Session, file: Path, wishes: office.Wishes) -> office.Wishes:
    """The wishes with somebody's answers. Raises ValueRefused (`keep.no_terminal`)."""
    if not sys.stdin.isatty():
        raise ValueRefused("keep.no_terminal")
    by_field: dict[str, str] = {}
    by_one: dict[tuple[int, str, object], str] = {}
    found = sorted(office.differences(session.desk, file, wishes), key=lambda one: one.column)
    if found:
        click.echo(_("o: keep ours   t: take theirs   oo, tt: the same for all others of this field"), err=True)
    for one in found:
        if one.column not in by_field and one.row not in by_one:
            by_one[one.row], for_all = _asked(one)
            if for_all:
                by_field[one.column] = by_one[one.row]
    return replace(wishes, answers=lambda one: by_one.get(one.row) or by_field.get(one.column, THEIRS))


def _asked(one: Difference) -> tuple[str, bool]:
    question = f"{one.person}  {one.name}  {people.change_line(one.column, one.ours, one.theirs)}"
    return _ANSWERS[click.prompt(question, type=click.Choice(list(_ANSWERS)), err=True, show_choices=False)]
