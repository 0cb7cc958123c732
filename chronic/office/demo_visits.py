"""The forms filled in at made-up visits: plausible readings, habits and medicines of one person over time."""

from datetime import date
from random import Random
from typing import Any, NamedTuple

from chronic.model.days import age_on
from chronic.model.person import Person
from chronic.model.visit import Visit
from chronic.office.demo_story import Step, Turn
from chronic.protocol import Protocol
from chronic.rules import hypertension

_HTN_MEDICINES = (
    "硝苯地平缓释片, 2, 10, mg",
    "硝苯地平控释片, 1, 30, mg",
    "氨氯地平片, 1, 5, mg",
    "厄贝沙坦片, 1, 150, mg",
    "缬沙坦胶囊, 1, 80, mg",
    "吲达帕胺片, 1, 2.5, mg",
    "美托洛尔片, 2, 25, mg",
    "依那普利片, 2, 10, mg",
    "氨氯地平片, 1, 5, mg; 厄贝沙坦片, 1, 150, mg",
)
_DM_MEDICINES = (
    "二甲双胍片, 2, 500, mg",
    "二甲双胍片, 3, 500, mg",
    "格列美脲片, 1, 2, mg",
    "阿卡波糖片, 3, 50, mg",
    "二甲双胍片, 2, 500, mg; 格列美脲片, 1, 2, mg",
)
_INSULIN = ("甘精胰岛素 12单位 每晚", "门冬胰岛素30 早14单位 晚10单位")
_HTN_SYMPTOMS = ("headache_dizziness", "blurred_vision_tinnitus", "palpitation_chest_tightness", "numb_limbs", "leg_oedema")
_DM_SYMPTOMS = ("thirst", "polyuria", "blurred_vision", "numb_hands_feet", "hunger", "leg_swelling")
_REACTIONS = ("干咳", "踝部水肿", "面部潮红", "胃肠不适")
_CALLS = ("电话提醒复诊, 答应本周来", "电话提醒复诊, 家属接听", "电话提醒复诊, 近期在外地")
_DANGEROUS = (186, 112)


class Habits(NamedTuple):
    """What hardly changes from visit to visit."""

    height_cm: int
    weight_kg: float
    waist_cm: int
    smokes: int
    drinks: float
    exercise: int
    salt: str
    staple_food_g: int
    htn_medicines: str | None
    dm_medicines: str | None
    insulin: str | None
    exact: bool
    """Their doctor writes values as read; others like even numbers and tens."""


def habits(rng: Random, person: Person, programmes: tuple[str, ...]) -> Habits:
    """Draw a body, a way of life and a prescription."""
    man = person.sex == "M"
    height = round(rng.gauss(166 if man else 155, 6))
    index = min(max(rng.gauss(24.5, 2.8), 18), 33)
    insulin = rng.choice(_INSULIN) if "dm" in programmes and rng.random() < 0.12 else None
    return Habits(
        height_cm=height,
        weight_kg=round(index * (height / 100) ** 2, 1),
        waist_cm=round(height * (0.50 + (index - 24.5) * 0.012)),
        smokes=rng.choice((5, 10, 10, 15, 20)) if person.smoking_status == "current" else 0,
        drinks=rng.choice((0, 0, 1, 1.5)) if man else 0,
        exercise=rng.choice((0, 0, 2, 3, 5, 7)),
        salt=rng.choices(("light", "medium", "heavy"), (25, 55, 20))[0],
        staple_food_g=rng.choice((200, 250, 250, 300, 350)),
        htn_medicines=rng.choice(_HTN_MEDICINES) if "htn" in programmes and rng.random() < 0.92 else None,
        dm_medicines=rng.choice(_DM_MEDICINES) if "dm" in programmes and rng.random() < 0.9 else None,
        insulin=insulin,
        exact=rng.random() < 0.6,
    )


