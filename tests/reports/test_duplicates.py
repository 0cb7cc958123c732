"""Who may be registered twice: pairs that are shown and pairs that are not, and how many of a labelled set are found."""

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from random import Random

import pytest

from chronic.model.alike import ENOUGH, Card, likeness
from chronic.model.sounds import ways
from chronic.office.demo_names import given_name, surname
from tests.runner import Chronic, id_number
from tests.sheets import taken

HOMOPHONES = {
    "兰": "蓝", "英": "莹", "珍": "真", "玉": "育", "建": "健", "国": "果", "华": "化", "明": "鸣", "志": "智", "芳": "方",
    "梅": "枚", "伟": "炜", "军": "均", "平": "萍", "丽": "莉", "红": "虹", "秀": "绣", "淑": "叔", "春": "椿", "文": "雯",
}  # fmt: skip


def card(number: int, name: str, **said: object) -> Card:
    known = {"sex": "unknown", **dict.fromkeys(Card._fields[4:]), **said}
    return Card(number, name, ways(name), **known)  # type: ignore[arg-type]


BORN, PHONE, HOME = (
    {"birth_date": "1949-12-31"},
    {"phone": "13812345512"},
    {"village": 1, "hamlet": 2, "household_no": "023"},
)
OTHER_NUMBER = id_number("33102419491231418")
NUMBER = {"id_number": "11010519491231002X"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (card(1, "王秀兰", **BORN), card(2, "王秀兰", **BORN)),
        (card(1, "王秀兰", **BORN, **NUMBER), card(2, "王秀兰", **BORN)),
        (card(1, "王秀兰", **BORN, village=1), card(2, "王秀蓝", **BORN, village=1)),
        (card(1, "王秀兰", **BORN, **PHONE), card(2, "王秀蓝", **BORN, **PHONE)),
        (card(1, "王秀兰", **PHONE, village=1), card(2, "王秀兰", **PHONE, village=1)),
        (card(1, "王秀兰", **HOME), card(2, "王秀兰", **HOME)),
        (card(1, "王秀兰", **HOME, **PHONE), card(2, "王秀蓝", **HOME, **PHONE)),
        (card(1, "王秀兰", archive_no="33102410620000042"), card(2, "王秀蓝", archive_no="20000042")),
        (card(1, "王秀兰", birth_date="1949-12-31", **PHONE), card(2, "王秀兰", birth_date="1949-12-13", **PHONE)),
        (card(1, "王秀兰", **BORN, **NUMBER), card(2, "王秀兰", **BORN, id_number="110105194912310038")),
    ],
    ids=["name and birth", "no ID", "homophone, village", "homophone, phone", "phone, village", "household", "all but birth",
         "archive", "day turned round", "number nearly"],
)  # fmt: skip
def test_a_pair_with_two_hints_is_shown(one: Card, other: Card) -> None:
    assert likeness(one, other).score >= ENOUGH
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (card(1, "王秀兰"), card(2, "王秀兰")),
        (card(1, "王秀兰", village=1), card(2, "王秀兰", village=1)),
        (card(1, "王秀兰"), card(2, "王秀蓝")),
        (card(1, "王秀兰", **BORN), card(2, "王秀蓝", **BORN)),
        (card(1, "王秀兰", village=1), card(2, "王秀蓝", village=1)),
        (card(1, "王秀兰", **PHONE), card(2, "王秀兰", **PHONE)),
        (card(1, "李军", **PHONE, **HOME), card(2, "李建军", **PHONE, **HOME)),
        (card(1, "王秀兰", **BORN, **PHONE, **HOME), card(2, "王秀莲", **BORN, **PHONE, **HOME)),
        (card(1, "王秀兰", **BORN, **NUMBER, **HOME), card(2, "王秀兰", **BORN, **HOME, id_number=OTHER_NUMBER)),
        (card(1, "王建", **BORN, **HOME, sex="M"), card(2, "王健", **BORN, **HOME, sex="F")),
        (card(1, "王秀兰", **PHONE, village=1, birth_date="1949-12-31"),
         card(2, "王秀兰", **PHONE, village=1, birth_date="1972-05-06")),
    ],
    ids=["name", "name, village", "homophone", "homophone, birth", "homophone, village", "phone", "father and son", "twins",
         "two ID numbers", "brother and sister", "two birth dates"],
)  # fmt: skip
def test_a_pair_without_two_hints_or_with_something_against_it_is_not(one: Card, other: Card) -> None:
    assert likeness(one, other).score < ENOUGH


