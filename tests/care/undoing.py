"""What the tests of `undo` compare: everything that counts, before and after."""

import contextlib

from chronic.store import editions, registry
from tests import derived
from tests.runner import Chronic

FACTS = {
    "person": "SELECT * FROM person",
    "tag": "SELECT * FROM person_tag",
    "source": "SELECT * FROM person_source",
    "key": "SELECT * FROM name_key",
    "place": "SELECT * FROM place",
    "place change": "SELECT * FROM place_change",
    "staff": "SELECT * FROM staff",
    "enrolment": "SELECT * FROM enrolment",
    "pause": "SELECT * FROM pause",
    "contact": "SELECT * FROM live_contact",
    "reading": "SELECT * FROM visit_reading WHERE visit IN (SELECT id FROM live_contact)",
    "checkup": "SELECT * FROM live_checkup",
    "value": "SELECT * FROM checkup_value WHERE checkup IN (SELECT id FROM live_checkup)",
    "settled": "SELECT * FROM finding_settled",
    "slip": "SELECT * FROM referral",
    "slip_void": "SELECT * FROM referral_void",
    "outcome": "SELECT * FROM referral_outcome",
    "institution": "SELECT * FROM institution",
    "clinic": "SELECT * FROM clinic_day",
    "result": "SELECT * FROM test_result",
    "task": "SELECT * FROM task",
    "task_event": "SELECT * FROM task_event",
    "task_open": "SELECT * FROM task_open",
    "task_about": "SELECT * FROM task_about",
    "expected": "SELECT * FROM expected",
    "education": "SELECT * FROM education WHERE ended_by IS NULL",
    "medicine": "SELECT * FROM medicine_entry",
    "course": "SELECT * FROM medicine_course",
    "benefit": "SELECT * FROM benefit_told",
    "order": "SELECT * FROM exam_order",
    "order_event": "SELECT * FROM exam_order_event",
    "call": "SELECT * FROM call",
    "opinion": "SELECT * FROM opinion",
    "handled": "SELECT * FROM opinion_handled",
    "contract": "SELECT * FROM contract_card",
    "household": "SELECT * FROM household",
    "household fact": "SELECT * FROM household_fact",
    "household tag": "SELECT * FROM household_tag",
    "household visit": "SELECT * FROM household_visit",
    "need settled": "SELECT * FROM need_settled",
    "rescue": "SELECT * FROM rescue",
    "treated": "SELECT * FROM treated",
    "merge": "SELECT * FROM person_merge",
    "merged row": "SELECT * FROM merge_row",
    "distinct": "SELECT * FROM person_distinct",
    "transfer": "SELECT * FROM transfer",
    "answer": "SELECT * FROM transfer_answer",
    "elsewhere": "SELECT * FROM elsewhere",
    "upload": "SELECT * FROM upload",
    "verdict": "SELECT * FROM verdict",
    "plan": "SELECT * FROM plan",
    "agenda": "SELECT * FROM agenda",
}
LISTS = [
    *(["overdue", "--kind", kind, "--today", day] for kind in ("followup", "all") for day in ("2026-11-21", "2027-06-01")),
    ["due", "--kind", "all", "--within", "400d"],
    ["overdue", "--paused"],
    ["refer", "list", "--all"],
    ["institution", "list", "--closed"],
    ["institution", "clinics", "--within", "60d"],
    ["place", "list"],
    ["doctor", "list"],
    ["screen", "suspects"],
    ["checkup", "due"],
    ["checkup", "due", "--abnormal"],
    ["task", "list", "--all"],
    ["educate", "list"],
    ["today"],
    ["calls"],
    ["opinion", "list", "--all"],
    ["person", "list"],
    ["chain"],
    ["chain", "--limit", "9"],
]


def facts(chronic: Chronic) -> dict[str, list[tuple[object, ...]]]:
    """Everything that counts, with ids, uids and instants: only what was withdrawn, and the journal, is left out."""
    return {name: sorted(chronic.sql(query), key=repr) for name, query in FACTS.items()}


def lists(chronic: Chronic) -> list[str]:
    return [chronic.ok(*args, "--format", "json").out for args in LISTS]


def stale(chronic: Chronic) -> list[int]:
    with contextlib.closing(registry.connect(chronic.path)) as db:
        everyone = [id_ for (id_,) in db.execute("SELECT id FROM person")]
        return derived.stale(db, editions.read(db), everyone)


def make_village(chronic: Chronic) -> Chronic:
    """王秀兰 managed for both, with a visit and an open danger; 李建国 only screened; 陈志强 closed."""
    chronic.person("王秀兰", "--id-number", "11010519491231002X", "--village", "下各村", "--hamlet", "3组", "--phone",
                   "13812345512", "--htn-enrolled-on", "2026-01-05", "--programmes", "dm", "--tags", "低保")  # fmt: skip
    chronic.visit(1, "2026-09-01", "--bp", "152/94", "--bp", "148/92", "--fpg", "7.6")
    chronic.visit(1, "2026-11-01", "--bp", "186/98")
    chronic.ok("checkup", "add", 1, "--on", "2026-06-01", "--bp-left", "138/84", "--ecg", "abnormal")
    chronic.ok("task", "add", "随访表未签字", "--person", 1)
    chronic.ok("educate", "add", "--topic", "diet", "--form", "personal", "--person", 1, "--on", "2026-11-10")
    chronic.person("李建国", "--birth-date", "1970-05-05", "--village", "下各村")
    chronic.ok("screen", "add", 2, "--bp", "148/92", "--on", "2026-11-01")
    chronic.person("陈志强", "--programmes", "htn")
    chronic.ok("institution", "add", "县人民医院", "--level", "county", "--can", "stroke_centre", "--dept", "心内科")
    chronic.ok("institution", "clinic", 1, "--day", "2026-11-26", "--dept", "心内科", "--every", "week")
    chronic.ok("person", "close", 3, "--reason", "moved", "--on", "2026-11-18", "--yes")
    return chronic


def plain(chronic: Chronic) -> list[list[tuple[object, ...]]]:
    """The plans, without numbers that are given anew."""
    return [
        chronic.sql("SELECT p.name, kind, programme, due_on, reasons, since_on, days_high, paused, rank FROM plan"
                    " JOIN person AS p ON p.id = person ORDER BY 1, 2, 3"),
        chronic.sql("SELECT p.name, visit_date, sbp, dbp, fpg FROM live_contact JOIN person AS p ON p.id = person"
                    " ORDER BY 1, 2, 3"),
    ]  # fmt: skip
