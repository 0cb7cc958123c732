"""`report indicators`: every number adds up, opens into as many people, and is the same on every screen."""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from chronic.model.period import before, read_period
from chronic.protocol import Editions
from chronic.reports import figures, indicators, opened
from chronic.reports.measures import BY, Measure, age_band, measures
from chronic.store import editions, registry
from tests.runner import TODAY, Chronic

PERIOD = read_period("2026-10")


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """A demo of 120 people, spread over three villages of two townships and three doctors, some of them unknown."""
    chronic = Chronic(tmp_path_factory.mktemp("figures"))
    chronic.ok("demo", "--people", 120, "--to", chronic.path)
    with contextlib.closing(sqlite3.connect(chronic.path)) as db, db:
        for number, (town, names) in enumerate({"东乡": ("上村", "中村"), "西乡": ("中村",)}.items(), 1):
            db.execute("INSERT INTO place (id, uid, level, name) VALUES (?, ?, 'township', ?)", (900 + number, town, town))
            for place, name in enumerate(names):
                row = (910 + 10 * number + place, f"{town}{name}", name, 900 + number)
                db.execute("INSERT INTO place (id, uid, level, name, parent) VALUES (?, ?, 'village', ?, ?)", row)
        db.execute("INSERT INTO place (id, uid, level, name) VALUES (900, 'county', 'county', '仙居县')")
        for place, name in ((931, "东片区"), (932, "西片区")):
            db.execute("INSERT INTO place (id, uid, level, name, parent) VALUES (?, ?, 'area', ?, 900)", (place, name, name))
            db.execute("UPDATE place SET parent = ? WHERE id = ?", (place, place - 30))
        for place in (911, 912):
            db.execute("INSERT INTO place (id, uid, level, name, parent) VALUES (?, ?, 'hamlet', '1组', ?)",
                       (place, f"hamlet {place}", place + 9))  # fmt: skip
        homes = {0: 920, 1: 921, 2: 930, 3: None}
        for left, home in homes.items():
            hamlet = {920: 911, 921: 912}.get(home or 0)
            db.execute("UPDATE person SET village = ?, hamlet = ? WHERE id % 7 % 4 = ?", (home, hamlet, left))
        db.execute("UPDATE person SET responsible_doctor = NULL WHERE id % 11 = 0")
        doctors = [name for (name,) in db.execute("SELECT DISTINCT responsible_doctor FROM person ORDER BY 1") if name]
        for number, name in enumerate(doctors[:-1]):
            db.execute(
                "INSERT INTO staff (uid, doctor, institution, team, from_on, origin, recorded_at, recorded_by)"
                " VALUES (?, ?, ?, ?, '2020-01-01', '', '', '')",
                (name, name, number + 1, f"团队{number}"),
            )
        db.execute("UPDATE person SET birth_date = NULL WHERE id % 13 = 0")
        db.execute("INSERT OR IGNORE INTO person_tag SELECT id, 'alone' FROM person WHERE id % 3 = 0")
        db.execute("INSERT OR IGNORE INTO person_tag SELECT id, '监测户' FROM person WHERE id % 5 = 0")
    return chronic


