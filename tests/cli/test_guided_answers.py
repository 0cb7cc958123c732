"""What a typed line answers: numbers of the list on the screen, offers for slips, and nothing guessed."""

from datetime import date

import pytest

from chronic.cli.guided_answers import Known, choice, pressures, read
from chronic.cli.guided_questions import FORMS, KEEP, PERSON, SCREEN, VISIT, Question
from chronic.model.fields import ADHERENCE, PULSES, SYMPTOMS
from chronic.model.visit import METER_HIGH

DAY = date(2026, 11, 21)
BY_NAME = {question.field.column: question for question in (*SCREEN, *PERSON, *VISIT)}
KNOWN = Known(DAY)


def known(column: str, last: object = None, must: bool = False) -> Known:
    return Known(DAY, tuple(BY_NAME[column].field.codes or {}), last, must)


def taken(column: str, text: str, last: object = None) -> object:
    """The value a line gives; it must be taken at once."""
    answer = read(BY_NAME[column], text, known(column, last))
    assert answer.move == "take", answer
    return answer.values[column]


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("adherence", "1", "regular"),
        ("adherence", "３", "none"),
        ("adherence", "规律", "regular"),
        ("adherence", "间", "intermittent"),
        ("adherence", "REG", "regular"),
        ("complication", "无", "none"),
        ("dorsalis_pedis", "4", "weak_right"),
        ("dorsalis_pedis", "减弱(双侧)", "weak_both"),
        ("way", "家", "home"),
        ("symptoms", "1", "none"),
        ("symptoms", "6 2", "headache_dizziness;palpitation_chest_tightness"),
        ("symptoms", "2、6", "headache_dizziness;palpitation_chest_tightness"),
        ("symptoms", "头痛头晕，心悸胸闷", "headache_dizziness;palpitation_chest_tightness"),
        ("programmes", "2 1", "htn;dm"),
        ("danger", "y", "yes"),
        ("danger", "Ｎ", "no"),
        ("danger", "是", "yes"),
        ("danger", "否", "no"),
        ("adr", "无", "no"),
        ("adr", "有", "yes"),
        ("heart_rate", "７２", 72),
        ("fpg", "7。6", 7.6),
        ("fpg", "hi", METER_HIGH),
        ("weight_kg", "66.5", 66.5),
        ("medicines", "氨氯地平，1，5，mg", "氨氯地平, 1, 5, mg"),
        ("next_visit_date", "2026年12月5日", date(2026, 12, 5)),
        ("next_visit_date", "2w", date(2026, 12, 5)),
        ("next_visit_date", "14天", date(2026, 12, 5)),
        ("notes", "老人独居, 1 个儿子", "老人独居, 1 个儿子"),
        ("id_number", "11010519491231002x", "11010519491231002X"),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_it_is_typed_here(column: str, text: str, value: object) -> None:
    assert taken(column, text) == value


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("adherence", "4"),
        ("adherence", "0"),
        ("adherence", "不知道"),
        ("symptoms", "1 18"),
        ("symptoms", "1 2"),
        ("salt", "-1"),
        ("danger", "1"),
        ("danger", "2"),
        ("danger", "yn"),
        ("adr", "1"),
        ("heart_rate", "seventy"),
        ("heart_rate", "72.5"),
        ("next_visit_date", "12-05"),
        ("next_visit_date", "14"),
        ("next_visit_date", "3月"),
        ("medicines", "氨氯地平, 一天一次, 5, mg"),
        ("notes", "\x1b[A"),
        ("notes", "\udce5"),
        ("id_number", "1101**********002X"),
        ("id_number", "110105194912310021"),
        ("phone", "none"),
    ],
)
def test_what_could_be_meant_two_ways_or_not_at_all_is_asked_again(column: str, text: str) -> None:
    answer = read(BY_NAME[column], text, known(column))
    assert (answer.move, answer.values) == ("again", {})
    assert answer.says


def test_a_beginning_counts_only_where_one_word_has_it() -> None:
    words = tuple(PULSES)
    assert choice("触", words, PULSES) == "normal"
    assert choice("减弱", words, PULSES) is None
    assert choice("不", tuple(ADHERENCE), ADHERENCE) == "none"


