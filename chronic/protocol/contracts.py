"""How family-doctor contracts run and end."""

from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Names, Section


class Term(Section):
    cite: str
    length: Interval


class Renewal(Section):
    """How long before its last day a contract's renewal is due."""

    cite: str
    before: Interval


class Coded(Section):
    """A package or a reason, with the number it has in the contract system."""

    cite: str
    code: str
    name: Names


class Contracts(Book):
    """家庭医生签约."""

    table = "contracts"

    term: Term
    renewal: Renewal
    packages: dict[str, Coded]
    reasons: dict[str, Coded]
    cites: dict[str, Cite]
