"""What the registry knows that a risk score asks for: each fact with its day and where it is from.

Only what can be concluded is concluded. A measurement told by phone is left out; nobody is a non-smoker, untreated or
without diabetes merely because nothing is recorded.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from math import inf, isinf
from typing import Any, NamedTuple

from chronic.model.days import age_on, day_or_none, from_iso
from chronic.model.fields import BY_COLUMN
from chronic.model.score import Amount, Known, Value
from chronic.protocol import Editions
from chronic.store import checkups

_AT_ONCE = 500
_METER = {"HI": inf, "LO": -inf}
UNITS = {
    "fpg": "mmol/L", "ogtt": "mmol/L", "tc": "mmol/L", "tg": "mmol/L", "ldl_c": "mmol/L", "hdl_c": "mmol/L",
    "creatinine": "umol/L", "uacr": "mg/g",
}  # fmt: skip
"""Laboratory values and the unit in which the registry holds them."""
_MEASURED = (
    "sbp", "dbp", "heart_rate", "weight_kg", "height_cm", "waist_cm", "fpg", "tc", "tg", "ldl_c", "hdl_c", "creatinine",
    "uacr",
)  # fmt: skip
_TOLD = ("smoke_per_day", "adherence", "pregnant", "medicines")
_PEOPLE = """
SELECT p.id, p.uid, p.name, p.sex, CASE WHEN p.birth_approximate IS NULL THEN p.birth_date END,
  v.name, h.name, p.phone, p.responsible_doctor, p.ascvd, p.ckd,
       p.smoking_status
FROM person AS p LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
WHERE p.id IN ({ids})"""
_MANAGED = """
SELECT person, programme, max(ended_on IS NULL) FROM enrolment
WHERE person IN ({ids}) AND coalesce(end_reason, '') <> 'withdrawn' AND enrolled_on <= ? GROUP BY person, programme"""
_CONTACTS = f"""
SELECT person, visit_date, way, {", ".join("coalesce(fpg_meter, fpg)" if c == "fpg" else c for c in _MEASURED)},
       {", ".join(_TOLD)}
