"""Whom a registry trusts and what that makes it send: by what the key says of itself, and by what somebody typed."""

import shutil
from pathlib import Path

import pytest

from chronic.exchange import bundles as files
from chronic.exchange import keys
from tests.office.test_bundles import merged, sent, trusting
from tests.runner import Chronic
from tests.travels import digest_of


@pytest.fixture
def both(tmp_path: Path) -> tuple[Chronic, Chronic]:
    return trusting(tmp_path)


def registry(folder: Path, name: str, level: str, *args: str) -> Chronic:
    folder.mkdir()
    site = Chronic(folder)
    site.ok("init", "--name", name, "--doctor", "李医生", "--level", level, "--yes", *args)
    site.ok("bundle", "key", "new")
    site.ok("bundle", "key", "show", "--out", folder.parent / f"{folder.name}.txt")
    return site


def test_above_everything_below_the_people_of_a_place(both: tuple[Chronic, Chronic], tmp_path: Path) -> None:
    village, town = both
    told = village.ok("bundle", "key", "trust", "镇卫生院", tmp_path / "town.txt", "--yes").err
    assert "By its own account: township. It is sent everything." in told
    told = town.ok("bundle", "key", "trust", "下各村", tmp_path / "village.txt", "--yes").err
    assert "people of 下各村, a place nobody knows here yet, and whom it registered itself" in told
    town.person("李建国", "--village", "下各村")
    told = town.ok("bundle", "key", "trust", "下各村", tmp_path / "village.txt", "--place", "下各村", "--yes").err
    assert "It is sent the people of 下各村." in told
    (row,) = town.rows("bundle", "list")
    assert (row["place"], row["waiting"]) == ("下各村", None)
    village.person("王秀兰", "--village", "下各村")
    (row,) = village.rows("bundle", "list")
    assert (row["place"], row["waiting"] > 0) == (None, True)
    merged(town, sent(village, "镇卫生院"))
    merged(village, sent(town, "下各村"))
    assert village.rows("bundle", "list")[0]["acked_at"] is not None


def test_a_village_beside_is_sent_nothing_but_whom_it_has_to_do_with(tmp_path: Path) -> None:
    one, other = registry(tmp_path / "one", "上各村", "village"), registry(tmp_path / "other", "下各村", "village")
    one.ok("bundle", "key", "trust", "下各村", tmp_path / "other.txt", "--yes")
    one.person("王秀兰", "--village", "上各村")
    assert files.read(sent(one, "下各村")).header["counts"] == {}
    one.ok("bundle", "key", "trust", "下各村", tmp_path / "other.txt", "--everything", "--yes")
    assert files.read(sent(one, "下各村")).header["counts"]["person"] == 1
    assert other.path.exists()


def test_a_second_computer_of_the_same_place_is_sent_everything(tmp_path: Path) -> None:
    area = ("--area", "331024100201")
    one = registry(tmp_path / "one", "上各村", "village", *area)
    registry(tmp_path / "other", "上各村", "village", *area)
    assert "It is sent everything" in one.ok("bundle", "key", "trust", "诊室", tmp_path / "other.txt", "--yes").err


def test_two_villages_of_one_name_are_told_apart(both: tuple[Chronic, Chronic], tmp_path: Path) -> None:
    _village, town = both
    for name, township in (("甲", "横溪镇"), ("乙", "白塔镇")):
        town.person(name, "--township", township, "--village", "上各村")
    args = (
        "bundle",
        "key",
        "trust",
        "上各村",
        registry(tmp_path / "third", "上各村", "village").folder.parent / "third.txt",
    )
    run = town(*args, "--yes")
    assert run.code == 2
    assert run.last.startswith("Several townships have a place called 上各村; say which:")
    town.ok(*args, "--place", "白塔镇/上各村", "--yes")
    assert files.read(sent(town, "上各村")).header["counts"]["person"] == 1


def test_a_registry_that_lost_its_key_is_trusted_anew_and_the_old_key_no_longer(
    both: tuple[Chronic, Chronic], tmp_path: Path
) -> None:
    village, town = both
    village.person("王秀兰", "--village", "下各村")
    old = shutil.copy(sent(village, "镇卫生院"), tmp_path / "old.bundle")
    was = keys.read(keys.file_of(village.path)).public.fingerprint
    keys.file_of(village.path).unlink()
    village.ok("bundle", "key", "new")
    village.ok("bundle", "key", "show", "--out", tmp_path / "new.txt")
    assert town("bundle", "merge", sent(village, "镇卫生院"), "--yes").code == 2
    run = town("bundle", "key", "trust", "下各村", tmp_path / "new.txt")
    assert run.code == 2  # nobody is there to answer
    assert f"下各村 had the key {was} until now; what is signed with it is refused from now on." in run.err
    town.ok("bundle", "key", "trust", "下各村", tmp_path / "new.txt", "--yes")
    assert town("bundle", "merge", old, "--yes").code == 2
    merged(town, sent(village, "镇卫生院"))


def test_who_is_dropped_is_refused_and_sent_nothing(both: tuple[Chronic, Chronic]) -> None:
    village, town = both
    village.person("王秀兰", "--village", "下各村")
    file = sent(village, "镇卫生院")
    assert town("bundle", "key", "drop", "无此村", "--yes").last == "Nobody called 无此村 is trusted: chronic bundle list"
    assert town("bundle", "key", "drop", "下各村").code == 2
    town.ok("bundle", "key", "drop", "下各村", "--yes")
    assert town("bundle", "merge", file, "--yes").code == 2
    assert town("bundle", "make", "--to", "下各村", "--out", town.folder / "x").code == 2
    assert town.rows("bundle", "list") == []


