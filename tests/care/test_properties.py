"""Whatever the clinic does, in whatever order: hypothesis looks for a history that leaves something stale or lost."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chronic.care import manage, merging, record, refer, register, replan, screen, slips, trace
from chronic.care.desk import Desk
from chronic.errors import ChronicError
from chronic.model.call import Call
from chronic.model.days import iso
from chronic.model.fields import CALL_OUTCOMES
from chronic.model.person import Person
from chronic.model.referral import Referral, Report
from chronic.model.visit import Visit
from chronic.office import imports
from chronic.protocol import DEFAULT, load
from chronic.reports import calls, overdue
from chronic.reports import referrals as waiting
from chronic.store import calls as call_store
from chronic.store import editions, histories, people, programmes, referrals, registry, visits
from chronic.store.stamp import Stamp
from tests.derived import stale
from tests.sheets import sheet

TODAY = date(2026, 11, 21)
DAYS = [TODAY - timedelta(days=days) for days in (0, 0, 1, 7, 14, 15, 30, 45, 90, 91, 120, 200)]
EDITION = load(DEFAULT)

days = st.sampled_from(DAYS)
who = st.integers(0, 20)
which = st.sampled_from(["htn", "dm", "lipid"])
PRESSURES: list[tuple[int, int] | None] = [None, (128, 78), (150, 95), (152, 84), (186, 98), (84, 48)]
FOUND: dict[str, list[Any]] = {
    "fpg": [None, None, 6.1, 7.4, 3.6, 17.2],
    "way": ["clinic", "clinic", "home", "phone"],
    "danger": [None, "no", "no", "yes"],
    "adr": [None, "no", "no", "no", "yes"],
    "complication": [None, "none", "none", "none", "new"],
    "next_visit_date": [None, None, None, TODAY + timedelta(days=3), TODAY + timedelta(days=200)],
}
found = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in FOUND.items()})
pressures = st.sampled_from(PRESSURES)


def desk_at(path: Path, seed: int) -> Desk:
    """A registry to write in. It need not survive a power cut."""
    if not path.exists():
        registry.create(path, {"origin": "test"}, [(EDITION.effective_from.isoformat(), EDITION.id, "", "test")])
    db = registry.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    stamp = Stamp("2026-11-21T00:00:00.000Z", 1_795_000_000_000, "test", "test", random=Random(seed).randbytes)
    return Desk(db, TODAY, editions.read(db), stamp)


class Clinic(RuleBasedStateMachine):
    """Each rule is something a doctor does; a refusal is an answer too, and must leave everything as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.desk = desk_at(self.folder / "registry.db", 1)
        self.people: list[int] = []
        self.replied: set[tuple[int, date]] = set()

    def attempt(self, act: Callable[[], object]) -> bool:
        before = "\n".join(self.desk.db.iterdump())
        try:
            act()
        except ChronicError:
            assert "\n".join(self.desk.db.iterdump()) == before
            return False
        return True

    def pick(self, number: int) -> int:
        return self.people[number % len(self.people)]

    def live_visit(self, number: int) -> int | None:
        ids = [id_ for (id_,) in self.desk.db.execute("SELECT id FROM visit WHERE ended_by IS NULL ORDER BY id")]
        return ids[number % len(ids)] if ids else None

    @initialize()
    def somebody(self) -> None:
        self.add_person(1950, ["htn"], None, None)

    @rule(born=st.sampled_from([1950, 1961, 1990]), wanted=st.lists(which, max_size=3, unique=True),
          on=st.one_of(st.none(), days), registered_on=st.one_of(st.none(), days))  # fmt: skip
    def add_person(self, born: int, wanted: list[str], on: date | None, registered_on: date | None) -> None:
        name = f"person {len(self.people)}"
        wishes = tuple(manage.Wanted(programme, on) for programme in wanted)
        person = Person(name, birth_date=date(born, 11, 21), registered_on=registered_on)
        self.people.append(register.add(self.desk, register.Given(person, wishes)).id)

    @rule(number=who, programme=which, on=st.one_of(st.none(), days))
    def enrol(self, number: int, programme: str, on: date | None) -> None:
        self.attempt(lambda: manage.enrol(self.desk, self.pick(number), manage.Wanted(programme, on)))

    @precondition(lambda self: len(self.people) > 1)
    @rule(number=who, other=who, whose=st.sampled_from(["ours", "theirs"]))
    def merge(self, number: int, other: int, whose: str) -> None:
        stays, goes = self.pick(number), self.pick(other)
        if self.attempt(lambda: merging.merge(self.desk, stays, goes, {"all": whose})):
            self.people.remove(goes)

    @rule(number=who, on=days, bp=pressures, said=found)
    def visit(self, number: int, on: date, bp: tuple[int, int] | None, said: dict[str, Any]) -> None:
        sbp, dbp = bp or (None, None)
        record.record(self.desk, [Visit(self.pick(number), on, **{**said, "sbp": sbp, "dbp": dbp})])

    @rule(number=who, on=days, bp=pressures)
    def screening(self, number: int, on: date, bp: tuple[int, int] | None) -> None:
        seen = Visit(self.pick(number), on, kind="screening", sbp=(bp or (150, 95))[0], dbp=(bp or (150, 95))[1])
        if self.attempt(lambda: screen.check_not_enrolled(self.desk, seen)):
            record.record(self.desk, [seen])

    @rule(number=who, on=days, bp=pressures, fpg=st.sampled_from(FOUND["fpg"]))
    def fix(self, number: int, on: date, bp: tuple[int, int] | None, fpg: float | None) -> None:
        chosen = self.live_visit(number)
        if chosen is not None:
            changes: dict[str, object] = {"visit_date": on, "sbp": bp and bp[0], "dbp": bp and bp[1], "fpg": fpg}
            self.attempt(lambda: record.fix(self.desk, chosen, changes))

    @rule(number=who)
    def void(self, number: int) -> None:
        chosen = self.live_visit(number)
        if chosen is not None:
            assert self.attempt(lambda: record.void(self.desk, chosen, "wrong person"))

    @rule(number=who, on=st.one_of(st.none(), days))
    def pause(self, number: int, on: date | None) -> None:
        self.attempt(lambda: manage.pause(self.desk, self.pick(number), on, None))

    @rule(number=who)
    def resume(self, number: int) -> None:
        self.attempt(lambda: manage.resume(self.desk, self.pick(number)))

    @rule(number=who, on=days, reason=st.sampled_from(["died", "moved"]))
    def close(self, number: int, on: date, reason: str) -> None:
        self.attempt(lambda: register.close(self.desk, self.pick(number), on, reason))

    @rule(number=who)
    def reopen(self, number: int) -> None:
        self.attempt(lambda: register.reopen(self.desk, self.pick(number)))

    @rule(number=who, programme=which, on=days)
    def end_programme(self, number: int, programme: str, on: date) -> None:
        self.attempt(lambda: manage.end(self.desk, self.pick(number), programme, on, "refused"))

    @rule(number=who, on=days, outcome=st.sampled_from(["seen", "returned", "not_arrived"]), slip=who)
    def reply(self, number: int, on: date, outcome: str, slip: int) -> None:
        person = self.pick(number)
        known = [None, refer.NOT_WRITTEN, *(written.slip for written in referrals.of(self.desk.db, person))]
        told = refer.Reply(outcome, on, slip=known[slip % len(known)])
        if (person, on) not in self.replied and self.attempt(lambda: refer.reply(self.desk, person, told)):
            self.replied.add((person, on))

    @rule(number=who, on=days, outcome=st.sampled_from(list(CALL_OUTCOMES)), wait=st.sampled_from([None, 0, 1, 3, 30]))
    def call(self, number: int, on: date, outcome: str, wait: int | None) -> None:
        day = None if wait is None else on + timedelta(days=wait)
        self.attempt(lambda: trace.call(self.desk, self.pick(number), Call(on, "", outcome, note="note"), day))

    @rule(number=who, on=days)
    def come_back(self, number: int, on: date) -> None:
        person = self.pick(number)
        told = refer.Reply("returned", on)
        if (person, on) not in self.replied and self.attempt(lambda: refer.back(self.desk, person, told)):
            self.replied.add((person, on))

    @rule(number=who, on=days, advised=st.booleans(), urgent=st.booleans(), programme=st.one_of(st.none(), which))
    def write_slip(self, number: int, on: date, advised: bool, urgent: bool, programme: str | None) -> None:
        person = self.pick(number)
        basis = slips.basis(self.desk, person) if advised else None
        new = Referral(on, "emergency" if urgent else "routine", "because", programme=programme)
        self.attempt(lambda: slips.out(self.desk, person, new, basis))

    @rule(number=who)
    def withdraw_slip(self, number: int) -> None:
        written = [slip for person in self.people for slip in referrals.of(self.desk.db, person)]
        if written:
            self.attempt(lambda: slips.void(self.desk, written[number % len(written)].slip, "wrong person"))

    @precondition(lambda self: self.people)
    @rule(rows=st.lists(st.tuples(who, days, pressures, st.sampled_from(FOUND["fpg"])), min_size=1, max_size=4))
    def import_sheet(self, rows: list[tuple[int, date, tuple[int, int] | None, float | None]]) -> None:
        uids = dict(self.desk.db.execute("SELECT id, uid FROM person"))
        written = [
            {"person_uid": uids[self.pick(number)], "visit_date": on, "sbp": bp and bp[0], "dbp": bp and bp[1], "fpg": fpg}
            for number, on, bp, fpg in rows
        ]
        path = sheet(self.folder, written)
        imports.run(self.desk, path, imports.Wishes(), lambda _: None)
        before = derived(self.desk)
        assert imports.run(self.desk, path, imports.Wishes(), lambda _: None).states.keys() <= {"unchanged", "refused"}
        assert derived(self.desk) == before

    @invariant()
    def nothing_is_stale(self) -> None:
        assert stale(self.desk.db, self.desk.editions, self.people) == []

    @invariant()
    def every_open_enrolment_has_exactly_one_follow_up(self) -> None:
        enrolled = self.desk.db.execute("SELECT person, programme FROM open_enrolment ORDER BY 1, 2").fetchall()
        planned = self.desk.db.execute("SELECT person, programme FROM plan WHERE kind = 'followup' ORDER BY 1, 2")
        assert planned.fetchall() == enrolled

    @invariant()
    def nobody_closed_is_expected(self) -> None:
        closed = "(SELECT id FROM person WHERE closed_on IS NOT NULL)"
        for table in ("plan", "agenda"):
            assert self.desk.db.execute(f"SELECT count(*) FROM {table} WHERE person IN {closed}").fetchone() == (0,)

    @invariant()
    def every_open_referral_is_on_the_list(self) -> None:
        """A slip until an outcome names it, or its person is closed; what is advised until a slip or an outcome."""
        answered = "SELECT 1 FROM referral_outcome AS o WHERE o.referral = r.uid AND o.outcome <> 'not_arrived'"
        written = f"""SELECT r.slip FROM referral AS r JOIN person AS p ON p.id = r.person
          WHERE r.ended_by IS NULL AND p.closed_on IS NULL AND NOT EXISTS ({answered})"""
        rows = list(waiting.referrals(self.desk.db, TODAY, waiting.Asked()).rows)
        assert sorted(str(row["slip"]) for row in rows if row["slip"]) == sorted(s for (s,) in self.desk.db.execute(written))
        planned = self.desk.db.execute("SELECT DISTINCT person FROM plan WHERE kind = 'referral'")
        assert {row["person_id"] for row in rows} == {person for (person,) in planned}
        urgent = [str(row["urgency"]) for row in rows]
        assert urgent == sorted(urgent), "emergencies first"
        in_danger = self.desk.db.execute("SELECT person FROM agenda WHERE danger <> ''")
        assert {person for (person,) in in_danger} <= {row["person_id"] for row in rows if row["urgency"] == "emergency"}

    @invariant()
    def who_is_late_is_on_exactly_one_list(self) -> None:
        for today in (TODAY, TODAY + timedelta(days=40)):
            late = "SELECT DISTINCT person FROM plan WHERE kind = 'followup' AND due_on < ?"
            expected = sorted(person for (person,) in self.desk.db.execute(late, (today.isoformat(),)))
            lists = [overdue.overdue(self.desk.db, today, overdue.Asked(paused=paused)).rows for paused in (False, True)]
            assert sorted(int(str(row["person_id"])) for rows in lists for row in rows) == expected
            soon = {row["person_id"] for row in overdue.due(self.desk.db, today, 400, overdue.Asked()).rows}
            assert soon.isdisjoint(expected)

    @invariant()
    def who_is_late_is_to_be_called_or_has_a_day_for_it_or_is_paused(self) -> None:
        for today in (TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=40)):
            everyone = overdue.Asked()
            late = {row["person_id"]: row for row in overdue.overdue(self.desk.db, today, everyone).rows}
            listed = [row["person_id"] for row in calls.calls(self.desk.db, today, calls.WITHIN, everyone).rows]
            waiting = {person for person, row in late.items() if str(row["next_call_on"] or "") > today.isoformat()}
            assert late.keys() - set(listed) == waiting - set(listed)
            assert len(set(listed)) == len(listed), "on one list once"
            assert calls.counts(self.desk.db, today, calls.WITHIN).sections.total() == len(listed)

    @invariant()
    def nobody_in_danger_waits_for_a_date_of_their_own(self) -> None:
        tomorrow = TODAY + timedelta(days=1)
        danger = {person for (person,) in self.desk.db.execute("SELECT person FROM agenda WHERE danger <> ''")}
        assert danger <= {row["person_id"] for row in calls.calls(self.desk.db, tomorrow, 0, overdue.Asked()).rows}

    def teardown(self) -> None:
        try:
            for seed in (2, 3):
                copy = replayed(self.desk, self.folder / f"{seed}.db", Random(seed))
                try:
                    assert derived(copy) == derived(self.desk)
                finally:
                    copy.db.close()
        finally:
            self.desk.db.close()
            shutil.rmtree(self.folder)


