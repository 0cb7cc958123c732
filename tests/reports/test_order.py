"""Whom to see first, and which filter shows whom."""

import re

import pytest

from tests.runner import Chronic

KINDS = {
    "danger": ("--bp", "186/98"),
    "referral": ("--bp", "150/95"),  # for the second time
    "complication": ("--bp", "120/80", "--complication", "new"),
    "adverse_reaction": ("--bp", "120/80", "--adr", "yes"),
    "uncontrolled": ("--bp", "150/95"),
    "not_assessed": ("--weight-kg", "62"),
    "never_seen": (),
    "controlled": ("--bp", "120/80"),
}


@pytest.fixture
def one_of_each(chronic: Chronic) -> dict[str, int]:
    """One person of every kind, all due on 2026-10-15 or, if controlled, 2026-11-15; registered in the wrong order."""
    people = {}
    for kind, said in reversed(KINDS.items()):
        on = "2026-08-15" if kind == "controlled" else "2026-10-01"
        enrolled_on = on if kind == "never_seen" else "2026-07-01"
        people[kind] = chronic.person(kind, "--htn-enrolled-on", enrolled_on, "--birth-date", "1970-01-01")
        if kind == "referral":
            chronic.visit(people[kind], "2026-09-15", *said)
        if said:
            chronic.visit(people[kind], on, *said)
        if kind == "complication":  # its referral was answered, its class remains
            chronic.ok("refer", "reply", people[kind], "--outcome", "seen", "--on", "2026-10-05")
    return people


def test_the_default_order_is_danger_referral_class_never_seen_controlled(
    chronic: Chronic, one_of_each: dict[str, int]
) -> None:
    assert [row["name"] for row in chronic.rows("overdue")] == list(KINDS)
    everyone = {row["name"]: row for row in chronic.rows("overdue")}
    assert everyone["danger"]["danger"] == ["danger.bp"]
    assert everyone["complication"]["class"]["htn"] == "complication"
    assert everyone["never_seen"]["last_visit_on"] is None


def test_in_one_rank_the_least_overdue_comes_first_and_then_the_id(chronic: Chronic) -> None:
    for name, on in (("a", "2026-10-01"), ("b", "2026-10-09"), ("c", "2026-10-01"), ("d", "2026-10-09")):
        chronic.visit(chronic.person(name, "--htn-enrolled-on", "2026-09-01"), on, "--bp", "150/95")
    assert [row["name"] for row in chronic.rows("overdue")] == ["b", "d", "a", "c"]
    assert [row["name"] for row in chronic.rows("overdue", "--order", "date")] == ["a", "c", "b", "d"]
    assert [row["name"] for row in chronic.rows("overdue", "--limit", 3)] == ["b", "d", "a"]
    assert chronic.rows("overdue", "--limit", 0) == []


def test_the_most_serious_class_of_any_programme_counts(chronic: Chronic) -> None:
    both = ("--htn-enrolled-on", "2026-09-01", "--dm-enrolled-on", "2026-09-01")
    chronic.visit(chronic.person("well and unmeasured", *both), "2026-10-01", "--bp", "120/80")
    chronic.visit(chronic.person("high sugar", *both), "2026-10-01", "--bp", "120/80", "--fpg", "7.2")
    assert [row["name"] for row in chronic.rows("overdue")] == ["high sugar", "well and unmeasured"]


def test_one_row_a_person_with_the_earliest_date_and_all_reasons(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01", "--dm-enrolled-on", "2026-11-01")
    chronic.visit(person, "2026-09-10", "--bp", "150/95")
    (row,) = chronic.rows("overdue")
    assert (row["due_on"], row["programmes"]) == ("2026-09-24", ["htn", "dm"])
    assert row["reasons"] == ["followup_due", "never_seen"]
    (row,) = chronic.rows("overdue", "--programme", "dm")
    assert (row["due_on"], row["reasons"]) == ("2026-11-15", ["never_seen"])


def test_a_person_in_overdue_is_not_in_due(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01", "--dm-enrolled-on", "2026-11-15")
    assert chronic.ids("overdue") == [person]
    assert chronic.ids("due", "--within", "30d") == []


@pytest.fixture
def two_villages(chronic: Chronic) -> dict[str, int]:
    """Four overdue people in two villages, of two doctors."""
    people = {}
    for name, village, hamlet, doctor, programme, on in (
        ("一", "下各村", "1组", "李医生", "htn", "2026-10-01"),
        ("二", "下各村", "2组", "王医生", "htn", "2026-06-01"),
        ("三", "上各村", "1组", "李医生", "dm", "2026-08-15"),
        ("四", "上各村", "1组", "王医生", "dm", "2026-11-01"),
    ):
        home = ("--village", village, "--hamlet", hamlet, "--responsible-doctor", doctor)
        people[name] = chronic.person(name, *home, f"--{programme}-enrolled-on", on)
    chronic.ok("person", "edit", people["二"], "--tags", "独居;低保")
    return people


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ([], "四一三二"),
        (["--village", "下各村"], "一二"),
        (["--village", "上"], "四三"),
        (["--programme", "dm"], "四三"),
        (["--doctor", "李医生"], "一三"),
        (["--tag", "独居"], "二"),
        (["--min-days", "60"], "三二"),
        (["--min-days", "37d"], "一三二"),
        (["--min-days", "38"], "三二"),
        (["--order", "date"], "二三一四"),
        (["--order", "route"], "一二三四"),
        (["--village", "下各村", "--doctor", "王医生", "--min-days", "30d"], "二"),
        (["--programme", "htn", "--limit", "1"], "一"),
        (["--kind", "all"], "四一三二"),
        (["--kind", "referral"], ""),
        (["--kind", "checkup"], ""),
        (["--paused"], ""),
    ],
)
def test_filters_of_overdue(chronic: Chronic, two_villages: dict[str, int], asked: list[str], names: str) -> None:
    rows = chronic.rows("overdue", *asked)
    assert "".join(row["name"] for row in rows) == names


