"""A calendar file (iCalendar, RFC 5545) of whole days, as phones and mail programs take it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from chronic import __version__
from chronic.model.extras import extra


class Entry(NamedTuple):
    """One whole day. The same `uid` again replaces the entry in the calendar that took it before."""

    uid: str
    on: date
    title: str
    text: str


def calendar(entries: Iterable[Entry], as_of: date) -> str:
    """The file's text; the same entries give the same text. Raises ValueRefused (`extra.missing`)."""
    with extra("calendar"):
        from icalendar import Calendar, Event
    made = Calendar()
    made.add("prodid", f"-//chronic//chronic {__version__}//ZH")
    made.add("version", "2.0")
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", datetime.combine(as_of, time(), UTC))  # not the clock's: the same plan is the same file
        event.add("dtstart", entry.on)
        event.add("dtend", entry.on + timedelta(days=1))
        event.add("summary", entry.title)
        event.add("description", entry.text)
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    text: str = made.to_ical().decode("utf-8")
    return text
