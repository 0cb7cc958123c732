"""The directory of doctors: where each works, and how many people each is responsible for."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_
from chronic.model.institution import Post
from chronic.model.report import Column, Report
from chronic.store import institutions, staff

_PEOPLE = """
SELECT responsible_doctor, count(*), sum(EXISTS (SELECT 1 FROM open_enrolment AS e WHERE e.person = p.id)),
  sum(EXISTS (SELECT 1 FROM agenda AS a WHERE a.person = p.id AND a.paused = 0 AND a.due_followup < :today)),
  count(DISTINCT village)
FROM person AS p WHERE closed_on IS NULL AND responsible_doctor IS NOT NULL GROUP BY 1"""
_COLUMNS = (
    Column("doctor", N_("Doctor")),
    Column("institution", N_("Institution")),
    Column("number", N_("No."), hidden=True),
    Column("team", N_("Team")),
    Column("since_on", N_("Since")),
    Column("villages", N_("Number of villages"), right=True),
    Column("residents", N_("Residents"), right=True),
    Column("managed", N_("Managed"), right=True),
    Column("overdue", N_("Overdue"), right=True),
)
_POSTS = (
    Column("doctor", N_("Doctor")),
    Column("since_on", N_("Since")),
    Column("institution", N_("Institution")),
    Column("number", N_("No."), hidden=True),
    Column("team", N_("Team")),
)


def listing(db: sqlite3.Connection, day: date, institution: str | None = None, team: str | None = None) -> Report:
    """A row for each doctor who has a post on this day or people: by institution, team and name."""
    names = {place.number: place.name for place in institutions.read(db, closed=True)}
    people = {row[0]: row[1:] for row in db.execute(_PEOPLE, {"today": day.isoformat()})}
    posts = {doctor: staff.on(some, day) for doctor, some in staff.everyone(db).items()}
    rows: list[dict[str, object]] = []
    for doctor in {**people, **{name: None for name, post in posts.items() if post is not None}}:
        post = posts.get(doctor)
        where = None if post is None else names.get(post.institution or 0)
        its_team = None if post is None else post.team
        if (institution is not None and institution != where) or (team is not None and team != its_team):
            continue
        residents, managed, overdue, villages = people.get(doctor, (0, 0, 0, 0))
        rows.append({
            "doctor": doctor, "institution": where, "number": post and post.institution, "team": its_team,
            "since_on": None if post is None else post.since.isoformat(), "villages": villages, "residents": residents,
            "managed": managed, "overdue": overdue,
        })  # fmt: skip
    rows.sort(key=lambda row: tuple((row[key] is None, str(row[key] or "")) for key in ("institution", "team", "doctor")))
    return Report("doctors", day.isoformat(), _COLUMNS, rows)


def posts(db: sqlite3.Connection, day: date, doctor: str) -> Report:
    """Every post of one doctor, by its first day; institution and team blank: left."""
    return Report("posts", day.isoformat(), _POSTS, list(_posts(db, staff.of(db, doctor))))


def _posts(db: sqlite3.Connection, some: list[Post]) -> Iterator[dict[str, object]]:
    names = {place.number: place.name for place in institutions.read(db, closed=True)}
    for post in some:
        yield {
            "doctor": post.doctor, "since_on": post.since.isoformat(), "institution": names.get(post.institution or 0),
            "number": post.institution, "team": post.team,
        }  # fmt: skip
