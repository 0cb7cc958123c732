"""The data dictionary: one table behind import, export, prompts, options and documentation.

Each field has its canonical column, its Chinese header, how a cell is read, and its plausible limits
(rule book §10.2; hard limits refuse, warn limits ask). A unit slip is a range that only another unit
explains; it is refused with the question to ask, never converted silently.
"""

from typing import NamedTuple

from chronic.i18n import N_


class Slip(NamedTuple):
    """Values from `low` to `high` look like `unit`."""

    low: float
    high: float
    unit: str


class Field(NamedTuple):
    """One column. `kind`: text, day, integer, decimal, glucose, code or codes."""

    column: str
    zh: str
    kind: str = "text"
    label: str = ""
    hard: tuple[float, float] | None = None
    warn: tuple[float, float] | None = None
    """Ask below the first and above the second; equal to either is fine."""
    slip: Slip | None = None
    codes: dict[str, str] | None = None
    """Canonical word -> Chinese label; both are read, English on screen comes from the catalogue."""


def _codes(**labels: str) -> dict[str, str]:
    return labels


YES_NO = _codes(yes="是", no="否")
SEXES = _codes(M="男", F="女", unknown="未知")
PROGRAMME_NAMES = _codes(htn="高血压", dm="糖尿病", lipid="血脂异常")
END_REASONS = _codes(died="死亡", moved="迁出", refused="拒绝", withdrawn="诊断排除")
CLOSED_REASONS = _codes(died="死亡", moved="迁出")
SMOKING = _codes(never="从不吸烟", former="已戒烟", current="吸烟")
WAYS = _codes(clinic="门诊", home="家庭", phone="电话")
ADHERENCE = _codes(regular="规律", intermittent="间断", none="不服药")
HYPOGLYCEMIA = _codes(none="无", occasional="偶尔", frequent="频繁")
COMPLICATIONS = _codes(none="无", new="新发", worse="加重")
SALT = _codes(light="轻", medium="中", heavy="重")
GRADES = _codes(good="良好", fair="一般", poor="差")
PULSES = _codes(
    normal="触及正常",
    weak_both="减弱(双侧)",
    weak_left="减弱(左侧)",
    weak_right="减弱(右侧)",
    absent_both="消失(双侧)",
    absent_left="消失(左侧)",
    absent_right="消失(右侧)",
)
SYMPTOMS = _codes(
    none="无症状",
    headache_dizziness="头痛头晕",
    nausea_vomiting="恶心呕吐",
    blurred_vision_tinnitus="眼花耳鸣",
    breathlessness="呼吸困难",
    palpitation_chest_tightness="心悸胸闷",
    nosebleed="鼻衄出血不止",
    numb_limbs="四肢发麻",
    leg_oedema="下肢水肿",
    thirst="多饮",
    hunger="多食",
    polyuria="多尿",
    blurred_vision="视力模糊",
    infection="感染",
    numb_hands_feet="手脚麻木",
    leg_swelling="下肢浮肿",
    weight_loss="体重明显下降",
)

ARMS = _codes(left="左臂", right="右臂")
SAMPLES = _codes(venous="静脉血", capillary="指尖血")
VISIT_KINDS = _codes(followup="随访", screening="筛查")

_LIPID_SLIP = 25.0

