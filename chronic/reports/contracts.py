"""Family-doctor contracts: who has one, whose renewal is due, whose ran out, who has none, and the rate.

A contract counts from its first to its last day. Managed are people in a programme on the day asked about.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.contract import Contract
from chronic.model.days import age_on, from_iso
from chronic.model.idcard import masked_phone
from chronic.model.place import Where
from chronic.model.report import Column, Report
from chronic.model.wording import either
from chronic.protocol import Editions
from chronic.protocol.contracts import Contracts
from chronic.reports import grouped, listed, tagged
from chronic.store import contracts as store

IN_FORCE, DUE, EXPIRED, NONE = "in_force", "due", "expired", "none"
_MANAGED = """
EXISTS (SELECT 1 FROM enrolment AS e WHERE e.person = p.id AND e.enrolled_on <= :day
  AND (e.ended_on IS NULL OR e.ended_on > :day))"""
_HERE = "(p.closed_on IS NULL OR p.closed_on > :day)"
_FROM = """
FROM person AS p LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet"""
_COUNTS = "c.start_on <= :day AND c.last_on >= :day"
_LATEST = """
JOIN contract_card AS c ON c.id = (SELECT o.id FROM contract_card AS o
  WHERE o.person = p.id AND o.start_on <= :day AND o.last_on >= o.start_on ORDER BY o.start_on DESC, o.id DESC LIMIT 1)"""
_ANY = "JOIN contract_card AS c ON c.person = p.id"
_FOLLOWED = """
EXISTS (SELECT 1 FROM contract_card AS n WHERE n.person = p.id AND n.start_on > c.last_on AND n.last_on >= n.start_on)"""
_WHERE = {
    IN_FORCE: _COUNTS,
    DUE: f"{_COUNTS} AND c.end_on BETWEEN :day AND :until AND NOT {_FOLLOWED}",
    EXPIRED: f"c.last_on < :day AND NOT {_FOLLOWED}",
    NONE: f"{_MANAGED} AND NOT ({_COUNTS} AND c.id IS NOT NULL)",
}
_COLUMNS = (
    *listed.WHO,
    Column("team", N_("Team")),
    Column("package", "package", hidden=True),
    Column("package_name", N_("Package")),
    Column("start_on", N_("First day")),
    Column("last_on", N_("Last day")),
    Column("days_left", N_("Days left"), right=True),
    Column("reason", N_("Ended because"), hidden=True),
)
_EXPORTED = ("uid", "person_uid", "name", "team", "package", "start_on", "end_on", "ended_on", "reason")
_RATE = f"""
SELECT {{group}}, count(*), sum(EXISTS (SELECT 1 FROM contract_card AS c WHERE c.person = p.id AND {_COUNTS}))
{_FROM} WHERE {_HERE} AND {_MANAGED}"""


class Asked(NamedTuple):
    """Which contracts: in_force, due by `within` days, expired, or managed people with none."""

    which: str = IN_FORCE
    within: int = 0
    where: Where | None = None
    doctor: str | None = None
    team: str | None = None
    tags: tuple[tagged.Tagged, ...] = ()
    limit: int | None = None
    full: bool = False


def listing(db: sqlite3.Connection, day: date, editions: Editions, asked: Asked) -> Report:
    """One row a person, by village, hamlet and household. Of someone without one: the last they had."""
    return Report("contracts", day.isoformat(), _COLUMNS, _rows(db, day, editions, asked))


def query(day: date, asked: Asked) -> tuple[str, dict[str, object]]:
    """(SQL, values) of the list."""
    values: dict[str, object] = {"day": day.isoformat()}
    if asked.which == DUE:
        values["until"] = (day + timedelta(days=asked.within)).isoformat()
    where = [_HERE, _WHERE[asked.which], *_filters(asked, values)]
    limit = f" LIMIT {asked.limit:d}" if asked.limit is not None else ""
    joined = {NONE: f"LEFT {_LATEST.strip()}", EXPIRED: _LATEST}.get(asked.which, _ANY)
    if asked.team is not None:
        values["team"] = asked.team
        where.append("c.team = :team")
    sql = f"""
