"""One person a case: every edge of 规范管理 and of the control rate, below, at and above. Read it beside the rule book."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from chronic.model.period import read_period
from chronic.protocol import Editions, parse
from chronic.reports import indicators
from chronic.store import editions, registry, transactions
from tests.indicators_rows import Rows, insert, text
from tests.runner import Chronic

YEAR = read_period("2026")
COUNTY = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[measures.control]
cite = "county"
without_dead = true

[cites.county]
source = "XX county 2026"
mark = "A"
zh = "死亡者不计入控制率分母"
en = "Who died leaves the denominator of the control rate"
"""
NEW_YEAR, END = YEAR.first, YEAR.last
QUARTERS = [date(2026, month, 15) for month in (1, 4, 7, 10)]


class Seen(NamedTuple):
    on: date
    bp: tuple[int, int] | None = (128, 78)
    way: str = "clinic"
    klass: str | None = "controlled"
    in_a_row: int = 1
    danger: str = ""
    adherence: str | None = "regular"
    org: str | None = None
    fpg: float | str | None = None


class Case(NamedTuple):
    says: str
    seen: list[Seen]
    expect: set[str]
    """Of these figures, those that count the person."""
    asks: tuple[str, ...] = ("enough_visits", "standard")
    born: date = date(1966, 6, 1)
    begun: date = date(2024, 1, 1)
    ended: date | None = None
    reason: str | None = None
    exams: tuple[date, ...] = (date(2026, 6, 1),)
    slips: tuple[date, ...] = ()
    outcomes: tuple[date, ...] = ()
    programme: str = "htn"


ENOUGH, STANDARD = {"enough_visits"}, {"enough_visits", "standard"}
FOUR = [Seen(on) for on in QUARTERS]


def short(days: int, visits: int) -> Case:
    """Enrolled so that so many days of the year are left, and seen so often."""
    begun = END - timedelta(days=days - 1)
    seen = [Seen(END - timedelta(days=number)) for number in range(visits)] or [Seen(END, way="phone")]
    enough = visits >= {29: 0, 30: 1, 89: 1, 90: 1, 179: 1, 180: 2, 269: 2, 270: 3, 359: 3, 360: 4, 364: 4}[days]
    return Case(f"{days} days, {visits} visits", seen, ENOUGH if enough else set(), ("enough_visits",), begun=begun)


def left(days: int, visits: int) -> Case:
    """The same for someone who moved after so many days of the year."""
    ended = NEW_YEAR + timedelta(days=days - 1)
    seen = [Seen(NEW_YEAR + timedelta(days=number)) for number in range(visits)] or [Seen(NEW_YEAR, way="phone")]
    enough = visits >= {29: 0, 30: 1, 90: 1, 179: 1, 180: 2}[days]
    return Case(
        f"moved after {days}, {visits} visits",
        seen,
        ENOUGH if enough else set(),
        ("enough_visits",),
        ended=ended,
        reason="moved",
    )


def answered(after: int, **serious: Any) -> list[Seen]:
    """The visit of April was serious, and the next contact came so many days later."""
    return [FOUR[0], Seen(QUARTERS[1], **serious), Seen(QUARTERS[1] + timedelta(days=after), way="phone"), *FOUR[2:]]


def again(**found: Any) -> list[Seen]:
    """Not controlled twice in a row, each followed by a contact in time."""
    second = QUARTERS[1] + timedelta(days=10)
    row = [
        Seen(QUARTERS[1], (150, 80), klass="uncontrolled"),
        Seen(second, **{"bp": (150, 80), "klass": "uncontrolled", "in_a_row": 2, **found}),
    ]
    return [FOUR[0], *row, Seen(second + timedelta(days=5), way="phone"), *FOUR[2:]]


