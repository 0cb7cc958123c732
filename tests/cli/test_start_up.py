"""What a start costs: which modules a command imports. Counted, because a stopwatch is never the same twice."""

import gc
import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from chronic import cli
from chronic.cli.root import SECTIONS, TABLE, root
from tests.runner import TODAY, Chronic

HEAVY = {"rich", "sqlite_utils", "dateutil", "jinja2", "pandas", "numpy", "babel"}
PROGRAM = """
import sys
sys.argv = ["chronic", *sys.argv[1:]]
from chronic.cli import main
try:
    main()
finally:
    print("imported:", *sorted(sys.modules), file=sys.stderr)
"""


def imported(chronic: Chronic, *args: str) -> set[str]:
    """The modules one command has imported when it ends, in a process of its own."""
    checkout = str(Path(__file__).resolve().parents[2])
    environ = {**os.environ, "PYTHONPATH": checkout, "CHRONIC_DB": str(chronic.path), "CHRONIC_TODAY": TODAY}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, *args], env=environ, capture_output=True, text=True, encoding="utf-8", check=True
    )
    return set(run.stderr.rpartition("imported:")[2].split())


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    chronic = Chronic(tmp_path_factory.mktemp("seen"))
    chronic.ok("init", "--yes")
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01", "--village", "下各村")
    chronic.visit(1, "2026-10-01", "--bp", "150/95")
    chronic.person("李建国", "--htn-enrolled-on", "2026-11-10")
    return chronic


@pytest.mark.parametrize(
    "args",
    [
        ["overdue", "--format", "json"],
        ["due", "--format", "json"],
        ["overdue"],  # a table in a pipe is set plainly
        ["overdue", "--format", "csv", "--village", "下各村", "--order", "route"],
        ["due", "--within", "30d", "--programme", "htn"],
        ["refer", "list"],
        ["refer", "list", "--format", "json"],
        ["--help"],
        ["--version"],
    ],
    ids=" ".join,
)
def test_the_lists_import_nothing_heavy(seen: Chronic, args: list[str]) -> None:
    assert HEAVY & {name.partition(".")[0] for name in imported(seen, *args)} == set()


OWN = {
    "--help": "cli cli.commands cli.root errors i18n i18n.catalogue model model.report model.unseen model.wide",
    "overdue --limit 50 --format json": """
        cli cli.commands cli.lists cli.root cli.session cli.types cli.where errors i18n i18n.catalogue model model.codes
        model.days model.guards model.idcard model.place model.report model.unseen model.wide render render.files reports
        reports.listed reports.overdue reports.sqlcsv store store.drives store.opening store.places store.registry
        store.transactions""",
}
"""All of our modules that these commands need. A new one here is a start that costs more: is it worth it?"""
BESIDE_CLICK = {"--help": set(), "overdue --limit 50 --format json": {"sqlite3", "json"}}
"""What they import of weight beside click."""
WEIGHTY = {
    "asyncio", "csv", "dataclasses", "email", "getpass", "hashlib", "http", "importlib.metadata", "importlib.resources",
    "json", "locale", "logging", "pathlib", "random", "sqlite3", "subprocess", "tempfile", "tomllib", "urllib", "zoneinfo",
}  # fmt: skip
"""Modules of the standard library that are felt; click imports none of them."""


@pytest.mark.parametrize("command", OWN)
def test_these_commands_import_exactly_this(seen: Chronic, command: str) -> None:
    modules = imported(seen, *command.split())
    assert {name.removeprefix("chronic.") for name in modules if name.startswith("chronic.")} == set(OWN[command].split())
    assert WEIGHTY & modules == BESIDE_CLICK[command]