SELECT p.id, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone, c.team, c.package, c.start_on, c.last_on, c.reason
{_FROM} {joined}
WHERE {" AND ".join(where)} ORDER BY p.village, p.hamlet, p.household_no, p.id{limit}"""
    return sql, values


def rates(db: sqlite3.Connection, day: date, asked: Asked, by: str = "village") -> Report:
    """Managed people and how many of them have a contract in force, group by group, the whole at the end."""
    values: dict[str, object] = {"day": day.isoformat()}
    more = "".join(f" AND {condition}" for condition in _filters(asked, values))
    groups = grouped.groups(db, by, day)
    found: dict[str | None, list[int]] = {}
    for value, managed, signed in db.execute(f"{_RATE.format(group=groups.column('p'))}{more} GROUP BY 1", values):
        sums = found.setdefault(groups.name(value, None), [0, 0])
        sums[:] = sums[0] + managed, sums[1] + signed
    rows = [_rate(by, name, *found[name]) for name in sorted(found, key=lambda name: name or "")]
    columns = (
        Column(by, grouped.BY[by]),
        Column("managed", N_("Managed"), True),
        Column("signed", N_("With contract"), True),
        Column("rate", N_("Rate %"), True),
    )
    return Report(
        "contract_rates",
        day.isoformat(),
        columns,
        [*rows, _rate(by, "*", *(sum(sums[part] for sums in found.values()) for part in (0, 1)))],
    )


def everything(db: sqlite3.Connection, day: date) -> Report:
    """Every contract ever, for a sheet."""
    sql = """
SELECT c.uid, p.uid, p.name, c.team, c.package, c.start_on, c.end_on, c.ended_on, c.reason
FROM contract_card AS c JOIN person AS p ON p.id = c.person ORDER BY p.uid, c.start_on, c.uid"""
    rows = (dict(zip(_EXPORTED, row, strict=True)) for row in db.execute(sql))
    return Report("contracts_all", day.isoformat(), tuple(Column(name, name) for name in _EXPORTED), rows)


class Stand(NamedTuple):
    """How a person's contract stands on a day: in_force, due (to be renewed), expired or none."""

    state: str
    contract: Contract | None
    days: int = 0
    """Left, or since the last day."""


def stand(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Stand:
    """The contract that counts on this day, else the last one."""
    begun = [one for one in store.of(db, person) if one.start_on <= one.last_on]
    known = [one for one in begun if one.start_on <= day]
    if not known:
        return Stand(NONE, None)
    last = known[-1]
    if not last.counts_on(day):
        return Stand(EXPIRED, last, (day - last.last_on).days)
    remind_by = Contracts.of(editions.on(day)).renewal.before.after(day)
    due = last.last_on <= remind_by and begun[-1] is last
    return Stand(DUE if due else IN_FORCE, last, (last.last_on - day).days)


def package_name(editions: Editions, day: date, code: str) -> str:
    known = Contracts.of(editions.on(day)).packages.get(code)
    return either(known.name) if known is not None else code


def reason_name(editions: Editions, day: date, code: str) -> str:
    known = Contracts.of(editions.on(day)).reasons.get(code)
    return either(known.name) if known is not None else code


def _filters(asked: Asked, values: dict[str, object]) -> Iterator[str]:
    if asked.where is not None:
        yield asked.where.sql("p")
    if asked.doctor is not None:
        values["doctor"] = asked.doctor
        yield "p.responsible_doctor = :doctor"
    yield from tagged.conditions(asked.tags, "p.id", values)


def _rows(db: sqlite3.Connection, day: date, editions: Editions, asked: Asked) -> Iterator[dict[str, object]]:
    for id_, uid, name, sex, born, village, hamlet, phone, team, package, start_on, last_on, reason in db.execute(
        *query(day, asked)
    ):
        left = (from_iso(last_on) - day).days if last_on else None
        yield {
            "person_id": id_, "uid": uid, "name": name, "sex": sex, "age": age_on(from_iso(born), day) if born else None,
            "village": village, "hamlet": hamlet, "phone": phone if asked.full else masked_phone(phone), "team": team,
            "package": package, "package_name": package_name(editions, day, package) if package else None,
            "start_on": start_on, "last_on": last_on, "days_left": left, "reason": reason,
        }  # fmt: skip


def _rate(by: str, group: str | None, managed: int, signed: int) -> dict[str, object]:
    return {
        by: group, "managed": managed, "signed": signed,
        "rate": round(100 * signed / managed, 1) if managed else None,
    }  # fmt: skip
