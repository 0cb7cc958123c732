"""The guidelines beside the form's: each file is whole, cited and in both languages."""

import re
import tomllib
from pathlib import Path

import pytest

from chronic.errors import ValueRefused
from chronic.protocol.beside import Guideline, guidelines
from chronic.protocol.reading import FOLDER, whole
from tests.test_protocol import MARKS

FILES = {path.stem: path.read_text(encoding="utf-8") for path in (Path(FOLDER) / "beside").glob("*.toml")}
MEASURES = {"bp", "fpg", "non_fasting", "hba1c", "ldl_c", "non_hdl_c"}


@pytest.mark.parametrize("known", guidelines(), ids=lambda known: known.id)
def test_a_guideline_is_whole(known: Guideline) -> None:
    assert known.id in FILES
    assert set(known.programmes) <= {"htn", "dm", "lipid"}
    assert {target.cite for target in known.target} == set(known.cites)
    for target in known.target:
        assert target.measure in MEASURES
        assert (target.bp_below is not None) == (target.measure == "bp")
        assert set(target.where) <= {"dm", "ckd", "ascvd"}
    for cite in known.cites.values():
        assert cite.mark in MARKS
        assert re.search(r"[\u4e00-\u9fff]", cite.zh)
        assert cite.en.strip()


@pytest.mark.parametrize("known", guidelines(), ids=lambda known: known.id)
def test_the_last_target_of_a_measure_holds_for_everyone(known: Guideline) -> None:
    for measure in {target.measure for target in known.target}:
        last = [target for target in known.target if target.measure == measure][-1]
        assert (last.where, last.from_age) == ([], None)


def test_all_files_are_read_the_oldest_first() -> None:
    assert len(guidelines()) == len(FILES) >= 3
    assert [known.effective_from for known in guidelines()] == sorted(known.effective_from for known in guidelines())


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('measure = "bp"\nbp_below', 'measures = "bp"\nbp_below', "target.2.measures"),
        ('cite = "oldest"', 'cite = "eldest"', "target.1.cite = eldest"),
        ('bp_below = "150/90"', 'bp_below = "150"', "target.1.bp_below"),
        ("from_age = 80", 'from_age = "80"', "target.1.from_age"),
    ],
)
def test_a_wrong_key_is_refused_with_its_address(old: str, new: str, key: str) -> None:
    assert FILES["htn-pc25"].count(old) == 1
    with pytest.raises(ValueRefused) as caught:
        whole(Guideline, tomllib.loads(FILES["htn-pc25"].replace(old, new)))
    assert caught.value.values["key"] == key
