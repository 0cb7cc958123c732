"""The filters every list of people has: --village, --in, --doctor, --tag and --limit."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILTER
from chronic.cli.session import Session
from chronic.cli.types import F, WholeNumber, tag_option
from chronic.cli.where import place_options, within
from chronic.i18n import _

if TYPE_CHECKING:
    from chronic.reports.tagged import Whom


def whose_options(function: F) -> F:
    """`village`, `place`, `doctor`, `tags` and `limit`; all but the last are for `whom`."""
    options: list[Callable[[Any], Any]] = [
        place_options,
        click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people.")),
        tag_option,
        click.option("--limit", type=WholeNumber(min=0), help=_("At most so many.")),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def whom(session: Session, asked: dict[str, Any]) -> "Whom":
    """Takes the filters out of the options. A place nobody knows is an error, not an empty list."""
    from chronic.reports.tagged import Whom

    return Whom(within(session, asked), asked.pop("doctor"), asked.pop("tags"))
