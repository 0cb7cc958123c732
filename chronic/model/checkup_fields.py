"""The annual health check-up form 健康体检表 as data: its blocks in form order, every field with its codes and limits.

Coded lists stand in the order of the printed form, so that a number on the screen is the number on paper. A field that
a follow-up has too (`fpg`, `height_cm` …) is that same field. Limits are those of the rule book §10.2 where it has
some, else PROPOSED. Labels are plain English: in Chinese a field is called by its official name, never translated.
"""

from functools import cache
from typing import NamedTuple

from chronic.model.fields import BY_COLUMN, Field, Slip


class Block(NamedTuple):
    """A part of the form. `key` is permanent; `zh` its official name."""

    key: str
    zh: str
    label: str
    fields: tuple[Field, ...]


def _codes(**labels: str) -> dict[str, str]:
    return labels


FOUND = _codes(no="无", yes="有")
TRUE = _codes(no="否", yes="是")
NORMAL = _codes(normal="正常", abnormal="异常")
SIGN = _codes(negative="阴性", positive="阳性")
SCREENED = _codes(negative="粗筛阴性", positive="粗筛阳性")
DIPSTICK = _codes(negative="阴性", trace="微量", plus1="+", plus2="++", plus3="+++", plus4="++++")
LEVELS = _codes(independent="可自理", light="轻度依赖", moderate="中度依赖", dependent="不能自理")
SYMPTOMS = _codes(
    none="无症状", headache="头痛", dizziness="头晕", palpitation="心悸", chest_tightness="胸闷", chest_pain="胸痛",
    chronic_cough="慢性咳嗽", sputum="咳痰", breathlessness="呼吸困难", thirst="多饮", polyuria="多尿",
    weight_loss="体重下降", fatigue="乏力", joint_pain="关节肿痛", blurred_vision="视力模糊", numb_hands_feet="手脚麻木",
    urgency="尿急", painful_urination="尿痛", constipation="便秘", diarrhoea="腹泻", nausea_vomiting="恶心呕吐",
    dim_eyes="眼花", tinnitus="耳鸣", breast_pain="乳房胀痛", other="其他",
)  # fmt: skip
EXERCISE = _codes(daily="每天", weekly="每周一次以上", occasional="偶尔", none="不锻炼")
DIET = _codes(balanced="荤素均衡", meat="荤食为主", vegetarian="素食为主", salty="嗜盐", oily="嗜油", sweet="嗜糖")
DRINKING = _codes(never="从不", occasional="偶尔", often="经常", daily="每天")
DRINKS = _codes(spirits="白酒", beer="啤酒", red_wine="红酒", rice_wine="黄酒", other="其他")
SELF_HEALTH = _codes(
    satisfied="满意", mostly="基本满意", unclear="说不清楚", less="不太满意", dissatisfied="不满意"
)  # fmt: skip
SKIN = _codes(
    normal="正常", flushed="潮红", pale="苍白", cyanotic="发绀", yellow="黄染", pigmented="色素沉着", other="其他"
)  # fmt: skip
FOOT_PULSE = _codes(
    absent="未触及", both="触及双侧对称", weak_left="触及左侧弱或消失", weak_right="触及右侧弱或消失"
)  # fmt: skip
GUIDANCE = _codes(enrol="纳入慢性病患者健康管理", recheck="建议复查", refer="建议转诊")
RISK_CONTROL = _codes(
    quit_smoking="戒烟", drinking="健康饮酒", diet="饮食", exercise="锻炼", lose_weight="减体重", vaccine="建议接种疫苗",
    other="其他",
)  # fmt: skip
CONSTITUTIONS = _codes(
    balanced="平和质", qi_deficiency="气虚质", yang_deficiency="阳虚质", yin_deficiency="阴虚质", phlegm_damp="痰湿质",
    damp_heat="湿热质", blood_stasis="血瘀质", qi_stagnation="气郁质", special="特禀质",
)  # fmt: skip
TCM_AREAS = _codes(
    emotion="情志调摄", diet="饮食调养", daily_life="起居调摄", exercise="运动保健", acupoints="穴位保健", other="其他"
)  # fmt: skip
TECHNIQUES = _codes(
    auricular="耳穴压豆", moxibustion="艾灸", baduanjin="八段锦", taiji="太极拳", acupuncture="针刺", cupping="拔罐",
    tuina="推拿", guasha="刮痧", acupoint_patch="穴位敷贴", foot_bath="中药足浴", other="其他",
)  # fmt: skip
TCM_QUESTIONS = (
    ("精力充沛", "Energetic"), ("容易疲乏", "Tires easily"), ("容易气短", "Short of breath"),
    ("说话声音低弱", "Weak voice"), ("闷闷不乐", "Gloomy"), ("容易紧张焦虑", "Tense or anxious"),
    ("孤独失落", "Lonely"), ("容易害怕或受惊", "Easily frightened"), ("身体超重不轻松", "Overweight (by BMI)"),
    ("眼睛干涩", "Dry eyes"), ("手脚发凉", "Cold hands or feet"), ("胃脘背腰膝怕冷", "Cold stomach, back, waist or knees"),
    ("比一般人怕冷", "Cannot stand cold"), ("容易感冒", "Colds"), ("没感冒也鼻塞流涕", "Stuffy nose without a cold"),
    ("口黏或打鼾", "Sticky mouth or snoring"), ("容易过敏", "Allergies"), ("容易起荨麻疹", "Hives"),
    ("皮肤青紫瘀斑", "Bruises"), ("皮肤一抓就红", "Skin reddens on scratching"), ("皮肤或口唇干", "Dry skin or lips"),
    ("肢体麻木或固定疼痛", "Numb limbs or fixed pain"), ("面部或鼻部油腻", "Oily face"),
    ("面色晦暗或褐斑", "Dark face or brown spots"),
    ("皮肤湿疹疮疖", "Eczema or boils"), ("口干咽燥", "Dry throat, thirsty"), ("口苦或口臭", "Bitter or smelly mouth"),
    ("腹部肥大", "Belly girth"), ("怕吃凉的东西", "Upset by cold food"), ("大便黏滞不爽", "Sticky stool"),
    ("大便干燥", "Dry stool"), ("舌苔厚腻", "Thick tongue coating"), ("舌下静脉瘀紫", "Purple veins under the tongue"),
)  # fmt: skip
"""The 33 questions in short. Each is answered 1 没有 to 5 总是, about the last year."""
TCM_ANSWERS = tuple(f"tcm_{number}" for number in range(1, len(TCM_QUESTIONS) + 1))
TCM_ANSWER_WORDS = ("没有", "很少", "有时", "经常", "总是")

