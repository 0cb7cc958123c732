"""Forms, slips, cards and blank sheets as PDF: the words of the page, selectable, in fonts of this computer."""

import sys
from pathlib import Path

import pytest

from chronic.render import fonts
from tests.runner import Chronic

pypdf = pytest.importorskip("pypdf")
pytest.importorskip("fpdf", reason="the extra `pdf` is not installed")
needs_font = pytest.mark.skipif(not fonts.found(), reason="no font for Chinese on this computer")


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2025-01-05", "--dm-enrolled-on", "2025-01-05", "--village", "下各村",
                   "--archive-no", "33102410020000123", "--birth-date", "1980-01-01")  # fmt: skip
    for month in range(1, 6):
        chronic.visit(1, f"2026-0{month}-03", "--bp", "152/94", "--fpg", 7.6, "--danger", "no",
                      "--medicines", "氨氯地平片, 1, 5, mg")  # fmt: skip
    chronic.person("李建国", "--htn-enrolled-on", "2026-11-01", "--village", "上各村")
    return chronic


def pages(chronic: Chronic, *args: object, lang: str = "en") -> list[str]:
    """What stands on each page, as a reader of PDF finds it."""
    path = chronic.folder / "paper.pdf"
    chronic.ok(*args, "--out", path, lang=lang)
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


@needs_font
def test_four_visits_stand_on_a_sheet_and_everybody_due_is_in_one_file(village: Chronic) -> None:
    found = pages(village, "print", "followup", "--due", "60d")
    assert [("王秀兰" in page, "李建国" in page) for page in found] == [(True, False)] * 4 + [(False, True)]
    first = "".join(found[0].split())
    for said in ("高血压患者随访服务记录表", "200-00123", "152/94", "氨氯地平片", "每日1次每次5mg", "1控制满意2控制不满意"):
        assert said in first
    assert [first.count(f"2026年{month}月3日") for month in range(1, 6)] == [1, 1, 1, 1, 0]
    assert found[1].count("2026年5月3日") == 1


@needs_font
@pytest.mark.parametrize("what", ["followup", "checkup", "card", "campaign"])
def test_the_pdf_says_what_the_page_says(village: Chronic, what: str) -> None:
    import html
    import re

    whom = [] if what == "campaign" else [1]
    page = village.folder / "page.html"
    village.ok("print", what, *whom, "--out", page)
    body = re.sub(r"</?(?:small|b|span|td|th|dt|dd|h1|p)[^>]*>", "\n", page.read_text("utf-8").split("<body>")[1])
    text = html.unescape(re.sub(r"<[^>]+>", "\n", body))
    found = "".join("".join(pages(village, "print", what, *whom)).split())
    for piece in filter(None, (re.sub(r"\s", "", line) for line in text.splitlines())):
        assert set(piece) <= set(found), piece
        if len(piece) < 5:  # longer ones may be broken over lines between the words of their neighbours
            assert piece in found


@needs_font
def test_a_batch_of_slips_and_one_record_form_are_paper_too(village: Chronic) -> None:
    village.visit(2, "2026-11-21", "--bp", "186/112", "--danger", "yes")
    village.ok("refer", "out", 2, "--to", "县人民医院")
    village.ok("refer", "out", 1, "--to", "县中医院", "--reason", "复查", "--by-hand")
    for lang, title in (("zh", "双向转诊(转出)单"), ("en", "Two-way referral slip (out)")):
        first, second = pages(village, "refer", "slip", "2026-0001", "2026-0002", lang=lang)
        assert (title in first, "李建国" in first, "王秀兰" in second) == (True, True, True)
    htn, dm = pages(village, "visit", "form", 1)
    assert ("高血压患者" in htn, "2型糖尿病患者" in dm) == (True, True)


@needs_font
def test_a_long_sheet_goes_on_another_page_with_its_heads(village: Chronic) -> None:
    found = pages(village, "print", "campaign", "--rows", "40")
    assert len(found) == 3
    assert all("身份证号" in page and "筛查登记表" in page for page in found)
    numbers = [int(word) for page in found for word in page.split() if word.isdigit()]
    assert numbers == list(range(1, 41))


@needs_font
def test_nothing_is_cut_off_however_much_somebody_wrote(village: Chronic) -> None:
    told = "".join(chr(0x4E00 + n) for n in range(1200))
    village.visit(2, "2026-11-20", "--bp", "138/84", "--danger", "no", "--aux-tests", told)
    found = "".join("".join(pages(village, "print", "followup", 2)).split())
    assert [character for character in told if character not in found] == []


@needs_font
def test_the_same_paper_is_the_same_file(village: Chronic) -> None:
    made = []
    for name in ("a.pdf", "b.pdf"):
        village.ok("print", "card", 1, 2, "--out", village.folder / name)
        made.append((village.folder / name).read_bytes())
    assert made[0] == made[1]


@needs_font
def test_a_character_no_font_has_is_named_with_the_person_and_nothing_is_written(village: Chronic) -> None:
    village.person("王\U0010fffd", "--htn-enrolled-on", "2026-11-01")
    for what in ("followup", "card", "checkup"):
        path = village.folder / "p.pdf"
        run = village("print", what, 1, 3, "--out", path)
        assert (run.code, run.err.count("\n"), path.exists()) == (2, 1, False)
        assert "U+10FFFD" in run.last
        assert "王\U0010fffd" in run.last


@needs_font
def test_a_rare_character_is_taken_from_the_font_that_has_it(village: Chronic) -> None:
    village.person("王Ѫ", "--htn-enrolled-on", "2026-11-01")  # not in every Chinese font
    assert "王Ѫ" in pages(village, "print", "followup", 3)[0]


def test_without_a_font_or_with_a_wrong_one_a_sentence_says_what_to_do(
    village: Chronic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (wrong := tmp_path / "wrong.ttf").write_bytes(b"no font")
    out = village.folder / "p.pdf"
    run = village("print", "card", 1, "--font", wrong, "--out", out)
    assert (run.code, "no font a PDF can be set in" in run.last, run.err.count("\n")) == (2, True, 1)
    assert village("print", "card", 1, "--font", wrong, "--out", village.folder / "p.html").code == 2
    run = village("print", "card", 1, "--font", tmp_path / "none.ttf", "--out", out)
    assert (run.code, "no file" in run.last) == (2, True)
    monkeypatch.setattr(fonts, "found", list)
    run = village("print", "card", 1, "--out", out)
    assert (run.code, "--font" in run.last, out.exists()) == (2, True, False)


def test_without_the_library_one_sentence_says_how_to_get_it(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fpdf", None)
    run = village("print", "card", 1, "--out", village.folder / "p.pdf")
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert "chronic[pdf]" in run.last


def test_fonts_are_found_by_the_names_of_their_files_the_best_first(tmp_path: Path) -> None:
    for name in ("simsunb.ttf", "msyhbd.ttc", "SIMSUN.TTC", "msyh.ttc", "arial.ttf", "readme.txt", "comic.ttf"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in fonts.found((tmp_path,))] == ["msyh.ttc", "SIMSUN.TTC", "simsunb.ttf", "arial.ttf"]
    assert fonts.found((tmp_path / "none",)) == []
