"""What many tests start from."""

from pathlib import Path

import pytest

from tests.runner import Chronic


@pytest.fixture
def bare(tmp_path: Path) -> Chronic:
    """The program before anyone made a registry."""
    return Chronic(tmp_path)


@pytest.fixture
def chronic(bare: Chronic) -> Chronic:
    """The program with an empty registry."""
    bare.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    return bare