_SBP, _DBP, _PULSE = (BY_COLUMN[name] for name in ("sbp", "dbp", "heart_rate"))
_AGE = (0, 125)


def _shared(*names: str) -> tuple[Field, ...]:
    return tuple(BY_COLUMN[name] for name in names)


def _text(*pairs: tuple[str, str, str]) -> tuple[Field, ...]:
    return tuple(Field(column, zh, "text", label) for column, zh, label in pairs)


def _number(column: str, zh: str, label: str, *limits: tuple[float, float], slip: Slip | None = None) -> Field:
    hard, warn = (*limits, None)[:2]
    return Field(column, zh, "decimal", label, hard, warn, slip)


def _whole(column: str, zh: str, label: str, *limits: tuple[float, float]) -> Field:
    hard, warn = (*limits, None)[:2]
    return Field(column, zh, "integer", label, hard, warn)


def _one(column: str, zh: str, label: str, codes: dict[str, str]) -> Field:
    return Field(column, zh, "code", label, codes=codes)


def _some(column: str, zh: str, label: str, codes: dict[str, str]) -> Field:
    return Field(column, zh, "codes", label, codes=codes)


def _and_what(field: Field) -> tuple[Field, Field]:
    """A finding and the line beside it where an abnormal one is written out."""
    return field, Field(f"{field.column}_text", f"{field.zh}说明", "text", f"{field.label}, what")


