"""A township and two villages that are sent their own people only: whom and which tasks they hear of, and no longer."""

from datetime import timedelta

import pytest

from chronic.care import places as place_tree
from chronic.care import register, tasks, transfer, undo
from chronic.care.register import Given
from chronic.model.person import Person
from chronic.model.task import Handed
from chronic.store import places, transactions, transfers
from tests.travels import TODAY, Site, Sites, trust, who

MOVER, STAYER, OTHER = "王秀兰", "李建国", "周玉珍"
UPPER, LOWER = "城关镇/上各村", "城关镇/下各村"


@pytest.fixture
def sites(sites: Sites) -> Sites:
    """下各村, the township, and 上各村."""
    sites.town.becomes("township")
    for site, village, names in ((sites.a, "下各村", (MOVER, STAYER)), (sites.b, "上各村", (OTHER,))):
        for name in names:
            register.add(site.desk, Given(Person(name, village=village, township="城关镇")))
        sites.town.take(site.name, site.send("town"))
        trust(site, "town", None)
    trust(sites.town, "a", LOWER)
    trust(sites.town, "b", UPPER)
    known_to_all(sites)
    return sites


def known_to_all(sites: Sites) -> None:
    """As often as it takes until everybody knows that everybody knows."""
    sites.pass_on(3)


def names(site: Site) -> set[str]:
    return {name for (name,) in site.db.execute("SELECT name FROM person")}


def phone(site: Site, name: str) -> str | None:
    (found,) = site.db.execute("SELECT phone FROM person WHERE name = ?", (name,)).fetchone()
    return None if found is None else str(found)


def titles(site: Site) -> list[str]:
    return [title for (title,) in site.db.execute("SELECT title FROM task WHERE kind = 'typed' ORDER BY id")]


def notes(site: Site) -> list[str]:
    return [text for (text,) in site.db.execute("SELECT text FROM task_event WHERE event = 'note' ORDER BY id")]


def handed(site: Site, title: str, *about: str, place: str = UPPER) -> int:
    """One task about several people."""
    people = tuple(who(site, name) for name in about)
    tasks.hand_out(site.desk, title, [Handed(places.find(site.db, place), place, "b 医生", title, people)], None)
    return int(site.db.execute("SELECT id FROM task WHERE title = ?", (title,)).fetchone()[0])


def moved(sites: Sites) -> None:
    """MOVER goes from a to b, and everybody knows."""
    transfer.out(sites.a.desk, who(sites.a, MOVER), UPPER, TODAY - timedelta(days=3), None)
    known_to_all(sites)
    transfer.accept(sites.b.desk, who(sites.b, MOVER), TODAY, transfer.Home("doctor of b"))
    known_to_all(sites)
    known_to_all(sites)


def test_who_moved_away_is_not_spoken_of_to_the_old_village_in_a_list_of_others(sites: Sites) -> None:
    moved(sites)
    number = handed(sites.town, "查控制不佳者", MOVER, OTHER)
    known_to_all(sites)
    tasks.note(sites.town.desk, number, "王秀兰已查")
    known_to_all(sites)
    assert (titles(sites.a), notes(sites.a)) == ([], [])
    assert (titles(sites.b), notes(sites.b)) == (["查控制不佳者"], ["王秀兰已查"])


def test_who_leaves_with_this_bundle_is_not_spoken_of_in_its_lists(sites: Sites) -> None:
    town = sites.town
    register.edit(town.desk, who(town, MOVER), {"village": "上各村"})
    handed(town, "查控制不佳者", MOVER, OTHER)
    known_to_all(sites)
    assert (titles(sites.a), titles(sites.b)) == ([], ["查控制不佳者"])


def test_a_list_goes_to_whoever_has_one_of_its_people(sites: Sites) -> None:
    moved(sites)
    number = handed(sites.town, "查失访者", MOVER, STAYER)
    known_to_all(sites)
    tasks.note(sites.town.desk, number, "已电话联系")
    known_to_all(sites)
    for site in (sites.a, sites.b):
        assert (titles(site), notes(site)) == (["查失访者"], ["已电话联系"])


@pytest.mark.parametrize("told_first", [True, False], ids=["sent since", "never sent"])
def test_a_transfer_to_another_spelling_arrives_once_the_township_made_the_two_one(sites: Sites, told_first: bool) -> None:
    transfer.out(sites.a.desk, who(sites.a, MOVER), "城关镇/上各庄", TODAY - timedelta(days=3), None)
    sites.town.take("a", sites.a.send("town"))
    if told_first:
        known_to_all(sites)
    merged_away = places.find(sites.town.db, "城关镇/上各庄")
    place_tree.merge(sites.town.desk, merged_away, places.find(sites.town.db, UPPER))
    assert names(sites.b) == {OTHER}
    known_to_all(sites)
    assert names(sites.b) == {OTHER, MOVER}
    transfer.accept(sites.b.desk, who(sites.b, MOVER), TODAY, transfer.Home("doctor of b"))
    known_to_all(sites)
    assert [one.state for one in transfers.of(sites.a.db, who(sites.a, MOVER))] == ["accepted"]


@pytest.mark.parametrize("told_first", [True, False], ids=["sent since", "never sent"])
def test_a_task_for_another_spelling_arrives_once_the_township_made_the_two_one(sites: Sites, told_first: bool) -> None:
    town = sites.town
    with transactions.immediate(town.db):
        spelt = places.settle(town.db, "城关镇", "上各庄", None, town.desk.stamp).village
    assert spelt is not None
    number = tasks.add(town.desk, "消毒", None, spelt, None, None)
    tasks.note(town.desk, number, "已备药")
    if told_first:
        known_to_all(sites)
    place_tree.merge(town.desk, spelt, places.find(town.db, UPPER))
    assert titles(sites.b) == []
    known_to_all(sites)
    assert (titles(sites.b), notes(sites.b)) == (["消毒"], ["已备药"])
    assert (titles(sites.a), notes(sites.a)) == ([], [])


def test_two_spellings_that_are_two_again_leave_the_receiver_with_what_is_its_own(sites: Sites) -> None:
    town = sites.town
    transfer.out(sites.a.desk, who(sites.a, MOVER), "城关镇/上各庄", TODAY - timedelta(days=3), None)
    town.take("a", sites.a.send("town"))
    place_tree.merge(town.desk, places.find(town.db, "城关镇/上各庄"), places.find(town.db, UPPER))
    known_to_all(sites)
    assert names(sites.b) == {OTHER, MOVER}
    undo.take_back(town.desk, undo.last(town.desk))
    known_to_all(sites)
    register.edit(town.desk, who(town, MOVER), {"phone": "13800000000"})
    known_to_all(sites)
    assert phone(sites.a, MOVER) == "13800000000"
    assert phone(sites.b, MOVER) is None
