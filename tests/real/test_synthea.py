"""617 synthetic people with a lifetime of pressures, glucose, HbA1c, weight and height, children and the dead among them."""

import pytest

from tests.real import convert, shared
from tests.real.clinic import Clinic, folder, opened
from tests.runner import Chronic

TODAY = "2021-04-15"
READ_AS_FASTING = frozenset({"2339-0", "2345-7"})
"""These codes do not say that the person was fasting. Read as if they did, the diabetes classes are tried as well."""


@pytest.fixture(scope="module", params=["as_the_codes_say", "as_if_fasting"])
def clinic(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    data = folder("synthea_fhir", "patients.csv", "observations_long.csv.gz")
    into = tmp_path_factory.mktemp(request.param)
    codes = READ_AS_FASTING if request.param == "as_if_fasting" else convert.FASTING_CODES
    clinic = opened(Chronic(into), convert.synthea(data, into, codes), TODAY)
    clinic.report(f"synthea, {request.param}")
    return clinic


def test_impossible_values_visits_after_death_and_second_values_of_a_day_are_refused(clinic: Clinic) -> None:
    shared.check_refusals(clinic, "people")
    shared.check_refusals(clinic, "visits")
    assert {"value.out_of_range", "bmi.impossible", "visit.after_closing", "visit.same_day_conflict"} <= {
        *clinic.told["visits"].refusals
    }
    assert clinic.told["visits"].warnings["bp.decimal"] == clinic.expected.decimals


def test_every_visit_has_the_class_of_the_plain_rules(clinic: Clinic) -> None:
    shared.check_verdicts(clinic)


def test_without_fasting_glucose_diabetes_is_not_assessed(clinic: Clinic) -> None:
    classes = {verdict.klass for (_, _, programme), verdict in clinic.stored_verdicts().items() if programme == "dm"}
    fasting = any("fpg" in visit.values for visits in clinic.expected.seen.values() for visit in visits)
    assert classes == ({"controlled", "uncontrolled", "not_assessed"} if fasting else {"not_assessed"})


def test_overdue_lists_the_living_by_danger_referral_and_class(clinic: Clinic) -> None:
    rows = shared.check_overdue(clinic)
    print(f"\n  overdue {len(rows):,}, with open danger {sum(bool(row['danger']) for row in rows):,}")
    assert rows


def test_the_same_sheets_again_change_nothing(clinic: Clinic) -> None:
    shared.check_taken_again(clinic)
