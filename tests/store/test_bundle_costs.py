"""What a bundle costs: as much as it holds, however much is there already. Counted in steps of SQLite, not in seconds."""

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chronic.care import record, register
from chronic.care.register import Given
from chronic.model.person import Person
from chronic.model.visit import Visit
from chronic.store import departing, settling
from tests.runner import Chronic, id_number
from tests.travels import TODAY, Line, Site

FEW, MANY = 60, 600
STEP = 50
SMALL = {"aside", "erasure", "elsewhere", "setting", "sqlite_sequence", "transfer"}
"""Tables that are looked through: rows wait there, or are few by nature."""
STAMPED = {"origin": "elsewhere", "recorded_at": "2026-11-20T00:00:00.000Z", "recorded_by": "李医生"}


def told_of(number: int) -> list[Line]:
    """Somebody, with an enrolment, three visits of which one was corrected and one withdrawn, and a changed phone."""
    who = f"person-{number:04}"
    visits = [
        {"at": "visit", "uid": f"{uid}-{number}", "person": who, "kind": "followup", "visit_date": day, "way": "clinic",
         "sbp": 150, "dbp": 92, "warnings": "", **STAMPED}
        for uid, day in (("v1", "2026-03-01"), ("v2", "2026-06-01"), ("v3", "2026-09-01"))
    ]  # fmt: skip
    visits.append({**visits[1], "uid": f"v4-{number}", "sbp": 156, "replaces": f"v2-{number}"})
    return [
        {"at": "person", "uid": who, "name": "王秀兰", "sex": "F", "id_number": id_number(f"1101051950{number:07}"),
         "township": "某镇", "village": f"第{number % 7}村", **STAMPED},
        {"at": "enrolment", "uid": f"e-{number}", "person": who, "programme": "htn", "enrolled_on": "2026-01-05",
         "assumed": 0, **STAMPED},
        {"at": "person_change", "uid": f"c-{number}", "person": who, "field": "phone", "new": f"138{number:08}",
         "counter": 1, "recorded_at": "2026-11-20T00:00:00.000Z", "recorded_by": "李医生"},
        *visits,
        {"at": "visit_void", "uid": f"void-{number}", "visit": f"v3-{number}", "reason": "记错人", **STAMPED},
    ]  # fmt: skip


def sent(lines: list[Line], uid: str) -> tuple[dict[str, Any], list[Line]]:
    order = ("person", "enrolment", "person_change", "visit", "visit_void")
    counts = {at: sum(line["at"] == at for line in lines) for at in order}
    header = {"uid": uid, "after": "", "acks": [], "made_at": "2026-11-20T00:00:00.000Z", "counts": counts}
    return header, sorted(lines, key=lambda line: order.index(line["at"]))


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Site]:
    folder = tmp_path_factory.mktemp("costs")
    like = Chronic(folder)
    like.ok("init", "--name", "某县", "--level", "county", "--yes")
    found = {}
    for size in (FEW, MANY):
        site = found[size] = Site(f"site{size}", folder / f"{size}.db", like.path)
        site.take("village", sent([line for number in range(size) for line in told_of(number)], "first"))
    return found


def steps(db: sqlite3.Connection, work: Callable[[], object]) -> int:
    """How much SQLite does for this, in some of its own steps."""
    ticks = [0]

    def tick() -> int:
        ticks[0] += 1
        return 0

    db.set_progress_handler(tick, STEP)
    try:
        work()
    finally:
        db.set_progress_handler(None, 0)
    return ticks[0]


def statements(db: sqlite3.Connection, work: Callable[[], object]) -> list[str]:
    found: list[str] = []
    db.set_trace_callback(found.append)
    try:
        work()
    finally:
        db.set_trace_callback(None)
    return [sql for sql in found if not sql.startswith("--")]


def delta(of: int, day: int) -> tuple[dict[str, Any], list[Line]]:
    """A new visit of somebody known, and a correction of it."""
    person, *others = told_of(of)
    visit = next(line for line in others if line["at"] == "visit")
    new = {**visit, "uid": f"new-{day}", "visit_date": f"2026-11-{day:02}"}
    return sent([person, new, {**new, "uid": f"fixed-{day}", "replaces": new["uid"]}], f"delta {day}")


def renumbered(day: int) -> tuple[dict[str, Any], list[Line]]:
    """Two who got each other's ID numbers."""
    people = [told_of(number)[0] for number in (21, 22)]
    numbers = [line["id_number"] for line in people]
    changes = [
        {"at": "person_change", "uid": f"number-{day}-{line['uid']}", "person": line["uid"], "field": "id_number",
         "old": old, "new": new, "counter": day, "recorded_at": STAMPED["recorded_at"], "recorded_by": "李医生"}
        for line, old, new in zip(people, numbers, numbers[::-1], strict=True)
    ]  # fmt: skip
    return sent([*people, *changes], f"renumbered {day}")


