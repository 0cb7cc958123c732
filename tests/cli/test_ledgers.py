"""`report ledger`, and `export register` and `export ledger`: the county's sheets, in the county's order of columns."""

import csv
import io
import re
from pathlib import Path

import pytest
import python_calamine

from chronic.reports import ledgers
from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2025-01-05", "--dm-enrolled-on", "2025-03-05", "--village", "下各村",
                   "--id-number", "11010519491231002X", "--phone", "13812345512",
                   "--htn-diagnosed-on", "2020-05-01")  # fmt: skip
    chronic.visit(1, "2025-12-30", "--bp", "160/99", "--danger", "no")
    chronic.visit(1, "2026-03-01", "--bp", "152/94", "--fpg", 7.6, "--danger", "no", "--symptoms", "thirst;numb_limbs")
    chronic.visit(1, "2026-06-01", "--bp", "138/84", "--danger", "no", "--way", "home")
    chronic.visit(1, "2026-09-01", "--danger", "no", "--way", "phone")
    chronic.person("李建国", "--htn-enrolled-on", "2026-11-01", "--village", "上各村")
    chronic.person("陈志强", "--htn-enrolled-on", "2025-11-01")
    chronic.ok("programme", "end", 3, "htn", "--reason", "refused", "--yes")
    return chronic


def rows(chronic: Chronic, *args: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(chronic.ok("export", *args).out)))


def test_the_register_lists_who_is_managed_today(village: Chronic) -> None:
    found = rows(village, "register", "--programme", "htn")
    assert [row["姓名"] for row in found] == ["李建国", "王秀兰"]
    mine = found[1]
    assert (mine["序号"], mine["性别"], mine["年龄"], mine["村"]) == ("2", "女", "76", "下各村")
    assert (mine["确诊日期"], mine["纳入管理日期"]) == ("2020-05-01", "2025-01-05")
    assert (mine["最近一次血压"], mine["最近一次随访分类"], mine["最近一次面访日期"]) == ("138/84", "控制满意", "2026-06-01")
    assert mine["本年面访次数"] == "2"
    assert (mine["身份证号"], mine["联系电话"]) == ("110105********002X", "138****5512")
    assert rows(village, "register", "--programme", "htn", "--full")[1]["身份证号"] == "11010519491231002X"
    assert [row["姓名"] for row in rows(village, "register", "--programme", "dm")] == ["王秀兰"]
    assert rows(village, "register", "--programme", "htn", "--village", "上各村")[0]["姓名"] == "李建国"


def test_the_ledger_lists_the_follow_ups_of_its_days_in_words(village: Chronic) -> None:
    found = rows(village, "ledger", "--programme", "dm")
    assert [row["随访日期"] for row in found] == ["2026-03-01", "2026-06-01", "2026-09-01"]
    first = found[0]
    assert (first["随访方式"], first["血压"], first["空腹血糖"]) == ("门诊", "152/94", "7.6")
    assert (first["症状"], first["此次随访分类"]) == ("四肢发麻;多饮", "控制不满意")
    october = rows(village, "ledger", "--programme", "htn", "--from", "2025-12-01", "--to", "2025-12-31")
    assert [row["血压"] for row in october] == ["160/99"]


def test_a_county_has_its_own_columns(village: Chronic) -> None:
    path = village.folder / "columns.toml"
    path.write_text(
        '[register]\nhtn = [["名字", "name"], ["空", "blank"], ["户号", "household_no"], ["#", "row"]]\n', "utf-8"
    )
    (line, *_) = village.ok("export", "register", "--programme", "htn", "--columns", path).out.splitlines()
    assert line == "名字,空,户号,#"


def test_the_file_of_columns_that_comes_along_can_be_edited_and_given_back(village: Chronic) -> None:
    path = village.folder / "columns.toml"
    village.ok("export", "columns", "--out", path)
    assert path.read_text("utf-8") == ledgers.shipped()
    assert village.ok("export", "register", "--programme", "dm", "--columns", path).out == (
        village.ok("export", "register", "--programme", "dm").out
    )


