"""A task: a problem somebody saw or a check found, and what became of it."""

from datetime import date
from typing import NamedTuple

TYPED = "typed"
"""The kind of a task that no check found."""


class Problem(NamedTuple):
    """What a check sees. `key` makes it the same problem the next time, `since_on` is the day it comes from, `person` None
    where it is about a doctor.

    `fresh`: may make a new task; what happened too long ago only keeps one open.
    """

    key: str
    person: int | None
    owner: str | None
    since_on: date | None = None
    about: str | None = None
    fresh: bool = True


class Task(NamedTuple):
    """As it was written first; its events may have handed it on or moved its day."""

    key: str
    kind: str
    person: int | None
    place: int | None
    title: str | None
    since_on: date | None
    about: str | None
    owner: str | None
    found_on: date
    due_on: date
    id: int = 0


class Event(NamedTuple):
    """What became of a task on a day: handed_to, note, closed, reopened, or accepted after it was closed."""

    event: str
    on: date
    by_rule: bool = False
    owner: str | None = None
    due_on: date | None = None
    text: str | None = None
    by: str = ""


class Handed(NamedTuple):
    """A list for one village. `place`: its id."""

    place: int
    village: str
    owner: str
    title: str
    people: tuple[int, ...]
