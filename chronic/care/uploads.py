"""Say what the county's platform has been sent, and what it returned."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.plan import Problem
from chronic.store import uploads
from chronic.store.journal import deed

_AT_ONCE = 500


class Sent(NamedTuple):
    """How many were noted, were noted before, and are no record that counts."""

    new: int
    known: int
    unknown: int


def send(desk: Desk, uids: Iterable[str], on: date) -> Sent:
    """Note that these records were sent on that day. Raises ValueRefused (`value.future`)."""
    _check(desk, on)
    waiting, new, known, unknown = list(dict.fromkeys(uids)), 0, 0, 0
    with deed(desk.db, desk.stamp, "upload.sent"):
        for first in range(0, len(waiting), _AT_ONCE):
            some = waiting[first : first + _AT_ONCE]
            found = uploads.found(desk.db, some)
            unsent = [
                record for record in found.values() if uploads.state_of(desk.db, record) != (uploads.SENT, on.isoformat())
            ]
            uploads.add(desk.db, unsent, uploads.SENT, on, None, desk.stamp)
            new, known, unknown = new + len(unsent), known + len(found) - len(unsent), unknown + len(some) - len(found)
    return Sent(new, known, unknown)


def returned(desk: Desk, uid: str, reason: str, on: date) -> uploads.Record:
    """Note that the platform returned a record.

    Raises ValueRefused (`value.future`, `value.missing`), NotAllowed (`upload.unknown`, `upload.not_sent`).
    """
    _check(desk, on)
    if not reason.strip():
        raise refusal(Problem("value.missing", "reason"))
    record = uploads.found(desk.db, [uid]).get(uid)
    if record is None:
        raise NotAllowed("upload.unknown", record=uid)
    with deed(desk.db, desk.stamp, "upload.returned", record.person):
        state, since = uploads.state_of(desk.db, record)
        if state not in (uploads.SENT, uploads.RETURNED) or since is None:
            raise NotAllowed("upload.not_sent", record=uid)
        if on.isoformat() < since:
            raise ValueRefused("register.span", first=since, last=on)
        uploads.add(desk.db, [record], uploads.RETURNED, on, reason.strip(), desk.stamp)
    return record


def removed(desk: Desk, uid: str, on: date) -> uploads.Record:
    """Note that a record which was withdrawn here was taken out there too.

    Raises ValueRefused (`value.future`), NotAllowed (`upload.not_withdrawn`).
    """
    _check(desk, on)
    record = uploads.withdrawn(desk.db, uid)
    if record is None:
        raise NotAllowed("upload.not_withdrawn", record=uid)
    with deed(desk.db, desk.stamp, "upload.removed", record.person):
        uploads.add(desk.db, [record], uploads.REMOVED, on, None, desk.stamp)
    return record


def _check(desk: Desk, on: date) -> None:
    if on > desk.today:
        raise refusal(Problem("value.future", "upload_on", on))
