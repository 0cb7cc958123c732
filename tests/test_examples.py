"""Every example in the help is typed into a clinic that has the people and visits it names, and works."""

import shlex
from pathlib import Path

import pytest

from tests.cli.computer import CRONTAB, Computer, posix
from tests.county import CASES, COUNTY
from tests.reference import commands, examples
from tests.runner import TODAY, Chronic, Run

EXAMPLES = [line for ctx in commands() for line in examples(ctx.command)]
REDIRECTS = (">", ">>", "|")
PLACES = ("/srv/", "/media/usb/")
"""Folders of somebody else's computer: a folder of the test's stands for them."""

_HOSPITAL = [
    "institution add 县人民医院 --level county --dept 心内科 --dept 眼科",
    "institution clinic 1 --day 2026-12-03 --dept 眼科 --every week",
]
_TREE = [
    "place add 仙居县 --level county --code 331024",
    *(f"place add {name} --level township --under 仙居县" for name in ("横溪镇", "白塔镇", "下各镇")),
]
_HOME = [*_TREE, "place edit 下各村 --under 横溪镇"]
_TOWN = [f"--db town.db {words}" for words in ("init --yes", "bundle key new", "bundle key show --out town-key.txt")]
_KEYS = ["bundle key new", *_TOWN]
_TRUSTED = [*_KEYS, "bundle key trust 镇卫生院 town-key.txt --yes"]
_BOTH = [*_TRUSTED, "bundle key show --out ours.txt", "--db town.db bundle key trust 下各村 ours.txt --everything --yes"]
_BUNDLED = [*_BOTH, "--db town.db bundle make --to 下各村 --out village.bundle"]
_NUMBER = "110105195503010020"
_TWICE = [
    *_BOTH, f"person edit 42 --id-number {_NUMBER}",
    f"--db town.db person add 王秀兰 --id-number {_NUMBER} --village 上各村",
    "--db town.db bundle make --to 下各村 --out village.bundle", "bundle merge village.bundle --yes",
]  # fmt: skip
_TO_SHANGGE = ["person add 张三 --village 上各村", "transfer out 42 --to 上各村"]
BEFORE = {
    "chronic bundle make": _TRUSTED,
    "chronic bundle show": _BUNDLED,
    "chronic bundle merge": _BUNDLED,
    "chronic bundle key show": _TRUSTED[:1],
    "chronic bundle key trust": [*_KEYS, "--db town.db bundle key show --out village-key.txt"],
    "chronic bundle key drop": _TRUSTED,
    "chronic scale indicators": ["export parquet --out tables"],
    "chronic undo": ["visit add 42 --bp 148/92"],
    "chronic person reopen": ["person close 42 --reason moved --yes"],
    "chronic person erase": ["person close 42 --reason moved --yes"],
    "chronic enrol 42 htn": ["programme end 42 htn --reason refused --yes"],
    "chronic import visits.csv --source": ["import people.csv --source 2025台账"],
    "chronic import bundle.json": ["export fhir --out bundle.json"],
    "chronic person merge 42 204 --yes": ["person add 王秀兰"],
    "chronic person merge 42 204 --field": ["person add 王秀岚 --phone 13812345512", "person edit 42 --phone 13900000000"],
    "chronic pause 42 --end": ["pause 42"],
    "chronic test void 1": ["test add 42 --test ecg --result normal --on 2026-10-08"],
    "chronic checkup show 42": ["checkup add 42 --bp-left 148/84 --ecg abnormal"],
    "chronic checkup resolve 42 ecg": ["checkup add 42 --bp-left 148/84 --ecg abnormal"],
    "chronic checkup fix 1": ["checkup add 42 --bp-left 148/84 --ecg abnormal"],
    "chronic checkup void 1": ["checkup add 42 --bp-left 148/84 --ecg abnormal"],
    "chronic task show": ["task add 随访表未签字"],
    "chronic task close": ["task add 随访表未签字"],
    "chronic task assign": ["task add 随访表未签字"],
    "chronic task note": ["task add 随访表未签字"],
    "chronic task accept": ["task add 随访表未签字", "task close 1 --evidence 已补签"],
    "chronic task return": ["task add 随访表未签字", "task close 1 --evidence 已补签"],
    "chronic desk expect 下各村卫生室": [*_KEYS, "bundle key trust 下各村卫生室 town-key.txt --yes"],
    "chronic desk expect 市疾控": [*_KEYS, "bundle key trust 市疾控 town-key.txt --yes"],
    "chronic educate void": ["educate add --topic diet --form lecture --place village"],
    "chronic medicine stop": ["medicine give 42 氨氯地平片 --days 30 --on 2026-11-01"],
    "chronic medicine void 1": ["medicine give 42 氨氯地平片 --days 30"],
    "chronic order sent 1": ["order add 42 ecg --on 2026-11-20"],
    "chronic order result": ["order add 42 ecg --on 2026-11-20", "order add 42 lipids --on 2026-11-20"],
    "chronic order cancel 1": ["order add 42 ecg --on 2026-11-20"],
    "chronic opinion handle 1": ["opinion add 42 --complaint 等太久"],
    "chronic refer reply 42 --slip": ["refer out 42 --reason 复查 --yes"],
    "chronic refer reply 42 --outcome": ["visit add 42 --bp 186/112 --on 2026-11-19 --yes"],
    "chronic refer out 42 --to": ["visit add 42 --bp 186/112 --on 2026-11-19 --yes"],
    "chronic refer out 42 --reason": _HOSPITAL,
    "chronic refer slip": ["refer out 42 --reason 复查 --yes", "refer out 42 --reason 再查 --yes"],
    "chronic refer void": ["refer out 42 --reason 复查 --yes"],
    "chronic institution edit": _HOSPITAL,
    "chronic institution add 镇卫生院": _HOSPITAL,
    "chronic doctor post": ["institution add 横溪镇卫生院 --level township"],
    "chronic doctor leave": ["doctor post 李医生 --team 横溪第一团队"],
    "chronic place list --in": _TREE,
    "chronic place show": [*_HOME, "place edit 下各村 --code 331024101201"],
    "chronic place add 东片区": _TREE,
    "chronic place add 上各村": [*_TREE, "place edit 横溪镇 --code 331024101"],
    "chronic place edit 下各 --name": [*_TREE, "place add 下各 --level village --under 横溪镇"],
    "chronic place edit 横溪镇": [*_HOME, "place add 东片区 --level area --under 仙居县"],
    "chronic place merge": ["place add 下各 --level village"],
    "chronic place import": [*_TREE, "place edit 下各村 --under 下各镇"],
    "chronic institution clinic 1": _HOSPITAL,
    "chronic transfer out 42 --to 上各村": _TO_SHANGGE[:1],
    "chronic transfer out 42 --file": [*_TO_SHANGGE, *_TRUSTED],
    "chronic transfer accept": _TO_SHANGGE,
    "chronic transfer decline": _TO_SHANGGE,
    "chronic transfer withdraw": _TO_SHANGGE,
    "chronic transfer settle": _TWICE,
    "chronic transfer list": _TO_SHANGGE,
    "chronic transfer in": [
        *_BOTH,
        "--db town.db person add 张三 --village 上各村",
        "--db town.db transfer out 1 --to 横溪镇/下各村 --file 42.bundle --for 下各村",
    ],
    "chronic contract renew": ["contract sign 42 --team 李医生团队"],
    "chronic contract end": ["contract sign 42 --team 李医生团队 --on 2026-03-01"],
    "chronic household tag 42 +low_income": ["household tag 42 +monitored"],
    "chronic household settle 1": ["household visit 42 --need 没有轮椅"],
    "chronic upload sent to-send.xlsx": ["upload sheet visits --full --out to-send.xlsx"],
    "chronic upload returned 812": ["upload sent --batch 2"],
    "chronic upload removed 812": ["upload sent --batch 2", "visit void 812 --reason 记错人 --yes"],
    "chronic nightly install --remove": ["nightly install --yes"],
    "chronic open": ["export people --passphrase-file words.txt --out people.csv.age"],
    "chronic decrypt": ["encrypt --passphrase-file words.txt"],
    "chronic passphrase": ["encrypt --passphrase-file words.txt"],
}
"""What happened before it, for examples that need that."""
ASKS = {"chronic call 42", "chronic visit add 42", "chronic person add", "chronic screen add 203", "chronic checkup add 42"}
"""These ask for all the rest; whoever says no more then has stopped, and nothing is saved."""

