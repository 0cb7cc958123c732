"""What two registries said that can be said only once: one of them stands, and the other when that one is taken back."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from chronic.care import contracts, erase, households, register, undo
from chronic.care.register import Given
from chronic.model.household import Walk
from chronic.model.person import Person
from chronic.protocol.contracts import Contracts
from tests.travels import TODAY, Site, even_out, known

Say = Callable[[Site], object]


@pytest.fixture
def sites(like: Path, tmp_path: Path) -> Iterator[list[Site]]:
    """A village and its township, which know of one contract and of one household with a need, and a county that knows
    nothing yet."""
    made = [Site(name, tmp_path / f"{name}.db", like) for name in ("village", "town", "county")]
    village, town, county = made
    for site, level in ((town, "township"), (county, "county")):
        site.becomes(level)
    person = Person("王秀兰", village="下各村", township="城关镇", household_no="7")
    who = register.add(village.desk, Given(person)).id
    package, *_ = Contracts.of(village.desk.editions.on(TODAY)).packages
    contracts.sign(village.desk, who, "一组", package, date(2026, 1, 5))
    households.visit(village.desk, who, Walk(TODAY - timedelta(days=9), "送药", "缺药"), False)
    even_out([village, town])
    yield made
    for site in made:
        site.db.close()


def ends(site: Site) -> None:
    """Each of them for a reason of its own."""
    reason = "refused" if site.name == "village" else "cancelled"
    contracts.end(site.desk, 1, TODAY - timedelta(days=len(site.name)), reason)


def settles(site: Site) -> None:
    households.settle(site.desk, 1, f"药已送到, {site.name}", TODAY)


STANDS = {
    "contract_end": "SELECT reason FROM contract_end UNION ALL SELECT reason FROM contract_card WHERE reason IS NOT NULL",
    "need_settled": "SELECT note FROM need_settled",
}


@pytest.mark.parametrize(("table", "say"), [("contract_end", ends), ("need_settled", settles)])
@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("first", [0, 1])
def test_what_stands_beside_comes_forward_when_the_one_that_stood_is_taken_back(
    sites: list[Site], table: str, say: Say, merged: bool, first: int
) -> None:
    """`merged`: the one who takes back knows the other's by then; `first`: who wrote first, and so has the smaller uid."""
    *both, county = sites
    one, other = both[first], both[1 - first]
    say(one)
    say(other)
    only = other.db.execute(STANDS[table]).fetchall()
    if merged:
        one.take(other.name, other.send(one.name))
    other.take(one.name, one.send(other.name))
    assert other.db.execute(STANDS[table]).fetchall() != only
    undo.take_back(one.desk, undo.last(one.desk))
    assert one.db.execute(STANDS[table]).fetchall() == (only if merged else [])
    even_out(both)
    even_out(sites)
    for site in sites:
        assert site.db.execute(STANDS[table]).fetchall() == only
        assert site.db.execute("SELECT count(*) FROM aside").fetchone() == (0,)
        assert site.trouble() == []
    assert known(one.db) == known(other.db) == known(county.db)


def test_of_three_the_smallest_that_is_left_stands(sites: list[Site]) -> None:
    village, town, county = sites
    even_out(sites)
    for site in sites:
        ends(site)
    town.take("county", county.send("town"))
    village.take("town", town.send("village"))
    undo.take_back(village.desk, undo.last(village.desk))
    assert village.db.execute("SELECT count(*) FROM aside").fetchone() == (1,)
    even_out(sites)
    uids = {site.db.execute("SELECT uid FROM contract_end").fetchone() for site in sites}
    assert len(uids) == 1
    assert {site.db.execute("SELECT uid > (SELECT uid FROM contract_end) FROM aside").fetchone() for site in sites} == {(1,)}
    assert known(village.db) == known(town.db) == known(county.db)
    assert [site.trouble() for site in sites] == [[], [], []]


def test_of_a_contract_that_is_gone_nothing_comes_forward(sites: list[Site]) -> None:
    """Neither end of it means anything, and a bundle that still holds one is merged all the same."""
    village, town, _county = sites
    package, *_ = Contracts.of(village.desk.editions.on(TODAY)).packages
    who = register.add(village.desk, Given(Person("李建国"))).id
    contracts.sign(village.desk, who, "一组", package, date(2026, 1, 5))
    even_out([village, town])
    for site in (village, town):
        contracts.end(site.desk, who, TODAY, "refused")
    town.take("village", village.send("town"))
    for _twice in range(2):
        undo.take_back(village.desk, undo.last(village.desk))
    even_out(sites)
    for site in sites:
        assert site.db.execute("SELECT count(*) FROM contract_end").fetchone() == (0,)
        assert site.trouble() == []


def test_of_who_is_erased_an_end_that_waits_beside_says_why_like_the_one_that_stands(sites: list[Site]) -> None:
    village, town, _county = sites
    for site in (village, town):
        ends(site)
    even_out(sites)
    register.close(village.desk, 1, TODAY, "died")
    erase.erase(village.desk, 1, "书面申请")
    even_out(sites)
    for site in sites:
        beside = site.db.execute("SELECT json_extract(row, '$.reason') FROM aside").fetchall()
        standing = site.db.execute("SELECT reason FROM contract_end").fetchall()
        assert sorted([*beside, *standing]) == [("cancelled",), ("refused",)]
    assert known(village.db) == known(town.db)
