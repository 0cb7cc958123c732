"""What a column of a file is called in Chinese, whatever the language of the screen (`--headers zh`).

The data dictionary names its own columns, this table those that only listings have. Spreadsheets lean on these
names, so one that exists stays as it is.
"""

from chronic.model.fields import BY_COLUMN, PROGRAMME_NAMES

_LISTED = {
    "person_id": "编号",
    "age": "年龄",
    "due_on": "应随访日期",
    "days_overdue": "逾期天数",
    "days_left": "剩余天数",
    "band": "逾期分段",
    "last_visit_on": "上次面访",
    "last_contact_on": "上次联系",
    "last_bp": "上次血压",
    "last_fpg": "上次空腹血糖",
    "class": "分类",
    "last_assessed": "最近分类",
    "risk": "风险",
    "reasons": "原因",
    "calls": "联系次数",
    "next_call_on": "下次联系日期",
    "paused_on": "暂停日期",
    "last_call_on": "上次联系回访日期",
    "told": "上次回访结果",
    "promised_on": "约定日期",
    "promise": "守约情况",
    "pause_on": "建议暂停起始日期",
    "called_on": "回访日期",
    "said_on": "意见日期",
    "complaint": "投诉",
    "suggestion": "建议",
    "handled_on": "处理日期",
    "handled_by": "处理人",
    "note": "说明",
    "number": "序号",
    "script": "话术",
    "doctor": "责任医生",
    "overdue": "逾期人数",
    "1-30": "逾期1-30天",
    "31-90": "逾期31-90天",
    "over-90": "逾期超90天",
    "section": "分组",
    "since_on": "起始日期",
    "days_since": "已过天数",
    "urgency": "紧急程度",
    "progress": "偏高天数进度",
    "days_high": "偏高天数",
    "days_needed": "所需偏高天数",
    "last_high_on": "最近偏高日期",
    "step": "下一步",
    "visit": "随访编号",
    "visit_uid": "随访标识",
    "kind": "类别",
    "bp": "血压",
    "state": "状态",
    "enrolled_on": "纳入管理日期",
    "assumed": "日期为推定",
    "diagnosed_on": "确诊日期",
    "ended_on": "终止日期",
    "end_reason": "终止原因",
    "on": "日期",
    "event": "事件",
    "what": "内容",
    "detail": "说明",
    "found": "依据",
    "wanted": "待做",
    "last_bp_on": "上次血压日期",
    "last_fpg_on": "上次空腹血糖日期",
    "factor": "因素",
    "answer": "有无",
    "value": "数值",
    "from": "来源",
    "measured": "筛查人数",
    "glucose": "测血糖人数",
    "high": "偏高人数",
    "suspected": "疑似人数",
    "new": "新发疑似",
    "confirm": "待确诊人数",
    "prediabetes": "糖尿病前期",
    "by": "记录人",
    "visits_done": "今年已面访次数",
    "visits_needed": "今年应面访次数",
    "visits_this_quarter": "本季度面访次数",
    "quarter_ends_on": "季度末日期",
    "quarters_left": "剩余季度数",
    "quota": "面访次数提醒",
    "stratum": "心血管风险分层",
    "printed": "分层(表中所列)",
    "at_least": "至少如此",
    "grade": "血压分级",
    "highest_bp": "最高血压",
    "factors": "危险因素",
    "organ_damage": "靶器官损害",
    "disease": "伴发临床疾病",
    "diabetes": "糖尿病",
    "unknown": "未知项",
}


def heading(key: str) -> str:
    """The Chinese name of a column; `class_htn` is the 分类 of 高血压. A column nobody named keeps its key."""
    if key in BY_COLUMN:
        return BY_COLUMN[key].zh
    base, _, programme = key.rpartition("_")
    if programme in PROGRAMME_NAMES and base in _LISTED:
        return PROGRAMME_NAMES[programme] + _LISTED[base]
    if key in _LISTED:
        return _LISTED[key]
    from chronic.model.checkup_fields import by_column

    return by_column()[key].zh if key in by_column() else key
