"""Medicines as people write them: several in a cell, `硝苯地平缓释片 10mg bid`, `二甲双胍，每日2次，每次0.5g`.

Canonical text is `name, per day, each, unit; …`. What cannot be read as that is refused or stays the name that it is;
nothing is dropped and no amount is guessed.
"""

import re

from chronic.exchange.reading import plain, trim

_BREAK = re.compile("[;；、\r\n]")
_PART_BREAK = re.compile("[,，]")
_PLUS = re.compile("[+＋]")
_AMOUNT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_GAP = r"[\s,，]*"
_COUNTS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "qd": 1, "qn": 1, "bid": 2, "tid": 3, "qid": 4}
_OFTEN = (
    r"(?:(?P<latin>qd|qn|bid|tid|qid)|(?:每[日天]|[一1][日天]|日)(?P<times>[1-4一二两三四])次"
    r"|(?P<slash>[1-4])次/[日天])"
)
_UNIT = "mg|μg|ug|g|ml|片|粒|支|袋|丸|单位|iu|u"
_EACH = r"(?:(?:每次|一次|每服){gap})?(?P<each>[0-9]{{1,6}}(?:\.[0-9]{{1,6}})?)\s*(?P<unit>{unit})"
_ORDERS = tuple(
    re.compile(rf"(?P<name>[^,，]*?[^\s,，0-9.:：]){_GAP}[:：]?{_GAP}{first}{_GAP}{second}", re.IGNORECASE)
    for often, each in ((_OFTEN, _EACH.format(gap=_GAP, unit=_UNIT)),)
    for first, second in ((each, often), (often, each))
)
_ONCE_SAID = re.compile(rf"(?<![a-z]){_OFTEN}(?![a-z])", re.IGNORECASE)
_NO_MEDICINE = frozenset((
    "无", "没有", "暂无", "否", "否认", "不详", "未知", "未服药", "不服药", "未用药", "未服", "不服", "未使用",
    "未治疗", "无用药", "不用药", "停药", "已停药", "自行停药", "拒绝服药", "拒服", "自备", "n/a", "na", "nil",
    "null", "none", "no", "-", "--", "/", "\\", "—", "——",
))  # fmt: skip
"""What stands in a cell of medicines and names none."""
_HALF = {0xFF01 + place: 0x21 + place for place in range(94)}
"""Full-width letters and digits; one for one, so that what is found stands in the same place of what was written."""
_PLAIN_NAME = re.compile("(?:(?![每次日天时后前早晚睡餐饭服])[\u4e00-\u9fff]){2,}")
"""What stands between commas is a medicine of its own only if nothing in it speaks of amounts or times."""


def several(text: str) -> tuple[list[str], str]:
    """(each medicine as canonical text, the first part that cannot be read or an empty text)."""
    lines: list[str] = []
    for written in filter(None, map(trim, _BREAK.split(text))):
        found = _one_or_more(written)
        if not found:
            return [], written
        lines += found
    return lines, ""


def names_none(text: str) -> bool:
    """Is it a word for no medicine, such as 未服药, or for nothing known?"""
    return plain(text).casefold() in _NO_MEDICINE


def of_two(name: str, use: str) -> list[str]:
    """The medicine of two cells, its name and how it is taken; the names where the second is blank; empty if that
    cannot be read."""
    if not use:
        return several(name)[0]
    if not name or _BREAK.search(name) or _BREAK.search(use):
        return []
    line = _in_words(f"{name} {use}") or _canonical(f"{name}, {use}")
    return [line] if line is not None else []


def _one_or_more(written: str) -> list[str]:
    if any(map(names_none, _PART_BREAK.split(written))):  # 氨氯地平，停药: is it taken?
        return []
    together = [_in_words(trim(part)) for part in _PLUS.split(written)]
    if None not in together:
        return [line for line in together if line]
    line = _canonical(written)
    if line is not None and not _is_several(written.translate(_HALF)):
        return [line]
    parts = [part for part in map(trim, _PART_BREAK.split(written)) if part]
    lines = [_in_words(part) or (part if _PLAIN_NAME.fullmatch(part) else None) for part in parts]
    return [] if None in lines else [line for line in lines if line]


def _in_words(written: str) -> str | None:
    """Name, how much each time and how often; the last two in either order. None if one is missing."""
    text = written.translate(_HALF)
    if _is_several(text):
        return None
    match = next(filter(None, (order.fullmatch(text) for order in _ORDERS)), None)
    if match is None:
        return None
    told = (match["latin"] or match["times"] or match["slash"]).casefold()
    each = _amount(match["each"])
    return f"{trim(written[: match.end('name')])}, {_COUNTS.get(told) or int(told)}, {each}, {match['unit']}"


def _is_several(text: str) -> bool:
    """It says twice how often: more than one medicine, with nothing between them that tells them apart."""
    return len(_ONCE_SAID.findall(text)) > 1


def _canonical(written: str) -> str | None:
    """One medicine in canonical text, None if malformed: an amount without its unit could be read two ways."""
    parts = [trim(part) for part in _PART_BREAK.split(written)]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) not in (1, 2, 4) or not all(parts):
        return None
    amounts = [_amount(plain(part)) for part in parts[1:3]]
    if None in amounts:
        return None
    return ", ".join((parts[0], *filter(None, amounts), *parts[3:]))


def _amount(text: str) -> str | None:
    """05.50 -> 5.5; None if it is not a number."""
    if not _AMOUNT.fullmatch(text):
        return None
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return str(int(whole)) + (f".{fraction}" if fraction else "")