PERSON_FIELDS = (
    Field("uid", "记录标识", label=N_("Record uid")),
    Field("person_ref", "源编号", label=N_("Source number")),
    Field("name", "姓名", label=N_("Name")),
    Field("sex", "性别", "code", N_("Sex"), codes=SEXES),
    Field("birth_date", "出生日期", "day", N_("Birth date")),
    Field("id_number", "身份证号", "id", N_("ID number")),
    Field("archive_no", "健康档案编号", "digits", N_("Archive number")),
    Field("phone", "联系电话", "phone", N_("Phone")),
    Field("village", "村", label=N_("Village")),
    Field("township", "乡镇", label=N_("Township")),
    Field("hamlet", "组", label=N_("Hamlet")),
    Field("household_no", "户号", label=N_("Household number")),
    Field("address", "住址", label=N_("Address")),
    Field("responsible_doctor", "责任医生", label=N_("Responsible doctor")),
    Field("registered_on", "建档日期", "day", N_("Registered on")),
    Field("programmes", "管理项目", "codes", N_("Programmes"), codes=PROGRAMME_NAMES),
    *(
        Field(f"{programme}_{part}", f"{zh}{part_zh}", kind, label, codes=codes)
        for programme, zh in PROGRAMME_NAMES.items()
        for part, part_zh, kind, label, codes in (
            ("enrolled_on", "纳入管理日期", "day", N_("Enrolled on"), None),
            ("diagnosed_on", "确诊日期", "day", N_("Diagnosed on"), None),
            ("ended_on", "终止日期", "day", N_("Ended on"), None),
            ("end_reason", "终止原因", "code", N_("End reason"), END_REASONS),
        )
    ),
    Field("closed_on", "销档日期", "day", N_("Closed on")),
    Field("closed_reason", "销档原因", "code", N_("Closing reason"), codes=CLOSED_REASONS),
    Field("family_history", "家族史", label=N_("Family history")),
    Field("ascvd", "心脑血管病", "code", N_("Heart or brain vessel disease"), codes=YES_NO),
    Field("ckd", "慢性肾病", "code", N_("Chronic kidney disease"), codes=YES_NO),
    Field("smoking_status", "吸烟状况", "code", N_("Smoking status"), codes=SMOKING),
    Field("tags", "标签", "words", N_("Tags")),
    Field("birth_approximate", "出生日期为推算", "code", N_("Birth date reckoned from an age"), codes=YES_NO),
)

