"""Every book of a guideline, for those who need them all: the check of a file, and the comparison of two."""

from chronic.errors import ValueRefused
from chronic.protocol.advice import Advice
from chronic.protocol.book import Book
from chronic.protocol.chain import Chain
from chronic.protocol.complications import Complications
from chronic.protocol.contracts import Contracts
from chronic.protocol.education import Education
from chronic.protocol.measures import Measures
from chronic.protocol.medicines import Medicines
from chronic.protocol.orders import Orders
from chronic.protocol.quality import Quality
from chronic.protocol.referrals import Referrals
from chronic.protocol.reporting import Reporting
from chronic.protocol.sections import Protocol
from chronic.protocol.tasks import Tasks
from chronic.protocol.tracing import Recall
from chronic.protocol.transfers import Transfers
from chronic.protocol.warning import Warning as EarlyWarning

BOOKS: tuple[type[Book], ...] = (
    Referrals, Complications, Advice, Tasks, Education, Medicines, Orders, Recall, Contracts, Chain, Measures,
    Quality, EarlyWarning, Transfers, Reporting,
)  # fmt: skip


def check(protocol: Protocol) -> None:
    """Read every book. Raises ValueRefused (`protocol.key`, `protocol.unknown`)."""
    for name in protocol.books.keys() - {shape.table for shape in BOOKS}:
        raise ValueRefused("protocol.key", key=f"books.{name}", problem="unknown")
    for shape in BOOKS:
        shape.of(protocol)
