"""Figures for a DHIS2 server: the mapping to fill in, what comes of it, and what is wrong with one."""

import csv
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner import Chronic, Row

MAPPING = """
data_set = "DataSet0001"
attribute_option_combo = "AttrOpt0001"
[org_units]
by = "village"
ids = { "下各村" = "OrgUnit0001", "南岭村" = "OrgUnit0002", "unknown" = "-" }
[groups.old]
sex = true
ages = ["0-69", "70+"]
ids = { "F 0-69" = "CatOptF0069", "F 70+" = "CatOptF0070", "M 70+" = "CatOptM0070" }
[figures.htn.registered]
data_element = "DataElem001"
groups = "old"
[figures.htn.controlled]
data_element = "DataElem002"
[figures.htn.lost]
data_element = "DataElem003"
category_option_combo = "CatOptTotal"
"""
Write = Callable[[str], Path]


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """On 30 September: two of 下各村 aged 70 and 69, controlled and lost; one of 南岭村; one whose village is not known."""
    people = [("王秀兰", "1956-09-30", "F", "下各村"), ("李桂英", "1956-10-01", "F", "下各村"),
              ("陈志强", "1940-01-01", "M", "南岭村"), ("周建国", "1940-01-01", "M", None)]  # fmt: skip
    for name, born, sex, place in people:
        where = ("--village", place) if place else ()
        chronic.person(name, "--birth-date", born, "--sex", sex, *where, "--htn-enrolled-on", "2025-01-10")
    chronic.visit(1, "2026-08-01", "--bp", "139/89")
    chronic.visit(3, "2026-08-01", "--bp", "140/80")
    return chronic


@pytest.fixture
def write(chronic: Chronic) -> Write:
    def write(text: str) -> Path:
        file = chronic.folder / "mapping.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def values(chronic: Chronic, mapping: Path, *args: object) -> list[Row]:
    run = chronic.ok("export", "dhis2", "--period", "2026Q3", "--mapping", mapping, *args)
    told = json.loads(run.out)
    assert set(told) == {"dataSet", "dataValues"}
    rows: list[Row] = told["dataValues"]
    return rows


def test_each_number_goes_where_the_mapping_says(village: Chronic, write: Write) -> None:
    rows = values(village, write(MAPPING))
    assert rows[0] == {
        "dataElement": "DataElem001", "period": "2026Q3", "orgUnit": "OrgUnit0001", "categoryOptionCombo": "CatOptF0069",
        "attributeOptionCombo": "AttrOpt0001", "value": "1",
    }  # fmt: skip
    assert "categoryOptionCombo" not in next(row for row in rows if row["dataElement"] == "DataElem002")
    found = {(row["dataElement"][-1], row["orgUnit"][-1], row.get("categoryOptionCombo", "")): row["value"] for row in rows}
    assert {key: value for key, value in found.items() if value != "0"} == {
        ("1", "1", "CatOptF0069"): "1", ("1", "1", "CatOptF0070"): "1", ("1", "2", "CatOptM0070"): "1",
        ("2", "1", ""): "1", ("3", "1", "CatOptTotal"): "1",
    }  # fmt: skip
    assert len(rows) == len(found) == 2 * (3 + 1 + 1)  # the noughts too: two villages, five numbers each


def test_who_is_left_out_is_said(village: Chronic, write: Write) -> None:
    run = village.ok("export", "dhis2", "--period", "2026Q3", "--mapping", write(MAPPING))
    assert run.err.splitlines() == [
        "2026Q3, 2026-07-01 to 2026-09-30: 10 values", "Left out by the mapping: unknown",
    ]  # fmt: skip


def test_noughts_can_be_left_out(village: Chronic, write: Write) -> None:
    assert {row["value"] for row in values(village, write("zeros = false\n" + MAPPING))} == {"1"}


def test_places_with_one_id_are_added_up(village: Chronic, write: Write) -> None:
    rows = values(village, write(MAPPING.replace('"-"', '"OrgUnit0002"')))
    (row,) = [r for r in rows if r.get("categoryOptionCombo") == "CatOptM0070" and r["orgUnit"] == "OrgUnit0002"]
    assert row["value"] == "2"


def test_townships_and_the_whole_registry_are_org_units_too(village: Chronic, write: Write) -> None:
    whole = re.sub("by = .*\nids = .*", 'by = "all"\nids = { all = "OrgUnitAll1" }', MAPPING)
    found = {row["value"] for row in values(village, write(whole)) if row.get("categoryOptionCombo") == "CatOptM0070"}
    assert found == {"2"}
    by_township = re.sub("by = .*\nids = .*", 'by = "township"\nids = { unknown = "OrgUnitTwn1" }', MAPPING)
    assert {row["orgUnit"] for row in values(village, write(by_township))} == {"OrgUnitTwn1"}


