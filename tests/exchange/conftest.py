"""A sheet on the disk, as the tests of readers need one."""

from pathlib import Path

import pytest

from tests.sheets import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, encoding: str = "utf-8") -> Path:
        """A CSV file of exactly these characters or bytes."""
        path = tmp_path / "sheet.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write
