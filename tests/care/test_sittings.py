"""One sitting: several readings, a second entry of the same day, warnings that are shown and kept."""

import pytest

from tests.runner import Chronic


@pytest.fixture
def managed(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01", "--birth-date", "1970-01-01")
    return chronic


def test_several_readings_are_one_visit_with_the_mean_of_the_last_two(managed: Chronic) -> None:
    seen = managed.visit(1, "2026-11-01", "--bp", "150/95", "--bp", "141/90", "--bp", "136/83")
    assert seen["programmes"]["htn"]["class"] == "controlled"  # 138.5/86.5; all three would be 142.3/89.3
    assert managed.sql("SELECT sbp, dbp FROM visit") == [(139, 87)]
    assert managed.sql("SELECT seq, sbp, dbp FROM visit_reading ORDER BY seq") == [(1, 150, 95), (2, 141, 90), (3, 136, 83)]


@pytest.mark.parametrize(("first", "second", "mean"), [("140/90", "141/91", (141, 91)), ("139/89", "140/90", (140, 90))])
def test_a_mean_is_rounded_half_up(managed: Chronic, first: str, second: str, mean: tuple[int, int]) -> None:
    managed.visit(1, "2026-11-01", "--bp", first, "--bp", second)
    assert managed.sql("SELECT sbp, dbp FROM visit") == [mean]


def test_a_single_reading_is_not_stored_twice(managed: Chronic) -> None:
    managed.visit(1, "2026-11-01", "--bp", "150/95")
    assert managed.sql("SELECT count(*) FROM visit_reading") == [(0,)]


def test_a_second_entry_of_the_day_fills_what_was_blank(managed: Chronic) -> None:
    managed.visit(1, "2026-11-01", "--bp", "150/95", "--bp", "148/93", "--way", "home", "--danger", "no")
    second = managed.ok("visit", "add", 1, "--on", "2026-11-01", "--weight-kg", "62", "--adherence", "regular")
    assert "Added to the visit" in second.err
    ((way, sbp, weight, danger),) = managed.sql("SELECT way, sbp, weight_kg, danger FROM live_visit")
    assert (way, sbp, weight, danger) == ("home", 149, 62.0, "no")
    readings = managed.sql("SELECT sbp, dbp FROM visit_reading WHERE visit = (SELECT id FROM live_visit) ORDER BY seq")
    assert readings == [(150, 95), (148, 93)]
    assert len(managed.rows("visit", "list", 1)) == 1


def test_the_same_entry_again_changes_nothing(managed: Chronic) -> None:
    managed.visit(1, "2026-11-01", "--bp", "150/95", "--danger", "no")
    before = managed.dump()
    again = managed.ok("visit", "add", 1, "--on", "2026-11-01", "--bp", "150/95")
    assert "Already recorded" in again.err
    assert managed.dump() == before


def test_a_second_entry_that_disagrees_is_refused_and_names_the_way_out(managed: Chronic) -> None:
    managed.visit(1, "2026-11-01", "--bp", "150/95")
    before = managed.dump()
    run = managed("visit", "add", 1, "--on", "2026-11-01", "--bp", "128/78", "--weight-kg", "62")
    assert run.code == 2
    assert "150" in run.last
    assert "128" in run.last
    assert "chronic visit fix" in run.last
    assert managed.dump() == before


def test_a_second_entry_may_not_make_the_day_impossible(managed: Chronic) -> None:
    managed.visit(1, "2026-11-01", "--tc", "4.1")
    before = managed.dump()
    assert managed("visit", "add", 1, "--on", "2026-11-01", "--ldl-c", "4.2").code == 2
    managed.ok("visit", "add", 1, "--on", "2026-11-02", "--sbp", "100")
    assert managed("visit", "add", 1, "--on", "2026-11-02", "--dbp", "110").code == 2
    assert len(managed.dump()) > len(before)


def test_a_reading_that_was_filled_in_is_judged_with_the_rest(managed: Chronic) -> None:
    first = managed.visit(1, "2026-11-01", "--weight-kg", "62")
    assert first["programmes"]["htn"]["class"] == "not_assessed"
    both = managed.visit(1, "2026-11-01", "--bp", "186/98")
    assert both["danger"] == ["danger.bp"]
    ((count,),) = managed.sql("SELECT count(*) FROM verdict")
    assert count == 1


def test_a_correction_of_the_pressure_drops_its_old_readings_and_keeps_the_rest(managed: Chronic) -> None:
    managed.visit(1, "2026-11-01", "--bp", "150/95", "--bp", "148/93", "--fpg", "6.1", "--notes", "x")
    managed.ok("visit", "fix", 1, "--notes", "y")
    live = "(SELECT id FROM live_visit)"
    assert managed.sql(f"SELECT count(*) FROM visit_reading WHERE visit = {live}") == [(2,)]
    managed.ok("visit", "fix", 2, "--bp", "138/84")
    assert managed.sql(f"SELECT count(*) FROM visit_reading WHERE visit = {live}") == [(0,)]
    assert managed.sql("SELECT sbp, dbp, fpg, notes FROM live_visit") == [(138, 84, 6.1, "y")]


def test_warnings_are_shown_and_stored_and_the_visit_is_taken(managed: Chronic) -> None:
    run = managed.ok("visit", "add", 1, "--on", "2026-10-01", "--sbp", "205", "--next-visit-date", "2027-06-01")
    asked = [line for line in run.err.splitlines() if line.startswith("Please check: ")]
    assert len(asked) == 4
    assert managed.sql("SELECT warnings FROM live_visit") == [
        ("value.unusual:sbp bp.single:sbp visit.next_far:next_visit_date visit.late_entry:visit_date",)
    ]


def test_a_question_left_open_is_named(managed: Chronic) -> None:
    run = managed.ok("visit", "add", 1, "--bp", "128/78", "--symptoms", "breathlessness")
    assert "Not asked:" in run.out
    assert "lie flat" in run.err
    silent = managed.ok("visit", "add", 1, "--bp", "128/78", "--on", "2026-11-01", "--danger", "no", "--adr", "no",
                        "--complication", "none")  # fmt: skip
    assert "Not asked" not in silent.out


def test_the_card_speaks_of_danger_first(managed: Chronic) -> None:
    lines = managed.ok("visit", "add", 1, "--bp", "186/98", "--danger", "yes").out.splitlines()
    assert lines[0].startswith("DANGER: ")
    zh = managed.ok("visit", "add", 1, "--bp", "186/98", "--on", "2026-11-01", lang="zh").out.splitlines()
    assert "紧急转诊" in zh[0]


def test_a_visit_outside_any_programme_is_acknowledged(chronic: Chronic) -> None:
    chronic.person("李建国", "--birth-date", "1980-01-01")
    assert chronic.ok("visit", "add", 1, "--bp", "118/76").out.strip()


def test_every_field_of_the_forms_is_kept_as_typed(managed: Chronic) -> None:
    typed = {
        "way": "home", "sbp": 138, "dbp": 84, "heart_rate": 72, "weight_kg": 61.5, "weight_target_kg": 58.0,
        "height_cm": 158.0, "waist_cm": 84.0, "fpg": 6.8, "ppg_2h": 9.1, "random_glucose": 8.2, "hba1c": 6.9,
        "hba1c_on": "2026-10-30", "tc": 4.9, "tg": 1.4, "ldl_c": 2.9, "hdl_c": 1.2, "creatinine": 71.0, "uacr": 12.0,
        "symptoms": "headache_dizziness;numb_limbs", "symptoms_other": "咳", "other_signs": "无", "aux_tests": "心电图正常",
        "danger": "no", "pregnant": "no", "adherence": "intermittent", "adr": "no", "adr_text": "无",
        "hypoglycemia": "occasional", "complication": "none", "smoke_per_day": 10, "smoke_target": 5,
        "alcohol_liang_per_day": 1.5, "alcohol_target": 1.0, "exercise_per_week": 3, "exercise_minutes": 30,
        "exercise_target_per_week": 5, "exercise_target_minutes": 40, "salt": "medium", "salt_target": "light",
        "staple_food_g": 300, "staple_target_g": 250, "psych": "good", "compliance": "fair",
        "dorsalis_pedis": "weak_left", "medicines": "氨氯地平, 1, 5, mg", "insulin": "无", "referral_org": "县医院",
        "referral_dept": "心内科", "referral_reason": "复查", "next_visit_date": "2026-12-20", "visit_doctor": "李医生",
        "notes": "第一行",
    }  # fmt: skip
    options = [part for name, value in typed.items() for part in ("--" + name.replace("_", "-"), str(value))]
    managed.visit(1, "2026-11-01", *options)
    columns = list(typed)
    (row,) = managed.sql(f"SELECT {', '.join(columns)} FROM live_visit")
    assert dict(zip(columns, row, strict=True)) == typed
    managed.ok("visit", "fix", 1, "--notes", "第二行")
    (row,) = managed.sql(f"SELECT {', '.join(columns)} FROM live_visit")
    assert dict(zip(columns, row, strict=True)) == typed | {"notes": "第二行"}