VISIT_FIELDS = (
    Field("visit_date", "随访日期", "day", N_("Visit date")),
    Field("way", "随访方式", "code", N_("Way of visit"), codes=WAYS),
    Field("sbp", "收缩压", "integer", N_("Systolic pressure"), (50, 300), (90, 200), Slip(6, 40, "kPa")),
    Field("dbp", "舒张压", "integer", N_("Diastolic pressure"), (20, 200), (50, 120), Slip(4, 19.9, "kPa")),
    Field("arm", "测量手臂", "code", N_("Arm"), codes=ARMS),
    Field("device", "血压计", label=N_("Blood pressure device")),
    Field("heart_rate", "心率", "integer", N_("Heart rate"), (20, 250), (50, 110)),
    Field("weight_kg", "体重", "decimal", N_("Weight"), (20, 250), (35, 120)),
    Field("weight_target_kg", "目标体重", "decimal", N_("Target weight"), (20, 250)),
    Field("height_cm", "身高", "decimal", N_("Height"), (80, 230), (135, 195), Slip(1.2, 2.3, "m")),
    Field("waist_cm", "腰围", "decimal", N_("Waist"), (40, 180), (55, 125), Slip(1.5, 5, "尺")),
    Field("fpg", "空腹血糖", "glucose", N_("Fasting glucose"), (0.6, 45), (2.8, 25), Slip(45.01, 900, "mg/dL")),
    Field(
        "ppg_2h", "餐后2小时血糖", "glucose", N_("Glucose 2 h after meal"), (0.6, 60), (2.8, 25), Slip(60.01, 1100, "mg/dL")
    ),
    Field("random_glucose", "随机血糖", "glucose", N_("Random glucose"), (0.6, 60), (2.8, 25), Slip(60.01, 1100, "mg/dL")),
    Field("ogtt_2h", "OGTT 2小时血糖", "decimal", N_("OGTT 2 h glucose"), (0.6, 60), (2.8, 25), Slip(60.01, 1100, "mg/dL")),
    Field("glucose_sample", "采血方式", "code", N_("Blood sample"), codes=SAMPLES),
    Field("hba1c", "糖化血红蛋白", "decimal", N_("HbA1c"), (3, 20), (4.5, 13), Slip(20.01, 200, "mmol/mol")),
    Field("hba1c_on", "糖化血红蛋白检查日期", "day", N_("HbA1c taken on")),
    Field("tc", "总胆固醇", "decimal", N_("Total cholesterol"), (1, 25), (2.5, 9), Slip(30.01, 1000, "mg/dL")),
    Field("tg", "甘油三酯", "decimal", N_("Triglycerides"), (0.1, 60), (0.1, 5.6), Slip(70.01, 5000, "mg/dL")),
    Field("ldl_c", "低密度脂蛋白", "decimal", N_("LDL cholesterol"), (0.2, 20), (0.8, 7), Slip(_LIPID_SLIP, 800, "mg/dL")),
    Field("hdl_c", "高密度脂蛋白", "decimal", N_("HDL cholesterol"), (0.2, 5), (0.6, 3), Slip(8.01, 200, "mg/dL")),
    Field("creatinine", "肌酐", "decimal", N_("Creatinine"), (10, 2500), (30, 177), Slip(0.2, 9.99, "mg/dL")),
    Field("uacr", "尿白蛋白/肌酐", "decimal", N_("Urine albumin/creatinine"), (0, 20000), (0, 29.9)),
    Field("symptoms", "症状", "codes", N_("Symptoms"), codes=SYMPTOMS),
    Field("symptoms_other", "其他症状", label=N_("Other symptoms")),
    Field("other_signs", "其他体征", label=N_("Other signs")),
    Field("aux_tests", "辅助检查", label=N_("Other tests")),
    Field("danger", "危急情况", "code", N_("Danger signs"), codes=YES_NO),
    Field("pregnant", "妊娠或哺乳", "code", N_("Pregnant or breast-feeding"), codes=YES_NO),
    Field("bp_drugs", "服用降压药", "code", N_("Takes antihypertensives"), codes=YES_NO),
    Field("secondary", "疑似继发性高血压", "code", N_("Suspected secondary hypertension"), codes=YES_NO),
    Field("adherence", "服药依从性", "code", N_("Adherence"), codes=ADHERENCE),
    Field("adr", "药物不良反应", "code", N_("Adverse drug reaction"), codes=YES_NO),
    Field("adr_text", "不良反应说明", label=N_("Adverse reaction, which")),
    Field("hypoglycemia", "低血糖反应", "code", N_("Hypoglycaemia"), codes=HYPOGLYCEMIA),
    Field("complication", "并发症", "code", N_("Complication"), codes=COMPLICATIONS),
    Field("smoke_per_day", "日吸烟量", "integer", N_("Cigarettes a day"), (0, 120), (0, 40)),
    Field("smoke_target", "目标日吸烟量", "integer", N_("Cigarettes a day, target"), (0, 120)),
    Field("alcohol_liang_per_day", "日饮酒量(两)", "decimal", N_("Spirits a day"), (0, 40), (0, 1.99)),
    Field("alcohol_target", "目标日饮酒量", "decimal", N_("Spirits a day, target"), (0, 40)),
    Field("exercise_per_week", "运动次数", "integer", N_("Exercise, times a week"), (0, 28), (0, 14)),
    Field("exercise_minutes", "运动分钟", "integer", N_("Exercise, minutes each"), (0, 600), (0, 180)),
    Field("exercise_target_per_week", "目标运动次数", "integer", N_("Exercise target, times a week"), (0, 28)),
    Field("exercise_target_minutes", "目标运动分钟", "integer", N_("Exercise target, minutes each"), (0, 600)),
    Field("salt", "摄盐情况", "code", N_("Salt"), codes=SALT),
    Field("salt_target", "目标摄盐", "code", N_("Salt, target"), codes=SALT),
    Field("staple_food_g", "主食", "integer", N_("Staple food a day"), (0, 3000), (100, 800), Slip(2, 20, "两")),
    Field("staple_target_g", "目标主食", "integer", N_("Staple food a day, target"), (0, 3000)),
    Field("psych", "心理调整", "code", N_("Mental adjustment"), codes=GRADES),
    Field("compliance", "遵医行为", "code", N_("Follows advice"), codes=GRADES),
    Field("dorsalis_pedis", "足背动脉", "code", N_("Foot pulse"), codes=PULSES),
    Field("medicines", "用药情况", "medicines", N_("Medicines")),
    Field("insulin", "胰岛素", label=N_("Insulin")),
    Field("referral_org", "转诊机构", label=N_("Referred to")),
    Field("referral_dept", "转诊科别", label=N_("Department")),
    Field("referral_reason", "转诊原因", label=N_("Referral reason")),
    Field("next_visit_date", "下次随访日期", "day", N_("Next visit")),
    Field("visit_doctor", "随访医生", label=N_("Visit doctor")),
    Field("notes", "备注", label=N_("Notes")),
)

