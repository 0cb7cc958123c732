"""Referral criteria: met, to be asked, or not known; each limit just below, at and just above it."""

from datetime import date
from typing import Any

import pytest

from chronic.model.person import Enrolment
from chronic.model.plan import History
from chronic.model.result import Result
from chronic.model.visit import METER_HIGH, METER_LOW, Contact
from chronic.protocol import DEFAULT, Editions, load
from chronic.protocol.referrals import KINDS, Referrals
from chronic.rules.assessment import assess
from chronic.rules.criteria import Facts, Judged, judge

NATIONAL = load(DEFAULT)
BOOK = Referrals.of(NATIONAL)
TODAY = date(2026, 11, 21)
RECENT = "2026-11-20"


def day(text: str) -> date:
    return date.fromisoformat(text)


def facts(
    *visits: tuple[str, dict[str, Any]],
    born: str | None = "1966-05-05",
    sex: str = "F",
    results: tuple[Result, ...] = (),
    diagnosed: str | None = None,
    enrolled: str = "2020-01-01",
    today: date = TODAY,
    programmes: tuple[str, ...] = ("htn", "dm"),
) -> Facts:
    """A person managed for these; a visit is its day and what was found."""
    stays = tuple(
        Enrolment(programme, day(enrolled), diagnosed_on=day(diagnosed) if diagnosed else None) for programme in programmes
    )
    contacts = tuple(Contact(day(on), f"{n:03}", n, **found) for n, (on, found) in enumerate(sorted(visits, key=str), 1))
    history = History(day(born) if born else None, False, None, stays, contacts)
    verdicts = assess(history, Editions([(NATIONAL.effective_from, NATIONAL)])).verdicts
    return Facts(today, history, sex, verdicts, {r.test: r for r in results}, NATIONAL, BOOK.recent)


def one(code: str, known: Facts) -> Judged:
    return next(found for found in judge(known, {"htn", "dm"}, BOOK) if found.code == code)


def state(code: str, known: Facts) -> str:
    return one(code, known).state


# nothing known ----------------------------------------------------------------------------------------


def test_of_someone_unknown_nothing_is_met_and_nothing_is_cleared() -> None:
    known = facts(born=None, sex="unknown")
    assert {found.state for found in judge(known, {"htn", "dm"}, BOOK)} == {"ask", "unknown"}


def test_a_programme_brings_its_own_criteria() -> None:
    codes = {found.code for found in judge(facts(), {"dm"}, BOOK)}
    assert codes == {code for code, criterion in BOOK.criteria.items() if "dm" in criterion.programmes}
    assert "htn_danger_pressure" in codes
    assert "htn_young" not in codes


def test_danger_comes_first_within_what_is_met_and_within_what_is_to_be_asked() -> None:
    known = facts((RECENT, {"sbp": 182, "dbp": 100, "complication": "new"}))
    found = judge(known, {"htn", "dm"}, BOOK)
    for wanted in ("met", "ask"):
        kinds = [BOOK.criteria[one.code].kind for one in found if one.state == wanted]
        assert kinds == sorted(kinds, key=KINDS.index)
    assert [one.state for one in found] == sorted(
        (one.state for one in found), key=["met", "ask", "unknown", "not_met"].index
    )


# pressure and glucose -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sbp", "dbp", "danger", "asked"),
    [
        (179, 109, "not_met", "not_met"), (180, 109, "met", "ask"), (179, 110, "met", "ask"), (181, 111, "met", "ask"),
        (180, None, "met", "ask"), (None, 110, "met", "ask"),
        (179, None, "unknown", "unknown"), (None, 109, "unknown", "unknown"),
    ],
)  # fmt: skip
def test_a_dangerous_pressure(sbp: int | None, dbp: int | None, danger: str, asked: str) -> None:
    known = facts((RECENT, {"sbp": sbp, "dbp": dbp}))
    assert state("htn_danger_pressure", known) == danger
    assert state("htn_severe_signs", known) == state("htn_pressure_stays", known) == asked


