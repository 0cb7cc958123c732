"""A number that two people have at once, in different registries: whose it is, and what becomes of the other one."""

from itertools import permutations
from pathlib import Path

import pytest

from chronic.care import erase, merging, register, undo
from chronic.store import arriving, conflicts
from tests.runner import Chronic, id_number
from tests.travels import TODAY, Site, Sites, digest, even_out, registered, who

HIS, HERS, THIRD = (id_number(f"1101051{digits}4001") for digits in ("950030", "952060", "960030"))
WIFE, HUSBAND, OTHER = "李秀英", "王大山", "赵六"
ARCHIVE = "33102410620000001"
Named = dict[str, str | None]


def numbers(site: Site, column: str = "id_number") -> Named:
    return dict(site.db.execute(f"SELECT name, {column} FROM person"))


def born(site: Site, name: str) -> str:
    return str(site.db.execute("SELECT birth_date FROM person WHERE name = ?", (name,)).fetchone()[0])


def disputed(site: Site) -> list[tuple[str, str | None, str | None]]:
    """(who goes without, the number, who has it)"""
    return [(found.name, found.one, found.other) for found in conflicts.undecided(site.db)]


@pytest.fixture
def contested(sites: Sites) -> Sites:
    """b registered somebody with a number that a found to be its 李秀英's."""
    registered(sites.a, WIFE, HIS)
    registered(sites.b, OTHER, HERS)
    sites.tell()
    register.edit(sites.a.desk, 1, {"id_number": HERS})
    sites.tell()
    return sites


@pytest.mark.parametrize("first", [WIFE, HUSBAND])
def test_a_couple_with_each_others_numbers_is_put_right_by_one_bundle(sites: Sites, first: str) -> None:
    for name in sorted((WIFE, HUSBAND), key=lambda name: name != first):
        registered(sites.a, name, {WIFE: HIS, HUSBAND: HERS}[name])
    sites.tell()
    wife, husband = who(sites.a, WIFE), who(sites.a, HUSBAND)
    for person, number in ((wife, None), (husband, HIS), (wife, HERS)):
        register.edit(sites.a.desk, person, {"id_number": number})
    merged, _others = sites.tell()
    assert numbers(sites.town) == {WIFE: HERS, HUSBAND: HIS}
    assert merged.conflicts == ()
    assert digest(sites.town.db) == digest(sites.a.db)


def test_while_two_have_one_number_one_keeps_it_and_it_is_listed(contested: Sites) -> None:
    town = contested.town
    assert numbers(town) == {WIFE: None, OTHER: HERS}
    assert disputed(town) == [(WIFE, HERS, OTHER)]
    registered(contested.a, "新人")
    contested.tell()
    assert disputed(town) == [(WIFE, HERS, OTHER)]


