"""A village and its township, over files and the command line: what goes up comes back answered, and back up done."""

from pathlib import Path

import pytest

from chronic.exchange import bundles as files
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


def test_what_stands_here_already_decides_when_it_is_said_again(both: tuple[Chronic, Chronic]) -> None:
    village, town = both
    village.person("王秀兰", "--id-number", NUMBER, "--village", "下各村")
    merged(town, sent(village, "镇卫生院"))
    village.ok("person", "edit", 1, "--phone", "13900000001")
    town.ok("person", "edit", 1, "--phone", "13900000002")
    merged(town, sent(village, "镇卫生院"))
    (row,) = town.rows("bundle", "conflicts")
    assert row["decide"] == "chronic person edit 1 --phone VALUE"
    stands = town.sql("SELECT phone FROM person")[0][0]
    town.ok("person", "edit", 1, "--phone", stands)
    assert town.rows("bundle", "conflicts") == []
    merged(village, sent(town, "下各村"))
    assert village.rows("bundle", "conflicts") == []
    assert village.sql("SELECT phone FROM person") == [(stands,)]
    town.ok("person", "edit", 1, "--phone", stands)
    assert town.sql("SELECT count(*) FROM person_change WHERE field = 'phone' AND old = new") == [(1,)]


def test_two_people_made_one_by_the_township_are_asked_about_in_the_village(both: tuple[Chronic, Chronic]) -> None:
    village, town = both
    village.person("王秀兰", "--village", "下各村", "--birth-date", "1950-03-04")
    village.person("王秀蓝", "--village", "下各村", "--birth-date", "1950-03-04", "--id-number", NUMBER)
    village.visit(2, "2026-11-01", "--bp", "150/90")
    merged(town, sent(village, "镇卫生院"))
    one, other = [id_ for (id_,) in town.sql("SELECT id FROM person ORDER BY name = '王秀蓝'")]
    town.ok("person", "merge", one, other, "--field", "all=ours", "--yes")
    town.visit(one, "2026-11-10", "--bp", "152/90")
    merged(village, sent(town, "下各村"))
    assert village.sql("SELECT count(*) FROM person") == [(2,)]
    rows = village.rows("bundle", "conflicts")
    assert all("chronic person merge 1 2" in row["decide"] for row in rows if row["field"] in ("person", "id_number"))
    assert {"person"} <= {row["field"] for row in rows}
    village.ok("person", "merge", 1, 2, "--field", "all=ours", "--yes")
    assert village.rows("bundle", "conflicts") == []
    assert [row["visit_date"] for row in village.rows("visit", "list", 1)] == ["2026-11-10", "2026-11-01"]
    merged(town, sent(village, "镇卫生院"))
    assert town.sql("SELECT count(*), max(id_number) FROM person") == [(1, NUMBER)]


def test_who_moves_away_is_sent_once_more_and_no_more(both: tuple[Chronic, Chronic]) -> None:
    village, town = both
    village.person("王秀兰", "--village", "下各村", "--htn-enrolled-on", "2026-01-05")
    merged(town, sent(village, "镇卫生院"))
    merged(village, sent(town, "下各村"))
    merged(town, sent(village, "镇卫生院"))
    town.ok("person", "edit", 1, "--village", "上各村")
    town.visit(1, "2026-11-10", "--bp", "150/90")
    merged(village, sent(town, "下各村"))
    assert village.sql("SELECT village_name FROM person_card") == [("上各村",)]
    assert village.rows("visit", "list", 1) == []  # what the other village does is not theirs to know
    merged(town, sent(village, "镇卫生院"))
    town.ok("person", "edit", 1, "--phone", "13900000002")
    assert keys_of(sent(town, "下各村")) == {}
    town.ok("person", "edit", 1, "--village", "下各村")
    merged(village, sent(town, "下各村"))
    assert village.sql("SELECT village_name, phone FROM person_card") == [("下各村", "13900000002")]
    assert len(village.rows("visit", "list", 1)) == 1


def test_who_left_and_is_erased_is_erased_there_too(both: tuple[Chronic, Chronic]) -> None:
    village, town = both
    village.person("王秀兰", "--village", "下各村", "--id-number", NUMBER)
    merged(town, sent(village, "镇卫生院"))
    town.ok("person", "edit", 1, "--village", "上各村")
    merged(village, sent(town, "下各村"))
    merged(town, sent(village, "镇卫生院"))
    town.ok("person", "close", 1, "--reason", "died", "--yes")
    town.ok("person", "erase", 1, "--basis", "本人申请", "--yes")
    merged(village, sent(town, "下各村"))
    assert NUMBER.encode() not in village.path.read_bytes()
    assert village.sql("SELECT id_number FROM person") == [(None,)]


def keys_of(file: Path) -> dict[str, int]:
    counts: dict[str, int] = files.read(file).header["counts"]
    return counts
