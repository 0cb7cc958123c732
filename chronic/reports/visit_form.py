"""One follow-up as the official record forms have it: 高血压患者随访服务记录表 and 2型糖尿病患者随访服务记录表.

The order of the fields, their codes and their words are the form's own (rule book §1.4, the form of 2017), in Chinese
whatever the language of the screen. What was not measured or asked stays blank. Class and next date are what the rules
said of the visit; where the doctor wrote a date, that one.
"""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from chronic.model import fields as words
from chronic.model.person import Person
from chronic.model.plan import Verdict
from chronic.model.visit import METER_HIGH, METER_LOW, Visit
from chronic.rules.checkup import bmi
from chronic.store import people, plans, visits

TITLES = {"htn": "高血压患者随访服务记录表", "dm": "2型糖尿病患者随访服务记录表"}
FORM_SYMPTOMS = {
    "htn": ("none", "headache_dizziness", "nausea_vomiting", "blurred_vision_tinnitus", "breathlessness",
            "palpitation_chest_tightness", "nosebleed", "numb_limbs", "leg_oedema"),
    "dm": ("none", "thirst", "hunger", "polyuria", "blurred_vision", "infection", "numb_hands_feet", "leg_swelling",
           "weight_loss"),
}  # fmt: skip
"""In the order of their numbers on each form."""
CLASS_WORDS = {
    "controlled": "控制满意",
    "uncontrolled": "控制不满意",
    "adverse_reaction": "不良反应",
    "complication": "并发症",
}
REACTIONS = {"no": "无", "yes": "有"}
PULSE_KINDS = ("normal", "weak", "absent")
SIDES = {"both": "双侧", "left": "左侧", "right": "右侧"}
_METERS = {METER_HIGH: "HI", METER_LOW: "LO"}
MEDICINE_LINES = 3
_HEIGHT = """
SELECT height_cm FROM live_contact WHERE person = ? AND visit_date <= ? AND height_cm IS NOT NULL
ORDER BY visit_date DESC, uid DESC LIMIT 1"""
_LATEST = "SELECT id FROM live_visit WHERE person = ? AND visit_date <= ? ORDER BY visit_date DESC LIMIT 1"


class Line(NamedTuple):
    """One field of the form. `part` is the heading it stands under, empty for one of its own."""

    part: str
    label: str
    text: str


class Form(NamedTuple):
    """One sheet. `name` and `number` are its head."""

    title: str
    name: str
    number: str
    lines: tuple[Line, ...]


class Seen(NamedTuple):
    """What a form is filled in from. `elsewhere`: symptoms that another form of the same visit has a box for."""

    visit: Visit
    verdict: Verdict
    height_cm: float | None
    programme: str
    elsewhere: frozenset[str]


def latest(db: sqlite3.Connection, person: int, day: date) -> int | None:
    """The number of the last follow-up up to this day."""
    row = db.execute(_LATEST, (person, day.isoformat())).fetchone()
    return row and int(row[0])


def forms(db: sqlite3.Connection, visit: int) -> list[Form]:
    """The form of each programme this follow-up belongs to; none where it belongs to neither."""
    made = []
    for seen in seen_at(db, visit):
        who = people.get(db, seen.visit.person)
        made.append(Form(TITLES[seen.programme], who.name, form_number(who), tuple(_lines(seen))))
    return made


def seen_at(db: sqlite3.Connection, id_: int) -> list[Seen]:
    """What this follow-up says for the form of each programme it belongs to."""
    found = visits.by_id(db, id_)
    if found is None:
        return []
    visit = found[0]
    row = db.execute(_HEIGHT, (visit.person, visit.visit_date.isoformat())).fetchone()
    judged = {v.programme: v for v in plans.latest_verdicts(db, [id_]) if v.programme in TITLES}
    made = []
    for programme in (name for name in TITLES if name in judged):
        elsewhere = frozenset(code for other in judged if other != programme for code in FORM_SYMPTOMS[other])
        made.append(Seen(visit, judged[programme], row and row[0], programme, elsewhere))
    return made


def form_number(who: Person) -> str:
    """编号: the last eight digits of the archive number, three for the village and five for the person."""
    tail = (who.archive_no or "")[-8:]
    return f"{tail[:3]}-{tail[3:]}" if tail else ""


