"""The shape of the book of examination orders."""

from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Section


class Limit(Section):
    """How long after it was sent, else asked for, a result may take."""

    cite: str
    within: Interval


class Words(Section):
    """Other words a test is ordered by."""

    cite: str
    also: list[str]


class Orders(Book):
    """`limits` and `words` by the code of a test; `result` is the limit of the others."""

    table = "orders"

    result: Limit
    limits: dict[str, Limit]
    words: dict[str, Words]
    cites: dict[str, Cite]

    def limit(self, test: str) -> Limit:
        return self.limits.get(test, self.result)
