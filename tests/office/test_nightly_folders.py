"""A dated folder that appears whole or not at all, and what interrupted runs leave behind."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chronic.office.folders import DatedFolder, point, prune

DAY = "2026-11-21"
NOW = datetime(2026, 11, 21, tzinfo=UTC).timestamp()


def made(home: Path, text: str, name: str = "calls.csv") -> None:
    with DatedFolder(home, DAY, NOW) as folder:
        with folder.file(name) as out:
            out.write(text)
        folder.publish()


def test_nothing_is_seen_before_it_is_whole(tmp_path: Path) -> None:
    with DatedFolder(tmp_path, DAY, NOW) as folder, folder.file("calls.csv") as out:
        out.write("half a l")
        assert not (tmp_path / DAY).exists()
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_stops_half_way_leaves_the_older_folder(tmp_path: Path) -> None:
    made(tmp_path, "this morning")
    with pytest.raises(ZeroDivisionError), DatedFolder(tmp_path, DAY, NOW) as folder, folder.file("calls.csv") as out:
        out.write(str(1 / 0))
    assert (tmp_path / DAY / "calls.csv").read_text() == "this morning"
    assert [path.name for path in tmp_path.iterdir()] == [DAY]


def test_a_file_that_fails_is_not_there_and_the_others_are(tmp_path: Path) -> None:
    with DatedFolder(tmp_path, DAY, NOW) as folder:
        with pytest.raises(ValueError), folder.file("a.json") as out:
            json.dump([float("inf")], out, allow_nan=False)
        with folder.file("b.json", "\ufeff") as out:
            out.write("[]")
        folder.publish()
    assert [path.name for path in (tmp_path / DAY).iterdir()] == ["b.json"]
    assert (tmp_path / DAY / "b.json").read_bytes() == b"\xef\xbb\xbf[]"


def test_two_runs_at_once_end_with_one_whole_folder(tmp_path: Path) -> None:
    with DatedFolder(tmp_path, DAY, NOW) as one, DatedFolder(tmp_path, DAY, NOW) as two:
        for folder, text in ((one, "one"), (two, "two")):
            with folder.file("calls.csv") as out:
                out.write(text)
        two.publish()
        one.publish()
    assert (tmp_path / DAY / "calls.csv").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == [DAY]


def test_a_power_cut_between_the_two_renames_gives_the_older_folder_back(tmp_path: Path) -> None:
    made(tmp_path, "this morning")
    (tmp_path / DAY).rename(tmp_path / f".{DAY}.0123abcd.old")
    with DatedFolder(tmp_path, "2026-11-22", NOW):
        assert (tmp_path / DAY / "calls.csv").read_text() == "this morning"


def test_what_an_interrupted_run_left_goes_after_a_day_and_no_sooner(tmp_path: Path) -> None:
    fresh, stale, other = (tmp_path / name for name in (f".{DAY}.0123abcd.part", f".{DAY}.89abcdef.part", ".git"))
    for path, age in ((fresh, 3600), (stale, 30 * 3600), (other, 90 * 3600)):
        path.mkdir()
        os.utime(path, (NOW - age, NOW - age))
    made(tmp_path, "now")
    assert {path.name for path in tmp_path.iterdir()} == {fresh.name, other.name, DAY}


@pytest.mark.skipif(os.name == "nt", reason="links as POSIX has them")
def test_a_pointer_replaces_the_older_one_in_one_step_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "latest.txt").write_text("2026-11-19\n")
    for day in ("2026-11-20", DAY):
        point(tmp_path, day)
    assert os.readlink(tmp_path / "latest") == DAY
    assert [path.name for path in tmp_path.iterdir()] == ["latest"]


# which of them go ----------------------------------------------------------------------------------

FAILED, KEPT = "failed.txt", "indicators-*.csv"


def nights(home: Path, **files: str) -> None:
    """A folder a day, by what it holds; `_20_calls` is the 20th of November with calls.csv."""
    for day, name in files.items():
        (home / f"2026-11-{day[1:]}").mkdir()
        (home / f"2026-11-{day[1:]}" / name).write_text("x")


def left(home: Path, keep: int) -> list[str]:
    prune(home, keep, FAILED, KEPT)
    return sorted(path.name.removeprefix("2026-11-") for path in home.iterdir())


def test_the_oldest_beyond_so_many_go(tmp_path: Path) -> None:
    nights(tmp_path, _20="calls.csv", _22="calls.csv", _21="calls.csv")
    assert left(tmp_path, 3) == ["20", "21", "22"]
    assert left(tmp_path, 2) == ["21", "22"]


def test_what_was_sent_never_goes(tmp_path: Path) -> None:
    nights(tmp_path, _01="indicators-2026-10.csv", _02="calls.csv", _03="calls.csv")
    assert left(tmp_path, 1) == ["01", "03"]


def test_the_last_night_in_which_nothing_failed_never_goes(tmp_path: Path) -> None:
    nights(tmp_path, _01="calls.csv", _02="calls.csv", _03=FAILED, _04=FAILED)
    assert left(tmp_path, 1) == ["02", "04"]


def test_only_folders_of_days_are_touched(tmp_path: Path) -> None:
    nights(tmp_path, _01="calls.csv", _02="calls.csv")
    for name in ("2025", "2026-10-01 copy"):
        (tmp_path / name).mkdir()
    (tmp_path / "2026-10-02").write_text("a note")
    assert left(tmp_path, 1) == ["02", "2025", "2026-10-01 copy", "2026-10-02"]


def test_what_was_being_removed_when_the_power_went_is_swept_away(tmp_path: Path) -> None:
    gone = tmp_path / ".2026-11-01.0a1b2c3d.gone"
    gone.mkdir()
    (gone / "calls.csv").write_text("half of it")
    made(tmp_path, "today")
    assert [path.name for path in tmp_path.iterdir()] == [DAY]