_HAZARDS = (
    ("dust", "粉尘", "Dust"), ("radiation", "放射物质", "Radiation"), ("physical", "物理因素", "Physical agents"),
    ("chemical", "化学物质", "Chemicals"), ("other", "其他危害", "Other hazards"),
)  # fmt: skip
_ORGAN_PROBLEMS = {
    "brain": _codes(
        none="未发现", ischaemic_stroke="缺血性卒中", haemorrhage="脑出血", subarachnoid="蛛网膜下腔出血",
        tia="短暂性脑缺血发作", other="其他",
    ),
    "kidney": _codes(
        none="未发现", diabetic="糖尿病肾病", failure="肾功能衰竭", acute_nephritis="急性肾炎", chronic_nephritis="慢性肾炎",
        other="其他",
    ),
    "heart": _codes(
        none="未发现", infarction="心肌梗死", angina="心绞痛", revascularised="冠状动脉血运重建", failure="充血性心力衰竭",
        precordial_pain="心前区疼痛", other="其他",
    ),
    "vessels": _codes(none="未发现", dissection="夹层动脉瘤", occlusion="动脉闭塞性疾病", other="其他"),
    "eyes": _codes(
        none="未发现", retinal_bleeding="视网膜出血或渗出", papilloedema="视乳头水肿", cataract="白内障", other="其他"
    ),
}  # fmt: skip
_ONE_BY_ONE = _codes(none="未发现", found="有")

CHECKUP_DATE = Field("checkup_date", "体检日期", "day", "Check-up date")

