"""Doctors, institutions and teams: who works where, from when, and what follows for --by team and --by institution."""

import pytest

from tests.care.undoing import facts
from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 and 2 with 李医生, 3 with 王医生; 县人民医院 leads 横溪镇卫生院."""
    for number, doctor in enumerate(("李医生", "李医生", "王医生"), 1):
        chronic.person(
            f"甲{number}", "--township", "横溪镇", "--village", "下各村", "--responsible-doctor", doctor,
            "--htn-enrolled-on", "2026-08-01",
        )  # fmt: skip
    chronic.ok("institution", "add", "县人民医院", "--level", "county")
    chronic.ok("institution", "add", "横溪镇卫生院", "--level", "township", "--in", "横溪镇", "--superior", "县人民医院")
    return chronic


def test_a_doctor_belongs_to_an_institution_and_a_team_and_counts_for_them(village: Chronic) -> None:
    village.ok("doctor", "post", "李医生", "--institution", "2", "--team", "第一团队", "--from", "2026-01-01")
    rows = village.rows("doctor", "list")
    assert [(row["doctor"], row["institution"], row["team"], row["managed"], row["overdue"]) for row in rows] == [
        ("李医生", "横溪镇卫生院", "第一团队", 2, 2), ("王医生", None, None, 1, 1),
    ]  # fmt: skip
    for by, name in (("team", "第一团队"), ("institution", "横溪镇卫生院")):
        assert {row[by]: row["overdue"] for row in village.rows("overdue", "--by", by)} == {name: 2, None: 1}
        rows = village.rows("report", "indicators", "--indicator", "management_rate", "--programme", "htn", "--by", by)
        assert {row[by] for row in rows} == {name, None, "*"}
        assert {row[by] for row in village.rows("report", "workload", "--by", by)} == {name, None}
    assert village.rows("doctor", "list", "--team", "第一团队") == village.rows(
        "doctor", "list", "--institution", "横溪镇卫生院"
    )


def test_the_team_of_a_day_is_the_one_of_that_day(village: Chronic) -> None:
    village.ok("doctor", "post", "李医生", "--team", "第一团队", "--from", "2026-01-01")
    village.ok("doctor", "post", "李医生", "--team", "第二团队", "--from", "2026-10-15")
    village.visit(1, "2026-10-14", "--bp", "128/78", "--visit-doctor", "李医生")
    village.visit(2, "2026-10-15", "--bp", "128/78", "--visit-doctor", "李医生")
    rows = village.rows("report", "workload", "--period", "2026-10", "--by", "team")
    assert {row["team"]: row["valid"] for row in rows} == {"第一团队": 1, "第二团队": 1, "*": 2}
    asked = ("--period", "2026-09", "--indicator", "management_rate", "--programme", "htn", "--by", "team")
    rows = village.rows("report", "indicators", *asked)
    assert {row["team"] for row in rows} == {"第一团队", None, "*"}


def test_what_is_not_given_stays_and_who_left_is_in_no_team(village: Chronic) -> None:
    village.ok("doctor", "post", "李医生", "--institution", "横溪镇卫生院", "--from", "2026-01-01")
    village.ok("doctor", "post", "李医生", "--team", "第一团队", "--from", "2026-06-01")
    village.ok("doctor", "leave", "李医生", "--on", "2026-11-21")
    posts = village.rows("doctor", "show", "李医生")
    assert [(post["since_on"], post["institution"], post["team"]) for post in posts] == [
        ("2026-01-01", "横溪镇卫生院", None), ("2026-06-01", "横溪镇卫生院", "第一团队"), ("2026-11-21", None, None),
    ]  # fmt: skip
    assert {row["team"] for row in village.rows("overdue", "--by", "team")} == {None}
    assert [row["team"] for row in village.rows("doctor", "list", "--format", "json")] == [None, None]


def test_posts_are_taken_back_by_undo(village: Chronic) -> None:
    before = facts(village)
    village.ok("doctor", "post", "李医生", "--team", "第一团队")
    assert facts(village) != before
    village.ok("undo", "--yes")
    assert facts(village) == before


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("post", "李医生"), 2, "--institution or --team"),
        (("post", "李医生", "--institution", "没有医院"), 2, "no institution 没有医院"),
        (("post", "李医生", "--institution", "9"), 2, "no institution 9"),
        (("leave", "李医生"), 21, "in no institution or team"),
    ],
)
def test_a_slip_is_refused_in_one_sentence(village: Chronic, args: tuple[str, ...], code: int, said: str) -> None:
    run = village("doctor", *args)
    assert (run.code, said in run.last) == (code, True), run.last


def test_the_same_post_twice_is_said(village: Chronic) -> None:
    village.ok("doctor", "post", "李医生", "--team", "第一团队", "--from", "2026-01-01")
    run = village("doctor", "post", "李医生", "--team", "第一团队")
    assert (run.code, "from 2026-01-01" in run.last) == (21, True)


def test_an_institution_stands_in_a_place_and_is_led_by_another(village: Chronic) -> None:
    rows = {row["name"]: row for row in village.rows("institution", "list")}
    assert (rows["横溪镇卫生院"]["place"], rows["横溪镇卫生院"]["superior"]) == ("横溪镇", "县人民医院")
    assert "Institution 2: 横溪镇卫生院" in village.ok("place", "show", "横溪镇").out
    assert village("institution", "edit", 1, "--superior", "2").last == "县人民医院 would lead itself."
    assert village("institution", "edit", 1, "--superior", "1").code == 2
    assert village("institution", "add", "另一院", "--level", "county", "--in", "没有镇").code == 2
    sheet = village.folder / "institutions.csv"
    village.ok("institution", "list", "--format", "csv", "--out", sheet)
    assert "0 added, 0 changed." in village.ok("institution", "import", sheet).out


def test_who_leads_the_referring_doctors_institution_is_offered_first(village: Chronic) -> None:
    village.ok("institution", "add", "邻县医院", "--level", "county")
    village.ok("institution", "add", "县中医院", "--level", "county")
    assert village("institution", "edit", 2, "--superior", "县中医院").code == 0
    doctor = village.sql("SELECT recorded_by FROM person")[0][0]
    village.ok("doctor", "post", doctor, "--institution", "横溪镇卫生院")
    said = village("refer", "out", 1, "--reason", "血压控制不满意", "--yes").err.splitlines()
    offered = [line.split()[1] for line in said if line.strip()[:1].isdigit()]
    assert offered.index("县中医院") < offered.index("县人民医院") < offered.index("邻县医院")
