"""Whatever was done, in whatever order, undo leads back through it step by step: hypothesis looks for what it forgets."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chronic.care import undo
from chronic.care.desk import Desk
from chronic.store import seals
from tests.care import test_properties as clinic
from tests.care.undoing import FACTS


def facts(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(desk.db.execute(query), key=repr) for name, query in FACTS.items()}


def undoing() -> type[RuleBasedStateMachine]:
    """The clinic of the other properties, with someone who changes their mind.

    Made in a function, so that pytest does not find the other module's test here a second time.
    """

    class Undoing(clinic.Clinic):
        def __init__(self) -> None:
            super().__init__()
            self.before: list[tuple[int, dict[str, list[tuple[Any, ...]]]]] = []
            self.now = facts(self.desk)

        @invariant()
        def what_was_before_each_deed_is_remembered(self) -> None:
            standing = [id_ for (id_,) in self.desk.db.execute("SELECT id FROM deed WHERE undone_at IS NULL ORDER BY id")]
            new = standing[len(self.before) :]
            assert standing[: len(self.before)] == [id_ for id_, _ in self.before]
            assert len(new) <= 1
            self.before += [(id_, self.now) for id_ in new]
            self.now = facts(self.desk)

        def teardown(self) -> None:
            assert list(seals.broken(self.desk.db)) == []  # whatever was done and taken back is sealed
            super().teardown()

        @precondition(lambda self: len(self.before) > 1)
        @rule()
        def undo(self) -> None:
            deed, before = self.before.pop()
            last = undo.last(self.desk)
            assert last.id == deed
            undo.take_back(self.desk, last)
            self.now = facts(self.desk)
            assert self.now == before
            self.people = [id_ for (id_,) in self.desk.db.execute("SELECT id FROM person ORDER BY id")]

        @precondition(lambda self: len(self.before) > 3)
        @rule()
        def undo_more(self) -> None:
            for _ in range(3):
                self.undo()

    return Undoing


TestUndoing = undoing().TestCase
TestUndoing.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
