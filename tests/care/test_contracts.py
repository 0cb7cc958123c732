"""Family-doctor contracts: on the days around their ends, renewed without a gap, ended early, and taken back."""

import contextlib
from datetime import date

import pytest

from chronic.protocol.contracts import Contracts
from chronic.reports import contracts as reports
from chronic.store import editions, registry
from tests.care.undoing import facts
from tests.cli.test_complications import COUNTY
from tests.runner import Chronic


@pytest.fixture
def wang(chronic: Chronic) -> Chronic:
    """王秀兰, managed for hypertension; 李建国, managed; 陈志强, not managed. All in one village."""
    chronic.person("王秀兰", "--village", "下各村", "--htn-enrolled-on", "2025-01-01")
    chronic.person("李建国", "--village", "下各村", "--dm-enrolled-on", "2025-01-01")
    chronic.person("陈志强", "--village", "上各村")
    return chronic


def sign(chronic: Chronic, person: int, *args: str, today: str = "2026-11-21") -> None:
    chronic.ok("contract", "sign", person, "--team", "李医生团队", *args, today=today)


def listed(chronic: Chronic, day: str, *which: str) -> list[int]:
    return chronic.ids("contract", "list", *which, today=day)


def test_a_contract_runs_for_the_year_of_the_guideline(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2026-03-01")
    assert wang.rows("contract", "list")[0] | {"uid": None} == {
        "person_id": 1, "uid": None, "name": "王秀兰", "sex": "unknown", "age": None, "village": "下各村", "hamlet": None,
        "phone": None, "team": "李医生团队", "package": "basic", "package_name": "basic", "start_on": "2026-03-01",
        "last_on": "2027-02-28",
        "days_left": 99, "reason": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "in_force", "expired", "none"),
    [
        ("2026-02-28", [], [], [1, 2]),  # the day before it begins
        ("2026-03-01", [1], [], [2]),
        ("2027-02-27", [1], [], [2]),  # the day before its last
        ("2027-02-28", [1], [], [2]),  # its last
        ("2027-03-01", [], [1], [1, 2]),  # the day after
    ],
)
def test_it_counts_from_its_first_day_to_its_last(
    wang: Chronic, day: str, in_force: list[int], expired: list[int], none: list[int]
) -> None:
    sign(wang, 1, "--on", "2026-03-01", today="2026-03-01")
    assert listed(wang, day) == in_force
    assert listed(wang, day, "--expired") == expired
    assert listed(wang, day, "--none") == none


@pytest.mark.parametrize(("day", "due"), [("2026-12-29", []), ("2026-12-30", [1]), ("2027-02-28", [1]), ("2027-03-01", [])])
def test_its_renewal_is_due_sixty_days_before_its_last_day(wang: Chronic, day: str, due: list[int]) -> None:
    sign(wang, 1, "--on", "2026-03-01", today="2026-03-01")
    assert listed(wang, day, "--due", "60d") == due
    said = wang.ok("person", "show", 1, today=day).out
    assert ("ends on 2027-02-28" in said) == bool(due)
    assert ("ran out on 2027-02-28 (1 day ago)" in said) == (day == "2027-03-01")


