"""A short walk through files that went wrong; tests.soak.fuzzing is the long one."""

from pathlib import Path

import pytest

from tests.soak.fuzzing import soak


@pytest.mark.parametrize("seed", [11, 12])
def test_whatever_a_file_has_become_it_ends_in_rows_or_in_one_sentence(tmp_path: Path, seed: int) -> None:
    ended, wrong = soak(tmp_path, seed, lambda number: number < 40)
    assert wrong == []
    assert ended.total() == 40
    assert len(ended) > 1
