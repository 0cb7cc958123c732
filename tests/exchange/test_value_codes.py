"""What other systems write into their cells: every collected encoding has its meaning or is refused."""

import csv
from datetime import date

import pytest

from chronic.errors import ValueRefused
from chronic.exchange import codes
from chronic.exchange.cells import read
from chronic.exchange.headers import FIELDS
from chronic.exchange.reading import InUnit
from chronic.model.checkup_fields import by_column
from chronic.model.visit import METER_HIGH, METER_LOW
from tests.real.clinic import folder

TODAY = date(2026, 11, 21)
COLUMNS = {
    "visit_way": ["way"], "psych/compliance": ["psych", "compliance"], "symptoms_htn": ["symptoms"],
    "yes_no": ["danger", "adr", "ascvd"], "date": ["visit_date"], "bp_cell": ["bp"], "lab_cell": ["tg"],
    "free_number": ["exercise_per_week", "exercise_minutes"],
}  # fmt: skip
"""Fields of the collected list that the data dictionary has under other names, or that stand for several."""
NOT_HERE = {
    "classification", "lose_weight", "alcohol_freq", "exercise_freq", "symptoms_exam", "management_status",
    "termination_reason", "reminder_class", "followup_cycle", "glucose_unit", "glucose_sample", "diabetes_type",
    "diabetes_selfreport",
}  # fmt: skip
"""What the sheets of people and of visits do not have, or have without codes."""
AFFIRMED = {
    ("sex", "男"): "M", ("sex", "女"): "F", ("sex", "男性"): "M", ("sex", "女性"): "F", ("sex", "Male"): "M",
    ("sex", "Female"): "F", ("sex", "male"): "M", ("sex", "female"): "F", ("sex", "Unknown"): "unknown",
    ("way", "门诊"): "clinic", ("way", "家庭"): "home", ("way", "电话"): "phone",
    ("psych", "JG01"): "good", ("psych", "JG02"): "fair", ("psych", "JG03"): "poor",
    ("compliance", "JG01"): "good", ("compliance", "JG02"): "fair", ("compliance", "JG03"): "poor",
    ("salt", "轻"): "light", ("salt", "中"): "medium", ("salt", "重"): "heavy",
    ("dorsalis_pedis", "触及正常"): "normal",
    ("smoking_status", "Every day"): "current", ("smoking_status", "Some days"): "current",
    ("smoking_status", "Never smoker"): "never", ("smoking_status", "Former smoker"): "former",
    ("smoking_status", "Current every day smoker"): "current",
    **{("adr", text): word for text, word in (("T", "yes"), ("F", "no"), ("y", "yes"), ("n", "no"), ("有", "yes"),
                                             ("无", "no"))},
    **{(column, text): word for column in ("danger", "adr", "ascvd") for text, word in (
        ("是", "yes"), ("否", "no"), ("y", "yes"), ("n", "no"), ("yes", "yes"), ("no", "no"), ("Yes", "yes"),
        ("No", "no"), ("True", "yes"), ("true", "yes"), ("T", "yes"), ("F", "no"))},
    ("visit_date", "1977-11-25"): date(1977, 11, 25), ("visit_date", "1977.11.25"): date(1977, 11, 25),
    ("visit_date", "1977/11/25"): date(1977, 11, 25), ("visit_date", "19771125"): date(1977, 11, 25),
    ("visit_date", "2018-2-10"): date(2018, 2, 10), ("visit_date", "2025/08/05 09:04:06"): date(2025, 8, 5),
    ("visit_date", "1970年12月28日"): date(1970, 12, 28), ("visit_date", "[2025, 2, 10]"): date(2025, 2, 10),
    ("bp", "120/80"): (120, 80), ("bp", "135/85"): (135, 85), ("bp", "0/0"): (0, 0), ("bp", "145/974"): (145, 974),
    ("bp", "180/100164"): (180, 100164), ("tg", "4.15+"): 4.15, ("tg", "16.04++"): 16.04, ("tg", "-1.22"): -1.22,
    ("exercise_per_week", "2次/周"): 2, ("exercise_per_week", "0"): 0, ("exercise_minutes", "20分钟/次"): 20,
    ("exercise_minutes", "0"): 0,
}  # fmt: skip
"""The meanings; what is impossible as a number (0/0) is refused by the limits that the keyboard has too."""
SAID_NOTHING = {("bp", "未查"), ("bp", "弃查"), *((column, "unknown") for column in ("danger", "adr", "ascvd"))}