BLOCKS = (
    Block("head", "体检", "Check-up", (CHECKUP_DATE, *_text(("checkup_doctor", "体检医生", "Doctor"),
                                                           ("checkup_org", "体检机构", "Done at")))),
    Block("symptoms", "症状", "Symptoms", (
        _some("checkup_symptoms", "体检症状", "Symptoms", SYMPTOMS),
        *_text(("checkup_symptoms_other", "体检其他症状", "Other symptoms")),
    )),
    Block("general", "一般状况", "General", (
        _number("temperature_c", "体温", "Temperature", (30, 43), (35.5, 38.5), slip=Slip(90, 110, "°F")),
        _whole("pulse", "脉率", "Pulse", (20, 250), (50, 110)),
        _whole("respiratory_rate", "呼吸频率", "Breaths a minute", (4, 60), (10, 24)),
        _SBP._replace(column="sbp_left", zh="左侧收缩压", label="Systolic, left"),
        _DBP._replace(column="dbp_left", zh="左侧舒张压", label="Diastolic, left"),
        _SBP._replace(column="sbp_right", zh="右侧收缩压", label="Systolic, right"),
        _DBP._replace(column="dbp_right", zh="右侧舒张压", label="Diastolic, right"),
        *_shared("sbp", "dbp", "height_cm", "weight_kg", "waist_cm"),
    )),
    Block("elderly", "老年人评估", "Older people", (
        _one("self_health", "健康状态自我评估", "Own view of health", SELF_HEALTH),
        _one("adl_feeding", "进餐", "Eating", LEVELS),
        _one("adl_grooming", "梳洗", "Washing", LEVELS),
        _one("adl_dressing", "穿衣", "Dressing", LEVELS),
        _one("adl_toileting", "如厕", "Toilet", LEVELS),
        _one("adl_moving", "活动", "Moving about", LEVELS),
        _whole("self_care_score", "生活自理能力评分", "Self-care score", (0, 37)),
        _one("self_care", "生活自理能力", "Self-care", LEVELS),
        _one("cognition", "认知功能", "Cognition", SCREENED),
        _whole("mmse_score", "简易智力状态检查总分", "Mini mental state, total", (0, 30)),
        _one("mood", "情感状态", "Mood", SCREENED),
        _whole("depression_score", "老年人抑郁评分", "Depression score", (0, 30)),
    )),
    Block("exercise", "体育锻炼", "Exercise", (
        _one("exercise_frequency", "锻炼频率", "How often", EXERCISE),
        *_shared("exercise_minutes"),
        _number("exercise_years", "坚持锻炼时间", "Years kept up", (0, 125)),
        *_text(("exercise_kind", "锻炼方式", "Which exercise")),
    )),
    Block("diet", "饮食习惯", "Diet", (_some("diet", "饮食习惯", "Diet", DIET),)),
    Block("smoking", "吸烟情况", "Smoking", (
        *_shared("smoking_status", "smoke_per_day"),
        _whole("smoke_start_age", "开始吸烟年龄", "Smoking since age", _AGE),
        _whole("smoke_stop_age", "戒烟年龄", "Stopped smoking at age", _AGE),
    )),
    Block("drinking", "饮酒情况", "Drinking", (
        _one("drink_frequency", "饮酒频率", "How often drinks", DRINKING),
        *_shared("alcohol_liang_per_day"),
        _one("drink_stopped", "是否戒酒", "Stopped drinking", _codes(no="未戒酒", yes="已戒酒")),
        _whole("drink_stop_age", "戒酒年龄", "Stopped drinking at age", _AGE),
        _whole("drink_start_age", "开始饮酒年龄", "Drinking since age", _AGE),
        _one("drunk_past_year", "近一年内是否曾醉酒", "Drunk in the last year", _codes(yes="是", no="否")),
        _some("drink_kinds", "饮酒种类", "Drinks", DRINKS),
    )),
    Block("work", "职业病危害因素接触史", "Hazards at work", (
        _one("hazard", "职业病危害因素接触史", "Hazards at work", FOUND),
        *_text(("hazard_job", "危害工种", "Job")),
        _number("hazard_years", "从业时间", "Years in it", (0, 125)),
        *(
            field
            for name, zh, label in _HAZARDS
            for field in (
                Field(f"hazard_{name}", zh, "text", label),
                _one(f"hazard_{name}_protection", f"{zh}防护措施", f"{label}: protection", FOUND),
            )
        ),
    )),
    Block("organs", "脏器功能", "Functions", (
        _one("lips", "口唇", "Lips", _codes(red="红润", pale="苍白", cyanotic="发绀", chapped="皲裂", herpes="疱疹")),
        _some("teeth", "齿列", "Teeth", _codes(normal="正常", missing="缺齿", decayed="龋齿", denture="义齿")),
        _one("throat", "咽部", "Throat", _codes(clear="无充血", red="充血", follicles="淋巴滤泡增生")),
        _number("vision_left", "左眼视力", "Sight, left", (0, 5.5)),
        _number("vision_right", "右眼视力", "Sight, right", (0, 5.5)),
        _number("vision_left_corrected", "左眼矫正视力", "Sight, left, corrected", (0, 5.5)),
        _number("vision_right_corrected", "右眼矫正视力", "Sight, right, corrected", (0, 5.5)),
        _one("hearing", "听力", "Hearing", _codes(hears="听见", impaired="听不清或无法听见")),
        _one("motor", "运动功能", "Movement", _codes(able="可顺利完成", unable="无法独立完成其中任何一个动作")),
    )),
    Block("body", "查体", "Examination", (
        *_and_what(_one("fundus", "眼底", "Fundus", NORMAL)),
        *_and_what(_one("skin", "皮肤", "Skin", SKIN)),
        *_and_what(_one("sclera", "巩膜", "Sclera", _codes(normal="正常", yellow="黄染", red="充血", other="其他"))),
        *_and_what(_one("lymph_nodes", "淋巴结", "Lymph nodes",
                        _codes(none="未触及", supraclavicular="锁骨上", axillary="腋窝", other="其他"))),
        _one("barrel_chest", "桶状胸", "Barrel chest", TRUE),
        *_and_what(_one("breath_sounds", "呼吸音", "Breath sounds", NORMAL)),
        *_and_what(_one("rales", "罗音", "Rales", _codes(none="无", dry="干罗音", wet="湿罗音", other="其他"))),
        _PULSE,
        _one("heart_rhythm", "心律", "Rhythm", _codes(regular="齐", irregular="不齐", absolutely_irregular="绝对不齐")),
        *_and_what(_one("heart_murmur", "心脏杂音", "Murmur", FOUND)),
        *_and_what(_one("abdomen_tender", "腹部压痛", "Abdomen tender", FOUND)),
        *_and_what(_one("abdomen_mass", "腹部包块", "Abdominal mass", FOUND)),
        *_and_what(_one("liver_large", "肝大", "Large liver", FOUND)),
        *_and_what(_one("spleen_large", "脾大", "Large spleen", FOUND)),
        *_and_what(_one("shifting_dullness", "移动性浊音", "Shifting dullness", FOUND)),
        _one("leg_oedema_exam", "下肢水肿", "Leg oedema",
             _codes(none="无", one_side="单侧", both_unequal="双侧不对称", both_equal="双侧对称")),
        _one("foot_pulse", "足背动脉搏动", "Foot pulse", FOOT_PULSE),
        *_and_what(_one("rectal", "肛门指诊", "Rectal",
                        _codes(normal="未及异常", tender="触痛", mass="包块", prostate="前列腺异常", other="其他"))),
        *_and_what(_some("breast", "乳腺", "Breasts",
                         _codes(normal="未见异常", removed="乳房切除", discharge="异常泌乳", lump="乳腺包块",
                                other="其他"))),
        *(
            field
            for name, zh, label in (("vulva", "外阴", "Vulva"), ("vagina", "阴道", "Vagina"), ("cervix", "宫颈", "Cervix"),
                                    ("uterus", "宫体", "Uterus"), ("adnexa", "附件", "Adnexa"))
            for field in _and_what(_one(name, zh, label, _codes(normal="未见异常", abnormal="异常")))
        ),
        *_text(("body_other", "其他查体", "Other findings")),
    )),
    Block("tests", "辅助检查", "Tests", (
        _number("haemoglobin", "血红蛋白", "Haemoglobin", (20, 250), (90, 180), slip=Slip(2, 19.99, "g/dL")),
        _number("wbc", "白细胞", "White cells", (0.1, 500), (3, 15)),
        _number("platelets", "血小板", "Platelets", (1, 3000), (80, 500)),
        *_text(("blood_other", "血常规其他", "Blood count, other")),
        _one("urine_protein", "尿蛋白", "Urine protein", DIPSTICK),
        _one("urine_glucose", "尿糖", "Urine glucose", DIPSTICK),
        _one("urine_ketones", "尿酮体", "Urine ketones", DIPSTICK),
        _one("urine_blood", "尿潜血", "Urine blood", DIPSTICK),
        *_text(("urine_other", "尿常规其他", "Urine, other")),
        *_shared("fpg"),
        *_and_what(_one("ecg", "心电图", "ECG", NORMAL)),
        _number("urine_microalbumin", "尿微量白蛋白", "Urine microalbumin", (0, 1000)),
        _one("stool_blood", "大便潜血", "Stool blood", SIGN),
        *_shared("hba1c"),
        _one("hbsag", "乙型肝炎表面抗原", "HBsAg", SIGN),
        _number("alt", "血清谷丙转氨酶", "ALT", (1, 10000), (1, 120)),
        _number("ast", "血清谷草转氨酶", "AST", (1, 10000), (1, 120)),
        _number("albumin", "白蛋白", "Albumin", (5, 100), (25, 60)),
        _number("tbil", "总胆红素", "Total bilirubin", (0.1, 1500), (0.1, 60)),
        _number("dbil", "结合胆红素", "Direct bilirubin", (0, 1000), (0, 30)),
        *_shared("creatinine"),
        _number("urea", "血尿素", "Urea", (0.5, 80), (0.5, 10)),
        _number("potassium", "血钾", "Potassium", (1.5, 10), (3.5, 5.5)),
        _number("sodium", "血钠", "Sodium", (80, 200), (130, 150)),
        *_shared("tc", "tg", "ldl_c", "hdl_c"),
        *_and_what(_one("chest_xray", "胸部X线片", "Chest X-ray", NORMAL)),
        *_and_what(_one("ultrasound", "腹部B超", "Abdominal ultrasound", NORMAL)),
        *_and_what(_one("ultrasound_other", "其他B超", "Other ultrasound", NORMAL)),
        *_and_what(_one("cervical_smear", "宫颈涂片", "Cervical smear", NORMAL)),
        *_text(("tests_other", "其他辅助检查", "Other tests")),
    )),
    Block("tcm", "中医体质辨识", "TCM constitution", (
        *(Field(column, f"体质{number}{zh}", "integer", label, (1, 5))
          for number, (column, (zh, label)) in enumerate(zip(TCM_ANSWERS, TCM_QUESTIONS, strict=True), 1)),
        _one("tcm_balanced", "平和质", "Balanced", _codes(yes="是", mostly="基本是", no="否")),
        *(_one(f"tcm_{name}", zh, name.replace("_", " ").capitalize(), _codes(yes="是", tending="倾向是", no="否"))
          for name, zh in CONSTITUTIONS.items() if name != "balanced"),
        _some("tcm_guidance", "中医药保健指导", "TCM guidance", TCM_AREAS),
        _some("tcm_techniques", "中医适宜技术", "TCM techniques", TECHNIQUES),
        *_text(("tcm_notes", "中医药备注", "TCM notes")),
    )),
    Block("problems", "现存主要健康问题", "Present problems", (
        _some("problem_brain", "脑血管疾病", "Brain vessels", _ORGAN_PROBLEMS["brain"]),
        _some("problem_kidney", "肾脏疾病", "Kidneys", _ORGAN_PROBLEMS["kidney"]),
        _some("problem_heart", "心脏疾病", "Heart", _ORGAN_PROBLEMS["heart"]),
        _some("problem_vessels", "血管疾病", "Vessels", _ORGAN_PROBLEMS["vessels"]),
        _some("problem_eyes", "眼部疾病", "Eyes", _ORGAN_PROBLEMS["eyes"]),
        _one("problem_nerves", "神经系统疾病", "Nervous system", _ONE_BY_ONE),
        _one("problem_other", "其他系统疾病", "Other systems", _ONE_BY_ONE),
        *_text(("problems_text", "健康问题说明", "Problems, what")),
    )),
    Block("history", "住院及用药", "Hospital and medicines", (
        *_text(("hospital_stays", "住院史", "Hospital stays"), ("home_beds", "家庭病床史", "Home beds")),
        *_shared("medicines"),
        *_text(("medicines_since", "用药时间", "Medicines taken for")),
        *_shared("adherence"),
        *_text(("vaccinations", "非免疫规划预防接种史", "Other vaccinations")),
    )),
    Block("outcome", "健康评价与指导", "Assessment and guidance", (
        _one("evaluation", "健康评价", "Assessment", _codes(normal="体检无异常", abnormal="有异常")),
        *_text(*((f"abnormal_{n}", f"异常{n}", f"Abnormal {n}") for n in range(1, 5))),
        _some("guidance", "健康指导", "Guidance", GUIDANCE),
        _some("risk_control", "危险因素控制", "Risk factors to control", RISK_CONTROL),
        *_shared("weight_target_kg"),
        *_text(("vaccine_advised", "建议接种疫苗", "Vaccine advised"),
               ("risk_control_other", "危险因素控制其他", "Other advice")),
        *_shared("notes"),
    )),
)  # fmt: skip

