"""The figures of a period against the definitions written out as plain loops, on five hundred generated people."""

import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from chronic.model.period import Period, read_period
from chronic.reports import indicators
from chronic.store import editions, registry
from tests.runner import Chronic

PEOPLE = 500
FIRST, LAST, RECENT, CARE = date(2026, 7, 1), date(2026, 9, 30), date(2026, 7, 1), date(2025, 10, 1)
WEEKS = timedelta(weeks=2)
"""Within how long the first follow-up is due: the guideline's, repeated here."""
EDGES = [CARE, RECENT, FIRST, LAST, date(2026, 8, 15), date(2026, 3, 1), date(2025, 3, 1), date(2026, 10, 20)]


class Visit(NamedTuple):
    on: date
    way: str
    sbp: int | None
    dbp: int | None
    fpg: float | None
    meter: str | None
    hba1c: float | None
    hba1c_on: date | None
    counts: bool
    kind: str
    due_on: date | None


class Stay(NamedTuple):
    programme: str
    enrolled_on: date
    ended_on: date | None
    reason: str | None


class Someone(NamedTuple):
    sex: str
    born: date | None
    closed_on: date | None
    closed_reason: str | None
    stays: list[Stay]
    visits: list[Visit]


def near(random: Random) -> date:
    return random.choice(EDGES) + timedelta(days=random.choice([-15, -14, -1, 0, 0, 1, 5]))


def someone(random: Random) -> Someone:
    stays = []
    for programme in random.sample(["htn", "dm", "lipid"], random.choice([1, 1, 2])):
        began = random.choice([near(random), date(2024, 5, 1)])
        ended = random.choice([None, None, None, max(began, near(random))])
        reason = random.choice(["died", "moved", "refused", "withdrawn"]) if ended else None
        stays.append(Stay(programme, began, ended, reason))
        if ended and random.random() < 0.4:
            stays.append(Stay(programme, ended + timedelta(days=random.choice([0, 1, 30])), None, None))
    closed_on = near(random) if random.random() < 0.1 else None
    days = {near(random) for _ in range(random.choice([0, 1, 2, 4]))}
    born = random.choice([None, date(1956, 9, 30), date(1956, 10, 1), date(1980, 2, 29)])
    return Someone(
        random.choice("MF"), born, closed_on, random.choice(["died", "moved"]) if closed_on else None, stays,
        [visit(random, day) for day in sorted(days)],
    )  # fmt: skip


def visit(random: Random, on: date) -> Visit:
    fpg = random.choice([None, 6.9, 7.0, 9.1])
    return Visit(
        on, random.choice(["clinic", "home", "phone"]),
        random.choice([None, 139, 140, 128]), random.choice([None, 89, 90, 70]),
        fpg, random.choice(["HI", "LO", None]) if fpg is None else None,
        random.choice([None, 6.9, 7.0]), random.choice([None, None, on - timedelta(days=100), on - timedelta(days=400)]),
        random.random() < 0.9, random.choice(["followup", "followup", "followup", "screening"]),
        on + timedelta(days=random.choice([1, 14, 90])),
    )  # fmt: skip


def naive(one: Someone, programme: str) -> set[str]:
    """The figures that count this person, by their definitions."""
    ends = {}
    for stay in one.stays:
        both = [(stay.ended_on, 0, stay.reason)] if stay.ended_on else []
        both += [(one.closed_on, 1, one.closed_reason)] if one.closed_on else []
        ends[stay] = (min(both)[0], min(both)[2]) if both else (None, None)
    stays = [s for s in one.stays if s.programme == programme and s.enrolled_on <= (ends[s][0] or date.max)]
    begun = [stay for stay in stays if stay.enrolled_on <= LAST]

    def open_after(stay: Stay, day: date) -> bool:
        return (not stay.ended_on or stay.ended_on > day) and (not one.closed_on or one.closed_on > day)

    found = set()
    if begun and min(stay.enrolled_on for stay in begun) >= FIRST:
        found.add("newly_registered")
    if begun and all(ends[stay][0] for stay in begun):
        ended_on, reason = max((ends[stay][0], stay.enrolled_on, ends[stay][1]) for stay in begun)[::2]
        if FIRST <= ended_on <= LAST:  # type: ignore[operator]
            found.add("died" if reason == "died" else "ended")
    before = [stay for stay in stays if stay.enrolled_on < FIRST and open_after(stay, FIRST - timedelta(days=1))]
    if before:
        began = max(stay.enrolled_on for stay in before)
        contacts = [v for v in one.visits if v.counts and v.due_on and began <= v.on < FIRST]
        due_on = max(contacts).due_on if contacts else began + WEEKS
        if due_on and due_on < FIRST:
            found.add("overdue")
    if not any(open_after(stay, LAST) for stay in begun):
        return found
    met = [v for v in one.visits if v.counts and v.kind == "followup" and v.way != "phone" and CARE <= v.on <= LAST]
    read = [v for v in met if below(v, programme) is not None]
    found.add("registered")
    if not read:
        return found | {"lost"}
    found.add("under_care")
    if min(stay.enrolled_on for stay in begun) >= RECENT:
        return found | {"under_care_new"}
    if not [v for v in met if v.on >= RECENT]:
        return found | {"no_visit"}
    if not [v for v in read if v.on >= RECENT]:
        return found | {"no_reading"}
    return found | {"controlled" if below(max(read), programme) else "uncontrolled"}


def below(seen: Visit, programme: str) -> bool | None:
    if programme == "htn":
        return None if seen.sbp is None or seen.dbp is None else seen.sbp < 140 and seen.dbp < 90
    since = RECENT if seen.on >= RECENT else CARE
    hba1c = seen.hba1c if seen.hba1c_on is None or seen.hba1c_on >= since else None
    parts = [seen.meter != "HI"] if seen.meter else [seen.fpg < 7.0] if seen.fpg is not None else []
    parts += [hba1c < 7.0] if hba1c is not None else []
    return all(parts) if parts else None


