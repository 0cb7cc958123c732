"""The shape of the book of transfers."""

from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Section


class Answer(Section):
    """How long after the move a transfer may wait before somebody asks after it."""

    cite: str
    within: Interval


class Contract(Section):
    """For which reason of the book of contracts a contract ends when its person is accepted elsewhere."""

    cite: str
    ends: str


class Transfers(Book):
    table = "transfers"

    answer: Answer
    contract: Contract
    cites: dict[str, Cite]
