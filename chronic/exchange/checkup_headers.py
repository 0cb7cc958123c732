"""The headers of a check-up sheet: the form's own names, and what counties write for them.

Apart from the other sheets because the same word means something else there: 症状 are the check-up's symptoms here.
"""

import re
from collections.abc import Sequence

from chronic.exchange.headers import normal, with_rejects
from chronic.model.checkup_fields import TCM_ANSWERS, TCM_QUESTIONS, by_column
from chronic.model.fields import BY_COLUMN, Field

KEYS = ("person_uid", "id_number", "archive_no", "person_ref")
"""As for visits: `uid` is the check-up's own."""
FIELDS: dict[str, Field] = {
    **by_column(), **{name: BY_COLUMN[name] for name in (*KEYS, "uid", "name")}
}  # fmt: skip
READ = frozenset(FIELDS)

_ALSO = {
    "健康体检日期": "checkup_date", "年检日期": "checkup_date", "体检时间": "checkup_date", "责任医生": "checkup_doctor",
    "uid of person": "person_uid",
    "症状": "checkup_symptoms", "其他症状": "checkup_symptoms_other", "脉搏": "pulse", "呼吸": "respiratory_rate",
    "左侧血压高压": "sbp_left", "左侧血压低压": "dbp_left", "右侧血压高压": "sbp_right", "右侧血压低压": "dbp_right",
    "左收缩压": "sbp_left", "左舒张压": "dbp_left", "右收缩压": "sbp_right", "右舒张压": "dbp_right",
    "老年人健康状态自我评估": "self_health", "老年人生活自理能力自我评估": "self_care", "生活自理能力自我评估": "self_care",
    "老年人认知功能": "cognition", "老年人认知功能粗筛结果": "cognition", "老年人认知功能评分": "mmse_score",
    "老年人情感状态": "mood", "老年人情感状态粗筛结果": "mood", "抑郁评分": "depression_score",
    "运动频率": "exercise_frequency", "每次锻炼时间": "exercise_minutes", "运动时长": "exercise_minutes",
    "坚持运动时间": "exercise_years", "运动方式": "exercise_kind", "摄盐饮食习惯": "diet",
    "日饮酒量": "alcohol_liang_per_day", "戒酒": "drink_stopped", "醉酒": "drunk_past_year",
    "左眼裸眼视力": "vision_left", "右眼裸眼视力": "vision_right", "左眼裸眼远视力值": "vision_left",
    "右眼裸眼远视力值": "vision_right",
    "左眼矫正远视力值": "vision_left_corrected", "右眼矫正远视力值": "vision_right_corrected",
    "浅表淋巴结": "lymph_nodes", "心律类别": "heart_rhythm", "杂音": "heart_murmur", "压痛": "abdomen_tender",
    "包块": "abdomen_mass", "足背动脉": "foot_pulse", "血红蛋白值": "haemoglobin", "白细胞计数": "wbc",
    "白细胞计数值": "wbc",
    "血小板计数": "platelets", "血小板计数值": "platelets", "尿蛋白定性": "urine_protein", "尿糖定性": "urine_glucose",
    "酮体": "urine_ketones", "空腹血糖值": "fpg", "糖化血红蛋白值": "hba1c", "乙肝表面抗原": "hbsag", "HBsAg": "hbsag",
    "谷丙转氨酶": "alt", "ALT": "alt", "血清谷丙转氨酶值": "alt", "谷草转氨酶": "ast", "AST": "ast",
    "血清谷草转氨酶值": "ast", "白蛋白浓度": "albumin", "总胆红素值": "tbil", "结合胆红素值": "dbil", "直接胆红素": "dbil",
    "血肌酐": "creatinine", "血清肌酐": "creatinine", "血肌酐值": "creatinine",
    "血尿素氮": "urea", "尿素氮": "urea", "尿素": "urea",
    "血钾浓度": "potassium", "血钠浓度": "sodium", "胆固醇": "tc", "总胆固醇值": "tc", "甘油三酯值": "tg",
    "血清低密度脂蛋白胆固醇": "ldl_c", "低密度脂蛋白胆固醇": "ldl_c",
    "血清高密度脂蛋白胆固醇": "hdl_c", "高密度脂蛋白胆固醇": "hdl_c",
    "胸片": "chest_xray", "胸部X线": "chest_xray", "胸部DR": "chest_xray", "B超": "ultrasound", "腹部彩超": "ultrasound",
    "中医药保健": "tcm_guidance", "目标体重": "weight_target_kg", "减体重目标": "weight_target_kg",
}  # fmt: skip
_UNIT = re.compile(r"[(\[][^()\[\]]*[)\]]$")
_NAMES = {normal(name): column for name, column in _ALSO.items()} | {
    normal(name): field.column for field in FIELDS.values() for name in (field.zh, field.column)
}
_NAMES |= {
    normal(form.format(n=n, gist=gist)): column
    for n, (column, (gist, _)) in enumerate(zip(TCM_ANSWERS, TCM_QUESTIONS, strict=True), 1)
    for form in ("体质{n}", "体质问题{n}", "中医问卷{n}")
}


def is_checkup(header: Sequence[str]) -> bool:
    """Is this the header line of a check-up sheet? Only they have the day of a check-up."""
    return any(_column(normal(text)) == "checkup_date" for text in header)


def recognise(header: Sequence[str]) -> tuple[str | None, ...]:
    """The canonical column of each header, None where it is not known; a unit in brackets at its end says nothing."""
    return with_rejects(header, _column)


def _column(name: str) -> str | None:
    return _NAMES.get(name) or _NAMES.get(_UNIT.sub("", name))
