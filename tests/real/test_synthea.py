"""617 synthetic people with a lifetime of pressures, glucose, HbA1c, weight and height, children and the dead among them."""

from typing import NamedTuple

import pytest

from tests.real import checks, convert
from tests.real.clinic import Clinic, folder, opened
from tests.runner import Chronic

TODAY = "2021-04-15"
READ_AS_FASTING = frozenset({"2339-0", "2345-7"})
"""These codes do not say that the person was fasting. Read as if they did, the diabetes classes are tried as well."""


class Reading(NamedTuple):
    """One way of reading the same files."""

    fasting: frozenset[str]
    enrol: bool = True


READINGS = {
    "as the codes say": Reading(convert.FASTING_CODES),
    "as if fasting": Reading(READ_AS_FASTING),
    "nobody enrolled": Reading(READ_AS_FASTING, enrol=False),
}


@pytest.fixture(scope="module", params=READINGS)
def clinic(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    data = folder("synthea_fhir", "patients.csv", "observations_long.csv.gz")
    into = tmp_path_factory.mktemp("synthea")
    clinic = opened(Chronic(into), convert.synthea(data, into, *READINGS[request.param]), TODAY)
    clinic.report(f"synthea, {request.param}")
    return clinic


def test_impossible_values_visits_after_death_and_second_values_of_a_day_are_refused(clinic: Clinic) -> None:
    checks.check_refusals(clinic, "people")
    checks.check_refusals(clinic, "visits")
    assert {"value.out_of_range", "bmi.impossible", "visit.after_closing", "visit.same_day_conflict"} <= {
        *clinic.told["visits"].refusals
    }
    assert clinic.told["visits"].warnings["bp.decimal"] == clinic.expected.decimals


def test_every_visit_has_the_class_of_the_plain_rules(clinic: Clinic) -> None:
    checks.check_verdicts(clinic)


def test_only_fasting_glucose_gives_diabetes_a_class(clinic: Clinic) -> None:
    classes = {verdict.klass for (_, _, programme), verdict in clinic.stored_verdicts().items() if programme == "dm"}
    fasting = any("fpg" in visit.values for visits in clinic.expected.seen.values() for visit in visits)
    assert classes <= ({"controlled", "uncontrolled", "not_assessed"} if fasting else {"not_assessed"})


def test_overdue_lists_the_living_by_danger_referral_and_class(clinic: Clinic) -> None:
    rows = checks.check_overdue(clinic)
    print(f"\n  overdue {len(rows):,}")
    assert bool(rows) is any(whose.enrolled for whose in clinic.expected.known.values())


def test_high_readings_of_people_not_enrolled_are_suspicions(clinic: Clinic) -> None:
    print(f"\n  suspected {checks.check_suspects(clinic):,}")


def test_danger_stays_open_until_someone_sees_to_it(clinic: Clinic) -> None:
    print(f"\n  open danger {checks.check_danger(clinic):,}")


def test_the_same_sheets_again_change_nothing(clinic: Clinic) -> None:
    checks.check_taken_again(clinic)
