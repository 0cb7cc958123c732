"""`dashboard`: the page says what the reports say, needs nothing but itself, and can be read by everybody."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from tests.browser import CHROMIUM, look
from tests.runner import Chronic

PERIOD = ("--period", "2026-10")
VOID = {"meta", "br", "img", "input", "link", "hr"}
browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this computer")


class Page(HTMLParser):
    """What a program sees of it: tags with their attributes, the tree they stand in, and the texts of cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.astray: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.sections: dict[str, list[list[list[str]]]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.tables = self.sections[str(dict(attrs)["id"])] = []
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.astray.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.tables[-1][-1][-1] += data

    def of(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attrs for name, attrs in self.tags if name == tag and wanted.items() <= attrs.items()]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    chronic = Chronic(tmp_path_factory.mktemp("dashboard"))
    chronic.ok("demo", "--people", 150, "--to", chronic.path)
    return chronic


@pytest.fixture(scope="module")
def texts(county: Chronic) -> dict[str, str]:
    """The page in both languages."""
    found = {}
    for lang in ("zh", "en"):
        path = county.folder / f"{lang}.html"
        county.ok("dashboard", *PERIOD, "--out", path, lang=lang)
        found[lang] = path.read_text("utf-8")
    return found


@pytest.fixture(scope="module")
def pages(texts: dict[str, str]) -> dict[str, Page]:
    return {lang: Page(text) for lang, text in texts.items()}


# the same numbers ----------------------------------------------------------------------------------


def test_every_tile_is_what_report_indicators_says(county: Chronic, pages: dict[str, Page]) -> None:
    told = {(row["indicator"], row["programme"] or ""): row for row in county.rows("report", "indicators", *PERIOD)}
    for page in pages.values():
        tiles = [attrs for attrs in page.of("li") if "data-indicator" in attrs]
        assert len(tiles) > 12
        for tile in tiles:
            row = told[(str(tile["data-indicator"]), str(tile["data-programme"]))]
            said = [tile[f"data-{name}"] for name in ("numerator", "denominator", "rate", "met")]
            of, rate = row["denominator"], row["rate"] if row["denominator"] is not None else None
            wanted = [row["numerator"], "" if of is None else of, "" if rate is None else rate, row["target_met"] or ""]
            assert said == list(map(str, wanted)), tile


def test_with_the_tables_the_page_has_every_indicator_of_the_national_set(county: Chronic, pages: dict[str, Page]) -> None:
    rows = [row for row in county.rows("report", "indicators", *PERIOD) if row["set"] == "nbphs"]
    tiles = [attrs for attrs in pages["en"].of("li") if "data-indicator" in attrs]
    others = sum(len(table) - 1 for table in pages["en"].sections["others"])
    assert len(tiles) + others == len(rows)


def test_the_ranking_is_the_one_by_village(county: Chronic, pages: dict[str, Page]) -> None:
    for table, programme in zip(pages["zh"].sections["villages"], ("htn", "dm"), strict=True):
        rows = county.rows("report", "indicators", *PERIOD, "--indicator", "control_rate", "--programme", programme,
                           "--by", "village")  # fmt: skip
        wanted = [[str(row["rank"]), row["village"], f"{row['rate']:.1f}%", f"{row['numerator']}/{row['denominator']}"]
                  for row in rows if row["village"] != "*"]  # fmt: skip
        assert [[line[0], line[1], line[3], line[4]] for line in table[1:]] == wanted


def test_the_last_of_thirteen_months_is_the_period(county: Chronic, pages: dict[str, Page]) -> None:
    trends = pages["en"].sections["trends"]
    assert {len(table) - 1 for table in trends} == {13}
    (htn, dm) = county.rows("report", "indicators", *PERIOD, "--indicator", "control_rate")
    assert trends[0][-1] == ["2026-10", *(f"{row['rate']:.1f}% ({row['numerator']}/{row['denominator']})"
                                          for row in (htn, dm))]  # fmt: skip
    (before, _dm) = county.rows("report", "indicators", "--period", "2026-02", "--indicator", "control_rate")
    assert trends[0][-9][:2] == ["2026-02", f"{before['rate']:.1f}% ({before['numerator']}/{before['denominator']})"]


def test_outcomes_sum_to_those_under_care(pages: dict[str, Page]) -> None:
    for table in pages["en"].sections["outcomes"]:
        for _month, *parts, whole in table[1:]:
            assert sum(int(part.split()[0]) for part in parts) == int(whole)
            shares = [float(part.partition("(")[2].rstrip("%)")) for part in parts if "%" in part]
            assert round(sum(shares), 1) in (0.0, 100.0)


def test_the_overdue_are_those_of_the_list(county: Chronic, pages: dict[str, Page]) -> None:
    late = county.rows("overdue")
    bands, villages = pages["en"].sections["overdue"]
    assert [int(row[2]) for row in bands[1:]] == [
        sum(row["band"] == band for row in late) for band in ("1-30", "31-90", "over-90")
    ]
    assert {row[0]: int(row[2]) for row in villages[1:]} == {
        name: sum(row["village"] == name for row in late) for name in {row["village"] for row in late}
    }


def test_the_cascade_is_that_of_the_report(county: Chronic, pages: dict[str, Page]) -> None:
    for table, programme in zip(pages["en"].sections["loops"][1:], ("htn", "dm"), strict=True):
        rows = county.rows("report", "cascade", *PERIOD, "--programme", programme)
        assert [int(row[2]) for row in table[1:]] == [row["counted"] for row in rows]


def test_filters_are_those_of_the_report(county: Chronic) -> None:
    village = county.rows("person", "list")[0]["village"]
    path = county.folder / "v.html"
    county.ok("dashboard", *PERIOD, "--village", village, "--out", path)
    text = path.read_text("utf-8")
    (tile,) = Page(text).of("li", **{"data-indicator": "control_rate", "data-programme": "htn"})
    (row,) = county.rows("report", "indicators", *PERIOD, "--village", village, "--indicator", "control_rate",
                         "--programme", "htn")  # fmt: skip
    assert (tile["data-numerator"], tile["data-denominator"]) == (str(row["numerator"]), str(row["denominator"]))
    assert village in text.partition("<nav")[0]


# one page, whole in itself -------------------------------------------------------------------------


def test_nothing_is_fetched_and_nothing_runs(texts: dict[str, str], pages: dict[str, Page]) -> None:
    for lang, text in texts.items():
        assert "http://" not in text
        assert "https://" not in text
        page = pages[lang]
        assert not page.of("script") + page.of("link") + page.of("img") + page.of("iframe")
        assert [attrs for _tag, attrs in page.tags if any(name.startswith("on") for name in attrs)] == []
        (policy,) = page.of("meta", **{"http-equiv": "Content-Security-Policy"})
        assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"
        assert {href for attrs in page.of("a") if (href := str(attrs["href"]))[0] != "#"} == set()
        assert set(re.findall(r"url\((.)", text)) == {"#"}


def test_nobody_is_named(county: Chronic, texts: dict[str, str]) -> None:
    for row in county.rows("person", "list", "--limit", 100):
        assert row["name"] not in texts["zh"]


def test_the_page_speaks_one_language(texts: dict[str, str]) -> None:
    said = re.sub(r"<style>.*?</style>|<[^>]+>", " ", texts["zh"], flags=re.S)
    assert set(re.findall(r"[A-Za-z][A-Za-z-]{3,}", said)) <= {
        "chronic", "report", "indicators", "cascade", "list", "PROPOSED", "DERIVED", "UNVERIFIED-H", "LDL-C", "HTN-PC",
        "DM-PC",
    }  # fmt: skip


def test_tags_are_closed_and_addresses_lead_somewhere(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert (page.astray, page.open) == ([], [])
        ids = [attrs["id"] for _tag, attrs in page.tags if attrs.get("id")]
        assert len(ids) == len(set(ids))
        wanted = {str(attrs["href"])[1:] for attrs in page.of("a")}
        wanted |= {str(attrs["aria-labelledby"]) for _tag, attrs in page.tags if "aria-labelledby" in attrs}
        assert wanted <= set(ids)


# for everybody -------------------------------------------------------------------------------------


def test_headings_go_down_a_step_at_a_time(pages: dict[str, Page]) -> None:
    levels = [int(tag[1]) for tag, _attrs in pages["zh"].tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_is_told_in_words_or_stands_beside_its_number(pages: dict[str, Page]) -> None:
    for page in pages.values():
        drawn = [attrs for attrs in page.of("svg") if attrs.get("class", "").split()[0] not in ("mark",)]  # type: ignore[union-attr]
        assert len([attrs for attrs in drawn if attrs.get("role") == "img"]) == 6
        for attrs in drawn:
            assert (attrs.get("role") == "img" and len(str(attrs["aria-label"])) > 20) or attrs.get("aria-hidden") == "true"


def test_every_table_has_heads_for_its_rows_and_columns(pages: dict[str, Page]) -> None:
    page = pages["zh"]
    assert {attrs.get("scope") for attrs in page.of("th")} == {"col", "row"}


def test_parts_of_a_stack_differ_without_colour(texts: dict[str, str]) -> None:
    for hatch in ("solid", "slant", "dots", "lines", "blank"):
        assert f'class="{hatch}"' in texts["zh"]
    for name in ("slant", "dots", "lines"):
        assert f'<pattern id="{name}"' in texts["zh"]


@browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_in_a_browser_no_texts_overlap_nothing_sticks_out_and_the_console_is_silent(
    texts: dict[str, str], tmp_path: Path, lang: str
) -> None:
    opened = texts[lang].replace('<details class="more">', '<details class="more" open>')
    pages = {
        f"{name}{width}": (text, width) for width in (1280, 390) for name, text in (("shut", texts[lang]), ("open", opened))
    }
    seen = look(pages, tmp_path)
    assert seen.pop("console") == []
    for name, found in seen.items():
        assert found["texts"] > 200
        assert (found["overlaps"], found["outside"], found["fetched"]) == ([], [], []), name
        assert found["wide"] <= 0, name


@browser
def test_what_overlaps_or_sticks_out_would_be_seen(tmp_path: Path) -> None:
    page = """<body style="margin:0"><p style="position:absolute;left:0;top:0">one</p>
    <p style="position:absolute;left:5px;top:3px">two</p>
    <p style="position:absolute;left:350px;top:90px;white-space:nowrap">three is far too long</p>
    <script>console.error("x")</script>"""
    seen = look({"bad": (page, 390)}, tmp_path)
    assert [pair[:2] for pair in seen["bad"]["overlaps"]] == [["one", "two"]]
    assert seen["bad"]["outside"] == ["three is far too long"]
    assert len(seen["console"]) == 1


# edges ---------------------------------------------------------------------------------------------


def test_a_registry_without_anybody_still_has_a_page(chronic: Chronic) -> None:
    path = chronic.folder / "page.html"
    chronic.ok("dashboard", "--out", path)
    page = Page(path.read_text("utf-8"))
    assert (page.astray, page.open) == ([], [])
    assert {attrs["data-numerator"] for attrs in page.of("li") if "data-numerator" in attrs} == {"0"}


def test_a_month_that_is_not_over_is_drawn_to_the_day(county: Chronic) -> None:
    path = county.folder / "so-far.html"
    county.ok("dashboard", "--as-of", "2026-11-21", "--out", path)
    (tile,) = Page(path.read_text("utf-8")).of("li", **{"data-indicator": "control_rate", "data-programme": "htn"})
    (row,) = county.rows(
        "report", "indicators", "--as-of", "2026-11-21", "--indicator", "control_rate", "--programme", "htn"
    )
    assert (tile["data-numerator"], tile["data-denominator"]) == (str(row["numerator"]), str(row["denominator"]))


def test_bad_input_is_one_sentence_and_leaves_no_page(county: Chronic) -> None:
    path = county.folder / "none.html"
    for args in (["--period", "2026-13"], ["--village", "没有"], ["--as-of", "2030-01-01"]):
        run = county("dashboard", *args, "--out", path)
        assert (run.code, run.out) == (2, "")
        assert not path.exists()
    assert county("dashboard", "--out", county.path).code == 2
