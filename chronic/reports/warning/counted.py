"""Early warning by place, doctor, team or institution: how many are named in each, and how the share at target moved."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_, _
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.protocol.warning import Warning as Book
from chronic.reports import grouped
from chronic.reports.tagged import Whom
from chronic.reports.warning.groups import Share, controlled, fell
from chronic.reports.warning.people import RISE, SWING, WATCHED, Person

_WHERE = "SELECT p.id, {group} FROM person AS p WHERE p.id IN (SELECT value FROM json_each(?))"


def by_group(db: sqlite3.Connection, day: date, people: list[Person], editions: Editions, whom: Whom, by: str) -> Report:
    """A row for each programme and group: people whose readings rise, swing, the share at target in the year before until
    this day and this year, and whether that is a fall to warn of."""
    groups = grouped.groups(db, by, day)
    called = {None: None} | {
        person: groups.name(value, None)
        for person, value in db.execute(
            _WHERE.format(group=groups.column("p")), (json.dumps([one.person for one in people]),)
        )
    }
    named = Counter((one.programme, called[one.person], one.kind) for one in people)
    years = [Counter[tuple[str, str | None, int]](), Counter[tuple[str, str | None, int]]()]
    for year, shares in zip(years, controlled(db, day, editions, tuple(WATCHED), whom, (groups.part,)), strict=True):
        for (_by, which, programme), share in shares.items():
            for part in (0, 1):
                year[programme, groups.name(which, None), part] += share[part]
    rules = Book.of(editions.on(day)).fall

    def rows() -> Iterator[dict[str, object]]:
        every = {(programme, name) for programme, name, _kind in named}
        every |= {(programme, name) for year in years for programme, name, _at in year}
        for programme, name in sorted(every, key=lambda key: (tuple(WATCHED).index(key[0]), key[1] or "")):
            then, now = ((year[programme, name, 0], year[programme, name, 1]) for year in years)
            yield {
                by: name, "programme": programme, "rising": named[programme, name, RISE],
                "swinging": named[programme, name, SWING], "people_before": then[1], "rate_before": _rate(then),
                "people_recent": now[1], "rate_recent": _rate(now), "falls": (falls := fell(then, now, rules) is not None),
                "title": _("control falls") if falls else None,
            }  # fmt: skip

    columns = (
        Column(by, grouped.BY[by]),
        Column("programme", N_("Programme")),
        Column("rising", N_("Rise"), right=True),
        Column("swinging", N_("Swing"), right=True),
        Column("people_before", N_("People before"), right=True),
        Column("rate_before", N_("% at target"), right=True),
        Column("people_recent", N_("People now"), right=True),
        Column("rate_recent", N_("% at target"), right=True),
        Column("falls", "falls", hidden=True),
        Column("title", N_("Warning")),
    )
    return Report(f"warning_by_{by}", day.isoformat(), columns, rows())


def _rate(share: Share) -> float | None:
    return round(100 * share[0] / share[1], 1) if share[1] else None
