"""Which rows of the real sheets must be refused, written plainly from the data dictionary and the rule book.

Nothing of `chronic` is imported, as in `plain`.
"""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tests.real.plain import Known, day

Row = dict[str, str]

NUMBERS = ("sbp", "dbp", "fpg", "random_glucose", "hba1c", "weight_kg", "height_cm")
POSSIBLE = {
    "sbp": (50, 300), "dbp": (20, 200), "fpg": (0.6, 45), "random_glucose": (0.6, 60), "hba1c": (3, 20),
    "weight_kg": (20, 250), "height_cm": (80, 230),
}  # fmt: skip
OTHER_UNIT = {
    "sbp": (6, 40), "dbp": (4, 19.9), "fpg": (45.01, 900), "random_glucose": (60.01, 1100), "hba1c": (20.01, 200),
    "height_cm": (1.2, 2.3),
}  # fmt: skip


def numbers(row: Row) -> dict[str, float]:
    """The numbers of a row of visits; pressures are whole, rounded half up."""
    found = {}
    for column in NUMBERS:
        if row.get(column):
            whole = Decimal(row[column]).quantize(Decimal(1), ROUND_HALF_UP) if column in ("sbp", "dbp") else None
            found[column] = float(row[column] if whole is None else whole)
    return found


def person_refusals(row: Row, today: date) -> Iterator[str]:
    """Why a row of people cannot be taken, a code for each reason."""
    born = day(row["birth_date"])
    if not row["person_ref"] and not row["id_number"]:
        yield "row.no_key"
    if born is not None and born > today and row["id_number"]:
        yield "id.future"  # the number is read before anything is compared
        return
    columns = ("registered_on", "closed_on", "htn_enrolled_on", "htn_diagnosed_on", "dm_enrolled_on", "dm_diagnosed_on")
    for on in filter(None, (born, *(day(row[column]) for column in columns))):
        if on > today:
            yield "value.future"
        elif born is not None and on < born:
            yield "value.before_birth"


def visit_refusals(row: Row, whose: Known | None, today: date) -> Iterator[str]:
    """Why a row of visits cannot be taken, as far as it does not depend on other rows."""
    if whose is None:
        yield "person.unknown"
        return
    values, on = numbers(row), date.fromisoformat(row["visit_date"])
    for column, value in values.items():
        low, high = POSSIBLE[column]
        if not low <= value <= high:
            slip = OTHER_UNIT.get(column)
            yield "value.unit_slip" if slip and slip[0] <= value <= slip[1] else "value.out_of_range"
    if "sbp" in values and "dbp" in values and values["sbp"] <= values["dbp"]:
        yield "bp.crossed"
    if "weight_kg" in values and "height_cm" in values:
        bmi = values["weight_kg"] / (values["height_cm"] / 100) ** 2
        if not 10 <= bmi <= 70:
            yield "bmi.impossible"
    if on > today:
        yield "visit.future"
    if whose.born is not None and on < whose.born:
        yield "visit.before_birth"
    if whose.closed_on is not None and on > whose.closed_on:
        yield "visit.after_closing"
