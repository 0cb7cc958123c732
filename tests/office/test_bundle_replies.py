"""A village and its township, over files and the command line: what goes up comes back answered, and back up done."""

from pathlib import Path

import pytest

from chronic.exchange import keys
from tests.office.test_bundles import NUMBER, merged, sent, trusting
from tests.runner import Chronic, id_number

RIGHT = id_number("11010519500304009")


@pytest.fixture
def both(tmp_path: Path) -> tuple[Chronic, Chronic]:
    return trusting(tmp_path)


def test_a_referral_goes_up_and_its_reply_a_plan_a_task_and_a_corrected_number_come_back(
    both: tuple[Chronic, Chronic],
) -> None:
    village, town = both
    # on day 0 the village refers somebody, and the bundle goes up
    village.person("王秀兰", "--id-number", NUMBER, "--village", "下各村", "--htn-enrolled-on", "2026-01-05",
                   "--responsible-doctor", "李医生")  # fmt: skip
    village.visit(1, "2026-11-01", "--bp", "166/98")
    village.visit(1, "2026-11-15", "--bp", "164/96", today="2026-11-15")
    village.ok("refer", "out", 1, "--to", "镇卫生院", "--yes", today="2026-11-15")
    merged(town, sent(village, "镇卫生院"))
    town.person("赵别村", "--village", "上各村", "--htn-enrolled-on", "2026-01-05")
    (waiting,) = town.rows("refer", "list")
    assert (waiting["name"], waiting["slip"]) == ("王秀兰", "2026-0001")
    # the township answers, sends her back with a plan, corrects her number, hands out tasks
    town.ok("refer", "back", 1, "--slip", "2026-0001", "--diagnosis", "高血压2级", "--advice", "两周后复查", "--institution",
            "镇卫生院", "--on", "2026-11-20", "--yes")  # fmt: skip
    town.ok("person", "edit", 1, "--id-number", RIGHT)
    town.ok("task", "add", "随访表未签字", "--person", 1, "--due", "2026-12-05", "--yes")
    town.ok("task", "add", "血压计超期未校准", "--village", "下各村", "--owner", "下各村医生", "--due", "2026-12-01")
    file = sent(town, "下各村")
    merged(village, file)
    # the village sees all of it, and nobody from elsewhere
    assert village.sql("SELECT name FROM person") == [("王秀兰",)]
    assert village.rows("refer", "list") == []
    assert RIGHT in village.ok("person", "show", 1, "--full").out
    timeline = village.ok("person", "timeline", 1).out
    assert "两周后复查" in timeline
    (due,) = village.rows("due", "--within", "14d")
    (planned,) = [row for row in town.rows("due", "--within", "14d") if row["name"] == "王秀兰"]
    assert (due["due_on"], due["reasons"]) == (planned["due_on"], planned["reasons"])
    tasks = {row["title"]: row for row in village.rows("task", "list")}
    assert tasks["随访表未签字"]["owner"] == "李医生"
    assert tasks["血压计超期未校准"]["owner"] == "下各村医生"
    assert "tasks 1" in village.ok("today").out
    # on the next day it does them, and the township sees that
    numbers = {what: row["task"] for what, row in tasks.items()}
    village.ok("task", "close", numbers["随访表未签字"], "--evidence", "已补签", today="2026-11-22")
    village.visit(1, "2026-12-04", "--bp", "136/84", today="2026-12-04")
    merged(town, sent(village, "镇卫生院"))
    assert [row["title"] for row in town.rows("task", "list")] == ["血压计超期未校准"]
    assert town.rows("visit", "list", 1)[0]["visit_date"] == "2026-12-04"
