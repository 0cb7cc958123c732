"""A row that names its record's uid: the same is unchanged, more is filled in, something else is never silent."""

from pathlib import Path

from tests.runner import Chronic

HEADER = "uid,person_uid,visit_date,way,sbp,dbp,fpg\n"


def sheet(chronic: Chronic, folder: Path, day: str, sbp: str, fpg: str) -> Path:
    ((person, visit),) = chronic.sql("SELECT person.uid, visit.uid FROM visit JOIN person ON person.id = visit.person")
    path = folder / "visits.csv"
    path.write_text(f"{HEADER}{visit},{person},{day},clinic,{sbp},84,{fpg}\n", encoding="utf-8")
    return path


def seen_once(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-11-01", "--bp", "138/84")


def test_the_same_values_under_the_same_uid_change_nothing(chronic: Chronic, tmp_path: Path) -> None:
    seen_once(chronic)
    before = chronic.sql("SELECT * FROM visit")
    assert chronic("import", sheet(chronic, tmp_path, "2026-11-01", "138", "")).code == 0
    assert chronic.sql("SELECT * FROM visit") == before


def test_a_blank_is_filled_in_under_the_same_uid_and_again_changes_nothing(chronic: Chronic, tmp_path: Path) -> None:
    seen_once(chronic)
    path = sheet(chronic, tmp_path, "2026-11-01", "138", "6.2")
    assert chronic("import", path).code == 0
    assert chronic.sql("SELECT sbp, fpg FROM live_visit") == [(138, 6.2)]
    before = chronic.sql("SELECT * FROM visit")
    assert chronic("import", path).code == 0
    assert chronic.sql("SELECT * FROM visit") == before


def test_an_edited_value_or_day_under_the_same_uid_is_refused_and_named(chronic: Chronic, tmp_path: Path) -> None:
    seen_once(chronic)
    for day, sbp, words in (("2026-11-01", "150", "visit fix"), ("2026-11-02", "138", "2026-11-01")):
        answer = chronic("import", sheet(chronic, tmp_path, day, sbp, ""))
        assert answer.code == 3
        assert words in answer.out
    assert chronic.sql("SELECT visit_date, sbp FROM visit") == [("2026-11-01", 138)]
