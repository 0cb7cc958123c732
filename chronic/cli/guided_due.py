"""What else a person is due for while they sit here."""

from collections.abc import Iterable, Iterator
from datetime import date

from chronic.cli.medicines_card import running_out
from chronic.cli.session import Session
from chronic.i18n import _, ngettext
from chronic.i18n.terms import CLASSES, PROGRAMMES, REASONS, WAYS, term
from chronic.model.person import Person
from chronic.model.plan import Plan
from chronic.reports import visits as contacts
from chronic.store import plans


def due_now(open_plans: Iterable[Plan], today: date) -> Iterator[str]:
    """One phrase for each thing whose day has come; programmes that share it are named together."""
    shared: dict[tuple[str, date, tuple[str, ...]], list[str]] = {}
    for plan in sorted(open_plans, key=lambda plan: plan.due_on):
        if plan.due_on <= today:
            key = (plan.kind, plan.since_on if plan.kind == "referral" else plan.due_on, plan.reasons)
            shared.setdefault(key, []).append(_name(plan.programme))
    for (kind, day, reasons), programmes in shared.items():
        yield _phrase(kind, day, reasons, "+".join(name for name in map(_name, PROGRAMMES) if name in programmes), today)


def also_due(session: Session, person: int) -> Iterator[str]:
    """What a visit of today has left over."""
    open_plans = plans.read(session.db, person).plans
    left = [*due_now(open_plans, session.today), *running_out(session, person)]
    if left:
        yield _("Also due today: {what}").format(what="; ".join(left))
    if any(plan.kind == "referral" and plan.due_on <= session.today for plan in open_plans):
        yield _("When the outcome is known: chronic refer reply {id}").format(id=person)
    from chronic.cli.contract_line import stand_lines
    from chronic.cli.housemates import housemate_lines

    yield from stand_lines(session, person, quiet=True)
    yield from housemate_lines(session, person)


def standing_lines(session: Session, who: Person, managed: Iterable[str], on: date) -> Iterator[str]:
    """Programmes, the visit before, and what is due: what the doctor wants to see first."""
    programmes = " + ".join(term(PROGRAMMES, programme) for programme in PROGRAMMES if programme in set(managed))
    yield "    ".join(filter(None, (programmes or _("Outside any programme"), _last_line(session, who, on))))
    due = [*due_now(plans.read(session.db, who.id).plans, on), *running_out(session, who.id)]
    if due:
        yield _("Due: {what}").format(what="; ".join(due))


def _last_line(session: Session, who: Person, on: date) -> str:
    """上次 2026-08-20 门诊 148/92 空腹 7.6 控制不满意"""
    for seen in contacts.visits(session.db, on, who.id, everything=False).rows:
        if str(seen["visit_date"]) < on.isoformat():
            given = seen["class"] if isinstance(seen["class"], dict) else {}
            classes = dict.fromkeys(term(CLASSES, klass) for klass in given.values() if klass)
            fpg = _("fasting {value}").format(value=seen["fpg"]) if seen["fpg"] is not None else ""
            told = (seen["visit_date"], term(WAYS, str(seen["way"])), seen["bp"], fpg, ", ".join(classes))
            return _("last {what}").format(what="  ".join(str(part) for part in told if part))
    return _("never seen before")


def _phrase(kind: str, day: date, reasons: tuple[str, ...], programmes: str, today: date) -> str:
    if kind == "referral":
        return " ".join(filter(None, (programmes, _("referral outcome, referred on {day}").format(day=day))))
    late = (today - day).days
    when = ngettext("{n} day late", "{n} days late", late).format(n=late) if late else _("today")
    what = ", ".join(term(REASONS, reason) for reason in reasons)
    return f"{programmes} {what} {day} ({when})"


def _name(programme: str) -> str:
    return term(PROGRAMMES, programme) if programme else ""
