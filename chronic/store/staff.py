"""Who works where: rows are added, never edited; of a doctor the latest not after a day counts."""

import sqlite3
from bisect import bisect_right
from collections import defaultdict
from datetime import date

from chronic.model.days import from_iso, iso
from chronic.model.institution import Post
from chronic.store.stamp import Stamp

_COLUMNS = "doctor, institution, team, from_on"
_ADD = f"INSERT INTO staff (uid, {_COLUMNS}, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_ALL = f"SELECT {_COLUMNS} FROM staff ORDER BY doctor, from_on, id"
_OF = f"SELECT {_COLUMNS} FROM staff WHERE doctor = ? ORDER BY from_on, id"


def add(db: sqlite3.Connection, post: Post, stamp: Stamp) -> None:
    told = (post.doctor, post.institution, post.team, iso(post.since))
    db.execute(_ADD, (stamp.uid(), *told, stamp.origin, stamp.at, stamp.by))


def of(db: sqlite3.Connection, doctor: str) -> list[Post]:
    """Every post of a doctor, by its first day."""
    return [_post(row) for row in db.execute(_OF, (doctor,))]


def everyone(db: sqlite3.Connection) -> dict[str, list[Post]]:
    """The same of each doctor who has any."""
    found: dict[str, list[Post]] = defaultdict(list)
    for row in db.execute(_ALL):
        found[row[0]].append(_post(row))
    return dict(found)


def on(posts: list[Post], day: date) -> Post | None:
    """The one that counts on this day, of one doctor's in order; None before the first and after they left."""
    found = bisect_right(posts, day, key=lambda post: post.since)
    return posts[found - 1] if found and not posts[found - 1].left else None


def _post(row: tuple[str, int | None, str | None, str]) -> Post:
    doctor, institution, team, since = row
    return Post(doctor, institution, team, from_iso(since))