_PAUSE = """
INSERT INTO pause (uid, person, from_on, ended_on, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, '', '', '')"""
_DERIVED = (
    """SELECT p.uid, v.uid, d.programme, d.class, d.danger, d.consecutive, d.refer, d.due_on, d.rule, d.cites, d.not_asked,
       d.advice FROM verdict AS d JOIN visit AS v ON v.id = d.visit JOIN person AS p ON p.id = d.person ORDER BY 1, 2, 3""",
    """SELECT p.uid, q.kind, q.programme, q.due_on, q.reasons, q.urgency, q.since_on, v.uid, q.days_high, q.paused, q.rank
       FROM plan AS q JOIN person AS p ON p.id = q.person LEFT JOIN visit AS v ON v.id = q.visit
       ORDER BY 1, 2, 3, 4, 5, 6, 7, 8""",
    """SELECT p.uid, a.rank, a.paused_on, a.last_visit_on, a.last_contact_on, a.last_bp, a.last_fpg, a.danger, a.class_htn,
       a.class_dm, a.assessed_htn, a.assessed_dm, a.due_followup, a.due_referral, a.due_screening,
       a.calls, a.next_call_on, a.promised_on, a.pause_on, a.told, a.last_call_on, a.ends
       FROM agenda AS a JOIN person AS p ON p.id = a.person ORDER BY 1""",
)


