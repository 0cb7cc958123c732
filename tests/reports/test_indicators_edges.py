"""The last and the first day of everything else that is counted, in September 2026. One person an edge."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import NamedTuple

import pytest

from chronic.model.period import read_period
from chronic.reports import indicators
from chronic.store import editions, registry, transactions
from tests.indicators_rows import Rows, insert
from tests.runner import Chronic

SEPTEMBER = read_period("202609")
Stay = tuple[str, date, date | None, str | None]


def sep(day: int) -> date:
    return date(2026, 9, day)


OCTOBER = date(2026, 10, 1)
MARCH = date(2026, 3, 5)
LONG = date(2024, 1, 1)


class Edge(NamedTuple):
    says: str
    figure: str
    counts: bool
    stays: list[Stay] = []  # noqa: RUF012 - read only
    seen: tuple[tuple[date, int], ...] = ()
    """Visits with their systolic pressure."""
    exam: date | None = None
    danger: date | None = None
    slip: date | None = None
    closed: date | None = None
    ckd: str | None = None


def stay(begin: date, end: date | None = None, reason: str | None = None, programme: str = "htn") -> Stay:
    return programme, begin, end, reason


EDGES = [
    Edge("died on the last day", "ethiopia.died", True, [stay(MARCH, sep(30), "died")]),
    Edge("died the day after", "ethiopia.died", False, [stay(MARCH, OCTOBER, "died")]),
    Edge("and is controlled until then", "ethiopia.controlled", True, [stay(MARCH, OCTOBER, "died")], ((sep(30), 139),)),
    Edge("moved on the last day", "ethiopia.transferred", True, [stay(MARCH, sep(30), "moved")]),
    Edge("moved the day after", "ethiopia.transferred", False, [stay(MARCH, OCTOBER, "moved")]),
    Edge("back on the last day", "ethiopia.lost", True, [stay(MARCH, sep(1), "moved"), stay(sep(30))]),
    Edge("back the day after", "ethiopia.transferred", True, [stay(MARCH, sep(1), "moved"), stay(OCTOBER)]),
    Edge("died and is back: here", "ethiopia.lost", True, [stay(MARCH, sep(1), "died"), stay(sep(2))]),
    Edge("refused", "ethiopia.lost", True, [stay(MARCH, sep(1), "refused")], ((date(2026, 8, 1), 120),)),
    Edge("refused, and a reading", "hearts-s.yes", True, [stay(MARCH, sep(1), "refused")], ((date(2026, 8, 1), 120),)),
    Edge("enrolled in March", "ethiopia.all", True, [stay(date(2026, 3, 31))]),
    Edge("enrolled in April", "ethiopia.all", False, [stay(date(2026, 4, 1))]),
    Edge("measured at a check-up on the first day", "screened", True, exam=date(2025, 10, 1)),
    Edge("measured at a check-up the day before", "screened", False, exam=date(2025, 9, 30)),
    Edge("measured at a check-up on the last day", "screened", True, exam=sep(30)),
    Edge("measured at a check-up the day after", "screened", False, exam=OCTOBER),
    Edge("moved on the first day of three months", "c4_registered", True, [stay(LONG, date(2026, 7, 1), "moved")]),
    Edge("moved the day before", "c4_registered", False, [stay(LONG, date(2026, 6, 30), "moved")]),
    Edge("died in the three months", "c4_registered", False, [stay(LONG, date(2026, 7, 1), "died")]),
    Edge("moved, seen on that day", "c4_controlled", True, [stay(LONG, sep(10), "moved")], ((sep(10), 128),)),
    Edge("moved, seen the day after", "c4_controlled", False, [stay(LONG, sep(10), "moved")], ((sep(11), 128),)),
    Edge("moved, back on the last day", "c4_registered", True, [stay(LONG, sep(10), "moved"), stay(sep(30))]),
    Edge("moved, back the day after", "c4_registered", True, [stay(LONG, sep(10), "moved"), stay(OCTOBER)]),
    Edge("diabetes until the last day", "c4_controlled", True,
         [stay(LONG), stay(LONG, sep(30), "withdrawn", "dm")], ((sep(1), 130),)),
    Edge("diabetes until the day after", "c4_controlled", False,
         [stay(LONG), stay(LONG, OCTOBER, "withdrawn", "dm")], ((sep(1), 130),)),
    Edge("129 with diabetes", "c4_controlled", True, [stay(LONG), stay(LONG, programme="dm")], ((sep(1), 129),)),
    Edge("130 with kidney disease", "c4_controlled", False, [stay(LONG)], ((sep(1), 130),), ckd="yes"),
    Edge("139 without", "c4_controlled", True, [stay(LONG)], ((sep(1), 139),), ckd="no"),
    Edge("140", "c4_controlled", False, [stay(LONG)], ((sep(1), 140),)),
    Edge("died on the last day for a danger", "dangers", False, danger=sep(10), closed=sep(24)),
    Edge("died the day after the last day for a danger", "dangers", True, danger=sep(10), closed=sep(25)),
    Edge("died on the last day for a slip", "slips", False, slip=sep(10), closed=sep(24)),
    Edge("died the day after the last day for a slip", "slips", True, slip=sep(10), closed=sep(25)),
    Edge("the last day for a slip is the last of the month", "slips", True, slip=sep(16)),
    Edge("the last day for a slip is in October", "slips", False, slip=sep(17)),
]  # fmt: skip


@pytest.fixture(scope="module")
def db(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("edges") / "registry.db"
    shutil.copy(made_once.path, path)
    with closing(registry.connect(path)) as db:
        with transactions.immediate(db):
            rows = Rows(db, seed=1)
            for edge in EDGES:
                write(rows, edge)
        yield db


def write(rows: Rows, edge: Edge) -> None:
    person = rows.put("person", name="王", sex="M", birth_date=date(1966, 1, 1), closed_on=edge.closed, ckd=edge.ckd,
                      closed_reason="died" if edge.closed else None)  # fmt: skip
    for programme, begin, end, reason in edge.stays:
        rows.put("enrolment", person=person, programme=programme, enrolled_on=begin, assumed=0, ended_on=end,
                 end_reason=reason)  # fmt: skip
    for on, sbp in edge.seen:
        rows.put("visit", person=person, kind="followup", visit_date=on, way="clinic", sbp=sbp, dbp=80)
    if edge.exam:
        exam = rows.put("checkup", person=person, checkup_date=edge.exam, kind="exam")
        for field in ("sbp_left", "dbp_left"):
            insert(rows.db, "checkup_value", {"checkup": exam, "field": field, "value": 100})
    if edge.danger:
        visit = rows.put("visit", person=person, kind="screening", visit_date=edge.danger, way="clinic", sbp=190, dbp=100)
        insert(rows.db, "verdict", {
            "person": person, "visit": visit, "programme": "", "danger": "danger.bp", "consecutive": 0, "rule": "",
            "protocol": "", "cites": "", "not_asked": "", "advice": "", "meets": "", "misses": "",
        })  # fmt: skip
    if edge.slip:
        rows.put("referral", person=person, slip=str(person), made_on=edge.slip, urgency="routine", reason="x")


@pytest.fixture(scope="module")
def counted(db: sqlite3.Connection) -> dict[str, list[int]]:
    rules, figures = editions.read(db), indicators.book().figures
    return {
        name: [
            one.person
            for one in indicators.behind(db, SEPTEMBER, "htn" if "htn" in figures[name].programmes else "", name, rules)
        ]
        for name in {edge.figure for edge in EDGES}
    }


@pytest.mark.parametrize(
    ("number", "edge"), list(enumerate(EDGES, 1)), ids=[f"{edge.says}: {edge.figure}" for edge in EDGES]
)
def test_the_day_decides(counted: dict[str, list[int]], number: int, edge: Edge) -> None:
    assert counted[edge.figure].count(number) == edge.counts