AGAIN = QUARTERS[1] + timedelta(days=10)
CONTROL = ("managed", "at_target")
CASES = [
    Case("vector 43: clinic, clinic, clinic, phone", [*FOUR[:3], Seen(QUARTERS[3], way="phone")], set()),
    Case("four face to face", FOUR, STANDARD),
    Case("one of them at home", [*FOUR[:3], Seen(QUARTERS[3], way="home")], STANDARD),
    *(short(days, visits) for days in (29, 30, 89, 90, 179, 180, 269, 270, 359, 360, 364) for visits in (0, 1, 2, 3, 4)),
    *(left(days, visits) for days in (29, 30, 90, 179, 180) for visits in (0, 1, 2)),
    Case("not controlled, next contact on day 14", answered(14, bp=(150, 80), klass="uncontrolled"), STANDARD),
    Case("not controlled, next contact on day 15", answered(15, bp=(150, 80), klass="uncontrolled"), ENOUGH),
    Case("adverse reaction, day 15", answered(15, klass="adverse_reaction"), ENOUGH),
    Case("complication, day 15", answered(15, klass="complication"), ENOUGH),
    Case("danger, day 15", answered(15, danger="danger.bp"), ENOUGH),
    Case("danger, day 14", answered(14, danger="danger.bp"), STANDARD),
    Case("not assessed, day 15", answered(15, klass="not_assessed"), STANDARD),
    Case("day 14 is next year", [*FOUR, Seen(date(2026, 12, 18), (150, 80), klass="uncontrolled")], STANDARD),
    Case("day 14 is 31 December", [*FOUR, Seen(date(2026, 12, 17), (150, 80), klass="uncontrolled")], ENOUGH),
    Case("twice in a row, no referral", again(), ENOUGH),
    Case("twice in a row, the form says where to", again(org="镇卫生院"), STANDARD),
    Case("a slip on day 14", again(), STANDARD, slips=(AGAIN + timedelta(days=14),)),
    Case("a slip on day 15", again(), ENOUGH, slips=(AGAIN + timedelta(days=15),)),
    Case("a slip that was open already", again(), STANDARD, slips=(date(2026, 2, 1),)),
    Case("news of the hospital on day 14", again(), STANDARD, outcomes=(AGAIN + timedelta(days=14),)),
    Case("news of the hospital on day 15", again(), ENOUGH, outcomes=(AGAIN + timedelta(days=15),)),
    Case("news from before", again(), ENOUGH, outcomes=(AGAIN - timedelta(days=1),)),
    Case("an adverse reaction twice asks for no slip here", again(klass="adverse_reaction"), STANDARD),
    Case("once is not twice", again(in_a_row=1), STANDARD),
    Case("no check-up", FOUR, ENOUGH, exams=()),
    Case("a check-up on 1 January", FOUR, STANDARD, exams=(NEW_YEAR,)),
    Case("a check-up the day before", FOUR, ENOUGH, exams=(NEW_YEAR - timedelta(days=1),)),
    Case("managed for 6 months at the end", FOUR[2:], ENOUGH, begun=date(2026, 6, 30), exams=()),
    Case("a day short of 6 months", FOUR[2:], STANDARD, begun=date(2026, 7, 1), exams=()),
    Case("moved on the day of 6 months", FOUR[:3], ENOUGH, begun=date(2026, 3, 10), ended=date(2026, 9, 10), reason="moved",
         exams=()),
    Case("moved the day before that", FOUR[:3], STANDARD, begun=date(2026, 3, 10), ended=date(2026, 9, 9), reason="moved",
         exams=()),
    Case("adherence left blank once", [*FOUR[:3], Seen(QUARTERS[3], adherence=None)], ENOUGH),
    Case("left blank by phone", [*FOUR, Seen(END, way="phone", adherence=None)], STANDARD),
    Case("fasting glucose beyond the meter is not blank", [Seen(on, fpg="HI") for on in QUARTERS], STANDARD, programme="dm"),
    Case("no fasting glucose", FOUR, ENOUGH, programme="dm"),
    Case("four in two quarters", [Seen(date(2026, 2, day)) for day in (1, 9)] + [Seen(date(2026, 8, day)) for day in (1, 9)],
         {"crowded_visits"}, ("crowded_visits",)),
    Case("four in three quarters", [*FOUR[:3], Seen(date(2026, 8, 1))], set(), ("crowded_visits",)),
    Case("vector 42: 138/84 at 60", [Seen(END, (138, 84))], {*CONTROL}, CONTROL),
    Case("vector 42: 149/88 at 70", [Seen(END, (149, 88))], {*CONTROL}, CONTROL, born=date(1956, 1, 1)),
    Case("vector 42: 150/88 at 70", [Seen(END, (150, 88))], {"managed"}, CONTROL, born=date(1956, 1, 1)),
    Case("vector 42: lost since a call", [Seen(NEW_YEAR, (130, 80), way="phone")], {"managed"}, CONTROL),
    Case("139/89 at 64", [Seen(END, (139, 89))], {*CONTROL}, CONTROL),
    Case("140/89 at 64", [Seen(END, (140, 89))], {"managed"}, CONTROL),
    Case("139/90 at 64", [Seen(END, (139, 90))], {"managed"}, CONTROL),
    Case("149/89 the day before 65", [Seen(date(2026, 8, 31), (149, 89))], {"managed"}, CONTROL, born=date(1961, 9, 1)),
    Case("149/89 on the 65th birthday", [Seen(date(2026, 9, 1), (149, 89))], {*CONTROL}, CONTROL, born=date(1961, 9, 1)),
    Case("good in May, not measured last", [Seen(QUARTERS[1]), Seen(QUARTERS[2], None)], {"managed"}, CONTROL),
    Case("6.9", [Seen(END, fpg=6.9)], {*CONTROL}, CONTROL, programme="dm"),
    Case("7.0", [Seen(END, fpg=7.0)], {"managed"}, CONTROL, programme="dm"),
    Case("no follow-up in the year", [Seen(NEW_YEAR - timedelta(days=1))], set(), CONTROL),
    Case("moved the day before", [Seen(NEW_YEAR)], set(), CONTROL, ended=NEW_YEAR - timedelta(days=1), reason="moved"),
    Case("moved on 1 January", [Seen(NEW_YEAR)], set(), CONTROL, ended=NEW_YEAR, reason="moved"),
    Case("moved on 2 January", [Seen(NEW_YEAR)], {*CONTROL}, CONTROL, ended=date(2026, 1, 2), reason="moved"),
    Case("died in the year", [Seen(NEW_YEAR)], {"managed", "judged", "at_target"}, (*CONTROL, "judged"), ended=QUARTERS[1],
         reason="died"),
    Case("enrolled on the last day", [Seen(END)], {*CONTROL}, CONTROL, begun=END),
]  # fmt: skip


