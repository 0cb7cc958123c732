"""A sheet from another system: what its headers, units and codes mean, said once, asked at a terminal, shown before."""

import csv
import io
import random
import shutil
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.runner import Chronic, Run
from tests.sheets import Imported, portrait, taken

PEOPLE = [{"name": "王秀兰", "person_ref": "1", "sex": "F"}, {"name": "李大山", "person_ref": "2", "sex": "M"}]
DAY = "2026-03-05"


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    taken(chronic, PEOPLE)
    return chronic


def write(chronic: Chronic, text: str, name: str = "visits.csv") -> Path:
    path = chronic.folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def take(chronic: Chronic, text: str, *options: object, **how: str) -> Run:
    return chronic("import", write(chronic, text), *options, **how)


def visits(chronic: Chronic, columns: str) -> list[tuple[object, ...]]:
    return chronic.sql(f"SELECT {columns} FROM visit WHERE ended_by IS NULL ORDER BY person, visit_date")


def test_a_header_is_told_its_column_and_unit_once(village: Chronic) -> None:
    sheet = f"源编号,随访日期,称重,备忘\n1,{DAY},130,x\n"
    assert taken(village, [{"源编号": "1", "随访日期": "2026-01-05", "称重": "120"}]).counts == {"new": 1}
    assert visits(village, "weight_kg") == [(None,)]
    run = take(village, sheet, "--map", "称重=体重:斤", "--map", "备忘=", "--source", "default")
    assert run.code == 0, run
    assert "Columns not read: 备忘" in run.out
    assert visits(village, "weight_kg") == [(None,), (65.0,)]
    assert village.sql("SELECT field, text FROM visit_entered") == [("weight_kg", "130 斤")]
    assert village.ok("import", "--maps").out.splitlines() == [
        'default  --map "备忘="  2026-11-22 李医生'.replace(
            "2026-11-22", village.sql("SELECT recorded_at FROM meaning")[0][0][:10]
        ),
        'default  --map "称重=weight_kg:斤"  '
        + village.sql("SELECT substr(recorded_at, 1, 10) FROM meaning")[0][0]
        + " 李医生",
    ]
    assert take(village, sheet.replace(DAY, "2026-04-05")).code == 0
    assert visits(village, "weight_kg") == [(None,), (65.0,), (65.0,)]
    assert village.ok("import", "--forget-maps").out == "2 forgotten for default.\n"
    assert "Nothing is kept" in village.ok("import", "--maps").out


def test_another_source_has_its_own_meanings(village: Chronic) -> None:
    taken(village, PEOPLE, "--source", "b")
    assert take(village, f"源编号,随访日期,称重\n1,{DAY},130\n", "--map", "称重=weight_kg:斤", "--source", "b").code == 0
    assert "Columns not read: 称重" in take(village, "源编号,随访日期,称重\n1,2026-04-05,65\n").out
    assert "称重" in village.ok("import", "--maps").out
    assert "称重" not in village.ok("import", "--maps", "--source", "c").out


