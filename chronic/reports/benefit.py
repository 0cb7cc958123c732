"""The 两病 outpatient benefit: who is managed and registered for it, and who is not or was never asked."""

import json
import sqlite3
from collections import Counter
from datetime import date

from chronic.i18n import N_, _
from chronic.i18n.terms import ANSWERS, term
from chronic.model.days import age_on, from_iso
from chronic.model.idcard import masked_phone
from chronic.model.person import PROGRAMMES
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.protocol.medicines import Medicines
from chronic.reports import tagged
from chronic.reports.listed import WHO

_COLUMNS = (
    *WHO,
    Column("programmes", N_("Programmes")),
    Column("registered", "registered", hidden=True),
    Column("said", N_("Registered")),
    Column("told_on", N_("Told on")),
)
_MANAGED = """
SELECT p.id, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone, e.programmes,
       (SELECT b.registered || ' ' || b.told_on FROM benefit_told AS b WHERE b.person = p.id AND b.told_on <= :today
        ORDER BY b.told_on DESC, b.id DESC LIMIT 1)
FROM (SELECT person, group_concat(programme, ' ') AS programmes FROM open_enrolment
      WHERE programme IN (SELECT value FROM json_each(:programmes)) GROUP BY person) AS e
JOIN person AS p ON p.id = e.person
LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
WHERE 1{where}
ORDER BY v.name, h.name, p.household_no, p.id"""


def listing(
    db: sqlite3.Connection, day: date, editions: Editions, missing: bool, whom: tagged.Whom, full: bool = False,
    limit: int | None = None,
) -> Report:  # fmt: skip
    """Everyone managed whom the benefit is for; with `missing` those not registered or never asked. Counted above."""
    book = Medicines.of(editions.on(day))
    values: dict[str, object] = {"today": day.isoformat(), "programmes": json.dumps(book.benefit.programmes)}
    found = db.execute(_MANAGED.format(where=tagged.filters(whom, values)), values)
    rows = [_row(day, full, *row) for row in found]
    counts = Counter(str(row["registered"]) for row in rows)
    shown = [row for row in rows if not missing or row["registered"] != "yes"]
    cite = book.cites[book.benefit.cite]
    lines = (
        _("{all} managed: registered {yes}, not registered {no}, not known {unknown}").format(
            all=len(rows), yes=counts["yes"], no=counts["no"], unknown=counts["unknown"]
        ),
        _("By {sources}").format(sources=f"{cite.source} ({cite.mark})")
        + "  "
        + _("Insurance is not recorded here: ask for it; the county's own terms are not verified."),
    )
    return Report("benefit", day.isoformat(), _COLUMNS, shown[:limit], lines=lines)


def _row(
    day: date, full: bool, person: int, uid: str, name: str, sex: str, born: str | None, village: str | None,
    hamlet: str | None, phone: str | None, programmes: str, told: str | None,
) -> dict[str, object]:  # fmt: skip
    registered, _space, told_on = (told or "unknown ").partition(" ")
    managed = programmes.split()
    return {
        "person_id": person, "uid": uid, "name": name, "sex": sex, "age": age_on(from_iso(born), day) if born else None,
        "village": village, "hamlet": hamlet, "phone": phone if full else masked_phone(phone),
        "programmes": [programme for programme in PROGRAMMES if programme in managed], "registered": registered,
        "said": term(ANSWERS, registered), "told_on": told_on or None,
    }  # fmt: skip
