"""Where people live whom a list is asked for, --village NAME and --in PLACE, and what they are grouped by, --by: the same
in every list and report."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from chronic.cli.commands import FILTER
from chronic.cli.session import Session
from chronic.cli.types import F
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.place import LEVELS, Where
from chronic.store import places

GROUPS = (*LEVELS, "doctor", "team", "institution")
"""What --by groups people by: the place of a level they live in, their doctor, the team or institution the doctor is of."""


def by_option(choices: Sequence[str] = GROUPS, says: str = "") -> Callable[[F], F]:
    """`by`, one of these."""

    def add(function: F) -> F:
        return click.option("--by", type=click.Choice(choices), help=says or _("Count by these instead of listing."))(
            function
        )

    return add


def place_options(function: F) -> F:
    """`village` and `place`, for `within`."""
    options: list[Callable[[Any], Any]] = [
        click.option("--village", type=FILTER, help=_("Only this village.")),
        click.option(
            "--in", "place", type=FILTER, metavar="PLACE",
            help=_("Only this county, area, township, village or hamlet: its name, path as in 横溪镇/下各村, or code."),
        ),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def within(session: Session, asked: dict[str, Any]) -> Where | None:
    """Takes these filters out of the options; None: everywhere.

    A place nobody knows is an error, not an empty list: ValueRefused (`place.none`, `place.unknown`, `place.several`).
    """
    village, place = asked.pop("village"), asked.pop("place")
    around = places.within(session.db, places.find(session.db, place)) if place is not None else None
    if village is None:
        return around
    named = places.village_ids(session.db, village)
    if not named and ("/" in village or village.isdigit()):
        named = [places.find(session.db, village)]
    if around is not None:
        named = [id_ for id_ in named if id_ in around.villages]
    if not named:
        raise ValueRefused("place.none", village=village)
    return Where(tuple(named), around and around.hamlets)


def place_asked(session: Session, asked: dict[str, Any]) -> int | None:
    """The one place these options name, as what is written down may be about it. Raises ValueRefused as `within` does."""
    village, place = asked["village"], asked["place"]
    if village is None:
        return None if place is None else places.find(session.db, place)
    there = within(session, asked)
    assert there is not None
    if len(there.villages) > 1:
        known = ", ".join(places.path(session.db, id_) for id_ in there.villages)
        raise ValueRefused("place.several", place=village, known=known)
    return there.villages[0]