@pytest.mark.parametrize(("one", "other"), [("王秀兰", "王秀蓝"), ("曾丽", "增莉"), ("单红", "善虹"), ("吕绿", "旅律")])
def test_names_that_sound_the_same(one: str, other: str) -> None:
    assert ways(one) & ways(other)


@pytest.mark.parametrize(
    ("one", "other"), [("王秀兰", "王秀莲"), ("王兰", "王丽"), ("李军", "李娟"), ("王兰", "王秀兰"), ("鹿", "绿化")]
)
def test_names_with_the_same_initials_need_not_sound_the_same(one: str, other: str) -> None:
    assert not ways(one) & ways(other)


# a labelled set -----------------------------------------------------------------------------------


def village(rng: Random, first: int) -> list[Card]:
    """300 people in households of up to four; half of them share a phone, some are twins, every tenth has no ID."""
    found: list[Card] = []
    while len(found) < 300:
        family, phone, household = surname(rng), f"13{rng.randrange(10**9):09}", f"{rng.randrange(90):03}"
        twins = rng.random() < 0.1
        born = 0
        for place in range(rng.randint(1, 4)):
            sex = rng.choice("MF")
            born = born if twins and place else rng.randint(1935, 1985)
            day = (
                f"{born}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
                if not (twins and place)
                else str(found[-1].birth_date)
            )
            number = first + len(found)
            name = family + given_name(rng, sex, born)
            full = id_number(f"331024{day.replace('-', '')}{rng.randrange(1, 400) * 2 + (sex == 'M'):03}")
            own = rng.random() < 0.5
            found.append(
                card(number, name, sex=sex, birth_date=day, id_number=full if rng.random() < 0.9 else None,
                     phone=f"13{rng.randrange(10**9):09}" if own else phone, village=1 + number // 75,
                     hamlet=1, household_no=household)
            )  # fmt: skip
    return found


def _other_way(rng: Random, one: Card) -> Card:
    written = [at for at, letter in enumerate(one.name) if at and letter in HOMOPHONES]
    if not written:
        return one._replace(id_number=None)
    at = rng.choice(written)
    name = one.name[:at] + HOMOPHONES[one.name[at]] + one.name[at + 1 :]
    return one._replace(name=name, ways=ways(name), id_number=None)


def _day_slip(rng: Random, one: Card) -> Card:
    day = str(one.birth_date)
    at = rng.choice([3, 9])
    return one._replace(birth_date=day[:at] + str((int(day[at]) + 1) % 10) + day[at + 1 :], id_number=None)


def _number_slip(rng: Random, one: Card) -> Card:
    if one.id_number is None:
        return one
    at = rng.choice([14, 15, 16])
    slipped = one.id_number[:at] + str((int(one.id_number[at]) + 2) % 10) + one.id_number[at + 1 : 17]
    return one._replace(id_number=id_number(slipped))


ERRORS: dict[str, Callable[[Random, Card], Card]] = {
    "no ID": lambda _, one: one._replace(id_number=None),
    "no ID, no phone": lambda _, one: one._replace(id_number=None, phone=None, household_no=None),
    "no ID, moved": lambda _, one: one._replace(id_number=None, village=9, household_no=None),
    "name and phone only": lambda _, one: one._replace(id_number=None, birth_date=None, household_no=None),
    "homophone": _other_way,
    "slip in the birth date": _day_slip,
    "slip in the ID number": _number_slip,
    "homophone, moved": lambda rng, one: _other_way(rng, one)._replace(village=9, phone=None, household_no=None),
    "slip in the birth date, no phone": lambda rng, one: _day_slip(rng, one)._replace(phone=None, household_no=None),
}
"""How somebody comes to be registered a second time. The last two have too little left to be told from others."""


def test_of_a_labelled_set_nearly_all_pairs_are_found_and_hardly_any_other(capsys: pytest.CaptureFixture[str]) -> None:
    rng = Random(7)
    people = village(rng, 1) + village(rng, 301) + village(rng, 601)
    true: dict[tuple[int, int], str] = {}
    for one in rng.sample(people[:900], 180):
        error = list(ERRORS)[len(true) % len(ERRORS)]
        twice = ERRORS[error](rng, one)._replace(id=1000 + len(true))
        true[one.id, twice.id] = error
        people.append(twice)
    found = {(a.id, b.id) for a, b in combinations(people, 2) if likeness(a, b).score >= ENOUGH}
    right = found & true.keys()
    precision, recall = len(right) / len(found), len(right) / len(true)
    missed = sorted(true[pair] for pair in true.keys() - found)
    with capsys.disabled():
        print(f"\nduplicates: {len(true)} pairs, precision {precision:.3f}, recall {recall:.3f}, missed {Counter(missed)}")
    assert precision >= 0.97
    assert recall >= 0.8


