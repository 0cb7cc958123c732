"""A bundle from one registry to another and back, and every way a file can be wrong."""

import contextlib
import json
import random
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chronic.errors import ValueRefused
from chronic.exchange import bundles as files
from chronic.exchange import keys
from chronic.office import bundles as office
from chronic.store import registry
from chronic.store.travelling import PARTS, STAYING, TRAVELLING, shape
from tests.runner import Chronic, Run, id_number
from tests.travels import Site, digest_of, with_its_key

NUMBER = id_number("11010519500304001")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A village and a town that trust each other; the village has two people, one of them with a bit of everything."""
    village, town = trusting(tmp_path_factory.mktemp("both"))
    village.person("王秀兰", "--id-number", NUMBER, "--village", "下各村", "--household-no", "7", "--phone", "13812345512",
                   "--htn-enrolled-on", "2026-01-05", "--tags", "低保")  # fmt: skip
    village.visit(1, "2026-09-01", "--bp", "152/94", "--bp", "148/92", "--fpg", "7.6")
    village.visit(1, "2026-11-01", "--bp", "186/98")
    village.ok("checkup", "add", 1, "--on", "2026-06-01", "--bp-left", "138/84", "--ecg", "abnormal")
    village.ok("task", "add", "随访表未签字", "--person", 1)
    village.ok("household", "visit", 1, "--need", "轮椅")
    village.ok("contract", "sign", 1, "--team", "李医生团队")
    village.ok("refer", "out", 1, "--reason", "复查", "--to", "县人民医院", "--by-hand", "--yes")
    village.person("李建国", "--birth-date", "1970-05-05", "--village", "下各村")
    return village.path, town.path


def trusting(folder: Path) -> tuple[Chronic, Chronic]:
    """A village and a town, empty, that have each other's key."""
    both = [Chronic(folder / name) for name in ("village", "town")]
    for site, name, level in zip(both, ("下各村", "镇卫生院"), ("village", "township"), strict=True):
        site.folder.mkdir()
        site.ok("init", "--name", name, "--doctor", f"{name}医生", "--level", level, "--yes")
        site.ok("bundle", "key", "new")
        site.ok("bundle", "key", "show", "--out", folder / f"{site.folder.name}.txt")
    village, town = both
    village.ok("bundle", "key", "trust", "镇卫生院", folder / "town.txt", "--yes")
    town.ok("bundle", "key", "trust", "下各村", folder / "village.txt", "--yes")
    return village, town


@pytest.fixture
def pair(made: tuple[Path, Path], tmp_path: Path) -> tuple[Chronic, Chronic]:
    village, town = made
    return with_its_key(village, tmp_path / "village"), with_its_key(town, tmp_path / "town")


def sent(one: Chronic, to: str, *args: str) -> Path:
    out = one.folder / "out.bundle"
    one.ok("bundle", "make", "--to", to, "--out", out, *args)
    return out


def merged(other: Chronic, file: Path) -> Run:
    return other.ok("bundle", "merge", file, "--yes")


def test_every_table_travels_or_says_why_it_stays() -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.executescript(registry.schema_text())
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        tables -= {"sqlite_sequence"}
        assert tables == TRAVELLING.keys() | STAYING.keys()
        assert not TRAVELLING.keys() & STAYING.keys()
        assert {part for parts in PARTS.values() for part in parts} <= STAYING.keys()
        for table in TRAVELLING:
            references = {row[3]: row[2] for row in db.execute(f"PRAGMA foreign_key_list({table})") if row[2] != "batch"}
            assert references == TRAVELLING[table], table
            assert {"uid", "recorded_at", "recorded_by"} <= {*shape(db, table).columns}, table
        for table in STAYING:
            assert STAYING[table]


