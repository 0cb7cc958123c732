"""`export template`: a blank sheet that a spreadsheet opens, a doctor fills in, and `import` reads."""

import csv
from pathlib import Path

import pytest

from chronic.exchange.template import COLUMNS, may_hold
from chronic.model.fields import BY_COLUMN, PERSON_FIELDS, VISIT_FIELDS
from tests.runner import Chronic
from tests.sheets import Imported

ID = "11010519491231002X"
NOTHING = "There is nothing below the headers; nothing was changed.\n"


def template(chronic: Chronic, what: str, *options: str) -> Path:
    path = chronic.folder / f"{what}.csv"
    chronic.ok("export", "template", what, "--out", path, *options)
    return path


def lines_of(path: Path, encoding: str = "utf-8-sig") -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.reader(stream))


def saved(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig") -> Path:
    """As a spreadsheet saves it."""
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def filled(path: Path, values: dict[str, str]) -> list[str]:
    head = lines_of(path)[0]
    return [values.get(name, "") for name in head]


PERSON = {"姓名": "王㛃𬱖", "身份证号": ID, "村": "下各村", "管理项目": "高血压;糖尿病", "高血压纳入管理日期": "2026/3/5",
          "标签": "独居", "吸烟状况": "已戒烟"}  # fmt: skip
VISIT = {"身份证号": ID, "随访日期": "2026年11月1日", "收缩压": "150", "舒张压": "95", "空腹血糖": "HI", "随访方式": "家庭",
         "用药情况": "氨氯地平片, 1, 5, mg", "危急情况": "否"}  # fmt: skip


@pytest.mark.parametrize("what", ["people", "visits"])
def test_a_template_has_a_chinese_header_what_it_may_hold_and_one_example(chronic: Chronic, what: str) -> None:
    path = template(chronic, what)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    head, hold, example = lines_of(path)
    assert len({len(head), len(hold), len(example)}) == 1
    assert not any(name.isascii() for name in head)
    assert chronic.ok("export", "template", what).out.encode() == path.read_bytes()[3:]
    assert lines_of(template(chronic, what, "--encoding", "gb18030"), "gb18030") == [head, hold, example]


def test_every_column_that_import_reads_can_be_filled_in() -> None:
    assert {*COLUMNS["people"], "uid"} == {field.column for field in PERSON_FIELDS}
    assert set(COLUMNS["visits"]) == {field.column for field in VISIT_FIELDS} | {
        "id_number", "name", "archive_no", "person_ref",
    }  # fmt: skip


def test_a_coded_column_names_every_word_and_no_hint_is_a_date_to_a_spreadsheet() -> None:
    for column in {*COLUMNS["people"], *COLUMNS["visits"]}:
        field = BY_COLUMN[column]
        hint = may_hold(field)
        assert all(label in hint for label in (field.codes or {}).values())
        assert not hint.replace("-", "").isdigit()
        if field.kind not in ("text", "code"):
            assert hint


@pytest.mark.parametrize("what", ["people", "visits"])
def test_an_untouched_template_holds_nothing_and_changes_nothing(chronic: Chronic, what: str) -> None:
    path = template(chronic, what)
    before = chronic.dump()
    for options in ([], ["--dry-run"], ["--strict"]):
        run = chronic("import", path, *options)
        assert (run.code, run.out, run.err) == (0, NOTHING, "")
    assert chronic.dump() == before
    assert chronic("import", path, lang="zh").out == "表头下面没有内容, 未作任何改动.\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
@pytest.mark.parametrize("instead", [False, True], ids=["below", "instead"])
def test_a_template_filled_in_is_imported(chronic: Chronic, encoding: str, instead: bool) -> None:
    for what, values in (("people", PERSON), ("visits", VISIT)):
        path = template(chronic, what)
        kept = lines_of(path)[: 1 if instead else 3]
        saved(path, [*kept, filled(path, values)], encoding)
        found = Imported(chronic("import", path))
        assert (found.code, found.counts) == (0, {"new": 1}), found.run
    assert chronic.sql("SELECT name, smoking_status FROM person") == [("王㛃𬱖", "former")]
    assert chronic.sql("SELECT visit_date, way, sbp, fpg_meter, medicines, danger FROM visit") == [
        ("2026-11-01", "home", 150, "HI", "氨氯地平片, 1, 5, mg", "no")
    ]


def test_the_example_itself_is_right_once_its_number_is(chronic: Chronic) -> None:
    """Who copies the example and puts in a real number is understood."""
    for what in ("people", "visits"):
        path = template(chronic, what)
        head, _, example = lines_of(path)
        example[0] = example[0].partition(": ")[2]
        row = dict(zip(head, example, strict=True)) | {"身份证号": ID}
        row |= {"联系电话": "13812345512"} if what == "people" else {}
        found = Imported(chronic("import", saved(path, [head, filled(path, row)])))
        assert (found.code, found.counts, found.asked) == (0, {"new": 1}, []), found.run


def test_an_example_that_lost_its_mark_is_refused(chronic: Chronic) -> None:
    for what in ("people", "visits"):
        path = template(chronic, what)
        head, _, example = lines_of(path)
        example[0] = example[0].partition(": ")[2]
        before = chronic.dump()
        found = Imported(chronic("import", saved(path, [head, example]), "--strict"))
        assert found.code == 3
        assert "person.masked" in found.refused
        assert chronic.dump() == before


def test_lines_are_skipped_only_where_the_template_has_them(chronic: Chronic) -> None:
    """A row further down is a row, whatever its first cell begins with."""
    path = template(chronic, "people")
    head, hold, example = lines_of(path)
    odd = filled(path, {"姓名": "#例外", "健康档案编号": "12345678"})
    found = Imported(chronic("import", saved(path, [head, hold, example, filled(path, PERSON), odd])))
    assert (found.code, found.counts) == (0, {"new": 2}), found.run


def test_a_template_over_the_registry_is_refused(chronic: Chronic) -> None:
    assert chronic("export", "template", "people", "--out", chronic.path).code == 2
    assert chronic.ok("today").code == 0


def test_a_template_needs_no_registry(bare: Chronic) -> None:
    assert bare.ok("export", "template", "people").out.startswith("姓名,")
    assert not bare.path.exists()