@pytest.mark.parametrize("at_once", [1, 2, 2000])
def test_who_goes_without_may_be_said_not_to_have_it(
    contested: Sites, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """A village that has heard of one of them only hears of both at once, in however many pieces."""
    monkeypatch.setattr(arriving, "_AT_ONCE", at_once)
    register.edit(contested.town.desk, who(contested.town, WIFE), {"id_number": None})
    assert disputed(contested.town) == []
    for village in (contested.a, contested.b):
        village.take("town", contested.town.send(village.name))
    contested.tell()
    assert numbers(contested.a) == numbers(contested.town) == numbers(contested.b) == {WIFE: None, OTHER: HERS}


def test_saying_again_whose_a_number_is_gives_it_to_nobody_else(contested: Sites) -> None:
    register.edit(contested.town.desk, who(contested.town, OTHER), {"id_number": HERS})
    assert numbers(contested.town) == {WIFE: None, OTHER: HERS}


@pytest.mark.parametrize("merger", [True, False])
def test_saying_again_what_was_given_by_a_change_gives_it_to_nobody_else(sites: Sites, merger: bool) -> None:
    """Neither does a merger that keeps it."""
    town, a = sites.town, sites.a
    registered(town, OTHER)
    registered(a, WIFE)
    sites.tell()
    register.edit(town.desk, 1, {"id_number": HIS})
    register.edit(a.desk, 1, {"id_number": HIS})
    sites.tell()
    holds = next(name for name, number in numbers(town).items() if number == HIS)
    if merger:
        twin = registered(town, f"{holds}儿", HERS)
        merging.merge(town.desk, who(town, holds), twin, {"all": merging.OURS})
    else:
        register.edit(town.desk, who(town, holds), {"id_number": HIS})
    assert numbers(town) == {WIFE: None, OTHER: None} | {holds: HIS}


def test_a_number_that_another_bundle_sets_free_goes_to_who_was_waiting_for_it(contested: Sites) -> None:
    register.edit(contested.b.desk, 1, {"id_number": THIRD})
    _nothing, merged = contested.tell()
    assert numbers(contested.town) == {WIFE: HERS, OTHER: THIRD}
    assert born(contested.town, WIFE) == "1952-06-04"
    assert disputed(contested.town) == []
    assert merged.conflicts == ()


def test_a_number_set_free_here_goes_to_who_was_waiting_for_it(contested: Sites) -> None:
    register.edit(contested.town.desk, who(contested.town, OTHER), {"id_number": None})
    assert numbers(contested.town) == {WIFE: HERS, OTHER: None}
    assert disputed(contested.town) == []


@pytest.mark.parametrize("where", ["b", "town"])
def test_an_erased_persons_number_goes_to_who_was_waiting_for_it(contested: Sites, where: str) -> None:
    site: Site = getattr(contested, where)
    register.close(site.desk, who(site, OTHER), TODAY, "died")
    erase.erase(site.desk, who(site, OTHER), "书面申请")
    contested.tell()
    assert numbers(contested.town) == {WIFE: HERS, "***": None}


def test_the_number_that_went_with_one_of_two_who_are_one_goes_to_who_was_waiting_for_it(contested: Sites) -> None:
    town = contested.town
    stays = registered(town, OTHER + "子", THIRD)
    merging.merge(town.desk, stays, who(town, OTHER), {"all": merging.OURS})
    assert numbers(town) == {WIFE: HERS, OTHER + "子": THIRD}


def test_a_number_that_a_sheet_replaces_goes_to_who_was_waiting_for_it(contested: Sites, tmp_path: Path) -> None:
    town = contested.town
    register.edit(town.desk, who(town, OTHER), {"archive_no": ARCHIVE})
    sheet = tmp_path / "people.csv"
    sheet.write_text(f"name,archive_no,id_number\n{OTHER},{ARCHIVE},{THIRD}\n", encoding="utf-8")
    chronic = Chronic(tmp_path)
    chronic.path = town.path
    chronic.ok("import", sheet, "--yes")
    assert numbers(town) == {WIFE: HERS, OTHER: THIRD}


def test_a_number_taken_back_goes_to_who_was_waiting_for_it(sites: Sites) -> None:
    registered(sites.a, WIFE)
    sites.tell()
    other = registered(sites.town, OTHER)
    register.edit(sites.town.desk, other, {"id_number": HERS})
    taken = undo.last(sites.town.desk)
    register.edit(sites.a.desk, 1, {"id_number": HERS})
    sites.tell()
    held = {WIFE, OTHER} - {name for name, _number, _other in disputed(sites.town)}
    assert [name for name, number in numbers(sites.town).items() if number == HERS] == [*held]
    undo.take_back(sites.town.desk, taken)
    assert numbers(sites.town) == {WIFE: HERS, OTHER: None}


@pytest.mark.parametrize("column", ["id_number", "archive_no"])
def test_whose_a_number_is_does_not_depend_on_the_order_in_which_bundles_come(
    like: Path, tmp_path: Path, column: str
) -> None:
    one, two, three = {
        "id_number": (HIS, HERS, THIRD),
        "archive_no": (ARCHIVE, "33102410620000002", "33102410620000003"),
    }[column]
    senders = [Site(name, tmp_path / f"{name}.db", like) for name in "abc"]
    for name in (WIFE, HUSBAND, OTHER):
        registered(senders[0], name, **{"number" if column == "id_number" else column: one if name == OTHER else None})
    even_out(senders, 1)
    for site, name, said in (
        (senders[0], WIFE, [two]), (senders[1], HUSBAND, [two, None, two]), (senders[2], OTHER, [two, three]),
        (senders[2], WIFE, [one]),
    ):  # fmt: skip
        for value in said:
            register.edit(site.desk, who(site, name), {column: value})
    sent = [(site.name, site.send("town", True)) for site in senders]
    ends = set()
    for order in permutations(sent):
        town = Site("town", tmp_path / f"{'-'.join(name for name, _sent in order)}.db", like)
        for name, bundle in order:
            town.take(name, bundle)
        assert town.trouble() == []
        ends.add((digest(town.db), str(sorted(numbers(town, column).items())), str(disputed(town))))
        town.db.close()
    assert len(ends) == 1
    even_out(senders)
    assert len({digest(site.db) for site in senders}) == 1
    for site in senders:
        assert site.trouble() == []
        site.db.close()
