"""The questions of a call: what it came to, which day, what else; and the fact behind an outcome that ends management."""

from datetime import date

import click

from chronic.cli import guided_terminal as terminal
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.i18n.terms import CALL_OUTCOMES, PROGRAMMES, term
from chronic.model.call import Call
from chronic.model.days import parse_day
from chronic.model.person import Person
from chronic.model.wording import say

_GONE = ("died", "moved")
_DATED = ("agreed", "call_later")


def check_present() -> None:
    """Raises ValueRefused (`call.outcome_needed`) where nobody can answer."""
    if not terminal.present():
        raise ValueRefused("call.outcome_needed", known=", ".join(CALL_OUTCOMES))


def asked(session: Session, told: Call, day: date | None) -> tuple[Call, date | None]:
    """Ask for the outcome, its day and a note."""
    terminal.prepare()
    with terminal.stopping(_("Stopped; nothing was saved.")):
        outcome = _outcome()
        if day is None and outcome not in _GONE:
            day = _day(session, told.on, outcome)
        note = told.note or terminal.line(_("Note (Enter: none): ")) or None
        while outcome == "other" and note is None:
            click.echo(say("call.note_needed"))
            note = terminal.line(_("Note (Enter: none): ")) or None
    return told._replace(outcome=outcome, note=note), day


def end(session: Session, who: Person, outcome: str, ask: bool) -> None:
    """Offer to record the dated fact; where nobody is asked, say the command. Nothing is ended silently."""
    from chronic.care.trace import commands

    click.echo(_("Nothing is ended by a call. To record it, with the day it happened:"))
    for command in commands(session.desk, who.id, outcome):
        click.echo(f"  {command}")
    if not ask or not terminal.present():
        return
    with terminal.stopping(_("The call is recorded; nothing was ended.")):
        on = _end_day(session)
    if on is None:
        click.echo(_("Not ended; the call list reminds you."))
        return
    _record(session, who, outcome, on)


def _record(session: Session, who: Person, outcome: str, on: date) -> None:
    from chronic.care import manage, register, trace

    if outcome in _GONE:
        register.close(session.desk, who.id, on, outcome)
        click.echo(_("Closed; history is kept."))
        return
    for programme in trace.managed(session.desk, who.id):
        manage.end(session.desk, who.id, programme, on, "refused")
        click.echo(f"{term(PROGRAMMES, programme)}: " + _("Ended; history is kept."))


def _outcome() -> str:
    words = list(CALL_OUTCOMES)
    for number, word in enumerate(words, 1):
        click.echo(f"  {number:>2}  {term(CALL_OUTCOMES, word)}")
    while True:
        typed = terminal.line(_("What did it come to? "))
        if typed.isdigit() and 1 <= int(typed) <= len(words):
            return words[int(typed) - 1]
        if typed in words:
            return typed
        click.echo(_("Choose by number or word."))


def _day(session: Session, called_on: date, outcome: str) -> date | None:
    """The day agreed on; elsewhere a day of the next attempt may be chosen, Enter leaves it to the guideline's interval."""
    questions = {"agreed": _("To come on which day? "), "call_later": _("Call again on which day? ")}
    question = questions.get(outcome) or _("Next attempt on (Enter: as the program proposes): ")
    while True:
        typed = terminal.line(question)
        if not typed and outcome not in _DATED:
            return None
        day = _read(typed)
        if day is not None and day < called_on:
            click.echo(say("call.date_before", value=day, detail=called_on))
        elif day is not None:
            return day


def _end_day(session: Session) -> date | None:
    while True:
        typed = terminal.line(_("The day it happened (Enter: not now): "))
        if not typed:
            return None
        day = _read(typed)
        if day is not None and day <= session.today:
            return day
        if day is not None:
            click.echo(_("{day} lies in the future.").format(day=day))


def _read(typed: str) -> date | None:
    try:
        return parse_day(typed)
    except ValueError:
        click.echo(_("{text} is not a day; write it as 2026-11-21.").format(text=typed))
        return None
