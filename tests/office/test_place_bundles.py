"""What a county does to its tree of places, and what its villages learn of it from bundles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chronic.care import households, register
from chronic.care import places as care
from chronic.care.register import Given
from chronic.model.person import Person
from chronic.store import people, places
from tests.runner import Chronic
from tests.travels import TODAY, Site, even_out, known

Sites = tuple[Site, Site]


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    """A county and a village that know the same two people, of two spellings of one village."""
    made = Chronic(tmp_path)
    made.ok("init", "--yes")
    county, village = (Site(name, tmp_path / f"{name}.db", made.path) for name in ("county", "village"))
    for name, spelt in (("甲", "下各村"), ("乙", "下各")):
        register.add(village.desk, Given(Person(name, township="横溪镇", village=spelt)))
    even_out([county, village])
    with county.db, village.db:
        yield county, village


def homes(site: Site) -> set[tuple[str, str | None, str | None]]:
    return {(who.name, who.township, who.village) for who in people.read(site.db, "ORDER BY id")}


def test_two_spellings_that_the_county_makes_one_are_one_in_the_village_too(sites: Sites) -> None:
    county, village = sites
    care.merge(county.desk, places.find(county.db, "下各"), places.find(county.db, "下各村"))
    even_out(list(sites))
    assert homes(village) == homes(county) == {("甲", "横溪镇", "下各村"), ("乙", "横溪镇", "下各村")}
    assert known(village.db) == known(county.db)


def test_a_village_that_the_county_renamed_is_called_so_in_the_village(sites: Sites) -> None:
    county, village = sites
    care.edit(county.desk, places.find(county.db, "下各村"), name="下各新村")
    care.edit(county.desk, places.find(county.db, "横溪镇"), name="横溪街道")
    even_out(list(sites))
    assert homes(village) == homes(county) == {("甲", "横溪街道", "下各新村"), ("乙", "横溪街道", "下各")}
    assert known(village.db) == known(county.db)


def test_somebody_new_of_the_old_spelling_arrives_in_the_village_it_is(sites: Sites) -> None:
    county, village = sites
    care.merge(county.desk, places.find(county.db, "下各"), places.find(county.db, "下各村"))
    register.add(village.desk, Given(Person("丙", township="横溪镇", village="下各")))
    county.take("village", village.send("county"))
    kept = places.find(county.db, "下各村")
    assert {who.name for who in people.read(county.db, "WHERE village = ?", (kept,))} == {"甲", "乙", "丙"}


def test_a_household_arrives_where_its_people_do_though_the_village_never_said_its_township(sites: Sites) -> None:
    county, village = sites
    register.add(village.desk, Given(Person("丙", village="上村", household_no="012")))
    care.add(county.desk, "village", "上村", places.find(county.db, "横溪镇"))
    (who,) = village.ids("person", "name = '丙'")
    households.assign(village.desk, who, {"staff": "李医生"}, TODAY)
    county.take("village", village.send("county"))
    assert ("丙", "横溪镇", "上村") in homes(county)
    sql = "SELECT 1 FROM household AS h JOIN person AS p ON p.village = h.village AND p.household_no = h.household_no"
    assert len(county.db.execute(sql).fetchall()) == 1


def test_an_area_is_the_countys_own_and_people_arrive_under_it(sites: Sites) -> None:
    county, village = sites
    care.add(county.desk, "area", "东片区", over=[places.find(county.db, "横溪镇")])
    register.add(village.desk, Given(Person("丙", township="横溪镇", village="上村")))
    even_out(list(sites))
    assert places.path(county.db, places.find(county.db, "上村")) == "东片区/横溪镇/上村"
    assert places.path(village.db, places.find(village.db, "上村")) == "横溪镇/上村"
    assert known(village.db) == known(county.db)


def test_somebody_new_in_a_hamlet_of_the_old_spelling_arrives_in_that_hamlet(sites: Sites) -> None:
    county, village = sites
    register.add(village.desk, Given(Person("丙", township="横溪镇", village="下各", hamlet="1组")))
    even_out(list(sites))
    care.edit(county.desk, places.find(county.db, "下各/1组"), name="一组")
    care.merge(county.desk, places.find(county.db, "下各"), places.find(county.db, "下各村"))
    register.add(village.desk, Given(Person("丁", township="横溪镇", village="下各", hamlet="1组")))
    county.take("village", village.send("county"))
    inside = places.find(county.db, "下各村/一组")
    assert {who.name for who in people.read(county.db, "WHERE hamlet = ?", (inside,))} == {"丙", "丁"}
    assert {who.village for who in people.read(county.db, "WHERE hamlet = ?", (inside,))} == {"下各村"}
