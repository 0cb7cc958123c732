"""Ways to spoil a good file, a little or altogether: bytes, cells, a workbook's XML, JSON, lines of text."""

import json
import random
from typing import Any

TEXTS = [
    "", " ", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1", "'", "''", '"', "'; DROP TABLE person; --", "%s%n%x",
    "{0}", "{name}", "\x1b[31m", "\x1b]0;t\x07", "\x00", "\x07", "\x9b2J", "\u202e", "\u2066", "\u200b", "\u200f", "\ufeff",
    "\U000e0041", "\U0001f600", "王" * 3000, "9" * 400, "1e400", "-1e400", "nan", "inf", "0x10", "1_000", "１２３", "٣", "½",
    "-0", "99999999999999999999", "2026-02-30", "0000-00-00", "9999-12-31", "-2026-01-01", "2026-11-21T25:61", "148/92/1",
    "148/", "/92", "../../x", "/etc/passwd", "/dev/zero", "/dev/null", "CON", "nul.csv", "a/b\\c", "~", "$HOME", "`id`",
    "$(id)", "wаng", "⾦", "ﬀ", "İ", "ß", "ǅ", "11010519491231002X", "110105194912310021", "*1234", "00000000",
    "13812345512", "htn;dm;x", ";;;", ",,,", "\t", "\n", "\r\n", "\v", "\u2028",
]  # fmt: skip
HEADERS = [
    "name", "姓名", "person_ref", "源编号", "id_number", "身份证号", "visit_date", "随访日期", "sbp", "dbp", "收缩压", "fpg",
    "village", "phone",
]  # fmt: skip


def cells(rng: random.Random, text: str) -> str:
    lines = text.splitlines()
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(lines))
        cells = lines[at].split(",")
        place = rng.randrange(len(cells))
        cells[place] = rng.choice(
            [rng.choice(TEXTS), cells[place] * 2, cells[place][::-1], cells[place] + rng.choice(TEXTS)]
        )
        lines[at] = rng.choice([",", ",", ",", ";", "\t"]).join(cells)
    if rng.random() < 0.1:
        rng.shuffle(lines)
    return rng.choice(["\n", "\r\n", "\r"]).join(lines)


def flipped(rng: random.Random, content: bytes) -> bytes:
    """With a few bytes changed, put in or left out; or as it is."""
    spoilt = bytearray(content)
    for _ in range(rng.choice([0, 0, 1, 3, 30])):
        if not spoilt:
            break
        at = rng.randrange(len(spoilt))
        match rng.randrange(4):
            case 0:
                spoilt[at] = rng.randrange(256)
            case 1:
                spoilt[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 40)))
            case 2:
                del spoilt[at : at + rng.randint(1, 200)]
            case _:
                spoilt[at:at] = rng.choice([b'"', b"\x00", b"\r", b"\n\n", b",,,,,,", b"\xff\xfe", b"\x1b[2J"])
    return bytes(spoilt)


def respelt(rng: random.Random, content: bytes) -> bytes:
    """Places, types and numbers that are none."""
    changes: list[tuple[bytes, bytes]] = [
        (b'r="A2"', b'r="XFD1048576"'), (b'r="B', b'r="ZZZ'), (b't="s"', b't="n"'), (b't="s"', b't="e"'), (b"<v>", b"<v>-1"),
        (b"<v>", b"<v>1e999"), (b'r="', b'r=""'), (b"<row ", b"<row><row "), (b"</row>", b""),
        (b"sheetData", b"sheetdata"), (b'r="A', b'r="' + b"A" * 50), (b"</t>", b"&bad;</t>"),
        (b"count=", b'count="99999999999" c='), (b"<v>", b"<v>99999999999"),
    ]  # fmt: skip
    old, new = rng.choice(changes)
    return content.replace(old, new, rng.choice([1, 5, -1]))


def place(rng: random.Random) -> str:
    return rng.choice(["A2", "B2", "C3", "XFE1", "A0", "A1048577", "ZZZZ1", "1A", "", "A-1", f"A{rng.randrange(10**9)}"])


def escaped(text: str) -> str:
    return "".join(c if c.isprintable() and c not in "<&" else "&#32;" for c in text)


WORDS: list[Any] = [
    None, True, False, 0, -1, 2**31, 2**63, -(2**63) - 1, 10**40, 1e308, 0.1, [], {}, [[]], {"at": {}},
    [None] * 40, "x" * 70_000,
    *TEXTS,
]  # fmt: skip
"""Anything where something else is meant."""


def tree(rng: random.Random, whole: Any, times: int) -> Any:
    """JSON with a few of its parts something else, gone, twice, or under another name. Changes what it is given."""
    for _ in range(times):
        spots = list(_spots(whole))
        if not spots:
            return rng.choice(WORDS)
        inside, key = rng.choice(spots)
        match rng.randrange(6):
            case 0 | 1 | 2:
                inside[key] = rng.choice(WORDS)
            case 3:
                del inside[key]
            case 4:
                other, its = rng.choice(spots)
                if (isinstance(other, dict) and its in other) or (isinstance(other, list) and its < len(other)):
                    inside[key] = json.loads(json.dumps(other[its]))
            case _ if isinstance(inside, dict):
                inside[str(rng.choice(TEXTS))] = inside.pop(key)
            case _:
                inside.append(inside[key])
    return whole


def _spots(whole: Any) -> Any:
    waiting = [whole]
    while waiting:
        inside = waiting.pop()
        pairs = inside.items() if isinstance(inside, dict) else enumerate(inside) if isinstance(inside, list) else ()
        for key, value in pairs:
            yield inside, key
            waiting.append(value)


def lines(rng: random.Random, text: str) -> str:
    """A file of settings with some values, keys, brackets or lines something else."""
    rows = text.splitlines()
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(rows))
        name, gap, value = rows[at].partition("=")
        match rng.randrange(6):
            case 0 | 1:
                rows[at] = (
                    f"{name}{gap} {rng.choice(['[]', '{}', '0', '-1', '1e999', 'nan', 'true', '2026-02-30', '9' * 60])}"
                )
            case 2:
                rows[at] = name + gap + json.dumps(rng.choice(TEXTS), ensure_ascii=rng.random() < 0.5)
            case 3:
                rows.insert(at, rng.choice(rows))
            case 4:
                del rows[at : at + rng.choice([1, 3])]
            case _:
                rows[at] = rng.choice(TEXTS) + gap + value
        if not rows:
            break
    return "\n".join(rows)
