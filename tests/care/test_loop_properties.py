"""Whatever is done and undone, in whatever order: nobody falls out of the lists, and nobody is on one who has left."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chronic.care import checkup, contracts, facts, manage, medicines, orders, record, register, replan, slips, undo
from chronic.care.desk import Desk
from chronic.errors import ChronicError
from chronic.model.chain import STAGES
from chronic.model.checkup import Checkup
from chronic.model.person import Person
from chronic.model.referral import Referral
from chronic.model.report import Report
from chronic.model.workdays import Workdays
from chronic.protocol.chain import Chain
from chronic.reports import (
    at_risk,
    benefit,
    calls,
    chain,
    checkups,
    findings,
    households,
    overdue,
    quota,
    referrals,
    residents,
    rounds,
    screen_due,
    suspects,
    today,
)
from chronic.reports import contracts as contract_lists
from chronic.reports import medicines as supplies
from chronic.reports import orders as examinations
from chronic.reports.tagged import Whom
from chronic.rules import chain as rules
from chronic.rules.assessment import assess
from chronic.store import chain as chain_store
from chronic.store import histories, known
from chronic.store.facts import Said
from tests.care import test_properties as clinic
from tests.care.test_properties import TODAY, days, which, who

LATER = TODAY + timedelta(days=40)
EVERYTHING = overdue.Asked(kind="all")
FACTS = ["stroke", "infarction", "amputation", "rehabilitation", "prediabetes"]


def lists(desk: Desk, day: date) -> Iterator[tuple[str, Report]]:
    """Every list of people to do something about, as of a day; each has `person_id` but the round of the houses."""
    db, editions = desk.db, desk.editions
    for paused in (False, True):
        for kind in ("followup", "all"):
            asked = overdue.Asked(kind=kind, paused=paused)
            yield f"overdue {kind} {paused}", overdue.overdue(db, day, asked)
            yield f"due {kind} {paused}", overdue.due(db, day, 400, asked)
    yield "calls", calls.calls(db, day, calls.WITHIN, overdue.Asked())
    yield "refer list", referrals.referrals(db, day, referrals.Asked())
    wanted = rounds.Wanted(day, day + timedelta(days=14), 12, Workdays(), overdue.Asked(kind="all"))
    yield "plan", rounds.report(rounds.planned(db, day, wanted), day)
    yield "today", today.report(db, day, editions, 10)
    yield "quota", quota.listing(db, day, editions, overdue.Asked())
    yield "screen due", screen_due.due(db, day, LATER, editions, residents.Among())
    yield "screen at-risk", at_risk.listing(db, day, editions, residents.Among())
    yield "screen suspects", suspects.suspects(db, day, editions)
    yield "checkup due", checkups.due(db, day, editions, 400, Whom(), False)
    yield "checkup due --abnormal", findings.worklist(db, day, editions)
    yield "medicine refill", supplies.refill(db, day, 400)
    yield "benefit", benefit.listing(db, day, editions, False, Whom())
    yield "order list", examinations.listing(db, day, editions, None)
    for which_ in (contract_lists.IN_FORCE, contract_lists.DUE, contract_lists.EXPIRED, contract_lists.NONE):
        yield f"contract {which_}", contract_lists.listing(db, day, editions, contract_lists.Asked(which_, 400))
    for stage in STAGES:
        if stage != "ended":
            asked_for = chain.Asked(stage=stage)
            yield f"chain {stage}", chain.listing(db, day, editions, asked_for)


def looping() -> type[RuleBasedStateMachine]:
    """The clinic of the other properties with check-ups, medicines, orders, contracts, what is told, and undo.

    Made in a function, so that pytest does not find the other module's test here a second time.
    """

    class Loop(clinic.Clinic):
        def attempt(self, act: Callable[[], object]) -> bool:
            """That a refusal leaves no trace is the other machine's."""
            try:
                act()
            except ChronicError:
                return False
            return True

        @rule(born=st.sampled_from([1950, 1961, 1990]), wanted=st.lists(which, max_size=3, unique=True),
              on=st.one_of(st.none(), days), registered_on=st.one_of(st.none(), days))  # fmt: skip
        def add_person(self, born: int, wanted: list[str], on: date | None, registered_on: date | None) -> None:
            """Everybody in a house of their own, so that a house on the round speaks of them alone."""
            name = f"person {len(self.people)}"
            wishes = tuple(manage.Wanted(programme, on) for programme in wanted)
            person = Person(name, birth_date=date(born, 11, 21), registered_on=registered_on, village="下各村",
                            household_no=str(len(self.desk.db.execute("SELECT id FROM deed").fetchall())))  # fmt: skip
            self.people.append(register.add(self.desk, register.Given(person, wishes)).id)

        @rule(number=who)
        def with_everything(self, number: int) -> None:
            """Something on every list, so that whoever leaves next has much to be taken off."""
            whose = self.pick(number)
            self.supply(number, TODAY - timedelta(days=30), 7)
            self.order(number, TODAY - timedelta(days=45), False)
            self.contract(number, TODAY - timedelta(days=200), False)
            self.told(number, TODAY - timedelta(days=30), "stroke", "yes")
            self.check_up(number, TODAY - timedelta(days=30), (152, 94), "abnormal", True)
            self.attempt(lambda: slips.out(self.desk, whose, Referral(TODAY, "emergency", "because"), None))

        @rule(number=who, reason=st.sampled_from(["died", "moved"]))
        def leave(self, number: int, reason: str) -> None:
            """Today, which nothing recorded forbids."""
            self.attempt(lambda: register.close(self.desk, self.pick(number), TODAY, reason))

        @rule(number=who)
        def void(self, number: int) -> None:
            """What a check-up measured is withdrawn with the check-up."""
            chosen = self.live_visit(number)
            if chosen is not None:
                self.attempt(lambda: record.void(self.desk, chosen, "wrong person"))

        @rule(number=who, on=days, bp=clinic.pressures, ecg=st.sampled_from([None, "abnormal"]), stroke=st.booleans())
        def check_up(self, number: int, on: date, bp: tuple[int, int] | None, ecg: str | None, stroke: bool) -> None:
            values: dict[str, Any] = {"temperature_c": 36.5}
            values |= {"sbp_left": bp[0], "dbp_left": bp[1]} if bp else {}
            values |= {"ecg": ecg} if ecg else {}
            values |= {"problem_brain": "ischaemic_stroke"} if stroke else {}
            checkup.record(self.desk, [Checkup(self.pick(number), on, values)])

        @rule(number=who, on=days, fact=st.sampled_from(FACTS), value=st.sampled_from(["yes", "no"]))
        def told(self, number: int, on: date, fact: str, value: str) -> None:
            self.attempt(lambda: facts.tell(self.desk, self.pick(number), [Said(fact, value, on)]))

        @rule(number=who, on=days, lasts=st.sampled_from([7, 30, 90]))
        def supply(self, number: int, on: date, lasts: int) -> None:
            self.attempt(lambda: medicines.give(self.desk, self.pick(number), ["氨氯地平"], lasts, on))

        @rule(number=who, on=days, answered=st.booleans())
        def order(self, number: int, on: date, answered: bool) -> None:
            def ordered() -> None:
                made = orders.add(self.desk, self.pick(number), "ecg", on, despite=("order.open", "order.still_counts"))
                if answered:
                    orders.cancel(self.desk, made, TODAY, "不需要")

            self.attempt(ordered)

        @rule(number=who, on=days, ends=st.booleans())
        def contract(self, number: int, on: date, ends: bool) -> None:
            whose = self.pick(number)
            sign: Callable[[], object] = partial(contracts.sign, self.desk, whose, "李医生团队", "basic", on)
            self.attempt((lambda: contracts.end(self.desk, whose, on, "refused")) if ends else sign)

        @precondition(lambda self: len(self.people) > 1)
        @rule(deeds=st.sampled_from([1, 1, 3]))
        def take_back(self, deeds: int) -> None:
            for _ in range(deeds):
                if len(self.people) > 1:
                    self.attempt(lambda: undo.take_back(self.desk, undo.last(self.desk)))
                    self.people = [id_ for (id_,) in self.desk.db.execute("SELECT id FROM person ORDER BY id")]

        @invariant()
        def nobody_who_left_is_on_any_list(self) -> None:
            db = self.desk.db
            gone = {id_ for (id_,) in db.execute("SELECT id FROM person WHERE closed_on IS NOT NULL")}
            managed = {id_ for (id_,) in db.execute("SELECT person FROM open_enrolment")}
            for day in (TODAY, LATER):
                for name, report in lists(self.desk, day):
                    listed = {int(str(row["person_id"])) for row in report.rows}
                    assert not listed & gone, name
                    if name.startswith(
                        ("overdue followup", "due followup", "quota", "benefit", "contract none", "chain managed")
                    ):
                        assert listed <= managed, name
            lived_in = {no for (no,) in db.execute("SELECT household_no FROM person WHERE closed_on IS NULL")}
            rows = households.listing(db, TODAY, households.Asked(due=True, within=400)).rows
            assert {row["household_no"] for row in rows} <= lived_in

        @invariant()
        def who_is_late_is_overdue_or_paused_with_a_reason(self) -> None:
            """The day the pause began stands on the line, and nobody is on both lists."""
            for day in (TODAY, LATER):
                waiting = list(overdue.overdue(self.desk.db, day, EVERYTHING._replace(paused=True)).rows)
                assert all(row["paused_on"] and row["reasons"] for row in waiting)
                late = list(overdue.overdue(self.desk.db, day, EVERYTHING).rows)
                assert {row["person_id"] for row in late}.isdisjoint({row["person_id"] for row in waiting})
                rows = self.desk.db.execute("SELECT DISTINCT person FROM plan WHERE due_on < ?", (day.isoformat(),))
                assert {row["person_id"] for row in (*late, *waiting)} == {person for (person,) in rows}

        @invariant()
        def no_danger_disappears_without_an_outcome(self) -> None:
            """It ends with an outcome of its day or later, or with a later contact that measured or asked again."""
            over = """
              SELECT d.person, max(v.visit_date) AS since FROM verdict AS d JOIN visit AS v ON v.id = d.visit
              JOIN person AS p ON p.id = d.person
              WHERE d.danger <> '' AND p.closed_on IS NULL
                AND NOT EXISTS (SELECT 1 FROM agenda AS a WHERE a.person = d.person AND a.danger <> '')
              GROUP BY d.person"""
            unexplained = f"""
              SELECT over.person, since FROM ({over}) AS over WHERE
                NOT EXISTS (SELECT 1 FROM referral_outcome AS o WHERE o.person = over.person AND o.outcome <> 'not_arrived'
                            AND o.outcome_on >= since)
                AND NOT EXISTS (SELECT 1 FROM live_contact AS c WHERE c.person = over.person AND c.visit_date > since
                  AND (c.danger = 'no' OR c.way <> 'phone'
                    AND coalesce(c.sbp, c.fpg, c.complication, c.adr) IS NOT NULL))"""
            assert self.desk.db.execute(unexplained).fetchall() == []

        @invariant()
        def the_chain_is_what_the_facts_say(self) -> None:
            """Stages read from the plans are those computed from the history; everyone managed or suspected stands there."""
            for day in (TODAY, LATER):
                standing = {row[0]: places for row, places in chain.standing(
                    self.desk.db, day, self.desk.editions.on(day), residents.Among())}  # fmt: skip
                assert standing == computed(self.desk, self.people, day)
                stages = {stage: {id_ for id_, places in standing.items() for place in places if place.stage == stage}
                          for stage in STAGES}  # fmt: skip
                for stage, where in (("managed", "kind = 'followup'"), ("referred", "kind = 'referral'"),
                                     ("suspected", "days_high IS NOT NULL")):  # fmt: skip
                    planned = self.desk.db.execute(f"SELECT DISTINCT person FROM plan WHERE {where}")
                    assert stages[stage] == {person for (person,) in planned}, stage

        def teardown(self) -> None:
            """Planned anew, every list is the same."""
            try:
                before = [[*report.rows] for day in (TODAY, LATER) for _, report in lists(self.desk, day)]
                replan.replan(self.desk, self.people)
                assert [[*report.rows] for day in (TODAY, LATER) for _, report in lists(self.desk, day)] == before
            finally:
                self.desk.db.close()
                with contextlib.suppress(OSError):
                    shutil.rmtree(self.folder)

    return Loop


def computed(desk: Desk, people: list[int], day: date) -> dict[int, tuple[Any, ...]]:
    """The stages of everyone from the history alone."""
    protocol = desk.editions.on(day)
    book = Chain.of(protocol)
    fields = {text.partition(".")[0] for event in book.events.values() for text in event.found}
    told = chain_store.mentioned(desk.db, people, (*book.events, rules.REHABILITATION), fields)
    reasons = dict(desk.db.execute("SELECT id, closed_reason FROM person"))
    risks = dict(known.read(desk.db, people))
    found = {}
    for person, history in histories.read(desk.db, people):
        said = told.get(person) or chain_store.Mentioned([], [])
        events = rules.events(said.told, said.found, book)
        here = rules.situation(history, assess(history, desk.editions), reasons[person], events)
        found[person] = rules.places(here, risks[person], day, protocol, book)
    return found


TestLoop = looping().TestCase
TestLoop.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