@pytest.mark.parametrize(
    "text",
    ["", "[", "register = 3", "[register]\nhtn = []", '[register]\nhtn = [["a"]]', '[register]\nhtn = [["a", "nome"]]',
     '[register]\nhtn = [["a", "name"], ["a", "sex"]]', '[register]\nhtn = [["bp", "sbp"]]'],
)  # fmt: skip
def test_a_wrong_file_of_columns_is_one_sentence(village: Chronic, text: str) -> None:
    path = village.folder / "columns.toml"
    path.write_text(text, "utf-8")
    run = village("export", "register", "--programme", "htn", "--columns", path)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)


def test_days_the_wrong_way_round_and_a_file_that_is_not_there_are_one_sentence(village: Chronic) -> None:
    for args in (["--from", "2026-03-02", "--to", "2026-03-01"], ["--columns", str(village.folder / "none.toml")]):
        run = village("export", "ledger", "--programme", "htn", *args)
        assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)


def test_as_a_workbook_the_sheet_has_its_chinese_name_and_numbers_of_identity_are_texts(village: Chronic) -> None:
    path: Path = village.folder / "r.xlsx"
    village.ok("export", "register", "--programme", "htn", "--full", "--out", path)
    book = python_calamine.load_workbook(str(path))
    assert book.sheet_names == ["花名册"]
    rows = book.get_sheet_by_index(0).to_python()
    assert "11010519491231002X" in rows[2]


@pytest.mark.parametrize("what", ledgers.LEDGERS)
def test_every_column_that_may_be_asked_for_can_be_read(whole: Chronic, what: str) -> None:
    for programme in (None, "htn", "dm"):
        pairs = ", ".join(f'["{name}", "{name}"]' for name in ledgers.names(what, programme))
        path = whole.folder / "columns.toml"
        path.write_text(f"[{what}]\nall = [{pairs}]\n", "utf-8")
        chosen = ["--programme", programme] if programme else []
        run = whole.ok("report", "ledger", what, "--columns", path, *chosen, "--format", "csv")
        assert run.out.count("\n") > 1 or (what, programme) == ("education", "dm")
        assert whole.rows("report", "ledger", what, "--columns", path, *chosen) or (what, programme) == ("education", "dm")


# the eight ledgers --------------------------------------------------------------------------------

