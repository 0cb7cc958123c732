"""Whoever pulls the plug during an import finds the registry as it was, or with the whole sheet."""

from pathlib import Path

import pytest

from tests.soak.killing import Ground, killed_once, prepared

MOMENTS = 12


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return prepared(tmp_path_factory.mktemp("killing"), rows=600)


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_killed_import_is_not_there_or_whole_and_the_next_one_ends_as_if_nothing_had_been(
    ground: Ground, tmp_path: Path, moment: int
) -> None:
    killed_once(ground, tmp_path / "killed", ground.seconds * (moment + 0.5) / MOMENTS)