def followup(rng: Random, person: Person, mine: Habits, step: Step, protocol: Protocol) -> Visit:
    """One follow-up as its step says it turned out; without a turn a telephone call."""
    if step.turn is None:
        told: dict[str, Any] = {
            "notes": rng.choice(_CALLS),
            "adherence": rng.choice(("regular", "intermittent")),
            "danger": "no",
        }
        return Visit(0, step.on, "phone", visit_doctor=person.responsible_doctor, **told)
    result = step.turn.result
    given: dict[str, Any] = {
        "next_visit_date": step.next_on,
        "visit_doctor": person.responsible_doctor,
        **_pressure(rng, person, mine, step.on, result.get("htn"), protocol),
        **_body(rng, mine),
        **_life(rng, mine, "dm" in result),
        **_answers(rng, step.turn),
    }
    if "dm" in result:
        given |= _glucose(rng, result["dm"], step.on, protocol)
    elif rng.random() < 0.1:
        given["fpg"] = round(rng.uniform(4.7, 6.3), 1)
    return Visit(0, step.on, rng.choices(("clinic", "home"), (70, 30))[0], **given)


def screening(rng: Random, person: Person, on: date, what: str, protocol: Protocol) -> Visit:
    """A screening reading: ok, high (pressure) or sweet (glucose)."""
    limit, glucose = protocol.screening.htn.at_or_above, protocol.screening.dm.fpg_at_or_above
    high = what == "high"
    sbp = _near(rng, limit.sbp, limit.sbp + 24) if high else _near(rng, 106, limit.sbp - 1)
    dbp = rng.randint(78, 98) if high else rng.randint(64, 84)
    fpg = round(rng.uniform(glucose, glucose + 2), 1) if what == "sweet" else None
    if fpg is None and rng.random() < 0.3:
        fpg = round(rng.uniform(4.5, 6.0), 1)
    return Visit(
        0, on, kind="screening", sbp=sbp, dbp=dbp, heart_rate=rng.randint(60, 88), fpg=fpg, danger="no",
        visit_doctor=person.responsible_doctor,
    )  # fmt: skip


