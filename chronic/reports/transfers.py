"""Who is to move from one village to another and was not accepted yet; of one person, every move."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_, _
from chronic.i18n.terms import TRANSFERS, term
from chronic.model.days import age_on, iso
from chronic.model.person import PROGRAMMES
from chronic.model.plan import Assessment
from chronic.model.report import Column, Report
from chronic.model.transfer import Transfer
from chronic.protocol import Editions
from chronic.protocol.transfers import Transfers
from chronic.reports import listed, tagged
from chronic.store import histories, people, places, plans, transfers

_COLUMNS = (
    Column("number", "number", hidden=True),
    Column("transfer_uid", "transfer_uid", hidden=True),
    *listed.PERSON,
    Column("from_village", N_("Leaves")),
    Column("to_village", N_("Moves to")),
    Column("moved_on", N_("Moved on")),
    Column("state", "state", hidden=True),
    Column("said", N_("State")),
    Column("state_on", N_("Since")),
    Column("answer_by", N_("Answer by"), hidden=True),
    Column("days_late", N_("Days late"), right=True),
    Column("programmes", N_("Programmes")),
    Column("danger", N_("Danger"), hidden=True),
    Column("urgent", N_("Urgent")),
    Column("due_on", N_("Due")),
    Column("last_visit_on", N_("Last met")),
    Column("doctor", N_("Doctor"), hidden=True),
    Column("reason", N_("Reason")),
    Column("answer_reason", N_("What they answered"), last=True),
    Column("mark", N_("Mark"), hidden=True),
)
_MANAGED = "SELECT DISTINCT programme FROM enrolment WHERE person = ? AND ended_on IS NULL"
_EVERYBODY = tagged.Whom()


class Count(NamedTuple):
    """How many wait for an answer, for how many that takes too long, how many are in danger, how many were declined."""

    waiting: int
    late: int
    danger: int
    declined: int


def listing(
    db: sqlite3.Connection, day: date, editions: Editions, person: int | None = None, everything: bool = False,
    whom: tagged.Whom = _EVERYBODY, limit: int | None = None,
) -> Report:  # fmt: skip
    """Transfers that wait for an answer: danger first, then the longest waiting; then those declined lately. A village
    sees those who come and those who go. Of one person, and with `everything`, also the answered ones, oldest first."""
    found: Iterable[Transfer] = (*transfers.still_open(db), *_declined(db, day, editions))
    if person is not None:
        found = transfers.of(db, person)
    elif everything:
        found = transfers.every(db)
    if whom.where is not None:
        found = [one for one in found if {one.from_place, one.to_place} & {*whom.where.villages}]
    among = tagged.people(db, whom._replace(where=None))
    rows = [_row(db, day, editions, one) for one in found if among is None or one.person in among]
    if person is None and not everything:
        rows.sort(
            key=lambda row: (row["state"] != "open", not row["danger"], str(row["moved_on"]), str(row["person_id"]).rjust(9))
        )
    return Report("transfers", day.isoformat(), _COLUMNS, rows[:limit])


def count(db: sqlite3.Connection, day: date, editions: Editions) -> Count:
    waiting = list(transfers.still_open(db))
    late = sum(answer_by(one, editions, day) < day for one in waiting)
    danger = sum(bool(_dangers(db, editions, one.person)) for one in waiting)
    return Count(len(waiting), late, danger, len(list(_declined(db, day, editions))))


def _declined(db: sqlite3.Connection, day: date, editions: Editions) -> Iterator[Transfer]:
    """As long as one may wait for an answer, one is reminded of a refusal."""
    return transfers.declined_since(db, Transfers.of(editions.on(day)).answer.within.before(day))


def answer_by(transfer: Transfer, editions: Editions, day: date) -> date:
    """The last day on which an answer is not late."""
    return Transfers.of(editions.on(day)).answer.within.after(transfer.moved_on)


def village_name(db: sqlite3.Connection, place: int | None) -> str | None:
    return places.names(db, place, None)[0] if place is not None else None


def _stands(db: sqlite3.Connection, editions: Editions, person: int) -> Assessment:
    """What is planned. Of somebody elsewhere nothing is planned here, but who takes them on must know."""
    if not transfers.is_elsewhere(db, person):
        return plans.read(db, person)
    from chronic.rules.assessment import assess

    ((_id, history),) = histories.read(db, [person])
    return assess(history._replace(closed_on=None), editions)


def _dangers(db: sqlite3.Connection, editions: Editions, person: int) -> tuple[str, ...]:
    stands = _stands(db, editions, person).standing
    return stands.danger if stands is not None else ()


def _row(db: sqlite3.Connection, day: date, editions: Editions, transfer: Transfer) -> dict[str, object]:
    who = people.get(db, transfer.person)
    stands = _stands(db, editions, who.id)
    danger = list(stands.standing.danger) if stands.standing else []
    due = [plan.due_on for plan in stands.plans if plan.kind != "checkup"]
    managed = {programme for (programme,) in db.execute(_MANAGED, (who.id,))}
    referred = any(plan.kind == "referral" for plan in stands.plans)
    limit = answer_by(transfer, editions, day) if transfer.open else None
    book = Transfers.of(editions.on(day))
    return {
        "number": transfer.number, "transfer_uid": transfer.uid, "person_id": who.id, "uid": who.uid, "name": who.name,
        "sex": who.sex, "age": None if who.birth_date is None else age_on(who.birth_date, day),
        "from_village": village_name(db, transfer.from_place),
        "to_village": transfer.outside or village_name(db, transfer.to_place), "moved_on": iso(transfer.moved_on),
        "state": transfer.state, "said": term(TRANSFERS, transfer.state), "state_on": iso(transfer.state_on),
        "answer_by": iso(limit), "days_late": None if limit is None else max(0, (day - limit).days),
        "programmes": [programme for programme in PROGRAMMES if programme in managed], "danger": danger,
        "urgent": _("danger") if danger else _("referral") if referred else None, "due_on": iso(min(due, default=None)),
        "last_visit_on": iso(stands.standing.last_visit_on) if stands.standing else None,
        "doctor": who.responsible_doctor, "reason": transfer.reason, "answer_reason": transfer.answer_reason,
        "mark": book.cites[book.answer.cite].mark,
    }  # fmt: skip
