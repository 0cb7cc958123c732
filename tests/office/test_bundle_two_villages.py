"""Two villages that know nothing of each other, and the county both send to: over files and the command line."""

import contextlib
import sqlite3
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from chronic.exchange import bundles as files
from chronic.exchange import keys
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
    out = sites.lower.folder / "out.bundle"
    sites.lower.person("王秀兰", "--village", "下各村")
    sites.lower.ok("bundle", "make", "--to", "县疾控", "--plain", "--out", out)
    found = files.read(out)
    lines = [line | {"closed_on": None} for line in files.rows(found, None, out)]
    out.write_bytes(files.pack(found.header, lines, keys.read(keys.file_of(sites.lower.path)), None))
    run = sites.county("bundle", "merge", out, "--yes")
    assert (run.code, run.last) == (2, f"{out} holds rows that cannot be; nothing was changed.")
