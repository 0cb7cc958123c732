"""The card a patient keeps: what is managed, what to reach, the last values, when to come again. In Chinese.

It names no dose and no medicine that was not written down; the medicines are those of the last visit that named any.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.days import age_on, day_or_none
from chronic.model.fields import PROGRAMME_NAMES
from chronic.model.idcard import masked_name
from chronic.model.person import Person
from chronic.protocol import Editions
from chronic.reports import history
from chronic.reports.visit_form import day_in_words, medicines_told
from chronic.rules.hypertension import limit
from chronic.store import registry

LINE = "　" * 8
_SHOWN, _READ = 8, 24
"""So many readings are drawn, of so many that are looked through."""
_MANAGED = "SELECT programme FROM open_enrolment WHERE person = ?"
_TOLD = """SELECT medicines, insulin FROM live_contact WHERE person = ? AND visit_date <= ?
  AND coalesce(medicines, insulin) IS NOT NULL ORDER BY visit_date DESC, id DESC LIMIT 1"""
_NEXT = "SELECT min(due_on) FROM plan WHERE person = ? AND kind = 'followup'"
_LAST = {
    "htn": ("血压", "sbp || '/' || dbp", "mmHg"),
    "dm": ("空腹血糖", "coalesce(fpg_meter, fpg)", "mmol/L"),
}
_VALUE = """SELECT visit_date, {value} FROM live_contact WHERE person = ? AND visit_date <= ? AND {value} IS NOT NULL
  ORDER BY visit_date DESC, uid DESC LIMIT 1"""


class Trace(NamedTuple):
    """One measure over the readings: None where it was not taken, HI and LO beyond a meter. `below`: the target each day."""

    name: str
    values: tuple[float | str | None, ...]
    below: tuple[float, ...]


class Trend(NamedTuple):
    """The latest readings beside their targets. `note`: how to read it; `days`: of each reading; `unit` of every trace."""

    title: str
    note: str
    unit: str
    days: tuple[date, ...]
    traces: tuple[Trace, ...]


class Card(NamedTuple):
    """Label and text, in order; then pictures."""

    title: str
    lines: tuple[tuple[str, str], ...]
    trends: tuple[Trend, ...]
    foot: str


def card(
    db: sqlite3.Connection, who: Person, day: date, editions: Editions, masked: bool = False, phone: str | None = None
) -> Card:
    """What stands on one person's card on that day. `masked`: the surname alone. `phone`: of the clinic."""
    here, managed = registry.settings(db), {name for (name,) in db.execute(_MANAGED, (who.id,))}
    names = [name for programme, name in PROGRAMME_NAMES.items() if programme in managed]
    age = f"{age_on(who.birth_date, day)}岁" if who.birth_date else ""
    lines = [
        ("姓名", "  ".join(filter(None, (masked_name(who.name) if masked else who.name, age)))),
        ("编号", str(who.id)),
        ("管理项目", "、".join(names) or "未纳入管理"),
        *_aims(who, managed, day, editions),
        *_last(db, who.id, day),
        ("正在用药", "; ".join(_medicines(db, who.id, day)) or LINE),
        ("下次随访", _next(db, who.id) or LINE),
        ("随访医生", who.responsible_doctor or here.get("doctor") or LINE),
        ("诊室电话", phone or LINE),
    ]
    trends = tuple(_trends(db, who.id, managed, day, editions))
    return Card(here.get("name") or "", tuple(lines), trends, "用药听医生的。请带此卡和正在吃的药来随访。")


def _trends(db: sqlite3.Connection, person: int, managed: set[str], day: date, editions: Editions) -> Iterator[Trend]:
    """What is managed, once there are two readings of it."""
    seen = [reading for reading in history.readings(db, person, _READ) if reading.on <= day]
    pressed = [reading for reading in seen if reading.sbp is not None or reading.dbp is not None][-_SHOWN:]
    if "htn" in managed and len(pressed) > 1:
        limits = [limit(reading.age, editions.on(reading.on)) for reading in pressed]
        upper = Trace("收缩压", tuple(reading.sbp for reading in pressed), tuple(below.sbp for below in limits))
        lower = Trace("舒张压", tuple(reading.dbp for reading in pressed), tuple(below.dbp for below in limits))
        yield Trend(
            "血压走势",
            "实心为收缩压, 空心为舒张压; 虚线以下为目标",
            "mmHg",
            tuple(reading.on for reading in pressed),
            (upper, lower),
        )
    sugared = [reading for reading in seen if reading.fpg is not None][-_SHOWN:]
    if "dm" in managed and len(sugared) > 1:
        aims = tuple(editions.on(reading.on).dm.target.fpg_below for reading in sugared)
        fasting = Trace("空腹血糖", tuple(reading.fpg for reading in sugared), aims)
        yield Trend("空腹血糖走势", "虚线以下为目标", "mmol/L", tuple(reading.on for reading in sugared), (fasting,))


def _aims(who: Person, managed: set[str], day: date, editions: Editions) -> list[tuple[str, str]]:
    protocol = editions.on(day)
    found = []
    if "htn" in managed:
        age = age_on(who.birth_date, day) if who.birth_date else None
        found.append(("血压目标", f"低于 {limit(age, protocol)} mmHg"))
    if "dm" in managed:
        found.append(("空腹血糖目标", f"低于 {protocol.dm.target.fpg_below} mmol/L"))
    return found


def _last(db: sqlite3.Connection, person: int, day: date) -> list[tuple[str, str]]:
    found = []
    for label, value, unit in _LAST.values():
        row = db.execute(_VALUE.format(value=value), (person, day.isoformat())).fetchone()
        found.append((f"上次{label}", f"{row[1]} {unit}  ({row[0]})" if row else LINE))
    return found


def _medicines(db: sqlite3.Connection, person: int, day: date) -> list[str]:
    told = db.execute(_TOLD, (person, day.isoformat())).fetchone() or (None, None)
    return [*medicines_told(told[0]), *([told[1]] if told[1] else [])]


def _next(db: sqlite3.Connection, person: int) -> str:
    (due_on,) = db.execute(_NEXT, (person,)).fetchone()
    return f"{day_in_words(day_or_none(due_on))}前" if due_on else ""
