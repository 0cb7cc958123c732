"""Planning very many people anew while others write: what they write is never lost, and they hardly wait."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from chronic.care import replan
from chronic.care.desk import Desk
from chronic.model.visit import Visit
from chronic.rules.assessment import assess as judge
from chronic.store import editions, registry
from chronic.store.stamp import Stamp
from tests import derived
from tests.runner import Chronic

STAMP = Stamp("2026-11-21T00:00:00.000Z", 0, "李医生", "here")


def test_a_visit_typed_between_reading_and_rewriting_is_in_the_plan(
    chronic: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    chronic.person("王秀兰", "--birth-date", "1956-01-01", "--htn-enrolled-on", "2026-01-05")
    chronic.visit(1, "2026-09-01", "--bp", "138/84")
    typed: list[Visit] = []

    def interrupted(*args: object) -> object:
        """Somebody else records a visit just after this history was read."""
        if not typed:
            typed.append(Visit(1, date(2026, 11, 20)))
            chronic.visit(1, "2026-11-20", "--bp", "168/98")
        return judge(*args)  # type: ignore[arg-type]

    with closing(registry.connect(chronic.path)) as db:
        desk = Desk(db, date(2026, 11, 21), editions.read(db), STAMP)
        monkeypatch.setattr(replan, "assess", interrupted)
        replan.replan_beside_others(desk, [1])
        monkeypatch.undo()
        assert derived.stale(db, desk.editions, [1]) == []
        assert db.execute("SELECT due_on FROM plan WHERE kind = 'followup'").fetchall() == [("2026-12-04",)]


def test_others_may_write_while_it_reads(chronic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    chronic.person("王秀兰", "--birth-date", "1956-01-01", "--htn-enrolled-on", "2026-01-05")
    with closing(registry.connect(chronic.path)) as db, closing(sqlite3.connect(chronic.path, timeout=0)) as other:

        def looked_at(*args: object) -> object:
            other.execute("BEGIN IMMEDIATE")
            other.rollback()
            return judge(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(replan, "assess", looked_at)
        replan.replan_beside_others(Desk(db, date(2026, 11, 21), editions.read(db), STAMP), [1])
        monkeypatch.setattr(replan, "assess", judge)
        assert db.execute("SELECT count(*) FROM agenda").fetchone() == (1,)
