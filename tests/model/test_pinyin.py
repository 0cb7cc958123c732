"""Initials of names, and their table against pypinyin where that is installed."""

import runpy
import unicodedata
from pathlib import Path

import pytest

from chronic.model.pinyin import _table, initials, is_initials

MAKER = Path(__file__).with_name("make_pinyin.py")


def found_under(name: str) -> set[str]:
    return set(initials(name))


def test_a_name_is_found_by_the_first_letters_of_its_pinyin() -> None:
    assert found_under("王建国") == {"wjg"}


@pytest.mark.parametrize(
    ("surname", "letters"),
    [
        ("曾", "cz"), ("单", "cds"), ("仇", "cq"), ("解", "jx"), ("查", "cz"), ("翟", "dz"), ("缪", "m"), ("重", "cz"),
        ("区", "oq"), ("朴", "p"), ("盖", "g"), ("乐", "ly"), ("覃", "qt"), ("尉", "wy"), ("种", "cz"), ("召", "sz"),
        ("隗", "kw"), ("长", "cz"), ("贠", "y"), ("繁", "fp"), ("祭", "jz"), ("秘", "bm"), ("车", "cj"), ("黑", "h"),
    ],
)  # fmt: skip
def test_every_reading_of_a_polyphone_counts(surname: str, letters: str) -> None:
    assert found_under(surname) == set(letters)


@pytest.mark.parametrize(
    ("surname", "letter"), [("费", "b"), ("谌", "s"), ("会", "g"), ("郗", "c"), ("眭", "g"), ("沈", "s")]
)
def test_surname_readings_are_there_even_where_dictionaries_lack_them(surname: str, letter: str) -> None:
    assert letter in found_under(surname)


@pytest.mark.parametrize(
    ("surname", "letter"), [("王", "w"), ("吴", "w"), ("冯", "f"), ("丁", "d"), ("石", "s"), ("叶", "y")]
)
def test_readings_no_name_has_do_not_make_a_frequent_surname_find_strangers(surname: str, letter: str) -> None:
    assert found_under(surname) == {letter}


def test_polyphones_are_combined() -> None:
    assert found_under("单长乐") == {a + b + c for a in "cds" for b in "cz" for c in "ly"}


@pytest.mark.parametrize("surname", ["万俟", "尉迟", "长孙", "欧阳", "澹台"])
def test_a_surname_of_two_characters_has_two_letters(surname: str) -> None:
    assert {"万俟": "mq", "尉迟": "yc", "长孙": "zs", "欧阳": "oy", "澹台": "tt"}[surname] in found_under(surname)


def test_the_vowel_ü_has_the_letter_before_it() -> None:
    assert found_under("吕绿") == {"ll"}


@pytest.mark.parametrize(("name", "key"), [("李㛃", "lj"), ("𬱖", "d"), ("䶮", "y"), ("𠮷田", "jt"), ("㐂", "x")])
def test_rare_characters_of_names_are_known(name: str, key: str) -> None:
    assert found_under(name) == {key}


def test_traditional_characters_are_known() -> None:
    assert "zjg" in found_under("張建國")


def test_a_compatibility_form_is_the_character_it_stands_for() -> None:
    assert initials("\uf9e1") == initials("李")


@pytest.mark.parametrize(("name", "key"), [("John李2", "johnl2"), ("ＡＢ李", "abl"), ("José", "jose"), ("3组王", "3zw")])
def test_latin_letters_and_digits_stand_for_themselves(name: str, key: str) -> None:
    assert found_under(name) == {key}


def test_dots_and_spaces_are_left_out() -> None:
    assert initials("买买提·艾力") == initials("买买提艾力") == initials(" 买买提•艾　力 ")


def test_a_character_without_a_reading_is_left_out() -> None:
    assert found_under("王〆红") == {"wh"}


@pytest.mark.parametrize("name", ["", " ", "·", "？？", "〆", "#", "\n"])
def test_a_name_without_initials_has_no_key_at_all(name: str) -> None:
    assert initials(name) == frozenset()


def test_a_long_name_of_polyphones_keeps_a_bounded_choice_with_the_commonest_readings() -> None:
    keys = initials("重长单行" * 10)
    assert len(keys) == 64
    assert "zzdx" * 10 in keys


def test_the_bounded_choice_is_the_same_every_time() -> None:
    assert sorted(initials("单解行" * 5)) == sorted(initials("单解行" * 5))


@pytest.mark.parametrize("text", ["wj", "wjg", "WJG", "Johnson"])
def test_two_or_more_latin_letters_may_be_initials(text: str) -> None:
    assert is_initials(text)


@pytest.mark.parametrize("text", ["", "w", "42", "w2", "王", "wj王", "w j", "wj ", "wj\n", "wjé", "ｗｊ", "*1234", "w.j"])
def test_anything_else_is_not_initials(text: str) -> None:
    assert not is_initials(text)


def test_the_table_is_well_formed_and_names_no_character_twice() -> None:
    lines = [line for line in _table().splitlines() if not line.startswith("#")]
    groups = [line.partition(" ")[::2] for line in lines]
    assert all(letters.isascii() and letters.islower() and len(set(letters)) == len(letters) for letters, _ in groups)
    characters = "".join(characters for _, characters in groups)
    assert len(characters) == len(set(characters)) > 41_000
    assert not any(character.isascii() or character.isspace() for character in characters)


def test_the_head_of_the_table_is_ascii_so_no_character_is_found_there() -> None:
    assert all(line.isascii() for line in _table().splitlines() if line.startswith("#"))


SAMPLE = "李张刘陈杨赵黄周徐孙马胡郭何高林罗郑梁谢宋唐秀英桂兰玉珍淑凤伟芳娜敏静丽军磊勇艳杰娟涛明超梓轩涵嫣㛃𬱖龘張劉陳楊趙"


def test_the_table_agrees_with_pypinyin_on_a_sample() -> None:
    pypinyin = pytest.importorskip("pypinyin")
    for character in SAMPLE:
        (spoken,) = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True)
        commonest = spoken[0][0]
        assert commonest in initials(character) <= {reading[0] for reading in spoken}, character


def test_every_character_pypinyin_knows_is_in_the_table() -> None:
    constants = pytest.importorskip("pypinyin.constants")
    known = {unicodedata.normalize("NFKD", chr(code)) for code in constants.PINYIN_DICT}
    assert not known - set(_table())


def test_the_table_is_what_its_maker_makes_today() -> None:
    pypinyin = pytest.importorskip("pypinyin")
    pytest.importorskip("pypinyin_dict")
    if f"pypinyin {pypinyin.__version__} " not in _table():
        pytest.skip("made with another version of pypinyin")
    assert runpy.run_path(str(MAKER))["table"]() == _table()
