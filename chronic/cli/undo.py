"""`undo`: take back the last thing this user recorded."""

from collections.abc import Iterator

import click

from chronic.care import undo as care
from chronic.cli import people
from chronic.cli.commands import Command, yes_option
from chronic.cli.session import Session
from chronic.i18n import _, ngettext
from chronic.i18n.terms import (
    ANSWERS,
    CALL_OUTCOMES,
    ENTRIES,
    NOTED,
    ORDER_STATUSES,
    OUTCOMES,
    PROGRAMMES,
    SATISFACTION,
    TASK_EVENTS,
    URGENCY,
    WAYS,
    term,
)
from chronic.model.days import china_minute
from chronic.model.institution import EVERY
from chronic.model.visit import METER_HIGH, METER_LOW, Visit
from chronic.model.wording import code_label, say
from chronic.protocol.complications import Complications
from chronic.reports import deeds, noted
from chronic.reports.complications import test_name
from chronic.store import people as store
from chronic.store.journal import Deed

_SHOWN = 5
_STATES = ("added", "changed", "filled")
_PARTS = ("_assumed",)
"""Columns the user never typed."""


@click.command(
    cls=Command,
    help=_(
        "Take back the last thing you recorded, from one visit to a whole import. It is shown first. Once more goes one "
        "step further back; there is no redo."
    ),
    example=("chronic undo\nchronic undo --yes"),
)  # fmt: skip
@yes_option
@click.pass_obj
def undo(session: Session, /, yes: bool) -> None:
    last = care.last(session.desk)
    did = say(last.kind)
    for line in deed_lines(session, last):
        click.echo(line, err=True)
    people.really(_("Take this back?"), yes, did)
    left = care.take_back(session.desk, last)
    click.echo(_("Taken back: {what}.").format(what=did))
    for person in left if last.person is not None else ():
        for line in people.plan_lines(session, person):
            click.echo(line)


def deed_lines(session: Session, deed: Deed) -> Iterator[str]:
    """What it was and when, whose, and what it said."""
    yield f"{say(deed.kind)}  {china_minute(deed.at)}  {deed.by}"
    told = deeds.told(session.db, deed)
    if told.person is not None:
        yield people.line(told.person, session.today)
    elif told.sheet is None and told.people:
        yield _people(told.people)
    for recorded in told.visits:
        yield "  " + _visit(recorded.visit)
        if recorded.replaced is not None:
            yield "  " + _("in place of: {visit}").format(visit=_visit(recorded.replaced))
    for visit, reason in told.voided:
        yield "  " + _visit(visit)
        yield "  " + _("reason: {reason}").format(reason=reason)
    every = (
        *_checkups(told), *_results(session, told), *_slips(told), *_shared(told), *_dated(told), *_supplied(session, told),
        *_duties(session, told),
    )  # fmt: skip
    yield from (f"  {line}" for line in every)
    for went in told.merged:
        yield f"  {went.merged} {went.name} -> {went.person} {store.known_as(session.db, went.person)}"
    for row in told.noted:
        said = noted.words(row, session.today, session.desk.editions)
        yield "  " + "  ".join([row.on, term(NOTED, row.table), *said])
    for change in told.changes:
        if not change.field.endswith(_PARTS):
            yield "  " + people.change_line(change.field, change.old, change.new)
    if told.sheet is not None:
        yield from _sheet(told.sheet, told.people)


def _checkups(told: deeds.Told) -> Iterator[str]:
    if not (told.checkups or told.checkups_voided or told.settled):
        return
    from chronic.cli.checkup_card import one_line, result_name

    for form in told.checkups:
        yield one_line(form)
    for form, reason in told.checkups_voided:
        yield one_line(form)
        yield _("reason: {reason}").format(reason=reason)
    for field, on, note in told.settled:
        yield f"{on}  {result_name(field)}  {note}"


def _results(session: Session, told: deeds.Told) -> Iterator[str]:
    """2026-10-08  心电图  正常  县医院"""
    every = [*((result, "") for result in told.results), *told.results_voided]
    for result, reason in every:
        book = Complications.of(session.desk.editions.on(session.today))
        name, value = test_name(book, result.test), "" if result.value is None else f"{result.value:g}"
        parts = (str(result.done_on), name, value, code_label("result", result.result or ""), result.institution or "")
        yield "  ".join(filter(None, parts))
        if reason:
            yield _("reason: {reason}").format(reason=reason)