def test_every_collected_encoding_is_read_as_its_meaning_or_refused() -> None:
    with (folder("import", "value_codes.csv") / "value_codes.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found, wanted = {}, {}
    for row in rows:
        if row["field"] in NOT_HERE:
            continue
        for column in COLUMNS.get(row["field"], [row["field"]]):
            key = (column, row["raw_value"])
            reading = read(FIELDS[column], row["raw_value"], TODAY)
            found[key] = "refused" if reading.refusal else "nothing" if reading.value is None else reading.value
            wanted[key] = AFFIRMED.get(key, "nothing" if key in SAID_NOTHING else "refused")
    assert len(rows) == 224
    assert {key: value for key, value in found.items() if value != wanted[key]} == {}
    assert found.keys() >= AFFIRMED.keys() - {("exercise_minutes", "0")}


@pytest.mark.parametrize("column", [column for column, field in FIELDS.items() if field.codes])
@pytest.mark.parametrize("text", ["0", "1", "2", "3", "9", "01", "1.0"])
def test_a_bare_number_is_never_a_word(column: str, text: str) -> None:
    found = read(FIELDS[column], text, TODAY)
    assert (found.value, found.refusal and found.refusal.code) == (None, "value.code_number")


@pytest.mark.parametrize("told", codes.sets().values(), ids=codes.sets())
def test_a_set_says_words_of_the_dictionary_only(told: codes.CodeSet) -> None:
    known = {**by_column(), **FIELDS}
    for column, meanings in told.fields.items():
        assert {word for word in meanings.values() if word} <= set(known[column].codes or ())
        for code, word in meanings.items():
            found = read(known[column], code, TODAY, codes=told)
            assert found.value == (word or None)
            assert (found.refusal and found.refusal.code) == (None if word else "value.code_side")


VENDORS = {
    "rw-bsoft": ("bsoft", "bsoft-htn", "bsoft-dm"), "AppToJw": ("apptojw",), "comvee": ("comvee",), "zkhw": ("zkhw",),
    "GW shxgxy": ("gw",), "javaStudy": ("javastudy",), "bp_ghana": ("ghana",), "NHANES": ("nhanes",),
}  # fmt: skip
"""How the collected list calls the sources of sets."""
MEANT = {
    "男": "M", "女": "F", "Male": "M", "Female": "F", "未知的性别": "unknown", "未说明的性别": "unknown", "门诊": "clinic",
    "门诊就诊": "clinic", "家庭": "home", "上门随访": "home", "电话": "phone", "电话随访": "phone", "无": "no", "有": "yes",
    "触及": "normal", "现在每天吸": "current", "现在吸，但不是每天吸": "current", "过去吸，现在不吸": "former",
    "从不吸": "never",
    "无症状": "none", "头痛头晕": "headache_dizziness", "恶心呕吐": "nausea_vomiting", "眼花耳鸣": "blurred_vision_tinnitus",
    "呼吸困难": "breathlessness", "心悸胸闷": "palpitation_chest_tightness", "鼻衄出血不止": "nosebleed",
    "四肢发麻": "numb_limbs", "下肢水肿": "leg_oedema", "头痛": "headache", "头晕": "dizziness", "心悸": "palpitation",
    "胸闷": "chest_tightness",
}  # fmt: skip
"""What a code of theirs means here; any other meaning is refused."""
IN_CHECKUPS = {"symptoms_exam": ["checkup_symptoms"]}


def test_each_systems_codes_mean_what_the_collected_list_says_once_its_set_is_declared() -> None:
    with (folder("import", "value_codes.csv") / "value_codes.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["raw_value"].isdecimal()]
    wrong, declared = [], set()
    for row in rows:
        columns = IN_CHECKUPS.get(row["field"]) or COLUMNS.get(row["field"], [row["field"]])
        names = {name for source, names in VENDORS.items() if source in row["source"] for name in names}
        for column, name in ((c, n) for c in columns for n in sorted(names) if c in codes.sets()[n].fields):
            if row["source"].startswith("rw-bsoft DM") != (name == "bsoft-dm") and column == "adr":
                continue
            found = read({**by_column(), **FIELDS}[column], row["raw_value"], TODAY, codes=codes.sets()[name])
            declared.add((name, column))
            if found.value != MEANT.get(row["meaning"]) and not (row["meaning"] == "其他" and found.value == "other"):
                wrong.append((name, column, row, found))
    assert wrong == []
    own = {(name, column) for name, told in codes.sets().items() if told.vendor for column in told.fields}
    assert own - declared <= {(name, "adherence") for name in ("bsoft", "bsoft-htn", "bsoft-dm")} | {("apptojw", "adr")}


def test_words_of_other_systems_are_words_of_the_dictionary() -> None:
    for field in FIELDS.values():
        if field.codes:
            assert set(codes.words_of(field).values()) <= {*field.codes, ""}
            assert not set(codes.words_of(field)) & {word.casefold() for word in (*field.codes, *field.codes.values())}


def test_the_same_code_is_another_symptom_on_another_form() -> None:
    said = {name: read(FIELDS["symptoms"], "2,9", TODAY, codes=codes.code_set(name)) for name in codes.sets()}
    assert said["form2017-htn"].value == "headache_dizziness;leg_oedema"
    assert said["form2017-dm"].value == "thirst;weight_loss"
    assert {name for name, found in said.items() if not found.refusal} == {"form2017-htn", "form2017-dm", "bsoft-htn"}


def test_the_foot_pulse_of_2011_is_not_that_of_2017() -> None:
    said = [read(FIELDS["dorsalis_pedis"], "1", TODAY, codes=codes.code_set(name)) for name in ("form2017", "form2011")]
    assert [found.value for found in said] == ["normal", None]


def test_the_foot_pulse_of_a_check_up_is_not_that_of_a_visit() -> None:
    said = [
        read(field, "1", TODAY, codes=codes.code_set("checkup2017")).value
        for field in (by_column()["foot_pulse"], FIELDS["dorsalis_pedis"])
    ]
    assert said == ["absent", "normal"]


def test_only_sets_that_read_every_code_are_offered() -> None:
    assert [found.name for found in codes.reading({"way": ["1", "3"]})] == [
        name for name, found in codes.sets().items() if not found.vendor
    ]
    assert [found.name for found in codes.reading({"way": ["1", "4"]})] == ["bsoft", "bsoft-htn", "bsoft-dm"]
    assert [found.name for found in codes.reading({"symptoms": ["1", "9"]})] == ["form2017-htn", "form2017-dm"]
    assert [found.name for found in codes.reading({"smoking_status": ["1"]})] == ["checkup2017", "ws"]
    assert codes.reading({"way": ["1", "7"]}) == []


def test_a_set_that_is_none_is_one_sentence() -> None:
    with pytest.raises(ValueRefused, match=r"codes\.unknown"):
        codes.code_set("form1999")


@pytest.mark.parametrize(
    ("column", "text", "unit", "value", "kept"),
    [
        ("weight_kg", "130", "斤", 65.0, "130 斤"),
        ("weight_kg", "130斤", "", 65.0, "130斤"),
        ("fpg", "126", "mg/dL", 7.0, "126 mg/dL"),
        ("fpg", "125", "mg/dL", 6.9, "125 mg/dL"),
        ("fpg", "126 mg/dl", "", 7.0, "126 mg/dl"),
        ("sbp", "18.6", "kPa", 140, "18.6 kPa"),
        ("bp", "18.6/12", "kPa", (140, 90), "18.6/12 kPa"),
        ("waist_cm", "2.4", "尺", 80.0, "2.4 尺"),
        ("height_cm", "1.65", "m", 165.0, "1.65 m"),
        ("staple_food_g", "6", "两", 300, "6 两"),
    ],
)
def test_a_unit_that_is_said_is_converted_and_what_was_written_kept(
    column: str, text: str, unit: str, value: object, kept: str
) -> None:
    found = read(FIELDS[column], text, TODAY, unit=unit)
    assert found == (InUnit(value, kept), None, None)


@pytest.mark.parametrize(
    ("column", "text", "unit", "code"),
    [
        ("fpg", "5.6 kg", "", "value.unit"),
        ("heart_rate", "72 kg", "", "value.unit"),
        ("weight_kg", "130磅", "", "value.number"),
        ("smoke_per_day", "无", "", "value.nothing"),
        ("alcohol_liang_per_day", "没有", "", "value.nothing"),
        ("bp", "18.6", "kPa", "bp.pair"),
        ("fpg", "高", "mg/dL", "value.number"),
        ("age", "3个月", "", "value.age"),
        ("age", "121", "", "value.age"),
        ("age", "-1", "", "value.age"),
    ],
)
def test_what_cannot_be_told_is_refused(column: str, text: str, unit: str, code: str) -> None:
    found = read(FIELDS[column], text, TODAY, unit=unit)
    assert (found.value, found.refusal and found.refusal.code) == (None, code)


def test_the_meter_shows_high_in_every_unit() -> None:
    assert read(FIELDS["fpg"], "HI", TODAY, unit="mg/dL").value == METER_HIGH
    assert read(FIELDS["fpg"], "LO", TODAY, unit="mg/dL").value == METER_LOW


@pytest.mark.parametrize(
    ("text", "years"), [("67", 67), ("67岁", 67), ("６７周岁", 67), ("67.0", 67), ("0", 0), ("120", 120)]
)
def test_ages(text: str, years: int) -> None:
    assert read(FIELDS["age"], text, TODAY).value == years
