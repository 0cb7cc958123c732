"""Real files to sheets in the canonical columns of `chronic import`.

What a file does not hold is invented, always the same way: Chinese names, identity numbers with a valid check
character (born on the birth date, sex from the data; nobody of unknown sex or birth gets one), and for the
study without dates the days of its visits. What it does hold stays as it stands, decimals and impossible dates too.
Every file is streamed; only what joins two files is kept in memory.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from chronic.model.units import GLUCOSE_MG_DL_PER_MMOL_L, mmol_from_mg

Row = dict[str, str]

PEOPLE = (
    "person_ref", "name", "sex", "birth_date", "id_number", "township", "village", "registered_on", "programmes",
    "htn_enrolled_on", "htn_diagnosed_on", "dm_enrolled_on", "dm_diagnosed_on", "closed_on", "closed_reason",
)  # fmt: skip
VISITS = (
    "person_ref", "id_number", "visit_date", "way", "sbp", "dbp", "fpg", "random_glucose", "hba1c",
    "weight_kg", "height_cm",
)  # fmt: skip

_FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "秀英桂兰玉珍淑华丽建国志强明军永福文德海平春梅金凤红霞子涵宇轩思远雨桐嘉怡浩然梓萱晓东立新"
_AREA = "331024"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SEXES = {"male": "M", "female": "F"}

STUDY_BEGAN = date(2013, 1, 7)
STUDY_INTAKE_DAYS = 240
"""bp_ghana has no dates: people are taken to have come in turn over so many days."""
_STUDY_VISITS = {"Baseline": 0, "6Months": 6, "12Months": 12}
_STUDY_SEXES = {"0": "M", "1": "F"}  # three of five are 1, as the study reports of its women

FASTING_CODES = frozenset({"1558-6", "76629-5", "14771-0"})
"""LOINC codes that say fasting. The codes in these files, 2339-0 and 2345-7 (blood, serum), do not."""
_MEASURES = {"SBP": "sbp", "DBP": "dbp", "HBA1C": "hba1c", "WEIGHT": "weight_kg", "HEIGHT": "height_cm"}


class Sheets(NamedTuple):
    """The two canonical sheets that were written."""

    people: Path
    visits: Path


class Invented:
    """Names and identity numbers, the same for the same people in the same order."""

    def __init__(self) -> None:
        self._born: Counter[tuple[str, str]] = Counter()

    def name(self, ref: str) -> str:
        seed = blake2b(ref.encode(), digest_size=4).digest()
        given = _GIVEN[seed[1] % len(_GIVEN)] + (_GIVEN[seed[2] % len(_GIVEN)] if seed[3] % 4 else "")
        return _FAMILIES[seed[0] % len(_FAMILIES)] + given

    def number(self, born: str, sex: str) -> str:
        """An 18-character identity number, blank without birth date or sex."""
        if sex not in ("M", "F") or not born:
            return ""
        place = self._born[born, sex]
        self._born[born, sex] += 1
        digits = f"{_AREA}{born.replace('-', '')}{2 * place + (sex == 'M'):03d}"
        return digits + "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True)) % 11]


def hearts(folder: Path, into: Path) -> Sheets:
    """fppm_*: everybody registered; who has a first hypertension visit is registered that day and enrolled, those
    whose follow-ups say diabetes in both programmes. Facilities become villages, districts townships."""
    facilities = {row["facility_id"]: row for row in _read(folder / "fppm_facilities.csv.gz")}
    first = {row["patient_id"]: row["visit_date"] for row in _read(folder / "fppm_htn_initial_visits.csv.gz")}
    follow_ups = folder / "fppm_htn_follow_up_visits.csv.gz"
    diabetic = {row["patient_id"] for row in _read(follow_ups) if row["diabetes"] == "True"}
    invented = Invented()

    def people() -> Iterator[Row]:
        for row in _read(folder / "fppm_patients.csv.gz"):
            ref, born, facility = row["patient_id"], row["birthdate"], facilities[row["facility_id"]]
            sex = _SEXES.get(row["gender"].lower(), "unknown")
            programmes = [*(["htn"] if ref in first else []), *(["dm"] if ref in diabetic else [])]
            yield {
                "person_ref": ref, "name": invented.name(ref), "sex": sex, "birth_date": born,
                "id_number": invented.number(born, sex), "township": facility["district"], "village": facility["facility"],
                "registered_on": first.get(ref, ""), "programmes": ";".join(programmes),
            }  # fmt: skip

    def visits() -> Iterator[Row]:
        for path in (folder / "fppm_htn_initial_visits.csv.gz", follow_ups):
            for row in _read(path):
                yield {
                    "person_ref": row["patient_id"], "visit_date": row["visit_date"], "way": "clinic",
                    "sbp": row["sbp"], "dbp": row["dbp"],
                }  # fmt: skip

    return _write(into, people(), visits())


def ghana(folder: Path, into: Path) -> Sheets:
    """bp_ghana: everybody in the hypertension programme from the first day, age at it from the data (0 is "not told"),
    visits half a year apart. A point in time without any pressure is a visit that did not happen."""
    path, invented = folder / "bp_ghana.csv", Invented()

    def studied() -> Iterator[tuple[str, date, list[Row]]]:
        for place, (ref, rows) in enumerate(groupby(_read(path), key=lambda row: row["ID"])):
            yield ref, STUDY_BEGAN + timedelta(days=place % STUDY_INTAKE_DAYS), list(rows)

    def people() -> Iterator[Row]:
        for ref, began, rows in studied():
            sex, age = _STUDY_SEXES[rows[0]["Gender"]], int(rows[0]["Age"])
            born = date(began.year - age, 1, 1).isoformat() if age else ""
            yield {
                "person_ref": ref, "name": invented.name(ref), "sex": sex, "birth_date": born,
                "id_number": invented.number(born, sex), "village": f"{rows[0]['SiteNumber']}号村",
                "registered_on": began.isoformat(), "programmes": "htn",
            }  # fmt: skip

    def visits() -> Iterator[Row]:
        for ref, began, rows in studied():
            for row in rows:
                if row["SBP"] or row["DBP"]:
                    on = began + relativedelta(months=_STUDY_VISITS[row["Time_Elapsed"]])
                    yield {"person_ref": ref, "visit_date": on.isoformat(), "sbp": row["SBP"], "dbp": row["DBP"]}

    return _write(into, people(), visits())


def synthea(folder: Path, into: Path, fasting: frozenset[str] = FASTING_CODES, enrol: bool = True) -> Sheets:
    """Patients with the day of their hypertension and diabetes as enrolment, and a visit a day with measurements.

    Glucose is fasting glucose where its code is one of `fasting`, else random; mg/dL become mmol/L. A second value
    of the same measure on one day stands in a row of its own. The dead are closed on their day. With `enrol` false the
    same people are only residents.
    """
    invented, numbers = Invented(), dict[str, str]()

    def people() -> Iterator[Row]:
        for row in _read(folder / "patients.csv"):
            ref, born, sex = row["patient"], row["birthDate"], _SEXES.get(row["gender"], "unknown")
            numbers[ref] = invented.number(born, sex)
            htn, dm = (row["hypertension_onset"], row["diabetes_onset"]) if enrol else ("", "")
            yield {
                "person_ref": ref, "name": invented.name(ref), "sex": sex, "birth_date": born, "id_number": numbers[ref],
                "programmes": ";".join([*(["htn"] if htn else []), *(["dm"] if dm else [])]),
                "htn_enrolled_on": htn, "htn_diagnosed_on": htn, "dm_enrolled_on": dm, "dm_diagnosed_on": dm,
                "closed_on": row["deceased"], "closed_reason": "died" if row["deceased"] else "",
            }  # fmt: skip

    def visits() -> Iterator[Row]:
        for ref, observations in groupby(_read(folder / "observations_long.csv.gz"), key=lambda row: row["patient"]):
            for day, rows in sorted(_days(observations, fasting).items()):
                for row in rows:
                    yield {"person_ref": ref, "id_number": numbers[ref], "visit_date": day, **row}

    return _write(into, people(), visits())


def _days(observations: Iterator[Row], fasting: frozenset[str]) -> dict[str, list[Row]]:
    """Day -> rows of one patient. A value goes to the first row of its day that has none of its kind yet."""
    days: dict[str, list[Row]] = {}
    for seen in observations:
        column, value = _MEASURES.get(seen["measure"]), seen["value"]
        if seen["measure"] == "GLU":
            column = "fpg" if seen["code"] in fasting else "random_glucose"
            value = str(mmol_from_mg(float(value), GLUCOSE_MG_DL_PER_MMOL_L))
        if column is None:
            continue
        rows = days.setdefault(seen["datetime"][:10], [])
        free = next((row for row in rows if column not in row), None)
        if free is None:
            rows.append(free := {})
        free[column] = value
    return days


def _read(path: Path) -> Iterator[Row]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _write(into: Path, people: Iterator[Row], visits: Iterator[Row]) -> Sheets:
    """People first: what they are given decides some of the visits."""
    sheets = Sheets(into / "people.csv", into / "visits.csv")
    for path, columns, rows in ((sheets.people, PEOPLE, people), (sheets.visits, VISITS, visits)):
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return sheets
