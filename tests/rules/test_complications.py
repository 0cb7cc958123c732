"""The matrix of the six diseases: whom a test is for, how long a result counts, what it calls for; every edge."""

from datetime import date, timedelta

import pytest

from chronic.model.fields import PULSES
from chronic.model.result import Result
from chronic.protocol import DEFAULT, load
from chronic.protocol.complications import Complications
from chronic.rules.complications import Standing, Who, matrix

BOOK = Complications.of(load(DEFAULT))
TODAY = date(2026, 11, 21)
EVERYTHING = frozenset({"htn", "dm", "lipid"})


def who(*programmes: str, age: int | None = 60, smoker: bool | None = False) -> Who:
    return Who(frozenset(programmes), age, smoker)


def stand(code: str, *results: Result, of: Who | None = None, today: date = TODAY) -> Standing | None:
    found = matrix(of or who("htn", "dm", age=60), results, today, BOOK)
    return next((standing for standing in found if standing.code == code), None)


def state(code: str, *results: Result, of: Who | None = None, today: date = TODAY) -> str:
    standing = stand(code, *results, of=of, today=today)
    return standing.state if standing else "-"


# whom a test is for -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "of", "expected"),
    [
        ("ecg", who("htn", age=34), "-"), ("ecg", who("htn", age=35), "never"), ("ecg", who("lipid", age=35), "never"),
        ("lipids", who("htn", age=34), "-"), ("lipids", who("htn", age=35), "never"), ("lipids", who("dm", age=20), "never"),
        ("carotid", who("dm", age=39), "-"), ("carotid", who("dm", age=40), "never"),
        ("uacr", who("htn", age=20), "never"), ("uacr", who("dm", age=20), "never"), ("uacr", who("lipid", age=60), "-"),
        ("fundus", who("dm", age=20), "never"), ("fundus", who("htn", age=60), "-"),
        ("monofilament", who("htn", "lipid"), "-"), ("monofilament", who("dm"), "never"),
        ("foot_pulse", who("dm", age=20), "never"), ("foot_pulse", who("htn", age=49), "-"),
        ("foot_pulse", who("htn", age=50), "never"), ("foot_pulse", who("htn", age=30, smoker=True), "never"),
        ("foot_pulse", who("htn", age=30, smoker=False), "-"),
        ("hba1c", who("htn"), "-"), ("hba1c", who("dm"), "never"),
        ("ecg", who(), "-"), ("potassium", who("htn", "dm"), "-"),
    ],
)  # fmt: skip
def test_whom_a_test_is_for(code: str, of: Who, expected: str) -> None:
    assert state(code, of=of) == expected


@pytest.mark.parametrize(
    ("code", "of", "unknown"),
    [
        ("ecg", who("htn", age=None), ("birth_date",)),
        ("foot_pulse", who("htn", age=30, smoker=None), ("smoking_status",)),
        ("foot_pulse", who("htn", age=50, smoker=None), ()),
        ("foot_pulse", who("dm", age=None, smoker=None), ()),
        ("fundus", who("dm", age=None, smoker=None), ()),
    ],
)
def test_what_is_not_known_frees_nobody_and_is_said(code: str, of: Who, unknown: tuple[str, ...]) -> None:
    standing = stand(code, of=of)
    assert standing is not None
    assert (standing.state, standing.unknown) == ("never", unknown)


# how long a result counts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "institution", "last_day"),
    [
        ("ecg", None, date(2026, 11, 21)), ("ecg", "县医院", date(2026, 11, 21)), ("fundus", "县医院", date(2026, 11, 21)),
        ("hba1c", None, date(2026, 5, 21)), ("hba1c", "县医院", date(2026, 2, 21)),
        ("foot_pulse", None, date(2026, 2, 21)),
    ],
)  # fmt: skip
def test_a_result_counts_to_the_last_day_of_its_window(code: str, institution: str | None, last_day: date) -> None:
    done = Result(code, date(2025, 11, 21), result="normal", institution=institution)
    for days, expected in ((-1, "done"), (0, "done"), (1, "due")):
        standing = stand(code, done, today=last_day + timedelta(days=days))
        assert standing is not None
        assert (standing.state, standing.due_on, standing.last) == (expected, last_day, done)


def test_the_window_ends_with_the_month_where_the_day_is_missing() -> None:
    done = Result("foot_pulse", date(2025, 11, 30), result="normal")
    assert state("foot_pulse", done, today=date(2026, 2, 28)) == "done"
    assert state("foot_pulse", done, today=date(2026, 3, 1)) == "due"
    leap = Result("ecg", date(2024, 2, 29), result="normal")
    assert state("ecg", leap, today=date(2025, 2, 28)) == "done"
    assert state("ecg", leap, today=date(2025, 3, 1)) == "due"


def test_an_older_result_of_ours_may_count_longer_than_a_newer_one_from_elsewhere() -> None:
    ours = Result("hba1c", date(2026, 6, 1), value=6.5)
    theirs = Result("hba1c", date(2026, 7, 1), value=6.6, institution="县医院")
    standing = stand("hba1c", theirs, ours)
    assert standing is not None
    assert (standing.state, standing.due_on, standing.last) == ("done", date(2026, 12, 1), ours)


def test_a_value_of_a_visit_satisfies_the_test_it_belongs_to() -> None:
    assert state("lipids", Result("ldl_c", date(2026, 6, 1), value=2.4)) == "done"
    assert state("creatinine", Result("creatinine", date(2026, 6, 1), value=80)) == "done"
    assert state("foot_pulse", Result("dorsalis_pedis", date(2026, 10, 1), word="normal")) == "done"
    assert state("lipids", Result("smoke_per_day", date(2026, 6, 1), value=10)) == "never"


