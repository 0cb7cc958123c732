"""The whole way at the keyboard: two villages and their township, each sent only what is its business."""

from pathlib import Path

import pytest

from tests.runner import Chronic, id_number

NUMBER = id_number("11010519500304001")
VILLAGES = ("下各村", "上各村")


class Township:
    """Three registries that trust one another, and sticks that go around between them."""

    def __init__(self, folder: Path) -> None:
        self.sites = {name: Chronic(folder / name) for name in (*VILLAGES, "镇卫生院")}
        self._folder, self._sticks = folder, 0
        for name, site in self.sites.items():
            site.folder.mkdir()
            level = "township" if name == "镇卫生院" else "village"
            site.ok("init", "--name", name, "--level", level, "--doctor", f"{name}医生", "--yes")
            site.ok("bundle", "key", "new")
            site.ok("bundle", "key", "show", "--out", folder / f"{name}.txt")
        town = self.sites["镇卫生院"]
        for village in VILLAGES:
            place = ("--place", f"城关镇/{village}")
            town.ok("bundle", "key", "trust", village, folder / f"{village}.txt", *place, "--yes")
            self.sites[village].ok("bundle", "key", "trust", "镇卫生院", folder / "镇卫生院.txt", "--yes")

    def go_around(self) -> None:
        for village in VILLAGES:
            self._carry(village, "镇卫生院")
        for village in VILLAGES:
            self._carry("镇卫生院", village)

    def _carry(self, one: str, other: str) -> None:
        self._sticks += 1
        file = self._folder / f"{self._sticks}.bundle"
        self.sites[one].ok("bundle", "make", "--to", other, "--out", file)
        self.sites[other].ok("bundle", "merge", file, "--yes")


@pytest.fixture
def township(tmp_path: Path) -> Township:
    made = Township(tmp_path)
    home = ("--village", "下各村", "--township", "城关镇", "--htn-enrolled-on", "2026-01-05")
    made.sites["下各村"].person("王秀兰", "--id-number", NUMBER, *home)
    made.sites["下各村"].person("李建国", *home)
    made.sites["下各村"].visit(1, "2026-11-15", "--bp", "186/112")
    made.sites["上各村"].person("周玉珍", "--village", "上各村", "--township", "城关镇")
    made.go_around()
    return made


def test_who_moves_is_handed_over_with_everything_and_nobody_else_is(township: Township) -> None:
    a, b, town = township.sites.values()
    a.ok("transfer", "out", 1, "--to", "城关镇/上各村", "--on", "2026-11-18")
    township.go_around()
    assert b.sql("SELECT name FROM person ORDER BY id") == [("周玉珍",), ("王秀兰",)]  # 李建国 is none of its business
    (row,) = b.rows("transfer", "list")
    assert (row["person_id"], bool(row["danger"])) == (2, True)
    assert b.ids("overdue", "--kind", "referral", today="2026-12-15") == []
    assert a.ids("overdue", "--kind", "referral", today="2026-12-15") == [1]

    b.ok("transfer", "accept", 2)
    township.go_around()
    assert a.ids("person", "list") == [2]
    assert b.ids("overdue", "--kind", "referral", today="2026-12-15") == [2]
    b.visit(2, "2026-11-20", "--bp", "130/80")
    township.go_around()
    assert len(a.sql("SELECT 1 FROM visit")) == 1  # what came later is none of the former village's business
    assert len(town.sql("SELECT 1 FROM visit")) == 2
    assert town.sql("SELECT count(*) FROM person WHERE id_number = ?", NUMBER) == [(1,)]
    assert {row["village"] for row in town.rows("person", "list") if row["name"] == "王秀兰"} == {"上各村"}

    b.ok("transfer", "out", 2, "--to", "城关镇/下各村", "--on", "2026-11-21")
    township.go_around()
    a.ok("transfer", "accept", 1)
    township.go_around()
    assert len(a.sql("SELECT 1 FROM visit")) == 2  # and all of it comes back
    assert a.ids("person", "list") == [1, 2]
    assert b.ids("person", "list") == [1]
    assert "Looked after by another registry" in b.ok("person", "show", 2).out
    for site in township.sites.values():
        site.ok("check")
