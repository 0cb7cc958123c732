"""`refer out`, `slip`, `list`, `back` and `institution` as they are typed."""

from pathlib import Path

import pytest

from tests.runner import TODAY, Chronic


@pytest.fixture
def clinic(chronic: Chronic) -> Chronic:
    """1 in danger since today, 2 healthy; three institutions."""
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01", "--birth-date", "1955-03-01", "--sex", "F",
                   "--village", "下各村", "--phone", "13812345512", "--ascvd", "yes")  # fmt: skip
    chronic.person("李建国", "--htn-enrolled-on", "2026-06-01")
    for name, level, *can in (
        ("镇卫生院", "township", "ecg"),
        ("县人民医院", "county", "emergency", "stroke_centre"),
        ("县中医院", "county", "emergency", "chest_pain_centre"),
    ):
        chronic.ok("institution", "add", name, "--level", level, *(word for one in can for word in ("--can", one)))
    chronic.ok("institution", "edit", 2, "--phone", "0576-85390120")
    return chronic


@pytest.fixture
def endangered(clinic: Chronic) -> Chronic:
    clinic.visit(1, TODAY, "--bp", "186/112", "--medicines", "氨氯地平", "--danger", "yes")
    return clinic


def test_the_printed_slip_has_the_fields_of_the_form(endangered: Chronic) -> None:
    lines = endangered.ok("refer", "out", 1, "--to", "县人民", "--dept", "急诊科", lang="zh").out.splitlines()
    assert lines[0] == "双向转诊(转出)单  编号 2026-0001"
    for line in (
        "姓名: 王秀兰", "性别: 女", "年龄: 71", "联系电话: 138****5512", "转入单位: 县人民医院  0576-85390120",
        "转入科室: 急诊科", "接诊医生: ____________", "转诊医生: 李医生", "日期: 2026-11-21", "县人民医院:",
        "初步印象: 本处管理: 高血压", "主要既往史: 心脑血管病 是", "治疗经过: 氨氯地平", "机构: 下各村卫生室",
        "主要现病史 (转出原因): 收缩压≥180 或舒张压≥110; 有危急情况; 2026-11-21: 186/112 mmHg",
    ):  # fmt: skip
        assert line in lines, (line, lines)


def test_the_page_to_print_escapes_what_people_wrote_and_masks_the_phone(endangered: Chronic) -> None:
    endangered.ok("refer", "out", 1, "--reason", "<b>头痛</b>", "--to", "别处医院")
    path = endangered.folder / "slip.html"
    endangered.ok("refer", "slip", "2026-0001", "--out", path)
    page = path.read_text(encoding="utf-8")
    assert "&lt;b&gt;头痛&lt;/b&gt;" in page
    assert "<b>头痛" not in page
    assert "138****5512" in page
    assert "13812345512" not in page
    endangered.ok("refer", "slip", "2026-0001", "--full", "--out", path)
    assert "13812345512" in path.read_text(encoding="utf-8")
    assert endangered.sql("SELECT about FROM audit WHERE action = 'full'") == [("chronic refer slip",)]


def test_an_emergency_names_the_centres_in_the_visit_and_on_the_slip(clinic: Chronic) -> None:
    out = clinic.ok("visit", "add", 1, "--bp", "186/112", "--danger", "yes").out.splitlines()
    assert out[0].startswith("DANGER")
    assert "straight to 县中医院, chest pain centre" in out[1]
    assert "straight to 县人民医院, stroke centre 0576-85390120" in out[2]
    assert "Write the referral slip: chronic refer out 1" in out
    assert "straight to 县中医院" in clinic.ok("refer", "out", 1).out


