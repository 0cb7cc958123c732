"""What to say on the telephone, person by person: why, the last values, what to ask, what to type afterwards."""

from collections.abc import Iterator

from chronic.cli.cards import numbers_of
from chronic.cli.medicines_card import supply_lines
from chronic.cli.session import Session
from chronic.i18n import _, ngettext
from chronic.i18n.terms import CALL_OUTCOMES, PROGRAMMES, REASONS, SEXES, term
from chronic.model.fields import BY_COLUMN
from chronic.model.wording import code_label, field_label, say
from chronic.render.values import shown
from chronic.reports import calls, criteria, history
from chronic.store import plans

_INDENT = "    "
_VALUES = ("fpg", "random_glucose", "hba1c", "weight_kg", "adherence")


def lines(session: Session, row: dict[str, object], signs: bool = True) -> Iterator[str]:
    """The script of one row of the call list. `signs`: with the danger signs, which a longer list names once."""
    person = int(str(row["person_id"]))
    yield _who(row)
    if row["section"] == calls.SETTLE:
        yield from (_INDENT + line for line in _settle(session, person, row))
        return
    asked = criteria.concerned(session.db, person) if signs else None
    told = (*_why(session, row), *_known(session, person), *_ask(session, asked, row))
    yield from (_INDENT + line for line in told)
    yield _INDENT + _("Afterwards: chronic call {id}").format(id=person)


def waiting(session: Session, person: int) -> Iterator[str]:
    """Why somebody is not to be called today, or must not be called at all; nothing where neither is so."""
    standing = plans.standing(session.db, person)
    if standing is None:
        return
    tracing = standing.tracing
    if tracing.ends is not None:
        yield _("DO NOT CALL: {told}; record the fact.").format(told=term(CALL_OUTCOMES, tracing.ends))
    elif standing.paused_on is not None:
        yield _("Paused from {day}: not on the call list.").format(day=standing.paused_on)
    elif tracing.promised_on is not None and tracing.promised_on >= session.today:
        yield _("Has promised to come on {day}.").format(day=tracing.promised_on)
    elif tracing.next_call_on is not None and tracing.next_call_on > session.today:
        yield _("To be called again on {day}.").format(day=tracing.next_call_on)
    elif tracing.promised_on is not None:
        yield _("Promised to come on {day}, and did not.").format(day=tracing.promised_on)


def _who(row: dict[str, object]) -> str:
    parts = (
        row["name"],
        term(SEXES, str(row["sex"])),
        shown("age", row["age"]),
        row["village"],
        row["hamlet"],
        row["phone"],
    )
    return f"{row['person_id']:>5}  " + "  ".join(str(part) for part in parts if part)


def _settle(session: Session, person: int, row: dict[str, object]) -> Iterator[str]:
    from chronic.care.trace import commands

    told = str(row["told"])
    yield _("DO NOT CALL. {day}: {told}. Record the fact, with the day it happened:").format(
        day=row["last_call_on"], told=term(CALL_OUTCOMES, told)
    )
    yield from (f"  {command}" for command in commands(session.desk, person, told))
    yield _("If it is not so, or to try again: chronic call {id} --outcome call_later --date YYYY-MM-DD").format(id=person)


def _why(session: Session, row: dict[str, object]) -> Iterator[str]:
    """Danger, what is due and since when, the promise, the attempts before."""
    danger = _words(row["danger"])
    if danger:
        numbers = numbers_of(session.desk.editions.on(session.today))
        yield _("DANGER, not settled: {what}").format(what="; ".join(say(code, **numbers) for code in danger))
    programmes = "+".join(term(PROGRAMMES, name) for name in _words(row["programmes"]))
    reasons = ", ".join(term(REASONS, reason) for reason in _words(row["reasons"]))
    yield _("Why: {what}").format(what="  ".join(filter(None, (programmes, reasons, str(row["due_on"]), _when(row)))))
    if not row["phone"]:
        yield _("No phone number: through the family or at the door; then: chronic person edit {id} --phone NUMBER").format(
            id=row["person_id"]
        )
    if row["paused_on"]:
        yield _("Paused from {day}.").format(day=row["paused_on"])
    if row["promise"] == "broken":
        yield _("Promised to come on {day}, and did not: ask what came in between.").format(day=row["promised_on"])
    if row["told"]:
        tried = ngettext("{n} attempt since the last contact", "{n} attempts since the last contact", int(str(row["calls"])))
        yield _("{tried}, the last on {day}: {told}").format(
            tried=tried.format(n=row["calls"]), day=row["last_call_on"], told=term(CALL_OUTCOMES, str(row["told"]))
        )
    if row["pause_on"]:
        yield pause_line(session, int(str(row["person_id"])))


def pause_line(session: Session, person: int) -> str:
    """The proposal of a pause, with whose rule it is."""
    from chronic.protocol.tracing import Recall

    book = Recall.of(session.desk.editions.on(session.today))
    mark = book.cites[book.pause.cite].mark
    return _(
        "Not reached on {n} days in a row over {days} days or more: a pause is proposed [{mark}]; you decide: "
        "chronic pause {id}"
    ).format(n=book.pause.attempts, days=book.pause.over.days, mark=mark, id=person)


def _when(row: dict[str, object]) -> str:
    if row["days_left"] is None:
        return _("{days} d late").format(days=row["days_overdue"])
    return _("today") if row["days_left"] == 0 else _("in {days} d").format(days=row["days_left"])


def _known(session: Session, person: int) -> Iterator[str]:
    """The last values with their days, and the medicines."""
    last = history.last_values(session.db, person, session.today)
    told = []
    if "sbp" in last or "dbp" in last:
        on = max(last[name].on for name in ("sbp", "dbp") if name in last)
        told.append(f"{last['sbp'].value if 'sbp' in last else '-'}/{last['dbp'].value if 'dbp' in last else '-'} ({on})")
    for name in _VALUES:
        if name in last:
            value = last[name].value
            word = code_label(name, str(value)) if BY_COLUMN[name].codes else value
            told.append(f"{field_label(name)} {word} ({last[name].on})")
    yield _("Last: {what}").format(what="  ".join(told)) if told else _("Last: nothing measured yet")
    for name in ("medicines", "insulin"):
        if name in last:
            yield f"{field_label(name)} ({last[name].on}): {last[name].value}"
    yield from supply_lines(session, person)


def sign_line(session: Session, concerned: set[str]) -> str:
    """The danger signs of these programmes; of both, for none."""
    signs = criteria.signs(session.today, session.desk.editions, concerned)
    return _("Ask for danger signs: {signs}. Any of them: call 120 and refer now.").format(signs="; ".join(signs.values()))


def _ask(session: Session, concerned: set[str] | None, row: dict[str, object]) -> Iterator[str]:
    """What to ask: danger signs first, then what this row is about, medicine, and the day to come."""
    if concerned is not None:
        yield sign_line(session, concerned)
    else:
        yield _("Ask for danger signs first.")
    if row["section"] in (calls.DANGER, calls.REFERRAL):
        yield _("Ask: did they go to the hospital, when, and what was said? Then: chronic refer reply {id}").format(
            id=row["person_id"]
        )
    if row["programmes"]:
        yield _("Ask: how many days will the medicine last? Is any dose left out, does it disagree?")
    yield _("Agree on a day to come; if it is too far, ask whether a visit at home is needed.")


def _words(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []
