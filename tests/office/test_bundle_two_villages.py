"""Two villages that know nothing of each other, and the county both send to: over files and the command line."""

import contextlib
import sqlite3
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chronic.exchange import bundles as files
from chronic.exchange import keys
from chronic.store import sources
from chronic.store.stamp import content_uid
from tests.runner import Chronic, Run, id_number

NUMBER = id_number("11010519491231002")


class Sites(NamedTuple):
    """Each village has people of its own, the county has everybody."""

    lower: Chronic
    upper: Chronic
    county: Chronic

    def up(self) -> None:
        for village, number in ((self.lower, 1), (self.upper, 2)):
            passed(village, self.county, "县疾控", f"up{number}")

    def down(self) -> None:
        passed(self.county, self.lower, "下各村卫生室", "down1")
        passed(self.county, self.upper, "上各村卫生室", "down2")


@pytest.fixture
def sites(tmp_path: Path) -> Sites:
    found = Sites(*(Chronic(tmp_path / name) for name in Sites._fields))
    names = {"lower": "下各村卫生室", "upper": "上各村卫生室", "county": "县疾控"}
    for site in found:
        site.folder.mkdir()
        level = "county" if site is found.county else "village"
        site.ok("init", "--name", names[site.folder.name], "--doctor", "李医生", "--level", level, "--yes")
        site.ok("bundle", "key", "new")
        site.ok("bundle", "key", "show", "--out", tmp_path / f"{site.folder.name}.txt")
    for village in (found.lower, found.upper):
        name = names[village.folder.name]
        place = ("--place", name.removesuffix("卫生室"))
        village.ok("bundle", "key", "trust", "县疾控", tmp_path / "county.txt", "--yes")
        found.county.ok("bundle", "key", "trust", name, tmp_path / f"{village.folder.name}.txt", *place, "--yes")
    return found


_files = count(1)


def passed(one: Chronic, other: Chronic, to: str, name: str) -> Run:
    out = one.folder / f"{name}-{next(_files)}.bundle"
    one.ok("bundle", "make", "--to", to, "--out", out)
    return other.ok("bundle", "merge", out, "--yes")


def stays(site: Chronic) -> list[tuple[object, ...]]:
    return site.sql("SELECT programme, enrolled_on, ended_on, end_reason FROM enrolment ORDER BY enrolled_on")


def test_one_person_managed_for_one_disease_in_two_villages_goes_up_down_and_up_again(sites: Sites) -> None:
    for village, place, day in ((sites.lower, "下各村", "2025-03-01"), (sites.upper, "上各村", "2025-05-01")):
        village.person("王秀兰", "--id-number", NUMBER, "--village", place)
        village.ok("enrol", 1, "htn", "--on", day)
    sites.up()
    sites.down()
    sites.county.ok("transfer", "settle", 1, "--village", "下各村", "--yes")
    sites.up()
    sites.down()
    assert stays(sites.county) == stays(sites.lower) == [("htn", "2025-03-01", None, None)]


def test_what_ends_for_both_ends_in_a_bundle_too_and_begins_anew(sites: Sites) -> None:
    test_one_person_managed_for_one_disease_in_two_villages_goes_up_down_and_up_again(sites)
    sites.county.ok("programme", "end", 1, "htn", "--on", "2026-11-20", "--reason", "refused", "--yes")
    sites.down()
    assert stays(sites.lower) == [("htn", "2025-03-01", "2026-11-20", "refused")]
    sites.county.ok("undo", "--yes")
    sites.down()
    sites.up()
    assert stays(sites.county) == stays(sites.lower) == [("htn", "2025-03-01", None, None)]


def test_what_an_earlier_version_put_aside_with_blanks_goes_out_without_them(sites: Sites) -> None:
    for village, place in ((sites.lower, "下各村"), (sites.upper, "上各村")):
        village.person("王秀兰", "--id-number", NUMBER, "--village", place, "--htn-enrolled-on", "2025-03-01")
    sites.up()
    with contextlib.closing(sqlite3.connect(sites.county.path)) as db, db:
        blanks = "json_set(row, '$.ended_on', NULL, '$.end_reason', NULL)"
        assert db.execute(f"UPDATE aside SET row = {blanks}").rowcount == 1
    sites.down()
    carried = sites.county.folder / "one.bundle"
    sites.county.ok("transfer", "out", 1, "--to", "白塔镇/远村", "--file", carried, "--plain", "--yes")
    assert sites.county.sql("SELECT 1 FROM aside WHERE row LIKE '%null%'")
    assert all(None not in line.values() for line in files.rows(files.read(carried), None, carried))


def test_rows_that_cannot_be_are_refused_in_words_a_doctor_knows(sites: Sites) -> None:
    sites.lower.person("王秀兰", "--village", "下各村")
    out = repacked(sites.lower, "blank", lambda line: line | {"closed_on": None})
    run = sites.county("bundle", "merge", out, "--yes")
    assert (run.code, run.last) == (2, f"{out} holds rows that cannot be; nothing was changed.")


def sheet(site: Chronic, name: str, text: str) -> Path:
    path = site.folder / name
    path.write_text(text, encoding="utf-8")
    return path


LOWER = "person_ref,name,sex,birth_date,village\n1,张三,M,1955-01-02,下各村\n2,李四,F,1956-01-02,下各村\n"
UPPER = "person_ref,name,sex,birth_date,village\n1,周八,F,1961-01-02,上各村\n2,吴九,M,1962-01-02,上各村\n"
VISITS = "person_ref,visit_date,sbp,dbp\n1,2026-11-01,150,90\n2,2026-11-01,150,90\n"
TESTS = "person_ref,done_on,test,result\n1,2026-11-02,ecg,normal\n2,2026-11-02,ecg,normal\n"
FACTS = "person_ref,told_on,fact,answer\n1,2026-11-02,family_dm,yes\n2,2026-11-02,family_dm,yes\n"
CHECKUPS = "person_ref,checkup_date,height_cm,weight_kg\n1,2026-06-01,160,60\n2,2026-06-01,160,60\n"
ROWS = """SELECT p.name FROM {} AS t JOIN person AS p ON p.id = t.person ORDER BY p.name"""
EVERYBODY = sorted([("张三",), ("李四",), ("周八",), ("吴九",)])


def taken(site: Chronic, people: str, *args: str) -> None:
    for holds, text in (("people", people), ("visits", VISITS), ("tests", TESTS), ("facts", FACTS), ("checkups", CHECKUPS)):
        site.ok("import", sheet(site, f"{holds}.csv", text), *args, "--yes")


def written(site: Chronic) -> list[list[tuple[object, ...]]]:
    return [site.sql(ROWS.format(table)) for table in ("visit", "test_result", "person_fact", "checkup")]


def test_line_1_of_one_villages_sheet_is_not_line_1_of_anothers(sites: Sites) -> None:
    taken(sites.lower, LOWER)
    taken(sites.upper, UPPER)
    sites.up()
    assert sorted(sites.county.sql("SELECT name FROM person")) == EVERYBODY
    assert written(sites.county) == [EVERYBODY] * 4
    sites.down()
    # the county's own sheet has a line 1 too, and the villages' sheets are theirs still
    sites.county.ok("import", sheet(sites.county, "own.csv", "person_ref,name,village\n1,郑十,下各村\n"))
    assert len(sites.county.sql("SELECT 1 FROM person")) == 5
    sites.down()
    for village, people in ((sites.lower, LOWER), (sites.upper, UPPER)):
        before = village.sql("SELECT uid FROM person ORDER BY uid")
        taken(village, people)
        assert village.sql("SELECT uid FROM person ORDER BY uid") == before
        assert village.sql("SELECT source FROM person_source WHERE ref = '2'") == [("default",)]
    assert sites.lower.sql(
        "SELECT name FROM person JOIN person_source ON person = id WHERE source = 'default' AND ref = '1'"
    ) == [("张三",)]


def test_numbers_of_a_named_source_mean_the_same_everywhere(sites: Sites) -> None:
    taken(sites.lower, LOWER, "--source", "2025台账")
    taken(sites.upper, LOWER, "--source", "2025台账")
    sites.up()
    assert sorted(sites.county.sql("SELECT name FROM person")) == sorted([("张三",), ("李四",)])
    assert [len(rows) for rows in written(sites.county)] == [2] * 4
    taken(sites.county, LOWER, "--source", "2025台账")
    assert [len(rows) for rows in written(sites.county)] == [2] * 4


def test_a_number_given_and_taken_back_in_the_village_is_so_in_the_county(sites: Sites) -> None:
    sites.lower.person("王秀兰", "--id-number", NUMBER, "--village", "下各村")
    sites.up()
    sites.lower.ok("import", sheet(sites.lower, "number.csv", f"person_ref,name,id_number\n7,王秀兰,{NUMBER}\n"))
    sites.up()
    origin = sites.lower.sql("SELECT value FROM setting WHERE key = 'origin'")[0][0]
    assert sites.county.sql("SELECT source, ref FROM person_source") == [(f"default@{origin}", "7")]
    sites.down()
    assert sites.lower.sql("SELECT source, ref FROM person_source") == [("default", "7")]
    sites.lower.ok("undo", "--yes")
    sites.up()
    assert sites.county.sql("SELECT source, ref FROM person_source") == []


def test_a_number_of_which_an_earlier_version_does_not_say_whose_it_is_is_nobodys(sites: Sites) -> None:
    sites.lower.ok("import", sheet(sites.lower, "people.csv", LOWER), "--yes")
    repacked(sites.lower, "refs", lambda line: line | {"refs": [["default", line["refs"][0][1]]]})
    sites.county.ok("bundle", "merge", sites.lower.folder / "refs.bundle", "--yes")
    sites.county.ok("import", sheet(sites.county, "own.csv", "person_ref,name,village\n1,郑十,下各村\n"))
    assert sorted(sites.county.sql("SELECT name FROM person")) == sorted([("张三",), ("李四",), ("郑十",)])


def repacked(site: Chronic, name: str, changed: Callable[[dict[str, Any]], dict[str, Any]]) -> Path:
    """A bundle to the county whose lines somebody trusted signed as they are not made any more."""
    out = site.folder / f"{name}.bundle"
    site.ok("bundle", "make", "--to", "县疾控", "--plain", "--out", out)
    found = files.read(out)
    lines = [changed(line) for line in files.rows(found, None, out)]
    out.write_bytes(files.pack(found.header, lines, keys.read(keys.file_of(site.path)), None))
    return out


def test_what_an_earlier_version_imported_is_known_again(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    village = sites.lower
    with monkeypatch.context() as earlier:
        earlier.setattr(sources, "abroad", lambda source, _origin: source)
        taken(village, LOWER)
    assert village.sql("SELECT uid FROM person WHERE id = 1") == [(content_uid("person", "default", "1"),)]
    tables = ("person", "visit", "test_result", "person_fact", "checkup")
    before = [village.sql(f"SELECT uid FROM {table} ORDER BY id") for table in tables]
    village.ok("visit", "void", village.visit_number(1, "2026-11-01"), "--reason", "记错人", "--yes")
    village.ok("person", "close", 2, "--reason", "died", "--on", "2026-11-15", "--yes")
    village.ok("person", "erase", 2, "--basis", "书面申请", "--yes")
    for what, text in (("people", LOWER), ("visits", VISITS), ("tests", TESTS), ("facts", FACTS), ("checkups", CHECKUPS)):
        village("import", sheet(village, f"{what}.csv", text), "--yes")  # line 2 is nobody any more
    assert [village.sql(f"SELECT uid FROM {table} ORDER BY id") for table in tables] == before
    assert village.rows("visit", "list", 1) == []