ALL_NORMAL = {
    "lips": "red", "teeth": "normal", "throat": "clear", "hearing": "hears", "motor": "able", "skin": "normal",
    "sclera": "normal", "lymph_nodes": "none", "barrel_chest": "no", "breath_sounds": "normal", "rales": "none",
    "heart_rhythm": "regular", "heart_murmur": "no", "abdomen_tender": "no", "abdomen_mass": "no", "liver_large": "no",
    "spleen_large": "no", "shifting_dullness": "no", "leg_oedema_exam": "none", "foot_pulse": "both",
    **dict.fromkeys((f"adl_{part}" for part in ("feeding", "grooming", "dressing", "toileting", "moving")), "independent"),
    **{f"problem_{part}": "none" for part in ("brain", "kidney", "heart", "vessels", "eyes", "nerves", "other")},
}  # fmt: skip
"""What "all of it looked at, all normal" says of a block. Fundus, rectal and the like are done only where there is cause,
so they are never said by it."""

FORM_FIELDS = tuple(field for block in BLOCKS for field in block.fields)
TCM_FIELDS = frozenset(field.column for block in BLOCKS if block.key == "tcm" for field in block.fields)
PRESSURES = (("sbp_left", "dbp_left"), ("sbp_right", "dbp_right"), ("sbp", "dbp"))
"""Left, right, and where nobody wrote which."""


@cache
def by_column() -> dict[str, Field]:
    """Every field of the form by its canonical column."""
    return {field.column: field for field in FORM_FIELDS}
