"""Every kind of wrong input: one sentence, the right exit code, and a registry that is exactly as before."""

import re

import pytest

from tests.runner import Chronic, Run, id_number

WANG = "11010519491231002X"
MAN = id_number("11010519900307851")
NO_DAY = id_number("11010519490231002")
FIX = ["visit", "fix", "1"]
ADD = ["visit", "add", "1"]
ON = ["--on", "2026-11-10"]
BP = ["--bp", "148/92"]
LARGE = "1" + "0" * 30
LONG = "王" * 300
"""No disk has a file of that name, and asking whether there is one is an error of its own."""
FILES = [
    "import", "restore --yes", "open", "bundle show", "bundle merge", "protocol check", "protocol show", "check --rescue",
    "backup --verify", "backup --list --to", "backup --purge --to", "upload sent", "place import", "transfer in",
    "screen risk --cases", "scale indicators --engine duckdb --data", "export parquet --out", "export fhir --out",
    "demo --to", "init --yes --db",
]  # fmt: skip

WRONG = {
    # days
    "a month that does not exist": ([*ADD, *BP, "--on", "2026-13-01"], 2, "2026-13-01"),
    "a day that does not exist": ([*ADD, *BP, "--on", "2026-02-30"], 2, "2026-02-30"),
    "a day that could be two": ([*ADD, *BP, "--on", "05/03/2026"], 2, "05/03/2026"),
    "a visit in the future": ([*ADD, *BP, "--on", "2026-11-22"], 2, "2026-11-22"),
    "a visit before birth": ([*ADD, *BP, "--on", "1949-12-30"], 2, "1949-12-31"),
    "a visit after closing": (["visit", "add", "3", *BP, "--on", "2026-11-02"], 2, "2026-11-01"),
    "a next visit before this one": ([*ADD, *BP, *ON, "--next-visit-date", "2026-11-10"], 2, "2026-11-10"),
    "an HbA1c from the future": ([*ADD, *BP, *ON, "--hba1c", "7.1", "--hba1c-on", "2026-12-01"], 2, "2026-12-01"),
    "a list of a village without a name": (["overdue", "--village", ""], 2, "--village"),
    "a list of a place without a name": (["overdue", "--in", " "], 2, "--in"),
    "a list of a doctor without a name": (["overdue", "--doctor", ""], 2, "--doctor"),
    "a list of a tag without a name": (["overdue", "--tag", ""], 2, "--tag"),
    "figures of a place without a name": (["report", "indicators", "--in", ""], 2, "--in"),
    "contracts of a team without a name": (["contract", "list", "--team", ""], 2, "--team"),
    "tasks of an owner without a name": (["task", "list", "--owner", ""], 2, "--owner"),
    "an export for a name that is left out": (["export", "people", "--full", "--for", "", "--out", "z.csv"], 2, "--for"),
    "a backup for a name that is left out": (["backup", "--for", " "], 2, "--for"),
    "an erasure for no reason": (["person", "erase", "3", "--basis", " ", "--yes"], 2, "Basis|依据"),
    "a move in the future": (
        ["transfer", "out", "1", "--to", "横溪镇/上各村", "--on", "2027-01-01"], 2, "Moved on|迁移日期",
    ),
    "a move in a year that cannot be": (
        ["transfer", "out", "1", "--to", "横溪镇/上各村", "--on", "1800-01-01"], 2, "1800-01-01 is a day|年份",
    ),
    "to settle where somebody lives whom nobody has twice": (
        ["transfer", "settle", "1", "--village", "横溪镇/上各村"], 21, "one village only|一处",
    ),
    "a contract list by village without the rate": (["contract", "list", "--by", "village"], 2, "--summary"),
    "a contract for a day generations ahead": (
        ["contract", "sign", "1", "--team", "甲队", "--on", "2099-01-01"], 2, "2099-01-01.*2027-11-21",
    ),
    "more threads than any computer has": (
        ["scale", "indicators", "--data", "x", "--threads", "99999999"], 2, "256",
    ),
    "today is not a day": (["overdue", "--today", "gestern"], 2, "gestern"),
    "a span of months": (["due", "--within", "3m"], 2, "3m"),
    # pressures
    "swapped pressures": ([*ADD, *ON, "--bp", "92/148"], 2, "92/148"),
    "swapped pressures in one of two readings": ([*ADD, *ON, "--bp", "148/92", "--bp", "90/146"], 2, "90/146"),
    "swapped as two options": ([*ADD, *ON, "--sbp", "92", "--dbp", "148"], 2, "92/148"),
    "a pressure in kPa": ([*ADD, *ON, "--bp", "19/12"], 2, "kPa"),
    "one of two readings in kPa": ([*ADD, *ON, "--bp", "148/92", "--bp", "19/12"], 2, "kPa"),
    "a pressure nobody has": ([*ADD, *ON, "--bp", "348/92"], 2, "50–300"),
    "one impossible reading among three": ([*ADD, *ON, *BP, *BP, "--bp", "320/92"], 2, "50–300"),
    "a pressure with decimals": ([*ADD, *ON, "--bp", "148.5/92"], 2, "148.5/92"),
    "a systolic pressure with decimals": ([*ADD, *ON, "--sbp", "148.5"], 2, "148.5"),
    "a pressure in words": ([*ADD, *ON, "--bp", "high"], 2, "high"),
    "half a pressure": ([*ADD, *ON, "--bp", "148"], 2, "148/92"),
    "a pressure given twice": ([*ADD, *ON, *BP, "--sbp", "148"], 2, "--sbp"),
    # other values
    "glucose in mg/dL": ([*ADD, *ON, "--fpg", "126"], 2, "mg/dL"),
    "glucose beyond a limit": ([*ADD, *ON, "--fpg", ">33.3"], 2, ">33.3"),
    "glucose in words": ([*ADD, *ON, "--fpg", "ok"], 2, "ok"),
    "cholesterol in mg/dL": ([*ADD, *ON, "--tc", "200"], 2, "mg/dL"),
    "LDL above the total": ([*ADD, *ON, "--tc", "4.1", "--ldl-c", "4.2"], 2, "4.2"),
    "height in metres": ([*ADD, *ON, "--height-cm", "1.62"], 2, "in m"),
    "a weight nobody has": ([*ADD, *ON, "--weight-kg", "620"], 2, "20–250"),
    "a BMI nobody has": ([*ADD, *ON, "--weight-kg", "200", "--height-cm", "120"], 2, "138.9"),
    "a pulse with decimals": ([*ADD, *ON, "--heart-rate", "72.5"], 2, "72.5"),
    "an unknown word": ([*ADD, *ON, *BP, "--adherence", "sometimes"], 2, "intermittent"),
    "a bare code number": ([*ADD, *ON, *BP, "--adherence", "2"], 2, "intermittent"),
    "no symptom beside another": ([*ADD, *ON, *BP, "--symptoms", "none;thirst"], 2, "none;thirst"),
    "half a medicine": ([*ADD, *ON, *BP, "--medicines", "amlodipine, often"], 2, "amlodipine, often"),
    "nothing at all": (ADD, 2, "chronic visit add --help"),
    "nothing but the way": ([*ADD, "--way", "home"], 2, "chronic visit add --help"),
    "a screening without a reading": (["screen", "add", "2"], 2, "--bp"),
    # people
    "an ID number with a typing error": (["person", "add", "张", "--id-number", "110105194912310021"], 2, "0021"),
    "an ID number that is too short": (["person", "add", "张", "--id-number", "1101051949123100"], 2, "18"),
    "an ID number of an impossible day": (["person", "add", "张", "--id-number", NO_DAY], 2, NO_DAY),
    "an ID number against the birth date": (
        ["person", "add", "张", "--id-number", MAN, "--birth-date", "1990-03-08"], 2, "1990-03-08.*1990-03-07",
    ),
    "an ID number against the sex": (["person", "add", "张", "--id-number", MAN, "--sex", "F"], 2, "F.*M"),
    "somebody already registered": (["person", "add", "王秀兰", "--id-number", WANG], 21, "1 王秀兰"),
    "somebody else's ID number": (["person", "edit", "3", "--id-number", WANG], 21, "1 王秀兰"),
    "a birth in the future": (["person", "add", "张", "--birth-date", "2027-01-01"], 2, "2027-01-01"),
    "an archive number of nine digits": (["person", "add", "张", "--archive-no", "123456789"], 2, "123456789"),
    "a phone with letters": (["person", "add", "张", "--phone", "call me"], 2, "call me"),
    "nobody's name": (["person", "add", " "], 2, "Name"),
    "no such person": (["visit", "add", "99", *BP], 20, "99"),
    "no such name": (["why", "赵"], 20, "赵"),
    "nothing to change": (["person", "edit", "1"], 2, "Nothing to change"),
    "no such village": (["overdue", "--village", "上海"], 2, "上海"),
    "enrolled before birth": (["enrol", "2", "htn", "--on", "1969-01-01"], 2, "1969-01-01"),
    "enrolled in the future": (["enrol", "2", "htn", "--on", "2026-12-01"], 2, "2026-12-01"),
    "a programme nobody runs": (["enrol", "2", "asthma"], 2, "asthma"),
    "closed in the future": (["person", "close", "2", "--reason", "died", "--on", "2026-12-01", "--yes"], 2, "2026-12-01"),
    # states that do not allow it
    "enrolled twice": (["enrol", "1", "htn"], 21, "王秀兰"),
    "enrolled after closing": (["enrol", "3", "htn"], 21, "2026-11-01"),
    "closed twice": (["person", "close", "3", "--reason", "died", "--yes"], 21, "2026-11-01"),
    "reopened while open": (["person", "reopen", "1"], 21, "王秀兰"),
    "ended without having begun": (["programme", "end", "1", "dm", "--reason", "refused", "--yes"], 21, "diabetes"),
    "ended before it began": (
        ["programme", "end", "1", "htn", "--reason", "refused", "--on", "2026-01-01", "--yes"], 2, "2026-09-01",
    ),
    "paused although nothing is planned": (["pause", "2"], 21, "李建国"),
    "paused before the last contact": (["pause", "1", "--on", "2026-10-01"], 21, "2026-11-01"),
    "paused on the day of the last contact": (["pause", "1", "--on", "2026-11-01"], 21, "2026-11-01"),
    "not paused": (["pause", "1", "--end"], 21, "王秀兰"),
    "no open referral": (["refer", "reply", "1", "--outcome", "seen"], 21, "王秀兰"),
    "screening somebody managed": (["screen", "add", "1", *BP], 21, "chronic visit add 1"),
    "no such visit": (["visit", "fix", "99", *BP], 21, "99"),
    "a visit corrected before": (["visit", "fix", "1", *BP], 21, "1"),
    "a visit withdrawn before": (["visit", "void", "1", "--reason", "x", "--yes"], 21, "1"),
    "a day that has a visit": (["visit", "fix", "2", "--on", "2026-11-01"], 21, "2026-11-01"),
    "the same day with another value": ([*ADD, "--on", "2026-11-01", "--bp", "120/80"], 2, "chronic visit fix"),
    "nothing to correct": (["visit", "fix", "2"], 2, "Nothing to change"),
    "nobody there to confirm": (["visit", "void", "2", "--reason", "x"], 2, "--yes"),
    # numbers that nothing can hold
    "a number of a visit": (["visit", "void", LARGE, "--reason", "x", "--yes"], 2, LARGE),
    "a number of an import": (["import", "--undo", LARGE], 2, LARGE),
    "a number of a task": (["task", "accept", LARGE, "--note", "x"], 2, LARGE),
    "a limit": (["overdue", "--limit", LARGE], 2, LARGE),
    "days beyond any calendar": (["task", "hand-out", "overdue", "--days", "36526"], 2, "36526.*36525"),
    # the command line itself
    "no such command": (["visits"], 2, "visits"),
    "no such option": (["overdue", "--vilage", "x"], 2, "--vilage"),
    "an argument missing": (["why"], 2, "PERSON"),
    "a negative limit": (["overdue", "--limit", "-1"], 2, "-1"),
    "a language nobody prepared": (["today", "--lang", "fr"], 2, "fr"),
    "a file without a name": (["overdue", "--format", "csv", "--out", ""], 2, "--out"),
    "a file with a name no disk takes": (["report", "coverage", "--out", "王" * 300], 2, "王王王"),
    "a folder that is not there": (["overdue", "--format", "csv", "--out", "nowhere/x.csv"], 2, "nowhere/x.csv"),
    "a sheet that is not there": (["import", "nowhere.csv"], 2, "nowhere.csv"),
    "a registry with a name no disk takes": (["today", "--db", LONG], 10, "王王王"),
    "unmasked numbers into a folder that is not there": (["export", "people", "--full", "--out", "no/x.csv"], 2, "no/x.csv"),
    "unmasked numbers under a passphrase that is not there": (
        ["export", "people", "--full", "--passphrase-file", "nowhere", "--out", "x.csv"], 2, "nowhere",
    ),
    "a ledger of a village that is not there": (
        ["report", "ledger", "patients", "--village", "上海", "--format", "csv"], 2, "上海",
    ),
    "unmasked numbers encrypted into no file": (["export", "people", "--full", "--encrypt"], 2, "--out"),
    **{f"{args}: a name no disk takes": ([*args.split(), LONG], 2, "王王王") for args in FILES},
}  # fmt: skip


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """1: managed, with a corrected visit; 2: nobody's patient; 3: closed. Shared, because nothing may change it."""
    chronic = Chronic(tmp_path_factory.mktemp("clinic"))
    chronic.ok("init", "--yes")
    chronic.person("王秀兰", "--id-number", WANG, "--htn-enrolled-on", "2026-09-01")
    chronic.visit(1, "2026-11-01", "--bp", "150/95")
    chronic.visit(1, "2026-10-01", "--bp", "128/78")
    chronic.ok("visit", "fix", 1, "--bp", "130/80")
    chronic.person("李建国", "--birth-date", "1970-01-01")
    chronic.person("陈志强", "--htn-enrolled-on", "2026-09-01")
    chronic.ok("person", "close", 3, "--reason", "moved", "--on", "2026-11-01", "--yes")
    return chronic