def test_what_is_renewed_before_its_end_goes_on_without_a_gap(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2026-03-01", "--package", "03", today="2026-03-01")
    wang.ok("contract", "renew", 1, today="2027-02-28")
    assert wang.sql("SELECT start_on, end_on, team, package FROM contract ORDER BY id") == [
        ("2026-03-01", "2027-02-28", "李医生团队", "management"), ("2027-03-01", "2028-02-29", "李医生团队", "management"),
    ]  # fmt: skip
    assert listed(wang, "2027-02-28", "--due", "60d") == []
    assert listed(wang, "2027-02-28") == listed(wang, "2027-03-01") == [1]
    assert listed(wang, "2027-03-01", "--expired") == []
    again = wang("contract", "renew", 1, today="2027-02-28")
    assert (again.code, again.last) == (
        21, "王秀兰 has renewed already: the next contract runs from 2027-03-01 to 2028-02-29."
    )  # fmt: skip


def test_what_ran_out_is_renewed_from_today(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2025-03-01", "--until", "2026-02-28")
    wang.ok("contract", "renew", 1, "--team", "王医生团队")
    assert wang.sql("SELECT start_on, end_on, team FROM contract ORDER BY id DESC LIMIT 1") == [
        ("2026-11-21", "2027-11-20", "王医生团队")
    ]


def test_a_year_begun_on_leap_day_ends_on_the_last_of_february(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2024-02-29")
    assert wang.sql("SELECT end_on FROM contract") == [("2025-02-27",)]


@pytest.mark.parametrize(
    ("on", "until", "code"),
    [
        ("2026-02-01", "2026-02-28", 0),  # up to the day before
        ("2026-02-01", "2026-03-01", 21),
        ("2026-06-01", "2026-07-01", 21),  # inside
        ("2026-02-01", "2028-01-01", 21),  # around
        ("2027-02-28", "2027-06-01", 21),
        ("2027-03-01", "2027-06-01", 0),  # from the day after
        ("2027-06-01", "2027-05-31", 2),
    ],
)
def test_two_contracts_never_count_on_one_day(wang: Chronic, on: str, until: str, code: int) -> None:
    sign(wang, 1, "--on", "2026-03-01")
    before = wang.dump()
    run = wang("contract", "sign", 1, "--team", "王医生团队", "--on", on, "--until", until)
    assert run.code == code, run.err
    if code:
        assert wang.dump() == before
        assert len(run.err.splitlines()) == 2  # who, and one sentence


def test_one_that_is_ended_no_longer_counts_from_that_day(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2026-03-01")
    wang.ok("contract", "renew", 1)
    wang.ok("contract", "end", 1, "--reason", "主动解约", "--on", "2026-11-20")
    assert [listed(wang, day) for day in ("2026-11-19", "2026-11-20", "2027-03-01")] == [[1], [], []]
    (row,) = wang.rows("contract", "list", "--expired")
    assert (row["last_on"], row["reason"]) == ("2026-11-19", "cancelled")
    assert wang("contract", "end", 1, "--reason", "other").code == 21
    sign(wang, 1)  # and may sign anew on the next day
    assert listed(wang, "2026-11-21") == [1]


def test_one_ended_on_its_first_day_never_counted(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2026-03-01")
    wang.ok("contract", "end", 1, "--reason", "other", "--on", "2026-03-01")
    assert listed(wang, "2026-03-01") == listed(wang, "2026-11-21", "--expired") == []
    assert wang("contract", "renew", 1).last == "王秀兰 never had a contract; sign one: chronic contract sign 1 --team TEAM"


def test_closing_a_person_ends_the_contract_and_reopening_brings_it_back(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2026-03-01")
    wang.ok("person", "close", 1, "--reason", "moved", "--on", "2026-11-01", "--yes")
    assert [listed(wang, day) for day in ("2026-10-31", "2026-11-01")] == [[1], []]
    assert wang("contract", "sign", 1, "--team", "x", "--on", "2027-03-01").code == 21
    wang.ok("person", "reopen", 1)
    assert listed(wang, "2026-11-21") == [1]


def test_the_rate_is_among_managed_people_by_village(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2026-03-01")
    sign(wang, 3)  # not managed, so not in it
    wang.ok("enrol", 3, "htn", "--on", "2026-11-22", today="2026-11-22")
    assert wang.rows("contract", "list", "--summary") == [
        {"village": "下各村", "managed": 2, "signed": 1, "rate": 50.0},
        {"village": "*", "managed": 2, "signed": 1, "rate": 50.0},
    ]
    assert wang.rows("contract", "list", "--summary", today="2026-11-22") == [
        {"village": "上各村", "managed": 1, "signed": 1, "rate": 100.0},
        {"village": "下各村", "managed": 2, "signed": 1, "rate": 50.0},
        {"village": "*", "managed": 3, "signed": 2, "rate": 66.7},
    ]
    assert wang.rows("contract", "list", "--summary", "--village", "上各村")[-1]["rate"] is None


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["sign", "1", "--team", " "], 2, "Team is missing"),
        (["sign", "1", "--team", "x", "--package", "gold"], 2, "gold is not a package; known are: basic 基本服务包"),
        (["end", "1", "--reason", "9"], 2, "9 is not a reason to end a contract"),
        (["end", "1", "--reason", "4", "--on", "2026-11-22"], 2, "lies in the future"),
        (["end", "1", "--reason", "4"], 21, "has no contract that counts on 2026-11-21"),
        (["list", "--due", "60d", "--none"], 2, "one of --due"),
        (["list", "--summary", "--team", "x"], 2, "one of --due"),
    ],
)
def test_what_cannot_be_gets_one_sentence(wang: Chronic, args: list[str], code: int, says: str) -> None:
    before = wang.dump()
    run = wang("contract", *args)
    assert (run.code, says in run.last) == (code, True), run.err
    assert wang.dump() == before


def test_each_step_is_taken_back(wang: Chronic) -> None:
    before = [facts(wang)]
    sign(wang, 1, "--on", "2026-03-01")
    before.append(facts(wang))
    wang.ok("contract", "renew", 1)
    before.append(facts(wang))
    wang.ok("contract", "end", 1, "--reason", "4")
    for earlier in reversed(before):
        assert "王秀兰" in wang.ok("undo", "--yes").err
        assert facts(wang) == earlier


def test_a_visit_says_when_a_contract_is_to_be_renewed_or_ran_out(wang: Chronic) -> None:
    assert "contract" not in wang.ok("visit", "add", 2, "--fpg", "6.5").out
    sign(wang, 1, "--on", "2026-01-01")
    assert "ends on 2026-12-31 (40 days left): chronic contract renew 1" in wang.ok("visit", "add", 1, "--bp", "128/78").out
    out = wang.ok("visit", "add", 1, "--bp", "128/78", "--on", "2027-01-05", today="2027-01-05").out
    assert "ran out on 2026-12-31 (5 days ago): chronic contract renew 1" in out


def test_a_county_may_name_packages_of_its_own(wang: Chronic) -> None:
    file = wang.folder / "county.toml"
    mine = '[contracts.packages.older]\ncite = "county"\ncode = "65"\nname = { zh = "老年人包", en = "older people" }\n'
    file.write_text(COUNTY.replace("[complications.in_force]", f"{mine}\n[complications.in_force]"), encoding="utf-8")
    wang.ok("protocol", "use", file, "--from", "2026-10-01", "--yes")
    sign(wang, 1, "--package", "老年人包")
    assert wang.sql("SELECT package FROM contract") == [("older",)]
    with contextlib.closing(registry.connect(wang.path)) as db:
        book = Contracts.of(editions.read(db).on(date(2026, 11, 21)))
    assert list(book.packages) == ["basic", "discount", "management", "older"]


def test_what_is_to_be_renewed_is_found_by_an_index(wang: Chronic) -> None:
    with contextlib.closing(registry.connect(wang.path)) as db:
        sql, values = reports.query(date(2026, 11, 21), reports.Asked(reports.DUE, 60))
        steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert steps[0] == "SEARCH contract USING INDEX contract_end_on (end_on>? AND end_on<?)"
    assert not [step for step in steps if step.startswith("SCAN")]


def test_contracts_go_out_as_a_sheet(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2026-03-01")
    wang.ok("contract", "end", 1, "--reason", "4")
    (row,) = wang.rows("export", "contracts")
    assert (row["name"], row["end_on"], row["ended_on"], row["reason"]) == (
        "王秀兰",
        "2027-02-28",
        "2026-11-21",
        "cancelled",
    )


def test_the_timeline_tells_of_contracts(wang: Chronic) -> None:
    sign(wang, 1, "--on", "2026-03-01")
    wang.ok("contract", "end", 1, "--reason", "4")
    told = [(row["on"], row["event"], row["detail"]) for row in wang.rows("person", "timeline", 1)]
    assert ("2026-03-01", "contract", "李医生团队  basic  until 2027-02-28") in told
    assert ("2026-11-21", "contract_end", "李医生团队  cancelled by the person") in told