# what a result calls for ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "column", "value", "flag"),
    [
        ("uacr", "uacr", 29.9, None), ("uacr", "uacr", 30.0, "raised"), ("uacr", "uacr", 30.1, "raised"),
        ("creatinine", "egfr", 60.0, None), ("creatinine", "egfr", 59.9, "low"), ("creatinine", "egfr", 30.0, "low"),
        ("creatinine", "egfr", 29.9, "very_low"), ("creatinine", "creatinine", 500.0, None),
        ("lipids", "tg", 5.5, None), ("lipids", "tg", 5.6, "triglycerides"), ("lipids", "tg", 5.7, "triglycerides"),
        ("lipids", "ldl_c", 6.0, None),
        ("abi", "abi", 0.9, None), ("abi", "abi", 0.89, "low"),
    ],
)  # fmt: skip
def test_a_value_calls_for_something_from_its_limit_on(code: str, column: str, value: float, flag: str | None) -> None:
    standing = stand(code, Result(column, date(2026, 11, 1), value=value))
    assert standing is not None
    assert (standing.flag, standing.state) == (flag, "flagged" if flag else "done")


@pytest.mark.parametrize("word", PULSES)
def test_every_weak_or_absent_pulse_calls_for_something(word: str) -> None:
    standing = stand("foot_pulse", Result("dorsalis_pedis", date(2026, 11, 1), word=word))
    assert standing is not None
    assert (standing.flag is None) == (word == "normal")


@pytest.mark.parametrize("code", [code for code, item in BOOK.tests.items() if item.whom and code != "hba1c"])
def test_an_abnormal_result_calls_for_something_and_a_normal_one_for_nothing(code: str) -> None:
    abnormal, normal = (Result(code, date(2026, 11, 1), result=said) for said in ("abnormal", "normal"))
    assert state(code, abnormal) == "flagged"
    assert state(code, normal) == "done"


def test_the_action_has_its_own_day() -> None:
    repeat = stand("uacr", Result("uacr", date(2026, 11, 1), value=45))
    refer = stand("ecg", Result("ecg", date(2026, 11, 1), result="abnormal"))
    assert repeat is not None
    assert refer is not None
    assert (repeat.due_on, refer.due_on) == (date(2027, 2, 1), date(2026, 11, 15))


def test_a_newer_result_answers_an_older_one_and_not_the_other_way_round() -> None:
    bad, good = Result("uacr", date(2026, 5, 1), value=45), Result("uacr", date(2026, 8, 1), value=12)
    assert state("uacr", bad, good) == state("uacr", good, bad) == "done"
    worse = good._replace(done_on=date(2026, 4, 1))
    assert state("uacr", bad, worse) == "flagged"
    assert (
        state("ecg", Result("ecg", date(2026, 5, 1), result="abnormal"), Result("ecg", date(2026, 6, 1), result="normal"))
        == "done"
    )


def test_an_abnormal_report_is_answered_by_a_value_that_can_be_judged() -> None:
    said = Result("uacr", date(2026, 5, 1), result="abnormal")
    assert state("uacr", said, Result("uacr", date(2026, 6, 1), value=12)) == "done"
    kidney = Result("creatinine", date(2026, 5, 1), result="abnormal")
    assert state("creatinine", kidney, Result("creatinine", date(2026, 6, 1), value=80)) == "flagged"
    assert state("creatinine", kidney, Result("egfr", date(2026, 6, 1), value=95)) == "done"
    pulse = Result("foot_pulse", date(2026, 10, 1), result="abnormal")
    assert state("foot_pulse", pulse, Result("dorsalis_pedis", date(2026, 11, 1), word="normal")) == "done"


def test_one_value_does_not_answer_for_another() -> None:
    high = Result("tg", date(2026, 5, 1), value=7.0)
    assert state("lipids", high, Result("ldl_c", date(2026, 6, 1), value=2.0)) == "flagged"
    assert state("lipids", high, Result("tg", date(2026, 6, 1), value=2.0)) == "done"


def test_of_two_results_of_one_day_the_later_entry_counts() -> None:
    first = Result("ecg", date(2026, 5, 1), result="abnormal", number=1, institution="县医院")
    assert state("ecg", first, Result("ecg", date(2026, 5, 1), result="normal", number=2)) == "done"


def test_an_abnormal_result_is_shown_to_someone_the_test_is_not_for() -> None:
    found = Result("fundus", date(2026, 5, 1), result="abnormal")
    assert state("fundus", found, of=who("htn")) == "flagged"
    assert state("fundus", found._replace(result="normal"), of=who("htn")) == "-"


def test_what_calls_for_something_comes_first_then_what_was_never_done() -> None:
    told = [("uacr", 2026, "abnormal"), ("fundus", 2026, "normal"), ("ecg", 2024, "normal")]
    results = [Result(test, date(year, 5, 1), result=said) for test, year, said in told]
    found = matrix(who("dm"), results, TODAY, BOOK)
    states = [standing.state for standing in found]
    assert states[0] == "flagged"
    assert states == sorted(states, key=["flagged", "never", "due", "done"].index)
    assert {"never", "due", "done"} < set(states)


def test_a_county_without_a_disease_asks_for_none_of_its_tests() -> None:
    short = BOOK.but(in_force=BOOK.in_force.but(diseases=["chd"]))
    codes = {standing.code for standing in matrix(Who(EVERYTHING, 60, True), [], TODAY, short)}
    assert codes == {"ecg", "lipids", "hba1c"}
