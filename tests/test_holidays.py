"""A county's own holiday file: taken whole in the place of the year's own, or refused with the address of what is wrong."""

from datetime import date
from pathlib import Path

import pytest

from chronic.errors import ValueRefused
from chronic.protocol.holidays import workdays

OWN = """
year = 2027
cite = "notice"

[[holiday]]
name = { zh = "元旦", en = "New Year" }
first = 2026-12-31
last = 2027-01-02
work = [2027-01-03]

[cites.notice]
source = "county"
mark = "UNVERIFIED"
zh = "县里通知"
en = "the county's notice"
"""


def write(folder: Path, text: str) -> str:
    file = folder / "2027.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_file_makes_its_year_known(tmp_path: Path) -> None:
    days = workdays([write(tmp_path, OWN)])
    assert [day.isoformat() for day in days.among(date(2026, 12, 30), date(2027, 1, 4))] == [
        "2026-12-30", "2027-01-03", "2027-01-04",
    ]  # fmt: skip
    assert days.unpublished(date(2026, 1, 1), date(2027, 12, 31)) == []
    assert not days.works(date(2026, 10, 1))  # the other years stay


def test_a_file_of_a_known_year_stands_in_its_place(tmp_path: Path) -> None:
    text = OWN.replace("2027", "2025").replace("2026", "2024").replace("work = [2025-01-03]", "")
    days = workdays([write(tmp_path, text)])
    assert days.works(date(2025, 10, 1))
    assert not days.works(date(2024, 12, 31))


@pytest.mark.parametrize(
    ("wrong", "right", "key"),
    [
        ("last = 2026-12-30", "last = 2027-01-02", "holiday.1.last"),
        ("last = 2028-01-01", "last = 2027-01-02", "holiday.1.last"),
        ("first = 2026-11-30", "first = 2026-12-31", "holiday.1.last"),
        ("work = [2027-01-04]", "work = [2027-01-03]", "holiday.1.work"),
        ("work = [2027-01-02]", "work = [2027-01-03]", "holiday.1.work"),
        ("work = [2028-01-08]", "work = [2027-01-03]", "holiday.1.work"),
        ('last = "2027-01-02"', "last = 2027-01-02", "holiday.1.last"),
        ("until = 2027-01-02", "last = 2027-01-02", "holiday.1.until"),
        ('cite = "other"', 'cite = "notice"', "cite = other"),
        ('year = "2027"', "year = 2027", "year"),
        ("year = -1", "year = 2027", "holiday.1.last"),
        ("year = 99999", "year = 2027", "holiday.1.last"),
        ("last = 9999-12-31", "last = 2027-01-02", "holiday.1.last"),
    ],
)
def test_a_wrong_file_is_refused_with_the_address(tmp_path: Path, wrong: str, right: str, key: str) -> None:
    assert right in OWN
    with pytest.raises(ValueRefused) as refused:
        workdays([write(tmp_path, OWN.replace(right, wrong))])
    assert (refused.value.code, refused.value.values["key"]) == ("holidays.key", key)


@pytest.mark.parametrize("bytes_", [b"year = ", b"\xff\xfe\x00", None])
def test_a_file_that_is_none_is_refused(tmp_path: Path, bytes_: bytes | None) -> None:
    file = tmp_path / "2027.toml"
    if bytes_ is not None:
        file.write_bytes(bytes_)
    with pytest.raises(ValueRefused, match=r"holidays\.unreadable"):
        workdays([str(file)])