@pytest.fixture(scope="module")
def db(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("cases") / "registry.db"
    shutil.copy(made_once.path, path)
    with closing(registry.connect(path)) as db:
        with transactions.immediate(db):
            rows = Rows(db, seed=1)
            for case in CASES:
                write(rows, case)
        yield db


def write(rows: Rows, case: Case) -> None:
    person = rows.put("person", name="王", sex="F", birth_date=case.born)
    rows.put("enrolment", person=person, programme=case.programme, enrolled_on=case.begun, assumed=0, ended_on=case.ended,
             end_reason=case.reason)  # fmt: skip
    for seen in case.seen:
        sbp, dbp = seen.bp or (None, None)
        fpg, meter = (None, seen.fpg) if isinstance(seen.fpg, str) else (seen.fpg, None)
        visit = rows.put(
            "visit", person=person, kind="followup", visit_date=seen.on, way=seen.way, sbp=sbp, dbp=dbp, fpg=fpg,
            fpg_meter=meter, adherence=seen.adherence, referral_org=seen.org,
        )  # fmt: skip
        insert(rows.db, "verdict", {
            "person": person, "visit": visit, "programme": case.programme, "class": seen.klass, "danger": seen.danger,
            "consecutive": seen.in_a_row, "due_on": text(seen.on + timedelta(days=90)), "rule": "", "protocol": "",
            "cites": "", "not_asked": "", "advice": "", "meets": "", "misses": "",
        })  # fmt: skip
    for on in case.exams:
        rows.put("checkup", person=person, checkup_date=on, kind="exam")
    for number, on in enumerate(case.slips):
        rows.put("referral", person=person, slip=f"{person}-{number}", made_on=on, urgency="routine", reason="x")
    for on in case.outcomes:
        rows.put("referral_outcome", person=person, outcome_on=on, outcome="seen")


@pytest.fixture(scope="module")
def counted(db: sqlite3.Connection) -> dict[tuple[str, str], set[int]]:
    rules = editions.read(db)
    return {
        (programme, figure): {one.person for one in indicators.behind(db, YEAR, programme, figure, rules)}
        for programme in indicators.PROGRAMMES
        for figure in ("managed", "at_target", "enough_visits", "standard", "crowded_visits", "judged")
    }


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES, 1)), ids=[case.says for case in CASES])
def test_who_counts(counted: dict[tuple[str, str], set[int]], number: int, case: Case) -> None:
    assert {figure for figure in case.asks if number in counted[case.programme, figure]} == case.expect


def test_the_control_rate_of_the_rule_book_is_two_of_four(counted: dict[tuple[str, str], set[int]]) -> None:
    four = {number for number, case in enumerate(CASES, 1) if case.says.startswith("vector 42")}
    assert (len(four & counted["htn", "at_target"]), len(four & counted["htn", "managed"])) == (2, 4)


def test_who_died_leaves_the_control_rate_where_the_county_says_so(db: sqlite3.Connection) -> None:
    rules = Editions([(date(2017, 2, 28), parse(COUNTY))])
    dead = next(number for number, case in enumerate(CASES, 1) if case.says == "died in the year")
    moved = next(number for number, case in enumerate(CASES, 1) if case.says == "moved on 2 January")
    for figure, expected in (("managed", {dead, moved}), ("judged", {moved}), ("at_target", {moved})):
        counted = {one.person for one in indicators.behind(db, YEAR, "htn", figure, rules)}
        assert counted & {dead, moved} == expected
