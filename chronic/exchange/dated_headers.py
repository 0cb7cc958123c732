"""The headers of two small sheets: test results, and what people told of their risks.

Apart from the other sheets because the same word means something else there: 检查日期 is the day of a test here.
"""

from collections.abc import Sequence

from chronic.exchange.headers import VISIT_KEYS, normal, with_rejects
from chronic.model.fields import BY_COLUMN, Field

TESTS = ("test", "done_on", "value", "unit", "result", "institution", "detail")
FACTS = ("fact", "answer", "told_on", "told_by")
REQUIRED = {"tests": "done_on", "facts": "told_on"}
"""The day of each; the other columns a row needs are looked for when it is taken."""
FIELDS: dict[str, dict[str, Field]] = {
    holds: {name: BY_COLUMN[name] for name in (*VISIT_KEYS, "uid", "name", *columns)}
    for holds, columns in (("tests", TESTS), ("facts", FACTS))
}
_ALSO = {
    "tests": {
        "test_name": "test", "检验项目": "test", "项目": "test", "项目名称": "test", "检查项目名称": "test",
        "检验日期": "done_on", "报告日期": "done_on", "结果值": "value", "检查值": "value", "检验结果值": "value",
        "结论": "result",
        "检查结论": "result", "检验机构": "institution", "检查机构": "institution", "机构": "institution",
        "uid of person": "person_uid",
    },
    "facts": {"因素": "fact", "value": "answer", "日期": "told_on", "来源": "told_by", "source": "told_by",
              "uid of person": "person_uid"},
}  # fmt: skip
_NAMES = {
    holds: {
        **{normal(name): column for name, column in _ALSO[holds].items()},
        **{normal(name): field.column for field in fields.values() for name in (field.zh, field.column)},
    }
    for holds, fields in FIELDS.items()
}
_WHAT = {"tests": "test", "facts": "fact"}


def held(header: Sequence[str]) -> str | None:
    """tests or facts by this header line; None for every other sheet. Both name what the row is about, and its day."""
    for holds, what in _WHAT.items():
        if {what, REQUIRED[holds]} <= set(recognise(header, holds)):
            return holds
    return None


def recognise(header: Sequence[str], holds: str) -> tuple[str | None, ...]:
    """The canonical column of each header, None where it is not known."""
    return with_rejects(header, _NAMES[holds].get)
