"""The page a doctor takes along in the morning: whom to call, with room to write, and who is late."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import groupby, islice
from typing import NamedTuple

from chronic.i18n import _, language
from chronic.i18n.terms import REASONS, SEXES, term
from chronic.model.codes import BAND_TITLES
from chronic.model.days import china_minute
from chronic.model.report import Report
from chronic.model.wording import say
from chronic.render.html import Group, Head, Listing, Page
from chronic.render.values import shown
from chronic.reports import calls

PRINTED = 500
"""So many of each list go on paper; the files hold everyone."""

Row = dict[str, object]


class Facts(NamedTuple):
    """What the page says besides its rows. `numbers` fill the danger sentences; `at` is the instant it is made."""

    clinic: str
    day: date
    within: int
    at: str
    full: bool
    numbers: dict[str, object]
    bands: Counter[str]


def page(called: Report, late: Report, facts: Facts) -> Page:
    """The page of one night. Only the first rows of each list are kept, whatever its length."""
    counts: Counter[str] = Counter()
    listings = (_calls(called, facts, counts), _late(late, facts))
    weekdays = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    bands = ", ".join(f"{_(title)} {facts.bands[band]}" for band, title in BAND_TITLES.items())
    figures = (
        (_("danger"), counts[calls.DANGER]),
        (_("open referrals"), counts[calls.REFERRAL]),
        (_("overdue"), facts.bands.total()),
        (_("due within {n} days").format(n=facts.within), counts[calls.SOON]),
        (_("to call"), counts.total()),
    )
    return Page(
        lang="zh-CN" if language() == "zh" else "en",
        title=f"{facts.clinic}  {_('Nightly lists')}",
        subtitle=f"{facts.day} {weekdays[facts.day.weekday()]}",
        facts=figures,
        urgent_facts=2,
        lines=(f"{_('Overdue')}: {bands}",),
        listings=listings,
        foot=_("Made on {minute}. Why someone is on a list: chronic why and the number in front.").format(
            minute=china_minute(facts.at)
        ),
    )


def _calls(report: Report, facts: Facts, counts: Counter[str]) -> Listing:
    titles = {
        calls.DANGER: _("Danger, not settled: find out today how they are"),
        calls.REFERRAL: _("Referral open: ask whether they went and what was said"),
        calls.SETTLE: _("Do not call: record what was told"),
        calls.LATE: _("Overdue"),
        calls.SOON: _("Due within {n} days").format(n=facts.within),
    }
    kept: list[Row] = []
    for row in report.rows:
        counts[str(row["section"])] += 1
        if len(kept) < PRINTED:
            kept.append(row)
    heads = (
        Head(_("Id"), "num"), Head(_("Name"), "name"), Head(_("Sex, age"), "tight"), Head(_("Where"), "tight"),
        Head(_("Phone"), "tight"), Head(_("Reason")), Head(_("Due"), "tight"), Head(_("When"), "num"),
        Head(_("Last met"), "tight"), Head(_("Last BP"), "tight"), Head(_("Fasting"), "num"), Head(_("Class"), "tight"),
        Head(_("What was said"), "blank"),
    )  # fmt: skip
    groups = [
        Group(titles[section], [_call(row, facts.numbers) for row in rows], section in (calls.DANGER, calls.REFERRAL))
        for section, rows in groupby(kept, key=lambda row: str(row["section"]))
    ]
    notes = [] if facts.full else [_("Phones are masked; chronic nightly --full shows them here.")]
    notes += _cut(counts.total(), "calls.csv")
    return Listing(_("Whom to call"), heads, groups, _("Nobody."), tuple(notes))


def _call(row: Row, numbers: dict[str, object]) -> tuple[str, ...]:
    return (
        *_who(row), shown("phone", row["phone"]), reason(row, numbers), str(row["due_on"]), _when(row),
        *(shown(key, row[key]) for key in ("last_visit_on", "last_bp", "last_fpg", "class")), "",
    )  # fmt: skip


def _late(report: Report, facts: Facts) -> Listing:
    heads = (
        Head(_("Id"), "num"), Head(_("Name"), "name"), Head(_("Sex, age"), "tight"), Head(_("Where"), "tight"),
        Head(_("Programmes")), Head(_("Due"), "tight"), Head(_("Overdue"), "num"), Head(_("Last met"), "tight"),
        Head(_("Last BP"), "tight"), Head(_("Fasting"), "num"), Head(_("Class"), "tight"), Head(_("Reason")),
    )  # fmt: skip
    keys = ("programmes", "due_on", "days_overdue", "last_visit_on", "last_bp", "last_fpg", "class")
    rows = [
        (*_who(row), *(shown(key, row[key]) for key in keys), reason(row, facts.numbers))
        for row in islice(report.rows, PRINTED)
    ]
    notes = [_("Danger and referrals first, then by class; the least overdue before the others."),
             *_cut(facts.bands.total(), "overdue.csv")]  # fmt: skip
    return Listing(_("Overdue"), heads, [Group("", rows)] if rows else [], _("Nobody."), tuple(notes))


def _cut(people: int, file: str) -> Iterable[str]:
    if people > PRINTED:
        yield _("The first {n} of {all}; everyone is in {file}.").format(n=PRINTED, all=people, file=file)


def _who(row: Row) -> tuple[str, str, str, str]:
    """Number, name, sex and age, village and hamlet."""
    sex = term(SEXES, str(row["sex"])) if row["sex"] != "unknown" else ""
    age = "" if row["age"] is None else str(row["age"])
    where = " ".join(str(row[key]) for key in ("village", "hamlet") if row[key])
    return str(row["person_id"]), str(row["name"]), f"{sex} {age}".strip() or "-", where or "-"


def reason(row: Row, numbers: dict[str, object]) -> str:
    """What is dangerous, and what is due."""
    parts = [say(code, **numbers) for code in _words(row["danger"])]
    parts += [term(REASONS, reason) for reason in _words(row["reasons"])]
    parts += [_("paused from {day}").format(day=row["paused_on"])] if row.get("paused_on") else []
    parts += [_("promised {day}, not come").format(day=row["promised_on"])] if row.get("promise") == "broken" else []
    if row.get("told"):
        parts.append(_("last call {day}: {told}").format(day=row["last_call_on"], told=shown("told", row["told"])))
    return "; ".join(parts)


def _words(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _when(row: Row) -> str:
    """17 天 late, today, or in 3 days."""
    if row["days_left"] is None:
        return _("{days} d late").format(days=row["days_overdue"])
    return _("today") if row["days_left"] == 0 else _("in {days} d").format(days=row["days_left"])