@pytest.mark.parametrize("options", [["--dry-run"], ["--strict"]])
def test_a_meaning_is_kept_only_with_an_import_that_was_written(village: Chronic, options: list[str]) -> None:
    before = village.dump()
    take(village, f"源编号,随访日期,称重\n1,{DAY},130\n9,{DAY},1\n", "--map", "称重=weight_kg:斤", "--codes", "ws", *options)
    assert village.dump() == before


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (["--map", "体重"], "write --map as HEADER=COLUMN"),
        (["--map", "体重=重量"], "There is no column 重量"),
        (["--map", "体重=weight_kg:kPa"], "cannot be given in kPa"),
        (["--map", "=weight_kg"], "write --map as HEADER=COLUMN"),
        (["--codes", "2017"], "There is no set of codes 2017; there are form2017"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(village: Chronic, option: list[str], sentence: str) -> None:
    before = village.dump()
    run = take(village, f"源编号,随访日期,体重\n1,{DAY},130\n", *option)
    assert (run.code, village.dump()) == (2, before)
    assert sentence in run.last


def test_an_ambiguous_header_is_not_read_and_said_so(village: Chronic) -> None:
    sheet = f"源编号,随访日期,血糖\n1,{DAY},7.1\n"
    run = take(village, sheet)
    assert run.code == 0
    assert "Columns not read: 血糖" in run.out
    assert '--map "血糖=fpg"' in run.out
    assert visits(village, "fpg") == [(None,)]
    assert take(village, sheet, "--map", "血糖=random_glucose").code == 0
    assert visits(village, "fpg, random_glucose") == [(None, 7.1)]


def test_what_a_sheet_needs_and_only_an_ambiguous_header_has_is_asked_for(village: Chronic) -> None:
    run = take(village, f"源编号,DE06.00.109.00,收缩压\n1,{DAY},140\n")
    assert run.code == 2
    assert '--map "DE06.00.109.00=visit_date"' in run.last


def test_two_headers_of_one_column_name_the_way_out(village: Chronic) -> None:
    sheet = f"源编号,随访日期,空腹血糖,fbs\n1,{DAY},7.1,6.8\n"
    run = take(village, sheet)
    assert run.code == 2
    assert '--map "fbs="' in run.last
    assert take(village, sheet, "--map", "fbs=").code == 0
    assert visits(village, "fpg") == [(7.1,)]


def test_units_in_headers_are_converted(village: Chronic) -> None:
    run = take(village, f"源编号,随访日期,血压(kPa),体重（斤）,空腹血糖 mg/dL,腰围(尺)\n1,{DAY},18.6/12,130,126,2.4\n")
    assert run.code == 0, run
    assert visits(village, "sbp, dbp, weight_kg, fpg, waist_cm") == [(140, 90, 65.0, 7.0, 80.0)]
    assert village.sql("SELECT field, text FROM visit_entered ORDER BY 1") == [
        ("bp", "18.6/12 kPa"), ("fpg", "126 mg/dL"), ("waist_cm", "2.4 尺"), ("weight_kg", "130 斤"),
    ]  # fmt: skip


def test_a_unit_that_only_the_range_suggests_is_asked_for(village: Chronic) -> None:
    sheet = f"源编号,随访日期,空腹血糖\n1,{DAY},126\n2,{DAY},250\n"
    run = take(village, sheet)
    assert run.code == 3
    assert '2 values look like mg/dL. If the whole column is in mg/dL: --map "空腹血糖=fpg:mg/dL"' in run.out
    assert take(village, sheet, "--map", "空腹血糖=fpg:mg/dL").code == 0
    assert visits(village, "fpg") == [(7.0,), (13.9,)]


def test_bare_codes_are_refused_and_the_sets_that_read_them_named(village: Chronic) -> None:
    sheet = f"源编号,随访日期,随访方式,症状\n1,{DAY},1,2\n2,{DAY},2,9\n"
    run = take(village, sheet)
    assert (run.code, visits(village, "way")) == (3, [])
    assert "--codes form2017-htn would read: Way of visit 1 = clinic (1), 2 = home (1); Symptoms 2 = headache" in run.out
    assert "--codes form2017-dm would read" in run.out
    assert take(village, sheet, "--codes", "form2017-dm").code == 0
    assert visits(village, "way, symptoms") == [("clinic", "thirst"), ("home", "weight_loss")]
    assert take(village, sheet.replace(DAY, "2026-06-01")).code == 0  # kept for this source


def test_codes_that_no_set_knows_are_shown(village: Chronic) -> None:
    run = take(village, f"源编号,随访日期,随访方式\n1,{DAY},7\n")
    assert "No known set of codes reads them all: Way of visit 7 (1)" in run.out


def test_columns_of_one_medicine_each_are_the_list(village: Chronic) -> None:
    header = "源编号,随访日期,药物名称1,用法用量1,药物名称2,用法用量2"
    run = take(village, f"{header}\n1,{DAY},氨氯地平,5mg qd,二甲双胍,\n2,{DAY},氨氯地平,遵医嘱,,\n")
    assert (run.code, Imported(run).refused) == (3, ["value.medicine"])
    assert visits(village, "medicines") == [("氨氯地平, 1, 5, mg; 二甲双胍",)]


def test_how_a_medicine_is_taken_without_its_name_is_not_read(village: Chronic) -> None:
    assert "Columns not read: 用法用量1" in take(village, f"源编号,随访日期,用法用量1\n1,{DAY},5mg qd\n").out


def test_a_dry_run_shows_what_was_recognised_and_a_few_rows(village: Chronic) -> None:
    run = take(village, f"源编号,本次随访日期,体重(斤),糊涂\n1,{DAY},130,x\n2,{DAY},140,y\n", "--dry-run")
    assert "Read by their own names: 源编号" in run.out
    assert "  本次随访日期: Visit date" in run.out
    assert "  体重(斤): Weight  斤" in run.out
    assert "Columns not read: 糊涂" in run.out
    assert "new  line 2: Visit date 2026-03-05" in run.out
    assert visits(village, "weight_kg") == []


def test_a_preview_hides_identity_numbers(chronic: Chronic) -> None:
    path = write(chronic, "姓名,身份证号,联系电话\n王秀兰,11010519491231002X,13800138000\n")
    out = chronic.ok("import", path, "--dry-run").out
    assert "110105********002X" in out
    assert "13800138000" not in out
    assert "11010519491231002X" not in out


def test_at_a_terminal_it_is_shown_and_asked_before_it_is_written(village: Chronic) -> None:
    sheet = f"源编号,随访日期,体重\n1,{DAY},65\n"
    no = take(village, sheet, stdin="n\n")
    assert (no.code, visits(village, "weight_kg")) == (1, [])
    assert "Dry run: nothing was written." in no.out
    yes = take(village, sheet, stdin="y\n")
    assert (yes.code, visits(village, "weight_kg")) == (0, [(65.0,)])
    assert "Write it?" not in take(village, sheet, "--yes", stdin="").err


def test_at_a_terminal_what_is_unclear_is_asked(village: Chronic) -> None:
    run = take(village, f"源编号,随访日期,血糖,随访方式\n1,{DAY},7.1,2\n", stdin="3\n1\ny\n")
    assert run.code == 0, run
    assert visits(village, "random_glucose, way") == [(7.1, "home")]
    assert village.sql("SELECT header, meant FROM meaning ORDER BY 1") == [("", "form2017"), ("血糖", "random_glucose")]


def test_an_age_is_an_approximate_birth_date(chronic: Chronic) -> None:
    taken(chronic, [{"姓名": "王秀兰", "年龄": "67岁", "源编号": "1"}])
    assert chronic.sql("SELECT birth_date, birth_approximate FROM person") == [("1959-05-23", "yes")]
    assert "about 67 years" in chronic("visit", "add", "王秀兰", "--bp", "140/90", "--yes").err
    again = chronic("import", write(chronic, "姓名,年龄,源编号\n王秀兰,68,1\n"), today="2027-11-21")
    assert Imported(again).counts == {"unchanged": 1}
    taken(chronic, [{"姓名": "王秀兰", "出生日期": "1959-03-01", "年龄": "40", "源编号": "1"}])
    assert chronic.sql("SELECT birth_date, birth_approximate FROM person") == [("1959-03-01", None)]
    assert taken(chronic, [{"姓名": "王秀兰", "年龄": "67", "源编号": "1"}]).counts == {"unchanged": 1}
    assert chronic.sql("SELECT birth_date, birth_approximate FROM person") == [("1959-03-01", None)]


def test_an_identity_number_replaces_an_approximate_birth_date(chronic: Chronic) -> None:
    taken(chronic, [{"name": "王秀兰", "age": "60", "person_ref": "1"}])
    taken(chronic, [{"name": "王秀兰", "id_number": "11010519491231002X", "person_ref": "1"}])
    assert chronic.sql("SELECT birth_date, birth_approximate FROM person") == [("1949-12-31", None)]
    taken(chronic, [{"name": "李大山", "age": "60", "person_ref": "2"}])
    chronic.ok("person", "edit", 2, "--birth-date", "1966-03-01")
    assert chronic.sql("SELECT birth_date, birth_approximate FROM person WHERE id = 2") == [("1966-03-01", None)]


@pytest.mark.parametrize(("age", "klass"), [("63", "uncontrolled"), ("70", "uncontrolled")])
def test_no_wider_limit_rests_on_an_approximate_age(chronic: Chronic, age: str, klass: str) -> None:
    taken(chronic, [{"name": "王秀兰", "age": age, "person_ref": "1", "htn_enrolled_on": "2026-01-01"}])
    verdict = chronic.visit(1, "2026-11-20", "--bp", "146/84")
    assert verdict["classes"]["htn"]["class"] == klass if "classes" in verdict else klass in str(verdict)


def test_an_approximate_birth_date_travels(chronic: Chronic, tmp_path: Path) -> None:
    taken(chronic, [{"name": "王秀兰", "age": "67", "archive_no": "12345678"}])
    before = portrait(chronic)
    out = tmp_path / "people.csv"
    chronic.ok("export", "people", "--full", "--out", out)
    (tmp_path / "b").mkdir()
    other = Chronic(tmp_path / "b")
    other.ok("init", "--yes")
    other.ok("import", out)
    assert other.sql("SELECT birth_date, birth_approximate FROM person") == [("1959-05-23", "yes")]
    assert portrait(other)["person"] == before["person"]


def test_rejects_of_a_sheet_with_several_header_lines_come_back_corrected(village: Chronic, tmp_path: Path) -> None:
    book, out = tmp_path / "book.xlsx", tmp_path / "rejects.csv"
    with xlsxwriter.Workbook(str(book)) as made:
        page = made.add_worksheet()
        for line, cells in enumerate(
            [["台账"], ["源编号", "随访日期", "生活方式指导", "", "转诊"], ["", "", "日吸烟量", "目标", "原因"],
             ["1", DAY, 20, 10, "血压高"], ["2", DAY, "很多", 5, ""]]
        ):  # fmt: skip
            page.write_row(line, 0, cells)
    run = village("import", book, "--rejects", out)
    assert Imported(run).counts == {"new": 1, "refused": 1}
    assert visits(village, "smoke_per_day, smoke_target, referral_reason") == [(20, 10, "血压高")]
    text = out.read_text("utf-8-sig")
    assert "很多" in text
    out.write_text(text.replace("很多", "15"), "utf-8-sig")
    assert Imported(village("import", out)).counts == {"new": 1}
    assert visits(village, "smoke_per_day, smoke_target")[1] == (15, 5)


CANONICAL = [
    {"person_ref": "1", "visit_date": "2026-03-05", "way": "clinic", "sbp": "146", "dbp": "84", "weight_kg": "65.5",
     "fpg": "7.1", "adherence": "regular", "adr": "no", "smoke_per_day": "20", "exercise_per_week": "3",
     "medicines": "氨氯地平, 1, 5, mg; 二甲双胍, 2, 0.5, g", "notes": "㐂, \"x\"; |"},
    {"person_ref": "2", "visit_date": "2026-03-06", "way": "home", "sbp": "130", "dbp": "80", "weight_kg": "70",
     "fpg": "5.6", "adherence": "none", "adr": "yes", "smoke_per_day": "0", "exercise_per_week": "0",
     "medicines": "氨氯地平", "notes": "多行\n备注"},
]  # fmt: skip
OTHERS = {
    "person_ref": ["源编号", "person_ref"], "visit_date": ["本次随访日期", "sfrq", "*随访日期：", "随 访 日 期"],
    "way": ["随访方式", "visitWay"], "sbp": ["高压", "收缩压(mmHg)", "systolic"], "dbp": ["低压", "舒张压"],
    "weight_kg": ["目前体重", "体重(kg)", "体重（公斤）"], "fpg": ["空腹血糖值", "fbs"], "adherence": ["服药依从性", "fyqk"],
    "adr": ["药物不良反应", "有无药物不良反应"], "smoke_per_day": ["日吸烟量", "rxyl"],
    "exercise_per_week": ["周运动次数", "运动频率"], "medicines": ["用药情况"], "notes": ["备注", "note"],
}  # fmt: skip
WORDS = {
    "2026-03-05": ["2026年3月5日", "2026.3.5", "20260305", "2026/03/05 00:00:00"], "clinic": ["门诊", "门诊随访"],
    "home": ["家庭", "上门随访", "入户"], "regular": ["规律", "规律服药"], "none": ["不服药"], "no": ["无", "否", "n", "F"],
    "yes": ["有", "是", "True"], "20": ["20支", "２０"], "3": ["3次/周"], "7.1": ["7.1mmol/L", "７．１"],
    "氨氯地平, 1, 5, mg; 二甲双胍, 2, 0.5, g": [
        "氨氯地平 5mg qd；二甲双胍 0.5g bid", "氨氯地平，每日1次，每次5mg\n二甲双胍 0.5g 每日2次",
    ],
}  # fmt: skip


def rewritten(chance: random.Random) -> tuple[list[str], list[list[str]]]:
    """The same sheet as somebody else would have written it."""
    columns = list(CANONICAL[0])
    chance.shuffle(columns)
    header = [chance.choice(OTHERS[column]) for column in columns]
    rows = [[chance.choice([row[c], *WORDS.get(row[c], [])]) for c in columns] for row in CANONICAL]
    return header, rows


def as_text(header: list[str], rows: list[list[str]], chance: random.Random) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=chance.choice(",;\t|"), lineterminator=chance.choice(["\n", "\r\n"]))
    for title in chance.sample([["2026年随访台账"], ["填报单位：下各村卫生室"], []], chance.randrange(4)):
        writer.writerow(title)
    writer.writerows([header, *rows])
    return out.getvalue().encode(chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))


