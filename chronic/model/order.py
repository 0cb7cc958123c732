"""An examination that was asked for, and what became of it."""

from datetime import date
from typing import NamedTuple

STATUSES = ("requested", "sent", "resulted", "cancelled")


class Order(NamedTuple):
    """One order. `status` follows from its events: open while requested or sent; `status_on` is that event's day."""

    number: int
    uid: str
    person: int
    test: str
    ordered_on: date
    institution: str | None
    detail: str | None
    status: str
    status_on: date

    @property
    def open(self) -> bool:
        return self.status in ("requested", "sent")
