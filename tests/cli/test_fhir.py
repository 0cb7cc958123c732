"""`export fhir` and `import` of FHIR R4 as a doctor meets them: other systems' files, broken files, what is said."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.fhir import amount, bundle, ndjson, observation, patient, pressure
from tests.runner import Chronic
from tests.sheets import portrait

ID = "11010519491231002X"
ID_SYSTEM = "urn:oid:2.16.156.10011.1.3"
BP = pressure(amount(152, "mm[Hg]"), amount(94, "mm[Hg]"))


@pytest.fixture
def empty(chronic: Chronic) -> Chronic:
    return chronic


@pytest.fixture
def village(empty: Chronic) -> Chronic:
    """1 has danger that is open, a slip and a test; 2 had a diagnosis that was ruled out; 3 is not managed."""
    empty.person("王秀兰", "--id-number", ID, "--phone", "13800138000", "--htn-enrolled-on", "2026-01-05",
                 "--htn-diagnosed-on", "2019-05-01", "--village", "下各村", "--smoking-status", "former",
                 today="2026-01-05")  # fmt: skip
    empty.visit(1, "2026-03-01", "--bp", "150/95", "--fpg", "HI", "--glucose-sample", "capillary", today="2026-03-01")
    empty.visit(1, "2026-11-20", "--bp", "186/112", "--way", "home", "--danger", "no")
    empty.ok("test", "add", 1, "--test", "egfr", "--value", "71.5", "--at", "县医院", "--on", "2026-10-01", "--yes")
    empty.ok("refer", "out", 1, "--to", "县医院", "--reason", "血压很高", "--yes")
    empty.person("李建国", "--dm-enrolled-on", "2026-02-01")
    empty.ok("programme", "end", 2, "dm", "--on", "2026-03-01", "--reason", "withdrawn", "--yes")
    empty.person("周玉珍")
    return empty


def sent(chronic: Chronic, *options: object) -> list[dict[str, Any]]:
    out = chronic.ok("export", "fhir", "--format", "ndjson", *options).out
    return [json.loads(line) for line in out.splitlines()]


def of(resources: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [resource for resource in resources if resource["resourceType"] == kind]


# out ------------------------------------------------------------------------------------------------


def test_a_bundle_is_a_transaction_that_may_be_sent_twice(village: Chronic) -> None:
    path = village.folder / "out.json"
    run = village.ok("export", "fhir", "--out", path)
    told = json.loads(path.read_text("utf-8"))
    assert (told["resourceType"], told["type"]) == ("Bundle", "transaction")
    for entry in told["entry"]:
        here = f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        assert entry["request"] == {"method": "PUT", "url": here}
        assert entry["fullUrl"].endswith(f"/{here}")
    assert [entry["resource"] for entry in told["entry"]] == sent(village)
    assert run.err.startswith("FHIR R4 (4.0.1): ")
    assert "referral slips, for other systems only 1" in run.err
    before = path.read_bytes()
    village.ok("export", "fhir", "--out", path)
    assert path.read_bytes() == before


def test_identity_numbers_and_phones_leave_only_with_full(village: Chronic) -> None:
    masked, full = village.ok("export", "fhir").out, village.ok("export", "fhir", "--full").out
    assert ID not in masked
    assert "13800138000" not in masked
    assert ID in full
    assert "13800138000" in full
    assert village.sql("SELECT about FROM audit WHERE action = 'full'") == [("chronic export fhir",)]
    assert ("chronic export fhir",) in village.sql("SELECT about FROM audit WHERE action = 'export'")


def test_a_condition_is_only_what_people_recorded(village: Chronic) -> None:
    found = of(sent(village), "Condition")
    assert [(known["code"]["coding"][0]["code"], known["verificationStatus"]["coding"][0]["code"]) for known in found] == [
        ("I10", "confirmed"),
        ("E11", "refuted"),
    ]
    assert found[0]["extension"][0]["valueDateTime"] == "2019-05-01"
    assert of(sent(village, "--person", "3"), "Condition") == []


def test_what_was_measured_goes_out_under_public_codes(village: Chronic) -> None:
    found = {
        known["code"]["coding"][0]["code"]: known
        for known in of(sent(village), "Observation")
        if "2026-11" not in str(known)
    }
    assert found.keys() == {"72166-2", "85354-9", "14770-2", "69405-9"}
    assert [part["valueQuantity"]["value"] for part in found["85354-9"]["component"]] == [150, 95]
    assert (found["14770-2"]["valueString"], found["14770-2"]["interpretation"][0]["coding"][0]["code"]) == ("HI", ">")
    assert found["69405-9"]["valueQuantity"]["code"] == "mL/min/{1.73_m2}"
    assert found["72166-2"]["valueCodeableConcept"]["coding"][0]["code"] == "8517006"


def test_what_is_due_a_slip_and_open_danger_go_out(village: Chronic) -> None:
    found = sent(village, "--person", "1")
    assert [known["class"]["code"] for known in of(found, "Encounter")] == ["AMB", "HH"]
    (slip,) = of(found, "ServiceRequest")
    assert (slip["status"], slip["priority"], slip["reasonCode"][0]["text"]) == ("active", "stat", "血压很高")
    (flag,) = of(found, "Flag")
    assert {part["code"] for part in flag["code"]["coding"]} == {"danger.bp", "danger.glucose_high"}
    assert {task["code"]["coding"][0]["code"] for task in of(found, "Task")} >= {"followup", "referral"}
    village.ok("refer", "reply", 1, "--outcome", "seen", "--institution", "县医院", "--yes")
    found = sent(village, "--person", "1")
    assert of(found, "ServiceRequest")[0]["status"] == "completed"
    (told,) = [task for task in of(found, "Task") if task["id"].endswith("-outcome")]
    assert (told["status"], told["businessStatus"]["coding"][0]["code"]) == ("completed", "seen")


def test_what_is_due_is_one_plan_of_tasks_each_ready_from_its_day(village: Chronic) -> None:
    found = sent(village, "--person", "1")
    (plan,), tasks = of(found, "CarePlan"), of(found, "Task")
    assert [part["reference"]["reference"] for part in plan["activity"]] == [f"Task/{task['id']}" for task in tasks]
    assert {task["basedOn"][0]["reference"] for task in tasks} == {f"CarePlan/{plan['id']}"}
    due = {task["restriction"]["period"]["end"]: task["status"] for task in tasks}
    assert due == {day: "ready" if day <= "2026-11-22" else "requested" for day in due}
    assert set(due.values()) == {"ready", "requested"}
    assert of(sent(village, "--person", "3"), "CarePlan") == []


def test_a_checkup_and_told_facts_go_out_and_come_back(village: Chronic, tmp_path: Path) -> None:
    village.ok("checkup", "add", 3, "--set", "sbp_left=166", "--set", "dbp_left=98", "--set", "fpg=HI", "--set",
               "potassium=4.1", "--set", "smoking_status=current", "--set", "ecg=abnormal", "--set", "ecg_text==ST",
               "--on", "2026-11-05")  # fmt: skip
    village.ok("person", "fact", 3, "high_salt=yes", "stroke=no", "--on", "2026-05-01", "--source", "@本人", "--yes")
    village.ok("person", "fact", 3, "high_salt=no", "--on", "2026-05-01", "--yes")
    found = sent(village, "--person", "3")
    assert [known["type"][0]["coding"][0]["code"] for known in of(found, "Encounter")] == ["checkup"]
    told = {known["code"]["coding"][0]["code"]: known for known in of(found, "Observation") if "encounter" in known}
    assert told.keys() == {"72166-2", "85354-9", "76629-5", "2823-3"}
    assert told["85354-9"]["bodySite"]["coding"][0]["display"] == "Left upper arm structure"
    assert told["76629-5"]["valueString"] == "HI"
    facts = [known for known in of(found, "Observation") if known["id"].endswith("-fact")]
    assert [(known["code"]["coding"][0]["code"], known["valueBoolean"]) for known in facts] == [
        ("high_salt", True), ("stroke", False), ("high_salt", False),
    ]  # fmt: skip
    path = village.folder / "out.ndjson"
    village.ok("export", "fhir", "--full", "--format", "ndjson", "--out", path)
    (tmp_path / "copy").mkdir()
    copy = Chronic(tmp_path / "copy")
    copy.ok("init", "--yes")
    assert "Check-ups  1 row" in copy.ok("import", path).out
    there, here = portrait(village), portrait(copy)
    assert [here[name] for name in ("checkup", "fact")] == [there[name] for name in ("checkup", "fact")]
    assert [row[:7] for row in here["visit"]] == [row[:7] for row in there["visit"]]
    assert "unchanged" in copy.ok("import", path).out
    assert portrait(copy) == here
    copy.ok("undo", "--yes")
    assert portrait(copy)["fact"] == portrait(copy)["checkup"] == []


def test_one_person_or_what_is_new_since_a_day(village: Chronic) -> None:
    village.ok("person", "edit", 3, "--phone", "13900139000", "--yes", today="2026-11-21")
    assert [known["name"][0]["text"] for known in of(sent(village, "--person", "2"), "Patient")] == ["李建国"]
    assert len(of(sent(village, "--since", "2020-01-01"), "Patient")) == 3
    assert sent(village, "--since", "2026-11-21", "--person", "1") == [] or village.sql(
        "SELECT max(recorded_at) >= '2026-11-20T16' FROM visit"
    ) == [(1,)]
    assert (
        village.ok("export", "fhir", "--since", "2100-01-01").out
        == '{"resourceType": "Bundle", "type": "transaction", "entry": []}\n'
    )


def test_it_comes_back_whole_whatever_it_is_packed_in(village: Chronic, tmp_path: Path) -> None:
    plain = village.folder / "out.json"
    village.ok("export", "fhir", "--full", "--out", plain)
    lines = village.folder / "out.ndjson"
    village.ok("export", "fhir", "--full", "--format", "ndjson", "--out", lines)
    pretty = village.folder / "pretty.json"
    pretty.write_text(json.dumps(json.loads(plain.read_text("utf-8")), indent=2), encoding="utf-8-sig")
    packed = village.folder / "out.json.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for number, path in enumerate((plain, lines, pretty, packed)):
        (tmp_path / str(number)).mkdir()
        copy = Chronic(tmp_path / str(number))
        copy.ok("init", "--yes")
        run = copy.ok("import", path)
        assert [line.split("  ")[0] for line in run.out.splitlines()[:3]] == ["People", "Visits", "Test results"]
        there, here = portrait(village), portrait(copy)
        assert {name for name in here if here[name] != there[name]} <= {"visit", "plan", "agenda"}  # the slip stays behind
        assert "unchanged" in copy.ok("import", path).out


def test_a_folder_has_a_file_for_each_type_and_comes_back_as_one(village: Chronic, tmp_path: Path) -> None:
    out = village.folder / "fhir"
    village.ok("export", "fhir", "--format", "folder", "--full", "--out", out)
    found = {path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in out.iterdir()}
    assert all({resource["resourceType"] for resource in resources} == {kind} for kind, resources in found.items())
    assert sum(map(len, found.values())) == len(sent(village))
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}
    for wrong in (("--out", out), ()):
        run = village("export", "fhir", "--format", "folder", *wrong)
        assert (run.code, "not there yet" in run.err or "is a directory" in run.err) == (2, True)
    (tmp_path / "copy").mkdir()
    copy = Chronic(tmp_path / "copy")
    copy.ok("init", "--yes")
    copy.ok("import", out)
    assert portrait(copy)["person"] == portrait(village)["person"]
    assert copy.sql("SELECT count(*) FROM visit") == village.sql("SELECT count(*) FROM visit")
    assert "unchanged" in copy.ok("import", out).out
    twice = (out / "Patient.ndjson").read_text("utf-8").splitlines()[0]
    (out / "Patient2.ndjson").write_text(f"{twice}\n", encoding="utf-8")
    run = copy("import", out)
    assert (run.code, "Patient2.ndjson has Patient/" in run.err) == (2, True)
    (out / "Patient2.ndjson").unlink()
    (out / "Observation.ndjson").write_text("{broken", encoding="utf-8")
    run = copy("import", out)
    assert (run.code, "Observation.ndjson cannot be read" in run.err) == (2, True)
    assert copy("import", tmp_path).code == 2


def test_bundles_a_line_each_are_read_as_one_file(village: Chronic, tmp_path: Path) -> None:
    lines = [json.dumps(json.loads(village.ok("export", "fhir", "--full", "--person", n).out)) for n in (1, 2, 3)]
    path, mixed = village.folder / "people.ndjson", village.folder / "mixed.ndjson"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    patient = json.loads(lines[0])["entry"][0]["resource"]
    mixed.write_text("\n".join([json.dumps(patient), *lines[1:]]), encoding="utf-8")
    (tmp_path / "copy").mkdir()
    copy = Chronic(tmp_path / "copy")
    copy.ok("init", "--yes")
    copy.ok("import", mixed)
    assert copy.sql("SELECT count(*) FROM person") == [(3,)]
    copy.ok("import", path)
    assert portrait(copy)["person"] == portrait(village)["person"]
    assert copy.sql("SELECT count(*) FROM visit") == village.sql("SELECT count(*) FROM visit")
    path.write_text(lines[0] + "\n" + lines[1][:-20], encoding="utf-8")
    before = copy.dump()
    assert copy("import", path).code == 2
    assert copy.dump() == before


def test_of_one_person_nothing_is_said_of_the_others(village: Chronic) -> None:
    assert not re.search("[0-9]", village.ok("export", "fhir", "--person", "2").err.splitlines()[1])


# in -------------------------------------------------------------------------------------------------


def test_another_systems_file_becomes_people_and_visits(empty: Chronic) -> None:
    who = patient(
        name=[{"use": "usual", "text": "小王"}, {"use": "official", "family": "王", "given": ["秀兰"]}],
        birthDate="1949-12-31",
        identifier=[{"system": ID_SYSTEM, "value": ID}], telecom=[{"system": "phone", "value": "13800138000"}],
    )  # fmt: skip
    smoked = {"coding": [{"system": "http://snomed.info/sct", "code": "8517006"}]}
    told = [
        observation("1558-6", amount(126, "mg/dL"), "o1", effectiveDateTime="2026-03-04T23:30:00Z"),
        BP, observation("4548-4", amount(7.2, "%"), "o2"), who,
        observation("33914-3", amount(80, "mL/min/{1.73_m2}"), "o3"),
        observation("72166-2", None, "o4", valueCodeableConcept=smoked),
        {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "HH"},
         "subject": {"reference": "Patient/p1"}, "period": {"start": "2026-03-05T08:00:00+08:00"}},
        observation("718-7", amount(13, "g/dL"), "o5"), {"resourceType": "Immunization", "id": "i"},
    ]  # fmt: skip
    run = empty.ok("import", bundle(empty.folder, told), "--source", "县医院")
    assert "Immunization 1" in run.out
    assert "Observation 718-7 1" in run.out
    assert empty.sql("SELECT name, sex, id_number, phone, smoking_status FROM person") == [
        ("王秀兰", "F", ID, "13800138000", "former")
    ]
    assert empty.sql("SELECT source, ref FROM person_source") == [("县医院", "p1")]
    assert empty.sql("SELECT visit_date, way, sbp, dbp, fpg, hba1c FROM visit") == [
        ("2026-03-05", "home", 152, 94, 7.0, 7.2)
    ]
    assert empty.sql("SELECT test, value FROM test_result") == [("egfr", 80)]
    before = portrait(empty)
    assert "unchanged" in empty.ok("import", ndjson(empty.folder, reversed(told)), "--source", "县医院").out
    assert portrait(empty) == before


def test_an_import_is_one_batch_and_one_deed(empty: Chronic) -> None:
    before = portrait(empty)
    empty.ok("import", bundle(empty.folder, [patient(), BP]))
    assert empty.sql("SELECT holds, file FROM batch") == [("fhir", "bundle.json")]
    empty.ok("undo", "--yes")
    assert portrait(empty) == before


def test_a_dry_run_and_strict_write_nothing(empty: Chronic) -> None:
    bad = observation("4548-4", amount(7, None), "o", effectiveDateTime="2026-03-06")
    path = bundle(empty.folder, [patient(), BP, bad])
    before = empty.path.read_bytes()
    assert "Dry run" in empty("import", path, "--dry-run").out
    assert empty("import", path, "--strict").code == 3
    assert empty.sql("SELECT count(*) FROM person") == [(0,)]
    assert len(empty.path.read_bytes()) == len(before)


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        (amount(140, None), "Systolic pressure: 140 has no unit"),
        (amount(140, "[psi]"), "Systolic pressure: 140 [psi] is a unit"),
        (amount(140, "mg/dL"), "Systolic pressure: 140 mg/dL is a unit"),
        ({"unit": "mmHg", "code": "mm[Hg]"}, "Systolic pressure: there is no number"),
        ({"value": "140", "code": "mm[Hg]"}, "Systolic pressure: there is no number"),
        ({**amount(140, "mm[Hg]"), "comparator": ">"}, "is not a number"),
        (amount(10**400, "mm[Hg]"), "is not a number"),
        (amount(1e300, "mm[Hg]"), "is not a number"),
        (amount(1400, "mm[Hg]"), "1400"),
    ],
)  # fmt: skip
def test_a_measurement_nobody_can_be_sure_of_is_refused_by_name(empty: Chronic, quantity: Any, said: str) -> None:
    told = pressure(quantity, amount(90, "mm[Hg]"))
    run = empty("import", bundle(empty.folder, [patient(), told]), "--rejects", empty.folder / "refused.csv")
    assert run.code == 3
    assert said in run.out
    assert empty.sql("SELECT count(*) FROM person") == [(1,)]
    assert empty.sql("SELECT count(*) FROM visit") == [(0,)]


def test_refused_rows_can_be_corrected_and_imported(empty: Chronic) -> None:
    told = pressure(amount(140, None), amount(90, "mm[Hg]"))
    assert empty("import", bundle(empty.folder, [patient(), told]), "--rejects", empty.folder / "refused.csv").code == 3
    path = empty.folder / "refused-visits.csv"
    assert empty("import", path).code == 3  # as it is it is still refused
    path.write_text(path.read_text("utf-8-sig").replace("140 (?)", "140"), encoding="utf-8")
    empty.ok("import", path)
    assert empty.sql("SELECT visit_date, sbp, dbp FROM visit") == [("2026-03-05", 140, 90)]


def test_kpa_and_a_second_pressure_of_a_day(empty: Chronic) -> None:
    kpa = pressure(amount(18.6, "kPa"), amount(12, "kPa"), effectiveDateTime="2026-03-05T09:00:00+08:00")
    other = pressure(amount(150, "mm[Hg]"), amount(96, "mm[Hg]"), "bp2", effectiveDateTime="2026-03-05T10:00:00+08:00")
    run = empty("import", bundle(empty.folder, [patient(), other, kpa]))
    assert run.code == 3
    assert "already has" in run.out
    assert empty.sql("SELECT sbp, dbp FROM visit") == [(140, 90)]


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "preliminary", None])
def test_what_is_not_final_is_not_read(empty: Chronic, status: str | None) -> None:
    run = empty.ok("import", bundle(empty.folder, [patient(), {**BP, "status": status}]))
    assert "Observation (" in run.out
    assert empty.sql("SELECT count(*) FROM visit") == [(0,)]


def test_a_condition_enrols_only_when_that_is_asked(empty: Chronic) -> None:
    def condition(id_: str, code: str, verified: str, onset: str) -> dict[str, Any]:
        systems = "http://terminology.hl7.org/CodeSystem/condition-"
        return {
            "resourceType": "Condition", "id": id_, "subject": {"reference": "Patient/p1"}, "onsetDateTime": onset,
            "clinicalStatus": {"coding": [{"system": f"{systems}clinical", "code": "active"}]},
            "verificationStatus": {"coding": [{"system": f"{systems}ver-status", "code": verified}]},
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": code}]},
        }  # fmt: skip

    told = [
        patient(), condition("a", "38341003", "confirmed", "2020-02-02"),
        condition("b", "38341003", "confirmed", "2019-01-01"),
        condition("c", "44054006", "provisional", "2019-01-01"),
    ]  # fmt: skip
    path = bundle(empty.folder, told)
    assert "Condition 38341003 2" in empty.ok("import", path).out
    assert empty.sql("SELECT count(*) FROM enrolment") == [(0,)]
    empty.ok("import", path, "--enrol")
    assert empty.sql("SELECT programme, diagnosed_on FROM enrolment") == [("htn", "2019-01-01")]


def test_someone_who_died_on_an_unknown_day_is_asked_about(empty: Chronic) -> None:
    told = [patient(deceasedBoolean=True), patient("p2", deceasedDateTime="2026-02-03")]
    assert "not when" in empty.ok("import", bundle(empty.folder, told)).out
    assert empty.sql("SELECT closed_on FROM person ORDER BY closed_on") == [(None,), ("2026-02-03",)]


def test_a_visit_of_someone_not_in_the_file_is_theirs_if_the_source_knows_them(empty: Chronic) -> None:
    empty.ok("import", bundle(empty.folder, [patient()]))
    empty.ok("import", bundle(empty.folder, [BP]))
    assert empty.sql("SELECT sbp FROM visit") == [(152,)]
    run = empty("import", bundle(empty.folder, [{**BP, "subject": {"reference": "Patient/nobody"}}]))
    assert (run.code, "nobody" in run.out) == (3, True)
    assert empty("import", bundle(empty.folder, [{**BP, "subject": None}])).code == 3


def test_what_is_said_of_headers_is_not_said_of_a_fhir_file(empty: Chronic) -> None:
    path = bundle(empty.folder, [patient(), BP])
    for option in (("--map", "体重=weight_kg:斤"), ("--codes", "form2017-htn")):
        run = empty("import", path, *option)
        assert (run.code, run.out) == (2, "")
        assert "has no headers" in run.err
    assert empty.sql("SELECT count(*) FROM person") == [(0,)]


def test_codes_kept_for_a_source_are_no_matter_of_its_fhir_files(empty: Chronic) -> None:
    sheet = empty.folder / "people.csv"
    sheet.write_text("姓名,性别,person_ref\n李建国,1,x\n", encoding="utf-8")
    empty("import", sheet, "--codes", "form2017", "--source", "县医院")
    assert "form2017" in empty.ok("import", "--maps").out
    run = empty.ok("import", bundle(empty.folder, [patient(), BP]), "--source", "县医院", "--dry-run")
    assert "form2017" not in run.out
    assert "line 1" in run.out  # a sample of what would be written


def test_the_registers_value_is_kept_and_a_look_alike_asked_about(empty: Chronic) -> None:
    first = patient(name=[{"text": "王秀兰"}], birthDate="1949-12-31", telecom=[{"system": "phone", "value": "13800138000"}])
    empty.ok("import", bundle(empty.folder, [first]))
    other = {**first, "telecom": [{"system": "phone", "value": "13900139000"}]}
    run = empty.ok("import", bundle(empty.folder, [other]), "--keep", "ours")
    assert "register's values kept" in run.out
    assert empty.sql("SELECT phone FROM person") == [("13800138000",)]
    run = empty.ok("import", bundle(empty.folder, [{**first, "id": "another"}]))
    assert "chronic person merge" in run.out


# what is no file of ours ----------------------------------------------------------------------------

DEEP = '{"resourceType": "Bundle", "entry": ' + "[" * 200_000
BROKEN = {
    "cut": ('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Pat', "cannot be read"),
    "behind": ('{"resourceType": "Bundle", "entry": []} x', "cannot be read"),
    "deep": (DEEP, "cannot be read"),
    "deep line": ('{"resourceType": "Patient"}\n{"resourceType": "Patient", "x": ' + "[" * 200_000 + "\n", "cannot be read"),
    "nan": ('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "x": NaN}}]}', "cannot be read"),
    "no type": ('{"entry": [{"resource": {"id": "x"}}]}', "no FHIR resource"),
    "wrong type": ('{"resourceType": 5}', "no FHIR resource"),
    "other json": ('{"name": "王秀兰", "bp": "120/80"}', "no FHIR resource"),
    "entry": ('{"resourceType": "Bundle", "entry": [5]}', "no FHIR resource"),
    "line": ('{"resourceType": "Patient", "id": "a"}\n[1]\n', "no FHIR resource"),
    "empty": ('{"resourceType": "Bundle", "type": "collection"}', "no patients, visits or test results"),
    "nothing": ('{"resourceType": "Immunization", "id": "i"}', "Immunization 1"),
    "history": ('{"resourceType": "Bundle", "type": "history", "entry": []}', "type history"),
    "dstu2": ('{"resourceType": "Encounter", "class": "outpatient"}', "FHIR DSTU2"),
    "stu3": ('{"resourceType": "Condition", "clinicalStatus": "active"}', "FHIR STU3"),
    "r5": ('{"resourceType": "Encounter", "class": [{"coding": []}]}', "FHIR R5"),
    "r5 line": ('{"resourceType": "Patient", "id": "a"}\n{"resourceType": "Encounter", "actualPeriod": {}}\n', "FHIR R5"),
    "half a character": ('{"resourceType": "Patient", "id": "a", "name": [{"text": "\\ud800王"}]}', "half a character"),
    "half a line": ('{"resourceType": "Patient", "id": "a"}\n{"resourceType": "Patient", "id": "\\uDFFF"}\n', "half a"),
    "array": ('[{"resourceType": "Patient", "id": "a"}]', "no FHIR resource"),
    "array of nothing": ("[ ]", "no FHIR resource"),
    "twice": ('{"resourceType": "Patient", "id": "a"}\n{"resourceType": "Patient", "id": "a"}\n', "Patient/a twice"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_cannot_be_read_gets_one_sentence_and_changes_nothing(empty: Chronic, what: str) -> None:
    text, said = BROKEN[what]
    path = empty.folder / "file.json"
    path.write_text(text, encoding="utf-8")
    before = empty.path.read_bytes()
    run = empty("import", path)
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert len(run.err.strip().splitlines()) == 1
    assert empty.path.read_bytes() == before


def test_a_birth_of_which_only_the_year_is_known_is_approximate_and_asked_about(empty: Chronic) -> None:
    numbered = patient("p3", birthDate="1950", identifier=[{"system": ID_SYSTEM, "value": ID}], name=[{"text": "周玉珍"}])
    told = [patient(birthDate="1949"), patient("p2", birthDate="1949-02", name=[{"text": "李建国"}]), numbered]
    path = bundle(empty.folder, told)
    assert "only 1949 of the birth date; it was taken as about 1949-07-01" in empty.ok("import", path).out
    assert empty.sql("SELECT birth_date, birth_approximate FROM person ORDER BY birth_date") == [
        ("1949-02-15", "yes"), ("1949-07-01", "yes"), ("1949-12-31", None),
    ]  # fmt: skip
    assert "unchanged 3" in empty.ok("import", path).out


def test_characters_of_two_halves_and_utf_16_are_read(empty: Chronic) -> None:
    text = json.dumps({"resourceType": "Bundle", "entry": [{"resource": patient(name=[{"text": "𠮷㐂龘"}])}]})
    assert "\\ud842" in text
    (empty.folder / "file.json").write_text(text, encoding="utf-16")
    empty.ok("import", empty.folder / "file.json")
    assert empty.sql("SELECT name FROM person") == [("𠮷㐂龘",)]


NO_TEXT = {"latin": b'{"resourceType": "Bundle", "id": "\xff"}', "cut": gzip.compress(b'{"resourceType"' * 99, mtime=0)[:-9]}


@pytest.mark.parametrize("bytes_", NO_TEXT.values(), ids=NO_TEXT)
def test_bytes_that_are_no_text_get_a_sentence(empty: Chronic, bytes_: bytes) -> None:
    path = empty.folder / "file.json"
    path.write_bytes(bytes_)
    run = empty("import", path)
    assert (run.code, len(run.err.strip().splitlines())) == (2, 1)
    assert "Traceback" not in run.err
