"""Tags: what puts a person or a household into a group. The field's own groups have a code; any other word is free.

Both the code and the Chinese names are read; the code is what is stored. "65+" is no tag: it follows from the birth date.
"""

import re
import unicodedata

from chronic.i18n import N_, _, language

TAGS = {
    "monitored": ("低收入监测户", N_("monitored household"), ("监测户", "监测对象", "防返贫监测户", "防止返贫监测户")),
    "lifted": ("脱贫户", N_("lifted out of poverty"), ("脱贫人口", "建档立卡户")),
    "low_income": ("低收入", N_("low income"), ("低收入户", "低收入人口")),
    "alone": ("独居", N_("lives alone"), ("独居老人",)),
    "care_home": ("敬老院", N_("care home"), ("养老院", "养老机构")),
    "disabled": ("残疾", N_("disabled"), ("残疾人",)),
    "bedridden": ("卧床", N_("bedridden"), ("失能卧床",)),
    "stroke": ("脑卒中", N_("stroke"), ("卒中", "中风")),
    "coronary": ("冠心病", N_("coronary heart disease"), ()),
    "cancer": ("癌症", N_("cancer"), ("肿瘤", "恶性肿瘤")),
    "copd": ("慢阻肺", N_("COPD"), ("慢性阻塞性肺疾病", "慢性阻塞性肺病")),
    "asthma": ("哮喘", N_("asthma"), ("支气管哮喘",)),
    "birth_defect": ("出生缺陷", N_("birth defect"), ()),
    "myopia": ("近视", N_("myopia of the young"), ("儿童青少年近视",)),
    "mental": ("精神障碍", N_("mental disorder"), ("严重精神障碍",)),
}
"""Code -> (Chinese name, English name, other Chinese names). The last eight are the comorbidities of the 323 campaign."""

_CODES = {name: code for code, (zh, _english, others) in TAGS.items() for name in (code, zh, *others)}
_AGE = re.compile(r"(\d{1,3})\s*(?:\+|岁?及?以上|岁\+)")


def code_of(text: str) -> str:
    """The code of a known tag by any of its names; any other word as it is."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return _CODES.get(plain) or _CODES.get(plain.lower()) or text


def spellings(code: str) -> tuple[str, ...]:
    """Every way this tag may stand in a registry, the code first."""
    if code not in TAGS:
        return (code,)
    zh, _english, others = TAGS[code]
    return (code, zh, *others)


def age_in(text: str) -> int | None:
    """65 of "65+" or "65岁以上"; None for anything else."""
    found = _AGE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return int(found[1]) if found else None


def tag_name(code: str) -> str:
    """A tag in the user's language."""
    known = TAGS.get(code_of(code))
    if known is None:
        return code
    return known[0] if language() == "zh" else _(known[1])
