"""`desk`: who reported, who did not, and how old their data are, by their clock and by ours."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chronic.exchange import keys
from chronic.protocol import DEFAULT, load
from chronic.protocol.reporting import Reporting
from chronic.store import registry
from chronic.store.stamp import Stamp
from chronic.store.transactions import immediate
from tests import counties
from tests.counties import Village
from tests.runner import Chronic, Row
from tests.travels import with_its_key

BOOK = Reporting.of(load(DEFAULT))
LATE, SMALL = BOOK.late.after.days, BOOK.small.below
TODAY = "2026-11-21"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Village]]:
    """Fourteen villages of two townships, three people each; of the first three there came a bundle."""
    folder = tmp_path_factory.mktemp("county")
    found = counties.villages(folder, 14, 3)
    site = Chronic(folder)
    site.path = counties.county(folder)
    site.ok("bundle", "merge", *(village.bundle for village in found[:3]), "--yes")
    with closing(registry.connect(site.path)) as db, immediate(db):  # on that day, whenever this runs
        db.execute("UPDATE bundle_taken SET recorded_at = ?", (counties.AT,))
    return folder, found


@pytest.fixture
def county(made: tuple[Path, list[Village]], tmp_path: Path) -> Chronic:
    return with_its_key(counties.county(made[0]), tmp_path)


def taken(county: Chronic, peer: str, made_at: str, merged_at: str) -> None:
    """Another bundle of theirs was merged."""
    with closing(registry.connect(county.path)) as db, immediate(db):
        (origin,) = db.execute("SELECT origin FROM bundle_taken WHERE peer = ?", (peer,)).fetchone() or ("new",)
        values = (Stamp(merged_at, 1, "", "").uid(), peer, made_at, "{}", origin, "village", made_at, merged_at, "x")
        db.execute(
            "INSERT INTO bundle_taken (uid, peer, made_at, counts, origin, level, newest, recorded_at, recorded_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )


def desk(county: Chronic, *args: object, today: str = TODAY) -> dict[str, Row]:
    return {row["unit"]: row for row in county.rows("desk", "list", *args, today=today)}


def test_who_never_reported_comes_first_and_whose_data_are_old_after_them(
    county: Chronic, made: tuple[Path, list[Village]]
) -> None:
    names = [village.name for village in made[1]]
    taken(county, names[1], "2026-12-01T01:00:00.000Z", "2026-12-01T01:00:00.000Z")
    rows = county.rows("desk", "list", today="2026-12-02")
    states = [row["desk_state"] for row in rows]
    assert states == ["never"] * 11 + ["late"] * 2 + ["reported"]
    assert rows[-1]["unit"] == names[1]
    assert rows[-1]["patients"] > 0
    assert {row["unit"] for row in rows} == set(names)


@pytest.mark.parametrize(("days", "state"), [(LATE, "reported"), (LATE + 1, "late")])
def test_data_older_than_the_book_allows_are_late(
    county: Chronic, made: tuple[Path, list[Village]], days: int, state: str
) -> None:
    day = f"2026-11-{21 + days}"
    row = desk(county, today=day)[made[1][0].name]
    assert (row["desk_state"], row["days_old"], row["days_ago"]) == (state, days, days)
    assert desk(county, "--late", days, today=day)[made[1][0].name]["desk_state"] == "reported"
    assert desk(county, "--late", days - 1, today=day)[made[1][0].name]["desk_state"] == "late"


def test_a_clock_that_is_ahead_is_said_and_not_believed(county: Chronic, made: tuple[Path, list[Village]]) -> None:
    name = made[1][0].name
    taken(county, name, "2027-03-01T01:00:00.000Z", "2026-11-22T01:00:00.000Z")
    row = desk(county, today="2026-11-23")[name]
    assert (row["data_of"], row["days_old"], row["merged_on"], row["days_ago"]) == ("2027-03-01", None, "2026-11-22", 1)
    assert row["problem"] == "their clock is 99 days ahead"
    assert desk(county, today="2026-12-15")[name]["desk_state"] == "late"  # by the day of receipt
    taken(county, name, "2026-12-14T01:00:00.000Z", "2026-12-14T01:00:00.000Z")  # somebody put the clock right
    row = desk(county, today="2026-12-15")[name]
    assert (row["desk_state"], row["data_of"], row["problem"]) == ("reported", "2026-12-14", None)


def test_a_clock_that_is_ahead_by_hours_only_is_believed(county: Chronic, made: tuple[Path, list[Village]]) -> None:
    name = made[1][0].name
    taken(county, name, "2026-11-22T09:00:00.000Z", "2026-11-22T01:00:00.000Z")
    row = desk(county, today="2026-11-22")[name]
    assert (row["data_of"], row["problem"]) == ("2026-11-22", None)


def test_an_older_bundle_that_comes_late_does_not_make_the_data_older(
    county: Chronic, made: tuple[Path, list[Village]]
) -> None:
    name = made[1][0].name
    taken(county, name, "2026-11-01T01:00:00.000Z", "2026-11-25T01:00:00.000Z")
    row = desk(county, today="2026-11-25")[name]
    assert (row["data_of"], row["merged_on"]) == ("2026-11-21", "2026-11-25")


def test_townships_are_counted_and_the_sums_are_those_of_the_list(county: Chronic) -> None:
    rows = county.rows("desk", "list")
    grouped = county.rows("desk", "list", "--by", "township")
    for key, state in (("never", "never"), ("reported", "reported")):
        assert sum(row[key] for row in grouped) == sum(row["desk_state"] == state for row in rows)
    assert sum(row["patients"] for row in grouped) == sum(row["patients"] for row in rows)
    (care,) = county.sql("SELECT count(DISTINCT person) FROM open_enrolment")
    assert sum(row["patients"] for row in rows) == care[0]
    assert len(county.rows("desk", "list", "--missing")) == 11


def test_a_village_with_two_registries_has_its_people_once(county: Chronic, made: tuple[Path, list[Village]]) -> None:
    before = {str(row["township"]): row["patients"] for row in county.rows("desk", "list", "--by", "township")}
    (one, two, *_) = [row for row in county.rows("desk", "list") if row["desk_state"] == "reported"]
    county.ok("desk", "expect", two["unit"], "--for", str(one["unit"]).replace(" ", "/"))
    rows = desk(county)
    assert rows[str(one["unit"])]["patients"] == rows[str(two["unit"])]["patients"] > 0
    after = {str(row["township"]): row["patients"] for row in county.rows("desk", "list", "--by", "township")}
    assert after[str(one["township"])] == before[str(one["township"])]


def test_a_village_without_a_registry_stands_there_until_nobody_waits_for_it(county: Chronic) -> None:
    county.person("王无库", "--township", "下各镇", "--village", "岭头村")
    with closing(sqlite3.connect(county.path)) as db, db:
        db.execute("UPDATE person SET origin = 'elsewhere' WHERE name = '王无库'")
    assert desk(county)["岭头村"]["desk_state"] == "without"
    county.ok("desk", "expect", "--for", "下各镇/岭头村", "--no")
    assert "岭头村" not in desk(county)
    county.ok("undo", "--yes")
    assert "岭头村" in desk(county)


def test_a_village_kept_in_this_registry_itself_is_not_waited_for(county: Chronic) -> None:
    county.person("王在此", "--township", "下各镇", "--village", "镇上村")
    assert "镇上村" not in desk(county)


def test_a_township_that_reports_for_its_villages_covers_them(county: Chronic, made: tuple[Path, list[Village]]) -> None:
    """A village with a registry of its own is counted there, and only there."""
    before = desk(county)
    name = made[1][-1].name  # never sent anything
    county.ok("desk", "expect", name, "--for", "下各镇")
    rows = desk(county)
    assert rows[name]["township"] == "下各镇"
    assert sum(row["patients"] for row in rows.values()) == sum(row["patients"] for row in before.values())
    county.ok("desk", "expect", name, "--no")
    assert name not in desk(county)


def test_the_place_that_a_registry_was_trusted_for_is_what_it_speaks_for(county: Chronic, tmp_path: Path) -> None:
    """Whatever it calls itself, before anything came from it, and whatever the place is called since."""
    clinic = Chronic(tmp_path / "clinic")
    clinic.folder.mkdir()
    clinic.ok("init", "--name", "卫生室", "--doctor", "王医生", "--yes")
    clinic.ok("bundle", "key", "new")
    county.ok("place", "add", "岭头村", "--level", "village", "--under", "下各镇")
    key = clinic.ok("bundle", "key", "show").out.strip()
    county.ok("bundle", "key", "trust", "一号卫生室", key, "--place", "下各镇/岭头村", "--yes")
    assert "岭头村" not in desk(county)
    assert (desk(county)["一号卫生室"]["township"], desk(county)["一号卫生室"]["problem"]) == ("下各镇", None)
    county.ok("place", "edit", "岭头村", "--name", "岭上村")
    assert "岭上村" not in desk(county)
    county.ok("bundle", "key", "trust", "一号卫生室", key, "--place", "下各镇/溪口村", "--yes")
    listed = desk(county)["一号卫生室"]
    assert (listed["township"], listed["desk_state"], listed["villages"], listed["problem"]) == ("下各镇", "never", 1, None)
    county.ok("place", "add", "溪口村", "--level", "village", "--under", "下各镇")
    assert (desk(county)["一号卫生室"]["problem"], "溪口村" in desk(county)) == (None, False)


def test_a_village_of_which_nobody_is_registered_is_one_that_has_not_reported(county: Chronic, tmp_path: Path) -> None:
    """Named when its key was trusted, alone or in a township that nobody knows either."""
    clinic = Chronic(tmp_path / "clinic")
    clinic.folder.mkdir()
    before = {row["township"]: row for row in county.rows("desk", "list", "--by", "township")}
    for name, place in (("一号卫生室", "下各镇/溪口村"), ("二号卫生室", "新设镇/岭头村"), ("无名卫生室", None)):
        clinic.path.unlink(missing_ok=True)
        keys.file_of(clinic.path).unlink(missing_ok=True)
        clinic.ok("init", "--name", name, "--yes")
        clinic.ok("bundle", "key", "new")
        key = clinic.ok("bundle", "key", "show").out.strip()
        county.ok("bundle", "key", "trust", name, key, *(("--place", place) if place else ()), "--yes")
    listed = desk(county, "--missing")
    assert [(listed[name]["township"], listed[name]["desk_state"]) for name in ("一号卫生室", "二号卫生室")] == [
        ("下各镇", "never"), ("新设镇", "never"),
    ]  # fmt: skip
    assert listed["无名卫生室"]["problem"].startswith("for which place is not known")
    grouped = {row["township"]: row for row in county.rows("desk", "list", "--by", "township")}
    assert grouped["下各镇"]["never"] == before["下各镇"]["never"] + 1
    assert grouped["新设镇"]["units"] == grouped["新设镇"]["never"] == 1

    def said(by: str, *args: str) -> dict[str, object]:
        rows = county.rows("report", "indicators", "--by", by, "--indicator", "control_rate", "--programme", "htn", *args)
        return {str(row[by]): row["remark"] for row in rows}

    assert {said("village")[name] for name in ("溪口村", "岭头村", "无名卫生室")} == {"not reported"}
    assert "溪口村" in said("village", "--in", "下各镇")
    assert "岭头村" not in said("village", "--in", "下各镇")
    assert said("township")["新设镇"] == "not reported"


def test_wrong_words_get_one_sentence(county: Chronic) -> None:
    for args, said in (
        (["desk", "expect"], "Say which registry, or which place with --for."),
        (["desk", "expect", "无此库"], "Nobody called 无此库 is trusted: chronic bundle list"),
    ):
        run = county(*args)
        assert (run.code, run.last) == (2, said)
    assert county("desk", "expect", "--for", "无此村").code == 2


# rankings ------------------------------------------------------------------------------------------


def figures(county: Chronic, *args: object, today: str = TODAY) -> dict[str, Row]:
    rows = county.rows("report", "indicators", "--indicator", "standard_rate", "--programme", "htn", *args, today=today)
    return {row["village"]: row for row in rows}


def test_a_village_that_has_not_reported_has_no_rate_from_old_data(
    county: Chronic, made: tuple[Path, list[Village]]
) -> None:
    village = made[1][0]
    place = village.name.split()[1]
    asked = ("--by", "village", "--period", "2026-10")
    known = figures(county, *asked)[place]
    assert known["reported"] == "yes"
    assert known["denominator"] > 0
    december = figures(county, "--by", "village", "--period", "2026-11", today="2026-12-05")
    assert december[place] | {"numerator": None, "denominator": None, "rate": None, "rank": None} == december[place]
    assert (december[place]["reported"], december[place]["remark"]) == ("no", "not reported")
    silent = {name for name, row in december.items() if row["reported"] == "no"}
    assert len(silent) == 14  # who never sent anything is named too
    text = county.ok("report", "indicators", "--by", "village", "--period", "2026-11", "--format", "text",
                     "--indicator", "standard_rate", today="2026-12-05").out  # fmt: skip
    assert f"{len(silent)} not reported: " in text
    assert f"{place} " not in text.split("What is counted")[0].replace("not reported: ", "")


def test_data_to_the_last_day_of_a_period_cover_it(county: Chronic, made: tuple[Path, list[Village]]) -> None:
    name = made[1][0].name
    place = name.split()[1]
    taken(county, name, "2026-11-29T15:59:00.000Z", "2026-12-01T00:00:00.000Z")  # 23:59 on the 29th
    asked = ("--by", "village", "--period", "2026-11")
    assert figures(county, *asked, today="2026-12-05")[place]["reported"] == "no"
    taken(county, name, "2026-11-29T16:00:00.000Z", "2026-12-01T00:00:00.000Z")  # the 30th begins
    assert figures(county, *asked, today="2026-12-05")[place]["reported"] == "yes"


def test_a_township_counts_only_its_villages_that_have_reported_and_says_how_many_have_not(
    county: Chronic, made: tuple[Path, list[Village]]
) -> None:
    asked = ("report", "indicators", "--by", "township", "--indicator", "standard_rate", "--programme", "htn")
    for day in (TODAY, "2026-12-05"):
        rows = county.rows(*asked, "--period", "2026-10", today=day)
        assert {row["reported"] for row in rows} == {"part"}
        assert [row["unreported"] for row in rows if row["township"] == "*"] == [len(made[1]) - 3]  # the others never did
    rows = county.rows(*asked, "--period", "2026-11", today="2026-12-05")
    assert {row["reported"] for row in rows if row["township"] != "*"} == {"no"}
    first, _second, third = made[1][:3]
    assert first.township == third.township
    there = sum(village.township == first.township for village in made[1])
    taken(county, first.name, "2026-12-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z")
    villages = figures(county, "--by", "village", "--period", "2026-11", today="2026-12-05")
    towns = {row["township"]: row for row in county.rows(*asked, "--period", "2026-11", today="2026-12-05")}
    one = villages[first.name.split()[1]]
    for row in (towns[first.township], towns["*"], villages["*"]):
        assert (row["numerator"], row["denominator"]) == (one["numerator"], one["denominator"])
    assert (towns[first.township]["reported"], towns[first.township]["unreported"]) == ("part", there - 1)
    text = county.ok(*asked, "--period", "2026-11", "--format", "text", today="2026-12-05").out
    assert f"Villages not reported, by where they are: {first.township} ({there - 1})." in text
    assert "All shares are of those that have reported." in text


@pytest.mark.parametrize("by", [(), ("--by", "doctor"), ("--by", "team"), ("--by", "institution")])
def test_figures_of_people_in_several_villages_say_how_many_have_not_reported(
    county: Chronic, made: tuple[Path, list[Village]], by: tuple[str, ...]
) -> None:
    names = [village.name.split()[1] for village in made[1]]
    ours, silent = names[:3], [name for name in names[3:] if names.count(name) == 1]
    asked = ("report", "indicators", *by, "--indicator", "standard_rate", "--period", "2026-10")
    for style in ("table", "text"):
        (said,) = [line for line in county.ok(*asked, "--format", style).out.splitlines() if "old data" in line]
        assert said.startswith("11 of 14 villages have not reported; their old data are counted here all the same: ")
        assert any(name in said for name in silent)
        assert not any(name in said for name in ours if names.count(name) == 1)
    first = made[1][0]
    here = ("--in", f"{first.township}/{first.name.split()[1]}")
    assert "old data" not in county.ok(*asked, *here).out
    assert "1 of 1 villages has not reported" in county.ok(*asked[:-1], "2026-11", *here, today="2026-12-05").out
    assert "old data" not in county.ok(*asked, "--known-on", "2026-11-01").out


def test_the_page_says_it_of_its_tiles_and_names_no_village_that_reported(county: Chronic) -> None:
    page = county.folder / "board.html"
    county.ok("dashboard", "--period", "2026-10", "--out", page)
    assert "11 of 14 villages have not reported; their old data are counted here" in page.read_text("utf-8")


def test_few_people_are_marked_below_the_number_of_the_book() -> None:
    from chronic.reports import reported

    def line(of: int) -> Row:
        return {"indicator": "x", "programme": "htn", "village": "a", "numerator": 1, "denominator": of, "rank": 1}

    for of, small in ((SMALL - 1, "yes"), (SMALL, "no"), (0, "no")):
        (row,) = reported._group([line(of)], "village", None, SMALL)
        assert row["small"] == small


def test_in_a_registry_nobody_reports_to_nothing_is_said_of_reporting(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-10", "--village", "下各村")
    chronic.visit(1, "2026-10-01", "--bp", "130/80")
    row = figures(chronic, "--by", "village")["下各村"]
    assert (row["reported"], row["unreported"]) == (None, None)
    assert row["denominator"] == 1
