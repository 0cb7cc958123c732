"""Many bundles at once: in any order, twice, with bad ones among them; and a folder they arrive in every night."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chronic.exchange import bundles as files
from chronic.exchange import keys
from chronic.store.registry import SCHEMA_VERSION
from tests import counties
from tests.counties import COUNTY, Village
from tests.runner import Chronic, Run
from tests.travels import with_its_key


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Village]]:
    """A county and three villages of six people, each with its own registry."""
    folder = tmp_path_factory.mktemp("county")
    return folder, counties.villages(folder, 3, 6, registries=True)


@pytest.fixture
def county(made: tuple[Path, list[Village]], tmp_path: Path) -> Chronic:
    return with_its_key(counties.county(made[0]), tmp_path)


@pytest.fixture
def stick(made: tuple[Path, list[Village]], tmp_path: Path) -> Path:
    """What the villages sent, in folders of a stick."""
    folder = tmp_path / "stick"
    for number, village in enumerate(made[1]):
        (folder / f"{number}").mkdir(parents=True)
        shutil.copy(village.bundle, folder / f"{number}" / village.bundle.name)
    return folder


def village_site(made: tuple[Path, list[Village]], number: int, folder: Path) -> Chronic:
    """A copy of a village's registry, where somebody works."""
    village = made[1][number]
    assert village.registry is not None
    return with_its_key(village.registry, folder)


def merge(county: Chronic, *paths: Path, code: int = 0) -> Run:
    run = county("bundle", "merge", *paths, "--yes")
    assert run.code == code, run
    return run


def test_a_stick_full_of_bundles_is_merged_at_once_and_again_changes_nothing(county: Chronic, stick: Path) -> None:
    run = merge(county, stick)
    assert run.out.splitlines()[-1].startswith("3 files: 3 merged, 0 refused; ")
    assert county.sql("SELECT count(*) FROM person") == [(18,)]
    before = county.dump()
    again = merge(county, stick)
    assert again.out.count("merged before") == 3
    assert again.out.splitlines()[-1] == "3 files: 3 merged, 0 refused; 0 new rows"
    assert county.dump() == before


def test_the_order_of_the_files_does_not_matter(made: tuple[Path, list[Village]], county: Chronic, tmp_path: Path) -> None:
    """The second builds on the first; by name it comes before it."""
    village = village_site(made, 0, tmp_path / "village")
    assert village("bundle", "make", "--to", COUNTY, "--out", tmp_path / "z.bundle").code == 0
    merge(county, tmp_path / "z.bundle")
    county.ok("bundle", "make", "--to", made[1][0].name, "--out", tmp_path / "back.bundle")
    village.ok("bundle", "merge", tmp_path / "back.bundle", "--yes")
    village.person("王新来")
    village.ok("bundle", "make", "--to", COUNTY, "--out", tmp_path / "a.bundle")
    fresh = with_its_key(counties.county(made[0]), tmp_path / "fresh")
    alone = fresh("bundle", "merge", tmp_path / "a.bundle", "--yes")
    assert (alone.code, alone.last[:11]) == (2, "The bundle ")
    tried = fresh("bundle", "merge", tmp_path / "a.bundle", tmp_path / "z.bundle", "--dry-run")
    assert tried.code == 3
    assert "builds on another of these files" in tried.out
    assert fresh.sql("SELECT count(*) FROM person") == [(0,)]
    merge(fresh, tmp_path / "a.bundle", tmp_path / "z.bundle")
    assert fresh.sql("SELECT count(*) FROM person WHERE name = '王新来'") == [(1,)]


# what is refused -----------------------------------------------------------------------------------


def _flipped(good: Path, key: keys.Key, to: str) -> bytes:
    data = bytearray(good.read_bytes())
    data[-20] ^= 1
    return bytes(data)


def _renamed(good: Path, key: keys.Key, to: str) -> bytes:
    magic, told, rest = good.read_bytes().split(b"\n", 2)
    header = json.loads(told)
    return b"\n".join([magic, json.dumps({**header, "name": "别的村"}, ensure_ascii=False, sort_keys=True).encode(), rest])


def _newer(good: Path, key: keys.Key, to: str) -> bytes:
    return good.read_bytes().replace(b"CHRONIC BUNDLE 1", b"CHRONIC BUNDLE 2", 1)