def test_a_number_means_the_list_on_the_screen_not_the_whole_dictionary() -> None:
    shown = Known(DAY, tuple(FORMS["dm"]))
    assert read(BY_NAME["symptoms"], "2", shown).values == {"symptoms": "thirst"}
    assert read(BY_NAME["symptoms"], "10", shown).move == "again"


def test_each_form_keeps_its_own_numbers() -> None:
    assert [SYMPTOMS[word] for word in FORMS["htn"]] == [
        "无症状", "头痛头晕", "恶心呕吐", "眼花耳鸣", "呼吸困难", "心悸胸闷", "鼻衄出血不止", "四肢发麻", "下肢水肿",
    ]  # fmt: skip
    assert [SYMPTOMS[word] for word in FORMS["dm"]] == [
        "无症状", "多饮", "多食", "多尿", "视力模糊", "感染", "手脚麻木", "下肢浮肿", "体重明显下降",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["148/92", "148／92", "148、92", "148\\92"])
def test_a_pressure_may_be_typed_with_any_stroke_an_input_method_makes(text: str) -> None:
    answer = read(BY_NAME["bp"], text, KNOWN)
    assert (answer.move, answer.values) == ("take", {"sbp": 148, "dbp": 92, "readings": ()})


def test_several_readings_of_one_sitting_give_their_mean() -> None:
    answer = pressures("148/92 144/91")
    assert answer.values == {"sbp": 146, "dbp": 92, "readings": ((148, 92), (144, 91))}


@pytest.mark.parametrize(
    ("text", "says", "pair"),
    [
        ("92/148", "92/148 -> 148/92", (148, 92)),
        ("19.7/12.3", "19.7/12.3 kPa = 148/92 mmHg", (148, 92)),
        ("20/12", "20/12 kPa = 150/90 mmHg", (150, 90)),
        ("30/22", "30/22 kPa = 225/165 mmHg", (225, 165)),
    ],
)
def test_a_swapped_pressure_or_one_in_kilopascal_is_only_offered(text: str, says: str, pair: tuple[int, int]) -> None:
    answer = pressures(text)
    assert (answer.move, answer.says, answer.typed) == ("offer", says, None)
    assert (answer.values["sbp"], answer.values["dbp"]) == pair


@pytest.mark.parametrize("text", ["148", "148/", "148 92", "a/b", "148/92/80", "120/120", "148.5/92", "1480/92"])
def test_a_pressure_that_is_none_is_asked_again(text: str) -> None:
    assert pressures(text).move == "again"


@pytest.mark.parametrize(
    ("column", "text", "last", "says", "value"),
    [
        ("fpg", "126", None, "126 mg/dL = 7.0 mmol/L", 7.0),
        ("random_glucose", "200", None, "200 mg/dL = 11.1 mmol/L", 11.1),
        ("tc", "200", None, "200 mg/dL = 5.2 mmol/L", 5.2),
        ("height_cm", "1.65", None, "1.65 m = 165.0 cm", 165.0),
        ("staple_food_g", "5", None, "5 两 = 250 g", 250),
        ("weight_kg", "130", 66.0, "130 斤 = 65.0 kg", 65.0),
        ("weight_kg", "100", 52.0, "100 斤 = 50.0 kg", 50.0),
    ],
)
def test_a_value_in_another_unit_is_only_offered(column: str, text: str, last: object, says: str, value: float) -> None:
    answer = read(BY_NAME[column], text, known(column, last))
    typed = says.partition(" = ")[0]  # kept beside the value
    assert (answer.move, answer.says, answer.values) == ("offer", says, {column: value, f"entered {column}": typed})


@pytest.mark.parametrize(
    ("column", "text", "values"),
    [
        ("fpg", "126mg/dl", {"fpg": 7.0, "entered fpg": "126 mg/dL"}),
        ("fpg", "7.1 mmol/L", {"fpg": 7.1}),
        ("weight_kg", "130斤", {"weight_kg": 65.0, "entered weight_kg": "130 斤"}),
    ],
)
def test_a_value_with_its_unit_is_taken_and_kept_as_typed(column: str, text: str, values: dict[str, object]) -> None:
    answer = read(BY_NAME[column], text, known(column))
    assert (answer.move, answer.values) == ("take", values)


def test_a_unit_that_the_value_cannot_have_is_asked_again() -> None:
    assert read(BY_NAME["fpg"], "126 kg", known("fpg")).move == "again"


