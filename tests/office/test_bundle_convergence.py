"""Registries work on the same people and exchange bundles in any order, twice or late: in the end all know the same."""

import contextlib
import inspect
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chronic.care import erase, manage, record, register, results, transfer, undo
from chronic.care.register import Given
from chronic.errors import ChronicError
from chronic.model.person import Person
from chronic.model.result import Result
from chronic.model.visit import Visit
from chronic.store import transfers
from tests.runner import Chronic, id_number
from tests.travels import TODAY, Sent, Site, digest, even_out, known, registered

EARLIER = TODAY - timedelta(days=3)
NUMBERS = [id_number(f"110105195{n}0304001") for n in range(3)]
ARCHIVES = ["33102410620000001", "33102410620000002", None]
WHO = st.integers(0, 4)
PICK = st.integers(0, 30)
DAY = st.integers(0, 4).map(lambda back: TODAY - timedelta(days=back))


@pytest.fixture(scope="module", autouse=True)
def registries(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Chronic(tmp_path_factory.mktemp("like"))
    made.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    Exchanging.like = made.path


class Exchanging(RuleBasedStateMachine):
    """Three or more registries; `late` are bundles under way, which may come in any order, and again."""

    like: Path
    many = 3

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        slow = [0, 86_400_000, 5_000, 0, 900_000]
        self.sites = [Site(f"site{n}", folder / f"{n}.db", self.like, slow[n]) for n in range(self.many)]
        self.late: list[tuple[int, int, Sent]] = []
        for number in NUMBERS[:2]:
            register.add(self.sites[0].desk, Given(Person("王甲", id_number=number, village="下各村")))
        even_out(self.sites, 1)
        for site in self.sites[:2]:  # the same person, unknown to each other
            register.add(site.desk, Given(Person(f"王{site.name}", id_number=NUMBERS[2], village=site.name)))

    def teardown(self) -> None:
        if hasattr(self, "sites"):
            try:
                self.all_know_the_same()
            finally:
                for site in self.sites:
                    site.db.close()
                self.folder.cleanup()

    def all_know_the_same(self) -> None:
        written = {uid for site in self.sites for (uid,) in site.db.execute("SELECT uid FROM visit WHERE ended_by IS NULL")}
        even_out(self.sites)
        first, *others = [known(site.db) for site in self.sites]
        for other in others:
            assert other == first
        assert self.nobodys() == set()
        for site in self.sites:
            assert site.trouble() == []
            uids = [uid for (uid,) in site.db.execute("SELECT uid FROM visit UNION ALL SELECT uid FROM tombstone")]
            assert written <= set(uids)
            assert len(uids) == len(set(uids))
            assert [
                row
                for row in site.db.execute("SELECT id_number FROM person GROUP BY 1 HAVING count(*) > 1 AND 1 <> ''")
                if row[0]
            ] == []

    def nobodys(self) -> set[str]:
        """Whom every registry takes for somebody else's business."""
        sql = """SELECT p.uid FROM elsewhere AS e JOIN person AS p ON p.id = e.person
          UNION SELECT a.uid FROM elsewhere AS e JOIN person_alias AS a ON a.person = e.person"""
        return set.intersection(*({uid for (uid,) in site.db.execute(sql)} for site in self.sites))

    def at(self, who: int) -> Site:
        return self.sites[who % len(self.sites)]

    @rule(who=WHO, name=st.sampled_from("甲乙丙丁"), number=st.sampled_from([None, *NUMBERS]))
    def somebody_is_registered(self, who: int, name: str, number: str | None) -> None:
        with contextlib.suppress(ChronicError):
            register.add(self.at(who).desk, Given(Person(f"王{name}", id_number=number, village="下各村")))

    @rule(who=WHO, pick=PICK, day=DAY, sbp=st.integers(120, 170))
    def a_visit_is_recorded(self, who: int, pick: int, day: date, sbp: int) -> None:
        site = self.at(who)
        if people := site.everyone():
            record.record(site.desk, [Visit(people[pick % len(people)], day, sbp=sbp, dbp=80)])

    @rule(who=WHO, pick=PICK, sbp=st.integers(120, 170), day=st.none() | DAY)
    def a_visit_is_fixed(self, who: int, pick: int, sbp: int, day: date | None) -> None:
        site = self.at(who)
        if visits := site.ids("visit", "ended_by IS NULL"):
            changes: dict[str, object] = {"sbp": sbp} | ({"visit_date": day} if day else {})
            with contextlib.suppress(ChronicError):
                record.fix(site.desk, visits[pick % len(visits)], changes)

    @rule(who=WHO, pick=PICK)
    def a_visit_is_withdrawn(self, who: int, pick: int) -> None:
        site = self.at(who)
        if visits := site.ids("visit", "ended_by IS NULL"):
            record.void(site.desk, visits[pick % len(visits)], "记错人")

    @rule(
        who=WHO,
        pick=PICK,
        field=st.sampled_from(["phone", "name", "village", "hamlet", "address"]),
        value=st.sampled_from("ABC"),
    )
    def a_field_is_changed(self, who: int, pick: int, field: str, value: str) -> None:
        site = self.at(who)
        if people := site.everyone():
            with contextlib.suppress(ChronicError):
                register.edit(site.desk, people[pick % len(people)], {field: value}, tags=[value])

    @rule(who=WHO, pick=PICK, archive=st.sampled_from(ARCHIVES))
    def an_archive_number_is_given_or_taken_away(self, who: int, pick: int, archive: str | None) -> None:
        site = self.at(who)
        if people := site.everyone():
            with contextlib.suppress(ChronicError):
                register.edit(site.desk, people[pick % len(people)], {"archive_no": archive})

    @rule(who=WHO, pick=PICK, number=st.sampled_from([None, *NUMBERS]))
    def an_id_number_is_given_or_taken_away(self, who: int, pick: int, number: str | None) -> None:
        site = self.at(who)
        if people := site.everyone():
            with contextlib.suppress(ChronicError):
                register.edit(site.desk, people[pick % len(people)], {"id_number": number})

    @rule(who=WHO, pick=PICK, opened=st.booleans(), reason=st.sampled_from(["died", "moved"]))
    def somebody_is_closed_or_opened(self, who: int, pick: int, opened: bool, reason: str) -> None:
        site = self.at(who)
        if people := site.everyone():
            with contextlib.suppress(ChronicError):
                person = people[pick % len(people)]
                register.reopen(site.desk, person) if opened else register.close(site.desk, person, TODAY, reason)

    @rule(who=WHO, pick=PICK, programme=st.sampled_from(["htn", "dm"]), ends=st.booleans(), day=DAY)
    def a_programme_begins_or_ends(self, who: int, pick: int, programme: str, ends: bool, day: date) -> None:
        site = self.at(who)
        if people := site.everyone():
            person = people[pick % len(people)]
            with contextlib.suppress(ChronicError):
                if ends:
                    manage.end(site.desk, person, programme, TODAY, "refused")
                else:
                    manage.enrol(site.desk, person, manage.Wanted(programme, day))

    @rule(who=WHO, pick=PICK, day=DAY, result=st.sampled_from(["normal", "abnormal"]))
    def a_test_is_recorded(self, who: int, pick: int, day: date, result: str) -> None:
        site = self.at(who)
        if people := site.everyone():
            with contextlib.suppress(ChronicError):
                results.add(site.desk, people[pick % len(people)], Result("ecg", day, result=result))

    @rule(who=WHO, pick=PICK, village=WHO)
    def somebody_is_transferred(self, who: int, pick: int, village: int) -> None:
        site = self.at(who)
        if people := site.everyone():
            to = f"镇/村{village % len(self.sites)}"
            with contextlib.suppress(ChronicError):
                transfer.out(site.desk, people[pick % len(people)], to, TODAY, None)

    @rule(who=WHO, pick=PICK, answer=st.sampled_from(["accept", "accept", "decline", "withdraw"]))
    def a_transfer_is_answered(self, who: int, pick: int, answer: str) -> None:
        desk = self.at(who).desk
        if waiting := [one.person for one in transfers.still_open(desk.db)]:
            person = waiting[pick % len(waiting)]
            with contextlib.suppress(ChronicError):
                if answer == "accept":
                    transfer.accept(desk, person, TODAY, transfer.Home(f"doctor {who}"))
                else:
                    {"decline": transfer.decline, "withdraw": transfer.withdraw}[answer](desk, person, TODAY, "不迁")

    @rule(who=WHO)
    def the_last_thing_is_taken_back(self, who: int) -> None:
        desk = self.at(who).desk
        with contextlib.suppress(ChronicError):
            undo.take_back(desk, undo.last(desk))

    @rule(one=WHO, other=WHO, everything=st.booleans())
    def a_bundle_is_sent(self, one: int, other: int, everything: bool) -> None:
        one, other = one % len(self.sites), other % len(self.sites)
        if one != other:
            self.late.append((one, other, self.sites[one].send(f"site{other}", everything)))

    @rule(pick=PICK, kept=st.booleans())
    def a_bundle_comes(self, pick: int, kept: bool) -> None:
        if self.late:
            place = pick % len(self.late)
            one, other, sent = self.late[place]
            self.sites[other].take(f"site{one}", sent)
            if not kept:
                del self.late[place]

    @invariant()
    def nobody_is_twice(self) -> None:
        for site in getattr(self, "sites", ()):
            sql = "SELECT count(id_number) - count(DISTINCT id_number) FROM person"
            assert site.db.execute(sql).fetchone() == (0,)


OFTEN = {
    "somebody_is_registered": 1, "a_visit_is_recorded": 5, "a_visit_is_fixed": 4, "a_visit_is_withdrawn": 2,
    "a_field_is_changed": 4, "an_archive_number_is_given_or_taken_away": 2, "an_id_number_is_given_or_taken_away": 2,
    "somebody_is_closed_or_opened": 1,
    "a_programme_begins_or_ends": 4, "a_test_is_recorded": 2, "somebody_is_transferred": 3, "a_transfer_is_answered": 3,
    "the_last_thing_is_taken_back": 3, "a_bundle_is_sent": 6, "a_bundle_comes": 8,
}  # fmt: skip
"""Of so many steps; drawn by rules alone most runs hold little."""


def long_run(seed: int, steps: int, many: int, kind: type[Exchanging] = Exchanging) -> None:
    """Many steps in one run, by a seed."""
    chance = random.Random(seed)
    machine = kind.__new__(kind)
    machine.many = many
    machine.begin()
    try:
        for name in chance.choices(list(OFTEN), list(OFTEN.values()), k=steps):
            getattr(machine, name)(**_drawn(name, chance))
            machine.nobody_is_twice()
        machine.all_know_the_same()
    finally:
        for site in machine.sites:
            site.db.close()
        machine.folder.cleanup()


def _drawn(name: str, chance: random.Random) -> dict[str, Any]:
    day = TODAY - timedelta(days=chance.randrange(5))
    every: dict[str, Any] = {
        "who": chance.randrange(5), "one": chance.randrange(5), "other": chance.randrange(5), "pick": chance.randrange(31),
        "name": f"王{chance.choice('甲乙丙丁')}", "number": chance.choice([None, *NUMBERS]),
        "sbp": chance.randrange(120, 170), "archive": chance.choice(ARCHIVES),
        "day": day,
        "field": chance.choice(["phone", "name", "village", "hamlet", "address"]), "value": chance.choice("ABC"),
        "opened": chance.random() < 0.6, "reason": chance.choice(["died", "moved"]), "ends": chance.random() < 0.4,
        "programme": chance.choice(["htn", "dm"]), "result": chance.choice(["normal", "abnormal"]),
        "village": chance.randrange(5), "answer": chance.choice(["accept", "accept", "decline", "withdraw"]),
        "everything": chance.random() < 0.2, "kept": chance.random() < 0.2,
    }  # fmt: skip
    if name == "a_visit_is_fixed":
        every["day"] = chance.choice([None, None, day])
    return {key: value for key, value in every.items() if key in inspect.signature(getattr(Exchanging, name)).parameters}


@pytest.mark.parametrize(("seed", "steps", "many"), [(1, 60, 3), (2, 60, 5), (3, 90, 4)])
def test_long_runs_end_with_the_same_facts_everywhere(seed: int, steps: int, many: int) -> None:
    long_run(seed, steps, many)


@pytest.mark.parametrize("late", [True, False])
def test_a_registration_taken_back_of_whom_another_withdrew_a_contact_ends_the_same_everywhere(
    like: Path, tmp_path: Path, late: bool
) -> None:
    """`late`: the contact comes to who registered them before it is withdrawn."""
    one, other = (Site(name, tmp_path / f"{name}.db", like) for name in ("one", "other"))
    registered(one)
    other.take("one", one.send("other"))
    record.record(other.desk, [Visit(1, TODAY, sbp=150, dbp=90)])
    early = other.send("one")
    undo.take_back(other.desk, undo.last(other.desk))
    undo.take_back(one.desk, undo.last(one.desk))
    if late:
        one.take("other", early)
    even_out([one, other])
    assert digest(one.db) == digest(other.db)
    assert [len(site.everyone()) for site in (one, other)] == [1, 1]
    for site in (one, other):
        assert site.trouble() == []
        site.db.close()


def test_a_correction_taken_back_while_its_day_was_taken_is_settled(like: Path, tmp_path: Path) -> None:
    """Two contacts of one day, of which the greater had been corrected to another one."""
    one, other = (Site(name, tmp_path / f"{name}.db", like) for name in ("one", "other"))
    registered(one)
    other.take("one", one.send("other"))
    record.record(one.desk, [Visit(1, EARLIER, sbp=150, dbp=90)])
    record.record(other.desk, [Visit(1, EARLIER, sbp=160, dbp=95)])  # the later, and so the greater
    even_out([one, other])
    record.fix(other.desk, 1, {"visit_date": TODAY})
    assert len(other.ids("visit", "ended_by IS NULL")) == 2
    undo.take_back(other.desk, undo.last(other.desk))
    assert other.trouble() == []
    even_out([one, other])
    assert digest(one.db) == digest(other.db)
    for site in (one, other):
        assert site.db.execute("SELECT sbp FROM visit WHERE ended_by IS NULL").fetchall() == [(160,)]
        site.db.close()


@pytest.mark.parametrize("known_here", ["1951-05-05", None])
def test_of_who_is_erased_the_same_year_of_birth_stays_everywhere(
    like: Path, tmp_path: Path, known_here: str | None
) -> None:
    """Whatever another registry said of it meanwhile, or never heard."""
    one, other = (Site(name, tmp_path / f"{name}.db", like) for name in ("one", "other"))
    registered(one)
    other.take("one", one.send("other"))
    register.edit(one.desk, 1, {"birth_date": date(1950, 3, 4)})
    if known_here:
        register.edit(other.desk, 1, {"birth_date": date.fromisoformat(known_here)})
    register.close(one.desk, 1, TODAY, "died")
    erase.erase(one.desk, 1, "书面申请")
    even_out([one, other])
    for site in (one, other):
        said = site.db.execute("SELECT name, birth_date, birth_approximate FROM person").fetchall()
        assert said == [("***", "1950-01-01", "yes")]
        assert site.trouble() == []
    assert digest(one.db) == digest(other.db)
    for site in (one, other):
        site.db.close()


TestExchanging = Exchanging.TestCase
TestExchanging.settings = settings(
    max_examples=5, stateful_step_count=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
