"""A whole follow-up or screening answered question by question, and what the registry holds afterwards."""

import shlex

import pytest

from tests.runner import Chronic, Run

BEFORE = [
    "--bp", "148/88", "--heart-rate", "76", "--fpg", "6.8", "--weight-kg", "66", "--height-cm", "165", "--symptoms",
          "none", "--danger", "no", "--adherence", "regular", "--adr", "no", "--hypoglycemia", "none", "--complication",
          "none", "--smoke-per-day", "5", "--alcohol-liang-per-day", "0", "--exercise-per-week", "5", "--exercise-minutes",
          "30", "--salt", "medium", "--psych", "good", "--compliance", "good", "--medicines", "氨氯地平, 1, 5, mg",
]  # fmt: skip


@pytest.fixture
def wang(chronic: Chronic) -> Chronic:
    """Managed for hypertension, seen before with every answer of the form."""
    chronic.person("王秀兰", "--sex", "F", "--birth-date", "1955-03-01", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-08-20", *BEFORE)
    return chronic


def sit(chronic: Chronic, *lines: str, command: str = "visit add 1", lang: str = "en") -> Run:
    """Answer the questions one after the other; whatever is left unanswered is Ctrl-D."""
    return chronic(*command.split(), stdin="".join(line + "\n" for line in lines), console="utf-8", lang=lang, COLUMNS="100")


MEASURED = ("", "138/84", "72", "", "66")  # way, pressure, pulse, no glucose, weight
ASKED = ("1", "n", "1", "n", "1")  # symptoms, danger, adherence, reaction, complication
REST = ("", "1", "1", "", "", "", "")  # lifestyle, mind, advice, medicines, next visit, notes, save


def test_a_visit_is_asked_in_order_and_saved_at_the_end(wang: Chronic) -> None:
    run = sit(wang, *MEASURED, *ASKED, *REST)
    assert (run.code, run.last) == (0, "王秀兰  female  71 years")
    labels = ["Way of visit", "Blood pressure", "Heart rate", "Fasting glucose", "Weight", "Symptoms", "Danger signs",
              "Adherence", "Adverse drug reaction", "Complication", "As last time", "Mental adjustment", "Follows advice",
              "Medicines", "Next visit", "Notes", "Save"]  # fmt: skip
    places = [run.out.index(f"\n{label}" if label == "Danger signs" else label) for label in labels]
    assert places == sorted(places)
    assert "controlled  138/84, target below 150/90" in run.out
    row = wang.sql(
        "SELECT way, sbp, dbp, heart_rate, fpg, weight_kg, height_cm, symptoms, danger, adherence, adr, complication,"
        " smoke_per_day, salt, psych, compliance, medicines, next_visit_date, notes FROM visit ORDER BY id DESC LIMIT 1"
    )
    assert row == [
        ("clinic", 138, 84, 72, None, 66.0, 165.0, "none", "no", "regular", "no", "none", 5, "medium", "good", "good",
         "氨氯地平, 1, 5, mg", None, None)
    ]  # fmt: skip


def test_the_last_visit_and_what_is_due_are_shown_first(wang: Chronic) -> None:
    out = sit(wang).out
    assert "hypertension    last 2026-08-20  clinic  148/88  fasting 6.8  controlled" in out
    assert "Due: hypertension follow-up 2026-11-20 (1 day late)" in out
    assert "Blood pressure mmHg  last 148/88 (08-20): " in sit(wang, "").out


def test_someone_with_both_diseases_is_asked_the_questions_of_both(wang: Chronic) -> None:
    wang.ok("enrol", 1, "dm", "--yes")
    run = sit(
        wang, "", "138/84", "72", "6.5", "66", "1", "n", "1", "n", "1", "1", "", "250", "1", "1", "1", "", "", "", "", ""
    )
    assert run.code == 0
    assert "10 thirst" in run.out
    asked = wang.sql("SELECT fpg, hypoglycemia, staple_food_g, dorsalis_pedis, insulin FROM visit ORDER BY id DESC LIMIT 1")
    assert asked == [(6.5, "none", 250, "normal", None)]


def test_without_fasting_glucose_the_other_kinds_are_asked(wang: Chronic) -> None:
    wang.ok("enrol", 1, "dm", "--yes")
    out = sit(wang, "", "138/84", "72", "", "-", "9.8", "66").out
    assert "Please measure it" in out
    assert "Glucose 2 h after meal" in out
    assert "Random glucose" not in out


def test_by_phone_nothing_is_measured_that_needs_a_hand(wang: Chronic) -> None:
    run = sit(wang, "3", "", "", "", "1", "n", "1", "n", "1", "", "1", "1", "", "", "", "")
    assert run.code == 0
    assert "Weight" not in run.out
    assert wang.sql("SELECT way, sbp, danger, height_cm FROM visit ORDER BY id DESC LIMIT 1") == [
        ("phone", None, "no", None)
    ]


def test_questions_of_another_programme_are_asked_on_request(wang: Chronic) -> None:
    assert "Hypoglycaemia" in sit(wang, *MEASURED[:3], "6.1", "66", *ASKED, command="visit add 1 --ask dm").out
    assert "Hypoglycaemia" not in sit(wang, *MEASURED, *ASKED).out


def test_a_value_given_on_the_line_is_not_asked(wang: Chronic) -> None:
    run = sit(wang, "72", "", "66", *ASKED, *REST, command="visit add 1 --ask htn --bp 138/84 --way home")
    assert run.code == 0
    assert "Way of visit" not in run.out
    assert wang.sql("SELECT way, sbp FROM visit ORDER BY id DESC LIMIT 1") == [("home", 138)]


# slips and warnings -------------------------------------------------------------------------------


def test_a_swapped_pressure_is_taken_only_on_a_yes(wang: Chronic) -> None:
    run = sit(wang, "", "92/148", "n", "92/148", "y", "72")
    assert run.out.count("92/148 -> 148/92? [y/N]: ") == 2
    assert run.out.count("Blood pressure mmHg") == 2


def test_glucose_in_mg_is_offered_converted(wang: Chronic) -> None:
    run = sit(wang, "", "138/84", "72", "126", "y", "66", *ASKED, *REST)
    assert "126 mg/dL = 7.0 mmol/L? [y/N]: " in run.out
    assert wang.sql("SELECT fpg FROM visit ORDER BY id DESC LIMIT 1") == [(7.0,)]
    refused = sit(wang, "", "138/84", "72", "126", "n", "", "66", command="visit add 1 --on 2026-11-20")
    assert refused.out.count("Fasting glucose mmol/L  last") == 2


def test_a_pressure_in_kilopascal_is_offered_converted(wang: Chronic) -> None:
    run = sit(wang, "", "18.4/11.2", "y", "72", "", "66", *ASKED, *REST)
    assert "18.4/11.2 kPa = 138/84 mmHg? [y/N]: " in run.out
    assert wang.sql("SELECT sbp, dbp FROM visit ORDER BY id DESC LIMIT 1") == [(138, 84)]


def test_an_odd_value_is_asked_about_once_and_kept_with_the_visit(wang: Chronic) -> None:
    run = sit(
        wang, "", "204/100", "n", "202/100", "y", "y", "72", "", "66", "1", "y", *ASKED[2:], *REST[:-4], "", *("",) * 6
    )
    assert run.out.count("Systolic pressure 202 is unusual") == 1
    assert run.out.count("Is that right? [y/N]: ") == 3  # 204/100, and both things that are odd about 202/100
    assert "unusual" not in run.err
    assert "value.unusual:sbp" in wang.sql("SELECT warnings FROM visit ORDER BY id DESC LIMIT 1")[0][0]


def test_a_weight_far_from_the_last_one_is_asked_about(wang: Chronic) -> None:
    run = sit(wang, *MEASURED[:4], "86", "n", "66", *ASKED, *REST)
    assert "more than a tenth away from the last one, 66" in run.out
    assert run.code == 0
    run = sit(wang, *MEASURED[:4], "56", "y", *ASKED, *REST, command="visit add 1 --on 2026-11-20")
    assert wang.sql("SELECT warnings FROM visit ORDER BY id DESC LIMIT 1") == [("weight.changed:weight_kg",)]


def test_an_impossible_value_is_refused_with_its_sentence_and_asked_again(wang: Chronic) -> None:
    run = sit(wang, "", "138/84", "7", "72")
    assert "Heart rate 7 cannot be right; possible is 20–250." in run.out
    assert run.out.count("Heart rate /min") == 2


def test_danger_that_was_measured_is_said_at_once(wang: Chronic) -> None:
    out = sit(wang, "", "182/112").out
    assert "DANGER: blood pressure at or above 180 or 110" in out.partition("Heart rate")[0]


def test_breathlessness_is_asked_further_before_the_danger_question(wang: Chronic) -> None:
    out = sit(wang, *MEASURED, "5", "").out
    assert "can the person lie flat" in out.partition("Danger signs")[0]


def test_a_young_woman_is_asked_whether_she_is_pregnant(chronic: Chronic) -> None:
    for id_, sex, born in ((1, "F", "1990-05-01"), (2, "M", "1990-05-01"), (3, "F", "1960-05-01")):
        chronic.person("周玉珍", "--sex", sex, "--birth-date", born, "--programmes", "htn")
        assert ("Pregnant" in sit(chronic, *MEASURED[:4], "60", "160", "1", command=f"visit add {id_}").out) == (id_ == 1)


def test_symptoms_that_are_not_in_the_list_can_be_written(wang: Chronic) -> None:
    assert sit(wang, *MEASURED, "2 8", "夜间口干", *ASKED[1:], *REST).code == 0
    told = wang.sql("SELECT symptoms, symptoms_other FROM visit ORDER BY id DESC LIMIT 1")
    assert told == [("headache_dizziness;numb_limbs", "夜间口干")]


# stopping, going back, saving -----------------------------------------------------------------------


def test_stopping_anywhere_saves_nothing_of_the_visit_and_says_so(wang: Chronic) -> None:
    before = wang.dump()
    answers = (*MEASURED, *ASKED, *REST[:-1])
    for so_far in range(len(answers) + 1):
        run = sit(wang, *answers[:so_far])
        assert run.code == 1
        assert run.last == "Stopped: nothing of this visit was saved; what was saved before is as it was."
    assert sit(wang, *answers, "n").code == 1
    assert wang.dump() == before


def test_what_was_answered_is_given_back_as_a_command_that_goes_on(wang: Chronic) -> None:
    stopped = sit(wang, "2", "138/84", "77")
    line = next(line.strip() for line in stopped.out.splitlines() if line.strip().startswith("chronic "))
    assert line == "chronic visit add 1 --bp 138/84 --way home --heart-rate 77 --ask htn"
    words = shlex.split(line)[1:]
    on = wang(*words, stdin="".join(f"{answer}\n" for answer in ("", "66", *ASKED, *REST)))
    assert on.code == 0, on.err
    assert wang.sql("SELECT way, sbp, heart_rate FROM visit ORDER BY id DESC LIMIT 1") == [("home", 138, 77)]


def test_going_back_asks_again_and_the_new_answer_counts(wang: Chronic) -> None:
    run = sit(
        wang, "", "138/84", "77", "<", "<", "136/82", "72", "", "66", *ASKED, "<", "2", *REST[:-3], "", "", "", *REST[-3:]
    )
    assert run.code == 0
    told = wang.sql("SELECT sbp, heart_rate, complication FROM visit ORDER BY id DESC LIMIT 1")
    assert told == [(136, 72, "new")]


def test_going_back_over_what_one_enter_kept_asks_for_all_of_it(wang: Chronic) -> None:
    run = sit(wang, *MEASURED, *ASKED, "", "<", "c", "165", "", "", "", "", "1", *REST[1:])
    assert run.code == 0
    assert wang.sql("SELECT height_cm, smoke_per_day, salt FROM visit ORDER BY id DESC LIMIT 1") == [(165.0, 5, "light")]
    assert sit(wang, "<", "<", "2", command="visit add 1 --on 2026-11-20").out.count("Way of visit") == 3


def test_a_second_sitting_of_the_day_adds_what_was_left_out(wang: Chronic) -> None:
    wang.visit(1, "2026-11-21", "--bp", "138/84", "--danger", "no")
    run = sit(wang, "72", "", "66", "1", "1", "n", "1", *REST)
    assert "2026-11-21 already has visit 2" in run.out
    assert "Blood pressure" not in run.out
    assert wang.sql("SELECT sbp, heart_rate, danger, adr FROM visit WHERE ended_by IS NULL ORDER BY id DESC LIMIT 1") == [
        (138, 72, "no", "no")
    ]  # fmt: skip


@pytest.mark.parametrize(("on", "says"), [("2026-11-22", "future"), ("1950-01-01", "birth")])
def test_a_day_on_which_no_visit_can_be_is_refused_before_the_first_question(wang: Chronic, on: str, says: str) -> None:
    run = sit(wang, command=f"visit add 1 --on {on}")
    assert run.code == 2
    assert says in run.last
    assert "Way of visit" not in run.out


def test_the_next_date_is_the_computed_one_unless_the_doctor_says_another(wang: Chronic) -> None:
    run = sit(wang, *MEASURED, *ASKED, *REST[:-3], "2w", "", "")
    assert "Next visit  [2027-02-21]: " in run.out
    assert wang.sql("SELECT next_visit_date FROM visit ORDER BY id DESC LIMIT 1") == [("2026-12-05",)]


def test_where_a_referral_is_advised_it_is_asked_where_to(wang: Chronic) -> None:
    run = sit(wang, *MEASURED, *ASKED[:-1], "2", *REST[:-3], "县医院", "心内科", "新发并发症", *REST[-3:])
    assert run.code == 0
    told = wang.sql("SELECT referral_org, referral_dept, referral_reason FROM visit ORDER BY id DESC LIMIT 1")
    assert told == [("县医院", "心内科", "新发并发症")]
    assert "Referred to" not in sit(wang, *MEASURED, *ASKED, *REST, command="visit add 1 --on 2026-11-20").out


# what else is due ---------------------------------------------------------------------------------


def test_an_open_referral_is_answered_in_the_same_sitting(wang: Chronic) -> None:
    wang.visit(1, "2026-11-10", "--bp", "186/112")
    run = sit(wang, "1", "", "县医院", "高血压3级", "加量", *MEASURED, *ASKED, *REST)
    assert run.code == 0
    assert "Due: hypertension referral outcome" not in run.out  # not yet due, and asked all the same
    outcomes = wang.sql("SELECT outcome, outcome_on, institution, diagnosis, advice FROM referral_outcome")
    assert outcomes == [("seen", "2026-11-21", "县医院", "高血压3级", "加量")]
    assert wang.sql("SELECT kind FROM plan ORDER BY kind") == [("checkup",), ("followup",)]
    assert wang.sql("SELECT count(*) FROM deed WHERE person = 1 AND recorded_at > ''") == [(4,)]


def test_the_slip_that_is_open_is_answered_and_of_two_neither_is_guessed(wang: Chronic) -> None:
    for _ in range(2):
        wang.ok("refer", "out", 1, "--reason", "复查", "--by-hand", "--on", "2026-11-10")
    assert "Outcome of the referral" not in sit(wang, *MEASURED, command="visit add 1 --on 2026-11-20").out
    wang.ok("refer", "reply", 1, "--slip", "2026-0001", "--outcome", "seen", "--on", "2026-11-12")
    assert sit(wang, "1", "", "", "", "", *MEASURED, *ASKED, *REST).code == 0
    assert wang.sql("SELECT count(*), count(DISTINCT referral) FROM referral_outcome") == [(2, 2)]
    assert wang.rows("refer", "list") == []


def test_the_outcome_never_answers_what_this_visit_opens(wang: Chronic) -> None:
    wang.visit(1, "2026-11-10", "--bp", "186/112")
    run = sit(wang, "1", "", "", "", "", "", "188/114", "72", "", "66", "1", "n", "1", "n", "1", *REST[:-3], *("",) * 6)
    assert run.code == 0
    assert wang.sql("SELECT kind, urgency, since_on FROM plan WHERE kind = 'referral'") == [
        ("referral", "emergency", "2026-11-10")
    ]  # fmt: skip


def test_an_outcome_before_its_referral_is_refused_at_once(wang: Chronic) -> None:
    wang.visit(1, "2026-11-10", "--bp", "186/112")
    out = sit(wang, "1", "2026-11-09", "2026-11-22", "2026-11-12").out
    assert "lies before the referral of 2026-11-10" in out
    assert "lies in the future" in out
    assert "Seen at" in out


def test_what_is_left_over_is_named_after_the_card(wang: Chronic) -> None:
    wang.ok("enrol", 1, "dm", "--on", "2026-10-01", "--yes")
    run = sit(wang, "", "138/84", "72", "-", "", "", "66", "1", "n", "1", "n", "1", "1", "", "", *("1",) * 3, *("",) * 5)
    assert run.code == 0
    assert "Also due today: type 2 diabetes not measured 2026-10-15 (37 days late)" in run.out
    late = wang.visit(1, "2026-11-20", "--bp", "138/84")  # a visit typed in later is nobody's sitting
    assert late["next_due_on"] == "2026-10-15"


def test_someone_suspected_of_the_other_disease_is_measured_for_it(wang: Chronic) -> None:
    wang.ok("screen", "add", 1, "--fpg", "7.4", "--on", "2026-11-01")
    out = sit(wang, "", "138/84", "72", "", "7.2").out
    assert "type 2 diabetes recheck 2026-11-15 (6 days late)" in out
    assert "Please measure it" in out


def test_a_referral_nobody_has_asked_about_is_named_with_the_command(wang: Chronic) -> None:
    wang.visit(1, "2026-10-20", "--bp", "186/112")
    wang.visit(1, "2026-10-21", "--complication", "new")
    run = sit(wang, "", *MEASURED, *ASKED, *REST)
    assert "referral outcome, referred on 2026-10-2" in run.out
    assert "chronic refer reply 1" in run.out


# screening, and nobody there ------------------------------------------------------------------------


def test_a_screening_asks_for_the_readings_and_the_danger_question(chronic: Chronic) -> None:
    chronic.person("周玉珍", "--sex", "F", "--birth-date", "1961-05-01")
    answers = ("", "148/92", "n", "", "", "", "", "", "n", "", "")  # drugs, glucose twice, weight, height, waist, danger
    run = sit(chronic, *answers, command="screen add 1")
    assert run.code == 0
    assert "Suspected hypertension, high on 1 day(s)" in run.out
    assert chronic.sql("SELECT kind, sbp, dbp, bp_drugs, danger FROM visit") == [("screening", 148, 92, "no", "no")]


def test_a_screening_without_any_reading_is_none(chronic: Chronic) -> None:
    chronic.person("周玉珍")
    assert sit(chronic, "-", "", "", "", "", "", "n", "", "", command="screen add 1").code == 2
    assert chronic.sql("SELECT count(*) FROM visit") == [(0,)]


def test_who_is_managed_is_screened_for_the_other_disease_only(wang: Chronic) -> None:
    run = sit(wang, "7.4", "1", "thirst", "", "", "n", "", "", command="screen add 1")  # sample, symptoms, weight, waist
    assert run.code == 0
    assert "Blood pressure" not in run.out
    assert "Typical symptoms and an abnormal test: refer to confirm type 2 diabetes" in run.out
    assert wang.sql("SELECT glucose_sample, symptoms FROM visit WHERE kind = 'screening'") == [("venous", "thirst")]
    wang.ok("enrol", 1, "dm", "--yes")
    assert sit(wang, command="screen add 1").code == 21


@pytest.mark.parametrize(
    "command", ["visit add 1", "visit add 1 --ask dm", "visit add 1 --way home", "screen add 1", "person add"]
)
def test_without_a_screen_or_a_keyboard_nothing_is_asked(wang: Chronic, command: str) -> None:
    for run in (wang(*command.split()), wang(*command.split(), stdin="1\n"), wang(*command.split(), console="utf-8")):
        assert run.code == 2
        assert len(run.err.splitlines()) == 1
        assert run.out == ""
    assert wang(*command.split(), "--yes", stdin="1\n", console="utf-8").code == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sitting_survives_a_gbk_console(wang: Chronic, lang: str) -> None:
    typed = "".join(line + "\n" for line in ("?", *MEASURED, "?", *ASKED, *REST[:-1]))
    old, new = (wang("visit", "add", 1, stdin=typed, console=console, lang=lang) for console in ("gbk", "utf-8"))
    assert old.out == new.out
    assert "138/84" in old.out


def test_a_sitting_in_chinese_is_chinese(wang: Chronic) -> None:
    run = sit(wang, "?", *MEASURED, "1", "?", "n", *ASKED[2:], *REST, lang="zh")
    assert run.code == 0
    said = run.out
    for known in ("mmHg", "mmol/L", "mg/dL", "kg", "BMI", "Ctrl-C", "chronic why", "mg", "[Y/n]", "y 是", "n 否", "y (是)",
                  "n (否)", "c 逐项", "kPa", "HI", "LO"):  # fmt: skip
        said = said.replace(known, "")
    assert not [word for word in said.split() if word.isascii() and word.isalpha()]