@pytest.mark.parametrize("what", WRONG)
def test_wrong_input_is_refused_in_one_sentence_and_changes_nothing(clinic: Chronic, what: str) -> None:
    args, code, named = WRONG[what]
    before = clinic.dump()
    run = clinic(*args)
    assert (run.code, run.out) == (code, ""), run
    assert re.search(named, run.last), run.last
    _one_sentence(run)
    assert clinic.dump() == before
    assert [path.name for path in clinic.folder.iterdir()] == ["registry.db"]


@pytest.mark.parametrize("what", WRONG)
def test_the_sentence_is_chinese_for_who_reads_chinese(clinic: Chronic, what: str) -> None:
    args, code, _ = WRONG[what]
    run = clinic(*(arg for arg in args if arg != "fr"), lang="zh") if "--lang" in args else clinic(*args, lang="zh")
    assert run.code == code
    _one_sentence(run)
    assert re.search("[\u4e00-\u9fff]", run.last), run.last
    assert not re.search(r"\b(?:the|is|not|was|has|lies|must|give|invalid|error|option)\b", run.last, re.IGNORECASE), (
        run.last
    )


def test_what_a_tag_or_a_note_says_cannot_break_a_listing(chronic: Chronic) -> None:
    chronic.person("[bold]{name}[/bold] %s", "--tags", "a;b|c\td", "--htn-enrolled-on", "2026-09-01")
    chronic.ok("visit", "add", 1, "--bp", "128/78", "--notes", "%s {0} \\u0041")
    for args in (["person", "show", 1], ["person", "list"], ["visit", "list", 1], ["today"], ["why", 1]):
        chronic.ok(*args)
    assert "[bold]{name}[/bold] %s" in chronic.ok("overdue", today="2027-11-21").out


def test_text_with_control_characters_is_refused(clinic: Chronic) -> None:
    for bad in ("a\x1b[31mb", "a\u202eb", "x" * 2001):
        run = clinic("visit", "add", 1, "--bp", "128/78", "--notes", bad)
        assert run.code == 2
        _one_sentence(run)


def test_several_options_wrong_still_gives_one_sentence(clinic: Chronic) -> None:
    run = clinic("visit", "add", 1, "--bp", "19/12", "--fpg", "126", "--on", "2027-01-01")
    assert run.code == 2
    _one_sentence(run)


def _one_sentence(run: Run) -> None:
    """One sentence, after nothing but the line that shows who was meant."""
    *shown, sentence = run.err.splitlines()
    assert "Traceback" not in run.err
    assert shown in ([], [line for line in shown if re.match("王秀兰|李建国|陈志强", line)]), run.err
    assert len(shown) <= 1
    assert sentence
    assert "None" not in sentence
    assert not re.search(r"\{\w*\}", sentence)
