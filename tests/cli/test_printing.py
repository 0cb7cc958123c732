"""`print`: official forms and cards as pages, filled in or blank."""

import re
from html.parser import HTMLParser

import pytest

from tests.runner import Chronic

HTN, DM = "高血压患者随访服务记录表", "2型糖尿病患者随访服务记录表"


class Tables(HTMLParser):
    """Each page: its heading, and its rows as the texts of their cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pages: list[tuple[list[str], list[list[str]]]] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self.pages.append(([], []))
        elif tag == "tr":
            self.pages[-1][1].append([])
        elif tag in ("td", "th"):
            self.pages[-1][1][-1].append("")
        if tag in ("td", "th", "h1", "p"):
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in ("td", "th"):
            self.pages[-1][1][-1][-1] += data
        elif self.inside:
            self.pages[-1][0].append(data)


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2025-01-05", "--dm-enrolled-on", "2025-01-05", "--village", "下各村",
                   "--archive-no", "33102410020000123", "--birth-date", "1980-01-01", "--phone", "13812345512")  # fmt: skip
    chronic.visit(1, "2025-12-30", "--bp", "199/99", "--danger", "no")
    chronic.visit(1, "2026-03-01", "--bp", "152/94", "--fpg", 7.6, "--danger", "no", "--symptoms",
                  "headache_dizziness;thirst", "--medicines", "氨氯地平片, 1, 5, mg", "--weight-kg", 70)  # fmt: skip
    chronic.visit(1, "2026-06-01", "--bp", "138/84", "--danger", "no")
    chronic.person("李建国", "--htn-enrolled-on", "2026-11-01", "--village", "上各村")
    chronic.person("周玉珍")
    return chronic


def page(chronic: Chronic, *args: object) -> str:
    path = chronic.folder / "page.html"
    chronic.ok("print", *args, "--out", path)
    return path.read_text("utf-8")


def pages(chronic: Chronic, *args: object) -> list[tuple[str, dict[str, list[str]]]]:
    """(heading, label -> what stands in its columns) of every page."""
    found = []
    for head, rows in Tables(page(chronic, *args)).pages:
        labels = {row[-5].split("1")[0] if len(row) > 4 else row[0]: [cell.strip() for cell in row[-4:]] for row in rows}
        found.append(("".join(head), labels))
    return found


def test_the_visits_of_the_year_stand_side_by_side_and_room_is_left(village: Chronic) -> None:
    htn, dm = pages(village, "followup", 1)
    assert htn[0].startswith(HTN)
    assert dm[0].startswith(DM)
    assert "王秀兰" in htn[0]
    assert "200-00123" in htn[0]
    assert htn[1]["随访日期"] == ["2026年3月1日", "2026年6月1日", "年　月　日", "年　月　日"]
    assert htn[1]["血压 (mmHg)"] == ["152 / 94", "138 / 84", "/", "/"]
    assert [cell.split() for cell in htn[1]["症状"]] == [["2", "其他:"], ["其他:"], ["其他:"], ["其他:"]]
    assert htn[1]["药物名称"][0] == "氨氯地平片\n每日 1 次  每次 5 mg"
    assert dm[1]["空腹血糖 (mmol/L)"][0] == "7.6"
    assert htn[1]["此次随访分类"][0].endswith("4并发症 2")
    assert htn[1]["此次随访分类"][1].endswith("4并发症 1")


def test_a_full_sheet_is_followed_by_one_with_room(village: Chronic) -> None:
    for day in ("2026-07-01", "2026-08-01"):
        village.visit(1, day, "--bp", "138/84", "--danger", "no")
    found = pages(village, "followup", 1, "--programme", "htn")
    assert [labels["随访日期"][0] for _, labels in found] == ["2026年3月1日", "年　月　日"]
    assert found[0][1]["随访日期"][3] == "2026年8月1日"


def test_a_blank_sheet_has_a_name_only_where_one_was_given(village: Chronic) -> None:
    (nobody,) = pages(village, "followup", "--blank", "--programme", "dm")
    assert "王秀兰" not in nobody[0]
    (named,) = pages(village, "followup", 1, "--blank", "--programme", "htn")
    assert "王秀兰" in named[0]
    assert set(named[1]["随访日期"]) == {"年　月　日"}


def test_who_is_due_is_printed_village_by_village(village: Chronic) -> None:
    everyone = page(village, "followup", "--due", "60d")
    assert "王秀兰" in everyone
    assert "李建国" in everyone
    assert "周玉珍" not in everyone
    assert "王秀兰" not in page(village, "followup", "--due", "60d", "--village", "上各村")


def test_a_check_up_form_holds_every_field_and_what_was_found(village: Chronic) -> None:
    from chronic.model.checkup_fields import BLOCKS

    village.ok("checkup", "add", 1, "--on", "2026-05-01", "--bp-left", "138/84", "--ecg", "abnormal",
               "--fpg", "7.2", "--set", "diet=salty;oily")  # fmt: skip
    text = re.sub(r"<[^>]+>", "", page(village, "checkup", 1))
    for block in BLOCKS:
        for field in block.fields:
            assert field.zh.removeprefix("体质") in text or field.column in ("sbp", "dbp")
    flat = re.sub(r"\s+", " ", text)
    assert "2026年5月1日" in flat
    assert "左侧收缩压 138" in flat
    assert "心电图 1正常 2异常 2" in flat
    assert "6嗜糖 45" in flat
    blank = re.sub(r"<[^>]+>", "", page(village, "checkup", 1, "--blank"))
    assert "138" not in blank
    assert "王秀兰" in blank
    assert "王秀兰" not in page(village, "checkup", "--blank")


def test_a_card_says_targets_last_values_and_the_next_day(village: Chronic) -> None:
    text = re.sub(r"<[^>]+>", " ", page(village, "card", 1, "--phone", "0571-1234567"))
    for said in ("王秀兰", "高血压、糖尿病", "低于 140/90 mmHg", "低于 7.0 mmol/L", "138/84 mmHg", "2026-06-01",
                 "7.6 mmol/L", "氨氯地平片", "0571-1234567", "下各村卫生室", "李医生"):  # fmt: skip
        assert said in text
    assert "13812345512" not in text
    assert "王**" in page(village, "card", 1, "--masked")


def pictures(text: str) -> list[list[str]]:
    """The texts of each picture of a card."""
    return [re.findall(r"<text[^>]*>([^<]*)</text>", svg) for svg in re.findall(r'<svg class="plot.*?</svg>\n', text, re.S)]


def test_a_card_draws_the_last_readings_beside_the_targets_of_their_days(chronic: Chronic) -> None:
    chronic.person(
        "王秀兰", "--birth-date", "1961-08-15", "--htn-enrolled-on", "2026-01-05", "--dm-enrolled-on", "2026-01-05"
    )
    chronic.visit(1, "2026-08-01", "--bp", "148/92", "--fpg", "HI", "--danger", "no")
    assert pictures(page(chronic, "card", 1)) == []  # one reading is no trend
    chronic.visit(1, "2026-08-20", "--bp", "146/88", "--fpg", 6.4, "--danger", "no")  # 65 years old since the 15th
    chronic.visit(1, "2026-09-05", "--bp", "150/86", "--way", "phone")
    text = page(chronic, "card", 1)
    pressure, sugar = pictures(text)
    assert pressure == ["148", "146", "&lt;150", "92", "88", "&lt;90", "08-01", "2026", "08-20"]
    assert sugar == ["HI", "6.4", "&lt;7", "08-01", "2026", "08-20"]
    assert 'role="img" aria-label="血压走势 mmHg; 收缩压 148, 146, 目标低于 150; 舒张压 92, 88, 目标低于 90"' in text
    steps = re.findall(r'<line class="target" x1="([\d.]+)%" y1="([\d.]+)%"', text.partition("空腹血糖走势")[0])
    assert steps[0][1] > steps[1][1]  # the limit rises with the 65th birthday
    assert steps[2][1] == steps[3][1]


def test_only_what_is_managed_is_drawn_and_eight_readings_at_most(chronic: Chronic) -> None:
    chronic.person("李建国", "--htn-enrolled-on", "2025-01-05")
    for month in range(1, 11):
        chronic.visit(1, f"2026-{month:02}-02", "--bp", f"{120 + month}/80", "--fpg", 5.5)
    (pressure,) = pictures(page(chronic, "card", 1))
    assert [text for text in pressure if text.startswith(("12", "13"))] == [str(120 + month) for month in range(3, 11)]


def test_older_people_have_their_own_target_on_the_card(village: Chronic) -> None:
    village.person("陈老太", "--htn-enrolled-on", "2026-01-05", "--birth-date", "1940-01-01")
    assert "低于 150/90 mmHg" in page(village, "card", 4)


def test_a_screening_sheet_has_as_many_lines_as_asked_and_headers_that_import_reads(village: Chronic) -> None:
    from chronic.exchange.headers import recognise
    from chronic.render.papers import CAMPAIGN

    text = page(village, "campaign", "--rows", "7", "--village", "下各村", "--on", "2026-12-01")
    assert text.count("<tr>") == 1 + 7
    assert "2026年12月1日" in text
    assert None not in recognise([title for title, _ in CAMPAIGN[1:]])


def test_a_name_cannot_write_into_a_page(village: Chronic) -> None:
    village.person("<script>x</script>", "--htn-enrolled-on", "2026-01-05")
    for what in ("followup", "card", "checkup"):
        assert "<script>" not in page(village, what, 4)


@pytest.mark.parametrize("what", ["followup", "card", "checkup", "campaign"])
def test_pages_are_chinese_whatever_the_screen_and_fetch_nothing(village: Chronic, what: str) -> None:
    whom = [] if what == "campaign" else [1]
    path = village.folder / "page.html"
    said = {}
    for lang in ("zh", "en"):
        village.ok("print", what, *whom, "--out", path, lang=lang)
        said[lang] = path.read_text("utf-8")
    assert said["zh"] == said["en"]
    assert "http" not in re.sub(r'http-equiv="[^"]*"', "", said["zh"])
    assert "{{" not in said["zh"]


@pytest.mark.parametrize("args", [["followup"], ["followup", "1", "--due", "14d"], ["card", "1", "--village", "下各村"],
                                  ["card", "--blank"], ["followup", "--blank", "--programme", "lipid"],
                                  ["campaign", "--rows", "0"], ["card", "--due", "3d", "--village", "没有"]],
                         ids=" ".join)  # fmt: skip
def test_what_cannot_be_meant_is_one_sentence_and_no_file(village: Chronic, args: list[str]) -> None:
    path = village.folder / "page.html"
    run = village("print", *args, "--out", path)
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert not path.exists()


def test_nobody_to_print_is_said(village: Chronic) -> None:
    assert village("print", "followup", 3, "--out", village.folder / "p.html").code == 21
    run = village("print", "followup", "--due", "1d", "--doctor", "没有", "--out", village.folder / "p.html")
    assert (run.code, "Nobody to print" in run.last) == (21, True)