UNUSED = {
    "today": "rich jinja2 sqlite_utils dateutil pathlib hashlib dataclasses chronic.care.record",
    "calls": "rich jinja2 sqlite_utils dateutil pathlib hashlib dataclasses chronic.protocol chronic.rules chronic.care",
    "calls --script": "rich sqlite_utils pathlib dataclasses chronic.care.record chronic.exchange chronic.office",
    "call 1 --outcome not_reached": "rich csv sqlite_utils pathlib hashlib dataclasses chronic.office",
    "person show 1": "rich csv pathlib hashlib dataclasses chronic.exchange chronic.office chronic.care.record",
    "person list": "csv pathlib dateutil chronic.protocol chronic.rules chronic.care chronic.office",
    "visit list 1": "csv pathlib chronic.office chronic.exchange",
    "visit add 1 --bp 128/78": "rich csv sqlite_utils pathlib hashlib dataclasses chronic.office chronic.cli.guided",
    "undo --yes": "rich csv sqlite_utils hashlib dataclasses chronic.office chronic.exchange",
    "plan": "rich csv jinja2 icalendar sqlite_utils chronic.office chronic.exchange chronic.care.record",
    "export people": "rich icalendar duckdb jinja2 chronic.office chronic.exchange.dhis2 chronic.reports.indicators",
    "nightly": "rich sqlite_utils http email logging chronic.care.record chronic.exchange",
}


@pytest.mark.parametrize("command", UNUSED)
def test_a_command_does_not_import_what_it_does_not_use(seen: Chronic, tmp_path: Path, command: str) -> None:
    copy = Chronic(tmp_path)
    shutil.copy(seen.path, copy.path)
    assert set(UNUSED[command].split()) & imported(copy, *command.split()) == set()


def test_naming_the_registry_costs_no_list_anything(seen: Chronic) -> None:
    listed = ("overdue", "--format", "json")
    assert imported(seen, "--db", str(seen.path), *listed) == imported(seen, *listed)


def test_a_visit_and_the_first_screen_never_read_the_check_up_form(seen: Chronic) -> None:
    for args in (["visit", "add", "1", "--on", "2026-11-20", "--bp", "138/84"], ["today"], ["person", "show", "1"]):
        modules = imported(seen, *args)
        assert not {name for name in modules if name.startswith(("chronic.forms", "chronic.model.checkup_fields"))}, args


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_are_found_without_reading_the_catalogue_as_gettext_does(seen: Chronic, lang: str) -> None:
    modules = imported(seen, "--lang", lang, "--help")
    assert "locale" not in modules  # which the functions of gettext import before the first message


def test_the_table_of_the_help_is_the_commands_themselves() -> None:
    """Help prints the table and imports none of them; a command that is not in it could not be found."""
    inside: set[int] = set()
    alone: list[tuple[str, click.Command]] = []
    for module in pkgutil.iter_modules(cli.__path__):
        if module.name in {"root", "commands"}:
            continue
        found = vars(importlib.import_module(f"chronic.cli.{module.name}")).values()
        mine = [thing for thing in found if isinstance(thing, click.Command) and thing.callback is not None]
        mine = [thing for thing in mine if getattr(thing.callback, "__module__", "") == f"chronic.cli.{module.name}"]
        inside |= {id(command) for group in mine if isinstance(group, click.Group) for command in group.commands.values()}
        alone += [(module.name, command) for command in mine]
    made = {str(command.name): module for module, command in alone if id(command) not in inside}
    assert made == {name: module for name, (module, _, _) in TABLE.items()}
    assert {section for _, section, _ in TABLE.values()} == set(SECTIONS)
    with click.Context(root) as ctx:
        for name in TABLE:
            command = root.get_command(ctx, name)
            assert command is not None
            assert (command.name, command.hidden) == (name, False)


def test_only_a_whole_process_leaves_its_garbage_lying(bare: Chronic) -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    bare.ok("--version")
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_a_command_explains_itself_with_an_example(bare: Chronic) -> None:
    for args in (["visit", "add"], ["person", "add"], ["import"], ["overdue"], ["enrol"], ["refer", "reply"]):
        assert "Example:" in bare.ok(*args, "--help").out
    chinese = bare.ok("visit", "add", "--help", lang="zh").out
    assert "收缩压" in chinese
    assert "Usage" not in chinese