def test_no_centre_is_named_where_the_table_has_none(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01")
    assert "straight to" not in chronic.ok("visit", "add", 1, "--bp", "186/112").out


@pytest.mark.parametrize(
    ("criterion", "first"),
    [("htn_chest_tightness", "县中医院"), ("htn_severe_signs", "县人民医院"), ("htn_swings", "镇卫生院")],
)
def test_what_fits_is_offered_the_best_first(clinic: Chronic, criterion: str, first: str) -> None:
    run = clinic.ok("refer", "out", 2, "--criterion", criterion)
    assert run.err.splitlines()[2].split()[1] == first
    assert "Left blank on the slip" in run.err
    assert clinic.sql("SELECT institution FROM referral") == [(None,)]


def test_at_a_terminal_one_of_them_is_chosen(clinic: Chronic) -> None:
    clinic.ok("refer", "out", 2, "--criterion", "htn_chest_tightness", stdin="2\n")
    assert clinic.sql("SELECT institution, urgency FROM referral") == [("县人民医院", "emergency")]


def test_what_the_visit_form_says_of_the_referral_stands_on_the_slip(clinic: Chronic) -> None:
    clinic.visit(1, TODAY, "--bp", "186/112", "--referral-org", "县中医院", "--referral-dept", "心内科")
    clinic.ok("refer", "out", 1)
    assert clinic.sql("SELECT institution, dept FROM referral") == [("县中医院", "心内科")]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["refer", "out", 2], 21, "Nothing is advised for 李建国 that has no slip yet"),
        (["refer", "out", 2, "--criterion", "nonsense"], 2, "There is no criterion nonsense"),
        (["refer", "out", 2, "--criterion", "htn_down_stable"], 2, "There is no criterion htn_down_stable"),
        (["refer", "out", 2, "--reason", "x", "--on", "2026-11-22"], 2, "in the future"),
        (["refer", "out", 2, "--reason", "x", "--to", "县"], 2, "县 could be several: 2 县人民医院, 3 县中医院"),
        (["refer", "out", 2, "--reason", "x", "--to", "9"], 2, "There is no institution 9"),
        (["refer", "out", 2, "--reason", "x", "--to", "2", "--wait"], 2, "No clinic day is known 2;"),
        (["refer", "out", 1, "--on", "2026-11-20"], 2, "lies before the visit of 2026-11-21"),
        (["refer", "slip", "2026-0009"], 2, "There is no referral slip 2026-0009 here."),
        (["refer", "void", "2026-0009", "--reason", "x", "--yes"], 2, "There is no referral slip 2026-0009 here."),
        (["refer", "reply", 2, "--outcome", "seen"], 21, "李建国 has no open referral."),
        (["refer", "back", 2, "--on", "2026-11-22"], 2, "in the future"),
        (["refer", "list", "--village", "nowhere"], 2, "There is no village nowhere here."),
        (["institution", "add", "县中医院", "--level", "county"], 21, "There is already an institution 县中医院, number 3."),
        (["institution", "add", "x", "--level", "county", "--can", "magic"], 2, "magic is not known; choose"),
        (["institution", "edit", 9, "--phone", "1"], 2, "There is no institution 9"),
        (["institution", "clinic", 9, "--day", TODAY, "--dept", "x"], 2, "There is no institution 9"),
        (["institution", "clinic", 1, "--day", TODAY, "--dept", "x", "--until", TODAY], 2, "nothing is repeated"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    endangered: Chronic, args: list[object], code: int, says: str
) -> None:
    before = endangered.dump()
    run = endangered(*args)
    assert (run.code, says in run.last) == (code, True), run.err
    assert endangered.dump() == before


def test_somebody_elses_slip_is_refused(endangered: Chronic) -> None:
    endangered.ok("refer", "out", 1)
    run = endangered("refer", "reply", 2, "--slip", "2026-0001", "--outcome", "seen")
    assert (run.code, run.last) == (2, "Slip 2026-0001 belongs to 王秀兰.")


def test_the_return_slip_stands_under_the_slip_and_in_the_timeline(endangered: Chronic) -> None:
    endangered.ok("refer", "out", 1, "--to", "2")
    endangered.ok("refer", "back", 1, "--diagnosis", "高血压3级", "--treatment", "住院7天", "--hospital-no", "H7",
                  "--institution", "县人民医院")  # fmt: skip
    shown = endangered.ok("refer", "slip", "2026-0001").out
    for line in ("Diagnosis: 高血压3级", "Hospital record number: H7", "Treatment given: 住院7天"):
        assert line in shown
    events = {row["event"]: row["detail"] for row in endangered.rows("person", "timeline", 1)}
    assert "2026-0001" in events["slip"]
    assert "高血压3级" in events["outcome"]


def test_why_and_the_person_say_which_slip_is_open(endangered: Chronic) -> None:
    endangered.ok("refer", "out", 1)
    told = "Open referral, slip 2026-0001 of 2026-11-21: find out the outcome by 2026-12-05."
    assert told in endangered.ok("why", 1).out
    assert told in endangered.ok("person", "show", 1).out