def store(db: sqlite3.Connection, everyone: list[Someone]) -> None:
    stamp = "'t', '2026-11-21T00:00:00.000Z', 't'"
    uid = iter(range(10**9))
    for number, one in enumerate(everyone, 1):
        db.execute(
            f"""INSERT INTO person (id, uid, name, sex, birth_date, closed_on, closed_reason, origin,
                recorded_at, recorded_by)
                VALUES (?, ?, '王', ?, ?, ?, ?, {stamp})""",
            (number, f"p{number}", one.sex, day(one.born), day(one.closed_on), one.closed_reason),
        )
        for stay in one.stays:
            db.execute(
                f"""INSERT INTO enrolment (uid, person, programme, enrolled_on, assumed, ended_on, end_reason, origin,
                    recorded_at, recorded_by) VALUES (?, ?, ?, ?, 0, ?, ?, {stamp})""",
                (f"e{next(uid):09}", number, stay.programme, day(stay.enrolled_on), day(stay.ended_on), stay.reason),
            )
        for seen in one.visits:
            made = db.execute(
                f"""INSERT INTO visit (uid, person, kind, visit_date, way, sbp, dbp, fpg, fpg_meter, hba1c, hba1c_on,
                    ended_by, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {stamp})""",
                (f"v{next(uid):09}", number, seen.kind, day(seen.on), seen.way, seen.sbp, seen.dbp, seen.fpg, seen.meter,
                 seen.hba1c, day(seen.hba1c_on), None if seen.counts else "void"),
            ).lastrowid  # fmt: skip
            for programme in ("htn", "dm"):
                db.execute(
                    """INSERT INTO verdict (person, visit, programme, danger, consecutive, due_on, rule, protocol, cites,
                       not_asked, advice, meets, misses) VALUES (?, ?, ?, '', 0, ?, '', '', '', '', '', '', '')""",
                    (number, made, programme, day(seen.due_on)),
                )


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


@pytest.fixture(scope="module")
def everyone() -> list[Someone]:
    random = Random(20260930)
    return [someone(random) for _ in range(PEOPLE)]


@pytest.fixture(scope="module")
def path(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory, everyone: list[Someone]) -> Path:
    path = tmp_path_factory.mktemp("indicators") / "registry.db"
    shutil.copy(made_once.path, path)
    with closing(registry.connect(path)) as db, registry.immediate(db):
        store(db, everyone)
    return path


HEARTS = [name for name in indicators.book().sets["hearts"].figures if name not in ("called", "returned", "hearts_judged")]
WANTED = [(programme, figure) for programme in indicators.PROGRAMMES for figure in HEARTS]
PERIOD = read_period("2026Q3")


def tally(path: Path, period: Period = PERIOD) -> Counter[indicators.Cell]:
    with closing(registry.connect(path)) as db:
        return indicators.tally(db, period, WANTED, editions.read(db))


def totals(found: Counter[indicators.Cell]) -> Counter[tuple[str, str]]:
    return Counter({key: sum(n for cell, n in found.items() if cell[:2] == key) for key in WANTED})


def test_every_figure_is_what_its_definition_says(path: Path, everyone: list[Someone]) -> None:
    expected = Counter(
        (programme, figure) for one in everyone for programme in ("htn", "dm") for figure in naive(one, programme)
    )
    found = totals(tally(path))
    assert {key: found[key] for key in WANTED} == {key: expected[key] for key in WANTED}
    assert min(found.values()) > 0  # or the comparison would show nothing


def test_sex_and_age_are_those_of_the_period_s_end(path: Path, everyone: list[Someone]) -> None:
    ages = {None: None, date(1956, 9, 30): 70, date(1956, 10, 1): 69, date(1980, 2, 29): 46}
    expected = Counter(
        (programme, figure, one.sex, ages[one.born])
        for one in everyone for programme in ("htn", "dm") for figure in naive(one, programme)
    )  # fmt: skip
    assert Counter({(c.programme, c.figure, c.sex, c.age): n for c, n in tally(path).items()}) == expected


@pytest.mark.parametrize("name", ["2026Q3", "202609", "202510", "2025", "2026S1"])
def test_the_parts_add_up_for_every_place_sex_and_age(path: Path, name: str) -> None:
    found = tally(path, read_period(name))
    parts = ("under_care_new", "controlled", "uncontrolled", "no_reading", "no_visit")
    for cell in found:
        of = {figure: found[cell._replace(figure=figure)] for figure in HEARTS}
        assert of["under_care"] == sum(of[part] for part in parts)
        assert of["registered"] == of["under_care"] + of["lost"]


def test_every_figure_names_a_text_and_words_of_it() -> None:
    for name, figure in indicators.book().figures.items():
        for word in figure.counts:
            assert re.search(rf"\b{word}\b", indicators.text(figure.sql)), (name, word)


@pytest.mark.parametrize(
    "name", ["202613", "202600", "2026Q5", "2026Q0", "2026S3", "0000", "26Q3", "2026W35", "", "2026-9", "2026-13", "2026-Q3"]
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        read_period(name)


def test_periods_begin_and_end_where_they_say() -> None:
    assert read_period("202402")[1:] == (date(2024, 2, 1), date(2024, 2, 29))
    assert read_period("2026q4") == ("2026Q4", date(2026, 10, 1), date(2026, 12, 31))
    assert read_period("2026S2")[1:] == (date(2026, 7, 1), date(2026, 12, 31))
    assert read_period("2026")[1:] == (date(2026, 1, 1), date(2026, 12, 31))