MAPPING = """
org_units = { by = "all", ids = { all = "OrgUnit0001" } }
figures = { htn = { registered = { data_element = "DataElem001" } } }
"""
PEOPLE = 203
VISITS = 812


@pytest.fixture(scope="module")
def clinic(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """203 people, all but the last managed and seen four times, 812 visits; number 42 is 王秀兰, and
    the last was screened and takes drugs for her pressure already."""
    clinic = Chronic(tmp_path_factory.mktemp("clinic"))
    clinic.path.write_bytes(made_once.path.read_bytes())
    people, visits = clinic.folder / "people.csv", clinic.folder / "visits.csv"
    with people.open("w", encoding="utf-8") as sheet:
        print("person_ref,name,village,birth_date,sex,programmes,htn_enrolled_on,tags,household_no", file=sheet)
        for number in range(1, PEOPLE + 1):
            name, managed = "王秀兰" if number == 42 else "李建国", number < PEOPLE
            print(
                number,
                name,
                "下各村",
                "1955-03-01",
                "F",
                "htn" * managed,
                "2025-01-10" * managed,
                "",
                f"{number:03}",
                sep=",",
                file=sheet,
            )
    days = ["2025-02-10", "2025-05-10", "2025-08-10", "2025-11-10", "2026-02-10"]
    rows = [(number, day) for day in days for number in range(1, PEOPLE)][:VISITS]
    with visits.open("w", encoding="utf-8") as sheet:
        print("person_ref,visit_date,sbp,dbp,fpg,体重", file=sheet)
        for number, day in rows:
            print(number, day, 138, 84, 6.1, "", sep=",", file=sheet)
    (clinic.folder / "screening.csv").write_text(
        f"序号,姓名,源编号,血压\n1,李建国,{PEOPLE},138/84\n2,,,\n", encoding="utf-8"
    )
    (clinic.folder / "words.txt").write_text("several words\n", encoding="utf-8")
    (clinic.folder / "institutions.csv").write_text("机构名称,级别\n县人民医院,县级\n", encoding="utf-8")
    (clinic.folder / "codes.csv").write_text(
        "代码,名称\n331024106000,下各镇\n331024106203,下各村委会\n331024106204,下各社区居委会\n", encoding="utf-8"
    )
    (clinic.folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    (clinic.folder / "county.toml").write_text(COUNTY, encoding="utf-8")
    (clinic.folder / "county-cases.toml").write_text(CASES, encoding="utf-8")
    (clinic.folder / "backup.db").write_bytes(clinic.path.read_bytes())
    clinic.ok("import", people)
    clinic.ok("import", visits)
    clinic.ok("screen", "add", PEOPLE, "--bp", "128/78", "--bp-drugs", "yes", "--on", "2026-11-14")
    return clinic


@pytest.fixture
def computer(clinic: Chronic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    """A computer with a copy of that clinic and its sheets, in the folder one is in."""
    here = Chronic(tmp_path)
    for file in clinic.folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    computer = Computer(here, tmp_path)
    computer.has("crontab", CRONTAB)
    return computer


def typed(computer: Computer, words: list[str]) -> Run:
    """Typed at a terminal, where a yes answers every question; `init` is happy with Enter, a passphrase is typed twice."""
    answers = {"init": "\n", "encrypt": "several words\n" * 2, "passphrase": "other words\n" * 2, "open": "several words\n"}
    answer = next((answers[word] for word in words if word in answers), "y\n")
    around = {"PATH": str(computer.bin), "XDG_CONFIG_HOME": str(computer.config)}
    return computer.chronic(*words, stdin=answer, console="utf-8", **around)


def command(line: str) -> list[str]:
    """The words after `chronic`, up to where the shell sends the output elsewhere."""
    words = _split(line, posix=True)
    end = next((place for place, word in enumerate(words) if word in REDIRECTS), len(words))
    return words[1:end]


def _split(line: str, posix: bool) -> list[str]:
    lexer = shlex.shlex(line, posix=posix, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def test_every_command_has_an_example() -> None:
    lacking = [ctx.command_path for ctx in commands() if not examples(ctx.command) and not hasattr(ctx.command, "commands")]
    assert lacking == []


@pytest.mark.parametrize("line", EXAMPLES)
def test_a_shell_takes_the_example_as_it_stands(line: str) -> None:
    """No character in it that bash, cmd or PowerShell would take for its own."""
    words = _split(line, posix=False)
    assert words[0] == "chronic"
    assert not {";", "&", "&&", "<", "(", ")"} & set(words)
    assert "'" not in line  # cmd knows only the other quotation marks


@posix
@pytest.mark.parametrize("line", EXAMPLES)
def test_the_example_works(computer: Computer, line: str) -> None:
    for before in [before for start, all_before in BEFORE.items() if line.startswith(start) for before in all_before]:
        run = typed(computer, before.split())
        assert run.code == 0, run.err
    words = command(line)
    for place in PLACES:
        words = [word.replace(place, f"{computer.chronic.folder}/") for word in words]
    if "init" in words:
        computer.chronic.path.unlink()
    run = typed(computer, [*words, "--today", TODAY] if "--today" not in words else words)
    assert run.code == (1 if line in ASKS else 0), f"{run.out}\n{run.err}"
    assert ("Stopped" in run.err) == (line in ASKS)