RESULTS = _codes(normal="正常", abnormal="异常")
RESULT_FIELDS = (
    Field("done_on", "检查日期", "day", N_("Done on")),
    Field("result", "检查结果", "code", N_("Result"), codes=RESULTS),
    Field("egfr", "估算肾小球滤过率", "decimal", N_("eGFR"), (1, 200), (60, 200)),
    Field("abi", "踝肱指数", "decimal", N_("Ankle-brachial index"), (0.1, 3), (0.9, 1.4)),
    Field("potassium", "血钾", "decimal", N_("Potassium"), (1.5, 10), (3.5, 5.5)),
    Field("arm_difference", "双上肢收缩压差", "integer", N_("Systolic difference between the arms"), (0, 150), (0, 20)),
)
"""A test result, and the values that only tests have."""

CALL_OUTCOMES = _codes(
    came_already="自述已来随访",
    agreed="同意来(约定日期)",
    call_later="改日再联系",
    not_reached="未联系上",
    wrong_number="号码有误",
    moved="迁出",
    died="死亡",
    refused="拒绝",
    has_medicine="药未吃完",
    seen_elsewhere="在外就诊未登记",
    other="其他",
)
CALL_WAYS = _codes(phone="电话", door="上门", family="家属转告")
SATISFACTION = _codes(satisfied="满意", neutral="一般", dissatisfied="不满意")
OUTCOMES = _codes(seen="到诊", returned="回转", not_arrived="未到诊")
OTHER_FIELDS = (
    Field("team", "签约团队", label=N_("Team")),
    Field("ended_on", "终止日期", "day", N_("Ended on")),
    Field("start_on", "签约日期", "day", N_("Begins on")),
    Field("said_on", "日期", "day", N_("Day")),
    Field("visited_on", "走访日期", "day", N_("Day of the call")),
    Field("settled_on", "解决日期", "day", N_("Settled on")),
    Field("illness", "病种", label=N_("Illness")),
    Field("happened_on", "日期", "day", N_("Day")),
    Field("held_on", "日期", "day", N_("Day")),
    Field("on", "日期", "day", N_("Day")),
    Field("called_on", "回访日期", "day", N_("Day of the call back")),
    Field("given_on", "发药日期", "day", N_("Day of the supply")),
    Field("ordered_on", "开单日期", "day", N_("Day of the order")),
    Field("made_on", "转诊单日期", "day", N_("Day of the slip")),
    Field("moved_on", "迁移日期", "day", N_("Moved on")),
    Field("answered_on", "回复日期", "day", N_("Answered on")),
    Field("basis", "依据", label=N_("Basis")),
    Field("reason", "原因", label=N_("Reason")),
    Field("need", "需求", label=N_("Need")),
    Field("note", "说明", label=N_("Note")),
    Field("treated_on", "就诊日期", "day", N_("Day of the treatment")),
    Field("in_county", "县域内就诊", "code", N_("Treated in the county"), codes=YES_NO),
    Field("institution", "医疗机构", label=N_("Institution")),
    Field("person_uid", "人员标识", label=N_("Record uid of the person")),
    Field("programme", "管理项目", "code", N_("Programme"), codes=PROGRAMME_NAMES),
    Field("from_on", "暂停日期", "day", N_("Paused from")),
    Field("pause_ended_on", "暂停结束日期", "day", N_("Pause ended on")),
    Field("outcome", "转诊结果", "code", N_("Outcome of the referral"), codes=OUTCOMES),
    Field("outcome_on", "转诊结果日期", "day", N_("Day of the outcome")),
    Field("call_outcome", "回访结果", "code", N_("What the call came to"), codes=CALL_OUTCOMES),
    Field("call_way", "回访方式", "code", N_("Way of the call"), codes=CALL_WAYS),
    Field("satisfaction", "满意度", "code", N_("Satisfaction"), codes=SATISFACTION),
    Field("confirmed", "医院确诊", "code", N_("Confirmed by the hospital"), codes=YES_NO),
    Field("kind", "类别", "code", N_("Kind"), codes=VISIT_KINDS),
    *(
        Field(f"{programme}_assumed", f"{zh}纳入日期为推定", "code", N_("Beginning assumed"), codes={"1": "是", "0": "否"})
        for programme, zh in PROGRAMME_NAMES.items()
    ),
)
"""Fields that are typed, name a row or may change, but are no column of the two sheets."""

