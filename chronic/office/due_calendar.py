"""Due visits as a calendar for the phone: a whole day for each person.

A calendar travels further than a registry: names are masked, and nothing in it says what anybody has; the number leads to
the person. Whoever takes in a later file of the same people gets the entries moved, not doubled.
"""

from collections.abc import Iterable, Iterator

from chronic.exchange.ics import Entry
from chronic.i18n import _
from chronic.i18n.terms import HOUSEHOLD_DUES, term
from chronic.model.days import from_iso
from chronic.model.idcard import masked_name


def entries(rows: Iterable[dict[str, object]], kind: str, full: bool) -> Iterator[Entry]:
    """`rows` as `due` lists them for this kind."""
    what = _("Due") if kind == "all" else term(HOUSEHOLD_DUES, kind)
    for row in rows:
        name = str(row["name"]) if full else masked_name(str(row["name"]))
        where = " ".join(str(row[key]) for key in ("village", "hamlet") if row[key]) or _("place unknown")
        lines = [where, *([str(row["phone"])] if full and row["phone"] else [])]
        title = f"{what}: {row['person_id']} {name}"
        yield Entry(f"due-{kind}-{row['uid']}@chronic", from_iso(str(row["due_on"])), title, "\n".join(lines))
