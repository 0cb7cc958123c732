"""September 2026: a death, a move, a void and a late visit arrive. Every figure of 13 months before and after, by hand."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest

from chronic.care import record, register
from chronic.care.desk import Desk
from chronic.care.manage import Wanted
from chronic.care.register import Given
from chronic.model.period import read_period
from chronic.model.person import Person
from chronic.model.visit import Visit
from chronic.protocol import DEFAULT, load
from chronic.reports import indicators
from chronic.store import editions, registry
from chronic.store.stamp import Stamp

MONTHS = ("202510", "202511", "202512", *(f"2026{month:02d}" for month in range(1, 11)))
ROUNDS = [date(2025, 1, 10), date(2025, 4, 10), date(2025, 7, 10), date(2025, 10, 10), date(2026, 1, 10), date(2026, 4, 10),
          date(2026, 7, 10)]  # fmt: skip
BEFORE = date(2026, 8, 31)
"""What was known on that day is what was known before the four things arrived."""
GOOD = {"sbp": 128, "dbp": 78, "adherence": "regular", "danger": "no", "adr": "no", "complication": "none"}

_EXAM = """
INSERT INTO checkup (uid, person, checkup_date, kind, origin, recorded_at, recorded_by)
VALUES (?, ?, ?, 'exam', 't', ?, 't')"""


class Village:
    """Six people with hypertension since 10 January 2025, seen every quarter; each thing is recorded on a day of its own."""

    def __init__(self, path: Path) -> None:
        guideline = load(DEFAULT)
        registry.create(path, {"origin": "t"}, [(guideline.effective_from.isoformat(), guideline.id, "", "t")])
        self.db = registry.connect(path)
        self.db.execute("PRAGMA synchronous = OFF")
        self.rules = editions.read(self.db)
        self.random = Random(1).randbytes
        on = date(2025, 1, 10)
        for name in "甲乙丙丁戊己":
            who = Person(name=name, birth_date=date(1955, 3, 1), village="下各村", registered_on=date(2020, 1, 1))
            register.add(self.on(on), Given(who, wanted=(Wanted("htn", on),)))
        for day in ROUNDS:
            for person in range(1, 7):
                self.visit(person, day)
        for day in (date(2025, 6, 2), date(2026, 6, 1)):
            for person in range(1, 7):
                self.db.execute(_EXAM, (f"x{person}{day}", person, day.isoformat(), self.on(day).stamp.at))

    def on(self, day: date) -> Desk:
        at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        stamp = Stamp(f"{day}T08:00:00.000Z", int(at.timestamp() * 1000), "t", "t", random=self.random)
        return Desk(self.db, day, self.rules, stamp)

    def visit(self, person: int, day: date, typed_on: date | None = None, **found: object) -> None:
        (done,) = record.record(self.on(typed_on or day), [Visit(person, day, **{**GOOD, **found})])  # type: ignore[arg-type]
        assert done.state == "added", done

    def months(self, figure: str, programme: str = "htn", known_on: date | None = None) -> list[int]:
        periods = [read_period(name) for name in MONTHS]
        found = indicators.tallies(self.db, periods, [(programme, figure)], self.rules, known_on=known_on, by=())
        return [sum(cells.values()) for cells in found]


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    village = Village(tmp_path_factory.mktemp("story") / "registry.db")
    july = village.db.execute("SELECT id FROM visit WHERE person = 3 AND visit_date = '2026-07-10'").fetchone()[0]
    register.close(village.on(date(2026, 9, 11)), 1, date(2026, 9, 10), "died")
    register.close(village.on(date(2026, 9, 13)), 2, date(2026, 9, 12), "moved")
    record.void(village.on(date(2026, 9, 15)), july, "wrong person")
    village.visit(4, date(2026, 8, 20), typed_on=date(2026, 9, 20), sbp=156, dbp=95)
    for person in (3, 4, 5, 6):
        village.visit(person, date(2026, 10, 10))
    with closing(village.db):
        yield village


ALL, NONE = [6] * 13, [0] * 13
DUE = [6, 0, 0, 6, 0, 0, 6, 0, 0, 6, 0, 0]
"""The quarterly visits planned, month by month, without October 2026."""
KNOWN_IN_AUGUST = {
    "managed": ALL, "judged": ALL, "enough_visits": ALL, "standard": ALL, "at_target": ALL, "answered_in_time": ALL,
    "referral_recorded": ALL, "examined_in_year": ALL, "fields_complete": ALL, "second_opinion": ALL,
    "residents": ALL, "older_residents": ALL, "older_served": [6, 6, 6, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6],
    "due_followups": [*DUE, 6], "timely_followups": [*DUE, 0], "registered": ALL, "under_care": ALL, "hearts_judged": ALL,
    "controlled": [*ALL[1:], 0], "no_visit": [*NONE[1:], 6], "c4_registered": ALL, "c4_controlled": ALL,
    "chd_due": ALL, "stroke_due": ALL, "kidney_due": ALL, "vessel_due": ALL,
}  # fmt: skip
"""By figure: October 2025 to October 2026. Nobody had come in October yet as far as was known; all other figures: nobody."""


def changed(*later: int) -> list[int]:
    """All six until then, and these in the last months."""
    return ALL[len(later) :] + list(later)


KNOWN_NOW = KNOWN_IN_AUGUST | {
    # two are gone from September on; whoever was managed in the year stays in the year's denominator
    "residents": changed(4, 4), "older_residents": changed(4, 4), "older_served": [6, 6, 6, 0, 0, 0, 0, 0, 6, 6, 6, 4, 4],
    "registered": changed(4, 4), "under_care": changed(4, 4), "hearts_judged": changed(4, 4),
    "chd_due": changed(4, 4), "stroke_due": changed(4, 4), "kidney_due": changed(4, 4), "vessel_due": changed(4, 4),
    "died": [*NONE[2:], 1, 0], "ended": [*NONE[2:], 1, 0],
    # the third was not seen in July: two visits by the end of September, where 273 days ask for three
    "enough_visits": changed(5, 6),
    # nor did anybody know of the fourth what was to be done by 3 September
    "answered_in_time": changed(5, 5), "standard": changed(4, 5),
    "at_target": changed(5, 5, 6), "second_opinion": changed(5, 5, 6),
    "controlled": changed(5, 4, 2, 4), "uncontrolled": [*NONE[4:], 0, 1, 1, 0], "no_visit": [*NONE[4:], 1, 1, 1, 0],
    "due_followups": [*DUE[:-1], 1, 3], "timely_followups": [6, 0, 0, 6, 0, 0, 6, 0, 0, 5, 0, 0, 3],
    "overdue": [*NONE[3:], 1, 1, 2],
    # who moved keeps the last status for three months
    "c4_registered": changed(5, 5), "c4_controlled": changed(5, 4, 5),
}  # fmt: skip


@pytest.mark.parametrize("figure", indicators.book().figures)
def test_what_was_known_in_august_and_what_is_known_now(village: Village, figure: str) -> None:
    programme = "htn" if "htn" in indicators.book().figures[figure].programmes else ""
    assert village.months(figure, programme, known_on=BEFORE) == KNOWN_IN_AUGUST.get(figure, NONE)
    assert village.months(figure, programme) == KNOWN_NOW.get(figure, NONE)


def test_before_anything_was_written_there_was_nothing(village: Village) -> None:
    for figure in ("registered", "managed", "due_followups"):
        assert village.months(figure, known_on=date(2025, 1, 9)) == NONE
    assert village.months("residents", "", known_on=date(2025, 1, 9)) == NONE


def test_an_instant_is_as_good_as_a_day(village: Village) -> None:
    """The death was recorded at 08:00 UTC on 11 September."""
    period, wanted = read_period("202609"), [("htn", "died")]
    for known_on, dead in (("2026-09-11T07:59:59.999Z", 0), ("2026-09-11T08:00:00.000Z", 1), (date(2026, 9, 10), 0)):
        assert sum(indicators.tally(village.db, period, wanted, village.rules, known_on=known_on).values()) == dead


def test_those_behind_a_figure_are_those_of_what_was_known(village: Village) -> None:
    period = read_period("202608")

    def people(figure: str, known_on: date | None) -> list[int]:
        return [one.person for one in indicators.behind(village.db, period, "htn", figure, village.rules, known_on=known_on)]

    assert people("at_target", BEFORE) == [1, 2, 3, 4, 5, 6]
    assert people("at_target", None) == [1, 2, 3, 5, 6]
    assert (people("overdue", BEFORE), people("overdue", None)) == ([], [3])


def test_nothing_is_left_in_the_way_of_the_tables(village: Village) -> None:
    kept = village.db.execute("SELECT name FROM sqlite_temp_schema WHERE type <> 'trigger' AND name <> 'touched'")
    assert kept.fetchall() == []  # but for what seals the facts that are written
