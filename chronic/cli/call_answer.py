"""What is said after an attempt was recorded: when the next one is, and what to do now."""

from collections.abc import Iterator

from chronic.cli.call_script import pause_line
from chronic.cli.session import Session
from chronic.i18n import _, ngettext
from chronic.i18n.terms import CALL_OUTCOMES, term
from chronic.model.call import FAILED, Call, Tracing
from chronic.model.person import Person
from chronic.protocol.tracing import Recall
from chronic.store import plans


def lines(session: Session, who: Person, told: Call, tracing: Tracing) -> Iterator[str]:
    tried = ngettext("{n} attempt since the last contact", "{n} attempts since the last contact", tracing.calls)
    yield _("Recorded: {outcome} ({tried}).").format(
        outcome=term(CALL_OUTCOMES, told.outcome), tried=tried.format(n=tracing.calls)
    )
    standing = plans.standing(session.db, who.id)
    if standing is None:
        yield _("Nothing is planned, so there is nothing to call for.")
        return
    if tracing.calls == 0:
        yield _("There was a contact since, so this attempt changes nothing.")
    elif tracing.ends is None:
        yield from _next(session, tracing)
    yield from _to_do(who.id, told)
    if standing.danger:
        yield _("The danger is not settled: stays on the call list every day until chronic refer reply {id}").format(
            id=who.id
        )
    if standing.paused_on is not None and told.outcome not in FAILED:
        yield _("Still paused; to have the dates back: chronic pause {id} --end").format(id=who.id)
    if tracing.pause_on is not None and tracing.pause_on <= session.today:
        yield pause_line(session, who.id)


def _next(session: Session, tracing: Tracing) -> Iterator[str]:
    """The day of the next attempt; where nobody chose it, whose proposal it is."""
    on = tracing.next_call_on
    if tracing.told == "agreed":
        if tracing.promised_on is not None and tracing.promised_on < session.today:
            yield _("That day has passed without a contact: the promise is broken.")
        else:
            yield _("Without a contact by {day} the promise is broken by itself.").format(day=tracing.promised_on)
    if on is None or on <= session.today:
        yield _("Stays on today's call list.")
        return
    book = Recall.of(session.desk.editions.on(tracing.last_call_on or session.today))
    wait = book.again.get(tracing.told or "")
    mark = f" [{book.cites[wait.cite].mark}]" if wait is not None and on == wait.within.after(tracing.last_call_on) else ""  # type: ignore[arg-type]
    yield _("On the call list again from {day}.").format(day=on) + mark


def _to_do(person: int, told: Call) -> Iterator[str]:
    """What an outcome asks for."""
    if told.outcome == "came_already":
        yield _("Only the visit ends it; record it with its day: chronic visit add {id} --on YYYY-MM-DD").format(id=person)
    elif told.outcome == "seen_elsewhere":
        yield _("Ask for the papers and record what was found: chronic visit add {id}, chronic test add {id}").format(
            id=person
        )
    elif told.outcome == "wrong_number":
        yield _(
            "When you have the right one: chronic person edit {id} --phone NUMBER; until then the family or the door"
        ).format(id=person)
    elif told.outcome == "has_medicine":
        yield _("Still due: medicine at home does not replace the visit.")