def test_the_latest_pressure_counts_by_phone_too() -> None:
    earlier, later = ("2026-11-01", {"sbp": 190, "dbp": 100}), ("2026-11-10", {"sbp": 130, "dbp": 80})
    assert state("htn_danger_pressure", facts(earlier, later)) == "not_met"
    assert state("htn_danger_pressure", facts(earlier, (RECENT, {"fpg": 6.0}))) == "met"
    assert state("htn_danger_pressure", facts(later, (RECENT, {"sbp": 190, "dbp": 100, "way": "phone"}))) == "met"


@pytest.mark.parametrize(("on", "expected"), [("2026-08-21", "not_met"), ("2026-08-20", "unknown")])
def test_an_old_good_pressure_clears_nothing_and_an_old_bad_one_stands(on: str, expected: str) -> None:
    assert state("htn_danger_pressure", facts((on, {"sbp": 130, "dbp": 80}))) == expected
    assert state("htn_danger_pressure", facts((on, {"sbp": 190, "dbp": 80}))) == "met"


@pytest.mark.parametrize(
    ("column", "value", "high", "low"),
    [
        ("fpg", 16.6, "not_met", "not_met"), ("fpg", 16.7, "met", "not_met"), ("fpg", 16.8, "met", "not_met"),
        ("fpg", 3.8, "not_met", "met"), ("fpg", 3.9, "not_met", "met"), ("fpg", 4.0, "not_met", "not_met"),
        ("random_glucose", 16.7, "met", "not_met"),
        ("ppg_2h", METER_HIGH, "met", "not_met"), ("fpg", METER_LOW, "not_met", "met"),
    ],
)  # fmt: skip
def test_a_dangerous_glucose(column: str, value: float, high: str, low: str) -> None:
    known = facts((RECENT, {column: value}))
    assert (state("dm_danger_high", known), state("dm_danger_low", known)) == (high, low)


def test_what_the_meter_could_not_measure_is_shown_as_the_meter_shows_it() -> None:
    assert one("dm_danger_high", facts((RECENT, {"fpg": METER_HIGH}))).reason.values["value"] == "HI"


# questions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "danger", "expected"),
    [
        ("2026-11-21", "no", "not_met"),
        ("2026-11-21", "yes", "ask"),
        ("2026-11-20", "no", "ask"),
        ("2026-11-21", None, "ask"),
    ],
)
def test_the_danger_question_answered_no_counts_for_its_day(on: str, danger: str | None, expected: str) -> None:
    assert state("htn_consciousness", facts((on, {"danger": danger, "sbp": 130, "dbp": 80}))) == expected


@pytest.mark.parametrize(("answer", "met"), [("new", "met"), ("worse", "met"), ("none", "not_met"), (None, "ask")])
def test_a_complication_is_what_was_answered(answer: str | None, met: str) -> None:
    known = facts((RECENT, {"complication": answer}))
    assert {state(code, known) for code in ("htn_new_damage", "htn_worse_damage", "dm_new_damage")} == {met}


@pytest.mark.parametrize(("adr", "expected"), [("yes", "ask"), ("no", "not_met"), (None, "ask")])
def test_whether_a_reaction_is_hard_to_handle_only_a_person_can_say(adr: str | None, expected: str) -> None:
    assert state("htn_reaction", facts((RECENT, {"adr": adr}))) == expected


@pytest.mark.parametrize(("on", "expected"), [("2026-08-21", "not_met"), ("2026-08-20", "ask")])
def test_an_old_answer_is_asked_again(on: str, expected: str) -> None:
    assert state("htn_new_damage", facts((on, {"complication": "none"}))) == expected


@pytest.mark.parametrize(
    ("sex", "born", "answer", "expected"),
    [
        ("F", "1996-01-01", "yes", "met"), ("F", "1996-01-01", "no", "not_met"), ("F", "1996-01-01", None, "ask"),
        ("M", "1996-01-01", None, "not_met"), ("F", "1966-01-01", None, "not_met"), ("unknown", None, None, "ask"),
        ("F", "1976-11-22", None, "ask"), ("F", "1976-11-21", None, "not_met"),
        ("F", "2011-11-21", None, "ask"), ("F", "2011-11-22", None, "not_met"),
    ],
)  # fmt: skip
def test_pregnancy_is_asked_of_women_who_can_be(sex: str, born: str | None, answer: str | None, expected: str) -> None:
    assert state("htn_pregnant", facts((RECENT, {"pregnant": answer}), sex=sex, born=born)) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"pregnant": "yes", "sbp": 139, "dbp": 89}, "not_met"), ({"pregnant": "yes", "sbp": 140, "dbp": 80}, "met"),
        ({"pregnant": "yes", "sbp": 130, "dbp": 90}, "met"), ({"sbp": 150, "dbp": 90}, "ask"),
        ({"pregnant": "no", "sbp": 150, "dbp": 90}, "not_met"), ({"pregnant": "yes"}, "unknown"),
    ],
)  # fmt: skip
def test_a_pregnant_woman_has_her_own_limit(found: dict[str, Any], expected: str) -> None:
    assert state("htn_danger_pregnancy", facts((RECENT, found), born="1996-01-01")) == expected