SOURCES = {
    "patients": "person", "follow-up": "visit", "screening": "visit", "referral": "referral", "call-back": "call",
    "check-up": "checkup", "education": "education", "overdue": "person",
}  # fmt: skip
"""The table whose uid traces a line of each."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """Something for every ledger: one managed for both, late; one screened, confirmed and enrolled; a lecture."""
    chronic = Chronic(tmp_path_factory.mktemp("ledgers"))
    chronic.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    chronic.person("王秀兰", "--sex", "F", "--htn-enrolled-on", "2025-01-05", "--dm-enrolled-on", "2025-03-05",
                   "--village", "下各村", "--hamlet", "1组", "--id-number", "11010519491231002X", "--phone", "13812345512",
                   "--birth-date", "1949-12-31", "--responsible-doctor", "李医生", "--tags", "独居")  # fmt: skip
    chronic.visit(1, "2026-03-01", "--bp", "152/94", "--fpg", 7.6, "--danger", "no")
    chronic.visit(1, "2026-10-01", "--bp", "162/94", "--fpg", 8.6, "--danger", "no", "--adherence", "intermittent")
    chronic.ok("refer", "out", 1, "--reason", "血压控制不满意", "--to", "县医院", "--by-hand", "--urgency", "routine",
               "--programme", "htn", "--on", "2026-10-01", "--yes")  # fmt: skip
    chronic.ok(
        "refer",
        "back",
        1,
        "--slip",
        "2026-0001",
        "--diagnosis",
        "高血压3级",
        "--institution",
        "县医院",
        "--on",
        "2026-10-11",
    )
    chronic.ok("call", 1, "--outcome", "not_reached", "--on", "2026-11-10")
    chronic.ok("checkup", "add", 1, "--bp", "150/90", "--height-cm", 160, "--weight-kg", 64, "--ecg", "abnormal", "--on",
               "2026-05-01")  # fmt: skip
    chronic.ok("educate", "add", "--topic", "diet", "--form", "personal", "--person", 1, "--on", "2026-06-01")
    chronic.ok("educate", "add", "--topic", "hypertension", "--form", "lecture", "--place", "village", "--people", 35)
    chronic.person("李建国", "--sex", "M", "--birth-date", "1970-01-01", "--village", "上各村")
    for day in ("2026-02-01", "2026-02-08", "2026-02-15"):
        chronic.ok("screen", "add", 2, "--bp", "150/95", "--fpg", 5.1, "--on", day)
    return chronic


def lines(chronic: Chronic, what: str, *args: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(chronic.ok("report", "ledger", what, *args, "--format", "csv").out)))


@pytest.mark.parametrize("what", ledgers.LEDGERS)
def test_every_line_can_be_traced_to_its_record(whole: Chronic, what: str) -> None:
    found = whole.rows("report", "ledger", what)
    assert found
    known = {uid for (uid,) in whole.sql(f"SELECT uid FROM {SOURCES[what]}")}
    known |= {uid for (uid,) in whole.sql("SELECT uid FROM visit")} if what == "referral" else set()  # only advised
    assert {row["uid"] for row in found} <= known
    assert [row["uid"] for row in found] == [row["记录标识"] for row in lines(whole, what)]


@pytest.mark.parametrize("what", ledgers.LEDGERS)
def test_a_ledger_is_the_same_in_a_file_a_workbook_and_on_a_page(whole: Chronic, what: str) -> None:
    header, *rows = csv.reader(io.StringIO(whole.ok("report", "ledger", what, "--format", "csv").out))
    book, page = whole.folder / "l.xlsx", whole.folder / "l.html"
    whole.ok("report", "ledger", what, "--out", book)
    workbook = python_calamine.load_workbook(str(book))
    assert workbook.sheet_names[0].isascii() is False
    first, *cells = workbook.get_sheet_by_index(0).to_python()
    assert first == header
    assert len(cells) == len(rows)
    whole.ok("report", "ledger", what, "--out", page)
    text = page.read_text("utf-8")
    assert re.findall(r'<th scope="col">(.*?)</th>', text) == [name for name in header if name != "记录标识"]
    assert re.findall(r'data-uid="(.*?)"', text) == [row[-1] for row in rows]
    assert "http" not in text.replace('http-equiv="Content-Security-Policy"', "")


def test_the_referral_ledger_closes_the_loop(whole: Chronic) -> None:
    (slip,) = [row for row in lines(whole, "referral") if row["单号"]]
    assert (slip["开单日期"], slip["转诊原因"], slip["转往机构"]) == ("2026-10-01", "血压控制不满意", "县医院")
    assert (slip["结局"], slip["结局日期"], slip["至结局天数"], slip["诊断"]) == ("已回转", "2026-10-11", "10", "高血压3级")


def test_the_other_ledgers_say_what_was_done(whole: Chronic) -> None:
    (call,) = lines(whole, "call-back")
    assert (call["追访日期"], call["结果"], call["到访日期"], call["追访人"]) == ("2026-11-10", "未联系上", "", "李医生")
    (exam,) = lines(whole, "check-up")
    assert (exam["体检日期"], exam["体质指数"], exam["心电图"], exam["年龄"]) == ("2026-05-01", "25.0", "异常", "76")
    first, second = lines(whole, "education")
    assert (first["主题"], first["对象"], second["参加人数"], second["场所"]) == ("合理膳食和减盐", "王秀兰", "35", "乡村")
    screened = lines(whole, "screening", "--programme", "htn")
    assert [(row["筛查日期"], row["目前疑似"]) for row in screened] == [
        ("2026-02-01", "高血压"), ("2026-02-08", "高血压"), ("2026-02-15", "高血压"),
    ]  # fmt: skip


def test_the_ledger_of_who_is_overdue_is_what_overdue_lists(whole: Chronic) -> None:
    ledger, listed = whole.rows("report", "ledger", "overdue"), whole.rows("overdue")
    keys = ("person_id", "uid", "name", "programmes", "due_on", "days_overdue", "band", "last_bp", "last_fpg", "reasons")
    assert [[row[key] for key in keys] for row in ledger] == [[row[key] for key in keys] for row in listed]
    due_on = listed[0]["due_on"]
    assert len(whole.rows("report", "ledger", "overdue", "--from", due_on, "--to", due_on)) == 1
    assert whole.rows("report", "ledger", "overdue", "--to", "2026-01-01") == []


def test_the_patients_of_an_earlier_day_are_those_it_listed_then(tmp_path: Path) -> None:
    """Nothing is taken from what is known of today: the days after it may hold anything."""
    chronic = Chronic(tmp_path)
    chronic.ok("demo", "--people", 60, "--to", chronic.path, today="2026-06-30")
    keys = ("person_id", "name", "programmes", "enrolled_on", "last_visit_on", "last_bp", "last_fpg", "class_htn",
            "class_dm", "visits_done")  # fmt: skip
    then = chronic.rows("report", "ledger", "patients", today="2026-06-30")
    for row in then[:12]:
        chronic.visit(row["person_id"], "2026-07-15", "--bp", "188/112", "--fpg", 11.1, "--danger", "no", today="2026-07-15")
    chronic.ok("programme", "end", then[0]["person_id"], then[0]["programmes"][0], "--reason", "refused", "--yes",
               "--on", "2026-07-20", today="2026-07-20")  # fmt: skip
    later = chronic.rows("report", "ledger", "patients", "--to", "2026-06-30", today="2026-07-20")
    assert [[row[key] for key in keys] for row in later] == [[row[key] for key in keys] for row in then]
    assert chronic.rows("report", "ledger", "patients", today="2026-07-20") != then


def test_words_are_the_countys_in_both_languages_and_codes_under_canonical_names(whole: Chronic) -> None:
    args = ("report", "ledger", "follow-up", "--format", "csv")
    assert whole.ok(*args, lang="zh").out == whole.ok(*args, lang="en").out
    plain = list(csv.DictReader(io.StringIO(whole.ok(*args, "--headers", "canonical").out)))
    assert (plain[-1]["class_htn"], plain[-1]["way"], plain[-1]["adherence"]) == ("uncontrolled", "clinic", "intermittent")
    assert "控制不满意" in whole.ok(*args).out


def test_identity_numbers_are_masked_unless_asked_for_which_is_logged(whole: Chronic) -> None:
    assert lines(whole, "patients")[0]["身份证号"] == "110105********002X"
    assert lines(whole, "patients", "--full")[0]["身份证号"] == "11010519491231002X"
    assert whole.sql("SELECT count(*) FROM audit WHERE action = 'full' AND about LIKE '%ledger%'")[0][0] >= 1


def test_filters_are_those_of_every_list(whole: Chronic) -> None:
    for args in (["--village", "下各村"], ["--doctor", "李医生"], ["--tag", "独居"], ["--limit", 1], ["--programme", "htn"]):
        assert [row["姓名"] for row in lines(whole, "patients", *args)] == ["王秀兰"]
    assert lines(whole, "patients", "--village", "上各村") == []
    assert whole("report", "ledger", "patients", "--village", "无此村").code == 2


def test_a_file_of_the_old_names_still_names_the_columns(village: Chronic) -> None:
    path = village.folder / "columns.toml"
    path.write_text('[ledger]\nhtn = [["日", "visit_date"]]\n', "utf-8")
    assert lines(village, "follow-up", "--programme", "htn", "--columns", path)[0] == {"日": "2026-03-01"}