RISK_FACTS = _codes(
    family_htn="一二级亲属高血压",
    family_dm="父母, 兄弟姐妹或子女有糖尿病",
    high_salt="长期高盐饮食",
    heavy_drinking="长期过量饮酒",
    sedentary="缺乏体力活动",
    prediabetes="曾有糖尿病前期",
    gestational="妊娠期糖尿病或巨大儿史",
    pcos="多囊卵巢或黑棘皮",
    lipid_drugs="服用调脂药",
    steroid_diabetes="类固醇糖尿病史",
    long_term_drugs="长期用抗精神病药, 抗抑郁药或他汀",
    stroke="曾患脑卒中",
    infarction="曾患心肌梗死",
    amputation="曾截肢",
    rehabilitation="正在康复",
)
SHEET_FIELDS = (
    Field("test", "检查项目", label=N_("Test")),
    Field("value", "数值", "decimal", N_("Value")),
    Field("unit", "单位", label=N_("Unit")),
    Field("detail", "说明", label=N_("What the report says")),
    Field("fact", "风险因素", "code", N_("Risk factor"), codes=RISK_FACTS),
    Field("answer", "有无", "code", N_("Yes or no"), codes=YES_NO),
    Field("told_on", "告知日期", "day", N_("Told on")),
    Field("told_by", "告知人", label=N_("Told by")),
)
"""What only the sheets of test results and of told facts have."""

CELL_FIELDS = (
    Field("bp", "血压", "pair", N_("Blood pressure")),
    Field("age", "年龄", "age", N_("Age")),
    Field("medicine_name", "药物名称", label=N_("Name of the medicine")),
    Field("medicine_usage", "用法用量", label=N_("How it is taken")),
)
DATED_FIELDS = (
    Field("update_date", "更新日期", "day", N_("Updated on")),
    Field("entry_date", "录入日期", "day", N_("Entered on")),
)
"""The days other systems give for a row of people."""
"""What only cells of sheets are: each becomes something of the registry."""

BY_COLUMN = {field.column: field for field in (*PERSON_FIELDS, *VISIT_FIELDS, *RESULT_FIELDS, *OTHER_FIELDS, *SHEET_FIELDS)}

ENROLMENT_AGE_ADULT, ENROLMENT_AGE_GROUP = 18, 35
"""Below the first: not an adult; below the second: outside the group the specification serves (§10.2)."""
CHILDBEARING_AGE = (15, 49)
"""Women of these ages are asked whether they are pregnant or breast-feeding (WHO's reproductive age)."""