def _pressure(rng: Random, person: Person, mine: Habits, on: date, result: str | None, protocol: Protocol) -> dict[str, Any]:
    """Below the person's limit, at or above it, or dangerous. Outside the programme it is normal as a rule."""
    assert person.birth_date is not None
    limit, danger = hypertension.limit(age_on(person.birth_date, on), protocol), protocol.danger.bp.at_or_above
    if result in ("danger", "crisis"):
        sbp, dbp = _DANGEROUS if result == "danger" else (rng.randint(danger.sbp, 204), rng.randint(96, 118))
        return {"sbp": sbp, "dbp": dbp, "heart_rate": rng.randint(78, 100)}
    if result is None:
        limit = protocol.screening.htn.at_or_above
        result = "high" if rng.random() < 0.03 else "ok"
    high = result == "high"
    by_diastolic = high and rng.random() < 0.2
    if by_diastolic:
        sbp = _near(rng, limit.sbp - 14, limit.sbp - 1, exact=mine.exact)
        dbp = _near(rng, limit.dbp, limit.dbp + 12, toward_low=True, exact=mine.exact)
    else:
        low, top = (limit.sbp, min(limit.sbp + 34, danger.sbp - 2)) if high else (limit.sbp - 34, limit.sbp - 1)
        sbp = _near(rng, low, top, toward_low=high, exact=mine.exact)
        dbp = _near(rng, max(62, sbp - 90), min(danger.dbp - 4 if high else limit.dbp - 1, sbp * 2 // 3), exact=mine.exact)
    readings = ((sbp + 2, dbp + 1), (sbp - 2, dbp - 1)) if rng.random() < 0.04 else ()
    return {"sbp": sbp, "dbp": dbp, "readings": readings, "heart_rate": round(min(max(rng.gauss(74, 8), 54), 102))}


def _near(rng: Random, low: int, high: int, toward_low: bool = False, exact: bool = True) -> int:
    """A value within the range, crowding towards one end, ending the way values are written down."""
    share: float = rng.random() ** 1.8
    value = round(low + share * (high - low) if toward_low else high - share * (high - low))
    step = rng.choice([1, 2, 2] if exact else [2, 10, 10])
    written = value // step * step
    return written if low <= written <= high else value


def _glucose(rng: Random, result: str, on: date, protocol: Protocol) -> dict[str, Any]:
    below, danger = protocol.dm.target.fpg_below, protocol.danger.glucose
    given: dict[str, Any] = {"hypoglycemia": "none"}
    if result == "missing":
        return given | {"random_glucose": round(rng.uniform(7.5, 12), 1)}
    if result == "low":
        return given | {"fpg": 3.6, "hypoglycemia": "occasional"}
    high = result == "high"
    fpg = round(
        min(below + rng.expovariate(0.55), danger.at_or_above - 1) if high else rng.triangular(4.6, below - 0.1, 6.4), 1
    )
    given["fpg"] = fpg
    if rng.random() < 0.15:
        given["ppg_2h"] = round(min(fpg + rng.uniform(1.5, 4), danger.at_or_above - 0.3), 1)
    if rng.random() < 0.15:
        given |= {"hba1c": round(min(3.6 + fpg * 0.48 + rng.gauss(0, 0.3), 12.5), 1), "hba1c_on": on}
    if not high and rng.random() < 0.05:
        given["hypoglycemia"] = "occasional"
    return given


def _body(rng: Random, mine: Habits) -> dict[str, Any]:
    """Weight at every visit; height, waist and laboratory values now and then."""
    given: dict[str, Any] = {"weight_kg": round(mine.weight_kg + rng.gauss(0, 0.8), 1)}
    if rng.random() < 0.4:
        given |= {"height_cm": mine.height_cm, "waist_cm": mine.waist_cm}
    if rng.random() < 0.1:
        ldl, hdl, tg = rng.uniform(1.8, 4.2), rng.uniform(0.9, 1.9), rng.uniform(0.7, 3.2)
        given |= {
            "ldl_c": round(ldl, 2),
            "hdl_c": round(hdl, 2),
            "tg": round(tg, 2),
            "tc": round(ldl + hdl + tg / 2.2 + 0.1, 2),
        }
        given["creatinine"] = round(rng.uniform(48, 112), 1)
    return given


def _life(rng: Random, mine: Habits, diabetes: bool) -> dict[str, Any]:
    """The part of the form about living and medicines: now, and what was agreed."""
    given: dict[str, Any] = {
        "smoke_per_day": mine.smokes, "smoke_target": mine.smokes // 2,
        "alcohol_liang_per_day": mine.drinks, "alcohol_target": mine.drinks / 2,
        "exercise_per_week": mine.exercise, "exercise_minutes": 30 if mine.exercise else 0,
        "exercise_target_per_week": max(mine.exercise, 3), "exercise_target_minutes": 30,
        "psych": rng.choices(("good", "fair", "poor"), (80, 18, 2))[0],
        "medicines": "; ".join(filter(None, (mine.htn_medicines, mine.dm_medicines))) or None,
        "insulin": mine.insulin,
        "compliance": rng.choices(("good", "fair", "poor"), (70, 25, 5))[0],
    }  # fmt: skip
    if diabetes:
        pulse = "normal" if rng.random() < 0.96 else "weak_both"
        given |= {"staple_food_g": mine.staple_food_g, "staple_target_g": 250, "dorsalis_pedis": pulse}
    else:
        given |= {"salt": mine.salt, "salt_target": "light"}
    return given


def _answers(rng: Random, turn: Turn) -> dict[str, Any]:
    """Symptoms, how the medicines are taken, and the complaint if there was one."""
    known = (
        (*_HTN_SYMPTOMS, *_DM_SYMPTOMS) if len(turn.result) > 1 else _DM_SYMPTOMS if "dm" in turn.result else _HTN_SYMPTOMS
    )
    regular = 82 if turn.controlled else 55
    given = {
        "symptoms": "none" if rng.random() < (0.85 if turn.controlled else 0.6) else rng.choice(known),
        "danger": "no" if rng.random() < 0.95 else None,
        "adherence": rng.choices(("regular", "intermittent", "none"), (regular, 97 - regular, 3))[0],
        "adr": "yes" if turn.complaint == "adverse_reaction" else "no",
        "complication": "new" if turn.complaint == "complication" else "none",
    }
    if turn.complaint == "adverse_reaction":
        given["adr_text"] = rng.choice(_REACTIONS)
    return given
