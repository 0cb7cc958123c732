"""The codes that leave the house, each pinned: a change here is a change for every system that reads us."""

from chronic.exchange.fhir.codes import by_loinc, conditions, measures, safe_id, table
from chronic.exchange.fhir.contacts import FORMS
from chronic.model.fields import BY_COLUMN, SMOKING, VISIT_FIELDS, WAYS
from chronic.model.units import STORED, converted

WRITTEN = {
    "sbp": ("8480-6", "mm[Hg]"), "dbp": ("8462-4", "mm[Hg]"), "heart_rate": ("8867-4", "/min"),
    "weight_kg": ("29463-7", "kg"), "height_cm": ("8302-2", "cm"), "waist_cm": ("8280-0", "cm"),
    "fpg": ("76629-5", "mmol/L"), "random_glucose": ("15074-8", "mmol/L"), "ppg_2h": ("15074-8", "mmol/L"),
    "ogtt_2h": ("14995-5", "mmol/L"), "hba1c": ("4548-4", "%"), "tc": ("14647-2", "mmol/L"), "tg": ("14927-8", "mmol/L"),
    "ldl_c": ("22748-8", "mmol/L"), "hdl_c": ("14646-4", "mmol/L"), "creatinine": ("14682-9", "umol/L"),
    "uacr": ("32294-1", "mg/g"),
}  # fmt: skip
MASS_TWINS = {"1558-6", "2345-7", "2339-0", "2093-3", "2085-9", "13457-7", "2571-8", "2160-0"}


def test_each_measurement_is_written_under_its_code_and_unit() -> None:
    assert {column: (known.code, known.unit) for column, known in measures("of").items()} == WRITTEN
    assert {test: (known.code, known.unit) for test, known in measures("test").items()} == {
        "egfr": ("69405-9", "mL/min/{1.73_m2}"), "potassium": ("2823-3", "mmol/L"),
    }  # fmt: skip
    assert table()["panel"]["code"] == "85354-9"
    assert table()["smoking"]["code"] == "72166-2"


def test_glucose_says_which_blood_it_was_where_that_is_known() -> None:
    assert measures("of")["fpg"].by_sample == {
        "venous": ("14771-0", "Fasting glucose [Moles/volume] in Serum or Plasma"),
        "capillary": ("14770-2", "Fasting glucose [Moles/volume] in Capillary blood by Glucometer"),
    }
    assert measures("of")["random_glucose"].by_sample == {"venous": ("14749-6", "Glucose [Moles/volume] in Serum or Plasma")}


def test_a_code_for_mass_is_read_and_never_written_beside_a_molar_unit() -> None:
    written = {known.code for part in ("of", "test") for known in measures(part).values()}
    written |= {code for known in measures("of").values() for code, _ in known.by_sample.values()}
    assert written.isdisjoint(MASS_TWINS)
    assert by_loinc().keys() >= MASS_TWINS


def test_a_code_that_does_not_say_fasting_is_never_read_as_fasting() -> None:
    fasting = {code for code, (_, column) in by_loinc().items() if column == "fpg"}
    assert fasting == {"76629-5", "14771-0", "14770-2", "1558-6"}
    assert {by_loinc()[code] for code in ("15074-8", "14749-6", "2339-0", "2345-7")} == {("of", "random_glucose")}


def test_every_code_is_read_as_one_thing_only() -> None:
    told = [code for part in ("of", "test") for known in measures(part).values() if not known.shared for code in known.read]
    assert len(told) == len(set(told))
    assert not by_loinc().keys() & {table()["panel"]["code"], table()["smoking"]["code"]}


def test_every_unit_written_is_the_registrys_own() -> None:
    for column, known in measures("of").items():
        assert table()["units"][known.unit] == STORED.get(column, "/min"), column
    assert converted("fpg", 126, table()["units"]["mg/dL"]) == 7.0
    assert converted("hba1c", 53, table()["units"]["mmol/mol"]) == 7.0
    assert converted("sbp", 18.6, table()["units"]["kPa"]) == 140


def test_the_words_of_the_dictionary_all_have_a_code() -> None:
    assert table()["ways"].keys() == WAYS.keys()
    assert table()["smoking"]["words"].keys() == SMOKING.keys() == set(table()["smoking"]["read"].values())
    assert set(WRITTEN) <= {field.column for field in VISIT_FIELDS} <= BY_COLUMN.keys()


def test_a_checkup_measures_under_the_same_codes_and_asks_the_rest() -> None:
    form = FORMS["checkup"]
    assert set(form.measured) == set(WRITTEN) & set(form.fields) - {"sbp", "dbp"} | {"potassium"}
    panels = {f"{part}{arm}" for part in ("sbp", "dbp") for arm in ("", "_left", "_right")}
    assert form.asked | set(form.measured) | panels | {"checkup_date", "smoking_status"} == set(form.fields)
    assert {arm: told["code"] for arm, told in table()["arms"].items()} == {"left": "368208006", "right": "368209003"}


def test_conditions_and_systems() -> None:
    assert {name: told["code"] for name, told in table()["conditions"].items()} == {
        "htn": "I10",
        "dm": "E11",
        "lipid": "E78",
    }
    assert conditions() == {"I10": "htn", "59621000": "htn", "38341003": "htn", "E11": "dm", "44054006": "dm"}
    assert [table()["systems"][name] for name in ("loinc", "ucum", "icd10", "snomed", "id_number", "archive_no")] == [
        "http://loinc.org", "http://unitsofmeasure.org", "http://hl7.org/fhir/sid/icd-10", "http://snomed.info/sct",
        "urn:oid:2.16.156.10011.1.3", "urn:oid:2.16.156.10011.1.2",
    ]  # fmt: skip


def test_every_line_names_its_source() -> None:
    told = [*table()["of"].values(), *table()["test"].values(), table()["panel"], table()["smoking"]]
    assert all(known["source"] for known in told)


def test_a_uid_that_is_no_id_gets_one_of_its_own() -> None:
    assert safe_id("01a1fed6-0000-7000-8000-032dbbbc48a8") == "01a1fed6-0000-7000-8000-032dbbbc48a8"
    assert len({safe_id("=5"), safe_id("=6"), safe_id("王"), safe_id("a" * 41)}) == 4
    assert all(len(safe_id(uid)) == 32 for uid in ("=5", "a" * 41, ""))
