"""Calling back: when to try again, whose promise has a day, and when a pause is worth proposing.

Everything follows from the attempts since the last contact. A contact of the same day settles the attempts before it,
in the order of their uids. No outcome hides anyone for ever: each leads to a day on which the person is to be called
again, or to a fact that somebody must record.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from chronic.model.call import ENDS, FAILED, NOT_CALLED, Call, Tracing
from chronic.model.plan import History, Plan
from chronic.protocol import Editions

if TYPE_CHECKING:
    from chronic.protocol.tracing import Recall


def trace(history: History, plans: Sequence[Plan], danger: bool, paused: bool, editions: Editions) -> Tracing:
    """Where calling this person back stands. `danger`: one is open."""
    last = history.contacts[-1] if history.contacts else None
    since = [call for call in history.calls if last is None or (call.on, call.uid) > (last.on, last.uid)]
    if not since:
        return _after_contact(last.on, plans, editions) if last is not None else NOT_CALLED
    latest = since[-1]
    book = _book(latest.on, editions)
    ends = latest.outcome if _asks_for_a_fact(latest, plans) else None
    promises = [call.promised_on for call in since if call.promised_on is not None]
    return Tracing(
        len(since),
        None if ends else _next(latest, danger, book),
        promises[-1] if promises and not ends else None,
        None if ends or danger or paused else _pause_on(since, history, book),
        latest.outcome,
        latest.on,
        ends,
    )


def _book(on: date, editions: Editions) -> "Recall":
    """The intervals in force on that day; read only for people who were called."""
    from chronic.protocol.tracing import Recall

    return Recall.of(editions.on(on))


def _after_contact(on: date, plans: Sequence[Plan], editions: Editions) -> Tracing:
    """Someone was spoken to and is due all the same (by phone, or nothing was measured): not again on the same day."""
    if any(plan.due_on <= on for plan in plans if plan.kind != "checkup"):
        return Tracing(next_call_on=_book(on, editions).contact.within.after(on))
    return NOT_CALLED


def _asks_for_a_fact(latest: Call, plans: Sequence[Plan]) -> bool:
    """Who refuses ends a programme, so outside any the person is simply called again, as on a day that was chosen."""
    if latest.outcome not in ENDS or latest.next_call_on is not None:
        return False
    return latest.outcome != "refused" or any(plan.kind == "followup" for plan in plans)


def _next(latest: Call, danger: bool, book: "Recall") -> date:
    """Not to be called before this day. An open danger waits for nobody's date."""
    if latest.promised_on is not None:
        on = book.promise.within.after(latest.promised_on)
    else:
        on = latest.next_call_on or book.again[latest.outcome].within.after(latest.on)
    if not danger:
        return on
    return min(on, latest.on if latest.outcome in FAILED else book.danger.within.after(latest.on))


def _pause_on(since: Sequence[Call], history: History, book: "Recall") -> date | None:
    """The day from which a pause is proposed: enough days in a row with failed attempts, over a long enough time.

    An attempt that reached somebody, and the end of an earlier pause, begin the count anew.
    """
    resumed = max((pause.ended_on for pause in history.pauses if pause.ended_on is not None), default=date.min)
    days: list[date] = []
    for call in since:
        if call.outcome not in FAILED:
            days = []
        elif call.on >= resumed and call.on not in days:
            days.append(call.on)
    if len(days) < book.pause.attempts:
        return None
    return max(days[book.pause.attempts - 1], book.pause.over.after(days[0]))
