"""Words: the Chinese catalogue is complete, in step with the sources, and what the user meets; a sentence for every code."""

import ast
import gettext
import os
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

pytest.importorskip("babel")

from babel.messages.pofile import read_po

from chronic import i18n
from chronic.cli import cards
from chronic.i18n import sentences
from chronic.i18n.catalogue import Catalogue
from chronic.model.fields import PERSON_FIELDS, VISIT_FIELDS
from chronic.protocol import DEFAULT, load
from tests import words
from tests.runner import Chronic

ENTRIES = words.read().entries
SOURCE = words.TOP / "chronic"

NUMBER_TYPE = "{value!r} is not a valid {number_type}."
"""click fills in an English word here; the translation goes without it and says what all our numbers are: whole."""

# the catalogue ------------------------------------------------------------------------------------


def test_the_catalogue_is_in_step_with_the_sources_and_compiled() -> None:
    run = subprocess.run(
        [sys.executable, words.__file__, "--check"], capture_output=True, encoding="utf-8", env=_around(), check=False
    )
    assert run.returncode == 0, f"python tests/words.py, then translate:\n{run.stdout}{run.stderr}"


def test_no_message_is_untranslated() -> None:
    translated = {entry.message for entry in ENTRIES if entry.said}
    assert [message for message in words.sources() if message not in translated] == []


def test_no_message_is_dead() -> None:
    old = words.read()
    assert {entry.message for entry in old.entries} == {entry.message for entry in words.merged(old, old.click).entries}


def test_no_translation_is_a_guess() -> None:
    with words.PO.open("rb") as stream:
        assert [line.id for line in read_po(stream) if line.fuzzy and line.id] == []


def test_the_compiled_catalogue_is_a_fresh_compile_and_says_the_same() -> None:
    assert words.MO.read_bytes() == words.mo_bytes(words.read())
    with words.MO.open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for (text, plural), _files, said in ENTRIES:
        assert (compiled.ngettext(text, plural, 2) if plural else compiled.gettext(text)) == said


def test_a_message_is_found_without_reading_the_whole_catalogue() -> None:
    catalogue = Catalogue(str(words.MO))
    for (text, plural), _files, said in ENTRIES:
        assert catalogue.said(f"{text}\0{plural}" if plural else text) == said
    for unknown in ("\x01", "No such message", "\uffff"):  # before all, among and after all
        assert catalogue.said(unknown) is None


def test_a_file_that_is_no_catalogue_is_not_read_as_one(tmp_path: Path) -> None:
    (tmp_path / "chronic.mo").write_bytes(words.MO.read_bytes()[4:])
    with pytest.raises(ValueError, match=r"chronic\.mo"):
        Catalogue(str(tmp_path / "chronic.mo"))


def test_one_and_many_have_their_own_form_in_english_and_one_in_chinese() -> None:
    before = i18n.language()
    try:
        i18n.activate("en")
        assert [i18n.ngettext("{n} person", "{n} people", n) for n in (0, 1, 2)] == [
            "{n} people",
            "{n} person",
            "{n} people",
        ]
        i18n.activate("zh")
        assert {i18n.ngettext("{n} person", "{n} people", n) for n in (0, 1, 2)} == {"{n} 人"}
        assert i18n._("No such message") == gettext.gettext("No such message") == "No such message"
        assert gettext.gettext("Options") == i18n._("Options") != "Options"  # click asks gettext
    finally:
        i18n.activate(before)


def test_placeholders_stay_as_they_are() -> None:
    odd = [
        entry.message.text
        for entry in ENTRIES
        if entry.message.text != NUMBER_TYPE
        and _placeholders(entry.said) not in [_placeholders(form) for form in entry.message if form]
    ]
    assert odd == []


def test_no_option_of_ours_takes_a_number_that_is_not_whole() -> None:
    assert [
        file.name for file in SOURCE.joinpath("cli").glob("*.py") if re.search(r"type=float|FLOAT|FloatRange", _text(file))
    ] == []


def test_what_is_said_survives_a_chinese_console() -> None:
    protocol = load(DEFAULT)
    said = [entry.said for entry in ENTRIES]
    said += [protocol.title.zh, *(text for cite in protocol.cites.values() for text in (cite.source, cite.zh))]
    for field in (*PERSON_FIELDS, *VISIT_FIELDS):
        said += [field.zh, *(field.codes or {}).values()]
    for text in said:
        assert text.encode("gb18030")
        assert text.encode("gbk")


