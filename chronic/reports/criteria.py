"""Referral criteria as a listing: the guideline's, or one person's, danger first."""

import sqlite3
from datetime import date

from chronic.i18n import N_
from chronic.model.fields import BY_COLUMN
from chronic.model.report import Column, Report
from chronic.model.wording import either, field_label, say
from chronic.protocol import Editions
from chronic.protocol.complications import Complications
from chronic.protocol.referrals import KINDS, Referrals
from chronic.reports import complications as tests
from chronic.rules.criteria import Facts, Reason, judge
from chronic.store import histories, people, plans

_BOTH = ("htn", "dm")
_COLUMNS = (
    Column("code", "code", hidden=True),
    Column("programmes", N_("Programme")),
    Column("referral", N_("Kind")),
    Column("criterion", N_("Criterion")),
    Column("decides", N_("Decided by")),
    Column("source", N_("Source")),
    Column("mark", N_("Mark")),
)
_JUDGED = (
    Column("person_id", "person_id", hidden=True),
    Column("met", N_("State")),
    Column("code", "code", hidden=True),
    Column("programmes", N_("Programme")),
    Column("referral", N_("Kind")),
    Column("criterion", N_("Criterion")),
    Column("why", N_("Why")),
    Column("source", N_("Source"), hidden=True),
    Column("mark", N_("Mark"), hidden=True),
)


def known(day: date, editions: Editions) -> Report:
    """Every criterion of the guideline, by kind."""
    book = Referrals.of(editions.on(day))
    rows = [{**_row(book, code), "decides": _decides(book, code)} for code in book.criteria]
    return Report("criteria", day.isoformat(), _COLUMNS, sorted(rows, key=lambda row: KINDS.index(str(row["referral"]))))


def of_person(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Report:
    """The criteria of the programmes a person is in or suspected of; of both, for someone in none.

    Those for sending back down are listed while a referral is open.
    """
    protocol = editions.on(day)
    book, matrix = Referrals.of(protocol), Complications.of(protocol)
    who, stored = people.get(db, person), plans.read(db, person)
    ((_, history),) = histories.read(db, [person])
    facts = Facts(day, history, who.sex, stored.verdicts, tests.latest(db, person, editions, day), protocol, book.recent)
    away = any(plan.kind == "referral" for plan in stored.plans)
    found = judge(facts, concerned(db, person), book)
    rows = [
        {"person_id": person, "met": one.state, **_row(book, one.code), "why": _sentence(one.reason, matrix)}
        for one in found
        if away or book.criteria[one.code].kind != "down"
    ]
    return Report("criteria", day.isoformat(), _JUDGED, rows)


def concerned(db: sqlite3.Connection, person: int) -> set[str]:
    """The programmes someone is in or suspected of, as far as they have criteria; both, for someone in neither."""
    waiting = {plan.programme for plan in plans.read(db, person).plans}
    return {*tests.programmes_of(db, person), *waiting} & {*_BOTH} or {*_BOTH}


def signs(day: date, editions: Editions, programmes: set[str]) -> dict[str, str]:
    """The danger signs to ask for, by the rule book's codes; of both programmes, for someone in neither."""
    book, asked = Referrals.of(editions.on(day)), programmes & {*_BOTH} or {*_BOTH}
    return {" ".join(s.codes): either(s.says) for s in book.signs.values() if set(s.programmes) & asked}


def _sentence(reason: Reason, matrix: Complications) -> str:
    """What a judgement rests on; of one to be asked, what is already known."""
    values = dict(reason.values)
    if reason.why == "criterion.missing":
        column = str(values.pop("column"))
        values["what"] = tests.test_name(matrix, column) if column in matrix.tests else field_label(column)
    elif values.get("value") in (BY_COLUMN["result"].codes or {}):
        values["column"] = "result"
    return say(reason.why, **values)


def _decides(book: Referrals, code: str) -> str:
    criterion = book.criteria[code]
    return f"{criterion.decides} + asked" if criterion.then_ask else str(criterion.decides)


def _row(book: Referrals, code: str) -> dict[str, object]:
    criterion = book.criteria[code]
    cite = book.cites[criterion.cite]
    return {
        "code": code, "programmes": criterion.programmes, "referral": criterion.kind, "criterion": either(criterion.says),
        "source": cite.source, "mark": cite.mark,
    }  # fmt: skip
