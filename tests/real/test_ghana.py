"""757 people of a hypertension programme, three points in time, some of them missed."""

from datetime import date

import pytest

from tests.real import checks, convert
from tests.real.clinic import Clinic, folder, opened
from tests.runner import Chronic

TODAY = "2014-09-01"
"""The first 12-month visits are 8 months old and a few lie ahead: some people are late, some are not, some rows refused."""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    data = folder("longitudinal", "bp_ghana.csv")
    into = tmp_path_factory.mktemp("ghana")
    return opened(Chronic(into), convert.ghana(data, into), TODAY)


def test_everyone_is_taken_in_and_a_pressure_alone_is_enough_for_a_visit(clinic: Clinic) -> None:
    checks.check_refusals(clinic, "people")
    checks.check_refusals(clinic, "visits")
    single = sum(len(visit.values) == 1 for visits in clinic.expected.seen.values() for visit in visits)
    assert clinic.told["visits"].warnings["bp.single"] == single > 0
    assert clinic.told["visits"].warnings["bp.decimal"] == clinic.expected.decimals


def test_every_visit_has_the_class_of_the_plain_rules(clinic: Clinic) -> None:
    checks.check_verdicts(clinic)
    assert {verdict.klass for verdict in clinic.stored_verdicts().values()} == {"controlled", "uncontrolled", "not_assessed"}


def test_who_missed_a_visit_is_overdue_and_in_the_documented_order(clinic: Clinic) -> None:
    clinic.report("ghana")
    rows = checks.check_overdue(clinic)
    print(f"  overdue {len(rows):,}")
    refs = {number: ref for ref, number in clinic.numbers().items()}
    late = {refs[row["person_id"]] for row in rows}
    missed = {ref for ref, seen in clinic.expected.seen.items() if seen[-1].on < date(2014, 1, 1)}
    assert missed
    assert missed <= late


def test_the_same_sheets_again_change_nothing(clinic: Clinic) -> None:
    checks.check_taken_again(clinic)