def _lines(seen: Seen) -> Iterable[Line]:
    for part, label, programmes, text in _FIELDS:
        if seen.programme in programmes:
            yield Line(part, label, text(seen))


# how a field is written ----------------------------------------------------------------------------------

_Text = Callable[[Seen], str]


def boxes(names: Iterable[str], chosen: Iterable[int]) -> str:
    """1 门诊  2 家庭  3 电话  [1]: every code with its word, and the box with what was chosen."""
    listed = "  ".join(f"{number} {name}" for number, name in enumerate(names, 1))
    return f"{listed}  [{'/'.join(map(str, chosen)) or ' '}]"


def _code(column: str, codes: dict[str, str]) -> _Text:
    return lambda seen: _boxed(getattr(seen.visit, column), codes)


def _boxed(value: str | None, codes: dict[str, str]) -> str:
    return boxes(codes.values(), [list(codes).index(value) + 1] if value in codes else [])


def figure(value: object) -> str:
    if value is None:
        return "    "
    return _METERS.get(value) or f"{value:g}" if isinstance(value, float) else str(value)


def _pair(column: str, target: str, unit: str) -> _Text:
    """What is, and what is aimed at until the next visit."""
    return lambda seen: f"{figure(getattr(seen.visit, column))} / {figure(getattr(seen.visit, target))} {unit}"


def _plain(column: str, unit: str = "") -> _Text:
    return lambda seen: f"{figure(getattr(seen.visit, column))} {unit}".strip()


def day_in_words(value: date | None) -> str:
    return "" if value is None else f"{value.year}年{value.month}月{value.day}日"


def _symptoms(seen: Seen) -> str:
    codes, told = FORM_SYMPTOMS[seen.programme], (seen.visit.symptoms or "").split(";")
    chosen = [number for number, code in enumerate(codes, 1) if code in told]
    return f"{boxes([words.SYMPTOMS[code] for code in codes], chosen)}  其他: {'; '.join(symptoms_beyond(seen))}"


def symptoms_beyond(seen: Seen) -> list[str]:
    """What this form has no box for, and no other form of the same visit."""
    known = {*FORM_SYMPTOMS[seen.programme], *seen.elsewhere}
    told = (seen.visit.symptoms or "").split(";")
    others = [words.SYMPTOMS[code] for code in told if code in words.SYMPTOMS and code not in known]
    return others + ([seen.visit.symptoms_other] if seen.visit.symptoms_other else [])


def _index(seen: Seen) -> str:
    now, aim = (
        bmi({"height_cm": seen.height_cm, "weight_kg": kg}) for kg in (seen.visit.weight_kg, seen.visit.weight_target_kg)
    )
    return " / ".join("    " if value is None else f"{value:.1f}" for value in (now, aim)) + " kg/m²"


def _pressure(seen: Seen) -> str:
    return f"{figure(seen.visit.sbp)}/{figure(seen.visit.dbp)} mmHg"


def _pulse(seen: Seen) -> str:
    kind, _, side = (seen.visit.dorsalis_pedis or "").partition("_")
    where = f" ({SIDES[side]})" if side else ""
    return boxes(("触及正常", "减弱", "消失"), [PULSE_KINDS.index(kind) + 1] if kind else []) + where


def _exercise(seen: Seen) -> str:
    v = seen.visit
    now = f"{figure(v.exercise_per_week)} 次/周 {figure(v.exercise_minutes)} 分钟/次"
    aim = f"{figure(v.exercise_target_per_week)} 次/周 {figure(v.exercise_target_minutes)} 分钟/次"
    return f"{now}; 目标 {aim}"


def _salt(seen: Seen) -> str:
    def marked(value: str | None) -> str:
        return " ".join(f"({name})" if code == value else name for code, name in words.SALT.items())

    return f"{marked(seen.visit.salt)} / {marked(seen.visit.salt_target)}"


def _other_tests(seen: Seen) -> str:
    visit = seen.visit
    on = visit.hba1c_on or (visit.visit_date if visit.hba1c is not None else None)
    glucose = (("餐后2小时血糖", visit.ppg_2h), ("随机血糖", visit.random_glucose))
    others = [f"{name} {figure(value)} mmol/L" for name, value in glucose if value is not None]
    others += [visit.aux_tests] if visit.aux_tests else []
    return f"糖化血红蛋白 {figure(visit.hba1c)} %  检查日期: {day_in_words(on)}  其他: {'; '.join(others)}"


