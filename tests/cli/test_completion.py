"""Tab: each shell's own script asks the program and shows the answer; no registry is opened for it.

bash, zsh and fish run for real where they are installed. PowerShell is not run here: its script is looked at, and the
program is asked as that script asks.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chronic.cli.root import TABLE
from tests.runner import Chronic

posix = pytest.mark.skipif(os.name == "nt", reason="the program stood in for here is a script")
CHECKOUT = str(Path(__file__).resolve().parents[2])
PROGRAM = """
import sys
opened = []
sys.addaudithook(lambda event, args: event == "sqlite3.connect" and opened.append(args))
from chronic.cli import main
try:
    main([])
finally:
    print("opened:", opened, "imported:", *sorted(sys.modules), file=sys.stderr)
"""

BASH = """
source <(chronic completion bash)
COMP_WORDS=({typed})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
$(complete -p chronic | sed 's/.*-F \\([^ ]*\\) .*/\\1/') chronic
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
ZSH = """
compdef() {{ completer=$1 }}
compadd() {{ print -rl -- $completions }}
_describe() {{ print -rl -- ${{(P)3}} }}
source <(chronic completion zsh)
words=({typed})
CURRENT=$#words
$completer
"""
FISH = 'chronic completion fish | source; complete -C "chronic {line}"'


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with `chronic` on it."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "chronic"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{CHECKOUT}" exec "{sys.executable}" -m chronic "$@"\n')
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def shell(command: list[str], path: str, lang: str = "en") -> list[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    environ = {**os.environ, "PATH": path, "CHRONIC_LANG": lang, "CHRONIC_DB": "/nowhere/registry.db"}
    run = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert run.stderr == ""
    return run.stdout.split("\n")[:-1]


def ask(*words: str, kind: str = "bash", db: str = "/nowhere/registry.db") -> tuple[list[str], str]:
    """What the program answers a shell, and what it imported and opened for that."""
    environ = {
        **os.environ, "PYTHONPATH": CHECKOUT, "CHRONIC_LANG": "zh", "CHRONIC_DB": db,
        "_CHRONIC_COMPLETE": f"{kind}_complete", "COMP_WORDS": " ".join(["chronic", *words]), "COMP_CWORD": str(len(words)),
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environ, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines(), run.stderr


# the shells ------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("chronic vi", ["visit"]),
        ("chronic visit ''", ["add", "fix", "form", "list", "void"]),
        ("chronic visit add 1 --adh", ["--adherence"]),
        ("chronic visit add 1 --adherence ''", ["regular", "intermittent", "none"]),
        ("chronic overdue --order r", ["risk", "route"]),
        ("chronic person show w", [""]),  # never the names of people
    ],
)
def test_bash_completes(path: str, typed: str, expected: list[str]) -> None:
    assert shell(["bash", "--norc", "-c", BASH.format(typed=typed)], path) == expected


@posix
@pytest.mark.parametrize(
    ("typed", "lang", "expected"),
    [
        ("chronic vi", "zh", ["visit:随访的记录, 查看, 更正, 作废"]),
        ("chronic visit add 1 --adherence ''", "zh", ["regular:规律", "intermittent:间断", "none:不服药"]),
        ("chronic visit add 1 --adherence ''", "en", ["regular", "intermittent", "none"]),
    ],
)
def test_zsh_completes_with_explanations(path: str, typed: str, lang: str, expected: list[str]) -> None:
    assert shell(["zsh", "-f", "-c", ZSH.format(typed=typed)], path, lang) == expected


@posix
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("vi", ["visit\t随访的记录, 查看, 更正, 作废"]),
        ("visit add 1 --adherence ", ["intermittent\t间断", "none\t不服药", "regular\t规律"]),
        ("person close 1 --reason d", ["died\t死亡"]),
    ],
)
def test_fish_completes_with_explanations(path: str, line: str, expected: list[str]) -> None:
    assert [said for said in shell(["fish", "--no-config", "-c", FISH.format(line=line)], path, "zh") if said] == expected


def test_powershell_is_answered_in_threes(bare: Chronic) -> None:
    answer, _seen = ask("visit", "a", kind="powershell")
    assert answer[:2] == ["plain", "add"]
    assert len(answer) == 3
    script = bare.ok("completion", "powershell").out
    assert "Register-ArgumentCompleter -Native -CommandName chronic" in script
    assert "_CHRONIC_COMPLETE = 'powershell_complete'" in script
    assert script.isascii()  # Windows PowerShell writes and reads a profile in the system's code page
    assert script.count("{") == script.count("}")
    assert script.count("(") == script.count(")")


def test_who_sits_at_a_terminal_is_told_how_to_keep_it(bare: Chronic) -> None:
    assert bare.ok("completion", "bash").err == ""
    run = bare("completion", "zsh", console="utf-8")
    assert run.code == 0
    assert run.err == "To keep it: chronic completion zsh >> ~/.zshrc\n"
    assert bare("completion", "csh").code == 2


# what it costs --------------------------------------------------------------------------------------


def test_the_first_word_is_completed_from_the_table_alone() -> None:
    answer, seen = ask("")
    assert answer == [f"plain,{name}" for name in TABLE]
    ours = {name for name in seen.split() if name.startswith("chronic.cli.")}
    assert ours <= {"chronic.cli.root", "chronic.cli.commands", "chronic.cli.session"}


@pytest.mark.parametrize("words", [[""], ["person", "show", ""], ["visit", "add", "王", "--bp", ""], ["overdue", "--"]])
def test_no_registry_is_opened(words: list[str], chronic: Chronic) -> None:
    chronic.person("王秀兰")
    answer, seen = ask(*words, db=str(chronic.path))
    assert "opened: []" in seen
    assert not [line for line in answer if "王" in line]
