"""A day of screening: its table typed or imported, one summary, and who has to be followed up."""

import io

import pytest

from tests.runner import Chronic
from tests.sheets import Imported, written


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    for name, born, where in (
        ("甲", "1970-01-01", "下各村"),
        ("乙", "1960-01-01", "下各村"),
        ("丙", "1980-01-01", "上各村"),
    ):
        chronic.person(name, "--birth-date", born, "--village", where)
    return chronic


def typed(chronic: Chronic, table: str, monkeypatch: pytest.MonkeyPatch, lang: str = "en") -> tuple[int, str, str]:
    """The table comes through a pipe."""
    import tests.runner as runner

    monkeypatch.setattr(runner, "Terminal", io.StringIO)
    run = chronic("screen", "campaign", "--enter", stdin=table, lang=lang)
    return run.code, run.out, run.err


def test_the_days_table_is_recorded_line_by_line(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    table = "# 11-21\n1 148/92 7.4\n2 120/80 122/82 r12.1 waist_cm=92\n3 118/76 126mg/dl 腰围88\n"
    code, out, err = typed(village, table, monkeypatch)
    assert (code, "126 mg/dL = 7 mmol/L" in err) == (0, True)
    assert "Suspected hypertension, high on 1 day(s)" in out
    columns = "person, kind, visit_date, sbp, dbp, fpg, random_glucose, waist_cm"
    assert village.sql(f"SELECT {columns} FROM visit ORDER BY id") == [
        (1, "screening", "2026-11-21", 148, 92, 7.4, None, None),
        (2, "screening", "2026-11-21", 121, 81, None, 12.1, 92.0),
        (3, "screening", "2026-11-21", 118, 76, 7.0, None, 88.0),
    ]
    assert village.sql("SELECT visit, text FROM visit_entered") == [(3, "126 mg/dL")]
    assert "measured 3   pressures 3   glucose tests 3   high 3   in danger 0" in out


@pytest.mark.parametrize(
    "line", ["99 120/80", "甲 120/80", "1", "1 xyz", "1 120/180", "1 7.0 7.1", "1 126", "1 waist=90", "1 salt=much"]
)
def test_a_line_that_is_wrong_is_said_and_the_others_stand(
    village: Chronic, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    code, _out, err = typed(village, f"{line}\n2 128/80\n", monkeypatch)
    assert code == 3
    assert line in err
    assert village.sql("SELECT person FROM visit") == [(2,)]


def test_who_is_managed_is_refused_and_danger_is_said_at_once(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    village.ok("enrol", 1, "htn")
    code, out, err = typed(village, "1 148/92\n2 186/112\n", monkeypatch)
    assert (code, "is managed for hypertension" in err) == (3, True)
    assert "DANGER" in out


def test_everything_is_said_in_chinese(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    _code, out, err = typed(village, "1 186/112 7.4\n99 1/2\n", monkeypatch, lang="zh")
    assert "疑似待复测" in out
    assert not [word for word in ("Suspected", "measured", "Nobody", "DANGER", "refused") if word in out + err]


def test_the_summary_is_of_that_evening(village: Chronic) -> None:
    for on in ("2026-11-01", "2026-11-08", "2026-11-15"):
        village.ok("screen", "add", 1, "--bp", "148/92", "--on", on)
    village.ok("screen", "add", 2, "--bp", "186/112", "--on", "2026-11-08")
    village.ok("screen", "add", 3, "--fpg", "6.3", "--on", "2026-11-08")
    village.visit(3, "2026-11-08", "--bp", "150/90")  # a follow-up is not the campaign's
    rows = {row["village"]: row for row in village.rows("screen", "campaign", "--on", "2026-11-08")}
    assert rows["下各村"] == {
        "village": "下各村", "measured": 2, "bp": 2, "glucose": 0, "high": 2, "danger": 1, "suspected": 2, "new": 1,
        "confirm": 0, "prediabetes": 0,
    }  # fmt: skip
    assert (rows["上各村"]["measured"], rows["上各村"]["high"], rows["上各村"]["prediabetes"]) == (1, 0, 1)
    (row,) = village.rows("screen", "campaign", "--on", "2026-11-15")
    assert (row["suspected"], row["confirm"]) == (0, 1)
    assert village.rows("screen", "campaign", "--on", "2026-11-15", "--village", "上各村") == []
    listed = village.rows("screen", "campaign", "--on", "2026-11-08", "--list")
    steps = {(row["person_id"], row["programme"], row["step"], row["due_on"]) for row in listed}
    assert steps == {(1, "htn", "recheck", "2026-11-22"), (2, "htn", "recheck", "2026-11-22"),
                     (3, "htn", "recheck", "2026-11-22")}  # fmt: skip
    assert {row["person_id"] for row in listed if row["danger"]} == {2}


def test_a_day_of_nothing_is_empty(village: Chronic) -> None:
    assert village.rows("screen", "campaign") == []
    assert "Nobody." in village.ok("screen", "campaign").out


def test_typing_at_the_keyboard_asks_whom_a_name_means(village: Chronic) -> None:
    run = village("screen", "campaign", "--enter", stdin="甲 148/92\n\n乙 120/80\nn\n\n", console="utf-8")
    assert run.code == 0
    assert "A person a line" in run.out
    assert village.sql("SELECT person, sbp FROM visit") == [(1, 148)]


# as a sheet -------------------------------------------------------------------------------------------


def take(chronic: Chronic, *rows: dict[str, object]) -> Imported:
    path = chronic.folder / "screening.csv"
    path.write_text(written(rows), encoding="utf-8-sig")
    return Imported(chronic("import", path))


def keyed(chronic: Chronic) -> None:
    for number in (1, 2, 3):
        chronic.ok("person", "edit", number, "--archive-no", f"1234567{number}")


@pytest.mark.parametrize(("header", "word"), [("kind", "screening"), ("类别", "筛查")])
def test_a_sheet_with_a_kind_brings_screenings(village: Chronic, header: str, word: str) -> None:
    keyed(village)
    row: dict[str, object] = {"archive_no": "12345671", "visit_date": "2026-11-20", header: word, "sbp": 148, "dbp": 92}
    plain: dict[str, object] = {"archive_no": "12345672", "visit_date": "2026-11-20", header: "", "sbp": 128, "dbp": 82}
    assert take(village, row, plain).counts == {"new": 2}
    assert village.sql("SELECT person, kind FROM visit ORDER BY person") == [(1, "screening"), (2, "followup")]
    assert [row["person_id"] for row in village.rows("screen", "suspects")] == [1]
    assert take(village, row, plain).counts == {"unchanged": 2}
    assert [row["measured"] for row in village.rows("screen", "campaign", "--on", "2026-11-20")] == [1]


def test_a_sheet_brings_no_screening_that_the_keyboard_would_refuse(village: Chronic) -> None:
    keyed(village)
    village.ok("enrol", 1, "htn", "--on", "2026-11-01")
    row: dict[str, object] = {"archive_no": "12345671", "visit_date": "2026-11-20", "kind": "screening", "sbp": 148}
    empty: dict[str, object] = {"archive_no": "12345672", "visit_date": "2026-11-20", "kind": "screening"}
    found = take(village, row, empty)
    assert (found.code, found.refused) == (3, ["screen.managed", "screen.empty"])
    assert village.sql("SELECT count(*) FROM visit") == [(0,)]
