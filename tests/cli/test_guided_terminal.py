"""Guided entry in real terminals: how many keys a visit takes, what Ctrl-C leaves, and what the screen shows."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.keyboard import PATIENCE, Keyboard, environ, keyboard
from tests.runner import Chronic

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
TMUX = shutil.which("tmux")

BEFORE = [
    "--bp", "148/88", "--heart-rate", "76", "--fpg", "6.8", "--weight-kg", "66", "--height-cm", "165", "--symptoms", "none",
    "--danger", "no", "--adherence", "regular", "--adr", "no", "--hypoglycemia", "none", "--complication", "none",
    "--smoke-per-day", "5", "--alcohol-liang-per-day", "0", "--exercise-per-week", "5", "--exercise-minutes", "30",
    "--salt", "medium", "--staple-food-g", "250", "--psych", "good", "--compliance", "good", "--dorsalis-pedis", "normal",
    "--medicines", "氨氯地平, 1, 5, mg; 二甲双胍, 2, 0.5, g", "--insulin", "甘精胰岛素 10 单位",
]  # fmt: skip


@pytest.fixture
def wang(chronic: Chronic) -> Chronic:
    chronic.person(
        "王秀兰", "--sex", "F", "--birth-date", "1955-03-01", "--village", "下各村", "--hamlet", "3组", "--htn-enrolled-on",
        "2026-01-01", "--dm-enrolled-on", "2026-01-01",
    )  # fmt: skip
    chronic.visit(1, "2026-08-20", *BEFORE)
    return chronic


def normal_visit(keys: Keyboard, both: bool) -> None:
    """Everything as it should be: the figures, and as few keys as the questions ask for."""
    for prompt, answer, figures in (
        ("Way of visit", "", ""), ("Blood pressure", "", "138/84"), ("Heart rate", "", "72"),
        ("Fasting glucose", "", "6.5" if both else ""), ("Weight", "", "66"), ("Symptoms", "1", ""),
        ("Danger signs", "n", ""),
        ("Adherence", "1", ""), ("Adverse drug", "n", ""), ("Hypoglycaemia", "1", "" if both else None),
        ("Complication", "1", ""), ("one by one", "", ""), ("Mental adjustment", "1", ""), ("Follows advice", "1", ""),
        ("Foot pulse", "1", "" if both else None), ("one by one" if both else "Medicines", "", ""), ("Next visit", "", ""),
        ("Notes", "", ""), ("Save", "", ""),
    ):  # fmt: skip
        if figures is None:
            continue
        keys.wait_for(prompt)
        keys.wait_for(": ")
        keys.type(answer, figures)


def test_a_whole_visit_with_normal_values_takes_fewer_than_thirty_keys_beyond_the_figures(wang: Chronic) -> None:
    with keyboard(wang, "visit", "add", 1) as keys:
        normal_visit(keys, both=True)
        assert keys.ends() == 0, keys.screen
    assert keys.strokes < 30
    assert "controlled  138/84" in keys.screen
    assert wang.sql("SELECT sbp, fpg, salt, dorsalis_pedis, insulin FROM visit ORDER BY id DESC LIMIT 1") == [
        (138, 6.5, "medium", "normal", "甘精胰岛素 10 单位")
    ]  # fmt: skip


def test_with_hypertension_alone_it_takes_fewer_still(wang: Chronic) -> None:
    wang.ok("programme", "end", 1, "dm", "--reason", "withdrawn", "--on", "2026-11-01", "--yes")
    with keyboard(wang, "visit", "add", 1) as keys:
        normal_visit(keys, both=False)
        assert keys.ends() == 0, keys.screen
    assert keys.strokes <= 25


@pytest.mark.parametrize("key", [b"\x03", b"\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_stopping_in_the_middle_leaves_the_file_as_it_was_and_says_so(wang: Chronic, key: bytes) -> None:
    before = wang.dump()
    with keyboard(wang, "visit", "add", 1, lang="zh") as keys:
        keys.wait_for("随访方式")
        keys.wait_for(": ")
        keys.type("")
        keys.wait_for("血压 mmHg")
        keys.wait_for(": ")
        assert keys.stop(key) == 1, keys.screen
    assert "已停止: 这次随访什么也没有保存; 以前保存的都在." in keys.screen
    assert "Traceback" not in keys.screen
    assert wang.dump() == before
    assert [path.name for path in wang.folder.iterdir()] == ["registry.db"]


def test_half_a_character_is_asked_again(wang: Chronic) -> None:
    with keyboard(wang, "person", "add") as keys:
        keys.wait_for("Name: ")
        keys.press("王".encode()[:2] + b"\n")
        keys.wait_for("Name: ")
        assert keys.stop() == 1


def test_what_is_saved_stays_saved_when_the_next_sitting_is_stopped(wang: Chronic) -> None:
    with keyboard(wang, "visit", "add", 1) as keys:
        normal_visit(keys, both=True)
        assert keys.ends() == 0
    with keyboard(wang, "visit", "add", 1, "--on", "2026-11-20") as keys:
        keys.wait_for("Way of visit")
        assert keys.stop() == 1
    assert wang.sql("SELECT visit_date FROM visit ORDER BY id DESC LIMIT 1") == [("2026-11-21",)]


# tmux ---------------------------------------------------------------------------------------------


class Screen:
    """A window of tmux with a shell in it, on a socket of its own."""

    def __init__(self, chronic: Chronic, lang: str) -> None:
        self.socket = chronic.folder / "tmux"
        around = {**environ(chronic, lang), "TERM": "screen"}
        shell = ["env", "-i", *(f"{name}={value}" for name, value in around.items()), "sh"]
        self._tmux("-u", "new-session", "-d", "-x", "80", "-y", "50", shlex.join(shell))

    def run(self, *args: object) -> None:
        self.type(shlex.join(["clear"]) + "; " + shlex.join([sys.executable, "-m", "chronic", *map(str, args)]))

    def type(self, text: str) -> None:
        if text:
            self._tmux("send-keys", "-l", "--", text)
        self._tmux("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def stop(self, says: str) -> None:
        """Ctrl-C, as often as it takes."""
        until = time.monotonic() + PATIENCE
        while says not in self.text():
            assert time.monotonic() < until, self.text()
            self.press("C-c")
            time.sleep(0.5)

    def shows(self, *texts: str) -> str:
        """The screen, once all of this is on it."""
        until = time.monotonic() + PATIENCE
        while any(text not in (screen := self.text()) for text in texts):
            assert time.monotonic() < until, f"no {texts} on:\n{screen}"
            time.sleep(0.1)
        return screen

    def text(self) -> str:
        return self._tmux("capture-pane", "-p")

    def close(self) -> None:
        self._tmux("kill-server")

    def _tmux(self, *args: str) -> str:
        command = [str(TMUX), "-S", str(self.socket), "-f", os.devnull, *args]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=PATIENCE).stdout


@pytest.fixture
def screen(wang: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    if TMUX is None:
        pytest.skip("tmux is not installed")
    made = Screen(wang, "zh")
    yield made
    made.close()


def test_a_sitting_in_chinese_looks_as_it_should(screen: Screen, wang: Chronic) -> None:
    screen.run("visit", "add", 1)
    first = screen.shows("随访方式")
    lines = [line for line in first.splitlines() if line]
    assert lines == [
        "王秀兰  女  71岁  下各村3组",
        "高血压 + 糖尿病    上次 2026-08-20  门诊  148/88  空腹 6.8  控制满意",
        "到期: 高血压+糖尿病 随访 2026-11-20 (逾期 1 天)",
        "回车 照旧或跳过   - 不填   ? 说明   < 上一题   Ctrl-C 放弃不保存",
        "随访方式  1 门诊  2 家庭  3 电话  [门诊]:",
    ]
    for answer, then in (
        ("", "血压 mmHg  上次 148/88 (08-20):"), ("92/148", "92/148 -> 148/92? [y/N]:"), ("是", "心率 次/分"),
        ("72", "空腹血糖 mmol/L  上次 6.8 (08-20):"), ("126", "126 mg/dL = 7.0 mmol/L? [y/N]:"), ("y", "体重 kg"),
        ("66", "17 体重明显下降"), ("无症状", "危急情况  y 是  n 否:"), ("", "请回答 y (是) 或 n (否)."),
        ("否", "服药依从性  1 规律"), ("1", "药物不良反应"), ("无", "低血糖反应"), ("1", "并发症  1 无  2 新发  3 加重"),
        ("1", "回车全部照旧, c 逐项修改:"), ("", "心理调整"), ("1", "遵医行为"), ("1", "足背动脉"),
        ("1", "胰岛素 甘精胰岛素 10 单位"), ("", "下次随访日期  [2026-12-05]:"), ("", "备注:"), ("独居", "保存  [Y/n]:"),
    ):  # fmt: skip
        screen.type(answer)
        screen.shows(then)
    whole = screen.text()
    assert "与上次相同  身高 165  日吸烟量 5  日饮酒量(两) 0" in whole
    assert "2026-11-21  148/92  空腹 7  BMI 24.2" in whole
    screen.type("")
    card = screen.shows("依据 国家基本公共卫生服务规范")
    assert "高血压  控制不满意 (第 1 次)  148/92, 目标 <150/90" in card
    assert "下次随访  2026-12-05 前" in card
    screen.type("echo over$((1 + 1))")  # the shell answers when the program is gone and the file is one again
    screen.shows("over2")
    assert wang.sql("SELECT sbp, fpg, notes FROM visit ORDER BY id DESC LIMIT 1") == [(148, 7.0, "独居")]


def test_a_chinese_name_can_be_typed_corrected_and_explained(screen: Screen, wang: Chronic) -> None:
    screen.run("person", "add")
    screen.shows("姓名:")
    screen.press("-l", "--", "李建囯")
    screen.press("BSpace")
    screen.type("国")
    screen.shows("身份证号:")
    screen.type("？")
    screen.shows("18位; 出生日期和性别由此得出.")
    screen.type("11010519491231002X")
    screen.shows("出生日期 1949-12-31: 李建国  女  76岁")
    screen.stop("已停止: 没有登记任何人.")
    assert wang.sql("SELECT count(*) FROM person") == [(1,)]


def test_registry_and_first_resident_in_a_minute(screen: Screen, wang: Chronic, tmp_path: Path) -> None:
    screen.run("--db", tmp_path / "new.db", "init")
    for answer, then in (
        ("", "行政区划代码"),
        ("", "记录医生"),
        ("李医生", "级别  1 村  2 乡镇  3 县  [村]:"),
        ("", "已新建登记库"),
    ):
        screen.shows({"行政区划代码": "机构名称  [村卫生室]:"}.get(then, ""))
        screen.type(answer)
        screen.shows(then)
    assert (tmp_path / "new.db").exists()