def as_book(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
        page = book.add_worksheet("说明")
        page.write(0, 0, "填表说明")
        page = book.add_worksheet("随访")
        page.merge_range(0, 0, 0, len(header) - 1, "2026年随访台账")
        for line, cells in enumerate([header, *rows], 1):
            page.write_row(line, 0, cells)


@pytest.mark.parametrize("seed", range(30))
def test_however_a_sheet_is_written_it_is_the_same_registry(village: Chronic, seed: int) -> None:
    (village.folder / "other").mkdir()
    other = Chronic(village.folder / "other")
    shutil.copy(village.path, other.path)
    taken(village, CANONICAL)
    before, uids = portrait(village), visits(village, "uid")
    chance = random.Random(seed)
    header, rows = rewritten(chance)
    if seed % 3:
        path = village.folder / "other.csv"
        path.write_bytes(as_text(header, rows, chance))
    else:
        as_book(path := village.folder / "other.xlsx", header, rows)
    assert Imported(village("import", path)).counts == {"unchanged": 2}, (header, rows)
    assert Imported(other("import", path)).counts == {"new": 2}
    assert (visits(other, "uid"), portrait(other)) == (uids, before)


CELLS = st.text(
    "0123456789./-年月日 毫米汞柱mgdLkPa斤尺><+HILO无未查弃是否有TF,，;；、\n\"'=@\x00*（）", max_size=12
) | st.text(max_size=8)
HEADERS = st.sampled_from(
    [name for names in OTHERS.values() for name in names] + ["体重(斤)", "血压(kPa)", "血糖", "药物名称1", "用法用量1", "?"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    header=st.lists(HEADERS, max_size=8), rows=st.lists(st.lists(CELLS, max_size=10), max_size=4),
    codes=st.sampled_from(["", "form2017-htn", "ws"]),
)  # fmt: skip
def test_whatever_cells_hold_a_strict_import_is_whole_or_nothing(
    village: Chronic, header: list[str], rows: list[list[str]], codes: str
) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(
        [["源编号", "随访日期", *header], *([str(1 + n % 2), DAY, *row] for n, row in enumerate(rows))]
    )
    before = village.dump()
    run = village("import", write(village, out.getvalue()), "--strict", "--codes", codes)
    assert run.code in (0, 2, 3), run
    assert "Traceback" not in run.err
    if run.code:
        assert village.dump() == before
    else:
        village("undo", "--yes")
