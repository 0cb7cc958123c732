"""`visit form`: the official record forms of one follow-up, in the form's own order, words and numbers."""

import re

import pytest

from tests.runner import Chronic

HTN, DM = "高血压患者随访服务记录表", "2型糖尿病患者随访服务记录表"
FULL = (
    "--bp", "152/94", "--fpg", 7.6, "--ppg-2h", 11.2, "--hba1c", 7.4, "--hba1c-on", "2026-10-20", "--weight-kg", 70,
    "--weight-target-kg", 65,
    "--height-cm", 170, "--heart-rate", 72, "--symptoms", "headache_dizziness;thirst", "--symptoms-other", "耳鸣",
    "--smoke-per-day", 10, "--smoke-target", 5, "--salt", "heavy", "--salt-target", "medium", "--staple-food-g", 400,
    "--exercise-per-week", 3, "--exercise-minutes", 30, "--dorsalis-pedis", "weak_left", "--psych", "good",
    "--compliance", "fair", "--adherence", "intermittent", "--adr", "no", "--hypoglycemia", "occasional", "--complication",
    "none", "--danger", "no", "--medicines", "氨氯地平片, 1, 5, mg; 二甲双胍片, 2, 0.5, g; 甲, 1, 1, 片; 乙, 1, 1, 片",
    "--insulin", "甘精胰岛素 睡前 10 U", "--visit-doctor", "李医生", "--referral-org", "县人民医院",
    "--referral-dept", "内科",
)  # fmt: skip


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 is in both programmes, 2 in hypertension's, 3 in none."""
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-05", "--dm-enrolled-on", "2026-01-05",
                   "--archive-no", "33102410020000123", "--birth-date", "1980-01-01")  # fmt: skip
    chronic.person("李建国", "--htn-enrolled-on", "2026-01-05")
    chronic.person("周玉珍")
    return chronic


def forms(chronic: Chronic, person: int, *args: object) -> dict[str, dict[str, str]]:
    """title -> label -> what stands behind it."""
    found: dict[str, dict[str, str]] = {}
    for line in chronic.ok("visit", "form", person, *args).out.splitlines():
        if line in (HTN, DM):
            lines = found.setdefault(line, {})
        elif line.startswith("姓名"):
            lines["head"] = line
        elif line:
            label, _, text = line.partition("  ")
            lines[label] = text.strip()
    return found


def test_one_visit_fills_in_both_forms_in_their_own_words(village: Chronic) -> None:
    village.visit(1, "2026-11-10", *FULL)
    found = forms(village, 1)
    assert list(found) == [HTN, DM]
    htn, dm = found[HTN], found[DM]
    assert htn["head"] == dm["head"] == "姓名: 王秀兰    编号: 200-00123"
    assert htn["随访日期"] == dm["随访日期"] == "2026年11月10日"
    assert htn["随访方式"] == "1 门诊  2 家庭  3 电话  [1]"
    assert htn["症状"].endswith("9 下肢水肿  [2]  其他: 耳鸣")
    assert dm["症状"].endswith("9 体重明显下降  [2]  其他: 耳鸣")
    assert htn["体征 血压"] == dm["体征 血压"] == "152/94 mmHg"
    assert htn["体征 体重"] == "70 / 65 kg"
    assert htn["体征 体质指数"] == dm["体征 体质指数"] == "24.2 / 22.5 kg/m²"
    assert (htn["体征 心率"], dm["体征 足背动脉搏动"]) == ("72 次/分钟", "1 触及正常  2 减弱  3 消失  [2] (左侧)")
    assert htn["生活方式指导 日吸烟量"] == "10 / 5 支"
    assert htn["生活方式指导 运动"] == "3 次/周 30 分钟/次; 目标      次/周      分钟/次"
    assert htn["生活方式指导 摄盐情况 (咸淡)"] == "轻 中 (重) / 轻 (中) 重"
    assert dm["生活方式指导 主食"] == "400 /      克/天"
    assert (htn["生活方式指导 心理调整"][-3:], htn["生活方式指导 遵医行为"][-3:]) == ("[1]", "[2]")
    assert dm["辅助检查 空腹血糖值"] == "7.6 mmol/L"
    assert dm["辅助检查 其他检查"] == "糖化血红蛋白 7.4 %  检查日期: 2026年10月20日  其他: 餐后2小时血糖 11.2 mmol/L"
    assert htn["服药依从性"] == "1 规律  2 间断  3 不服药  [2]"
    assert htn["药物不良反应"] == "1 无  2 有  [1]"
    assert dm["低血糖反应"] == "1 无  2 偶尔  3 频繁  [2]"
    assert htn["此次随访分类"] == "1 控制满意  2 控制不满意  3 不良反应  4 并发症  [2]"
    assert [htn[f"用药情况 药物{n}"] for n in (1, 2, 3)] == [
        "氨氯地平片  每日 1 次  每次 5 mg", "二甲双胍片  每日 2 次  每次 0.5 g", "甲  每日 1 次  每次 1 片",
    ]  # fmt: skip
    assert htn["用药情况 其他药物"] == "乙  每日 1 次  每次 1 片"
    assert dm["用药情况 胰岛素"] == "甘精胰岛素 睡前 10 U"
    assert htn["转诊 机构及科别"] == "县人民医院 内科"
    assert htn["下次随访日期"] == "2026年11月24日"
    assert htn["随访医生签名"] == "李医生"