def _duties(session: Session, told: deeds.Told) -> Iterator[str]:
    if not (told.tasks or told.task_events or told.held or told.held_voided):
        return
    from chronic.protocol.tasks import Tasks
    from chronic.reports import education
    from chronic.reports.tasks import title_of

    protocol = session.desk.editions.on(session.today)
    for task in told.tasks:
        yield f"{task.found_on}  {title_of(Tasks.of(protocol), task)}"
    for task, event in told.task_events:
        parts = (str(event.on), term(TASK_EVENTS, event.event), event.owner or "", event.text or "")
        yield "  ".join(filter(None, (*parts, title_of(Tasks.of(protocol), task))))
    for held, reason in (*((held, "") for held in told.held), *told.held_voided):
        yield education.line(protocol, held)
        if reason:
            yield _("reason: {reason}").format(reason=reason)


def _slips(told: deeds.Told) -> Iterator[str]:
    """2026-0001  2026-11-21  紧急转诊  县人民医院  心内科"""
    for slip, reason in (*((slip, "") for slip in told.slips), *told.slips_voided):
        parts = (slip.slip, str(slip.made_on), term(URGENCY, slip.urgency), slip.institution or "", slip.dept or "")
        yield "  ".join(filter(None, parts))
        if reason:
            yield _("reason: {reason}").format(reason=reason)


def _supplied(session: Session, told: deeds.Told) -> Iterator[str]:
    """2026-11-20  氨氯地平片  发药 30 天"""
    for entry, reason in told.entries:
        days = "" if entry.days is None else ngettext("{n} day", "{n} days", entry.days).format(n=entry.days)
        yield "  ".join(filter(None, (str(entry.on), entry.name, term(ENTRIES, entry.kind), days, entry.reason or "")))
        if reason:
            yield _("reason: {reason}").format(reason=reason)
    for day, answer in told.benefits:
        yield f"{day}  " + _("Registered for the benefit: {answer}").format(answer=term(ANSWERS, answer))
    for day, test, status in told.orders:
        book = Complications.of(session.desk.editions.on(session.today))
        yield f"{day}  {test_name(book, test)}  {term(ORDER_STATUSES, status)}"


def _shared(told: deeds.Told) -> Iterator[str]:
    """What is about no person: an institution, a clinic day."""
    for place in told.institutions[:_SHOWN]:
        yield "  ".join(filter(None, (str(place.number), place.name, place.phone)))
    for clinic in told.clinics:
        yield "  ".join(filter(None, (str(clinic.on), clinic.dept, term(EVERY, clinic.every or ""))))


def _dated(told: deeds.Told) -> Iterator[str]:
    for stay in told.begun:
        programme = term(PROGRAMMES, stay.programme)
        yield _("Managed for {programme} from {day}.").format(programme=programme, day=stay.enrolled_on)
    for day in told.pauses:
        yield _("Paused from {day}.").format(day=day)
    for day, outcome in told.outcomes:
        yield f"{day}  {term(OUTCOMES, outcome)}"
    for call in told.calls:
        on = str(call.promised_on or call.next_call_on or "")
        yield "  ".join(filter(None, (str(call.on), term(CALL_OUTCOMES, call.outcome), on, call.note)))
    for said in told.opinions:
        satisfied = term(SATISFACTION, said.satisfaction) if said.satisfaction else None
        yield "  ".join(filter(None, (str(said.on), satisfied, said.complaint, said.suggestion)))
    for day, note in told.handled:
        yield f"{day}  {note}"


def _sheet(sheet: deeds.Sheet, count: int) -> Iterator[str]:
    """2025台账.csv   新增 812   补全 3   780 人"""
    names = {"added": _("new"), "changed": _("changed"), "filled": _("filled")}
    counted = [f"{names[state]} {sheet.states[state]}" for state in _STATES if sheet.states.get(state)]
    yield "  " + "   ".join([sheet.file, *counted, _people(count)])


def _people(count: int) -> str:
    return ngettext("{n} person", "{n} people", count).format(n=count)


def _visit(seen: Visit) -> str:
    """2026-11-20  门诊  152/94  空腹 6.8"""
    parts = [str(seen.visit_date), term(WAYS, seen.way)]
    if seen.sbp is not None or seen.dbp is not None:
        parts.append(f"{'-' if seen.sbp is None else seen.sbp}/{'-' if seen.dbp is None else seen.dbp}")
    if seen.fpg is not None:
        fpg = {METER_HIGH: "HI", METER_LOW: "LO"}.get(seen.fpg) or f"{seen.fpg:g}"
        parts.append(_("fasting {value}").format(value=fpg))
    return "  ".join(parts)