def test_nobody_can_put_another_key_to_encrypt_to_or_another_level_into_a_key(tmp_path: Path) -> None:
    registry(tmp_path / "one", "上各村", "village")
    town = registry(tmp_path / "town", "镇", "township")
    text = (tmp_path / "one.txt").read_text(encoding="utf-8").strip()
    other = (tmp_path / "town.txt").read_text(encoding="utf-8").strip()
    swapped = text.split(":")
    swapped[2] = other.split(":")[2]
    for forged in (text.replace(":village:", ":county:"), ":".join(swapped), text[:-6], "x", ""):
        run = town("bundle", "key", "trust", "上各村", forged, "--yes")
        assert run.code == 2
        assert "not a key" in run.last


def test_a_demo_and_a_registry_keep_apart(both: tuple[Chronic, Chronic], tmp_path: Path) -> None:
    village, town = both
    village.person("王秀兰", "--village", "下各村")
    real = sent(village, "镇卫生院")
    (tmp_path / "demo").mkdir()
    demo = Chronic(tmp_path / "demo")
    demo.ok("demo", "--people", 5, "--to", demo.path)
    shutil.copy(keys.file_of(village.path), keys.file_of(demo.path))
    demo.ok("bundle", "key", "trust", "镇卫生院", tmp_path / "town.txt", "--yes")
    before = town.dump()
    run = town("bundle", "merge", sent(demo, "镇卫生院"), "--yes")
    assert run.code == 2
    assert run.last.endswith("is from a demo: made-up people do not belong in a registry; nothing was changed.")
    assert town.dump() == before
    shutil.copy(keys.file_of(town.path), keys.file_of(demo.path))
    demo.ok("bundle", "key", "trust", "下各村", tmp_path / "village.txt", "--yes")
    run = demo("bundle", "merge", real, "--yes")
    assert run.code == 2
    assert run.last.startswith("This registry is a demo and ")


def test_a_registry_copied_with_its_key_and_used_twice_loses_nothing(both: tuple[Chronic, Chronic], tmp_path: Path) -> None:
    """Two laptops of one clinic write under one name; what one lacks it asks for."""
    village, town = both
    village.person("王秀兰", "--village", "下各村", "--htn-enrolled-on", "2026-01-05")
    merged(town, sent(village, "镇卫生院"))
    merged(village, sent(town, "下各村"))
    (tmp_path / "copy").mkdir()
    copy = Chronic(tmp_path / "copy")
    shutil.copy(village.path, copy.path)
    shutil.copy(keys.file_of(village.path), keys.file_of(copy.path))
    for laptop, day, name in ((village, "2026-11-10", "甲"), (copy, "2026-11-12", "乙")):
        laptop.visit(1, day, "--bp", "150/90")
        laptop.ok("refer", "out", 1, "--reason", "复查", "--to", "镇卫生院", "--by-hand", "--yes")
        assert laptop.person(name, "--village", "下各村") == 2
        merged(town, sent(laptop, "镇卫生院"))
    assert [slip[:9] for (slip,) in town.sql("SELECT slip FROM referral")] == ["2026-0001", "2026-0001"]
    merged(village, sent(town, "下各村"))
    merged(town, sent(village, "镇卫生院"))
    run = copy("bundle", "merge", sent(town, "下各村"), "--yes")
    assert run.code == 2
    assert "--since all" in run.last
    whole = sent(town, "下各村", "--since", "all")
    merged(copy, whole)
    merged(village, whole)
    assert digest_of(village.path) == digest_of(copy.path) == digest_of(town.path)
    uids = [uid for (uid,) in town.sql("SELECT uid FROM visit UNION ALL SELECT uid FROM referral")]
    assert len(uids) == len(set(uids)) == 4


def test_who_is_sent_more_than_before_is_sent_all_of_it(both: tuple[Chronic, Chronic], tmp_path: Path) -> None:
    village, town = both
    town.person("李建国", "--village", "上各村")
    merged(village, sent(town, "下各村"))
    merged(town, sent(village, "镇卫生院"))
    assert village.sql("SELECT count(*) FROM person") == [(0,)]
    town.ok("bundle", "key", "trust", "下各村", tmp_path / "village.txt", "--place", "上各村", "--yes")
    merged(village, sent(town, "下各村"))
    merged(town, sent(village, "镇卫生院"))
    assert village.sql("SELECT name FROM person") == [("李建国",)]
    town.person("赵钱", "--village", "中各村")
    merged(village, sent(town, "下各村"))
    merged(town, sent(village, "镇卫生院"))
    town.ok("bundle", "key", "trust", "下各村", tmp_path / "village.txt", "--everything", "--yes")
    merged(village, sent(town, "下各村"))
    assert village.sql("SELECT name FROM person ORDER BY 1") == [("李建国",), ("赵钱",)]


def test_a_registry_knows_the_bundles_it_made(both: tuple[Chronic, Chronic]) -> None:
    village, town = both
    village.person("王秀兰", "--village", "下各村")
    file = sent(village, "镇卫生院")
    assert "Made here, with the key " in village.ok("bundle", "show", file).out
    assert "Signed by 下各村" in town.ok("bundle", "show", file).out
