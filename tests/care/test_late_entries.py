"""A plan is a function of history: what is typed late, corrected or withdrawn counts as if it had always been so."""

import itertools

import pytest

from chronic.store import editions, registry
from tests.derived import stale
from tests.runner import Chronic

HISTORY = (
    ("2026-07-01", ("--bp", "150/95")),
    ("2026-07-15", ("--bp", "128/78")),
    ("2026-08-01", ("--bp", "152/96", "--danger", "no")),
    ("2026-08-10", ("--weight-kg", "62")),
)


@pytest.fixture
def managed(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01", "--birth-date", "1970-01-01")
    return chronic


def verdicts(chronic: Chronic) -> list[tuple[object, ...]]:
    """What is stored of each live visit and of the plan, without what differs from typing to typing."""
    judged = chronic.sql(
        "SELECT visit_date, programme, class, consecutive, refer, due_on, rule FROM verdict AS v"
        " JOIN visit ON visit.id = v.visit ORDER BY visit_date, programme"
    )
    return judged + chronic.sql("SELECT kind, programme, due_on, reasons, urgency, since_on FROM plan ORDER BY 1, 2")


def test_a_visit_entered_late_does_not_move_the_plan(managed: Chronic) -> None:
    managed.visit(1, "2026-11-10", "--bp", "128/78")
    late = managed.visit(1, "2026-10-01", "--bp", "170/100")
    assert late["programmes"]["htn"]["class"] == "uncontrolled"
    assert late["programmes"]["htn"]["due_on"] == "2026-10-15"  # as planned after that visit
    assert late["next_due_on"] == "2027-02-10"  # as planned now
    assert managed.ids("overdue") == []


def test_a_visit_entered_late_counts_in_the_row_it_belongs_to(managed: Chronic) -> None:
    managed.visit(1, "2026-10-01", "--bp", "150/95")
    after = managed.visit(1, "2026-11-01", "--bp", "152/96")
    assert (after["programmes"]["htn"]["consecutive"], after["programmes"]["htn"]["refer"]) == (2, "routine")
    managed.visit(1, "2026-10-15", "--bp", "128/78")
    now = managed.ok("why", 1, "--format", "json").row["programmes"]["htn"]
    assert (now["consecutive"], now["refer"], now["rule"]) == (1, None, "htn.uncontrolled_first")
    assert managed.ids("overdue", "--kind", "referral", today="2027-01-01") == []


def test_the_order_of_entry_changes_nothing(managed: Chronic, made_once: Chronic) -> None:
    blank = managed.path.read_bytes()
    seen = set()
    for order in itertools.permutations(HISTORY):
        managed.path.write_bytes(blank)
        for on, said in order:
            managed.visit(1, on, *said)
        seen.add(tuple(verdicts(managed)))
    assert len(seen) == 1


def test_a_correction_is_as_if_it_had_been_typed_right(managed: Chronic) -> None:
    blank = managed.path.read_bytes()
    for on, said in HISTORY:
        managed.visit(1, on, *said)
    right = verdicts(managed)
    managed.path.write_bytes(blank)
    managed.visit(1, "2026-07-01", "--bp", "190/115", "--danger", "yes", "--adr", "yes")
    for on, said in HISTORY[1:]:
        managed.visit(1, on, *said)
    assert verdicts(managed) != right
    fixed = managed.ok("visit", "fix", 1, "--bp", "150/95", "--clear", "danger", "--clear", "adr", "--format", "json").row
    assert fixed["programmes"]["htn"]["class"] == "uncontrolled"
    assert verdicts(managed) == right


def test_a_withdrawn_visit_is_as_if_it_had_never_been(managed: Chronic) -> None:
    for on, said in HISTORY:
        managed.visit(1, on, *said)
    before = verdicts(managed)
    managed.visit(1, "2026-07-20", "--bp", "186/112", "--complication", "new")
    assert verdicts(managed) != before
    managed.ok("visit", "void", managed.visit_number(1, "2026-07-20"), "--reason", "记错人", "--yes")
    assert verdicts(managed) == before


def test_a_visit_is_never_edited(managed: Chronic) -> None:
    managed.visit(1, "2026-07-01", "--bp", "150/95", "--notes", "first")
    first = managed.sql("SELECT * FROM visit WHERE id = 1")[0]
    managed.ok("visit", "fix", 1, "--bp", "148/92")
    managed.ok("visit", "fix", 2, "--on", "2026-07-02", "--clear", "notes")
    managed.ok("visit", "void", 3, "--reason", "记错人", "--yes")
    rows = managed.sql("SELECT id, visit_date, sbp, notes, replaces, ended_by FROM visit ORDER BY id")
    assert [row[:4] for row in rows] == [
        (1, "2026-07-01", 150, "first"), (2, "2026-07-01", 148, "first"), (3, "2026-07-02", 148, None),
    ]  # fmt: skip
    uids = [uid for (uid,) in managed.sql("SELECT uid FROM visit ORDER BY id")]
    ((void, why),) = managed.sql("SELECT uid, reason FROM visit_void")
    assert [row[4] for row in rows] == [None, uids[0], uids[1]]
    assert [row[5] for row in rows] == [uids[1], uids[2], void]
    assert why == "记错人"
    columns = [row[1] for row in managed.sql("PRAGMA table_info(visit)")]
    now = managed.sql("SELECT * FROM visit WHERE id = 1")[0]
    changed = [name for name, old, new in zip(columns, first, now, strict=True) if old != new]
    assert changed == ["ended_by"]


def test_a_correction_shows_whose_visit_it_is(managed: Chronic) -> None:
    managed.visit(1, "2026-07-01", "--bp", "150/95")
    assert "王秀兰" in managed.ok("visit", "fix", 1, "--bp", "148/92").err
    assert "王秀兰" in managed.ok("visit", "void", 2, "--reason", "x", "--yes").err


def test_a_visit_moved_to_another_day_leaves_the_old_day_free(managed: Chronic) -> None:
    managed.visit(1, "2026-07-01", "--bp", "150/95")
    managed.ok("visit", "fix", 1, "--on", "2026-07-02")
    managed.visit(1, "2026-07-01", "--bp", "128/78")
    dates = [row["visit_date"] for row in managed.rows("visit", "list", 1)]
    assert dates == ["2026-07-02", "2026-07-01"]


def test_replanning_again_changes_nothing(managed: Chronic) -> None:
    for on, said in HISTORY:
        managed.visit(1, on, *said)
    managed.ok("pause", 1)
    before = managed.dump()
    db = registry.connect(managed.path)
    in_force = editions.read(db)
    assert stale(db, in_force, [1]) == []
    db.close()
    managed.ok("person", "edit", 1, "--phone", "13800138000")
    managed.ok("person", "edit", 1, "--clear", "phone")
    after = managed.dump()
    derived = ("verdict", "plan", "agenda")
    for table in derived:
        assert _rows(before, table) == _rows(after, table)


def test_what_the_rules_look_at_in_a_person_replans(managed: Chronic) -> None:
    managed.visit(1, "2026-10-01", "--bp", "145/85")
    assert managed.ids("overdue") == [1]
    managed.ok("person", "edit", 1, "--birth-date", "1950-01-01")  # 65 and above: the limit is 150/90
    assert managed.ok("why", 1, "--format", "json").row["programmes"]["htn"]["class"] == "controlled"
    assert managed.ids("overdue") == []
    managed.ok("person", "edit", 1, "--village", "上各村")
    assert managed.ids("due", "--within", "60d", "--village", "上各村") == [1]


def _rows(dump: str, table: str) -> list[str]:
    return [line for line in dump.splitlines() if line.startswith(f'INSERT INTO "{table}"')]
