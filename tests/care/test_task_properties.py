"""Whatever happens to the registry, in whatever order: after a check there is one open task for each true problem."""

import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chronic.care import checkup, manage, record, refer, register, screen, tasks, undo
from chronic.errors import ChronicError
from chronic.model.checkup import Checkup
from chronic.model.person import Person
from chronic.model.task import TYPED
from chronic.model.visit import Visit
from chronic.office import supervision
from chronic.protocol.tasks import Tasks
from chronic.reports.problems import problems
from chronic.store import tasks as store
from chronic.store import transactions
from tests import derived
from tests.care.test_properties import desk_at

who = st.integers(0, 20)
back = st.sampled_from([0, 1, 10, 14, 15, 30, 31, 80, 100, 120, 200, 380])
ahead = st.sampled_from([0, 1, 15, 31, 100, 380])


class Supervised(RuleBasedStateMachine):
    """Each rule is something a doctor does, at a day that only moves on; a refusal is an answer too."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.desk = desk_at(self.folder / "registry.db", 1)
        self.people: list[int] = []
        self.checked = False

    def attempt(self, act: Callable[[], object]) -> None:
        self.checked = False
        with contextlib.suppress(ChronicError):
            act()

    def pick(self, number: int) -> int:
        return self.people[number % len(self.people)]

    def day(self, ago: int) -> date:
        return self.desk.today - timedelta(days=ago)

    @initialize(ago=back)
    def someone_managed(self, ago: int) -> None:
        self.register("htn", ago, None)

    @rule(programme=st.sampled_from(["htn", "dm", None]), ago=back, phone=st.sampled_from([None, "13812345512"]))
    def register(self, programme: str | None, ago: int, phone: str | None) -> None:
        wanted = (manage.Wanted(programme, self.day(ago)),) if programme else ()
        new = Person("王秀兰", phone=phone, village="下各村", household_no="7", birth_date=date(1956, 3, 1))
        self.attempt(lambda: self.people.append(register.add(self.desk, register.Given(new, wanted)).id))

    @rule(number=who, ago=back, high=st.booleans(), worse=st.booleans(), phone=st.booleans(), smokes=st.booleans())
    def visit(self, number: int, ago: int, high: bool, worse: bool, phone: bool, smokes: bool) -> None:
        sbp, dbp = (186, 112) if high and worse else (152, 94) if high else (128, 78)
        values: dict[str, Any] = {
            "sbp": sbp, "dbp": dbp, "way": "phone" if phone else "clinic", "smoke_per_day": 10 * smokes,
            "complication": "new" if worse else "none",
        }  # fmt: skip
        self.attempt(lambda: record.record(self.desk, [Visit(self.pick(number), self.day(ago), **values)]))

    @rule(number=who, ago=back, screening=st.booleans())
    def measured_high_on_three_days(self, number: int, ago: int, screening: bool) -> None:
        """Referred as not controlled, or suspected."""
        kind = "screening" if screening else "followup"

        def measured() -> None:
            for days in (2, 1, 0):
                seen = Visit(self.pick(number), self.day(ago + 7 * days), kind=kind, sbp=152, dbp=94)
                if screening:
                    screen.check_not_enrolled(self.desk, seen)
                record.record(self.desk, [seen])

        self.attempt(measured)

    @rule(number=who, ago=back)
    def checked_up(self, number: int, ago: int) -> None:
        form = Checkup(self.pick(number), self.day(ago), {"ecg": "abnormal"})
        self.attempt(lambda: checkup.record(self.desk, [form]))

    @rule(number=who, outcome=st.sampled_from(["seen", "not_arrived"]), confirmed=st.sampled_from([None, "yes", "no"]))
    def replied(self, number: int, outcome: str, confirmed: str | None) -> None:
        told = refer.Reply(outcome, self.desk.today, confirmed=confirmed)
        self.attempt(lambda: refer.reply(self.desk, self.pick(number), told))

    @rule(number=who, what=st.sampled_from(["edit", "tag", "pause", "close", "end", "enrol", "void", "settle"]),
          values=st.sampled_from([{"phone": "13900000000"}, {"phone": None}, {"smoking_status": "never"}]),
          tags=st.sampled_from([(), ("低收入监测户",)]))  # fmt: skip
    def changed(self, number: int, what: str, values: dict[str, object], tags: tuple[str, ...]) -> None:
        whose, today = self.pick(number), self.desk.today
        ids = [id_ for (id_,) in self.desk.db.execute("SELECT id FROM visit WHERE ended_by IS NULL ORDER BY id")] or [0]
        acts: dict[str, Callable[[], object]] = {
            "edit": lambda: register.edit(self.desk, whose, values, None),
            "tag": lambda: register.edit(self.desk, whose, {}, tags),
            "pause": lambda: manage.pause(self.desk, whose, today, None),
            "close": lambda: register.close(self.desk, whose, today, "moved"),
            "end": lambda: manage.end(self.desk, whose, "htn", today, "refused"),
            "enrol": lambda: manage.enrol(self.desk, whose, manage.Wanted("htn", today)),
            "void": lambda: record.void(self.desk, ids[number % len(ids)], "记错人"),
            "settle": lambda: checkup.settle(self.desk, whose, [checkup.Done("ecg", today, "已复查")]),
        }
        self.attempt(acts[what])

    @rule()
    def taken_back(self) -> None:
        def last() -> None:
            undo.take_back(self.desk, undo.last(self.desk))

        self.attempt(last)
        alive = {id_ for (id_,) in self.desk.db.execute("SELECT id FROM person")}
        self.people = [person for person in self.people if person in alive]
        if not self.people:
            self.register("htn", 0, None)

    @rule(number=who, act=st.sampled_from(["add", "close", "close", "note", "assign"]))
    def worked_on(self, number: int, act: str) -> None:
        ids = [id_ for (id_,) in self.desk.db.execute("SELECT id FROM task ORDER BY id")] or [0]
        task = ids[-1 - number % len(ids)]
        acts: dict[str, Callable[[], object]] = {
            "add": lambda: tasks.add(self.desk, "随访表未签字", self.pick(number), None, None, None),
            "close": lambda: tasks.close(self.desk, task, "已办", self.desk.today),
            "note": lambda: tasks.note(self.desk, task, "已电话联系"),
            "assign": lambda: tasks.hand_to(self.desk, task, "王医生", None),
        }
        self.attempt(acts[act])

    @rule(days=ahead, asked=st.booleans())
    def check(self, days: int, asked: bool) -> None:
        self.desk = self.desk._replace(today=self.desk.today + timedelta(days=days))
        supervision.check(self.desk, asked)
        self.checked = True

    @precondition(lambda self: self.checked)
    @invariant()
    def every_true_problem_has_one_open_task_and_no_other_has(self) -> None:
        db, words = self.desk.db, Tasks.of(self.desk.editions.on(self.desk.today))
        true: dict[str, str] = {}
        fresh: set[str] = set()
        for code in words.in_force.checks:
            if code != TYPED:
                for found in problems(db, self.desk.today, self.desk.editions, code, words.checks[code]):
                    true[found.key] = words.checks[code].ended_by
                    fresh |= {found.key} if found.fresh else set()
        is_open = {
            key for (key,) in db.execute("SELECT key FROM task JOIN task_open ON task = id WHERE task.kind <> 'typed'")
        }
        by_hand = {
            key
            for key, id_ in db.execute("SELECT key, id FROM task")
            if true.get(key) == "evidence" and store.now(db, id_) is None and not store.closed_by_rule(db, id_)
        }
        assert is_open <= set(true)
        assert fresh - by_hand <= is_open
        keys = Counter(key for (key,) in db.execute("SELECT key FROM task"))
        assert set(keys.values()) <= {1}

    @precondition(lambda self: self.checked)
    @invariant()
    def who_is_long_overdue_or_without_a_phone_has_a_task(self) -> None:
        """Counted from the plans themselves, without the checks."""
        db = self.desk.db
        late = Counter[int]()
        for person, due_on in db.execute(
            "SELECT person, min(due_on) FROM plan WHERE kind = 'followup' AND NOT paused GROUP BY person"
        ):
            late[person] += (self.desk.today - date.fromisoformat(due_on)).days > 90
        managed = {person for (person,) in db.execute("SELECT person FROM open_enrolment")}
        unreachable = {person for (person,) in db.execute("SELECT id FROM person WHERE phone IS NULL")} & managed
        tasked = Counter(person for (person,) in db.execute("SELECT person FROM task_open WHERE kind = 'overdue'"))
        assert tasked == +late
        missing = db.execute("SELECT o.person FROM task_open AS o JOIN task ON id = o.task WHERE about = 'phone'")
        assert sorted(person for (person,) in missing) == sorted(unreachable)

    @precondition(lambda self: self.checked)
    @invariant()
    def another_check_changes_nothing(self) -> None:
        before = "\n".join(self.desk.db.iterdump())
        again = supervision.check(self.desk)
        assert all((count.new, count.reopened, count.closed) == (0, 0, 0) for count in again.values())
        assert "\n".join(self.desk.db.iterdump()) == before

    @invariant()
    def what_is_open_follows_from_the_events(self) -> None:
        db = self.desk.db
        before = db.execute("SELECT * FROM task_open ORDER BY task").fetchall()
        with transactions.immediate(db):
            store.derive(db, [id_ for (id_,) in db.execute("SELECT id FROM task")])
        assert db.execute("SELECT * FROM task_open ORDER BY task").fetchall() == before

    @invariant()
    def nothing_is_stale(self) -> None:
        assert derived.stale(self.desk.db, self.desk.editions, self.people) == []

    def teardown(self) -> None:
        self.desk.db.close()
        shutil.rmtree(self.folder)


Supervised.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
TestSupervised = Supervised.TestCase
