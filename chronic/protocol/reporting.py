"""The shape of the book of reporting: when a registry that sends bundles is late, and which figures are too small."""

from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Section


class Late(Section):
    """What a registry sent is old when it is older than this."""

    cite: str
    after: Interval


class Clock(Section):
    """A sender's clock that is ahead of this computer's by so much or more is wrong."""

    cite: str
    ahead: Interval


class Small(Section):
    """Fewer people than this in a denominator: the share is marked."""

    cite: str
    below: int


class HandedOut(Section):
    """How long overdue somebody is before a list of them is handed out."""

    cite: str
    overdue: Interval


class Reporting(Book):
    table = "reporting"

    late: Late
    clock: Clock
    small: Small
    handed_out: HandedOut
    cites: dict[str, Cite]