def test_the_fields_stand_in_the_order_of_each_form(village: Chronic) -> None:
    village.visit(1, "2026-11-10", "--bp", "128/78")
    found = forms(village, 1)
    htn = [label.rpartition(" ")[2] if label[:2] != "生活" else label.split(" ")[1] for label in found[HTN]]
    assert htn == [
        "head", "随访日期", "随访方式", "症状", "血压", "体重", "体质指数", "心率", "其他", "日吸烟量", "日饮酒量", "运动",
        "摄盐情况", "心理调整", "遵医行为", "辅助检查", "服药依从性", "药物不良反应", "此次随访分类", "药物1", "药物2",
        "药物3", "其他药物", "原因", "机构及科别", "下次随访日期", "随访医生签名",
    ]  # fmt: skip
    only_dm = [label for label in found[DM] if label not in found[HTN]]
    assert only_dm == [
        "体征 足背动脉搏动", "生活方式指导 主食", "辅助检查 空腹血糖值", "辅助检查 其他检查", "低血糖反应",
        "用药情况 胰岛素",
    ]  # fmt: skip


def test_what_was_not_done_stays_blank(village: Chronic) -> None:
    village.visit(2, "2026-11-10", "--bp", "128/78")
    (htn,) = forms(village, 2).values()
    assert htn["症状"].endswith("9 下肢水肿  [ ]  其他:")
    assert htn["体征 体重"] == "/      kg"
    assert htn["体征 体质指数"] == "/      kg/m²"
    for label in ("服药依从性", "药物不良反应", "生活方式指导 心理调整"):
        assert htn[label].endswith("[ ]")
    assert (htn["辅助检查"], htn["用药情况 药物1"], htn["转诊 原因"], htn["随访医生签名"]) == ("", "", "", "")
    assert htn["head"] == "姓名: 李建国    编号:"
    assert htn["此次随访分类"].endswith("[1]")


def test_a_phone_call_has_no_class_and_the_doctors_own_date_counts(village: Chronic) -> None:
    village.visit(2, "2026-11-10", "--way", "phone", "--bp", "152/94", "--next-visit-date", "2026-11-15")
    (htn,) = forms(village, 2).values()
    assert htn["此次随访分类"].endswith("[ ]")
    assert htn["随访方式"].endswith("[3]")
    assert htn["下次随访日期"] == "2026年11月15日"


def test_the_last_follow_up_or_the_one_with_the_number(village: Chronic) -> None:
    village.visit(2, "2026-05-10", "--bp", "128/78", "--height-cm", 160)
    village.visit(2, "2026-11-10", "--bp", "138/88", "--weight-kg", 64)
    assert forms(village, 2)[HTN]["随访日期"] == "2026年11月10日"
    assert forms(village, 2)[HTN]["体征 体质指数"] == "25.0 /      kg/m²", "the height known on that day"
    assert forms(village, 2, "--visit", 1)[HTN]["体征 血压"] == "128/78 mmHg"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ((3,), "周玉珍 has no follow-up yet."),
        ((1, "--visit", 1), "王秀兰 has no follow-up with the number 1; see: chronic visit list 1"),
        ((2, "--visit", 99), "李建国 has no follow-up with the number 99; see: chronic visit list 2"),
        ((2, "--visit", 2), "Visit 2 was already corrected or withdrawn."),
        ((3, "--visit", 3), "周玉珍 has no follow-up with the number 3; see: chronic visit list 3"),
    ],
)
def test_what_has_no_form_is_said_in_one_sentence(village: Chronic, args: tuple[object, ...], sentence: str) -> None:
    village.visit(2, "2026-05-10", "--bp", "128/78")
    village.visit(2, "2026-06-10", "--bp", "128/78")
    village.ok("visit", "void", 2, "--reason", "记错人", "--yes")
    village.ok("screen", "add", 3, "--bp", "128/78")
    run = village("visit", "form", *args)
    assert (run.code, run.out, run.err.strip()) == (21, "", sentence)


def test_a_follow_up_outside_both_programmes_has_no_form(village: Chronic) -> None:
    village.visit(3, "2026-11-10", "--bp", "128/78")
    run = village("visit", "form", 3)
    assert run.err.strip() == "This follow-up of 周玉珍 belongs to no programme that has a record form."


def test_pages_to_print_hold_both_forms_escaped_and_fetch_nothing(village: Chronic) -> None:
    village.visit(
        1, "2026-11-10", "--bp", "152/94", "--notes", "x", "--other-signs", "<b>浮肿</b>", "--visit-doctor", "李医生"
    )
    path = village.folder / "form.html"
    village.ok("visit", "form", 1, "--out", path)
    page = path.read_text("utf-8")
    assert [page.count(f"<h1>{title}</h1>") for title in (HTN, DM)] == [1, 1]
    assert "&lt;b&gt;浮肿&lt;/b&gt;" in page
    assert not re.search(r"<script|https?://|src=", page)
    assert '<th class="middle" rowspan="5">体征</th>' in page
    text = village.folder / "form.txt"
    village.ok("visit", "form", 1, "--out", text)
    assert text.read_text("utf-8") == village.ok("visit", "form", 1).out


def test_the_form_is_chinese_in_either_language(village: Chronic) -> None:
    village.visit(2, "2026-11-10", "--bp", "128/78")
    assert village.ok("--lang", "zh", "visit", "form", 2).out == village.ok("visit", "form", 2).out
