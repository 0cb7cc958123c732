"""PERSON: never the wrong one. An id, an ID number, an archive number, a tail, a name or its initials."""

import pytest

from tests.runner import Chronic, id_number


def _ending(tail: str) -> str:
    """An ID number that ends so: the day of birth is chosen until the check digit agrees."""
    for area in range(110101, 110120):
        for year in range(1940, 1980):
            number = id_number(f"{area}{year}0101{tail[:3]}")
            if number.endswith(tail):
                return number
    raise AssertionError(tail)


def named(chronic: Chronic, text: object) -> int | str:
    """Whom a text names: the registry id, or the exit code of the refusal."""
    run = chronic("why", text, "--format", "json")
    return int(run.row["person_id"]) if run.code == 0 else f"exit {run.code}"


def test_1234_is_the_registry_id_and_nothing_else(chronic: Chronic) -> None:
    tailed = chronic.person("王秀兰", "--id-number", _ending("1234"), "--archive-no", "00001234")
    assert named(chronic, "1234") == "exit 20"
    assert named(chronic, "*1234") == tailed
    assert named(chronic, "00001234") == tailed
    other = chronic.person("李建国")
    assert named(chronic, str(other)) == other
    assert named(chronic, "０００００２") == other  # six full-width digits are still an id


def test_a_name_that_fits_two_people_lists_both_and_takes_neither(chronic: Chronic) -> None:
    first = chronic.person("王秀兰", "--birth-date", "1950-03-01", "--village", "下各村")
    second = chronic.person("王秀兰", "--birth-date", "1961-03-01", "--village", "上各村")
    for args in (["why", "王秀兰"], ["visit", "add", "王秀兰", "--bp", "150/90", "--yes"]):
        before = chronic.dump()
        run = chronic(*args)
        assert run.code == 20
        assert run.out == ""
        sentence, *matches = run.err.splitlines()
        assert "more than one" in sentence
        assert [match.split()[:2] for match in matches] == [[str(first), "王秀兰"], [str(second), "王秀兰"]]
        assert "76 years" in matches[0]
        assert "上各村" in matches[1]
        assert chronic.dump() == before


def test_part_of_a_name_is_enough_if_it_fits_one_person(chronic: Chronic) -> None:
    wang, li = chronic.person("王秀兰"), chronic.person("李秀英")
    assert named(chronic, "秀兰") == wang
    assert named(chronic, "李") == li
    assert named(chronic, "秀") == "exit 20"
    assert named(chronic, "张") == "exit 20"


def test_a_closed_namesake_is_never_taken_and_never_in_the_way(chronic: Chronic) -> None:
    number = _ending("1234")
    closed = chronic.person("王秀兰", "--id-number", number, "--archive-no", "12345678")
    chronic.ok("person", "close", closed, "--reason", "moved", "--yes")
    assert named(chronic, "王秀兰") == named(chronic, "wxl") == named(chronic, "*1234") == "exit 20"
    living = chronic.person("王秀兰")
    assert named(chronic, "王秀兰") == named(chronic, "wxl") == living
    assert named(chronic, closed) == named(chronic, number) == named(chronic, "12345678") == closed


def test_pinyin_initials_of_every_reading_find_a_person(chronic: Chronic) -> None:
    wang, polyphone = chronic.person("王建国"), chronic.person("曾丽")
    assert named(chronic, "wjg") == named(chronic, "WJG") == wang
    assert named(chronic, "zl") == named(chronic, "cl") == polyphone
    assert named(chronic, "wj") == "exit 20"  # all the initials, not the first ones
    second = chronic.person("吴建刚")
    run = chronic("why", "wjg")
    assert (run.code, [line.split()[0] for line in run.err.splitlines()[1:]]) == (20, [str(second), str(wang)])


def test_a_changed_name_changes_the_initials(chronic: Chronic) -> None:
    person = chronic.person("王建国")
    chronic.ok("person", "edit", person, "--name", "李秀英")
    assert named(chronic, "lxy") == person
    assert named(chronic, "wjg") == named(chronic, "王建国") == "exit 20"