def test_punctuation_is_half_width() -> None:
    assert [entry.said for entry in ENTRIES if re.search("[，。：；、！？（）“”【】]", entry.said)] == []


def test_names_that_stand_in_a_column_of_the_help_are_ascii() -> None:
    """click pads them by characters, and a Chinese one takes two cells."""
    said = {entry.message.text: entry.said for entry in ENTRIES}
    assert [said[name] for name in ("file", "directory", "path")] == ["FILE", "FOLDER", "PATH"]


# a sentence for every code ------------------------------------------------------------------------

_CODE = re.compile(r"[a-z]+\.[a-z0-9_]+")
_FILES = (
    "registry.db", "demo.db", "nightly.html", "nightly.log", "task.xml", "codes.toml", "quality.csv", "quality.json",
    "warning.csv", "warning.json", "check.csv", "backup.csv", "desk.csv", "desk.json",
)  # fmt: skip
_PROBLEM = {"column", "value", "detail"}


def test_every_code_has_a_sentence_in_both_languages() -> None:
    translated = {entry.message.text for entry in ENTRIES if entry.said}
    for table in (sentences.ERRORS, sentences.WARNINGS, sentences.DANGER, sentences.ADVICE):
        for code, sentence in table.items():
            assert _CODE.fullmatch(code)
            assert sentence in translated, code


def test_every_code_in_the_source_is_known() -> None:
    families = {code.partition(".")[0] for code in _known()}
    written = {code: file.name for file, code, _ in _raised()}
    for file in _sources():
        for node in ast.walk(ast.parse(_text(file))):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if _CODE.fullmatch(text) and text.partition(".")[0] in families and text not in _FILES:
                written[text] = file.name
    assert {code: file for code, file in written.items() if not sentences.known(code)} == {}


def test_every_reason_against_an_id_number_and_every_forced_question_is_known() -> None:
    reasons = re.findall(r'BadIdCard\("(\w+)"\)', _text(SOURCE / "model" / "idcard.py"))
    assert len(reasons) >= 4
    codes = [*(f"id.{reason}" for reason in reasons), *(f"ask.{name}" for name in load(DEFAULT).danger.signs.ask_when)]
    assert [code for code in codes if not sentences.known(code)] == []


def test_every_sentence_is_given_the_values_it_names() -> None:
    lacking = {
        (file.name, code): names
        for file, code, given in _raised()
        if sentences.known(code) and (names := _names(_known()[code]) - given)
    }
    numbers = set(cards.numbers_of(load(DEFAULT)))
    for table in (sentences.DANGER, sentences.ADVICE):
        lacking |= {("cards.py", code): names for code, text in table.items() if (names := _names(text) - numbers)}
    assert lacking == {}