def _reaction(seen: Seen) -> str:
    return f"{_boxed(seen.visit.adr, REACTIONS)}  {seen.visit.adr_text or ''}".rstrip()


def _class(seen: Seen) -> str:
    return _boxed(seen.verdict.klass, CLASS_WORDS)


def _medicine(place: int) -> _Text:
    def text(seen: Seen) -> str:
        listed = medicines_told(seen.visit.medicines)
        return listed[place] if place < len(listed) else ""

    return text


def _more_medicines(seen: Seen) -> str:
    return "; ".join(medicines_told(seen.visit.medicines)[MEDICINE_LINES:])


def medicines_told(text: str | None) -> list[str]:
    """氨氯地平片  每日 1 次  每次 5 mg"""
    found = []
    for medicine in (text or "").split(";"):
        name, *usage = (part.strip() for part in medicine.split(","))
        times, each, unit = [*usage, "", "", ""][:3]
        how = [f"每日 {times} 次"] if times else []
        how += [f"每次 {each} {unit}".strip()] if each else []
        if name:
            found.append("  ".join([name, *how]))
    return found


def _next(seen: Seen) -> str:
    return day_in_words(seen.visit.next_visit_date or seen.verdict.due_on)


def _referred(seen: Seen) -> str:
    return " ".join(part for part in (seen.visit.referral_org, seen.visit.referral_dept) if part)


_BOTH, _HTN, _DM = ("htn", "dm"), ("htn",), ("dm",)
_SIGNS, _LIFE, _TESTS, _DRUGS, _REFERRAL = "体征", "生活方式指导", "辅助检查", "用药情况", "转诊"
_FIELDS: tuple[tuple[str, str, tuple[str, ...], _Text], ...] = (
    ("", "随访日期", _BOTH, lambda seen: day_in_words(seen.visit.visit_date)),
    ("", "随访方式", _BOTH, _code("way", words.WAYS)),
    ("", "症状", _BOTH, _symptoms),
    (_SIGNS, "血压", _BOTH, _pressure),
    (_SIGNS, "体重", _BOTH, _pair("weight_kg", "weight_target_kg", "kg")),
    (_SIGNS, "体质指数", _BOTH, _index),
    (_SIGNS, "心率", _HTN, _plain("heart_rate", "次/分钟")),
    (_SIGNS, "足背动脉搏动", _DM, _pulse),
    (_SIGNS, "其他", _BOTH, _plain("other_signs")),
    (_LIFE, "日吸烟量", _BOTH, _pair("smoke_per_day", "smoke_target", "支")),
    (_LIFE, "日饮酒量", _BOTH, _pair("alcohol_liang_per_day", "alcohol_target", "两")),
    (_LIFE, "运动", _BOTH, _exercise),
    (_LIFE, "摄盐情况 (咸淡)", _HTN, _salt),
    (_LIFE, "主食", _DM, _pair("staple_food_g", "staple_target_g", "克/天")),
    (_LIFE, "心理调整", _BOTH, _code("psych", words.GRADES)),
    (_LIFE, "遵医行为", _BOTH, _code("compliance", words.GRADES)),
    ("", "辅助检查", _HTN, _plain("aux_tests")),
    (_TESTS, "空腹血糖值", _DM, _plain("fpg", "mmol/L")),
    (_TESTS, "其他检查", _DM, _other_tests),
    ("", "服药依从性", _BOTH, _code("adherence", words.ADHERENCE)),
    ("", "药物不良反应", _BOTH, _reaction),
    ("", "低血糖反应", _DM, _code("hypoglycemia", words.HYPOGLYCEMIA)),
    ("", "此次随访分类", _BOTH, _class),
    *((_DRUGS, f"药物{place + 1}", _BOTH, _medicine(place)) for place in range(MEDICINE_LINES)),
    (_DRUGS, "其他药物", _BOTH, _more_medicines),
    (_DRUGS, "胰岛素", _DM, _plain("insulin")),
    (_REFERRAL, "原因", _BOTH, _plain("referral_reason")),
    (_REFERRAL, "机构及科别", _BOTH, _referred),
    ("", "下次随访日期", _BOTH, _next),
    ("", "随访医生签名", _BOTH, _plain("visit_doctor")),
)
"""(part, label, which forms have it, how it is written), in the order of the forms."""