def test_id_numbers_are_found_as_people_type_them(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--id-number", "11010519491231002X")
    old = chronic.person("李建国", "--id-number", "110105500101123")
    for text in ("11010519491231002X", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X"):
        assert named(chronic, text) == person
    assert named(chronic, "*002X") == named(chronic, "*002x") == person
    assert named(chronic, "110105500101123") == old
    assert named(chronic, id_number("11010519500101123")) == old


def test_archive_numbers_have_8_or_17_digits(chronic: Chronic) -> None:
    long = chronic.person("王秀兰", "--archive-no", "33102410120100042")
    short = chronic.person("李建国", "--archive-no", "00000007")
    assert named(chronic, "33102410120100042") == named(chronic, "20100042") == long
    assert named(chronic, "00000007") == short
    clash = chronic.person("陈志强", "--archive-no", "33102410100000007")
    assert named(chronic, "00000007") == "exit 20"
    assert named(chronic, "33102410100000007") == clash
    for text in ("1234567", "123456789", "1234567890123456"):
        run = chronic("why", text)
        assert (run.code, len(run.err.splitlines())) == (20, 1)
        assert "8 or 17 digits" in run.err


def test_a_mistyped_id_number_is_an_error_and_not_a_name(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--id-number", "11010519491231002X")
    run = chronic("why", "110105194912310021")
    assert run.code == 2
    assert "check digit" in run.last
    assert named(chronic, "*0021") == "exit 20"


@pytest.mark.parametrize("text", ["王秀兰", "wxl", "*002X", "33102410120100042"])
def test_a_write_by_anything_but_an_id_must_ask(chronic: Chronic, text: str) -> None:
    person = chronic.person(
        "王秀兰", "--id-number", "11010519491231002X", "--archive-no", "33102410120100042", "--village", "下各村"
    )
    before = chronic.dump()
    alone = chronic("visit", "add", text, "--bp", "128/78")
    assert alone.code == 2
    assert f"use the number {person}, or add --yes" in alone.last
    assert chronic("visit", "add", text, "--bp", "128/78", stdin="n\n").code == 1
    assert chronic.dump() == before
    agreed = chronic("visit", "add", text, "--bp", "128/78", stdin="y\n")
    assert agreed.code == 0
    assert "王秀兰  female  76 years  下各村" in agreed.err
    assert chronic("visit", "add", text, "--bp", "128/78", "--on", "2026-11-01", "--yes").code == 0
    assert chronic("why", text).code == 0  # reading does not ask


@pytest.mark.parametrize("text", ["1", "11010519491231002X"])
def test_a_write_by_id_or_full_id_number_shows_who_it_is_and_goes_on(chronic: Chronic, text: str) -> None:
    chronic.person("王秀兰", "--id-number", "11010519491231002X", "--village", "下各村")
    run = chronic.ok("visit", "add", text, "--bp", "128/78")
    assert run.err.splitlines()[0] == "王秀兰  female  76 years  下各村"


def test_every_command_that_writes_asks_for_a_name(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01")
    for args in (
        ["enrol", "wxl", "dm"],
        ["pause", "wxl"],
        ["programme", "end", "wxl", "htn", "--reason", "refused"],
        ["person", "edit", "wxl", "--phone", "13800138000"],
        ["person", "close", "wxl", "--reason", "died"],
        ["screen", "add", "wxl", "--fpg", "7.1"],
        ["refer", "reply", "wxl", "--outcome", "seen"],
    ):
        before = chronic.dump()
        assert chronic(*args).code == 2, args
        assert chronic.dump() == before


def test_ids_are_never_used_twice(chronic: Chronic) -> None:
    for name in ("一", "二"):
        chronic.person(name)
    assert chronic("person", "add", "三", "--birth-date", "2030-01-01").code == 2  # refused: the number was not spent
    assert chronic.person("四") == 3
    ((highest,),) = chronic.sql("SELECT seq FROM sqlite_sequence WHERE name = 'person'")
    assert highest == 3


def test_find_lists_everyone_who_fits(chronic: Chronic) -> None:
    wang, li = chronic.person("王秀兰"), chronic.person("李秀英")
    assert {row["person_id"] for row in chronic.rows("person", "find", "秀")} == {wang, li}
    assert [row["person_id"] for row in chronic.rows("person", "find", "lxy")] == [li]
    assert chronic("person", "find", "张").code == 20