def test_filters_of_due(chronic: Chronic, two_villages: dict[str, int]) -> None:
    def names(*asked: str) -> str:
        return "".join(row["name"] for row in chronic.rows("due", "--within", "14d", *asked, today="2026-06-10"))

    assert names() == "二"
    assert names("--village", "下各村", "--order", "route", "--programme", "htn") == "二"
    assert names("--village", "上各村") == names("--doctor", "李医生") == names("--programme", "dm") == ""


def test_a_village_is_its_full_name_or_else_the_beginning_of_one(chronic: Chronic) -> None:
    for name, village in (("一", "下各"), ("二", "下各村")):
        chronic.person(name, "--village", village, "--htn-enrolled-on", "2026-09-01")
    assert [row["name"] for row in chronic.rows("overdue", "--village", "下各")] == ["一"]
    assert [row["name"] for row in chronic.rows("overdue", "--village", "下")] == ["一", "二"]


def test_route_order_walks_by_village_hamlet_and_household(chronic: Chronic) -> None:
    for name, household in (("a", "12"), ("b", "03"), ("c", "07")):
        home = ("--village", "下各村", "--hamlet", "1组", "--household-no", household)
        chronic.person(name, *home, "--htn-enrolled-on", "2026-09-01")
    assert [row["name"] for row in chronic.rows("overdue", "--order", "route")] == ["b", "c", "a"]


def test_counts_by_village_and_by_doctor(chronic: Chronic, two_villages: dict[str, int]) -> None:
    villages = chronic.rows("overdue", "--by", "village")
    assert villages == [
        {"village": "上各村", "overdue": 2, "1-30": 1, "31-90": 1, "over-90": 0},
        {"village": "下各村", "overdue": 2, "1-30": 0, "31-90": 1, "over-90": 1},
    ]
    doctors = {row["doctor"]: row["overdue"] for row in chronic.rows("overdue", "--by", "doctor")}
    assert doctors == {"李医生": 2, "王医生": 2}
    (only,) = chronic.rows("overdue", "--by", "doctor", "--village", "上各村", "--min-days", "30d")
    assert (only["doctor"], only["overdue"]) == ("李医生", 1)


def test_the_head_of_the_table_counts_all_although_few_are_shown(chronic: Chronic, two_villages: dict[str, int]) -> None:
    table = chronic.ok("overdue", "--limit", 1, lang="zh").out
    assert re.search(r"^4 人 +1-30天 1\b.* 31-90天 2\b.* 超90天 1\b", table, re.MULTILINE)
    assert "四" in table
    assert "三" not in table


def test_rechecks_referrals_and_follow_ups_are_kinds_of_their_own(chronic: Chronic) -> None:
    suspect = chronic.person("疑似", "--birth-date", "1980-01-01")
    chronic.ok("screen", "add", suspect, "--bp", "150/95", "--on", "2026-10-01")
    managed = chronic.person("在管", "--htn-enrolled-on", "2026-09-01")
    chronic.visit(managed, "2026-09-10", "--bp", "186/98")
    chronic.visit(managed, "2026-09-20", "--weight-kg", "60")
    assert chronic.ids("overdue") == [managed]
    assert chronic.ids("overdue", "--kind", "referral") == [managed]
    assert chronic.ids("overdue", "--kind", "screening") == [suspect]
    assert chronic.ids("overdue", "--kind", "all") == [managed, suspect]
    everything = {row["name"]: row for row in chronic.rows("overdue", "--kind", "all")}
    assert everything["疑似"]["reasons"] == ["recheck_due"]
    assert everything["疑似"]["programmes"] == []
    assert set(everything["在管"]["reasons"]) == {"danger_contact", "referral_outcome"}