# age and onset ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "today", "expected"),
    [
        ("2001-11-22", "2026-11-21", "met"), ("2001-11-21", "2026-11-21", "not_met"),
        ("2001-11-20", "2026-11-21", "not_met"),
        ("2000-02-29", "2025-02-28", "met"), ("2000-02-29", "2025-03-01", "not_met"),
    ],
)  # fmt: skip
def test_young_people_with_diabetes(born: str, today: str, expected: str) -> None:
    assert state("dm_young", facts(born=born, today=day(today))) == expected


@pytest.mark.parametrize(
    ("diagnosed", "expected"), [("2020-05-04", "met"), ("2020-05-05", "not_met"), ("2020-05-06", "not_met")]
)
def test_onset_is_the_age_on_the_day_of_diagnosis(diagnosed: str, expected: str) -> None:
    assert state("htn_young", facts(born="1990-05-05", diagnosed=diagnosed, enrolled="2022-01-01")) == expected


@pytest.mark.parametrize(("enrolled", "expected"), [("2020-05-04", "met"), ("2020-05-05", "unknown")])
def test_without_a_day_of_diagnosis_an_early_enrolment_says_enough_and_a_late_one_nothing(
    enrolled: str, expected: str
) -> None:
    assert state("htn_young", facts(born="1990-05-05", enrolled=enrolled)) == expected


# results ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "test", "value", "expected"),
    [
        ("htn_potassium", "potassium", 3.4, "ask"), ("htn_potassium", "potassium", 3.5, "not_met"),
        ("htn_potassium", "potassium", 3.6, "not_met"),
        ("htn_arms", "arm_difference", 19, "not_met"), ("htn_arms", "arm_difference", 20, "not_met"),
        ("htn_arms", "arm_difference", 21, "met"),
    ],
)  # fmt: skip
def test_a_laboratory_value_or_a_difference(code: str, test: str, value: float, expected: str) -> None:
    assert state(code, facts(results=(Result(test, day(RECENT), value=value),))) == expected


@pytest.mark.parametrize(("on", "normal", "abnormal"), [("2025-11-21", "not_met", "met"), ("2025-11-20", "unknown", "met")])
def test_an_old_normal_result_clears_nothing(on: str, normal: str, abnormal: str) -> None:
    assert state("htn_urine", facts(results=(Result("urine", day(on), result="normal"),))) == normal
    assert state("htn_urine", facts(results=(Result("urine", day(on), result="abnormal"),))) == abnormal
    assert state("htn_potassium", facts(results=(Result("potassium", day(on), value=4.0),))) == normal


def test_why_is_the_report_in_its_own_words_where_it_has_some() -> None:
    plain, told = (Result("urine", day(RECENT), result="abnormal", detail=detail) for detail in (None, "蛋白 ++"))
    assert one("htn_urine", facts(results=(plain,))).reason.values["value"] == "abnormal"
    assert one("htn_urine", facts(results=(told,))).reason.values["value"] == "蛋白 ++"


# in a row, and for how long -----------------------------------------------------------------------------

HIGH, GOOD = {"sbp": 150, "dbp": 95, "fpg": 8.0}, {"sbp": 130, "dbp": 80, "fpg": 6.0}


