"""The official follow-up record sheet as it is printed: four visits side by side, 高血压/2型糖尿病患者随访服务记录表.

Rows, their order, codes and words are the form's of 2017 (rule book §1.4), in Chinese whatever the language of the
screen. A visit that has not been stays a blank column, to be filled in by hand.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.model import fields as words
from chronic.model.person import Person
from chronic.reports.visit_form import (
    CLASS_WORDS,
    FORM_SYMPTOMS,
    MEDICINE_LINES,
    PULSE_KINDS,
    REACTIONS,
    SIDES,
    TITLES,
    Seen,
    day_in_words,
    figure,
    form_number,
    medicines_told,
    seen_at,
    symptoms_beyond,
)
from chronic.rules.checkup import bmi

ACROSS = 4
"""Visits on one sheet."""
_OF_YEAR = """SELECT v.id FROM live_visit AS v WHERE v.person = ? AND v.visit_date BETWEEN ? AND ?
  AND EXISTS (SELECT 1 FROM verdict WHERE verdict.person = v.person AND visit = v.id AND programme = ?)
ORDER BY visit_date, uid"""
_NO_DAY = "　　年　月　日"


class Cell(NamedTuple):
    """What is printed in one column of a row: a text, what stands in the boxes behind it, and a line below."""

    text: str
    boxes: tuple[str, ...] = ()
    below: str = ""


class Row(NamedTuple):
    """`part`: the heading it stands under, empty for one of its own. `hint`: codes printed under the label."""

    part: str
    label: str
    hint: str
    cells: tuple[Cell, ...]


class Sheet(NamedTuple):
    title: str
    name: str
    number: str
    rows: tuple[Row, ...]


def sheets(db: sqlite3.Connection, who: Person | None, programme: str, day: date, room: bool = False) -> list[Sheet]:
    """The sheets of the year of `day` up to that day, oldest visit first; one at least, blank where there was none.

    `who` None: a sheet without a name. `room`: at least one column stays free for the visit to come.
    """
    seen: list[Seen | None] = []
    if who is not None:
        ids = db.execute(_OF_YEAR, (who.id, f"{day.year}-01-01", day.isoformat(), programme)).fetchall()
        seen += [one for (id_,) in ids for one in seen_at(db, id_) if one.programme == programme]
    wanted = max(len(seen) + room, 1)
    seen += [None] * (-(-wanted // ACROSS) * ACROSS - len(seen))
    name, number = (who.name, form_number(who)) if who is not None else ("", "")
    return [
        Sheet(TITLES[programme], name, number, tuple(_rows(programme, seen[first : first + ACROSS])))
        for first in range(0, len(seen), ACROSS)
    ]


def _rows(programme: str, seen: list[Seen | None]) -> Iterator[Row]:
    for part, label, hint, programmes, cell in _FIELDS:
        if programme in programmes:
            yield Row(part, label, _HINTS[programme] if hint == _SYMPTOM_HINT else hint, tuple(map(cell, seen)))


# one cell ------------------------------------------------------------------------------------------------

_Of = Callable[[Seen | None], Cell]


def _filled(text: Callable[[Seen], str], blank: str = "") -> _Of:
    return lambda seen: Cell(blank if seen is None else text(seen))


def _code(column: str, codes: dict[str, str]) -> _Of:
    return lambda seen: _boxed(None if seen is None else getattr(seen.visit, column), codes)


def _boxed(value: str | None, codes: dict[str, str], told: str = "") -> Cell:
    listed = " ".join(f"{number}{name}" for number, name in enumerate(codes.values(), 1))
    chosen = str(list(codes).index(value) + 1) if value in codes else ""
    return Cell(f"{listed} {told}".rstrip(), (chosen,))


def _one(column: str) -> _Of:
    return _filled(lambda seen: _known(getattr(seen.visit, column)))


def _known(value: object) -> str:
    return "" if value is None else figure(value)


def _pair(column: str, target: str) -> _Of:
    return _filled(lambda seen: f"{_room(getattr(seen.visit, column))}/{_room(getattr(seen.visit, target))}", "　　/　　")


def _room(value: object) -> str:
    return f" {_known(value)} " if value is not None else "　　"


def _symptoms(seen: Seen | None) -> Cell:
    if seen is None:
        return Cell("", ("",) * ACROSS, "其他:")
    told = (seen.visit.symptoms or "").split(";")
    chosen = [str(number) for number, code in enumerate(FORM_SYMPTOMS[seen.programme], 1) if code in told]
    return Cell("", tuple(chosen) or ("",), f"其他: {'; '.join(symptoms_beyond(seen))}".rstrip())


def _pressure(seen: Seen) -> str:
    return f"{_room(seen.visit.sbp)}/{_room(seen.visit.dbp)}"


def _index(seen: Seen) -> str:
    now, aim = (
        bmi({"height_cm": seen.height_cm, "weight_kg": kg}) for kg in (seen.visit.weight_kg, seen.visit.weight_target_kg)
    )
    return "/".join(_room(value and round(value, 1)) for value in (now, aim))


def _pulse(seen: Seen | None) -> Cell:
    kind, _, side = ((seen and seen.visit.dorsalis_pedis) or "").partition("_")
    names = dict(zip(PULSE_KINDS, ("触及正常", "减弱", "消失"), strict=True))
    return _boxed(kind or None, names, f"({SIDES[side]})" if side else "(双侧/左侧/右侧)" if seen is None else "")


def _exercise(times: str, minutes: str) -> _Of:
    return _filled(
        lambda seen: f"{_room(getattr(seen.visit, times))}次/周 {_room(getattr(seen.visit, minutes))}分钟/次",
        "　　次/周 　　分钟/次",
    )


def _salt(seen: Seen | None) -> Cell:
    grades = "/".join(words.SALT.values())
    if seen is None:
        return Cell(f"{grades} → {grades}")
    now, aim = (words.SALT.get(code or "", "　") for code in (seen.visit.salt, seen.visit.salt_target))
    return Cell(f"{now} → {aim}")


def _hba1c(seen: Seen) -> str:
    v = seen.visit
    on = v.hba1c_on or (v.visit_date if v.hba1c is not None else None)
    return f"糖化血红蛋白 {_room(v.hba1c)}%\n检查日期 {_month_day(on)}"


def _month_day(day: date | None) -> str:
    return "　月　日" if day is None else f"{day.month}月{day.day}日"


def _other_tests(seen: Seen) -> str:
    v = seen.visit
    glucose = (("餐后2小时血糖", v.ppg_2h), ("随机血糖", v.random_glucose))
    return "; ".join(
        [*(f"{name} {figure(value)}" for name, value in glucose if value is not None), v.aux_tests or ""]
    ).strip("; ")


def _reaction(seen: Seen | None) -> Cell:
    return _boxed(seen and seen.visit.adr, REACTIONS, (seen and seen.visit.adr_text) or "")


def _class(seen: Seen | None) -> Cell:
    return _boxed(seen and seen.verdict.klass, CLASS_WORDS)


def _medicine(place: int) -> _Of:
    def text(seen: Seen) -> str:
        listed = medicines_told(seen.visit.medicines)
        return "\n".join(listed[place].split("  ", 1)) if place < len(listed) else ""

    return _filled(text, "\n每日　　次 每次　　")


def _more_medicines(seen: Seen) -> str:
    return "; ".join(medicines_told(seen.visit.medicines)[MEDICINE_LINES:])


def _referred(seen: Seen) -> str:
    return " ".join(part for part in (seen.visit.referral_org, seen.visit.referral_dept) if part)


def _next(seen: Seen) -> str:
    return day_in_words(seen.visit.next_visit_date or seen.verdict.due_on) or _NO_DAY


def _numbered(codes: Iterable[str]) -> str:
    return " ".join(f"{number}{words.SYMPTOMS[code]}" for number, code in enumerate(codes, 1))


_SYMPTOM_HINT = "*"
_HINTS = {programme: _numbered(codes) for programme, codes in FORM_SYMPTOMS.items()}
_BOTH, _HTN, _DM = ("htn", "dm"), ("htn",), ("dm",)
_SIGNS, _LIFE, _TESTS, _DRUGS, _REFERRAL = "体征", "生活方式指导", "辅助检查", "用药情况", "转诊"
_FIELDS: tuple[tuple[str, str, str, tuple[str, ...], _Of], ...] = (
    ("", "随访日期", "", _BOTH, _filled(lambda seen: day_in_words(seen.visit.visit_date), _NO_DAY)),
    ("", "随访方式", "", _BOTH, _code("way", words.WAYS)),
    ("", "症状", _SYMPTOM_HINT, _BOTH, _symptoms),
    (_SIGNS, "血压 (mmHg)", "", _BOTH, _filled(_pressure, "　　/　　")),
    (_SIGNS, "体重 (kg)", "现在/目标", _BOTH, _pair("weight_kg", "weight_target_kg")),
    (_SIGNS, "体质指数 (kg/m²)", "", _BOTH, _filled(_index, "　　/　　")),
    (_SIGNS, "心率 (次/分钟)", "", _HTN, _one("heart_rate")),
    (_SIGNS, "足背动脉搏动", "", _DM, _pulse),
    (_SIGNS, "其他", "", _BOTH, _one("other_signs")),
    (_LIFE, "日吸烟量 (支)", "现在/目标", _BOTH, _pair("smoke_per_day", "smoke_target")),
    (_LIFE, "日饮酒量 (两)", "", _BOTH, _pair("alcohol_liang_per_day", "alcohol_target")),
    (_LIFE, "运动", "", _BOTH, _exercise("exercise_per_week", "exercise_minutes")),
    (_LIFE, "运动目标", "", _BOTH, _exercise("exercise_target_per_week", "exercise_target_minutes")),
    (_LIFE, "摄盐情况 (咸淡)", "", _HTN, _salt),
    (_LIFE, "主食 (克/天)", "", _DM, _pair("staple_food_g", "staple_target_g")),
    (_LIFE, "心理调整", "", _BOTH, _code("psych", words.GRADES)),
    (_LIFE, "遵医行为", "", _BOTH, _code("compliance", words.GRADES)),
    ("", "辅助检查", "", _HTN, _one("aux_tests")),
    (_TESTS, "空腹血糖 (mmol/L)", "", _DM, _one("fpg")),
    (_TESTS, "其他检查", "", _DM, _filled(_hba1c, "糖化血红蛋白 　　%\n检查日期 　月　日")),
    (_TESTS, "另外", "", _DM, _filled(_other_tests)),
    ("", "服药依从性", "", _BOTH, _code("adherence", words.ADHERENCE)),
    ("", "药物不良反应", "", _BOTH, _reaction),
    ("", "低血糖反应", "", _DM, _code("hypoglycemia", words.HYPOGLYCEMIA)),
    ("", "此次随访分类", "", _BOTH, _class),
    *((_DRUGS, f"药物名称{place + 1}", "", _BOTH, _medicine(place)) for place in range(MEDICINE_LINES)),
    (_DRUGS, "其他药物", "", _BOTH, _filled(_more_medicines)),
    (_DRUGS, "胰岛素", "", _DM, _one("insulin")),
    (_REFERRAL, "原因", "", _BOTH, _one("referral_reason")),
    (_REFERRAL, "机构及科别", "", _BOTH, _filled(_referred)),
    ("", "下次随访日期", "", _BOTH, _filled(_next, _NO_DAY)),
    ("", "随访医生签名", "", _BOTH, _one("visit_doctor")),
)
"""(part, label, hint, which forms have it, what a column holds), in the order of the forms."""
