"""Advice: a line where a factor is present, a question where it is not known, silence while a danger is open."""

from datetime import date

import pytest

from chronic.protocol import DEFAULT, load
from chronic.protocol.advice import Advice
from chronic.rules.advice import Facts, Told, Value, advise

NATIONAL = load(DEFAULT)
BOOK = Advice.of(NATIONAL)
TODAY = date(2026, 11, 21)
SEEN = date(2026, 11, 1)


def facts(
    last: dict[str, object] | None = None, born: date | None = date(1966, 5, 5), sex: str = "F",
    programmes: tuple[str, ...] = ("htn", "dm"), danger: tuple[str, ...] = (), smoking: str | None = None, on: date = SEEN,
) -> Facts:  # fmt: skip
    known = {column: Value(value, on) for column, value in (last or {}).items()}
    return Facts(TODAY, sex, born, smoking, frozenset(programmes), danger, known, NATIONAL, BOOK.known.within)


def line(code: str, known: Facts) -> Told | None:
    return next((told for told in advise(known, BOOK) if told.code == code), None)


def kind(code: str, known: Facts) -> str:
    told = line(code, known)
    return told.kind if told else "-"


def test_of_someone_unknown_everything_is_asked_and_nothing_told() -> None:
    told = advise(facts(born=None, sex="unknown"), BOOK)
    assert {line.kind for line in told} == {"ask"}
    assert {line.code for line in told} == set(BOOK.lines) - {"low_glucose"}


def test_a_line_is_for_the_programmes_it_names() -> None:
    assert kind("staple_food", facts(programmes=("htn",))) == "-"
    assert kind("pressure", facts(programmes=("dm",))) == "-"
    assert kind("salt", facts(programmes=("lipid",))) == "ask"
    assert kind("pressure", facts(programmes=())) == "ask"


def test_nothing_is_said_while_a_danger_is_open() -> None:
    assert advise(facts({"salt": "heavy", "smoke_per_day": 20}, danger=("danger.bp",)), BOOK) == []


@pytest.mark.parametrize("programmes", [("dm",), ("htn",), ()])
def test_what_helps_at_once_with_low_sugar_is_said_alone(programmes: tuple[str, ...]) -> None:
    known = facts({"salt": "heavy"}, danger=("danger.glucose_low",), programmes=programmes)
    assert [(line.code, line.kind) for line in advise(known, BOOK)] == [("low_glucose", "tell")]


def test_what_is_told_comes_before_what_is_asked_both_in_the_books_order() -> None:
    told = advise(facts({"salt": "heavy", "adherence": "none", "alcohol_liang_per_day": 2.0}), BOOK)
    codes = [line.code for line in told]
    assert codes[:3] == ["adherence", "salt", "alcohol"]
    assert codes[3:] == [code for code in BOOK.lines if code not in (*codes[:3], "low_glucose")]


@pytest.mark.parametrize(
    ("code", "last", "expected"),
    [
        ("salt", {"salt": "light"}, "-"), ("salt", {"salt": "medium"}, "tell"), ("salt", {"salt": "heavy"}, "tell"),
        ("adherence", {"adherence": "regular"}, "-"), ("adherence", {"adherence": "intermittent"}, "tell"),
        ("adherence", {"adherence": "none"}, "tell"),
        ("hypoglycaemia", {"hypoglycemia": "none"}, "-"), ("hypoglycaemia", {"hypoglycemia": "occasional"}, "tell"),
        ("alcohol", {"alcohol_liang_per_day": 0.0}, "-"), ("alcohol", {"alcohol_liang_per_day": 0.1}, "tell"),
        ("smoking", {"smoke_per_day": 0}, "-"), ("smoking", {"smoke_per_day": 1}, "tell"),
        ("mind", {"psych": "good"}, "-"), ("mind", {"psych": "fair"}, "tell"), ("mind", {"psych": "poor"}, "tell"),
        ("hba1c", {"hba1c": 6.9}, "-"), ("hba1c", {"hba1c": 7.0}, "tell"), ("hba1c", {"hba1c": 7.1}, "tell"),
        ("glucose", {"fpg": 6.9}, "-"), ("glucose", {"fpg": 7.0}, "tell"), ("glucose", {"fpg": "HI"}, "tell"),
        ("glucose", {"fpg": "LO"}, "-"), ("glucose", {"ppg_2h": 12.0}, "ask"),
        ("exercise", {"exercise_per_week": 5, "exercise_minutes": 30}, "-"),
        ("exercise", {"exercise_per_week": 4, "exercise_minutes": 30}, "tell"),
        ("exercise", {"exercise_per_week": 5, "exercise_minutes": 29}, "tell"),
        ("exercise", {"exercise_per_week": 6, "exercise_minutes": 31}, "-"),
        ("exercise", {"exercise_per_week": 0}, "tell"), ("exercise", {"exercise_per_week": 7}, "ask"),
        ("exercise", {"exercise_minutes": 30}, "ask"),
        ("staple_food", {"staple_food_g": 300, "staple_target_g": 300}, "-"),
        ("staple_food", {"staple_food_g": 301, "staple_target_g": 300}, "tell"),
        ("staple_food", {"staple_food_g": 300}, "ask"), ("staple_food", {"staple_target_g": 300}, "ask"),
    ],
)  # fmt: skip
def test_a_factor_is_present_absent_or_asked(code: str, last: dict[str, object], expected: str) -> None:
    assert kind(code, facts(last)) == expected


