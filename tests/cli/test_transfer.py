"""`transfer` at the keyboard, and one person's history as a file."""

from pathlib import Path

import pytest

from chronic.exchange import bundles as files
from chronic.exchange import keys
from tests.runner import Chronic, id_number
from tests.travels import with_its_key

NUMBER = id_number("11010519500304001")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two clinics of different counties that compared their keys; the first has two people of one household."""
    folder = tmp_path_factory.mktemp("both")
    both = [Chronic(folder / name) for name in ("here", "there")]
    for site, name in zip(both, ("下各村", "沙湾村"), strict=True):
        site.folder.mkdir()
        site.ok("init", "--name", name, "--doctor", f"{name}医生", "--yes")
        site.ok("bundle", "key", "new")
        site.ok("bundle", "key", "show", "--out", folder / f"{site.folder.name}.txt")
    here, there = both
    here.ok("bundle", "key", "trust", "沙湾村", folder / "there.txt", "--yes")
    there.ok("bundle", "key", "trust", "下各村", folder / "here.txt", "--yes")
    home = ("--village", "下各村", "--township", "城关镇", "--household-no", "7")
    here.person("王秀兰", "--id-number", NUMBER, *home, "--htn-enrolled-on", "2026-01-05", "--tags", "独居")
    here.person("李建国", "--birth-date", "1948-01-01", *home)
    here.visit(1, "2026-09-01", "--bp", "152/94", "--bp", "148/92")
    here.visit(1, "2026-11-15", "--bp", "186/112")
    here.ok("visit", "void", 1, "--reason", "记错", "--yes")
    here.visit(1, "2026-09-02", "--bp", "150/94")
    here.ok("checkup", "add", 1, "--on", "2026-06-01", "--bp-left", "138/84")
    here.ok("task", "add", "随访表未签字", "--person", 1)
    here.ok("household", "assign", 1, "--head", 2)
    here.ok("refer", "out", 1, "--reason", "复查", "--to", "县人民医院", "--by-hand", "--yes")
    there.person("周玉珍", "--village", "沙湾村")
    return here.path, there.path


@pytest.fixture
def pair(made: tuple[Path, Path], tmp_path: Path) -> tuple[Chronic, Chronic]:
    here, there = made
    return with_its_key(here, tmp_path / "here"), with_its_key(there, tmp_path / "there")


def carried(here: Chronic, *args: object) -> Path:
    out = here.folder / "1.bundle"
    here.ok("transfer", "out", 1, *args, "--file", out, "--for", "沙湾村", "--yes")
    return out


def test_one_persons_history_goes_as_a_file_and_is_accepted_there(pair: tuple[Chronic, Chronic]) -> None:
    here, there = pair
    file = carried(here, "--to-outside", "河西县沙湾村", "--on", "2026-11-18")
    assert here.ids("person", "list") == [2]
    run = there.ok("transfer", "in", file, "--yes")
    assert "王秀兰" in run.out
    assert "chronic transfer accept 2 --village VILLAGE" in run.out
    assert there.ids("person", "list") == [1]
    there.ok("transfer", "accept", 2, "--village", "沙湾村", "--on", "2026-11-20")
    assert there.ids("overdue", "--kind", "referral", today="2027-01-10") == [2]
    visits = "SELECT visit_date, sbp, ended_by IS NULL FROM visit WHERE kind = 'followup' ORDER BY 1"
    assert there.sql(visits) == here.sql(visits)
    assert there.sql("SELECT count(*) FROM live_checkup") == [(1,)]
    assert there.sql("SELECT name, household_no, closed_on FROM person WHERE id = 2") == [("王秀兰", None, None)]
    assert there.ok("check").code == 0


def test_the_file_holds_nobody_else_and_no_work_of_the_sender(pair: tuple[Chronic, Chronic]) -> None:
    here, _there = pair
    out = here.folder / "1.bundle"
    here.ok("transfer", "out", 1, "--to", "河西镇/沙湾村", "--file", out, "--plain")
    bundle = files.read(out)
    text = str(list(files.rows(bundle, None, out)))
    assert "李建国" not in text
    assert "随访表未签字" not in text
    assert bundle.header["counts"]["person"] == 1
    assert bundle.header["plain"]


def test_a_file_can_be_made_again_and_taken_in_twice(pair: tuple[Chronic, Chronic]) -> None:
    here, there = pair
    carried(here, "--to", "河西镇/沙湾村")
    file = carried(here)
    assert here.sql("SELECT count(*) FROM transfer") == [(1,)]
    there.ok("transfer", "in", file, "--yes")
    assert there.rows("transfer", "list")[0]["state"] == "open"
    before = there.dump()
    assert "0 new rows" in there.ok("transfer", "in", file, "--yes").out
    assert there.dump() == before


def test_it_does_not_count_as_news_of_the_sender(pair: tuple[Chronic, Chronic]) -> None:
    here, there = pair
    there.ok("transfer", "in", carried(here, "--to", "河西镇/沙湾村"), "--yes")
    assert there.rows("bundle", "list")[0]["data_of"] is None
    assert here.sql("SELECT count(*) FROM bundle_sent") == [(0,)]


def test_who_only_waits_to_come_is_on_no_list_but_that_of_transfers(pair: tuple[Chronic, Chronic]) -> None:
    here, there = pair
    there.ok("transfer", "in", carried(here, "--to", "河西镇/沙湾村"), "--yes")
    assert there.ids("person", "list") == [1]
    assert there.ids("overdue", "--kind", "referral", today="2027-01-10") == []
    (row,) = there.rows("transfer", "list")
    assert (row["person_id"], bool(row["danger"]), row["last_visit_on"]) == (2, True, "2026-11-15")
    assert "in danger 1" in there.ok("today").out
    there.ok("transfer", "accept", 2)
    assert there.ids("person", "list") == [1, 2]
    assert there.sql("SELECT village_name, responsible_doctor FROM person_card WHERE id = 2") == [("沙湾村", "沙湾村医生")]
    there.ok("undo", "--yes")
    assert there.ids("person", "list") == [1]
    assert there.rows("transfer", "list")[0]["danger"]


@pytest.mark.parametrize("way", [("--to-outside", "杭州"), ("--to", "河西镇/沙湾村")])
@pytest.mark.parametrize(
    ("file", "to", "said"),
    [
        ("1.bundle", (), "Say for whom the file is with --for NAME, or that it is not encrypted with --plain."),
        ("1.bundle", ("--for", "沙湾村", "--plain"), "Say for whom the file is with --for NAME"),
        ("1.bundle", ("--for", "没这人"), "Nobody called 没这人 is trusted"),
        ("nowhere/1.bundle", ("--plain",), "No such file or directory"),
        ("registry.db", ("--plain",), "is the registry"),
    ],
)
def test_nobody_moves_where_their_file_cannot_be_written(
    pair: tuple[Chronic, Chronic], way: tuple[str, str], file: str, to: tuple[str, ...], said: str
) -> None:
    here, _there = pair
    before = here.dump()
    run = here("transfer", "out", 1, *way, "--file", here.folder / file, *to, "--yes")
    assert (run.code, run.out) == (2, "")
    assert said in run.last
    assert here.dump() == before


def test_nobody_moves_where_there_is_no_key_to_sign_their_file(pair: tuple[Chronic, Chronic]) -> None:
    here, _there = pair
    keys.file_of(here.path).unlink()
    out = here.folder / "1.bundle"
    run = here("transfer", "out", 1, "--to-outside", "杭州", "--file", out, "--plain", "--yes")
    assert (run.code, here.ids("person", "list")) == (2, [1, 2])
    assert "chronic bundle key new" in run.last


def test_whom_nobody_else_has_is_moved_and_not_settled(pair: tuple[Chronic, Chronic]) -> None:
    here, _there = pair
    before = here.dump()
    for village in ("河西镇/沙湾村", "下各村"):
        run = here("transfer", "settle", 1, "--village", village, "--yes")
        assert (run.code, here.dump()) == (21, before)
        assert run.last == "王秀兰 is in one village only, 下各村; to move somebody: chronic transfer out"


@pytest.mark.parametrize("wrong", ["bundle", "stranger", "damaged"])
def test_a_file_that_is_none_of_one_person_is_refused(pair: tuple[Chronic, Chronic], wrong: str) -> None:
    here, there = pair
    file = here.folder / "out.bundle"
    if wrong == "bundle":
        here.ok("bundle", "make", "--to", "沙湾村", "--out", file)
    else:
        file = carried(here, "--to", "河西镇/沙湾村")
    if wrong == "damaged":
        file.write_bytes(file.read_bytes()[:-1])
    if wrong == "stranger":
        there = Chronic(there.folder / "other")
        there.folder.mkdir()
        there.ok("init", "--yes")
    before = there.dump()
    run = there("transfer", "in", file, "--yes")
    assert run.code == 2
    assert len(run.err.splitlines()) == 1
    assert there.dump() == before


def test_a_person_found_by_name_is_asked_for_first(pair: tuple[Chronic, Chronic]) -> None:
    here, _there = pair
    assert here("transfer", "out", "秀兰", "--to", "河西镇/沙湾村").code == 2
    assert here("transfer", "out", "秀兰", "--to", "河西镇/沙湾村", stdin="n\n").code != 0
    assert here.sql("SELECT count(*) FROM transfer") == [(0,)]
    assert here("transfer", "out", "秀兰", "--to", "河西镇/沙湾村", stdin="y\n").code == 0


def test_to_take_somebody_in_asks_at_a_terminal_and_needs_yes_otherwise(pair: tuple[Chronic, Chronic]) -> None:
    here, there = pair
    file = carried(here, "--to", "河西镇/沙湾村")
    assert there("transfer", "in", file).code == 2
    assert there("transfer", "in", file, stdin="n\n").code != 0
    assert there.sql("SELECT count(*) FROM person") == [(1,)]


def test_nothing_of_who_is_elsewhere_is_registered_anew_by_mistake(pair: tuple[Chronic, Chronic]) -> None:
    here, there = pair
    there.ok("transfer", "in", carried(here, "--to", "河西镇/沙湾村"), "--yes")
    run = there("person", "add", "王秀兰", "--id-number", NUMBER)
    assert run.code == 21
    assert "2" in run.last


def test_who_sends_somebody_does_not_answer_for_the_others(pair: tuple[Chronic, Chronic]) -> None:
    here, _there = pair
    here.ok("transfer", "out", 1, "--to", "河西镇/沙湾村", "--yes")
    before = here.dump()
    for answer in (("accept",), ("decline", "--reason", "不在")):
        run = here("transfer", *answer, 1, "--yes")
        assert (run.code, "河西镇/沙湾村" in run.last) == (21, True)
    assert here.dump() == before
    here.ok("transfer", "withdraw", 1, "--yes")


def test_a_township_may_answer_and_so_may_a_village_that_looks_after_both(pair: tuple[Chronic, Chronic]) -> None:
    here, _there = pair
    here.person("张桂英", "--village", "上各村", "--township", "城关镇")
    here.ok("transfer", "out", 1, "--to", "城关镇/上各村", "--yes")
    here.ok("transfer", "accept", 1, "--yes")


def test_whoever_waits_to_come_is_found_by_name(pair: tuple[Chronic, Chronic]) -> None:
    here, there = pair
    there.ok("transfer", "in", carried(here, "--to", "河西镇/沙湾村"), "--yes")
    assert there("person", "show", "王秀兰").code == 20
    assert [row["name"] for row in there.rows("transfer", "list", "王秀兰")] == ["王秀兰"]
    there.ok("transfer", "accept", "秀兰", "--yes")
    assert there.ids("person", "list") == [1, 2]


def test_the_same_place_is_not_settled_twice_nor_for_who_is_in_one_village(pair: tuple[Chronic, Chronic]) -> None:
    here, _there = pair
    before = here.dump()
    assert here("transfer", "settle", 1, "--village", "下各村").code == 21
    assert here.dump() == before


def test_one_trusts_others_and_under_a_name(pair: tuple[Chronic, Chronic]) -> None:
    here, _there = pair
    before = here.dump()
    own, other = (site.ok("bundle", "key", "show").out.strip() for site in pair)
    assert here("bundle", "key", "trust", "我", own, "--yes").code == 2
    assert here("bundle", "key", "trust", " ", other, "--yes").code == 2
    assert here.dump() == before


@pytest.mark.parametrize(
    "args",
    [
        ("person", "close", 2, "--reason", "moved"),
        ("person", "reopen", 2),
        ("enrol", 2, "dm"),
        ("pause", 2),
        ("contract", "sign", 2, "--team", "一队", "--package", "basic"),
        ("refer", "back", 2),
        ("refer", "out", 2, "--reason", "复查", "--to", "县人民医院", "--by-hand"),
        ("transfer", "out", 2, "--to", "河西镇/北村"),
    ],
)
def test_of_who_waits_to_come_every_command_says_that_they_are_to_be_accepted_first(
    pair: tuple[Chronic, Chronic], args: tuple[object, ...]
) -> None:
    here, there = pair
    there.ok("transfer", "in", carried(here, "--to", "河西镇/沙湾村"), "--yes")
    run = there(*args, "--yes")
    assert run.code == 21
    assert run.last == "王秀兰 is looked after in 下各村 and waits to be accepted here: chronic transfer accept 2"


@pytest.mark.parametrize(
    "args",
    [
        ("visit", "add", 2, "--bp", "128/78"),
        ("checkup", "add", 2, "--bp-left", "128/78"),
        ("call", 2, "--outcome", "came_already"),
    ],
)
def test_what_was_done_after_the_move_is_said_to_be_others_work(
    pair: tuple[Chronic, Chronic], args: tuple[object, ...]
) -> None:
    here, there = pair
    there.ok("transfer", "in", carried(here, "--to", "河西镇/沙湾村", "--on", "2026-11-18"), "--yes")
    run = there(*args, "--on", "2026-11-20", "--yes")
    assert run.code == 2
    assert run.last.endswith("2026-11-20 lies after the move; they are looked after in 下各村, where it is to be recorded.")