def _packed(key: keys.Key, to: str | None, lines: tuple[dict[str, Any], ...] = (), **more: object) -> bytes:
    header = {
        "uid": "00000000000000000000000000000001", "from": "x", "name": "某村", "level": "village", "to": COUNTY,
        "after": "", "acks": [], "made_at": counties.AT, "pseudonymous": False, "schema": SCHEMA_VERSION,
    }  # fmt: skip
    return files.pack({**header, **more}, lines, key, to)


WRONG: dict[str, tuple[Callable[[Path, keys.Key, str, keys.Key], bytes], str]] = {
    "cut": (lambda good, key, to, other: good.read_bytes()[:-40], "bundle.damaged"),
    "flipped": (lambda good, key, to, other: _flipped(good, key, to), "bundle.damaged"),
    "renamed": (lambda good, key, to, other: _renamed(good, key, to), "bundle.forged"),
    "of a newer program": (lambda good, key, to, other: _newer(good, key, to), "bundle.newer"),
    "of a newer schema": (lambda good, key, to, other: _packed(key, to, schema=SCHEMA_VERSION + 1), "bundle.newer"),
    "something else": (lambda good, key, to, other: b"PK\x03\x04 nothing of ours", "bundle.foreign"),
    "empty": (lambda good, key, to, other: b"", "bundle.foreign"),
    "of a stranger": (lambda good, key, to, other: _packed(other, to), "bundle.untrusted"),
    "without names": (lambda good, key, to, other: _packed(key, to, pseudonymous=True), "bundle.pseudonymous"),
    "of a demo": (lambda good, key, to, other: _packed(key, to, demo=True), "bundle.demo"),
    "for somebody else": (lambda good, key, to, other: _packed(key, other.public.age), "bundle.not_ours"),
    "on top of one never seen": (lambda good, key, to, other: _packed(key, to, after="f" * 32), "bundle.gap"),
    "of impossible rows": (
        lambda good, key, to, other: _packed(key, to, ({"at": "visit", "uid": "v", "person": "nobody", "sbp": "x"},)),
        "bundle.gap",
    ),
}