def test_the_same_rows_as_a_file(endangered: Chronic) -> None:
    endangered.ok("refer", "out", 1)
    endangered.ok("refer", "reply", 1, "--outcome", "seen")
    assert endangered.rows("refer", "list") == []
    (row,) = endangered.rows("export", "referrals")
    assert (row["slip"], row["slip_state"], row["answered_on"]) == ("2026-0001", "seen", TODAY)


def test_institutions_come_from_a_sheet_and_come_again(chronic: Chronic, tmp_path: Path) -> None:
    sheet = tmp_path / "institutions.csv"
    sheet.write_text("机构名称,级别,电话,科室\n县人民医院,县级,120,心内科;眼科\n镇卫生院,乡镇,,\n", encoding="gb18030")
    assert chronic.ok("institution", "import", sheet).out == "2 added, 0 changed.\n"
    assert chronic.ok("institution", "import", sheet).out == "0 added, 0 changed.\n"
    assert [(r["name"], r["level"], r["departments"]) for r in chronic.rows("institution", "list")] == [
        ("县人民医院", "county", ["心内科", "眼科"]), ("镇卫生院", "township", []),
    ]  # fmt: skip
    chronic.ok("undo", "--yes")
    assert chronic.rows("institution", "list") == []
    sheet.write_text("name,level\n县人民医院,county\n镇卫生院,nowhere\n", encoding="utf-8")
    before = chronic.dump()
    assert chronic("institution", "import", sheet).last.startswith("Line 3 of the sheet")
    assert chronic.dump() == before


def test_a_closed_institution_is_offered_to_nobody(clinic: Chronic) -> None:
    clinic.ok("institution", "edit", 1, "--closed")
    assert "镇卫生院" not in clinic.ok("refer", "out", 2, "--reason", "复查").err
    assert len(clinic.rows("institution", "list", "--closed")) == 3
    clinic.ok("institution", "edit", 1, "--open")
    assert len(clinic.rows("institution", "list")) == 3


def test_an_institution_that_others_built_on_is_not_taken_back(clinic: Chronic) -> None:
    clinic("institution", "clinic", 3, "--day", "2026-12-03", "--dept", "心内科", CHRONIC_USER="张护士")
    clinic.ok("undo", "--yes")
    refused = clinic("undo", "--yes")
    assert refused.code == 21
    assert "县中医院" in refused.last


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("week", ["2027-01-31", "2027-02-07", "2027-02-14", "2027-02-21", "2027-02-28"]),
        ("fortnight", ["2027-01-31", "2027-02-14", "2027-02-28"]),
        ("month", ["2027-01-31", "2027-02-28"]),
    ],
)
def test_clinic_days_come_again(clinic: Chronic, every: str, days: list[str]) -> None:
    clinic.ok("institution", "clinic", 1, "--day", "2027-01-31", "--dept", "心内科", "--every", every)
    rows = clinic.rows("institution", "clinics", "--within", "28d", today="2027-01-31")
    assert [row["held_on"] for row in rows] == days


def test_who_waits_and_names_nothing_goes_where_the_next_clinic_day_is(clinic: Chronic) -> None:
    clinic.ok("institution", "clinic", 2, "--day", "2026-12-10", "--dept", "眼科")
    clinic.ok("institution", "clinic", 1, "--day", "2026-12-03", "--dept", "眼科")
    clinic.ok("institution", "clinic", 3, "--day", "2026-11-25", "--dept", "骨科")
    clinic.ok("refer", "out", 2, "--reason", "眼底复查", "--dept", "眼科", "--wait")
    assert clinic.sql("SELECT institution, wait_until FROM referral") == [("镇卫生院", "2026-12-03")]


def test_a_referral_that_does_not_wait_is_told_of_the_next_clinic_day_there(clinic: Chronic) -> None:
    clinic.ok("institution", "clinic", 2, "--day", "2026-12-10", "--dept", "眼科")
    told = "The next clinic day there is 2026-12-10"
    assert told in clinic.ok("refer", "out", 2, "--reason", "眼底复查", "--to", "2").out
    assert told not in clinic.ok("refer", "out", 2, "--reason", "眼底复查", "--to", "1").out
    assert told not in clinic.ok("refer", "out", 2, "--reason", "眼底复查", "--to", "别处").out
