"""What guidelines beside the form's say of a visit: in one line when it is recorded, one by one in `why`."""

from tests.runner import Chronic


def test_cholesterol_measured_at_a_visit_for_hypertension_is_held_against_the_lipid_guideline(chronic: Chronic) -> None:
    chronic.person(
        "王秀兰",
        "--birth-date",
        "1960-02-01",
        "--sex",
        "F",
        "--archive-no",
        "10119608",
        "--htn-enrolled-on",
        "2026-01-05",
        "--programmes",
        "dm",
    )
    told = ("--bp", "128/78", "--fpg", "5.6", "--danger", "no")
    shown = chronic.ok("visit", "add", 1, *told, "--ldl-c", "2.6", "--tc", "4.3", "--hdl-c", "1.2", "--yes").out
    assert "hypertension  controlled" in shown
    assert "Second opinion, not at the target of another guideline: LDL-C" in shown
    lines = [line for line in chronic.ok("why", 1).out.splitlines() if "Chinese lipid guideline" in line]
    assert [line.strip() for line in lines] == [
        "Second opinion, Chinese lipid guideline, 2023: LDL-C not at target",
    ]


def test_a_visit_that_meets_every_target_says_nothing_of_them(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--birth-date", "1960-02-01", "--archive-no", "10119608", "--programmes", "htn")
    assert "Second opinion" not in chronic.ok("visit", "add", 1, "--bp", "128/78", "--yes").out


def test_a_guideline_is_listed_with_the_second_opinions_beside_it(chronic: Chronic) -> None:
    rows = {row["section"]: row for row in chronic.rows("protocol", "show")}
    assert "measure = ldl_c" in rows["beside.lip23.target.1"]["values"]
    assert (rows["beside.lip23.target.2"]["source"], rows["beside.lip23.target.2"]["mark"]) == ("LIP23 §调脂靶目标", "A")
    assert {name.split(".")[1] for name in rows if name.startswith("beside.")} == {"htn24", "htn-pc25", "dm-pc22", "lip23"}
