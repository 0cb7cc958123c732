"""Check-ups in the registry: recorded, filled in, corrected, withdrawn, and what they set going."""

import contextlib
import json

import pytest

from chronic.store import checkups, editions, registry
from tests import derived
from tests.care.undoing import stale
from tests.runner import Chronic

PLANS = "SELECT kind, programme, due_on, reasons FROM plan WHERE person = ? ORDER BY kind, programme"


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 is managed for hypertension, 2 for nothing."""
    chronic.person("王秀兰", "--birth-date", "1955-03-01", "--village", "下各村", "--htn-enrolled-on", "2026-01-01")
    chronic.person("李建国", "--birth-date", "1970-05-05", "--village", "上各村")
    return chronic


def plans(chronic: Chronic, person: int) -> dict[tuple[str, str], tuple[str, str]]:
    return {(kind, programme): (due, reasons) for kind, programme, due, reasons in chronic.sql(PLANS, person)}


def contacts(chronic: Chronic) -> list[tuple[object, ...]]:
    return chronic.sql("SELECT person, visit_date, kind, sbp, dbp, fpg FROM live_contact ORDER BY id")


def card(chronic: Chronic, person: int, *args: object) -> dict[str, object]:
    return chronic.ok("checkup", "show", person, *args, "--format", "json").row


def test_the_next_one_is_due_a_year_later_and_is_no_follow_up(village: Chronic) -> None:
    before = plans(village, 1)
    assert before[("checkup", "")] == ("2027-01-01", "checkup_due")
    village.ok("checkup", "add", 1, "--on", "2026-11-10", "--bp-left", "138/84")
    assert plans(village, 1) == {**before, ("checkup", ""): ("2027-11-10", "checkup_due")}
    assert contacts(village) == []
    assert stale(village) == []


def test_both_arms_are_kept(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--bp-left", "138/84", "--bp-right", "142/86")
    found = card(village, 1)["values"]
    assert isinstance(found, dict)
    assert [found[name] for name in ("sbp_left", "dbp_left", "sbp_right", "dbp_right")] == [138, 84, 142, 86]


def test_high_readings_of_someone_not_managed_are_a_suspicion(village: Chronic) -> None:
    village.ok("checkup", "add", 2, "--bp-left", "138/84", "--bp-right", "142/86", "--fpg", "7.4")
    assert contacts(village) == [(2, "2026-11-21", "screening", 142, 86, 7.4)]
    assert set(plans(village, 2)) == {("screening", "htn"), ("screening", "dm")}
    assert set(village.ids("screen", "suspects")) == {2}
    village.ok("screen", "add", 2, "--bp", "144/90", "--on", "2026-11-20")
    assert [row["days_high"] for row in village.rows("screen", "suspects") if row["programme"] == "htn"] == [2]


def test_normal_readings_end_a_suspicion(village: Chronic) -> None:
    village.ok("screen", "add", 2, "--bp", "144/90", "--on", "2026-11-10")
    village.ok("checkup", "add", 2, "--bp", "128/80")
    assert plans(village, 2) == {}


def test_someone_managed_is_told_to_have_a_follow_up_instead(village: Chronic) -> None:
    run = village.ok("checkup", "add", 1, "--bp-left", "156/94", "--fpg", "7.4")
    assert contacts(village) == [(1, "2026-11-21", "screening", None, None, 7.4)]
    assert "blood pressure 156/94 -> follow-up visit (open)" in run.out
    assert "chronic visit add 1" in run.out
    village.visit(1, "2026-11-21", "--bp", "152/92")
    assert "follow-up visit (measured again 2026-11-21)" in village.ok("checkup", "show", 1).out


@pytest.mark.parametrize("person", [1, 2])
def test_danger_opens_an_emergency_referral_for_anybody(village: Chronic, person: int) -> None:
    run = village.ok("checkup", "add", person, "--bp-left", "150/90", "--bp-right", "182/100")
    assert "DANGER" in run.out.splitlines()[1]
    row = village.sql("SELECT kind, urgency, due_on FROM plan WHERE kind = 'referral' AND person = ?", person)
    assert row == [("referral", "emergency", "2026-12-05")]
    assert [seen["person_id"] for seen in village.rows("today") if seen["section"] == "first"] == [person]
    village.ok("refer", "reply", person, "--outcome", "returned")
    assert village.sql("SELECT count(*) FROM plan WHERE kind = 'referral'") == [(0,)]


def test_meters_beyond_their_range_are_danger(village: Chronic) -> None:
    village.ok("checkup", "add", 2, "--fpg", "HI")
    assert card(village, 2)["danger"] == ["danger.glucose_high"]
    assert village.sql("SELECT fpg, fpg_meter FROM visit") == [(None, "HI")]


# the same day, corrections ------------------------------------------------------------------------


def test_a_second_form_of_a_day_fills_blanks(village: Chronic) -> None:
    village.ok("checkup", "add", 2, "--bp-left", "142/86")
    run = village.ok("checkup", "add", 2, "--set", "hearing=hears", "--fpg", "7.4")
    assert "Added to the check-up already recorded" in run.err
    assert village.sql("SELECT count(*) FROM live_checkup") == [(1,)]
    assert contacts(village) == [(2, "2026-11-21", "screening", 142, 86, 7.4)]
    village.ok("undo", "--yes")
    assert contacts(village) == [(2, "2026-11-21", "screening", 142, 86, None)]
    assert stale(village) == []


def test_the_same_again_changes_nothing(village: Chronic) -> None:
    village.ok("checkup", "add", 2, "--bp-left", "142/86", "--set", "hearing=hears")
    before = village.dump()
    assert "Already recorded" in village.ok("checkup", "add", 2, "--set", "hearing=hears").err
    assert village.dump() == before


def test_a_disagreeing_form_is_refused_and_nothing_changes(village: Chronic) -> None:
    village.ok("checkup", "add", 2, "--bp-left", "142/86")
    before = village.dump()
    run = village("checkup", "add", 2, "--bp-left", "140/86", "--fpg", "5.0")
    assert run.code == 2
    assert "already has 142, not 140" in run.last
    assert village.dump() == before


def test_a_correction_takes_the_old_ones_place(village: Chronic) -> None:
    village.ok("checkup", "add", 2, "--bp-left", "186/112", "--ecg", "abnormal")
    village.ok("checkup", "fix", 1, "--bp-left", "136/82", "--clear", "ecg", "--set", "hearing=hears")
    assert contacts(village) == [(2, "2026-11-21", "screening", 136, 82, None)]
    assert plans(village, 2) == {}
    found = card(village, 2)
    assert (found["checkup"], found["findings"]) == (2, [])
    assert village("checkup", "fix", 1, "--ecg", "normal").code == 21
    village.ok("checkup", "fix", 2, "--clear", "sbp_left", "--clear", "dbp_left")
    assert contacts(village) == []
    village.ok("undo", "--yes")
    village.ok("undo", "--yes")
    assert ("referral", "") in plans(village, 2)
    assert stale(village) == []


def test_its_readings_are_corrected_with_it_and_not_as_a_visit(village: Chronic) -> None:
    village.ok("checkup", "add", 2, "--bp-left", "186/112")
    for args in (["fix", 1, "--bp", "136/82"], ["void", 1, "--reason", "x", "--yes"]):
        run = village("visit", *args)
        assert (run.code, run.last) == (
            21, "These readings are those of check-up 1; correct that: chronic checkup fix 1",
        )  # fmt: skip
    village.ok("screen", "add", 2, "--bp", "144/90")
    village.ok("visit", "fix", 2, "--bp", "142/88")


def test_a_withdrawn_one_counts_no_more(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--bp-left", "186/112")
    village.ok("checkup", "void", 1, "--reason", "记错人", "--yes")
    assert contacts(village) == []
    assert plans(village, 1)[("checkup", "")] == ("2027-01-01", "checkup_due")
    assert village("checkup", "show", 1).code == 21
    assert village.sql("SELECT count(*) FROM checkup") == [(1,)]
    village.ok("undo", "--yes")
    assert ("referral", "htn") in plans(village, 1)


def test_two_days_cannot_become_one(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-11-01", "--ecg", "normal")
    village.ok("checkup", "add", 1, "--on", "2026-11-02", "--ecg", "normal")
    assert village("checkup", "fix", 2, "--on", "2026-11-01").code == 21
    village.ok("checkup", "fix", 2, "--on", "2026-11-03")
    assert village.sql("SELECT checkup_date FROM live_checkup ORDER BY 1") == [("2026-11-01",), ("2026-11-03",)]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--on", "2026-11-22", "--ecg", "normal"], "lies in the future"),
        (["--on", "1955-02-28", "--ecg", "normal"], "before the birth date"),
        (["--bp-left", "84/138"], "were they swapped"),
        (["--temperature-c", "98.6"], "was it measured in °F"),
        (["--set", "haemoglobin=13.2"], "was it measured in g/dL"),
        (["--tc", "5", "--ldl-c", "6"], "above the total cholesterol"),
        (["--set", "tbil=10", "--set", "dbil=12"], "is above the total"),
        (["--set", "smoke_start_age=40", "--set", "smoke_stop_age=30"], "before the age at the beginning"),
        (["--set", "self_care_score=3", "--set", "self_care=moderate"], "the answers make independent"),
        (["--waist-cm", "92", "--set", "tcm_28=1"], "what was measured makes 4"),
        (["--set", "tcm_1=6"], "possible is 1–5"),
        (["--notes", "x"], "Nothing of the check-up was given"),
        (["--set", "hearing"], "is not FIELD=VALUE"),
        (["--set", "hering=hears"], "near: hearing"),
        (["--set", "hearing=1"], "codes differ between systems"),
        (["--ecg", "normal", "--set", "ecg=abnormal"], "given twice"),
        ([], "Nothing of the check-up was given"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence(village: Chronic, args: list[str], says: str) -> None:
    before = village.dump()
    run = village("checkup", "add", 1, *args)
    assert run.code == 2
    assert says in run.last, run.last
    assert village.dump() == before


def test_wrong_answers_and_their_sum(village: Chronic) -> None:
    adl = [f"adl_{part}=independent" for part in ("feeding", "grooming", "dressing", "toileting", "moving")]
    args = [word for item in adl for word in ("--set", item)]
    assert "the answers make 0" in village("checkup", "add", 1, *args, "--self-care-score", "4").last
    village.ok("checkup", "add", 1, *args)
    assert card(village, 1)["self_care"] == {"score": 0, "level": "independent", "missing": []}


def test_an_odd_value_is_kept_with_a_word_of_warning(village: Chronic) -> None:
    run = village.ok("checkup", "add", 1, "--temperature-c", "39.2", "--bp-left", "120/110")
    assert "Temperature 39.2 is unusual" in run.err
    assert "unusually close" in run.err
    assert "value.unusual:temperature_c" in village.sql("SELECT warnings FROM checkup")[0][0]


# what was found -----------------------------------------------------------------------------------


def worklist(chronic: Chronic, today: str | None = None) -> list[tuple[object, ...]]:
    rows = chronic.rows("checkup", "due", "--abnormal", **({"today": today} if today else {}))
    return [(row["person_id"], row["field"], row["action"]) for row in rows]


def test_results_stay_on_the_list_until_something_was_done(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-11-01", "--ecg", "abnormal", "--tc", "6.5", "--set", "urine_protein=++")
    village.ok("checkup", "add", 2, "--on", "2026-11-02", "--chest-xray", "abnormal", "--fpg", "6.4")
    assert worklist(village) == [
        (1, "ecg", "refer"), (2, "chest_xray", "refer"), (1, "tc", "recheck"), (1, "urine_protein", "recheck"),
        (2, "fpg", "recheck"),
    ]  # fmt: skip
    village.ok("checkup", "resolve", 1, "ecg", "urine_protein", "--note", "县医院复查正常")
    village.visit(1, "2026-11-20", "--bp", "132/80", "--tc", "5.1")
    village.ok("checkup", "add", 2, "--on", "2026-11-15", "--chest-xray", "normal")
    assert worklist(village) == [(2, "fpg", "recheck")]
    states = {found["field"]: (found["state"], found["on"], found["note"]) for found in card(village, 1)["findings"]}  # type: ignore[attr-defined]
    assert states == {
        "ecg": ("settled", "2026-11-21", "县医院复查正常"), "urine_protein": ("settled", "2026-11-21", "县医院复查正常"),
        "tc": ("measured", "2026-11-20", None),
    }  # fmt: skip


def test_a_later_abnormal_result_is_open_anew(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2025-11-01", "--ecg", "abnormal")
    village.ok("checkup", "resolve", 1, "ecg", "--note", "x", "--on", "2025-11-10")
    assert worklist(village) == []
    village.ok("checkup", "add", 1, "--on", "2026-11-01", "--ecg", "abnormal")
    assert worklist(village) == [(1, "ecg", "refer")]


def test_a_blank_field_of_a_later_check_up_settles_nothing(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2025-11-01", "--ecg", "abnormal")
    village.ok("checkup", "add", 1, "--on", "2026-11-01", "--bp-left", "130/80")
    assert worklist(village) == [(1, "ecg", "refer")]


def test_a_visit_of_the_same_day_does_not_repeat_a_test(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--tc", "6.5")
    village.visit(1, "2026-11-21", "--bp", "132/80", "--tc", "6.5")
    assert worklist(village) == [(1, "tc", "recheck")]


def test_pressure_and_pulse_are_settled_by_one_name_each(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--bp-left", "156/94", "--pulse", "120")
    assert worklist(village) == [(1, "sbp", "follow_up"), (1, "heart_rate", "recheck")]
    village.ok("checkup", "resolve", 1, "sbp", "心率", "--note", "当天已随访")
    assert worklist(village) == []


def test_people_who_left_are_off_the_list(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--ecg", "abnormal")
    village.ok("person", "close", 1, "--reason", "moved", "--yes")
    assert worklist(village) == []


def test_only_a_result_that_is_there_can_be_settled(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--ecg", "abnormal")
    assert village("checkup", "resolve", 1, "hearing", "--note", "x").code == 21
    assert village("checkup", "resolve", 1, "ecg", "--note", "x", "--on", "2026-11-22").code == 2
    assert village("checkup", "resolve", 1, "herz", "--note", "x").code == 2


# for others to use ---------------------------------------------------------------------------------


def test_a_risk_score_takes_what_a_check_up_measured(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-09-01", "--bp-left", "168/84", "--tc", "6.5")
    village.ok(
        "checkup", "add", 1, "--on", "2026-10-01", "--bp-left", "138/84", "--tc", "5.5", "--set", "smoking_status=never"
    )
    village.visit(1, "2026-11-01", "--bp", "132/80")
    (told,) = json.loads(village.ok("screen", "risk", 1, "--format", "json").out)["rows"]
    found = {known["input"]: (known["value"], known["on"], known["origin"]) for known in told["inputs"]}
    assert found["sbp"] == (132, "2026-11-01", "visit")
    assert found["tc"] == (5.5, "2026-10-01", "checkup")
    assert found["smoker"] == (False, "2026-10-01", "checkup")
    assert told["scores"][0]["figures"]["grade"] == "2"  # by the highest pressure, 168


def test_the_latest_value_comes_from_visits_and_check_ups_alike(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-10-01", "--bp-left", "138/84", "--bp-right", "146/80", "--tc", "5.5",
               "--pulse", "70", "--set", "smoking_status=current")  # fmt: skip
    village.visit(1, "2026-11-01", "--bp", "132/80", "--fpg", "6.1")
    village.visit(1, "2026-11-10", "--way", "phone", "--fpg", "9.9", "--danger", "no")
    with contextlib.closing(registry.connect(village.path)) as db:
        from chronic.model.days import from_iso

        def latest(day: str, *fields: str) -> dict[str, tuple[object, str, str]]:
            found = checkups.latest_values(db, 1, fields, from_iso(day))
            return {name: (m.value, str(m.on), m.where) for name, m in found.items()}

        assert latest("2026-11-21", "sbp", "dbp", "tc", "fpg", "heart_rate", "smoking_status", "ldl_c") == {
            "sbp": (132, "2026-11-01", "visit"), "dbp": (80, "2026-11-01", "visit"), "tc": (5.5, "2026-10-01", "checkup"),
            "fpg": (6.1, "2026-11-01", "visit"), "heart_rate": (70, "2026-10-01", "checkup"),
            "smoking_status": ("current", "2026-10-01", "checkup"),
        }  # fmt: skip
        assert latest("2026-10-31", "sbp", "dbp") == {
            "sbp": (146, "2026-10-01", "checkup"), "dbp": (80, "2026-10-01", "checkup"),
        }  # fmt: skip
        assert latest("2026-09-30", "sbp", "tc") == {}
        assert derived.stale(db, editions.read(db), [1, 2]) == []