def derived(desk: Desk) -> list[list[tuple[Any, ...]]]:
    """Verdicts, plans and agenda by uid."""
    return [desk.db.execute(sql).fetchall() for sql in _DERIVED]


def replayed(desk: Desk, path: Path, dice: Random) -> Desk:
    """The facts that survived, entered in another order into a new registry, by other ids and one at a time."""
    copy = desk_at(path, dice.randrange(1 << 30))
    known = list(people.read(desk.db, "ORDER BY id"))
    dice.shuffle(known)
    there: dict[int, int] = {}
    for person in known:
        fresh = person._replace(id=0, closed_on=None, closed_reason=None)
        there[person.id] = register.add(copy, register.Given(fresh)).id
    facts: list[Callable[[], object]] = []
    for person in known:
        facts += _facts(desk, copy, person, there[person.id])
    dice.shuffle(facts)
    for enter in facts:
        enter()
    for person in known:
        if person.closed_on is not None and person.closed_reason is not None:
            register.close(copy, there[person.id], person.closed_on, person.closed_reason)
    return copy


def _recording(copy: Desk, visit: Visit) -> Callable[[], object]:
    def enter() -> None:
        (result,) = record.record(copy, [visit])
        assert result.state == "added"

    return enter


def _facts(desk: Desk, copy: Desk, person: Person, id_: int) -> list[Callable[[], object]]:
    def also(write: Callable[..., object], *values: Any) -> Callable[[], object]:
        def enter() -> None:
            write(*values)
            replan.replan(copy, [id_])

        return enter

    ids = desk.db.execute("SELECT id FROM visit WHERE person = ? AND ended_by IS NULL", (person.id,)).fetchall()
    kept = [seen[0] for (visit,) in ids if (seen := visits.by_id(desk.db, visit)) is not None]
    entered = [_recording(copy, visit._replace(person=id_)) for visit in kept]
    entered += [also(programmes.add, copy.db, id_, stay, copy.stamp) for stay in programmes.of(desk.db, person.id)]
    ((_, history),) = histories.read(desk.db, [person.id])
    for pause in history.pauses:
        values = (copy.stamp.uid(), id_, iso(pause.from_on), iso(pause.ended_on))
        entered.append(also(copy.db.execute, _PAUSE, values))
    entered += [also(call_store.add, copy.db, id_, call, copy.stamp) for call in history.calls]
    contacts = {slip.uid: slip.contact for slip in history.slips}
    written = [slip._replace(contact=contacts[slip.uid]) for slip in referrals.of(desk.db, person.id)]
    entered += [also(referrals.add_slip, copy.db, id_, slip, copy.stamp) for slip in written]
    entered += [also(referrals.add, copy.db, id_, outcome, Report(), copy.stamp) for outcome in history.outcomes]
    return entered


Clinic.TestCase.settings = settings(
    max_examples=20, stateful_step_count=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
TestClinic = Clinic.TestCase