@pytest.fixture(scope="module")
def db(village: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    copy = tmp_path_factory.mktemp("read") / "registry.db"
    shutil.copy(village.path, copy)
    with contextlib.closing(registry.connect(copy)) as db:
        yield db


@pytest.fixture(scope="module")
def dated(db: sqlite3.Connection) -> Editions:
    return editions.read(db)


@pytest.fixture(scope="module")
def every(dated: Editions) -> list[Measure]:
    return measures(dated.on(PERIOD.last))


@pytest.mark.parametrize("by", [by for by in BY if by != "tag"])
def test_the_groups_add_up_to_everybody_and_their_shares_to_a_hundred(
    db: sqlite3.Connection, dated: Editions, every: list[Measure], by: str
) -> None:
    whole = figures.rows(db, dated, figures.Question(every, PERIOD, before(PERIOD)))
    rows = figures.rows(db, dated, figures.Question(every, PERIOD, before(PERIOD), by))
    assert len({row[by] for row in rows}) > 1 + (by != "county")
    for total in whole:
        mine = [row for row in rows if (row["indicator"], row["programme"]) == (total["indicator"], total["programme"])]
        (everybody,) = [row for row in mine if row[by] == figures.WHOLE]
        groups = [row for row in mine if row[by] != figures.WHOLE]
        for key in ("numerator", "denominator", "before_numerator", "before_denominator"):
            assert everybody[key] == total[key]
            if total[key] is not None:
                assert sum(int(str(row[key])) for row in groups) == total[key]
        shares = [float(str(row["share"])) for row in groups if row["share"] is not None]
        counted = total["numerator"] if total["denominator"] is None else total["denominator"]
        assert round(sum(shares), 1) == (100.0 if counted else 0)


def test_a_listing_has_everybody_behind_the_number_and_says_what_they_count_in(village: Chronic) -> None:
    (row,) = village.rows("report", "indicators", "--indicator", "standard_rate", "--programme", "htn")
    for cell, number in (("numerator", row["numerator"]), ("missing", row["denominator"] - row["numerator"])):
        people = village.rows("report", "indicators", "--list", "--indicator", "standard_rate", "--programme", "htn",
                              "--cell", cell)  # fmt: skip
        assert len(people) == number
        assert all("managed in the year" in one["why"] for one in people)
        assert all(("standard management" in one["why"]) == (cell == "numerator") for one in people)
    assert any(one["last_bp"] and one["read_on"] <= "2026-10-31" for one in people)


def test_behind_every_number_are_as_many_people(db: sqlite3.Connection, dated: Editions, every: list[Measure]) -> None:
    some = [measure for measure in every if measure.programme != "dm"]
    rows = figures.rows(db, dated, figures.Question(some, PERIOD, None))
    seen = 0
    for measure, row in zip(some, rows, strict=True):
        part, of = int(str(row["numerator"])), row["denominator"]
        found, _ = opened.cells(db, dated, opened.Question([measure], PERIOD), measure)
        assert found["numerator"].total() == part, measure.code
        if measure.denominator in indicators.book().figures:
            below, missing = found["denominator"], found["missing"]
            assert below.total() == of, measure.code
            assert missing.total() == below.total() - (found["numerator"] & below).total()
        seen += part
    assert seen > 300


@pytest.mark.parametrize("by", [by for by in BY if by != "tag"])
def test_a_group_opens_into_its_own_people(db: sqlite3.Connection, dated: Editions, every: list[Measure], by: str) -> None:
    (measure,) = [one for one in every if (one.code, one.programme) == ("control_rate", "htn")]
    for row in figures.rows(db, dated, figures.Question([measure], PERIOD, None, by)):
        if row[by] != figures.WHOLE:
            asked = opened.Question([measure], PERIOD, "denominator", by, "-" if row[by] is None else str(row[by]))
            assert len(list(opened.rows(db, dated, asked))) == row["denominator"]


def test_two_villages_of_one_name_are_two(village: Chronic) -> None:
    rows = village.rows("report", "indicators", "--by", "village", "--indicator", "control_rate", "--programme", "htn")
    assert {row["village"] for row in rows} == {"上村", "东乡 中村", "西乡 中村", None, "*"}
    towns = village.rows("report", "indicators", "--by", "township", "--indicator", "control_rate", "--programme", "htn")
    assert {row["township"] for row in towns} == {"东乡", "西乡", None, "*"}


def test_the_best_share_is_first_and_equal_shares_have_one_rank(village: Chronic) -> None:
    rows = village.rows("report", "indicators", "--by", "doctor", "--indicator", "control_rate", "--programme", "htn")
    ranked = [row for row in rows if row["rank"]]
    assert [row["rank"] for row in ranked] == sorted(row["rank"] for row in ranked)
    shares = [row["numerator"] / row["denominator"] for row in ranked]
    assert shares == sorted(shares, reverse=True)
    assert rows[-1]["doctor"] == "*"
    assert rows[-1]["rank"] is None


def test_where_less_is_better_the_smallest_share_is_first(village: Chronic) -> None:
    rows = village.rows("report", "indicators", "--by", "village", "--indicator", "hearts_lost", "--programme", "htn")
    shares = [row["numerator"] / row["denominator"] for row in rows if row["rank"]]
    assert shares == sorted(shares)
    assert len(shares) > 2


def test_a_tag_is_of_people_and_of_their_households_and_tags_overlap(village: Chronic) -> None:
    rows = village.rows("report", "indicators", "--by", "tag", "--indicator", "control_rate", "--programme", "htn")
    tags = {row["tag"]: row for row in rows}
    assert {"alone", "monitored", "*"} <= set(tags)
    assert "share" not in tags["alone"]
    for flags, tag in ((("--monitored",), "monitored"), (("--tag", "独居"), "alone")):
        (row,) = village.rows("report", "indicators", *flags, "--indicator", "control_rate", "--programme", "htn")
        assert (row["numerator"], row["denominator"]) == (tags[tag]["numerator"], tags[tag]["denominator"])
        people = village.ids("report", "indicators", *flags, "--indicator", "control_rate", "--programme", "htn", "--list")
        assert len(people) == row["numerator"]
    opened = village.ids("report", "indicators", "--list", "--by", "tag", "--group", "alone", "--indicator", "control_rate",
                         "--programme", "htn")  # fmt: skip
    assert len(opened) == tags["alone"]["numerator"]


def test_a_change_is_the_difference_of_what_is_printed(village: Chronic) -> None:
    rows = village.rows("report", "indicators", "--period", "2026-10")
    was = {(row["indicator"], row["programme"]): row for row in village.rows("report", "indicators", "--period", "2026-09")}
    for row in rows:
        old = was[(row["indicator"], row["programme"])]
        assert (row["before_numerator"], row["before_denominator"]) == (old["numerator"], old["denominator"])
        if row["rate"] is not None and old["rate"] is not None:
            assert row["change"] == round(row["rate"] - old["rate"], 1)
        assert (row["before_period"], row["first_on"], row["last_on"]) == ("2026-09", "2026-10-01", "2026-10-31")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("args", [(), ("--by", "village"), ("--format", "text", "--by", "doctor"), ("--by", "sex")])
def test_dates_definition_and_doubts_are_on_every_report(village: Chronic, lang: str, args: tuple[str, ...]) -> None:
    run = village.ok("report", "indicators", "--indicator", "control_rate", "--indicator", "standard_rate", *args, lang=lang)
    assert "2026-10-01" in run.out
    assert "2026-10-31" in run.out
    assert TODAY in run.out
    assert "UNVERIFIED" in run.out
    assert "DERIVED" in run.out
    assert {"zh": "年内管理人数", "en": "of those managed in the year"}[lang] in run.out
    assert "None" not in run.out


def test_a_circular_says_first_last_below_and_who_moved(village: Chronic) -> None:
    args = ("--indicator", "standard_rate", "--programme", "htn", "--by", "village", "--format", "text")
    zh = village.ok("report", "indicators", *args, lang="zh").out
    for word in ("高血压 规范管理率", "目标 70%, 未达标", "第一: ", "末位: ", "未达标 4 个: ", "低于全体: ", "2026-09"):
        assert word in zh, word
    en = village.ok("report", "indicators", *args).out
    for word in ("target 70 %, missed", "First: ", "Last: ", "4 miss the target: ", "Below everybody's share: ", "2026-09"):
        assert word in en, word
    lower = village.ok("report", "indicators", "--indicator", "hearts_lost", *args[2:]).out
    assert "Above everybody's share: " in lower
    assert "Below everybody's share: " not in lower


def test_as_a_page_and_as_files_it_says_the_same(village: Chronic, tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    page, book = tmp_path / "figures.html", tmp_path / "figures.xlsx"
    village.ok("report", "indicators", "--by", "village", "--out", page)
    village.ok("report", "indicators", "--by", "village", "--out", book)
    text = page.read_text(encoding="utf-8")
    assert "standard management" in text
    assert "UNVERIFIED" in text
    assert book.stat().st_size > 5000
    head = village.ok("report", "indicators", "--by", "village", "--format", "csv", "--headers", "zh").out.splitlines()[0]
    assert {"分子", "分母", "村", "名次", "指标"} <= set(head.split(","))


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--indicator", "x"), "There is no indicator x"),
        (("--set", "x"), "There is no set x; known are: nbphs, hearts"),
        (("--indicator", "older_rate", "--programme", "htn"), "No indicator fits"),
        (("--period", "2026-9"), "is not a period"),
        (("--period", "2026-12"), "begins on 2026-12-01"),
        (("--from", "2026-10-02", "--to", "2026-10-01"), "2026-10-02 is after 2026-10-01"),
        (("--list",), "give --indicator once"),
        (("--list", "--indicator", "control_rate", "--indicator", "standard_rate"), "give --indicator once"),
        (("--list", "--indicator", "control_rate", "--group", "x"), "--group goes with --by"),
        (("--list", "--indicator", "control_rate", "--format", "text"), "leave out --list"),
        (("--list", "--indicator", "hearts_new", "--cell", "missing"), "a number on its own"),
        (("--list", "--indicator", "management_rate", "--cell", "denominator"), "is an estimate"),
        (("--cell", "missing"), "go with --list"),
        (("--limit", "3"), "go with --list"),
        (("--tag", "独局"), "Nobody has the tag"),
        (("--village", "无此村"), "no village"),
        (("--by", "colour"), "colour"),
        (("--as-of", "2026-11-22"), "in the future"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(village: Chronic, args: tuple[str, ...], said: str) -> None:
    run = village("report", "indicators", *args)
    assert run.code == 2
    assert said in run.last
    assert run.out == ""


def test_bands_of_age_begin_where_they_say() -> None:
    assert [age_band(age) for age in (0, 34, 35, 64, 65, 74, 75, 110, None)] == [
        "0-34", "0-34", "35-44", "55-64", "65-74", "65-74", "75+", "75+", None,
    ]  # fmt: skip


def test_phones_are_masked_unless_asked_for_and_then_it_is_logged(village: Chronic) -> None:
    args = ("report", "indicators", "--list", "--indicator", "control_rate")
    assert all("*" in row["phone"] for row in village.rows(*args) if row["phone"])
    before = village.sql("SELECT count(*) FROM audit WHERE action = 'full'")
    assert any("*" not in row["phone"] for row in village.rows(*args, "--full") if row["phone"])
    assert village.sql("SELECT count(*) FROM audit WHERE action = 'full'") != before