def test_everything_came_and_what_was_corrected_or_withdrawn_counts_for_nothing(sites: dict[int, Site]) -> None:
    for size, site in sites.items():
        assert site.db.execute("SELECT count(*), sum(ended_by IS NULL) FROM visit").fetchone() == (4 * size, 2 * size)
        assert site.db.execute("SELECT count(*), count(DISTINCT phone) FROM person").fetchone() == (size, size)
        assert site.trouble() == []


def test_a_days_news_cost_as_much_in_a_large_registry_as_in_a_small_one(sites: dict[int, Site]) -> None:
    first = {size: statements(site.db, lambda site=site: site.take("village", delta(7, 1))) for size, site in sites.items()}  # type: ignore[misc]
    assert len(first[FEW]) == len(first[MANY])
    took = {size: steps(site.db, lambda site=site: site.take("village", delta(8, 2))) for size, site in sites.items()}  # type: ignore[misc]
    assert took[FEW] > 20
    assert took[MANY] < 1.3 * took[FEW]


def test_no_table_that_grows_is_looked_through_for_a_days_news(sites: dict[int, Site]) -> None:
    db = sites[MANY].db
    news = (delta(9, 3), renumbered(3))
    for sql in {sql for some in news for sql in statements(db, lambda some=some: sites[MANY].take("village", some))}:  # type: ignore[misc]
        if sql.split()[0] in ("SELECT", "UPDATE", "DELETE", "INSERT", "WITH") and not sql.endswith("LIMIT 1"):
            for *_, detail in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall():
                name = detail.split()[1] if detail.startswith("SCAN ") else ""
                called = {own for own, alias in re.findall(r"(\w+) AS (\w+)", sql) if alias == name} | {name}
                assert not called & growing(db) - SMALL, (sql, detail)


def test_whose_a_number_is_costs_as_much_in_a_large_registry_as_in_a_small_one(sites: dict[int, Site]) -> None:
    took = {}
    for size, site in sites.items():
        site.take("village", renumbered(1))
        took[size] = steps(site.db, lambda site=site: site.take("village", renumbered(2)))  # type: ignore[misc]
        assert site.db.execute(
            "SELECT uid FROM person WHERE id_number IN (?, ?) ORDER BY id_number",
            [told_of(number)[0]["id_number"] for number in (21, 22)],
        ).fetchall() == [("person-0022",), ("person-0021",)]
    assert took[MANY] < 1.3 * took[FEW]


def growing(db: sqlite3.Connection) -> set[str]:
    return {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_what_is_new_is_found_without_looking_at_what_is_old(sites: dict[int, Site]) -> None:
    took, held = {}, {}
    for size, site in sites.items():
        marks = departing.marks(site.db)
        site.take("village", delta(11, 4))
        held[size] = [line["at"] for line in departing.lines(site.db, marks)]
        took[size] = steps(site.db, lambda db=site.db, marks=marks: list(departing.lines(db, marks)))  # type: ignore[misc]
    assert held[FEW] == held[MANY] == ["person", "visit", "visit"]
    assert took[MANY] < 1.3 * took[FEW]


def test_a_visit_corrected_to_another_day_gives_the_other_ones_of_its_day_back(sites: dict[int, Site]) -> None:
    site = sites[FEW]
    entered = register.add(site.desk, Given(Person("李建国")))
    (uid,) = site.db.execute("SELECT uid FROM person WHERE id = ?", (entered.id,)).fetchone()
    record.record(site.desk, [Visit(entered.id, TODAY, sbp=150, dbp=90)])
    line = next(line for line in departing.lines(site.db, {}) if line["uid"] == uid)
    beaten = {**told_of(1)[3], "uid": "00-beaten", "person": uid, "visit_date": TODAY.isoformat()}
    site.take("village", sent([line, beaten], "two of one day"))
    (number,) = site.ids("visit", f"person = {entered.id} AND ended_by IS NULL")
    record.fix(site.desk, number, {"visit_date": TODAY - timedelta(days=1)})
    days = site.db.execute("SELECT visit_date FROM live_visit WHERE person = ? ORDER BY 1", (entered.id,)).fetchall()
    assert days == [((TODAY - timedelta(days=1)).isoformat(),), (TODAY.isoformat(),)]
    assert not any(settling.settle(site.db, table, site.everyone()) for table in settling.KINDS)