@pytest.fixture(scope="module")
def wrong(made: tuple[Path, list[Village]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file for each way to be wrong."""
    village = made[1][0]
    assert village.registry is not None
    key, folder = keys.read(keys.file_of(village.registry)), tmp_path_factory.mktemp("wrong")
    to, other = keys.read(keys.file_of(counties.county(made[0]))).public.age, keys.new()
    for name, (spoil, _code) in WRONG.items():
        (folder / f"{name}.bundle").write_bytes(spoil(village.bundle, key, to, other))
    return folder


@pytest.mark.parametrize("name", WRONG)
def test_one_that_is_wrong_is_refused_with_one_sentence_and_nothing_changes(county: Chronic, wrong: Path, name: str) -> None:
    before, said = county.dump(), set()
    for lang in ("en", "zh"):
        run = county("bundle", "merge", wrong / f"{name}.bundle", "--yes", lang=lang)
        assert (run.code, run.out) == (2, "")
        assert len(run.err.splitlines()) == 1
        said.add(run.err)
    assert len(said) == 2
    assert county.dump() == before


def test_in_a_folder_each_is_named_and_the_good_ones_are_merged(county: Chronic, wrong: Path, stick: Path) -> None:
    before = county.dump()
    run = merge(county, wrong, code=3)
    assert county.dump() == before
    assert run.last == f"{len(WRONG)} of {len(WRONG)} bundles were refused; nothing was merged."
    mixed = merge(county, wrong, stick, code=3)
    assert mixed.last == f"{len(WRONG)} of {len(WRONG) + 3} bundles were refused; the others were merged."
    for name in WRONG:
        assert f"{name}.bundle" in mixed.out
    assert county.sql("SELECT count(*) FROM person") == [(18,)]


def test_a_folder_without_any_bundle_is_said(county: Chronic, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    run = county("bundle", "merge", tmp_path / "none", "--yes")
    assert (run.code, run.last) == (2, f"There is no bundle in {tmp_path / 'none'} (files whose names end in .bundle).")


# every night ---------------------------------------------------------------------------------------


def test_at_night_what_arrived_is_merged_and_put_away_and_nothing_is_deleted(
    county: Chronic, wrong: Path, stick: Path, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(stick, inbox)
    for file in wrong.glob("*.bundle"):
        shutil.copy(file, inbox)
        os.utime(inbox / file.name, (0, 0))  # nobody is copying it any more
    (inbox / "notes.txt").write_text("not a bundle")
    there = {path.name for path in inbox.rglob("*") if path.is_file()}
    run = county("nightly", "--incoming", inbox)
    assert run.code == 30
    assert f"bundles=3 refused={len(WRONG)} " in run.out
    waiting = {path.name for path in inbox.iterdir() if path.is_file()}
    gaps = {f"{name}.bundle" for name, (_spoil, code) in WRONG.items() if code == "bundle.gap"}
    assert waiting == {"notes.txt", *gaps}
    assert {path.name for path in inbox.rglob("*") if path.is_file()} == there | {"refused.ndjson"}
    night = county.folder / "nightly" / "2026-11-21"
    for name in ("bundles.csv", "desk.csv", "desk.json", "ranking-township.csv", "ranking-village.csv", "circular.txt",
                 "handed-out.csv"):  # fmt: skip
        assert (night / name).stat().st_size > 0
    assert county.sql("SELECT count(*) FROM person") == [(18,)]
    again = county("nightly", today="2026-11-22")
    assert again.code == 30  # what builds on a bundle that never came is named every night
    assert f"bundles=0 refused={len(gaps)} " in again.out


def test_files_of_one_name_lie_beside_each_other_in_done(
    county: Chronic, made: tuple[Path, list[Village]], tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    for village in made[1]:
        inbox.mkdir(exist_ok=True)
        shutil.copy(village.bundle, inbox / "out.bundle")
        county.ok("nightly", "--incoming", inbox)
    assert {path.name for path in (inbox / "done").iterdir()} == {"out.bundle", "out-2.bundle", "out-3.bundle"}


def test_a_file_that_is_still_being_copied_stays_where_it_is(county: Chronic, stick: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(stick, inbox)
    whole = next(stick.rglob("*.bundle")).read_bytes()
    (inbox / "late.bundle").write_bytes(whole[:200])
    assert county("nightly", "--incoming", inbox).code == 30
    assert (inbox / "late.bundle").exists()
    assert not (inbox / "refused").exists()


def test_a_sender_whose_clock_is_years_ahead_does_not_stop_the_nights(
    county: Chronic, made: tuple[Path, list[Village]], tmp_path: Path
) -> None:
    """What the village wrote down in 2036 by its clock was not written under this one."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    village = made[1][1]
    assert village.registry is not None
    key = keys.read(keys.file_of(village.registry))
    to = keys.read(keys.file_of(county.path)).public.age
    person = {"at": "person", "uid": "p", "name": "王秀兰", "origin": "v", "recorded_at": "2036-01-01T00:00:00.000Z",
              "recorded_by": "x", "township": "下各镇", "village": "下各村"}  # fmt: skip
    data = _packed(key, to, (person,), made_at="2036-01-01T00:00:00.000Z")
    (inbox / "ahead.bundle").write_bytes(data)
    county.ok("nightly", "--incoming", inbox, today=None)
    assert county("nightly", today=None).code == 0


def test_the_next_bundle_for_each_village_lies_ready(county: Chronic, stick: Path, tmp_path: Path, made: Any) -> None:
    inbox, outbox = tmp_path / "inbox", tmp_path / "outbox"
    shutil.copytree(stick, inbox)
    county.ok("nightly", "--incoming", inbox, "--outgoing", outbox)
    assert {path.stem for path in outbox.iterdir()} == {village.name for village in made[1]}
    site = village_site(made, 0, tmp_path / "village")
    assert site("bundle", "merge", outbox / f"{made[1][0].name}.bundle", "--yes").code == 0
    assert site.sql("SELECT max(acked) FROM bundle_sent") == [(1,)]


def test_where_every_bundle_was_refused_nothing_is_said_of_others(county: Chronic, tmp_path: Path) -> None:
    files_ = [tmp_path / "a.csv", tmp_path / "b.txt"]
    for file in files_:
        file.write_text("", "utf-8")
    run = county("bundle", "merge", *files_, "--yes")
    assert (run.code, run.last) == (3, "2 of 2 bundles were refused; nothing was merged.")
    assert "来自" in county("bundle", "merge", *files_, "--yes", lang="zh").out
