"""Who is in rescue for a major illness, and how many were treated in the county."""

import sqlite3
from datetime import date

from chronic.i18n import N_
from chronic.model.days import age_on, from_iso
from chronic.model.idcard import masked_phone
from chronic.model.report import Column, Report
from chronic.reports import grouped, listed, tagged

_RESCUES = """
SELECT p.id, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone, r.illness, r.happened_on, r.institution
FROM rescue AS r JOIN person AS p ON p.id = r.person
LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
WHERE r.state = 'begun' AND p.closed_on IS NULL AND r.happened_on <= :day AND NOT EXISTS (SELECT 1 FROM rescue AS later
    WHERE later.person = r.person AND later.illness = r.illness AND (later.happened_on, later.id) > (r.happened_on, r.id))
  {where}
ORDER BY r.happened_on, r.id"""
_SHARES = """
SELECT {group}, count(*), sum(t.in_county = 'yes') FROM treated AS t JOIN person AS p ON p.id = t.person
WHERE t.treated_on BETWEEN :since AND :until
  {where}
GROUP BY 1"""


def rescues(db: sqlite3.Connection, day: date, whom: tagged.Whom, full: bool) -> Report:
    """Everybody whose rescue began and is not over, the longest first."""
    columns = (
        *listed.WHO,
        Column("illness", N_("Illness")),
        Column("since_on", N_("Since")),
        Column("institution", N_("Institution")),
    )
    rows: list[dict[str, object]] = []
    values: dict[str, object] = {"day": day.isoformat()}
    where = tagged.filters(whom, values)
    for id_, uid, name, sex, born, village, hamlet, phone, illness, on, institution in db.execute(
        _RESCUES.format(where=where), values
    ):
        rows.append({
            "person_id": id_, "uid": uid, "name": name, "sex": sex, "age": age_on(from_iso(born), day) if born else None,
            "village": village, "hamlet": hamlet, "phone": phone if full else masked_phone(phone), "illness": illness,
            "since_on": on, "institution": institution,
        })  # fmt: skip
    return Report("rescues", day.isoformat(), columns, rows)


def shares(db: sqlite3.Connection, span: tuple[date, date], whom: tagged.Whom, by: str = "village") -> Report:
    """Treatments from the first day to the last, in the county and outside, group by group, the whole at the end."""
    since, until = span
    values: dict[str, object] = {"since": since.isoformat(), "until": until.isoformat()}
    where = tagged.filters(whom, values)
    groups = grouped.groups(db, by, until)
    found: dict[str | None, list[int]] = {}
    for value, treated, inside in db.execute(_SHARES.format(where=where, group=groups.column("p")), values):
        sums = found.setdefault(groups.name(value, None), [0, 0])
        sums[:] = sums[0] + treated, sums[1] + inside
    rows = [_share(by, name, *found[name]) for name in sorted(found, key=lambda name: name or "")]
    columns = (
        Column(by, grouped.BY[by]),
        Column("treated", N_("Treated"), True),
        Column("in_county", N_("In the county"), True),
        Column("outside", N_("Outside"), True),
        Column("rate", N_("Rate %"), True),
    )
    total = _share(by, "*", *(sum(sums[part] for sums in found.values()) for part in (0, 1)))
    return Report("treated", until.isoformat(), columns, [*rows, total])


def _share(by: str, group: str | None, treated: int, inside: int) -> dict[str, object]:
    return {
        by: group, "treated": treated, "in_county": inside, "outside": treated - inside,
        "rate": round(100 * inside / treated, 1) if treated else None,
    }  # fmt: skip
