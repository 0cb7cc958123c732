"""Blank sheets to fill in: Chinese headers, under each what it may hold, and one example.

Both lines begin with a mark, and import skips lines with it that stand under the headers, so a sheet can be filled in
below them or in their place. Should the example lose its mark it is refused: its ID number is masked.
"""

import csv
from typing import IO, Final

from chronic.model.fields import BY_COLUMN, PERSON_FIELDS, VISIT_FIELDS, Field

MAY_HOLD, EXAMPLE = "#可填", "#例"
MARKS: Final = (MAY_HOLD, EXAMPLE)

COLUMNS: Final = {
    "people": (*(f.column for f in PERSON_FIELDS if f.column not in ("uid", "person_ref")), "person_ref"),
    "visits": ("id_number", "name", *(f.column for f in VISIT_FIELDS), "archive_no", "person_ref"),
    "screenings": ("id_number", "name", "kind", *(f.column for f in VISIT_FIELDS), "archive_no", "person_ref"),
    "tests": ("id_number", "name", "test", "done_on", "value", "unit", "result", "institution", "detail", "archive_no",
              "person_ref"),
    "facts": ("id_number", "name", "fact", "answer", "told_on", "told_by", "archive_no", "person_ref"),
}  # fmt: skip
_SKIPPED = "本行和下一行导入时跳过"
_FIRST = {
    "people": f"{MAY_HOLD}: 姓名必填, 身份证号, 健康档案编号, 源编号至少填一个; {_SKIPPED}",
    "visits": f"{MAY_HOLD}: 身份证号, 健康档案编号, 源编号填一个, 随访日期必填; {_SKIPPED}",
    "screenings": f"{MAY_HOLD}: 身份证号, 健康档案编号, 源编号填一个, 类别写筛查, 随访日期必填; {_SKIPPED}",
    "tests": f"{MAY_HOLD}: 身份证号, 健康档案编号, 源编号填一个, 检查项目和日期必填, 数值和结果至少填一个; {_SKIPPED}",
    "facts": f"{MAY_HOLD}: 身份证号, 健康档案编号, 源编号填一个, 其余必填, 告知人可空; {_SKIPPED}",
}
_FORMS = {
    "day": "如 2026-03-15",
    "integer": "整数",
    "glucose": "超出量程写 HI 或 LO",
    "id": "18位, 单元格先设为文本格式",
    "digits": "8位或17位数字, 单元格先设为文本格式",
    "phone": "电话号码",
    "words": "自己的分类, 用分号隔开",
    "medicines": "药名, 每天几次, 每次用量, 单位; 下一种药",
    "codes": "可填几项, 用分号隔开",
}
_EXAMPLES = {
    "people": {
        "name": "王秀兰", "sex": "女", "birth_date": "1949-12-31", "id_number": "110105********002X", "phone": "138****5512",
        "village": "下各村", "township": "下各镇", "hamlet": "3组", "household_no": "12", "address": "下各村3组12号",
        "responsible_doctor": "李医生", "registered_on": "2026-01-05", "programmes": "高血压;糖尿病",
        "htn_enrolled_on": "2026-01-05", "htn_diagnosed_on": "2020-05-01",
        "dm_enrolled_on": "2026-01-05", "family_history": "父亲高血压", "ascvd": "否", "ckd": "否",
        "smoking_status": "从不吸烟", "tags": "独居;低保",
    },
    "visits": {
        "id_number": "110105********002X", "name": "王秀兰", "visit_date": "2026-03-15", "way": "门诊", "sbp": "138",
        "dbp": "84", "heart_rate": "72", "weight_kg": "65.5", "weight_target_kg": "62", "height_cm": "158",
        "waist_cm": "84", "fpg": "6.8", "symptoms": "头痛头晕;多饮", "danger": "否", "adherence": "规律", "adr": "否",
        "hypoglycemia": "无", "complication": "无", "smoke_per_day": "0", "smoke_target": "0",
        "alcohol_liang_per_day": "0", "alcohol_target": "0", "exercise_per_week": "5", "exercise_minutes": "30",
        "exercise_target_per_week": "7", "exercise_target_minutes": "30", "salt": "中", "salt_target": "轻",
        "staple_food_g": "300", "staple_target_g": "250", "psych": "良好", "compliance": "良好",
        "dorsalis_pedis": "触及正常", "medicines": "氨氯地平片, 1, 5, mg; 二甲双胍片, 2, 0.5, g",
        "next_visit_date": "2026-06-10", "visit_doctor": "李医生",
    },
    "screenings": {
        "id_number": "110105********002X", "name": "王秀兰", "kind": "筛查", "visit_date": "2026-03-15", "sbp": "146",
        "dbp": "92", "arm": "右臂", "random_glucose": "8.2", "danger": "否",
    },
    "tests": {
        "id_number": "110105********002X", "name": "王秀兰", "test": "心电图", "done_on": "2026-03-15", "result": "正常",
        "institution": "县医院",
    },
    "facts": {
        "id_number": "110105********002X", "name": "王秀兰", "fact": "长期高盐饮食", "answer": "是",
        "told_on": "2026-03-15", "told_by": "本人",
    },
    "checkups": {
        "id_number": "110105********002X", "name": "王秀兰", "checkup_date": "2026-03-15", "checkup_doctor": "李医生",
        "checkup_symptoms": "头晕;心悸", "temperature_c": "36.5", "pulse": "72", "respiratory_rate": "16", "sbp_left": "138",
        "dbp_left": "84", "sbp_right": "136", "dbp_right": "82", "height_cm": "158", "weight_kg": "65.5", "waist_cm": "84",
        "self_health": "基本满意", "self_care_score": "0", "cognition": "粗筛阴性", "mood": "粗筛阴性", "skin": "正常",
        "heart_rhythm": "齐", "urine_protein": "阴性", "fpg": "6.8", "ecg": "正常", "tcm_1": "5", "tcm_balanced": "基本是",
        "tcm_guidance": "情志调摄;饮食调养", "tcm_techniques": "八段锦", "evaluation": "有异常", "abnormal_1": "血压偏高",
        "guidance": "建议复查", "risk_control": "减体重",
    },
}  # fmt: skip


def write(what: str, out: IO[str]) -> None:
    """The sheet for `checkups` or one of COLUMNS."""
    add = csv.writer(out, lineterminator="\r\n").writerow
    columns, first, known = _form() if what == "checkups" else (COLUMNS[what], _FIRST[what], BY_COLUMN)
    add([known[column].zh for column in columns])
    add([first, *(may_hold(known[column]) for column in columns[1:])])
    example, *others = (_EXAMPLES[what].get(column, "") for column in columns)
    add([f"{EXAMPLE}: {example}", *others])


def _form() -> tuple[tuple[str, ...], str, dict[str, Field]]:
    """Columns, first note and fields of the check-up form, which only this sheet reads."""
    from chronic.model.checkup_fields import CHECKUP_DATE, FORM_FIELDS, by_column

    columns = ("id_number", "name", *(f.column for f in FORM_FIELDS), "archive_no", "person_ref")
    return columns, _FIRST["visits"].replace(BY_COLUMN["visit_date"].zh, CHECKUP_DATE.zh), {**BY_COLUMN, **by_column()}


def may_hold(field: Field) -> str:
    """What a cell of this column may hold, in Chinese; nothing for free text."""
    limits = f"{field.hard[0]:g}至{field.hard[1]:g}" if field.hard else ""  # 3-20 would be a day in March to Excel
    words = (";" if field.kind == "codes" else " / ").join((field.codes or {}).values())
    return ", ".join(part for part in (words, _FORMS.get(field.kind, ""), limits) if part)