def test_a_csv_has_the_columns_dhis2_knows_by_their_place(village: Chronic, write: Write) -> None:
    out = village.folder / "values.csv"
    village.ok("export", "dhis2", "--period", "2026Q3", "--mapping", write(MAPPING), "--format", "csv", "--out", out)
    header, first, *_rest = csv.reader(out.read_bytes().decode("utf-8").splitlines())  # no mark before the header
    assert header == ["dataelement", "period", "orgunit", "catoptcombo", "attroptcombo", "value", "strby", "lstupd", "cmt"]
    assert first == ["DataElem001", "2026Q3", "OrgUnit0001", "CatOptF0069", "AttrOpt0001", "1", "", "", ""]


def test_two_files_of_one_period_are_the_same(village: Chronic, write: Write) -> None:
    mapping = write(MAPPING)
    assert values(village, mapping) == values(village, mapping)


def test_the_blank_mapping_holds_every_key_and_says_what_is_missing(village: Chronic) -> None:
    out = village.folder / "mapping.toml"
    village.ok("export", "template", "dhis2", "--out", out)
    table = tomllib.loads(out.read_text(encoding="utf-8"))
    assert set(table["org_units"]["ids"]) == {"下各村", "南岭村", "unknown"}
    assert set(table["figures"]) == {"htn", "dm"}
    run = village("export", "dhis2", "--period", "2026Q3", "--mapping", out)
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(
        r"The mapping gives no id for \d+ names: 下各村, 南岭村, unknown, htn.managed, M 0-17, .*…", run.last
    )
    filled = "".join(
        re.sub(r'= ""$', f'= "Filled{number:05}"', line) if "data_set" not in line and "attribute" not in line else line
        for number, line in enumerate(out.read_text(encoding="utf-8").splitlines(keepends=True))
    )
    out.write_text(filled, encoding="utf-8")
    told = json.loads(village.ok("export", "dhis2", "--period", "2026Q3", "--mapping", out).out)
    assert set(told) == {"dataValues"}
    assert sum(int(row["value"]) for row in told["dataValues"]) > 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"DataElem002"', '""', "no id for 1 names: htn.controlled"),
        ('"下各村" = "OrgUnit0001", ', "", "no id for 1 names: 下各村"),
        (', "F 70+" = "CatOptF0070"', "", "no id for 1 names: F 70+"),
        ("htn.lost", "htn.lots", "wrong at figures.htn.lots"),
        ("htn.lost", "lipid.lost", "wrong at figures.lipid"),
        ('"DataElem003"', '"DataElem002"\ngroups = "young"', "wrong at figures.htn.lost.groups: young"),
        ('"DataElem003"', '"DataElem003"\ngroups = "old"', "wrong at figures.htn.lost.category_option_combo"),
        ('"DataElem003"', "3", "wrong at figures.htn.lost.data_element: 3"),
        ('"70+"]', '"70 and more"]', "wrong at groups.old.ages: 70 and more"),
        ('"village"', '"county"', "wrong at org_units.by: county"),
        ("sex = true", "gender = true", "wrong at groups.old.gender"),
        ('"DataElem003"\ncategory_option_combo = "CatOptTotal"', '"DataElem002"', "htn.controlled htn.lost go to the same"),
        ("[org_units]", "[org_units", "cannot be read"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_wrong_gives_one_sentence(village: Chronic, write: Write, old: str, new: str, said: str) -> None:
    assert MAPPING.count(old) >= 1
    out = village.folder / "values.json"
    run = village("export", "dhis2", "--period", "2026Q3", "--mapping", write(MAPPING.replace(old, new)), "--out", out)
    assert (run.code, run.out, len(run.err.splitlines())) == (2, "", 1)
    assert said in run.last
    assert not out.exists()


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-9", "2026-9 is not a period"), ("2026Q5", "2026Q5 is not a period"),
        ("2026Q4", "The period 2026Q4 ends on 2026-12-31; today is 2026-11-21"),
        ("202611", "The period 202611 ends on 2026-11-30"),
    ],
)  # fmt: skip
def test_a_period_that_is_none_or_not_over_is_refused(village: Chronic, write: Write, period: str, said: str) -> None:
    run = village("export", "dhis2", "--period", period, "--mapping", write(MAPPING))
    assert (run.code, run.out) == (2, "")
    assert run.last.startswith(said)


def test_a_month_counts_from_its_last_day_on(village: Chronic, write: Write) -> None:
    village.ok("export", "dhis2", "--period", "202611", "--mapping", write(MAPPING), today="2026-11-30")
    assert village("export", "dhis2", "--period", "202611", "--mapping", write(MAPPING), today="2026-11-29").code == 2


def test_a_mapping_that_is_not_there_or_no_text_gives_a_sentence(village: Chronic, write: Write) -> None:
    mapping = write(MAPPING)
    mapping.write_bytes(b"\xff\xfe\x00")
    for file in (mapping, village.folder / "none.toml"):
        run = village("export", "dhis2", "--period", "2026Q3", "--mapping", file)
        assert (run.code, len(run.err.splitlines())) == (2, 1)
        assert f"The mapping {file} cannot be read" in run.last
