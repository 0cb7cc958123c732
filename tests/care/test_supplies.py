"""Supplies, stops, orders and the benefit in any order: the run-out stays that of the facts, and undo leads back."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chronic.care import medicines as care
from chronic.care import orders as ordering
from chronic.care import register, results, undo
from chronic.errors import ChronicError
from chronic.model.person import Person
from chronic.model.visit import Visit
from chronic.protocol.medicines import Medicines
from chronic.reports import medicines as reports
from chronic.reports import orders as lists
from chronic.rules import drugs
from chronic.rules.medicines import courses
from chronic.store import medicines, orders
from tests.care.test_properties import TODAY, desk_at
from tests.care.undoing import FACTS

days = st.integers(0, 60).map(lambda ago: TODAY - timedelta(days=ago))
lately = st.integers(0, 20).map(lambda ago: TODAY - timedelta(days=ago))
names = st.sampled_from(["氨氯地平片", "络活喜", "缬沙坦", "丹参片"])
numbers = st.integers(1, 12)


def some(table: str) -> Callable[[Any], bool]:
    """Is there a row that nothing has ended?"""
    return lambda clinic: clinic.live(table) != []


class Pharmacy(RuleBasedStateMachine):
    """A refusal is an answer too, and must leave everything as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.desk = desk_at(self.folder / "registry.db", 1)
        for name in ("王秀兰", "李建国"):
            register.add(self.desk, register.Given(Person(name, birth_date=date(1950, 1, 1)), ()))
        self.before: list[tuple[int, Any]] = []
        self.now = self.facts()

    def facts(self) -> dict[str, list[tuple[Any, ...]]]:
        return {name: sorted(self.desk.db.execute(query), key=repr) for name, query in FACTS.items()}

    def attempt(self, act: Callable[[], object]) -> None:
        before = self.facts()
        try:
            act()
        except ChronicError:
            assert self.facts() == before

    def live(self, table: str) -> list[int]:
        return [id_ for (id_,) in self.desk.db.execute(f"SELECT id FROM {table} WHERE ended_by IS NULL ORDER BY id")]

    def pick(self, table: str, number: int) -> int:
        ids = self.live(table)
        return ids[number % len(ids)]

    @rule(person=st.integers(1, 2), name=names, many=st.integers(1, 90), on=days)
    def give(self, person: int, name: str, many: int, on: date) -> None:
        self.attempt(lambda: care.give(self.desk, person, [name], many, on))

    @rule(person=st.integers(1, 2), on=days, many=st.integers(1, 90))
    def visit(self, person: int, on: date, many: int) -> None:
        self.attempt(lambda: care.dispense(self.desk, Visit(person, on, medicines="缬沙坦; 二甲双胍"), many))

    @rule(person=st.integers(1, 2), name=names, on=days)
    def stop(self, person: int, name: str, on: date) -> None:
        self.attempt(lambda: care.stop(self.desk, person, name, on))

    @precondition(some("medicine_entry"))
    @rule(number=numbers)
    def withdraw(self, number: int) -> None:
        self.attempt(lambda: care.void(self.desk, self.pick("medicine_entry", number), "x"))

    @rule(person=st.integers(1, 2), said=st.sampled_from(["yes", "no", "unknown"]), on=days)
    def benefit(self, person: int, said: str, on: date) -> None:
        self.attempt(lambda: care.tell_benefit(self.desk, person, said, on))

    @rule(person=st.integers(1, 2), test=st.sampled_from(["ecg", "lipids"]), on=lately, anyway=st.booleans())
    def order(self, person: int, test: str, on: date, anyway: bool) -> None:
        despite = ordering.REASONS_NOT_TO if anyway else ()
        self.attempt(lambda: ordering.add(self.desk, person, test, on, despite=despite))

    @precondition(some("exam_order"))
    @rule(number=numbers, on=lately)
    def send(self, number: int, on: date) -> None:
        self.attempt(lambda: ordering.send(self.desk, self.pick("exam_order", number), on))

    @precondition(some("exam_order"))
    @rule(number=numbers, on=lately)
    def cancel(self, number: int, on: date) -> None:
        self.attempt(lambda: ordering.cancel(self.desk, number, on, "x"))

    @precondition(some("exam_order"))
    @rule(number=numbers, on=lately, values=st.sampled_from([{}, {"ldl_c": 2.4}, {"ldl_c": 2.4, "tg": 1.6}]))
    def bring(self, number: int, on: date, values: dict[str, float]) -> None:
        found = ordering.Found(on, values, None if values else "normal")
        self.attempt(lambda: ordering.bring(self.desk, self.pick("exam_order", number), found))

    @precondition(some("test_result"))
    @rule(number=numbers)
    def withdraw_result(self, number: int) -> None:
        self.attempt(lambda: results.void(self.desk, self.pick("test_result", number), "x"))

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        deed, before = self.before.pop()
        last = undo.last(self.desk)
        assert last.id == deed
        undo.take_back(self.desk, last)
        self.now = self.facts()
        live = {name: rows for name, rows in self.now.items() if name != "contact"}
        assert live == {name: rows for name, rows in before.items() if name != "contact"}

    @invariant()
    def what_was_before_each_deed_is_remembered(self) -> None:
        standing = [id_ for (id_,) in self.desk.db.execute("SELECT id FROM deed WHERE undone_at IS NULL ORDER BY id")][2:]
        new = standing[len(self.before) :]
        assert len(new) <= 1, "one command is one deed"
        self.before += [(id_, self.now) for id_ in new]
        self.now = self.facts()

    @invariant()
    def the_list_is_that_of_a_fresh_computation(self) -> None:
        key = partial(drugs.key, book=Medicines.of(self.desk.editions.on(TODAY)))
        fresh = {who: courses(mine, key) for who, mine in medicines.of(self.desk.db, [1, 2]).items()}
        assert medicines.courses(self.desk.db, [1, 2]) == {who: mine for who, mine in fresh.items() if mine}
        listed = {(row["person_id"], row["run_out_on"]) for row in reports.refill(self.desk.db, TODAY, 4000).rows}
        assert listed == {(who, course.run_out_on.isoformat()) for who, mine in fresh.items() for course in mine}

    @invariant()
    def every_order_without_a_standing_result_or_cancellation_is_on_the_list(self) -> None:
        ended = """SELECT exam_order FROM exam_order_event AS e LEFT JOIN test_result AS t ON t.uid = e.result
          WHERE e.event = 'cancelled' OR (e.event = 'resulted' AND t.ended_by IS NULL)"""
        waiting = {id_ for (id_,) in self.desk.db.execute(f"SELECT id FROM exam_order WHERE id NOT IN ({ended})")}
        assert {row["number"] for row in lists.listing(self.desk.db, TODAY, self.desk.editions, None).rows} == waiting
        assert {order.number for order in orders.still_open(self.desk.db)} == waiting

    def teardown(self) -> None:
        self.desk.db.close()
        shutil.rmtree(self.folder)


TestPharmacy = Pharmacy.TestCase
TestPharmacy.settings = settings(
    max_examples=30, stateful_step_count=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
