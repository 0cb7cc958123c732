"""A registry of made-up rows for counting: every edge of every definition, and combinations no clinic would make."""

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)
STAMP = {"origin": "t", "recorded_at": "2026-12-31T00:00:00.000Z", "recorded_by": "t"}
CLASSES = ["controlled", "uncontrolled", "uncontrolled", "adverse_reaction", "complication", "not_assessed", None]
TESTS = ["ecg", "tc", "lipids", "urine", "uacr", "creatinine", "egfr", "vision", "fundus", "monofilament", "vibration",
         "ankle_reflex", "foot_pulse", "abi"]  # fmt: skip
_CHECKUP_FIELDS = ["sbp", "dbp", "sbp_left", "dbp_left", "sbp_right", "dbp_right", "height_cm"]


class Rows:
    """Writes rows of made-up people into a registry."""

    def __init__(self, db: sqlite3.Connection, seed: int) -> None:
        self.db, self.random, self.numbers = db, Random(seed), count(1)
        self.place = self.put("place", level="village", name="甲村")
        self.places = [self.place, self.put("place", level="village", name="乙村"), None]
        self.homes = [
            self.put("household", village=self.place, hamlet=None, household_no=str(number)) for number in range(1, 9)
        ]

    def put(self, table: str, **values: Any) -> int:
        uid = f"{self.random.randrange(16**6):06x}-{next(self.numbers)}"
        stamp = STAMP if table not in ("place", "household") else {}
        row = {"uid": uid, **stamp, **{key: text(value) for key, value in values.items()}}
        return insert(self.db, table, row)

    def uid(self, table: str, row: int) -> str:
        return str(self.db.execute(f"SELECT uid FROM {table} WHERE id = ?", (row,)).fetchone()[0])

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        """Any day, more often one at the edge of a month."""
        span = max((last - first).days, 0)
        on = first + timedelta(days=self.random.randint(0, span))
        if self.random.random() < 0.6:
            on = on.replace(day=1) - timedelta(days=self.random.choice([0, 1]))
        return min(max(on, first), last)

    def people(self, number: int) -> None:
        for home in self.homes:
            for value in self.random.sample(["yes", "no", "yes"], 2):
                said = self.person() if self.random.random() < 0.5 else 1
                self.put("household_tag", household=home, person=said, tag="monitored", value=value, from_on=self.day())
        while self.db.execute("SELECT count(*) FROM person").fetchone()[0] < number:
            self.person()

    def person(self) -> int:
        some = self.random
        closed = self.day() if some.random() < 0.12 else None
        about = date(2025, 1, 1) - timedelta(days=some.choice([35, 65]) * 365)
        near = self.day(about - timedelta(days=600), about + timedelta(days=600))  # of an age that matters, these years
        born = some.choice([None, near, near, self.day(date(1935, 1, 1), date(1995, 1, 1))])
        id_ = self.put(
            "person", name="王", sex=some.choice(["M", "F", "unknown"]), birth_date=born,
            birth_approximate="yes" if born and some.random() < 0.1 else None, village=some.choice(self.places),
            household_no=some.choice([None, *"123456789"]), responsible_doctor=some.choice([None, "李医生", "赵医生"]),
            registered_on=some.choice([None, self.day(), date(2020, 5, 1)]), ascvd=some.choice([None, "yes", "no", "no"]),
            ckd=some.choice([None, "no", "no", "yes"]), smoking_status=some.choice([None, "never", "former", "current"]),
            closed_on=closed, closed_reason=some.choice(["died", "moved"]) if closed else None,
        )  # fmt: skip
        if some.random() < 0.1:
            insert(self.db, "person_tag", {"person": id_, "tag": some.choice(["monitored", "监测户", "alone"])})
        for programme in some.choice(
            [[], ["htn"], ["htn"], ["dm"], ["htn", "dm"], ["htn", "dm", "lipid"], ["htn", "dm", "lipid"]]
        ):
            self.stays(id_, programme)
        style = some.choice([0, 2, 8, 12, 20])
        days = {self.day() for _ in range(style)}
        if style == 12:  # one who comes as the guideline wants
            days = {FIRST + timedelta(days=91 * number + some.randint(-5, 5)) for number in range(1, 16)}
        days |= {on + timedelta(days=some.choice([14, 15])) for on in sorted(days) if some.random() < 0.2}
        for on in sorted(days):
            self.visit(id_, on, good=style == 12)
        self.others(id_, sorted(days), orderly=style == 12)
        return id_

    def stays(self, person: int, programme: str) -> None:
        some = self.random
        begin = some.choice([date(2021, 5, 3), self.day(), self.day()])
        for _ in range(some.choice([1, 1, 1, 2, 3])):
            soon = begin + timedelta(days=some.choice([0, 40, 120, 200]))
            end = min(some.choice([self.day(begin), soon]), LAST) if some.random() < 0.6 else None
            reason = some.choice(["died", "moved", "refused", "withdrawn"]) if end else None
            self.put("enrolment", person=person, programme=programme, enrolled_on=begin, assumed=int(some.random() < 0.15),
                     ended_on=end, end_reason=reason)  # fmt: skip
            if end is None or end > LAST - timedelta(days=300):
                break
            begin = max(FIRST, end + timedelta(days=some.choice([0, 0, 1, 30, 30, 90, -20])))

    def visit(self, person: int, on: date, good: bool) -> None:
        some = self.random

        def rare(value: Any) -> Any:
            return value if good or some.random() < 0.8 else None

        meter = some.choice(["HI", "LO"]) if some.random() < 0.1 else None
        last = self.day(on - timedelta(days=some.choice([20, 120, 500])), on) if some.random() < 0.4 else None
        kind = "followup" if good else some.choice(["followup", "followup", "followup", "screening"])
        upper, lower = some.choice(
            [(128, 70), (139, 89), (140, 80), (129, 80), (149, 89), (150, 80), (130, 90), (130, 80), (129, 89)]
        )
        values = {
            "person": person, "kind": kind, "visit_date": on,
            "way": "clinic" if good else some.choice(["clinic", "home", "phone"]),
            "sbp": rare(upper), "dbp": rare(lower),
            "fpg": None if meter else rare(some.choice([6.9, 7.0, 9.1])), "fpg_meter": meter,
            "hba1c": some.choice([None, 6.9, 7.0]), "hba1c_on": last, "adherence": rare("regular"),
            "referral_org": some.choice([None, None, None, "镇卫生院"]), "creatinine": some.choice([None, None, None, 80.0]),
            "dorsalis_pedis": some.choice([None, "normal"]),
        }  # fmt: skip
        id_ = self.put("visit", **values)
        self.judge(person, id_, on, good)
        chance = some.random()
        if chance < 0.08:
            void = self.put("visit_void", visit=id_, reason="x")
            self.end("visit", id_, self.uid("visit_void", void))
        elif chance < 0.16:
            self.end("visit", id_, "later")
            fixed = self.put("visit", **{**values, "sbp": 135, "dbp": 85, "replaces": self.uid("visit", id_)})
            self.end("visit", id_, self.uid("visit", fixed))
            self.judge(person, fixed, on, good)

    def judge(self, person: int, visit: int, on: date, good: bool) -> None:
        some = self.random
        for programme in ("htn", "dm", "lipid", ""):
            due = None if some.random() < 0.1 else on + timedelta(days=some.choice([1, 14, 90, 92]))
            klass = None if programme == "" else some.choice(["controlled"] * 20 + CLASSES if good else CLASSES)
            danger = some.choice([""] * (60 if good else 12) + ["danger.bp"])
            if programme == "" and not danger:
                continue
            codes = some.choice(["", "htn-pc25.bp", "dm-pc22.fpg dm-pc22.hba1c", "htn24.bp htn-pc25.bp dm-pc22.hba1c x"])
            insert(self.db, "verdict", {
                "person": person, "visit": visit, "programme": programme, "class": klass, "danger": danger,
                "consecutive": some.choice([0, 1, 2, 3]), "due_on": text(due), "rule": "", "protocol": "", "cites": "",
                "not_asked": "", "advice": "", "meets": codes, "misses": "",
            })  # fmt: skip

    def others(self, person: int, seen: list[date], orderly: bool) -> None:
        some = self.random
        for on in sorted({self.day() for _ in range(some.choice([0, 1, 2]))}):
            slip = self.put(
                "referral", person=person, slip=f"{next(self.numbers)}", made_on=on, urgency="routine", reason="x"
            )
            for _ in range(some.choice([0, 1, 1, 2])):
                self.put(
                    "referral_outcome", person=person, outcome_on=on + timedelta(days=some.choice([-3, 0, 13, 14, 15, 40])),
                    outcome=some.choice(["seen", "returned", "not_arrived"]),
                    referral=some.choice([None, self.uid("referral", slip), self.uid("referral", slip)]),
                )  # fmt: skip
            if some.random() < 0.1:
                self.end("referral", slip, self.uid("referral_void", self.put("referral_void", referral=slip, reason="x")))
        for _ in range(some.choice([0, 1, 2])):
            begin = self.day()
            contract = self.put(
                "contract", person=person, team="甲", package="01", start_on=begin, end_on=begin + timedelta(days=365)
            )
            if some.random() < 0.3:
                self.put("contract_end", person=person, contract=contract, ended_on=self.day(begin), reason="4")
        years = [date(year, 6, 3) for year in (2023, 2024, 2025, 2026)]
        for on in years if orderly else sorted({self.day() for _ in range(some.choice([0, 1, 2]))}):
            checkup = self.put(
                "checkup", person=person, checkup_date=on, kind="exam" if orderly else some.choice(["exam", "exam", "tcm"])
            )
            for field in some.sample(_CHECKUP_FIELDS, some.choice([0, 2, 4])):
                insert(self.db, "checkup_value", {"checkup": checkup, "field": field, "value": 100})
            if some.random() < 0.1:
                self.end("checkup", checkup, self.uid("checkup_void", self.put("checkup_void", checkup=checkup, reason="x")))
        for on in sorted({self.day() for _ in range(some.choice([0, 3, 8]))}):
            for test in some.sample(TESTS, some.choice([1, 14])):
                result = self.put("test_result", person=person, test=test, done_on=on, result="normal")
                if some.random() < 0.05:
                    self.end(
                        "test_result", result, self.uid("test_void", self.put("test_void", test_result=result, reason="x"))
                    )
        for on in some.sample(seen, len(seen) // 4):
            after = timedelta(days=some.choice([-1, 0, 14, 15]))
            self.put("referral_outcome", person=person, outcome_on=on + after, outcome="seen", referral=None)
        tried = [on - timedelta(days=some.choice([0, 15, 16, -1])) for on in some.sample(seen, len(seen) // 2)]
        for on in sorted({*tried, *(self.day() for _ in range(some.choice([0, 2, 12])))}):
            self.put(
                "call",
                person=person,
                called_on=on,
                way="phone",
                outcome=some.choice(["not_reached", "died", "came_already"]),
            )

    def end(self, table: str, row: int, by: str) -> None:
        self.db.execute(f"UPDATE {table} SET ended_by = ? WHERE id = ?", (by, row))


def text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def insert(db: sqlite3.Connection, table: str, row: dict[str, Any]) -> int:
    made = db.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()]
    ).lastrowid
    assert made is not None
    return made


def months(first: date, number: int) -> Iterable[str]:
    """The names of so many months, as periods have them."""
    for month in range(first.year * 12 + first.month - 1, first.year * 12 + first.month - 1 + number):
        yield f"{month // 12}{month % 12 + 1:02d}"
