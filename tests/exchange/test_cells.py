"""Cells: what is read, what is refused, and with which code."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chronic.exchange import cells
from chronic.exchange.cells import LONGEST, MASKED, Column, Reading, read
from chronic.exchange.headers import FIELDS
from chronic.model.fields import BY_COLUMN, Field
from chronic.model.guards import guard
from chronic.model.visit import METER_HIGH, METER_LOW

TODAY = date(2026, 11, 21)
ID = "11010519491231002X"


def refusal(column: str, text: str, typed: bool = False) -> str:
    value, refused, warning = read(FIELDS[column], text, TODAY, typed)
    assert value is None
    assert warning is None
    assert refused is not None
    assert refused.column == column
    return refused.code


@pytest.mark.parametrize("column", FIELDS)
@pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u3000", "\u00a0", "\u200b\ufeff", " \u200b "])
def test_a_blank_cell_says_nothing(column: str, text: str) -> None:
    assert read(FIELDS[column], text, TODAY) == (None, None, None)


def test_every_kind_of_the_dictionary_can_be_read() -> None:
    assert {field.kind for field in FIELDS.values()} == set(cells._KINDS)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("name", "  王建国\u3000", "王建国"),
        ("name", "㛃𬱖", "㛃𬱖"),
        ("name", "ＡＢ１", "ＡＢ１"),
        ("name", "阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("notes", "头晕,\n两天", "头晕,\n两天"),
        ("notes", "a\tb", "a\tb"),
        ("notes", "'=SUM(A1)", "=SUM(A1)"),
        ("notes", "'－无", "－无"),
        ("notes", "''=x", "'=x"),
        ("notes", "'58年起病", "'58年起病"),
        ("notes", "=SUM(A1)", "=SUM(A1)"),
        ("person_ref", "0012", "0012"),
        ("visit_date", "2026-3-5", date(2026, 3, 5)),
        ("visit_date", "２０２６年３月５日", date(2026, 3, 5)),
        ("visit_date", "20260305", date(2026, 3, 5)),
        ("visit_date", "20260305.0", date(2026, 3, 5)),
        ("visit_date", "二〇二六年三月五日", date(2026, 3, 5)),
        ("visit_date", "二零二五年十二月三十一号", date(2025, 12, 31)),
        ("visit_date", "2026 年 3 月 5 日", date(2026, 3, 5)),
        ("visit_date", "2026、3、5", date(2026, 3, 5)),
        ("visit_date", "2026—3—5", date(2026, 3, 5)),
        ("bp", "140/90毫米汞柱", (140, 90)),
        ("height_cm", "165公分", 165.0),
        ("visit_date", "2026/03/05 00:00:00", date(2026, 3, 5)),
        ("sbp", "148", 148),
        ("sbp", " １４８ ", 148),
        ("sbp", "148.0", 148),
        ("heart_rate", "72.00", 72),
        ("weight_kg", "65", 65.0),
        ("weight_kg", "６５．５", 65.5),
        ("weight_kg", "-0.0", 0.0),
        ("fpg", "7.2", 7.2),
        ("fpg", "hi", METER_HIGH),
        ("fpg", "ＬＯ", METER_LOW),
        ("sex", "男", "M"),
        ("sex", "f", "F"),
        ("way", "HOME", "home"),
        ("danger", "是", "yes"),
        ("dorsalis_pedis", "减弱（双侧）", "weak_both"),
        ("symptoms", "无症状", "none"),
        ("symptoms", "心悸胸闷；头痛头晕、THIRST,thirst;", "headache_dizziness;palpitation_chest_tightness;thirst"),
        ("symptoms", "；、", None),
        ("programmes", "糖尿病;htn", "htn;dm"),
        ("tags", "独居； 低保 ;独居", "独居;低保"),
        ("tags", ";", None),
        ("id_number", ID, ID),
        ("id_number", "１１０１０５ 19491231-002x", ID),
        ("id_number", f'="{ID}"', ID),
        ("id_number", f"'{ID}", ID),
        ("id_number", f"\t{ID}", ID),
        ("id_number", f'\'="{ID}"', ID),
        ("id_number", "110105********002X", MASKED),
        ("id_number", "110105＊＊＊＊002X", MASKED),
        ("archive_no", "350121 001-01 0001 23", "35012100101000123"),
        ("archive_no", "'00100012", "00100012"),
        ("archive_no", "12345678.0", "12345678"),
        ("phone", "138-0013-8000", "13800138000"),
        ("phone", "13800138000.0", "13800138000"),
        ("phone", "+86 138 0013 8000", "13800138000"),
        ("phone", "008613800138000", "13800138000"),
        ("phone", "8613800138000", "13800138000"),
        ("phone", "(0571) 8888 8888", "057188888888"),
        ("phone", "'+85291234567", "+85291234567"),
        ("phone", "138****5512", MASKED),
        ("medicines", "氨氯地平", "氨氯地平"),
        ("medicines", "氨氯地平,1", "氨氯地平, 1"),
        ("medicines", "氨氯地平，１，05.0，mg；二甲双胍,3,0.50,g;", "氨氯地平, 1, 5, mg; 二甲双胍, 3, 0.5, g"),
        ("medicines", "氨氯地平,1,5,mg\n卡托普利", "氨氯地平, 1, 5, mg; 卡托普利"),
        ("medicines", "氨氯地平,,,", "氨氯地平"),
    ],
)
def test_a_cell_is_read_as_written(column: str, text: str, value: object) -> None:
    found, refused, warning = read(FIELDS[column], text, TODAY)
    assert (found, refused, warning) == (value, None, None)
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("notes", "x" * 2001, "value.too_long"),
        ("name", "王\x07", "value.control"),
        ("name", "王\u202e建", "value.control"),
        ("name", "王\ud800", "value.control"),
        ("visit_date", "12", "value.day"),
        ("visit_date", "24-3-5", "value.day_short"),
        ("visit_date", "5/3/2026", "value.day_order"),
        ("visit_date", "2026-02-30", "value.day"),
        ("visit_date", "0206-03-05", "value.day"),
        ("next_visit_date", "2206-03-05", "value.day"),
        ("sbp", "1,234", "value.number"),
        ("sbp", "0x90", "value.number"),
        ("sbp", "148/92", "value.number"),
        ("sbp", "1 48", "value.number"),
        ("weight_kg", "NaN", "value.number"),
        ("weight_kg", "inf", "value.number"),
        ("weight_kg", "-Infinity", "value.number"),
        ("weight_kg", "1e2", "value.number"),
        ("weight_kg", "9" * 400, "value.number"),
        ("weight_kg", "٦٥", "value.number"),
        ("weight_kg", "1_0", "value.number"),
        ("heart_rate", "72.5", "value.integer"),
        ("fpg", ">33.3", "glucose.beyond"),
        ("fpg", "＜ 1.1", "glucose.beyond"),
        ("fpg", "≥33.3", "glucose.beyond"),
        ("fpg", "1e400", "value.number"),
        ("fpg", "infinity", "value.number"),
        ("sex", "1", "value.code_number"),
        ("sex", "１", "value.code_number"),
        ("sex", "1.0", "value.code_number"),
        ("sex", "boy", "value.code"),
        ("symptoms", "1;2", "value.code_number"),
        ("symptoms", "头痛头晕;无症状", "value.code_none"),
        ("symptoms", "头痛", "value.code"),
        ("programmes", "htn dm", "value.code"),
        ("id_number", "110105194912310021", "id.checksum"),
        ("id_number", "110105194913310021", "id.birth_date"),
        ("id_number", "110105203012310026", "id.future"),
        ("id_number", "1101051949123100", "id.shape"),
        ("id_number", "٠١", "id.shape"),
        ("id_number", "1.10105E+17", "id.damaged"),
        ("id_number", "1.1010519491231e+17", "id.damaged"),
        ("id_number", "110105194912310000.0", "id.damaged"),
        ("id_number", "110105194912310000", "id.damaged"),
        ("archive_no", "3.50121E+16", "id.damaged"),
        ("archive_no", "35012100101000120.0", "id.damaged"),
        ("archive_no", "A0012", "value.digits"),
        ("archive_no", "1234.5", "value.digits"),
        ("archive_no", "٠١٢", "value.digits"),
        ("phone", "1.38E+10", "id.damaged"),
        ("phone", "13800138000 王", "value.phone"),
        ("phone", "13800138000/13900139000", "value.phone"),
        ("phone", "110", "value.phone"),
        ("phone", "1" * 21, "value.phone"),
        ("medicines", "氨氯地平,1,5", "value.medicine"),
        ("medicines", "氨氯地平,1,5mg", "value.medicine"),
        ("medicines", "氨氯地平,一,5,mg", "value.medicine"),
        ("medicines", ",1,5,mg", "value.medicine"),
        ("medicines", "氨氯地平,1,5,mg,饭后", "value.medicine"),
    ],
)
def test_a_cell_that_could_be_meant_two_ways_is_refused(column: str, text: str, code: str) -> None:
    assert refusal(column, text) == code


@pytest.mark.parametrize(
    ("text", "rounded"), [("134.5", 135), ("134.49", 134), ("134.33", 134), ("88.67", 89), ("１３４．５", 135)]
)
@pytest.mark.parametrize("column", ["sbp", "dbp"])
def test_pressures_with_decimals_are_rounded_half_up_and_remarked_on(column: str, text: str, rounded: int) -> None:
    value, refused, warning = read(FIELDS[column], text, TODAY)
    assert (value, refused) == (rounded, None)
    assert warning is not None
    assert (warning.code, warning.column, warning.value, warning.detail) == ("bp.decimal", column, text, rounded)


@pytest.mark.parametrize(
    "text",
    ["二〇二六年二月三十日", "二〇二六年十十月一日", "二六年三月五日", "二〇二六年三月", "三月五日", "二〇二六年三月廿五日"],
)
def test_a_day_in_words_that_is_none_is_refused(text: str) -> None:
    assert refusal("visit_date", text) == "value.day"


@pytest.mark.parametrize("text", ["18.7/12kPa", "18.7/12 千帕"])
def test_pressures_may_say_that_they_are_in_kpa(text: str) -> None:
    assert read(FIELDS["bp"], text, TODAY).value == cells.InUnit((140, 90), text)


@pytest.mark.parametrize("column", ["id_number", "archive_no", "phone", "person_ref", "htn_diagnosed_on", "age"])
@pytest.mark.parametrize("text", ["无", "不详", "／", "—"])
def test_a_number_that_nobody_knows_is_no_number(column: str, text: str) -> None:
    value, refused, warning = read(FIELDS[column], text, TODAY)
    assert (value, refused) == (None, None)
    assert warning is not None
    assert warning.code == "value.not_said"
    assert Column(FIELDS[column], TODAY)[text] == (None, None, warning)


def test_pressures_with_decimals_are_refused_at_the_keyboard() -> None:
    assert refusal("sbp", "134.5", typed=True) == "bp.decimal_typed"
    assert read(FIELDS["sbp"], "134.0", TODAY, typed=True) == (134, None, None)


def test_a_15_digit_number_is_upgraded_with_a_remark() -> None:
    value, refused, warning = read(FIELDS["id_number"], "110105491231002", TODAY)
    assert (value, refused) == (ID, None)
    assert warning is not None
    assert (warning.code, warning.detail) == ("id.upgraded", ID)


def test_a_refused_code_names_the_words_that_would_do() -> None:
    refused = read(FIELDS["way"], "2", TODAY).refusal
    assert refused is not None
    assert refused.detail == "clinic 门诊, home 家庭, phone 电话"


def test_a_refused_number_beyond_the_meter_says_what_to_write() -> None:
    for text, word in ((">33.3", "HI"), ("<1.1", "LO"), (">=33.3", "HI")):
        refused = read(FIELDS["fpg"], text, TODAY).refusal
        assert refused is not None
        assert refused.detail == word


def test_a_problem_shows_a_long_cell_in_short_and_no_control_characters() -> None:
    long = read(FIELDS["notes"], "长" * 3000, TODAY).refusal
    assert long is not None
    assert str(long.value) == "长" * 60 + "..."
    assert long.detail == 3000
    reversing = read(FIELDS["name"], "王\u202e建", TODAY).refusal
    assert reversing is not None
    assert reversing.value == "王?建"


@pytest.mark.parametrize("column", [c for c, field in BY_COLUMN.items() if field.codes])
def test_every_word_and_every_label_means_its_code(column: str) -> None:
    field = BY_COLUMN[column]
    for word, label in (field.codes or {}).items():
        assert read(field, word.upper(), TODAY).value == word
        assert read(field, label, TODAY).value == word


def test_a_column_gives_the_value_alone_when_there_is_nothing_to_say() -> None:
    column = Column(FIELDS["sbp"], TODAY)
    assert column["148"] == 148
    assert column[""] is None
    assert isinstance(column["134.5"], Reading)
    assert column["134.5"] is column["134.5"]


@pytest.mark.parametrize("column", FIELDS)
@pytest.mark.parametrize(
    "text", ["王", "'=x", " 建 ", "1", "长" * 40, "a long free text without anything special", "\x07" * 20]
)
def test_a_column_reads_as_a_single_cell_does(column: str, text: str) -> None:
    memory, reading = Column(FIELDS[column], TODAY), read(FIELDS[column], text, TODAY)
    for _ in range(2):
        found = memory[text]
        assert (found if isinstance(found, Reading) else Reading(found)) == reading


def test_a_column_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Column, "LIMIT", 10)
    column = Column(FIELDS["heart_rate"], TODAY)
    assert [column[str(beat)] for beat in range(35)] == list(range(35))
    assert len(column) <= 10


ANY_TEXT = st.one_of(
    st.text(st.characters(codec=None)),
    st.text("0123456789.-+eE,;；，、*'\"= XxHILO<>年月日\t\n１２３"),
    st.sampled_from([ID, "2026-11-20", "none;thirst", "氨氯地平, 1, 5, mg", "1" * 3000]),
)


@given(st.sampled_from(list(FIELDS.values())), ANY_TEXT, st.booleans())
def test_no_text_breaks_the_reading(field: Field, text: str, typed: bool) -> None:
    value, refused, warning = read(field, text, TODAY, typed)
    assert refused is None or value is None
    assert not (refused and warning)
    for problem in (refused, warning):
        assert problem is None or problem.column == field.column


@given(
    st.sampled_from([f for f in FIELDS.values() if f.kind in ("text", "words", "medicines", "codes", "phone", "id")]),
    ANY_TEXT,
)
def test_a_value_written_back_and_read_again_is_the_same(field: Field, text: str) -> None:
    value = read(field, text, TODAY).value
    if isinstance(value, str):
        assert read(field, guard(value), TODAY) == (value, None, None)


@given(st.dates(date(1900, 1, 1), TODAY + timedelta(days=400)))
def test_iso_days_are_read_as_themselves(day: date) -> None:
    assert read(FIELDS["visit_date"], day.isoformat(), TODAY) == (day, None, None)


# what was read is read again ------------------------------------------------------------------------


@example("medicines", "- ,")
@given(st.sampled_from(["notes", "medicines", "tags"]), st.text("=-'\t \u200b\u3000\ufeff,;x王1", max_size=12))
def test_a_text_that_was_read_once_comes_back_from_a_sheet_as_it_is(column: str, text: str) -> None:
    once = read(BY_COLUMN[column], text, TODAY).value
    if isinstance(once, str):
        assert read(BY_COLUMN[column], guard(once), TODAY).value == once


def test_the_longest_text_comes_back_too() -> None:
    longest = "=" + "x" * (LONGEST - 1)
    assert read(BY_COLUMN["notes"], longest, TODAY).value == longest
    assert read(BY_COLUMN["notes"], guard(longest), TODAY).value == longest
    assert read(BY_COLUMN["notes"], longest + "x", TODAY).refusal is not None
    medicines = ";".join(["a,1,1,g"] * 240)
    assert len(medicines) < LONGEST < len("; ".join(["a, 1, 1, g"] * 240))
    assert read(BY_COLUMN["medicines"], medicines, TODAY).refusal is not None
