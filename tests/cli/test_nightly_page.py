"""The page of `nightly`: what is on it, and that nothing else is."""

import re
from typing import Any

import pytest

from tests.cli.nights import change, folder, rows_of, settled, table
from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    return settled(chronic)


# the page ------------------------------------------------------------------------------------------


def page(chronic: Chronic, lang: str = "en", *args: str) -> str:
    chronic.ok("nightly", *args, lang=lang)
    return (folder(chronic) / "nightly.html").read_text("utf-8")


def test_the_page_fetches_nothing_and_runs_nothing(village: Chronic) -> None:
    text = page(village)
    assert not re.search(r"https?:|//|src=|href=|url\(|@import|<script|<link|<img", text)
    assert "default-src 'none'" in text


def test_a_name_is_a_text_and_never_a_piece_of_the_page(village: Chronic) -> None:
    change(village, "UPDATE person SET name = '<script>alert(1)</script>&' WHERE id = 1")
    text = page(village)
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in text


def test_the_page_says_whom_to_call_why_and_since_when(village: Chronic) -> None:
    text = page(village)
    assert '<html lang="en">' in text
    cells = _cells(text, "李建国")
    assert cells[:4] == ["2", "李建国", "-", "下各村"]
    assert cells[5] == "blood pressure at or above 180 or 110; after danger; referral outcome"
    assert cells[7] == "in 12 d"
    assert cells[-1] == ""  # room to write
    assert _cells(text, "王秀兰")[7] == "37 d late"
    assert text.index("Danger, not settled") < text.index("Referral open") < text.index(">Overdue<")


def test_the_page_speaks_chinese_throughout(village: Chronic) -> None:
    text = page(village, "zh")
    assert '<html lang="zh-CN">' in text
    assert "收缩压≥180 或舒张压≥110" in text
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL)
    assert set(re.findall(r"[A-Za-z]{3,}", words)) <= {"chronic", "nightly", "full", "why"}


def test_the_page_says_that_phones_are_masked_until_they_are_not(village: Chronic) -> None:
    assert "Phones are masked" in page(village)
    assert "Phones are masked" not in page(village, "en", "--full")


def test_the_page_of_a_long_list_ends_early_and_says_so(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    village.ok("nightly")
    monkeypatch.setattr("chronic.office.sheet.PRINTED", 1)
    text = page(village)
    assert "The first 1 of 5; everyone is in calls.csv." in text
    assert "The first 1 of 2; everyone is in overdue.csv." in text
    assert text.count('<td class="name">') == 2
    assert len(table(village, "calls.csv")) == 5


def test_nobody_to_call_is_a_page_too(chronic: Chronic) -> None:
    chronic.person("王秀兰")
    assert "Nobody." in page(chronic)
    assert rows_of(chronic, "calls.json") == []


def _cells(text: str, name: str) -> list[str]:
    """The row of a person in the call list, a cell each."""
    rows = re.findall(r"<tr>(.*?)</tr>", text, flags=re.DOTALL)
    found: list[Any] = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows if f">{name}<" in row]
    cells: list[str] = found[0]
    return cells