FROM visit WHERE person IN ({{ids}}) AND ended_by IS NULL AND visit_date <= ?
ORDER BY person, visit_date DESC, id DESC"""
_CHECKED = "SELECT DISTINCT person FROM live_checkup WHERE person IN ({ids}) AND checkup_date <= ?"
_HIGHEST_CHECKED = """
SELECT substr(v.field, 1, 3), max(v.value), c.checkup_date
FROM live_checkup AS c JOIN checkup_value AS v ON v.checkup = c.id
WHERE c.person = ? AND c.checkup_date <= ?
  AND v.field IN ('sbp', 'sbp_left', 'sbp_right', 'dbp', 'dbp_left', 'dbp_right') GROUP BY 1"""


class Fact(NamedTuple):
    """A value, its day (None for the register's own) and where it is from: register, visit, checkup, given,
    derived, default (a village), area (its code)."""

    value: Value | Amount
    on: date | None
    origin: str


class Home(NamedTuple):
    """What the registry's own settings tell of everyone in it. `rural`: a village's, so its people are not townspeople
    unless someone says otherwise; `north` of the Yangtze by the area code, None where that does not settle it."""

    rural: bool = False
    north: bool | None = None


class Facts(NamedTuple):
    """One person's. `highest`: the highest pressures recorded, for the grade of hypertension."""

    id: int
    uid: str
    name: str
    sex: str
    age: int | None
    village: str | None
    hamlet: str | None
    phone: str | None
    doctor: str | None
    programmes: tuple[str, ...]
    by_name: Mapping[str, Fact]
    highest: Mapping[str, Fact]

    def known(self) -> Known:
        return Known({name: fact.value for name, fact in self.by_name.items()})

    def known_at_highest(self) -> Known:
        """The same with the highest recorded pressure instead of the latest."""
        return Known({name: fact.value for name, fact in {**self.by_name, **self.highest}.items()})

    def having(self, more: Mapping[str, Fact]) -> "Facts":
        """The same with these instead of what is recorded; a pressure also counts for the highest."""
        highest = dict(self.highest)
        for name in ("sbp", "dbp"):
            if name in more and (name not in highest or _number(more[name]) > _number(highest[name])):
                highest[name] = more[name]
        return self._replace(by_name={**self.by_name, **more}, highest=highest)


def gathered(db: sqlite3.Connection, day: date, editions: Editions, ids: Iterable[int], home: Home) -> Iterator[Facts]:
    """The facts of these people up to and including this day, in the order of `ids`, a batch at a time."""
    diabetic_from = editions.on(day).screening.dm.fpg_at_or_above
    batch: list[int] = []
    for person in ids:
        batch.append(person)
        if len(batch) == _AT_ONCE:
            yield from _batch(db, day, diabetic_from, batch, home)
            batch = []
    if batch:
        yield from _batch(db, day, diabetic_from, batch, home)


def _batch(db: sqlite3.Connection, day: date, diabetic_from: float, ids: list[int], home: Home) -> Iterator[Facts]:
    text, until = ", ".join(map(str, ids)), day.isoformat()
    managed: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    for person, programme, is_open in db.execute(_MANAGED.format(ids=text), (until,)):
        managed[person][programme] = bool(is_open)
    people = {row[0]: row for row in db.execute(_PEOPLE.format(ids=text))}
    latest: dict[int, dict[str, Fact]] = {}
    highest: dict[int, dict[str, Fact]] = {}
    for person, rows in groupby(db.execute(_CONTACTS.format(ids=text), (until,)), key=lambda row: row[0]):
        latest[person], highest[person] = _contacts(rows)
    for (person,) in db.execute(_CHECKED.format(ids=text), (until,)).fetchall():
        _add_checkups(db, person, day, latest.setdefault(person, {}), highest.setdefault(person, {}))
    for person in ids:
        if person in people:
            seen = (latest.get(person, {}), highest.get(person, {}))
            yield _facts(people[person], managed[person], *seen, day, diabetic_from, home)


def _contacts(rows: Iterable[Any]) -> tuple[dict[str, Fact], dict[str, Fact]]:
    """(latest value of each column, highest pressures) of one person's contacts, newest first."""
    latest: dict[str, Fact] = {}
    highest: dict[str, Fact] = {}
    for _, on, way, *values in rows:
        measured, told = values[: len(_MEASURED)], values[len(_MEASURED) :]
        for name, value in zip(_TOLD, told, strict=True):
            if value is not None and name not in latest:
                latest[name] = Fact(value, from_iso(on), "visit")
        if way == "phone":
            continue
        for name, value in zip(_MEASURED, measured, strict=True):
            if value is None:
                continue
            if name not in latest:
                latest[name] = Fact(as_value(name, _METER.get(value, value)), from_iso(on), "visit")
            if name in ("sbp", "dbp") and (name not in highest or value > _number(highest[name])):
                highest[name] = Fact(value, from_iso(on), "visit")
    return latest, highest


def _add_checkups(db: sqlite3.Connection, person: int, day: date, latest: dict[str, Fact], highest: dict[str, Fact]) -> None:
    """What one person's check-ups say later than the visits do, and where a pressure of theirs is the highest."""
    for name, found in checkups.latest_values(db, person, _MEASURED, day).items():
        if found.where == "checkup" and isinstance(found.value, (int, float)):
            latest[name] = Fact(as_value(name, found.value), found.on, found.where)
    told, status = latest.get("smoke_per_day"), checkups.latest_values(db, person, ("smoking_status",), day)
    for found in status.values():  # not how many a day: the form asks that of those who stopped too
        if told is None or told.on is None or told.on < found.on:
            latest["smoke_per_day"] = Fact(found.value == "current", found.on, found.where)
    for name, value, on in db.execute(_HIGHEST_CHECKED, (person, day.isoformat())):
        if name not in highest or value > _number(highest[name]):
            highest[name] = Fact(value, from_iso(on), "checkup")


def as_value(name: str, value: float) -> Value | Amount:
    """A reading as the rules take it: what a meter could not number stands at the plausible limit it lies beyond."""
    limits = BY_COLUMN[name].hard if name in BY_COLUMN else None
    if limits is not None and isinf(value):
        value = limits[value > 0]
    return Amount(float(value), UNITS[name]) if name in UNITS else float(value)


def _facts(
    row: Any,
    managed: dict[str, bool],
    latest: dict[str, Fact],
    highest: dict[str, Fact],
    day: date,
    diabetic_from: float,
    home: Home,
) -> Facts:
    id_, uid, name, sex, born, village, hamlet, phone, doctor, ascvd, ckd, smoking = row
    age = age_on(birth, day) if (birth := day_or_none(born)) else None
    found = {
        name: Fact(value, None, "register")
        for name, value in (
            ("age", None if age is None else float(age)),
            ("sex", sex if sex in ("M", "F") else None),
            ("cvd", _yes_no(ascvd)),
            ("ckd", _yes_no(ckd)),
            ("hypertension", True if "htn" in managed else None),
        )
        if value is not None
    }
    found |= {name: fact for name, fact in latest.items() if name not in _TOLD}
    for key, fact in (
        ("smoker", _smoker(smoking, latest.get("smoke_per_day"))),
        ("diabetes", _diabetes("dm" in managed, latest.get("fpg"), diabetic_from)),
        ("treated", _treated(managed, latest)),
        ("pregnant", _told_yes(latest.get("pregnant"))),
        ("urban", Fact(False, None, "default") if home.rural else None),
        ("north", None if home.north is None else Fact(home.north, None, "area")),
    ):
        if fact is not None:
            found[key] = fact
    programmes = tuple(programme for programme in ("htn", "dm", "lipid") if managed.get(programme))
    return Facts(id_, uid, name, sex, age, village, hamlet, phone, doctor, programmes, found, highest)


def _smoker(status: str | None, per_day: Fact | None) -> Fact | None:
    """Smokes if the register or the last visit says so; does not if one of them denies it (rule book §8.3)."""
    if status == "current" and not (per_day and per_day.value):
        return Fact(True, None, "register")
    if per_day is not None:
        return Fact(bool(per_day.value), per_day.on, per_day.origin)
    return None if status is None else Fact(False, None, "register")


def _diabetes(ever_managed: bool, fpg: Fact | None, diabetic_from: float) -> Fact | None:
    """Known once enrolled, unless the diagnosis was withdrawn; not known after a fasting glucose below the limit."""
    if ever_managed:
        return Fact(True, None, "register")
    if fpg is None or not isinstance(fpg.value, Amount) or fpg.value.value >= diabetic_from:
        return None
    return Fact(False, fpg.on, "derived")


def _treated(managed: dict[str, bool], latest: dict[str, Fact]) -> Fact | None:
    """On pressure-lowering medicine? Takes none at all: no. Medicine, managed for hypertension alone: yes. Else unknown."""
    adherence, medicines = latest.get("adherence"), latest.get("medicines")
    if adherence is not None and adherence.value == "none":
        return Fact(False, adherence.on, "derived")
    takes = medicines or adherence
    return Fact(True, takes.on, "derived") if takes is not None and set(managed) == {"htn"} else None


def _told_yes(fact: Fact | None) -> Fact | None:
    return None if fact is None else fact._replace(value=fact.value == "yes")


def _yes_no(word: str | None) -> bool | None:
    return None if word is None else word == "yes"


def _number(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, (int, float)) else -inf
