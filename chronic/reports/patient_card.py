"""The card a patient keeps: what is managed, what to reach, the last values, when to come again. In Chinese.

It names no dose and no medicine that was not written down; the medicines are those of the last visit that named any.
"""

import sqlite3
from datetime import date
from typing import NamedTuple

from chronic.model.days import age_on, day_or_none
from chronic.model.fields import PROGRAMME_NAMES
from chronic.model.idcard import masked_name
from chronic.model.person import Person
from chronic.protocol import Editions
from chronic.reports.visit_form import day_in_words, medicines_told
from chronic.rules.hypertension import limit
from chronic.store import registry

LINE = "　" * 8
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


class Card(NamedTuple):
    """Label and text, in order."""

    title: str
    lines: tuple[tuple[str, str], ...]
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
    return Card(here.get("name") or "", tuple(lines), "用药听医生的。请带此卡和正在吃的药来随访。")


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
