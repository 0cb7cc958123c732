"""What a doctor takes along on the rounds: a page to print for each day, and a calendar for the phone."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from chronic.exchange.ics import Entry
from chronic.i18n import _, language, ngettext
from chronic.i18n.terms import LEFT_OUT, SEXES, term
from chronic.model.days import china_minute
from chronic.model.idcard import masked_name
from chronic.office.sheet import reason
from chronic.render.html import Group, Head, Listing, Page
from chronic.render.values import shown
from chronic.reports.rounds import Day, Planned, Row


class Facts(NamedTuple):
    """What the pages say besides their rows. `numbers` fill the danger sentences; `at` is the instant they are made."""

    clinic: str
    origin: str
    at: str
    full: bool
    numbers: dict[str, object]
    notes: tuple[str, ...]


def weekday(day: date) -> str:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")][day.weekday()]


def page(found: Planned, facts: Facts) -> Page:
    """A page for each day with people on it, hamlet by hamlet, then one of those without a place."""
    days = [day for day in found.days if day.rows]
    span = f"{days[0].on} - {days[-1].on}" if days else ""
    left = [_left(found, facts)] if found.left else []
    return Page(
        lang="zh-CN" if language() == "zh" else "en",
        title=f"{facts.clinic}  {_('Rounds')}",
        subtitle=span,
        facts=(
            (_("danger"), found.danger), (_("no place"), len(found.left)), (_("planned"), found.people),
            (_("after their date"), found.late), (_("days"), len(days)),
        ),
        urgent_facts=2,
        lines=(*facts.notes, *([] if facts.full else [_("Phones are masked; chronic plan --full shows them here.")])),
        listings=(*(_day(day, facts) for day in days), *left),
        foot=_("Made on {minute}. Why someone is on a list: chronic why and the number in front.").format(
            minute=china_minute(facts.at)
        ),
    )  # fmt: skip


def _day(day: Day, facts: Facts) -> Listing:
    first = {_home(row) for row in day.rows if row["danger"]}
    together = (list(rows) for _key, rows in groupby(day.rows, key=lambda row: (_where(row), _home(row) in first)))
    heads = (
        *_heads(), Head(_("Last met"), "tight"), Head(_("Last BP"), "tight"), Head(_("Fasting"), "num"),
        Head(_("Class"), "tight"), Head(_("BP now"), "room"), Head(_("Glucose now"), "room"),
        Head(_("What was found and said"), "blank"),
    )  # fmt: skip
    groups = [_group(rows, _home(rows[0]) in first, facts) for rows in together]
    title = f"{day.on} {weekday(day.on)}    {counted(day.rows)}"
    return Listing(title, heads, groups, _("Nobody."))


def _group(rows: list[Row], urgent: bool, facts: Facts) -> Group:
    """The households of one hamlet; those with somebody in open danger stand before the others, on their own."""
    where = f"{_where(rows[0])}  {_('danger')}" if urgent else _where(rows[0])
    return Group(f"{where}    {counted(rows)}", [_line(row, facts) for row in rows], urgent)


def _left(found: Planned, facts: Facts) -> Listing:
    heads = (*_heads(), Head(_("Where"), "tight"), Head(_("No place")))
    rows = [(*_who(row, facts), _where(row), term(LEFT_OUT, str(row["left_out"]))) for row in found.left]
    return Listing(_("No place in these days"), heads, [Group("", rows)], _("Nobody."))


def _heads() -> tuple[Head, ...]:
    return (
        Head(_("Household"), "tight"), Head(_("Id"), "num"), Head(_("Name"), "name"), Head(_("Sex, age"), "tight"),
        Head(_("Phone"), "tight"), Head(_("Reason")), Head(_("Due"), "tight"),
    )  # fmt: skip


def _line(row: Row, facts: Facts) -> tuple[str, ...]:
    last = (shown(key, row[key]) for key in ("last_visit_on", "last_bp", "last_fpg", "class"))
    return (*_who(row, facts), *last, "", "", "")


def _who(row: Row, facts: Facts) -> tuple[str, ...]:
    sex = term(SEXES, str(row["sex"])) if row["sex"] != "unknown" else ""
    age = "" if row["age"] is None else str(row["age"])
    return (
        shown("household_no", row["household_no"]), str(row["person_id"]), str(row["name"]), f"{sex} {age}".strip() or "-",
        shown("phone", row["phone"]), reason(row, facts.numbers), str(row["due_on"]),
    )  # fmt: skip


def _where(row: Row) -> str:
    return " ".join(str(row[key]) for key in ("village", "hamlet") if row[key]) or _("place unknown")


def _home(row: Row) -> tuple[object, object]:
    """Whoever has the same goes together; without a village a number joins nobody."""
    return _where(row), (row["household_no"] if row["village"] else None) or ("alone", row["person_id"])


def counted(rows: list[Row]) -> str:
    """5 people, 3 households"""
    homes = {_home(row) for row in rows}
    people = ngettext("{n} person", "{n} people", len(rows)).format(n=len(rows))
    return people + ", " + ngettext("{n} household", "{n} households", len(homes)).format(n=len(homes))


def entries(found: Planned, facts: Facts) -> Iterator[Entry]:
    """A calendar entry for each hamlet and day. A calendar travels further than a registry: names are masked, and
    nothing in it says what anybody has; the number leads to the person."""
    seen: Counter[str] = Counter()  # two villages of one name
    for day in found.days:
        for where, its in groupby(day.rows, key=_where):
            rows = list(its)
            slot = f"{day.on}-{where}"
            seen[slot] += 1
            uid = f"rounds-{slot.replace(' ', '-')}-{seen[slot]}-{facts.origin}@chronic"
            title = f"{_('Rounds')}: {where}, {counted(rows)}"
            yield Entry(uid, day.on, title, "\n".join(_entry_line(row, facts.full) for row in rows))


def _entry_line(row: Row, full: bool) -> str:
    name = str(row["name"]) if full else masked_name(str(row["name"]))
    first = _("first of all") if row["danger"] else ""
    return "  ".join(
        part for part in (f"{row['person_id']} {name}", _("due {day}").format(day=row["due_on"]), first) if part
    )
