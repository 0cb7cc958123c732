from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.travels import Site, Sites


@pytest.fixture
def sites(like: Path, tmp_path: Path) -> Iterator[Sites]:
    """Two villages and a township, with nobody in them yet."""
    found = Sites(*(Site(name, tmp_path / f"{name}.db", like) for name in Sites._fields))
    yield found
    for site in found:
        assert site.trouble() == []
        site.db.close()
