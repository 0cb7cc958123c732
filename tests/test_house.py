"""Who may hold SQL: store, and the reports, office and exchange that read with it. pyproject.toml: who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import chronic

ROOT = Path(chronic.__file__).parent
WITHOUT = ("care", "cli", "errors", "forms", "i18n", "model", "protocol", "render", "rules", "scores")
WORDS = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "CREATE ", "DROP ", "ALTER ", "PRAGMA ", "VACUUM", "BEGIN")
RUNS = {"execute", "executemany", "executescript"}


def sources(layer: str) -> list[Path]:
    return [*sorted((ROOT / layer).rglob("*.py")), *(path for path in [ROOT / f"{layer}.py"] if path.exists())]


def sql(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of every string that is SQL, and of every call that runs some."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lstrip().startswith(WORDS):
            yield node.lineno, node.value
        elif isinstance(node, ast.Attribute) and node.attr in RUNS:
            yield node.lineno, node.attr


@pytest.mark.parametrize("layer", WITHOUT)
def test_a_layer_that_is_no_door_to_the_registry_holds_no_sql(layer: str) -> None:
    paths = sources(layer)
    assert paths
    found = [(path.relative_to(ROOT).as_posix(), *line) for path in paths for line in sql(path.read_text(encoding="utf-8"))]
    assert found == []


def test_every_layer_is_one_or_the_other() -> None:
    layers = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert layers - {"__init__", "__main__"} == {*WITHOUT, "store", "reports", "office", "exchange"}


@pytest.mark.parametrize("source", ['x = "SELECT 1"', 'f"""\nUPDATE {x}"""', "db.execute(y)", 'db.executemany("", [])'])
def test_sql_would_be_found(source: str) -> None:
    assert list(sql(source))
