"""`educate`: what was held where, for how many; found again by topic and place, and taken back."""

import re

import pytest

from tests.runner import Chronic

LECTURE = ("--topic", "hypertension", "--form", "lecture", "--place", "village")


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--village", "下各村")
    return chronic


def add(chronic: Chronic, *args: object) -> None:
    chronic.ok("educate", "add", *args)


def test_a_lecture_is_recorded_with_its_place_and_how_many_came(village: Chronic) -> None:
    add(
        village,
        *LECTURE,
        "--on",
        "2026-11-10",
        "--where",
        "村委会",
        "--people",
        "35",
        "--doctor",
        "张医生",
        "--note",
        "发资料",
    )
    (row,) = village.rows("educate", "list")
    assert row | {"uid": None} == {
        "education": 1, "uid": None, "on": "2026-11-10", "topic": "hypertension", "form": "lecture", "setting": "village",
        "venue": "村委会", "attended": 35, "person_id": None, "name": None, "held_by": "张医生", "notes": "发资料",
    }  # fmt: skip


def test_words_are_taken_by_their_chinese_names_and_shown_in_the_users_language(village: Chronic) -> None:
    add(village, "--topic", "合理膳食和减盐", "--form", "宣传栏", "--place", "乡村")
    assert [(row["topic"], row["form"]) for row in village.rows("educate", "list")] == [
        ("diet and less salt", "notice board")
    ]
    said = village.ok("educate", "list", lang="zh").out
    assert "合理膳食和减盐" in said
    assert "宣传栏" in said
    assert village.sql("SELECT topic, form, setting FROM education") == [("diet", "board", "village")]
    assert not re.search("[a-z]{3}", re.sub("--[a-z]+|  [a-z_]+  ", "", village.ok("educate", "words", lang="zh").out))


def test_one_person_told_is_one_person_and_stands_in_their_story(village: Chronic) -> None:
    add(village, "--topic", "diet", "--form", "personal", "--person", 1, "--on", "2026-11-02")
    (row,) = village.rows("educate", "list", "--person", 1)
    assert (row["attended"], row["name"], row["setting"], row["held_by"]) == (1, "王秀兰", None, "李医生")
    assert "diet and less salt" in village.ok("person", "timeline", 1).out


def test_the_same_again_is_the_same(village: Chronic) -> None:
    add(village, *LECTURE, "--people", "35")
    before = village.dump()
    assert "Already recorded as 1" in village.ok("educate", "add", *LECTURE, "--people", "35").out
    assert village.dump() == before
    add(village, *LECTURE, "--people", "36")
    assert len(village.rows("educate", "list")) == 2


def test_it_is_found_by_day_topic_form_and_place(village: Chronic) -> None:
    add(village, *LECTURE, "--on", "2026-03-01")
    add(village, "--topic", "diet", "--form", "board", "--place", "school", "--on", "2026-06-01")
    add(village, "--topic", "diet", "--form", "lecture", "--place", "village", "--on", "2026-09-01")
    for args, days in (
        ((), ["2026-09-01", "2026-06-01", "2026-03-01"]),
        (("--from", "2026-06-01"), ["2026-09-01", "2026-06-01"]),
        (("--to", "2026-06-01"), ["2026-06-01", "2026-03-01"]),
        (("--topic", "diet"), ["2026-09-01", "2026-06-01"]),
        (("--form", "lecture"), ["2026-09-01", "2026-03-01"]),
        (("--place", "学校"), ["2026-06-01"]),
        (("--person", 1), []),
    ):
        assert [row["on"] for row in village.rows("educate", "list", *args)] == days, args


def test_it_is_counted_by_topic_and_place_and_who_was_not_counted_is_not_guessed(village: Chronic) -> None:
    add(village, *LECTURE, "--people", "35", "--on", "2026-03-01")
    add(village, *LECTURE, "--people", "20", "--on", "2026-05-01")
    add(village, "--topic", "diet", "--form", "board", "--place", "school")
    counted = [(r["topic"], r["setting"], r["times"], r["attended"]) for r in village.rows("educate", "list", "--summary")]
    assert counted == [("hypertension", "village", 2, 55), ("diet and less salt", "school", 1, None)]
    rows = village.rows("educate", "list", "--summary", "--from", "2026-04-01", "--to", "2026-06-01")
    assert [(row["times"], row["attended"]) for row in rows] == [(1, 20)]


def test_what_was_withdrawn_is_not_listed_and_comes_back_with_undo(village: Chronic) -> None:
    add(village, *LECTURE)
    village.ok("educate", "void", 1, "--reason", "日期记错", "--yes")
    assert village.rows("educate", "list") == []
    assert village("educate", "void", 1, "--reason", "x", "--yes").code == 21
    assert "日期记错" in village.ok("undo", "--yes").err
    assert len(village.rows("educate", "list")) == 1


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (
            ["add", "--topic", "weather", "--form", "lecture", "--place", "village"],
            2,
            "weather is not known; known are: hypertension; diabetes;",
        ),
        (["add", "--topic", "diet", "--form", "song", "--place", "village"], 2, "song is not known; known are: lecture"),
        (["add", "--topic", "diet", "--form", "lecture", "--place", "moon"], 2, "moon is not known; known are: office"),
        (["add", "--topic", "diet", "--form", "lecture"], 2, "Say in which of the five places"),
        (["add", *LECTURE, "--on", "2026-11-22"], 2, "lies in the future"),
        (["add", *LECTURE, "--people", "-1"], 2, "-1"),
        (["add", "--form", "lecture"], 2, "--topic"),
        (["list", "--topic", "weather"], 2, "weather is not known"),
        (["list", "--from", "2026-11-02", "--to", "2026-11-01"], 2, "2026-11-02 lies after 2026-11-01"),
        (["void", "9", "--reason", "x", "--yes"], 2, "There is no health education 9"),
        (["void", "1", "--reason", "x"], 2, "chronic must ask"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_changes_nothing(
    village: Chronic, args: list[str], code: int, says: str
) -> None:
    add(village, *LECTURE)
    before = village.dump()
    run = village("educate", *args)
    assert (run.code, village.dump()) == (code, before)
    assert says in run.last
    assert re.search("[\u4e00-\u9fff]", village("educate", *args, lang="zh").last)
