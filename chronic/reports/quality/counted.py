"""Questions about the records by place, doctor, team or institution: how many of each kind, about how many records.

A question stands in every place that one of its visits is in: most in one. What is a doctor's is counted where that doctor
worked on its last day.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_
from chronic.model.report import Column, Report
from chronic.model.wording import either
from chronic.protocol import Protocol
from chronic.protocol.quality import Quality
from chronic.reports import grouped
from chronic.reports.quality.finding import Finding

_PLACES = """
SELECT {group}, count(*) FROM json_each(?) AS o JOIN visit AS v ON v.id = o.value JOIN person AS p ON p.id = v.person
GROUP BY 1"""
Counted = Counter[str | None]
"""Visits of a question by the name of the group."""


def by_group(db: sqlite3.Connection, today: date, findings: list[Finding], protocol: Protocol, by: str) -> Report:
    """A row for each group and kind of question, in the order of the book."""
    groups = grouped.groups(db, by, today)
    questions, records = Counter[tuple[str | None, str]](), Counter[tuple[str | None, str]]()
    for one in findings:
        for name, visits in _counted(db, one, groups).items():
            questions[name, one.kind] += 1
            records[name, one.kind] += visits
    book = Quality.of(protocol)
    kinds = tuple(book.in_force.findings)

    def rows() -> Iterator[dict[str, object]]:
        for name, kind in sorted(questions, key=lambda key: (key[0] or "", kinds.index(key[1]))):
            yield {
                by: name, "finding": kind, "title": either(book.words[kind].name), "findings": questions[name, kind],
                "records": records[name, kind],
            }  # fmt: skip

    columns = (
        Column(by, grouped.BY[by]),
        Column("finding", "finding", hidden=True),
        Column("title", N_("To be checked")),
        Column("findings", N_("Questions"), right=True),
        Column("records", N_("Records"), right=True),
    )
    return Report(f"quality_by_{by}", today.isoformat(), columns, rows())


def _counted(db: sqlite3.Connection, one: Finding, groups: grouped.Groups) -> Counted:
    if groups.part == grouped.DOCTOR:
        return Counter({groups.name(one.doctor, date.fromisoformat(one.last)): len(one.visits)})
    found: Counted = Counter()
    for value, visits in db.execute(_PLACES.format(group=groups.column("p")), (json.dumps(one.visits),)):
        found[groups.name(value, None)] += visits
    return found