@pytest.mark.parametrize(
    ("born", "weight", "expected"),
    [
        (date(1966, 1, 1), 61.3, "-"), (date(1966, 1, 1), 61.44, "tell"), (date(1966, 1, 1), 62.0, "tell"),
        (date(1946, 11, 21), 68.0, "-"), (date(1946, 11, 22), 68.0, "tell"),  # 80 today, and tomorrow
        (date(1940, 1, 1), 69.0, "-"), (date(1940, 1, 1), 69.12, "tell"), (None, 62.0, "tell"),
    ],
)  # fmt: skip
def test_weight_by_height_and_later_from_eighty_on(born: date | None, weight: float, expected: str) -> None:
    assert kind("weight", facts({"weight_kg": weight, "height_cm": 160.0}, born=born)) == expected


def test_the_weight_to_reach_is_said_in_kilograms() -> None:
    told = line("weight", facts({"weight_kg": 80.0, "height_cm": 160.0}))
    assert told is not None
    assert told.values == {"value": 80.0, "bmi": 31.2, "limit": 24.0, "goal": 61}


def test_height_does_not_age_and_weight_does() -> None:
    known = facts({"weight_kg": 80.0})
    old = known._replace(last={**known.last, "height_cm": Value(160.0, date(2015, 1, 1))})
    assert kind("weight", old) == "tell"
    assert kind("weight", facts({"weight_kg": 80.0, "height_cm": 160.0}, on=date(2015, 1, 1))) == "ask"


@pytest.mark.parametrize(
    ("sex", "waist", "expected"),
    [
        ("M", 89.9, "-"), ("M", 90.0, "tell"), ("M", 90.1, "tell"), ("F", 84.9, "-"), ("F", 85.0, "tell"),
        ("F", 85.1, "tell"), ("unknown", 120.0, "ask"),
    ],
)  # fmt: skip
def test_waist_by_sex(sex: str, waist: float, expected: str) -> None:
    assert kind("waist", facts({"waist_cm": waist}, sex=sex)) == expected


@pytest.mark.parametrize(
    ("born", "sbp", "dbp", "expected"),
    [
        (date(1966, 1, 1), 139, 89, "-"), (date(1966, 1, 1), 140, 89, "tell"), (date(1966, 1, 1), 139, 90, "tell"),
        (date(1961, 11, 21), 149, 89, "-"), (date(1961, 11, 21), 150, 89, "tell"), (date(1961, 11, 22), 149, 89, "tell"),
        (None, 145, 80, "tell"), (date(1966, 1, 1), 130, None, "ask"), (date(1966, 1, 1), 150, None, "tell"),
    ],
)  # fmt: skip
def test_pressure_against_the_forms_own_limit(born: date | None, sbp: int, dbp: int | None, expected: str) -> None:
    last: dict[str, object] = {name: value for name, value in (("sbp", sbp), ("dbp", dbp)) if value is not None}
    assert kind("pressure", facts(last, born=born)) == expected


def test_two_pressures_of_different_days_are_not_one() -> None:
    known = facts({"sbp": 130})
    apart = known._replace(last={**known.last, "dbp": Value(95, date(2026, 10, 1))})
    assert kind("pressure", apart) == "ask"


def test_the_limit_told_is_that_of_the_age() -> None:
    told = line("pressure", facts({"sbp": 160, "dbp": 80}, born=date(1950, 1, 1)))
    assert told is not None
    assert told.values == {"value": "160/80", "limit": "150/90"}


@pytest.mark.parametrize(
    ("told", "register", "expected"),
    [(None, None, "ask"), (None, "current", "tell"), (None, "former", "-"), (None, "never", "-"), (0, "current", "-")],
)
def test_smoking_as_last_told_before_the_register(told: int | None, register: str | None, expected: str) -> None:
    last: dict[str, object] = {} if told is None else {"smoke_per_day": told}
    assert kind("smoking", facts(last, smoking=register)) == expected


@pytest.mark.parametrize(("on", "expected"), [(date(2025, 11, 21), "tell"), (date(2025, 11, 20), "ask")])
def test_what_is_older_than_a_year_is_asked_again(on: date, expected: str) -> None:
    assert kind("salt", facts({"salt": "heavy"}, on=on)) == expected


def test_how_long_exercise_lasts_is_nothing_where_there_is_none() -> None:
    (told,) = (line for line in advise(facts({"exercise_per_week": 0}), BOOK) if line.code == "exercise")
    assert told.values["minutes"] == 0