def test_what_the_village_knows_the_town_knows(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    file = sent(village, "镇卫生院")
    merged(town, file)
    for args in (["person", "timeline", 1], ["overdue", "--kind", "all"]):
        assert town.rows(*args) == village.rows(*args)
    for query in ("SELECT uid, name, id_number, phone FROM person ORDER BY uid", "SELECT uid, sbp FROM visit ORDER BY uid",
                  "SELECT sbp, dbp FROM visit_reading ORDER BY 1", "SELECT field, value FROM checkup_value ORDER BY 1",
                  "SELECT uid, need FROM household_visit", "SELECT uid, title FROM task WHERE kind = 'typed'",
                  "SELECT slip FROM referral", "SELECT class, due_on FROM verdict ORDER BY 1, 2"):  # fmt: skip
        assert town.sql(query) == village.sql(query)


def test_the_same_bundle_again_changes_nothing(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    file = sent(village, "镇卫生院")
    merged(town, file)
    before = town.dump()
    assert merged(town, file).out.startswith("0 new rows")
    assert town.dump() == before


def test_only_what_is_new_is_sent_once_they_said_they_have_the_rest(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    merged(town, sent(village, "镇卫生院"))
    village.visit(2, "2026-11-20", "--bp", "150/90")
    assert files.read(sent(village, "镇卫生院")).header["counts"]["person"] == 2  # nobody has said anything yet
    merged(village, sent(town, "下各村"))
    header = files.read(sent(village, "镇卫生院")).header
    assert header["counts"] == {"person": 1, "visit": 1, "enrolment": 1} or header["counts"] == {"person": 1, "visit": 1}
    assert header["after"]


def test_a_bundle_that_builds_on_one_not_merged_is_refused(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    earlier = town.path.read_bytes()
    merged(town, sent(village, "镇卫生院"))
    merged(village, sent(town, "下各村"))
    village.visit(2, "2026-11-20", "--bp", "150/90")
    file = sent(village, "镇卫生院")
    town.path.write_bytes(earlier)
    run = town("bundle", "merge", file, "--yes")
    assert run.code == 2
    assert run.last == "The bundle builds on one that is not merged here; nothing was changed. Ask for one with --since all."
    merged(town, sent(village, "镇卫生院", "--since", "all"))


def test_both_values_are_kept_until_somebody_decides_and_the_decision_travels(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    merged(town, sent(village, "镇卫生院"))
    village.ok("person", "edit", 1, "--phone", "13900000001")
    town.ok("person", "edit", 1, "--phone", "13900000002")
    assert "To decide: 1 王秀兰, Phone" in merged(town, sent(village, "镇卫生院")).out
    (row,) = town.rows("bundle", "conflicts")
    assert {row["one"], row["other"]} == {"139****0001", "139****0002"}
    town.ok("person", "edit", 1, "--phone", "13900000003")
    assert town.rows("bundle", "conflicts") == []
    merged(village, sent(town, "下各村"))
    assert village.sql("SELECT phone FROM person WHERE id = 1") == [("13900000003",)]
    assert village.rows("bundle", "conflicts") == []


def test_a_withdrawal_beats_a_correction_made_elsewhere(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    merged(town, sent(village, "镇卫生院"))
    village.ok("visit", "void", village.visit_number(1, "2026-11-01"), "--reason", "记错人", "--yes")
    town.ok("visit", "fix", town.visit_number(1, "2026-11-01"), "--sbp", "156")
    merged(town, sent(village, "镇卫生院"))
    assert "2026-11-01" not in {row["visit_date"] for row in town.rows("visit", "list", 1)}


def test_two_visits_of_one_day_leave_one_that_counts_and_withdrawing_it_brings_the_other_back(
    pair: tuple[Chronic, Chronic],
) -> None:
    village, town = pair
    merged(town, sent(village, "镇卫生院"))
    village.visit(1, "2026-11-15", "--bp", "150/90")
    town.visit(1, "2026-11-15", "--bp", "140/80")
    merged(town, sent(village, "镇卫生院"))
    assert [row["field"] for row in town.rows("bundle", "conflicts")] == ["visit"]
    number = town.visit_number(1, "2026-11-15")
    pressures = {town.sql("SELECT sbp FROM visit WHERE id = ?", number)[0][0]}
    town.ok("visit", "void", number, "--reason", "量错了", "--yes")
    pressures.add(town.sql("SELECT sbp FROM visit WHERE id = ?", town.visit_number(1, "2026-11-15"))[0][0])
    assert pressures == {140, 150}
    town.ok("undo", "--yes")
    assert town.visit_number(1, "2026-11-15") == number


def test_two_results_of_one_day_are_no_contradiction(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    merged(town, sent(village, "镇卫生院"))
    for site, sbp, result in ((village, 150, "normal"), (town, 140, "abnormal")):
        site.visit(1, "2026-11-15", "--bp", f"{sbp}/90")
        site.ok("test", "add", 1, "--test", "ecg", "--result", result, "--at", "县医院", "--on", "2026-11-16")
    merged(town, sent(village, "镇卫生院"))
    assert len(town.rows("bundle", "conflicts")) == 2
    town.ok("check")


def test_an_archive_number_somebody_else_has_is_to_be_decided_at_once_and_not_again(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    for site in pair:
        site.person(f"{site.folder.name}的人", "--archive-no", "33102410620000001")
    file = sent(village, "镇卫生院")
    assert "Archive number" in merged(town, file).out
    changes = town.sql("SELECT * FROM person_change")
    assert merged(town, file).out.startswith("0 new rows")
    assert town.sql("SELECT * FROM person_change") == changes
    town.ok("check")


def test_somebody_registered_in_both_is_one_person_by_the_id_number(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    town.person("王秀蓝", "--id-number", NUMBER)
    town.visit(1, "2026-10-10", "--bp", "140/80")
    out = merged(town, sent(village, "镇卫生院")).out
    assert "To decide: 1 王秀蓝" in out or "To decide: 1 王秀兰" in out
    assert town.sql("SELECT count(*) FROM person WHERE id_number = ?", NUMBER) == [(1,)]
    assert town.sql("SELECT count(*) FROM live_visit WHERE person = 1") == [(3,)]


def test_two_people_who_get_one_id_number_keep_one_holder_and_are_listed(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    merged(town, sent(village, "镇卫生院"))
    number = id_number("11010519700505001")
    town.person("李建国", "--id-number", number)
    village.ok("person", "edit", 2, "--id-number", number)
    merged(town, sent(village, "镇卫生院"))
    assert town.sql("SELECT count(*) FROM person WHERE id_number = ?", number) == [(1,)]
    rows = [row for row in town.rows("bundle", "conflicts") if row["field"] == "id_number"]
    assert [(row["person_id"], row["other_id"]) for row in rows] == [(2, 3)]


def test_a_merge_is_not_taken_back_but_what_was_recorded_of_others_before_is(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    town.person("赵六")
    merged(town, sent(village, "镇卫生院"))
    assert "Taken back: person" in town.ok("undo", "--yes").out
    assert town("undo", "--yes").code == 21


def test_who_was_erased_is_erased_elsewhere_and_an_older_bundle_brings_no_name(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    merged(town, old := sent(village, "镇卫生院").rename(village.folder / "old.bundle"))
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-11-15", "--yes")
    village.ok("person", "erase", 1, "--basis", "书面申请", "--yes")
    merged(town, sent(village, "镇卫生院"))
    merged(town, old)
    town.ok("person", "list")
    assert "王秀兰".encode() not in town.path.read_bytes()
    assert town.sql("SELECT name, phone, id_number FROM person WHERE id = 1") == [("***", None, None)]
    assert town("audit", "verify").code == 0


def test_a_dry_run_says_what_would_come_and_writes_nothing(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    file, before = sent(village, "镇卫生院"), town.dump()
    assert "(not written)" in town.ok("bundle", "merge", file, "--dry-run").out
    assert town.dump() == before


def test_without_a_trusted_key_there_is_no_bundle_and_no_merge(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    assert "Nobody called 县医院 is trusted" in village("bundle", "make", "--to", "县医院", "--out", "x").last
    file = sent(village, "县医院", "--plain")
    stranger = Chronic(town.folder / "other")
    stranger.folder.mkdir()
    stranger.ok("init", "--name", "别处", "--yes")
    before = stranger.dump()
    assert "which is not trusted here" in stranger("bundle", "merge", file, "--yes").last
    assert stranger.dump() == before
    assert "Not encrypted" in stranger.ok("bundle", "show", file).out


def test_a_pseudonymous_bundle_names_nobody_and_cannot_be_merged(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    village.visit(1, "2026-11-16", "--bp", "150/90", "--notes", "小红陪同")
    file = sent(village, "镇卫生院", "--pseudonymous", "--plain", "--since", "all")
    lines = list(files.rows(files.read(file), None, file))
    text = json.dumps(lines, ensure_ascii=False)
    uids = [
        uid for table in ("person", "visit", "checkup", "enrolment") for (uid,) in village.sql(f"SELECT uid FROM {table}")
    ]
    assert len(uids) > 5
    for word in ("王秀兰", NUMBER, "1381234", "小红", "1950-03-04", "医生", "低保", *uids):
        assert word not in text
    assert sum(line["at"] == "visit" for line in lines) == 3
    assert {line["person"] for line in lines if line["at"] == "visit"} <= {
        line["uid"] for line in lines if line["at"] == "person"
    }
    run = town("bundle", "merge", file, "--yes")
    assert run.code == 2
    assert "it is for analysis and cannot be merged" in run.last


def _flip(data: bytes, at: random.Random) -> bytes:
    place = at.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << at.randrange(8)]) + data[place + 1 :]


def _cut(data: bytes, at: random.Random) -> bytes:
    return data[: at.randrange(len(data))]


def _swap(data: bytes, at: random.Random) -> bytes:
    one, other = sorted(at.sample(range(len(data)), 2))
    middle = (one + other) // 2
    return data[:one] + data[middle:other] + data[one:middle] + data[other:]


def _longer(data: bytes, at: random.Random) -> bytes:
    return data + at.randbytes(1 + at.randrange(50))


def _noise(data: bytes, at: random.Random) -> bytes:
    return data[:17] + at.randbytes(len(data) - 17)


WAYS: list[Callable[[bytes, random.Random], bytes]] = [_flip, _cut, _swap, _longer, _noise]


def mutants(data: bytes, seed: int, many: int) -> Iterator[bytes]:
    at = random.Random(seed)
    for number in range(many):
        made = WAYS[number % len(WAYS)](data, at)
        if made != data:
            yield made


def test_a_damaged_bundle_is_refused_in_one_sentence_and_nothing_changes(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    data = sent(village, "镇卫生院").read_bytes()
    before = town.path.read_bytes()
    file = town.folder / "in.bundle"
    for made in mutants(data, 1, 60):
        file.write_bytes(made)
        run = town("bundle", "merge", file, "--yes")
        assert run.code == 2, made
        assert len(run.err.splitlines()) == 1
    assert town.path.read_bytes() == before


def test_a_bomb_is_not_unpacked(pair: tuple[Chronic, Chronic]) -> None:
    village, town = pair
    key = keys.read(keys.file_of(village.path))
    header = files.read(sent(village, "镇卫生院", "--plain")).header
    data = files.pack(header, [{"at": "person", "uid": "x" * 1_000_000} for _ in range(40)], key, None)
    lines = data.split(b"\n", 3)
    small = files.Bundle({**header, "size": 1000, "plain": True}, lines[3])
    with pytest.raises(ValueRefused, match=r"bundle\.damaged"):
        list(files.rows(small, None, town.path))


@pytest.mark.parametrize(
    "line", [b'{"at":"visit","uid":"x"}', b"", b"{}", b'{"at":"visit","uid":["' + b"x" * 2_000_000, b"[" * 9_000]
)
def test_a_bomb_that_somebody_trusted_signed_is_not_read_to_its_end(pair: tuple[Chronic, Chronic], line: bytes) -> None:
    village, _town = pair
    text = (line + b"\n") * (60_000_000 // (len(line) + 1))
    body = zlib.compress(text, 1)
    header = files.read(sent(village, "镇卫生院", "--plain")).header | {"size": len(text), "plain": True}
    began = time.process_time()
    with pytest.raises(ValueRefused, match=r"bundle\.damaged"):
        list(files.rows(files.Bundle(header, body), None, village.path))
    assert time.process_time() - began < 1


HOSTILE = [
    {"at": "visit", "uid": "a"}, {"at": "../../etc", "uid": "a"}, {"at": "setting", "uid": "a"},
    {"at": "person", "uid": "a"},
    {"at": "person", "uid": "a", "name": "x", "origin": "o", "recorded_at": "", "recorded_by": "", "sex": "alien"},
    {"at": "person", "uid": "a", "name": {"x": 1}, "origin": "o", "recorded_at": "", "recorded_by": ""},
    {"at": "person", "uid": "a", "name": "x", "origin": "o", "recorded_at": "", "recorded_by": "", "refs": [["a"]]},
    {"at": "visit", "uid": "a", "person": "nobody", "visit_date": "2026-02-30"},
    {"at": "task_event", "uid": "a", "task": []},
]  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE, ids=str)
def test_rows_that_cannot_be_are_refused_even_when_they_are_signed(
    pair: tuple[Chronic, Chronic], line: dict[str, object]
) -> None:
    village, town = pair
    key, file = keys.read(keys.file_of(village.path)), town.folder / "in.bundle"
    header = files.read(sent(village, "镇卫生院", "--plain")).header
    file.write_bytes(files.pack({**header, "uid": "another"}, [line], key, None))
    before = town.dump()
    run = town("bundle", "merge", file, "--yes")
    assert run.code == 2, run.err
    assert len(run.err.splitlines()) == 1
    assert town.dump() == before


def test_a_backup_says_that_the_key_is_not_in_it_and_so_does_restoring_without(pair: tuple[Chronic, Chronic]) -> None:
    village, _town = pair
    key = keys.file_of(village.path)
    assert f"Not in it: {key}" in village.ok("backup").out
    (path,) = (village.folder / "backups").iterdir()
    assert str(key) not in village.ok("restore", path, "--yes").out
    key.unlink()
    village.path.unlink()
    assert str(key) in village.ok("restore", path, "--yes").out
    assert "Not in it" not in village.ok("backup").out


def test_what_is_too_much_for_one_bundle_goes_in_several_that_build_on_each_other(
    pair: tuple[Chronic, Chronic], tmp_path: Path
) -> None:
    village, town = pair
    number = village.visit_number(1, "2026-11-01")
    village.ok("visit", "fix", number, "--sbp", "184")
    village.ok("visit", "void", village.visit_number(1, "2026-09-01"), "--reason", "记错人", "--yes")
    shutil.copy(keys.file_of(village.path), tmp_path / "parts.db.key")
    site = Site("village", tmp_path / "parts.db", village.path)
    whole = office.make(site.desk, "镇卫生院", True, False)
    made = office.make(site.desk, "镇卫生院", True, False, most=4000)
    with pytest.raises(ValueRefused, match=r"bundle\.large"):
        office.make(site.desk, "镇卫生院", True, False, most=100)
    site.db.close()
    assert made.more
    assert whole.more == ()
    paths = [tmp_path / f"{place}.bundle" for place in range(1 + len(made.more))]
    for path, data in zip(paths, (made.data, *made.more), strict=True):
        path.write_bytes(data)
        assert files.read(path).header["size"] <= 4000
    run = town("bundle", "merge", paths[1], "--yes")
    assert run.code == 2  # it builds on the first
    for path in paths:
        merged(town, path)
    assert digest_of(town.path) == digest_of(village.path)
