"""What many tests start from."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from tests.runner import Chronic

# What decides whether a change lands gives the same answer twice: there, properties are tried on the same examples each
# time, and one that fails says so at once instead of being shrunk for minutes. Everywhere else they are drawn anew.
settings.register_profile("landing", derandomize=True, phases=(Phase.explicit, Phase.generate))

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
"""No test asks or fills the keyring of whoever runs it."""


@pytest.fixture
def bare(tmp_path: Path) -> Chronic:
    """The program before anyone made a registry."""
    return Chronic(tmp_path)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """An empty registry to copy: `init` syncs to the disk, which every test would wait for."""
    made = Chronic(tmp_path_factory.mktemp("made"))
    made.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    return made


@pytest.fixture(scope="session")
def like(made_once: Chronic) -> Path:
    """The file of an empty registry, to be copied."""
    return made_once.path


@pytest.fixture
def chronic(bare: Chronic, made_once: Chronic) -> Chronic:
    """The program with an empty registry."""
    shutil.copy(made_once.path, bare.path)
    return bare
