from pathlib import Path

import pytest

from tests.runner import Chronic


@pytest.fixture(scope="session")
def like(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty registry, to be copied."""
    made = Chronic(tmp_path_factory.mktemp("like"))
    made.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    return made.path