def test_a_refused_offer_leaves_a_possible_value_and_no_impossible_one() -> None:
    assert read(BY_NAME["weight_kg"], "130", known("weight_kg", 66.0)).typed == {"weight_kg": 130}
    assert read(BY_NAME["fpg"], "126", KNOWN).typed is None


def test_a_usual_value_is_offered_nothing() -> None:
    for column, text, last in (("weight_kg", "66", 65.0), ("weight_kg", "130", None), ("fpg", "7.6", 126.0)):
        assert read(BY_NAME[column], text, known(column, last)).move == "take"


# Enter, - ? < ---------------------------------------------------------------------------------------


def test_enter_keeps_only_what_may_be_kept() -> None:
    kept = {question.field.column for question in VISIT if question.enter == KEEP}
    assert kept == {
        "outcome_on", "height_cm", "smoke_per_day", "alcohol_liang_per_day", "exercise_per_week", "exercise_minutes", "salt",
        "staple_food_g", "medicines", "insulin",
    }  # fmt: skip
    for column in kept - {"outcome_on"}:
        question = next(question for question in VISIT if question.field.column == column and question.enter == KEEP)
        assert read(question, "", Known(DAY, (), "as before")).values == {column: "as before"}


@pytest.mark.parametrize("column", ["bp", "heart_rate", "fpg", "weight_kg", "symptoms", "adherence", "adr", "complication"])
def test_enter_never_keeps_what_was_measured_or_asked_before(column: str) -> None:
    answer = read(BY_NAME[column], "", known(column, "as before"))
    assert set(answer.values.values()) == {None}


def test_the_danger_question_takes_neither_enter_nor_a_dash() -> None:
    for text in ("", "-", "——", " "):
        assert read(BY_NAME["danger"], text, KNOWN).move == "again"


def test_what_decides_today_takes_a_dash_but_not_enter() -> None:
    assert read(BY_NAME["bp"], "", known("bp", must=True)).move == "again"
    assert read(BY_NAME["bp"], "－", known("bp", must=True)).values == {"sbp": None, "dbp": None, "readings": None}
    assert read(BY_NAME["fpg"], "", known("fpg", must=True)).move == "again"


def test_a_dash_leaves_out_what_enter_would_keep() -> None:
    for text in ("-", "－", "—", "——"):
        assert taken("medicines", text, "氨氯地平, 1, 5, mg") is None


def test_enter_takes_the_word_in_brackets() -> None:
    assert taken("way", "") == "clinic"
    assert taken("save", "") == "yes"
    assert taken("next_visit_date", "", date(2027, 2, 21)) is None  # the rules keep the date


@pytest.mark.parametrize(("text", "move"), [("?", "help"), ("？", "help"), ("<", "back"), ("＜", "back")])
def test_questions_about_the_question(text: str, move: str) -> None:
    for question in VISIT:
        assert read(question, text, KNOWN).move == move


def test_every_question_is_asked_under_known_facts() -> None:
    facts = {"htn", "dm", "lipid", "pressure", "sugar", "no_pressure", "no_sugar", "fertile", "height", "referral", "refer"}
    facts |= {"suspected", "sbp", "glucose"}
    columns = {question.field.column for question in (*VISIT, *SCREEN, *PERSON)}
    for question in (*VISIT, *SCREEN, *PERSON):
        for fact in (*question.needs, *question.unless, *([question.must] if question.must else [])):
            assert fact in facts or fact.partition("=")[0] in columns, (question.field.column, fact)


def test_shared_questions_come_once_and_in_the_order_of_a_sitting() -> None:
    order = [question.field.column for question in VISIT]
    assert [name for name in order if order.count(name) > 1] == ["height_cm", "height_cm"]  # never measured, or kept
    wanted = ["way", "bp", "heart_rate", "fpg", "weight_kg", "symptoms", "danger", "adherence", "adr", "hypoglycemia",
              "complication", "smoke_per_day", "salt", "psych", "compliance", "dorsalis_pedis", "medicines",
              "next_visit_date", "notes", "save"]  # fmt: skip
    assert [name for name in order if name in wanted] == wanted


def test_a_question_is_a_row_of_data() -> None:
    assert all(isinstance(question, Question) for question in VISIT)
    assert all(question.strict for question in VISIT if question.field.column in ("danger", "save"))
