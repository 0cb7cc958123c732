"""Medicines as people write them: read, kept as a name, or refused, never dropped."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chronic.exchange.cells import read
from chronic.exchange.headers import FIELDS
from chronic.exchange.prescriptions import of_two, several

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("氨氯地平,1,5,mg", "氨氯地平, 1, 5, mg"),
        ("硝苯地平缓释片 10mg bid；二甲双胍0.5g tid", "硝苯地平缓释片, 2, 10, mg; 二甲双胍, 3, 0.5, g"),
        ("氨氯地平 5mg qd、二甲双胍 0.5g bid", "氨氯地平, 1, 5, mg; 二甲双胍, 2, 0.5, g"),
        ("氨氯地平 5mg qd，二甲双胍 0.5g bid", "氨氯地平, 1, 5, mg; 二甲双胍, 2, 0.5, g"),
        ("氨氯地平 5mg qd\n二甲双胍 0.5g bid", "氨氯地平, 1, 5, mg; 二甲双胍, 2, 0.5, g"),
        ("氨氯地平，每日1次，每次5mg", "氨氯地平, 1, 5, mg"),
        ("氨氯地平 每天两次 每次1片", "氨氯地平, 2, 1, 片"),
        ("氨氯地平片 5mg 每次1片 每日1次", "氨氯地平片 5mg, 1, 1, 片"),
        ("氨氯地平５ｍｇ　ｑｄ", "氨氯地平, 1, 5, mg"),
        ("氨氯地平：5mg 1次/日", "氨氯地平, 1, 5, mg"),
        ("甘精胰岛素 12U qn", "甘精胰岛素, 1, 12, U"),
        ("胰岛素30R 12U bid", "胰岛素30R, 2, 12, U"),
        ("氨氯地平、二甲双胍、阿司匹林", "氨氯地平; 二甲双胍; 阿司匹林"),
        ("氨氯地平，二甲双胍", "氨氯地平; 二甲双胍"),
        ("氨氯地平 5mg", "氨氯地平 5mg"),
        ("缬沙坦80mg 1次/日+氨氯地平5mg 1次/日", "缬沙坦, 1, 80, mg; 氨氯地平, 1, 5, mg"),
        ("carbidopa 25mg tid", "carbidopa, 3, 25, mg"),
        ("厄贝沙坦/氢氯噻嗪 1片 qd", "厄贝沙坦/氢氯噻嗪, 1, 1, 片"),
    ],
)
def test_medicines_in_a_cell(text: str, canonical: str) -> None:
    assert read(FIELDS["medicines"], text, TODAY) == (canonical, None, None)
    assert read(FIELDS["medicines"], canonical, TODAY).value == canonical


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("氨氯地平，必要时", "氨氯地平，必要时"),
        ("氨氯地平 5mg qd、二甲双胍，饭后服", "二甲双胍，饭后服"),
        ("氨氯地平, 1, 5", "氨氯地平, 1, 5"),
        ("氨氯地平，停药", "氨氯地平，停药"),
        ("氨氯地平；停药", "停药"),
        ("缬沙坦80mg 1次/日 氨氯地平5mg 1次/日", "缬沙坦80mg 1次/日 氨氯地平5mg 1次/日"),
        ("氨氯地平, often", "氨氯地平, often"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(text: str, odd: str) -> None:
    found = read(FIELDS["medicines"], text, TODAY)
    assert found.value is None
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.detail) == ("value.medicine", odd)


@pytest.mark.parametrize("text", ["无", "未服药", "拒绝服药", "停药", "否认", "-", "／", "NIL"])
def test_a_word_for_no_medicine_is_no_medicine_of_that_name(text: str) -> None:
    value, refusal, warning = read(FIELDS["medicines"], text, TODAY)
    assert (value, refusal) == (None, None)
    assert warning is not None
    assert warning.code == "value.no_medicine"
    typed = read(FIELDS["medicines"], text, TODAY, typed=True).refusal
    assert typed is not None
    assert typed.code == "value.no_medicine"


@pytest.mark.parametrize(
    ("name", "use", "lines"),
    [
        ("氨氯地平", "5mg qd", ["氨氯地平, 1, 5, mg"]),
        ("氨氯地平", "每日1次，每次5mg", ["氨氯地平, 1, 5, mg"]),
        ("氨氯地平", "1, 5, mg", ["氨氯地平, 1, 5, mg"]),
        ("氨氯地平", "", ["氨氯地平"]),
        ("氨氯地平", "遵医嘱", []),
        ("", "5mg qd", []),
        ("氨氯地平、二甲双胍", "5mg qd", []),
    ],
)
def test_a_name_and_how_it_is_taken_in_two_cells(name: str, use: str, lines: list[str]) -> None:
    assert of_two(name, use) == lines


@given(st.text("氨氯地平 二甲双胍，,;；、\n0123456789.mg片每日次qdbi/每次", max_size=40))
def test_no_medicine_is_ever_dropped(text: str) -> None:
    lines, odd = several(text)
    assert not (lines and odd)
    for character in "氨氯地平二甲双胍":
        kept = odd if odd else "; ".join(lines)
        assert odd or kept.count(character) == text.count(character)
    assert several("; ".join(lines)) == (lines, "")
