"""Made-up villagers: where they live, with whom, and what stands in the register about them.

They come household by household, village by village, so that a million of them need no more memory than a
few thousand.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from chronic.model.days import age_on
from chronic.model.idcard import check_character
from chronic.model.person import Person
from chronic.office.demo_names import given_name, surname

DOCTOR = "李卫平"
"""The first village's doctor, who writes in the registry."""
PER_VILLAGE = 353
HAMLETS = 8

_COUNTY, _COUNTY_CODE = "仙居县", "331024"
_TOWNSHIPS = {
    "下各镇": "106", "横溪镇": "101", "埠头镇": "102", "白塔镇": "103", "田市镇": "104", "官路镇": "105", "朱溪镇": "107",
    "安岭乡": "200", "溪港乡": "201", "湫山乡": "202", "淡竹乡": "203", "皤滩乡": "204", "上张乡": "205", "步路乡": "206",
    "广度乡": "207", "大战乡": "209", "双庙乡": "210", "安洲街道": "001", "南峰街道": "002", "福应街道": "003",
}  # fmt: skip
_VILLAGES = [
    first + second + "村"
    for second in "各宅岙田洋塘坑溪山坪湖桥园岭坞屋店坦井庄陈王张李吴周应郑朱徐"
    for first in "下上前后东西南北里外大"
]
_STEP = 149  # coprime with the number of village names: none comes twice in a township
_VILLAGES_PER_TOWNSHIP = 12
_AGES = (38, 90, 66)  # youngest, oldest, commonest
_SIZES = ((1, 2, 3), (35, 50, 15))
_CLANS = 3
_PHONES = (
    "130",
    "131",
    "132",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "157",
    "158",
    "159",
    "180",
    "182",
    "187",
    "188",
    "189",
)
_HISTORIES = ("高血压", "糖尿病", "脑卒中", "冠心病", "高血压;糖尿病")
_YEAR = 365.25
_PER_DAY = 500  # numbers there are for each birthday and sex


class _Village(NamedTuple):
    township: str
    name: str
    code: str
    doctors: tuple[str, str]
    clans: tuple[str, ...]


class _Home(NamedTuple):
    village: _Village
    hamlet: int
    number: int

    @property
    def doctor(self) -> str:
        """The second doctor looks after the last hamlets."""
        return self.village.doctors[self.hamlet > HAMLETS - 3]


def villagers(rng: Random, today: date, people: int, villages: int | None = None) -> Iterator[Person]:
    """So many people with unique, valid ID and archive numbers; what the doctor decides is left open."""
    taken: Counter[tuple[date, str]] = Counter()
    villages = villages or -(-people // PER_VILLAGE)
    for number in range(villages):
        village = _village(rng, number, villages)
        size = people * (number + 1) // villages - people * number // villages
        for place, person in enumerate(_residents(rng, today, village, size), 1):
            assert person.birth_date is not None
            id_number = _id_number(person.birth_date, person.sex, taken)
            yield person._replace(id_number=id_number, archive_no=f"{village.code}{place:05}")


def _village(rng: Random, number: int, villages: int) -> _Village:
    townships = min(len(_TOWNSHIPS), -(-villages // _VILLAGES_PER_TOWNSHIP))
    place, turn = number % townships, number // townships
    township, code = list(_TOWNSHIPS.items())[place]
    name = _VILLAGES[(turn * _STEP + place * 31) % len(_VILLAGES)]
    drawn = [surname(rng) + given_name(rng, rng.choice("MF"), 1975) for _ in range(2)]
    doctors = (DOCTOR if number == 0 else drawn[0], drawn[1])
    return _Village(
        township, name, f"{_COUNTY_CODE}{code}{200 + turn:03}", doctors, tuple(surname(rng) for _ in range(_CLANS))
    )


def _residents(rng: Random, today: date, village: _Village, size: int) -> Iterator[Person]:
    made, number = 0, 0
    per_hamlet = -(-size // HAMLETS)
    while made < size:
        number += 1
        home = _Home(village, made // per_hamlet + 1, number)
        for person in _household(rng, today, home, min(rng.choices(*_SIZES)[0], size - made)):
            made += 1
            yield person


def _household(rng: Random, today: date, home: _Home, size: int) -> Iterator[Person]:
    """Someone alone, a couple, or a couple with a parent or a grown child."""
    age = rng.triangular(*_AGES)
    family = rng.choice(home.village.clans) if rng.random() < 0.6 else surname(rng)
    sex = "M" if size > 1 or rng.random() < 0.4 else "F"
    phone = _phone(rng)
    yield _person(rng, today, home, (family, sex, age), phone)
    if size > 1:
        yield _person(
            rng,
            today,
            home,
            (surname(rng), "F", _within(rng, age + rng.gauss(-2, 3))),
            phone if rng.random() < 0.3 else _phone(rng),
        )
    if size > 2:
        between = rng.uniform(22, 30)
        sex, family = (rng.choice("MF"), family) if age - between >= _AGES[0] else ("F", surname(rng))
        third = age - between if age - between >= _AGES[0] else age + between
        yield _person(rng, today, home, (family, sex, _within(rng, third)), _phone(rng))


def _person(rng: Random, today: date, home: _Home, who: tuple[str, str, float], phone: str | None) -> Person:
    family, sex, age = who
    born = today - timedelta(days=int(age * _YEAR))
    village = home.village
    smoker = rng.choices(("current", "former", "never"), (42, 18, 40) if sex == "M" else (2, 1, 97))[0]
    risk = 0.02 + max(age_on(born, today) - 55, 0) * 0.003
    return Person(
        family + given_name(rng, sex, born.year), sex=sex, birth_date=born, phone=phone,
        township=village.township, village=village.name, hamlet=f"{home.hamlet}组",
        household_no=f"{home.number:03}", address=f"{_COUNTY}{village.township}{village.name}{home.number}号",
        responsible_doctor=home.doctor, smoking_status=smoker if rng.random() < 0.9 else None,
        family_history=rng.choice(_HISTORIES) if rng.random() < 0.3 else None,
        ascvd="yes" if rng.random() < risk else "no", ckd="yes" if rng.random() < risk / 2 else "no",
    )  # fmt: skip


def _within(rng: Random, age: float) -> float:
    """Nobody younger or older than the rest, and not all of those on one birthday either."""
    youngest, oldest, _ = _AGES
    if age < youngest:
        return rng.uniform(youngest, youngest + 5)
    return rng.uniform(oldest - 5, oldest) if age > oldest else age


def _phone(rng: Random) -> str | None:
    return f"{rng.choice(_PHONES)}{rng.randrange(10**8):08}" if rng.random() < 0.95 else None


def _id_number(born: date, sex: str, taken: Counter[tuple[date, str]]) -> str:
    """The next free number of that day: odd for men, even for women, not in the order they were given out."""
    place = taken[born, sex]
    taken[born, sex] += 1
    assert place < _PER_DAY, born
    order = (place * 83 + born.toordinal() * 37) % _PER_DAY
    first17 = f"{_COUNTY_CODE}{born.isoformat().replace('-', '')}{order * 2 + (sex == 'M'):03}"
    return first17 + check_character(first17)
