"""A contact with a person: the follow-up forms' fields, and the short form the rules look at."""

from datetime import date
from math import inf
from typing import NamedTuple

FACE_TO_FACE = ("clinic", "home")
METER_HIGH, METER_LOW = inf, -inf
"""A glucose meter's HI and LO: beyond its range, so above and below every threshold. Stored as a flag, not a number."""


class Visit(NamedTuple):
    """One sitting, every field of the hypertension and diabetes follow-up forms. None: not done, not asked.

    mmHg, /min, kg, cm, mmol/L, μmol/L, mg/g, %, 两 of white spirit a day, g a day. Coded fields hold
    the words of the data dictionary (`model.fields`). `person` is the registry id.
    """

    person: int
    visit_date: date
    way: str = "clinic"
    kind: str = "followup"
    uid: str = ""
    sbp: int | None = None
    dbp: int | None = None
    arm: str | None = None
    device: str | None = None
    heart_rate: int | None = None
    weight_kg: float | None = None
    weight_target_kg: float | None = None
    height_cm: float | None = None
    waist_cm: float | None = None
    fpg: float | None = None
    ppg_2h: float | None = None
    random_glucose: float | None = None
    ogtt_2h: float | None = None
    glucose_sample: str | None = None
    hba1c: float | None = None
    hba1c_on: date | None = None
    tc: float | None = None
    tg: float | None = None
    ldl_c: float | None = None
    hdl_c: float | None = None
    creatinine: float | None = None
    uacr: float | None = None
    symptoms: str | None = None
    symptoms_other: str | None = None
    other_signs: str | None = None
    aux_tests: str | None = None
    danger: str | None = None
    pregnant: str | None = None
    bp_drugs: str | None = None
    secondary: str | None = None
    adherence: str | None = None
    adr: str | None = None
    adr_text: str | None = None
    hypoglycemia: str | None = None
    complication: str | None = None
    smoke_per_day: int | None = None
    smoke_target: int | None = None
    alcohol_liang_per_day: float | None = None
    alcohol_target: float | None = None
    exercise_per_week: int | None = None
    exercise_minutes: int | None = None
    exercise_target_per_week: int | None = None
    exercise_target_minutes: int | None = None
    salt: str | None = None
    salt_target: str | None = None
    staple_food_g: int | None = None
    staple_target_g: int | None = None
    psych: str | None = None
    compliance: str | None = None
    dorsalis_pedis: str | None = None
    medicines: str | None = None
    insulin: str | None = None
    referral_org: str | None = None
    referral_dept: str | None = None
    referral_reason: str | None = None
    next_visit_date: date | None = None
    visit_doctor: str | None = None
    notes: str | None = None
    readings: tuple[tuple[int, int], ...] = ()
    entered: tuple[tuple[str, str], ...] = ()
    """(column, text) of what was typed in another unit, as it was typed."""
    warnings: tuple[str, ...] = ()


class Contact(NamedTuple):
    """What the rules see of one sitting. `id` is the visit's registry id; HI is inf, LO is -inf."""

    on: date
    uid: str
    id: int = 0
    kind: str = "followup"
    way: str = "clinic"
    sbp: int | None = None
    dbp: int | None = None
    heart_rate: int | None = None
    fpg: float | None = None
    ppg_2h: float | None = None
    random_glucose: float | None = None
    danger: str | None = None
    pregnant: str | None = None
    adr: str | None = None
    complication: str | None = None
    hypoglycemia: str | None = None
    hba1c: float | None = None
    tc: float | None = None
    tg: float | None = None
    ldl_c: float | None = None
    hdl_c: float | None = None
    smoke_per_day: int | None = None
    ogtt_2h: float | None = None
    glucose_sample: str | None = None
    symptoms: str | None = None
    bp_drugs: str | None = None
    secondary: str | None = None
    hba1c_on: date | None = None
    next_visit_date: date | None = None

    @property
    def assessable(self) -> bool:
        """A face-to-face follow-up: only these can have a class."""
        return self.kind == "followup" and self.way != "phone"
