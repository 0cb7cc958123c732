"""The days on which nothing can have happened to a person."""

from collections.abc import Iterator
from datetime import date

from chronic.care.desk import Desk
from chronic.care.ours import closed_by_then
from chronic.model.plan import Problem
from chronic.store import people


def impossible(desk: Desk, person: int, on: date, column: str) -> Iterator[Problem]:
    """Why this day cannot be: not yet come, before the birth, after the closing."""
    who = people.get(desk.db, person)
    if on > desk.today:
        yield Problem("value.future", column, on)
    if who.born is not None and on < who.born:
        yield Problem("value.before_birth", column, on)
    if who.closed_on is not None and on > who.closed_on:
        yield closed_by_then(desk, person, "value.after_closing", column, on, who.closed_on)
