"""The tree of places: one is found by name, path or code, and whoever lies under it by an index."""

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest

from chronic.errors import ValueRefused
from chronic.store import places, registry
from chronic.store.stamp import Stamp
from tests.runner import Chronic

STAMP = Stamp("2026-11-21T02:00:00.000Z", 0, "县卫健局", "here")
TREE = {
    1: ("county", "仙居县", "331024000000", None, None),
    2: ("area", "东片区", "E1", 1, None),
    3: ("township", "横溪镇", "331024101000", 2, None),
    4: ("township", "下各镇", "331024102000", 1, None),
    5: ("township", "白塔镇", None, None, None),
    6: ("village", "下各村", "331024101201", 3, None),
    7: ("village", "上村", None, 3, None),
    8: ("village", "上村", None, 4, None),
    9: ("village", "下各村委会", None, 3, 6),
    10: ("hamlet", "3组", None, 6, None),
    11: ("hamlet", "3组", None, 8, None),
    12: ("hamlet", "4组", None, 8, None),
    13: ("village", "孤村", None, None, None),
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    chronic = Chronic(tmp_path_factory.mktemp("tree"))
    chronic.ok("init", "--yes")
    with contextlib.closing(registry.connect(chronic.path)) as db:
        db.executemany(
            "INSERT INTO place (id, uid, level, name, code, parent, same_as) VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((id_, f"p{id_}", *row) for id_, row in TREE.items()),
        )
        yield db


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("仙居县", 1),
        ("331024", 1),
        ("331024000000", 1),
        ("E1", 2),
        ("331024101", 3),
        ("331024101201", 6),
        ("下各村", 6),
        (" 下各村 ", 6),
        ("下各村委会", 6),
        ("下各村村民委员会", 6),
        ("横溪", 3),
        ("横溪镇/上村", 7),
        ("东片区/上村", 7),
        ("仙居县/下各镇/上村", 8),
        ("下各镇／上村", 8),
        ("下各村/3组", 10),
        ("下各镇/上村/3组", 11),
        ("4组", 12),
        ("孤", 13),
        ("３３１０２４１０１", 3),
        ("Ｅ１", 2),
        ("下各村／３组", 10),
    ],
)
def test_a_place_is_found_by_name_path_or_code(db: sqlite3.Connection, text: str, id_: int | None) -> None:
    assert places.find(db, text) == id_


@pytest.mark.parametrize(
    "text", ["没有村", "331024999", "3310", "横溪镇/孤村", "下各镇/下各村", "", "/", "横溪镇/", "上村/横溪镇"]
)
def test_what_is_no_place_is_refused(db: sqlite3.Connection, text: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        places.find(db, text)
    assert refused.value.code == "place.unknown"


@pytest.mark.parametrize(
    ("text", "known"), [("上村", "横溪镇/上村"), ("3组", "下各村/3组"), ("仙居县/3组", "上村/3组"), ("下各", "下各镇")]
)
def test_what_can_be_several_places_is_refused_with_their_paths(db: sqlite3.Connection, text: str, known: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        places.find(db, text)
    assert refused.value.code == "place.several"
    assert known in str(refused.value.values["known"])


def test_what_lies_below_a_place_is_all_of_it_but_no_other_names(db: sqlite3.Connection) -> None:
    assert sorted(places.below(db, 1)) == [1, 2, 3, 4, 6, 7, 8, 10, 11, 12]
    assert sorted(places.below(db, 2)) == [2, 3, 6, 7, 10]
    assert places.below(db, 10) == [10]
    assert places.within(db, 2) == ((2, 3, 6, 7, 9), None)
    assert places.within(db, 5) == ((5,), None)
    assert places.within(db, 11) == ((8,), (11,))


def test_a_place_lies_in_one_place_of_each_level(db: sqlite3.Connection) -> None:
    assert [places.at(db, 10, level) for level in ("hamlet", "village", "township", "area", "county")] == [10, 6, 3, 2, 1]
    assert [places.at(db, 8, level) for level in ("hamlet", "village", "township", "area", "county")] == [
        None,
        8,
        4,
        None,
        1,
    ]
    assert places.at(db, 13, "county") is None
    assert places.path(db, 10) == "仙居县/东片区/横溪镇/下各村/3组"


def test_groups_of_one_name_are_told_apart_by_what_they_lie_in(db: sqlite3.Connection) -> None:
    west = dict.fromkeys((4, 8, 11, 12), "下各镇")
    assert places.groups(db, "township") == {**dict.fromkeys((3, 6, 7, 9, 10), "横溪镇"), 5: "白塔镇", **west}
    assert places.groups(db, "village")[11] == "下各镇 上村"
    assert places.groups(db, "area") == dict.fromkeys((2, 3, 6, 7, 9, 10), "东片区")
    assert places.groups(db, "hamlet") == {10: "下各村 3组", 11: "上村 3组", 12: "4组"}


def test_a_sheet_finds_a_township_wherever_it_lies_and_a_village_by_its_other_names(db: sqlite3.Connection) -> None:
    assert places.settle(db, "横溪镇", "下各村委会", "3组", STAMP) == (6, 10, ())
    assert places.settle(db, None, "下各村委会", None, STAMP) == (6, None, ())
    assert places.settle(db, "下各镇", "上村", "4组", STAMP) == (8, 12, ())


def test_what_another_registry_calls_a_place_is_found_whatever_it_lies_in_there(db: sqlite3.Connection) -> None:
    steps = [["county", "仙居"], ["area", "西片区"], ["township", "横溪镇"], ["village", "下各村"], ["hamlet", "3组"]]
    assert places.along(db, steps, STAMP) == 10
    assert places.along(db, steps[2:4], STAMP) == 6
    assert places.along(db, [["area", "东片区"]], STAMP) == 2
    assert places.along(db, [], STAMP) is None


@pytest.mark.parametrize("sql", [places.BELOW, places.ABOVE_IT, places.CALLED])
def test_the_tree_is_walked_by_its_indexes(db: sqlite3.Connection, sql: str) -> None:
    steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", (1,))]
    assert not [step for step in steps if step.startswith(("SCAN place", "SCAN p"))], steps
    assert [step for step in steps if step.startswith(("SEARCH place USING", "SEARCH p USING"))]


def test_what_lay_in_another_name_of_a_place_is_found_by_indexes(db: sqlite3.Connection) -> None:
    steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {places.UNDER_NAMES}", (6, "hamlet", "3组"))]
    assert not [step for step in steps if step.startswith("SCAN")], steps


def test_a_code_is_found_by_its_index(db: sqlite3.Connection) -> None:
    ((*_, step),) = db.execute(f"EXPLAIN QUERY PLAN {places.CODED}", ("1", "2")).fetchall()
    assert step == "SEARCH place USING INDEX place_code (code=?)"
