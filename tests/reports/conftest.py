import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from chronic.store import registry


@pytest.fixture(scope="module")
def db(like: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """An empty registry, whose plans of queries are looked at: how they walk, not what they find."""
    path = tmp_path_factory.mktemp("walks") / "registry.db"
    shutil.copy(like, path)
    with contextlib.closing(registry.connect(path)) as db:
        yield db