def test_twice_in_a_row_is_the_forms_own_rule() -> None:
    assert state("htn_again", facts(("2026-11-01", HIGH))) == "not_met"
    assert state("htn_again", facts(("2026-11-01", HIGH), (RECENT, HIGH))) == "met"
    assert state("htn_again", facts(("2026-10-01", HIGH), ("2026-11-01", GOOD), (RECENT, HIGH))) == "not_met"
    assert state("dm_again", facts(("2026-11-01", HIGH), (RECENT, HIGH))) == "met"


@pytest.mark.parametrize(
    ("first", "last", "today", "expected"),
    [
        ("2026-08-01", "2026-10-31", "2026-10-31", "not_met"),  # a day short of three months
        ("2026-08-01", "2026-11-01", "2026-11-01", "met"),
        ("2026-08-01", "2026-11-02", "2026-11-02", "met"),
        ("2026-08-01", "2026-10-31", "2026-11-01", "unknown"),  # three months on, but not measured since
    ],
)  # fmt: skip
@pytest.mark.parametrize("code", ["htn_not_at_goal", "dm_not_at_goal", "dm_pressure_not_at_goal"])
def test_not_at_goal_for_three_months(code: str, first: str, last: str, today: str, expected: str) -> None:
    assert state(code, facts((first, HIGH), (last, HIGH), today=day(today))) == expected


def test_lipids_are_judged_in_their_own_programme_and_else_asked() -> None:
    known = facts(("2026-05-01", {"ldl_c": 4.0}), (RECENT, {"ldl_c": 4.0}), programmes=("dm", "lipid"), born="1956-01-01")
    assert state("dm_lipids_not_at_goal", known) == "met"
    assert state("dm_lipids_not_at_goal", facts(programmes=("dm", "lipid"))) == "unknown"
    assert state("dm_lipids_not_at_goal", facts((RECENT, {"ldl_c": 4.0}))) == "ask"


def test_one_controlled_visit_begins_the_three_months_anew() -> None:
    assert state("htn_not_at_goal", facts(("2026-05-01", HIGH), ("2026-09-01", GOOD), (RECENT, HIGH))) == "not_met"


def test_an_adverse_reaction_in_between_does_not() -> None:
    between = {**GOOD, "adr": "yes"}
    assert state("htn_not_at_goal", facts(("2026-05-01", HIGH), ("2026-09-01", between), (RECENT, HIGH))) == "met"


def test_phone_contacts_are_no_assessment() -> None:
    by_phone = {**HIGH, "way": "phone"}
    assert state("htn_not_at_goal", facts(("2026-05-01", by_phone), (RECENT, HIGH))) == "not_met"
    assert state("htn_not_at_goal", facts(("2026-05-01", by_phone), (RECENT, by_phone))) == "unknown"


@pytest.mark.parametrize(
    ("lows", "expected"),
    [
        ([RECENT], "unknown"), (["2026-08-21", RECENT], "met"), (["2026-08-20", RECENT], "unknown"),
        (["2026-09-01", "2026-10-01", RECENT], "met"),
    ],
)  # fmt: skip
def test_repeated_lows_within_three_months(lows: list[str], expected: str) -> None:
    assert state("dm_lows", facts(*((on, {"fpg": 3.9}) for on in lows))) == expected


@pytest.mark.parametrize(("answer", "expected"), [("frequent", "met"), ("occasional", "not_met"), ("none", "not_met")])
def test_frequent_reactions_are_repeated_hypoglycaemia(answer: str, expected: str) -> None:
    assert state("dm_lows", facts((RECENT, {"hypoglycemia": answer}))) == expected


# back to the village ------------------------------------------------------------------------------------


def test_who_is_controlled_and_stable_may_come_back_when_a_person_says_the_rest() -> None:
    known = facts((RECENT, {**GOOD, "complication": "none"}))
    assert state("htn_down_pressure", known) == state("dm_down_glucose", known) == "met"
    assert state("htn_down_stable", known) == state("htn_down_diagnosis", known) == "ask"
    assert state("htn_down_pressure", facts((RECENT, HIGH))) == "not_met"
    assert state("htn_down_stable", facts((RECENT, {"complication": "new"}))) == "not_met"


def test_what_lies_after_today_is_not_known_yet() -> None:
    known = facts((RECENT, {"sbp": 190, "dbp": 100}), today=day("2026-11-19"))
    assert state("htn_danger_pressure", known) == "unknown"


