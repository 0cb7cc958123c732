"""What was known on a day, beside a copy of the registry from which everything that was recorded later is taken out."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

import pytest

from chronic.care.desk import Desk
from chronic.care.replan import replan
from chronic.model.period import read_period
from chronic.reports import indicators
from chronic.store import editions, registry, transactions
from chronic.store.stamp import Stamp
from tests.indicators_rows import Rows, insert
from tests.runner import Chronic

EARLY, LATE, KNOWN_ON = "2026-03-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z", date(2026, 4, 1)
PERIODS = [read_period(name) for name in ("202412", "202510", "2026Q1", "202606")]
WANTED = [(programme, name) for name, figure in indicators.book().figures.items() for programme in figure.programmes]
DATED = ("enrolment", "visit", "visit_void", "referral", "referral_void", "referral_outcome", "checkup", "checkup_void",
         "contract", "contract_end", "call", "test_result", "test_void")  # fmt: skip
ENDED = {"visit": ("visit", "visit_void"), "referral": ("referral_void",), "checkup": ("checkup", "checkup_void"),
         "test_result": ("test_void",)}  # fmt: skip


def some_of_it_later(db: sqlite3.Connection, random: Random) -> None:
    """Half of the rows were recorded later, and so were half of the days that an enrolment or a person's stay ended."""
    for table in DATED:
        for (id_,) in db.execute(f"SELECT id FROM {table}").fetchall():
            at = random.choice([EARLY, LATE])
            db.execute(f"UPDATE {table} SET recorded_at = ? WHERE id = ?", (at, id_))
    db.execute("UPDATE person SET recorded_at = ?", (EARLY,))
    for person, on, reason in db.execute(
        "SELECT id, closed_on, closed_reason FROM person WHERE closed_on IS NOT NULL"
    ).fetchall():
        if random.random() < 0.5:
            change(db, person, "closed_on", None, None, on)
            change(db, person, "closed_reason", None, None, reason)
    ends = "SELECT person, uid, programme, enrolled_on, ended_on, end_reason FROM enrolment WHERE ended_on IS NOT NULL"
    for person, uid, programme, begun, on, reason in db.execute(ends).fetchall():
        if random.random() < 0.3:  # it had been said otherwise, too
            change(db, person, f"{programme}_ended_on", uid, begun, on)
            change(db, person, f"{programme}_end_reason", uid, "refused", reason)
            change(db, person, f"{programme}_ended_on", uid, on, on)


def change(db: sqlite3.Connection, person: int, field: str, about: str | None, old: str | None, new: str) -> None:
    number = db.execute("SELECT count(*) FROM person_change").fetchone()[0]
    insert(db, "person_change", {
        "uid": f"change{number}", "person": person, "field": field, "about": about, "old": old, "new": new,
        "recorded_at": LATE, "recorded_by": "t",
    })  # fmt: skip


def without_the_later(db: sqlite3.Connection) -> None:
    enders = {
        table: {uid for (uid,) in db.execute(f"SELECT uid FROM {table} WHERE recorded_at = ?", (LATE,))} for table in DATED
    }
    for table in DATED:
        db.execute(f"DELETE FROM {table} WHERE recorded_at = ?", (LATE,))
    for table, by in ENDED.items():
        for ender in by:
            db.executemany(f"UPDATE {table} SET ended_by = NULL WHERE ended_by = ?", ((uid,) for uid in enders[ender]))
    for person, field, about, old in db.execute(
        "SELECT person, field, about, old FROM person_change ORDER BY id DESC"
    ).fetchall():
        if about is None:
            db.execute("UPDATE person SET closed_on = NULL, closed_reason = NULL WHERE id = ?", (person,))
        else:
            db.execute(f"UPDATE enrolment SET {field.partition('_')[2]} = ? WHERE uid = ?", (old, about))
    db.execute("DELETE FROM person_change")


def judge(db: sqlite3.Connection) -> None:
    """Verdicts by the rules, from what is there."""
    stamp = Stamp("2026-12-31T00:00:00.000Z", 0, "t", "t")
    desk = Desk(db, date(2026, 12, 31), editions.read(db), stamp)
    replan(desk, [id_ for (id_,) in db.execute("SELECT id FROM person")])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_known_is_what_a_registry_without_the_later_rows_says(
    made_once: Chronic, tmp_path: Path, seed: int
) -> None:
    now, then = tmp_path / "now.db", tmp_path / "then.db"
    shutil.copy(made_once.path, now)
    with closing(registry.connect(now)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        with transactions.immediate(db):
            Rows(db, seed).people(60)
            some_of_it_later(db, Random(seed))
            judge(db)
    shutil.copy(now, then)
    with closing(registry.connect(now)) as db, closing(registry.connect(then)) as other:
        other.execute("PRAGMA foreign_keys = OFF")
        with transactions.immediate(other):
            without_the_later(other)
            judge(other)
        rules = editions.read(db)
        known = indicators.tallies(db, PERIODS, WANTED, rules, known_on=KNOWN_ON)
        assert known == indicators.tallies(other, PERIODS, WANTED, rules)
        assert known != indicators.tallies(db, PERIODS, WANTED, rules)
        assert sum(known[-1].values()) > 0
