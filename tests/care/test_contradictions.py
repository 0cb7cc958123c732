"""A closing or a birth date is refused when what is recorded contradicts it, just as the record is when it comes later."""

import pytest

from tests.runner import Chronic
from tests.sheets import take, taken


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--archive-no", "12345678", "--birth-date", "1950-01-01", "--htn-enrolled-on", "2026-01-05",
                   "--htn-diagnosed-on", "2019-05-01")  # fmt: skip
    chronic.visit(1, "2026-09-01", "--bp", "138/84")
    return chronic


def test_nobody_is_closed_before_the_last_contact(village: Chronic) -> None:
    before = village.dump()
    run = village("person", "close", 1, "--reason", "died", "--on", "2026-08-31", "--yes")
    assert run.code == 2
    assert "2026-09-01" in run.last
    assert "2026-08-31" in run.last
    assert village.dump() == before
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-09-01", "--yes")


def test_a_sheet_cannot_close_either(village: Chronic) -> None:
    row = {"name": "王秀兰", "archive_no": "12345678", "closed_on": "2026-08-31", "closed_reason": "died"}
    found = take(village, [row])
    assert (found.code, found.refused) == (3, ["visit.after_closing"])
    assert taken(village, [row | {"closed_on": "2026-09-01"}]).counts == {"changed": 1}
    assert taken(village, [row | {"closed_on": "2026-09-01"}]).counts == {"unchanged": 1}


def test_a_withdrawn_visit_stands_in_nobodys_way(village: Chronic) -> None:
    village.ok("visit", "void", 1, "--reason", "记错人", "--yes")
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-08-31", "--yes")


@pytest.mark.parametrize(("born", "code"), [("2019-05-02", "value.before_birth"), ("2026-09-02", "visit.before_birth")])
def test_nobody_is_born_after_what_is_recorded(village: Chronic, born: str, code: str) -> None:
    before = village.dump()
    assert village("person", "edit", 1, "--birth-date", born, "--yes").code == 2
    assert village.dump() == before
    found = take(village, [{"name": "王秀兰", "archive_no": "12345678", "birth_date": born}])
    assert (found.code, code in found.refused) == (3, True)


def test_one_row_may_correct_the_birth_date_and_the_day_that_contradicts_it(village: Chronic) -> None:
    row = {"name": "王秀兰", "archive_no": "12345678", "birth_date": "2019-05-02", "htn_diagnosed_on": "2020-05-01"}
    assert taken(village, [row]).counts == {"changed": 1}


@pytest.mark.parametrize("name", ["王\n秀兰", "王\r秀兰"])
def test_a_name_is_one_line(chronic: Chronic, name: str) -> None:
    assert chronic("person", "add", name).code == 2
