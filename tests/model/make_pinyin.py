"""Make chronic/model/pinyin_initials.txt and pinyin_sounds.txt. Needed only for newer data or a change to the readings:

    pip install pypinyin pypinyin-dict
    python tests/model/make_pinyin.py

pypinyin lists every reading anybody ever wrote down, and with all of them 王 would also be "yù" and 吴 "tūn". So a
character in a dictionary of today, 通用规范汉字字典 (2013) or 现代汉语词典 (1983), has the readings those two give,
and any other character all that pypinyin knows. Both packages and their data are under the MIT licence.

One line per set of initials: the letters, commonest reading first, a space, and all characters with them. One line per
set of syllables without tones in the other file, which has only the characters of 通用规范汉字字典: it tells which names
sound the same.
"""

import unicodedata
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pypinyin
from pypinyin.constants import PINYIN_DICT

TABLE = Path(__file__).parents[2] / "chronic" / "model" / "pinyin_initials.txt"

SOUNDS = TABLE.with_name("pinyin_sounds.txt")

OF_TODAY: list[dict[int, str]] = [
    import_module(f"pypinyin_dict.pinyin_data.{name}").pinyin_dict for name in ("ktghz2013", "kxhc1983")
]

HEADER = f"""\
# Pinyin initials of Chinese characters. Made by tests/model/make_pinyin.py; change that, not this.
# Readings: pypinyin {pypinyin.__version__} and pypinyin-dict, copyright (c) 2016 mozillazg, MIT licence.
"""

ADDED = {
    # readings as a surname, or in a name, that the dictionaries lack
    "费": "b",  # Bi, beside Fei
    "費": "b",
    "谌": "s",  # Shen, beside Chen
    "諶": "s",
    "会": "g",  # Gui
    "會": "g",
    "郄": "x",  # Xi, beside Qie
    "郗": "c",  # Chi, beside Xi
    "眭": "g",  # Gui, beside Sui
    "鐔": "ct",  # Chan and Tan, as 镡
    "沉": "s",  # old form of 沈
    "査": "c",  # form of 查
    "芎": "q",
    "暅": "x",
    # forms of characters seen in names, without any reading in pypinyin
    "𠮷": "j",  # 吉
    "㐂": "x",  # 喜
}

# Readings that the dictionaries give and no name has, of characters so frequent that each would find strangers.
NOT_IN_NAMES = {
    "a": "广",
    "c": "沈",
    "d": "石",
    "g": "贾红屹",
    "h": "阚",
    "j": "齐瞿强其奇虹革楷",
    "p": "冯榜",
    "q": "将",
    "s": "汤俞",
    "x": "叶见腊",
    "y": "陶谷",
    "z": "丁传术",
}


def letters(spoken: str) -> str:
    """The initials of `céng,zēng`, each once and without tone marks: cz. ǹg is n, lǜ is l."""
    return "".join(dict.fromkeys(unicodedata.normalize("NFD", reading)[0] for reading in spoken.split(",") if reading))


def initials_of(code: int) -> str:
    """The initials of a character in a name, in pypinyin's order of readings, which is the commonest first."""
    known = letters(PINYIN_DICT.get(code, ""))
    today = letters(",".join(dictionary.get(code, "") for dictionary in OF_TODAY))
    kept = [letter for letter in known if letter in (today or known)]
    wanted = dict.fromkeys([*kept, *today, *ADDED.get(chr(code), "")])
    return "".join(letter for letter in wanted if chr(code) not in NOT_IN_NAMES.get(letter, ""))


def readings() -> dict[str, str]:
    """Character -> its initials. Forms that Unicode holds to be one character are one, as where names are read."""
    found: dict[str, str] = defaultdict(str)
    for code in sorted({*PINYIN_DICT, *map(ord, ADDED)}):
        found[unicodedata.normalize("NFKD", chr(code))] += initials_of(code)
    return {character: "".join(dict.fromkeys(initials)) for character, initials in found.items()}


def table() -> str:
    groups: dict[str, list[str]] = defaultdict(list)
    for character, initials in sorted(readings().items()):
        groups[initials].append(character)
    order = sorted(groups, key=lambda initials: (len(initials), initials))
    return HEADER + "".join(f"{initials} {''.join(groups[initials])}\n" for initials in order)


def syllables(code: int) -> str:
    """`ceng,zeng` of 曾: the readings of today, without tones, sorted; readings no name has are left out."""
    spoken = OF_TODAY[0].get(code, "").split(",")
    apart = (unicodedata.normalize("NFD", one).replace("u\u0308", "v") for one in spoken if one)
    plain = {"".join(filter(str.isalpha, one)) for one in apart}
    return ",".join(sorted(s for s in plain if s.isascii() and chr(code) not in NOT_IN_NAMES.get(s[0], "")))


def sounds() -> str:
    groups: dict[str, list[str]] = defaultdict(list)
    for code in sorted(OF_TODAY[0]):
        groups[syllables(code)].append(chr(code))
    head = HEADER.replace("Pinyin initials", "Syllables without tones")
    return head + "".join(f"{key} {''.join(groups[key])}\n" for key in sorted(groups) if key)


if __name__ == "__main__":
    SOUNDS.write_text(sounds(), encoding="utf-8", newline="\n")
    TABLE.write_text(table(), encoding="utf-8", newline="\n")