# what is said of it -------------------------------------------------------------------------------------


def test_the_half_that_is_missing_is_named_and_the_half_that_is_there_is_shown() -> None:
    assert one("htn_danger_pressure", facts((RECENT, {"sbp": 130}))).reason.values == {"column": "dbp"}
    assert one("htn_danger_pressure", facts((RECENT, {"dbp": 80}))).reason.values == {"column": "sbp"}
    assert one("htn_danger_pressure", facts((RECENT, {"sbp": 186}))).reason.values["value"] == "186/-"
    assert one("htn_danger_pressure", facts((RECENT, {"dbp": 112}))).reason.values["value"] == "-/112"


def test_how_many_lows_there_were_is_said() -> None:
    lows = facts(("2026-11-01", {"fpg": 3.9}), (RECENT, {"fpg": 3.5, "hypoglycemia": "frequent"}))
    assert one("dm_lows", lows).reason.values == {"value": 2, "on": day(RECENT)}
    assert one("dm_lows", facts((RECENT, {"hypoglycemia": "frequent"}))).reason.values["value"] == 1


def test_who_is_controlled_at_the_latest_visit_is_at_goal() -> None:
    known = facts(("2026-05-01", HIGH), (RECENT, GOOD))
    assert state("htn_not_at_goal", known) == state("dm_not_at_goal", known) == "not_met"


def test_the_onset_of_one_disease_is_not_that_of_the_other() -> None:
    known = facts(born="1990-05-05", diagnosed="2022-05-05")
    young = Enrolment("dm", day("2010-01-01"), diagnosed_on=day("2010-01-01"))
    history = known.history._replace(enrolments=(*known.history.enrolments, young))
    assert state("htn_young", known._replace(history=history)) == "not_met"


def test_what_is_missing_is_the_first_that_could_be_measured() -> None:
    assert one("dm_danger_high", facts()).reason.values == {"column": "fpg"}


def test_the_first_of_several_days_of_onset_decides() -> None:
    def told(*stays: Enrolment) -> dict[str, object]:
        known = facts(born="1990-05-05")
        found = one("htn_young", known._replace(history=known.history._replace(enrolments=stays)))
        return found.reason.values

    diagnosed = [Enrolment("htn", day("2020-01-01"), diagnosed_on=day(on)) for on in ("2018-01-01", "2012-01-01")]
    assert told(*diagnosed) == {"value": 21, "on": day("2012-01-01")}
    assert told(*[Enrolment("htn", day(on)) for on in ("2018-01-01", "2012-01-01")]) == {
        "value": 21,
        "on": day("2012-01-01"),
    }


def test_a_question_answered_twice_was_asked_on_the_later_day() -> None:
    none = {"hypoglycemia": "none"}
    assert one("dm_lows", facts(("2026-11-01", none), (RECENT, none))).reason.values == {"value": 0, "on": day(RECENT)}


def test_how_long_it_has_been_is_said() -> None:
    assert one("htn_again", facts((RECENT, GOOD))).reason.values == {"value": 0}
    assert one("htn_not_at_goal", facts((RECENT, GOOD))).reason.values == {"value": 0}
    bad = facts(("2026-05-01", HIGH), ("2026-07-01", HIGH), (RECENT, HIGH))
    assert one("htn_not_at_goal", bad).reason.values == {"on": day("2026-05-01")}


def test_visits_count_by_their_days_and_not_as_they_were_entered() -> None:
    known = facts(("2026-05-01", HIGH), (RECENT, GOOD))
    contacts = tuple(contact._replace(id=10 - contact.id) for contact in known.history.contacts)
    verdicts = tuple(verdict._replace(visit=10 - verdict.visit) for verdict in reversed(known.verdicts))
    late = known._replace(history=known.history._replace(contacts=contacts), verdicts=verdicts)
    assert state("htn_not_at_goal", late) == state("htn_not_at_goal", known) == "not_met"


def test_an_old_value_is_said_to_be_old() -> None:
    assert one("htn_danger_pressure", facts(("2026-08-20", {"sbp": 130, "dbp": 80}))).reason.why == "criterion.old"
    assert one("htn_danger_pressure", facts((RECENT, {"sbp": 130, "dbp": 80}))).reason.why == "criterion.value"