def _raised() -> Iterator[tuple[Path, str, set[str]]]:
    """(file, code, the values it comes with) of every refusal and warning made in the sources."""
    errors = set(re.findall(r"^class (\w+)\(", _text(SOURCE / "errors.py"), re.MULTILINE))
    for file in _sources():
        for node in ast.walk(ast.parse(_text(file))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = {**dict.fromkeys(errors, 0), "Problem": 0, "refuse": 0, "warn": 1}.get(name)
            if place is None or len(node.args) <= place:
                continue
            given = {keyword.arg for keyword in node.keywords if keyword.arg} if name in errors else _PROBLEM
            for text in ast.walk(node.args[place]):
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and _CODE.fullmatch(text.value):
                    yield file, text.value, given


def _known() -> dict[str, str]:
    return {**sentences.ADVICE, **sentences.DANGER, **sentences.WARNINGS, **sentences.ERRORS}


# nothing on the screen goes round the catalogue ---------------------------------------------------


def test_nothing_is_shown_that_was_not_marked_for_translation() -> None:
    shown = [
        (file.name, text)
        for file in sorted(SOURCE.joinpath("cli").glob("*.py"))
        for expression in _shown(ast.parse(_text(file)))
        for text in _unmarked(expression)
        if re.search("[A-Za-z]{2}", re.sub("chronic( [a-z]+)*", "", text))
    ]
    assert shown == []


def test_every_visible_column_has_a_marked_title() -> None:
    titles = []
    for file in sorted(SOURCE.joinpath("reports").glob("*.py")):
        for node in ast.walk(ast.parse(_text(file))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Column" and len(node.args) > 1:
                hidden = any(keyword.arg == "hidden" for keyword in node.keywords)
                if isinstance(node.args[1], ast.Constant) and not hidden:
                    titles.append((file.name, node.args[1].value))
    assert titles == []


def _shown(tree: ast.AST) -> Iterator[ast.expr]:
    """What is printed, asked, refused at the keyboard, handed on as a line, or stands in the help."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Yield) and node.value is not None:
            yield node.value
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("echo", "confirm", "prompt", "fail", "write", "BadParameter", "UsageError") and node.args:
                yield node.args[0]
            yield from (keyword.value for keyword in node.keywords if keyword.arg in ("help", "label"))


def _unmarked(shown: ast.expr) -> Iterator[str]:
    """The texts in it that no function translates."""
    if isinstance(shown, ast.Constant) and isinstance(shown.value, str):
        yield shown.value
    elif isinstance(shown, ast.Call) and isinstance(shown.func, ast.Attribute):  # "…".format(), ", ".join()
        yield from _unmarked(shown.func.value)
    elif isinstance(shown, (ast.JoinedStr, ast.BinOp, ast.IfExp, ast.FormattedValue, ast.Tuple, ast.List)):
        for child in ast.iter_child_nodes(shown):
            if isinstance(child, ast.expr) and not (isinstance(shown, ast.IfExp) and child is shown.test):
                yield from _unmarked(child)


# click's own sentences ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        ("nonsense", 2, "没有命令 'nonsense'"),
        ("--help", 0, "用法: chronic 命令"),
        ("--version", 0, "chronic "),
        ("visit add", 2, "缺少参数 'PERSON'"),
        ("visit void 1", 2, "缺少选项 '--reason'"),
        ("person close", 2, "缺少参数 'PERSON'"),
        ("overdue --vilage", 2, "没有选项 '--vilage'. 是不是 "),
        ("overdue --limit many", 2, "'--limit' 的值不对: 'many' 不是整数"),
        ("overdue --limit -1", 2, "-1 不在范围 x>=0 之内"),
        ("overdue --order up", 2, "'up' 不在可选值之中: 'risk', 'date', 'route'"),
        ("overdue --order", 2, "选项 '--order' 需要 1 个值"),
        ("overdue --paused=yes", 2, "选项 '--paused' 不带值"),
        ("today too much", 2, "多余的参数 (too much)"),
        ("overdue --min-days never", 2, "never 不是天数, 请写成 14d 或 2w"),
        ("today --today 12", 2, "12 不是日期, 请写成 2026-11-21"),
        ("overdue", 10, "没有登记库"),
    ],
)
def test_whatever_goes_wrong_is_said_in_chinese(bare: Chronic, args: str, code: int, says: str) -> None:
    run = bare(*args.split(), lang="zh")
    assert run.code == code
    assert says in run.out + run.err
    assert _english(run.out + run.err, str(bare.path), *args.split()) == []


def test_every_help_page_is_chinese(bare: Chronic) -> None:
    pages = [bare.ok(*command, "--help", lang="zh").out for command in _commands()]
    assert len(pages) > 20
    assert [word for page in pages for word in _english(page)] == []
    assert all(page.startswith("用法: chronic ") and "显示本帮助" in page for page in pages)


def test_the_screens_of_a_day_are_chinese(chronic: Chronic) -> None:
    wang = chronic.person("王秀兰", "--village", "下各村", "--birth-date", "1955-03-01", "--programmes", "htn;dm")
    zhou = chronic.person("周玉珍", "--village", "下各村", "--birth-date", "1990-05-01", "--sex", "F")
    screens = [
        ("visit add", wang, "--bp", "186/112", "--fpg", "7.6", "--on", "2026-11-01", "--symptoms", "breathlessness"),
        ("visit add", wang, "--bp", "152/94", "--fpg", "7.6", "--on", "2026-11-20"),
        ("screen add", zhou, "--bp", "148/92"),
        ("refer reply", wang, "--outcome", "not_arrived"),
        ("screen suspects",),
        ("today",),
        ("today", "--today", "2026-12-31"),
        ("overdue", "--today", "2026-12-31"),
        ("due", "--within", "60d"),
        ("why", zhou),
        ("person show", wang),
        ("person list",),
        ("pause", wang),
        ("pause", wang, "--end"),
        ("person close", wang, "--reason", "moved", "--yes"),
        ("person reopen", wang, "--yes"),
    ]
    for command, *args in screens:
        run = chronic.ok(*str(command).split(), *args, lang="zh")
        said = re.sub(r"chronic [a-z]+( [a-z]+)?|--danger yes|mmHg|mmol/L", "", run.out + run.err)
        assert re.findall("[A-Za-z]{2,}", said) == [], f"{command}: {said}"


def _commands() -> Iterator[list[str]]:
    """Every command with its group in front, the root first."""
    from chronic.cli.root import TABLE, root

    yield []
    for name in TABLE:
        yield [name]
        command = root.get_command(click.Context(root), name)
        if isinstance(command, click.Group):
            yield from ([name, sub] for sub in command.commands)


def _english(text: str, *quoted: str) -> list[str]:
    """English words of the program's own: two in a row, or one that begins a sentence. What the user typed, metavars,
    options, choices, defaults, file names and command lines may be English."""
    for said in quoted:
        text = text.replace(said, "")
    text = re.sub(
        r"^ *chronic .*$|Tab 键|chronic [a-z -]+|--?[a-z0-9-]+|\[[^\]]*\||\S*\|\S*|'[^']*'|\S+\.\S+"
        r"|CSV UTF-8|Excel|Bundle|Spark",
        "",
        text,
        flags=re.MULTILINE,
    )
    return re.findall(r"\b[a-z]{2,} [a-z]{2,}\b|\b[A-Z][a-z]+\b", text)


# which language -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({}, "zh"),
        ({"LANG": "C"}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LC_ALL": "POSIX"}, "zh"),
        ({"LANG": ""}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "en_US"}, "en"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "en"),
        ({"LANGUAGE": "zh:en", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ({"LANGUAGE": "en:zh", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"CHRONIC_LANG": "en", "LANGUAGE": "zh", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"CHRONIC_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ({"CHRONIC_LANG": "", "LANG": "en_US.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_first_that_is_named(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], lang: str
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert i18n.choose(environ) == lang


def test_windows_names_no_language_so_its_own_screen_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(i18n, "_windows_language", lambda: "en")
    assert i18n.choose({}) == "en"
    assert i18n.choose({"CHRONIC_LANG": "zh"}) == "zh"


@pytest.mark.parametrize(
    ("args", "environ", "lang"),
    [
        ("--lang zh overdue --help", {"LANG": "en_US.UTF-8"}, "zh"),
        ("overdue --help --lang zh", {"LANG": "en_US.UTF-8"}, "zh"),
        ("overdue --lang=zh --help", {"CHRONIC_LANG": "en"}, "zh"),
        ("--lang en overdue --help", {}, "en"),
        ("--lang=en overdue --help", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("overdue --help --lang en", {"CHRONIC_LANG": "zh"}, "en"),
        ("overdue --help", {"LC_ALL": "C"}, "zh"),
        ("overdue --help", {"LC_ALL": "en_US.UTF-8"}, "en"),
        ("--lang zh nonsense", {}, "zh"),
        ("--lang zh visit add", {}, "zh"),
        ("--lang zh overdue --no-such-option", {}, "zh"),
        ("--lang en overdue --no-such-option", {}, "en"),
    ],
)
def test_the_program_speaks_the_language_it_is_asked_for(args: str, environ: dict[str, str], lang: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "chronic", *args.split()],
        capture_output=True, encoding="utf-8", env=_around(**environ), cwd=words.TOP, check=False,
    )  # fmt: skip
    said = run.stdout + run.stderr
    assert said
    assert bool(_english(said, *args.split())) == (lang == "en")


def test_a_language_there_is_no_catalogue_for_is_refused(bare: Chronic) -> None:
    run = bare("--lang", "fr", "today", lang="zh")
    assert run.code == 2
    assert "'fr' 不在可选值之中: 'zh', 'en'" in run.last


# what the tests above read with -------------------------------------------------------------------


def _placeholders(text: str) -> set[str]:
    fields = {
        f"{{{name}!{conversion}:{spec}}}" for _, name, spec, conversion in string.Formatter().parse(text) if name is not None
    }
    return fields | set(re.findall(r"%\(\w+\)[a-z]", text))


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _sources() -> list[Path]:
    return [file for file in sorted(SOURCE.rglob("*.py")) if file.name != "sentences.py"]


def _text(file: Path) -> str:
    return file.read_text("utf-8")


def _around(**environ: str) -> dict[str, str]:
    """The environment of a subprocess: this one without what says a language, and UTF-8 for the pipes."""
    silent = ("LANG", "LANGUAGE", "LC_", "CHRONIC_")
    return {name: value for name, value in os.environ.items() if not name.startswith(silent)} | {
        "PYTHONUTF8": "1",
        **environ,
    }
