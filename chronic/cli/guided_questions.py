"""The questions of a sitting, as data: in which order, when, and what Enter means.

The order is how a sitting goes: measure, ask, then how they live and what they take. Another order is another
order of these rows. What the fields are, and what they may hold, says the data dictionary.
"""

from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.fields import BY_COLUMN, SYMPTOMS, Field

KEEP, PLANNED = "last", "planned"
"""What Enter takes: the last value, or the computed date, which needs no answer."""


class Question(NamedTuple):
    """One thing to ask. Facts are names of what is known (`dm`, `pressure`), a column that has an answer, or
    `column=answer`."""

    field: Field
    needs: tuple[str, ...] = ()
    """Asked only when all of these hold …"""
    unless: tuple[str, ...] = ()
    """… and none of these."""
    enter: str = ""
    """What Enter takes: KEEP, PLANNED, a word of the dictionary, or nothing: then it leaves the field out."""
    must: str = ""
    """A fact under which Enter is no answer; `-` still leaves the field out."""
    strict: bool = False
    """It must be answered."""
    group: str = ""
    """Questions of one group are kept by one Enter."""
    unit: str = ""
    shown: bool = True
    """The last value stands beside the question."""
    explain: str = ""


def _ask(column: str, *needs: str, **more: object) -> Question:
    return Question(BY_COLUMN[column], needs, **more)  # type: ignore[arg-type]


PAIR = Field("bp", "血压", "pair", N_("Blood pressure"))
SAVE = Field("save", "保存", "save", N_("Save"))
_PHONE = ("way=phone",)

_BP = Question(
    PAIR, unless=("no_pressure",), must="pressure", unit="mmHg",
    explain=N_("Systolic/diastolic, as in 148/92. Several readings of one sitting: 148/92 144/90; their mean counts."),
)  # fmt: skip
_FPG = _ask("fpg", unless=("no_sugar",), must="sugar", unit="mmol/L", explain=N_("HI or LO if the meter shows that."))
_DANGER = _ask("danger", strict=True, shown=False)
_PREGNANT = _ask("pregnant", "fertile")
_NOTES = _ask("notes", shown=False)
_SAVE = Question(SAVE, enter="yes", strict=True, shown=False)

_OUTCOME = (
    _ask("outcome", "referral"),
    _ask("outcome_on", "outcome", enter=KEEP),
    _ask("confirmed", "outcome", "suspected", unless=("outcome=not_arrived",), shown=False),
    Question(Field("institution", "就诊机构", label=N_("Seen at")), ("outcome",), ("outcome=not_arrived",)),
    Question(Field("diagnosis", "医院诊断", label=N_("What the hospital wrote")), ("outcome",), ("outcome=not_arrived",)),
    Question(Field("advice", "医院意见", label=N_("The hospital's plan")), ("outcome",), ("outcome=not_arrived",)),
)
_MEASURES = (
    _BP,
    _ask("heart_rate", unit=N_("/min")),
    _FPG,
    _ask("ppg_2h", "dm", unless=("fpg",), unit="mmol/L"),
    _ask("random_glucose", "dm", unless=("fpg", "ppg_2h"), unit="mmol/L"),
    _ask("tc", "lipid", unless=_PHONE, unit="mmol/L"),
    _ask("tg", "lipid", unless=_PHONE, unit="mmol/L"),
    _ask("ldl_c", "lipid", unless=_PHONE, unit="mmol/L"),
    _ask("hdl_c", "lipid", unless=_PHONE, unit="mmol/L"),
    _ask("weight_kg", unless=_PHONE, unit="kg"),
    _ask("height_cm", unless=("height", *_PHONE), unit="cm"),
)
_ASKED = (
    _ask("symptoms"),
    _ask("symptoms_other", "symptoms", unless=("symptoms=none",)),
    _PREGNANT,
    _DANGER,
    _ask("adherence"),
    _ask("adr"),
    _ask("adr_text", "adr=yes"),
    _ask("hypoglycemia", "dm"),
    _ask("complication"),
)
_LIVES = (
    _ask("height_cm", "height", unless=_PHONE, enter=KEEP, group="same", unit="cm"),
    _ask("smoke_per_day", enter=KEEP, group="same"),
    _ask("alcohol_liang_per_day", enter=KEEP, group="same", unit=N_("liang")),
    _ask("exercise_per_week", enter=KEEP, group="same"),
    _ask("exercise_minutes", enter=KEEP, group="same"),
    _ask("salt", enter=KEEP, group="same"),
    _ask("staple_food_g", "dm", enter=KEEP, group="same", unit="g"),
    _ask("psych"),
    _ask("compliance"),
    _ask("dorsalis_pedis", "dm", unless=_PHONE),
)
_PLANS = (
    _ask("medicines", enter=KEEP, group="medicines", explain=N_("As in: amlodipine, 1, 5, mg; metformin, 2, 0.5, g")),
    _ask("insulin", "dm", enter=KEEP, group="medicines"),
    _ask("referral_org", "refer"),
    _ask("referral_dept", "refer"),
    _ask("referral_reason", "refer", shown=False),
    _ask(
        "next_visit_date",
        enter=PLANNED,
        shown=False,
        explain=N_("A day, or a span such as 2w or 14d. A later day than the computed one is kept but moves nothing."),
    ),
    _NOTES,
)
VISIT = (*_OUTCOME, _ask("way", enter="clinic", shown=False), *_MEASURES, *_ASKED, *_LIVES, *_PLANS, _SAVE)
SCREEN = (
    _BP,
    _ask("bp_drugs", "sbp", unless=("no_pressure",), shown=False),
    _FPG,
    _ask("random_glucose", unless=("fpg", "no_sugar"), unit="mmol/L"),
    _ask("glucose_sample", "glucose", shown=False),
    _ask("symptoms", "glucose", unless=("no_sugar",), shown=False),
    _ask("weight_kg", unit="kg"),
    _ask("height_cm", unless=("height",), unit="cm"),
    _ask("waist_cm", unit="cm"),
    _PREGNANT,
    _DANGER,
    _NOTES,
    _SAVE,
)

PERSON = (
    _ask("name", strict=True),
    _ask("id_number", explain=N_("18 characters; birth date and sex come from it.")),
    _ask("sex", unless=("id_number",)),
    _ask("birth_date", unless=("id_number",)),
    _ask("village", enter=KEEP),
    _ask("hamlet"),
    _ask("phone"),
    _ask("programmes", explain=N_("What the person is managed for; several numbers with a space between.")),
    _SAVE,
)
LEVELS = {"village": "村", "township": "乡镇", "county": "县"}
INIT = (
    Question(Field("name", "机构名称", label=N_("The clinic's name")), enter=KEEP),
    Question(Field("area", "行政区划代码(12位)", "digits", N_("12-digit area code"))),
    Question(Field("doctor", "记录医生", label=N_("Who writes in it"))),
    Question(Field("level", "级别", "code", N_("Whose registry it is"), codes=LEVELS), enter="village"),
)

_HTN_FORM = list(SYMPTOMS)[:9]
_DM_FORM = ["none", *list(SYMPTOMS)[9:]]
FORMS = {"htn": _HTN_FORM, "dm": _DM_FORM}
"""The symptoms as each form numbers them."""