# the command --------------------------------------------------------------------------------------

AGAIN = {"name": "王秀蓝", "birth_date": "1949-12-31", "village": "下各村", "person_ref": "77"}


@pytest.fixture
def registry(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--id-number", "11010519491231002X", "--village", "下各村", "--phone", "13812345512")
    chronic.person("李建国", "--birth-date", "1970-05-05", "--village", "下各村", "--phone", "13812345512")
    return chronic


def test_an_import_asks_about_someone_who_looks_like_somebody_known(registry: Chronic) -> None:
    run = taken(registry, [AGAIN, {**AGAIN, "person_ref": "78", "name": "赵大明"}]).run
    assert run.code == 0
    assert "line 2: Looks like 1 王秀兰: same birth date, names sound the same, same village" in run.out
    assert "Please check  1" in run.out


def test_two_rows_of_one_sheet_may_look_alike_too(chronic: Chronic) -> None:
    run = taken(chronic, [AGAIN, {**AGAIN, "person_ref": "78"}]).run
    assert "line 3: Looks like 1 王秀蓝" in run.out


def test_pairs_are_listed_until_merged_or_said_to_be_two(registry: Chronic) -> None:
    taken(registry, [AGAIN])
    (row,) = registry.rows("person", "duplicates")
    assert (row["person_id"], row["other_id"], row["score"]) == (1, 3, 55)
    assert row["likeness"] == ["same_birth_date", "sounds_same", "same_village"]
    assert registry.rows("person", "duplicates", "--village", "下各村") == [row]
    assert registry("person", "duplicates", "--village", "上各村").code == 2
    assert registry.rows("person", "duplicates", "--limit", "0") == []
    assert "names sound the same" in registry.ok("person", "duplicates").out
    registry.ok("person", "distinct", 3, 1, "--yes")
    assert registry.rows("person", "duplicates") == []
    registry.ok("undo", "--yes")
    registry.ok("person", "merge", 1, 3, "--field", "all=ours", "--yes")
    assert registry.rows("person", "duplicates") == []


def test_every_block_finds_its_pairs_by_look_up_and_by_reading_everyone(chronic: Chronic) -> None:
    pairs = [
        [{"birth_date": "1949-12-31"}, {"birth_date": "1949-12-31"}],
        [{"phone": "13812345512", "village": "甲村"}, {"phone": "13812345512", "village": "甲村"}],
        [{"archive_no": "33102410620000042"}, {"archive_no": "20000042"}],
        [{"village": "乙村", "household_no": "023"}, {"village": "乙村", "household_no": "023"}],
    ]
    names = ["王秀兰", "李建国", "周玉珍", "赵大明"]
    rows = [
        {"name": name, "person_ref": f"{name}{place}", **said}
        for name, pair in zip(names, pairs, strict=True)
        for place, said in enumerate(pair)
    ]
    run = taken(chronic, rows).run
    assert run.out.count("Looks like") == len(pairs)
    assert {row["name"] for row in chronic.rows("person", "duplicates")} == set(names)


@pytest.mark.parametrize("many", [60, 6000])
def test_what_very_many_share_is_a_placeholder_and_no_hint(chronic: Chronic, many: int) -> None:
    rows = [{"name": "王秀兰", "birth_date": "1950-01-01", "person_ref": str(n)} for n in range(many)]
    known = [{"name": "王秀兰", "birth_date": "1951-02-03", "person_ref": f"x{n}"} for n in range(2)]
    run = taken(chronic, [*rows, *known]).run
    assert run.out.count("Looks like") == 1
    assert len(chronic.rows("person", "duplicates")) == 1


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("birth_date = '1949-12-31'", "person_birth_date (birth_date=?)"),
        ("phone = '13812345512'", "person_phone (phone=?)"),
        ("name = '王秀兰' AND village = 1", "person_name (name=? AND village=?)"),
        ("archive_no IS NOT NULL AND substr(archive_no, -8) = '20000042'", "person_archive_tail (<expr>=?)"),
    ],
)
def test_a_look_up_costs_what_it_finds(chronic: Chronic, where: str, index: str) -> None:
    ((*_, plan),) = chronic.sql(f"EXPLAIN QUERY PLAN SELECT * FROM person WHERE {where}")
    assert plan.endswith(f"USING INDEX {index}")
