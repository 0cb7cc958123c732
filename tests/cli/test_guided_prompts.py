"""How a question stands on the screen: in one line where it fits, never wider, and whole in an old Chinese console."""

from collections.abc import Iterator
from datetime import date

import pytest

from chronic import i18n
from chronic.cli.guided_answers import Known
from chronic.cli.guided_prompts import explanation, folded, group_prompt, prompt, value_text
from chronic.cli.guided_questions import FORMS, INIT, PERSON, SCREEN, VISIT, Question
from chronic.model.fields import YES_NO
from chronic.model.wide import width

DAY = date(2026, 11, 21)
BY_NAME = {question.field.column: question for question in VISIT}


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> Iterator[str]:
    before = i18n.language()
    i18n.activate(request.param)
    yield request.param
    i18n.activate(before)


@pytest.fixture
def zh() -> Iterator[None]:
    before = i18n.language()
    i18n.activate("zh")
    yield
    i18n.activate(before)


def known(question: Question, last: object = None) -> Known:
    codes = question.field.codes
    return Known(DAY, tuple(codes) if codes and codes != YES_NO else (), last)


@pytest.mark.usefixtures("zh")
@pytest.mark.parametrize(
    ("column", "last", "line"),
    [
        ("bp", (148, 92), "血压 mmHg  上次 148/92 (08-20): "),
        ("adherence", "intermittent", "服药依从性  1 规律  2 间断  3 不服药  上次 间断 (08-20): "),
        ("adr", None, "药物不良反应  y 是  n 否: "),
        ("danger", "no", "危急情况  y 是  n 否: "),
        ("way", "home", "随访方式  1 门诊  2 家庭  3 电话  [门诊]: "),
        ("salt", "medium", "摄盐情况  1 轻  2 中  3 重  [中]: "),
        ("medicines", "氨氯地平, 1, 5, mg", "用药情况  [氨氯地平, 1, 5, mg]: "),
        ("next_visit_date", date(2026, 12, 5), "下次随访日期  [2026-12-05]: "),
        ("next_visit_date", date(2026, 11, 21), "下次随访日期  [2026-11-21, 已到期]: "),
        ("next_visit_date", None, "下次随访日期: "),
        ("save", None, "保存  [Y/n]: "),
    ],
)
def test_a_question_shows_what_may_be_chosen_and_the_last_value(column: str, last: object, line: str) -> None:
    question = BY_NAME[column]
    assert prompt(question, known(question, last), date(2026, 8, 20), 100) == [line]


@pytest.mark.usefixtures("zh")
def test_a_last_value_of_another_year_shows_its_year() -> None:
    assert prompt(BY_NAME["heart_rate"], known(BY_NAME["heart_rate"], 72), date(2025, 8, 20), 80) == [
        "心率 次/分  上次 72 (2025-08-20): "
    ]


@pytest.mark.usefixtures("zh")
def test_a_long_list_is_numbered_on_lines_of_its_own() -> None:
    question = BY_NAME["symptoms"]
    first, *lines, last = prompt(question, Known(DAY, tuple(FORMS["htn"]), "none"), date(2026, 8, 20), 60)
    assert first == "症状"
    assert lines == [
        "    1 无症状  2 头痛头晕  3 恶心呕吐  4 眼花耳鸣", "    5 呼吸困难  6 心悸胸闷  7 鼻衄出血不止  8 四肢发麻",
        "    9 下肢水肿",
    ]  # fmt: skip
    assert last == "    上次 无症状 (08-20): "


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_no_line_of_a_question_is_wider_than_the_screen(lang: str, columns: int) -> None:
    for question in (*VISIT, *SCREEN, *PERSON, *INIT):
        for line in prompt(question, known(question), None, columns):
            assert width(line) < columns, line
        for text in explanation(question, known(question), ()):
            assert all(width(line) <= columns for line in folded(text, columns, "  "))


@pytest.mark.usefixtures("lang")
def test_every_question_survives_a_gbk_console() -> None:
    for question in (*VISIT, *SCREEN, *PERSON, *INIT):
        said = [*prompt(question, known(question), None, 80), *explanation(question, known(question), ())]
        assert "".join(said).encode("gbk")


@pytest.mark.usefixtures("zh")
def test_a_question_mark_says_what_is_allowed() -> None:
    told = list(explanation(BY_NAME["fpg"], Known(DAY, must=True), ()))
    assert told == [
        "空腹血糖 (mmol/L)", "血糖仪显示 HI 或 LO 时照写.", "可能的范围是 0.6 到 45.", "低于 2.8 或高于 25 会再问一遍.",
        "按 mg/dL 输入时会问是否换算.", "- 跳过这一项.",
    ]  # fmt: skip
    assert "回车照旧, - 不填." in explanation(BY_NAME["salt"], Known(DAY, (), "light"), ())
    assert "这一项必须回答." in explanation(BY_NAME["danger"], Known(DAY), ())


@pytest.mark.usefixtures("zh")
def test_what_one_enter_keeps_is_shown_whole() -> None:
    members = [(BY_NAME["smoke_per_day"], 5), (BY_NAME["alcohol_liang_per_day"], 1.5), (BY_NAME["salt"], "medium")]
    assert group_prompt(members, 80) == [
        "与上次相同  日吸烟量 5  日饮酒量(两) 1.5  摄盐情况 中", "    回车全部照旧, c 逐项修改: "
    ]  # fmt: skip
    medicines = "; ".join(f"{name}, 2, 500, mg" for name in ("二甲双胍缓释片", "氨氯地平片", "阿托伐他汀钙片", "阿司匹林"))
    lines = group_prompt([(BY_NAME["medicines"], medicines), (BY_NAME["insulin"], "早14单位")], 60)
    assert all(width(line) <= 60 for line in lines)
    assert " ".join("".join(lines[:-1]).split()).count("500") == 4


def test_values_read_as_the_forms_write_them() -> None:
    assert value_text(BY_NAME["bp"], (148, 92)) == "148/92"
    assert value_text(BY_NAME["weight_kg"], 66.0) == "66"
    assert value_text(BY_NAME["symptoms"], "thirst;hunger") == "thirst, hunger"
